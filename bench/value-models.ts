/**
 * Fits and scores the lifetime-value models on simulated customers and prints time, memory and cells.
 *
 *     node bench/value-models.ts --customers 100000 [--models bg-nbd,pareto-nbd] [--json]
 *
 * Customers start on random days over two years, buy by BG/NBD (r 0.8, alpha 5.5 weeks, a 0.6, b 3.2) and spend by Gamma-Gamma; last
 * purchases are put on whole days, so that histories can be equal as in real data.
 */
import { parseArgs } from 'node:util'
import { simulateSpend } from '../src/analytics/value/gamma-gamma.ts'
import { bgCnbdK, bgNbd, fitGammaGamma, groupCells, mbgCnbdK, mbgNbd, paretoNbd } from '../src/analytics/value/index.ts'
import { fitParetoGgg, simulateParetoGgg } from '../src/analytics/value/pareto-ggg.ts'
import { createRandom } from '../src/math/random.ts'

const { values } = parseArgs({
  options: { customers: { type: 'string', default: '100000' }, models: { type: 'string' }, json: { type: 'boolean', default: false } },
})
const customers = Number(values.customers)
const wanted = values.models?.split(',')
const results: Record<string, string | number>[] = []

function measure<Result>(step: string, work: () => Result, more: (result: Result) => Record<string, string | number> = () => ({})): Result {
  const cpu = process.cpuUsage()
  const start = performance.now()
  const result = work()
  const { user, system } = process.cpuUsage(cpu)
  results.push({
    step,
    seconds: Number(((performance.now() - start) / 1000).toFixed(3)),
    cpu: Number(((user + system) / 1e6).toFixed(3)),
    ...more(result),
  })
  return result
}

const random = createRandom(20240101)
const T = Float64Array.from({ length: customers }, () => (1 + random.integer(728)) / 7)
const drawn = measure('simulate', () => bgNbd.simulate(random, { r: 0.8, alpha: 5.5, a: 0.6, b: 3.2 }, T))
const tx = drawn.tx.map((t, i) => Math.min(T[i]!, Math.ceil(t * 7) / 7))
const z = simulateSpend(random, { p: 6.25, q: 3.74, gamma: 15.44 }, drawn.x)
const rows = { x: drawn.x, tx, T, logIntervals: drawn.logIntervals }
const cells = measure(
  'group',
  () => groupCells(rows),
  (grouped) => ({ cells: grouped.x.length }),
)

for (const model of [bgNbd, mbgNbd, paretoNbd, bgCnbdK, mbgCnbdK]) {
  if (wanted && !wanted.includes(model.name)) continue
  const fit = measure(
    `fit ${model.name}`,
    () => model.fit(cells),
    (found) => ({
      status: found.status,
      iterations: found.iterations,
      logLikelihood: Number(found.logLikelihood.toFixed(3)),
    }),
  )
  const p = fit.parameters as never
  measure(`score ${model.name}: P(alive) and three horizons`, () => {
    let total = 0
    for (let i = 0; i < cells.x.length; i++) {
      total += model.probabilityAlive(p, cells.x[i]!, cells.tx[i]!, cells.T[i]!)
      for (const t of [13, 52, 156]) total += model.conditionalExpectedTransactions(p, t, cells.x[i]!, cells.tx[i]!, cells.T[i]!)
    }
    return total
  })
}
if (!wanted || wanted.includes('gamma-gamma'))
  measure(
    'fit gamma-gamma',
    () => fitGammaGamma({ x: drawn.x, z }),
    (fit) => ({ status: fit.status, cells: fit.cells }),
  )
if (wanted?.includes('pareto-ggg') || (!wanted && customers <= 100_000)) {
  const some = simulateParetoGgg(random, { t: 4, gamma: 1.5, r: 2, alpha: 8, s: 0.8, beta: 30 }, new Float64Array(1500).fill(52))
  measure(
    'fit pareto-ggg, 1,500 customers',
    () => fitParetoGgg(some, createRandom(1), { horizon: 26 }),
    ({ fit }) => ({ status: fit.status }),
  )
}
const memory = Math.round(process.resourceUsage().maxRSS / 1024)
if (values.json) console.log(JSON.stringify({ customers, memoryMb: memory, results }))
else {
  console.log(`${customers} customers, at most ${memory} MB`)
  for (const { step, seconds, cpu, ...more } of results)
    console.log(`${String(step).padEnd(48)} ${String(seconds).padStart(8)} s  cpu ${String(cpu).padStart(8)} s  ${JSON.stringify(more)}`)
}
