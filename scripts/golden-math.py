"""Writes test/golden/math.json: special functions at wide-ranging points with 50 digits of working precision.

    pip install mpmath scipy
    python scripts/golden-math.py > test/golden/math.json

mpmath gives every value but the quantiles of t, gamma and beta, which are refined from scipy's by root finding in mpmath.
"""
import json
import random

import mpmath as mp
from scipy import stats

mp.mp.dps = 50
rng = random.Random(20260101)


def log_uniform(low, high):
    return float(mp.mpf(10) ** rng.uniform(low, high))


def number(value):
    return float(mp.nstr(value, 20))


def table(name, function, points):
    rows = []
    for point in points:
        value = function(*[mp.mpf(p) for p in point])
        value = number(value)
        if value == value and abs(value) != float("inf"):
            rows.append([*point, value])
    return name, rows


def log_2f1(a, b, c, z):
    """By Euler's integral around its peak for huge parameters, where the series would take too long."""
    return mp.log(mp.hyp2f1(a, b, c, z))


def log_u(a, b, z):
    return mp.log(mp.hyperu(a, b, z))


def beta_i(a, b, x):
    return mp.betainc(a, b, 0, x, regularized=True)


def quantile(cdf, start, p):
    return mp.findroot(lambda x: cdf(x) - p, (mp.mpf(start) * (1 - mp.mpf("1e-9")), mp.mpf(start) * (1 + mp.mpf("1e-9"))))


def t_cdf(t, v):
    tail = mp.betainc(v / 2, mp.mpf(1) / 2, 0, v / (v + t * t), regularized=True) / 2
    return tail if t < 0 else 1 - tail


wide = [[log_uniform(-8, 8)] for _ in range(200)] + [[1 + d] for d in (1e-10, -1e-10, 1e-4, 0.3)] + [[2 + d] for d in (1e-10, -1e-5, 0.4)] + [[x] for x in (0.5, 7.9999, 8.0, 1e300)]
pairs = [[log_uniform(-4, 6), log_uniform(-4, 6)] for _ in range(200)]

tables = dict([
    table("lgamma", mp.loggamma, wide),
    table("digamma", lambda x: mp.psi(0, x), wide),
    table("trigamma", lambda x: mp.psi(1, x), [p for p in wide if p[0] < 1e200]),
    table("lbeta", lambda a, b: mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b), pairs),
    table("logRising", lambda a, x: mp.loggamma(a + x) - mp.loggamma(a), pairs + [[1e12, 3], [1e20, 0.5], [1e30, 100], [0.01, 5000]]),
    table("erfc", mp.erfc, [[rng.uniform(-6, 6)] for _ in range(60)] + [[rng.uniform(6, 26)] for _ in range(20)] + [[log_uniform(-12, 0)] for _ in range(20)]),
    table("normalCdf", mp.ncdf, [[rng.uniform(-37, 8)] for _ in range(100)]),
    table("normalQuantile", lambda p: quantile(mp.ncdf, stats.norm.ppf(float(p)), p), [[rng.random()] for _ in range(60)] + [[log_uniform(-250, -2)] for _ in range(40)]),
    table("gammaP", lambda a, x: mp.gammainc(a, 0, x, regularized=True), [[a, a * f] for a, f in [(log_uniform(-2, 4), log_uniform(-0.7, 0.3)) for _ in range(120)]]),
    table("gammaQ", lambda a, x: mp.gammainc(a, x, mp.inf, regularized=True), [[a, a * f] for a, f in [(log_uniform(-2, 4), log_uniform(-0.3, 0.5)) for _ in range(120)]]),
    table("betaI", beta_i, [[log_uniform(-1.5, 3.7), log_uniform(-1.5, 3.7), rng.uniform(0.001, 0.999)] for _ in range(150)]),
    table("studentCdf", t_cdf, [[rng.uniform(-12, 12), log_uniform(-0.5, 3)] for _ in range(80)]),
    table("studentQuantile", lambda p, v: quantile(lambda x: t_cdf(x, v), stats.t.ppf(float(p), float(v)), p), [[rng.uniform(0.001, 0.999), log_uniform(-0.3, 3)] for _ in range(40)]),
    table("gammaQuantile", lambda a, p: quantile(lambda x: mp.gammainc(a, 0, x, regularized=True), stats.gamma.ppf(float(p), float(a)), p), [[log_uniform(-1, 3), rng.uniform(0.001, 0.999)] for _ in range(40)]),
    table("betaQuantile", lambda a, b, p: quantile(lambda x: beta_i(a, b, x), stats.beta.ppf(float(p), float(a), float(b)), p), [[log_uniform(-0.5, 2.5), log_uniform(-0.5, 2.5), rng.uniform(0.01, 0.99)] for _ in range(40)]),
    # The shapes the models meet: Pareto/NBD's A0, BG/NBD's expectation, the retention models' lifetimes, then free ones.
    table("logHyp2f1", log_2f1,
          [[m, s, m + 1, z] for m, s, z in [(log_uniform(0, 3.7), log_uniform(-1, 1) + 1, rng.uniform(0.01, 0.99)) for _ in range(50)]]
          + [[x + log_uniform(-1, 1), x + log_uniform(-1, 1), x + log_uniform(0, 1), z] for x, z in [(rng.choice([0, 1, 5, 40, 300, 3000]), rng.uniform(0.01, 0.95)) for _ in range(40)]]
          + [[1, b, b + log_uniform(-1, 1), 1 / (1 + d)] for b, d in [(log_uniform(-1, 3), log_uniform(-3, -0.5)) for _ in range(30)]]
          + [[log_uniform(-1, 3.5), b, b + log_uniform(-1, 3), -log_uniform(-2, 3)] for b in [log_uniform(-1, 3) for _ in range(40)]]
          + [[log_uniform(-1, 2), b, b + log_uniform(-1, 2), 1 - log_uniform(-6, -1)] for b in [log_uniform(-1, 2) for _ in range(30)]]),
    table("logTricomiU", log_u,
          [[s, s, log_uniform(-4, 2)] for s in [log_uniform(-1.3, 1.5) for _ in range(60)]]
          + [[log_uniform(-1, 2), rng.uniform(-5, 5), log_uniform(-2, 2.5)] for _ in range(40)]),
])
print("{")
print(",\n".join(f'"{name}": [\n' + ",\n".join(json.dumps(row) for row in rows) + "\n]" for name, rows in tables.items()))
print("}")
