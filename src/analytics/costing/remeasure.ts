import type { Warehouse } from '../../warehouse/port.ts'
import { sql } from '../../warehouse/sql.ts'
import * as query from './facts.sql.ts'
import type { ObjectLevel } from './model.ts'
import { lastDayOf } from './months.ts'
import type { TimeEquation } from './time-equation.ts'
import { ledgerWindow } from './what-if.sql.ts'

/**
 * Minutes of one activity by customer key with another equation, over the whole window of the ledger. The relations of a run must be there,
 * `valued_line` among them. `least` holds the least minutes of one event by customer.
 */
export async function remeasure(
  warehouse: Warehouse,
  activity: { id: string; level: ObjectLevel; from: 'orders' | 'events' },
  equation: TimeEquation,
  asOf: string,
  signal?: AbortSignal,
): Promise<{ keys: Float64Array; minutes: Float64Array; least: Float64Array }> {
  const [window] = await warehouse.rows(ledgerWindow(), { signal })
  const days = [lastDayOf(String(window!.last_period)), asOf].sort()
  const span: query.Span = { from: `${window!.first_period}-01`, to: days[0]!, monthsPerPeriod: 0, base: 1 }
  const one = [{ id: activity.id, level: activity.level, equation, column: 0 }]
  const fromOrders = activity.from === 'orders' && activity.level !== 'line'
  if (fromOrders) await warehouse.materialise('costed_order', query.costedOrders(one, span), { signal })
  const minutes =
    activity.from === 'events'
      ? query.eventMinutes('customer', one, span, warehouse.dialect)
      : activity.level === 'line'
        ? query.lineFacts(one, span)
        : activity.level === 'order'
          ? query.orderMinutes(one, span)
          : query.customerMinutes(one, span, warehouse.dialect)
  const columns = await warehouse.columns(
    sql`select customer_key, cast(m0 as double) as minutes, least0 as least from (${minutes}) as timed order by customer_key`,
    { signal },
  )
  return {
    keys: columns.customer_key as Float64Array,
    minutes: columns.minutes as Float64Array,
    least: columns.least as Float64Array,
  }
}
