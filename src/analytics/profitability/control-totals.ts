import { sumDecimals } from '../../shared/decimal.ts'
import type { Row } from '../../warehouse/port.ts'

/** One cell of the control totals: lines of one currency and kind, with or without a customer. */
export interface ControlRow {
  currency: string
  kind: string
  identified: boolean
  lines: number
  amount: string
  amountWithList: string
  linesWithoutPrice: number
  repeatedLines: number
  repeatedAmount: string
}

/** The rows of query `controlTotals`, in words of this language. */
export function readControlTotals(rows: readonly Row[]): ControlRow[] {
  return rows.map((row) => ({
    currency: String(row.currency),
    kind: String(row.kind),
    identified: row.identified === true,
    lines: Number(row.lines),
    amount: String(row.amount),
    amountWithList: String(row.amount_with_list),
    linesWithoutPrice: Number(row.lines_without_price),
    repeatedLines: Number(row.repeated_lines),
    repeatedAmount: String(row.repeated_amount),
  }))
}

/** Exact sum of one amount over the rows that pass. */
export function totalOf(
  rows: readonly ControlRow[],
  amount: 'amount' | 'amountWithList' | 'repeatedAmount',
  where: (row: ControlRow) => boolean = () => true,
): string {
  return sumDecimals(rows.filter(where).map((row) => row[amount]))
}

/** Lines in the rows that pass. */
export function countOf(rows: readonly ControlRow[], where: (row: ControlRow) => boolean = () => true): number {
  return rows.filter(where).reduce((sum, row) => sum + row.lines, 0)
}
