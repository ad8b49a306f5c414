import { id, join, type Sql, sql } from '../../warehouse/sql.ts'

/** Size bands that peers share, from the largest revenue down. */
export const sizeBands = 5

const double = (value: Sql): Sql => sql`cast(${value} as double)`
const cost = (place: number): Sql => id(`c${place}`)

/** A driver as it is told: a summand of an equation with its minutes in column m<place>, or a whole activity that no equation on orders tells. */
export interface ToldDriver {
  activity: string
  place: number | null
}

/**
 * Cost of each customer by driver: what an activity costs it, told by the minutes of its summands; the last one takes what rounding leaves,
 * so that drivers add up to the activity. One row per customer.
 */
export function servedCosts(told: readonly ToldDriver[], has: { parents: boolean }): Sql {
  const activities = [...new Set(told.map(({ activity }) => activity))]
  const spent = (activity: string): Sql => id(`a${activities.indexOf(activity)}`)
  const own = (activity: string) => told.flatMap((driver, i) => (driver.activity === activity ? [i] : []))
  const minutes = (i: number): Sql => {
    const { place } = told[i]!
    return place === null ? sql`cast(0 as decimal(38, 6))` : id(`m${place}`)
  }
  const part = (i: number): Sql => {
    const { activity } = told[i]!
    const whole = join(own(activity).map(minutes), sql` + `)
    return sql`cast(coalesce(${double(spent(activity))} * ${double(minutes(i))} / nullif(${double(sql`(${whole})`)}, 0), 0) as decimal(38, 4))`
  }
  const costs = told.map(({ activity }, i) => {
    const parts = own(activity)
    if (i !== parts.at(-1)) return sql`${part(i)} as ${cost(i)}`
    return sql`cast(${join([spent(activity), ...parts.slice(0, -1).map(part)], sql` - `)} as decimal(38, 4)) as ${cost(i)}`
  })
  return sql`
    with spent as (
      select
        customer_key${join(
          activities.map(
            (activity) => sql`,
        cast(coalesce(sum(case when activity_id = ${activity} then cost end), 0) as decimal(38, 4)) as ${spent(activity)}`,
          ),
          sql``,
        )}
      from customer_activity_cost
      group by customer_key
    )
    select
      served.customer_key,
      ledger_cost.customer_id,
      ledger_cost.name,
      ledger_cost.identified,
      profit.segment_id,
      served.channel_id,
      ${has.parents ? sql`parent.group_id` : sql`cast(null as varchar) as group_id`},
      served.orders,
      served.all_orders,
      served.net_revenue,
      ledger_cost.contribution,
      ledger_cost.account_cost,
      ledger_cost.cost_to_serve,
      ledger_cost.customer_profit,
      served.sold,
      served.pocket,
      served.reference,
      served.small_orders,
      served.small_order_revenue${join(
        told.map(
          (_, i) => sql`,
      ${minutes(i)} as ${id(`t${i}`)}`,
        ),
        sql``,
      )}${join(
        costs.map(
          (one) => sql`,
      ${one}`,
        ),
        sql``,
      )}
    from customer_cost as ledger_cost
    join customer_profit as profit on profit.customer_id = ledger_cost.customer_id
    join served_customer as served on served.customer_key = profit.customer_key
    left join spent on spent.customer_key = profit.customer_key
    ${has.parents ? sql`left join customer_group as parent on parent.customer_id = ledger_cost.customer_id` : sql``}`
}

/** The ways of telling who is alike, finest first, as the text by which customers share them. */
const groupings = (): Sql[] => {
  const size = sql`concat('size band ', cast(size_band as varchar), ${` of ${sizeBands}`})`
  const segment = sql`concat(', segment ', coalesce(segment_id, 'none'))`
  const channel = sql`concat(', channel ', coalesce(channel_id, 'none'))`
  return [sql`concat(${size}, ${segment}, ${channel})`, sql`concat(${size}, ${segment})`, size, sql`'all customers'`]
}

/** Each customer with the names of the groups it could be compared in. One row per customer. */
export function bandedCustomers(): Sql {
  const names = groupings()
  return sql`
    with banded as (
      select
        served_cost.*,
        case when customer_key > 0 and net_revenue > 0 then
          ntile(${sizeBands}) over (partition by customer_key > 0 and net_revenue > 0 order by net_revenue desc, customer_key) end as size_band
      from served_cost
    )
    select
      banded.*${join(
        names.map(
          (name, i) => sql`,
      case when size_band is not null then ${name} end as ${id(`group_${i}`)}`,
        ),
        sql``,
      )}
    from banded`
}

