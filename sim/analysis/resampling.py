"""Random numbers of the analysis from addresses, so that the same run gives the same intervals on every call.

Numbers come from the stream ANALYSIS, which no history reads, under a key that names the analysis.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from sim.randomness import Stream, address_word, key_of, path_hash, philox4x32

_WORD = 0xFFFFFFFF
_LARGEST = 1.0 / (1 << 32)
_AT_ONCE = 2_000_000  # resampled units in memory


def generator(root_seed: int, analysis: str, about: str = "") -> np.random.Generator:
    """numpy's generator, started from the block at an address: the analysis is its key, the hash of ``about`` its counter."""
    address = address_word(Stream.ANALYSIS, key_of(analysis), 1)
    words = philox4x32(0, 0, address, path_hash(about), root_seed & _WORD, (root_seed >> 32) & _WORD)
    return np.random.Generator(np.random.Philox(key=np.array([words[0] << 32 | words[1], words[2] << 32 | words[3]], dtype=np.uint64)))


def uniforms(root_seed: int, analysis: str, replications: np.ndarray) -> np.ndarray:
    """One number in [0, 1) for each replication, whichever others there are: those of a run stay when it grows."""
    replications = np.asarray(replications, dtype=np.int64)
    zero = np.zeros(len(replications), dtype=np.int64)
    address = address_word(Stream.ANALYSIS, key_of(analysis), 0)
    word = philox4x32(replications, zero, zero + address, zero, root_seed & _WORD, (root_seed >> 32) & _WORD)[0]
    return word * _LARGEST


def bootstrap_counts(units: int, number: int, root_seed: int, owner: str) -> Iterator[np.ndarray]:
    """How often each of ``units`` is drawn in each of ``number`` samples: float64, shape (samples, units), in portions.

    ``owner`` is whose draws they are; a prefix of the samples is the same whatever their number.
    """
    step = max(1, _AT_ONCE // units)
    for first in range(0, number, step):
        yield _counts(units, first, min(first + step, number), root_seed, owner)


@lru_cache(maxsize=4)  # of each of several outputs the same are asked for, at up to four sizes
def _counts(units: int, first: int, last: int, root_seed: int, owner: str) -> np.ndarray:
    address = address_word(Stream.ANALYSIS, key_of(owner), 0)
    blocks = np.arange(-(-units // 4), dtype=np.int64)[None, :]
    samples = np.arange(first, last, dtype=np.int64)[:, None]
    zero = np.zeros((len(samples), blocks.shape[1]), dtype=np.int64)
    words = philox4x32(zero + samples, zero, zero + address, zero + blocks, root_seed & _WORD, (root_seed >> 32) & _WORD)
    drawn = (np.stack(words, axis=2).reshape(len(samples), -1)[:, :units] * units) >> 32
    places = drawn + units * np.arange(len(samples))[:, None]
    found = np.bincount(places.ravel(), minlength=drawn.size).reshape(len(samples), units).astype(np.float64)
    found.flags.writeable = False
    return found
