"""The digest knows values, names and kinds, and nothing else."""

from __future__ import annotations

import hashlib
import itertools
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.experiments.columns import canonical
from sim.experiments.digest import MOST_WAITING, DigestInOrder, RunningDigest, digest

RESULTS = {
    "replication": np.arange(6),
    "day": np.array([1.5, np.nan, -0.0, 0.0, np.inf, 1e-300]),
    "outcome": np.array(["deal", "", None, "größe", "a\0b", "deal"], dtype=object),
    "held": np.array([True, False, True, True, False, False]),
}
TABLES = {"results": RESULTS, "paths": {"replication": np.array([0, 0, 5]), "day": np.array([0.0, 90.0, 0.0])}}


def changed(column: str, row: int, value: object) -> dict[str, dict[str, np.ndarray]]:
    values = RESULTS[column].copy()
    values[row] = value
    return {**TABLES, "results": {**RESULTS, column: values}}


def test_digest_is_the_documented_one():
    """Anyone can compute it again from the description: this is a change detector for stored digests."""
    table = {"replication": np.array([3]), "outcome": np.array(["ä"], dtype=object)}

    def sized(text: str) -> bytes:
        return struct.pack("<I", len(text.encode())) + text.encode()

    def column(name: str, kind: str, data: bytes) -> bytes:
        return sized(name) + sized(kind) + hashlib.sha256(data).digest()

    expected = hashlib.sha256(
        b"run-digest-1\n"
        + sized("results")
        + struct.pack("<QQ", 2, 1)
        + column("outcome", "text", sized("ä"))
        + column("replication", "int64", struct.pack("<q", 3))
        + sized("paths")
        + struct.pack("<QQ", 0, 0)
    ).hexdigest()
    assert digest({"results": table}) == expected


@given(cuts=st.lists(st.integers(0, 6), max_size=4))
def test_digest_does_not_see_where_a_table_is_cut(cuts):
    pieces = RunningDigest()
    edges = [0, *sorted(cuts), 6]
    clean = canonical(RESULTS, "results")
    pieces.update("paths", canonical(TABLES["paths"], "paths"))
    for start, stop in itertools.pairwise(edges):
        pieces.update("results", {name: values[start:stop] for name, values in clean.items()})
    assert pieces.hexdigest() == digest(TABLES)


def test_digest_does_not_see_the_order_of_columns_and_tables():
    turned = {name: dict(reversed(table.items())) for name, table in reversed(TABLES.items())}
    assert digest(turned) == digest(TABLES)


def test_digest_does_not_see_how_wide_a_number_was_or_which_nan():
    odd_nan = np.array([0x7FF8DEADBEEF0001], dtype=np.uint64).view(np.float64)[0]
    assert digest(changed("day", 1, odd_nan)) == digest(TABLES)
    narrow = {**RESULTS, "replication": np.arange(6, dtype=np.int16), "outcome": list(RESULTS["outcome"])}
    assert digest({**TABLES, "results": narrow}) == digest(TABLES)


@pytest.mark.parametrize(
    ("column", "row", "value"),
    [("day", 0, np.nextafter(1.5, 2)), ("day", 2, 0.0), ("outcome", 1, None), ("outcome", 2, ""), ("held", 5, True)],
    ids=["last bit", "sign of zero", "empty to none", "none to empty", "truth value"],
)
def test_digest_sees_every_value(column, row, value):
    assert digest(changed(column, row, value)) != digest(TABLES)


def test_digest_sees_names_kinds_rows_and_where_text_ends():
    texts = {"replication": [0, 1], "t": ["ab", "c"]}
    assert digest({"results": texts}) != digest({"results": {**texts, "t": ["a", "bc"]}})
    assert digest({"results": texts}) != digest({"results": {"replication": [0, 1], "u": ["ab", "c"]}})
    assert digest({"results": {"n": [0, 1]}}) != digest({"results": {"n": [0.0, 1.0]}})
    assert digest({"results": texts}) != digest({"paths": texts})
    assert digest({"results": texts}) != digest({"results": {"replication": [0], "t": ["ab"]}})


# --- while blocks end ---


def block_of(index: int) -> dict[str, dict[str, np.ndarray]]:
    return {"results": {name: canonical(RESULTS, "results")[name][2 * index : 2 * index + 2] for name in RESULTS}}


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_blocks_may_end_in_any_order(order):
    found = DigestInOrder()
    for index in order:
        assert found.hexdigest(3) is None
        found.add(index, block_of(index))
    assert found.hexdigest(3) == digest({"results": RESULTS})
    assert found.hexdigest(2) is None  # a run that turned out to be shorter


def test_a_digest_is_given_up_rather_than_guessed():
    late, without, ahead = DigestInOrder(), DigestInOrder(), DigestInOrder()
    without.add(1, block_of(1))
    assert without.hexdigest(1) is None
    late.give_up()
    for index in range(3):
        late.add(index, block_of(index))
    assert late.hexdigest(3) is None
    for index in range(1, MOST_WAITING + 2):
        ahead.add(index, block_of(1))
    ahead.add(0, block_of(0))
    assert ahead.hexdigest(MOST_WAITING + 2) is None and not ahead._waiting
