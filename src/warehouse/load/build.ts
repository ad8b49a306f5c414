import { createHash } from 'node:crypto'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join as joinPath } from 'node:path'
import { hashFile } from '../../shared/durable.ts'
import { AppError, throwIfCancelled } from '../../shared/errors.ts'
import { formatCount } from '../../shared/format.ts'
import { openDuckDB } from '../duckdb.ts'
import type { Warehouse } from '../port.ts'
import type { Sql } from '../sql.ts'
import { id, join, sql } from '../sql.ts'
import { sumsFolder, writeSums } from '../sums.ts'
import { setAsideRows } from './canonical/report.sql.ts'
import { canonicalise } from './canonicalise.ts'
import { contextFor, type Decision, decideReading, mappingQuestions } from './decide.ts'
import type { LayoutContext, LayoutFindings } from './layouts/index.ts'
import { monthNames } from './parse/dates.sql.ts'
import { typedRows } from './parse/typed.sql.ts'
import type { StagedFile } from './read/index.ts'
import { contentOf, findRecipe, readRecipes } from './recipes.ts'
import { describeMappings, type Group, groupFiles } from './recognise.ts'
import { reconcile } from './reconcile.ts'
import type { ImportReport } from './report.ts'
import { type StageFolders, stageFolders } from './staging.ts'
import type { ImportOptions, ImportPlace, Mapping, Question, Recipe, StagedImport } from './types.ts'

/** What a stage remembers between calls, as `stage.json`. */
export interface StageState {
  stage: string
  paths: string[]
  files: StagedFile[]
  options: ImportOptions
  report: ImportReport | null
  duplicateOf: string | null
  /** Ids of the imports that were active when it was worked out. */
  active: string[]
}

const maxQuestions = 5

