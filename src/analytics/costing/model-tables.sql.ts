import { type Sql, sql } from '../../warehouse/sql.ts'

/** Pools as files give them. One row per pool and month. */
export function poolRows(): Sql {
  return sql`
    select
      pool_id,
      period,
      title,
      incremental_share,
      level,
      capacity_unit,
      practical_capacity,
      theoretical_capacity
    from cost_pool
    order by pool_id, period`
}

/** Shares of accounts as files give them. One row per account, cost centre, pool and month. */
export function assignmentRows(): Sql {
  return sql`
    select
      account,
      cost_centre,
      pool_id,
      period,
      share
    from pool_assignment
    order by account, cost_centre, period, pool_id`
}

/** What pools do for one another as files give it. One row per pair and month. */
export function flowRows(): Sql {
  return sql`
    select
      from_pool,
      to_pool,
      period,
      coalesce(share, 0) as share
    from service_flow
    order by from_pool, to_pool, period`
}

/** Activities as files give them. One row per activity. */
export function activityRows(): Sql {
  return sql`
    select
      activity_id,
      title,
      pool_id,
      object_level,
      time_equation
    from activity
    order by activity_id`
}

/** How many events each activity has. One row per activity. */
export function eventCounts(): Sql {
  return sql`
    select
      activity_id,
      count(*) as events
    from driver_event
    group by activity_id
    order by activity_id`
}

/** The first few distinct sets of drivers of an activity, to know their names. One row per set. */
export function driverSamples(activity: string, most: number): Sql {
  return sql`
    select drivers
    from (select distinct drivers from driver_event where activity_id = ${activity}) as sets
    order by drivers
    limit ${most}`
}
