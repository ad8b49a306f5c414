import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Config, type Locate, problemsOf } from '../shared/config.ts'
import { hashFile, hashText } from '../shared/durable.ts'
import { AppError, CancelledError, MissingError, type Problem, throwIfCancelled } from '../shared/errors.ts'
import { didYouMean } from '../shared/nearest.ts'
import { version } from '../shared/version.ts'
import type { TableContract } from '../warehouse/contract/index.ts'
import { openDuckDB } from '../warehouse/duckdb.ts'
import type { Warehouse } from '../warehouse/port.ts'
import { type Sql, sql } from '../warehouse/sql.ts'
import { keptSums } from '../warehouse/sums.ts'
import { planSteps } from './graph.ts'
import { activeImports, attachInputs, type ImportFolder, tablesIn } from './inputs.ts'
import { isRunning, takeRunLock } from './lock.ts'
import { type Manifest, type RunSummary, summaryOf } from './manifest.ts'
import { checkColumns, checkRows, orderedRows } from './saved-table.ts'
import { beginSnapshot, clearStaging, publishSnapshot, snapshotIds } from './snapshot.ts'
import type { AnyStep, Check, Figure, Finding, StepContext } from './step.ts'
import { checkInputTotals } from './totals.ts'

export interface RunProgress {
  step: string
  title: string
  /** Steps that are done, of `total`. */
  done: number
  total: number
  /** Of the whole run, 0 to 1. */
  fraction: number
}

export interface RunRequest {
  config: Config
  locate: Locate
  importsDir: string
  snapshotsDir: string
  cacheDir: string
  steps: readonly AnyStep[]
  /** Last day that counts; by default that of clientele.yaml, else the last day with an order. */
  asOf?: string
  seed?: number
  /** The moment of the run, for its name and manifest; no figure depends on it. */
  now: Date
  signal?: AbortSignal
  onProgress?: (progress: RunProgress) => void
}

/** A blocking check did not hold; nothing was published. `summary` says all that was found. */
class CheckFailedError extends AppError {
  readonly summary: RunSummary

  constructor(summary: RunSummary) {
    const failed = summary.checks.filter(isBlocking)
    super('run.check-failed', `${failed[0].title}: ${failed[0].detail}${failed.length > 1 ? ` (and ${failed.length - 1} more)` : ''}`, {
      problems: failed.map(({ title, detail, expected, actual }) => ({
        message: `${title}: ${detail}${expected === undefined ? '' : ` Expected ${expected}; got ${actual}.`}`,
      })),
      hint: 'Nothing was published; the last snapshot stays. The checks are in .clientele/last-failed.json.',
    })
    this.summary = summary
  }
}

const failedFile = 'last-failed.json'

/**
 * Runs the steps over the active imports and publishes what they make as a new snapshot, all or nothing.
 */
export async function runSteps(request: RunRequest): Promise<Manifest> {
  const lock = await takeRunLock(request.cacheDir, request.now)
  try {
    await clearStaging(request.snapshotsDir)
    await clearSpill(request.cacheDir)
    const imports = await activeImports(request.importsDir)
    const settings = settle(request, imports)
    const id = await freeId(request, settings)
    const folder = await beginSnapshot(request.snapshotsDir, id)
    const spill = join(request.cacheDir, `spill-${id}`)
    const warehouse = await openDuckDB({
      spillFolder: spill,
      ...(request.config.engine.memory ? { memoryLimit: request.config.engine.memory } : {}),
      ...(request.config.engine.threads ? { threads: request.config.engine.threads } : {}),
    })
    try {
      const manifest = await execute(request, settings, imports, warehouse, id, folder)
      throwIfCancelled(request.signal)
      await lock.assertHeld()
      if (manifest.checks.some(isBlocking)) throw new CheckFailedError(summaryOf(manifest))
      const made = new Set(manifest.tables.map(({ name }) => name))
      const contracts = request.steps.flatMap(({ writes }) => writes).filter(({ name }) => made.has(name))
      await publishSnapshot(request.snapshotsDir, manifest, contracts)
      await rm(join(request.cacheDir, failedFile), { force: true })
      return manifest
    } catch (error) {
      await remember(request, error)
      if (!(error instanceof CheckFailedError) && (await changedUnderneath(request.importsDir, imports))) throw inputsChanged(error)
      throw asRunError(error)
    } finally {
      await warehouse.close()
      await rm(folder, { recursive: true, force: true })
      await rm(spill, { recursive: true, force: true })
    }
  } finally {
    await lock.release()
  }
}

