"""Concession tactics that other packages register, by name: entry points of the group ``geosim.tactics``.

A tactic is a plain function of numbers (`docs/how-to/write-a-tactic.md`)::

    def tactic(elapsed, period, beta, low, high, last, received, count, stress): ...

It gives the utility that the actor's next offer aims at; what lies outside ``[low, high]`` is moved to the nearer end.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from sim.errors import EngineError, ScenarioError

GROUP = "geosim.tactics"
PARAMETERS = ("elapsed", "period", "beta", "low", "high", "last", "received", "count", "stress")


@cache
def registered() -> Mapping[str, EntryPoint]:
    """What installed packages register, by name. Two packages with the same name: the first in order of package."""
    found: dict[str, EntryPoint] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda item: (item.name, item.value)):
        found.setdefault(entry.name, entry)
    return found


@cache
def function_of(name: str) -> Callable[..., float]:
    """The function of a tactic.

    Raises
    ------
    ScenarioError
        Nobody registers the name, its module cannot be imported, or it is no function of the nine numbers.
    """
    entry = registered().get(name)
    if entry is None:
        known = ", ".join(sorted(registered())) or "none"
        raise ScenarioError(
            f"no installed package registers the tactic '{name}' (known: {known})",
            hint="docs/how-to/write-a-tactic.md shows how one is registered",
        )
    try:
        function = entry.load()
    except Exception as error:  # whatever the module of somebody else does when it is imported
        raise ScenarioError(
            f"the tactic '{name}' ({entry.value}) cannot be imported: {type(error).__name__}: {error}",
            hint="mend the package that registers it, or name another tactic",
        ) from error
    found = _parameters(function)
    if found != PARAMETERS:
        raise ScenarioError(
            f"the tactic '{name}' ({entry.value}): expected a function of ({', '.join(PARAMETERS)}), found "
            f"{'no function' if found is None else '(' + ', '.join(found) + ')'}",
            hint="docs/how-to/write-a-tactic.md says what each of them is",
        )
    return function


def source_hash(name: str) -> str:
    """Of the module that holds a tactic and of which function in it is meant; what that module imports is not seen."""
    function = function_of(name)
    try:
        source = inspect.getsource(inspect.getmodule(function) or function)
    except (OSError, TypeError):  # made by a program, without a file
        source = repr((function.__code__.co_code, function.__code__.co_consts, function.__code__.co_names))
    text = f"{function.__module__}:{function.__qualname__}\0{source}"
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def source_hashes(scenario: Mapping[str, Any]) -> dict[str, str]:
    """Of every tactic that a completed scenario uses, by name."""
    return {name: source_hash(name) for name in used(scenario)}


def changed(recorded: Mapping[str, str]) -> list[str]:
    """Tactics whose source is no longer the recorded one, in order of name."""
    return [name for name, source in sorted(recorded.items()) if source_hash(name) != source]


def called(name: str) -> Callable[..., float]:
    """The function of a tactic for plain Python; what it raises is told as its fault.

    Raises
    ------
    EngineError
        When called: the tactic raised an exception, or gave what is no number.
    """
    function = function_of(name)

    def target(*numbers: Any) -> float:
        try:
            return float(function(*numbers))
        except Exception as error:  # whatever somebody else's function does
            given = ", ".join(f"{key}={value}" for key, value in zip(PARAMETERS, numbers, strict=True) if key != "received")
            raise EngineError(
                f"the tactic '{name}' failed on ({given}): {type(error).__name__}: {error}",
                hint="mend the package that registers it",
            ) from error

    return target


def _parameters(function: Any) -> tuple[str, ...] | None:
    if not inspect.isfunction(function):
        return None
    return tuple(inspect.signature(function).parameters)


def used(scenario: Mapping[str, Any]) -> list[str]:
    """Names of the tactics that a completed scenario uses, in order of name."""
    actors = (scenario.get("actors") or {}).values()
    tactics = [tactic for actor in actors for tactic in (actor.get("tactics") or {}).values()]
    return sorted({tactic["rule"] for tactic in tactics if tactic.get("family") == "own" and tactic.get("rule")})
