import { id, join, type Sql, sql } from '../../warehouse/sql.ts'
import { unidentified } from './contract.ts'
import type { Periods } from './periods.ts'

/** How cells are cut and what counts: the finest that the data has. */
export interface CellSettings {
  periods: Periods
  /** Whether the measure is contribution; else it is net revenue. */
  cost: boolean
  /** Whether there is more than one channel, and more than one currency. */
  channels: boolean
  currencies: boolean
}

const money = (value: Sql) => sql`cast(${value} as decimal(38, 4))`

const within = ({ from, to }: { from: string; to: string }) => sql`order_date between cast(${from} as date) and cast(${to} as date)`

/** Lines with a price and a quantity, whose part of the measure is known. */
const goods = (cost: boolean) => sql`kind in ('sale', 'return') and product_key > 0${cost ? sql` and product_cost is not null` : sql``}`

/** Revenue and measure of each customer in the two periods, goods apart. One row per customer key with a line in either. */
export function customerPeriods({ periods, cost }: CellSettings): Sql {
  const columns = ['previous', 'current'].flatMap((side) => {
    const count = (value: Sql) => sql`cast(coalesce(sum(case when ${id(side)} then ${value} end), 0) as bigint)`
    const sum = (value: Sql) => money(sql`coalesce(sum(case when ${id(side)} then ${value} end), 0)`)
    return [
      sql`${count(sql`lines`)} as ${id(`${side}_lines`)}`,
      sql`${count(sql`sales`)} as ${id(`${side}_sales`)}`,
      sql`${sum(sql`revenue`)} as ${id(`${side}_revenue`)}`,
      sql`${sum(sql`measure`)} as ${id(`${side}_measure`)}`,
      sql`${sum(sql`goods`)} as ${id(`${side}_goods`)}`,
    ]
  })
  return sql`
    with dated as (
      select
        customer_key,
        ${within(periods.previous)} as ${id('previous')},
        ${within(periods.current)} as ${id('current')},
        lines,
        sales,
        net_revenue as revenue,
        ${cost ? sql`contribution` : sql`net_revenue`} as measure,
        ${cost ? sql`goods_contribution` : sql`goods_revenue`} as goods
      from customer_day
      where lines > 0 and (${within(periods.previous)} or ${within(periods.current)})
    )
    select
      customer_key,
      ${join(columns)}
    from dated
    group by customer_key`
}

const cellGroups = ({ channels, currencies }: CellSettings): Sql[] => [
  sql`customer_key`,
  sql`product_key`,
  ...(channels ? [sql`coalesce(channel_id, '')`] : []),
  ...(currencies ? [sql`currency`] : []),
]

const cellColumns = (settings: CellSettings): Sql[] => {
  const names = cellNames(settings)
  return cellGroups(settings).map((value, i) => sql`${value} as ${names[i]!}`)
}

const cellNames = ({ channels, currencies }: CellSettings): Sql[] => [
  sql`customer_key`,
  sql`product_key`,
  ...(channels ? [sql`channel_id`] : []),
  ...(currencies ? [sql`currency`] : []),
]

// Customer and product as one whole number: one column to compare, in every engine.
const pair = sql`cast(customer_key as bigint) * 2147483648 + product_key`

/**
 * Sums of the cells of one period whose customer and product also stand in the other: what was bought in one period only is told by
 * customer and needs no grouping, which would be most of the work where customers seldom buy a product twice. One row per cell.
 *
 * @param other pairs of the other period, from {@link pairsIn} or {@link pairsOf}
 */
export function cellsAlsoIn(settings: CellSettings, side: 'previous' | 'current', other: Sql): Sql {
  return sql`
    select
      ${join(cellColumns(settings))},
      sum(quantity) as quantity,
      ${money(sql`sum(invoice_amount)`)} as revenue,
      ${money(sql`sum(invoice_local)`)} as revenue_local,
      ${money(settings.cost ? sql`sum(product_cost)` : sql`0`)} as cost
    from valued_line
    where ${within(settings.periods[side])} and ${goods(settings.cost)} and ${pair} in (${other})
    group by ${join(cellGroups(settings))}`
}

/** Customer and product of each line of goods in a period. One row per line. */
export function pairsIn(settings: CellSettings, side: 'previous' | 'current'): Sql {
  return sql`select ${pair} as pair from valued_line where ${within(settings.periods[side])} and ${goods(settings.cost)}`
}

/** Customer and product of each row of a relation made by {@link cellsAlsoIn}. One row per cell. */
export function pairsOf(relation: string): Sql {
  return sql`select ${pair} as pair from ${id(relation)}`
}

