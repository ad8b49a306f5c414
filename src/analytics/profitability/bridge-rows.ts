import { compareDecimals, negateDecimal, roundDecimal, subtractDecimals, sumDecimals } from '../../shared/decimal.ts'
import type { Row } from '../../warehouse/port.ts'

/** What the bridge is made from, exact amounts as text. */
export interface BridgeInput {
  opening: string
  closing: string
  price: string
  /** Null with one currency. */
  fx: string | null
  /** Null where the measure is revenue. */
  unitCost: string | null
  /** Volume and mix together. */
  quantity: string
  new: string
  lost: string
  other: string
  cells: number
  /** Of the compared cells before: revenue less cost, and the quantity by which volume is measured; now: that quantity. */
  marginBefore: string
  volumeBefore: string
  volumeNow: string
  /** Whether volume is counted in units; else in revenue at the prices of before. */
  inUnits: boolean
}

/**
 * Volume effect (Q1 - Q0) m0 / Q0, with Q quantities and m0 the margin of before over the compared cells; mix is what is left of the
 * effect of quantities: sum (q1 - q0 Q1 / Q0) m0 of each cell. Rounded to 4 places once, so both close exactly.
 */
export function splitVolumeMix(
  quantity: string,
  marginBefore: string,
  volumeBefore: string,
  volumeNow: string,
): { volume: string; mix: string } {
  if (compareDecimals(volumeBefore, 0) <= 0) return { volume: roundDecimal(quantity, 4), mix: '0.0000' }
  const growth = divide(multiply(subtractDecimals(volumeNow, volumeBefore), marginBefore), volumeBefore)
  return { volume: growth, mix: subtractDecimals(quantity, growth) }
}

/** The bridge from opening to closing, in reading order. */
export function bridgeRows(input: BridgeInput): Row[] {
  const { volume, mix } = splitVolumeMix(input.quantity, input.marginBefore, input.volumeBefore, input.volumeNow)
  const counted = input.inUnits ? 'units' : 'revenue at the prices of before'
  const rows: Omit<Row, 'position'>[] = [
    level('opening', 'Previous period', input.opening, 'Profit measure of the previous period.'),
    {
      effect: 'price',
      title: 'Price',
      amount: input.price,
      cells: input.cells,
      formula:
        input.fx === null
          ? 'sum (p1 - p0) q1 over cells bought in both periods'
          : 'sum (p1 - p0) q1 over such cells, at the exchange rate of before',
      meaning: 'What other prices for the same product to the same customer brought.',
    },
    {
      effect: 'fx',
      title: 'Exchange rates',
      amount: input.fx,
      cells: input.fx === null ? null : input.cells,
      formula: 'sum p1 q1 (fx1 - fx0), prices in the currency of the invoice',
      meaning: 'What other exchange rates brought at today’s prices. Empty when all lines are in one currency.',
    },
    {
      effect: 'unit_cost',
      title: 'Unit cost',
      amount: input.unitCost,
      cells: input.unitCost === null ? null : input.cells,
      formula: '- sum (v1 - v0) q1',
      meaning: 'What other product costs per unit brought; negative when goods got dearer. Empty when no cost is known.',
    },
    {
      effect: 'volume',
      title: 'Volume',
      amount: volume,
      cells: input.cells,
      formula: '(Q1 - Q0) m0 / Q0',
      meaning: `What more or less of the same products brought, counted in ${counted}, at the average margin of before.`,
    },
    {
      effect: 'mix',
      title: 'Mix',
      amount: mix,
      cells: input.cells,
      formula: 'sum (q1 - q0 Q1 / Q0) m0 of each cell',
      meaning: 'What the shift between richer and poorer products and customers brought, at unchanged total volume.',
    },
    {
      effect: 'new',
      title: 'New',
      amount: input.new,
      cells: null,
      formula: 'sum q1 m1 of products and customers without a counterpart before',
      meaning: 'New customers, and products that a customer did not buy before.',
    },
    {
      effect: 'lost',
      title: 'Lost',
      amount: input.lost,
      cells: null,
      formula: '- sum q0 m0 of products and customers without a counterpart now',
      meaning: 'Lost customers, and products that a customer buys no more.',
    },
    {
      effect: 'other',
      title: 'Fees and adjustments',
      amount: input.other,
      cells: null,
      formula: 'change of lines without price and volume, of customers active in both periods',
      meaning: 'Postage, fees, bad debt, corrections, and lines that name no product.',
    },
    level('closing', 'Current period', input.closing, 'Profit measure of the current period.'),
  ]
  return rows.map((row, i) => ({ ...row, position: i + 1 }) as Row)
}

const level = (effect: string, title: string, amount: string, meaning: string): Omit<Row, 'position'> => ({
  effect,
  title,
  amount,
  cells: null,
  formula: 'sum over all lines of the period',
  meaning,
})

/** What is missing between opening plus all effects and closing: zero, or the bridge is wrong. */
export function bridgeResidual(rows: readonly Row[]): string {
  const of = (effect: string) => rows.filter((row) => row.effect === effect).map((row) => row.amount as string | null)
  const effects = rows.filter((row) => row.effect !== 'opening' && row.effect !== 'closing').map((row) => row.amount as string | null)
  return sumDecimals([...of('opening'), ...effects, ...of('closing').map((amount) => (amount === null ? null : negateDecimal(amount)))])
}

const units = (value: string): bigint => BigInt(roundDecimal(value, 4).replace('.', ''))

/** Product of two decimals of 4 places, in units of 10^-8. */
const multiply = (a: string, b: string): bigint => units(a) * units(b)

/** A product in units of 10^-8 divided by a decimal of 4 places, rounded half away from zero to 4 places. */
function divide(product: bigint, by: string): string {
  const divisor = units(by)
  const negative = product < 0n !== divisor < 0n
  const [n, d] = [product < 0n ? -product : product, divisor < 0n ? -divisor : divisor]
  const rounded = (2n * n + d) / (2n * d)
  const text = rounded.toString().padStart(5, '0')
  return `${negative && rounded > 0n ? '-' : ''}${text.slice(0, -4)}.${text.slice(-4)}`
}
