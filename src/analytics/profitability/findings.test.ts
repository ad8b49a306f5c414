import { afterEach, describe, expect, test } from 'vitest'
import { runSteps, type TestInput, type TestLine, type TestRun } from '../../../test/support/portfolio.ts'
import { createRandom } from '../../math/random.ts'
import { profitabilitySteps } from './steps.ts'

let run: TestRun | undefined
afterEach(async () => {
  await run?.close()
  run = undefined
})

async function runAll(input: TestInput, options: Parameters<typeof runSteps>[2] = {}): Promise<TestRun> {
  run = await runSteps(profitabilitySteps, input, options)
  return run
}

/** Forty customers over four months; margins differ, nobody stands out. */
function ordinary(cost = true): TestLine[] {
  const random = createRandom(11)
  return Array.from({ length: 480 }, (_, i) => {
    const customer = i % 40
    const amount = Math.round(20 + 10 * customer + 30 * random.next())
    return {
      order: `o${String(i).padStart(4, '0')}`,
      date: `2024-0${1 + (i % 4)}-${String(1 + random.integer(28)).padStart(2, '0')}`,
      customer: `c${String(customer).padStart(2, '0')}`,
      product: `p${random.integer(6)}`,
      quantity: 1 + random.integer(9),
      amount,
      cost: cost ? (amount * (0.55 + 0.2 * random.next())).toFixed(2) : null,
    }
  })
}

describe('what stands out is said', () => {
  test('a big customer that loses money is named', async () => {
    const lines = ordinary()
    for (let i = 0; i < 8; i++)
      lines.push({ order: `g${i}`, date: '2024-03-10', customer: 'giant', product: 'p1', quantity: 100, amount: 2000, cost: 2150 })
    const { finding } = await runAll({ lines, customers: [{ id: 'giant', name: 'Goliath' }] })
    expect(finding('loved-giant-loses-money')).toMatchObject({ customers: ['giant'], kind: 'bad' })
    expect(finding('loved-giant-loses-money')!.text).toMatch(
      /^Goliath is no\. 1 by revenue .* loses money: contribution −€1\.20 k, no\. 1 from the bottom/,
    )
  })

  test('a month that was loaded twice is found without any flag', async () => {
    const lines = ordinary()
    lines.push(...lines.filter(({ date }) => date.startsWith('2024-03')).map((line) => ({ ...line, order: `${line.order}b` })))
    const { finding } = await runAll({ lines })
    expect(finding('month-loaded-twice')!.text).toMatch(/^Mar 2024 looks loaded twice: 120 of its 240 lines/)
  })

  test('ordinary data has none of these', async () => {
    const { findings } = await runAll({ lines: ordinary() })
    const names = findings.map(({ name }) => name)
    for (const name of ['loved-giant-loses-money', 'month-loaded-twice', 'look-alike-customers', 'no-product-cost'])
      expect(names).not.toContain(name)
  })

  test('ids that only a machine can tell apart are named with their script', async () => {
    const lines = ordinary()
    lines.push({ order: 'x', date: '2024-02-02', customer: 'с01', product: 'p1', amount: 5, cost: 2 })
    const { finding } = await runAll({ lines })
    expect(finding('look-alike-customers')!.text).toContain('Cyrillic')
  })
})

describe('what the data cannot carry is not said', () => {
  test('without product cost everything is told of revenue, never of profit', async () => {
    const { findings, figures, table } = await runAll({ lines: ordinary(false) })
    const about = findings.filter(({ name }) => name !== 'no-product-cost').map(({ text }) => text)
    for (const text of about) expect(text).not.toMatch(/profit|contribution|lose money/i)
    expect(figures.find(({ name }) => name === 'contribution')).toMatchObject({
      value: null,
      missing: expect.stringContaining('product cost'),
    })
    const rows = await table('concentration')
    expect(rows.find(({ index }) => index === 'size_correlation')).toMatchObject({
      value: null,
      reason: expect.stringContaining('product cost'),
    })
    expect(rows.find(({ index }) => index === 'peak_ratio')).toMatchObject({ reason: expect.stringContaining('net revenue') })
  })

  test('fewer than ten customers give no index, with the reason', async () => {
    const { table, finding } = await runAll({ lines: ordinary().filter(({ customer }) => customer! < 'c06') })
    for (const row of await table('concentration'))
      expect(row).toMatchObject({ value: null, reason: expect.stringContaining('at least 10') })
    expect(finding('too-few-customers')!.text).toContain('6 identified customers')
  })

  test('only lines without a customer give a portfolio of totals', async () => {
    const { table, checks } = await runAll({ lines: ordinary().map((line) => ({ ...line, customer: null })) })
    expect(await table('customer_profit')).toMatchObject([{ customer_id: '(unidentified)', identified: false }])
    expect(await table('whale_curve')).toEqual([])
    expect(checks.filter(({ status }) => status === 'fail')).toEqual([])
  })

  test('a single day cannot be compared', async () => {
    const { table, finding } = await runAll({ lines: [{ order: '1', date: '2024-03-04', customer: 'a', amount: 3 }] })
    expect(await table('bridge')).toEqual([])
    expect(finding('nothing-to-compare')).toBeDefined()
    expect(finding('no-complete-month')).toBeDefined()
  })

  test('lines without a rate are left out, and named with what they come to', async () => {
    const lines = [...ordinary(), { order: 'u', date: '2024-02-02', customer: 'c01', product: 'p1', amount: '77.50', currency: 'USD' }]
    const { checks, table } = await runAll({ lines })
    expect(checks.find(({ name }) => name === 'lines-without-rate-usd')).toMatchObject({
      status: 'warn',
      blocking: false,
      actual: '77.5000',
    })
    expect(checks.filter(({ status }) => status === 'fail')).toEqual([])
    const layers = await table('layer')
    expect(layers.find(({ layer }) => layer === 'net_revenue')!.amount).toBe(
      `${ordinary().reduce((sum, { amount }) => sum + Number(amount), 0)}.0000`,
    )
  })

  test('data in another currency alone is an error that says what to set', async () => {
    const lines = ordinary().map((line) => ({ ...line, currency: 'USD' }))
    await expect(runSteps(profitabilitySteps, { lines })).rejects.toMatchObject({
      code: 'layers.no-currency',
      hint: expect.stringContaining('currency: USD'),
    })
  })
})
