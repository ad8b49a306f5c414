import { z } from 'zod'
import { AppError } from '../../shared/errors.ts'
import type { Level } from './contract.ts'
import { driversOf } from './drivers.ts'
import { parseTimeEquation, type TimeEquation } from './time-equation.ts'

/** What may stand under `steps.costing` in clientele.yaml; left out, the starter template makes a first model from the ledger. */
export const costModelSchema = z.object({
  pools: z
    .array(
      z.strictObject({
        id: z.string().min(1).meta({ description: 'Name of the pool.' }),
        title: z.string().optional(),
        level: z
          .enum(['line', 'order', 'customer', 'business', 'service'])
          .meta({ description: 'Where its cost is caused; service pools pass all on.' }),
        capacity: z
          .number()
          .positive()
          .optional()
          .meta({ description: 'Practical capacity in the whole window of the ledger, in minutes.' }),
        passesTo: z
          .record(z.string(), z.number().min(0).max(1))
          .default({})
          .meta({ description: 'Shares of its work that other pools use.' }),
      }),
    )
    .default([]),
  accounts: z
    .array(
      z.strictObject({
        account: z.string().optional().meta({ description: 'Account number; left out: any.' }),
        costCentre: z.string().optional().meta({ description: 'Cost centre; left out: any.' }),
        pools: z.record(z.string(), z.number().min(0).max(1)).meta({ description: 'Shares by pool; they sum to 1.' }),
      }),
    )
    .default([]),
  excluded: z
    .array(z.strictObject({ account: z.string(), reason: z.string().min(1) }))
    .default([])
    .meta({ description: 'Accounts that stay out by name: financing, tax, one-offs.' }),
  activities: z
    .array(
      z.strictObject({
        id: z.string().min(1),
        title: z.string().optional(),
        pool: z.string(),
        level: z.enum(['line', 'order', 'customer']),
        minutes: z.string().meta({ description: 'Time equation: `8 + 2 * lines + if(returned_lines > 0, 15, 0)`.' }),
      }),
    )
    .default([]),
})

export type CostModelSettings = z.infer<typeof costModelSchema>

export interface ModelPool {
  id: string
  title: string
  level: Level | 'service'
  /** Null: assumed so that a stated share of it is used. */
  capacity: number | null
  passesTo: Record<string, number>
  assumed: boolean
}

export interface ModelActivity {
  id: string
  title: string
  pool: string
  level: Exclude<Level, 'business'>
  equation: TimeEquation
  assumed: boolean
}

export interface CostModel {
  pools: ModelPool[]
  activities: ModelActivity[]
  /** Shares by pool of an account and cost centre. */
  sharesOf(account: string, costCentre: string | null): Record<string, number> | null
  /** Why an account stays out; null when it does not. */
  excludedBecause(account: string, costCentre: string | null): string | null
  /** True when the starter template made it. */
  starter: boolean
}

/** One account of the ledger in the window. */
export interface LedgerAccount {
  account: string
  costCentre: string | null
}

/** The share of capacity that the starter template takes for used: the usual 80 to 85 % of what people could do. */
export const assumedUse = 0.85

/**
 * The cost model from settings, checked as a whole: all that is wrong is reported at once.
 * @throws AppError `cost-model`
 */
