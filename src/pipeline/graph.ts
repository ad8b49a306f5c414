import { AppError } from '../shared/errors.ts'
import { canonicalTable } from '../warehouse/contract/index.ts'
import type { AnyStep } from './step.ts'

export interface Plan {
  /** Steps that run, each after all whose tables it reads. */
  run: AnyStep[]
  skipped: { step: string; title: string; missing: string[]; unlock: string }[]
}

/**
 * Orders steps by what they read and write, and skips those whose inputs are not there. Steps that do not depend on one another keep
 * the order in which they are given, so that a plan is always the same.
 *
 * @param available canonical tables that hold rows
 */
export function planSteps(steps: readonly AnyStep[], available: ReadonlySet<string>): Plan {
  const writers = writersOf(steps)
  const ordered = sortSteps(steps, writers)
  const there = new Set(available)
  const plan: Plan = { run: [], skipped: [] }
  for (const step of ordered) {
    const missing = step.reads.filter((table) => !there.has(table))
    if (missing.length > 0) plan.skipped.push({ step: step.name, title: step.title, missing, unlock: step.unlock })
    else {
      plan.run.push(step)
      for (const table of step.writes) there.add(table.name)
    }
  }
  return plan
}

/** Which step writes a table; refuses two writers of one table and a step that would write over the inputs. */
function writersOf(steps: readonly AnyStep[]): Map<string, AnyStep> {
  const writers = new Map<string, AnyStep>()
  const names = new Set<string>()
  for (const step of steps) {
    if (names.has(step.name)) throw wrong(`two steps are named "${step.name}"`)
    names.add(step.name)
    for (const { name } of step.writes) {
      const other = writers.get(name)
      if (other) throw wrong(`table "${name}" is written by "${other.name}" and by "${step.name}"`)
      if (canonicalTable(name)) throw wrong(`step "${step.name}" would write the input table "${name}"`)
      writers.set(name, step)
    }
  }
  for (const step of steps) {
    for (const table of [...step.reads, ...(step.readsIfPresent ?? [])]) {
      if (!writers.has(table) && !canonicalTable(table)) throw wrong(`step "${step.name}" reads "${table}", which nothing writes`)
    }
  }
  return writers
}

function sortSteps(steps: readonly AnyStep[], writers: Map<string, AnyStep>): AnyStep[] {
  const ordered: AnyStep[] = []
  const done = new Set<AnyStep>()
  const path: AnyStep[] = []
  const visit = (step: AnyStep) => {
    if (done.has(step)) return
    if (path.includes(step)) {
      const circle = [...path.slice(path.indexOf(step)), step].map(({ name }) => name)
      throw wrong(`steps wait for one another: ${circle.join(' -> ')}`)
    }
    path.push(step)
    for (const table of [...step.reads, ...(step.readsIfPresent ?? [])]) {
      const writer = writers.get(table)
      if (writer && writer !== step) visit(writer)
      else if (writer) throw wrong(`step "${step.name}" reads table "${table}", which it writes itself`)
    }
    path.pop()
    done.add(step)
    ordered.push(step)
  }
  for (const step of steps) visit(step)
  return ordered
}

const wrong = (message: string) => new AppError('pipeline.graph', message, { kind: 'internal' })
