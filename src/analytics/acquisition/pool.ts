/** Means of groups drawn towards the mean of all, the more the less is known of a group. */

export interface GroupMean {
  mean: number
  /** Standard error of the mean. */
  error: number
}

export interface Pooled {
  /** Mean of all groups. */
  centre: number
  /** Variance between groups, beyond what chance explains. */
  between: number
  /** Of the groups in their order: the mean drawn towards the centre, and its standard error. */
  groups: { mean: number; error: number }[]
}

/**
 * Partial pooling by DerSimonian and Laird: w = 1/se^2, Q = sum w (b - b.)^2, tau^2 = max(0, (Q - (k-1)) / (sum w - sum w^2 / sum w)), the
 * centre weighted by 1/(se^2 + tau^2), each group at (b tau^2 + centre se^2) / (tau^2 + se^2). The error holds that of the centre.
 *
 * DerSimonian & Laird (1986), "Meta-analysis in clinical trials", Controlled Clinical Trials 7.
 */
export function poolMeans(groups: readonly GroupMean[]): Pooled {
  if (groups.length === 0) return { centre: Number.NaN, between: 0, groups: [] }
  const weights = groups.map(({ error }) => 1 / (error * error))
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
  const all = sum(weights)
  const plain = sum(groups.map(({ mean }, i) => mean * weights[i]!)) / all
  const Q = sum(groups.map(({ mean }, i) => weights[i]! * (mean - plain) ** 2))
  const room = all - sum(weights.map((weight) => weight * weight)) / all
  const between = groups.length > 1 && room > 0 ? Math.max(0, (Q - (groups.length - 1)) / room) : 0
  const wide = groups.map(({ error }) => 1 / (error * error + between))
  const centre = sum(groups.map(({ mean }, i) => mean * wide[i]!)) / sum(wide)
  const centreVariance = 1 / sum(wide)
  return {
    centre,
    between,
    groups: groups.map(({ mean, error }) => {
      const s2 = error * error
      const drawn = s2 / (s2 + between)
      return {
        mean: mean * (1 - drawn) + centre * drawn,
        error: Math.sqrt((1 - drawn) * s2 + drawn * drawn * centreVariance),
      }
    }),
  }
}
