import { join as joinPath } from 'node:path'
import { AppError, throwIfCancelled } from '../../shared/errors.ts'
import { formatCounted } from '../../shared/format.ts'
import { canonicalTable } from '../contract/index.ts'
import type { Warehouse } from '../port.ts'
import type { Sql } from '../sql.ts'
import { id, join, sql } from '../sql.ts'
import { draftLines } from './canonical/draft.sql.ts'
import { customersOfLines, numbered, ordersOfLines, productsOfLines } from './canonical/keys.sql.ts'
import { contractColumns, orderContents, orderLines, orderPieces, repeatedRows } from './canonical/lines.sql.ts'
import { loadMasters, type Masters, masterTables } from './canonical/masters.ts'
import type { Decision } from './decide.ts'
import type { LayoutContext } from './layouts/index.ts'
import { typedRows } from './parse/typed.sql.ts'
import type { Group } from './recognise.ts'
import type { StageFolders } from './staging.ts'

export interface CanonicaliseInput {
  groups: readonly Group[]
  decisions: ReadonlyMap<number, Decision>
  context(layout: string): LayoutContext
  folders: StageFolders
  /** Of the workspace: unit costs are in it. */
  reportingCurrency: string
  /** Folders of the active imports that hold order lines. */
  active: readonly string[]
  signal?: AbortSignal | undefined
  progress(phase: string, fraction: number): void
}

/** What was written to the staging folder, and facts for the report that only the drafts tell. */
export interface Canonical {
  tables: Record<string, number>
  masters: Masters
  /** From the drafts of order lines; null when the import has none. */
  pieces: { severalCustomers: number; severalDates: number } | null
}

/**
 * Writes the canonical tables of an import into its staging folder. Everything is set-based; what is between two steps lies in Parquet,
 * so memory does not grow with the rows.
 *
 * Leaves relations behind for the report: `files`, `draft` (all draft lines), `good` (those that were kept), `refused` (orders that
 * stand in an earlier import).
 */
export async function canonicalise(warehouse: Warehouse, input: CanonicaliseInput): Promise<Canonical> {
  const { groups, folders, signal, progress } = input
  const work = (name: string) => joinPath(folders.work, `${name}.parquet`)
  const out = (name: string) => joinPath(folders.output, `${name}.parquet`)
  const keep = async (name: string, query: Sql, span?: [number, number], phase = '') => {
    throwIfCancelled(signal)
    const rows = await warehouse.save(query, work(name), {
      signal,
      onProgress: span ? (fraction) => progress(phase, span[0] + fraction * (span[1] - span[0])) : undefined,
    })
    await warehouse.attach(name, [work(name)])
    return rows
  }

  await createTypedViews(warehouse, input)
  const masters = await loadMasters(warehouse, { groups, typed: typedName, keep, contexts: input.context })
  const tables: Record<string, number> = {}
  const lineLayouts = [...new Set(groups.filter((group) => group.layout.table === 'order_line').map((group) => group.layout))]

  let pieces: Canonical['pieces'] = null
  if (lineLayouts.length > 0) {
    progress('converting', 0)
    const first = lineLayouts[0]
    const sources = lineLayouts.map((layout) =>
      (layout.lines as NonNullable<typeof layout.lines>)(input.context(layout.id), id(typedName(layout.id))),
    )
    await keep('draft', draftLines(sources, input.context(first.id).currency, input.reportingCurrency, masters), [0, 0.4], 'converting')
    const [facts] = await warehouse.rows(
      sql`select coalesce(max(sub), 0) as subs, count(line_given) as given, count(*) as lines from draft`,
    )
    const siblings = Number(facts.subs) > 0
    await warehouse.view(
      'sound',
      siblings
        ? sql`select d.* from draft d where d.reason is null and not exists (select 1 from draft b where b.reason is not null and b.file_no = d.file_no and b.row = d.row)`
        : sql`select * from draft where reason is null`,
    )
    await stopOnUnknownKeys(warehouse)

    progress('comparing with earlier imports', 0.4)
    // With nothing to compare with, they are looked at only once, below.
    if (input.active.length === 0) await warehouse.view('sound_orders', ordersOfLines(id('sound')))
    else await keep('sound_orders', ordersOfLines(id('sound')), [0.4, 0.5], 'comparing with earlier imports')
    await findRefusedOrders(warehouse, input.active, keep)
    const [{ refused }] = await warehouse.rows<{ refused: number }>(sql`select count(*) as refused from refused`)
    const left = refused > 0 ? sql` where order_id not in (select order_id from refused)` : sql``
    await warehouse.view('good', sql`select * from sound${left}`)

    progress('numbering customers, products and orders', 0.5)
    await keep('customers', numbered(merged(customersOfLines(id('good')), masters.customer, 'customer_id'), 'customer_id'))
    await keep('products', numbered(merged(productsOfLines(id('good')), masters.product, 'product_id'), 'product_id'))
    await keep('orders', numbered(mergedOrders(sql`select * from sound_orders${left}`, masters), 'order_id'))
    const repeats = await keep('repeated', repeatedRows(id('good')), [0.5, 0.65], 'looking for repeated rows')
    const [lie] = await warehouse.rows<{ orders: number; whole: number; several_customers: number; several_dates: number }>(
      orderPieces(sql`(select * from orders where lines is not null)`),
    )
    pieces = { severalCustomers: lie.several_customers, severalDates: lie.several_dates }
    const given = Number(facts.given) === Number(facts.lines) && (await lineNumbersAreUnique(warehouse))

    progress('sorting order lines by customer', 0.65)
    throwIfCancelled(signal)
    tables.order_line = await warehouse.save(
      orderLines({
        lines: id('good'),
        customers: id('customers'),
        products: id('products'),
        orders: id('orders'),
        repeated: repeats > 0 ? id('repeated') : null,
        files: id('files'),
        pieces: lie.whole === lie.orders ? 'whole' : lie.whole === 0 ? 'scattered' : 'both',
        numberedBySource: given,
      }),
      out('order_line'),
      { signal, onProgress: (fraction) => progress('sorting order lines by customer', 0.65 + 0.25 * fraction) },
    )
  }
  Object.assign(tables, await saveMasters(warehouse, out, masters, lineLayouts.length > 0, signal))
  progress('checking', 0.9)
  return { tables, masters, pieces }
}

