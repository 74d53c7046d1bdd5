"""Assertions about frequencies and means, in standard errors, and the sample size that gives them teeth.

4.1 standard errors is the house tolerance: of a suite with a hundred such assertions, about 0.4 per cent of all seeds
fail one by luck. The seed is fixed, so a passing test stays passing; the tolerance says what a failing one means.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import NormalDist

import numpy as np

SIGMAS = 4.1


def assert_rate(count: int, trials: int, expected: float, sigmas: float = SIGMAS) -> None:
    """``count`` of ``trials`` is within ``sigmas`` standard errors of the rate ``expected``.

    A rate of exactly 0 or 1 has no standard error, so there the count must agree exactly.
    """
    count, trials, expected = int(count), int(trials), float(expected)
    assert 0 <= count <= trials and trials > 0, f"{count} of {trials} is no frequency"
    assert 0.0 <= expected <= 1.0, f"expected rate {expected} is no probability"
    error = math.sqrt(expected * (1.0 - expected) / trials)
    difference = count / trials - expected
    if error == 0.0:
        assert difference == 0.0, f"expected exactly {expected:g}, found {count} of {trials}"
        return
    assert abs(difference) <= sigmas * error, (
        f"expected {expected:.6g}, found {count / trials:.6g} ({count} of {trials}): "
        f"{difference / error:+.2f} standard errors of {error:.3g}; {sigmas:g} are allowed"
    )


def assert_mean(
    values: Sequence[float] | np.ndarray,
    expected: float,
    sigmas: float = SIGMAS,
    *,
    standard_deviation: float | None = None,
) -> None:
    """The mean of ``values`` is within ``sigmas`` standard errors of ``expected``.

    The standard error comes from ``standard_deviation`` where theory gives it, else from the sample.
    """
    sample = np.asarray(values, dtype=float)
    assert sample.ndim == 1 and sample.size > 1, "a mean needs a flat sample of at least two values"
    assert np.isfinite(sample).all(), "the sample has values that are not finite"
    spread = float(sample.std(ddof=1)) if standard_deviation is None else float(standard_deviation)
    error = spread / math.sqrt(sample.size)
    difference = float(sample.mean()) - expected
    if error == 0.0:
        assert difference == 0.0, f"expected exactly {expected:g}, found {sample.mean():g}, {sample.size} times"
        return
    assert abs(difference) <= sigmas * error, (
        f"expected {expected:.6g}, found {sample.mean():.6g} (n = {sample.size}): "
        f"{difference / error:+.2f} standard errors of {error:.3g}; {sigmas:g} are allowed"
    )


def share_moved(block: Mapping, other: Mapping, outcome: str) -> tuple[float, float]:
    """Paired difference of an outcome's share between two blocks of the same replications, and its standard error."""
    hits = [(arm["results"]["outcome"] == outcome).astype(float) for arm in (block, other)]
    difference = hits[1] - hits[0]
    return float(difference.mean()), float(difference.std(ddof=1)) / math.sqrt(len(difference))


def smallest_n(p: float, error: float = 0.02, power: float = 0.99, sigmas: float = SIGMAS) -> int:
    """The smallest number of trials at which ``assert_rate`` catches the relative error with probability ``power``.

    The program is imagined to produce p (1 + error) or p (1 - error), whichever is harder to see, in place of p.
    Normal approximation: sigmas s(p) + z s(p') = sqrt(n) p error, where s(p) = sqrt(p (1 - p)) and z is the quantile of
    ``power``. Far from the limits: at the n that comes out the counts are large.
    """
    assert 0.0 < p < 1.0 and 0.0 < error < 1.0 and 0.5 <= power < 1.0
    z = NormalDist().inv_cdf(power)
    needed = 0.0
    for wrong in (p * (1.0 - error), p * (1.0 + error)):
        if wrong >= 1.0:
            continue
        deviations = sigmas * math.sqrt(p * (1.0 - p)) + z * math.sqrt(wrong * (1.0 - wrong))
        needed = max(needed, (deviations / (p * error)) ** 2)
    return math.ceil(needed)
