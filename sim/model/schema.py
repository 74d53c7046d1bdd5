"""The published JSON Schema of scenario files, so that an editor completes and checks them (draft 2020-12).

It describes what people write: bare numbers for quantities, durations and dates as text. What it cannot say (names that
must exist, sums, expressions) is checked when a scenario is loaded.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sim.model.spec.scenario import ScenarioSpec

ADDRESS = "scenario.schema.json"
_TEXT = r"^\s*[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?\s*[A-Za-z]*\.?\s*$"
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"

_DURATION = {"type": "string", "pattern": _TEXT, "examples": ["90 days", "2 weeks", "3 years"]}
_QUANTITY = {"$ref": "#/$defs/Quantity"}
_BOUNDS: dict[str, dict[str, float]] = {
    "number": {},
    "non_negative": {"minimum": 0},
    "positive": {"exclusiveMinimum": 0},
    "probability": {"minimum": 0, "maximum": 1},
}

_TYPES: dict[str, dict[str, Any]] = {
    name: {
        "description": f"A number{_in_words}: a constant, or a mapping with a distribution, a range and grounds.",
        "anyOf": [{"type": "number", **_BOUNDS[name]}, _QUANTITY],
    }
    for name, _in_words in (
        ("number", ""),
        ("non_negative", " not below 0"),
        ("positive", " above 0"),
        ("probability", " between 0 and 1"),
    )
}
_TYPES |= {
    "duration": {
        "description": "A duration: a number in the time unit, a text such as '90 days', or a distribution.",
        "anyOf": [{"type": "number", "minimum": 0}, _DURATION, _QUANTITY],
    },
    "long_duration": {
        "description": "A duration above 0: a number in the time unit, a text such as '90 days', or a distribution.",
        "anyOf": [{"type": "number", "exclusiveMinimum": 0}, _DURATION, _QUANTITY],
    },
    "fixed_duration": {
        "description": "A duration: a number in the time unit, or a text such as '90 days'.",
        "anyOf": [{"type": "number", "minimum": 0}, _DURATION],
    },
    "level": {"description": "A level of an issue, from 0 to 1.", "type": "number", "minimum": 0, "maximum": 1},
    "moment": {
        "description": "A date, or a duration since the start.",
        "anyOf": [{"type": "number"}, _DURATION, {"type": "string", "pattern": _DATE}],
    },
    "expression": {
        "description": "An expression over named quantities: comparison, and/or/not, arithmetic, a few functions.",
        "anyOf": [{"type": "string", "minLength": 1, "maxLength": 2000}, {"type": ["boolean", "number"]}],
    },
}
_BOUND_WORDS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
_TIMES = ("value", "low", "high", "mode", "mean", "sd", "median")  # of a quantity that is a duration


def schema() -> dict[str, Any]:
    """The schema as plain data."""
    from sim.model.spec.base import Quantity
    from sim.model.spec.issues import Parameter

    raw = ScenarioSpec.model_json_schema(by_alias=True)
    raw["required"] = [name for name in raw["required"] if name != "sides"]  # a game or a theory may leave them out
    definitions = raw.pop("$defs")
    for model in (Quantity, Parameter):  # of which the file may hold a short form
        definitions.setdefault(model.__name__, model.model_json_schema(by_alias=True))
        definitions[model.__name__].pop("$defs", None)
    definitions = {name: _rewritten(item) for name, item in definitions.items()}
    quantity = definitions["Quantity"]
    for name in _TIMES:
        quantity["properties"][name].pop("type", None)
        quantity["properties"][name]["anyOf"] = [{"type": "number"}, _DURATION]
    quantity["properties"]["range"]["items"] = {"anyOf": [{"type": "number"}, _DURATION]}
    for item in definitions.values():
        _require_tags(item)
    body = _rewritten(raw)
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ADDRESS,
        "title": "Scenario",
        "description": "A scenario file: one conflict, what may vary in it, and how its end is judged.",
    }
    return {
        **head,
        **{k: v for k, v in body.items() if k not in head},
        "$defs": dict(sorted((_TYPES | definitions).items())),
    }


def _rewritten(item: Any) -> Any:
    """The same schema with our types for pydantic's, without its titles, defaults of null and alternatives of null."""
    if isinstance(item, list):
        return [_rewritten(entry) for entry in item]
    if not isinstance(item, dict):
        return item
    if "x-type" in item:
        rest = {key: value for key, value in item.items() if key in ("description",)}
        return {"$ref": f"#/$defs/{item['x-type']}", **rest}
    if "x-number-or" in item:
        return {"anyOf": [{"type": "number"}, {"$ref": f"#/$defs/{item['x-number-or']}"}]}
    found = {}
    for key, value in item.items():
        if key == "title" and isinstance(value, str):
            continue
        if key == "default":
            continue  # the model says what is left out; a default here would have to be kept in step
        if key == "properties":
            found[key] = {name: _rewritten(entry) for name, entry in value.items()}
            continue
        # Behind a validator of ours pydantic leaves its own word for a bound.
        found[_BOUND_WORDS.get(key, key)] = _rewritten(value)
    # Null is refused in scenario files: absent means left out.
    if "anyOf" in found:
        found["anyOf"] = [entry for entry in found["anyOf"] if entry != {"type": "null"}]
        if len(found["anyOf"]) == 1:
            only = found.pop("anyOf")[0]
            found = {**only, **found}
    if "prefixItems" in found and "items" not in found:
        entries = found.pop("prefixItems")
        found["items"] = entries[0] if all(entry == entries[0] for entry in entries) else {"anyOf": entries}
    if found.get("discriminator"):
        found.pop("discriminator")
    return found


def _require_tags(definition: dict[str, Any]) -> None:
    """A mapping that chooses among kinds must say which it is."""
    tags = [
        name
        for name, item in definition.get("properties", {}).items()
        if "const" in item and name in ("kind", "protocol")
    ]
    if tags:
        definition["required"] = sorted({*definition.get("required", []), *tags})


def to_text() -> str:
    """The schema file's content."""
    return json.dumps(schema(), indent=1, ensure_ascii=False, sort_keys=False) + "\n"


def path() -> Path:
    """Where the checked-in file lies."""
    return Path(__file__).resolve().parent.parent / "schema" / ADDRESS


def write(root: Path) -> list[str]:
    """Write the schema file below the root of a checkout; its relative path."""
    target = root / "sim" / "schema" / ADDRESS
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(to_text(), encoding="utf-8", newline="\n")
    return ["sim/schema/" + ADDRESS]
