import { studentQuantile } from '../../math/student-t.ts'

/** Volume at each step of one per cent of the reference price. */
export interface Bins {
  /** Step: 70 is from above 70 % to 71 %. */
  bin: number[]
  volume: number[]
}

export interface Band {
  p05: number
  p25: number
  p50: number
  p75: number
  p95: number
  /** (p95 - p05) / p50. */
  width: number
}

/**
 * The band of prices by volume: weighted percentiles of pocket price / reference price. Within a step volume is taken as spread evenly, so
 * the answer is right to a fraction of a per cent. Null without volume.
 */
export function priceBandOf({ bin, volume }: Bins): Band | null {
  const steps = new Map<number, number>()
  bin.forEach((step, i) => {
    steps.set(step, (steps.get(step) ?? 0) + volume[i]!)
  })
  const ordered = [...steps].filter(([, amount]) => amount > 0).sort(([a], [b]) => a - b)
  const total = ordered.reduce((sum, [, amount]) => sum + amount, 0)
  if (!(total > 0)) return null
  const at = (p: number): number => {
    let reached = 0
    for (const [step, amount] of ordered) {
      if (reached + amount >= p * total) return (step + (p * total - reached) / amount) / 100
      reached += amount
    }
    return (ordered[ordered.length - 1]![0] + 1) / 100
  }
  const [p05, p25, p50, p75, p95] = [at(0.05), at(0.25), at(0.5), at(0.75), at(0.95)]
  return { p05: p05!, p25: p25!, p50: p50!, p75: p75!, p95: p95!, width: (p95! - p05!) / p50! }
}

/** The 90 % interval of the width by leaving out one group of customers at a time; null with fewer than two groups. */
export function widthInterval(groups: readonly Bins[]): { low: number; high: number } | null {
  const whole = priceBandOf({ bin: groups.flatMap(({ bin }) => bin), volume: groups.flatMap(({ volume }) => volume) })
  if (!whole || groups.length < 2) return null
  const each = groups.map((_, left) => {
    const rest = groups.filter((__, i) => i !== left)
    return priceBandOf({ bin: rest.flatMap(({ bin }) => bin), volume: rest.flatMap(({ volume }) => volume) })?.width ?? whole.width
  })
  const mean = each.reduce((sum, one) => sum + one, 0) / each.length
  const variance = ((each.length - 1) / each.length) * each.reduce((sum, one) => sum + (one - mean) ** 2, 0)
  const reach = studentQuantile(0.95, each.length - 1) * Math.sqrt(variance)
  return { low: Math.max(0, whole.width - reach), high: whole.width + reach }
}
