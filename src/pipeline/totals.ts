import { compareDecimals, sumDecimals } from '../shared/decimal.ts'
import type { ImportReport } from '../warehouse/load/report.ts'
import type { Row, Warehouse } from '../warehouse/port.ts'
import { lineTotals } from './inputs.sql.ts'
import type { Check } from './step.ts'

type Total = ImportReport['totals'][number]

/**
 * Whether the order lines that the steps read are, to the last decimal, those that the imports reported: per currency, lines and amounts.
 * Nothing is published otherwise. Also says when lines lie after the last day that counts.
 */
export async function checkInputTotals(
  warehouse: Warehouse,
  reports: readonly ImportReport[],
  asOf: string,
  signal?: AbortSignal,
): Promise<Check[]> {
  const found = await warehouse.rows(lineTotals(asOf), { signal })
  const actual = new Map<string, Row[]>()
  for (const row of found) actual.set(String(row.currency), [...(actual.get(String(row.currency)) ?? []), row])
  const expected = new Map<string, Total[]>()
  for (const total of reports.flatMap(({ totals }) => totals))
    expected.set(total.currency, [...(expected.get(total.currency) ?? []), total])

  const checks = [...new Set([...expected.keys(), ...actual.keys()])].sort().map((currency): Check => {
    const totals = expected.get(currency) ?? []
    const rows = actual.get(currency) ?? []
    const compared = measures.flatMap(({ title, column, identified, of, optional }) => {
      const reported = totals.map(of)
      if (optional && reported.every((value) => value === null)) return []
      const read = rows
        .filter((row) => identified === undefined || row.identified === identified)
        .map((row) => row[column] as string | number)
      return [{ title, expected: sumDecimals(reported), actual: sumDecimals(read) }]
    })
    const wrong = compared.filter(({ expected, actual }) => compareDecimals(expected, actual) !== 0)
    const tell = (side: 'expected' | 'actual') =>
      (wrong.length > 0 ? wrong : compared.slice(0, 2)).map((one) => `${one.title} ${plain(one[side])}`).join(', ')
    return {
      name: `inputs-tie-to-imports-${currency.toLowerCase()}`,
      title: `Order lines in ${currency} are those that the imports reported`,
      status: wrong.length > 0 ? 'fail' : 'pass',
      blocking: true,
      detail:
        wrong.length > 0
          ? `${wrong.map(({ title }) => title).join(', ')} differ between the imports' reports and what the run reads.`
          : `${compared.map(({ title }) => title).join(', ')} agree exactly.`,
      expected: tell('expected'),
      actual: tell('actual'),
    }
  })

  const after = found.reduce((sum, row) => sum + Number(row.lines_after), 0)
  if (after > 0) {
    checks.push({
      name: 'lines-after-as-of',
      title: 'Order lines after the last day that counts',
      status: 'warn',
      blocking: false,
      detail: `${after} order lines are dated after ${asOf} and are left out.`,
    })
  }
  return checks
}

/** Without zeros that say nothing: 42.0200 is 42.02. */
const plain = (value: string) => value.replace(/(\.\d\d)0+$/, '$1').replace(/\.00$/, '')

interface Measure {
  title: string
  column: string
  /** Over lines with a customer, without one, or all where absent. */
  identified?: boolean
  of: (total: Total) => string | number | null
  optional?: boolean
}

const measures: Measure[] = [
  { title: 'lines', column: 'lines', of: (total) => total.lines },
  { title: 'invoice amount', column: 'invoice_amount', of: (total) => total.invoiceAmount },
  { title: 'amount of identified customers', column: 'invoice_amount', identified: true, of: (total) => total.identifiedAmount },
  { title: 'amount without a customer', column: 'invoice_amount', identified: false, of: (total) => total.unidentifiedAmount },
  { title: 'lines without a customer', column: 'lines', identified: false, of: (total) => total.unidentifiedLines },
  { title: 'list amount', column: 'list_amount', of: (total) => total.listAmount, optional: true },
  { title: 'product cost', column: 'product_cost', of: (total) => total.productCost, optional: true },
]