/** Works out a stage: recognise, decide, ask or convert, reconcile. The result lies in the staging folder, invisible. */
export async function buildImport(
  place: ImportPlace,
  state: StageState,
  options: ImportOptions,
  active: readonly ImportReport[],
): Promise<{ staged: StagedImport; state: StageState }> {
  const started = performance.now()
  const now = (place.now ?? (() => new Date()))()
  const folders = stageFolders(place, state.stage)
  await rm(folders.output, { recursive: true, force: true })
  await rm(folders.work, { recursive: true, force: true })
  await mkdir(folders.work, { recursive: true })
  const { recipe, replayed } = await recipeFor(place, state.files, options)
  const groups = groupFiles(state.files, options, recipe)
  const mappings = describeMappings(groups)
  const result = (questions: Question[], report: ImportReport | null, duplicateOf: string | null) => ({
    staged: { id: state.stage, files: state.files, mappings, questions: questions.slice(0, maxQuestions), report, duplicateOf },
    state: { ...state, report, duplicateOf, active: active.map((one) => one.id) },
  })

  const spill = joinPath(folders.work, 'spill')
  await mkdir(spill, { recursive: true })
  const warehouse = await openDuckDB({
    memoryLimit: place.memoryLimit ?? '700MB',
    spillFolder: spill,
    ...(place.threads ? { threads: place.threads } : {}),
  })
  try {
    const progress = (phase: string, fraction: number) => options.onProgress?.({ phase, fraction: 0.45 + 0.55 * fraction })
    progress('understanding', 0)
    await attachFiles(warehouse, groups, state.files)
    // A day of grace: it is tomorrow already in other time zones.
    const latest = new Date(now.getTime() + 86_400_000).toISOString().slice(0, 10)
    const decisions = new Map<number, Decision>()
    for (const group of groups) {
      throwIfCancelled(options.signal)
      decisions.set(
        group.number,
        await decideReading(warehouse, group, `raw_${group.number}`, options, place.currency, recipe?.currency ?? null, latest),
      )
    }
    const tables = new Set(groups.map((group) => group.layout.table as string))
    const currency = options.currency ?? recipe?.currency ?? place.currency
    const answers = { ...recipe?.answers, ...options.answers }
    const contexts = (layoutId: string): LayoutContext => contextFor(groups, layoutId, { answers, currency, tables })
    const questions = once([
      ...groups.flatMap((group) => mappingQuestions(group, contexts(group.layout.id))),
      ...groups.flatMap((group) => (decisions.get(group.number) as Decision).questions),
    ])
    if (questions.length > 0) return result(questions, null, null)
    const findings = await examineLayouts(warehouse, groups, decisions, contexts)
    Object.assign(answers, { ...findings.answers, ...answers })
    if (findings.questions.length > 0) return result(findings.questions, null, null)
    progress('converting', 0.1)

    const decided: Recipe = recipeOf(groups, decisions, currency, answers)
    const hash = contentHash(state.files, decided)
    const twin = active.find((one) => one.id.endsWith(`-${hash}`))
    if (twin) return result([], twin, twin.id)

    await mkdir(folders.output, { recursive: true })
    const canonical = await canonicalise(warehouse, {
      groups,
      decisions,
      context: contexts,
      folders,
      reportingCurrency: place.currency,
      active: active.filter((one) => one.tables.order_line !== undefined).map((one) => joinPath(place.importsDir, one.id)),
      signal: options.signal,
      progress: (phase, fraction) => progress(phase, 0.1 + 0.85 * fraction),
    })
    throwIfCancelled(options.signal)
    await writeSetAside(warehouse, folders, state.files, canonical.tables.order_line !== undefined, Object.keys(canonical.masters))
    if (canonical.tables.order_line !== undefined) await warehouse.attach('order_line', [joinPath(folders.output, 'order_line.parquet')])
    const rowsIn = state.files.reduce((sum, file) => sum + file.rows + file.rejected, 0)
    const counted = await reconcile(warehouse, canonical, rowsIn)
    if (rowsIn === 0 || counted.rowsKept === 0) refuseEmpty(counted, active)
    if (canonical.tables.order_line !== undefined) {
      progress('summing', 0.97)
      await warehouse.attach('imported_order', [joinPath(folders.output, 'order.parquet')])
      await writeSums(warehouse, { lines: 'order_line', orders: 'imported_order' }, joinPath(folders.output, sumsFolder), {
        linesAtOnce: 4_000_000,
        signal: options.signal,
      })
    }
    const report: ImportReport = {
      id: `${now
        .toISOString()
        .replace(/\.\d+Z$/, 'Z')
        .replace(/[-:]/g, '')}-${hash}`,
      createdAt: now.toISOString(),
      version: place.version,
      files: fileReports(state.files, groups, decisions, mappings),
      tables: canonical.tables,
      hashes: await hashesIn(folders.output),
      ...counted,
      assumptions: [
        ...replayed,
        ...currencyAssumption(groups, decisions, contexts, options, recipe, place.currency),
        ...[...new Set(groups.map((group) => group.layout))].flatMap((layout) => layout.assumptions?.(contexts(layout.id)) ?? []),
        ...findings.assumptions,
        ...groups.flatMap((group) => (decisions.get(group.number) as Decision).assumptions),
      ],
      ignoredColumns: [...new Set(mappings.flatMap((mapping) => mapping.ignored))],
      seconds: Math.round((performance.now() - started) / 10) / 100,
    }
    await writeFile(joinPath(folders.output, 'import.json'), `${JSON.stringify(report, null, 2)}\n`)
    await writeFile(joinPath(folders.output, 'recipe.json'), `${JSON.stringify(decided, null, 2)}\n`)
    progress('done', 1)
    return result([], report, null)
  } catch (error) {
    await rm(folders.output, { recursive: true, force: true })
    throw error
  } finally {
    await warehouse.close()
    await rm(folders.work, { recursive: true, force: true })
  }
}

/** The recipe that was named, or what saved recipes know about these headers. */
async function recipeFor(
  place: ImportPlace,
  files: readonly StagedFile[],
  options: ImportOptions,
): Promise<{ recipe: Recipe | null; replayed: string[] }> {
  if (options.recipe !== undefined) {
    const recipe = await findRecipe(place, options.recipe)
    const headers = new Set(files.map((file) => JSON.stringify(file.columns.map((column) => column.name))))
    if (!recipe.files.some((known) => headers.has(JSON.stringify(known.header)))) {
      const [first] = recipe.files
      throw new AppError('import.recipe-other-header', `recipe "${options.recipe}" is for files with other columns`, {
        hint: `It knows: ${first?.header.join(', ')}. Import without it and save a new one.`,
      })
    }
    return { recipe, replayed: [`Recipe "${recipe.name ?? options.recipe}" was replayed, as told.`] }
  }
  const headers = new Set(files.map((file) => JSON.stringify(file.columns.map((column) => column.name))))
  const fitting = (await readRecipes(place)).filter((recipe) => recipe.files.some((known) => headers.has(JSON.stringify(known.header))))
  if (fitting.length === 0) return { recipe: null, replayed: [] }
  const newest = fitting.reduce((a, b) => ((b.savedAt ?? '') > (a.savedAt ?? '') ? b : a))
  return { recipe: newest, replayed: [`Recipe "${newest.name}" (version ${newest.version}) was replayed: the file has the same header.`] }
}

