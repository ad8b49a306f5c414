/** Minimisation from several starts. */
import type { Minimum } from './optimise.ts'

/**
 * Runs a minimiser from each start and returns the lowest result, how many starts reached it (within `closeness` in value, defaults to
 * 1e-6 relative), and all results in the order of the starts.
 *
 * @throws RangeError when there are no starts.
 */
export function multiStart<Result extends Minimum>(
  minimise: (start: ArrayLike<number>) => Result,
  starts: readonly ArrayLike<number>[],
  closeness = 1e-6,
): { best: Result; reached: number; all: Result[] } {
  if (starts.length === 0) throw new RangeError('multiStart needs at least one start')
  const all = starts.map((start) => minimise(start))
  const rank = (each: Result): number => (Number.isFinite(each.value) ? each.value : Infinity)
  const best = all.reduce((lowest, each) => (rank(each) < rank(lowest) ? each : lowest))
  const reached = all.filter((each) => each.value - best.value <= closeness * Math.max(1, Math.abs(best.value))).length
  return { best, reached, all }
}
