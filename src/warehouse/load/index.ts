import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { currencyCode } from '../../shared/config.ts'
import { AppError, MissingError, UsageError } from '../../shared/errors.ts'
import { formatCounted } from '../../shared/format.ts'
import { withAnswers } from './answers.ts'
import { buildImport, type StageState } from './build.ts'
import { effectOfStage } from './effect.ts'
import { type ReadOptions, readFiles, type StagedFile } from './read/index.ts'
import { checkRecipeName, readRecipes, saveRecipe } from './recipes.ts'
import { type ImportEffect, type ImportReport, importReport } from './report.ts'
import { asImportError, openStage, publishFolder, removeStage, removeStaleStages, stageFolders, withImportLock } from './staging.ts'
import type { ImportOptions, ImportPlace, Recipe, StagedImport } from './types.ts'

export type { ImportEffect, ImportReport } from './report.ts'
export type { ImportOptions, ImportPlace, ImportProgress, MappedField, Mapping, Question, Recipe, StagedImport } from './types.ts'

/** Reads files and works out what they would import. Nothing is visible before {@link commitImport}; a failure leaves nothing behind. */
export async function stageImport(place: ImportPlace, paths: string[], given: ImportOptions = {}): Promise<StagedImport> {
  const options = withAnswers(given)
  if (paths.length === 0) throw new UsageError('import.no-files', 'no files to import', { hint: 'Name files, folders or archives.' })
  checkOptions(options)
  await removeStaleStages(place)
  const now = (place.now ?? (() => new Date()))()
  const stage = `${stamp(now)}-${randomBytes(4).toString('hex')}`
  try {
    const folders = await openStage(place, stage)
    const files = await read(place, paths, folders.raw, options)
    const state: StageState = { stage, paths, files, options: plainOptions(options), report: null, duplicateOf: null, active: [] }
    return await buildAndKeep(place, state, options)
  } catch (error) {
    await removeStage(place, stage).catch(() => undefined)
    throw asImportError(error)
  }
}

/** Works the import out again with answers. Files are read again only when the answer is about reading them. */
export async function answerImport(place: ImportPlace, stage: string, given: ImportOptions): Promise<StagedImport> {
  const options = withAnswers(given)
  checkOptions(options)
  const state = await readState(place, stage)
  const merged: ImportOptions = {
    ...state.options,
    ...plainOptions(options),
    map: { ...state.options.map, ...options.map },
    answers: { ...state.options.answers, ...options.answers },
  }
  try {
    let { files } = state
    if (readingChanged(state.options, merged)) {
      const { raw } = stageFolders(place, stage)
      await rm(raw, { recursive: true, force: true })
      files = await read(place, state.paths, raw, { ...merged, signal: options.signal, onProgress: options.onProgress })
    }
    return await buildAndKeep(
      place,
      { ...state, files, options: merged },
      { ...merged, signal: options.signal, onProgress: options.onProgress },
    )
  } catch (error) {
    throw asImportError(error)
  }
}

/** Makes a staged import part of the portfolio, by one rename. The same content twice commits nothing and gives the earlier report. */
export async function commitImport(place: ImportPlace, stage: string): Promise<ImportReport> {
  const state = await readState(place, stage)
  const { report } = state
  if (!report)
    throw new AppError('import.open-questions', 'the import has open questions; nothing was imported', {
      kind: 'conflict',
      hint: 'Answer them first.',
    })
  if (state.duplicateOf !== null) {
    await removeStage(place, stage)
    return report
  }
  try {
    return await withImportLock(place, async () => {
      const active = await activeIds(place)
      const hash = report.id.split('-')[1]
      const same = active.find((name) => name.endsWith(`-${hash}`))
      if (same) {
        await removeStage(place, stage)
        return await readReport(place, same)
      }
      if (active.join() !== state.active.join())
        throw new AppError(
          'import.changed-meanwhile',
          'other imports were committed or undone since this one was looked at; nothing was imported',
          {
            kind: 'conflict',
            hint: 'Look at it again: what is new in it may have changed.',
          },
        )
      if (state.options.saveRecipe) {
        const recipe = JSON.parse(await readFile(join(stageFolders(place, stage).output, 'recipe.json'), 'utf8')) as Recipe
        await saveRecipe(place, state.options.saveRecipe, recipe, new Date(report.createdAt))
      }
      await publishFolder(stageFolders(place, stage).output, join(place.importsDir, report.id))
      await removeStage(place, stage)
      return report
    })
  } catch (error) {
    throw asImportError(error)
  }
}

/** Forgets a staged import. */
export async function discardImport(place: ImportPlace, stage: string): Promise<void> {
  await removeStage(place, stage)
}

