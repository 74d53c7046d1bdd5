"""Geopolitical scenario simulator: a scenario, many simulated histories, an answer with its uncertainty.

The public names are resolved when they are first used, so that importing ``sim`` loads nothing else.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "load_scenario": "sim.api",
    "open_run": "sim.api",
    "run": "sim.api",
    "simulate": "sim.api",
    "summarise": "sim.api",
}

__all__ = ["__version__", "load_scenario", "open_run", "run", "simulate", "summarise"]


def __getattr__(name: str) -> Any:
    """A public name, from the package that holds it."""
    if name not in _HOMES:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
