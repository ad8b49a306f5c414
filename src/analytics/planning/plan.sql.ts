import { type Sql, sql } from '../../warehouse/sql.ts'

/** Customers and profit of the last 12 months by segment and class. One row per segment and class. */
export function classCells(): Sql {
  return sql`
    select
      segment,
      class,
      count(*) as customers,
      cast(sum(coalesce(measure_year, 0)) as decimal(38, 4)) as measure_year,
      cast(sum(coalesce(revenue_year, 0)) as decimal(38, 4)) as revenue_year
    from customer_relationship
    where class is not null
    group by segment, class
    order by segment, class`
}

/** Moves between classes over all periods. One row per segment, class before and class after. */
export function moves(): Sql {
  return sql`
    select segment, from_class, to_class, customers, probability, high
    from relationship_transition
    where period = 0
    order by segment, from_class, to_class`
}

/** Length of a period, and how many there are. One row. */
export function periodLength(): Sql {
  return sql`select max(months) as months, count(*) as periods from relationship_period`
}

/** Budgets of the latest period. One row per budget. */
export function latestBudgets(): Sql {
  return sql`
    select
      budget_id,
      owner,
      scope,
      amount,
      hours,
      min
    from budget
    where period = (select max(period) from budget)
    order by budget_id`
}

/** All judgements of responses. One row per action and expert. */
export function judgements(): Sql {
  return sql`
    select
      action_id,
      expert_id,
      segment,
      x_now,
      y0,
      y_now,
      y_150,
      y_inf
    from response_judgement
    order by action_id, expert_id`
}

/** Customers with what an action for them depends on, in order of their key. One row per customer with a class. */
export function customersToPlan(): Sql {
  return sql`
    select
      customer_key,
      segment,
      class,
      cast(coalesce(measure_year, 0) as double) as measure_year
    from customer_relationship
    where class is not null and customer_key > 0
    order by customer_key`
}

/** Chosen actions with names and reasons. One row per customer with a class. Relations plan_choice and plan_reason hold what was chosen and why. */
export function customerActions(): Sql {
  return sql`
    select
      customer_relationship.customer_id,
      customer_relationship.customer_key,
      customer_relationship.segment,
      customer_relationship.class,
      chosen.action,
      cast(plan_choice.effort as decimal(38, 4)) as effort,
      cast(plan_choice.value as decimal(38, 4)) as value,
      second.action as next_best,
      chosen.reason
    from plan_choice
    join customer_relationship on customer_relationship.customer_key = plan_choice.customer_key
    join plan_reason as chosen on chosen.reason_id = plan_choice.reason_id
    left join plan_reason as second on second.reason_id = plan_choice.second_id`
}
