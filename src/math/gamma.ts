/**
 * The gamma function's family for positive real arguments: logarithm, derivatives, ratios and the beta function.
 *
 * Everything is in logs, because gamma itself overflows past 171. Relative errors are stated in docs/methods/numerics.md.
 */

const halfLogTwoPi = 0.9189385332046727

/** (-1)^k (zeta(k) - 1) / k for k = 2, 3, ...: the Taylor coefficients of ln Gamma(2 + z) after the linear term. */
const taylorAtTwo = [
  0.3224670334241132, -0.0673523010531981, 0.020580808427784546, -0.007385551028673986, 0.0028905103307415234, -0.001192753911703261,
  0.0005096695247430425, -0.00022315475845357939, 0.00009945751278180853, -0.00004492623673813314, 0.00002050721277567069,
  -0.000009439488275268397, 0.000004374866789907488, -0.000002039215753801366, 9.55141213040742e-7, -4.492469198764566e-7,
  2.1207184805554665e-7, -1.0043224823968099e-7, 4.7698101693639804e-8, -2.2711094608943164e-8, 1.0838659214896955e-8,
  -5.183475041970047e-9, 2.4836745438024785e-9, -1.1921401405860912e-9, 5.731367241678862e-10, -2.7595228851242334e-10,
]

/** ln Gamma(2 + z) for |z| <= 1/2: (1 - gamma_Euler) z + sum (-1)^k (zeta(k) - 1) z^k / k. */
function lgammaAboutTwo(z: number): number {
  let sum = 0
  for (let k = taylorAtTwo.length - 1; k >= 0; k--) sum = sum * z + taylorAtTwo[k]!
  return z * (0.42278433509846713 + z * sum)
}

/**
 * What Stirling's formula leaves over: ln Gamma(x) - [(x - 1/2) ln x - x + ln(2 pi)/2] = 1/(12x) - 1/(360x^3) + ...
 * (Abramowitz and Stegun 6.1.41). Exact to double precision for x >= 8.
 */
export function stirlingRemainder(x: number): number {
  const w = 1 / (x * x)
  const tail = 1 / 1188 - w * (691 / 360360 - w * (1 / 156 - w * (3617 / 122400 - w * (43867 / 244188))))
  return (1 / 12 - w * (1 / 360 - w * (1 / 1260 - w * (1 / 1680 - w * tail)))) / x
}

/**
 * ln Gamma(x) for x > 0.
 *
 * Taylor series about 2 on [0, 2.5] (so the zeros at 1 and 2 keep their relative precision), recurrence below 8, Stirling above.
 *
 * @throws RangeError when x is not positive.
 */
export function lgamma(x: number): number {
  if (!(x > 0)) throw new RangeError(`lgamma needs a positive argument; got ${x}`)
  if (x >= 8) return x > 1e306 ? Infinity : (x - 0.5) * Math.log(x) - x + halfLogTwoPi + stirlingRemainder(x)
  if (x < 0.5) return lgammaAboutTwo(x) - Math.log1p(x) - Math.log(x)
  if (x < 1.5) return lgammaAboutTwo(x - 1) - Math.log1p(x - 1)
  let product = 1
  let y = x
  while (y > 2.5) {
    y -= 1
    product *= y
  }
  return lgammaAboutTwo(y - 2) + Math.log(product)
}

/**
 * psi(x) = d/dx ln Gamma(x) for x > 0: recurrence to x >= 10, then the asymptotic series (Abramowitz and Stegun 6.3.18).
 *
 * @throws RangeError when x is not positive.
 */
export function digamma(x: number): number {
  if (!(x > 0)) throw new RangeError(`digamma needs a positive argument; got ${x}`)
  let shift = 0
  let y = x
  while (y < 10) {
    shift += 1 / y
    y += 1
  }
  const w = 1 / (y * y)
  const series = w * (1 / 12 - w * (1 / 120 - w * (1 / 252 - w * (1 / 240 - w * (1 / 132 - w * (691 / 32760 - w / 12))))))
  return Math.log(y) - 0.5 / y - series - shift
}

/**
 * psi'(x) for x > 0: recurrence to x >= 10, then the asymptotic series (Abramowitz and Stegun 6.4.12).
 *
 * @throws RangeError when x is not positive.
 */
export function trigamma(x: number): number {
  if (!(x > 0)) throw new RangeError(`trigamma needs a positive argument; got ${x}`)
  let shift = 0
  let y = x
  while (y < 10) {
    shift += 1 / (y * y)
    y += 1
  }
  const w = 1 / (y * y)
  const series = w * (1 / 6 - w * (1 / 30 - w * (1 / 42 - w * (1 / 30 - w * (5 / 66 - w * (691 / 2730 - (w * 7) / 6))))))
  return shift + 1 / y + 0.5 * w + series / y
}

/**
 * ln [Gamma(a + x) / Gamma(a)] for a > 0, x >= 0, without the cancellation that two log-gammas suffer when a is large
 * (at a = 1e50 their difference is pure noise, which has sent other libraries' optimisers astray).
 *
 * @throws RangeError when a <= 0 or x < 0.
 */
export function logRising(a: number, x: number): number {
  if (!(a > 0 && x >= 0)) throw new RangeError(`logRising needs a > 0 and x >= 0; got a = ${a}, x = ${x}`)
  if (x === 0) return 0
  if (a >= 8) return (a - 0.5) * Math.log1p(x / a) + x * (Math.log(a + x) - 1) + (stirlingRemainder(a + x) - stirlingRemainder(a))
  if (x <= 16 && Number.isInteger(x)) {
    let product = 1
    for (let i = 0; i < x; i++) product *= a + i
    return Math.log(product)
  }
  return lgamma(a + x) - lgamma(a)
}

/**
 * ln B(a, b) = ln [Gamma(a) Gamma(b) / Gamma(a + b)] for a, b > 0.
 *
 * @throws RangeError when a or b is not positive.
 */
export function lbeta(a: number, b: number): number {
  const small = Math.min(a, b)
  const large = Math.max(a, b)
  return large >= 8 ? lgamma(small) - logRising(large, small) : lgamma(small) + (lgamma(large) - lgamma(small + large))
}
