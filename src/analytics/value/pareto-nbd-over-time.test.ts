/** Pareto/NBD with covariates that change with time. */
import { describe, expect, test } from 'vitest'
import { hessianOfGradient, numericalGradient } from '../../math/derivatives.ts'
import { lgamma } from '../../math/gamma.ts'
import { integrate } from '../../math/quadrature.ts'
import { createRandom } from '../../math/random.ts'
import { type Calendar, runClock } from './calendar.ts'
import { fitFile } from './fit-file.ts'
import { paretoNbd } from './pareto-nbd.ts'
import { fitParetoNbdOverTime, overTimeParameters, paretoNbdOverTime, plainCalendar } from './pareto-nbd-over-time.ts'
import { overTimeLogLikelihood } from './pareto-nbd-over-time-likelihood.ts'

const base = { r: 0.8, alpha: 6, s: 0.9, beta: 15 }
/** Two years of weeks: a Christmas season and a campaign now and then. */
const weeks = Float64Array.from({ length: 160 }, (_, i) => i)
const season: Calendar = {
  names: ['christmas', 'campaign'],
  from: weeks,
  values: [weeks.map((week) => (week % 52 >= 46 ? 1 : 0)), weeks.map((week) => (week % 9 < 2 ? 1 : 0))],
}
const price: Calendar = { names: ['price'], from: weeks.map((week) => 2 * week), values: [weeks.map((week) => Math.sin(week / 5))] }
const truth = { ...base, purchase: [0.9, 0.4], leaving: [0.5] }
const model = paretoNbdOverTime(truth, { purchase: season, leaving: price })

test('clocks go forwards and backwards, with their derivatives', () => {
  const clock = runClock(season, [0.9, 0.4])
  for (const t of [-3, 0, 0.5, 47.3, 100, 158.2, 400]) expect(clock.when(clock.at(t))).toBeCloseTo(t, 10)
  const [first, second] = [new Float64Array(2), new Float64Array(4)]
  clock.derivatives(60.4, first, second)
  const at = (effects: Float64Array): number => runClock(season, effects).at(60.4)
  numericalGradient(at, Float64Array.from([0.9, 0.4])).forEach((slope, i) => {
    expect(first[i]).toBeCloseTo(slope, 7)
  })
  expect(second[1]).toBe(second[2])
})

test('without effects it is the plain model, in every answer', () => {
  const none = paretoNbdOverTime({ ...base, purchase: [0, 0], leaving: [0] }, { purchase: season, leaving: price })
  for (const [x, tx, T, start] of [
    [0, 0, 38.86, 3.2],
    [2, 30.43, 38.86, 0],
    [26, 30.86, 31, 60.5],
    [5, 12, 12, 10],
  ] as const) {
    const history = { x, tx, T, start }
    const one = { x: new Float64Array([x]), tx: new Float64Array([tx]), T: new Float64Array([T]) }
    const dated = { ...one, start: new Float64Array([start]), atPurchases: [new Float64Array(1), new Float64Array(1)] }
    expect(none.logLikelihood(dated)).toBeCloseTo(paretoNbd.logLikelihood(one, base), 9)
    expect(none.probabilityAlive(history)).toBeCloseTo(paretoNbd.probabilityAlive(base, x, tx, T), 9)
    expect(none.conditionalExpectedTransactions(52, history)).toBeCloseTo(paretoNbd.conditionalExpectedTransactions(base, 52, x, tx, T), 9)
    const plain = paretoNbd.distribution(base, 20, 6, { x, tx, T })
    none.distribution(20, 6, history).forEach((chance, k) => {
      expect(chance).toBeCloseTo(plain[k]!, 8)
    })
  }
  expect(none.expectedTransactions(7, 52)).toBeCloseTo(paretoNbd.expectedTransactions(base, 52), 10)
})

