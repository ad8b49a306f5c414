import { compareDecimals, decimalOf, roundDecimal, shiftDecimal, unitsOf } from '../../shared/decimal.ts'
import { AppError, type Problem } from '../../shared/errors.ts'
import type { Warehouse } from '../../warehouse/port.ts'
import { allocate } from './allocate.ts'
import { ledgerRates, ledgerSums } from './ledger.sql.ts'
import type { CostModel } from './model.ts'
import { lastDayOf, monthsBetween } from './months.ts'
import { reciprocalPools } from './service-pools.ts'

export interface LedgerEntry {
  month: string
  account: string
  costCentre: string | null
  excludedReason: string | null
  /** In ten-thousandths of the reporting currency. */
  units: bigint
}

export interface Ledger {
  entries: LedgerEntry[]
  total: bigint
  /** From the first month with an entry to the last. */
  months: string[]
  /** Entries that were converted, and how. */
  converted: string[]
}

/** amount x rate, exact to ten digits of the rate, rounded half away from zero. */
const converted4 = (amount: string, rate: number): string =>
  roundDecimal(shiftDecimal((unitsOf(amount) * BigInt(Math.round(rate * 1e10))).toString(), -14), 4)

interface Rate {
  day: string
  rate: number
}

/** Reads the ledger by month and account, in the reporting currency. */
export async function readLedger(
  warehouse: Warehouse,
  settings: { currency: string; foreign: 'average' | 'closing'; hasRates: boolean; signal?: AbortSignal },
): Promise<Ledger> {
  const { signal, currency } = settings
  const rows = await warehouse.rows(ledgerSums(), { signal })
  const bad = rows.find((row) => !/^\d{4}-(0[1-9]|1[0-2])$/.test(String(row.period)))
  if (bad)
    throw new AppError('ledger.period', `a period of the ledger must be YYYY-MM; got ${bad.period} on account ${bad.account}`, {
      hint: 'Correct the period in the ledger and import it again.',
    })
  const rates = new Map<string, Rate[]>()
  const foreign = rows.some((row) => row.currency !== null && row.currency !== currency)
  if (foreign && settings.hasRates)
    for (const row of await warehouse.rows(ledgerRates(), { signal })) {
      const list = rates.get(String(row.currency)) ?? []
      list.push({ day: String(row.date), rate: Number(row.rate) })
      rates.set(String(row.currency), list)
    }
  const problems: Problem[] = []
  const converted = new Map<string, string>()
  const entries = rows.map((row): LedgerEntry => {
    const [month, account, own] = [String(row.period), String(row.account), row.currency === null ? currency : String(row.currency)]
    let amount = String(row.amount)
    if (own !== currency) {
      const rate = monthRate(rates.get(own) ?? [], month, settings.foreign)
      if (rate === null)
        problems.push({
          message: `ledger, account ${account}, period ${month}: ${amount} ${own} cannot be converted to ${currency}: there is no exchange rate on or before ${lastDayOf(month)}`,
          hint: `Import a table fx_rate with currency, date and rate (${currency} per ${own}), or load the ledger in ${currency}.`,
        })
      else {
        amount = converted4(amount, rate)
        converted.set(`${own} ${month}`, `${own} in ${month} at ${Number(rate.toPrecision(8))}`)
      }
    }
    return {
      month,
      account,
      costCentre: row.cost_centre === null ? null : String(row.cost_centre),
      excludedReason: row.excluded_reason === null ? null : String(row.excluded_reason),
      units: unitsOf(amount),
    }
  })
  if (problems.length > 0)
    throw new AppError('ledger.currency', `${problems[0]!.message}${problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''}`, {
      problems,
      hint: problems[0]!.hint!,
    })
  const found = entries.map(({ month }) => month).sort()
  return {
    entries,
    total: entries.reduce((sum, { units }) => sum + units, 0n),
    months: monthsBetween(found[0]!, found[found.length - 1]!),
    converted: [...converted.values()],
  }
}

