import { type Sql, sql } from '../../warehouse/sql.ts'

const double = (column: Sql): Sql => sql`cast(${column} as double)`

/**
 * Customers that lose money, pay little and ask much, or cost over a tenth more than their peers; those with most at stake first.
 * One row per customer, with how many there are in all.
 */
export function patients(most: number): Sql {
  return sql`
    select
      serving.customer_id,
      serving.name,
      serving.type,
      serving.orders,
      serving.small_orders,
      ${double(sql`serving.net_revenue`)} as revenue,
      ${double(sql`serving.contribution`)} as margin,
      ${double(sql`serving.customer_profit`)} as profit,
      ${double(sql`coalesce(serving.price_gap, 0)`)} as price_gap,
      ${double(sql`serving.small_order_revenue`)} as small_revenue,
      ${double(sql`groups.customer_profit`)} as group_profit,
      count(*) over () as all_patients
    from customer_serving as serving
    left join group_profit as groups on groups.group_id = serving.group_id
    where serving.identified and serving.customer_profit is not null and (
      serving.customer_profit < 0
      or serving.type = 'aggressive'
      or (serving.type <> 'passive' and serving.excess_cost > cast(0.1 as double) * ${double(sql`serving.expected_cost`)})
    )
    order by
      greatest(-${double(sql`serving.customer_profit`)}, ${double(sql`coalesce(serving.excess_cost, 0)`)}, ${double(sql`coalesce(serving.price_gap, 0)`)}) desc,
      serving.customer_id
    limit ${most}`
}

/** Drivers of the customers in relation `patient`. One row per customer and driver. */
export function patientDrivers(): Sql {
  return sql`
    select
      driver.customer_id,
      driver.driver_id,
      ${double(sql`driver.cost`)} as cost,
      ${double(sql`coalesce(driver.difference, 0)`)} as difference
    from customer_driver as driver
    join patient on patient.customer_id = driver.customer_id
    order by driver.customer_id, driver.driver_id`
}

/** Cost-to-serve and customers of the window. One row. */
export function windowTotals(): Sql {
  return sql`
    select
      ${double(sql`coalesce(sum(cost_to_serve), 0)`)} as cost_to_serve,
      count(*) filter (where identified) as customers
    from customer_serving`
}

/** Cost, minutes and customers of each activity. One row per activity. */
export function activities(): Sql {
  return sql`
    select
      activity.activity_id,
      activity.title,
      activity.pool_id,
      activity.minutes,
      activity.events,
      ${double(sql`activity.cost`)} as cost
    from activity_cost as activity
    where activity.cost > 0
    order by activity.activity_id`
}
