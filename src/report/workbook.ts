import { formatDate } from '../shared/format.ts'
import type { Exhibit, ReportData } from './data.ts'
import { bridgeSheet } from './sheets/bridge.ts'
import { exhibitSheet, layerFormulas, type RowFormula } from './sheets/exhibit.ts'
import { checksSheet, glossarySheet, importsSheet } from './sheets/ground.ts'
import { layersSheet } from './sheets/layers.ts'
import { indexSheet, summarySheet } from './sheets/overview.ts'
import { priceWaterfallSheet } from './sheets/price-waterfall.ts'
import { type BookSheet, writeBook } from './xlsx/book.ts'
import type { Look } from './xlsx/cell.ts'

// Formulas of a million rows would make a file that no spreadsheet opens in good time; beyond this, rows carry values.
const mostFormulaRows = 100_000

/** Writes the workbook: an index, a sheet an exhibit, real types, live formulas. A function of its data: no clock, no environment. */
export async function writeReportWorkbook(file: string, data: ReportData): Promise<void> {
  const layers = data.layers ? layersSheet(data.layers) : undefined
  const parts: { sheet: BookSheet; about: string }[] = [
    { sheet: summarySheet(data), about: 'Key figures with their intervals, and what stands out.' },
    ...(layers ? [{ sheet: layers.sheet, about: 'From list revenue to contribution, for all lines and for identified customers.' }] : []),
    ...part(data.priceWaterfall, 'From list price to pocket margin, step by step, for everybody and by segment.', priceWaterfallSheet),
    ...part(data.customerPrices, 'Every customer from list revenue to pocket margin.', (exhibit) =>
      exhibitSheet(exhibit, {
        name: 'Pocket price',
        title: 'Pocket price by customer',
        note: 'One row a customer over all data; what is made of its neighbours is a formula.',
        columns: Object.keys(exhibit.contract.columns).filter((name) => name !== 'span'),
        formulas: exhibit.total <= mostFormulaRows ? pocketFormulas : {},
        totals: true,
        frozenColumns: 2,
      }),
    ),
    ...part(data.customers, 'Every customer with its layers, rank and share; lines without a customer at the end.', (exhibit) =>
      exhibitSheet(exhibit, {
        name: 'Customers',
        title: 'Profit by customer',
        note: 'One row a customer, best first by profit measure; the last row gathers lines without a customer, so that totals tie to the imports.',
        formulas: formulasFor(exhibit),
        extra: data.unidentified ? [data.unidentified] : [],
        totals: true,
        frozenColumns: 2,
      }),
    ),
    ...part(data.products, 'Every product with its layers.', (exhibit) =>
      exhibitSheet(exhibit, {
        name: 'Products',
        title: 'Profit by product',
        note: 'One row a product over all customers.',
        formulas: formulasFor(exhibit),
        totals: true,
        frozenColumns: 2,
      }),
    ),
    ...part(data.months, 'The layers month by month.', (exhibit) =>
      exhibitSheet(exhibit, {
        name: 'Months',
        title: 'Profit by month',
        note: 'One row a month of the order date; months that the data covers in part are marked.',
        formulas: formulasFor(exhibit),
        totals: true,
        frozenColumns: 1,
      }),
    ),
    ...part(data.whaleCurve, 'Cumulative profit from the most to the least profitable customer.', whaleSheet),
    ...part(data.concentration, 'How unevenly profit is spread, how much hangs on few, with intervals and formulas.', concentrationSheet),
    ...(data.bridge
      ? [{ sheet: bridgeSheet(data.bridge, data.periods), about: 'Price, cost, volume, mix, new and lost between two periods.' }]
      : []),
    ...part(data.changes, 'Every customer before and now, with what each effect did.', (exhibit) =>
      exhibitSheet(exhibit, {
        name: 'Changes',
        title: 'Change by customer',
        note: 'One row a customer with a line in either period, the largest gain first.',
        formulas:
          exhibit.total <= mostFormulaRows
            ? { change: (letter, row) => `${letter('current_measure')}${row}-${letter('previous_measure')}${row}` }
            : {},
        totals: true,
        frozenColumns: 2,
      }),
    ),
    { sheet: importsSheet(data), about: 'The files these figures come from, and that they add up.' },
    { sheet: checksSheet(data), about: 'What was checked, what is missing and what would give it.' },
    { sheet: glossarySheet(data), about: 'Terms, columns, formulas.' },
  ]
  const index = indexSheet(
    data,
    parts.map(({ sheet, about }) => ({ name: sheet.name, about })),
  )
  await writeBook(file, {
    title: `${data.name}: customer portfolio as of ${formatDate(data.manifest.asOf)}`,
    author: `Clientele ${data.manifest.version}`,
    createdAt: data.manifest.createdAt,
    currency: data.manifest.currency,
    sheets: [index, ...parts.map((one) => one.sheet)],
    names: layers?.names ?? [],
  })
}