/**
 * Cells bought in both periods with a positive quantity, and what each effect did to them. One row per cell.
 *
 * With q quantity, r revenue, c cost, 0 before and 1 now: expected_revenue = r0 q1 / q0 and expected_cost = c0 q1 / q0 are what the new
 * quantity would have brought and cost as before, rounded to 4 places once; all effects are exact differences of exact amounts, so they
 * close to the last decimal. at_old_rate = r1 at the exchange rate of before.
 */
export function comparedCells(settings: CellSettings): Sql {
  const names = cellNames(settings)
  const expected = (amount: Sql) =>
    sql`cast(round(cast(${amount} as double) * cast(later.quantity as double) / cast(earlier.quantity as double), 4) as decimal(38, 4))`
  const atOldRate = settings.currencies
    ? sql`case when earlier.revenue_local = 0 then later.revenue
          else cast(round(cast(later.revenue_local as double) * cast(earlier.revenue as double) / cast(earlier.revenue_local as double), 4) as decimal(38, 4)) end`
    : sql`later.revenue`
  return sql`
    with cell as (
      select
        later.customer_key,
        later.product_key,
        earlier.quantity as quantity_before,
        later.quantity as quantity_now,
        earlier.revenue as revenue_before,
        later.revenue as revenue_now,
        earlier.cost as cost_before,
        later.cost as cost_now,
        ${expected(sql`earlier.revenue`)} as expected_revenue,
        ${expected(sql`earlier.cost`)} as expected_cost,
        ${atOldRate} as at_old_rate
      from cell_now as later
      join cell_before as earlier on ${join(
        names.map((name) => sql`earlier.${name} = later.${name}`),
        sql` and `,
      )}
      where earlier.quantity > 0 and later.quantity > 0
    )
    select
      cell.*,
      at_old_rate - expected_revenue as price_effect,
      revenue_now - at_old_rate as fx_effect,
      expected_cost - cost_now as unit_cost_effect,
      (expected_revenue - revenue_before) - (expected_cost - cost_before) as quantity_effect
    from cell`
}

/** What the effects come to over all compared cells, and the quantities that split volume from mix. One row. */
export function comparedTotals(): Sql {
  const sum = (name: string) => sql`${money(sql`coalesce(sum(${id(name)}), 0)`)} as ${id(name)}`
  return sql`
    select
      count(*) as cells,
      cast(coalesce(sum(quantity_before), 0) as decimal(38, 4)) as quantity_before,
      cast(coalesce(sum(quantity_now), 0) as decimal(38, 4)) as quantity_now,
      ${join(
        ['revenue_before', 'cost_before', 'expected_revenue', 'price_effect', 'fx_effect', 'unit_cost_effect', 'quantity_effect'].map(sum),
      )}
    from compared_cell`
}

/**
 * What changed at each customer. A customer without any line in one of the periods is new or lost as a whole; of the others, cells that are
 * not compared are new or dropped products, and lines without price and volume are other. One row per customer with a line in either period.
 */
export function customerChange({ periods, cost, currencies }: CellSettings): Sql {
  const here = sql`effects.customer_key is not null`
  const effect = (name: Sql) => money(sql`case when ${here} then effects.${name} else 0 end`)
  return sql`
    with effects as (
      select
        customer_key,
        ${money(sql`sum(price_effect)`)} as price_effect,
        ${money(sql`sum(fx_effect)`)} as fx_effect,
        ${money(sql`sum(unit_cost_effect)`)} as unit_cost_effect,
        ${money(sql`sum(quantity_effect)`)} as quantity_effect,
        ${money(sql`sum(revenue_before - cost_before)`)} as compared_before,
        ${money(sql`sum(revenue_now - cost_now)`)} as compared_now
      from compared_cell
      group by customer_key
    )
    select
      customer.customer_id,
      customer.name,
      case
        when customer.customer_key = 0 then ${'unidentified'}
        when sums.previous_sales > 0 and sums.current_sales > 0 then 'kept'
        when sums.current_sales > 0 and customer.first_order_date >= cast(${periods.current.from} as date) then 'new'
        when sums.current_sales > 0 then 'returning'
        else 'lost'
      end as status,
      sums.previous_revenue,
      sums.current_revenue,
      sums.previous_measure,
      sums.current_measure,
      ${money(sql`sums.current_measure - sums.previous_measure`)} as change,
      ${effect(sql`price_effect`)} as price_effect,
      ${currencies ? effect(sql`fx_effect`) : money(sql`null`)} as fx_effect,
      ${cost ? effect(sql`unit_cost_effect`) : money(sql`null`)} as unit_cost_effect,
      ${effect(sql`quantity_effect`)} as quantity_effect,
      ${money(sql`case
        when sums.previous_lines = 0 then sums.current_measure
        when sums.current_lines = 0 then 0
        else sums.current_goods - ${effect(sql`compared_now`)} end`)} as new_effect,
      ${money(sql`case
        when sums.current_lines = 0 then - sums.previous_measure
        when sums.previous_lines = 0 then 0
        else ${effect(sql`compared_before`)} - sums.previous_goods end`)} as lost_effect,
      ${money(sql`case
        when sums.previous_lines = 0 or sums.current_lines = 0 then 0
        else (sums.current_measure - sums.current_goods) - (sums.previous_measure - sums.previous_goods) end`)} as other_effect
    from customer_period as sums
    join customer_profit as customer on customer.customer_key = sums.customer_key
    left join effects on effects.customer_key = sums.customer_key`
}

