import { join } from 'node:path'
import { version } from '../shared/version.ts'
import * as load from '../warehouse/load/index.ts'
import type { Workspace } from './workspace.ts'

export type {
  ImportEffect,
  ImportOptions,
  ImportProgress,
  ImportReport,
  MappedField,
  Mapping,
  Question,
  StagedImport,
} from '../warehouse/load/index.ts'

/** Reads files and shows what they would import; nothing is visible before {@link commitImport}. */
export function stageImport(workspace: Workspace, paths: string[], options: load.ImportOptions = {}): Promise<load.StagedImport> {
  return load.stageImport(placeOf(workspace), paths, options)
}

/** Works a staged import out again with answers to its questions. */
export function answerImport(workspace: Workspace, stagedId: string, options: load.ImportOptions): Promise<load.StagedImport> {
  return load.answerImport(placeOf(workspace), stagedId, options)
}

/** What committing a staged import would change; null while a question is open or where the same content is there already. */
export function stagedEffect(workspace: Workspace, stagedId: string): Promise<load.ImportEffect | null> {
  return load.stagedEffect(placeOf(workspace), stagedId)
}

/** Makes a staged import part of the portfolio; of content that is there already it gives the earlier report. */
export function commitImport(workspace: Workspace, stagedId: string): Promise<load.ImportReport> {
  return load.commitImport(placeOf(workspace), stagedId)
}

/** Forgets a staged import. */
export function discardImport(workspace: Workspace, stagedId: string): Promise<void> {
  return load.discardImport(placeOf(workspace), stagedId)
}

/** Active imports, oldest first. */
export function listImports(workspace: Workspace): Promise<load.ImportReport[]> {
  return load.listImports(placeOf(workspace))
}

/** Takes an import out of the portfolio; old snapshots can still look into it. */
export function undoImport(workspace: Workspace, importId: string): Promise<load.ImportReport> {
  return load.undoImport(placeOf(workspace), importId)
}

/** Saved mapping recipes. */
export function listRecipes(workspace: Workspace): Promise<{ name: string; title: string; savedAt: string }[]> {
  return load.listRecipes(placeOf(workspace))
}

function placeOf(workspace: Workspace): load.ImportPlace {
  const { config } = workspace
  const { fileBytes, rows, columns, cellCharacters, archiveRatio } = config.limits
  const limits = { fileBytes, rows, columns, cellBytes: cellCharacters, ratio: archiveRatio }
  return {
    importsDir: workspace.importsDir,
    cacheDir: workspace.cacheDir,
    recipesDir: join(workspace.dir, 'recipes'),
    currency: config.currency,
    version,
    threads: config.engine.threads,
    limits: Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined)),
  }
}
