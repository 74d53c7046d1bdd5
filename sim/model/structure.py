"""Validation errors in words of people: where, what was expected, what was found, what to do."""

from __future__ import annotations

import math
import re
import typing
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

from pydantic import BaseModel, ValidationError

from sim.model.diagnostics import Path, comma_hint, describe, did_you_mean, nearest, path_text
from sim.model.paths import MISSING, PathError, Place, all_paths, children, is_quantity, lookup, one, value_at
from sim.model.quantities import is_duration
from sim.model.spec.base import PARAMETERS
from sim.model.spec.scenario import ScenarioSpec

Add = Callable[..., None]

MAX_MISSPELT = 200  # faults among which a misspelt key is looked for; a search takes up to a millisecond

# Words of a fault -> what to do about it.
_ADVICE = (
    (r"found a boolean", "write a number"),
    (r"expected a number, found [^0-9v]", "write a number"),
    (r"as many probabilities", "give each value one probability"),
    (r"sum to", "change one of them"),
    (r"outside its own range", "widen `range:` or change the value"),
    (r"`dist` is missing", "add `dist:` or leave it out"),
    (r"found neither", "write a number, or `dist:` with its parameters"),
    (r"distribution has no", "leave it out"),
    (r"distribution needs", "add what is missing"),
    (r"low <= high|low < high", "exchange the two"),
    (r"low <= mode", "the mode lies between low and high"),
    (r"found values from -", "cut it off with `low:` and `high:`, or take a distribution that keeps within them"),
    (r"a number > 0", "write a number above 0"),
    (r"a number >= 0|cannot be negative", "write it without the minus sign"),
    (r"\[0, 1\]", "write a number between 0 and 1"),
    (r"mean above 0", "write a number above 0"),
    (r"labelled twice", "keep one of them"),
    (r"levels between 0 and 1", "write the level as a number, such as .4"),
)

_BOUNDS = {
    "greater_than": ("gt", ">"),
    "greater_than_equal": ("ge", ">="),
    "less_than": ("lt", "<"),
    "less_than_equal": ("le", "<="),
}
_KINDS = {
    "float": "a number", "int": "a whole number", "bool": "true or false", "string": "a text", "list": "a list",
    "tuple": "a list", "dict": "a mapping", "model": "a mapping", "model_attributes": "a mapping", "date": "a date",
    "finite_number": "a finite number",
}  # fmt: skip


def report(error: ValidationError, data: Any, add: Add, model: type[BaseModel] = ScenarioSpec, base: Path = ()) -> None:
    """Hand every fault of a validation to ``add(path, message, expected=, found=, hint=, at_key=)``."""
    told: set[tuple[Path, str]] = set()
    everywhere = cache(lambda: list(all_paths(data, model)))
    items = error.errors(include_url=False)
    misspelt = _misspelt([(item, _path(item["loc"], data)[0]) for item in items[:MAX_MISSPELT]], data, model)
    for item in items:
        path, on_key = _path(item["loc"], data)
        if item["type"] == "missing" and path in misspelt:
            continue  # the unknown key next to it says how it is written
        entry = _lost_indent(item["type"], path, data, model)
        if entry is not None:
            if (entry, "entry") not in told:
                told.add((entry, "entry"))
                add((*base, *entry), f"'{entry[-1]}' is no name here", hint=_indent_hint(entry, data, model), at_key=True)
            continue
        # A union of a text and a list tells the same fault once for each.
        mark = (path, item["type"] if item["type"] in ("extra_forbidden", "missing") else "")
        if mark in told:
            continue
        told.add(mark)
        _report_one(item, (*base, *path), path, on_key, data, add, model, everywhere)


def _path(loc: tuple[str | int, ...], data: Any) -> tuple[Path, bool]:
    """The path in the file: pydantic's location without the tags of unions; whether the key is at fault."""
    path: list[str | int] = []
    value = data
    for number, part in enumerate(loc):
        if part == "[key]":
            return tuple(path), True
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        elif number < len(loc) - 1 or not isinstance(value, dict) or not isinstance(part, str):
            continue
        elif not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", part):
            continue
        else:
            value = MISSING
        path.append(part)
    return tuple(path), False


