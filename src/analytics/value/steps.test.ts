import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { loadCanonical, runSteps, runStepsOn, type TestLine, type TestRun } from '../../../test/support/portfolio.ts'
import { createRandom } from '../../math/random.ts'
import { openDuckDB } from '../../warehouse/duckdb.ts'
import { id, join, type Sql, sql } from '../../warehouse/sql.ts'
import { profitabilitySteps } from '../profitability/index.ts'
import { mbgNbd } from './mbg-nbd.ts'
import { valueSteps } from './steps.ts'

const steps = [profitabilitySteps[0]!, ...valueSteps]
const open: TestRun[] = []
afterAll(async () => {
  for (const run of open) await run.close()
})
const kept = (run: TestRun): TestRun => {
  open.push(run)
  return run
}

/** Many purchases at once: customer, day and amount as columns. */
async function runMany(
  purchases: { customer: string[]; day: string[]; amount: string[] },
  options: { asOf: string; parameters?: Record<string, unknown> },
): Promise<TestRun> {
  const warehouse = await openDuckDB({ threads: 2 })
  // One line gives the relations their columns and types; the rows come in bulk.
  await loadCanonical(warehouse, { lines: [{ order: '0', date: '2020-01-01', customer: '0', amount: 0 }] })
  const keys = new Map([...new Set(purchases.customer)].sort().map((customer, i) => [customer, i + 1]))
  await warehouse.load(
    'given',
    { c: purchases.customer, d: purchases.day, a: purchases.amount, k: Float64Array.from(purchases.customer, (one) => keys.get(one)!) },
    { c: 'varchar', d: 'date', a: 'decimal(18,4)', k: 'integer' },
  )
  await warehouse.materialise('numbered', sql`select *, row_number() over (order by k, d, a) as n from given`)
  const values: Record<string, Sql> = {
    order_id: sql`cast(n as varchar)`,
    order_key: sql`n`,
    line_no: sql`1`,
    customer_id: sql`c`,
    customer_key: sql`k`,
    order_date: sql`d`,
    kind: sql`'sale'`,
    quantity: sql`1`,
    invoice_amount: sql`a`,
    currency: sql`'EUR'`,
    cancellation_flag: sql`false`,
    duplicate_flag: sql`false`,
    product_key: sql`0`,
    name: sql`c`,
  }
  for (const relation of ['order_line', 'order', 'customer']) {
    const columns = (await warehouse.describe(sql`select * from ${id(relation)}`)).map(
      ({ name }) => sql`${values[name] ?? sql`null`} as ${id(name)}`,
    )
    const rows = relation === 'customer' ? sql`select distinct c, k from given` : sql`select * from numbered`
    await warehouse.materialise(
      `${relation} typed`,
      sql`select * from ${id(relation)} where false union all select ${join(columns)} from (${rows}) as given_rows`,
    )
    await warehouse.run(sql`drop table ${id(relation)}`)
    await warehouse.view(relation, sql`select * from ${id(`${relation} typed`)}`)
  }
  const { asOf, parameters = {} } = options
  return kept(
    await runStepsOn(warehouse, steps, { asOf, tables: ['order', 'order_line', 'customer'], parameters: { 'customer-value': parameters } }),
  )
}

const dayAfter = (start: string, days: number) => new Date(Date.parse(start) + days * 86_400_000).toISOString().slice(0, 10)

/** Customers won over half a year, watched for two, of MBG/NBD; spend is Gamma-Gamma-like around 40. */
function simulateBase(size: number, parameters = { r: 1.2, alpha: 12, a: 0.8, b: 3 }, seed = 11) {
  const random = createRandom(seed)
  const purchases = { customer: [] as string[], day: [] as string[], amount: [] as string[] }
  for (let i = 0; i < size; i++) {
    const start = random.integer(180)
    const lambda = random.gamma(parameters.r, parameters.alpha)
    const leave = random.beta(parameters.a, parameters.b)
    const level = 40 * random.gamma(4, 4)
    for (let clock = start; clock < 728; ) {
      purchases.customer.push(`C${String(i).padStart(5, '0')}`)
      purchases.day.push(dayAfter('2022-01-01', Math.floor(clock)))
      purchases.amount.push((level * random.gamma(6, 6) + 0.01).toFixed(2))
      if (random.next() < leave) break
      clock += (7 * random.exponential()) / lambda
    }
  }
  return purchases
}

