/** Cost curves of shared resources, and what the volume of one customer is worth to all others. */
import { AppError } from '../../shared/errors.ts'

/**
 * How the cost of a shared resource grows with its volume Q.
 *
 * `power`: unit cost c(Q) = c1 Q^-b with b = -log2(progress ratio); at `progress` 0.85 each doubling of the volume lowers the unit cost to 85 %.
 * `linear`: fixed + variable x Q.
 */
export type CostCurve =
  | { kind: 'power'; progress: number; volume: number; unitCost: number }
  | { kind: 'linear'; fixed: number; variable: number }

/** b = -log2(progress ratio). */
export function scaleExponent(progress: number): number {
  if (!(progress > 0.5 && progress <= 1))
    throw new AppError('relationship.progress', `a progress ratio must be above 0.5 and at most 1; got ${progress}`, {
      hint: progress > 1 && progress <= 100 ? `Did you mean ${progress / 100}?` : '0.85 means that twice the volume costs 85 % a unit.',
    })
  return -Math.log2(progress)
}

const checkVolume = (volume: number): void => {
  if (!(volume > 0)) throw new AppError('relationship.volume', `a volume must be above 0; got ${volume}`)
}

/** Cost of a unit at volume Q, everything counted. */
export function unitCost(curve: CostCurve, volume: number): number {
  checkVolume(volume)
  return curve.kind === 'linear'
    ? curve.fixed / volume + curve.variable
    : curve.unitCost * (volume / curve.volume) ** -scaleExponent(curve.progress)
}

/** Cost of the whole volume; 0 units still cost the fixed part of a linear curve. */
export function totalCost(curve: CostCurve, volume: number): number {
  if (volume === 0) return curve.kind === 'linear' ? curve.fixed : 0
  return unitCost(curve, volume) * volume
}

/** What one more unit costs: (1 - b) c(Q), or the variable cost. */
export function marginalCost(curve: CostCurve, volume: number): number {
  return curve.kind === 'linear' ? curve.variable : (1 - scaleExponent(curve.progress)) * unitCost(curve, volume)
}

/** What one more unit saves all others: average less marginal cost, b c(Q) on a power curve. */
export const scaleBenefit = (curve: CostCurve, volume: number): number => unitCost(curve, volume) - marginalCost(curve, volume)

export interface DroppedVolume {
  /** Cost that goes with the volume that goes. */
  saved: number
  /** Cost that the dropped volume carried at the average and that now falls on the rest. */
  fallsOnRest: number
  unitCostBefore: number
  /** NaN when nothing is left. */
  unitCostAfter: number
}

/** What happens to the cost of a shared resource when `dropped` of its `volume` goes. */
export function dropVolume(curve: CostCurve, volume: number, dropped: number): DroppedVolume {
  if (!(dropped >= 0 && dropped <= volume))
    throw new AppError('relationship.volume', `the volume dropped must lie between 0 and all of it (${volume}); got ${dropped}`)
  const before = unitCost(curve, volume)
  const saved = totalCost(curve, volume) - totalCost(curve, volume - dropped)
  return {
    saved,
    fallsOnRest: before * dropped - saved,
    unitCostBefore: before,
    unitCostAfter: dropped < volume ? unitCost(curve, volume - dropped) : Number.NaN,
  }
}
