"""The records of plain Python: objects whose lists are Python's own, which plain rules read fastest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from sim.world.fields import IDENTITY, SITUATION, TABLES


class PlainWorld:
    """The situation of one history, blank; see `sim.world.fields` for its fields."""

    __slots__ = (*(field.name for field in SITUATION), "log")

    def __init__(
        self,
        sizes: Mapping[str, int],
        seed: int,
        replication: int,
        branch: int = 0,
        log: Any = None,
        point: Sequence[float] | None = None,
    ) -> None:
        for field in SITUATION:
            blank = field.initial if not field.size else [field.initial] * sizes[field.size]
            setattr(self, field.name, blank)
        for field, value in zip(IDENTITY, (seed, replication, branch), strict=False):
            setattr(self, field.name, value)
        self.log = log
        if point is not None:
            self.designed, self.point = 1, [float(x) for x in point]


def plain_tables(tables: Mapping[str, Any], own_tactics: Sequence[Callable[..., float]] = ()) -> SimpleNamespace:
    """A scenario's tables as an object; truth values become whole numbers. Own tactics stand in them as functions."""
    record = SimpleNamespace(own_tactics=tuple(own_tactics))
    for field in TABLES:
        value = tables[field.name]
        number = float if field.kind[0] == "f" else int
        setattr(record, field.name, [number(item) for item in value] if "[]" in field.kind else number(value))
    return record
