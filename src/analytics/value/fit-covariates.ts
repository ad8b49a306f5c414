/** Fits a model with covariates to the columns of a file. */
import { AppError, UsageError } from '../../shared/errors.ts'
import { groupCells, type PurchaseCells } from './cells.ts'
import { type CovariateFit, type CovariateModel, covariateModels, fitWithCovariates } from './covariates.ts'
import { type Design, readDesign } from './design.ts'
import type { FitOptions } from './history-model.ts'
import { historiesOfLog, readLog, readPurchaseRows } from './read-histories.ts'
import { fitSegments, type PooledFit, type SegmentOptions } from './segments.ts'
import { isLog, RowProblems, type SummaryTable } from './summary-table.ts'

export interface CovariateFileOptions extends FitOptions {
  /** Columns that move both processes; those of a log are taken from each customer's first purchase. */
  covariates?: readonly string[]
  /** Columns that move how often customers buy only. */
  purchaseCovariates?: readonly string[]
  /** Columns that move how soon they leave only. */
  leavingCovariates?: readonly string[]
  /** Standard deviation of a normal prior on effects, per standard deviation of the covariate. */
  ridge?: number
  until?: string
}

export const asksForCovariates = ({ covariates, purchaseCovariates, leavingCovariates }: CovariateFileOptions): boolean =>
  [covariates, purchaseCovariates, leavingCovariates].some((names) => names && names.length > 0)

/** @throws UsageError for a model that takes no covariates, AppError for columns that are not there or make no sense. */
export function fitFileWithCovariates(name: string, table: SummaryTable, options: CovariateFileOptions): CovariateFit {
  if (!covariateModels.includes(name as CovariateModel))
    throw new UsageError('fit.covariate', `${name} takes no covariates`, { hint: `${covariateModels.join(', ')} do` })
  const both = options.covariates ?? []
  const wanted = { purchase: [...both, ...(options.purchaseCovariates ?? [])], leaving: [...both, ...(options.leavingCovariates ?? [])] }
  for (const names of Object.values(wanted)) {
    const twice = names.find((column, i) => names.indexOf(column) !== i)
    if (twice) throw new AppError('fit.covariate', `covariate ${twice} is named twice`, { kind: 'usage' })
  }
  const { cells, of } = readCustomers(table, options.until)
  const designs = { purchase: readDesign(of, wanted.purchase), leaving: readDesign(of, wanted.leaving) }
  const order = sortedRows(cells, [designs.purchase, designs.leaving])
  const pick = (values: Float64Array): Float64Array => Float64Array.from(order, (i) => values[i]!)
  const picked = (design: Design): Design => ({ names: design.names, columns: design.columns.map(pick) })
  return fitWithCovariates(
    name as CovariateModel,
    { x: pick(cells.x), tx: pick(cells.tx), T: pick(cells.T), weight: cells.weight && pick(cells.weight) },
    { purchase: picked(designs.purchase), leaving: picked(designs.leaving) },
    options,
  )
}

/** Histories row by row, with the table whose rows say more of each customer: of a log the customer's first purchase. */
function readCustomers(table: SummaryTable, until?: string): { cells: PurchaseCells; of: SummaryTable } {
  if (!isLog(table)) return { cells: readPurchaseRows(table), of: table }
  const log = readLog(table, until)
  const of = { ...table, rows: log.firstRow.map((row) => table.rows[row]!), lines: log.firstRow.map((row) => table.lines[row]!) }
  return { cells: historiesOfLog(log), of }
}

export interface SegmentFileOptions extends SegmentOptions {
  /** Column that names each customer's segment; of a log that of the first purchase. */
  segment?: string
  until?: string
}

/** @throws UsageError for a model that cannot be pooled, AppError for a column that is not there or has empty fields. */
export function fitFileBySegment(name: string, table: SummaryTable, options: SegmentFileOptions): PooledFit {
  if (!covariateModels.includes(name as CovariateModel))
    throw new UsageError('fit.segment', `${name} is not pooled over segments`, { hint: `${covariateModels.join(', ')} are` })
  const { cells, of } = readCustomers(table, options.until)
  const column = of.header.findIndex((title) => title.trim().toLowerCase() === options.segment?.trim().toLowerCase())
  if (column < 0)
    throw new AppError('fit.segment', `there is no column ${options.segment} to take as the segment`, {
      kind: 'usage',
      hint: `the file has ${of.header.join(', ')}`,
    })
  const problems = new RowProblems(of)
  const rowsOf = new Map<string, number[]>()
  of.rows.forEach((fields, row) => {
    const segment = fields[column] ?? ''
    if (segment === '') problems.add(row, column, `the segment in ${of.header[column]} is empty`)
    const rows = rowsOf.get(segment)
    if (rows) rows.push(row)
    else rowsOf.set(segment, [row])
  })
  problems.throwIfAny()
  if (rowsOf.size > 500)
    throw new AppError('fit.segment', `${of.header[column]} has ${rowsOf.size} different values; at most 500 segments are pooled`)
  return fitSegments(
    name as CovariateModel,
    [...rowsOf].map(([segment, rows]) => {
      const pick = (values: Float64Array): Float64Array => Float64Array.from(rows, (i) => values[i]!)
      return {
        name: segment,
        cells: groupCells({ x: pick(cells.x), tx: pick(cells.tx), T: pick(cells.T), weight: cells.weight && pick(cells.weight) }),
      }
    }),
    options,
  )
}

/** An order that does not depend on that of the file, so that equal data give equal sums. */
function sortedRows({ x, tx, T, weight }: PurchaseCells, designs: Design[]): Uint32Array {
  const columns = designs.flatMap((design) => design.columns)
  return Uint32Array.from(x.keys()).sort((i, j) => {
    let order = T[i]! - T[j]! || x[i]! - x[j]! || tx[i]! - tx[j]!
    for (let c = 0; order === 0 && c < columns.length; c++) order = columns[c]![i]! - columns[c]![j]!
    return order || (weight ? weight[i]! - weight[j]! : 0)
  })
}