/** The bridge's sums over customers, the root of the table `bridge`. One row. */
export function changeTotals(): Sql {
  const sum = (name: string) => sql`${money(sql`coalesce(sum(${id(name)}), 0)`)} as ${id(name)}`
  return sql`
    select
      ${join(
        [
          'previous_revenue',
          'current_revenue',
          'previous_measure',
          'current_measure',
          'price_effect',
          'fx_effect',
          'unit_cost_effect',
          'quantity_effect',
          'new_effect',
          'lost_effect',
          'other_effect',
        ].map(sum),
      )}
    from customer_change`
}

/** Customers and money by status. One row per status. */
export function changeByStatus(): Sql {
  return sql`
    select
      status,
      count(*) as customers,
      ${money(sql`sum(previous_measure)`)} as previous_measure,
      ${money(sql`sum(current_measure)`)} as current_measure
    from customer_change
    group by status
    order by status`
}

/** Identified customers with a sale, and orders with a sale, in a period. One row. */
export function activityIn(period: { from: string; to: string }, side: 'previous' | 'current'): Sql {
  return sql`
    select
      (select count(*) from customer_period where customer_key > 0 and ${id(`${side}_sales`)} > 0) as customers,
      (select cast(coalesce(sum(orders), 0) as bigint) from day_order where ${within(period)}) as orders`
}

/** Products whose price fell most for the customers that bought them in both periods, the largest loss first. One row per product. */
export function priceErosion(limit: number): Sql {
  return sql`
    select
      product.product_id,
      coalesce(product.name, product.product_id) as name,
      count(distinct cell.customer_key) as customers,
      ${money(sql`sum(cell.price_effect)`)} as price_effect,
      ${money(sql`sum(cell.expected_revenue)`)} as expected_revenue
    from compared_cell as cell
    join product on product.product_key = cell.product_key
    group by product.product_id, coalesce(product.name, product.product_id)
    having sum(cell.price_effect) < 0
    order by sum(cell.price_effect), product.product_id
    limit ${limit}`
}

/** Customers whose prices fell most for what they bought in both periods, the largest loss first. One row per customer. */
export function priceCuts(limit: number): Sql {
  return sql`
    select
      customer.customer_id,
      customer.name,
      ${money(sql`sum(cell.price_effect)`)} as price_effect,
      ${money(sql`sum(cell.expected_revenue)`)} as expected_revenue,
      ${money(sql`sum(cell.revenue_before)`)} as revenue_before
    from compared_cell as cell
    join customer_profit as customer on customer.customer_key = cell.customer_key
    where customer.identified
    group by customer.customer_id, customer.name
    having sum(cell.price_effect) < 0
    order by sum(cell.price_effect), customer.customer_id
    limit ${limit}`
}

/** Identified customers whose change was largest, up or down. One row per customer. */
export function largestChanges(direction: 'up' | 'down', limit: number): Sql {
  const order = direction === 'up' ? sql`change desc` : sql`change`
  return sql`
    select
      customer_id,
      name,
      status,
      previous_measure,
      current_measure,
      change
    from customer_change
    where customer_id <> ${unidentified}
    order by ${order}, customer_id
    limit ${limit}`
}

/** How many channels, currencies and units of quantity there are among the lines of both periods. One row. */
export function cellGrain({ previous, current }: Periods): Sql {
  return sql`
    select
      count(distinct coalesce(channel_id, '')) as channels,
      count(distinct currency) as currencies
    from valued_line
    where ${within(previous)} or ${within(current)}`
}

/** In how many different units quantities are counted. One row. */
export function unitsOfQuantity(): Sql {
  return sql`select count(distinct base_unit) as units from product where base_unit is not null`
}

/** Net revenue of whole months. One row. */
export function monthRevenue(from: string, to: string): Sql {
  return sql`
    select ${money(sql`coalesce(sum(net_revenue), 0)`)} as net_revenue
    from month_profit
    where month between cast(${from} as date) and cast(${to} as date)`
}
