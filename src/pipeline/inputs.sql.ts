import type { TableContract } from '../warehouse/contract/index.ts'
import type { Dialect } from '../warehouse/dialect.ts'
import { id, join, type Sql, sql } from '../warehouse/sql.ts'

/** A canonical table of one import, as the engine knows it, and the position of that import: later ones are larger. */
export interface Part {
  relation: string
  position: number
}

/** Which id and which integer key belong together in the tables that carry keys. */
export const keyed = {
  customer: { id: 'customer_id', key: 'customer_key' },
  product: { id: 'product_id', key: 'product_key' },
  order: { id: 'order_id', key: 'order_key' },
} as const

export type KeyedTable = keyof typeof keyed

/** All ids of the imports with their key over all of them: numbered by sorted id, so that the order of imports does not matter. One row per id. */
export function globalKeys(table: KeyedTable, parts: readonly Part[]): Sql {
  const { id: idColumn, key } = keyed[table]
  const ids = join(
    parts.map(({ relation }) => sql`select ${id(idColumn)} from ${id(relation)}`),
    sql` union `,
  )
  return sql`select ${id(idColumn)}, cast(row_number() over (order by ${id(idColumn)}) as integer) as ${id(key)} from (${ids}) as ids`
}

/** From the key within one import to the key over all. One row per key of the import, and 0 (none) to 0. */
export function keyMap(table: KeyedTable, part: Part, keys: string): Sql {
  const { id: idColumn, key } = keyed[table]
  return sql`
    select local.${id(key)} as local_key, overall.${id(key)} as ${id(key)}
    from ${id(part.relation)} as local
    join ${id(keys)} as overall on overall.${id(idColumn)} = local.${id(idColumn)}
    union all
    select 0, 0`
}

/** Whether the keys of an import already are the keys over all. One row: same. */
export function isIdentity(map: string, key: string): Sql {
  return sql`select coalesce(sum(case when local_key = ${id(key)} then 0 else 1 end), 0) = 0 as same from ${id(map)}`
}

/** Whether no id stands in two imports. One row: disjoint. */
export function areDisjoint(parts: readonly Part[], keys: string): Sql {
  const counts = join(
    parts.map(({ relation }) => sql`(select count(*) from ${id(relation)})`),
    sql` + `,
  )
  return sql`select ${counts} = (select count(*) from ${id(keys)}) as disjoint`
}

/**
 * One row per id over all imports. Of each attribute the latest import that knows it wins, but for two: `first_seen_date` is the
 * earliest, and a `name` that merely repeats the id gives way to a real one. With the key over all imports where `keys` names them.
 */
export function mergedEntities(
  table: KeyedTable,
  contract: TableContract,
  parts: readonly Part[],
  keys: string | null,
  dialect: Dialect,
): Sql {
  const { id: idColumn, key } = keyed[table]
  const attributes = Object.keys(contract.columns).filter((column) => column !== idColumn)
  const rows = join(
    parts.map(
      ({ relation, position }) =>
        sql`select ${position} as import_position, ${id(idColumn)}, ${join(attributes.map((column) => id(column)))} from ${id(relation)}`,
    ),
    sql` union all `,
  )
  const merged = attributes.map((column) => {
    const value = sql`part.${id(column)}`
    const latest = (known: Sql) => sql`${dialect.latest(value, sql`part.import_position`)} filter (where ${known})`
    if (column === 'first_seen_date') return sql`min(${value}) as ${id(column)}`
    if (column === 'name')
      return sql`coalesce(${latest(sql`${value} is not null and ${value} <> part.${id(idColumn)}`)}, max(${value})) as ${id(column)}`
    return sql`${latest(sql`${value} is not null`)} as ${id(column)}`
  })
  return sql`
    select
      part.${id(idColumn)},
      ${join(merged)}${keys === null ? sql`` : sql`, max(overall.${id(key)}) as ${id(key)}`}
    from (${rows}) as part${keys === null ? sql`` : sql` join ${id(keys)} as overall on overall.${id(idColumn)} = part.${id(idColumn)}`}
    group by part.${id(idColumn)}`
}

/** Merged orders with the key of the customer that they name. One row per order. */
export function ordersWithCustomer(contract: TableContract, orders: string, customers: string | null): Sql {
  const columns = [...Object.keys(contract.columns), keyed.order.key].map((column) => sql`merged.${id(column)}`)
  if (customers === null) return sql`select ${join(columns)}, 0 as customer_key from ${id(orders)} as merged`
  return sql`
    select ${join(columns)}, coalesce(customer.customer_key, 0) as customer_key
    from ${id(orders)} as merged
    left join ${id(customers)} as customer on customer.customer_id = merged.customer_id`
}

