import { afterAll, describe, expect, test } from 'vitest'
import { runSteps, type TestInput, type TestLine, type TestRun } from '../../../test/support/portfolio.ts'
import { createRandom } from '../../math/random.ts'
import { sumDecimals } from '../../shared/decimal.ts'
import { profitabilitySteps } from '../profitability/index.ts'
import { calendar } from './calendar.ts'
import { auditSteps } from './steps.ts'

const steps = [...profitabilitySteps.filter(({ name }) => ['contribution-layers', 'period-comparison'].includes(name)), ...auditSteps]
const open: TestRun[] = []
afterAll(async () => {
  for (const run of open) await run.close()
})
const run = async (input: TestInput, parameters = {}): Promise<TestRun> => {
  const made = await runSteps(steps, input, { parameters })
  open.push(made)
  return made
}
const halves = {
  'period-comparison': {
    periods: { previous: { from: '2024-01-01', to: '2024-06-30' }, current: { from: '2024-07-01', to: '2024-12-31' } },
  },
}
const failed = (made: TestRun) => made.checks.filter(({ status }) => status === 'fail')
const line = (customer: string | null, date: string, amount: number, more: Partial<TestLine> = {}): TestLine => ({
  order: `${customer}-${date}-${amount}`,
  customer,
  date,
  amount,
  ...more,
})

/** Customers with chance purchases, returns and gaps. */
function chance(customers: number, seed: number): TestLine[] {
  const random = createRandom(seed)
  return Array.from({ length: customers }, (_, c) =>
    Array.from({ length: 1 + random.poisson(2) }, (_, n) => {
      const day = new Date(Date.UTC(2024, 0, 1 + random.integer(366))).toISOString().slice(0, 10)
      const amount = Math.round(random.next() * 10_000) / 100
      const back = random.next() < 0.1
      return line(`C${c}`, day, back ? -amount : amount, {
        order: `${c}.${n}`,
        quantity: back ? -1 : 1,
        cost: (amount * 0.6 * (back ? -1 : 1)).toFixed(2),
      })
    }),
  ).flat()
}

describe('cohorts', () => {
  test('one row per cohort and age, gaps as zeros, money before the first purchase in the first period', async () => {
    const made = await run({
      lines: [
        line('A', '2024-01-05', 10),
        line('A', '2024-01-20', 20),
        line('A', '2024-03-02', 5),
        line('B', '2024-01-31', -4, { quantity: -1 }),
        line('B', '2024-02-29', 7),
        line('C', '2024-02-01', -9, { quantity: -1 }),
        line(null, '2024-03-31', 100),
      ],
    })
    const months = (await made.table('cohort')).filter(({ grain }) => grain === 'month')
    expect(months.map((row) => [row.cohort, row.age, row.active, row.orders, row.measure, row.cumulative_measure])).toEqual([
      ['2024-01-01', 0, 1, 2, '30.0000', '30.0000'],
      ['2024-01-01', 1, 0, 0, '0.0000', '30.0000'],
      ['2024-01-01', 2, 1, 1, '5.0000', '35.0000'],
      ['2024-02-01', 0, 1, 1, '3.0000', '3.0000'],
      ['2024-02-01', 1, 0, 0, '0.0000', '3.0000'],
    ])
    expect(months[2]!.retention).toBe(1)
    expect(months[0]!.retention_low).toBeNull()
    expect(failed(made)).toEqual([])
    const weeks = (await made.table('cohort')).filter(({ grain, age }) => grain === 'week' && age === 0)
    // 5 January 2024 was a Friday: its week began on the first.
    expect(weeks.map(({ cohort }) => cohort)).toEqual(['2024-01-01', '2024-02-26'])
  })

  test('a customer of one period, one customer, no customer at all', async () => {
    const one = await run({ lines: [line('A', '2024-01-05', 10)] })
    expect((await one.table('cohort')).map(({ grain, customers }) => [grain, customers])).toEqual([
      ['month', 1],
      ['quarter', 1],
      ['week', 1],
      ['year', 1],
    ])
    expect(await one.table('tier_move')).toEqual([])
    const none = await run({ lines: [line(null, '2024-01-05', 10)] })
    expect(await none.table('cohort')).toEqual([])
    const returned = await run({ lines: [line('A', '2024-01-05', -10, { quantity: -1 })] })
    expect(await returned.table('cohort')).toEqual([])
    expect(failed(returned)).toEqual([])
  })

  test('what comes back in a month after the last order of all still belongs to its cohort', async () => {
    const made = await run({
      lines: [line('A', '2024-01-05', 10), line('B', '2024-02-10', 20), line('A', '2024-03-02', -4, { quantity: -1 })],
    })
    expect(failed(made)).toEqual([])
    const months = (await made.table('cohort')).filter(({ grain }) => grain === 'month')
    expect(sumDecimals(months.map(({ measure }) => String(measure)))).toBe('26.0000')
  })

  test('a calendar has no gaps and says which periods are whole', () => {
    const months = calendar('month', '2023-11-20', '2024-02-10', { from: '2023-12-01', to: '2024-01-31' })
    expect(months.map(({ from, complete }) => [from, complete])).toEqual([
      ['2023-11-01', false],
      ['2023-12-01', true],
      ['2024-01-01', true],
      ['2024-02-01', false],
    ])
    expect(calendar('week', '2024-01-07', '2024-01-08', { from: '2024-01-01', to: '2024-01-14' }).map(({ from }) => from)).toEqual([
      '2024-01-01',
      '2024-01-08',
    ])
    expect(calendar('year', '2019-12-31', '2020-01-01', { from: '2019-01-01', to: '2020-12-31' })).toEqual([
      { number: 2019, from: '2019-01-01', complete: true },
      { number: 2020, from: '2020-01-01', complete: true },
    ])
  })
})

