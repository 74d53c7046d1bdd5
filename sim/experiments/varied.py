"""A scenario in which levers, inputs and judgements vary: each by a range of its own, and recorded in every row.

What varies becomes a drawn input, so a design can set it (`sim.experiments.design`), and one compiled case serves all its values. Every
row then has a column ``input:PATH`` for each declared uncertainty, each lever that is a number, and each number that was made to vary.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.errors import UsageError
from sim.experiments.design.table import Grid, Table
from sim.model.complete import complete, spec_of
from sim.model.diagnostics import did_you_mean
from sim.model.load import load_document
from sim.model.paths import MISSING, PathError, covers, is_quantity, lookup, split, value_at
from sim.model.reader import read_text
from sim.model.recurring import drawn_in_history
from sim.model.spec.base import _SHAPE_FIELDS
from sim.model.spec.scenario import ScenarioSpec

if TYPE_CHECKING:
    from sim.model.diagnostics import Path

# Top-level keys of which no history depends.
_NOT_PLAYED = frozenset(
    {"schema_version", "version", "sources", "theory", "base_rates", "readings", "levers", "variants", "policies", "strategies", "targets",
     "applied"}
)  # fmt: skip

Range = tuple[float, float] | Sequence[float] | Mapping[str, Any] | None
"""How a number varies: ``(low, high)``, evenly between both; a list of values, each equally likely; a distribution as a scenario has it;
or None, as the scenario has it: its distribution, the lever's range, or its own."""


def varied(scenario: Mapping[str, Any], ranges: Mapping[str, Range]) -> dict[str, Any]:
    """The completed scenario with the named numbers drawn from the given ranges.

    Parameters
    ----------
    scenario : mapping
        A completed scenario.
    ranges : mapping
        By path, or by the name of a lever, how each varies; empty to have the levers recorded only.

    Raises
    ------
    UsageError
        A name that leads nowhere, with the nearest one; what is no number, or is drawn at each occurrence; no range where one
        is needed; a scenario that draws nothing (`sampling: off`).
    ScenarioError
        The scenario does not bear such values, as in any change.
    """
    if ranges and scenario.get("sampling") == "off":
        raise UsageError(
            f"the scenario '{scenario.get('id')}' has `sampling: off`, which draws nothing, so nothing can vary",
            hint="leave it out, or set it to `inputs`",
        )
    levers = _levers(scenario)
    spec = spec_of(scenario)
    changes: dict[str, Any] = {}
    for name, given in ranges.items():
        path, text = _place(scenario, spec, levers, name)
        if text in changes:
            raise UsageError(f"'{name}' varies twice, under another name too", hint="keep one of them")
        change = _as_input(scenario, text, path, given, levers)
        if change is not None:
            changes[text] = change
    if changes:
        bare = {
            **scenario,
            "uncertainties": [text for text in scenario.get("uncertainties", []) if text not in levers.values()],
        }
        scenario = complete(
            load_document(read_text(json.dumps(bare, ensure_ascii=False), f"{scenario.get('id')} with ranges"), overrides=changes).spec
        )
    recorded = [
        *scenario.get("uncertainties", []),
        *_numbers(scenario, levers),
        *(path_of(scenario, name) for name in ranges),
    ]
    return {**scenario, "uncertainties": list(dict.fromkeys(recorded))}


def path_of(scenario: Mapping[str, Any], name: str) -> str:
    """The path of the number that a path or the name of a lever means, as axes and columns have it; errors as for `varied`."""
    return _place(scenario, spec_of(scenario), _levers(scenario), name)[1]


def fixed_path(scenario: Mapping[str, Any], name: str) -> str | None:
    """The path of a number that has one value in all histories of a run: their menus or calendar are made of it, or it is drawn anew
    at each occurrence; None for any other name, also one that leads nowhere, to a part of a number, or to what is not played."""
    try:
        found, place = lookup(split(_levers(scenario).get(name, name)), scenario, ScenarioSpec)
        if found[0] in _NOT_PLAYED or _whole_of(scenario, found) is not None:
            return None
    except PathError:
        return None
    written = ".".join(str(part) for part in found)
    if is_quantity(place):
        return written if drawn_in_history(spec_of(scenario), written) else None
    return written if _is_number(value_at(scenario, found)) else None


