import { describe, expect, test } from 'vitest'
import { createRandom } from '../../math/random.ts'
import { defaultAssumptions, drawScenarios, halfEffort, type Judged, leverItems, type SegmentChain, worthOf } from './levers.ts'
import { inflexion, respond } from './response.ts'

/** The worked example of portfolio lifetime value: values 162.77, 347.54, 593.85, 930.09. */
const chain: SegmentChain = {
  segment: '(all)',
  customers: [1000, 200, 80, 20],
  profit: [-2, 40, 85, 150],
  next: [
    [0.9, 0.1, 0, 0],
    [0.25, 0.6, 0.15, 0],
    [0.1, 0.1, 0.7, 0.1],
    [0.05, 0, 0.1, 0.85],
  ],
  posterior: [
    [900, 100, 1e-6, 1e-6],
    [50, 120, 30, 1e-6],
    [8, 8, 56, 8],
    [1, 1e-6, 2, 17],
  ],
  upgradeHigh: [0.12, 0.19, 0.16, 1],
}
const V = [162.77027, 347.540541, 593.851351, 930.094595]

const offer = (judged: Judged = new Map(), chains = [chain]) => leverItems(chains, 0.1, defaultAssumptions, judged)
const find = (id: string, judged?: Judged) => offer(judged).items.find((item) => item.id === id)!

describe('the levers of a portfolio', () => {
  test('a conversion is worth the difference of the classes, discounted, for all customers of the class', () => {
    expect(worthOf('convert', 1, chain, V, 0.1)).toBeCloseTo((200 * (593.851351 - 347.540541)) / 1.1, 3)
    expect(find('convert:(all):acquaintance').worth).toBeCloseTo((200 * (593.851351 - 347.540541)) / 1.1, 2)
  })

  test('a defence is worth what is lost on average by those who drop', () => {
    // Of partners who drop, a third become strangers and two thirds friends.
    const lost = 930.094595 - (0.05 * 162.77027 + 0.1 * 593.851351) / 0.15
    expect(worthOf('defend', 3, chain, V, 0.1)).toBeCloseTo((20 * lost) / 1.1, 3)
  })

  test('an assumed curve starts at what was seen and reaches half its gain at the stated money', () => {
    const { curve } = find('convert:(all):acquaintance')
    expect(respond(curve, 0)).toBeCloseTo(0.15, 12)
    expect(curve.ceiling).toBeCloseTo(0.15 * 1.5, 12)
    expect(halfEffort(curve)).toBeCloseTo(0.1 * 85 * 200, 9)
    expect(respond(curve, halfEffort(curve))).toBeCloseTo(0.15 * 1.25, 12)
  })

  test('a class that earns nothing is not leveraged, and an upgrade that nobody made is not offered', () => {
    const poor = { ...chain, profit: [-2, -5, 85, 150], next: [[1, 0, 0, 0], ...chain.next.slice(1)] }
    const { items, notOffered } = offer(new Map(), [poor])
    expect(items.map(({ id }) => id)).not.toContain('leverage:(all):acquaintance')
    expect(notOffered).toContainEqual({
      lever: 'acquire',
      segment: '(all)',
      class: 'stranger',
      reason: expect.stringContaining('nobody moved'),
    })
  })

  test('a judgement takes the place of the assumption, shared out by customers when it speaks of all', () => {
    const judged: Judged = new Map([
      [
        'convert:friend',
        [{ segment: null, judgement: { expert: 'Mia', now: 900, atZero: 0.08, atNow: 0.1, atOneAndHalf: 0.115, atMost: 0.15 } }],
      ],
    ])
    const half = { ...chain, segment: 'small', customers: [0, 0, 20, 0] }
    const { items } = offer(judged, [chain, half])
    const [large, small] = items.filter(({ lever, class: name }) => lever === 'convert' && name === 'friend')
    expect([large!.basis, large!.today, small!.today]).toEqual(['judgement', 720, 180])
    expect(respond(large!.curve, 720)).toBeCloseTo(0.1, 12)
    expect(inflexion(large!.curve)).toBeGreaterThan(0)
  })

  test('a judgement that falls is refused with action and expert', () => {
    const judged: Judged = new Map([
      [
        'convert:friend',
        [{ segment: null, judgement: { expert: 'Ole', now: 900, atZero: 0.3, atNow: 0.1, atOneAndHalf: 0.115, atMost: 0.15 } }],
      ],
    ])
    expect(() => offer(judged)).toThrow(
      /action "convert:friend", expert "Ole": response at zero effort \(0.3\) is above response at saturation/,
    )
  })

  test('scenarios scatter around the plan: worth around its mean, reach around the assumption', () => {
    const { items } = offer()
    const scenarios = drawScenarios(items, 0.1, 400, createRandom(12))
    const at = items.findIndex(({ id }) => id === 'convert:(all):acquaintance')
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
    // Values are convex in the chances, so few partners pull the mean of the draws a little up.
    const relative = mean(scenarios.map(({ worth }) => worth[at]!)) / items[at]!.worth
    expect(relative).toBeGreaterThan(0.9)
    expect(relative).toBeLessThan(1.15)
    const gains = scenarios.map(({ curves }) => curves[at]!.ceiling - curves[at]!.floor)
    expect(Math.abs(mean(gains) / (0.15 * 0.5) - 1)).toBeLessThan(0.12)
    expect(Math.min(...gains)).toBeGreaterThan(0)
    // Equal seeds, equal scenarios.
    expect(drawScenarios(items, 0.1, 3, createRandom(12))[2]!.worth).toEqual(scenarios[2]!.worth)
  })
})
