import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { curveThroughJudgement, inflexion, type Judgement, pooledJudgement, type ResponseCurve, respond, slope } from './response.ts'

const judged: Judgement = { expert: 'Mia', now: 1, atZero: 0.5, atNow: 1, atOneAndHalf: 1.3, atMost: 1.5 }

const anyCurve: fc.Arbitrary<ResponseCurve> = fc.oneof(
  fc.record({
    form: fc.constant('modified-exponential' as const),
    floor: fc.double({ min: -5, max: 5, noNaN: true }),
    ceiling: fc.double({ min: 6, max: 90, noNaN: true }),
    rate: fc.double({ min: 0.001, max: 2, noNaN: true }),
  }),
  fc.record({
    form: fc.constant('adbudg' as const),
    floor: fc.double({ min: -5, max: 5, noNaN: true }),
    ceiling: fc.double({ min: 6, max: 90, noNaN: true }),
    shape: fc.double({ min: 0.3, max: 6, noNaN: true }),
    scale: fc.double({ min: 0.1, max: 50, noNaN: true }),
    unit: fc.double({ min: 0.5, max: 2000, noNaN: true }),
  }),
)

describe('a response curve', () => {
  test('goes through the four points that were judged', () => {
    const curve = curveThroughJudgement(judged, 'action "defend"')
    expect(curve).toMatchObject({ form: 'adbudg', scale: 1, shape: expect.closeTo(3.41902258, 7) })
    expect([0, 0.5, 1, 1.5].map((x) => respond(curve, x))).toEqual([
      0.5,
      expect.closeTo(0.58549806, 7),
      expect.closeTo(1, 12),
      expect.closeTo(1.3, 12),
    ])
    expect(respond(curve, 1e9)).toBeCloseTo(1.5, 9)
  })

  test('says the same in any unit of effort', () => {
    const inThousands = curveThroughJudgement({ ...judged, now: 40 }, '')
    const inUnits = curveThroughJudgement({ ...judged, now: 40_000 }, '')
    for (const x of [1, 17, 40, 55, 400]) expect(respond(inThousands, x)).toBeCloseTo(respond(inUnits, x * 1000), 12)
  })

  test('never falls, and its slope is its derivative', () => {
    fc.assert(
      fc.property(anyCurve, fc.double({ min: 0.01, max: 500, noNaN: true }), (curve, x) => {
        const step = x * 1e-5
        const numeric = (respond(curve, x + step) - respond(curve, x - step)) / (2 * step)
        expect(slope(curve, x)).toBeGreaterThanOrEqual(0)
        expect(Math.abs(slope(curve, x) - numeric)).toBeLessThan(1e-5 * (1 + Math.abs(numeric)) * (1 + 1 / x))
      }),
      { seed: 7, numRuns: 500 },
    )
  })

  test('bends upwards before its turning point and downwards after it', () => {
    fc.assert(
      fc.property(anyCurve, (curve) => {
        const turn = inflexion(curve)
        if (turn > 0) expect(slope(curve, turn * 0.9)).toBeLessThan(slope(curve, turn) * (1 + 1e-12))
        expect(slope(curve, turn * 1.2 + 1e-6)).toBeLessThanOrEqual(slope(curve, Math.max(turn, 1e-9)) * (1 + 1e-12))
      }),
      { seed: 7, numRuns: 500 },
    )
  })

  test.each([
    [{ atZero: 2 }, /above response at saturation/],
    [{ atNow: 0.4 }, /do not rise/],
    [{ atOneAndHalf: 1.5 }, /do not rise/],
    [{ now: 0 }, /effort today is 0/],
    [{ atMost: Number.NaN }, /not a number/],
  ])('refuses judgements that no curve goes through: %o', (wrong, message) => {
    expect(() => curveThroughJudgement({ ...judged, ...wrong }, 'action "defend", expert "Mia"')).toThrow(message)
    expect(() => curveThroughJudgement({ ...judged, ...wrong }, 'action "defend", expert "Mia"')).toThrow(/action "defend", expert "Mia"/)
  })

  test('pools experts whatever their weights', () => {
    const other: Judgement = { expert: 'Ole', now: 2, atZero: 0.1, atNow: 0.2, atOneAndHalf: 0.9, atMost: 4 }
    expect(pooledJudgement([judged, other], [1, 1])).toMatchObject({ now: 1.5, atZero: 0.3, atNow: 0.6, atMost: 2.75 })
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 1, noNaN: true }), (weight) => {
        expect(() => curveThroughJudgement(pooledJudgement([judged, other], [weight, 1 - weight + 1e-9]), '')).not.toThrow()
      }),
      { seed: 7 },
    )
  })
})
