/** Turns a parsed summary or transaction log into the cells a model is fitted on; every bad row is named with its reason. */
import { AppError } from '../../shared/errors.ts'
import { type RetentionCells, retentionOfSurvivors } from './beta-retention.ts'
import type { OpportunityCells } from './bg-bb.ts'
import { groupCells, type PurchaseCells } from './cells.ts'
import type { SpendCells } from './gamma-gamma.ts'
import { findColumn, needColumn, numbers, RowProblems, type SummaryTable } from './summary-table.ts'

/** Weights: how many customers a row stands for; 1 where there is no such column. */
function readWeights(table: SummaryTable, problems: RowProblems, taken: readonly number[]): Float64Array | undefined {
  const column = findColumn(table, 'weight', taken)
  if (column < 0) return undefined
  const weight = numbers(table, column, problems)
  weight.forEach((n, row) => {
    if (n < 0) problems.add(row, column, `${table.header[column]} must not be negative; got ${n}`)
  })
  return weight
}

function checkCounts(table: SummaryTable, column: number, x: Float64Array, problems: RowProblems): void {
  x.forEach((count, row) => {
    if (count < 0 || (Number.isFinite(count) && !Number.isInteger(count)))
      problems.add(row, column, `${table.header[column]} counts repeat purchases and must be a whole number from 0; got ${count}`)
  })
}

/** x, t_x and T (any one unit of time), optional n and litt, as cells; `apart` as in groupCells. */
export function readPurchaseCells(table: SummaryTable, apart = false): PurchaseCells {
  return groupCells(readPurchaseRows(table), apart)
}

/** The same row by row, in the order of the file. */
export function readPurchaseRows(table: SummaryTable): PurchaseCells {
  const problems = new RowProblems(table)
  const columns = {
    x: needColumn(table, 'x', 'the number of repeat purchases'),
    tx: needColumn(table, 'tx', 'the time from first to last purchase'),
    T: needColumn(table, 'T', 'the time from first purchase to the cut-off'),
  }
  const [x, tx, T] = [numbers(table, columns.x, problems), numbers(table, columns.tx, problems), numbers(table, columns.T, problems)]
  const weight = readWeights(table, problems, Object.values(columns))
  const litt = findColumn(table, 'logIntervals')
  const logIntervals = litt < 0 ? undefined : numbers(table, litt, problems, 0)
  checkCounts(table, columns.x, x, problems)
  let late = 0
  for (let row = 0; row < x.length; row++) {
    if (T[row]! < 0) problems.add(row, columns.T, `T must not be negative; got ${T[row]}`)
    if (tx[row]! < 0) problems.add(row, columns.tx, `t_x must not be negative; got ${tx[row]}`)
    else if (tx[row]! > T[row]! * (1 + 1e-9)) {
      problems.add(row, columns.tx, `t_x must not exceed T; got t_x ${tx[row]} and T ${T[row]}`)
      late++
    } else if (x[row] === 0 && tx[row]! > 0)
      problems.add(row, columns.tx, `without a repeat purchase (x = 0) t_x must be 0; got ${tx[row]}`)
    else if (x[row]! > 0 && tx[row] === 0)
      problems.add(row, columns.tx, `with ${x[row]} repeat purchases t_x must be above 0: merge purchases of the same day into one`)
    // Rounding may put the last purchase a hair after the cut-off.
    tx[row] = Math.min(tx[row]!, T[row]!)
  }
  const mixed = late > 1 && late > 0.02 * x.length
  problems.throwIfAny(mixed ? 't_x and T look as if they were in different units (days and weeks?): use one for both' : undefined)
  return { x, tx, T, weight, logIntervals }
}

/** x, t_x and the number of opportunities; `n` is the opportunities where nothing else is, and otherwise the weight. */
export function readOpportunityCells(table: SummaryTable): OpportunityCells {
  const problems = new RowProblems(table)
  const xColumn = needColumn(table, 'x', 'the number of opportunities used')
  const txColumn = needColumn(table, 'tx', 'the last opportunity used')
  let nColumn = findColumn(table, 'opportunities', [xColumn, txColumn])
  if (nColumn < 0) nColumn = table.header.findIndex((name) => name.trim().toLowerCase() === 'n')
  if (nColumn < 0) nColumn = needColumn(table, 'opportunities', 'the number of opportunities there were')
  const [x, tx, n] = [numbers(table, xColumn, problems), numbers(table, txColumn, problems), numbers(table, nColumn, problems)]
  const weight = readWeights(table, problems, [xColumn, txColumn, nColumn])
  checkCounts(table, xColumn, x, problems)
  for (let row = 0; row < x.length; row++) {
    const wrong = (column: number, message: string): void => problems.add(row, column, message)
    if (!(Number.isInteger(n[row]) && n[row]! >= 1)) wrong(nColumn, `opportunities must be a whole number from 1; got ${n[row]}`)
    else if (!(Number.isInteger(tx[row]) && tx[row]! >= 0 && tx[row]! <= n[row]!))
      wrong(txColumn, `t_x must be the number of an opportunity from 0 to ${n[row]}; got ${tx[row]}`)
    else if (x[row]! > tx[row]!) wrong(xColumn, `${x[row]} opportunities cannot have been used by number ${tx[row]}`)
    else if (x[row] === 0 && tx[row]! > 0) wrong(txColumn, `with x = 0 t_x must be 0; got ${tx[row]}`)
  }
  problems.throwIfAny()
  const { T, ...cells } = groupCells({ x, tx, T: n, weight })
  return { ...cells, n: T }
}

