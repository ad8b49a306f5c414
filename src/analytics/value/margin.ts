/**
 * Margin per purchase where it can be negative: normal purchases around a customer's own mean, with a spread of the customer's own.
 *
 *     z_ij | m_i, v_i ~ Normal(m_i, v_i),   m_i | v_i ~ Normal(mu, v_i / kappa),   v_i ~ InverseGamma(shape, scale)
 *
 * The mean is drawn towards that of all as in normal-normal shrinkage, E(m | n, z) = (kappa mu + n z)/(kappa + n); because spreads differ between
 * customers the margins of all have the heavy tails of Student's t, and a single wild order neither moves mu nor widens everybody's interval
 * (normal-gamma conjugacy: DeGroot 1970, section 9.6). shape without bound is the plain normal-normal model.
 */
import { digamma, lgamma, trigamma } from '../../math/gamma.ts'
import type { Random } from '../../math/random.ts'
import { median } from '../../math/statistics.ts'
import { studentQuantile } from '../../math/student-t.ts'
import { type Fit, type LogLikelihood, maximiseWorking, onLogScale, refuse } from './fit.ts'

export interface MarginCells {
  /** Purchases, from 1. */
  n: Float64Array
  /** Their mean margin. */
  mean: Float64Array
  /** Sum of squared differences from that mean. */
  squares: Float64Array
  weight?: Float64Array | undefined
}

export interface MarginParameters {
  /** Mean margin of a purchase over all customers, in money. */
  mu: number
  /** Purchases that the mean of all stands for beside a customer's own. */
  kappa: number
  /** Of the inverse gamma of variances; the mean variance is scale / (shape - 1). 2 shape are the degrees of freedom of the tails. */
  shape: number
  scale: number
}

const names = ['mu', 'kappa', 'shape', 'scale'] as const
const plain = [true, false, false, false]

/**
 * Total log-likelihood with gradient and Hessian by (mu, kappa, shape, scale):
 *
 *     ln L = ln Gamma(A)/Gamma(shape) + shape ln scale - A ln Q + ln(kappa/(kappa+n))/2 - n/2 ln 2 pi
 *     A = shape + n/2,   Q = scale + squares/2 + kappa n/(kappa+n) (mean-mu)^2/2
 */
export function marginLogLikelihood({ n, mean, squares, weight }: MarginCells): LogLikelihood {
  return (parameters, gradient, hessian) => {
    const [mu, kappa, shape, scale] = parameters as unknown as [number, number, number, number]
    let total = 0
    const g = new Float64Array(4)
    const h = new Float64Array(16)
    const [lg, psi, psi1] = [lgamma(shape), digamma(shape), trigamma(shape)]
    for (let i = 0; i < n.length; i++) {
      const w = weight?.[i] ?? 1
      const count = n[i]!
      const sum = kappa + count
      const d = mean[i]! - mu
      const q = (kappa * count) / sum
      const q1 = (count / sum) ** 2 * (d * d * 0.5)
      const q2 = (-2 * q1) / sum
      const A = shape + count / 2
      const Q = scale + squares[i]! / 2 + (q * d * d) / 2
      total +=
        w *
        (lgamma(A) - lg + shape * Math.log(scale) - A * Math.log(Q) - Math.log1p(count / kappa) / 2 - (count / 2) * Math.log(2 * Math.PI))
      g[0]! += (w * A * q * d) / Q
      g[1]! += w * ((-A * q1) / Q + (1 / kappa - 1 / sum) / 2)
      g[2]! += w * (digamma(A) - psi + Math.log(scale) - Math.log(Q))
      g[3]! += w * (shape / scale - A / Q)
      h[0]! += w * A * (-q / Q + ((q * d) / Q) ** 2)
      h[1]! += w * A * (((count / sum) ** 2 * d) / Q - (q * d * q1) / (Q * Q))
      h[2]! += (w * q * d) / Q
      h[3]! -= (w * A * q * d) / (Q * Q)
      h[5]! += w * (-A * (q2 / Q - (q1 / Q) ** 2) + (1 / (sum * sum) - 1 / (kappa * kappa)) / 2)
      h[6]! -= (w * q1) / Q
      h[7]! += (w * A * q1) / (Q * Q)
      h[10]! += w * (trigamma(A) - psi1)
      h[11]! += w * (1 / scale - 1 / Q)
      h[15]! += w * (A / (Q * Q) - shape / (scale * scale))
    }
    for (let i = 0; i < 4; i++) for (let j = 0; j < i; j++) h[i * 4 + j] = h[j * 4 + i]!
    gradient.set(g)
    hessian.set(h)
    return total
  }
}

