/** The normal distribution: error function, distribution function and quantile, to full relative precision in both tails. */

/** exp(-z^2) with z split in two, because z^2 alone loses z^2 units in the last place. */
function expMinusSquare(z: number): number {
  const high = Math.round(z * 16) / 16
  return Math.exp(-high * high) * Math.exp(-(z - high) * (z + high))
}

/**
 * erfc(z) = 2/sqrt(pi) * integral from z to infinity of exp(-u^2) du.
 *
 * Below 1/2 the Maclaurin series of erf; above, the trapezoid rule on (2z/pi) exp(-z^2) integral exp(-u^2)/(z^2 + u^2) du, u from 0,
 * with the residue of its pole added back (Matta and Reichel 1971): step 1/2 gives an error of exp(-4 pi^2).
 */
export function erfc(z: number): number {
  if (z < 0.5) {
    if (z < -0.5) return 2 - erfc(-z)
    let term = z
    let sum = z
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= (-z * z) / n
      sum += term / (2 * n + 1)
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * sum
  }
  return z > 27 ? 0 : expMinusSquare(z) * scaledTail(z) - pole(z)
}

/** The trapezoid sum 2hz/pi * sum' exp(-n^2 h^2) / (z^2 + n^2 h^2), h = 1/2, and the residue to take from exp(-z^2) times it. */
function scaledTail(z: number): number {
  let sum = 0.5 / (z * z)
  for (let n = 1; n <= 13; n++) sum += Math.exp((-n * n) / 4) / (z * z + (n * n) / 4)
  return (z / Math.PI) * sum
}

function pole(z: number): number {
  return z < 2 * Math.PI ? 2 / Math.expm1(4 * Math.PI * z) : 0
}

/** P(Z <= z) for a standard normal Z; the far lower tail keeps its relative precision. */
export function normalCdf(z: number): number {
  if (z > -0.75) return 0.5 * erfc(-z / Math.SQRT2)
  if (z < -39) return 0
  const high = Math.round(z * 16) / 16
  const bell = Math.exp((-high * high) / 2) * Math.exp((-(z - high) * (z + high)) / 2)
  return 0.5 * (bell * scaledTail(-z / Math.SQRT2) - pole(-z / Math.SQRT2))
}

function horner(coefficients: readonly number[], x: number): number {
  let sum = 0
  for (let i = coefficients.length - 1; i >= 0; i--) sum = sum * x + coefficients[i]!
  return sum
}

// Wichura (1988), Algorithm AS 241 (PPND16): numerators and denominators for the centre, the flanks and the far tails.
const centre = [
  [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987, 67265.7709270087, 33430.57558358813,
    2509.0809287301227,
  ],
  [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271, 28729.085735721943,
    5226.495278852854,
  ],
] as const
const flank = [
  [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684, 0.2417807251774506,
    0.022723844989269184, 0.0007745450142783414,
  ],
  [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457, 0.0005475938084995345,
    1.0507500716444169e-9,
  ],
] as const
const tail = [
  [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124, 0.0012426609473880784,
    0.000027115555687434876, 2.0103343992922881e-7,
  ],
  [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133, 0.000018463183175100548, 1.421511758316446e-7,
    2.0442631033899397e-15,
  ],
] as const

/**
 * z with P(Z <= z) = p for a standard normal Z (Wichura 1988, AS 241; relative error about 1e-16). 0 and 1 give the infinities.
 *
 * @throws RangeError when p is outside [0, 1].
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`a probability must be between 0 and 1; got ${p}`)
  const q = p - 0.5
  if (Math.abs(q) <= 0.425) {
    const w = 0.180625 - q * q
    return (q * horner(centre[0], w)) / horner(centre[1], w)
  }
  const side = q < 0 ? p : 1 - p
  if (side === 0) return q < 0 ? -Infinity : Infinity
  const w = Math.sqrt(-Math.log(side))
  const [top, bottom, shift] = w <= 5 ? [flank[0], flank[1], 1.6] : [tail[0], tail[1], 5]
  const z = horner(top, w - shift) / horner(bottom, w - shift)
  return q < 0 ? -z : z
}
