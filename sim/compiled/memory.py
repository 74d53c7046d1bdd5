"""The records of compiled code: one block of words a record, with its lists in one block of memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.world.fields import IDENTITY, KEPT, SCRATCH, STATE, TABLES, Field

# What compiled code needs besides: addresses of tactics, and what a situation is before it begins.
COMPILED_TABLES = (
    *TABLES, Field("own_tactics", "i[]"), Field("blank_words", "i[]"), Field("blank_memory", "i[]"),
)  # fmt: skip
COMPILED_SITUATION = (
    *STATE, *KEPT, *SCRATCH, *IDENTITY, Field("all_words", "i[]"), Field("all_memory", "i[]"), Field("rows", "f[]"),
    Field("path_rows", "f[]"), Field("draws", "i[]"),
)  # fmt: skip


class Layout:
    """Where the fields of a record are: numbers in words of their own, lists as address and length in two words.

    Numbers come first. The order is that of the fields, so it does not depend on the scenario.
    """

    def __init__(self, name: str, fields: Sequence[Field]) -> None:
        self.name = name
        self.fields = tuple(fields)
        self.place: dict[str, tuple[int, str]] = {}
        at = 0
        for field in fields:
            if "[]" not in field.kind:
                self.place[field.name] = (at, field.kind)
                at += 1
        self.num_numbers = at
        for field in fields:
            if "[]" in field.kind:
                self.place[field.name] = (at, field.kind)
                at += 2
        self.num_words = at


WORLD = Layout("World", COMPILED_SITUATION)
TABLE = Layout("Tables", COMPILED_TABLES)


class Block:
    """A record in memory; attributes read and write it like a plain record's."""

    def __init__(self, layout: Layout) -> None:
        object.__setattr__(self, "_layout", layout)
        object.__setattr__(self, "_words", np.zeros(layout.num_words, dtype=np.int64))
        object.__setattr__(self, "_floats", self._words.view(np.float64))
        object.__setattr__(self, "_lists", {})

    @property
    def address(self) -> int:
        """Where the record begins."""
        return self._words.ctypes.data

    def words_of(self, one: str, other: str) -> tuple[np.ndarray, int, int]:
        """All words, and where two numbers stand among them."""
        return self._words, self._layout.place[one][0], self._layout.place[other][0]

    def point(self, name: str, array: np.ndarray) -> None:
        """Let a list be an array, which the block keeps alive."""
        at, kind = self._layout.place[name]
        assert array.dtype == (np.float64 if kind == "f[]" else np.int64) and array.flags.c_contiguous, name
        self._lists[name] = array
        self._words[at] = array.ctypes.data
        self._words[at + 1] = len(array)

    def __getattr__(self, name: str) -> Any:
        lists = self.__dict__["_lists"]
        if name in lists:
            return lists[name]
        at, kind = self.__dict__["_layout"].place[name]
        return float(self._floats[at]) if kind == "f" else int(self._words[at])

    def __setattr__(self, name: str, value: Any) -> None:
        at, kind = self._layout.place[name]
        (self._floats if kind == "f" else self._words)[at] = value


def tables_block(tables: Mapping[str, Any]) -> Block:
    """A scenario's tables in memory."""
    block = Block(TABLE)
    for field in TABLES:
        value = tables[field.name]
        if "[]" in field.kind:
            block.point(field.name, np.array(value, dtype=np.float64 if field.kind == "f[]" else np.int64))
        else:
            setattr(block, field.name, value)
    return block


def world_block(sizes: Mapping[str, int], tables: Block) -> Block:
    """The situation of one history in memory, blank; what blank means is entered in the tables.

    State and what is worked out of it lie together, so that one copy begins a history anew; then scratch.
    """
    block = Block(WORLD)
    renewed = [field for field in (*STATE, *KEPT) if "[]" in field.kind]
    scratch = [field for field in SCRATCH if "[]" in field.kind]
    counts = {field.name: sizes[field.size] for field in (*renewed, *scratch)}
    memory = np.zeros(max(1, sum(counts.values())), dtype=np.int64)
    numbers = memory.view(np.float64)
    at = 0
    for field in (*renewed, *scratch):
        part = slice(at, at + counts[field.name])
        array = numbers[part] if field.kind == "f[]" else memory[part]
        array[:] = field.initial
        block.point(field.name, array)
        at += counts[field.name]
    for field in (*STATE, *KEPT):
        if "[]" not in field.kind:
            setattr(block, field.name, field.initial)
    size = sum(counts[field.name] for field in renewed)
    words = block._words[: WORLD.num_numbers - len(IDENTITY)]
    block.point("all_words", words)
    block.point("all_memory", memory[:size])
    if "blank_words" not in tables._lists:
        tables.point("blank_words", words.copy())
        tables.point("blank_memory", memory[:size].copy())
    return block


def state_words(block: Block) -> tuple[np.ndarray, np.ndarray]:
    """The numbers and the lists of a situation that are its state, as whole words."""
    lists = [field for field in STATE if "[]" in field.kind]
    numbers = sum("[]" not in field.kind for field in STATE)
    size = sum(len(block._lists[field.name]) for field in lists)
    return block._words[:numbers], block._lists["all_memory"][:size]
