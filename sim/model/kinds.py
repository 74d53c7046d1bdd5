"""The kinds of file there are: what marks each, which command takes it, and the file that a name stands for."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim import resources
from sim.errors import ScenarioError, UsageError
from sim.model.diagnostics import Diagnostic, did_you_mean, nearest


def _none() -> list[str]:
    return []


@dataclass(frozen=True)
class Kind:
    """A kind of file.

    Attributes
    ----------
    what, noun, plural : in words: with an article, where a name is unknown, in a list.
    command, does : the command that takes such a file, and what it does with it.
    names, path : the shipped ones, and the file of one.
    suffixes : of files whose name says that they are of this kind.
    """

    what: str
    noun: str
    plural: str
    command: str
    does: str
    names: Callable[[], list[str]] = _none
    path: Callable[[str], Path] = Path
    suffixes: tuple[str, ...] = ()

    def hint(self, file: str) -> str:
        """Which command takes the file."""
        return f"`{self.command} {file}` {self.does}"


SCENARIO = Kind(
    "a scenario to play", "scenario", "shipped scenarios", "sim run", "plays it", resources.list_scenarios, resources.scenario_path
)
CONFLICT = Kind(
    "a conflict in option form", "conflict", "shipped conflicts", "sim stability", "analyses it",
    resources.list_conflicts, resources.conflict_path,
)  # fmt: skip
TABLE = Kind(
    "a spatial table", "spatial table", "shipped tables", "sim spatial", "reads it", resources.list_tables, resources.table_path
)
GAMBIT = Kind("a game in Gambit's form", "game", "games", "sim solve", "solves it", suffixes=(".nfg", ".efg"))
RAW_TABLE = Kind("a table to import", "table", "tables", "sim import", "makes a spatial table of it", suffixes=(".csv", ".tsv", ".xml"))

_SHIPPED = (SCENARIO, CONFLICT, TABLE)
_WRITTEN = (".yaml", ".yml", ".json")
_BELOW = tuple(f"{shelf}/" for shelf in resources.SHELVES)  # how most names begin; they are typed without it now and then


def kind_of(data: Any) -> Kind | None:
    """The kind of file that plain data is, by the keys that only one of them has; None where nothing tells."""
    if not isinstance(data, dict):
        return None
    if "spatial" in data:
        return TABLE
    if "decision_makers" in data:
        return CONFLICT if "actors" not in data else None
    is_scenario = data.keys() & {"tracks", "issues", "outcomes", "game"} or ("actors" in data and "dimensions" not in data)
    return SCENARIO if is_scenario else None


def refuse_other_kind(data: Any, wanted: Kind, file: str) -> None:
    """Raise ``ScenarioError`` with the command that takes the file, if it is of another kind."""
    found = kind_of(data)
    if found is not None and found is not wanted:
        raise ScenarioError([Diagnostic(message=_not(found, wanted), hint=found.hint(file), file=file)])


def file_named(text: str, wanted: Kind) -> str:
    """The file that somebody means: that of this name if there is one, else the shipped one.

    A name that looks like a file is handed on though there is none: the reader says what is wrong with it.

    Raises
    ------
    UsageError
        The name is that of another kind of file, with the command that takes it; or it is unknown, with the nearest one.
    """
    suffix = Path(text).suffix.lower()
    for kind in (GAMBIT, RAW_TABLE):
        if suffix in kind.suffixes:
            raise UsageError(f"{text}: {_not(kind, wanted)}", hint=kind.hint(text))
    if suffix in _WRITTEN or os.path.lexists(text):
        return text
    if text in wanted.names():
        return str(wanted.path(text))
    for kind in (kind for kind in _SHIPPED if kind is not wanted):
        for name in (text, *(shelf + text for shelf in _BELOW)):
            if name in kind.names():
                raise UsageError(f"{name}: {_not(kind, wanted)}", hint=kind.hint(name))
    if (os.sep in text or "/" in text) and _nearest(text, wanted) is None:
        return text
    raise UsageError(f"unknown {wanted.noun} '{text}': neither a file nor the name of a shipped one", hint=meant(text, wanted))


def kind_named(text: str) -> Kind:
    """The kind of which a file is shipped under the name; for any other text that of scenarios."""
    return next((kind for kind in _SHIPPED if text in kind.names()), SCENARIO)


def meant(text: str, wanted: Kind) -> str:
    """The help line for a name that no shipped file of a kind has: the nearest one, of another kind if need be, else a list."""
    near = _nearest(text, wanted)
    if near is not None:
        return near
    for kind in _SHIPPED:
        near = _nearest(text, kind)
        if near is not None:
            return f"{near} It is {kind.what}, for `{kind.command}`"
    listed = did_you_mean("", [name for name in wanted.names() if not name.startswith(_BELOW)], wanted.plural)
    return f"{listed}; `sim list` has all"


def _not(found: Kind, wanted: Kind) -> str:
    return f"this is {found.what}, not {wanted.what}"


def _nearest(text: str, kind: Kind) -> str | None:
    """The nearest name of a kind as a question, with or without the folder in which it stands."""
    names = {_stem(name): name for name in kind.names()}
    found = nearest(_stem(text), names)
    return None if found is None else f"did you mean '{names[found]}'?"


def _stem(name: str) -> str:
    return name.partition("/")[2] if name.startswith(_BELOW) else name
