import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { changed, partWith, profitOf, remedyValue, type ServedCustomer } from '../../src/analytics/remedies/state.ts'

const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'remedies.json'), 'utf8'))
const expected = golden.expected as Record<string, number>
const b: ServedCustomer = {
  margin: golden.margin,
  drivers: Object.entries(golden.drivers as Record<string, [number, number]>).map(([id, [quantity, rate]]) => ({ id, quantity, rate })),
}
const full = () => 1

test('Dakota B loses 2,520 at full cost', () => {
  expect(profitOf(b)).toBeCloseTo(expected.base!, 9)
})

test('look inside: a cheaper desktop delivery', () => {
  expect(profitOf(changed(b, { drivers: { desktop: { rate: 180 } } }))).toBeCloseTo(expected.desktop_cost_180!, 9)
})

test('customer process: four in five orders by EDI', () => {
  const change = { drivers: { manual_order: { quantity: 20 }, edi: { quantity: 80 }, manual_line: { quantity: 36 } } }
  expect(profitOf(changed(b, change))).toBeCloseTo(expected.edi_80_orders_lines_36!, 9)
  expect(remedyValue(b, [{ probability: 1, change }], full)).toBeCloseTo(expected.edi_80_orders_lines_36! - expected.base!, 9)
})

test('menu pricing: 150 a desktop delivery, paid or avoided', () => {
  const paid = { margin: 150 * 25 }
  const avoided = { margin: 150 * 10, drivers: { desktop: { quantity: 10 }, freight: { quantity: 180 } } }
  expect(profitOf(changed(b, paid))).toBeCloseTo(expected.fee150_unchanged!, 9)
  expect(profitOf(changed(b, avoided))).toBeCloseTo(expected.fee150_desktop10_freight180!, 9)
  const half = remedyValue(b, [{ probability: 0.5, change: paid }, { probability: 0.5, change: avoided }], full)
  expect(half).toBeCloseTo((expected.fee150_unchanged! + expected.fee150_desktop10_freight180!) / 2 - expected.base!, 9)
})

test('parting: a loss at full cost still costs 10,820 before capacity is released, and brings 586 after', () => {
  const soon = partWith(b, (driver) => golden.short[driver])
  expect(soon.avoidable).toBeCloseTo(expected.fire_short_avoidable!, 9)
  expect(soon.change).toBeCloseTo(expected.fire_short_change!, 9)
  expect(soon.stranded).toBeCloseTo(expected.fire_short_stranded!, 9)
  const later = partWith(b, (driver) => golden.long[driver])
  expect(later.avoidable).toBeCloseTo(expected.fire_long_avoidable!, 9)
  expect(later.change).toBeCloseTo(expected.fire_long_change!, 9)
  expect(later.breakEvenShare).toBeCloseTo(expected.break_even_avoidable_share!, 12)
})
