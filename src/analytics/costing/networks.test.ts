import { expect, test } from 'vitest'
import { createRandom } from '../../math/random.ts'
import { decimalOf } from '../../shared/decimal.ts'
import { bookLedger, type Ledger } from './ledger.ts'
import { buildModel } from './model.ts'
import { costPeriods } from './months.ts'
import { assignPools, cellKey } from './pools.ts'
import { costModelSchema } from './settings.ts'
import { tieOutRows } from './tie-out.ts'

/** A random firm: pools of every level, service pools that serve each other in circles, accounts with shares, credits among the costs. */
function network(seed: number) {
  const random = createRandom(seed)
  const operating = 2 + random.integer(5)
  const service = random.integer(4)
  const levels = ['line', 'order', 'customer', 'channel', 'business'] as const
  const pools = [
    ...Array.from({ length: operating }, (_, i) => ({
      id: `p${i}`,
      level: levels[random.integer(levels.length)]!,
      capacity: 1 + 1000 * random.next(),
    })),
    ...Array.from({ length: service }, (_, i) => ({ id: `s${i}`, level: 'service' as const })),
  ]
  const shares = (names: string[]) => {
    const weights = names.map(() => random.next() + 0.01)
    const total = weights.reduce((a, b) => a + b, 0)
    return Object.fromEntries(names.map((name, i) => [name, weights[i]! / total]))
  }
  const ids = pools.map(({ id }) => id)
  const settings = costModelSchema.parse({
    pools: pools.map((pool) => (pool.level === 'service' ? { ...pool, passesTo: shares(ids.filter((id) => id !== pool.id)) } : pool)),
    accounts: Array.from({ length: 4 }, (_, i) => ({ account: `${i}`, pools: shares(ids) })),
    excluded: [{ account: '4', reason: 'interest' }],
    activities: pools.flatMap(({ id, level }) =>
      level === 'service' || level === 'business' ? [] : [{ id: `a-${id}`, pool: id, level, minutes: '1' }],
    ),
  })
  const months = ['2024-01', '2024-02', '2024-03']
  const entries: Ledger['entries'] = months.flatMap((month) =>
    Array.from({ length: 5 }, (_, i) => ({
      month,
      account: `${i}`,
      costCentre: null,
      excludedReason: null,
      units: BigInt(Math.round((random.next() < 0.1 ? -1 : 1) * 1e9 * random.next())),
    })),
  )
  const ledger: Ledger = { entries, total: entries.reduce((sum, { units }) => sum + units, 0n), months, converted: [] }
  const model = buildModel(
    settings,
    entries.map(({ account }) => ({ account, costCentre: null })),
    months,
  )
  const periods = costPeriods(months, random.next() < 0.5 ? 'window' : 'month')
  const minutes = new Map(
    model.activities.flatMap(({ id }) =>
      periods.map(({ number }) => [cellKey(id, number), { events: 1, minutes: 400 * random.next() }] as const),
    ),
  )
  return { model, ledger, periods, minutes }
}

/** Ten thousand networks; `clientele` runs the same arithmetic. */
test('in 10,000 random networks with circles of service pools every unit of the ledger has one place', () => {
  for (let seed = 1; seed <= 10_000; seed++) {
    const { model, ledger, periods, minutes } = network(seed)
    const booked = bookLedger(model, ledger)
    const kept = [...booked.byPool.values()].flatMap((pools) => [...pools.values()]).reduce((a, b) => a + b, 0n)
    const out = booked.excluded.reduce((sum, { units }) => sum + units, 0n)
    if (kept + out !== ledger.total) expect(`${seed}: ${kept} + ${out}`).toBe(`${ledger.total}`)
    for (const spread of [false, true]) {
      const { pools, amountOf } = assignPools(model, booked, periods, minutes, spread)
      const rows = tieOutRows(model, ledger.total, booked, pools, amountOf)
      if (rows.at(-1)!.amount !== '0.0000') expect(`${seed}: ${rows.at(-1)!.amount}`).toBe('0.0000')
      expect(rows[0]!.amount).toBe(decimalOf(ledger.total))
    }
  }
})
