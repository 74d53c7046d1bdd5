"""Scenarios whose inputs and chance have known shares of what varies: truths that estimators must find.

Numbers are parameters; chance is a lot of a game, whose probability they give; functions of both are metrics.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.model.complete import complete
from sim.model.load import load_document
from sim.model.reader import read_text

UNIFORM = {"dist": "uniform", "low": 0, "high": 1}


def in_long_form(parameter: Any) -> Any:
    """A parameter that has its number already, or one of which only the number is given."""
    return parameter if isinstance(parameter, Mapping) and "number" in parameter else {"number": parameter}


def planted(
    parameters: Mapping[str, Any], probability: str, metrics: Mapping[str, str] | None = None, **parts: Any
) -> dict[str, Any]:
    """A scenario that ends in war with a probability that its parameters give, and is over at once."""
    return {
        "schema_version": 1,
        "id": "planted",
        "title": "Planted",
        "description": "Only what the test is about.",
        "start": "2030-01-01",
        "horizon": "1 day",
        "grid": 2,
        "sources": {"invented": {"title": "An invented case for tests", "kind": "judgement"}},
        "sides": ["one", "two"],
        "actors": {"one": {"role": "principal"}, "two": {"role": "principal"}},
        "parameters": {name: in_long_form(number) for name, number in parameters.items()},
        "game": {
            "players": {"one": {}, "two": {}},
            "first": "lot",
            "moves": {"lot": {"kind": "chance", "options": {"war": {"probability": probability}, "peace": {}}}},
        },
        "outcomes": [{"class": "war", "when": "move.lot.war", "label": "War"}, {"class": "peace", "when": True, "label": "Peace"}],
        "metrics": dict(metrics or {}),
        **parts,
    }


def planted_scenario(*arguments: Any, **parts: Any) -> dict[str, Any]:
    """The same, checked and completed."""
    import json

    return complete(load_document(read_text(json.dumps(planted(*arguments, **parts), ensure_ascii=False), "planted.json")).spec)
