"""The reference of the scenario language, from the pydantic models: every key, its type, default and meaning."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from sim.model.schema import schema
from sim.model.spec import actors, base, effects, game, issues, mechanisms, scenario, tracks
from tools.sections import table, write_page

PAGE = "docs/reference/scenario-language.md"
GROUNDS = ("source", "claim", "confidence", "note")
NAMING = ("label", "description", "key")
# Heading and module of each part, in the order in which a file is written.
PARTS = (
    ("The file", scenario),
    ("What is in dispute", issues),
    ("Who acts", actors),
    ("Where they talk", tracks),
    ("What couples the parts", mechanisms),
    ("What happens to them", effects),
    ("Games and theory", game),
)
WHOLES = (scenario.ScenarioSpec, actors.Actor, mechanisms.Mechanisms, effects.Effects, game.Game)
IN_WORDS = {
    "number": "number",
    "non_negative": "number >= 0",
    "positive": "number > 0",
    "probability": "number 0..1",
    "duration": "duration",
    "long_duration": "duration > 0",
    "fixed_duration": "duration (constant)",
    "level": "level 0..1",
    "moment": "date or time",
    "expression": "expression",
}

INTRODUCTION = """\
# The scenario language

Made from `sim/model/spec/` by `./dev refresh`; do not edit. How to write a scenario step by step:
[write-a-scenario](../how-to/write-a-scenario.md). The same as a JSON Schema, for editors: `sim schema`.

A scenario is one YAML file of mappings, lists, texts and numbers. Unknown keys, duplicate keys, `null`, anchors and tags
are refused, each with its line and the nearest key that exists. Keys written in CAPITALS below stand for names that
you choose. **must** in the column *default* marks what has none.

## Numbers, times and conditions