/** Fits by maximum likelihood; refuses with fewer than `minimumCustomers` (defaults to 50) customers of two purchases or more. */
export function fitMargin(cells: MarginCells, options: { minimumCustomers?: number } = {}): Fit<MarginParameters> {
  let [customers, repeat, sum, within, freedom] = [0, 0, 0, 0, 0]
  const size = cells.n.length
  for (let i = 0; i < size; i++) {
    const w = cells.weight?.[i] ?? 1
    customers += w
    if (cells.n[i]! > 1) repeat += w
    sum += w * cells.mean[i]!
    within += w * cells.squares[i]!
    freedom += w * (cells.n[i]! - 1)
  }
  const minimum = options.minimumCustomers ?? 50
  if (!(repeat >= minimum))
    return refuse(
      'normal-margin',
      `only ${repeat} customers have two purchases; at least ${minimum} are needed to tell a customer's spread from that between customers`,
      size,
      customers,
    )
  const mu = sum / customers
  const variance = within / freedom
  let between = 0
  for (let i = 0; i < size; i++) between += ((cells.weight?.[i] ?? 1) * (cells.mean[i]! - mu) ** 2) / customers
  if (!(variance > 0 || between > 0))
    return refuse('normal-margin', 'all purchases bring the same, so there is nothing to shrink: use the mean', size, customers)
  if (!(variance > 1e-12 * between))
    return refuse('normal-margin', "a customer's purchases always bring the same: use each customer's own mean", size, customers)
  // The search works in units of the usual spread around the usual margin: medians, so that a wild order does not set the scale.
  const centre = median(cells.mean)
  const spreads = cells.squares.filter((square, i) => cells.n[i]! > 1 && square > 0)
  const counts = cells.n.filter((n, i) => n > 1 && cells.squares[i]! > 0)
  const unit = Math.sqrt(median(spreads.map((square, i) => square / (counts[i]! - 1))))
  const scaled = {
    n: cells.n,
    mean: cells.mean.map((mean) => (mean - centre) / unit),
    squares: cells.squares.map((square) => square / (unit * unit)),
    weight: cells.weight,
  }
  const fit = maximiseWorking<MarginParameters>({
    model: 'normal-margin',
    names,
    plain,
    logLikelihood: onLogScale(marginLogLikelihood(scaled), 4, plain),
    customers,
    cells: size,
    starts: [
      [0, Math.min(100, Math.max(0.05, variance / Math.max(between, 1e-9 * variance))), 2, 1],
      [0, 1, 10, 9],
    ],
    runaway: {
      kappa: 'customers hardly differ in what a purchase brings; use the mean of all',
      shape: 'all customers have the same spread; the plain normal-normal model would do',
      scale: 'all customers have the same spread; the plain normal-normal model would do',
    },
  })
  if (!fit.parameters || !fit.standardErrors) return fit
  const purchases = freedom + customers
  const money = (p: MarginParameters, shift: number): MarginParameters => ({ ...p, mu: shift + unit * p.mu, scale: p.scale * unit * unit })
  // mu stands in the covariance as it is, so in money; the logarithms of the others move by constants alone.
  const logCovariance = fit.logCovariance?.map((entry, at) => entry * (at < 4 ? unit : 1) * (at % 4 === 0 ? unit : 1))
  return {
    ...fit,
    parameters: money(fit.parameters, centre),
    standardErrors: money(fit.standardErrors, 0),
    logCovariance,
    logLikelihood: fit.logLikelihood - purchases * Math.log(unit),
  }
}

/** Expected margin of a purchase; with n = 0 that of all. */
export function expectedMargin({ mu, kappa }: MarginParameters, n: number, mean: number): number {
  return n > 0 ? (kappa * mu + n * mean) / (kappa + n) : mu
}

/** Interval of a customer's own mean (Student's t), and of what a single next purchase brings. */
export function marginInterval(
  { mu, kappa, shape, scale }: MarginParameters,
  n: number,
  mean: number,
  squares: number,
  level = 0.9,
): { mean: [number, number]; purchase: [number, number] } {
  const centre = expectedMargin({ mu, kappa, shape, scale }, n, mean)
  const A = shape + n / 2
  const Q = scale + squares / 2 + (n > 0 ? ((kappa * n) / (kappa + n)) * ((mean - mu) ** 2 / 2) : 0)
  const t = studentQuantile((1 + level) / 2, 2 * A)
  const around = (variance: number): [number, number] => [centre - t * Math.sqrt(variance), centre + t * Math.sqrt(variance)]
  return { mean: around(Q / A / (kappa + n)), purchase: around((Q / A) * (1 + 1 / (kappa + n))) }
}

/** Margins of customers with so many purchases each. */
export function simulateMargin(
  random: Random,
  { mu, kappa, shape, scale }: MarginParameters,
  n: ArrayLike<number>,
): Required<Omit<MarginCells, 'weight'>> {
  const count = Float64Array.from(n)
  const [mean, squares] = [new Float64Array(count.length), new Float64Array(count.length)]
  count.forEach((purchases, i) => {
    const variance = 1 / random.gamma(shape, scale)
    const own = mu + Math.sqrt(variance / kappa) * random.normal()
    const values = Array.from({ length: purchases }, () => own + Math.sqrt(variance) * random.normal())
    mean[i] = values.reduce((sum, value) => sum + value, 0) / purchases
    squares[i] = values.reduce((sum, value) => sum + (value - mean[i]!) ** 2, 0)
  })
  return { n: count, mean, squares }
}