/** What the customers of each group cost together, by driver; `columns` is how many. One row per group. */
export function peerSums(columns: number): Sql {
  return join(
    groupings().map(
      (_, i) => sql`
    select
      ${id(`group_${i}`)} as peers,
      count(*) as customers,
      cast(sum(net_revenue) as decimal(38, 4)) as net_revenue${join(
        Array.from(
          { length: columns },
          (_, c) => sql`,
      cast(sum(${cost(c)}) as decimal(38, 4)) as ${cost(c)}`,
        ),
        sql``,
      )}${join(
        Array.from(
          { length: columns },
          (_, c) => sql`,
      cast(sum(${id(`t${c}`)}) as decimal(38, 6)) as ${id(`t${c}`)}`,
        ),
        sql``,
      )}
    from banded_customer
    where size_band is not null
    group by ${id(`group_${i}`)}`,
    ),
    sql` union all `,
  )
}

/**
 * Cost of the peers of each customer, itself left out, scaled to its revenue. The finest group with enough peers is taken. One row per customer.
 *
 * @param fewest peers that a comparison needs
 */
export function comparedCustomers(columns: number, fewest: number): Sql {
  const names = groupings().map((_, i) => i)
  const enough = (i: number) => sql`${id(`p${i}`)}.customers > ${fewest} and ${id(`p${i}`)}.net_revenue > banded_customer.net_revenue`
  const pick = (column: Sql) =>
    sql`case ${join(
      names.map((i) => sql`when ${enough(i)} then ${id(`p${i}`)}.${column}`),
      sql` `,
    )} end`
  const scaled = (column: string) =>
    sql`${double(sql`(${id(`peer_${column}`)} - ${id(column)})`)} * ${double(sql`net_revenue`)} / nullif(${double(sql`(peer_revenue - net_revenue)`)}, 0)`
  return sql`
    with picked as (
      select
        banded_customer.*,
        ${pick(sql`peers`)} as peers,
        ${pick(sql`customers`)} - 1 as peer_customers,
        ${pick(sql`net_revenue`)} as peer_revenue${join(
          Array.from(
            { length: columns },
            (_, c) => sql`,
        ${pick(cost(c))} as ${id(`peer_c${c}`)}`,
          ),
          sql``,
        )}${join(
          Array.from(
            { length: columns },
            (_, c) => sql`,
        ${pick(id(`t${c}`))} as ${id(`peer_t${c}`)}`,
          ),
          sql``,
        )}
      from banded_customer
      ${join(
        names.map((i) => sql`left join peer_sum as ${id(`p${i}`)} on ${id(`p${i}`)}.peers = banded_customer.${id(`group_${i}`)}`),
        sql`
      `,
      )}
    )
    select
      picked.*${join(
        Array.from(
          { length: columns },
          (_, c) => sql`,
      cast(${scaled(`c${c}`)} as decimal(38, 4)) as ${id(`e${c}`)}`,
        ),
        sql``,
      )}${join(
        Array.from(
          { length: columns },
          (_, c) => sql`,
      ${scaled(`t${c}`)} as ${id(`et${c}`)}`,
        ),
        sql``,
      )}
    from picked`
}

/** Where the plane, the price index and their doubt come from, for the numbers in TypeScript. One row per identified customer with revenue. */
export function planeColumns(): Sql {
  return sql`
    select
      banded_customer.customer_key,
      ${double(sql`banded_customer.net_revenue`)} as net_revenue,
      ${double(sql`banded_customer.cost_to_serve`)} as cost,
      ${double(sql`served.order_cost`)} as order_cost,
      ${double(sql`served.pocket`)} as pocket,
      ${double(sql`served.reference`)} as reference,
      ${double(sql`served.sold`)} as sold,
      ${double(sql`served.all_orders`)} as orders,
      served.pocket_pocket,
      served.pocket_reference,
      served.reference_reference,
      served.order_cost_order_cost,
      served.order_cost_net_revenue,
      served.net_revenue_net_revenue,
      served.pocket_order_cost,
      served.pocket_net_revenue,
      served.reference_order_cost,
      served.reference_net_revenue
    from banded_customer
    join served_customer as served on served.customer_key = banded_customer.customer_key
    where banded_customer.customer_key > 0 and banded_customer.net_revenue > 0
    order by banded_customer.customer_key`
}

/** Cuts of the two axes and the dead bands around them, as fractions of the cuts. */
export interface Cuts {
  cost: number
  price: number
  costBand: number
  priceBand: number
}

/** The type as text from the share of cost and the price index; undetermined within the bands or where either is not known. */
export function typeOf(costShare: Sql, priceIndex: Sql, { cost: cut, price, costBand, priceBand }: Cuts): Sql {
  const number = (value: number) => sql`cast(${value} as double)`
  return sql`case
        when ${costShare} is null or ${priceIndex} is null then 'undetermined'
        when abs(${costShare} - ${number(cut)}) <= ${number(costBand * cut)} or abs(${priceIndex} - ${number(price)}) <= ${number(priceBand * price)} then 'undetermined'
        when ${priceIndex} > ${number(price)} then case when ${costShare} < ${number(cut)} then 'passive' else 'carriage-trade' end
        when ${costShare} < ${number(cut)} then 'bargain-basement'
        else 'aggressive'
      end`
}

/** Two windows of quarters, by their first and last number; null where the data has no two. */
export interface Windows {
  before: [number, number]
  now: [number, number]
}

