/**
 * Do fits recover known parameters, and do their standard errors tell the truth? 200 simulated bases a model; each parameter must lie
 * within three standard errors in at least 95 % of them. (Intervals of what comes: value-coverage.)
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
if (failed) process.exitCode = 1
