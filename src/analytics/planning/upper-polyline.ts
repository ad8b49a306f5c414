import { itemSlope, itemValue, type PlanItem } from './plan-problem.ts'
import { inflexion } from './response.ts'

/**
 * A broken line that lies nowhere below the value of an item, and touches it at chosen points: tangents where the curve bends downwards, chords where it bends
 * upwards. Optimising over it gives a bound that no allocation can beat (Kelley 1960, for the concave part); touching it at the answer narrows the gap.
 */
export interface Polyline {
  /** Rising efforts. */
  x: number[]
  /** Values at them. */
  y: number[]
}

/** The points where the line of one item touches its curve. */
export class Touch {
  private readonly item: PlanItem
  private readonly price: number
  private readonly points: number[]
  private readonly turn: number

  constructor(item: PlanItem, price: number, pieces = 8) {
    const { least, most, levels } = item
    this.item = item
    this.price = price
    this.turn = Math.min(Math.max(inflexion(item.curve), least), most)
    this.points = levels
      ? [...levels]
      : [...new Set([...evenByCurvature(item, least, this.turn, pieces), ...evenByCurvature(item, this.turn, most, pieces)])].sort(
          (a, b) => a - b,
        )
  }

  /** Touches the curve at one more effort; false when it does already. */
  add(effort: number): boolean {
    if (this.item.levels) return false
    const x = Math.min(Math.max(effort, this.item.least), this.item.most)
    const near = 1e-9 * (this.item.most - this.item.least)
    if (this.points.some((point) => Math.abs(point - x) <= near)) return false
    this.points.push(x)
    this.points.sort((a, b) => a - b)
    return true
  }

  line(): Polyline {
    const value = (x: number) => itemValue(this.item, x, this.price)
    if (this.item.levels) return { x: this.points, y: this.points.map(value) }
    // Positive worth: convex up to the turn, concave after it; negative worth turns both over.
    const before = this.points.filter((x) => x <= this.turn)
    const after = this.points.filter((x) => x >= this.turn)
    const rising = this.item.worth >= 0
    const parts = [rising ? this.chords(before) : this.tangents(before), rising ? this.tangents(after) : this.chords(after)]
    const x: number[] = []
    const y: number[] = []
    for (const part of parts) {
      part.x.forEach((at, i) => {
        if (x.length > 0 && at <= (x.at(-1) as number)) return
        x.push(at)
        y.push(part.y[i] as number)
      })
    }
    return { x, y }
  }

  private chords(points: number[]): Polyline {
    return { x: points, y: points.map((x) => itemValue(this.item, x, this.price)) }
  }

  /** From the first point to the last, along the tangents at the points between which they cross. */
  private tangents(points: number[]): Polyline {
    if (points.length < 2) return this.chords(points)
    const value = (at: number) => itemValue(this.item, at, this.price)
    const steep = (at: number) => itemSlope(this.item, at, this.price)
    const x = [points[0] as number]
    const y = [value(points[0] as number)]
    for (let i = 0; i + 1 < points.length; i++) {
      const [a, b] = [points[i] as number, points[i + 1] as number]
      const [fa, fb, ga, gb] = [value(a), value(b), steep(a), steep(b)]
      if (!Number.isFinite(ga)) {
        // An endless slope at the left end is a wall there: only the tangent of the right end bounds the curve.
        y[y.length - 1] = fb - gb * (b - a)
      } else {
        // Where the two tangents meet.
        let meet = (fb - fa - gb * b + ga * a) / (ga - gb)
        if (!(meet > a && meet < b)) meet = (a + b) / 2
        x.push(meet)
        y.push(Math.max(fb - gb * (b - meet), fa + ga * (meet - a)))
      }
      x.push(b)
      y.push(fb)
    }
    return { x, y }
  }
}

/** Efforts between two bounds, closer where the curve bends more: equal steps of the integral of the square root of its curvature. */
function evenByCurvature(item: PlanItem, from: number, to: number, pieces: number): number[] {
  if (!(to > from)) return [from]
  const samples = 200
  const sums = [0]
  // Squares put samples closer to the lower end, where response curves bend most.
  const at = (i: number) => from + (to - from) * (i / samples) ** 2
  for (let i = 1; i <= samples; i++) {
    const bend = Math.abs(itemSlope(item, at(i), 0) - itemSlope(item, Math.max(at(i - 1), from + (to - from) * 1e-9), 0))
    sums.push((sums[i - 1] as number) + Math.sqrt(Math.min(bend, 1e12) * (at(i) - at(i - 1))))
  }
  const total = sums[samples] as number
  if (!(total > 0)) return [from, to]
  const points = [from]
  let i = 1
  for (let piece = 1; piece < pieces; piece++) {
    while (i < samples && (sums[i] as number) < (total * piece) / pieces) i++
    points.push(at(i))
  }
  return [...points, to]
}