test('the likelihood agrees with integration over the rates and the time of leaving', () => {
  const [B, D] = [runClock(season, truth.purchase), runClock(price, truth.leaving)]
  const { r, alpha, s, beta } = base
  for (const [x, tx, T, start] of [
    [0, 0, 12.3, 40],
    [3, 8.25, 20.5, 33],
    [6, 15, 15.5, 44.4],
  ] as const) {
    const gamma = (shape: number, rate: number, log: number): number =>
      shape * Math.log(rate) - lgamma(shape) + shape * log - rate * Math.exp(log)
    // Pieces of the calendars, so that each integral is smooth.
    const cuts = [start + tx, ...[...weeks].filter((week) => week > start + tx && week < start + T), start + T]
    const given = (lambda: number, mu: number): number => {
      const survive = (t: number): number => Math.exp(-lambda * (B.at(t) - B.at(start)) - mu * (D.at(t) - D.at(start)))
      let left = 0
      for (let i = 1; i < cuts.length; i++) {
        const middle = (cuts[i]! + cuts[i - 1]!) / 2
        const [b, d] = [B.speed[B.period(middle)]!, D.speed[D.period(middle)]!]
        // mu d e^-(lambda B + mu D) over a stretch in which both grow evenly.
        left += ((mu * d) / (lambda * b + mu * d)) * (survive(cuts[i - 1]!) - survive(cuts[i]!))
      }
      return lambda ** x * (survive(start + T) + left)
    }
    let total = 0
    const step = 0.2
    for (let log = -45; log <= 6; log += step)
      for (let v = -40; v <= 8; v += step)
        total += step * step * Math.exp(gamma(r, alpha, log) + gamma(s, beta, v)) * given(Math.exp(log), Math.exp(v))
    const one = { x: new Float64Array([x]), tx: new Float64Array([tx]), T: new Float64Array([T]), start: new Float64Array([start]) }
    const actual = model.logLikelihood({ ...one, atPurchases: [new Float64Array(1), new Float64Array(1)] })
    expect(Math.abs(actual - Math.log(total)), `x ${x}`).toBeLessThan(1e-8 * Math.max(1, Math.abs(actual)))
  }
})

test('gradient and Hessian agree with differences', () => {
  const random = createRandom(4)
  const start = Float64Array.from({ length: 40 }, () => 50 * random.next())
  const cells = model.simulate(
    random,
    start,
    start.map(() => 20 + 30 * random.next()),
  )
  const logLikelihood = overTimeLogLikelihood(cells, season, price)
  const at = Float64Array.from([...Object.values(base).map(Math.log), 0.6, -0.3, 0.4])
  const [gradient, hessian] = [new Float64Array(7), new Float64Array(49)]
  logLikelihood(at, gradient, hessian)
  numericalGradient((x) => logLikelihood(x, new Float64Array(7), new Float64Array(49)), at).forEach((slope, i) => {
    expect(Math.abs(gradient[i]! - slope)).toBeLessThan(1e-6 * Math.max(1, Math.abs(slope)))
  })
  hessianOfGradient((x, into) => void logLikelihood(x, into, new Float64Array(49)), at).forEach((bend, i) => {
    expect(Math.abs(hessian[i]! - bend), `entry ${i}`).toBeLessThan(1e-6 * Math.max(1, Math.abs(bend)))
  })
})

describe('customers drawn from the model', () => {
  const size = 2500
  const random = createRandom(11)
  const start = Float64Array.from({ length: size }, () => 52 * random.next())
  const drawn = model.simulate(
    random,
    start,
    start.map((at) => 104 - at),
    26,
  )
  const histories = Array.from(drawn.x, (x, i) => ({ x, tx: drawn.tx[i]!, T: drawn.T[i]!, start: drawn.start[i]! }))

  test('buy and stay as told, season by season', () => {
    let [alive, future, spread] = [0, 0, 0]
    for (const [i, history] of histories.slice(0, 1200).entries()) {
      alive += model.probabilityAlive(history) - drawn.alive[i]!
      const gap = model.conditionalExpectedTransactions(26, history) - drawn.future[i]!
      future += gap
      spread += gap * gap
    }
    expect(Math.abs(alive / 1200)).toBeLessThan(0.04)
    expect(Math.abs(future) / Math.sqrt(spread)).toBeLessThan(4)
    const chances = model.distribution(26, 120, histories[3]!)
    expect(chances.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 8)
    expect(chances.reduce((sum, chance, k) => sum + k * chance, 0)).toBeCloseTo(model.conditionalExpectedTransactions(26, histories[3]!), 6)
  })

  test('discounting takes away what it should', () => {
    const history = histories[5]!
    const delta = 0.01
    const slow = integrate((t) => Math.exp(-delta * t) * delta * model.conditionalExpectedTransactions(t, history), 0, 26, 1e-6)
    const expected = slow + Math.exp(-delta * 26) * model.conditionalExpectedTransactions(26, history)
    expect(model.discountedExpectedTransactions(delta, 26, history)).toBeCloseTo(expected, 5)
  })

  test('give the parameters and effects back within four standard errors', () => {
    const fit = fitParetoNbdOverTime(drawn, { purchase: season, leaving: price })
    expect(fit.status).toBe('converged')
    const found = overTimeParameters(fit)
    for (const name of ['r', 'alpha', 's', 'beta'] as const)
      expect(Math.abs(found[name] - base[name]) / fit.standardErrors![name]!, name).toBeLessThan(4)
    fit.effects.forEach(({ name, estimate, standardError }, i) => {
      expect(Math.abs(estimate - [0.9, 0.4, 0.5][i]!) / standardError, name).toBeLessThan(4)
    })
    expect(fit.likelihoodRatio!.p).toBeLessThan(1e-9)
  })
})