/** Relations `raw_<group>` (file_no, row, c1 ... cn), `files` and `month_names`. */
async function attachFiles(warehouse: Warehouse, groups: readonly Group[], files: readonly StagedFile[]): Promise<void> {
  for (const group of groups) {
    const width = group.columns.length
    const cells = join(Array.from({ length: width }, (_, i) => id(`c${i + 1}`)))
    const each: Sql[] = group.files.map(
      ({ no, file }) => sql`select cast(${no} as integer) as file_no, row, ${cells} from read_parquet(${file.parquet})`,
    )
    await warehouse.view(`raw_${group.number}`, join(each, sql` union all `))
  }
  await warehouse.load('files', { file_no: files.map((_, no) => no), name: files.map(nameOf) }, { file_no: 'integer', name: 'varchar' })
  await warehouse.load(
    'month_names',
    { name: monthNames.map((month) => month.name), month: monthNames.map((month) => month.month) },
    { name: 'varchar', month: 'integer' },
  )
}

/** A sheet of a workbook is named with it. */
function nameOf(file: StagedFile): string {
  return file.sheet && file.format === 'xlsx' && !file.name.includes(file.sheet) ? `${file.name}#${file.sheet}` : file.name
}

async function examineLayouts(
  warehouse: Warehouse,
  groups: readonly Group[],
  decisions: ReadonlyMap<number, Decision>,
  contexts: (layout: string) => LayoutContext,
): Promise<LayoutFindings & { questions: Question[] }> {
  const all: LayoutFindings & { questions: Question[] } = { questions: [], answers: {}, assumptions: [] }
  for (const group of groups) {
    if (!group.layout.examine) continue
    const { reading } = decisions.get(group.number) as Decision
    const names = group.columns.map((column) => column.name)
    await warehouse.view('examined', typedRows(id(`raw_${group.number}`), group.layout.fields, reading, names))
    const found = await group.layout.examine(contexts(group.layout.id), id('examined'), async (query) => {
      await warehouse.view('answer', query)
      const [row] = await warehouse.rows(sql`select * from answer`)
      return row ?? {}
    })
    all.questions.push(
      ...found.questions.map((question) => ({ ...question, file: group.files[0].file.name, option: `--answer ${question.id}=VALUE` })),
    )
    Object.assign(all.answers, found.answers)
    all.assumptions.push(...found.assumptions)
  }
  return { ...all, questions: once(all.questions) }
}

/** Questions by id, each once: several files may raise the same one. */
function once(questions: readonly Question[]): Question[] {
  return [...new Map(questions.toReversed().map((question) => [question.id, question])).values()].toReversed()
}

function recipeOf(
  groups: readonly Group[],
  decisions: ReadonlyMap<number, Decision>,
  currency: string,
  answers: Record<string, string>,
): Recipe {
  return {
    currency,
    files: groups.map((group) => {
      const decision = decisions.get(group.number) as Decision
      return {
        layout: group.layout.id,
        header: group.columns.map((column) => column.name),
        map: Object.fromEntries(group.matches.filter((match) => match.column).map((match) => [match.field, match.column?.name ?? ''])),
        dateOrder: decision.dateOrder,
        decimalMark: decision.decimalMark,
      }
    }),
    answers,
  }
}

/** Hash of each Parquet file of a folder, by its name. */
async function hashesIn(folder: string): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {}
  for (const name of (await readdir(folder)).sort()) if (name.endsWith('.parquet')) hashes[name] = await hashFile(joinPath(folder, name))
  return hashes
}

/** Eight digits that stand for what was read and how: the same files read the same way give the same. */
function contentHash(files: readonly StagedFile[], recipe: Recipe): string {
  const contents = files.map((file) => `${file.sha256} ${file.sheet ?? ''}`).sort()
  return createHash('sha256')
    .update(JSON.stringify({ contents, recipe: contentOf(recipe) }))
    .digest('hex')
    .slice(0, 8)
}