def _misspelt(items: list[tuple[Any, Path]], data: Any, model: type[BaseModel]) -> set[Path]:
    """Paths of missing keys that stand beside them, written nearly right."""
    found: set[Path] = set()
    missing = {path for item, path in items if item["type"] == "missing"}
    for item, path in items if missing else ():
        if item["type"] != "extra_forbidden":
            continue
        above = _place(path[:-1], data, model)
        close = nearest(str(path[-1]), [str(name) for name in children(above)] if above else [])
        if close is not None and (*path[:-1], close) in missing:
            found.add((*path[:-1], close))
    return found


def _place(path: Path, data: Any, model: type[BaseModel]) -> Place | None:
    try:
        return lookup(path, data, model)[1]
    except PathError:
        return None


def _entries(place: Place | None) -> int:
    """How many entries a list of fixed length has; 0 where that is not fixed."""
    annotation = one(place.annotation, place.value) if place else None
    return len(typing.get_args(annotation)) if typing.get_origin(annotation) is tuple else 0


def _parameters(place: Place | None) -> list[str]:
    """Parameters of the distribution that stands there; none where none does."""
    given = place.value if place and isinstance(place.value, dict) and is_quantity(place) else {}
    need, may = PARAMETERS.get(str(given.get("dist")), (frozenset(), frozenset()))
    return sorted(need | may)


def _report_one(
    item: Any, shown: Path, path: Path, on_key: bool, data: Any, add: Add, model: Any, everywhere: Callable[[], list[Path]]
) -> None:
    """One fault: of the keys and entries that are there or not, of the choice of a value, or of the value itself."""
    kind, context, found = item["type"], item.get("ctx", {}), item.get("input")
    last = str(path[-1]) if path else ""
    if on_key:
        add(shown, f"'{last}' cannot be a name here", hint=_key_hint(item), at_key=True)
    elif kind == "extra_forbidden":
        lost = _indent_hint(path, data, model)
        _report_unknown(last, shown, _place(path[:-1], data, model), add, everywhere, lost)
    elif kind == "missing" and isinstance(item["loc"][-1], int):
        wanted = _entries(_place(path, data, model)) or item["loc"][-1] + 1
        add(shown, expected=f"a list of {wanted} entries", found=describe(value_at(data, path)), hint="add the missing ones")
    elif kind == "missing":
        _report_missing(last, shown, _place(path, data, model), add)
    elif kind in ("value_error", "assertion_error"):
        _report_value_error(context.get("error"), shown, found, add)
    elif kind in ("union_tag_invalid", "union_tag_not_found"):
        _report_tag(item, shown, found, add)
    elif kind in ("literal_error", "enum"):
        _report_choice(context, shown, found, add)
    elif kind in _BOUNDS:
        _report_bound(kind, context, shown, found, value_at(data, path), data, add)
    elif kind.removeprefix("string_") in ("too_short", "too_long"):
        _report_length(kind, context, shown, found, add)
    elif kind == "string_pattern_mismatch":
        add(shown, expected=_pattern(context.get("pattern", "")), found=describe(found), hint="choose another name")
    else:
        _report_type(item, shown, found, add)


def _report_unknown(
    key: str, shown: Path, above: Place | None, add: Add, everywhere: Callable[[], list[Path]], lost_indent: str
) -> None:
    allowed = [str(name) for name in children(above)] if above else []
    parameters = _parameters(above)
    hint = did_you_mean(key, parameters, "its parameters") if parameters else ""
    hint = hint or ("" if key in allowed else lost_indent)
    add(shown, f"unknown key '{key}'", hint=hint or _elsewhere(key, allowed, shown, everywhere), at_key=True)


def _report_missing(key: str, shown: Path, place: Place | None, add: Add) -> None:
    what = place.field.description if place and place.field and place.field.description else ""
    where = path_text(shown[:-1])
    add(shown, f"missing key '{key}'" + (f" in {where}" if where else ""),
        hint=f"add `{key}:`" + (f" ({what.rstrip('.')})" if what else ""), at_key=True)  # fmt: skip


def _report_choice(context: Any, shown: Path, found: Any, add: Add) -> None:
    choices = re.findall(r"'([^']*)'", str(context.get("expected", ""))) or [str(context.get("expected"))]
    close = nearest(str(found), choices)
    if close:
        hint = f"did you mean '{close}'?"
    elif found == "dirichlet":
        hint = "name the members of the whole under `shares:`"
    else:
        hint = f"write {choices[0]}" if len(choices) == 1 else "choose one of them"
    add(shown, expected=_alternatives(choices), found=describe(found), hint=hint)