/** Removes what the engine of a process that is gone kept on disk. */
async function clearSpill(cacheDir: string): Promise<void> {
  for (const name of await readdir(cacheDir)) {
    const pid = /^spill-[a-z]+-(\d+)$/.exec(name)?.[1]
    if (/^spill-\d{8}T/.test(name) || (pid !== undefined && !isRunning(Number(pid))))
      await rm(join(cacheDir, name), { recursive: true, force: true })
  }
}

interface Settled {
  asOf: string
  seed: number
  /** Parsed settings by step. */
  parameters: Map<string, unknown>
  hash: string
}

/** Everything that is known before the first query: refuses wrong settings before any work is done. */
function settle(request: RunRequest, imports: readonly ImportFolder[]): Settled {
  const { config, steps } = request
  const days = imports.flatMap(({ report }) => (report.dates ? [report.dates.to] : []))
  if (imports.length === 0 || tablesIn(imports).size === 0) {
    throw new MissingError('run.no-input', 'nothing has been imported yet', { hint: 'Load a file with orders: `clientele import FILE`.' })
  }
  const asOf = request.asOf ?? config.asOf ?? days.sort().at(-1)
  if (asOf === undefined) {
    throw new MissingError('run.no-orders', 'no import holds orders, so there is no last day that counts', {
      hint: 'Load a file with orders, or set `asOf` in clientele.yaml.',
    })
  }
  const seed = request.seed ?? config.seed
  const problems: Problem[] = []
  const parameters = new Map<string, unknown>()
  for (const name of Object.keys(config.steps)) {
    if (!steps.some((step) => step.name === name)) {
      const known = steps.map((step) => step.name)
      problems.push({
        ...request.locate(['steps', name]),
        message: `there is no step "${name}"`,
        hint: didYouMean(name, known) ?? `There are: ${known.join(', ')}.`,
      })
    }
  }
  for (const step of steps) {
    const given = withSharedSettings(step, config)
    const parsed = step.parameters.safeParse(given)
    if (parsed.success) parameters.set(step.name, parsed.data)
    else
      problems.push(
        ...parsed.error.issues.flatMap((issue) => problemsOf(issue, given, request.locate, request.locate, ['steps', step.name])),
      )
  }
  if (problems.length > 0) {
    const [first] = problems
    throw new AppError('config.invalid', `clientele.yaml${first.line ? `:${first.line}:${first.column}` : ''}: ${first.message}`, {
      problems,
      hint: first.hint,
    })
  }
  const hash = hashText(
    JSON.stringify([config.currency, config.fiscalYear, config.periods, asOf, seed, [...parameters].sort(([a], [b]) => (a < b ? -1 : 1))]),
  )
  return { asOf, seed, parameters, hash }
}

/** Settings that stand at the top of clientele.yaml reach the steps that have a parameter of that name. */
function withSharedSettings(step: AnyStep, config: Config): Record<string, unknown> {
  const own = config.steps[step.name] ?? {}
  const shape = (step.parameters as unknown as { shape?: Record<string, unknown> }).shape ?? {}
  const shared: Record<string, unknown> = {}
  for (const name of ['periods', 'fiscalYear'] as const) if (name in shape) shared[name] = config[name]
  return { ...shared, ...own }
}

async function freeId(request: RunRequest, settings: Settled): Promise<string> {
  const imports = (await activeImports(request.importsDir)).map(({ report }) => report.id)
  const time = request.now.toISOString().replaceAll(/[-:]|\.\d+/g, '')
  const id = `${time}-${hashText(JSON.stringify([imports, settings.hash, version])).slice(0, 8)}`
  const taken = new Set(await snapshotIds(request.snapshotsDir))
  for (let n = 2, free = id; ; n++, free = `${id}-${n}`) if (!taken.has(free)) return free
}

