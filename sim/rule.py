"""The mark that a function is a rule: pure, allocation-free arithmetic that may be compiled.

A rule takes numbers and flat sequences, uses only the operations named in
``docs/contracts.md`` section 2, and never touches files, SimPy, pydantic or a random
generator: draws come in as numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

F = TypeVar("F", bound=Callable[..., object])

RULES: dict[str, Callable[..., object]] = {}


def rule(function: F) -> F:
    """The function unchanged, entered in ``RULES`` under its module and name."""
    RULES[f"{function.__module__}.{function.__qualname__}"] = function
    return function
