import { AppError } from '../../shared/errors.ts'
import type { Cell, Row, Warehouse } from '../port.ts'
import { id, sql } from '../sql.ts'
import {
  caseTwins,
  controlTotals,
  damagedIds,
  extent,
  flagTotals,
  formulaTexts,
  lineFlags,
  lookAlikeIds,
  setAsideAmounts,
  setAsideGroups,
  unmatchedReturns,
} from './canonical/report.sql.ts'
import type { Canonical } from './canonicalise.ts'
import { describeReason } from './reasons.ts'
import type { ImportReport } from './report.ts'

type Counted = Pick<
  ImportReport,
  'rowsIn' | 'rowsKept' | 'rowsSetAside' | 'setAside' | 'flags' | 'totals' | 'dates' | 'customers' | 'orders' | 'products'
>

/**
 * Counts what an import did, from what it wrote. Rows in and rows kept are counted apart from rows set aside, so that the three can
 * disagree; if they do, nothing is committed.
 */
export async function reconcile(warehouse: Warehouse, canonical: Canonical, rowsIn: number): Promise<Counted> {
  const hasLines = canonical.tables.order_line !== undefined
  const masters = Object.values(canonical.masters)
  let kept = 0
  if (hasLines) kept += await countOf(warehouse, sql`select count(*) as n from good where sub = 0`)
  for (const master of masters) kept += await countOf(warehouse, sql`select count(*) as n from ${id(master)}`)
  const setAside = await setAsideOf(warehouse)
  const rowsSetAside = setAside.reduce((sum, group) => sum + group.rows, 0)
  if (rowsIn !== kept + rowsSetAside)
    throw new AppError(
      'import.unbalanced',
      `rows do not add up: ${rowsIn} in, ${kept} kept, ${rowsSetAside} set aside; nothing was imported`,
      {
        kind: 'internal',
        hint: 'This is a fault of the program. Please report it with the header of the file.',
      },
    )
  if (!hasLines)
    return {
      rowsIn,
      rowsKept: kept,
      rowsSetAside,
      setAside,
      flags: [],
      totals: [],
      dates: null,
      ...(await masterCounts(warehouse, canonical)),
    }
  const [span] = await warehouse.rows(extent(id('order_line')))
  const totals = await warehouse.rows(controlTotals(id('order_line')))
  return {
    rowsIn,
    rowsKept: kept,
    rowsSetAside,
    setAside,
    flags: [...(await lineFlagsOf(warehouse)), ...(await otherFlags(warehouse, canonical, totals.length))],
    totals: totals.map((row) => ({
      currency: String(row.currency),
      lines: Number(row.lines),
      invoiceAmount: String(row.invoice_amount),
      identifiedAmount: String(row.identified_amount),
      unidentifiedAmount: String(row.unidentified_amount),
      unidentifiedLines: Number(row.unidentified_lines),
      listAmount: text(row.list_amount),
      productCost: text(row.product_cost),
    })),
    dates: span.first_day === null ? null : { from: String(span.first_day), to: String(span.last_day) },
    customers: Number(span.customers),
    orders: Number(span.orders),
    products: Number(span.products),
  }
}

async function masterCounts(warehouse: Warehouse, canonical: Canonical): Promise<Pick<Counted, 'customers' | 'orders' | 'products'>> {
  const count = async (table: 'customer' | 'order' | 'product') => {
    const master = canonical.masters[table]
    return master ? countOf(warehouse, sql`select count(*) as n from ${id(master)}`) : 0
  }
  return { customers: await count('customer'), orders: await count('order'), products: await count('product') }
}

async function countOf(warehouse: Warehouse, query: Parameters<Warehouse['rows']>[0]): Promise<number> {
  const [row] = await warehouse.rows<{ n: number }>(query)
  return Number(row.n)
}

async function setAsideOf(warehouse: Warehouse): Promise<ImportReport['setAside']> {
  const groups = await warehouse.rows(setAsideGroups())
  const amounts = await warehouse.rows(setAsideAmounts())
  return groups.map((group) => {
    const reason = String(group.reason)
    return {
      reason,
      ...describeReason(reason),
      rows: Number(group.rows),
      amounts: amounts
        .filter((row) => row.reason === reason)
        .map((row) => ({ currency: String(row.currency), amount: String(row.amount) })),
      examples: (group.examples as Row[]).map((one) => ({
        file: String(one.file),
        row: Number(one.row),
        column: text(one.column),
        value: text(one.value),
        expected: text(one.expected),
      })),
    }
  })
}

const flagWords: Record<string, [title: string, note: string]> = {
  return: ['Returns', 'Negative quantities. They reduce net revenue and never count as a purchase.'],
  cancellation: ['Cancellations', 'The source marks the order as cancelled.'],
  'without-customer': ['Without a customer', 'Kept in the totals as "(unidentified)"; no customer figure contains them.'],
  'without-product': ['Without a product', 'Kept; no product figure contains them.'],
  fee: ['Fees and services', 'Postage, charges and services: revenue without goods.'],
  adjustment: ['Adjustments', 'Corrections, bad debt and zero-price bookings: kept in the totals, apart from sales.'],
  'zero-amount': ['Amount of zero', 'Kept; they move goods but no money.'],
  'negative-price': ['Negative amount with a positive quantity', 'Kept as adjustments.'],
  repeated: [
    'Repeated rows',
    'The same row, field by field, stands earlier in the same file. Kept: only you know whether it was sold twice.',
  ],
  'above-list-price': ['Invoiced above the list price', 'Kept: a surcharge, or the list price is out of date.'],
}