describe('histories', () => {
  test('purchase days become repeat purchases, recency and age; returns never count but lower the money', async () => {
    const line = (customer: string | null, date: string, amount: number, quantity = 1): TestLine => ({
      order: `${customer}${date}${amount}`,
      customer,
      date,
      amount,
      quantity,
    })
    const run = kept(
      await runSteps(steps, {
        lines: [
          // Two orders on the first day are one purchase; the return of day 20 belongs to the purchase of day 14.
          line('A', '2024-01-01', 10),
          line('A', '2024-01-01', 5),
          line('A', '2024-01-15', 20),
          line('A', '2024-01-21', -8, -1),
          line('A', '2024-02-05', 30),
          // Once only, and a return before any purchase.
          line('B', '2024-01-08', -4, -1),
          line('B', '2024-01-22', 7),
          // Returns alone make no customer with a history.
          line('C', '2024-01-10', -9, -1),
          line(null, '2024-02-06', 100),
        ],
      }),
    )
    expect(
      (await run.table('customer_value')).map(({ customer_id, repeat_purchases, recency, age, past_measure, value_12_months }) => [
        customer_id,
        repeat_purchases,
        recency,
        age,
        past_measure,
        value_12_months,
      ]),
    ).toEqual([
      ['A', 2, 5, 5, '57.0000', null],
      ['B', 0, 0, 2, '7.0000', null],
    ])
    expect(run.checks.find(({ name }) => name === 'value-ties-to-profit')).toMatchObject({
      status: 'pass',
      expected: '51.0000',
      actual: '51.0000',
    })
    expect(run.finding('value-not-told')?.text).toContain('span 5 weeks; at least 26 are needed')
    expect(run.figure('value_12_months')).toMatchObject({ value: null, missing: expect.stringContaining('26') })
    expect((await run.table('value_model')).every(({ status, parameters }) => status === 'refused' && parameters === null)).toBe(true)
    expect(await run.table('value_holdout')).toEqual([])
  })

  test('no identified customer is a refusal, not an error', async () => {
    const run = kept(await runSteps(steps, { lines: [{ order: '1', date: '2024-01-01', customer: null, amount: 3 }] }))
    expect(await run.table('customer_value')).toEqual([])
    expect(run.finding('value-not-told')?.text).toContain('no order line with a sale names a customer')
  })

  test('too few repeat buyers are a refusal with their number', async () => {
    const purchases = { customer: [] as string[], day: [] as string[], amount: [] as string[] }
    for (let i = 0; i < 100; i++)
      for (const day of i < 30 ? [i, i + 50, i + 300] : [i]) {
        purchases.customer.push(`C${i}`)
        purchases.day.push(dayAfter('2023-01-01', day))
        purchases.amount.push('10')
      }
    const run = await runMany(purchases, { asOf: '2023-12-31' })
    expect(run.finding('value-not-told')?.text).toContain('only 30 customers had bought again')
    expect((await run.table('customer_value')).length).toBe(100)
  })
})

describe('a simulated base', () => {
  const truth = { r: 1.2, alpha: 12, a: 0.8, b: 3 }
  const purchases = simulateBase(4000, truth)

  test('gives back its parameters within three standard errors, its held-out purchases, and totals that add up', async () => {
    const run = await runMany(purchases, { asOf: '2023-12-31', parameters: { models: ['mbg-nbd', 'bg-nbd'] } })
    const models = await run.table('value_model')
    const row = models.find(({ model, fitted_on }) => model === 'mbg-nbd' && fitted_on === 'all')!
    expect(row).toMatchObject({ chosen: true, status: 'converged' })
    const fitted = JSON.parse(String(row.parameters))
    const errors = JSON.parse(String(row.standard_errors))
    for (const name of ['r', 'alpha', 'a', 'b'] as const) expect(Math.abs(fitted[name] - truth[name])).toBeLessThan(3 * errors[name])
    const proven = models.find(({ model, fitted_on }) => model === 'mbg-nbd' && fitted_on === 'calibration')!
    expect(Math.abs(Number(proven.holdout_error))).toBeLessThan(0.06)
    expect(Number(proven.misplaced)).toBeLessThan(0.1)

    const customers = await run.table('customer_value')
    expect(customers).toHaveLength(4000)
    const first = customers.find(({ customer_id }) => customer_id === 'C00000')!
    expect(first.alive).toBeCloseTo(
      mbgNbd.probabilityAlive(fitted, Number(first.repeat_purchases), Number(first.recency), Number(first.age)),
      12,
    )
    const total = customers.reduce((sum, { value_12_months: value }) => sum + Math.round(Number(value) * 1e4), 0) / 1e4
    const figure = run.figure('value_12_months')!
    expect(Number(figure.value)).toBeCloseTo(total, 3)
    expect(figure.low!).toBeLessThan(total)
    expect(figure.high!).toBeGreaterThan(total)
    expect(customers.filter(({ tier }) => tier === 1)).toHaveLength(400)
    expect(customers.map(({ value_rank: rank }) => rank).sort((a, b) => Number(a) - Number(b))[3999]).toBe(4000)
    for (const { value_low: low, value_high: high, value_12_months: value } of customers) {
      expect(Number(low)).toBeLessThanOrEqual(Number(value))
      expect(Number(high)).toBeGreaterThanOrEqual(0)
    }
    const tracking = await run.table('value_holdout')
    expect(tracking).toHaveLength(104)
    const last = tracking[103]!
    expect(Math.abs(Number(last.expected) / Number(last.actual) - 1)).toBeLessThan(0.06)
    const groups = (await run.table('value_calibration')).filter(({ chosen }) => chosen)
    expect(groups.reduce((sum, group) => sum + Number(group.actual), 0)).toBe(proven.holdout_actual)
    expect(run.finding('value-hangs-on-few')?.text).toMatch(/best tenth of customers \(400\) hold/)
    expect(run.finding('valuable-customers-slipping')?.customers?.length).toBe(5)
  })

  test('gives the same tables in any order of the rows', async () => {
    const order = createRandom(5).shuffle(Array.from(purchases.customer.keys()))
    const shuffled = {
      customer: order.map((i) => purchases.customer[i]!),
      day: order.map((i) => purchases.day[i]!),
      amount: order.map((i) => purchases.amount[i]!),
    }
    const parameters = { models: ['mbg-nbd'] }
    const one = await runMany(purchases, { asOf: '2023-12-31', parameters })
    const other = await runMany(shuffled, { asOf: '2023-12-31', parameters })
    for (const table of ['customer_value', 'value_model', 'value_holdout', 'value_calibration'])
      expect(await other.table(table)).toEqual(await one.table(table))
    expect(other.figures).toEqual(one.figures)
    expect(other.findings).toEqual(one.findings)
  })
})

