"""House arithmetic: exp, log and their relatives with the same bits on every machine.

The libm behind ``math.exp`` differs between processors and systems in the last bit, and one bit is
enough to send a history down another branch. The functions here use only operations that IEEE 754
(or integer arithmetic) fixes completely:

* ``+ - * /`` and comparison of doubles, ``int()``, integer shift and mask;
* ``math.sqrt``, correctly rounded by the standard;
* ``math.frexp`` and ``math.ldexp``, which only take a double apart and put one together. They are
  used where they are exact, i.e. never to make a subnormal number, which some C libraries round
  differently. Compiled code has both.

The tables below are computed at import in whole numbers (scaled by 2**144) and rounded once, so
there is no constant to trust. Every function is total: at the edges it returns the documented
bound instead of raising or of giving an infinity, except that nan stays nan. All take and return
floats (a whole number is accepted and becomes a float wherever arithmetic is done on it).

Accuracy against exact values: exp and log within 1.1 units in the last place (ulp).
"""

from __future__ import annotations

from math import frexp, isqrt, ldexp
from math import sqrt as _exact_sqrt

from sim.rule import rule

_BITS = 144  # of the whole numbers that tables are computed in, far more than a double's 53
_SCALE = 1 << _BITS


def _log_ratio(numerator: int, denominator: int) -> int:
    """``log(numerator / denominator) * 2**_BITS``, rounded down: 2 atanh((n - d) / (n + d)) by its series."""
    s = (numerator - denominator) * _SCALE // (numerator + denominator)
    square = s * s // _SCALE
    total, power, k = 0, s, 1
    while power > 1 or power < -1:
        total += power // k
        power = power * square // _SCALE
        k += 2
    return 2 * total


def _powers_of_two(steps: int) -> tuple[float, ...]:
    """``2**(j / steps)`` for j in 0 .. steps - 1, correctly rounded; ``steps`` is a power of two."""
    root = 2 * _SCALE
    for _ in range(steps.bit_length() - 1):
        root = isqrt(root * _SCALE)
    powers, power = [], _SCALE
    for _ in range(steps):
        powers.append(power / _SCALE)
        power = power * root // _SCALE
    return tuple(powers)


