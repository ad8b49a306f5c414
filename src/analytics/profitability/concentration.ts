import { createRandom } from '../../math/random.ts'
import { sum } from '../../math/statistics.ts'
import type { StepContext } from '../../pipeline/step.ts'
import { sql } from '../../warehouse/sql.ts'
import { correlateSize, testExtremes } from './big-customers.ts'
import { bootstrapIntervals, toCells } from './bootstrap.ts'
import * as query from './concentration.sql.ts'
import { sayConcentration } from './concentration-findings.ts'
import { bootstrapped, bootstrappedRevenue, concentrationRows, type Findable, fewestCustomers, type Measure } from './concentration-rows.ts'
import { concentration, whaleCurve } from './contract.ts'
import { revenueConcentration } from './revenue-concentration.ts'
import { literalRows } from './rows.sql.ts'
import { curveRanks, dividable, whaleIndices } from './whale.ts'

/** Whale curve, concentration, dependence, and whether the big ones are best or worst. */
export async function writeConcentration(context: StepContext): Promise<void> {
  const { warehouse, signal, seed, progress } = context
  const [{ available }] = await warehouse.rows(sql`select available from layer where layer = 'contribution'`, { signal })
  const measure: Measure = available ? 'contribution' : 'net revenue'
  const columns = await warehouse.columns(query.rankedCustomers(), { signal })
  const profit = columns.measure as Float64Array
  const revenue = columns.revenue as Float64Array
  const revenueRank = columns.revenue_rank as Float64Array
  progress(0.2)

  const sortedRevenue = Float64Array.from(revenue).sort().reverse()
  const whale = whaleIndices(profit)
  const spread = revenueConcentration(sortedRevenue)
  const random = createRandom(seed).split('concentration')
  const few = profit.length < fewestCustomers
  const intervals = few
    ? { whale: [], revenue: [] }
    : {
        whale: bootstrapIntervals(
          toCells(profit),
          (values, weights) => bootstrapped(whaleIndices(values, weights)),
          random.split('profit'),
        ),
        revenue: bootstrapIntervals(
          toCells(sortedRevenue),
          (values, weights) => bootstrappedRevenue(revenueConcentration(values, weights)),
          random.split('revenue'),
        ),
      }
  progress(0.6)
  const testable = !few && measure === 'contribution' && dividable(whale.total, whale.gains)
  const found: Findable = {
    measure,
    margin: whale.total / sum(revenue),
    whale,
    revenue: spread,
    intervals,
    size: testable ? correlateSize(profit, revenue) : null,
    extremes: testable ? testExtremes(revenueRank) : null,
  }
  await context.save(concentration, literalRows(concentration, concentrationRows(found)), sql`position`)
  progress(0.8)

  const ranks = curveRanks(profit.length, Math.round(whale.peakPosition * whale.customers))
  await warehouse.load('curve_rank', { measure_rank: Float64Array.from(ranks) }, { measure_rank: 'bigint' })
  await context.save(whaleCurve, query.whaleCurvePoints())
  await sayConcentration(context, found, profit)
}
