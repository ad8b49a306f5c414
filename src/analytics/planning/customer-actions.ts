import type { ProgrammeSolver } from '../../math/programme.ts'
import type { StepContext } from '../../pipeline/step.ts'
import type { Cell, Columns } from '../../warehouse/port.ts'
import { chooseActions } from './choose-actions.ts'
import { customerAction } from './contract.ts'
import { halfEffort, type LeverItem } from './levers.ts'
import * as query from './plan.sql.ts'
import { levers } from './plan-problem.ts'
import { respond } from './response.ts'

/** How far a customer's own size may lift or lower what an action is worth with it, against the mean of its class. */
const sizeBounds = { least: 0.1, most: 10 }

/** Actions of the list: none, then the levers. */
const actions = ['none', ...levers] as const

export interface CustomerActionSummary {
  /** Customers by segment who get an action, and all. */
  treated: Map<string, { favoured: number; of: number }>
  value: number
  gap: number
}

/**
 * One action for each customer within the plan's money: each lever at the effort a customer that the plan gives its segment and class (half the
 * reach where the plan gives none), worth as much more or less as the customer is larger or smaller than the mean of its class.
 */
export async function saveCustomerActions(
  context: StepContext<unknown>,
  items: readonly LeverItem[],
  effort: ArrayLike<number>,
  money: number,
  solver: ProgrammeSolver,
): Promise<CustomerActionSummary> {
  const { warehouse, signal } = context
  const found = (await warehouse.columns(query.customersToPlan(), { signal })) as {
    customer_key: Float64Array
    segment: Cell[]
    class: Cell[]
    measure_year: Float64Array
  }
  const customers = found.customer_key.length
  const everybody = new Set(items.map(({ segment }) => segment))
  const groups = new Map<string, { options: (Option | undefined)[]; mean: number; of: number; favoured: number }>()
  const nameOf = (i: number) => `${everybody.has(String(found.segment[i])) ? found.segment[i] : '(all)'}|${found.class[i]}`
  const groupOf = new Array<string>(customers)
  for (let i = 0; i < customers; i++) {
    const name = nameOf(i)
    groupOf[i] = name
    let group = groups.get(name)
    if (!group) {
      const [segment, klass] = name.split('|')
      group = { options: options(items, effort, segment!, klass!), mean: 0, of: 0, favoured: 0 }
      groups.set(name, group)
    }
    group.mean += Math.max(0, found.measure_year[i]!)
    group.of++
  }
  for (const group of groups.values()) group.mean /= Math.max(1, group.of)
  const width = actions.length
  const value = new Float64Array(customers * width)
  const cost = new Float64Array(customers * width)
  for (let i = 0; i < customers; i++) {
    const { options: own, mean } = groups.get(groupOf[i]!)!
    const size = mean > 0 ? Math.min(Math.max(found.measure_year[i]! / mean, sizeBounds.least), sizeBounds.most) : 1
    for (let a = 1; a < width; a++) {
      const option = own[a]
      // A stranger's size says nothing of what it would become.
      value[i * width + a] = option ? option.gain * (option.item.lever === 'acquire' ? 1 : size) - option.cost : -Infinity
      cost[i * width + a] = option?.cost ?? 0
    }
  }
  const plan = await chooseActions(
    { customers, actions: width, value, budgets: [{ name: 'money', use: cost, most: money }] },
    solver,
    signal,
  )
  const reasons: { action: string; reason: string }[] = [
    { action: 'none', reason: 'No action is worth its money here, or the money brings more with others.' },
  ]
  const reasonOf = new Map<Option, number>()
  for (const { options: own } of groups.values())
    for (const option of own)
      if (option && !reasonOf.has(option)) reasonOf.set(option, reasons.push({ action: option.item.lever, reason: option.reason }) - 1)
  const columns = {
    customer_key: found.customer_key,
    reason_id: new Float64Array(customers),
    second_id: new Float64Array(customers).fill(Number.NaN),
    effort: new Float64Array(customers),
    value: new Float64Array(customers),
  }
  for (let i = 0; i < customers; i++) {
    const group = groups.get(groupOf[i]!)!
    const taken = plan.choice[i]!
    const option = group.options[taken]
    if (option) {
      columns.reason_id[i] = reasonOf.get(option)!
      columns.effort[i] = option.cost
      columns.value[i] = value[i * width + taken]!
      group.favoured++
    }
    let second = -1
    for (let a = 1; a < width; a++)
      if (a !== taken && value[i * width + a]! > 0 && (second < 0 || value[i * width + a]! > value[i * width + second]!)) second = a
    if (second > 0) columns.second_id[i] = reasonOf.get(group.options[second]!)!
  }
  await warehouse.load('plan_choice', columns, {
    customer_key: 'integer',
    reason_id: 'integer',
    second_id: 'integer',
    effort: 'double',
    value: 'double',
  })
  const texts: Columns = {
    reason_id: Float64Array.from(reasons.keys()),
    action: reasons.map(({ action }) => action),
    reason: reasons.map(({ reason }) => reason),
  }
  await warehouse.load('plan_reason', texts, { reason_id: 'integer', action: 'varchar', reason: 'varchar' })
  await context.save(customerAction, query.customerActions())
  const treated = new Map<string, { favoured: number; of: number }>()
  for (const [name, { favoured, of }] of groups) {
    const segment = name.split('|')[0]!
    const before = treated.get(segment) ?? { favoured: 0, of: 0 }
    treated.set(segment, { favoured: before.favoured + favoured, of: before.of + of })
  }
  // A plan that is worth nothing has no gap to speak of: against the money it may spend.
  return { treated, value: plan.value, gap: Math.max(0, plan.bound - plan.value) / Math.max(Math.abs(plan.value), money, 1e-9) }
}

interface Option {
  item: LeverItem
  /** Money per customer. */
  cost: number
  /** Present value per customer of mean size, before its cost. */
  gain: number
  reason: string
}

function options(items: readonly LeverItem[], effort: ArrayLike<number>, segment: string, klass: string): (Option | undefined)[] {
  return actions.map((lever) => {
    const k = items.findIndex((item) => item.lever === lever && item.segment === segment && item.class === klass)
    if (k < 0) return undefined
    const item = items[k]!
    const spend = effort[k]! > 1e-9 * item.most ? effort[k]! : halfEffort(item.curve)
    const response = respond(item.curve, spend) - respond(item.curve, 0)
    const gain = (item.worth * response) / item.customers
    return { item, cost: spend / item.customers, gain, reason: reasonFor(item, spend, response) }
  })
}

const percent = (share: number): string => `${(100 * share).toFixed(Math.abs(share) < 0.01 ? 2 : 1)} %`

function reasonFor({ lever, curve, class: klass, basis }: LeverItem, spend: number, response: number): string {
  const before = percent(respond(curve, 0))
  const after = percent(respond(curve, spend))
  const said = basis === 'judgement' ? 'judged' : 'assumed'
  if (lever === 'acquire') return `Effort lifts the chance that a stranger starts buying from ${before} to ${after} a period (${said}).`
  if (lever === 'convert') return `Effort lifts the chance that this ${klass} moves up from ${before} to ${after} a period (${said}).`
  if (lever === 'defend') return `Effort lifts the chance that this ${klass} stays from ${before} to ${after} a period (${said}).`
  return `Effort adds ${percent(response)} to what this ${klass} brings in the period (${said}).`
}
