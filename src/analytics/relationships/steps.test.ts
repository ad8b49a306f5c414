import { afterAll, expect, test } from 'vitest'
import { runSteps, type TestLine, type TestRun } from '../../../test/support/portfolio.ts'
import { createRandom } from '../../math/random.ts'
import { sql } from '../../warehouse/sql.ts'
import { profitabilitySteps } from '../profitability/index.ts'
import { relationshipSteps } from './steps.ts'

// The exchange needs scores, which these orders do not bring.
const steps = [profitabilitySteps[0]!, ...relationshipSteps.filter(({ reads }) => !reads.includes('relationship_attr'))]
const open: TestRun[] = []
afterAll(async () => {
  for (const run of open) await run.close()
})

/** Loyal customers buy about three times a month, others one month in three; some of these stop half-way. */
function linesOf(months: number): TestLine[] {
  const random = createRandom(4)
  const lines: TestLine[] = []
  for (let c = 0; c < 90; c++) {
    const loyal = c < 25
    const lapses = c >= 65
    for (let m = 0; m < months; m++) {
      const silent = lapses && m > months / 2
      const orders = silent ? 0 : loyal ? 2 + random.poisson(1.5) : random.poisson(0.5)
      for (let n = 0; n < orders; n++) {
        const day = `2024-${String(m + 1).padStart(2, '0')}-${String(1 + random.integer(28)).padStart(2, '0')}`
        lines.push({ order: `${c}-${m}-${n}`, date: day, customer: `C${String(c).padStart(3, '0')}`, amount: 100, cost: 60 })
      }
    }
  }
  // The last day of the data is the last of a month.
  lines.push({
    order: 'last',
    date: new Date(Date.UTC(2024, months, 0)).toISOString().slice(0, 10),
    customer: 'C000',
    amount: 100,
    cost: 60,
  })
  return lines
}

test('regular customers come out closer than those who stopped, and the money ties', async () => {
  const run = await runSteps(steps, { lines: linesOf(12) })
  open.push(run)
  const classes = await run.warehouse.rows(
    sql`select customer_id, class, strength, p_stranger + p_acquaintance + p_friend + p_partner as total, measure_year from customer_relationship order by customer_id`,
  )
  expect(classes.length).toBe(90)
  for (const row of classes) expect(Number(row.total)).toBeCloseTo(1, 9)
  const strength = (from: number, to: number): number =>
    classes.slice(from, to).reduce((sum, row) => sum + Number(row.strength), 0) / (to - from)
  expect(strength(0, 25)).toBeGreaterThan(strength(25, 65))
  expect(strength(25, 65)).toBeGreaterThan(strength(65, 90))
  expect(classes.slice(70).filter((row) => row.class === 'stranger').length).toBeGreaterThan(12)
  const [{ tied }] = await run.warehouse.rows(
    sql`select (select sum(measure_year) from customer_relationship) = (select sum(measure) from customer_profit) as tied`,
  )
  expect(tied).toBe(true)
  // Each row of the matrix is a distribution, inside its interval.
  const rows = await run.warehouse.rows(
    sql`select from_class, sum(probability) as total, bool_and(low <= probability and probability <= high) as inside from relationship_transition where segment = '(all)' and period = 0 and from_class <> 'new' group by from_class`,
  )
  expect(rows).toHaveLength(4)
  for (const row of rows) {
    expect(Number(row.total)).toBeCloseTo(1, 9)
    expect(row.inside).toBe(true)
  }
  // The classes add up to the portfolio.
  const [{ difference }] = await run.warehouse.rows(
    sql`select abs((select sum(portfolio) from class_value where segment = '(all)') - (select portfolio from portfolio_value where segment = '(all)')) as difference`,
  )
  expect(Number(difference)).toBeLessThan(0.01)
})

test('one period says so and publishes nothing of the kind', async () => {
  const run = await runSteps(steps, { lines: linesOf(1) })
  open.push(run)
  const [{ n }] = await run.warehouse.rows(
    sql`select (select count(*) from customer_relationship) + (select count(*) from relationship_transition) + (select count(*) from class_value) as n`,
  )
  expect(Number(n)).toBe(0)
  expect(run.findings.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['relationship-not-told', 'movement-not-told', 'portfolio-value-not-told']),
  )
  expect(run.findings.find(({ name }) => name === 'relationship-not-told')!.text).toMatch(/at least 3 are needed/)
})