describe('lenses', () => {
  test('customers x frequency x spend x margin, and statuses, add up to the change exactly', async () => {
    const made = await run({ lines: chance(150, 5) }, halves)
    expect(failed(made)).toEqual([])
    const factors = await made.table('audit_factor')
    const total = factors.at(-1)!
    expect(sumDecimals(factors.slice(0, -1).map(({ effect }) => String(effect)))).toBe(String(total.effect))
    expect(factors.slice(0, -1).reduce((all, { current }) => all * Number(current), 1)).toBeCloseTo(Number(total.current), 6)
    const changes = await made.table('audit_change')
    expect(sumDecimals(changes.map(({ change }) => String(change)))).toBe(String(total.effect))
    const moves = await made.table('tier_move')
    for (const tier of ['best', 'upper', 'middle', 'low']) {
      const of = moves.filter(({ tier_before }) => tier_before === tier)
      expect(of.reduce((sum, { customers }) => sum + Number(customers), 0)).toBe(of[0]!.of)
      for (const row of of) expect(Number(row.share_low)).toBeLessThanOrEqual(Number(row.share))
    }
  })

  test('names, order of lines and the scale of money change nothing but names and scale', async () => {
    const lines = chance(80, 9)
    const plain = await run({ lines }, halves)
    const turned = await run({ lines: [...lines].reverse() }, halves)
    const scaled = await run(
      { lines: lines.map((one) => ({ ...one, amount: (Number(one.amount) * 100).toFixed(2), cost: (Number(one.cost) * 100).toFixed(2) })) },
      halves,
    )
    for (const name of ['cohort', 'audit_tenth', 'audit_frequency', 'audit_change', 'audit_factor', 'cohort_quality'])
      expect(await turned.table(name), name).toEqual(await plain.table(name))
    const effects = async (made: TestRun) => (await made.table('audit_factor')).map(({ effect }) => Number(effect))
    const [small, large] = [await effects(plain), await effects(scaled)]
    for (const [i, effect] of large.entries()) expect(effect).toBeCloseTo(100 * small[i]!, 1)
  })

  test('a period in which nobody bought has a change all the same', async () => {
    const made = await run({ lines: [line('A', '2024-02-05', 10), line('A', '2024-02-06', 30), line('B', '2024-03-06', 30)] }, halves)
    expect(failed(made)).toEqual([])
    const factors = await made.table('audit_factor')
    expect(factors.map(({ factor, effect }) => [factor, effect])).toEqual([
      ['customers', '-70.0000'],
      ['frequency', '0.0000'],
      ['spend', '0.0000'],
      ['margin', '0.0000'],
      ['total', '-70.0000'],
    ])
  })
})

describe('drift', () => {
  const cohorts = (shares: number[]): TestLine[] =>
    shares.flatMap((share, month) =>
      Array.from({ length: 60 }, (_, c) => {
        const id = `${month}-${c}`
        const first = new Date(Date.UTC(2024, month, 10)).toISOString().slice(0, 10)
        const second = new Date(Date.UTC(2024, month, 40)).toISOString().slice(0, 10)
        return [line(id, first, 20), ...(c < share * 60 ? [line(id, second, 30)] : [])]
      }).flat(),
    )

  test('a share that falls from cohort to cohort is called so, with its interval', async () => {
    const made = await run({ lines: cohorts([0.6, 0.55, 0.5, 0.45, 0.4, 0.35, 0.3, 0.2, 0.2, 0.2]) })
    const found = made.finding('audit-4-drift')!
    expect(found.kind).toBe('bad')
    expect(found.text).toContain('Newer customers are worse')
    // The last two cohorts could not be watched for 90 days.
    expect((await made.table('cohort_quality')).map(({ early_customers }) => early_customers)).toEqual([
      60, 60, 60, 60, 60, 60, 60, 60, 0, 0,
    ])
  })

  test('equal cohorts are not', async () => {
    const made = await run({ lines: cohorts([0.4, 0.4, 0.45, 0.4, 0.4, 0.4, 0.4, 0.4]) })
    expect(made.finding('audit-4-drift')!.text).toContain('neither better nor worse')
  })
})
