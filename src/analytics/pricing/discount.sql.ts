import type { Dialect } from '../../warehouse/dialect.ts'
import { id, type Sql, sql } from '../../warehouse/sql.ts'
import type { Span } from '../profitability/index.ts'

/** The window that is looked at, what prices are held against, and the span of the waterfall whose rebates apply. */
export interface DiscountSettings {
  window: Span
  /** Whether list prices stand on the lines; else the average price of each product in the window takes their place. */
  list: boolean
  span: 'whole' | 'current'
}

const money = (value: Sql) => sql`cast(${value} as decimal(38, 4))`
const within = ({ from, to }: Span) => sql`order_date between cast(${from} as date) and cast(${to} as date)`
const goods = sql`kind = 'sale' and product_key > 0 and quantity > 0 and invoice_amount >= 0`

/** Average price of each product in the window. One row per product. */
export function averagePrices({ window }: DiscountSettings): Sql {
  return sql`
    select
      product_key,
      cast(cast(sum(invoice_amount) as double) / nullif(cast(sum(quantity) as double), 0) as decimal(18, 6)) as price
    from valued_line
    where ${within(window)} and ${goods}
    group by product_key`
}

/** What is given after the invoice as a share of it. One row per customer to whom anything is given. */
export function givenLater({ span }: DiscountSettings): Sql {
  return sql`
    select
      customer_key,
      cast(off_invoice as double) / cast(invoiced_revenue as double) as share
    from pocket_level
    where span = ${span} and off_invoice <> 0 and invoiced_revenue > 0`
}

/**
 * Sold goods of the window with their reference amount and what stays in the pocket. What is given after the invoice by customer and month
 * is spread over the customer's invoice amounts. One row per order line with a reference price.
 */
export function pocketLines(settings: DiscountSettings): Sql {
  const reference = settings.list ? sql`line.list_amount` : sql`cast(line.quantity * average.price as decimal(18, 4))`
  return sql`
    select
      line.customer_key,
      line.product_key,
      ${reference} as reference,
      cast(round(cast(line.invoice_amount as double) * (1 - coalesce(given.share, 0)), 4) as decimal(18, 4)) as pocket
    from (select * from valued_line where ${within(settings.window)} and ${goods}) as line
    ${settings.list ? sql`` : sql`join average_price as average on average.product_key = line.product_key`}
    left join given_later as given on given.customer_key = line.customer_key
    where ${reference} > 0`
}

/** What products are called. One row per product that the pocket lines hold. */
export function productNames(products: boolean): Sql {
  if (!products) return sql`select 0 as product_key, '' as product_id, '' as name where false`
  return sql`
    select product_key, product_id, coalesce(name, product_id) as name
    from product
    where product_key in (select product_key from pocket_line)`
}

const bin = sql`cast(ceil(round(100 * least(3.0e0, cast(pocket as double) / cast(reference as double)), 6)) as integer) - 1`

/** Volume by step of one per cent of the reference price, by product. One row per product and step. */
export function productBins(): Sql {
  return sql`
    select
      product_key,
      ${bin} as bin,
      ${money(sql`sum(reference)`)} as volume,
      count(*) as lines
    from pocket_line
    group by product_key, ${bin}
    order by product_key, bin`
}

/** The same by segment and by one of twenty groups of customers, which tell the doubt. One row per segment, group and step. */
export function segmentBins(): Sql {
  return sql`
    select
      coalesce(customer.segment_id, '') as segment_id,
      line.customer_key % 20 as customer_group,
      ${bin} as bin,
      ${money(sql`sum(line.reference)`)} as volume,
      count(*) as lines
    from pocket_line as line
    join customer_profit as customer on customer.customer_key = line.customer_key
    group by coalesce(customer.segment_id, ''), line.customer_key % 20, ${bin}
    order by segment_id, customer_group, bin`
}

/** Volume and pocket revenue of each identified customer. One row per customer. */
export function customerVolumes(): Sql {
  return sql`
    select
      customer_key,
      ${money(sql`sum(reference)`)} as volume,
      ${money(sql`sum(pocket)`)} as pocket
    from pocket_line
    where customer_key > 0
    group by customer_key`
}

