import { type Sql, sql } from '../../warehouse/sql.ts'

/**
 * The first period whose moves count: in the first quarter of a panel nobody can tell a new customer from one who bought before it began,
 * and all would seem to climb.
 */
export const firstMove = (periods: number): number => Math.max(2, Math.floor(periods / 4) + 1)

/** Paths of classes by segment. One row per segment and path. */
export function segmentPaths(): Sql {
  return sql`
    select segment, path, count(*) as customers
    from relationship_classified
    group by segment, path`
}

/**
 * Who moved from which class to which, by segment and period; `new` are customers in the period of their first purchase, from the classes
 * themselves of those known before nothing is counted in their first period. Letters as in the paths. One row per segment, period and move.
 */
export function moves(periods: number): Sql {
  return sql`
    with placed as (
      select
        path.segment,
        path.path,
        path.customers,
        numbers.period,
        numbers.period - (${periods} - length(path.path)) as place
      from relationship_segment_path as path
      cross join relationship_period as numbers
      where numbers.period > ${periods} - length(path.path)
    )
    select
      segment,
      period,
      case when place = 1 then 'N' else substr(path, place - 1, 1) end as from_letter,
      substr(path, place, 1) as to_letter,
      cast(sum(customers) as double) as customers
    from placed
    where period >= ${firstMove(periods)}
    group by 1, 2, 3, 4
    order by 1, 2, 3, 4`
}

/** Three classes in a row, all segments and periods together. One row per triple. */
export function triples(periods: number): Sql {
  return sql`
    select
      substr(path.path, numbers.period - (${periods} - length(path.path)) - 2, 3) as triple,
      cast(sum(path.customers) as double) as customers
    from relationship_segment_path as path
    cross join relationship_period as numbers
    where numbers.period >= ${periods} - length(path.path) + 3 and numbers.period >= ${firstMove(periods) + 1}
    group by 1
    order by 1`
}

/**
 * What customers of each class brought in the period after, over the last periods: sums, squares (of money rounded to cents, which keeps
 * them exact) and how many customer-periods there were. One row per segment and class; class N is the period of the first purchase.
 *
 * @param first period from which the money counts
 */
export function classMoney(periods: number, first: number): Sql {
  return sql`
    with at_risk as (
      select
        path.segment,
        case
          when numbers.period = ${periods} - length(path.path) + 1 then 'N'
          else substr(path.path, numbers.period - (${periods} - length(path.path)) - 1, 1)
        end as letter,
        sum(path.customers) as customer_periods
      from relationship_segment_path as path
      cross join relationship_period as numbers
      where numbers.period >= ${first} and numbers.period > ${periods} - length(path.path)
      group by 1, 2
    ),
    earned as (
      select
        classified.segment,
        case
          when money.period = ${periods} - length(classified.path) + 1 then 'N'
          else substr(classified.path, money.period - (${periods} - length(classified.path)) - 1, 1)
        end as letter,
        cast(sum(money.measure) as decimal(38, 4)) as measure,
        cast(sum(money.revenue) as decimal(38, 4)) as revenue,
        cast(sum(cast(money.measure as decimal(16, 2)) * cast(money.measure as decimal(16, 2))) as decimal(38, 4)) as squares
      from relationship_money as money
      join relationship_classified as classified on classified.customer_key = money.customer_key
      where money.period >= ${first} and money.period > ${periods} - length(classified.path)
      group by 1, 2
    )
    select
      at_risk.segment,
      at_risk.letter,
      cast(at_risk.customer_periods as double) as customer_periods,
      coalesce(earned.measure, 0) as measure,
      coalesce(earned.revenue, 0) as revenue,
      coalesce(earned.squares, 0) as squares
    from at_risk
    left join earned on earned.segment = at_risk.segment and earned.letter = at_risk.letter
    order by at_risk.segment, at_risk.letter`
}

/** Customers, and cost-to-serve against revenue where it was worked out, by segment and class now. One row per segment and class. */
export function classNow(cost: boolean): Sql {
  const joined = cost ? sql`left join customer_cost as cost on cost.customer_id = relationship.customer_id` : sql``
  const served = cost
    ? sql`coalesce(sum(cost.cost_to_serve), 0) as cost_to_serve, coalesce(sum(cost.net_revenue), 0) as cost_revenue`
    : sql`cast(0 as decimal(38, 4)) as cost_to_serve, cast(0 as decimal(38, 4)) as cost_revenue`
  return sql`
    select
      relationship.segment,
      relationship.class,
      count(*) as customers,
      cast(sum(relationship.measure_year) as decimal(38, 4)) as measure_year,
      ${served}
    from customer_relationship as relationship
    ${joined}
    where relationship.status <> 'never' and relationship.class is not null
    group by relationship.segment, relationship.class
    order by relationship.segment, relationship.class`
}

/** Prospects on file, and of those who were on file without a purchase a year before the end how many have bought since. One row. */
export function prospectTotals(from: string): Sql {
  return sql`
    select
      count(*) filter (where first_order.first_date is null) as prospects,
      count(*) filter (
        where customer.first_seen_date < cast(${from} as date) and (first_order.first_date is null or first_order.first_date >= cast(${from} as date))
      ) as on_file,
      count(*) filter (where customer.first_seen_date < cast(${from} as date) and first_order.first_date >= cast(${from} as date)) as converted
    from customer
    left join customer_orders as first_order on first_order.customer_key = customer.customer_key`
}

/** The periods of the panel. One row per period. */
export function periodRows(): Sql {
  return sql`select * from relationship_period order by period`
}

/** Whether any customer with purchases has a class. One row. */
export function classesTold(): Sql {
  return sql`select count(*) > 0 as told from customer_relationship where class is not null and status <> 'never'`
}

/** Moves between classes over all periods, by segment. One row per segment and move. */
export function transitionRows(): Sql {
  return sql`
    select segment, from_class, to_class, customers, probability
    from relationship_transition
    where period = 0 and from_class <> 'new'
    order by segment, from_class, to_class`
}

/** What all customers brought in the last 12 months. One row. */
export function yearMeasure(): Sql {
  return sql`select cast(coalesce(sum(measure_year), 0) as double) as year from customer_relationship`
}

/** Customers by class at the end of a period. One row per class. */
export function customersAt(periods: number, period: number): Sql {
  return sql`
    select
      substr(path, ${period} - (${periods} - length(path)), 1) as letter,
      cast(sum(customers) as double) as customers
    from relationship_segment_path
    where ${period} > ${periods} - length(path)
    group by 1
    order by 1`
}

/** What customers known before a period brought from it on. One row. */
export function measureOfKnown(periods: number, first: number): Sql {
  return sql`
    select cast(coalesce(sum(money.measure), 0) as double) as measure
    from relationship_money as money
    join relationship_classified as classified on classified.customer_key = money.customer_key
    where money.period >= ${first} and ${periods} - length(classified.path) < ${first - 1}`
}
