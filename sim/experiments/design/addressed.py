"""Uniforms of ordinary replications as coordinates: what inputs and private types are drawn from without a design."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.randomness import Stream, address_word, key_of, philox4x32

if TYPE_CHECKING:
    from sim.model.compile import Case

_STEP = 2.0**-52
_KEY = "design"  # owner of a design's own draws, which belong to no history


def points_of(case: Case, axes: Sequence[str], root_seed: int, replications: np.ndarray) -> np.ndarray:
    """The points of ordinary replications: float64, shape (replications, axes), inside (0, 1)."""
    return _pairs(case, axes, root_seed, replications)[0]


def points_and_more(
    case: Case, axes: Sequence[str], root_seed: int, replications: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The points of ordinary replications, and as many uniforms that are independent of them and that nothing else reads."""
    return _pairs(case, axes, root_seed, replications)


def design_uniforms(root_seed: int, lane: int, numbers: np.ndarray, counters: np.ndarray, owner: str = _KEY) -> np.ndarray:
    """A design's own uniforms, float64, shape (numbers, counters): addressed in the stream ANALYSIS, under the key of their owner."""
    words = _words(root_seed, numbers[:, None], address_word(Stream.ANALYSIS, key_of(owner), lane), counters[None, :])
    return _uniform(words[0], words[1])


def _pairs(
    case: Case, axes: Sequence[str], root_seed: int, replications: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    from sim.engines.tables.inputs import addresses_of

    known = addresses_of(case)
    found = [known[path] for path in axes]
    addresses = np.array([address_word(item.stream, item.key, item.lane) for item in found], dtype=np.int64)
    counters = np.array([item.counter for item in found], dtype=np.int64)
    words = _words(root_seed, np.asarray(replications, dtype=np.int64)[:, None], addresses[None, :], counters[None, :])
    return _uniform(words[0], words[1]), _uniform(words[2], words[3])


def _words(root_seed: int, replication: Any, address: Any, counter: Any) -> tuple[np.ndarray, ...]:
    shape = np.broadcast_shapes(np.shape(replication), np.shape(address), np.shape(counter))
    zero = np.zeros(shape, dtype=np.int64)
    return philox4x32(
        zero + replication, zero, zero + address, zero + counter, root_seed & 0xFFFFFFFF, (root_seed >> 32) & 0xFFFFFFFF
    )  # type: ignore[return-value,arg-type]


def _uniform(high: np.ndarray, low: np.ndarray) -> np.ndarray:
    """As `sim.randomness.uniform` makes it of two words."""
    return ((((high >> 6) << 26) | (low >> 6)) + 0.5) * _STEP
