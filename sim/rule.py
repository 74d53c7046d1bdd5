"""The marks of functions that may be compiled: rules, and the acts that are made of them.

A rule takes numbers and flat sequences, uses only the operations named in ``docs/contracts.md``
section 2, and never touches files, SimPy, pydantic or a random generator: draws come in as numbers.

An act does to the situation of one history what one event does: its first two arguments are the
situation ``w`` and the scenario's tables ``c`` (`sim.world`). It keeps to the same operations, so the
same source runs as plain Python and compiled. A rule is compiled into whoever calls it, an act on its own:
its annotations (``World``, ``Tables``, ``int``, ``float``, ``Floats``, ``Ints``) are its signature.

What only a log or a person wants is marked `told`: plain Python calls it, compiled code leaves it out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

F = TypeVar("F", bound=Callable[..., object])

RULES: dict[str, Callable[..., object]] = {}
ACTS: dict[str, Callable[..., object]] = {}
TOLD: dict[str, Callable[..., object]] = {}


def _name(function: Callable[..., object]) -> str:
    return f"{function.__module__}.{function.__qualname__}"


def rule(function: F) -> F:
    """The function unchanged, entered in ``RULES`` under its module and name."""
    RULES[_name(function)] = function
    return function


def act(function: F) -> F:
    """The function unchanged, entered in ``ACTS`` under its module and name."""
    ACTS[_name(function)] = function
    return function


def told(function: F) -> F:
    """The function unchanged, entered in ``TOLD``: it returns nothing, and compiled code does not call it."""
    TOLD[_name(function)] = function
    return function
