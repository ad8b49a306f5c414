import type { Sql } from '../../sql.ts'
import { id, join, sql } from '../../sql.ts'

/**
 * Every row that was set aside, one row each (the first reason of the row), in the shape of `set_aside.parquet`.
 * `masters` are the relations `master_<table>_all`, `rejects` the readers' files by file number.
 */
export function setAsideRows(hasLines: boolean, masters: readonly string[], rejects: readonly { no: number; file: string }[]): Sql {
  const parts: Sql[] = [
    ...rejects.map(
      ({ no, file }) => sql`
        select cast(${no} as integer) as file_no, row, "column", value, reason, expected, cast(null as decimal(38, 4)) as amount, cast(null as varchar) as currency
        from read_parquet(${file})`,
    ),
    ...masters.map(
      (name) => sql`
        select file_no, row, bad_column as "column", bad_value as value, reason, expected, cast(null as decimal(38, 4)) as amount, cast(null as varchar) as currency
        from ${id(name)} where reason is not null`,
    ),
  ]
  if (hasLines) {
    parts.push(
      sql`
        select file_no, row, arg_min(bad_column, sub) as "column", arg_min(bad_value, sub) as value, arg_min(reason, sub) as reason, arg_min(expected, sub) as expected,
          sum(invoice_amount) as amount, min(currency) as currency
        from (
          select b.file_no, b.row, b.sub + case when b.reason is null then 1000000 else 0 end as sub, b.reason, b.bad_column, b.bad_value, b.expected, b.invoice_amount, b.currency
          from draft b
          where (b.file_no, b.row) in (select (x.file_no, x.row) from draft x where x.reason is not null)
        )
        group by file_no, row`,
      sql`
        select s.file_no, s.row, 'order_id' as "column", s.order_id as value, case when min(case when r.same then 1 else 0 end) = 1 then 'already-imported' else 'order-changed' end as reason,
          'an order that no earlier import holds' as expected, sum(s.invoice_amount) as amount, min(s.currency) as currency
        from sound s join refused r on r.order_id = s.order_id
        group by s.file_no, s.row, s.order_id`,
    )
  }
  return sql`
    select f.name as file, s.row, s."column", s.value, s.reason, s.expected, s.amount, s.currency
    from (${join(parts, sql` union all by name `)}) s
    join files f on f.file_no = s.file_no
    order by s.file_no, s.row, s.reason`
}

/** One row per reason: how many rows, and the first few of them. */
export function setAsideGroups(): Sql {
  return sql`
    select
      reason,
      count(*) as rows,
      min({'file': file, 'row': s.row, 'column': s."column", 'value': left(value, 200), 'expected': expected}, 5) as examples
    from set_aside s
    group by reason
    order by rows desc, reason`
}

/** One row per reason and currency with the sum. */
export function setAsideAmounts(): Sql {
  return sql`
    select reason, currency, cast(sum(amount) as decimal(38, 4)) as amount
    from set_aside
    where amount is not null and currency is not null
    group by reason, currency
    order by reason, currency`
}

/** One row per currency: the control totals of the order lines. */
export function controlTotals(lines: Sql): Sql {
  return sql`
    select
      currency,
      count(*) as lines,
      cast(sum(invoice_amount) as decimal(38, 4)) as invoice_amount,
      cast(coalesce(sum(invoice_amount) filter (where customer_key > 0), 0) as decimal(38, 4)) as identified_amount,
      cast(coalesce(sum(invoice_amount) filter (where customer_key = 0), 0) as decimal(38, 4)) as unidentified_amount,
      count(*) filter (where customer_key = 0) as unidentified_lines,
      cast(sum(list_amount) as decimal(38, 4)) as list_amount,
      cast(sum(product_cost) as decimal(38, 4)) as product_cost
    from ${lines}
    group by currency
    order by currency`
}

/** One row: extent of the order lines. */
export function extent(lines: Sql): Sql {
  return sql`
    select
      cast(min(order_date) as varchar) as first_day,
      cast(max(order_date) as varchar) as last_day,
      count(distinct nullif(customer_key, 0)) as customers,
      count(distinct nullif(product_key, 0)) as products,
      count(distinct order_key) as orders
    from ${lines}`
}

/** Lines that deserve a word, by name: which lines of `order_line` (alias l) they are. */
export const lineFlags: Record<string, Sql> = {
  return: sql`l.kind = 'return'`,
  cancellation: sql`l.cancellation_flag`,
  'without-customer': sql`l.customer_key = 0`,
  'without-product': sql`l.product_key = 0`,
  fee: sql`l.kind = 'fee'`,
  adjustment: sql`l.kind = 'adjustment'`,
  'zero-amount': sql`l.invoice_amount = 0`,
  'negative-price': sql`l.quantity > 0 and l.invoice_amount < 0`,
  repeated: sql`l.duplicate_flag`,
  'above-list-price': sql`abs(l.invoice_amount) > abs(l.list_amount)`,
}

