import { AppError } from '../../../shared/errors.ts'
import { canonicalTable } from '../../contract/index.ts'
import type { Warehouse } from '../../port.ts'
import type { Sql } from '../../sql.ts'
import { id, join, sql } from '../../sql.ts'
import type { LayoutContext } from '../layouts/index.ts'
import type { Group } from '../recognise.ts'
import { contractColumns } from './lines.sql.ts'

/** Tables that are taken over field by field, in the order in which they may refer to one another. */
export const masterTables = [
  'customer',
  'product',
  'order',
  'price_element',
  'fx_rate',
  'ledger',
  'cost_pool',
  'pool_assignment',
  'service_flow',
  'activity',
  'driver_event',
  'balance',
  'relationship_attr',
  'survey_item',
  'survey_response',
] as const

/** Relation with the rows kept of each table that the import brings. */
export type Masters = Partial<Record<(typeof masterTables)[number], string>>

interface MasterInput {
  groups: readonly Group[]
  typed(layout: string): string
  keep(name: string, query: Sql): Promise<number>
  contexts(layout: string): LayoutContext
}

/**
 * Reads the tables beside the order lines. For each: relation `master_<table>` with the contract's columns, file_no and row, and
 * `master_<table>_all` with every row and, where it was set aside, the reason. A key that stands twice with different content rejects
 * the table and lists the keys.
 */
export async function loadMasters(warehouse: Warehouse, input: MasterInput): Promise<Masters> {
  const masters: Masters = {}
  for (const table of masterTables) {
    const layouts = [...new Set(input.groups.filter((group) => group.layout.table === table).map((group) => group.layout))]
    if (layouts.length === 0) continue
    const contract = canonicalTable(table)
    if (!contract) throw new RangeError(`no canonical table ${table}`)
    const each = layouts.map((layout) => {
      const known = Object.fromEntries(layout.fields.map((field) => [field.name, id(field.name)]))
      return sql`select file_no, row, ${contractColumns(table, known)}, repeat_hash, rounded, reason, bad_column, bad_value, expected, soft_column, soft_value
        from ${id(input.typed(layout.id))}`
    })
    const all = `master_${table}_all`
    const columns = join(Object.keys(contract.columns).map((name) => id(name)))
    const key = join(contract.key.map((name) => sql`${id(name)}`))
    await input.keep(
      all,
      sql`
        select * exclude (reason, nth),
          coalesce(reason, ${rule(table)}, case when nth > 1 then 'repeated-row' end) as reason
        from (
          select *, row_number() over (partition by ${columns}, reason is null order by file_no, row) as nth
          from (${join(each, sql` union all `)})
        )`,
    )
    await warehouse.view(`master_${table}`, sql`select * from ${id(all)} where reason is null`)
    const repeated = await warehouse.rows(sql`
      select concat_ws(' / ', ${key}) as key, count(*) as rows, min(f.name) as file, min(m.row) as row, max(m.row) as other
      from ${id(`master_${table}`)} m join files f on f.file_no = m.file_no
      group by ${key}
      having count(*) > 1
      order by 1
      limit 20`)
    if (repeated.length > 0)
      throw new AppError(
        'import.duplicate-keys',
        `table ${table}: ${contract.key.join(' and ')} must be unique, but some stand more than once with different content`,
        {
          hint: 'Keep one row per key and import again; nothing was imported.',
          problems: repeated.map((row) => ({
            file: String(row.file),
            row: Number(row.row),
            column: contract.key.join(', '),
            message: `"${row.key}" stands in ${row.rows} rows, among them ${row.row} and ${row.other}`,
          })),
        },
      )
    masters[table] = `master_${table}`
  }
  return masters
}

/** Rules of a table beyond the types of its columns, as the reason that sets the row aside. */
function rule(table: string): Sql {
  if (table === 'price_element')
    return sql`case
      when type is not null and type not in ('on_invoice', 'off_invoice') then 'price-element-type-unknown'
      when type = 'off_invoice' and period is null then 'off-invoice-without-period'
      when order_id is null and customer_id is null then 'price-element-without-object' end`
  if (table === 'fx_rate') return sql`case when not (rate > 0) or isinf(rate) then 'rate-not-positive' end`
  if (table === 'cost_pool')
    return sql`case
      when practical_capacity <= 0 then 'capacity-not-positive'
      when not (incremental_share >= 0 and incremental_share <= 1) then 'share-outside'
      when practical_capacity > theoretical_capacity then 'capacity-above-theoretical' end`
  if (table === 'pool_assignment' || table === 'service_flow')
    return sql`case when not (share >= 0 and share <= 1) then 'share-outside' end`
  if (table === 'driver_event')
    return sql`case
      when drivers is not null and not json_valid(drivers) then 'drivers-no-json'
      when observed_minutes < 0 then 'minutes-negative'
      when order_id is null and customer_id is null and channel_id is null then 'event-without-object' end`
  if (table === 'balance') return sql`case when capital_rate < 0 or capital_rate > 1 then 'capital-rate-outside' end`
  if (table === 'relationship_attr')
    return sql`case
      when least(alternatives, dynamism, importance, complexity, information_exchange, operational_linkages) < 1
        or greatest(alternatives, dynamism, importance, complexity, information_exchange, operational_linkages) > 7 then 'driver-outside-scale'
      when share_of_wallet < 0 or share_of_wallet > 1 or specific_investment < 0 or specific_investment > 1 then 'share-outside' end`
  if (table === 'survey_response')
    return sql`case when not (scale_max > scale_min) then 'scale-empty' when value < scale_min or value > scale_max then 'answer-outside-scale' end`
  if (table === 'product') return sql`case when unit_cost < 0 then 'unit-cost-negative' end`
  return sql`cast(null as varchar)`
}
