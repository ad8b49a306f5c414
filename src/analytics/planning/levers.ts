import type { Random } from '../../math/random.ts'
import { drawTransitions, stateValues } from '../relationships/index.ts'
import type { Lever, PlanItem } from './plan-problem.ts'
import { curveThroughJudgement, type Judgement, pooledJudgement, type ResponseCurve } from './response.ts'
import type { Scenario } from './robust-plan.ts'

/** The relationship chain of one segment: classes stranger, acquaintance, friend, partner in this order. */
export interface SegmentChain {
  segment: string
  customers: number[]
  /** Profit of a customer of each class in a period. */
  profit: number[]
  /** Chance of each class a period later. */
  next: number[][]
  /** Dirichlet counts behind them. */
  posterior: number[][]
  /** Upper end of the 90 % interval of moving one class up. */
  upgradeHigh: number[]
}

/** What is assumed of a lever until somebody judges or tests it. */
export interface LeverAssumption {
  /** The most it can add, as a part of: the chance of moving up (acquire, convert), the chance of dropping (defend), profit (leverage). */
  reach: number
  /** Money per customer at which half of that is reached, as a part of the period's profit of the class it leads to (acquire, convert) or is in. */
  halfAt: number
}

export type LeverAssumptions = Record<Lever, LeverAssumption>

export const defaultAssumptions: LeverAssumptions = {
  acquire: { reach: 0.5, halfAt: 0.1 },
  convert: { reach: 0.5, halfAt: 0.1 },
  leverage: { reach: 0.05, halfAt: 0.05 },
  defend: { reach: 0.3, halfAt: 0.1 },
}

const classes = ['stranger', 'acquaintance', 'friend', 'partner'] as const

export interface LeverItem extends PlanItem {
  lever: Lever
  segment: string
  class: (typeof classes)[number]
  customers: number
  basis: 'judgement' | 'assumption'
  /** Experts behind a judgement. */
  judgements: Judgement[]
  chain: SegmentChain
}

/** What a full response of a lever on a class is worth, in money: V are the values of one customer of each class. */
export function worthOf(
  lever: Lever,
  at: number,
  { customers, next, profit }: SegmentChain,
  V: readonly number[],
  discount: number,
): number {
  const n = customers[at]!
  if (lever === 'leverage') return n * Math.max(0, profit[at]!)
  if (lever === 'defend') {
    const below = next[at]!.slice(0, at)
    const dropped = below.reduce((sum, p) => sum + p, 0)
    const low = dropped > 0 ? below.reduce((sum, p, to) => sum + p * V[to]!, 0) / dropped : V[0]!
    return (n * (V[at]! - low)) / (1 + discount)
  }
  return (n * (V[at + 1]! - V[at]!)) / (1 + discount)
}

/** Classes each lever speaks to. */
const reachOf: Record<Lever, number[]> = { acquire: [0], convert: [1, 2], leverage: [1, 2, 3], defend: [1, 2, 3] }

export interface NotOffered {
  lever: Lever
  segment: string
  class: string
  reason: string
}

/** Judgements by action id: `convert:acquaintance`, with the segment they speak of (null for all). */
export type Judged = Map<string, { segment: string | null; judgement: Judgement }[]>

/**
 * The items of a plan: for each segment and class what each lever could bring in the coming period. Responses are chances of the good outcome in the period
 * (moving up; not dropping), for leverage the part of profit added.
 */
export function leverItems(
  chains: readonly SegmentChain[],
  discount: number,
  assumptions: LeverAssumptions,
  judged: Judged,
): { items: LeverItem[]; notOffered: NotOffered[] } {
  const items: LeverItem[] = []
  const notOffered: NotOffered[] = []
  const everybody = classes.map((_, at) => chains.reduce((sum, { customers }) => sum + customers[at]!, 0))
  for (const chain of chains) {
    const V = stateValues({ p: chain.next, profit: chain.profit, discount })
    for (const lever of Object.keys(reachOf) as Lever[])
      for (const at of reachOf[lever]) {
        const name = classes[at]!
        const refuse = (reason: string) => notOffered.push({ lever, segment: chain.segment, class: name, reason })
        const n = chain.customers[at]!
        if (n === 0) {
          refuse('no customers')
          continue
        }
        const worth = worthOf(lever, at, chain, V, discount)
        if (!(worth > 0)) {
          refuse(lever === 'leverage' ? 'the class earns nothing that could be raised' : 'the class it leads to is worth no more')
          continue
        }
        const found = (judged.get(`${lever}:${name}`) ?? []).filter((one) => one.segment === null || one.segment === chain.segment)
        // A judgement for all segments is shared out by customers.
        const judgements = found.map(({ segment, judgement }) =>
          segment === null ? { ...judgement, now: (judgement.now * n) / everybody[at]! } : judgement,
        )
        const curve =
          judgements.length > 0 ? judgedCurve(judgements, `action "${lever}:${name}"`) : assumedCurve(lever, at, chain, assumptions[lever])
        if (!curve) {
          refuse('nobody moved that way, so there is no rate to raise')
          continue
        }
        const today = judgements.length > 0 ? judgements.reduce((sum, { now }) => sum + now, 0) / judgements.length : 0
        const half = halfEffort(curve)
        items.push({
          id: `${lever}:${chain.segment}:${name}`,
          title: `${lever} ${name}s${chain.segment === '(all)' ? '' : ` in ${chain.segment}`}`,
          lever,
          segment: chain.segment,
          class: name,
          customers: n,
          basis: judgements.length > 0 ? 'judgement' : 'assumption',
          judgements,
          chain,
          curve,
          worth,
          today,
          least: 0,
          // Beyond eight times the half effort an exponential curve has 99.6 % of its reach.
          most: Math.max(8 * half, 2 * today),
        })
      }
  }
  return { items, notOffered }
}

