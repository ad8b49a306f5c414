import type { Level } from './contract.ts'
import type { LedgerAccount } from './model.ts'
import type { AccountSettings, ActivitySettings, CostModelSettings, PoolSettings } from './settings.ts'

/** The share of capacity that the starter template takes for used: the usual 80 to 85 % of what people could do. */
export const assumedUse = 0.85

const financing = /financ|interest|\btax|steuer|zins|bank/i

/** Why the starter template leaves a cost centre out; null when it does not. */
export const starterExclusion = (costCentre: string | null): string | null =>
  costCentre !== null && financing.test(costCentre) ? 'financing and tax are no cost of serving customers' : null

/** What a cost centre's name says about where its cost is caused. The first that fits. */
const kinds: {
  pattern: RegExp
  id: string
  title: string
  level: Level
  incremental: number
  activities: Omit<ActivitySettings, 'pool' | 'from'>[]
}[] = [
  {
    pattern: /warehouse|logistic|lager|pick|stock/i,
    id: 'warehouse',
    title: 'Warehouse',
    level: 'line',
    incremental: 0,
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
    incremental: 1,
    activities: [{ id: 'deliver', title: 'Deliver', level: 'order', minutes: 'if(units > 0, 1, 0)' }],
  },
  {
    pattern: /order|inside|customer service|support|service/i,
    id: 'service',
    title: 'Order desk and service',
    level: 'order',
    incremental: 0,
    activities: [{ id: 'handle-order', title: 'Handle an order', level: 'order', minutes: '8 + 2 * lines + 15 * returned_lines' }],
  },
  {
    pattern: /sales|vertrieb|account|key/i,
    id: 'sales',
    title: 'Sales',
    level: 'customer',
    incremental: 0,
    activities: [{ id: 'look-after', title: 'Look after the account', level: 'customer', minutes: '30 * months_active + 10 * orders' }],
  },
]

/**
 * A first model from nothing but the ledger's cost centres: each is read by its name, what no name explains is business-sustaining.
 * Everything in it is an assumption, and is listed as one.
 */
export function starterModel(ledger: readonly LedgerAccount[]): Pick<CostModelSettings, 'pools' | 'accounts' | 'activities'> {
  const pools = new Map<string, PoolSettings>()
  const activities = new Map<string, ActivitySettings>()
  const accounts: AccountSettings[] = []
  const add = (pool: Pick<PoolSettings, 'id' | 'title' | 'level' | 'incremental'>) =>
    pools.set(pool.id, { ...pool, unit: 'min', passesTo: {} })
  add({ id: 'business', title: 'Business-sustaining', level: 'business', incremental: 0 })
  for (const { account, costCentre } of ledger) {
    const kind = kinds.find(({ pattern }) => pattern.test(`${costCentre ?? ''} ${account}`))
    const pool = kind?.id ?? 'business'
    if (kind) {
      add(kind)
      for (const activity of kind.activities) activities.set(activity.id, { ...activity, from: 'orders', pool: kind.id })
    }
    accounts.push({ account, ...(costCentre === null ? {} : { costCentre }), pools: { [pool]: 1 } })
  }
  return { pools: [...pools.values()], accounts, activities: [...activities.values()] }
}
