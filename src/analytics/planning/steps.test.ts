import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runSteps, type TestLine, type TestRun } from '../../../test/support/portfolio.ts'
import { createRandom } from '../../math/random.ts'
import { sql } from '../../warehouse/sql.ts'
import { profitabilitySteps } from '../profitability/index.ts'
import { relationshipSteps } from '../relationships/index.ts'
import { planningSteps } from './steps.ts'

// Orders alone: the exchange spectrum needs scores.
const steps = [profitabilitySteps[0]!, ...relationshipSteps.filter(({ reads }) => !reads.includes('relationship_attr')), ...planningSteps]

/** Two segments over two years: "steady" buys every month, "seasonal" in summer; some of each stop half-way. */
function linesOf(months: number): TestLine[] {
  const random = createRandom(4)
  const lines: TestLine[] = []
  for (let c = 0; c < 120; c++) {
    const seasonal = c % 2 === 1
    for (let m = 0; m < months; m++) {
      const gone = c >= 90 && m > months / 2
      const mean = gone ? 0 : seasonal ? (m % 12 >= 4 && m % 12 <= 8 ? 2 : 0.3) : c < 40 ? 2.5 : 0.7
      for (let n = random.poisson(mean); n > 0; n--) {
        const day = `${2023 + Math.floor(m / 12)}-${String((m % 12) + 1).padStart(2, '0')}-${String(1 + random.integer(28)).padStart(2, '0')}`
        lines.push({ order: `${c}-${m}-${n}`, date: day, customer: `C${String(c).padStart(3, '0')}`, amount: 100 + c, cost: 60 })
      }
    }
  }
  lines.push({
    order: 'last',
    date: new Date(Date.UTC(2023, months, 0)).toISOString().slice(0, 10),
    customer: 'C000',
    amount: 100,
    cost: 60,
  })
  return lines
}

const customers = Array.from({ length: 120 }, (_, c) => ({
  id: `C${String(c).padStart(3, '0')}`,
  segment: c % 2 === 1 ? 'seasonal' : 'steady',
}))

describe('an order file alone', () => {
  let run: TestRun
  beforeAll(async () => {
    run = await runSteps(steps, { lines: linesOf(24), customers })
  })
  afterAll(() => run?.close())

  test('gives a plan within its assumed budget, labelled as assumption, with its doubt', async () => {
    const items = await run.table('plan_item')
    expect(items.length).toBeGreaterThan(4)
    expect(new Set(items.map(({ basis }) => basis))).toEqual(new Set(['assumption']))
    const [limit] = await run.table('plan_limit')
    const spent = items.reduce((sum, { effort }) => sum + Number(effort), 0)
    expect(spent).toBeGreaterThan(0)
    expect(spent).toBeLessThanOrEqual(Number(limit!.most) * (1 + 1e-6))
    expect(limit!.basis).toBe('assumption')
    for (const item of items) {
      expect(Number(item.value_low)).toBeLessThanOrEqual(Number(item.value_high))
      expect(Number(item.chosen)).toBeGreaterThanOrEqual(0)
    }
    expect(run.finding('plan-first')?.doubt).toContain('assumptions')
    expect(run.figure('plan_value')?.low).toBeLessThan(run.figure('plan_value')?.high as number)
  })

  test('the recommended plan is worth more than doing nothing, equal shares and the cautious plan on average; the cautious one has the better worst tenth', async () => {
    const options = Object.fromEntries((await run.table('plan_option')).map((row) => [row.option, row]))
    expect(Object.keys(options).sort()).toEqual(['cautious', 'equal', 'nothing', 'recommended'])
    const value = (name: string) => Number(options[name]!.value)
    expect(value('recommended')).toBeGreaterThan(value('equal'))
    expect(value('recommended')).toBeGreaterThan(value('nothing'))
    expect(Number(options.cautious!.worst_tenth)).toBeGreaterThanOrEqual(Number(options.recommended!.worst_tenth) - 1e-6)
    expect(Number(options.recommended!.regret)).toBe(0)
  })

  test('more money never makes the best plan worth less, and each further unit brings no more than the last', async () => {
    const frontier = await run.table('plan_frontier')
    expect(frontier).toHaveLength(11)
    for (let i = 1; i < frontier.length; i++) {
      expect(Number(frontier[i]!.value)).toBeGreaterThanOrEqual(Number(frontier[i - 1]!.value) - 0.01)
      if (i > 1) expect(Number(frontier[i]!.next_unit)).toBeLessThanOrEqual(Number(frontier[i - 1]!.next_unit) + 1e-6)
    }
  })

  test('each customer gets one action with a reason, and together they keep to the money of the plan', async () => {
    const actions = await run.table('customer_action')
    expect(actions).toHaveLength(120)
    const [{ effort, planned, reasons }] = await run.warehouse.rows(
      sql`select sum(effort) as effort, (select sum(effort) from plan_item) as planned, count(distinct reason) as reasons from customer_action`,
    )
    expect(Number(effort)).toBeLessThanOrEqual(Number(planned) * (1 + 1e-6))
    expect(Number(reasons)).toBeGreaterThan(1)
    for (const action of actions) if (action.action !== 'none') expect(Number(action.value)).toBeGreaterThan(0)
  })

  test('the coming periods hold all customers of today in the first, and keep their budget', async () => {
    const rows = await run.table('plan_period')
    const first = rows.filter(({ period }) => period === 1).reduce((sum, { customers: n }) => sum + Number(n), 0)
    const [{ known }] = await run.warehouse.rows(sql`select count(*) as known from customer_relationship where class is not null`)
    expect(first).toBeGreaterThan(Number(known) - 4)
    expect(first).toBeLessThanOrEqual(Number(known) + 1e-6)
  })

  test('says how each segment moves with the rest, betas weighted to one', async () => {
    const parts = await run.table('risk_part')
    expect(parts.map(({ part }) => part).sort()).toEqual(['seasonal', 'steady'])
    expect(parts.reduce((sum, { weight, beta }) => sum + Number(weight) * Number(beta), 0)).toBeCloseTo(1, 9)
    const beta = Object.fromEntries(parts.map((row) => [row.part, Number(row.beta)]))
    expect(beta.seasonal).toBeGreaterThan(beta.steady!)
    const [today, steadiest] = await run.table('risk_mix')
    expect(Number(steadiest!.deviation)).toBeLessThan(Number(today!.deviation))
  })
})

test('orders of one month give neither plan nor risk, and say why', async () => {
  const run = await runSteps(steps, { lines: linesOf(1), customers })
  for (const name of ['plan_item', 'plan_option', 'customer_action', 'risk_part']) expect(await run.table(name), name).toEqual([])
  expect(run.finding('plan-none')?.text).toMatch(/no investment plan/)
  expect(run.finding('risk-none')?.text).toMatch(/whole periods of cash flow/)
  await run.close()
})