/** Effort at which half of the reach is reached. */
export function halfEffort(curve: ResponseCurve): number {
  return curve.form === 'modified-exponential' ? Math.LN2 / curve.rate : curve.unit * curve.scale ** (1 / curve.shape)
}

function judgedCurve(judgements: Judgement[], place: string): ResponseCurve {
  for (const judgement of judgements) curveThroughJudgement(judgement, `${place}, expert "${judgement.expert}"`)
  return curveThroughJudgement(
    pooledJudgement(
      judgements,
      judgements.map(() => 1),
    ),
    place,
  )
}

function assumedCurve(
  lever: Lever,
  at: number,
  { customers, profit, next }: SegmentChain,
  { reach, halfAt }: LeverAssumption,
): ResponseCurve | undefined {
  const row = next[at]!
  const dropping = row.slice(0, at).reduce((sum, p) => sum + p, 0)
  const up = at < 3 ? row[at + 1]! : 0
  const [floor, gain] =
    lever === 'leverage' ? [0, reach] : lever === 'defend' ? [1 - dropping, reach * dropping] : [up, Math.min(reach * up, row[at]!)]
  const target = profit[lever === 'acquire' || lever === 'convert' ? at + 1 : at]!
  const half = halfAt * target * customers[at]!
  if (!(gain > 0 && half > 0)) return undefined
  return { form: 'modified-exponential', floor, ceiling: floor + gain, rate: Math.LN2 / half }
}

/** Spread of what is assumed: a standard deviation of ln(reach) and ln(half effort) of 0.5 means "right within a factor of two, four times in five". */
const assumedSpread = 0.5
/** The same for one expert, whose own doubt is not known. */
const singleExpertSpread = 0.25

/**
 * Draws of how things could be: transitions from their posterior (values of classes follow), reach and half effort of assumed curves log-normal, several experts
 * weighted at random (Bayesian bootstrap).
 */
export function drawScenarios(items: readonly LeverItem[], discount: number, draws: number, random: Random): Scenario[] {
  const chains = [...new Set(items.map(({ chain }) => chain))]
  return Array.from({ length: draws }, (_, d) => {
    const stream = random.split(`scenario ${d}`)
    const drawn = new Map(
      chains.map((chain) => {
        const next = drawTransitions(stream.split(`chain ${chain.segment}`), chain.posterior)
        return [chain, { chain: { ...chain, next }, V: stateValues({ p: next, profit: chain.profit, discount }) }] as const
      }),
    )
    const at = (item: LeverItem) => classes.indexOf(item.class)
    return {
      curves: items.map((item) => drawCurve(item, stream.split(item.id))),
      worth: items.map((item) => {
        const { chain, V } = drawn.get(item.chain)!
        return worthOf(item.lever, at(item), chain, V, discount)
      }),
    }
  })
}

function drawCurve({ curve, judgements, basis }: LeverItem, random: Random): ResponseCurve {
  if (judgements.length > 1) return judgedCurve([pooledJudgement(judgements, random.dirichlet(judgements.map(() => 1)))], '')
  const spread = basis === 'judgement' ? singleExpertSpread : assumedSpread
  // Mean one, so that the mean over scenarios is the plan's own curve.
  const reach = Math.exp(spread * random.normal() - (spread * spread) / 2)
  const slower = Math.exp(spread * random.normal())
  const ceiling = curve.floor + (curve.ceiling - curve.floor) * reach
  return curve.form === 'modified-exponential'
    ? { ...curve, ceiling, rate: curve.rate / slower }
    : { ...curve, ceiling, unit: curve.unit * slower }
}
