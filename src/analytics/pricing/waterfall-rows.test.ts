import { expect, test } from 'vitest'
import { createRandom } from '../../math/random.ts'
import { compareDecimals, sumDecimals } from '../../shared/decimal.ts'
import { type PriceElement, type WaterfallInput, waterfallResidual, waterfallRows } from './waterfall-rows.ts'

const element = (type: PriceElement['type'], name: string, amount: string): PriceElement => ({
  type,
  name,
  amount,
  accrued: '0.0000',
  owner: null,
})
const levels = {
  list_revenue: '6.0000',
  invoiced_revenue: '5.7800',
  returns: '0.0000',
  net_revenue: '5.7800',
  revenue_without_cost: null,
  product_cost: null,
}
const input: WaterfallInput = { levels, elements: [], listed: true, costToServe: null }

test('the floor covering of Marn and Rosiello falls from 6.00 to 5.78 on the invoice and to 4.47 in the pocket', () => {
  // domain golden `waterfall_floor`: Marn & Rosiello, "Managing Price, Gaining Profit", HBR 1992.
  const rows = waterfallRows({
    ...input,
    elements: [
      element('on_invoice', 'Order size', '0.1000'),
      element('on_invoice', 'Competitive', '0.1200'),
      ...['0.3000', '0.3700', '0.3500', '0.2000', '0.0900'].map((amount, i) => element('off_invoice', `Off ${i}`, amount)),
    ],
  })
  const of = (step: string) => rows.find((row) => row.step === step)?.amount
  expect([of('list_revenue'), of('invoiced_revenue'), of('pocket_revenue')]).toEqual(['6.0000', '5.7800', '4.4700'])
  expect((5.78 - Number(of('pocket_revenue'))) / 5.78).toBeCloseTo(0.22664359861591696, 9)
  expect(rows.some(({ step }) => step === 'other_discounts')).toBe(false)
  expect(waterfallResidual(rows)).toBe('0')
})

test('what no element names stands as a step of its own, and what is absent says what would give it', () => {
  const rows = waterfallRows({ ...input, elements: [element('on_invoice', 'Order size', '0.1000')] })
  expect(rows.find(({ step }) => step === 'other_discounts')?.amount).toBe('-0.1200')
  expect(rows.find(({ step }) => step === 'off_invoice')).toMatchObject({
    amount: null,
    unlock: expect.stringContaining('price elements off the invoice'),
  })
  expect(rows.find(({ step }) => step === 'pocket_margin')).toMatchObject({ amount: null, unlock: expect.stringContaining('unit cost') })
  const bare = waterfallRows({ ...input, levels: { ...levels, list_revenue: null } })
  expect(bare[0]).toMatchObject({ step: 'list_revenue', amount: null, reason: 'No order line bears a list price.' })
  expect(bare.find(({ step }) => step === 'pocket_revenue')?.amount).toBe('5.7800')
})

test('a broken waterfall does not pass for a whole one', () => {
  const rows = waterfallRows({ ...input, elements: [element('off_invoice', 'Bonus', '0.5000')] })
  const broken = rows.map((row) => (row.step === 'Bonus' ? { ...row, amount: '-0.5001' } : row))
  expect(waterfallResidual(broken)).toBe('0.0001')
})

test('every level is the one before plus its steps, whatever is given, in any order of elements', () => {
  const random = createRandom(3)
  const amount = () => (random.next() * 20_000 - 4_000).toFixed(4)
  for (let round = 0; round < 300; round++) {
    const [invoiced, returns] = [amount(), amount()]
    const elements = Array.from({ length: random.integer(9) }, (_, i) =>
      element(random.next() < 0.5 ? 'on_invoice' : 'off_invoice', `E${i}`, amount()),
    )
    const given: WaterfallInput = {
      levels: {
        list_revenue: amount(),
        invoiced_revenue: invoiced,
        returns,
        net_revenue: sumDecimals([invoiced, returns]),
        revenue_without_cost: amount(),
        product_cost: amount(),
      },
      elements,
      listed: true,
      costToServe: random.next() < 0.5 ? amount() : null,
    }
    const rows = waterfallRows(given)
    expect(waterfallResidual(rows)).toBe('0')
    const first = rows.find(({ role }) => role === 'level')!
    const last = rows.findLast(({ role, amount: known }) => role === 'level' && known !== null)!
    const steps = sumDecimals(rows.filter(({ role }) => role === 'step').map((row) => row.amount as string | null))
    expect(compareDecimals(sumDecimals([String(first.amount), steps]), String(last.amount))).toBe(0)
    expect(waterfallRows({ ...given, elements: [...elements].reverse() })).toEqual(rows)
  }
})