/** x and the mean value of those purchases. */
export function readSpendCells(table: SummaryTable): SpendCells {
  const problems = new RowProblems(table)
  const xColumn = needColumn(table, 'x', 'the number of repeat purchases')
  const zColumn = needColumn(table, 'money', 'the mean value of a purchase')
  const [x, z] = [numbers(table, xColumn, problems), numbers(table, zColumn, problems, 0)]
  const weight = readWeights(table, problems, [xColumn, zColumn])
  checkCounts(table, xColumn, x, problems)
  for (let row = 0; row < x.length; row++)
    if (x[row]! > 0 && z[row]! < 0) problems.add(row, zColumn, `${table.header[zColumn]} must not be negative; got ${z[row]}`)
  problems.throwIfAny('net refunds against their orders first; for margins that can be negative use a signed model')
  const { tx, ...cells } = groupCells({ x, tx: z, T: new Float64Array(x.length), weight })
  return { x: cells.x, z: tx, weight: cells.weight }
}

/** One row a customer: the renewal at which they left (lost 1) or the renewals made when last seen (lost 0), and optional n. */
export function readTenureRows(table: SummaryTable): { cells: { t: Float64Array; lost: Float64Array; weight: Float64Array } } {
  const problems = new RowProblems(table)
  const period = needColumn(table, 'period', 'the number of renewals')
  const lostColumn = needColumn(table, 'lost', 'whether the customer left')
  const [t, lost] = [numbers(table, period, problems), numbers(table, lostColumn, problems)]
  const weight = readWeights(table, problems, [period, lostColumn]) ?? new Float64Array(t.length).fill(1)
  for (let row = 0; row < t.length; row++) {
    if (!(Number.isInteger(t[row]) && t[row]! >= 1)) problems.add(row, period, `a tenure must be a whole number from 1; got ${t[row]}`)
    if (!(lost[row] === 0 || lost[row] === 1)) problems.add(row, lostColumn, `${table.header[lostColumn]} must be 0 or 1; got ${lost[row]}`)
  }
  problems.throwIfAny()
  return { cells: { t, lost, weight } }
}

/**
 * Either survivors per period (period 0 holds all customers), or tenures: the number of renewals with a column `lost` (1 left, 0 still
 * there) and an optional n.
 */
export function readRetentionCells(table: SummaryTable): RetentionCells {
  const problems = new RowProblems(table)
  const period = findColumn(table, 'period')
  const lostColumn = findColumn(table, 'lost')
  if (lostColumn >= 0 && period >= 0) {
    const { cells } = readTenureRows(table)
    const { t, lost, weight } = cells
    const byTenure = new Map<number, { lost: number; kept: number }>()
    t.forEach((tenure, row) => {
      const cell = byTenure.get(tenure) ?? { lost: 0, kept: 0 }
      if (lost[row] === 1) cell.lost += weight[row]!
      else cell.kept += weight[row]!
      byTenure.set(tenure, cell)
    })
    const tenures = [...byTenure.keys()].sort((one, other) => one - other)
    return {
      t: Float64Array.from(tenures),
      lost: Float64Array.from(tenures, (tenure) => byTenure.get(tenure)!.lost),
      kept: Float64Array.from(tenures, (tenure) => byTenure.get(tenure)!.kept),
    }
  }
  const taken = period >= 0 ? [period] : []
  let column = findColumn(table, 'survivors', taken)
  // A table of periods and one other column needs no name for it.
  if (column < 0 && table.header.length === 2 && period >= 0) column = 1 - period
  if (column < 0) column = needColumn(table, 'survivors', 'the customers still there in each period', taken)
  const survivors = numbers(table, column, problems)
  const order = period >= 0 ? numbers(table, period, problems) : survivors.map((_, i) => i)
  for (let row = 0; row < survivors.length; row++) {
    if (survivors[row]! < 0) problems.add(row, column, `survivors must not be negative; got ${survivors[row]}`)
    if (row > 0 && survivors[row]! > survivors[row - 1]!)
      problems.add(row, column, `survivors cannot rise from ${survivors[row - 1]} to ${survivors[row]}: keep cohorts apart`)
    if (row > 0 && order[row] !== order[row - 1]! + 1)
      problems.add(row, period, `periods must follow one another; got ${order[row]} after ${order[row - 1]}`)
  }
  problems.throwIfAny()
  return retentionOfSurvivors(survivors)
}

