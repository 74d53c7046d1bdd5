"""Answers: estimates, drivers and findings from stored runs."""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    if name == "summarise":
        from sim.analysis.summary import summarise

        return summarise
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