def _report_bound(kind: str, context: Any, shown: Path, found: Any, written: Any, data: Any, add: Add) -> None:
    """A number beyond a bound; a time with a unit is told as it stands there, and in the unit of the bound."""
    name, sign = _BOUNDS[kind]
    hint = _range_hint(found) or "write a number within the bound"
    unit = data.get("time_unit", "days") if isinstance(data, dict) else "days"
    if isinstance(written, str) and is_duration(written) and isinstance(found, float):
        add(shown, expected=f"a time {sign} {context[name]:,.10g} {unit}", found=f"{describe(written)}, {found:,.10g} {unit}", hint=hint)
        return
    add(shown, expected=f"a number {sign} {context[name]:g}", found=describe(found), hint=hint)


def _report_length(kind: str, context: Any, shown: Path, found: Any, add: Add) -> None:
    """A list, mapping or text that is too short or too long."""
    bound = context.get("min_length", context.get("max_length"))
    is_short = kind.endswith("short")
    limit = f"{'at least' if is_short else 'at most'} {bound}"
    if kind.startswith("string_") or isinstance(found, str):
        expected = f"a text of {limit} character{'' if bound == 1 else 's'}"
        hint = "write it" if is_short else "shorten it"
    else:
        expected = f"{limit} entr{'y' if bound == 1 else 'ies'}"
        hint = "add the missing ones" if is_short else _decimals_hint(found, bound) or "leave some out"
    add(shown, expected=expected, found=describe(found), hint=hint)


def _report_type(item: Any, shown: Path, found: Any, add: Add) -> None:
    """A value of another type than the one that belongs there."""
    kind = item["type"]
    stem = re.sub(r"_(type|parsing|from_datetime_parsing|from_datetime_inexact|strict_type|from_float)$", "", kind)
    stem = "date" if kind.startswith("date") else "int" if kind == "int_from_float" else stem
    expected = _KINDS.get(stem)
    if expected is None:
        add(shown, item["msg"][:1].lower() + item["msg"][1:], found=describe(found))
    else:
        add(shown, expected=expected, found=describe(found), hint=_type_hint(stem, found))


def _alternatives(choices: list[str]) -> str:
    return " or ".join(", ".join(choices).rsplit(", ", 1))


def _key_hint(item: Any) -> str:
    if item["type"] == "string_pattern_mismatch":
        return _pattern(item.get("ctx", {}).get("pattern", ""))
    return "names have at most 64 characters"


def _pattern(pattern: str) -> str:
    if pattern.startswith("^[a-z0-9]"):
        return "a name of lower-case letters, digits, dots, dashes and underscores"
    return "a name of letters, digits and underscores that begins with a letter"


def _lost_indent(kind: str, path: Path, data: Any, model: type[BaseModel]) -> Path | None:
    """The entry of a mapping of named things that is at fault as a whole and would be known one level deeper."""
    depth = len(path) - 1 if kind in ("missing", "extra_forbidden") else len(path)
    if kind not in ("missing", "extra_forbidden", "union_tag_not_found", "model_type", "model_attributes_type") or not depth:
        return None
    entry = path[:depth]
    above = _place(entry[:-1], data, model)
    annotation = one(above.annotation, above.value) if above else None
    if typing.get_origin(annotation) is not dict or not _indent_hint(entry, data, model):
        return None
    return entry


def _indent_hint(path: Path, data: Any, model: type[BaseModel]) -> str:
    """What to do about a key that is known one level below the key before it; empty where it is not."""
    beside = value_at(data, path[:-1])
    names = pairwise(beside) if isinstance(beside, dict) else ()
    before = next((one for one, other in names if other == path[-1]), None)
    # Only a mapping can lack a key, and to look up what is unknown itself takes long.
    if before is None or not isinstance(beside[before], dict):
        return ""
    place = _place((*path[:-1], before), data, model)
    if place is None or path[-1] not in children(place):
        return ""
    return f"it is known one level below '{before}': indent it further if it belongs there"


def _elsewhere(key: str, allowed: list[str], shown: Path, everywhere: Callable[[], list[Path]]) -> str:
    """The nearest key here; else where the same key belongs; else what is allowed here."""
    if nearest(key, allowed) is not None or not shown:
        return did_you_mean(key, allowed, "known keys")
    same = [item for item in everywhere() if item[-1] == key and item != shown and len(item) < len(shown) + 3]
    home = min(same, key=len, default=None)
    if home is not None and len(home) > 1 and len(home) <= 3:
        return f"did you mean '{path_text(home)}'?"
    return did_you_mean(key, allowed, "known keys")