const dayLength = 86_400_000

/** What a log of purchases says of each customer, in the order in which they first come. */
export interface LoggedCustomers {
  /** Row of the table in which the customer comes first by date. */
  firstRow: number[]
  /** Days of purchase since 1970, rising, each once. */
  days: number[][]
  /** Amount of each of those days; undefined where the log has none. */
  amounts: number[][] | undefined
  /** Last day observed. */
  end: number
}

/** Reads a log of purchases (customer, date, optional amount) up to `until` (default: the last day in it); those of one day are one. */
export function readLog(table: SummaryTable, until?: string): LoggedCustomers {
  const problems = new RowProblems(table)
  const customer = needColumn(table, 'customer', 'the customer')
  const date = needColumn(table, 'date', 'the day of purchase')
  const amountColumn = findColumn(table, 'amount')
  const amounts = amountColumn < 0 ? undefined : numbers(table, amountColumn, problems)
  const cut = until === undefined ? Infinity : Date.parse(until) / dayLength
  if (Number.isNaN(cut)) throw new AppError('fit.until', `${until} is not a date; write it as 2024-12-31`, { kind: 'usage' })
  const daysOf = new Map<string, { first: number; firstRow: number; days: Map<number, number> }>()
  let last = -Infinity
  table.rows.forEach((fields, row) => {
    const id = fields[customer] ?? ''
    const day = Math.floor(Date.parse((fields[date] ?? '').slice(0, 10)) / dayLength)
    if (Number.isNaN(day)) problems.add(row, date, `${table.header[date]} must be a date such as 2024-12-31; got "${fields[date] ?? ''}"`)
    if (id === '') problems.add(row, customer, 'a purchase without a customer cannot be part of a history')
    if (!(day <= cut)) return
    last = Math.max(last, day)
    const known = daysOf.get(id) ?? { first: day, firstRow: row, days: new Map<number, number>() }
    if (day < known.first) {
      known.first = day
      known.firstRow = row
    }
    known.days.set(day, (known.days.get(day) ?? 0) + (amounts?.[row] ?? 0))
    daysOf.set(id, known)
  })
  problems.throwIfAny()
  const sorted = Array.from(daysOf.values(), ({ days }) => [...days].sort((one, other) => one[0] - other[0]))
  return {
    firstRow: Array.from(daysOf.values(), ({ firstRow }) => firstRow),
    days: sorted.map((days) => days.map(([day]) => day)),
    amounts: amounts && sorted.map((days) => days.map(([, amount]) => amount)),
    end: Number.isFinite(cut) ? Math.floor(cut) : last,
  }
}

/** Histories in weeks, one row a customer: the first day starts the clock, the last day observed ends it. */
export function historiesOfLog({ days, end }: LoggedCustomers): Required<Omit<PurchaseCells, 'weight'>> {
  const first = (customer: number[]): number => customer[0]!
  return {
    x: Float64Array.from(days, (customer) => customer.length - 1),
    tx: Float64Array.from(days, (customer) => (customer.at(-1)! - first(customer)) / 7),
    T: Float64Array.from(days, (customer) => (end - first(customer)) / 7),
    logIntervals: Float64Array.from(days, (customer) =>
      customer.slice(1).reduce((sum, day, k) => sum + Math.log((day - customer[k]!) / 7), 0),
    ),
  }
}

/** Histories in weeks as cells, and the mean value over repeat days. */
export function readTransactionLog(
  table: SummaryTable,
  until?: string,
  apart = false,
): { purchases: PurchaseCells; spend: SpendCells | undefined } {
  const log = readLog(table, until)
  const rows = historiesOfLog(log)
  const z = log.amounts?.map((values) =>
    values.length > 1 ? values.slice(1).reduce((sum, value) => sum + value, 0) / (values.length - 1) : 0,
  )
  return { purchases: groupCells(rows, apart), spend: z && { x: rows.x, z: Float64Array.from(z) } }
}
