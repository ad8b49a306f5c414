import { type SpawnOptionsWithStdioTuple, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { listImports, undoImport } from '../../src/app/imports.ts'
import { closeSnapshots } from '../../src/app/open-snapshot.ts'
import { listSnapshots, readManifest, runPortfolio } from '../../src/app/runs.ts'
import { readTable } from '../../src/app/tables.ts'
import { initWorkspace, type Workspace } from '../../src/app/workspace.ts'
import { createRandom } from '../../src/math/random.ts'
import { snapshotTableFile } from '../../src/pipeline/snapshot.ts'
import { compareDecimals, sumDecimals } from '../../src/shared/decimal.ts'
import { hashFile } from '../../src/shared/durable.ts'
import { simulateLoad } from '../../src/simulate/index.ts'
import { openDuckDB } from '../../src/warehouse/duckdb.ts'
import { sql } from '../../src/warehouse/sql.ts'
import { type Scope, stepsOf } from './scope.ts'

/** A workspace with one import and one snapshot, and a larger file beside it that the rounds import. */
export interface Ground {
  workspace: Workspace
  file: string
  /** Id of the import that was there first. */
  first: string
  remove(): Promise<void>
}

const worker = join(import.meta.dirname, 'worker.ts')

/** Prepares a workspace under `parent`, with `lines` order lines in a file that is not imported yet. */
export async function prepare(lines: number, parent = tmpdir()): Promise<Ground> {
  const dir = mkdtempSync(join(parent, 'clientele-kill-'))
  const workspace = await initWorkspace(join(dir, 'company'), { name: 'Kill test', currency: 'EUR' })
  const header = 'order_id,customer_id,order_date,product_id,quantity,unit_price,currency\n'
  const small = Array.from(
    { length: 500 },
    (_, i) => `S${i % 200},K${i % 40},2025-0${(i % 9) + 1}-11,A${i % 7},${1 + (i % 3)},${(i % 50) + 0.25},EUR`,
  )
  mkdirSync(join(dir, 'small'))
  writeFileSync(join(dir, 'small', 'small.csv'), `${header}${small.join('\n')}\n`)
  const { file } = await simulateLoad({
    customers: Math.max(10, Math.round(lines / 20)),
    lines,
    seed: 7,
    out: join(dir, 'load'),
    format: 'csv',
  } as never)
  const { outcome } = await work(workspace.dir, [join(dir, 'small', 'small.csv')], { scope: 'layers' })
  if (outcome !== 'done') throw new Error(`the first import and run failed: ${outcome}`)
  const [{ id }] = await listImports(workspace)
  return {
    workspace,
    file,
    first: id,
    async remove() {
      await closeSnapshots(workspace)
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

export interface Work {
  /** The last phase that was told: `done`, or where it stood when it was killed. */
  outcome: string
  code: number | null
  milliseconds: number
}

export interface WorkOptions {
  scope?: Scope
  /** Is told each phase as it begins; may kill the process. */
  watch?: (kill: () => void, phase: string) => void
  /** The command line of a shell that starts the command in its own way. */
  shell?: (command: string) => string
}

/** Imports and runs in a process of its own. */
export async function work(dir: string, files: string[], { scope = 'all', watch, shell }: WorkOptions = {}): Promise<Work> {
  const started = performance.now()
  const parts = [process.execPath, worker, scope, dir, ...files]
  const options: SpawnOptionsWithStdioTuple<'ignore', 'pipe', 'inherit'> = {
    stdio: ['ignore', 'pipe', 'inherit'],
    // Compiled code is kept from one process to the next, so that rounds spend their time in the work.
    env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'clientele-compile-cache') },
  }
  const child = shell
    ? spawn('bash', ['-c', shell(parts.map((part) => `'${part.replaceAll("'", "'\\''")}'`).join(' '))], options)
    : spawn(parts[0], parts.slice(1), options)
  let outcome = 'start'
  const kill = () => child.kill('SIGKILL')
  watch?.(kill, outcome)
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve(code))
  })
  for await (const line of createInterface({ input: child.stdout })) {
    if (/^( {4}at |crashed )/.test(line) || outcome.startsWith('crashed'))
      outcome = outcome.startsWith('crashed') ? `${outcome}\n${line}` : line
    else {
      outcome = line
      watch?.(kill, line)
    }
  }
  return { outcome, code: await ended, milliseconds: performance.now() - started }
}

/** All that must hold at any moment, whatever was killed: what is visible is whole. Returns what does not hold. */
export async function faults(ground: Ground): Promise<string[]> {
  const { workspace } = ground
  const found: string[] = []
  const warehouse = await openDuckDB({ threads: 1 })
  try {
    const imports = await listImports(workspace)
    if (!imports.some(({ id }) => id === ground.first)) found.push('the first import is gone')
    for (const name of readdirSync(workspace.importsDir)) {
      if (!name.startsWith('.') && !imports.some(({ id }) => id === name))
        found.push(`something that is no import stands in imports/: ${name}`)
    }
    for (const report of imports) {
      for (const [table, rows] of Object.entries(report.tables)) {
        if (rows === 0) continue
        await warehouse.attach('seen', [join(workspace.importsDir, report.id, `${table}.parquet`)])
        const [{ n }] = await warehouse.rows(sql`select count(*) as n from seen`)
        if (n !== rows) found.push(`import ${report.id}: ${table} has ${n} rows, reported ${rows}`)
        if (table !== 'order_line') continue
        const [{ amount }] = await warehouse.rows(sql`select sum(invoice_amount) as amount from seen`)
        const reported = sumDecimals(report.totals.map(({ invoiceAmount }) => invoiceAmount))
        if (compareDecimals(String(amount), reported) !== 0)
          found.push(`import ${report.id}: lines add up to ${amount}, reported ${reported}`)
      }
    }
    const snapshots = await listSnapshots(workspace)
    if (snapshots.filter(({ current }) => current).length !== 1) found.push('there is not exactly one published snapshot')
    for (const { id } of snapshots) {
      for (const { name, sha256 } of (await readManifest(workspace, id)).tables) {
        if ((await hashFile(snapshotTableFile(workspace.snapshotsDir, id, name))) !== sha256)
          found.push(`snapshot ${id}: ${name} is not what was published`)
      }
    }
    const page = await readTable(workspace, 'customer_profit', { limit: 1, totals: true })
    if (page.rows.length !== 1 || !page.totals?.net_revenue) found.push('the published snapshot does not answer')
  } catch (error) {
    found.push(`cannot be read: ${error instanceof Error ? error.stack : error}`)
  } finally {
    await warehouse.close()
  }
  return found
}