/** What committing a staged import would change; null while a question is open or where the same content is there already. */
export async function stagedEffect(place: ImportPlace, stage: string): Promise<ImportEffect | null> {
  const { report, duplicateOf } = await readState(place, stage)
  return report && duplicateOf === null ? effectOfStage(place, stage, report, await listImports(place)) : null
}

/** Active imports, oldest first. */
export async function listImports(place: ImportPlace): Promise<ImportReport[]> {
  return Promise.all((await activeIds(place)).map((name) => readReport(place, name)))
}

/** Takes an import out of the portfolio. Old snapshots can still look into it. */
export async function undoImport(place: ImportPlace, importId: string): Promise<ImportReport> {
  return withImportLock(place, async () => {
    const active = await activeIds(place)
    if (!active.includes(importId))
      throw new MissingError('import.missing', `there is no import "${importId}"`, {
        hint: active.length > 0 ? `Imports: ${active.join(', ')}.` : 'There are no imports yet.',
      })
    const report = await readReport(place, importId)
    await publishUndone(place, importId)
    return report
  })
}

/** Saved recipes by name, newest version. */
export async function listRecipes(place: ImportPlace): Promise<{ name: string; title: string; savedAt: string }[]> {
  return (await readRecipes(place)).map((recipe) => ({
    name: recipe.name ?? '',
    title: `${[...new Set(recipe.files.map((file) => file.layout))].join(', ')}, version ${recipe.version ?? 1}`,
    savedAt: recipe.savedAt ?? '',
  }))
}

async function publishUndone(place: ImportPlace, importId: string): Promise<void> {
  await mkdir(join(place.importsDir, '.undone'), { recursive: true })
  await rename(join(place.importsDir, importId), join(place.importsDir, '.undone', importId))
}

async function read(place: ImportPlace, paths: string[], folder: string, options: ImportOptions): Promise<StagedFile[]> {
  const readOptions: ReadOptions = {
    encoding: options.encoding,
    delimiter: options.delimiter,
    sheet: options.sheet,
    headerRow: options.headerRow,
    decimalMark: options.decimalMark,
    limits: place.limits,
    signal: options.signal,
    onProgress: ({ bytesRead, bytesTotal, rows }) =>
      options.onProgress?.({
        phase: 'reading',
        fraction: 0.45 * (bytesTotal > 0 ? bytesRead / bytesTotal : 0),
        detail: formatCounted(rows, 'row'),
      }),
  }
  const files = await readFiles(paths, folder, readOptions)
  if (files.length === 0)
    throw new AppError('import.nothing-read', 'there is no table in what was given', {
      hint: 'Give CSV, TSV, XLSX, Parquet or JSON lines, or a folder or ZIP of them.',
    })
  return files
}

async function buildAndKeep(place: ImportPlace, state: StageState, options: ImportOptions): Promise<StagedImport> {
  const active = await listImports(place)
  const { staged, state: next } = await buildImport(place, state, options, active)
  await writeFile(join(stageFolders(place, state.stage).folder, 'stage.json'), JSON.stringify(next))
  return staged
}

async function readState(place: ImportPlace, stage: string): Promise<StageState> {
  try {
    return JSON.parse(await readFile(join(stageFolders(place, stage).folder, 'stage.json'), 'utf8')) as StageState
  } catch (error) {
    throw new MissingError('import.stage', `there is no staged import "${stage}"`, { hint: 'Start the import again.', cause: error })
  }
}

async function activeIds(place: ImportPlace): Promise<string[]> {
  try {
    const found = await readdir(place.importsDir, { withFileTypes: true })
    return found
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map((entry) => entry.name)
      .sort()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

async function readReport(place: ImportPlace, importId: string): Promise<ImportReport> {
  const file = join(place.importsDir, importId, 'import.json')
  try {
    return importReport.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (error) {
    throw new AppError('import.damaged', `${file} cannot be read`, {
      hint: `Undo is not possible either; move the folder ${importId} away and import the files again.`,
      cause: error,
    })
  }
}

function stamp(now: Date): string {
  return now
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:]/g, '')
}

/** Refuses options that could not mean anything, before a file is read. */
function checkOptions(options: ImportOptions): void {
  if (options.saveRecipe !== undefined) checkRecipeName(options.saveRecipe)
  if (options.currency === undefined) return
  const checked = currencyCode.safeParse(options.currency)
  if (!checked.success) throw new UsageError('import.currency', `currency ${checked.error.issues[0].message}`)
}

/** Options without what lives only as long as the call. */
function plainOptions(options: ImportOptions): ImportOptions {
  const { signal: _signal, onProgress: _onProgress, ...rest } = options
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) as ImportOptions
}

function readingChanged(before: ImportOptions, after: ImportOptions): boolean {
  return (['encoding', 'delimiter', 'sheet', 'headerRow'] as const).some((key) => before[key] !== after[key])
}
