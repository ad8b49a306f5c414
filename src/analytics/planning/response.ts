import { AppError } from '../../shared/errors.ts'

/**
 * How much an effort brings: response as a function of effort x >= 0, never falling. The unit of effort (money a year, calls, hours) and of response are the caller's.
 *
 * `modified-exponential`: floor + (ceiling - floor)(1 - e^(-rate x)); concave.
 * `adbudg` (Little 1970, Management Science 16): floor + (ceiling - floor) u^shape / (scale + u^shape) with u = x / unit; S-shaped when shape > 1, concave otherwise.
 */
export type ResponseCurve =
  | { form: 'modified-exponential'; floor: number; ceiling: number; rate: number }
  | { form: 'adbudg'; floor: number; ceiling: number; shape: number; scale: number; unit: number }

/** The response to effort x. */
export function respond(curve: ResponseCurve, x: number): number {
  const span = curve.ceiling - curve.floor
  if (x <= 0) return curve.floor
  if (curve.form === 'modified-exponential') return curve.floor - span * Math.expm1(-curve.rate * x)
  // u^c / (d + u^c) as a logistic of c ln u - ln d, which neither overflows nor cancels.
  return curve.floor + span / (1 + Math.exp(Math.log(curve.scale) - curve.shape * Math.log(x / curve.unit)))
}

/** What the next small unit of effort brings at x: the derivative. At zero it is the limit from above, Infinity for ADBUDG with a shape below one. */
export function slope(curve: ResponseCurve, x: number): number {
  const span = curve.ceiling - curve.floor
  if (curve.form === 'modified-exponential') return span * curve.rate * Math.exp(-curve.rate * Math.max(0, x))
  if (x <= 0) return curve.shape > 1 || span === 0 ? 0 : curve.shape === 1 ? span / (curve.scale * curve.unit) : Infinity
  const share = 1 / (1 + Math.exp(Math.log(curve.scale) - curve.shape * Math.log(x / curve.unit)))
  return (span * curve.shape * share * (1 - share)) / x
}

/** Effort up to which each further unit brings more than the last: where an S-shaped curve turns; 0 for a concave one. */
export function inflexion(curve: ResponseCurve): number {
  if (curve.form === 'modified-exponential' || curve.shape <= 1) return 0
  return curve.unit * ((curve.scale * (curve.shape - 1)) / (curve.shape + 1)) ** (1 / curve.shape)
}

/** What somebody who knows the business expects: four points of a response curve. */
export interface Judgement {
  /** Who judged. */
  expert: string
  /** Effort of today, in the unit of effort. */
  now: number
  /** Response without effort, at today's effort, at one and a half times today's, and however much is spent. */
  atZero: number
  atNow: number
  atOneAndHalf: number
  atMost: number
}

/**
 * The ADBUDG curve through four judged points (Little 1970; Lodish 1971).
 *
 * @param place names the judgement in messages, such as `action "defend friends", expert "Mia"`.
 * @throws DataError when the points do not rise from zero effort to saturation, or rise so that no such curve goes through them.
 */
export function curveThroughJudgement({ now, atZero, atNow, atOneAndHalf, atMost }: Judgement, place: string): ResponseCurve {
  const refuse = (what: string, remedy: string): never => {
    throw new AppError('response-judgement', `${place}: ${what}`, { hint: remedy })
  }
  const points = [now, atZero, atNow, atOneAndHalf, atMost]
  if (!points.every(Number.isFinite))
    refuse('a point is missing or not a number', 'Give effort now and the response at 0, now, 150 % and saturation.')
  if (!(now > 0)) refuse(`effort today is ${now}`, "Give the effort that 'now' stands for; it must be above zero.")
  if (atZero > atMost)
    refuse(
      `response at zero effort (${atZero}) is above response at saturation (${atMost})`,
      'Swap the two, or judge the result as something that grows.',
    )
  if (!(atZero < atNow && atNow < atOneAndHalf && atOneAndHalf < atMost))
    refuse(
      `the points ${atZero}, ${atNow}, ${atOneAndHalf}, ${atMost} do not rise from zero to saturation`,
      'Each further step must bring more: at 0 < now < 150 % < saturation.',
    )
  const scale = (atMost - atZero) / (atNow - atZero) - 1
  const share = (atOneAndHalf - atZero) / (atMost - atZero)
  const shape = Math.log((scale * share) / (1 - share)) / Math.log(1.5)
  return { form: 'adbudg', floor: atZero, ceiling: atMost, shape, scale, unit: now }
}

/**
 * One curve out of several judgements of the same action: the points are averaged by weight, each expert's effort scaled to the common effort.
 * Weighted means of rising points rise, so every weighting gives a curve; random weights (Bayesian bootstrap) show how far experts disagree.
 */
export function pooledJudgement(judgements: Judgement[], weights: ArrayLike<number>): Judgement {
  let total = 0
  const sum = { now: 0, atZero: 0, atNow: 0, atOneAndHalf: 0, atMost: 0 }
  judgements.forEach((judgement, i) => {
    const weight = weights[i] as number
    total += weight
    for (const point of Object.keys(sum) as (keyof typeof sum)[]) sum[point] += weight * judgement[point]
  })
  for (const point of Object.keys(sum) as (keyof typeof sum)[]) sum[point] /= total
  return { expert: judgements.map(({ expert }) => expert).join(', '), ...sum }
}
