import type { Dialect } from '../../warehouse/dialect.ts'
import { id, type Sql, sql } from '../../warehouse/sql.ts'

/** Attributes of customers by which a portfolio may fall into parts, the company's own first. */
export const partAttributes = ['segment_id', 'industry', 'channel_default', 'country'] as const
export type PartAttribute = (typeof partAttributes)[number]

/** How many values each attribute has among customers with profit. One row. */
export function attributeValues(): Sql {
  return sql`
    select
      count(distinct customer.segment_id) as segment_id,
      count(distinct customer.industry) as industry,
      count(distinct customer.channel_default) as channel_default,
      count(distinct customer.country) as country
    from customer_profit
    join customer on customer.customer_key = customer_profit.customer_key
    where customer_profit.identified`
}

/** Profit, revenue and largest customer of each part, largest part first; parts past the twelfth are one. One row per part. */
export function parts(attribute: PartAttribute): Sql {
  return sql`
    with part_profit as (
      select
        coalesce(customer.${id(attribute)}, '(none)') as part,
        sum(customer_profit.measure) as total,
        sum(customer_profit.net_revenue) as revenue,
        max(customer_profit.measure) as largest
      from customer_profit
      join customer on customer.customer_key = customer_profit.customer_key
      where customer_profit.identified
      group by coalesce(customer.${id(attribute)}, '(none)')
    )
    select
      part,
      cast(total as decimal(38, 4)) as total,
      cast(revenue as decimal(38, 4)) as revenue,
      cast(largest as decimal(38, 4)) as largest
    from part_profit
    order by total desc, part`
}

/** Cash flow by part and month. One row per part and month with lines. */
export function monthlyFlows(dialect: Dialect, attribute: PartAttribute, cost: boolean): Sql {
  return sql`
    with customer_month as (
      select
        customer_key,
        ${dialect.monthStart(sql`order_date`)} as month,
        sum(${cost ? sql`contribution` : sql`net_revenue`}) as flow
      from customer_day
      where customer_key > 0 and lines > 0
      group by customer_key, ${dialect.monthStart(sql`order_date`)}
    )
    select
      coalesce(customer.${id(attribute)}, '(none)') as part,
      customer_month.month,
      cast(sum(customer_month.flow) as decimal(38, 4)) as flow
    from customer_month
    join customer on customer.customer_key = customer_month.customer_key
    group by coalesce(customer.${id(attribute)}, '(none)'), customer_month.month
    order by customer_month.month, part`
}
