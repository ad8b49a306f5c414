/** Numerical integration: Gauss-Legendre rules, adaptive panels, tanh-sinh, and peaks on the whole line in logs. */

export interface QuadratureRule {
  /** Places in [-1, 1], rising. */
  nodes: Float64Array
  weights: Float64Array
}

const rules = new Map<number, QuadratureRule>()

/**
 * The n-point Gauss-Legendre rule on [-1, 1]; exact for polynomials of degree 2n - 1. Roots by Newton on the Legendre recurrence
 * from the usual cosine start. Kept once made.
 */
export function gaussLegendre(n: number): QuadratureRule {
  if (!(Number.isInteger(n) && n >= 1 && n <= 1000)) throw new RangeError(`a Gauss-Legendre rule has 1 to 1000 points; got ${n}`)
  const known = rules.get(n)
  if (known) return known
  const nodes = new Float64Array(n)
  const weights = new Float64Array(n)
  for (let i = 0; i < (n + 1) >> 1; i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5))
    let slope = 1
    for (let round = 0; round < 100; round++) {
      let last = 1
      let value = x
      for (let k = 2; k <= n; k++) {
        const next = ((2 * k - 1) * x * value - (k - 1) * last) / k
        last = value
        value = next
      }
      slope = (n * (x * value - last)) / (x * x - 1)
      const step = value / slope
      x -= step
      if (Math.abs(step) < 1e-16) break
    }
    if (2 * i + 1 === n) x = 0
    const weight = 2 / ((1 - x * x) * slope * slope)
    nodes[i] = -x
    nodes[n - 1 - i] = x
    weights[i] = weight
    weights[n - 1 - i] = weight
  }
  const rule = { nodes, weights }
  rules.set(n, rule)
  return rule
}

function panel(f: (x: number) => number, from: number, to: number, { nodes, weights }: QuadratureRule): number {
  const half = (to - from) / 2
  const centre = (to + from) / 2
  let total = 0
  for (let i = 0; i < nodes.length; i++) total += weights[i]! * f(centre + half * nodes[i]!)
  return total * half
}

/**
 * Integral of a smooth function over a finite interval by halving panels until 15 points and two times 15 points agree.
 *
 * Tolerance is relative to the whole integral; defaults to 1e-12. At most 2000 panels, then the best value so far.
 */
export function integrate(f: (x: number) => number, from: number, to: number, tolerance = 1e-12): number {
  if (from === to) return 0
  const rule = gaussLegendre(15)
  let panels = [{ from, to, value: panel(f, from, to, rule) }]
  let settled = 0
  for (let used = 1; panels.length > 0 && used < 2000; ) {
    const scale = Math.abs(settled + panels.reduce((total, each) => total + each.value, 0))
    const open: typeof panels = []
    for (const each of panels) {
      const middle = (each.from + each.to) / 2
      const left = { from: each.from, to: middle, value: panel(f, each.from, middle, rule) }
      const right = { from: middle, to: each.to, value: panel(f, middle, each.to, rule) }
      used += 2
      if (Math.abs(left.value + right.value - each.value) <= tolerance * scale) settled += left.value + right.value
      else open.push(left, right)
    }
    panels = open
  }
  return settled + panels.reduce((total, each) => total + each.value, 0)
}

/**
 * Integral over a finite interval by the tanh-sinh rule (Takahasi and Mori 1974), which takes integrable singularities at the ends.
 * The integrand also receives its distance from the nearer end, so that it can avoid cancellation there.
 */
export function tanhSinh(f: (x: number, distance: number) => number, from: number, to: number, tolerance = 1e-13): number {
  const half = (to - from) / 2
  const at = (t: number): number => {
    const u = (Math.PI / 2) * Math.sinh(Math.abs(t))
    const distance = (to - from) / (1 + Math.exp(2 * u))
    if (distance === 0) return 0
    const x = t < 0 ? from + distance : to - distance
    const value = f(x, distance)
    const cosh = Math.cosh(u)
    return Number.isFinite(value) ? ((value * half * Math.PI) / 2) * (Math.cosh(t) / (cosh * cosh)) : 0
  }
  let step = 0.5
  let total = at(0)
  for (let k = 1; k * step <= 6.5; k++) total += at(k * step) + at(-k * step)
  let best = total * step
  for (let level = 0; level < 7; level++) {
    step /= 2
    for (let k = 1; k * step <= 6.5; k += 2) total += at(k * step) + at(-k * step)
    const next = total * step
    if (Math.abs(next - best) <= tolerance * Math.abs(next) && level > 0) return next
    best = next
  }
  return best
}

/**
 * ln of the integral of exp(g(s)) over the whole real line, for a g with one peak that is analytic in a strip around the line:
 * the trapezoid rule converges exponentially there, and nothing overflows because the peak is taken out first.
 *
 * @param g the log integrand; falls at least linearly on both sides
 * @param peak where it is largest
 * @param width its standard deviation at the peak, 1 / sqrt(-g''); sets the first step
 */
export function logIntegratePeak(g: (s: number) => number, peak: number, width: number): number {
  const top = g(peak)
  const side = (direction: number, step: number, offset: number, stride: number): number => {
    let total = 0
    for (let k = offset; k < 4_000_000; k += stride) {
      const term = Math.exp(g(peak + direction * k * step) - top)
      total += term
      if (term <= 1e-18 * (total + 1)) break
    }
    return total
  }
  let step = Math.min(0.5, width)
  let total = 1 + side(1, step, 1, 1) + side(-1, step, 1, 1)
  let best = total * step
  for (let level = 0; level < 8; level++) {
    step /= 2
    total += side(1, step, 1, 2) + side(-1, step, 1, 2)
    const next = total * step
    const settled = Math.abs(next - best) <= 2e-15 * next
    best = next
    if (settled) break
  }
  return top + Math.log(best)
}
