import { afterEach, describe, expect, test } from 'vitest'
import golden from '../../../test/golden/pvm.json' with { type: 'json' }
import { runSteps, type TestInput, type TestLine, type TestRun } from '../../../test/support/portfolio.ts'
import { createRandom } from '../../math/random.ts'
import { sumDecimals } from '../../shared/decimal.ts'
import { profitabilitySteps } from './steps.ts'

const periods = {
  previous: { from: '2024-01-01', to: '2024-01-31' },
  current: { from: '2024-02-01', to: '2024-02-29' },
}

let run: TestRun | undefined
afterEach(async () => {
  await run?.close()
  run = undefined
})

async function compare(input: TestInput, parameters: Record<string, unknown> = {}, options: { currency?: string } = {}): Promise<TestRun> {
  run = await runSteps(profitabilitySteps, input, {
    asOf: '2024-02-29',
    parameters: { 'period-comparison': { periods, ...parameters } },
    ...options,
  })
  return run
}

const effects = async (of: TestRun) => Object.fromEntries((await of.table('bridge')).map((row) => [row.effect, row.amount]))

let orders = 0
const sold = (
  date: string,
  product: string,
  quantity: number,
  price: number,
  cost: number | null,
  rest: Partial<TestLine> = {},
): TestLine => ({
  order: `o${String(++orders).padStart(4, '0')}`,
  date,
  customer: 'X',
  product,
  quantity,
  amount: (quantity * price).toFixed(4),
  cost: cost === null ? null : (quantity * cost).toFixed(4),
  ...rest,
})

describe('golden numbers', () => {
  test('the bridge worked out by hand: two products kept, one lost, one new', async () => {
    const { active, lost, new: fresh } = golden.input
    const lines = [
      ...active.flatMap(({ q0, q1, p0, p1, v0, v1 }, i) => [
        sold('2024-01-10', `kept ${i}`, q0, p0, v0),
        sold('2024-02-10', `kept ${i}`, q1, p1, v1),
      ]),
      ...lost.map(({ q0, p0, v0 }) => sold('2024-01-11', 'lost', q0, p0, v0)),
      ...fresh.map(({ q1, p1, v1 }) => sold('2024-02-11', 'new', q1, p1, v1)),
    ]
    const found = await effects(await compare({ lines }))
    const { expected } = golden
    expect(Object.fromEntries(Object.entries(found).map(([effect, amount]) => [effect, amount === null ? null : Number(amount)]))).toEqual({
      opening: expected.pi0,
      price: expected.price,
      fx: null,
      unit_cost: expected.cost,
      volume: expected.volume,
      mix: expected.mix,
      new: expected.new,
      lost: expected.lost,
      other: 0,
      closing: expected.pi1,
    })
  })
})

describe('what goes where', () => {
  test('without product cost the bridge is one of revenue', async () => {
    const found = await effects(await compare({ lines: [sold('2024-01-10', 'p', 10, 2, null), sold('2024-02-10', 'p', 12, 3, null)] }))
    expect(found).toMatchObject({
      opening: '20.0000',
      price: '12.0000',
      unit_cost: null,
      volume: '4.0000',
      mix: '0.0000',
      closing: '36.0000',
    })
  })

  test('exchange rates are told apart from prices in the currency of the invoice', async () => {
    const found = await effects(
      await compare({
        lines: [
          sold('2024-01-10', 'p', 10, 10, null, { currency: 'USD' }),
          sold('2024-02-10', 'p', 10, 11, null, { currency: 'USD' }),
          sold('2024-02-10', 'q', 1, 5, null),
        ],
        rates: [
          { currency: 'USD', date: '2024-01-01', rate: 0.9 },
          { currency: 'USD', date: '2024-02-01', rate: 0.8 },
        ],
      }),
    )
    // Opening 100 USD at 0.9; price (11 - 10) x 10 at 0.9; rate 110 USD x (0.8 - 0.9).
    expect(found).toMatchObject({
      opening: '90.0000',
      price: '9.0000',
      fx: '-11.0000',
      volume: '0.0000',
      new: '5.0000',
      closing: '93.0000',
    })
  })

  test('fees and lines without a product are other, of customers active in both periods', async () => {
    const found = await effects(
      await compare({
        lines: [
          sold('2024-01-10', 'p', 1, 10, null),
          sold('2024-01-10', 'post', 1, 3, null, { kind: 'fee' }),
          sold('2024-02-10', 'p', 1, 10, null),
          sold('2024-02-10', 'post', 2, 4, null, { kind: 'fee' }),
          sold('2024-02-11', 'p', 1, 7, null, { product: null }),
          sold('2024-02-12', 'post', 1, 3, null, { kind: 'fee', customer: 'Y' }),
        ],
      }),
    )
    expect(found).toMatchObject({
      price: '0.0000',
      new: '3.0000',
      lost: '0.0000',
      other: '12.0000',
      opening: '13.0000',
      closing: '28.0000',
    })
  })

  test('a cell whose returns outweigh its sales is lost and new, never compared', async () => {
    const found = await effects(
      await compare({
        lines: [
          sold('2024-01-10', 'p', 1, 10, null),
          sold('2024-01-12', 'p', -3, 10, null),
          sold('2024-02-10', 'p', 4, 10, null),
          sold('2024-01-10', 'q', 2, 5, null),
          sold('2024-02-10', 'q', 2, 5, null),
        ],
      }),
    )
    expect(found).toMatchObject({
      opening: '-10.0000',
      lost: '20.0000',
      new: '40.0000',
      price: '0.0000',
      volume: '0.0000',
      closing: '50.0000',
    })
  })

  test('products counted in different units are added up at the prices of before', async () => {
    const lines = [
      sold('2024-01-10', 'kg', 10, 10, 5),
      sold('2024-02-10', 'kg', 20, 10, 5),
      sold('2024-01-10', 'piece', 1, 100, 80),
      sold('2024-02-10', 'piece', 1, 100, 80),
    ]
    const products = [
      { id: 'kg', unit: 'kg' },
      { id: 'piece', unit: 'piece' },
    ]
    // Revenue at old prices grows from 200 to 300, at a margin of 70 / 200.
    expect(await effects(await compare({ lines, products }))).toMatchObject({ volume: '35.0000', mix: '15.0000' })
  })

  test('lines whose cost is not known stay out of the bridge, as they stay out of contribution', async () => {
    const found = await effects(
      await compare({
        lines: [sold('2024-01-10', 'p', 1, 10, 4), sold('2024-02-10', 'p', 1, 10, 4), sold('2024-02-10', 'q', 1, 50, null)],
      }),
    )
    expect(found).toMatchObject({ opening: '6.0000', closing: '6.0000', new: '0.0000' })
  })
})