Where a table says *number*, the file may have a bare number or a mapping with a constant or a distribution and its
grounds: see [Quantity](#quantity). A distribution is drawn once a history, from one addressed uniform; a *duration* of
something that recurs is drawn each time. *Constant* means that distributions are not allowed.

| word | what may be written |
| --- | --- |
| number, number >= 0, ... | `0.4`, `4e-1`, `{{value: .4, range: [.2, .6], source: guess}}`, `{{dist: beta, a: 2, b: 5}}` |
| duration | as number, with a unit: `90 days`, `36 hours`, `1.5 months`; a bare number is in the file's `time_unit` |
| date or time | `2018-06-12`, or a duration since the start |
| level 0..1 | a constant between 0 (nothing conceded) and 1 |
| expression | a text as in `deal.in_force and level.arms >= .5`; see [quantities](quantities.md) for names and grammar |
| name | letters, digits and underscores, a letter first, at most 64 |
| slug | lower-case letters, digits, dots and dashes, at most 64 |
| yes or no | `true` or `false` |

A month has 30 days and a year 365. Distributions and the keys that they need (in brackets: may have):

{distributions}

Any mapping marked **G** may also say where it comes from: {grounds}. Any mapping marked **E** is a named thing and may
have these and {naming}.
"""


def write(root: Path) -> list[str]:
    """Write the page below ``root``; its path."""
    return write_page(root, PAGE, text())


def text() -> str:
    """The page."""
    whole = schema()
    definitions = whole["$defs"] | {scenario.ScenarioSpec.__name__: whole}
    places = _places(whole)
    parts = [_introduction()]
    for heading, module in PARTS:
        parts.append(f"## {heading}")
        parts += [_section(model, definitions, places) for model in _models(module)]
    parts += ["## What every part is made of", _section(base.Quantity, definitions, places)]
    return "\n\n".join(parts)


def _introduction() -> str:
    rows = []
    for name, (need, may) in base.PARAMETERS.items():
        order = list(base.Quantity.model_fields)
        needed, more = (", ".join(f"`{key}`" for key in sorted(keys, key=order.index)) for keys in (need, may))
        rows.append([f"`{name}`", needed + (f" ({more})" if more else "")])
    entity = base.Entity.model_fields
    return INTRODUCTION.format(
        distributions=table(["`dist`", "keys"], rows),
        grounds=_listed(GROUNDS, entity),
        naming=_listed(NAMING, entity),
    ).rstrip()


def _listed(keys: tuple[str, ...], fields: Any) -> str:
    words = [f"`{key}` ({fields[key].description.rstrip('.').lower()})" for key in keys]
    return ", ".join(words[:-1]) + " and " + words[-1]


def _models(module: Any) -> Iterator[type[BaseModel]]:
    """Public models defined in a module, those that hold the others first."""
    found = [
        item
        for name, item in vars(module).items()
        if isinstance(item, type)
        and issubclass(item, BaseModel)
        and item.__module__ == module.__name__
        and not name.startswith("_")
    ]
    yield from sorted(found, key=lambda item: item not in WHOLES)


def _section(model: type[BaseModel], definitions: dict[str, Any], places: dict[str, list[str]]) -> str:
    name = model.__name__
    mark = " **E**" if issubclass(model, base.Entity) else " **G**" if issubclass(model, base.Grounded) else ""
    hidden = (*GROUNDS, *NAMING) if issubclass(model, base.Entity) else GROUNDS
    if not issubclass(model, base.Grounded):
        hidden = ()
    rows = []
    for field_name, field in model.model_fields.items():
        if field_name in hidden and field_name in base.Entity.model_fields:
            continue
        key = field.alias or field_name
        kind = _kind(definitions[name]["properties"][key])
        rows.append([f"`{key}`", kind, _default(field), field.description or ""])
    where = places.get(name, [])
    at = f"\n\nAt {', '.join(f'`{place}`' for place in where)}." if where else ""
    summary = " ".join((model.__doc__ or "").split())
    return f"### {name}\n\n{summary}{mark}{at}\n\n" + table(["key", "type", "default", "meaning"], rows)


def _kind(item: dict[str, Any]) -> str:
    """A schema in words."""
    if "$ref" in item:
        name = item["$ref"].rsplit("/", 1)[1]
        return IN_WORDS.get(name) or f"[{name}](#{name.lower()})"
    if "anyOf" in item or "oneOf" in item:
        return " or ".join(dict.fromkeys(_kind(entry) for entry in item.get("anyOf") or item["oneOf"]))
    if "const" in item:
        return f"`{item['const']}`"
    if "enum" in item:
        return " or ".join(f"`{value}`" for value in item["enum"])
    match item.get("type"):
        case "array":
            inner = _kind(item.get("items", {}))
            if item.get("minItems") and item.get("minItems") == item.get("maxItems"):
                return f"list of {item['minItems']}: {inner}"
            return f"list of {inner}"
        case "object":
            inner = [*item.get("patternProperties", {}).values()]
            if not inner and isinstance(item.get("additionalProperties"), dict):
                inner = [item["additionalProperties"]]
            return f"mapping NAME: {_kind(inner[0])}" if inner and inner[0] else "mapping PATH: value"
        case "string":
            if item.get("format") == "date":
                return "date"
            if "examples" in item:
                return "duration"
            if "pattern" in item:
                return "name" if item["pattern"].startswith("^[A-Za-z]") else "slug"
            return "text"
        case "integer":
            return f"whole number{_bounds(item)}"
        case "number":
            return f"number (constant){_bounds(item)}"
        case "boolean":
            return "yes or no"
    return "value"


def _bounds(item: dict[str, Any]) -> str:
    low, high = item.get("minimum", item.get("exclusiveMinimum")), item.get("maximum")
    if low is not None and high is not None:
        return f" {low:g}..{high:g}"
    sign = ">" if "exclusiveMinimum" in item else ">="
    return f" {sign} {low:g}" if low is not None else f" <= {high:g}" if high is not None else ""


def _default(field: Any) -> str:
    if field.is_required():
        return "**must**"
    value = field.default_factory() if field.default_factory is not None else field.default
    if value is None or value is PydanticUndefined:
        return ""
    if isinstance(value, base.Quantity):
        return f"`{value.value:g}`" if value.dist is None else f"`{value.dist}`"
    if isinstance(value, BaseModel):
        return "its defaults"
    if value in ([], {}, ()):
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, (list, tuple)):
        return f"`[{', '.join(f'{item:g}' if isinstance(item, float) else str(item) for item in value)}]`"
    if isinstance(value, float):
        return f"`{value:g}`"
    return f"`{value.isoformat() if isinstance(value, dt.date) else value}`"


def _places(whole: dict[str, Any]) -> dict[str, list[str]]:
    """Where in a file each model stands, at most three places."""
    definitions = whole["$defs"]
    found: dict[str, list[str]] = {}
    queue: list[tuple[str, dict[str, Any]]] = [("", whole)]
    while queue:
        path, item = queue.pop(0)
        for key, entry in item.get("properties", {}).items():
            for place, name in _named(entry, f"{path}.{key}".lstrip("."), key):
                if name == "Quantity" or name not in definitions or name in IN_WORDS:
                    continue
                places = found.setdefault(name, [])
                if not places:
                    queue.append((place, definitions[name]))
                if len(places) < 3:
                    places.append(place)
    return found


def _named(item: dict[str, Any], path: str, key: str) -> Iterator[tuple[str, str]]:
    """(path, name of the model) for every model that a value may be."""
    if "$ref" in item:
        yield path, item["$ref"].rsplit("/", 1)[1]
    for entry in (*item.get("anyOf", ()), *item.get("oneOf", ())):
        yield from _named(entry, path, key)
    for entry in item.get("patternProperties", {}).values():
        yield from _named(entry, f"{path}.NAME", key)
    if isinstance(item.get("items"), dict):
        yield from _named(item["items"], f"{path}[]", key)