export function buildModel(settings: CostModelSettings, ledger: readonly LedgerAccount[]): CostModel {
  const effective = settings.pools.length > 0 ? settings : starterModel(ledger)
  const starter = effective !== settings
  const problems: string[] = []
  const ids = new Set<string>()
  for (const pool of effective.pools) {
    if (ids.has(pool.id)) problems.push(`the pool ${pool.id} stands there twice`)
    ids.add(pool.id)
  }
  for (const pool of effective.pools) {
    for (const to of Object.keys(pool.passesTo)) if (!ids.has(to)) problems.push(`pool ${pool.id} passes on to ${to}, which does not exist`)
    const passed = Object.values(pool.passesTo).reduce((a, b) => a + b, 0)
    if (pool.level === 'service' && Math.abs(passed - 1) > 1e-6)
      problems.push(`service pool ${pool.id} must pass on all of its work: its shares sum to ${passed}, not to 1`)
    if (pool.level !== 'service' && passed > 0) problems.push(`pool ${pool.id} passes work on but is not a service pool`)
  }
  for (const rule of effective.accounts) {
    const sum = Object.values(rule.pools).reduce((a, b) => a + b, 0)
    const name = [rule.account, rule.costCentre].filter(Boolean).join(' / ') || 'the rule for all'
    if (Math.abs(sum - 1) > 1e-6) problems.push(`shares of ${name} sum to ${sum}, not to 1`)
    for (const pool of Object.keys(rule.pools)) if (!ids.has(pool)) problems.push(`${name} goes to pool ${pool}, which does not exist`)
  }
  const activities: ModelActivity[] = []
  const names = new Set<string>()
  for (const activity of effective.activities) {
    if (names.has(activity.id)) problems.push(`the activity ${activity.id} stands there twice`)
    names.add(activity.id)
    const pool = effective.pools.find((candidate) => candidate.id === activity.pool)
    if (!pool) problems.push(`activity ${activity.id} uses pool ${activity.pool}, which does not exist`)
    else if (pool.level === 'business' || pool.level === 'service')
      problems.push(`activity ${activity.id} uses pool ${pool.id}, whose cost is not assigned to customers (level ${pool.level})`)
    try {
      const equation = parseTimeEquation(activity.minutes, driversOf[activity.level])
      activities.push({
        id: activity.id,
        title: activity.title ?? activity.id,
        pool: activity.pool,
        level: activity.level,
        equation,
        assumed: starter,
      })
    } catch (error) {
      problems.push(`activity ${activity.id}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  for (const pool of effective.pools) {
    const used = effective.activities.some((activity) => activity.pool === pool.id)
    if (!used && pool.level !== 'business' && pool.level !== 'service')
      problems.push(`pool ${pool.id} has no activity; give it one, or the level business`)
  }
  if (problems.length > 0) {
    throw new AppError(
      'cost-model',
      `the cost model has ${problems.length === 1 ? 'a fault' : `${problems.length} faults`}: ${problems[0]}`,
      {
        problems: problems.map((message) => ({ file: 'clientele.yaml', message })),
        hint: 'mend steps.costing in clientele.yaml; nothing was published',
      },
    )
  }
  const exclusions = new Map(effective.excluded.map(({ account, reason }) => [account, reason]))
  return {
    pools: effective.pools.map((pool) => ({
      id: pool.id,
      title: pool.title ?? pool.id,
      level: pool.level,
      capacity: pool.capacity ?? null,
      passesTo: pool.passesTo,
      assumed: starter,
    })),
    activities,
    starter,
    sharesOf: (account, costCentre) => {
      const fits = (rule: CostModelSettings['accounts'][number]) =>
        (rule.account === undefined || rule.account === account) && (rule.costCentre === undefined || rule.costCentre === costCentre)
      // The most specific rule wins: account and cost centre, then account, then cost centre, then the rule for all.
      const weight = (rule: CostModelSettings['accounts'][number]) =>
        (rule.account === undefined ? 0 : 2) + (rule.costCentre === undefined ? 0 : 1)
      const [rule] = effective.accounts.filter(fits).sort((a, b) => weight(b) - weight(a))
      return rule?.pools ?? null
    },
    excludedBecause: (account, costCentre) =>
      exclusions.get(account) ??
      (starter && costCentre !== null && financing.test(costCentre) ? 'financing and tax are no cost of serving customers' : null),
  }
}

const financing = /financ|interest|\btax|steuer|zins|bank/i

/** What a cost centre's name says about where its cost is caused. The first that fits. */
const kinds: {
  pattern: RegExp
  id: string
  title: string
  level: Level
  activities: Omit<CostModelSettings['activities'][number], 'pool'>[]
}[] = [
  {
    pattern: /warehouse|logistic|lager|pick|stock/i,
    id: 'warehouse',
    title: 'Warehouse',
    level: 'line',
    activities: [
      { id: 'pick-and-pack', title: 'Pick and pack', level: 'line', minutes: 'if(returned, 0, 3)' },
      { id: 'take-back', title: 'Take back returns', level: 'line', minutes: 'if(returned, 12, 0)' },
    ],
  },
  {
    pattern: /freight|shipping|deliver|transport|versand|fracht/i,
    id: 'freight',
    title: 'Freight',
    level: 'order',
    activities: [{ id: 'deliver', title: 'Deliver', level: 'order', minutes: 'if(units > 0, 1, 0)' }],
  },
  {
    pattern: /order|inside|customer service|support|service/i,
    id: 'service',
    title: 'Order desk and service',
    level: 'order',
    activities: [{ id: 'handle-order', title: 'Handle an order', level: 'order', minutes: '8 + 2 * lines + 15 * returned_lines' }],
  },
  {
    pattern: /sales|vertrieb|account|key/i,
    id: 'sales',
    title: 'Sales',
    level: 'customer',
    activities: [{ id: 'look-after', title: 'Look after the account', level: 'customer', minutes: '30 * months_active + 10 * orders' }],
  },
]

/**
 * A first model from nothing but the ledger's cost centres: each is read by its name, what no name explains is business-sustaining.
 * Everything in it is an assumption, and is listed as one.
 */
function starterModel(ledger: readonly LedgerAccount[]): CostModelSettings {
  const pools = new Map<string, CostModelSettings['pools'][number]>()
  const activities = new Map<string, CostModelSettings['activities'][number]>()
  const accounts: CostModelSettings['accounts'] = []
  pools.set('business', { id: 'business', title: 'Business-sustaining', level: 'business', passesTo: {} })
  for (const { account, costCentre } of ledger) {
    const kind = kinds.find(({ pattern }) => pattern.test(`${costCentre ?? ''} ${account}`))
    const pool = kind?.id ?? 'business'
    if (kind) {
      pools.set(kind.id, { id: kind.id, title: kind.title, level: kind.level, passesTo: {} })
      for (const activity of kind.activities) activities.set(activity.id, { ...activity, pool: kind.id })
    }
    accounts.push({ account, ...(costCentre === null ? {} : { costCentre }), pools: { [pool]: 1 } })
  }
  return { pools: [...pools.values()], accounts, excluded: [], activities: [...activities.values()] }
}
