import { normalQuantile } from '../../math/normal.ts'
import type { LeverItem } from './levers.ts'
import { respond } from './response.ts'

/** How a plan treats two groups: the part of each that is favoured. */
export interface TreatmentRatio {
  /** Rate of the group over rate of the reference. Null when nobody of the reference is favoured. */
  ratio: number | null
  /** 95 % interval on the logarithm of the ratio (Katz, Baptista, Azen & Pike 1978); null when a count is zero. */
  low: number | null
  high: number | null
  /** Below the four-fifths mark (29 CFR 1607.4(D), a screen, not a verdict). */
  flagged: boolean
  /** Whether even the upper end of the interval is below the mark. */
  certain: boolean
}

/** Part of the reference's rate below which unequal treatment is flagged. */
export const fourFifths = 0.8

/** @throws RangeError when more are favoured than there are. */
export function treatmentRatio(group: { favoured: number; of: number }, reference: { favoured: number; of: number }): TreatmentRatio {
  for (const { favoured, of } of [group, reference])
    if (!(of > 0 && favoured >= 0 && favoured <= of)) throw new RangeError(`${favoured} of ${of} cannot be favoured`)
  if (reference.favoured === 0) return { ratio: null, low: null, high: null, flagged: false, certain: false }
  const ratio = group.favoured / group.of / (reference.favoured / reference.of)
  if (group.favoured === 0) return { ratio, low: null, high: null, flagged: true, certain: false }
  const deviation = Math.sqrt(1 / group.favoured - 1 / group.of + 1 / reference.favoured - 1 / reference.of)
  const z = normalQuantile(0.975)
  const high = ratio * Math.exp(z * deviation)
  return { ratio, low: ratio * Math.exp(-z * deviation), high, flagged: ratio < fourFifths, certain: high < fourFifths }
}

/** Whether a plan counts on more customers moving up than ever did. */
export interface UpgradeCheck {
  /** Rate of upgrades a period that the plan relies on. */
  planned: number
  /** Rate seen, with its interval. */
  seen: number
  seenLow: number
  seenHigh: number
  /** The plan relies on a rate above the interval of what was seen: the ugly-duckling warning (Fader, Hardie & Toms 2020: most low-value customers stay low). */
  beyond: boolean
}

export function checkUpgrades(planned: number, seen: { rate: number; low: number; high: number }): UpgradeCheck {
  return { planned, seen: seen.rate, seenLow: seen.low, seenHigh: seen.high, beyond: planned > seen.high }
}

const classNames = ['stranger', 'acquaintance', 'friend', 'partner']

/** The guardrails of a plan as rows: equal treatment of segments against the largest one, and upgrades against those seen. */
export function guardrailRows(
  items: readonly LeverItem[],
  effort: ArrayLike<number>,
  treated: ReadonlyMap<string, { favoured: number; of: number }>,
) {
  const rows = []
  const bySize = [...treated].sort(([a, x], [b, y]) => y.of - x.of || (a < b ? -1 : 1))
  const [largest, ...others] = bySize
  for (const [segment, group] of others) {
    const [name, reference] = largest!
    const { ratio, low, high, flagged, certain } = treatmentRatio(group, reference)
    rows.push({
      guardrail: 'equal treatment',
      subject: segment,
      reference: name,
      actual: ratio,
      low,
      high,
      limit: fourFifths,
      flagged,
      detail:
        ratio === null
          ? `nobody in ${name} gets an action, so there is nothing to compare with`
          : `${group.favoured} of ${group.of} customers in ${segment} get an action, ${reference.favoured} of ${reference.of} in ${name}: ${ratio.toFixed(2)} times the rate` +
            (flagged ? (certain ? '; below four fifths beyond doubt' : '; below four fifths, though chance could explain it') : ''),
    })
  }
  for (const [i, item] of items.entries()) {
    if ((item.lever !== 'convert' && item.lever !== 'acquire') || !(effort[i]! > 0)) continue
    const at = classNames.indexOf(item.class)
    const check = checkUpgrades(respond(item.curve, effort[i]!), {
      rate: item.chain.next[at]![at + 1]!,
      low: 0,
      high: item.chain.upgradeHigh[at] ?? 1,
    })
    rows.push({
      guardrail: 'observed upgrades',
      subject: item.title,
      reference: 'upgrades seen in the periods before',
      actual: check.planned,
      low: null,
      high: check.seenHigh,
      limit: check.seenHigh,
      flagged: check.beyond,
      detail: check.beyond
        ? `counts on ${(100 * check.planned).toFixed(1)} % moving up a period; ${(100 * check.seen).toFixed(1)} % were seen to, at most ${(100 * check.seenHigh).toFixed(1)} %`
        : `within what was seen: ${(100 * check.planned).toFixed(1)} % a period against ${(100 * check.seen).toFixed(1)} % without effort`,
    })
  }
  return rows
}