def _report_value_error(error: Any, shown: Path, found: Any, add: Add) -> None:
    if getattr(error, "expected", None):
        add(shown, expected=error.expected, found=error.found, hint=error.hint)
        return
    message = str(error)
    probability = re.match(r"expected a number in \[0, 1\], found ([0-9.]+)$", message)
    if probability is not None and 1.0 < float(probability[1]) <= 100.0:
        hint = f"if it is a percentage, write {float(probability[1]) / 100:g}"
    elif isinstance(found, str) and message.startswith("expected a number, found"):
        hint = _number_hint(found)
    elif message.startswith("expected true or false"):
        hint = _switch_hint(found)
    else:
        hint = next((advice for pattern, advice in _ADVICE if re.search(pattern, message)), "")
    add(shown, message, hint=hint)


def _decimals_hint(found: Any, bound: int) -> str:
    """What to write where a list has twice as many entries because its decimals were written with commas."""
    digits = [str(item) for item in found] if isinstance(found, (list, tuple)) else []
    whole = all(re.fullmatch(r"[-+]?[0-9]+", text) for text in digits)
    if not digits or not whole or len(digits) != 2 * bound:
        return ""
    pairs = zip(digits[::2], digits[1::2], strict=True)
    return f"write decimals with a point: [{', '.join(f'{one}.{two}' for one, two in pairs)}]"


def _number_hint(written: str) -> str:
    """What to write instead of a text that was nearly a number."""
    text = written.strip().replace(" ", "")
    if re.fullmatch(r"[-+]?[0-9]+(\.[0-9]*)?%", text):
        return f"write {float(text[:-1]) / 100:g}"
    if re.fullmatch(r"[-+]?[0-9]+,[0-9]+", text):
        return comma_hint(text)
    if re.fullmatch(r"[-+]?[1-9][0-9]{0,2}([,_][0-9]{3})+(\.[0-9]*)?", text):
        return f"write {re.sub('[,_]', '', text)}"
    try:
        number = float(text)  # also digits of other scripts
    except ValueError:
        return "write a number"
    return f"write {number:g}, without quotes" if math.isfinite(number) else "write a finite number"


def _switch_hint(found: Any) -> str:
    word = str(found).strip().lower()
    if word in ("yes", "on", "y", "1", "true"):
        return "write true"
    return "write false" if word in ("no", "off", "n", "0", "false") else "write true or false"


def _report_tag(item: Any, shown: Path, found: Any, add: Add) -> None:
    context = item.get("ctx", {})
    name = str(context.get("discriminator", "")).strip("'")
    tags = re.findall(r"'([^']*)'", str(context.get("expected_tags", "")))
    if item["type"] == "union_tag_not_found" or not isinstance(found, dict):
        if not isinstance(found, dict):
            add(shown, expected="a mapping", found=describe(found), hint=f"begin with `{name}:`")
            return
        written = nearest(name, map(str, found))
        if written is not None:
            add((*shown, written), f"unknown key '{written}'", hint=f"did you mean '{name}'?", at_key=True)
            return
        add((*shown, name), f"missing key '{name}' in {path_text(shown)}", hint=f"add `{name}:` with one of its values",
            at_key=True)  # fmt: skip
        return
    value = str(found.get(name))
    add((*shown, name), expected=_alternatives(tags) or f"a known {name}",
        found=describe(found.get(name)), hint=did_you_mean(value, tags))  # fmt: skip


def _range_hint(found: Any) -> str:
    if isinstance(found, (int, float)) and 1 < found <= 100:
        return f"if it is a percentage, write {found / 100:g}"
    return ""


def _type_hint(stem: str, found: Any) -> str:
    if stem == "bool":
        return "write true or false"
    if stem in ("list", "tuple") and not isinstance(found, (dict, list)):
        return f"put it in brackets: [{describe(found) if isinstance(found, bool) else found}]"
    if stem == "date":
        return "write year-month-day, as in 2018-03-09"
    if stem in ("float", "int") and isinstance(found, str):
        return "write a number"
    if stem == "string" and isinstance(found, (int, float)):
        return "put it in quotes"
    if stem in ("dict", "model") and isinstance(found, list):
        return "write `name: value` instead of `- value`"
    return f"write {_KINDS.get(stem, 'another value')}"
