"""Addresses of draws: who draws, for what purpose, for the how-manieth time -> a number in (0, 1).

A draw is looked up, not consumed: it is a function of its address alone, so neither the order of
events nor the presence of other actors can change it. The generator is Philox4x32-10 (Salmon,
Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3", SC11), a bijection of
128-bit counters under a 64-bit key; the address fills the counter and the root seed is the key
(``docs/contracts.md`` section 3).

Conventions
-----------
* Words are plain integers in [0, 2**32). The same source is right for Python integers and for
  wrapping int64: every word is masked after the operations that may leave its range, and only the
  low 32 bits of an intermediate are ever used. (Not for unsigned 64-bit arguments mixed with
  signed ones, which compiled code would turn into floats.)
* Ranges of address parts are not checked here, in the hot path: ``stream`` < 256, ``key`` < 65536,
  ``lane`` < 256, the rest < 2**32. Completion and the engine see to it.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Sequence

from sim.arithmetic import log
from sim.rule import rule

NUM_STREAMS = 256
NUM_KEYS = 65536
NUM_LANES = 256

_WORD = 0xFFFFFFFF
_MULTIPLIER_0 = 0xD2511F53  # Philox4x32, Salmon et al. (2011), table 2
_MULTIPLIER_1 = 0xCD9E8D57
_WEYL_0 = 0x9E3779B9  # golden ratio and sqrt(3) - 1 in units of 2**-32: the key's step a round
_WEYL_1 = 0xBB67AE85

# The key's offsets in rounds 1 to 9, unreduced: they are only ever used in a word masked later.
_KEY0_1, _KEY1_1 = _WEYL_0, _WEYL_1
_KEY0_2, _KEY1_2 = 2 * _WEYL_0, 2 * _WEYL_1
_KEY0_3, _KEY1_3 = 3 * _WEYL_0, 3 * _WEYL_1
_KEY0_4, _KEY1_4 = 4 * _WEYL_0, 4 * _WEYL_1
_KEY0_5, _KEY1_5 = 5 * _WEYL_0, 5 * _WEYL_1
_KEY0_6, _KEY1_6 = 6 * _WEYL_0, 6 * _WEYL_1
_KEY0_7, _KEY1_7 = 7 * _WEYL_0, 7 * _WEYL_1
_KEY0_8, _KEY1_8 = 8 * _WEYL_0, 8 * _WEYL_1
_KEY0_9, _KEY1_9 = 9 * _WEYL_0, 9 * _WEYL_1

_STEP = 2.220446049250313e-16  # 2**-52, the distance between neighbouring uniforms


class Stream(enum.IntEnum):
    """The purpose of a draw. Numbers are part of every stored run: add, never renumber."""

    TYPE = 1  # nature's choice of private types, once a history
    INPUT = 2  # uncertain inputs of the scenario, once a history; counter = path_hash(path)
    CHOICE = 3  # which option an actor takes at a decision
    TIMING = 4  # when a scheduled or recurring move happens: delays, gaps, meeting dates
    HAZARD = 5  # when an event that no actor schedules happens
    OUTCOME = 6  # how a contest, a vote or a test turns out
    VETO = 7  # whether a veto player lets a signed deal pass
    SIGNAL = 8  # what observers see of a hidden type or act, and with what error
    REPAIR = 9  # whether a disputed or broken deal is mended
    SHOCK = 10  # size and target of an event that no actor chose
    EXECUTION = 11  # whether a milestone is met, and how late
    MEDIATION = 12  # what a third party offers and when it steps in
    DOMESTIC = 13  # elections, leader changes, audiences at home
    SPLIT = 14  # which branch a split history continues on
    ANALYSIS = 15  # draws made after the runs (resampling); never read inside a history
    MOVE = 16  # moves of a game, and the types that its players know


@rule
def philox4x32(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> tuple[int, int, int, int]:
    """The four output words of Philox4x32-10.

    Parameters
    ----------
    c0, c1, c2, c3 : int
        Counter words, in [0, 2**32).
    k0, k1 : int
        Key words, in [0, 2**32).

    Returns
    -------
    tuple of four int, each in [0, 2**32)

    The ten rounds are written out, alternating two pairs of names, and the low halves of the
    products stay unmasked until the next round masks them: a third less time in CPython.
    Source: Salmon et al. (2011), section 3.3.
    """
    p = _MULTIPLIER_0 * c0
    q = _MULTIPLIER_1 * c2
    c0 = ((q >> 32) ^ c1 ^ k0) & _WORD
    c2 = ((p >> 32) ^ c3 ^ k1) & _WORD
    r = _MULTIPLIER_0 * c0
    s = _MULTIPLIER_1 * c2
    c0 = ((s >> 32) ^ q ^ (k0 + _KEY0_1)) & _WORD
    c2 = ((r >> 32) ^ p ^ (k1 + _KEY1_1)) & _WORD
    p = _MULTIPLIER_0 * c0
    q = _MULTIPLIER_1 * c2
    c0 = ((q >> 32) ^ s ^ (k0 + _KEY0_2)) & _WORD
    c2 = ((p >> 32) ^ r ^ (k1 + _KEY1_2)) & _WORD
    r = _MULTIPLIER_0 * c0
    s = _MULTIPLIER_1 * c2
    c0 = ((s >> 32) ^ q ^ (k0 + _KEY0_3)) & _WORD
    c2 = ((r >> 32) ^ p ^ (k1 + _KEY1_3)) & _WORD
    p = _MULTIPLIER_0 * c0
    q = _MULTIPLIER_1 * c2
    c0 = ((q >> 32) ^ s ^ (k0 + _KEY0_4)) & _WORD
    c2 = ((p >> 32) ^ r ^ (k1 + _KEY1_4)) & _WORD
    r = _MULTIPLIER_0 * c0
    s = _MULTIPLIER_1 * c2
    c0 = ((s >> 32) ^ q ^ (k0 + _KEY0_5)) & _WORD
    c2 = ((r >> 32) ^ p ^ (k1 + _KEY1_5)) & _WORD
    p = _MULTIPLIER_0 * c0
    q = _MULTIPLIER_1 * c2
    c0 = ((q >> 32) ^ s ^ (k0 + _KEY0_6)) & _WORD
    c2 = ((p >> 32) ^ r ^ (k1 + _KEY1_6)) & _WORD
    r = _MULTIPLIER_0 * c0
    s = _MULTIPLIER_1 * c2
    c0 = ((s >> 32) ^ q ^ (k0 + _KEY0_7)) & _WORD
    c2 = ((r >> 32) ^ p ^ (k1 + _KEY1_7)) & _WORD
    p = _MULTIPLIER_0 * c0
    q = _MULTIPLIER_1 * c2
    c0 = ((q >> 32) ^ s ^ (k0 + _KEY0_8)) & _WORD
    c2 = ((p >> 32) ^ r ^ (k1 + _KEY1_8)) & _WORD
    r = _MULTIPLIER_0 * c0
    s = _MULTIPLIER_1 * c2
    c0 = ((s >> 32) ^ q ^ (k0 + _KEY0_9)) & _WORD
    c2 = ((r >> 32) ^ p ^ (k1 + _KEY1_9)) & _WORD
    return c0, s & _WORD, c2, r & _WORD


@rule
def address_word(stream: int, key: int, lane: int) -> int:
    """Counter word 2: ``stream`` (8 bits), entity ``key`` (16 bits), ``lane`` or attempt (8 bits)."""
    return (stream << 24) | (key << 8) | lane


@rule
def uniform(root_seed: int, replication: int, branch: int, stream: int, key: int, lane: int, counter: int) -> float:
    """The first uniform at an address, in (0, 1).

    Parameters
    ----------
    root_seed : int
        In [0, 2**64); the key of the generator.
    replication, branch : int
        Which history, and which branch of it (0 unless it is split).
    stream, key, lane : int
        Purpose (``Stream``), entity (``key_of``), lane or attempt number.
    counter : int
        Occurrence number of this (stream, entity), or ``path_hash`` of an input's path.

    Returns
    -------
    float
        ``(m + 0.5) / 2**52`` with ``m`` the high 26 bits of words 0 and 1: exact, symmetric about
        one half, never 0 or 1.
    """
    a, b, _, _ = philox4x32(
        replication,
        branch,
        (stream << 24) | (key << 8) | lane,
        counter,
        root_seed & _WORD,
        (root_seed >> 32) & _WORD,
    )
    return ((((a >> 6) << 26) | (b >> 6)) + 0.5) * _STEP


@rule
def uniform_pair(
    root_seed: int, replication: int, branch: int, stream: int, key: int, lane: int, counter: int
) -> tuple[float, float]:
    """Both uniforms at an address, each in (0, 1); the first is that of ``uniform``.

    Parameters as for ``uniform``. The second comes from words 2 and 3 of the same block, so the
    pair costs one draw.
    """
    a, b, c, d = philox4x32(
        replication,
        branch,
        (stream << 24) | (key << 8) | lane,
        counter,
        root_seed & _WORD,
        (root_seed >> 32) & _WORD,
    )
    return ((((a >> 6) << 26) | (b >> 6)) + 0.5) * _STEP, ((((c >> 6) << 26) | (d >> 6)) + 0.5) * _STEP


@rule
def standard_exponential(u: float) -> float:
    """A waiting time of mean 1 from a uniform in (0, 1): ``-log(u)``, at most 36.8.

    Decreasing in ``u``; a scenario's exponential *input* is the increasing inverse CDF instead
    (``sim.model.distributions.simple.Exponential``).
    """
    return -log(u)


@rule
def gamma_integer(shape: int, mean: float, uniforms: Sequence[float]) -> float:
    """A gamma draw of whole-number shape: ``-log(u_1 * ... * u_shape) * mean / shape``, exact.

    Parameters
    ----------
    shape : int
        At least 1; the coefficient of variation is ``1 / sqrt(shape)``.
    mean : float
        In the unit of the result, > 0.
    uniforms : sequence of float, at least ``shape`` long
        Independent uniforms in (0, 1); the first ``shape`` are used.

    A logarithm is taken early only when the product comes near the smallest double, so a common
    draw costs one. Source: a gamma of shape n is the sum of n exponentials (Devroye 1986, IX.3).
    """
    total = 0.0
    product = 1.0
    for i in range(shape):
        product = product * uniforms[i]
        if product < 1e-280:
            total = total - log(product)
            product = 1.0
    return (total - log(product)) * mean / shape


@rule
def beta_integer(a: int, b: int, uniforms: Sequence[float]) -> float:
    """A Beta(a, b) draw for whole numbers: the ``a``-th smallest of ``a + b - 1`` uniforms, exact.

    Parameters
    ----------
    a, b : int
        At least 1.
    uniforms : sequence of float, at least ``a + b - 1`` long
        Independent uniforms in (0, 1); left unchanged, so the rank is found by counting.

    Source: order statistics of the uniform (David and Nagaraja 2003, 2.1).
    """
    n = a + b - 1
    for i in range(n):
        rank = 1
        for j in range(n):
            # Equal numbers rank in order of position, so that exactly one has each rank.
            if uniforms[j] < uniforms[i] or (uniforms[j] == uniforms[i] and j < i):
                rank += 1
        if rank == a:
            return uniforms[i]
    return 0.5  # not reached for uniforms that compare, i.e. none of them nan


def key_of(identifier: str) -> int:
    """The 16-bit key of an entity: the first two bytes of BLAKE2b of its id (UTF-8), big-endian.

    Two ids of 50 collide in 2 percent of scenarios; completion refuses that and ``key:`` in the
    file pins another. Keys come from the id, never from the position in the file, so reordering
    or adding actors leaves the others' draws alone.
    """
    return int.from_bytes(hashlib.blake2b(identifier.encode()).digest()[:2], "big")


def path_hash(text: str) -> int:
    """The 32-bit hash of an input's path: the first four bytes of BLAKE2b (UTF-8), big-endian."""
    return int.from_bytes(hashlib.blake2b(text.encode()).digest()[:4], "big")