async function execute(
  request: RunRequest,
  settings: Settled,
  imports: readonly ImportFolder[],
  warehouse: Warehouse,
  snapshot: string,
  folder: string,
): Promise<Manifest> {
  const { config, signal } = request
  const started = performance.now()
  const seconds = (from: number) => Math.round(performance.now() - from) / 1000
  await mkdir(folder, { recursive: true })
  const there = await attachInputs(warehouse, imports, config.currency, signal)
  const plan = planSteps(request.steps, there)
  const total = plan.run.length + 1
  const tell = (step: string, title: string, done: number, within: number) =>
    request.onProgress?.({ step, title, done, total, fraction: Math.min(1, (done + within) / total) })

  tell('inputs', 'Control totals of the imports', 0, 0)
  const found: { checks: Check[]; findings: Finding[]; figures: Figure[] } = { checks: [], findings: [], figures: [] }
  if (there.has('order_line')) {
    found.checks.push(
      ...(await checkInputTotals(
        warehouse,
        imports.map(({ report }) => report),
        settings.asOf,
        signal,
      )),
    )
  }
  const tables: Manifest['tables'] = []
  const steps: Manifest['steps'] = []
  for (const [i, step] of plan.run.entries()) {
    throwIfCancelled(signal)
    tell(step.name, step.title, i + 1, 0)
    const begun = performance.now()
    const saved = new Set<string>()
    const context: StepContext = {
      warehouse,
      parameters: settings.parameters.get(step.name),
      asOf: settings.asOf,
      seed: settings.seed,
      currency: config.currency,
      signal: signal ?? new AbortController().signal,
      has: (table) => (table === keptSums || mayRead(step, table)) && there.has(table),
      async save(contract, query, orderBy) {
        if (!step.writes.includes(contract)) throw fault(step, `saves table "${contract.name}", which it does not declare`)
        if (saved.has(contract.name)) throw fault(step, `saves table "${contract.name}" twice`)
        saved.add(contract.name)
        tables.push(await saveTable(warehouse, folder, contract, query, orderBy, signal))
        there.add(contract.name)
      },
      progress: (fraction) => tell(step.name, step.title, i + 1, Math.max(0, Math.min(1, fraction))),
      check: (check) => found.checks.push(check),
      finding: (finding) => found.findings.push(finding),
      figure: (figure) => found.figures.push(figure),
    }
    try {
      await step.run(context)
    } catch (error) {
      throw named(step, error, request.locate)
    }
    for (const { name } of step.writes) if (!saved.has(name)) throw fault(step, `did not save table "${name}"`)
    steps.push({
      name: step.name,
      title: step.title,
      seconds: seconds(begun),
      reads: [...step.reads, ...(step.readsIfPresent ?? []).filter((table) => there.has(table))],
      writes: step.writes.map(({ name }) => name),
    })
  }
  tell('publish', 'Publish the snapshot', plan.run.length + 1, 0)
  checkFigures(found.figures, plan.run)
  const [{ engine }] = await warehouse.rows(sql`select version() as engine`)
  return {
    snapshot,
    createdAt: request.now.toISOString(),
    version,
    engine: `${warehouse.dialect.engine} ${engine}`,
    asOf: settings.asOf,
    seed: settings.seed,
    currency: config.currency,
    figures: found.figures,
    findings: found.findings.sort((a, b) => b.weight - a.weight || (a.name < b.name ? -1 : 1)),
    tables: tables.sort((a, b) => (a.name < b.name ? -1 : 1)),
    checks: found.checks,
    skipped: plan.skipped,
    inputs: imports.map(({ report }) => ({
      import: report.id,
      sha256: hashText(
        report.files
          .map(({ sha256 }) => sha256)
          .sort()
          .join('\n'),
      ),
      files: report.files.map(({ name }) => name),
      rows: report.rowsKept,
      totals: report.totals,
    })),
    settings: config,
    settingsHash: settings.hash,
    steps,
    seconds: seconds(started),
  }
}

