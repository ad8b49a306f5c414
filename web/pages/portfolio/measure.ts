import type { ChartContext } from '../../../src/charts/index.ts'
import type { Portfolio } from '../../parts/api.ts'

/** By what customers are ranked, and in which currency. */
export function chartContext(portfolio: Portfolio): ChartContext {
  const contribution = portfolio.layers?.rows.find((row) => row.layer === 'contribution')
  return { currency: portfolio.workspace.currency, measure: contribution?.available === true ? 'contribution' : 'net_revenue' }
}