/** Runs after an interruption and sees that the figures are those of the imports that are visible. Returns what does not hold. */
export async function faultsOfNextRun(ground: Ground, scope: Scope = 'all'): Promise<string[]> {
  const { workspace } = ground
  try {
    const summary = await runPortfolio(workspace, { steps: stepsOf(scope) })
    const lines = sumDecimals((await listImports(workspace)).flatMap(({ totals }) => totals.map(({ invoiceAmount }) => invoiceAmount)))
    const { totals } = await readTable(workspace, 'customer_profit', { limit: 1, totals: true })
    const left = readdirSync(workspace.snapshotsDir).filter((name) => name.startsWith('.'))
    return [
      ...(compareDecimals(String(totals?.net_revenue), lines) === 0
        ? []
        : [`net revenue ${totals?.net_revenue} is not the imports' ${lines}`]),
      ...(left.length > 0 ? [`left behind: ${left.join(', ')}`] : []),
      ...summary.checks.filter(({ status }) => status === 'fail').map(({ detail }) => detail),
    ]
  } catch (error) {
    return [`the next run failed: ${error instanceof Error ? error.stack : error}`]
  }
}

/** Takes the rounds' import back, so that the next round imports it anew, and keeps the folder small. */
export async function reset(ground: Ground): Promise<void> {
  const { workspace, first } = ground
  for (const { id } of await listImports(workspace)) if (id !== first) await undoImport(workspace, id)
  await closeSnapshots(workspace)
  rmSync(join(workspace.importsDir, '.undone'), { recursive: true, force: true })
  const snapshots = await listSnapshots(workspace)
  for (const { id, current } of snapshots) if (!current) rmSync(join(workspace.snapshotsDir, id), { recursive: true, force: true })
}

export interface Tally {
  rounds: number
  faults: string[]
  /** How often the process was killed in which phase. */
  phases: Record<string, number>
}

/**
 * Kills an import and run `rounds` times, half of them at a random moment of the whole, half a few milliseconds after a phase began (where
 * renames happen), and checks after each that everything visible is whole and the next run succeeds. The rounds take turns in what they run.
 */
export async function killRounds(
  ground: Ground,
  rounds: number,
  seed: number,
  { scopes, say = () => undefined }: { scopes: Scope[]; say?: (text: string) => void },
): Promise<Tally> {
  const random = createRandom(seed)
  const { dir } = ground.workspace
  const tally: Tally = { rounds: 0, faults: [], phases: {} }
  const undisturbed = new Map<Scope, { phases: string[]; milliseconds: number }>()
  for (const scope of new Set(scopes)) {
    const phases: string[] = []
    const { outcome, milliseconds } = await work(dir, [ground.file], { scope, watch: (_kill, phase) => phases.push(phase) })
    if (outcome !== 'done') return { ...tally, faults: [`undisturbed, it failed: ${outcome}`] }
    undisturbed.set(scope, { phases, milliseconds })
    await reset(ground)
  }
  for (let round = 0; round < rounds; round++) {
    const scope = scopes[Math.floor(round / 2) % scopes.length]
    const { phases, milliseconds } = undisturbed.get(scope)!
    const atRandom = round % 2 === 0
    const moment = random.next() * milliseconds * 1.02
    const phase = phases[Math.floor(random.next() * phases.length)]
    const after = random.next() ** 2 * 60
    let timer: NodeJS.Timeout | undefined
    const { outcome } = await work(dir, [ground.file], {
      scope,
      watch: (kill, told) => {
        if (atRandom ? told === 'start' : told === phase) timer = setTimeout(kill, atRandom ? moment : after)
      },
    })
    clearTimeout(timer)
    const word = outcome.split(' ')[0]
    tally.phases[word] = (tally.phases[word] ?? 0) + 1
    const wrong = [
      ...(word === 'failed' || word === 'crashed' ? [outcome] : []),
      ...(await faults(ground)),
      ...(await faultsOfNextRun(ground, scope)),
      ...(await faults(ground)),
    ]
    tally.rounds++
    tally.faults.push(...wrong.map((fault) => `round ${round}, killed in ${outcome}: ${fault}`))
    say(`round ${round + 1} of ${rounds}: killed in ${outcome}${wrong.length > 0 ? `: ${wrong.join('; ')}` : ''}`)
    await reset(ground)
  }
  const last = await work(dir, [ground.file], { scope: scopes[0] })
  if (last.outcome !== 'done') tally.faults.push(`after all rounds the import failed: ${last.outcome}`)
  tally.faults.push(...(await faults(ground)))
  return tally
}