/** What ties a part's own keys to the keys over all; no map where they are the same already. */
export type KeyMaps = Partial<Record<KeyedTable, string | null>>

/** Rows of all imports as they are, with their keys replaced by the keys over all. One row per row of the imports. */
export function rekeyed(contract: TableContract, parts: readonly (Part & { maps: KeyMaps })[]): Sql {
  const columns = Object.keys(contract.columns)
  return join(
    parts.map(({ relation, maps }) => {
      const keys = (Object.keys(maps) as KeyedTable[]).map((table) => {
        const { key } = keyed[table]
        return maps[table] === null ? sql`part.${id(key)}` : sql`${id(`${table}_of`)}.${id(key)}`
      })
      const joins = (Object.keys(maps) as KeyedTable[])
        .filter((table) => maps[table] !== null)
        .map(
          (table) =>
            sql` join ${id(maps[table] as string)} as ${id(`${table}_of`)} on ${id(`${table}_of`)}.local_key = part.${id(keyed[table].key)}`,
        )
      const list = join([...columns.map((column) => sql`part.${id(column)}`), ...keys])
      return sql`select ${list} from ${id(relation)} as part${join(joins, sql``)}`
    }),
    sql` union all `,
  )
}

/** Tables without keys over all imports: where two imports hold the same row (by its key), the later one wins. One row per key. */
export function latestByKey(contract: TableContract, parts: readonly Part[]): Sql {
  const columns = Object.keys(contract.columns).map((column) => id(column))
  const rows = join(
    parts.map(({ relation, position }) => sql`select ${position} as import_position, ${join(columns)} from ${id(relation)}`),
    sql` union all `,
  )
  return sql`
    select ${join(columns)}
    from (
      select
        ${join(columns)},
        row_number() over (partition by ${join(contract.key.map((column) => id(column)))} order by import_position desc) as age
      from (${rows}) as part
    ) as dated
    where age = 1`
}

/** Rows of all imports as they are, without keys, and with the import that they came from where `origin` names its column. One row per row. */
export function unitedRows(contract: TableContract, parts: readonly (Part & { importId: string })[], origin?: string): Sql {
  const columns = join(Object.keys(contract.columns).map((column) => id(column)))
  return join(
    parts.map(
      ({ relation, importId }) => sql`select ${columns}${origin ? sql`, ${importId} as ${id(origin)}` : sql``} from ${id(relation)}`,
    ),
    sql` union all `,
  )
}

/**
 * Order lines with the cost of their product where they have none of their own: quantity x unit cost, for goods in the reporting currency,
 * from the day on which the cost holds. The cost may have come with a later import than the lines. One row per order line.
 */
export function linesWithProductCost(columns: readonly string[], lines: string, products: string, by: string, currency: string): Sql {
  const shown = columns.map((column) =>
    column === 'product_cost'
      ? sql`coalesce(
          line.product_cost,
          case
            when line.kind in ('sale', 'return')
              and line.currency = ${currency}
              and (product.valid_from is null or product.valid_from <= line.order_date)
            then cast(line.quantity * product.unit_cost as decimal(18, 4))
          end
        ) as product_cost`
      : sql`line.${id(column)}`,
  )
  return sql`
    select ${join(shown)}
    from ${id(lines)} as line
    left join ${id(products)} as product on product.${id(by)} = line.${id(by)}`
}

/** Whether there are goods without a cost and products with one. One row. */
export function lacksProductCost(lines: string, products: string): Sql {
  return sql`
    select
      (select count(*) from ${id(products)} where unit_cost is not null) > 0
      and (select count(*) from ${id(lines)} where product_cost is null and kind in ('sale', 'return')) > 0 as lacking`
}

/** The control totals of the order lines as they were imported. One row per currency and whether a customer is known. */
export function lineTotals(asOf: string): Sql {
  const money = (column: string) => sql`cast(sum(${id(column)}) as decimal(38, 4)) as ${id(column)}`
  return sql`
    select
      currency,
      identified,
      cast(sum(lines) as bigint) as lines,
      ${money('invoice_amount')},
      ${money('list_amount')},
      ${money('product_cost')},
      cast(coalesce(sum(case when order_date > cast(${asOf} as date) then lines end), 0) as bigint) as lines_after
    from day_total
    group by currency, identified
    order by currency, identified`
}