def _whole_of(scenario: Mapping[str, Any], path: Path) -> str | None:
    """The number, if any, of which a path names a part, as a mean or an end of its range."""
    for length in range(1, len(path)):
        if is_quantity(lookup(path[:length], scenario, ScenarioSpec)[1]):
            return ".".join(str(part) for part in path[:length])
    return None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def range_of(scenario: Mapping[str, Any], name: str) -> tuple[float, float]:
    """Between which values a number varies in the scenario: the lever's range, its own, or the ends of an even distribution.

    Raises
    ------
    UsageError
        As for `varied`; a number that has no ends.
    """
    levers = _levers(scenario)
    text = fixed_path(scenario, name) or path_of(scenario, name)
    stands = value_at(scenario, split(text))
    stands = stands if isinstance(stands, Mapping) else {}
    if stands.get("dist") == "uniform":
        return float(stands["low"]), float(stands["high"])
    return _own_range(scenario, text, stands, levers)


def beyond_range(scenario: Mapping[str, Any], path: str, values: Sequence[Any]) -> str:
    """Words for values of a lever beyond the range that its file gives it; empty where there are none."""
    for name, lever in (scenario.get("levers") or {}).items():
        if lever["path"] == path and lever.get("range") is not None:
            low, high = lever["range"]
            numbers = [x for x in values if isinstance(x, int | float) and not isinstance(x, bool)]
            if any(not low <= x <= high for x in numbers):
                told = " to ".join(f"{x:g}" for x in sorted({min(numbers), max(numbers)}))
                return f"{name}: {told} goes beyond the range that the file gives this lever, {low:g} to {high:g}"
    return ""


def levers_that_vary(scenario: Mapping[str, Any]) -> list[str]:
    """Paths of the levers that are numbers and have a range, within which `varied` lets them vary."""
    spec, levers = spec_of(scenario), _levers(scenario)
    found = []
    for name in levers:
        try:
            path, text = _place(scenario, spec, levers, name)
            _as_input(scenario, text, path, None, levers)
        except UsageError:
            continue  # a switch, a word, a number without a range or one that is drawn anew at each occurrence
        found.append(text)
    return list(dict.fromkeys(found))


def value_grid(
    scenario: Mapping[str, Any], values: Mapping[str, Sequence[float]], repeats: int
) -> tuple[dict[str, Any], Grid]:
    """The scenario and the design that play every combination of some values with the same draws, ``repeats`` times.

    The values come out as they are given: each is one of those of a choice. The rows of a repeat are in the order of
    `Grid.points`, values ascending, the last name fastest.
    """
    levels = {path_of(scenario, name): sorted({float(x) for x in some}) for name, some in values.items()}
    design = Grid(tuple((path, middles(len(some))) for path, some in levels.items()), repeats)
    return varied(scenario, levels), design


def value_table(
    scenario: Mapping[str, Any], points: Sequence[Mapping[str, float]], repeats: int
) -> tuple[dict[str, Any], Table]:
    """The scenario and the design that play a list of points, each a value for every one of the same names, with the same draws.

    The rows of a repeat are in the order of ``points``.
    """
    if not points or any(set(point) != set(points[0]) for point in points):
        raise UsageError("a table of values needs points that set the same names")
    paths = {name: path_of(scenario, name) for name in points[0]}
    levels = {path: sorted({float(point[name]) for point in points}) for name, path in paths.items()}
    coordinates = {path: dict(zip(some, middles(len(some)), strict=True)) for path, some in levels.items()}
    rows = tuple(tuple(coordinates[path][float(point[name])] for name, path in paths.items()) for point in points)
    return varied(scenario, levels), Table(tuple(paths.values()), rows, repeats)


def even_values(low: float, high: float, number: int) -> list[float]:
    """So many values from low to high, both among them, the same distance apart."""
    return [float(f"{low + (high - low) * n / (number - 1):.12g}") for n in range(number)]


def middles(number: int) -> tuple[float, ...]:
    """The middle of each of so many equal parts of (0, 1)."""
    return tuple((n + 0.5) / number for n in range(number))


def _levers(scenario: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(lever["path"]) for name, lever in (scenario.get("levers") or {}).items()}