/**
 * The rate for a month: the mean of the rates of its days (`average`, as for income and cost), or the last one (`closing`). In a month
 * without a rate the latest earlier one holds.
 */
function monthRate(rates: readonly Rate[], month: string, type: 'average' | 'closing'): number | null {
  const before = rates.filter(({ day }) => day <= lastDayOf(month))
  const within = before.filter(({ day }) => day.startsWith(month))
  if (type === 'average' && within.length > 0) return within.reduce((sum, { rate }) => sum + rate, 0) / within.length
  return before.at(-1)?.rate ?? null
}

export interface Booked {
  /** Cost by pool and month after service pools were charged on, in units of money. */
  byPool: Map<string, Map<string, bigint>>
  excluded: { reason: string; units: bigint }[]
}

/** Takes the ledger to pools by shares, month by month; service pools charge on by the reciprocal method. */
export function bookLedger(model: CostModel, { entries, months }: Ledger): Booked {
  const excluded = new Map<string, bigint>()
  const direct = new Map(months.map((month) => [month, new Map(model.pools.map(({ id }) => [id, 0n]))]))
  const lost = new Map<string, bigint>()
  for (const { month, account, costCentre, excludedReason, units } of entries) {
    const reason = excludedReason ?? model.excludedBecause(account, costCentre)
    if (reason !== null) {
      excluded.set(reason, (excluded.get(reason) ?? 0n) + units)
      continue
    }
    const shares = model.sharesIn(account, costCentre, month)
    if (shares === null) {
      const name = `account ${account}${costCentre === null ? '' : ` of cost centre ${costCentre}`}`
      lost.set(name, (lost.get(name) ?? 0n) + units)
      continue
    }
    const pools = Object.keys(shares)
    const own = direct.get(month)!
    allocate(units, Object.values(shares)).forEach((part, i) => {
      own.set(pools[i]!, (own.get(pools[i]!) ?? 0n) + part)
    })
  }
  if (lost.size > 0) {
    const messages = [...lost].map(([name, units]) => `${name} (${decimalOf(units)}) belongs to no pool`)
    throw new AppError('ledger.unassigned', `${messages[0]}${messages.length > 1 ? ` (and ${messages.length - 1} more)` : ''}`, {
      problems: messages.map((message) => ({ setting: ['accounts'], message })),
      hint: 'give it a rule under steps.costing.accounts, or exclude it by name',
    })
  }
  return {
    byPool: new Map([...direct].map(([month, costs]) => [month, chargeOn(model, month, costs)])),
    excluded: [...excluded].sort(([a], [b]) => (a < b ? -1 : 1)).map(([reason, units]) => ({ reason, units })),
  }
}

/** Service pools charge their cost on; what rounding leaves goes to the largest pool, so that the sum stays. */
function chargeOn(model: CostModel, month: string, direct: Map<string, bigint>): Map<string, bigint> {
  const flows = model.flowsIn(month)
  if (flows.length === 0) return direct
  const { kept } = reciprocalPools(Object.fromEntries([...direct].map(([pool, units]) => [pool, Number(units)])), flows)
  const result = new Map(Object.entries(kept).map(([pool, units]) => [pool, BigInt(Math.round(units))]))
  for (const { id, level } of model.pools) if (level === 'service') result.set(id, 0n)
  const sum = (values: Iterable<bigint>) => [...values].reduce((a, b) => a + b, 0n)
  const keeping = new Set(model.pools.flatMap(({ id, level }) => (level === 'service' ? [] : [id])))
  const [largest] = [...result].filter(([id]) => keeping.has(id)).sort(([, a], [, b]) => compareDecimals(b.toString(), a.toString()))[0]!
  result.set(largest, (result.get(largest) ?? 0n) + sum(direct.values()) - sum(result.values()))
  return result
}