const overQuarters = (column: string, [first, last]: [number, number]): Sql =>
  join(
    Array.from({ length: last - first + 1 }, (_, q) => sql`coalesce(${id(`${column}_${first + q}`)}, 0)`),
    sql` + `,
  )

/** Quarters of a window in which the customer had a line. */
const activeQuarters = ([first, last]: [number, number]): Sql =>
  join(
    Array.from({ length: last - first + 1 }, (_, q) => sql`case when ${id(`net_revenue_${first + q}`)} is null then 0 else 1 end`),
    sql` + `,
  )

/** Cost of the account of a window: spread evenly over the quarters in which the customer had a line. */
const accountCost = (window: [number, number], quarters: number): Sql =>
  sql`coalesce(${double(sql`served_cost.account_cost`)} * (${activeQuarters(window)}) / nullif(${activeQuarters([0, quarters - 1])}, 0), 0)`

/** Profit after cost-to-serve by window, and the type in the last two. Columns p0, p1 ... (null where no line), t_before, t_now. One row per identified customer. */
export function windowProfits(windows: readonly [number, number][], pair: Windows | null, cuts: Cuts | null, quarters: number): Sql {
  const profit = (window: [number, number]) =>
    sql`case when ${activeQuarters(window)} > 0
        then cast(${double(sql`(${overQuarters('contribution', window)} - (${overQuarters('order_cost', window)}))`)} - ${accountCost(window, quarters)} as decimal(38, 4)) end`
  const share = (window: [number, number]) =>
    sql`(${double(sql`(${overQuarters('order_cost', window)})`)} + ${accountCost(window, quarters)}) / nullif(${double(sql`(${overQuarters('net_revenue', window)})`)}, 0)`
  const index = (window: [number, number]) =>
    sql`${double(sql`(${overQuarters('pocket', window)})`)} / nullif(${double(sql`(${overQuarters('reference', window)})`)}, 0)`
  const typed = (window: [number, number]) =>
    cuts ? sql`case when ${activeQuarters(window)} > 0 then ${typeOf(share(window), index(window), cuts)} end` : sql`cast(null as varchar)`
  return sql`
    select
      served_cost.customer_key,
      ${pair ? sql`cast(${overQuarters('net_revenue', pair.now)} as decimal(38, 4))` : sql`cast(null as decimal(38, 4))`} as revenue_now,
      ${pair ? typed(pair.before) : sql`cast(null as varchar)`} as type_before,
      ${pair ? typed(pair.now) : sql`cast(null as varchar)`} as type_now${join(
        windows.map(
          (window, w) => sql`,
      ${profit(window)} as ${id(`p${w}`)}`,
        ),
        sql``,
      )}
    from served_cost
    join served_customer on served_customer.customer_key = served_cost.customer_key
    where served_cost.customer_key > 0`
}

/** Loss makers by window and how many of them lost before; window w is held against `against[w]`. Columns by position. One row. */
export function persistenceCounts(pairs: readonly { window: number; before: number }[]): Sql {
  const count = (condition: Sql) => sql`count(*) filter (where ${condition})`
  return sql`
    select ${join(
      pairs.map(({ window, before }, i) => {
        const [now, past] = [id(`p${window}`), id(`p${before}`)]
        return sql`
      ${count(sql`${now} is not null`)} as ${id(`customers_${i}`)},
      ${count(sql`${now} < 0`)} as ${id(`losers_${i}`)},
      ${count(sql`${past} < 0 and ${now} is not null`)} as ${id(`known_${i}`)},
      ${count(sql`${past} < 0 and ${now} < 0`)} as ${id(`stayed_${i}`)},
      ${count(sql`${past} is not null and ${now} is not null`)} as ${id(`both_${i}`)},
      ${count(sql`${past} is not null and ${now} < 0`)} as ${id(`both_losers_${i}`)}`
      }),
    )}
    from window_profit`
}

/** Customers of two windows by decile before and now. One row per pair of deciles. */
export function decileMoves(before: number, now: number): Sql {
  return sql`
    with both_windows as (
      select
        ntile(10) over (order by ${id(`p${before}`)} desc, customer_key) as before,
        ntile(10) over (order by ${id(`p${now}`)} desc, customer_key) as now
      from window_profit
      where ${id(`p${before}`)} is not null and ${id(`p${now}`)} is not null
    )
    select before, now, count(*) as customers
    from both_windows
    group by before, now
    order by before, now`
}

/** Customers by type before and now. One row per pair of types. */
export function typeMoves(): Sql {
  return sql`
    with moves as (
      select
        type_before,
        type_now,
        count(*) as customers,
        cast(sum(revenue_now) as decimal(38, 4)) as net_revenue
      from window_profit
      where type_before is not null and type_now is not null
      group by type_before, type_now
    )
    select
      type_before as before,
      type_now as now,
      customers,
      cast(customers as double) / cast(sum(customers) over (partition by type_before) as double) as share,
      net_revenue
    from moves`
}