describe('customers', () => {
  test('each is new, returning, kept or lost', async () => {
    const at = (date: string, customer: string | null) => sold(date, 'p', 1, 10, null, { customer })
    const found = await compare({
      lines: [
        at('2023-11-01', 'back'),
        at('2023-11-01', 'gone before'),
        at('2024-01-05', 'kept'),
        at('2024-01-05', 'lost'),
        at('2024-02-05', 'kept'),
        at('2024-02-05', 'new'),
        at('2024-02-05', 'back'),
        at('2024-02-05', null),
      ],
    })
    expect(Object.fromEntries((await found.table('customer_change')).map((row) => [row.customer_id, row.status]))).toEqual({
      '(unidentified)': 'unidentified',
      back: 'returning',
      kept: 'kept',
      lost: 'lost',
      new: 'new',
    })
    expect(await found.table('period')).toMatchObject([
      { period: 'previous', customers: 2, orders: 2 },
      { period: 'current', customers: 3, orders: 4 },
    ])
  })
})

describe('properties', () => {
  const randomLines = (seed: number): TestLine[] => {
    const random = createRandom(seed)
    return Array.from({ length: 120 }, (_, i) => {
      const quantity = random.next() < 0.12 ? -random.integer(3) - 1 : random.integer(9) + 1
      const price = (random.integer(9_000) + 100) / 700
      const kind = random.next() < 0.06 ? ('fee' as const) : undefined
      return {
        order: `o${String(i).padStart(4, '0')}`,
        date: `2024-0${1 + random.integer(2)}-${String(1 + random.integer(28)).padStart(2, '0')}`,
        customer: random.next() < 0.1 ? null : `c${random.integer(6)}`,
        product: random.next() < 0.05 ? null : `p${random.integer(5)}`,
        channel: random.next() < 0.5 ? 'web' : null,
        currency: random.next() < 0.3 ? 'USD' : 'EUR',
        quantity,
        amount: (quantity * price).toFixed(4),
        cost: random.next() < 0.08 ? null : (quantity * price * 0.61).toFixed(4),
        ...(kind ? { kind } : {}),
      }
    })
  }
  const rates = [
    { currency: 'USD', date: '2023-12-01', rate: 0.93 },
    { currency: 'USD', date: '2024-01-15', rate: 0.917 },
    { currency: 'USD', date: '2024-02-15', rate: 0.8853 },
  ]

  test.each([1, 2])('effects add up to the change of each customer and of all, to the last decimal (seed %i)', async (seed) => {
    const found = await compare({ lines: randomLines(seed), rates })
    const customers = await found.table('customer_change')
    expect(customers.length).toBeGreaterThan(5)
    const zero = '0.0000'
    for (const row of customers) {
      const parts = ['price', 'fx', 'unit_cost', 'quantity', 'new', 'lost', 'other'].map((name) => row[`${name}_effect`] as string)
      expect(sumDecimals([...parts, zero])).toBe(row.change)
    }
    const bridge = await found.table('bridge')
    const amount = (effect: string) => bridge.find((row) => row.effect === effect)!.amount as string
    const effectsOfAll = ['price', 'fx', 'unit_cost', 'volume', 'mix', 'new', 'lost', 'other'].map(amount)
    expect(sumDecimals([amount('opening'), ...effectsOfAll])).toBe(amount('closing'))
    expect(sumDecimals([...customers.map((row) => row.price_effect as string), zero])).toBe(amount('price'))
    expect(found.checks.filter(({ status }) => status === 'fail')).toEqual([])
  })

  test('the order of the lines changes nothing', async () => {
    const lines = randomLines(9)
    const tables = [
      'customer_profit',
      'product_profit',
      'month_profit',
      'layer',
      'whale_curve',
      'concentration',
      'bridge',
      'customer_change',
    ]
    const first = await compare({ lines, rates })
    const before = await Promise.all(tables.map((name) => first.table(name)))
    await first.close()
    const second = await compare({ lines: createRandom(1).shuffle([...lines]), rates })
    expect(await Promise.all(tables.map((name) => second.table(name)))).toEqual(before)
  })
})