function part(exhibit: Exhibit | undefined, about: string, make: (exhibit: Exhibit) => BookSheet): { sheet: BookSheet; about: string }[] {
  return exhibit ? [{ sheet: make(exhibit), about }] : []
}

const formulasFor = (exhibit: Exhibit): Record<string, RowFormula> => (exhibit.total <= mostFormulaRows ? layerFormulas : {})

/** Levels of the waterfall that are made of their neighbours, as the contract of `customer_price` states them. */
const pocketFormulas: Record<string, RowFormula> = {
  other_discounts: (letter, row) =>
    letter('list_revenue') && `${letter('list_revenue')}${row}-${letter('on_invoice')}${row}-${letter('invoiced_revenue')}${row}`,
  net_revenue: (letter, row) => `${letter('invoiced_revenue')}${row}+${letter('returns')}${row}`,
  pocket_revenue: (letter, row) => `${letter('net_revenue')}${row}-${letter('off_invoice')}${row}`,
  pocket_margin: (letter, row) =>
    letter('product_cost') && `${letter('pocket_revenue')}${row}-${letter('revenue_without_cost')}${row}-${letter('product_cost')}${row}`,
  realisation: (letter, row) =>
    letter('list_revenue') &&
    `IF(${letter('list_revenue')}${row}>0,(${letter('invoiced_revenue')}${row}-${letter('off_invoice')}${row})/${letter('list_revenue')}${row},"")`,
}

function whaleSheet(exhibit: Exhibit): BookSheet {
  // Sums down the column are only true where no rank is left out.
  const everyRank = exhibit.rows.every((row, index) => row.rank === index + 1) && exhibit.rows.length === exhibit.total
  const last = exhibit.rows.length
  return exhibitSheet(exhibit, {
    name: 'Whale curve',
    title: 'Whale curve',
    note: `Cumulative profit over customers from the most to the least profitable.${everyRank ? '' : ' Evenly spaced ranks with the extremes, so cumulative profit is a value here, not a formula.'}`,
    formulas: everyRank
      ? {
          cumulative: (letter, row, first) =>
            row === first ? `${letter('measure')}${row}` : `${letter('cumulative')}${row - 1}+${letter('measure')}${row}`,
          cumulative_share: (letter, row, first) => `${letter('cumulative')}${row}/${letter('cumulative')}$${first + last - 1}`,
        }
      : {},
    frozenColumns: 1,
  })
}

function concentrationSheet(exhibit: Exhibit): BookSheet {
  // Customers may be a fraction, as the effective number is; zeros behind the point would be noise.
  const lookOf = (unit: unknown): Look => (unit === 'ratio' || unit === 'money' ? unit : unit === 'customers' ? 'quantity' : 'number')
  return exhibitSheet(exhibit, {
    name: 'Concentration',
    title: 'Concentration',
    note: 'Each index with its interval, formula and reading.',
    columns: ['title', 'value', 'low', 'high', 'unit', 'interval', 'group', 'formula', 'meaning', 'reason'],
    look: (column, row) =>
      column === 'value' || column === 'low' || column === 'high'
        ? lookOf(row.unit)
        : column === 'formula' || column === 'meaning' || column === 'reason' || column === 'interval' || column === 'title'
          ? 'wrap'
          : null,
    frozenColumns: 1,
  })
}
