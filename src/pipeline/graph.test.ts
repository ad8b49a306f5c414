import { expect, test } from 'vitest'
import { z } from 'zod'
import { col, table } from '../warehouse/contract/index.ts'
import { planSteps } from './graph.ts'
import type { AnyStep } from './step.ts'

const result = (name: string) =>
  table({ name, title: name, meaning: name, grain: 'row', key: ['a'], kind: 'result', columns: { a: col.integer('A', 'A.') } })

const step = (name: string, reads: string[], writes: string[], more: Partial<AnyStep> = {}): AnyStep => ({
  name,
  title: name,
  reads,
  writes: writes.map(result),
  unlock: `load what ${name} needs`,
  parameters: z.object({}),
  run: async () => undefined,
  ...more,
})

const names = (steps: readonly AnyStep[]) => steps.map(({ name }) => name)

test('a step runs after those whose tables it reads, whatever the order of the list', () => {
  const steps = [
    step('c', ['b_table', 'order_line'], ['c_table']),
    step('b', ['a_table'], ['b_table']),
    step('a', ['order_line'], ['a_table']),
  ]
  expect(names(planSteps(steps, new Set(['order_line'])).run)).toEqual(['a', 'b', 'c'])
})

test('a table that is used only if present also decides the order', () => {
  const steps = [step('late', ['order_line'], ['x'], { readsIfPresent: ['y'] }), step('early', ['order_line'], ['y'])]
  expect(names(planSteps(steps, new Set(['order_line'])).run)).toEqual(['early', 'late'])
})

test('steps that need nothing of one another keep their order', () => {
  const steps = ['q', 'a', 'z', 'm'].map((name) => step(name, ['order_line'], [`${name}_table`]))
  expect(names(planSteps(steps, new Set(['order_line'])).run)).toEqual(['q', 'a', 'z', 'm'])
})

test('a step without its inputs is skipped with what would unlock it, and so are those that need its tables', () => {
  const steps = [
    step('costs', ['ledger', 'order_line'], ['cost']),
    step('net', ['cost'], ['net_profit']),
    step('gross', ['order_line'], ['gross_profit']),
  ]
  const plan = planSteps(steps, new Set(['order_line']))
  expect(names(plan.run)).toEqual(['gross'])
  expect(plan.skipped).toEqual([
    { step: 'costs', title: 'costs', missing: ['ledger'], unlock: 'load what costs needs' },
    { step: 'net', title: 'net', missing: ['cost'], unlock: 'load what net needs' },
  ])
})

test('a circle of steps is refused and told', () => {
  const steps = [step('a', ['c_table'], ['a_table']), step('b', ['a_table'], ['b_table']), step('c', ['b_table'], ['c_table'])]
  expect(() => planSteps(steps, new Set())).toThrow('steps wait for one another: a -> c -> b -> a')
  expect(() => planSteps([step('self', ['s_table'], ['s_table'])], new Set())).toThrow('which it writes itself')
})

test('two writers of one table, a name given twice, an unknown input and a result over an input are refused', () => {
  expect(() => planSteps([step('a', [], ['t']), step('b', [], ['t'])], new Set())).toThrow('table "t" is written by "a" and by "b"')
  expect(() => planSteps([step('a', [], ['t']), step('a', [], ['u'])], new Set())).toThrow('two steps are named "a"')
  expect(() => planSteps([step('a', ['nowhere'], ['t'])], new Set())).toThrow('reads "nowhere", which nothing writes')
  expect(() => planSteps([step('a', [], ['order_line'])], new Set())).toThrow('would write the input table')
})
