import type { StepContext } from '../../pipeline/step.ts'
import { absoluteDecimal, decimalOf } from '../../shared/decimal.ts'
import { formatCount, formatMoney, formatRatio, formatShare } from '../../shared/format.ts'
import { costTotals, losingGiant, quietEarner } from './cost-findings.sql.ts'
import type { CostModel } from './model.ts'
import { keepsCost, type PoolResult } from './pools.ts'
import type { CostModelSettings } from './settings.ts'

/** A pool that uses less than this of its capacity, in two periods in a row where there are several, has idle capacity worth a decision. */
const idleBelow = 0.75

/** Key figures and sentences about cost-to-serve. */
export async function tellCosts(context: StepContext<CostModelSettings>, model: CostModel, pools: readonly PoolResult[]): Promise<void> {
  const { warehouse, currency, signal, finding, figure } = context
  const [row] = await warehouse.rows(costTotals(), { signal })
  const money = (amount: string) => formatMoney(amount, currency, { compact: true })
  const customers = Number(row!.customers)
  const doubt = model.starter
    ? 'a starter template: minutes and capacities are assumptions, listed with their effect'
    : `${formatCount(Number(row!.robust))} of ${formatCount(customers)} verdicts hold with any rate or time equation wrong by its whole range`
  figure({
    name: 'cost_to_serve',
    title: 'Cost-to-serve',
    value: String(row!.cost_to_serve),
    type: 'money',
    meaning: 'What serving the identified customers costs: the work on their lines, orders and accounts at the cost of practical capacity.',
    formula: 'sum over activities of capacity cost rate x minutes',
  })
  if (Number(row!.judged) > 0)
    figure({
      name: 'loss_making_customers',
      title: 'Customers that lose money',
      value: Number(row!.losing),
      type: 'integer',
      unit: 'customers',
      meaning: 'Identified customers whose profit after cost-to-serve is below zero.',
      formula: 'count of customers with customer profit < 0',
    })
  if (Number(row!.turned) > 0)
    finding({
      name: 'profit-turns-after-cost-to-serve',
      text: `${formatCount(Number(row!.turned))} customers with a positive contribution lose money once serving them is counted; all that lose money lose ${money(absoluteDecimal(String(row!.losses)))}.`,
      doubt,
      action: 'Look inside first: which of our own steps make them costly? Sales and operations.',
      weight: 55,
      kind: 'bad',
      link: '/tables/customer_cost?sort=customer_profit',
    })
  await tellGiant(context, doubt)
  await tellQuietEarner(context, customers)

  for (const { title, id, used, capacity, idle } of idlePools(model, pools))
    finding({
      name: `idle-pool-${id}`,
      text: `${title} uses ${formatRatio(used / capacity)} of its capacity; the idle part costs ${money(decimalOf(idle))}.`,
      action: 'Redeploy, shrink or sell the capacity; never spread it over customers. Owner of the resource.',
      weight: 45,
      kind: 'bad',
      link: '/cost-model#capacity',
    })
  for (const { pool, used, capacity } of pools)
    if (capacity !== null && used > capacity)
      finding({
        name: `overloaded-pool-${pool.id}`,
        text: `${pool.title} works beyond its capacity: ${formatRatio(used / capacity)} of what it can do.`,
        doubt: 'the minutes may be too high, or there was overtime: compare them with paid time',
        action: 'Check the time equation against paid minutes, then add capacity or shed work. Owner of the resource.',
        weight: 40,
        kind: 'bad',
        link: '/cost-model#capacity',
      })
}

async function tellGiant({ warehouse, currency, signal, finding }: StepContext<CostModelSettings>, doubt: string): Promise<void> {
  const [giant] = await warehouse.rows(losingGiant(10), { signal })
  if (!giant) return
  const money = (amount: unknown) => formatMoney(absoluteDecimal(String(amount)), currency, { compact: true })
  finding({
    name: 'loved-giant-loses-after-cost-to-serve',
    text: `${giant.name}, number ${giant.revenue_place} by revenue, leaves ${money(giant.contribution)} after product cost but costs ${money(giant.cost_to_serve)} to serve: it loses ${money(giant.customer_profit)}.`,
    doubt: `loses money in ${formatShare(Number(giant.loss_probability))} of draws of rates and minutes within their ranges; ${doubt}`,
    action: 'Open its costs by activity: first our own process, then price and terms. Key account manager with operations.',
    weight: 62,
    kind: 'bad',
    link: `/customers/${encodeURIComponent(String(giant.customer_id))}`,
    customers: [String(giant.customer_id)],
  })
}

async function tellQuietEarner({ warehouse, currency, signal, finding }: StepContext<CostModelSettings>, customers: number): Promise<void> {
  if (customers < 20) return
  const [quiet] = await warehouse.rows(quietEarner(customers), { signal })
  if (!quiet || Number(quiet.profit_rank) > Math.max(5, customers * 0.1)) return
  finding({
    name: 'small-and-profitable-after-cost-to-serve',
    text: `${quiet.name} is number ${formatCount(Number(quiet.revenue_place))} by revenue and number ${formatCount(Number(quiet.profit_rank))} by profit after cost-to-serve, with ${formatMoney(String(quiet.customer_profit), currency, { compact: true })}.`,
    action: 'Protect it: see that it is served well and that somebody knows it. Sales.',
    weight: 42,
    kind: 'good',
    link: `/customers/${encodeURIComponent(String(quiet.customer_id))}`,
    customers: [String(quiet.customer_id)],
  })
}

function idlePools(
  model: CostModel,
  pools: readonly PoolResult[],
): { id: string; title: string; used: number; capacity: number; idle: bigint }[] {
  return pools
    .flatMap(({ pool, periods, capacity, used, units, assigned, assumedCapacity }) => {
      if (capacity === null || assumedCapacity || keepsCost(model, pool)) return []
      const low = periods.map((one) => one.capacity !== null && one.used / one.capacity < idleBelow)
      const lasting = low.length === 1 ? low[0] : low.some((is, i) => is && low[i + 1])
      return lasting && used < capacity ? [{ id: pool.id, title: pool.title, used, capacity, idle: units - assigned }] : []
    })
    .sort((a, b) => Number(b.idle - a.idle))
}

/** What follows when somebody sets unused capacity to be spread over customers. */
export function warnOfDeathSpiral({ check, finding }: StepContext<CostModelSettings>, pools: readonly PoolResult[]): void {
  const loaded = pools
    .filter(({ capacity, used }) => capacity !== null && used > 0 && used < capacity)
    .map(({ pool, capacity, used }) => ({ title: pool.title, now: capacity! / used - 1, afterwards: capacity! / (used * 0.9) - 1 }))
    .sort((a, b) => b.now - a.now)
  const worst = loaded[0]
  const detail = worst
    ? `Idle capacity is loaded on customers: ${worst.title} is charged ${formatShare(worst.now)} above its rate, and if a tenth of the work goes away, ${formatShare(worst.afterwards)}. Prices that follow drive more work away: the death spiral.`
    : 'Idle capacity is loaded on customers; no pool has any now.'
  check({ name: 'unused-capacity-is-spread', title: 'Unused capacity is spread over customers', status: 'warn', blocking: false, detail })
  finding({
    name: 'death-spiral',
    text: detail,
    action: 'Take `unusedCapacity: spread` out of clientele.yaml; idle capacity belongs to the owner of the resource. Finance.',
    weight: 60,
    kind: 'bad',
    link: '/cost-model#capacity',
  })
}
