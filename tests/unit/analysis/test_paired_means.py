"""Means of columns of unequal length whose histories are paired."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.analysis.paired_means import Stratum, _drawn, paired_means, resampled_means
from sim.randomness import Stream, address_word, key_of, philox4x32
from tests.counts import sample_size

SHARED = 0.9  # of the variance of a column, common to all columns


def columns(counts: tuple[int, ...], seed: int) -> list[np.ndarray]:
    """One player, true means 0, variances 1, correlated."""
    draw = np.random.default_rng(seed)
    common = draw.normal(size=(max(counts), 1))
    own = draw.normal(size=(max(counts), len(counts)))
    values = math.sqrt(SHARED) * common + math.sqrt(1 - SHARED) * own
    return [values[:count, k : k + 1] for k, count in enumerate(counts)]


def test_columns_of_equal_length_have_their_plain_means():
    samples = columns((200, 200, 200), 1)
    found = paired_means(samples)
    assert found.means[0] == pytest.approx([one.mean() for one in samples], abs=1e-14)
    assert found.errors[0] == pytest.approx([one.std(ddof=1) / math.sqrt(200) for one in samples])


def test_longer_columns_correct_shorter_ones():
    """The errors over many samples are those that are told, and well below those of each column's own mean."""
    trials = sample_size("paired_means")
    counts = (1_000, 200, 400)
    every = [paired_means(columns(counts, seed)) for seed in range(trials)]
    means = np.array([one.means[0] for one in every])
    gaps = means[:, 0] - means[:, 1]
    told = np.mean([one.error_of(0, np.array([1.0, -1.0, 0.0])) for one in every])
    error = gaps.std(ddof=1)
    assert abs(gaps.mean()) < 4.1 * error / math.sqrt(trials)
    assert told == pytest.approx(error, rel=4.1 / math.sqrt(2 * trials))
    assert error < 0.6 * math.sqrt(1 / 1_000 + 1 / 200 - 2 * SHARED / 1_000)  # of plain means, pairs counted
    assert means[:, 1].std(ddof=1) < 0.75 / math.sqrt(200)


def test_resampled_means_spread_as_the_errors_say_and_come_again_with_the_seed():
    samples = columns((1_000, 200, 400), 7)
    known = paired_means(samples)
    found = resampled_means(samples, known, 400, 3)
    assert np.array_equal(found, resampled_means(samples, known, 400, 3))
    assert found[:10] == pytest.approx(resampled_means(samples, known, 10, 3), abs=1e-14)
    assert not np.array_equal(found, resampled_means(samples, known, 400, 4))
    assert found.std(axis=0)[0] == pytest.approx(known.errors[0], rel=4.1 / math.sqrt(2 * 400))
    assert found.mean(axis=0)[0] == pytest.approx(known.means[0], abs=0.2 * known.errors[0].max())


def test_draws_are_those_of_their_addresses():
    """Four words a block of Philox; the sample is the replication, the place the counter."""
    drawn = _drawn(range(5, 8), Stratum(6, 15, np.array([0])), 2**40 + 3)
    address = address_word(Stream.ANALYSIS, key_of("empirical game"), 0)
    for row, sample in zip(drawn, range(5, 8), strict=True):
        words = [philox4x32(sample, 0, address, place // 4, 3, 2**8)[place % 4] for place in range(6, 15)]
        assert row.tolist() == [(word * 9) >> 32 for word in words]


def test_what_does_not_vary_has_no_error_and_twins_stay_equal():
    samples = columns((300, 100, 200, 200), 5)
    samples[1] = np.full((100, 1), 0.25)
    samples[3] = samples[2].copy()
    found = paired_means(samples)
    assert found.means[0, 1] == pytest.approx(0.25, abs=1e-9) and found.errors[0, 1] < 1e-6
    assert found.means[0, 2] == pytest.approx(found.means[0, 3], abs=1e-12)
    flat = paired_means([np.ones((5, 1)), np.ones((9, 1))])
    assert flat.means == pytest.approx(np.ones((1, 2))) and not flat.errors.any()
