"""Random numbers without state, and the normal distribution, in a form that vectorises.

A draw is a function of a key and a counter (the output function of SplitMix64, Steele, Lea and
Flood 2014), so whoever hands out counters without overlap needs no locks, gets the same numbers on
any number of threads, and can go on where a run stopped.

The distribution function is exp(-t^2/2) times a polynomial in (t - 3.5)/(t + 3.5), relative error
below 1e-10; its inverse is (2p - 1) times one polynomial in w = -log(4p(1-p)) for w below 6 and
another in sqrt(w) above, relative error below 3e-9 down to p = 1e-45. The coefficients were fitted
for this module by reweighted least squares. Every function is free of branches on purpose: a branch
would stop the compiler from running eight lanes at a time, which is worth a factor of four.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from multivector.measures._compiled import bits_of_float, compiled, float_of_bits, inlined

_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX_A = np.uint64(0xBF58476D1CE4E5B9)
_MIX_B = np.uint64(0x94D049BB133111EB)
_ONE = np.uint64(0x3FF0000000000000)
_INTEGER = np.uint64(0x4330000000000000)
_FRACTION = np.uint64(0x000FFFFFFFFFFFFF)
_12, _27, _30, _31, _52 = (np.uint64(shift) for shift in (12, 27, 30, 31, 52))


@inlined
def uniform(key: int, counter: int) -> float:
    """Return the draw of that key and counter, uniform on the open interval (0, 1)."""
    z = np.uint64(key) + np.uint64(counter) * _STEP
    z = (z ^ (z >> _30)) * _MIX_A
    z = (z ^ (z >> _27)) * _MIX_B
    z = z ^ (z >> _31)
    return float_of_bits((z >> _12) | _ONE) - 0.9999999999999999  # type: ignore[no-any-return]


@inlined
def _exponential(y: float) -> float:
    """Return exp(y) for y in [-700, 0]."""
    k = math.floor(y * 1.4426950408889634 + 0.5)
    r = y - k * 0.6931471803691238 - k * 1.9082149292705877e-10
    p = 1.0 / 39916800.0
    p = p * r + 1.0 / 3628800.0
    p = p * r + 1.0 / 362880.0
    p = p * r + 1.0 / 40320.0
    p = p * r + 1.0 / 5040.0
    p = p * r + 1.0 / 720.0
    p = p * r + 1.0 / 120.0
    p = p * r + 1.0 / 24.0
    p = p * r + 1.0 / 6.0
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    power = bits_of_float(k + 6755399441055744.0 + 1023.0) << _52
    return p * float_of_bits(power)  # type: ignore[no-any-return]


@inlined
def _logarithm(x: float) -> float:
    """Return log(x) for normal positive x."""
    bits = bits_of_float(x)
    m = float_of_bits((bits & _FRACTION) | _ONE)
    e = float_of_bits((bits >> _52) | _INTEGER) - 4503599627370496.0 - 1023.0
    upper = m > 1.4142135623730951
    m = 0.5 * m if upper else m
    e = e + 1.0 if upper else e
    f = (m - 1.0) / (m + 1.0)
    g = f * f
    p = 1.0 / 15.0
    p = p * g + 1.0 / 13.0
    p = p * g + 1.0 / 11.0
    p = p * g + 1.0 / 9.0
    p = p * g + 1.0 / 7.0
    p = p * g + 1.0 / 5.0
    p = p * g + 1.0 / 3.0
    p = p * g + 1.0
    return 2.0 * f * p + e * 0.6931471805599453  # type: ignore[no-any-return]


@inlined
def cumulative(x: float) -> float:
    """Return the standard normal distribution function."""
    t = min(abs(x), 37.0)
    s = (t - 3.5) / (t + 3.5)
    p = -1.2125132017844838e-06
    p = p * s + 2.161757488230859e-06
    p = p * s + 1.1614888864945753e-05
    p = p * s - 1.4517528579437178e-05
    p = p * s - 7.587085747018041e-05
    p = p * s + 6.415238747731413e-05
    p = p * s + 0.0004769223719588344
    p = p * s - 0.0004439407012307735
    p = p * s - 0.0031892102702025657
    p = p * s + 0.0064760119501654
    p = p * s + 0.01740785254279297
    p = p * s - 0.11605091111919318
    p = p * s + 0.3154249685810922
    p = p * s - 0.5655618164818623
    p = p * s + 0.7444160754494571
    q = _exponential(-0.5 * t * t) * p / (t + 3.5)
    return q if x < 0 else 1.0 - q


@inlined
def quantile(p: float) -> float:
    """Return the standard normal quantile of p in (0, 1)."""
    p = max(p, 1e-45)
    y = 2.0 * p - 1.0
    w = max(-_logarithm(4.0 * p * max(1.0 - p, 1e-17)), 0.0)
    s = w * 0.3333333333333333 - 1.0
    c = -1.1304525028546406e-05
    c = c * s + 5.567865913863015e-06
    c = c * s + 9.029860213781774e-05
    c = c * s - 0.00016647838737884803
    c = c * s - 0.00021840928440215824
    c = c * s + 0.0013995856797689296
    c = c * s - 0.0018024377581130722
    c = c * s - 0.004372198330807438
    c = c * s + 0.022344540525918423
    c = c * s - 0.031928312836930206
    c = c * s - 0.07303453529020419
    c = c * s + 1.0251509751549186
    c = c * s + 2.296035124551771
    root = math.sqrt(w)
    s = (root - 1.0) / (root + 1.0) * 4.98474085408733 - 3.0946085587145924
    t = -4.4721164906852545e-05
    t = t * s - 2.6916666234406552e-05
    t = t * s + 0.00025555452989608915
    t = t * s + 3.531475905831955e-05
    t = t * s - 0.000626492738805862
    t = t * s + 0.000266720340936608
    t = t * s + 0.0006455261029008193
    t = t * s - 0.0008562328920642052
    t = t * s + 0.0004789132434006374
    t = t * s - 0.000252730819096378
    t = t * s + 0.0004683000578618415
    t = t * s - 0.00286396568190254
    t = t * s - 0.003632253833321299
    t = t * s + 0.04326908837828342
    t = t * s + 1.3620942048702356
    inner = 1.0 if w < 6.0 else 0.0
    return y * (t * root + inner * (c - t * root))


@compiled
def uniforms(key: int, first: int, out: npt.NDArray[np.float64]) -> None:
    """Fill ``out`` with the draws of consecutive counters."""
    for i in range(out.size):
        out[i] = uniform(key, first + i)


@compiled
def cumulatives(x: npt.NDArray[np.float64], out: npt.NDArray[np.float64]) -> None:
    """Fill ``out`` with the distribution function at ``x``."""
    for i in range(x.size):
        out[i] = cumulative(x[i])


@compiled
def quantiles(p: npt.NDArray[np.float64], out: npt.NDArray[np.float64]) -> None:
    """Fill ``out`` with the quantiles of ``p``."""
    for i in range(p.size):
        out[i] = quantile(p[i])
