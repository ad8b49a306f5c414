/**
 * `node bench/choose-actions.ts [CUSTOMERS]`: one of eight actions for each customer under one, two and three shared budgets: time, passes over all customers,
 * certified gap, memory. Values are log-normal in the size of the customer and concave in the action; generated with a fixed seed.
 */
import { chooseActions } from '../src/analytics/planning/choose-actions.ts'
import { ProgrammeSolver } from '../src/math/programme.ts'
import { createRandom } from '../src/math/random.ts'

const customers = Number(process.argv[2] ?? 1_000_000)
const actions = 8
const random = createRandom(1)
const solver = new ProgrammeSolver()
console.log('| budgets | seconds | processor seconds | passes | certified gap | peak MiB |')
console.log('| ---: | ---: | ---: | ---: | ---: | ---: |')
for (const count of [1, 2, 3]) {
  const value = new Float64Array(customers * actions)
  const use = Array.from({ length: count }, (_, r) => new Float64Array(r === 0 ? actions : customers * actions))
  for (let j = 1; j < actions; j++) use[0]![j] = 1 + j * (0.5 + random.next())
  for (let i = 0; i < customers; i++) {
    const size = Math.exp(2 * random.normal())
    for (let j = 1; j < actions; j++) {
      value[i * actions + j] = size * j ** 0.7 * (0.2 + random.next())
      for (let r = 1; r < count; r++) use[r]![i * actions + j] = random.next() * j
    }
  }
  const budgets = use.map((one, r) => ({ name: `budget ${r}`, use: one, most: customers * (r === 0 ? 1 : 0.3) }))
  const before = process.cpuUsage()
  const from = performance.now()
  const { gap, passes } = await chooseActions({ customers, actions, value, budgets }, solver)
  const seconds = (performance.now() - from) / 1000
  const { user, system } = process.cpuUsage(before)
  const peak = Math.round(process.resourceUsage().maxRSS / 1024)
  console.log(
    `| ${count} | ${seconds.toFixed(1)} | ${((user + system) / 1e6).toFixed(1)} | ${passes} | ${gap.toExponential(1)} | ${peak} |`,
  )
}
await solver.close()