const cdnow = resolve(import.meta.dirname, '../../../../shared/data/cdnow_sample.csv')

test.skipIf(!existsSync(cdnow))('CDNOW through the step: published parameters, tracking and held-out purchases by frequency', async () => {
  const rows = readFileSync(cdnow, 'utf8').trim().split('\n').slice(1)
  const fields = rows.map((row) => row.trim().split(','))
  const purchases = { customer: fields.map(([id]) => id!), day: fields.map((row) => row[2]!), amount: fields.map((row) => row[4]!) }
  const run = await runMany(purchases, { asOf: '1998-06-30', parameters: { calibration: 0.5 } })
  const models = await run.table('value_model')
  const before = (model: string) => models.find((row) => row.model === model && row.fitted_on === 'calibration')!
  const bg = JSON.parse(String(before('bg-nbd').parameters))
  expect(before('bg-nbd')).toMatchObject({ until: '1997-09-30', customers: 2357, holdout_actual: 1882 })
  expect([bg.r, bg.alpha, bg.a, bg.b].map((value) => value.toFixed(3))).toEqual(['0.243', '4.414', '0.793', '2.426'])
  expect(before('bg-nbd').log_likelihood).toBeCloseTo(-9582.429, 2)
  const pareto = JSON.parse(String(before('pareto-nbd').parameters))
  expect([pareto.r, pareto.alpha, pareto.s, pareto.beta].map((value) => value.toFixed(2))).toEqual(['0.55', '10.58', '0.61', '11.67'])
  expect(before('pareto-nbd').log_likelihood).toBeCloseTo(-9594.976, 2)
  // Sums of E[Y(39)] as the R packages give them.
  expect(before('bg-nbd').holdout_expected).toBeCloseTo(1653.41, 0)
  expect(before('mbg-nbd').holdout_expected).toBeCloseTo(1576.71, 0)
  expect(before('pareto-nbd').holdout_expected).toBeCloseTo(1665.69, 0)
  expect(before('bg-nbd').reason).toMatch(/^chosen: /)

  const groups = (await run.table('value_calibration')).filter(({ model }) => model === 'bg-nbd')
  expect(groups.map(({ customers }) => customers)).toEqual([1411, 439, 214, 100, 62, 38, 29, 64])
  const mean = (column: 'actual' | 'expected') => groups.map((group) => (Number(group[column]) / Number(group.customers)).toFixed(3))
  expect(mean('actual')).toEqual(['0.237', '0.697', '1.393', '1.560', '2.532', '2.947', '3.862', '6.359'])
  expect(mean('expected')).toEqual(['0.225', '0.523', '1.044', '1.520', '2.164', '2.654', '3.504', '6.157'])

  const tracking = await run.table('value_holdout')
  const at = (week: number) => tracking[week - 1]!
  expect([1, 10, 20, 30, 39, 52, 65, 77].map((week) => at(week).actual)).toEqual([0, 504, 1359, 1973, 2457, 3183, 3844, expect.any(Number)])
  expect(at(39)).toMatchObject({ held_out: false, week_end: '1997-09-30' })
  expect(at(39).expected).toBeCloseTo(2501.5, 0)
  expect(at(65).expected).toBeCloseTo(3680.6, 0)
  expect(run.finding('value-held-out-error')?.text).toContain(
    'BG/NBD expected 1,653 purchases in the 39 weeks after it; 1,882 came (12 % too few)',
  )
  expect(run.finding('value-held-out-error')?.doubt).toContain('8 customers brought nothing or less')
})