const typedName = (layout: string): string => `typed_${layout.replaceAll('-', '_')}`

/** One view a layout with the typed rows of all its files. */
async function createTypedViews(warehouse: Warehouse, { groups, decisions }: CanonicaliseInput): Promise<void> {
  const byLayout = Map.groupBy(groups, (group) => group.layout)
  for (const [layout, members] of byLayout) {
    const each = members.map((group) => {
      const decision = decisions.get(group.number) as Decision
      const names = group.columns.map((column) => column.name)
      const rows = typedRows(id(`raw_${group.number}`), layout.fields, decision.reading, names)
      const bearsCurrency = decision.currency !== null && layout.fields.some((field) => field.name === 'currency')
      return bearsCurrency
        ? sql`select * replace (coalesce(currency, ${decision.currency}) as currency) from (${rows})`
        : sql`select * from (${rows})`
    })
    await warehouse.view(typedName(layout.id), join(each, sql` union all by name `))
  }
}

/** More than 1 % of the value on unknown customers, products or orders means that the wrong files were put together. */
async function stopOnUnknownKeys(warehouse: Warehouse): Promise<void> {
  const [found] = await warehouse.rows<{ unknown: string; total: string; rows: number }>(sql`
    select
      coalesce(cast(sum(abs(invoice_amount)) filter (where reason like 'unknown-%') as decimal(38, 4)), 0) as unknown,
      coalesce(cast(sum(abs(invoice_amount)) as decimal(38, 4)), 0) as total,
      count(*) filter (where reason like 'unknown-%') as rows
    from draft`)
  if (found.rows === 0) return
  const share = Number(found.unknown) / Number(found.total)
  if (!(share > 0.01)) return
  const examples = await warehouse.rows(sql`
    select d.reason, d.bad_column, d.bad_value, count(*) as rows, min(f.name) as file, min(d.row) as row
    from draft d join files f on f.file_no = d.file_no
    where d.reason like 'unknown-%'
    group by all
    order by rows desc, d.bad_value
    limit 20`)
  throw new AppError(
    'import.unknown-keys',
    `${(share * 100).toFixed(1)} % of the value (${formatCounted(Number(found.rows), 'row')}) refers to ids that the other files do not have`,
    {
      hint: 'Load the files that belong together, or leave out the table that is incomplete.',
      problems: examples.map((row) => ({
        file: String(row.file),
        row: Number(row.row),
        column: String(row.bad_column),
        message: `${String(row.reason).replace('unknown-', 'unknown ')} "${row.bad_value}" (${formatCounted(Number(row.rows), 'row')})`,
      })),
    },
  )
}

/** Orders that an active import already holds: equal ones are there already, different ones need a decision. */
async function findRefusedOrders(
  warehouse: Warehouse,
  active: readonly string[],
  keep: (name: string, query: Sql) => Promise<number>,
): Promise<void> {
  if (active.length === 0) {
    await warehouse.materialise('refused', sql`select cast(null as varchar) as order_id, cast(null as boolean) as same where false`)
    return
  }
  const holds = (table: string) => active.map((folder) => joinPath(folder, `${table}.parquet`))
  await warehouse.attach('earlier_orders', holds('order'))
  const known = await keep('known_orders', sql`select order_id from sound_orders where order_id in (select order_id from earlier_orders)`)
  if (known === 0) {
    await warehouse.materialise('refused', sql`select order_id, true as same from known_orders where false`)
    return
  }
  await warehouse.attach('earlier_lines', holds('order_line'))
  await warehouse.materialise(
    'refused',
    sql`
      select n.order_id, n.lines = e.lines and n.content = e.content as same
      from (${orderContents(id('sound'), id('known_orders'))}) n
      join (${orderContents(id('earlier_lines'), id('known_orders'))}) e on e.order_id = n.order_id`,
  )
}

