"""Absorbing chains of any size."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.rules.chain import absorb


def random_chain(seed: int, transient: int, absorbing: int) -> np.ndarray:
    weights = np.random.default_rng(seed).gamma(0.5, size=(transient, transient + absorbing)) + 1e-6
    return weights / weights.sum(axis=1, keepdims=True)


@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(1, 4))
def test_like_a_linear_solver(seed, transient, absorbing):
    jumps = random_chain(seed, transient, absorbing)
    among, into = jumps[:, :transient], jumps[:, transient:]
    out = [0.0] * (transient * (absorbing + 1))
    work = [0.0] * (transient * (transient + absorbing + 1))
    assert absorb(transient, absorbing, among.ravel().tolist(), into.ravel().tolist(), work, out) == 1
    found = np.array(out).reshape(transient, absorbing + 1)
    inverse = np.linalg.inv(np.eye(transient) - among)
    assert found[:, :absorbing] == pytest.approx(inverse @ into, rel=1e-7)
    assert found[:, absorbing] == pytest.approx(inverse.sum(axis=1), rel=1e-7)
    assert found[:, :absorbing].sum(axis=1) == pytest.approx(1.0, rel=1e-12)


def test_a_situation_without_way_out_is_reported():
    assert absorb(2, 1, [1.0, 0.0, 0.5, 0.0], [0.0, 0.5], [0.0] * 8, [0.0] * 4) == 0
    assert absorb(2, 1, [0.0, 1.0, 1.0, 0.0], [0.0, 0.0], [0.0] * 8, [0.0] * 4) == 0


def test_nearly_closed_chains_keep_their_precision():
    """Leaving with 1e-14 a step: half of the exits each way, and mean steps to full relative precision."""
    leave = 1e-14
    out = [0.0] * 3
    assert absorb(1, 2, [1.0 - 2.0 * leave], [leave, leave], [0.0] * 4, out) == 1
    assert out == pytest.approx([0.5, 0.5, 0.5 / leave], rel=1e-12)
