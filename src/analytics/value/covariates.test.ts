/** Covariates on purchases and on leaving. */
import { describe, expect, test } from 'vitest'
import { hessianOfGradient, numericalGradient } from '../../math/derivatives.ts'
import { lgamma } from '../../math/gamma.ts'
import { createRandom } from '../../math/random.ts'
import type { PurchaseCells } from './cells.ts'
import {
  type CovariateModel,
  covariateLogLikelihood,
  covariateModels,
  type Designs,
  fitWithCovariates,
  parametersAt,
} from './covariates.ts'
import type { HistoryModel } from './history-model.ts'
import { bgNbd, fitFile, mbgNbd, noCovariates, paretoNbd } from './index.ts'

const models: Record<CovariateModel, HistoryModel<never>> = { 'bg-nbd': bgNbd, 'mbg-nbd': mbgNbd, 'pareto-nbd': paretoNbd } as never
const truth: Record<CovariateModel, Record<string, number>> = {
  'bg-nbd': { r: 0.8, alpha: 5.5, a: 0.8, b: 2.5 },
  'mbg-nbd': { r: 0.8, alpha: 5.5, a: 0.8, b: 2.5 },
  'pareto-nbd': { r: 0.8, alpha: 6, s: 0.9, beta: 15 },
}
const effects = [
  { process: 'purchase' as const, name: 'web', estimate: 0.5 },
  { process: 'purchase' as const, name: 'age', estimate: -0.2 },
  { process: 'leaving' as const, name: 'web', estimate: 0.4 },
]

/** Customers, half of them web, of some age, whose true parameters the effects have moved. */
function base(name: CovariateModel, size: number, seed: number): { cells: PurchaseCells; designs: Designs; rows: string } {
  const random = createRandom(seed).split(name)
  const web = Float64Array.from({ length: size }, () => (random.next() < 0.5 ? 1 : 0))
  const age = Float64Array.from({ length: size }, () => Math.round(10 * random.normal()) / 10)
  const [x, tx, T] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)]
  for (let i = 0; i < size; i++) {
    T[i] = 30 + 40 * random.next()
    const p = parametersAt(name, { base: truth[name], effects: effects as never }, { purchase: [web[i]!, age[i]!], leaving: [web[i]!] })
    const one = models[name].simulate(random, p as never, [T[i]!])
    x[i] = one.x[0]!
    tx[i] = one.tx[0]!
  }
  const designs = { purchase: { names: ['web', 'age'], columns: [web, age] }, leaving: { names: ['web'], columns: [web] } }
  const rows = [
    'x,t_x,T,channel,age',
    ...Array.from(x, (count, i) => [count, tx[i], T[i], web[i] ? 'web' : 'shop', age[i]].join(',')),
  ].join('\n')
  return { cells: { x, tx, T }, designs, rows }
}

