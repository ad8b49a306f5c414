import { type ColumnType, canonicalTable } from '../../contract/index.ts'
import type { Sql } from '../../sql.ts'
import { id, join, sql } from '../../sql.ts'

/** The engine's types as pieces of SQL, as in `engineTypes`. */
export const sqlTypes: Record<ColumnType, Sql> = {
  text: sql`varchar`,
  integer: sql`bigint`,
  money: sql`decimal(18, 4)`,
  money_sum: sql`decimal(38, 4)`,
  price: sql`decimal(18, 6)`,
  quantity: sql`decimal(18, 4)`,
  ratio: sql`double`,
  number: sql`double`,
  date: sql`date`,
  month: sql`date`,
  boolean: sql`boolean`,
  json: sql`varchar`,
}

/** A select list in a contract's order and types; columns that `known` does not name are null. */
export function contractColumns(table: string, known: Readonly<Record<string, Sql>>): Sql {
  const contract = canonicalTable(table)
  if (!contract) throw new RangeError(`no canonical table ${table}`)
  return join(
    Object.entries(contract.columns).map(
      ([name, column]) => sql`cast(${known[name] ?? sql`null`} as ${sqlTypes[column.type]}) as ${id(name)}`,
    ),
  )
}

/** Rows that stand more than once in their file, field by field: their hash and the first row that has it. */
export function repeatedRows(lines: Sql): Sql {
  return sql`
    select file_no, repeat_hash, min(row) as first_row
    from ${lines}
    where sub = 0
    group by file_no, repeat_hash
    having count(*) > 1`
}

export interface LineSources {
  lines: Sql
  customers: Sql
  products: Sql
  orders: Sql
  /** Null when no row repeats another. */
  repeated: Sql | null
  /** Relation file_no, name. */
  files: Sql
  /** Orders that stand in one piece, and orders whose lines must be numbered by sorting. */
  pieces: 'whole' | 'scattered' | 'both'
  /** Whether the source numbers the lines itself, each number once per order. */
  numberedBySource: boolean
}

/**
 * The canonical order lines with their integer keys, clustered by customer, date and order.
 * Grain: one row per order line.
 */
export function orderLines(sources: LineSources): Sql {
  const at = sql`cast(l.file_no as bigint) * 1000000000000 + l.row`
  const inOnePiece = sql`(o.last_at - o.first_at + 1 = o.lines and o.subs = 0)`
  const part = (lineNumber: Sql, where: Sql): Sql => sql`
    select
      ${contractColumns('order_line', {
        order_id: sql`l.order_id`,
        line_no: lineNumber,
        customer_id: sql`l.customer_id`,
        order_date: sql`l.order_date`,
        channel_id: sql`l.channel_id`,
        product_id: sql`l.product_id`,
        kind: sql`l.kind`,
        quantity: sql`l.quantity`,
        list_price: sql`l.list_price`,
        list_amount: sql`l.list_amount`,
        invoice_amount: sql`l.invoice_amount`,
        product_cost: sql`l.product_cost`,
        currency: sql`l.currency`,
        unit_cost_override: sql`l.unit_cost_override`,
        return_of_line: sql`l.return_of_line`,
        promo_id: sql`l.promo_id`,
        contract_price_flag: sql`l.contract_price_flag`,
        cancellation_flag: sql`l.cancellation_flag`,
        duplicate_flag: sources.repeated ? sql`l.sub = 0 and coalesce(r.first_row < l.row, false)` : sql`false`,
        source_file: sql`f.name`,
        source_row: sql`l.row`,
      })},
      coalesce(c.customer_key, 0) as customer_key,
      coalesce(p.product_key, 0) as product_key,
      o.order_key as order_key
    from ${sources.lines} l
    join ${sources.orders} o on o.order_id = l.order_id
    join ${sources.files} f on f.file_no = l.file_no
    left join ${sources.customers} c on c.customer_id = l.customer_id
    left join ${sources.products} p on p.product_id = l.product_id
    ${sources.repeated ? sql`left join ${sources.repeated} r on r.file_no = l.file_no and r.repeat_hash = l.repeat_hash` : sql``}
    where ${where}`
  const whole = part(sql`${at} - o.first_at + 1`, inOnePiece)
  const scattered = part(sql`row_number() over (partition by o.order_key order by l.file_no, l.row, l.sub)`, sql`not ${inOnePiece}`)
  const all = sources.numberedBySource
    ? part(sql`l.line_given`, sql`true`)
    : sources.pieces === 'whole'
      ? whole
      : sources.pieces === 'scattered'
        ? scattered
        : sql`${whole} union all ${scattered}`
  return sql`select * from (${all}) order by customer_key, order_date, order_key, line_no`
}

/** One row: how the orders lie in the files. */
export function orderPieces(orders: Sql): Sql {
  return sql`
    select
      count(*) as orders,
      count(*) filter (where last_at - first_at + 1 = lines and subs = 0) as whole,
      count(*) filter (where customer_id <> other_customer_id or customer_id is not null and some_unidentified) as several_customers,
      count(*) filter (where order_date <> last_date) as several_dates
    from ${orders}`
}

/** What identifies the content of an order, whatever the order of its lines: equal numbers mean the same lines. */
export function orderContents(lines: Sql, orders: Sql): Sql {
  return sql`
    select
      order_id,
      count(*) as lines,
      sum(cast(hash(coalesce(customer_id, ''), coalesce(product_id, ''), order_date, quantity, invoice_amount, currency, kind) as hugeint)) as content,
      sum(invoice_amount) as amount
    from ${lines}
    where order_id in (select order_id from ${orders})
    group by order_id`
}