async function writeSetAside(
  warehouse: Warehouse,
  folders: StageFolders,
  files: readonly StagedFile[],
  hasLines: boolean,
  masters: readonly string[],
): Promise<void> {
  const rejects = files.flatMap((file, no) => (file.rejected > 0 ? [{ no, file: file.rejects }] : []))
  const target = joinPath(folders.output, 'set_aside.parquet')
  const empty = sql`select cast(null as varchar) as file, cast(null as bigint) as row, cast(null as varchar) as "column", cast(null as varchar) as value,
    cast(null as varchar) as reason, cast(null as varchar) as expected, cast(null as decimal(38, 4)) as amount, cast(null as varchar) as currency where false`
  const nothing = rejects.length === 0 && !hasLines && masters.length === 0
  await warehouse.save(
    nothing
      ? empty
      : setAsideRows(
          hasLines,
          masters.map((table) => `master_${table}_all`),
          rejects,
        ),
    target,
  )
  await warehouse.attach('set_aside', [target])
}

/** An import that would hold nothing is refused, with the reason that took most rows. */
function refuseEmpty(counted: Pick<ImportReport, 'rowsIn' | 'rowsSetAside' | 'setAside'>, active: readonly ImportReport[]): never {
  const [most] = counted.setAside
  if (counted.rowsIn === 0) throw new AppError('import.empty', 'the files have a header but no rows')
  if (most.reason === 'already-imported' && counted.setAside.length === 1)
    throw new AppError(
      'import.nothing-new',
      `${most.rows === 1 ? 'the only row stands' : `all ${formatCount(most.rows)} rows stand`} in earlier imports already; nothing was imported`,
      {
        kind: 'conflict',
        hint: `Active imports: ${active.map((one) => one.id).join(', ')}.`,
      },
    )
  throw new AppError(
    'import.nothing-kept',
    `${counted.rowsIn === 1 ? 'the only row' : `all ${formatCount(counted.rowsIn)} rows`} would be set aside; nothing was imported`,
    {
      hint: most.repair,
      problems: counted.setAside
        .flatMap((group) =>
          group.examples.map((one) => ({
            file: one.file,
            row: one.row,
            ...(one.column === null ? {} : { column: one.column }),
            message: `${group.title}${one.value === null ? '' : `: "${one.value}"`}${one.expected === null ? '' : `; expected ${one.expected}`}`,
            hint: group.repair,
          })),
        )
        .slice(0, 20),
    },
  )
}

function fileReports(
  files: readonly StagedFile[],
  groups: readonly Group[],
  decisions: ReadonlyMap<number, Decision>,
  mappings: readonly Mapping[],
): ImportReport['files'] {
  return files.map((file, no) => {
    const group = groups.find((one) => one.files.some((member) => member.no === no)) as Group
    const mapping = mappings.find((one) => one.file === file.name) as Mapping
    return {
      name: nameOf(file),
      bytes: file.bytes,
      path: file.path,
      sha256: file.sha256,
      format: file.format,
      detected: [...file.detected, ...(decisions.get(group.number) as Decision).detected],
      recogniser: mapping.recogniser,
      rows: file.rows + file.rejected,
    }
  })
}

function currencyAssumption(
  groups: readonly Group[],
  decisions: ReadonlyMap<number, Decision>,
  contexts: (layout: string) => LayoutContext,
  options: ImportOptions,
  recipe: Recipe | null,
  workspace: string,
): string[] {
  const silent = groups.filter(
    (group) =>
      group.layout.table === 'order_line' &&
      !contexts(group.layout.id).has('currency') &&
      (decisions.get(group.number) as Decision).currency === null,
  )
  if (silent.length === 0) return []
  const files = silent.flatMap((group) => group.files.map(({ file }) => file.name)).slice(0, 3)
  const source = options.currency ? 'as told' : recipe?.currency ? 'from the recipe' : 'taken from clientele.yaml'
  const known = silent.find((group) => group.layout.knownCurrency !== undefined && group.layout.knownCurrency !== workspace)?.layout
  return [
    `Currency ${options.currency ?? recipe?.currency ?? workspace}: ${files.join(', ')} ${files.length > 1 ? 'name' : 'names'} none; ${source}.${
      known && !options.currency
        ? ` The published ${known.title} data are in ${known.knownCurrency}: set that as the currency of the workspace if they are yours.`
        : ''
    }`,
  ]
}
