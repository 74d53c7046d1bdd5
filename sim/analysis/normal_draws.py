"""Standard normal numbers by address, many at a time, for what is worked out after the runs.

They are draws of the stream ANALYSIS, so that the same analysis of the same rows gives the same answer.
"""

from __future__ import annotations

import numpy as np

from sim.randomness import Stream, address_word, key_of, philox4x32


def normal_draws(purpose: str, number: int, size: int, root_seed: int) -> np.ndarray:
    """Independent standard normal numbers, shape (number, size).

    Parameters
    ----------
    purpose : which numbers these are; other purposes give other ones
    """
    from scipy.special import ndtri

    blocks = (size + 3) // 4
    row = np.arange(number, dtype=np.int64)[:, None] + np.zeros(blocks, dtype=np.int64)
    place = np.arange(blocks, dtype=np.int64)[None, :] + np.zeros((number, 1), dtype=np.int64)
    zero = np.zeros_like(row)
    address = address_word(Stream.ANALYSIS, key_of(purpose), 0)
    words = philox4x32(row, zero, zero + address, place, root_seed & 0xFFFFFFFF, (root_seed >> 32) & 0xFFFFFFFF)
    flat = np.stack(words, axis=2).reshape(number, -1)[:, :size]
    return ndtri((flat + 0.5) * 2.0**-32)


__all__ = ["normal_draws"]