describe.each(covariateModels)('%s', (name) => {
  test('without effects the likelihood is that of the plain model', () => {
    const { cells, designs } = base(name, 200, 1)
    const at = [...Object.values(truth[name]).map(Math.log), 0, 0, 0]
    const n = at.length
    const value = covariateLogLikelihood(name, cells, designs)(Float64Array.from(at), new Float64Array(n), new Float64Array(n * n))
    expect(value).toBeCloseTo(models[name].logLikelihood(cells, truth[name] as never), 8)
  })

  test('gradient and Hessian agree with differences', () => {
    const { cells, designs } = base(name, 60, 2)
    const at = Float64Array.from([...Object.values(truth[name]).map(Math.log), 0.3, -0.4, 0.2])
    const n = at.length
    const logLikelihood = covariateLogLikelihood(name, cells, designs)
    const [gradient, hessian] = [new Float64Array(n), new Float64Array(n * n)]
    logLikelihood(at, gradient, hessian)
    const slopes = numericalGradient((x) => logLikelihood(x, new Float64Array(n), new Float64Array(n * n)), at)
    const bends = hessianOfGradient((x, into) => void logLikelihood(x, into, new Float64Array(n * n)), at)
    slopes.forEach((slope, i) => {
      expect(Math.abs(gradient[i]! - slope)).toBeLessThan(1e-6 * Math.max(1, Math.abs(slope)))
    })
    bends.forEach((bend, i) => {
      expect(Math.abs(hessian[i]! - bend)).toBeLessThan(1e-6 * Math.max(1, Math.abs(bend)))
    })
  })

  test('a fit recovers base and effects within four standard errors, and the test against none is clear', () => {
    const { cells, designs } = base(name, 5000, 3)
    const fit = fitWithCovariates(name, cells, designs)
    expect(fit.status).toBe('converged')
    expect(fit.gradientNorm).toBeLessThan(1e-8)
    fit.effects.forEach((effect, i) => {
      expect(effect).toMatchObject({ process: effects[i]!.process, name: effects[i]!.name })
      expect(Math.abs(effect.estimate - effects[i]!.estimate) / effect.standardError, effect.name).toBeLessThan(4)
    })
    for (const [parameter, value] of Object.entries(truth[name]))
      expect(Math.abs(fit.base![parameter]! - value) / fit.standardErrors![parameter]!, parameter).toBeLessThan(4)
    expect(fit.likelihoodRatio).toMatchObject({ freedom: 3 })
    expect(fit.likelihoodRatio!.p).toBeLessThan(1e-6)
  })

  test('units of a covariate change its effect, and nothing else', () => {
    const { cells, designs } = base(name, 1500, 4)
    const other = {
      ...designs,
      purchase: {
        names: ['web', 'age'],
        columns: [designs.purchase.columns[0]!, designs.purchase.columns[1]!.map((age) => 1000 + 12 * age)],
      },
    }
    const [one, two] = [fitWithCovariates(name, cells, designs), fitWithCovariates(name, cells, other)]
    expect(two.logLikelihood).toBeCloseTo(one.logLikelihood, 7)
    expect(12 * two.effects[1]!.estimate).toBeCloseTo(one.effects[1]!.estimate, 6)
    expect(12 * two.effects[1]!.standardError).toBeCloseTo(one.effects[1]!.standardError, 6)
    const [p, q] = [
      parametersAt(name, one, { purchase: [1, 2], leaving: [1] }),
      parametersAt(name, two, { purchase: [1, 1024], leaving: [1] }),
    ]
    for (const parameter of Object.keys(p)) expect(q[parameter]! / p[parameter]!).toBeCloseTo(1, 5)
  })

  test('through a file: categories beside the commonest, effects with their test, ridge draws them to 0', () => {
    const { rows } = base(name, 3000, 5)
    const fit = fitFile(name, rows, { covariates: ['channel'], purchaseCovariates: ['age'] })
    expect(fit.effects!.map((effect) => `${effect.process} ${effect.name}`)).toEqual([
      expect.stringMatching(/^purchase channel=(web|shop)$/),
      'purchase age',
      expect.stringMatching(/^leaving channel=/),
    ])
    expect(fit.likelihoodRatio!.p).toBeLessThan(1e-3)
    const drawn = fitFile(name, rows, { covariates: ['channel'], purchaseCovariates: ['age'], ridge: 0.02 })
    drawn.effects!.forEach((effect, i) => {
      expect(Math.abs(effect.estimate)).toBeLessThan(Math.abs(fit.effects![i]!.estimate) + 1e-9)
    })
    expect(drawn.penalty).toBeGreaterThan(0)
    // The order of the rows does not matter to the last bit.
    const [header, ...lines] = rows.split('\n')
    const turned = fitFile(name, [header, ...lines.reverse()].join('\n'), { covariates: ['channel'], purchaseCovariates: ['age'] })
    expect(turned.logLikelihood).toBe(fit.logLikelihood)
  })
})

