/**
 * A seeded random generator whose streams can be split by label, and draws from the usual distributions.
 *
 * Generator: xoshiro128** (Blackman and Vigna 2018), period 2^128 - 1, 32-bit operations only. Equal seeds give equal numbers on every
 * machine. Not for secrets.
 */
import { lgamma } from './gamma.ts'

/** Makes a generator from a seed: any integer; equal seeds give equal streams. */
export function createRandom(seed: number | bigint): Random {
  if (typeof seed === 'number' && !Number.isSafeInteger(seed)) throw new RangeError(`a seed must be a whole number; got ${seed}`)
  const bits = BigInt.asUintN(64, BigInt(seed))
  return new Random([Number(bits & 0xffffffffn), Number(bits >> 32n), 0x9e3779b9, 0x243f6a88])
}

/** The finaliser of MurmurHash3: every input bit changes every output bit with a chance of about one half. */
function scramble(word: number): number {
  let h = word
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

type Key = readonly [number, number, number, number]

/** Stirs one more word into a 128-bit key. */
function absorb([a, b, c, d]: Key, word: number): Key {
  const first = scramble(a ^ word)
  const second = scramble((b + first + 0x9e3779b9) | 0)
  const third = scramble((c ^ second) + 0x7f4a7c15)
  const fourth = scramble((d + third + 0x6a09e667) | 0)
  return [scramble(first + fourth), scramble(second ^ fourth), scramble(third + first), fourth]
}

export class Random {
  private readonly key: Key
  private s0: number
  private s1: number
  private s2: number
  private s3: number
  private spareNormal = Number.NaN

  constructor(key: Key) {
    this.key = key
    const start = absorb(absorb(key, 0x510e527f), 0x1f83d9ab)
    this.s0 = start[0]
    this.s1 = start[1]
    this.s2 = start[2]
    this.s3 = start[3] | 1
  }

  /**
   * An independent stream for a label. It depends on this stream's seed and the label only, not on how many numbers were drawn, so adding
   * a draw in one place changes nothing elsewhere.
   */
  split(label: string | number): Random {
    let key = absorb(this.key, typeof label === 'number' ? 1 : 2)
    if (typeof label === 'number') {
      if (!Number.isFinite(label)) throw new RangeError(`a stream's number must be finite; got ${label}`)
      const words = new Uint32Array(new Float64Array([label]).buffer)
      key = absorb(absorb(key, words[0]!), words[1]!)
    } else {
      for (let i = 0; i < label.length; i++) key = absorb(key, label.charCodeAt(i))
      key = absorb(key, label.length)
    }
    return new Random(key)
  }

  /** 32 random bits as a whole number from 0 to 2^32 - 1. */
  bits(): number {
    const scaled = Math.imul(this.s1, 5)
    const result = Math.imul((scaled << 7) | (scaled >>> 25), 9) >>> 0
    const t = this.s1 << 9
    this.s2 ^= this.s0
    this.s3 ^= this.s1
    this.s1 ^= this.s2
    this.s0 ^= this.s3
    this.s2 ^= t
    this.s3 = (this.s3 << 11) | (this.s3 >>> 21)
    return result
  }

  /** Uniform in [0, 1), 53 bits. */
  next(): number {
    return ((this.bits() >>> 5) * 67108864 + (this.bits() >>> 6)) / 9007199254740992
  }

  /** Uniform in (0, 1): for logarithms. */
  open(): number {
    return ((this.bits() >>> 5) * 67108864 + (this.bits() >>> 6) + 0.5) / 9007199254740992
  }

  /** A whole number from 0 to n - 1, each equally likely; n from 1 to 2^53. */
  integer(n: number): number {
    if (!(Number.isSafeInteger(n) && n >= 1)) throw new RangeError(`integer(n) needs a whole n >= 1; got ${n}`)
    if (n > 4294967296) return Math.floor(this.next() * n)
    const limit = 4294967296 - (4294967296 % n)
    for (;;) {
      const word = this.bits()
      if (word < limit) return word % n
    }
  }

  /** Standard normal (Marsaglia's polar method). */
  normal(mean = 0, deviation = 1): number {
    if (!Number.isNaN(this.spareNormal)) {
      const spare = this.spareNormal
      this.spareNormal = Number.NaN
      return mean + deviation * spare
    }
    for (;;) {
      const u = 2 * this.next() - 1
      const v = 2 * this.next() - 1
      const square = u * u + v * v
      if (square >= 1 || square === 0) continue
      const factor = Math.sqrt((-2 * Math.log(square)) / square)
      this.spareNormal = v * factor
      return mean + deviation * u * factor
    }
  }

  /** Exponential with the given rate (mean 1 / rate). */
  exponential(rate = 1): number {
    if (!(rate > 0)) throw new RangeError(`exponential needs a rate > 0; got ${rate}`)
    return -Math.log(this.open()) / rate
  }

  /**
   * ln of a gamma draw of the given shape and rate 1 (Marsaglia and Tsang 2000). In logs, because for a shape of 0.01 most draws are
   * smaller than the smallest double.
   */
  logGamma(shape: number): number {
    if (!(shape > 0 && shape < Infinity)) throw new RangeError(`gamma needs a shape > 0; got ${shape}`)
    if (shape < 1) return this.logGamma(shape + 1) + Math.log(this.open()) / shape
    const d = shape - 1 / 3
    const c = 1 / Math.sqrt(9 * d)
    for (;;) {
      const z = this.normal()
      const root = 1 + c * z
      if (root <= 0) continue
      const v = root * root * root
      const u = this.open()
      if (u < 1 - 0.0331 * z * z * z * z || Math.log(u) < 0.5 * z * z + d * (1 - v + Math.log(v))) return Math.log(d * v)
    }
  }

  /** Gamma with the given shape and rate (mean shape / rate). */
  gamma(shape: number, rate = 1): number {
    if (!(rate > 0)) throw new RangeError(`gamma needs a rate > 0; got ${rate}`)
    return Math.exp(this.logGamma(shape)) / rate
  }

  /** Beta(a, b), mean a / (a + b). */
  beta(a: number, b: number): number {
    const first = this.logGamma(a)
    return 1 / (1 + Math.exp(this.logGamma(b) - first))
  }

  /** Poisson with the given mean: inversion below 10, transformed rejection (PTRS, Hoermann 1993) above. */
  poisson(mean: number): number {
    if (!(mean >= 0 && mean < 9e15)) throw new RangeError(`poisson needs a mean >= 0; got ${mean}`)
    if (mean < 10) {
      let probability = Math.exp(-mean)
      let u = this.next()
      let count = 0
      while (u > probability && count < 1000) {
        u -= probability
        count++
        probability *= mean / count
      }
      return count
    }
    const logMean = Math.log(mean)
    const b = 0.931 + 2.53 * Math.sqrt(mean)
    const a = -0.059 + 0.02483 * b
    const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
    const vr = 0.9277 - 3.6224 / (b - 2)
    for (;;) {
      const u = this.next() - 0.5
      const v = this.open()
      const us = 0.5 - Math.abs(u)
      const count = Math.floor(((2 * a) / us + b) * u + mean + 0.43)
      if (us >= 0.07 && v <= vr) return count
      if (count < 0 || (us < 0.013 && v > us)) continue
      if (Math.log((v * inverseAlpha) / (a / (us * us) + b)) <= count * logMean - mean - lgamma(count + 1)) return count
    }
  }

  /** Successes in n trials of chance p: inversion for few expected, transformed rejection (BTRS, Hoermann 1993) for many. */
  binomial(n: number, p: number): number {
    if (!(Number.isSafeInteger(n) && n >= 0 && p >= 0 && p <= 1))
      throw new RangeError(`binomial needs a whole n >= 0 and 0 <= p <= 1; got ${n}, ${p}`)
    if (p > 0.5) return n - this.binomial(n, 1 - p)
    if (n * p < 10) {
      // Counts trials between successes: geometric gaps (Devroye 1986, p. 525).
      if (p === 0) return 0
      const logMiss = Math.log1p(-p)
      let successes = -1
      let trials = 0
      while (trials <= n) {
        trials += Math.floor(Math.log(this.open()) / logMiss) + 1
        successes++
      }
      return successes
    }
    const deviation = Math.sqrt(n * p * (1 - p))
    const b = 1.15 + 2.53 * deviation
    const a = -0.0873 + 0.0248 * b + 0.01 * p
    const centre = n * p + 0.5
    const vr = 0.92 - 4.2 / b
    const alpha = (2.83 + 5.1 / b) * deviation
    const mode = Math.floor((n + 1) * p)
    const logOdds = Math.log(p / (1 - p))
    const peak = lgamma(mode + 1) + lgamma(n - mode + 1)
    for (;;) {
      const u = this.next() - 0.5
      const v = this.open()
      const us = 0.5 - Math.abs(u)
      const count = Math.floor(((2 * a) / us + b) * u + centre)
      if (us >= 0.07 && v <= vr) return count
      if (count < 0 || count > n) continue
      const bound = peak - lgamma(count + 1) - lgamma(n - count + 1) + (count - mode) * logOdds
      if (Math.log((v * alpha) / (a / (us * us) + b)) <= bound) return count
    }
  }

  /** Negative binomial as a gamma mixture of Poissons: mean `mean`, variance mean + mean^2 / shape. */
  negativeBinomial(shape: number, mean: number): number {
    if (!(mean >= 0)) throw new RangeError(`negativeBinomial needs a mean >= 0; got ${mean}`)
    return this.poisson((Math.exp(this.logGamma(shape)) * mean) / shape)
  }

  /** Shares that add up to one, with the given positive weights (Dirichlet). */
  dirichlet(weights: ArrayLike<number>): Float64Array {
    const shares = new Float64Array(weights.length)
    let largest = -Infinity
    for (let i = 0; i < shares.length; i++) {
      shares[i] = this.logGamma(weights[i]!)
      largest = Math.max(largest, shares[i]!)
    }
    let total = 0
    for (let i = 0; i < shares.length; i++) {
      shares[i] = Math.exp(shares[i]! - largest)
      total += shares[i]!
    }
    for (let i = 0; i < shares.length; i++) shares[i]! /= total
    return shares
  }

  /** An index drawn with chances proportional to the weights, which must not all be zero. */
  choice(weights: ArrayLike<number>): number {
    let total = 0
    for (let i = 0; i < weights.length; i++) total += weights[i]!
    if (!(total > 0)) throw new RangeError(`choice needs weights with a positive sum; got ${total}`)
    let left = this.next() * total
    let last = 0
    for (let i = 0; i < weights.length; i++) {
      if (!(weights[i]! > 0)) continue
      if (left < weights[i]!) return i
      left -= weights[i]!
      last = i
    }
    return last
  }

  /** Puts the items in random order, in place (Fisher and Yates), and returns them. */
  shuffle<Items extends { length: number; [index: number]: unknown }>(items: Items): Items {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1)
      const kept = items[i]
      items[i] = items[j]
      items[j] = kept
    }
    return items
  }
}
