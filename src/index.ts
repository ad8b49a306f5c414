/**
 * The library: the same use cases that the command line and the web app call. Workspaces are folders; see ARCHITECTURE.md.
 */

export * as costing from './analytics/costing/index.ts'
export * from './analytics/index.ts'
export * as pricing from './analytics/pricing/index.ts'
export * as relationships from './analytics/relationships/index.ts'
export * as value from './analytics/value/index.ts'
export { compareSnapshots } from './app/compare.ts'
export { explainFigure } from './app/explain.ts'
export { answerImport, commitImport, discardImport, listImports, listRecipes, stageImport, undoImport } from './app/imports.ts'
export { queryWorkspace } from './app/query.ts'
export { listSnapshots, readManifest, runPortfolio } from './app/runs.ts'
export { exportTable, readTable } from './app/tables.ts'
export { findWorkspace, initWorkspace, openWorkspace } from './app/workspace.ts'
export * from './charts/index.ts'
export { writeHtmlReport, writeWorkbook } from './report/index.ts'
export { AppError, CancelledError, MissingError, UsageError } from './shared/errors.ts'
export { canonicalTables } from './warehouse/contract/index.ts'
export { openDuckDB } from './warehouse/duckdb.ts'
export { id, sql } from './warehouse/sql.ts'
