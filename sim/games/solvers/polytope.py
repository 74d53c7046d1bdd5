"""Vertices of {x >= 0 : rows x <= 1} in whole numbers, exactly, by the double description method.

The polytope is cut out of the cone over the nonnegative orthant, one row after the other: rays on the good side stay, and
each pair of neighbours on either side of the cut gives a new ray on it. Two rays are neighbours if no third one lies on all
the facets that they share. Nothing is rounded, and degenerate vertices (on more facets than dimensions) need no special case.

Source: Motzkin, Raiffa, Thompson and Thrall (1953); Fukuda and Prodon (1996), Lecture Notes in Computer Science 1120.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd

import numpy as np

from sim.errors import ParameterError

MAX_FACETS = 62  # bits of a word, less one for the sign and one for the hyperplane at infinity
MAX_VERTICES = 40_000  # neighbours are looked for among all pairs


def vertices(rows: Sequence[Sequence[int]], dimension: int) -> list[tuple[tuple[int, ...], int]]:
    """Every vertex with the facets on which it lies.

    Parameters
    ----------
    rows : whole positive numbers, each of length ``dimension``
        Positive, so that the set is bounded.

    Returns
    -------
    list of (point, facets)
        ``point`` is (t, x1, ..., xd) in whole numbers and stands for x / t; bit k of ``facets`` is set if x_k = 0 (k < d) or row
        k - d holds with equality.

    Raises
    ------
    ParameterError
        More facets than ``MAX_FACETS``, or more vertices on the way than ``MAX_VERTICES``.
    """
    if dimension + len(rows) >= MAX_FACETS:
        raise ParameterError(
            f"{dimension + len(rows)} strategies are too many for exact enumeration; at most {MAX_FACETS - 1}"
        )
    infinity = 1 << (dimension + len(rows))
    orthant = (1 << dimension) - 1
    rays = [(1, *[0] * dimension)] + [tuple(int(k == i) for k in range(-1, dimension)) for i in range(dimension)]
    masks = [orthant] + [(orthant ^ (1 << i)) | infinity for i in range(dimension)]
    for number, row in enumerate(rows):
        rays, masks = _cut(rays, masks, (1, *[-value for value in row]), 1 << (dimension + number))
        if len(rays) > MAX_VERTICES:
            raise ParameterError(
                f"the best replies have more than {MAX_VERTICES:,} corners: too many for exact enumeration"
            )
    return list(zip(rays, masks, strict=True))


def _cut(
    rays: list[tuple[int, ...]], masks: list[int], normal: tuple[int, ...], bit: int
) -> tuple[list[tuple[int, ...]], list[int]]:
    """The rays of the cone on the side where ``normal`` is not negative; ``bit`` marks those on the plane."""
    heights = [sum(a * b for a, b in zip(normal, ray, strict=True)) for ray in rays]
    kept = [k for k, height in enumerate(heights) if height >= 0]
    new_rays = [rays[k] for k in kept]
    new_masks = [masks[k] | bit if heights[k] == 0 else masks[k] for k in kept]
    below = [k for k, height in enumerate(heights) if height < 0]
    if not below:
        return new_rays, new_masks
    everyone = np.array(masks, dtype=np.int64)
    under = everyone[below]
    least = len(normal) - 2  # facets that two neighbours share at least
    for k in kept:
        if heights[k] == 0:
            continue
        common = everyone[k] & under
        for place in np.flatnonzero(np.bitwise_count(common) >= least):
            shared = common[place]
            if np.count_nonzero((everyone & shared) == shared) == 2:
                other = below[place]
                new_rays.append(_between(rays[k], heights[k], rays[other], heights[other]))
                new_masks.append(int(shared) | bit)
    return new_rays, new_masks


def _between(above: tuple[int, ...], height: int, below: tuple[int, ...], depth: int) -> tuple[int, ...]:
    point = [height * b - depth * a for a, b in zip(above, below, strict=True)]
    divisor = gcd(*point)
    return tuple(value // divisor for value in point)