test('refuses a calendar that does not change, and too few customers', () => {
  const random = createRandom(2)
  const start = new Float64Array(300)
  const cells = model.simulate(
    random,
    start,
    start.map(() => 40),
  )
  const flat: Calendar = { names: ['tax'], from: new Float64Array([0, 90]), values: [new Float64Array([1, 2])] }
  const dated = { ...cells, atPurchases: [cells.x] }
  expect(fitParetoNbdOverTime(dated, { purchase: flat, leaving: plainCalendar }).reason).toMatch(/tax does not change/)
  const few = model.simulate(random, new Float64Array(5), new Float64Array(5).fill(9))
  expect(fitParetoNbdOverTime(few, { purchase: season, leaving: price }).status).toBe('refused')
})

describe('through files', () => {
  const day = (week: number): string => new Date(Date.UTC(2022, 0, 3) + Math.floor(7 * week) * 86_400_000).toISOString().slice(0, 10)
  const random = createRandom(21)
  const lines = ['customer_id,date,amount']
  for (let i = 0; i < 900; i++) {
    const start = 40 * random.next()
    lines.push(`c${i},${day(start)},10`)
    const lambda = random.gamma(1.2, 12)
    const [B, end] = [runClock(season, [1.1, 0]), start + random.exponential() / random.gamma(0.9, 25)]
    for (
      let at = B.when(B.at(start) + random.exponential() / lambda);
      at < Math.min(end, 104);
      at = B.when(B.at(at) + random.exponential() / lambda)
    )
      lines.push(`c${i},${day(at)},10`)
  }
  const log = lines.join('\n')
  const calendar = ['date,christmas', `${day(0)},0`, `${day(46)},1`, `${day(52)},0`, `${day(98)},1`].join('\n')

  test('a season raises the rate of purchases, and the fit says by how much', () => {
    const fit = fitFile('pareto-nbd', log, { calendar })
    expect(fit.effects).toHaveLength(1)
    expect(Math.abs(fit.effects![0]!.estimate - 1.1) / fit.effects![0]!.standardError).toBeLessThan(4)
    const both = fitFile('pareto-nbd', log, { calendar, calendarFor: 'both' })
    expect(both.effects!.map(({ process }) => process)).toEqual(['purchase', 'leaving'])
    expect(both.logLikelihood).toBeGreaterThanOrEqual(fit.logLikelihood)
  })

  test('bad calendars are refused with row and reason', () => {
    const failing = (text: string, options: object, model = 'pareto-nbd'): string => {
      try {
        fitFile(model, text, options)
      } catch (error) {
        return (error as Error).message
      }
      return ''
    }
    expect(failing(log, { calendar: 'date,a\n2023-01-02,1\n2023-03-01,2' })).toMatch(/begins on 2023-01-02, after the first purchase/)
    expect(failing(log, { calendar: 'date,a\n2021-01-02,1\n2021-01-02,2' })).toMatch(/row 2 .*must rise/)
    expect(failing(log, { calendar: 'date,a\nnever,1' })).toMatch(/row 1 .*must be a date/)
    expect(failing(log, { calendar: 'date\n2021-01-02' })).toMatch(/no column beside the date/)
    expect(failing('x,t_x,T\n1,1,2', { calendar })).toMatch(/needs the day of each purchase/)
    expect(failing(log, { calendar }, 'bg-nbd')).toMatch(/bg-nbd takes no calendar/)
  })
})
