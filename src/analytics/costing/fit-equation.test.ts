import { expect, test } from 'vitest'
import { createRandom } from '../../math/random.ts'
import { driversOf } from './drivers.ts'
import { fitTimeEquation } from './fit-equation.ts'
import { parseTimeEquation } from './time-equation.ts'

function observed(n: number, seed: number, noise: number): string {
  const random = createRandom(seed)
  const rows = ['event_id,lines,returned_lines,changes,minutes']
  for (let e = 0; e < n; e++) {
    const [lines, returned, changes] = [1 + random.poisson(2), random.poisson(0.2), random.poisson(0.5)]
    rows.push(`E${e},${lines},${returned},${changes},${Math.max(0, 8 + 2 * lines + 15 * returned + noise * random.normal()).toFixed(3)}`)
  }
  return rows.join('\n')
}

test('coefficients come back from simulated minutes, within three standard errors', () => {
  const fit = fitTimeEquation(observed(2000, 5, 1.5))
  expect(fit.status).toBe('converged')
  for (const [name, truth] of Object.entries({ intercept: 8, lines: 2, returned_lines: 15 }))
    expect(Math.abs(fit.parameters[name]! - truth), name).toBeLessThan(3 * fit.standardErrors[name]!)
  expect(fit.parameters.changes).toBeLessThan(0.2)
  expect(fit.rSquared).toBeGreaterThan(0.9)
  expect(fit.residualMinutes).toBeCloseTo(1.5, 1)
  // It reads as it is written.
  expect(parseTimeEquation(fit.equation, driversOf.order).drivers).toContain('lines')
})

test('without noise the equation is exact', () => {
  expect(fitTimeEquation(observed(60, 1, 0)).equation).toBe('8 + 2 * lines + 15 * returned_lines')
})

test('a driver that would give time back is held at zero, and said so', () => {
  const rows = ['edi,lines,minutes', ...Array.from({ length: 40 }, (_, e) => `${e % 2},${1 + (e % 5)},${10 + 2 * (e % 5) - 4 * (e % 2)}`)]
  const fit = fitTimeEquation(rows.join('\n'))
  expect(fit.heldAtZero).toEqual(['edi'])
  expect(fit.standardErrors.edi).toBeNull()
})

test('the back-test holds told minutes against paid ones', () => {
  const text = observed(100, 2, 0)
  const { predictedMinutes } = fitTimeEquation(text)
  expect(fitTimeEquation(text, { paid: predictedMinutes / 0.85 }).verdict).toContain('within 70 to 100 %')
  expect(fitTimeEquation(text, { paid: predictedMinutes / 1.1 }).verdict).toContain('too high, or there was overtime')
  expect(fitTimeEquation(text, { paid: predictedMinutes / 0.5 }).verdict).toContain('capacity is idle')
})

test('what makes no sense is refused with row and column', () => {
  expect(() => fitTimeEquation('lines,minutes\n1,5\ntwo,6\n')).toThrow('row 3, lines: must be a number; got "two"')
  expect(() => fitTimeEquation('lines,minutes\n1,-5\n2,6\n')).toThrow('row 2, minutes: must be a number from 0; got "-5"')
  expect(() => fitTimeEquation('lines,amount\n1,5\n')).toThrow('no column with observed minutes')
  expect(() => fitTimeEquation('lines,minutes\n1,5\n2,6\n')).toThrow('2 events are too few for 1 drivers')
})
