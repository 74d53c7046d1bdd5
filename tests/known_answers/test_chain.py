"""The whole loop as an absorbing chain, solved (``verification.md`` T24)."""

from __future__ import annotations

import numpy as np
import pytest

from sim.rules.chain import absorb
from tests.printed_digits import agrees, assert_printed

AMONG = [0.55, 0.20, 0.15, 0.10, 0.70, 0.05, 0.20, 0.05, 0.60]  # talks, freeze, tension
INTO = [0.05, 0.04, 0.01, 0.08, 0.06, 0.01, 0.01, 0.09, 0.05]  # pact, stalemate, war
PRINTED = [
    ("0.405283", "0.449811", "0.144906", "7.849057"),
    ("0.449057", "0.433962", "0.116981", "7.169811"),
    ("0.283774", "0.504151", "0.212075", "7.320755"),
]


def solve(among: list[float], into: list[float]) -> list[float]:
    out = [0.0] * 12
    assert absorb(3, 3, among, into, [0.0] * 21, out) == 1
    return out


def test_absorption_and_mean_steps():
    out = solve(AMONG, INTO)
    for row, printed in enumerate(PRINTED):
        for column, expected in enumerate(printed):
            assert_printed(out[row * 4 + column], expected)


def test_against_a_linear_solver():
    inverse = np.linalg.inv(np.eye(3) - np.array(AMONG).reshape(3, 3))
    expected = np.column_stack([inverse @ np.array(INTO).reshape(3, 3), inverse.sum(axis=1)])
    assert np.array(solve(AMONG, INTO)).reshape(3, 4) == pytest.approx(expected, rel=1e-13)


def test_a_transposed_chain_would_show():
    transposed = [AMONG[column * 3 + row] for row in range(3) for column in range(3)]
    assert not agrees(solve(transposed, INTO)[0], "0.405283")