def _place(scenario: Mapping[str, Any], spec: ScenarioSpec, levers: Mapping[str, str], name: str) -> tuple[Path, str]:
    """Where the number is that a name means."""
    text = levers.get(name, name)
    try:
        path = split(text)
        if len(path) == 2 and path[0] == "parameters":
            path = (*path, "number")
        found, place = lookup(path, scenario, ScenarioSpec)
    except PathError as error:
        close = did_you_mean(name, list(levers), "levers") if "." not in name else ""
        raise UsageError(f"'{name}': {error.message}", hint=close or error.hint) from None
    written = ".".join(str(part) for part in found)
    if not is_quantity(place):
        raise _fixed(name, written, value_at(scenario, found), _whole_of(scenario, found))
    if drawn_in_history(spec, written):
        raise UsageError(
            f"'{name}' is drawn at each occurrence if it varies, so it has no one value in a history",
            hint=f"`sim sweep FILE --over {written}=LOW:HIGH:7` plays a run for each value; or compare them as policies: `sim compare`",
        )
    return found, written


def _fixed(name: str, path: str, stands: Any, whole: str | None) -> UsageError:
    """What is the same in all histories of a run, is a part of a number, or is no number."""
    if whole is not None:
        return UsageError(f"'{name}' is a part of a number", hint=f"name the number itself: '{whole}'")
    if path.split(".")[0] in _NOT_PLAYED:
        return UsageError(f"'{name}' is nothing that histories depend on", hint="name a lever, an uncertainty or another number")
    if _is_number(stands):
        return UsageError(
            f"'{name}' is fixed for a run: the menus or the calendar of all its histories are made of it",
            hint=f"`sim sweep FILE --over {path}=LOW:HIGH:7` plays a run for each value; or compare them as policies: `sim compare`",
        )
    if isinstance(stands, Mapping):
        return UsageError(
            f"'{name}' is no one number that can vary: it has parts",
            hint=f"name a number of it, as `sim explain FILE {path}` lists them",
        )
    return UsageError(
        f"'{name}' is no number that can vary between histories",
        hint="what is chosen once (a switch, a word, a date of the calendar) is compared as policies: `sim compare`",
    )


def _as_input(
    scenario: Mapping[str, Any], text: str, path: Path, given: Range, levers: Mapping[str, str]
) -> dict[str, Any] | None:
    """What the scenario has at the path when it varies so; None where it varies already."""
    stands = value_at(scenario, path)
    stands = {} if stands is MISSING else {"value": stands} if isinstance(stands, int | float) else dict(stands)
    if given is None:
        if "dist" in stands:
            return None
        given = _own_range(scenario, text, stands, levers)
    kept = {key: item for key, item in stands.items() if key not in _SHAPE_FIELDS and key not in ("dist", "range")}
    if isinstance(given, Mapping):
        return {**kept, **given} if "dist" in given else dict(given)
    numbers = [float(x) for x in given]
    if any(not math.isfinite(x) for x in numbers):
        raise UsageError(f"'{text}': expected finite numbers, found {numbers}")
    if isinstance(given, tuple):
        if len(numbers) != 2 or not numbers[0] < numbers[1]:
            raise UsageError(f"'{text}': expected a range (low, high) with low < high, found {given}")
        low, high = numbers
        shape: dict[str, Any] = {"dist": "uniform", "low": low, "high": high}
    else:
        values = sorted(set(numbers))
        if not values:
            raise UsageError(f"'{text}': expected at least one value")
        low, high = values[0], values[-1]
        shape = {"dist": "choice", "values": values, "probabilities": [1.0 / len(values)] * len(values)}
    # What menus and beliefs start from, as far as it can be.
    if "value" in kept and not low <= kept["value"] <= high:
        del kept["value"]
    return {**kept, **shape}


def _own_range(
    scenario: Mapping[str, Any], text: str, stands: Mapping[str, Any], levers: Mapping[str, str]
) -> tuple[float, float]:
    own = stands.get("range")
    lever = next((name for name, path in levers.items() if covers(path.split("."), text.split("."))), None)
    found = own if lever is None else scenario["levers"][lever].get("range", own)
    if found is None or not found[0] < found[1]:
        what = "is drawn from a distribution without ends" if "dist" in stands else "is a constant without a range"
        raise UsageError(f"'{text}' {what}", hint="give one: low and high")
    return float(found[0]), float(found[1])


def _numbers(scenario: Mapping[str, Any], levers: Mapping[str, str]) -> list[str]:
    """Paths of the levers that are numbers."""
    found = []
    for text in levers.values():
        path = split(text)
        if len(path) == 2 and path[0] == "parameters":
            path = (*path, "number")
        try:
            path, place = lookup(path, scenario, ScenarioSpec)
        except PathError:
            continue  # a change has taken away what it set
        if is_quantity(place):
            found.append(".".join(str(part) for part in path))
    return found