async function saveTable(
  warehouse: Warehouse,
  folder: string,
  contract: TableContract,
  query: Sql,
  orderBy: Sql | undefined,
  signal: AbortSignal | undefined,
): Promise<Manifest['tables'][number]> {
  await checkColumns(warehouse, contract, query)
  const file = join(folder, `${contract.name}.parquet`)
  const rows = await warehouse.save(orderedRows(contract, query, orderBy), file, { signal })
  await warehouse.attach(contract.name, [file])
  await checkRows(warehouse, contract, contract.name, signal)
  return { name: contract.name, rows, bytes: (await stat(file)).size, sha256: await hashFile(file) }
}

const isBlocking = ({ status, blocking }: Check) => status === 'fail' && blocking

const mayRead = (step: AnyStep, table: string) =>
  step.reads.includes(table) || (step.readsIfPresent ?? []).includes(table) || step.writes.some(({ name }) => name === table)

/** A figure that points at a cell must point at one that exists. */
function checkFigures(figures: readonly Figure[], steps: readonly AnyStep[]): void {
  for (const { name, explain } of figures) {
    if (!explain) continue
    const contract = steps.flatMap(({ writes }) => writes).find((table) => table.name === explain.table)
    const wrong = [explain.column, ...Object.keys(explain.where)].find((column) => !contract?.columns[column])
    if (wrong !== undefined) {
      throw new AppError('run.figure', `figure "${name}" points at ${explain.table}.${wrong}, which does not exist`, { kind: 'internal' })
    }
  }
}

function named(step: AnyStep, error: unknown, locate: Locate): AppError {
  if (error instanceof CancelledError) return error
  const { code, kind, hint, problems } = error instanceof AppError ? error : ({ code: 'run.step', kind: 'internal' } as Partial<AppError>)
  const message = error instanceof Error ? error.message : String(error)
  const placed = (problems ?? []).map(({ setting, character, ...problem }): Problem => {
    return setting ? { ...locate(['steps', step.name, ...setting], character), ...problem } : problem
  })
  return new AppError(code ?? 'run.step', `${step.title}: ${message}`, {
    kind: kind ?? 'internal',
    ...(hint ? { hint } : {}),
    problems: placed,
    cause: error,
  })
}

const fault = (step: AnyStep, message: string) => new AppError('run.step', `step "${step.name}" ${message}`, { kind: 'internal' })

/** Writes down why a run failed, for `doctor` and for whoever looks later. */
async function remember(request: RunRequest, error: unknown): Promise<void> {
  if (error instanceof CancelledError) return
  const { message, code, hint, problems } = error instanceof AppError ? error : ({ message: String(error) } as Partial<AppError>)
  const checks = error instanceof CheckFailedError ? error.summary.checks : []
  const record = { at: request.now.toISOString(), code, message, hint, problems, checks }
  // The failure itself matters more than the note about it, which a full disk may also forbid.
  await writeFile(join(request.cacheDir, failedFile), `${JSON.stringify(record, null, 2)}\n`).catch(() => undefined)
}

async function changedUnderneath(importsDir: string, imports: readonly ImportFolder[]): Promise<boolean> {
  const now = await activeImports(importsDir).catch(() => null)
  return now !== null && imports.some(({ report }) => !now.some((one) => one.report.id === report.id))
}

/** What the operating system says, in words a user can act on. */
function asRunError(error: unknown): unknown {
  if (error instanceof AppError) return error
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
    return new AppError('run.disk-full', 'the disk is full; nothing was published', {
      kind: 'internal',
      hint: 'Free some space and run again.',
      cause: error,
    })
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new AppError('run.no-access', `the workspace cannot be written to: ${message}`, {
      hint: 'Change its permissions and run again.',
      cause: error,
    })
  }
  return error
}

const inputsChanged = (cause: unknown) =>
  new AppError('run.inputs-changed', 'an import was taken back while the run was reading it; nothing was published', {
    kind: 'conflict',
    hint: 'Run again.',
    cause,
  })
