/**
 * Exact decimals as text, the form in which money travels from the database to the screen: `-12.5000`.
 *
 * Sums, differences and rounding are done on whole numbers, never on floats. Numbers are accepted where a value is not money; they are
 * taken at their shortest decimal spelling (0.1 is 0.1).
 */
export type DecimalLike = string | number

interface Decimal {
  units: bigint
  scale: number
}

const shape = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/

function parse(value: DecimalLike): Decimal {
  const text = typeof value === 'number' ? String(value) : value.trim()
  const match = shape.exec(text)
  const [, sign, whole = '', fraction = '', exponent] = match ?? []
  if (!match || whole + fraction === '') throw new RangeError(`not a decimal: ${text}`)
  const power = Number(exponent ?? 0)
  if (Math.abs(power) > 400) throw new RangeError(`exponent out of range: ${text}`)
  let units = BigInt(whole + fraction)
  let scale = fraction.length - power
  if (scale < 0) {
    units *= 10n ** BigInt(-scale)
    scale = 0
  }
  return { units: sign === '-' ? -units : units, scale }
}

function print({ units, scale }: Decimal): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0')
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`
  return units < 0n ? `-${text}` : text
}

const at = (value: Decimal, scale: number): bigint => value.units * 10n ** BigInt(scale - value.scale)

/** Whether a text or number is a finite decimal. */
export function isDecimal(value: unknown): value is DecimalLike {
  if (typeof value === 'number') return Number.isFinite(value)
  return typeof value === 'string' && /\d/.test(value) && shape.test(value.trim())
}

/** Rounded half away from zero to `digits` places after the point, which may be negative for tens and hundreds; never `-0`. */
export function roundDecimal(value: DecimalLike, digits: number): string {
  const decimal = parse(value)
  if (decimal.scale <= digits) return print({ units: at(decimal, digits), scale: digits })
  const unit = 10n ** BigInt(decimal.scale - digits)
  const magnitude = decimal.units < 0n ? -decimal.units : decimal.units
  const rounded = (magnitude * 2n + unit) / (unit * 2n)
  const units = decimal.units < 0n ? -rounded : rounded
  return digits >= 0 ? print({ units, scale: digits }) : print({ units: units * 10n ** BigInt(-digits), scale: 0 })
}

/** The exact sum; null values are left out. */
export function sumDecimals(values: Iterable<DecimalLike | null | undefined>): string {
  let total: Decimal = { units: 0n, scale: 0 }
  for (const value of values) {
    if (value === null || value === undefined) continue
    const next = parse(value)
    const scale = Math.max(total.scale, next.scale)
    total = { units: at(total, scale) + at(next, scale), scale }
  }
  return print(total)
}

export const subtractDecimals = (a: DecimalLike, b: DecimalLike): string => sumDecimals([a, negateDecimal(b)])

export function negateDecimal(value: DecimalLike): string {
  const decimal = parse(value)
  return print({ units: -decimal.units, scale: decimal.scale })
}

export const absoluteDecimal = (value: DecimalLike): string => (signOf(value) < 0 ? negateDecimal(value) : print(parse(value)))

/** -1, 0 or 1. */
export function signOf(value: DecimalLike): -1 | 0 | 1 {
  const { units } = parse(value)
  return units < 0n ? -1 : units > 0n ? 1 : 0
}

/** Negative when a < b, for sorting. */
export function compareDecimals(a: DecimalLike, b: DecimalLike): -1 | 0 | 1 {
  const left = parse(a)
  const right = parse(b)
  const scale = Math.max(left.scale, right.scale)
  const difference = at(left, scale) - at(right, scale)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/** The decimal point moved: `shiftDecimal('0.125', 2)` is `12.5`. */
export function shiftDecimal(value: DecimalLike, places: number): string {
  const { units, scale } = parse(value)
  return scale - places >= 0 ? print({ units, scale: scale - places }) : print({ units: units * 10n ** BigInt(places - scale), scale: 0 })
}

/** a / b as a float for shares and positions on a chart; null where b is zero. */
export function ratioOf(a: DecimalLike, b: DecimalLike): number | null {
  const left = parse(a)
  const right = parse(b)
  if (right.units === 0n) return null
  const scale = Math.max(left.scale, right.scale)
  return Number((at(left, scale) * 10n ** 18n) / at(right, scale)) / 1e18
}

/** Places after the point at which amounts of money are kept. */
const moneyScale = 4

/** An amount as a whole number of ten-thousandths, in which money is divided without losing any; refuses finer amounts. */
export function unitsOf(amount: DecimalLike): bigint {
  const decimal = parse(amount)
  if (decimal.scale <= moneyScale) return at(decimal, moneyScale)
  const beyond = 10n ** BigInt(decimal.scale - moneyScale)
  if (decimal.units % beyond !== 0n) throw new RangeError(`money has at most ${moneyScale} decimals: ${amount}`)
  return decimal.units / beyond
}

/** The amount of so many ten-thousandths: `decimalOf(125_000n)` is `12.5000`. */
export const decimalOf = (units: bigint): string => print({ units, scale: moneyScale })