/** Customers of like volume and like discount together: steps of a fifth in ln(volume) and of one per cent. One row per cell. */
export function discountCells(): Sql {
  return sql`
    select
      cast(floor(5 * ln(cast(volume as double))) as integer) as size,
      cast(floor(100 * (1 - cast(pocket as double) / cast(volume as double))) as integer) as given,
      count(*) as customers
    from customer_volume
    group by 1, 2
    order by 1, 2`
}

/** Each customer's logarithm of volume and discount, where there are few. One row per customer. */
export function discountPoints(): Sql {
  return sql`
    select
      ln(cast(volume as double)) as size,
      1 - cast(pocket as double) / cast(volume as double) as given,
      1 as customers
    from customer_volume
    order by customer_key`
}

/** usual = a + b (ln(volume) - centre), the spread around it, and the doubt of the line: variance of a, of b, and both together. */
export interface DiscountLine {
  a: number
  b: number
  centre: number
  spread: number
  varianceA: number
  varianceB: number
  covariance: number
  /** Whether discounts surely rise with volume. */
  rises: boolean
}

/** Robust standard deviations above the line from which a customer stands out. */
export const standsOut = 2.5

const exact = (value: number): Sql => sql`cast(${String(value)} as double)`

/** Each customer against the line. One row per customer with goods in the window. */
export function customerDiscount(dialect: Dialect, line: DiscountLine | null): Sql {
  const discount = dialect.ratio(sql`(sums.volume - sums.pocket)`, sql`sums.volume`)
  const names = sql`
      customer.customer_id,
      cast(sums.customer_key as bigint) as customer_key,
      customer.name,
      customer.segment_id,
      sums.volume,
      sums.pocket,
      ${discount} as discount`
  const from = sql`from customer_volume as sums join customer_profit as customer on customer.customer_key = sums.customer_key`
  if (!line) {
    const none = ['stake', 'stake_low', 'stake_high', 'volume_for_discount'].map((name) => sql`, ${money(sql`null`)} as ${id(name)}`)
    return sql`select${names}, cast(null as double) as usual, cast(null as double) as excess, false as outlier${none[0]!}${none[1]!}${none[2]!}${none[3]!} ${from}`
  }
  const size = sql`(ln(cast(sums.volume as double)) - ${exact(line.centre)})`
  const usual = sql`${exact(line.a)} + ${exact(line.b)} * ${size}`
  const doubt = sql`1.6449e0 * sqrt(greatest(0.0e0, ${exact(line.varianceA)} + 2 * ${exact(line.covariance)} * ${size} + ${exact(line.varianceB)} * ${size} * ${size}))`
  const worth = (share: Sql) => money(sql`round(greatest(0.0e0, ${share}) * cast(volume as double), 4)`)
  // Beyond a thousand times the customer's volume the answer is: no customer has such a volume.
  const implied = line.rises
    ? sql`case when outlier and (discount - usual) / ${exact(line.b)} < ln(1000.0e0)
        then ${money(sql`round(cast(volume as double) * exp((discount - usual) / ${exact(line.b)}), 4)`)} end`
    : money(sql`null`)
  return sql`
    with placed as (
      select${names},
        ${usual} as usual,
        ${doubt} as doubt
      ${from}
    ),
    judged as (
      select
        placed.*,
        (discount - usual) / ${exact(line.spread)} as excess,
        (discount - usual) / ${exact(line.spread)} > ${exact(standsOut)} as outlier
      from placed
    )
    select
      customer_id,
      customer_key,
      name,
      segment_id,
      volume,
      pocket,
      discount,
      usual,
      excess,
      outlier,
      case when outlier then ${worth(sql`discount - usual`)} end as stake,
      case when outlier then ${worth(sql`discount - usual - doubt`)} end as stake_low,
      case when outlier then ${worth(sql`discount - usual + doubt`)} end as stake_high,
      ${implied} as volume_for_discount
    from judged`
}

/** Who stands out, the most money first. One row per customer. */
export function outliers(limit: number): Sql {
  return sql`
    select
      customer_id,
      name,
      discount,
      usual,
      volume,
      volume_for_discount,
      stake,
      stake_low,
      stake_high,
      count(*) over () as customers,
      ${money(sql`sum(stake) over ()`)} as total,
      ${money(sql`sum(stake_low) over ()`)} as total_low,
      ${money(sql`sum(stake_high) over ()`)} as total_high
    from customer_discount
    where outlier
    order by stake desc, customer_id
    limit ${limit}`
}
