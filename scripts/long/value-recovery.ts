/**
 * Do fits recover known parameters, and do their standard errors tell the truth? 200 simulated bases a model; each parameter must lie
 * within three standard errors in at least 95 % of them, and the total of the holdout within its 90 % interval in 85 to 95 %.
 *
 *     node scripts/long/value-recovery.ts [--runs 200] [--customers 2000]
 *
 * Exits with 1 when a model misses.
 */
import { parseArgs } from 'node:util'
import type { HistoryModel } from '../../src/analytics/value/history-model.ts'
import {
  bgNbd,
  fitBdw,
  fitBgBb,
  fitGammaGamma,
  fitSbg,
  mbgCnbdK,
  mbgNbd,
  paretoNbd,
  simulateBgBb,
  simulateRetention,
  simulateSpend,
} from '../../src/analytics/value/index.ts'
import { createRandom, type Random } from '../../src/math/random.ts'
import { quantile } from '../../src/math/statistics.ts'

const { values } = parseArgs({ options: { runs: { type: 'string', default: '200' }, customers: { type: 'string', default: '2000' } } })
const runs = Number(values.runs)
const customers = Number(values.customers)
let failed = false

type Fitted = { status: string; parameters: Record<string, number> | undefined; standardErrors: Record<string, number> | undefined }

function recover(name: string, truth: Record<string, number>, once: (random: Random) => Fitted): void {
  const within: Record<string, number> = {}
  let converged = 0
  for (let run = 0; run < runs; run++) {
    const fit = once(createRandom(run).split(name))
    if (fit.status === 'converged') converged++
    for (const [parameter, value] of Object.entries(truth)) {
      if (parameter === 'k') within[parameter] = (within[parameter] ?? 0) + (fit.parameters?.[parameter] === value ? 1 : 0)
      else {
        // On log scale, where the likelihood is nearest to normal.
        const found = fit.parameters?.[parameter] ?? Number.NaN
        const error = (fit.standardErrors?.[parameter] ?? Number.NaN) / found
        within[parameter] = (within[parameter] ?? 0) + (Math.abs(Math.log(found / value)) <= 3 * error ? 1 : 0)
      }
    }
  }
  const shares = Object.entries(within).map(([parameter, count]) => `${parameter} ${((100 * count) / runs).toFixed(1)} %`)
  const good = Object.values(within).every((count) => count >= 0.95 * runs)
  if (!good) failed = true
  console.log(`${good ? 'ok  ' : 'MISS'} ${name}: within 3 standard errors ${shares.join(', ')}; converged ${converged} of ${runs}`)
}

const T = Float64Array.from({ length: customers }, (_, i) => 26 + (52 * i) / customers)
function history<P>(model: HistoryModel<P>, truth: P): void {
  recover(model.name, truth as never, (random) => model.fit(model.simulate(random, truth, T)) as never)
}

/** Parameter and individual uncertainty together: parameters from the normal of the log-parameters, the total given them nearly normal. */
function coverHoldout<P>(model: HistoryModel<P>, truth: P): void {
  let covered = 0
  const tried = Math.min(runs, 100)
  for (let run = 0; run < tried; run++) {
    const random = createRandom(1000 + run).split(model.name)
    const drawn = model.simulate(random, truth, T, 26)
    const fit = model.fit(drawn)
    if (!fit.parameters || !fit.logCovariance) continue
    const actual = drawn.future.reduce((sum, count) => sum + count, 0)
    const names = model.parameterNames as readonly string[]
    const root = choleskyOf(fit.logCovariance, names.length)
    const expectedAt = (p: P): number => {
      let total = 0
      for (let i = 0; i < customers; i++) total += model.conditionalExpectedTransactions(p, 26, drawn.x[i]!, drawn.tx[i]!, T[i]!)
      return total
    }
    // Given the parameters customers are independent: the variance of their total, at the fitted parameters.
    let variance = 0
    for (let i = 0; i < customers; i++) {
      const chances = model.distribution(fit.parameters, 26, 80, { x: drawn.x[i]!, tx: drawn.tx[i]!, T: T[i]! })
      let first = 0
      let second = 0
      for (let n = 0; n <= 80; n++) {
        first += n * chances[n]!
        second += n * n * chances[n]!
      }
      variance += second - first * first
    }
    const totals: number[] = []
    for (let draw = 0; draw < 100; draw++) {
      const normal = names.map(() => random.normal())
      const p = Object.fromEntries(
        names.map((name, i) => {
          let shift = 0
          for (let j = 0; j <= i; j++) shift += root[i * names.length + j]! * normal[j]!
          return [name, (fit.parameters as Record<string, number>)[name]! * Math.exp(shift)]
        }),
      ) as P
      totals.push(expectedAt(p) + Math.sqrt(variance) * random.normal())
    }
    const [low, high] = quantile(totals, [0.05, 0.95]) as [number, number]
    if (actual >= low && actual <= high) covered++
  }
  const share = covered / tried
  const good = share >= 0.82 && share <= 0.97
  if (!good) failed = true
  console.log(
    `${good ? 'ok  ' : 'MISS'} ${model.name}: the 90 % interval of the holdout's total covers ${(100 * share).toFixed(0)} % of ${tried} bases`,
  )
}

function choleskyOf(matrix: Float64Array, n: number): Float64Array {
  const lower = new Float64Array(n * n)
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j]!
      for (let k = 0; k < j; k++) sum -= lower[i * n + k]! * lower[j * n + k]!
      lower[i * n + j] = i === j ? Math.sqrt(Math.max(0, sum)) : sum / lower[j * n + j]!
    }
  return lower
}

const bg = { r: 0.8, alpha: 5.5, a: 0.8, b: 2.5 }
const pareto = { r: 0.6, alpha: 8, s: 0.8, beta: 15 }
history(bgNbd, bg)
history(mbgNbd, bg)
history(paretoNbd, pareto)
history(mbgCnbdK, { k: 3, ...bg })
recover('gamma-gamma', { p: 6.25, q: 3.74, gamma: 15.44 }, (random) => {
  const x = Float64Array.from({ length: customers }, () => random.negativeBinomial(0.6, 2))
  return fitGammaGamma({ x, z: simulateSpend(random, { p: 6.25, q: 3.74, gamma: 15.44 }, x) }) as never
})
const donors = { alpha: 1.2, beta: 0.75, gamma: 0.66, delta: 2.78 }
recover('bg-bb', donors, (random) => fitBgBb(simulateBgBb(random, donors, new Float64Array(customers).fill(8))) as never)
recover('sbg', { alpha: 0.7, beta: 2.5 }, (random) => fitSbg(simulateRetention(random, { a: 0.7, b: 2.5, c: 1 }, customers, 8)) as never)
recover('bdw', { a: 0.5, b: 2, c: 1.4 }, (random) => fitBdw(simulateRetention(random, { a: 0.5, b: 2, c: 1.4 }, customers, 10)) as never)
coverHoldout(bgNbd, bg)
coverHoldout(paretoNbd, pareto)
if (failed) process.exitCode = 1
