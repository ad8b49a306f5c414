import { normalQuantile } from '../../math/normal.ts'

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
