import type { StepContext } from '../../pipeline/step.ts'
import { AppError } from '../../shared/errors.ts'
import type { Row } from '../../warehouse/port.ts'
import { id, type Sql, sql } from '../../warehouse/sql.ts'
import * as query from './facts.sql.ts'
import type { CostModel } from './model.ts'
import { type ActivityMinutes, cellKey } from './pools.ts'

export interface Measured {
  /** Minutes and events by activity and period. */
  minutes: Map<string, ActivityMinutes>
  /** Rows of minutes by channel or segment: object_id, period_no, m<column>, e<column>. */
  objects: { level: 'channel' | 'segment'; activities: readonly query.CostedActivity[]; rows: Row[] }[]
}

/** Makes `line_facts` and `customer_minutes`, and what channels and segments took. No equation may go below zero. */
export async function measureMinutes(
  { warehouse, signal, progress }: StepContext,
  model: CostModel,
  activities: readonly query.CostedActivity[],
  span: query.Span,
): Promise<Measured> {
  const { dialect } = warehouse
  const by = (from: 'orders' | 'events', ...levels: string[]) =>
    activities.filter((activity) => model.activities[activity.column]!.from === from && levels.includes(activity.level))
  const parts: query.MinutesPart[] = []
  const make = async (relation: string, own: readonly query.CostedActivity[], sqlOf: () => Sql, always = false) => {
    if (own.length === 0 && !always) return
    await warehouse.materialise(relation, sqlOf(), { signal })
    if (own.length === 0) return
    const part = { relation, activities: own }
    await refuseNegative(part)
    parts.push(part)
  }
  const refuseNegative = async (part: query.MinutesPart) => {
    const [least] = await warehouse.rows(query.leastMinutes(part), { signal })
    for (const { id: activity, level, equation, column } of part.activities) {
      const value = least![`least${column}`]
      if (value === null || !(Number(value) < 0)) continue
      const at = model.activities.findIndex((one) => one.id === activity)
      throw new AppError('equation.negative', `activity ${activity} takes ${value} minutes on some ${level}: ${equation.source}`, {
        problems: [
          {
            setting: ['activities', at, 'minutes'],
            message: `takes ${value} minutes on some ${level}`,
            hint: 'Put max(0, ...) around it.',
          },
        ],
        hint: 'an equation must not go below 0; put max(0, ...) around it',
      })
    }
  }

  const lines = by('orders', 'line')
  await make('line_facts', lines, () => query.lineFacts(lines, span), true)
  progress(0.2)
  const orders = by('orders', 'order')
  const customers = by('orders', 'customer')
  const channels = by('orders', 'channel')
  const segments = by('orders', 'segment')
  const ofOrders = [...orders, ...customers, ...channels, ...segments]
  if (ofOrders.length > 0) await warehouse.materialise('costed_order', query.costedOrders(ofOrders, span), { signal })
  progress(0.35)
  await make('order_minutes', orders, () => query.orderMinutes(orders, span))
  await make('account_minutes', customers, () => query.customerMinutes(customers, span, dialect))
  const events = by('events', 'line', 'order', 'customer')
  await make('event_minutes', events, () => query.eventMinutes('customer', events, span, dialect))
  const keys = parts.some(({ relation }) => relation === 'event_minutes')
    ? sql`select customer_key, period_no from line_facts union select customer_key, period_no from event_minutes`
    : sql`select customer_key, period_no from line_facts`
  await warehouse.materialise('customer_minutes', query.allMinutes(keys, parts), { signal })

  const minutes = new Map<string, ActivityMinutes>()
  const ofCustomers = parts.flatMap(({ activities: own }) => own)
  if (ofCustomers.length > 0)
    for (const row of await warehouse.rows(query.minutesTotals('customer_minutes', ofCustomers), { signal }))
      minutes.set(cellKey(String(row.activity_id), Number(row.period_no)), { events: Number(row.events), minutes: Number(row.minutes) })

  const objects: Measured['objects'] = []
  for (const level of ['channel', 'segment'] as const)
    for (const from of ['orders', 'events'] as const) {
      const own = by(from, level)
      if (own.length === 0) continue
      const relation = `${level}_${from}_minutes`
      await warehouse.materialise(
        relation,
        from === 'orders' ? query.objectMinutes(level, own, span, dialect) : query.eventMinutes(level, own, span, dialect),
        { signal },
      )
      await refuseNegative({ relation, activities: own })
      const rows = await warehouse.rows(sql`select * from ${id(relation)} order by period_no, object_id`, { signal })
      objects.push({ level, activities: own, rows })
      for (const { id: activity, column } of own)
        for (const row of rows) {
          const key = cellKey(activity, Number(row.period_no))
          const before = minutes.get(key) ?? { events: 0, minutes: 0 }
          minutes.set(key, { events: before.events + Number(row[`e${column}`]), minutes: before.minutes + Number(row[`m${column}`]) })
        }
    }
  return { minutes, objects }
}