async function lineNumbersAreUnique(warehouse: Warehouse): Promise<boolean> {
  const rows = await warehouse.rows(
    sql`select 1 as one from good group by order_id, line_given having count(*) > 1 or min(line_given) < 1 limit 1`,
  )
  return rows.length === 0
}

/** Ids of the lines and of the master table, each once. */
function merged(lines: Sql, master: string | undefined, key: string): Sql {
  if (!master) return lines
  return sql`select coalesce(m.${id(key)}, l.${id(key)}) as ${id(key)}, l.* exclude (${id(key)})
    from (${lines}) l full join ${id(master)} m on m.${id(key)} = l.${id(key)}`
}

function mergedOrders(lines: Sql, masters: Masters): Sql {
  if (!masters.order) return lines
  return sql`
    select
      coalesce(m.order_id, l.order_id) as order_id,
      coalesce(l.customer_id, m.customer_id) as customer_id,
      coalesce(l.order_date, m.order_date) as order_date,
      l.* exclude (order_id, customer_id, order_date)
    from (${lines}) l
    full join (select * from ${id(masters.order)} where order_id not in (select order_id from refused)) m on m.order_id = l.order_id`
}

/** Writes customer, product and order (from the lines, the master tables, or both) and the other tables as they came. */
async function saveMasters(
  warehouse: Warehouse,
  out: (name: string) => string,
  masters: Masters,
  hasLines: boolean,
  signal: AbortSignal | undefined,
): Promise<Record<string, number>> {
  const tables: Record<string, number> = {}
  const save = async (table: string, query: Sql) => {
    throwIfCancelled(signal)
    tables[table] = await warehouse.save(query, out(table), { signal })
  }
  if (hasLines) {
    const m = masters.customer ? sql`left join ${id(masters.customer)} m on m.customer_id = c.customer_id` : sql``
    await save(
      'customer',
      sql`select ${contractColumns('customer', {
        ...masterColumns('customer', masters.customer),
        customer_id: sql`c.customer_id`,
        name: either(masters.customer, 'name', sql`c.customer_name`),
        first_seen_date: masters.customer ? sql`least(m.first_seen_date, c.first_order)` : sql`c.first_order`,
        country: either(masters.customer, 'country', sql`c.customer_country`),
        segment_id: either(masters.customer, 'segment_id', sql`c.customer_segment`),
        industry: either(masters.customer, 'industry', sql`c.customer_industry`),
      })}, c.customer_key from customers c ${m} order by c.customer_key`,
    )
    const p = masters.product ? sql`left join ${id(masters.product)} m on m.product_id = p.product_id` : sql``
    await save(
      'product',
      sql`select ${contractColumns('product', {
        ...masterColumns('product', masters.product),
        product_id: sql`p.product_id`,
        name: either(masters.product, 'name', sql`p.product_name`),
        family: either(masters.product, 'family', sql`p.product_family`),
        service_flag: either(masters.product, 'service_flag', sql`case when p.service then true end`),
      })}, p.product_key from products p ${p} order by p.product_key`,
    )
    const o = masters.order ? sql`left join ${id(masters.order)} m on m.order_id = o.order_id` : sql``
    await save(
      'order',
      sql`select ${contractColumns('order', {
        ...masterColumns('order', masters.order),
        order_id: sql`o.order_id`,
        customer_id: sql`o.customer_id`,
        order_date: sql`o.order_date`,
        channel_id: either(masters.order, 'channel_id', sql`o.channel_id`),
        ship_mode: either(masters.order, 'ship_mode', sql`o.ship_mode`),
        sales_rep_id: either(masters.order, 'sales_rep_id', sql`o.sales_rep_id`),
        delivered_date: either(masters.order, 'delivered_date', sql`o.delivered_date`),
      })}, o.order_key, coalesce(c.customer_key, 0) as customer_key
      from orders o left join customers c on c.customer_id = o.customer_id ${o} order by o.order_key`,
    )
  } else {
    for (const table of ['customer', 'product', 'order'] as const) {
      const master = masters[table]
      if (!master) continue
      const extra = table === 'order' ? sql`, cast(0 as integer) as customer_key` : sql``
      const key = `${table}_key`
      await save(
        table,
        sql`select ${contractColumns(table, masterColumns(table, master))}, cast(row_number() over (order by ${id(`${table}_id`)}) as integer) as ${id(key)}${extra}
          from ${id(master)} m order by ${id(key)}`,
      )
    }
  }
  for (const table of masterTables.filter((name) => !['customer', 'product', 'order'].includes(name))) {
    const master = masters[table]
    if (master) await save(table, sql`select ${contractColumns(table, masterColumns(table, master))} from ${id(master)} m order by all`)
  }
  return tables
}

const either = (master: string | undefined, column: string, fallback: Sql): Sql =>
  master ? sql`coalesce(m.${id(column)}, ${fallback})` : fallback

function masterColumns(table: string, master: string | undefined): Record<string, Sql> {
  if (!master) return {}
  return Object.fromEntries(columnsOf(table).map((name) => [name, sql`m.${id(name)}`]))
}

function columnsOf(table: string): string[] {
  return Object.keys(canonicalTable(table)?.columns ?? {})
}
