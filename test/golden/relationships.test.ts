/** Published and hand-worked values of the relationship portfolio; test/golden/relationships.json names the source of each. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import {
  bestPolicy,
  type CostCurve,
  estimateTransitions,
  filteredStates,
  logLikelihood,
  marginalCost,
  mobility,
  nextSymbols,
  orderedLogit,
  type PortfolioChain,
  portfolioPath,
  portfolioValue,
  recencyActions,
  scaleBenefit,
  scaleExponent,
  scoreExchange,
  sequenceCells,
  shadowPrices,
  steadyState,
  totalCost,
  unitCost,
  valueOfMove,
  valueOfPolicy,
} from '../../src/analytics/relationships/index.ts'

const golden = JSON.parse(readFileSync(new URL('relationships.json', import.meta.url), 'utf8'))

function near(actual: number, expected: number, tolerance: number): void {
  expect(Math.abs(actual - expected), `${actual} against ${expected}`).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(expected)))
}
const nearAll = (actual: readonly number[], expected: readonly number[], tolerance: number) =>
  expected.forEach((value, i) => near(actual[i]!, value, tolerance))

const { input, expected } = golden.cplv
const chain: PortfolioChain = { p: input.P, profit: input.g, discount: input.d }

test('the portfolio of the example is worth 298,388.3784', () => {
  const { values, total } = portfolioValue(chain, input.n0)
  nearAll(values, expected.V, 1e-6)
  near(total, expected.CPLV, 1e-9)
})

test('its first six periods bring 99,117.8187 in present value', () => {
  const path = portfolioPath(chain, input.n0, 6)
  nearAll(
    path.map(({ profit }) => profit),
    expected.profit_t,
    1e-7,
  )
  near(
    path.reduce((sum, { presentValue }) => sum + presentValue, 0),
    expected.pv_0_5,
    1e-9,
  )
  nearAll(path[1]!.customers, [959, 228, 88, 25], 1e-12)
})

test('five points more conversion, fewer leaks, more acquisition and a better margin have their exact worth', () => {
  near(valueOfMove(chain, input.n0, { row: 1, from: 1, to: 2, mass: 0.05 }), expected.A_to_F_plus5pp, 1e-9)
  near(valueOfMove(chain, input.n0, { row: 3, from: 0, to: 3, mass: 0.05 }), expected.P_leak_minus5pp, 1e-9)
  near(valueOfMove(chain, input.n0, { row: 0, from: 0, to: 1, mass: 0.05 }), expected.S_to_A_plus5pp, 1e-9)
  const better = { ...chain, profit: input.g.map((g: number, i: number) => (i === 3 ? g + 0.05 * 150 : g)) }
  // Partner margin up 5 % of the profit of 150 is 7.5 a period, over the partners' discounted periods.
  near(portfolioValue(better, input.n0).total - portfolioValue(chain, input.n0).total, expected.partner_margin_plus5pct, 1e-9)
})

test('the shadow price is the first-order worth of a point', () => {
  const price = shadowPrices(chain, input.n0).find(({ from, to }) => from === 1 && to === 2)!
  near(5 * price.perPoint, expected.first_order_A_to_F, 1e-9)
})

test('the chain of the example settles at .618421 .184211 .118421 .078947', () => {
  nearAll(steadyState(input.P)!, [0.618421, 0.184211, 0.118421, 0.078947], 2e-6)
})

test('Pfeifer and Carraway: values of recency states, over four periods and for ever', () => {
  const { input, expected, tol } = golden.pfeifer_carraway
  const [market] = recencyActions({ buys: input.p, contribution: input.NC, marketing: input.M })
  nearAll(valueOfPolicy([market!], [0, 0, 0, 0, 0], input.d), expected.V_inf, tol)
  const fourPeriods = input.p.concat(0).map((_: number, i: number) =>
    portfolioPath({ p: market!.p, profit: market!.reward, discount: input.d }, [0, 0, 0, 0, 0].map((_, j) => (i === j ? 1 : 0)), 5).reduce(
      (sum, { presentValue }) => sum + presentValue,
      0,
    ),
  )
  nearAll(fourPeriods, expected.V_4, tol)
})

test('Pfeifer and Carraway: policy iteration stops marketing at recency 4, which beats stopping earlier', () => {
  const { input, expected, tol } = golden.pfeifer_carraway
  const actions = recencyActions({ buys: input.p, contribution: input.NC, marketing: input.M })
  const best = bestPolicy(actions, input.d)
  expect(best.status).toBe('optimal')
  expect(best.actions.slice(0, 4)).toEqual([0, 0, 0, 1])
  nearAll(best.values, expected.stop_after_3, tol)
  nearAll(valueOfPolicy(actions, [0, 0, 1, 1, 1], input.d), expected.stop_after_2, tol)
  nearAll(valueOfPolicy(actions, [0, 1, 1, 1, 1], input.d), expected.stop_after_1, tol)
})

test('the forward pass of the hidden Markov example: likelihood .054, filtered .2 and .8, next purchase .4', () => {
  const { input, expected, tol } = golden.hmm
  const cells = sequenceCells([{ symbols: input.y }])
  const model = {
    states: 2,
    symbols: 2,
    initial: Float64Array.from(input.pi),
    transition: Float64Array.from(input.Q.flat()),
    emission: Float64Array.from(input.m.flatMap((buy: number) => [1 - buy, buy])),
  }
  near(Math.exp(logLikelihood(model, cells)), expected.L, tol)
  near(logLikelihood(model, cells), -2.918771, 1e-6)
  const last = filteredStates(model, cells).subarray(4, 6)
  nearAll(Array.from(last), expected.filtered, tol)
  near(nextSymbols(model, last)[1]!, expected.next_buy, tol)
})

test('ordered logit with cuts -1 and 1 at .5', () => nearAll(orderedLogit([-1, 1], 0.5), [0.18243, 0.44003, 0.37754], 1e-5))

test('an 85 % curve: 97.790092 at 1,100, 85 at twice the volume, 23.446525 a unit for the others', () => {
  const { input, expected, tol } = golden.scale
  const curve: CostCurve = { kind: 'power', progress: input.progress, volume: input.Q, unitCost: input.c }
  near(scaleExponent(input.progress), expected.b, tol)
  near(unitCost(curve, 1100), expected.c_1100, tol)
  near(unitCost(curve, 2000), expected.c_2000, tol)
  near(totalCost(curve, 1100), 107_569.1, 1e-6)
  near(marginalCost(curve, 1000), expected.marginal, tol)
  near(scaleBenefit(curve, 1000), expected.externality, tol)
})

test('the exchange example: situation 5.75, behaviour 5.5, 77.78 of 100, fit', () => {
  const { input, expected, tol } = golden.exchange_score
  const score = scoreExchange(input)
  near(score.situation, expected.situation, tol)
  near(score.behaviour, expected.behaviour, tol)
  near(score.score100, expected.score100, tol)
  near(score.mismatch, expected.mismatch, tol)
  expect(score.fit).toBe('fit')
})

test('mobility of the example of 300 customers is .3', () => {
  const { input, expected, tol } = golden.mobility
  const { p } = estimateTransitions(input.counts, 0)
  p.forEach((row, i) => nearAll(row, expected.P[i], tol))
  near(mobility(p).shorrocks, expected.mobility, tol)
})