test('Pareto/NBD with covariates agrees with integration over both rates', () => {
  const p = truth['pareto-nbd']
  const line = (g: (s: number) => number, from: number, to: number, step: number): number => {
    let total = 0
    for (let s = from; s <= to; s += step) total += Math.exp(g(s))
    return total * step
  }
  for (const [x, tx, T, web, age] of [
    [0, 0, 38.86, 1, 0.3],
    [2, 30.43, 38.86, 0, -1.2],
    [7, 12, 20, 1, 2],
  ] as const) {
    const [up, out] = [Math.exp(0.5 * web - 0.2 * age), Math.exp(0.4 * web)]
    // The customer's own rates are those of the base times e^(effects).
    const gamma = (shape: number, rate: number, log: number): number =>
      shape * Math.log(rate) - lgamma(shape) + shape * log - rate * Math.exp(log)
    const value = line(
      (log) =>
        gamma(p.r!, p.alpha!, log) +
        x * (log + Math.log(up)) +
        Math.log(
          line(
            (v) => {
              const [buy, leave] = [Math.exp(log) * up, Math.exp(v) * out]
              return (
                gamma(p.s!, p.beta!, v) +
                Math.log((leave * Math.exp(-(buy + leave) * tx) + buy * Math.exp(-(buy + leave) * T)) / (buy + leave))
              )
            },
            -40,
            8,
            0.2,
          ),
        ),
      -45,
      25,
      0.2,
    )
    const cells = { x: new Float64Array([x]), tx: new Float64Array([tx]), T: new Float64Array([T]) }
    const designs = {
      purchase: { names: ['web', 'age'], columns: [new Float64Array([web]), new Float64Array([age])] },
      leaving: { names: ['web'], columns: [new Float64Array([web])] },
    }
    const at = Float64Array.from([...Object.values(p).map(Math.log), 0.5, -0.2, 0.4])
    const actual = covariateLogLikelihood('pareto-nbd', cells, designs)(at, new Float64Array(7), new Float64Array(49))
    expect(Math.abs(actual - Math.log(value))).toBeLessThan(1e-8 * Math.abs(actual))
  }
})

describe('refusals', () => {
  const { cells, designs, rows } = base('bg-nbd', 400, 9)
  test('a covariate without differences, or one that follows from others, or too many', () => {
    const flat = { names: ['all'], columns: [new Float64Array(400).fill(3)] }
    expect(fitWithCovariates('bg-nbd', cells, { purchase: flat, leaving: noCovariates }).reason).toMatch(
      /all is the same for every customer/,
    )
    const [web, age] = designs.purchase.columns as [Float64Array, Float64Array]
    const twice = { names: ['web', 'age', 'both'], columns: [web, age, web.map((value, i) => value + 2 * age[i]!)] }
    expect(fitWithCovariates('bg-nbd', cells, { purchase: twice, leaving: noCovariates }).reason).toMatch(/web, age, both tell the same/)
  })

  test('unknown and empty columns, free text, and models that take none', () => {
    const failing = (text: string, options: object, model = 'bg-nbd'): string => {
      try {
        fitFile(model, text, options)
      } catch (error) {
        return (error as Error).message
      }
      return ''
    }
    expect(failing(rows, { covariates: ['colour'] })).toMatch(/no column colour/)
    expect(failing(rows, { covariates: ['age'], purchaseCovariates: ['age'] })).toMatch(/age is named twice/)
    expect(failing(rows, { covariates: ['age'] }, 'sbg')).toMatch(/sbg takes no covariates/)
    expect(failing('x,t_x,T,c\n1,1,2,a\n1,1,2,', { covariates: ['c'] })).toMatch(/row 2 .*covariate c is empty/)
    const many = ['x,t_x,T,name', ...Array.from({ length: 60 }, (_, i) => `1,1,2,n${i}`)].join('\n')
    expect(failing(many, { covariates: ['name'] })).toMatch(/60 different values/)
  })
})