async function lineFlagsOf(warehouse: Warehouse): Promise<ImportReport['flags']> {
  const rows = await warehouse.rows(flagTotals(id('order_line')))
  return Object.keys(lineFlags).flatMap((flag) => {
    const present = rows.filter((row) => Number(row[`${flag}_rows`]) > 0)
    if (present.length === 0) return []
    const [title, note] = flagWords[flag]
    const examples = present.flatMap((row) => (row[`${flag}_examples`] as Row[] | null) ?? [])
    return [
      {
        flag,
        title,
        rows: present.reduce((sum, row) => sum + Number(row[`${flag}_rows`]), 0),
        amounts: present.map((row) => ({ currency: String(row.currency), amount: String(row[`${flag}_amount`]) })),
        note,
        examples: examples
          .slice(0, 3)
          .map(
            (one) => `${one.file}, row ${one.row}: order ${one.order_id}${one.product_id === null ? '' : `, product ${one.product_id}`}`,
          ),
      },
    ]
  })
}

async function otherFlags(warehouse: Warehouse, canonical: Canonical, currencies: number): Promise<ImportReport['flags']> {
  const flags: ImportReport['flags'] = []
  const add = (flag: string, title: string, rows: number, note: string, examples: string[] = []) => {
    if (rows > 0) flags.push({ flag, title, rows, amounts: [], note, examples: examples.slice(0, 3) })
  }
  const [soft] = await warehouse.rows(sql`
    select
      count(*) filter (where rounded) as rounded,
      count(soft_value) as soft,
      min({'row': g.row, 'c': soft_column, 'v': left(soft_value, 60)}, 3) filter (where soft_value is not null) as examples
    from good g where sub = 0`)
  add(
    'rounded',
    'More decimals than are kept',
    Number(soft.rounded),
    'Amounts are rounded to 4 decimals (prices to 6), half away from zero.',
  )
  add(
    'left-empty',
    'Unreadable values of columns that no figure needs',
    Number(soft.soft),
    'The row is kept and the value is empty.',
    ((soft.examples as Row[] | null) ?? []).map((one) => `row ${one.row}, "${one.c}": ${one.v}`),
  )
  const unmatched = await warehouse.rows(unmatchedReturns(id('order_line')))
  if (unmatched.length > 0)
    flags.push({
      flag: 'return-unmatched',
      title: 'Returns without an earlier sale',
      rows: unmatched.reduce((sum, row) => sum + Number(row.rows), 0),
      amounts: unmatched.map((row) => ({ currency: String(row.currency), amount: String(row.amount) })),
      note: 'The file holds no earlier sale of the product to the customer: it was sold before the file begins, or under another number.',
      examples: unmatched
        .flatMap((row) => row.examples as Row[])
        .slice(0, 3)
        .map((one) => `${one.file}, row ${one.row}: order ${one.order_id}`),
    })
  if (currencies > 1)
    add(
      'mixed-currencies',
      'Several currencies',
      currencies,
      'Sums are kept per currency. A run converts them with table fx_rate and names what has no rate.',
    )
  if (canonical.pieces) {
    add(
      'order-several-customers',
      'Orders with several customers',
      canonical.pieces.severalCustomers,
      'Each line stays with the customer that it names.',
    )
    add(
      'order-several-dates',
      'Orders with several dates',
      canonical.pieces.severalDates,
      'Each line keeps its own date; the order has the first.',
    )
  }
  for (const [relation, key, word] of [
    ['customers', 'customer_id', 'customer'],
    ['products', 'product_id', 'product'],
    ['orders', 'order_id', 'order'],
  ] as const) {
    const alike = await warehouse.rows(sql`select *, count(*) over () as n from (${lookAlikeIds(id(relation), key)}) limit 3`)
    add(
      `look-alike-${word}-ids`,
      `Look-alike letters in ${word} ids`,
      Number(alike[0]?.n ?? 0),
      'Letters of another alphabet or invisible characters. Ids are never changed: if two of them mean the same, correct the source.',
      alike.map((row) => `${spelled(String(row.id))}${row.twin === null ? '' : ` beside ${row.twin}`} (${row.what})`),
    )
    if (word !== 'order') {
      const [damaged] = await warehouse.rows(damagedIds(id(relation), key))
      add(
        `damaged-${word}-ids`,
        `${word[0].toUpperCase()}${word.slice(1)} ids in number notation`,
        Number(damaged.rows),
        'A spreadsheet seems to have rounded them: different ids may have become one. Export the column as text.',
        ((damaged.examples as Cell[] | null) ?? []).map(String),
      )
      const twins = await warehouse.rows(sql`select *, count(*) over () as n from (${caseTwins(id(relation), key)}) limit 3`)
      add(
        `case-twins-${word}`,
        `${word[0].toUpperCase()}${word.slice(1)} ids that differ only in capitals`,
        Number(twins[0]?.n ?? 0),
        'They count as different.',
        twins.map((row) => `${row.id} and ${row.twin}`),
      )
    }
  }
  const formulas = [
    await warehouse.rows(formulaTexts(id('customers'), ['customer_id', 'customer_name'])),
    await warehouse.rows(formulaTexts(id('products'), ['product_id', 'product_name'])),
  ].flat()
  add(
    'formula-like',
    'Texts that a spreadsheet would run as a formula',
    formulas.reduce((sum, row) => sum + Number(row.rows), 0),
    'Kept as they are; they are made harmless in every export.',
    formulas.flatMap((row) => ((row.examples as Cell[] | null) ?? []).map(String)),
  )
  return flags
}

/** Characters that cannot be told apart or seen are written out. */
function spelled(value: string): string {
  return [...value]
    .map((c) =>
      /[\x20-\x7e]/.test(c) ? c : `${/[\p{L}\p{N}]/u.test(c) ? c : ''}[U+${c.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}]`,
    )
    .join('')
}

function text(value: Cell | undefined): string | null {
  return value === null || value === undefined ? null : String(value)
}
