import { afterAll, describe, expect, test } from 'vitest'
import { runSteps, type TestInput, type TestRun } from '../../../test/support/portfolio.ts'
import { sumDecimals } from '../../shared/decimal.ts'
import { profitabilitySteps } from '../profitability/index.ts'
import { pricingSteps } from './index.ts'

const steps = [
  ...profitabilitySteps.filter(({ name }) => name === 'contribution-layers' || name === 'period-comparison'),
  ...pricingSteps.filter(({ name }) => name === 'price-waterfall'),
]
const open: TestRun[] = []
afterAll(async () => {
  for (const run of open) await run.close()
})
async function run(input: TestInput, options = {}): Promise<TestRun> {
  const made = await runSteps(steps, input, options)
  open.push(made)
  return made
}

const company: TestInput = {
  customers: [
    { id: 'A', name: 'Alder', segment: 'key' },
    { id: 'B', name: 'Birch', segment: 'tail' },
  ],
  lines: [
    { order: '1', date: '2024-01-10', customer: 'A', product: 'P', quantity: 10, list: 100, amount: 80, cost: 50 },
    { order: '2', date: '2024-02-10', customer: 'A', product: 'P', quantity: 10, list: 100, amount: 75, cost: 50 },
    { order: '3', date: '2024-02-12', customer: 'B', product: 'P', quantity: 2, list: 20, amount: 20, cost: 10 },
    { order: '4', date: '2024-02-20', customer: 'A', product: 'P', quantity: -1, list: -10, amount: -8, cost: -5 },
    { order: '5', date: '2024-02-25', customer: null, product: 'P', quantity: 1, list: 10, amount: 9, cost: 5 },
  ],
  elements: [
    { order: '1', type: 'on_invoice', name: 'Order size', amount: 12, owner: 'Sales' },
    { order: '2', line: 1, type: 'on_invoice', name: 'Order size', amount: 15 },
    { customer: 'A', period: '2024-01', name: 'Bonus', amount: 3, accrued: true },
    { customer: 'A', period: '2024-02', name: 'Bonus', amount: -1, accrued: true },
    { customer: 'B', period: '2024-02', name: 'Freight', amount: '0.5' },
    { customer: 'nobody', period: '2024-02', name: 'Freight', amount: 99 },
    { customer: 'A', period: '2024-03', name: 'Bonus', amount: 77 },
    { customer: 'A', period: '2024-02', name: 'Freight', amount: 5, currency: 'USD' },
  ],
}
const options = {
  asOf: '2024-02-29',
  parameters: {
    'period-comparison': {
      periods: { previous: { from: '2024-01-01', to: '2024-01-31' }, current: { from: '2024-02-01', to: '2024-02-29' } },
    },
  },
}

describe('a small company by hand', () => {
  test('its waterfall ties to the layers, and elements without a home are counted out by name', async () => {
    const made = await run(company, options)
    const whole = (await made.table('price_waterfall')).filter(({ scope, span }) => scope === 'all' && span === 'whole')
    expect(whole.map(({ step, amount, accrued }) => [step, amount, accrued])).toEqual([
      ['list_revenue', '230.0000', null],
      ['Order size', '-27.0000', null],
      ['other_discounts', '-19.0000', null],
      ['invoiced_revenue', '184.0000', null],
      ['returns', '-8.0000', null],
      ['net_revenue', '176.0000', null],
      ['Bonus', '-2.0000', '2.0000'],
      ['Freight', '-0.5000', '0.0000'],
      ['pocket_revenue', '173.5000', null],
      ['product_cost', '-110.0000', null],
      ['pocket_margin', '63.5000', null],
      ['cost_to_serve', null, null],
    ])
    expect(made.checks.find(({ name }) => name === 'waterfall-ties-to-layers')?.status).toBe('pass')
    expect(made.checks.find(({ name }) => name === 'price-elements-counted')).toMatchObject({
      status: 'warn',
      detail: expect.stringMatching(/3 price elements of €181.00 .* as-of day.*no rate.*not in the data/),
    })
    expect(made.figure('price_realisation')?.value).toBeCloseTo((184 - 2.5) / 230, 12)
    expect(made.finding('rebates-accrued')?.text).toBe(
      '€2.00 of bonus is promised and booked by expectation, to be paid later; most of it to Alder (€2.00).',
    )
  })

  test('by customer, span and segment it adds up to the whole', async () => {
    const made = await run(company, options)
    const prices = await made.table('customer_price')
    const alder = prices.find(({ customer_id, span }) => customer_id === 'A' && span === 'current')
    expect(alder).toMatchObject({
      list_revenue: '100.0000',
      on_invoice: '15.0000',
      other_discounts: '10.0000',
      net_revenue: '67.0000',
      off_invoice: '-1.0000',
      pocket_revenue: '68.0000',
      pocket_margin: '23.0000',
    })
    const sum = (span: string) => sumDecimals(prices.filter((row) => row.span === span).map((row) => String(row.pocket_margin)))
    const level = (await made.table('price_waterfall')).filter(({ scope, step }) => scope === 'all' && step === 'pocket_margin')
    for (const { span, amount } of level) expect(sum(String(span))).toBe(amount)
    const months = await made.table('price_element_month')
    expect(months.filter(({ element }) => element === 'Bonus').map(({ month, accrued, settled }) => [month, accrued, settled])).toEqual([
      ['2024-01-01', '3.0000', '0.0000'],
      ['2024-02-01', '-1.0000', '0.0000'],
    ])
  })
})

test('from list and invoice alone the waterfall stands and names what is absent; without a list price it starts at the invoice', async () => {
  const { elements: _, ...plain } = company
  const made = await run(plain, options)
  const whole = (await made.table('price_waterfall')).filter(({ scope, span }) => scope === 'all' && span === 'whole')
  expect(whole.map(({ step, amount }) => [step, amount])).toContainEqual(['other_discounts', '-46.0000'])
  expect(whole.find(({ step }) => step === 'off_invoice')).toMatchObject({
    amount: null,
    reason: 'No price element is booked after the invoice.',
  })
  const bare = await run({ lines: plain.lines.map(({ list: __, ...line }) => line) }, options)
  const first = (await bare.table('price_waterfall'))[0]
  expect(first).toMatchObject({ step: 'list_revenue', amount: null, unlock: expect.stringContaining('list price') })
  expect(bare.figure('price_realisation')).toMatchObject({ value: null, missing: expect.stringContaining('list price') })
})

test('ten times the money is ten times the waterfall at the same shares, in any order of lines and elements', async () => {
  const made = await run(company, options)
  const times = (value: string | number | null | undefined) => (value === null || value === undefined ? value : Number(value) * 10)
  const grown = await run(
    {
      ...company,
      lines: [...company.lines]
        .reverse()
        .map((line) => ({ ...line, amount: times(line.amount)!, list: times(line.list), cost: times(line.cost) })) as TestInput['lines'],
      elements: [...company.elements!].reverse().map((one) => ({ ...one, amount: times(one.amount)! })),
    },
    options,
  )
  const [small, large] = [await made.table('price_waterfall'), await grown.table('price_waterfall')]
  expect(large.map(({ step, share_of_list }) => [step, share_of_list])).toEqual(
    small.map(({ step, share_of_list }) => [step, share_of_list]),
  )
  expect(large.map(({ amount }) => amount)).toEqual(small.map(({ amount }) => (amount === null ? null : (Number(amount) * 10).toFixed(4))))
})
