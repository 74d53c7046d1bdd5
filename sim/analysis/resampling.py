"""Bootstrap samples of units (base samples, trajectories) by addressed draws of the stream ANALYSIS.

Sample b is the word of the replication, the place of the draw the counter, a quarter of it: the same samples come with the same seed.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.randomness import Stream, address_word, key_of, philox4x32

_AT_ONCE = 2_000_000  # resampled units in memory


def bootstrap_counts(units: int, number: int, root_seed: int, owner: str) -> Iterator[np.ndarray]:
    """How often each of ``units`` is drawn in each of ``number`` samples: float64, shape (samples, units), in portions.

    ``owner`` is whose draws they are; a prefix of the samples is the same whatever their number.
    """
    address = address_word(Stream.ANALYSIS, key_of(owner), 0)
    blocks = np.arange(-(-units // 4), dtype=np.int64)[None, :]
    step = max(1, _AT_ONCE // units)
    for first in range(0, number, step):
        samples = np.arange(first, min(first + step, number), dtype=np.int64)[:, None]
        zero = np.zeros((len(samples), blocks.shape[1]), dtype=np.int64)
        words = philox4x32(
            zero + samples, zero, zero + address, zero + blocks, root_seed & 0xFFFFFFFF, (root_seed >> 32) & 0xFFFFFFFF
        )
        drawn = (np.stack(words, axis=2).reshape(len(samples), -1)[:, :units] * units) >> 32
        places = drawn + units * np.arange(len(samples))[:, None]
        yield np.bincount(places.ravel(), minlength=drawn.size).reshape(len(samples), units).astype(np.float64)
