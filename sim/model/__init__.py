"""The nouns of a scenario: what a file says, checked, completed and compiled."""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    """The public function, loaded when it is first asked for."""
    if name == "load_scenario":
        from sim.model.load import load_scenario

        return load_scenario
    raise AttributeError(f"module 'sim.model' has no attribute {name!r}")
