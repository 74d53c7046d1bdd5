"""Addressed draws: the generator against its published answers, the addresses, the shapes made of them."""

import hashlib
import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.randomness import (
    NUM_STREAMS,
    Stream,
    address_word,
    beta_integer,
    gamma_integer,
    key_of,
    path_hash,
    philox4x32,
    standard_exponential,
    uniform,
    uniform_pair,
)

words = st.integers(0, 2**32 - 1)
addresses = st.tuples(
    st.integers(0, 2**64 - 1), words, words, st.sampled_from(Stream), st.integers(0, 65535), st.integers(0, 255), words
)

# Random123's published answers for philox4x32 with 10 rounds (kat_vectors): counter, key, output.
PUBLISHED = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]


def textbook_philox(counter, key):
    """The rounds as the paper writes them, in a loop with every word masked."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (p1 >> 32) ^ c1 ^ k0, p1 % 2**32, (p0 >> 32) ^ c3 ^ k1, p0 % 2**32
        k0, k1 = (k0 + 0x9E3779B9) % 2**32, (k1 + 0xBB67AE85) % 2**32
    return c0, c1, c2, c3


def first_uniforms(count, **changes):
    address = {"root_seed": 20180612, "branch": 0, "stream": Stream.TIMING, "key": 7, "lane": 0, "counter": 0} | changes
    return [uniform(replication=i, **address) for i in range(count)]


@pytest.mark.parametrize(("counter", "key", "expected"), PUBLISHED, ids=["zeros", "ones", "pi"])
def test_philox_gives_the_published_answers(counter, key, expected):
    found = philox4x32(*(int(w, 16) for w in f"{counter} {key}".split()))
    assert expected == " ".join(f"{w:08x}" for w in found)


@given(st.tuples(words, words, words, words), st.tuples(words, words))
def test_unrolled_rounds_equal_the_loop_of_the_paper(counter, key):
    assert textbook_philox(counter, key) == philox4x32(*counter, *key)


@given(addresses)
def test_uniforms_are_the_high_bits_of_the_words_at_their_address(address):
    """The layout of docs/contracts.md, section 3, spelled out."""
    root_seed, replication, branch, stream, key, lane, counter = address
    a, b, c, d = textbook_philox(
        (replication, branch, stream * 2**24 + key * 2**8 + lane, counter), (root_seed % 2**32, root_seed // 2**32)
    )
    first = ((a // 64) * 2**26 + b // 64 + 0.5) / 2**52
    second = ((c // 64) * 2**26 + d // 64 + 0.5) / 2**52
    assert (first, second) == uniform_pair(*address)
    assert first == uniform(*address)


@given(addresses)
def test_uniforms_lie_strictly_between_zero_and_one(address):
    assert all(0.0 < u < 1.0 for u in uniform_pair(*address))


def test_largest_possible_uniform_is_below_one():
    assert ((2**52 - 1) + 0.5) * 2.0**-52 < 1.0


def test_address_word_keeps_its_parts_apart():
    assert address_word(0x0B, 0xBEEF, 0x07) == 0x0B_BEEF_07


@pytest.mark.parametrize(
    "change",
    [{"root_seed": 20180613}, {"branch": 1}, {"stream": Stream.HAZARD}, {"key": 8}, {"lane": 1}, {"counter": 1}],
)
def test_every_part_of_the_address_matters(change):
    assert not set(first_uniforms(200)) & set(first_uniforms(200, **change))


@pytest.mark.parametrize("change", [{"branch": 1}, {"lane": 1}, {"counter": 1}, {"key": 8}])
def test_draws_at_neighbouring_addresses_are_uncorrelated(change):
    """Standard error of a correlation of independent pairs: 1 / sqrt(n)."""
    n = 4_000
    assert abs(statistics.correlation(first_uniforms(n), first_uniforms(n, **change))) < 4.1 / math.sqrt(n)


def test_draws_fill_the_unit_interval_evenly():
    """Chi-square with 19 degrees of freedom: mean 19, sd 6.2."""
    n, cells = 8_000, 20
    counts = [0] * cells
    for u in first_uniforms(n):
        counts[int(u * cells)] += 1
    chi_square = sum((count - n / cells) ** 2 / (n / cells) for count in counts)
    assert 5.0 < chi_square < 44.5


def test_streams_have_distinct_numbers_that_fit_their_byte():
    numbers = [member.value for member in Stream.__members__.values()]
    assert len(set(numbers)) == len(numbers)
    assert all(0 < number < NUM_STREAMS for number in numbers)


def test_stream_numbers_never_change():
    """A change detector: these numbers are part of every stored run."""
    first = ["TYPE", "INPUT", "CHOICE", "TIMING", "HAZARD", "OUTCOME", "VETO", "SIGNAL", "REPAIR"]
    assert list(range(1, 10)) == [Stream[name] for name in first]


@pytest.mark.parametrize("identifier", ["usa", "prk", "Nordkorea ü", ""])
def test_keys_are_the_first_bytes_of_blake2b(identifier):
    digest = hashlib.blake2b(identifier.encode("utf-8")).hexdigest()
    assert (int(digest[:4], 16), int(digest[:8], 16)) == (key_of(identifier), path_hash(identifier))


def test_standard_exponential_inverts_the_survivor_function():
    assert [math.log(2.0), 36.7368005696771] == pytest.approx([standard_exponential(u) for u in (0.5, 2.0**-53)])


def test_gamma_of_whole_shape_is_a_sum_of_exponentials():
    uniforms = [0.9, 0.2, 0.55, 0.4, 0.123]
    expected = -sum(math.log(u) for u in uniforms[:4]) * 21.0 / 4
    assert expected == pytest.approx(gamma_integer(4, 21.0, uniforms), rel=1e-14)


def test_gamma_of_large_shape_does_not_underflow():
    """500 factors of 1e-9 would be 1e-4500."""
    assert gamma_integer(500, 500.0, [1e-9] * 500) == pytest.approx(500 * 9 * math.log(10.0))


@given(st.lists(st.floats(0.001, 0.999), min_size=12, max_size=12))
def test_beta_of_whole_shapes_is_an_order_statistic(uniforms):
    assert sorted(uniforms)[1] == beta_integer(2, 11, uniforms)
    assert sorted(uniforms[:10])[5] == beta_integer(6, 5, uniforms[:10])


def test_beta_2_11_has_its_mean():
    """2 / 13, with standard deviation sqrt(22 / (13**2 * 14)) = .0964 a draw."""
    n = 1_500
    draws = [beta_integer(2, 11, [uniform(5, i, 0, Stream.SIGNAL, 9, lane, 0) for lane in range(12)]) for i in range(n)]
    assert statistics.fmean(draws) == pytest.approx(2 / 13, abs=4.1 * 0.0964 / math.sqrt(n))
