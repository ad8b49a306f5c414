import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AppError } from '../../shared/errors.ts'
import { openDuckDB } from '../../warehouse/duckdb.ts'
import { sql } from '../../warehouse/sql.ts'
import { allocate } from './allocate.ts'
import { usePool } from './capacity.ts'
import { reciprocalPools, type ServiceFlow } from './service-pools.ts'
import { minutesSql } from './time-equation.sql.ts'
import { type DriverType, evaluateMinutes, parseTimeEquation } from './time-equation.ts'

test('the service department of Kaplan and Anderson: 0.80 a minute and 97,120 for idle time', () => {
  const minutes = { order: 49_000 * 8, inquiry: 1400 * 44, credit: 2500 * 50 }
  const use = usePool({ cost: 560_000, practicalCapacity: 700_000 }, minutes)
  expect(use.rate).toBeCloseTo(0.8, 12)
  expect(use.assigned).toEqual({ order: 313_600, inquiry: 49_280, credit: 100_000 })
  expect(use).toMatchObject({ used: 578_600, unused: 121_400, overloaded: false })
  expect(use.unusedCost).toBeCloseTo(97_120, 9)
})

test('two service pools that serve each other pass on 150 in all', () => {
  const { full, kept } = reciprocalPools({ it: 100, hr: 50, ops: 0 }, [
    { from: 'it', to: 'hr', share: 0.2 },
    { from: 'it', to: 'ops', share: 0.8 },
    { from: 'hr', to: 'it', share: 0.1 },
    { from: 'hr', to: 'ops', share: 0.9 },
  ])
  expect(full.it).toBeCloseTo(107.14285714285714, 10)
  expect(full.hr).toBeCloseTo(71.42857142857143, 10)
  expect(kept.ops).toBeCloseTo(150, 10)
})

test('whatever serves whom, the kept amounts add up to the direct cost', () => {
  const network = fc.integer({ min: 2, max: 8 }).chain((n) =>
    fc.record({
      direct: fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: n, maxLength: n }),
      shares: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: n * n, maxLength: n * n }),
    }),
  )
  fc.assert(
    fc.property(network, ({ direct, shares }) => {
      const n = direct.length
      const flows: ServiceFlow[] = []
      for (let i = 0; i < n - 1; i++)
        for (let j = 0; j < n; j++) if (i !== j) flows.push({ from: `p${i}`, to: `p${j}`, share: (shares[i * n + j] * 0.95) / n })
      const { kept } = reciprocalPools(Object.fromEntries(direct.map((cost, i) => [`p${i}`, cost])), flows)
      const total = direct.reduce((a, b) => a + b, 0)
      expect(Object.values(kept).reduce((a, b) => a + b, 0)).toBeCloseTo(total, 4)
    }),
    { seed: 1, numRuns: 200 },
  )
})

test('pools that pass everything round in a circle are refused', () => {
  const circle = [
    { from: 'a', to: 'b', share: 1 },
    { from: 'b', to: 'a', share: 1 },
  ]
  expect(() => reciprocalPools({ a: 1, b: 1 }, circle)).toThrow('circle')
})

test('costs allocated add up to costs entered, to the last unit', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 16n), max: 10n ** 16n }),
      fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e9, noNaN: true })), { minLength: 1, maxLength: 60 }),
      (units, weights) => {
        fc.pre(weights.some((weight) => weight > 0))
        const parts = allocate(units, weights)
        expect(parts.reduce((a, b) => a + b, 0n)).toBe(units)
        weights.forEach((weight, i) => {
          if (weight === 0) expect(parts[i]).toBe(0n)
        })
      },
    ),
    { seed: 1, numRuns: 1000 },
  )
})

test('100 cents over three equal weights are 34, 33 and 33', () => {
  expect([...allocate(100n, [1, 1, 1])]).toEqual([34n, 33n, 33n])
  expect([...allocate(-100n, [1, 1, 1])]).toEqual([-34n, -33n, -33n])
  expect(() => allocate(1n, [0, 0])).toThrow('above 0')
  expect(() => allocate(1n, [1, -1])).toThrow('weight 2')
})

const drivers: Record<string, DriverType> = {
  lines: 'number',
  rush: 'boolean',
  ship_mode: 'text',
  special: 'boolean',
  air: 'boolean',
  returns: 'number',
}

test('packaging minutes of Kaplan and Anderson: 0.5, 7 and 7.2', () => {
  const equation = parseTimeEquation('0.5 + if(special, 6.5, 0) + if(air, 0.2, 0)', drivers)
  expect(evaluateMinutes(equation, { special: false, air: false })).toBe(0.5)
  expect(evaluateMinutes(equation, { special: true, air: false })).toBe(7)
  expect(evaluateMinutes(equation, { special: true, air: true })).toBeCloseTo(7.2, 12)
  expect(equation.drivers).toEqual(['special', 'air'])
})

test.each([
  ['8 + 2 * linse', 9, 'did you mean lines'],
  ['8 + ', 5, 'ends too early'],
  ['8 + rush', 5, '+ needs a number here; got a yes or no'],
  ['if(lines, 1, 2)', 4, 'if needs a yes or no'],
  ['if(rush, 1)', 1, 'takes 3 values; got 2'],
  ['ship_mode', 1, 'must give minutes'],
  ['1 < lines < 3', 11, 'cannot be chained'],
  ['8 # 2', 3, 'means nothing here'],
  ['if(ship_mode = "air, 1, 2)', 16, 'no closing quote'],
  ['sqrt(2)', 1, 'no function sqrt'],
  ['constructor', 1, 'no driver constructor'],
  ['', 1, 'empty'],
  [`${'('.repeat(500)}1${')'.repeat(500)}`, 61, 'nested deeper'],
])('%s is refused at column %i', (source, column, message) => {
  let thrown: unknown
  try {
    parseTimeEquation(source, drivers)
  } catch (error) {
    thrown = error
  }
  expect(thrown).toBeInstanceOf(AppError)
  expect((thrown as AppError).problems[0].column).toBe(column)
  expect((thrown as AppError).message).toContain(message)
})

test('an equation gives the same minutes here and in the engine', async () => {
  const sources = [
    '8 + 2 * lines + if(rush, 15, 0)',
    'max(3, lines / returns) - min(1, 2, lines)',
    'if(ship_mode = "express" and not rush or lines >= 4, 7.25, round(lines / 2) * 1.5)',
    '-(lines - 3) * 2 / 4',
    'if(ship_mode != "o\'clock", 1, 0)',
  ]
  const warehouse = await openDuckDB()
  try {
    for (const source of sources) {
      const equation = parseTimeEquation(source, drivers)
      for (const values of [
        { lines: 5, rush: true, ship_mode: 'express', returns: 0 },
        { lines: 3, rush: false, ship_mode: 'express', returns: 2 },
        { lines: 0, rush: false, ship_mode: "o'clock", returns: 1 },
      ]) {
        const [row] = await warehouse.rows(
          sql`select ${minutesSql(equation, (name) => {
            const value = values[name as keyof typeof values]
            return typeof value === 'number' ? sql`cast(${value} as double)` : sql`${value}`
          })} as minutes`,
        )
        expect(row.minutes, source).toBeCloseTo(evaluateMinutes(equation, values), 12)
      }
    }
  } finally {
    await warehouse.close()
  }
})