/** One row per flag and currency with lines and sum, and an example of file and row. */
export function flagTotals(lines: Sql): Sql {
  const names = Object.keys(lineFlags)
  const columns = names.flatMap((name) => [
    sql`count(*) filter (where ${lineFlags[name]}) as ${id(`${name}_rows`)}`,
    sql`cast(coalesce(sum(l.invoice_amount) filter (where ${lineFlags[name]}), 0) as decimal(38, 4)) as ${id(`${name}_amount`)}`,
    sql`min({'file': l.source_file, 'row': l.source_row, 'order_id': l.order_id, 'product_id': l.product_id}, 3) filter (where ${lineFlags[name]}) as ${id(`${name}_examples`)}`,
  ])
  return sql`select l.currency, ${join(columns)} from ${lines} l group by l.currency order by l.currency`
}

/** One row per currency: returns of a customer for a product of which these lines hold no earlier sale to it. */
export function unmatchedReturns(lines: Sql): Sql {
  return sql`
    with returned as (
      select customer_key, product_key, order_date, invoice_amount, currency, source_file, source_row, order_id
      from ${lines}
      where kind = 'return' and customer_key > 0 and product_key > 0 and product_id <> 'REFUND'
    ),
    sold as (
      select l.customer_key, l.product_key, min(l.order_date) as first_day
      from ${lines} l
      where l.kind = 'sale' and l.customer_key > 0 and l.customer_key in (select customer_key from returned)
      group by l.customer_key, l.product_key
    )
    select
      r.currency,
      count(*) as rows,
      cast(sum(r.invoice_amount) as decimal(38, 4)) as amount,
      min({'file': r.source_file, 'row': r.source_row, 'order_id': r.order_id}, 3) as examples
    from returned r
    left join sold s on s.customer_key = r.customer_key and s.product_key = r.product_key
    where s.first_day is null or s.first_day > r.order_date
    group by r.currency
    order by r.currency`
}

/** Letters of Cyrillic and Greek that look like Latin ones, and the Latin ones. */
const lookAlike = 'АВЕЅІЈКМНОРСТХУаеѕіјорсхуΑΒΕΖΗΙΚΜΝΟΡΤΥΧοανκ'
const latinTwin = 'ABESIJKMHOPCTXYaesijopcxyABEZHIKMNOPTYXoavk'

/**
 * One row per id that holds a letter of another alphabet among Latin ones, invisible characters, or has a twin that looks the same.
 * Ids are reported and never changed.
 */
export function lookAlikeIds(relation: Sql, key: string): Sql {
  const name = id(key)
  return sql`
    select ${name} as id, twin, what
    from (
      select
        ${name},
        case
          when regexp_matches(${name}, '[\\x{00AD}\\x{200B}-\\x{200F}\\x{202A}-\\x{202E}\\x{2060}-\\x{2069}\\x{FEFF}]') then 'invisible character'
          when skeleton <> ${name} and regexp_matches(${name}, '[A-Za-z]') then 'letter of another alphabet'
          when skeleton <> ${name} and count(*) over (partition by skeleton) > 1 then 'looks like another id'
          end as what,
        case when count(*) over (partition by skeleton) > 1 then
          case when min(${name}) over (partition by skeleton) <> ${name} then min(${name}) over (partition by skeleton) else max(${name}) over (partition by skeleton) end end as twin
      from (
        select ${name}, regexp_replace(translate(${name}, ${lookAlike}, ${latinTwin}), '[\\x{00AD}\\x{200B}-\\x{200F}\\x{202A}-\\x{202E}\\x{2060}-\\x{2069}\\x{FEFF}]', '', 'g') as skeleton
        from ${relation}
        where ${name} is not null and regexp_matches(${name}, '[^ -~]')
        union all
        select a.${name}, a.${name} as skeleton
        from ${relation} a
        where not regexp_matches(a.${name}, '[^ -~]')
          and a.${name} in (select translate(${name}, ${lookAlike}, ${latinTwin}) from ${relation} where regexp_matches(${name}, '[^ -~]'))
      )
    )
    where what is not null
    order by 1`
}

/** One row: ids or names that a spreadsheet would take for a formula, with an example. Numbers with a sign are none. */
export function formulaTexts(relation: Sql, columns: readonly string[]): Sql {
  const each = columns.map((column) => sql`select ${id(column)} as text from ${relation}`)
  return sql`
    select count(*) as rows, min(left(text, 60), 3) as examples
    from (${join(each, sql` union all `)})
    where regexp_matches(text, '^[=+@\\t\\r-]') and not regexp_full_match(text, '[-+]?[0-9][0-9., ]*')`
}

/** One row: ids that a spreadsheet turned into a rounded number, with an example. */
export function damagedIds(relation: Sql, column: string): Sql {
  return sql`select count(*) as rows, min(${id(column)}, 3) as examples from ${relation} where regexp_full_match(${id(column)}, '[0-9]([.,][0-9]+)?[Ee][+][0-9]{2}')`
}

/** One row per pair of ids that differ only in capitals. */
export function caseTwins(relation: Sql, column: string): Sql {
  return sql`select min(${id(column)}) as id, max(${id(column)}) as twin from ${relation} where ${id(column)} is not null group by lower(${id(column)}) having count(*) > 1 order by 1`
}
