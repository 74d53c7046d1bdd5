"""What a change does that the scenario did not expect: beyond a declared range, or to what is switched off.

Neither is a fault. Ranges say what is sensible, and an experiment may ask what lies beyond: an audit of claims switches
a premise off by 0. But nobody should go there by a slip of the keyboard.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from sim.model.changes import target
from sim.model.check.values import point, switched_off
from sim.model.diagnostics import Diagnostic, Path, path_text
from sim.model.paths import MISSING, PathError, value_at
from sim.model.spec.base import Quantity
from sim.model.spec.scenario import ScenarioSpec, validation_context


def remarks_on_changes(
    spec: ScenarioSpec, data: Any, origins: Mapping[Path, Diagnostic], replaced: Mapping[Path, Any]
) -> Iterator[Diagnostic]:
    """Remarks on the changes made to a scenario, each where the change was asked for.

    Parameters
    ----------
    spec, data :
        The scenario with its changes, checked and as written.
    origins : path of a changed value -> where the change was asked for
    replaced : path of a changed value -> what stood there as written
    """
    for path, place in origins.items():
        for remark in (_beyond(spec, data, path, place, replaced.get(path)), _unread(spec, path, place)):
            if remark is not None:
                yield remark


def checked_value(text: str, value: Any, data: Any) -> Any:
    """A value as it is read at a path, times in the scenario's unit; None where it does not fit there."""
    try:
        _, place = target(text, data)
        return adapter(place.annotation).validate_python(value, context=validation_context(data))
    except (PathError, ValidationError):
        return None


def middle(value: Any) -> float | None:
    """The number that a value stands for: a constant, or the middle of a distribution; None where it is no number."""
    if isinstance(value, Quantity):
        return point(value)
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _beyond(spec: ScenarioSpec, data: Any, path: Path, place: Diagnostic, before: Any) -> Diagnostic | None:
    """The remark on a value outside every range that is declared for it; none if it brings a range of its own."""
    text = path_text(path)
    value = checked_value(text, value_at(data, path), data)
    number = middle(value)
    if number is None or (isinstance(value, Quantity) and value.range is not None):
        return None
    levers = {name: item.range for name, item in spec.levers.items() if item.path == text and item.range is not None}
    ranges = {reach: f"[{reach[0]:g}, {reach[1]:g}] (lever {name})" for name, reach in levers.items()}
    former = checked_value(text, before, data) if before is not MISSING else None
    if isinstance(former, Quantity) and former.range is not None:
        ranges.setdefault(former.range, f"[{former.range[0]:g}, {former.range[1]:g}] (its own `range:`)")
    if not ranges or any(low <= number <= high for low, high in ranges):
        return None
    low, high = min(number, *(low for low, _ in ranges)), max(number, *(high for _, high in ranges))
    return replace(
        place,
        path=path,
        message=f"{number:g} lies outside the declared range {' and '.join(ranges.values())}",
        hint=f"check the number and its unit; if it is meant, write {{value: {number:g}, range: [{low:g}, {high:g}]}}"
        if isinstance(value, Quantity) and value.dist is None
        else "check the number and its unit",
    )


def _unread(spec: ScenarioSpec, path: Path, place: Diagnostic) -> Diagnostic | None:
    """The remark, on one line, on a value below a track, mechanism or hazard that is off."""
    off = switched_off(spec, path)
    if off is None:
        return None
    group, name, inner = (str(item) for item in (*place.path, "", "", "")[:3])
    if group == "strategies":
        name = f"{name}: {inner}"
    kind = {"policies": "policy", "variants": "variant", "strategies": "strategy"}.get(group)
    who = f"{kind} '{name}' sets" if kind else place.file
    return Diagnostic(message=f"{who} {path_text(path)}, which nothing reads: {path_text(off)} is switched off")


@lru_cache(maxsize=512)
def adapter(annotation: Any) -> TypeAdapter[Any]:
    """The validator of what may stand at a place."""
    return TypeAdapter(annotation)


__all__ = ["adapter", "checked_value", "middle", "remarks_on_changes"]