def _split(number: int, bits: int) -> tuple[float, float]:
    """``number / 2**_BITS`` as high + low, the high part a multiple of ``2**-bits``: it adds without rounding."""
    unit = 1 << (_BITS - bits)
    high = (number + unit // 2) // unit * unit
    return high / _SCALE, (number - high) / _SCALE


def _log_table(first: int, last: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """High and low parts of ``log(j / 128)`` for j in first .. last, at index ``j - first``."""
    logs = {128: 0}
    for j in range(129, last + 1):
        logs[j] = logs[j - 1] + _log_ratio(j, j - 1)
    for j in range(127, first - 1, -1):
        logs[j] = logs[j + 1] - _log_ratio(j + 1, j)
    pairs = [_split(logs[j], 42) for j in range(first, last + 1)]
    return tuple(high for high, _ in pairs), tuple(low for _, low in pairs)


_LN2 = _log_ratio(2, 1)
_LN2_HIGH, _LN2_LOW = _split(_LN2, 42)  # the high part times any exponent (11 bits) is exact
_STEP_HIGH, _STEP_LOW = _split(_LN2 // 128, 42)  # log(2) / 128; the high part times 18 bits is exact
_STEPS_PER_UNIT = 128 * _SCALE / _LN2
_POWERS = _powers_of_two(128)
_LOG_FIRST = 90  # 128 sqrt(1/2), rounded down
_LOG_HIGH, _LOG_LOW = _log_table(_LOG_FIRST, 182)  # up to 128 sqrt(2), rounded up
_SQRT_HALF = _exact_sqrt(0.5)
_LARGEST = 1.7976931348623157e308  # (2 - 2**-52) * 2**1023

EXP_MAX = 709.78  # larger arguments are clipped to this one: exp stays below 1.8e308, never inf
EXP_MIN = -745.13  # smaller arguments give 0.0, as e**x itself rounds to a little further down
LOG_ZERO = -745.2  # log of zero and of anything negative: below every other log, and exp of it is 0.0
LOG_MAX = 709.782712893384  # log of the largest double, given for inf too
LOGISTIC_CLIP = 40.0  # from here on the logistic is within 5e-18 of 0 or 1


@rule
def exp(x: float) -> float:
    """``e**x``; 0.0 below ``EXP_MIN``, ``exp(EXP_MAX)`` above ``EXP_MAX``, nan for nan.

    ``x = (128 k + j) log(2) / 128 + r`` with ``|r| < 0.0028``, so ``e**x`` is an exact scaling by
    ``2**k``, times a table of 128, times five terms of the series.
    Method: Tang (1989), ACM TOMS 15(2), 144-157.
    """
    if not -708.0 < x <= EXP_MAX:
        if x != x:
            return x
        if x < EXP_MIN:
            return 0.0
        if x < 0.0:
            return _exp_near_underflow(x)
        x = EXP_MAX
    return exp_within(x)


@rule
def exp_within(x: float) -> float:
    """`exp` for x in [-708, 709.78], which is not checked: without a branch, loops over it are done several at a time."""
    # The large whole number makes int(), which cuts towards zero, round both signs to the nearest.
    n = int(x * _STEPS_PER_UNIT + 131072.5) - 131072
    r = (x - n * _STEP_HIGH) - n * _STEP_LOW
    power = _POWERS[n & 127]
    return ldexp(power + power * (r + r * r * (0.5 + r * (1.0 / 6.0 + r * (1.0 / 24.0 + r * (1.0 / 120.0))))), n >> 7)


@rule
def _exp_near_underflow(x: float) -> float:
    """``e**x`` for x in [-746, -700], where the result may be subnormal: rounded by a multiplication."""
    n = int(x * _STEPS_PER_UNIT + 131072.5) - 131072
    r = (x - n * _STEP_HIGH) - n * _STEP_LOW
    power = _POWERS[n & 127]
    y = power + power * (r + r * r * (0.5 + r * (1.0 / 6.0 + r * (1.0 / 24.0 + r * (1.0 / 120.0)))))
    return ldexp(y, (n >> 7) + 512) * ldexp(1.0, -512)


@rule
def log(x: float) -> float:
    """The natural logarithm; ``LOG_ZERO`` for x <= 0, ``LOG_MAX`` for inf, nan for nan.

    ``x = 2**k c (1 + r)`` with ``c`` the nearest 128th and ``|r| < 0.0056``; near 1, ``c`` is 1 and
    ``r`` exact, so that small logarithms keep their relative accuracy. ``log(1 + r)`` is
    ``r - s (r - 2 s**2 / 3 - 2 s**4 / 5)`` with ``s = r / (2 + r)``.
    Method: Tang (1990), ACM TOMS 16(4), 378-400.
    """
    if not 0.0 < x <= _LARGEST:
        if x != x:
            return x
        if x <= 0.0:
            return LOG_ZERO
        return LOG_MAX
    m, k = frexp(x)
    if m < _SQRT_HALF:
        m = m + m
        k = k - 1
    j = int(m * 128.0 + 0.5)
    c = j * 0.0078125
    r = (m - c) / c
    s = r / (2.0 + r)
    z = s * s
    j = j - _LOG_FIRST
    return (k * _LN2_HIGH + _LOG_HIGH[j]) + (r + (k * _LN2_LOW + _LOG_LOW[j] - s * (r - z * (2.0 / 3.0 + z * 0.4))))


@rule
def powr(x: float, a: float) -> float:
    """``x**a`` for x > 0 and real ``a``; 0.0 for x <= 0, whatever ``a`` is.

    The exponents 1 to 4 are done by multiplication, hence exactly rounded products; the rest is
    ``exp(a * log(x))`` with its bounds, whose relative error grows as ``|a log(x)| * 2e-16``.
    """
    if x <= 0.0:
        return 0.0
    if x == 1.0 or a == 1.0:
        return x
    if a == 2.0:
        return x * x
    if a == 3.0:
        return x * x * x
    if a == 4.0:
        square = x * x
        return square * square
    return exp(a * log(x))


@rule
def sqrt(x: float) -> float:
    """The square root, correctly rounded; 0.0 for x < 0 (a bound, as for ``log``), nan for nan."""
    if x < 0.0:
        return 0.0
    return _exact_sqrt(x)


@rule
def logistic(x: float) -> float:
    """``1 / (1 + e**-x)`` with x clipped to +-``LOGISTIC_CLIP``: in (0, 1], nan for nan."""
    if x > LOGISTIC_CLIP:
        x = LOGISTIC_CLIP
    elif x < -LOGISTIC_CLIP:
        x = -LOGISTIC_CLIP
    elif x != x:
        return x
    return 1.0 / (1.0 + exp_within(-x))


NORMAL_MAX = 38.5  # beyond it the normal's tail is below the smallest double
NORMAL_PEAK = 1.0 / _exact_sqrt(2.0 * 3.141592653589793)  # density of the standard normal at 0


@rule
def normal_cdf(x: float) -> float:
    """The standard normal's chance of a value below x; 0.0 or 1.0 beyond ``NORMAL_MAX``, nan for nan.

    Absolute error below 3e-16; relative error in the lower tail below 4e-13 (as far as the result is
    no subnormal). Up to 3 the series of ``(Phi(x) - 1/2) / phi(x)``, all terms of one sign; beyond, the
    continued fraction of Mills' ratio, from a depth that suffices at 3.
    Sources: Marsaglia (2004), J. Stat. Softw. 11(4); Abramowitz and Stegun (1964), 26.2.11, 26.2.14.
    """
    if x != x:
        return x
    size = -x if x < 0.0 else x
    if size > NORMAL_MAX:
        return 0.0 if x < 0.0 else 1.0
    density = NORMAL_PEAK * exp(-0.5 * size * size)
    if size < 3.0:
        square = size * size
        term = size
        total = size
        n = 3.0
        while term > 1e-17 * total:
            term = term * square / n
            total = total + term
            n = n + 2.0
        area = density * total
        return 0.5 - area if x < 0.0 else 0.5 + area
    fraction = size
    level = 45.0
    while level > 0.0:
        fraction = size + level / fraction
        level = level - 1.0
    tail = density / fraction
    return tail if x < 0.0 else 1.0 - tail


@rule
def normal_quantile(p: float) -> float:
    """The value below which a standard normal falls with chance p; +-``NORMAL_MAX`` for p outside (0, 1).

    Relative error below 1e-15 times a few: algorithm AS 241 (PPND16), a rational function of
    ``p - 1/2`` in the middle and of ``sqrt(-log(tail))`` in two outer zones. nan for nan.
    Source, and of all coefficients: Wichura (1988), Applied Statistics 37(3), 477-484.
    """
    if not 0.0 < p < 1.0:
        if p != p:
            return p
        return -NORMAL_MAX if p <= 0.0 else NORMAL_MAX
    q = p - 0.5
    if -0.425 <= q <= 0.425:
        r = 0.180625 - q * q
        top = 3.3430575583588128105e4 + r * 2.5090809287301226727e3
        top = 4.5921953931549871457e4 + r * (6.7265770927008700853e4 + r * top)
        top = 1.9715909503065514427e3 + r * (1.3731693765509461125e4 + r * top)
        top = 3.3871328727963666080e0 + r * (1.3314166789178437745e2 + r * top)
        bottom = 2.8729085735721942674e4 + r * 5.2264952788528545610e3
        bottom = 2.1213794301586595867e4 + r * (3.9307895800092710610e4 + r * bottom)
        bottom = 6.8718700749205790830e2 + r * (5.3941960214247511077e3 + r * bottom)
        bottom = 1.0 + r * (4.2313330701600911252e1 + r * bottom)
        return q * top / bottom
    r = _exact_sqrt(-log(p if q < 0.0 else 1.0 - p))
    if r <= 5.0:
        r = r - 1.6
        top = 2.27238449892691845833e-2 + r * 7.74545014278341407640e-4
        top = 1.27045825245236838258e0 + r * (2.41780725177450611770e-1 + r * top)
        top = 5.76949722146069140550e0 + r * (3.64784832476320460504e0 + r * top)
        top = 1.42343711074968357734e0 + r * (4.63033784615654529590e0 + r * top)
        bottom = 5.47593808499534494600e-4 + r * 1.05075007164441684324e-9
        bottom = 1.48103976427480074590e-1 + r * (1.51986665636164571966e-2 + r * bottom)
        bottom = 1.67638483018380384940e0 + r * (6.89767334985100004550e-1 + r * bottom)
        bottom = 1.0 + r * (2.05319162663775882187e0 + r * bottom)
    else:
        r = r - 5.0
        top = 2.71155556874348757815e-5 + r * 2.01033439929228813265e-7
        top = 2.65321895265761230930e-2 + r * (1.24266094738807843860e-3 + r * top)
        top = 1.78482653991729133580e0 + r * (2.96560571828504891230e-1 + r * top)
        top = 6.65790464350110377720e0 + r * (5.46378491116411436990e0 + r * top)
        bottom = 1.42151175831644588870e-7 + r * 2.04426310338993978564e-15
        bottom = 7.86869131145613259100e-4 + r * (1.84631831751005468180e-5 + r * bottom)
        bottom = 1.36929880922735805310e-1 + r * (1.48753612908506148525e-2 + r * bottom)
        bottom = 1.0 + r * (5.99832206555887937690e-1 + r * bottom)
    z = top / bottom
    return -z if q < 0.0 else z
