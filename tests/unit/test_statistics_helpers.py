"""The assertions that other tests lean on: they pass what is right, fail what is wrong; n is no larger than needed."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest

from tests.counts import COUNTS, sample_size
from tests.statistics_helpers import SIGMAS, assert_mean, assert_rate, smallest_n


def caught(count: int, trials: int, expected: float) -> bool:
    try:
        assert_rate(count, trials, expected)
    except AssertionError:
        return True
    return False


def test_rates_and_means_within_tolerance_pass():
    assert_rate(5_030, 10_000, 0.5)
    assert_rate(0, 100, 0.0)
    assert_mean([0.0, 1.0, 2.0, 3.0], 1.5)
    assert_mean([2.0, 2.0], 2.0)


def test_rates_and_means_outside_tolerance_fail_and_say_by_how_much():
    with pytest.raises(AssertionError, match=r"\+5\.00 standard errors"):
        assert_rate(5_250, 10_000, 0.5)
    with pytest.raises(AssertionError, match="expected exactly 0"):
        assert_rate(1, 100, 0.0)
    with pytest.raises(AssertionError, match=r"\+10\.00 standard errors"):
        assert_mean(np.array([0.0, 2.0] * 50), 0.0, standard_deviation=1.0)
    with pytest.raises(AssertionError, match="not finite"):
        assert_mean([0.0, float("nan")], 0.0)


@pytest.mark.parametrize("p", [0.03, 0.3, 0.7, 0.95])
def test_smallest_n_catches_a_two_per_cent_error_with_power_ninety_nine(p):
    """And not with a larger n than needed: at nine tenths of it the power falls short."""
    generator = np.random.default_rng(20180309)
    experiments = sample_size("helper_power")
    n = smallest_n(p)
    wrong = [p * 1.02] if p * 1.02 < 1.0 and p <= 0.5 else [p * 0.98]
    found = sum(caught(count, n, p) for count in generator.binomial(n, wrong[0], size=experiments))
    assert_rate(found, experiments, 0.99)
    fewer = int(0.9 * n)
    found = sum(caught(count, fewer, p) for count in generator.binomial(fewer, wrong[0], size=experiments))
    assert found / experiments < 0.985


def test_both_columns_of_the_table_are_sizes_and_the_full_one_is_no_smaller():
    for name, row in COUNTS.items():
        assert 1 <= row.ci <= row.full, name


CATCHING = [name for name, row in COUNTS.items() if row.catches is not None]


@pytest.mark.parametrize("name", CATCHING)
def test_a_sample_is_the_smallest_that_catches_its_error(name):
    """Two per cent in full mode; of a mean or a ratio, (4.1 + z) spreads over the error, squared."""
    row = COUNTS[name]
    assert row.catches.full == 0.02
    power = NormalDist().inv_cdf(0.99)
    for size, error in ((row.ci, row.catches.ci), (row.full, row.catches.full)):
        if row.catches.rate is not None:
            assert size == smallest_n(row.catches.rate, error)
        else:
            assert size == math.ceil(((SIGMAS + power) * row.catches.spread / error) ** 2)


def test_every_row_of_the_table_is_used_and_no_test_asks_for_a_mode(root):
    """A test that looked at ``--full`` itself could exist in one mode only."""
    files = (path for path in (root / "tests").rglob("*.py") if "node_modules" not in path.parts)
    sources = {path: path.read_text("utf-8") for path in files}
    table = root / "tests" / "counts.py"
    for name in COUNTS:
        assert any(f'"{name}"' in text for path, text in sources.items() if path != table), f"{name} is used by no test"
    askers = [
        path.relative_to(root).as_posix()
        for path, text in sources.items()
        if 'getoption("--full")' in text or "option.full" in text
    ]
    allowed = {"tests/conftest.py", "tests/unit/test_statistics_helpers.py"}
    assert set(askers) <= allowed
