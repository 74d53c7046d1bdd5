"""A file of a spatial table with its changes -> a checked `SpatialSpec`, or every fault at once, each at its place."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from sim.errors import ParameterError, ScenarioError
from sim.model.diagnostics import Diagnostic, describe, did_you_mean
from sim.model.distributions.factory import from_quantity
from sim.model.kinds import TABLE, refuse_other_kind
from sim.model.load import Enough, Faults, set_by_path
from sim.model.reader import Document, read
from sim.model.spatial.spec import SpatialSpec, validation_context
from sim.model.spec.base import BIG, Grounded, Quantity
from sim.randomness import key_of

MARK = "spatial"  # the key that makes a file a spatial table
_EXTREMES = (2.0**-53, 1.0 - 2.0**-53)


@dataclass(frozen=True)
class LoadedTable:
    """A spatial table that can be used, and the text it came from."""

    spec: SpatialSpec
    document: Document
    changes: dict[str, Any]  # values that were set by path


def is_table(document: Document) -> bool:
    """Whether a document is a spatial table."""
    return isinstance(document.data, dict) and MARK in document.data


def load_table(path: str | os.PathLike[str], overrides: Iterable[str] = ()) -> LoadedTable:
    """The checked table of a file.

    Parameters
    ----------
    path : str or path
    overrides : texts ``path=value``
        Changes made before anything is checked.

    Raises
    ------
    ScenarioError
        With a diagnostic for every fault; one sentence where the file is a scenario to play.
    """
    return table_of(read(path), overrides)


def table_of(document: Document, overrides: Iterable[str] = ()) -> LoadedTable:
    """As `load_table`, from a document already read."""
    faults = Faults(document)
    data = document.data
    if not isinstance(data, dict):
        hint = "begin with `schema_version: 1`"
        faults.add((), expected="a mapping with the keys of a spatial table", found=describe(data), hint=hint)
        faults.raise_if_any()
    if MARK not in data:
        refuse_other_kind(data, TABLE, document.name)
        name = document.name
        raise ScenarioError(f"{name}: this is no spatial table: it has no key `{MARK}:`; `{MARK}: {{}}` takes the default options")
    try:
        data, changes = set_by_path(data, overrides, faults, SpatialSpec)
        spec = _checked(data, faults)
    except Enough:
        more = Diagnostic(
            message=f"these are the first {faults.limit} faults", hint="mend them, then check again", file=document.name
        )
        raise ScenarioError([more, *faults.sorted()]) from None
    faults.raise_if_any()
    assert spec is not None
    return LoadedTable(spec, document, changes)


def _checked(data: dict[str, Any], faults: Faults) -> SpatialSpec | None:
    try:
        spec = SpatialSpec.model_validate(data, context=validation_context(data))
    except ValidationError as error:
        from sim.model.structure import report

        report(error, data, faults.add, SpatialSpec)
        return None
    _check_dimensions(spec, faults)
    _check_actors(spec, faults)
    _check_keys(spec, faults)
    _check_draws(spec, faults)
    _check_sources(spec, faults)
    if not len(faults):
        _check_weights(spec, faults)
    return spec


def _check_dimensions(spec: SpatialSpec, faults: Faults) -> None:
    for name, dimension in spec.dimensions.items():
        low, high = dimension.scale
        if not low < high:
            faults.add(("dimensions", name, "scale"), expected="the lower end first, and the other above it",
                       found=f"[{low:g}, {high:g}]", hint="exchange the two")  # fmt: skip


def _check_actors(spec: SpatialSpec, faults: Faults) -> None:
    for name, actor in spec.actors.items():
        for field in ("position", "salience"):
            given = getattr(actor, field)
            for missing in (dimension for dimension in spec.dimensions if dimension not in given):
                faults.add(
                    ("actors", name, field),
                    f"no {field} on the dimension '{missing}'",
                    hint=f"add `{missing}:`",
                    at_key=True,
                )
            for unknown in (dimension for dimension in given if dimension not in spec.dimensions):
                hint = did_you_mean(unknown, spec.dimensions, "dimensions")
                faults.add(("actors", name, field, unknown), f"unknown dimension '{unknown}'", hint=hint, at_key=True)
        for dimension, quantity in actor.position.items():
            if dimension in spec.dimensions:
                _check_on_scale(spec, ("actors", name, "position", dimension), quantity, faults)


def _check_on_scale(spec: SpatialSpec, path: tuple[str, ...], quantity: Quantity, faults: Faults) -> None:
    low, high = spec.dimensions[path[-1]].scale
    least, most = quantity.support()
    if quantity.range is not None:
        least, most = min(least, quantity.range[0]), max(most, quantity.range[1])
    if low < high and (least < low or most > high):
        found = f"{least:g}" if least == most else f"values from {least:g} to {most:g}"
        hint = "correct it, or widen `scale:` of the dimension"
        if quantity.dist == "normal":
            hint = "cut it off with `low:` and `high:`"
        faults.add(
            _shown(path, faults), expected=f"a position on the scale from {low:g} to {high:g}", found=found, hint=hint
        )


def _shown(path: tuple[str, ...], faults: Faults) -> tuple[str, ...]:
    """The path as the file has it: without the dimension where a single number stands for it."""
    return path if path in faults.document.positions else path[:-1]


def quantities_of(spec: SpatialSpec) -> list[tuple[str, str, str, Quantity]]:
    """Every number that models read: actor, field (capability, position, salience), dimension or '', quantity."""
    found = []
    for name, actor in spec.actors.items():
        found.append((name, "capability", "", actor.capability))
        for field in ("position", "salience"):
            found += [(name, field, dimension, getattr(actor, field)[dimension]) for dimension in spec.dimensions]
    return found


def _check_draws(spec: SpatialSpec, faults: Faults) -> None:
    """Distributions can be drawn from, and ranges hold their values."""
    if len(faults):
        return
    for name, field, dimension, quantity in quantities_of(spec):
        path = _shown(("actors", name, field, dimension), faults) if dimension else ("actors", name, field)
        if (
            field == "salience"
            and quantity.range is not None
            and not 0.0 <= quantity.range[0] <= quantity.range[1] <= 1.0
        ):
            faults.add(
                path,
                expected="a range within [0, 1]",
                found=f"[{quantity.range[0]:g}, {quantity.range[1]:g}]",
                hint="narrow it",
            )
        if field == "capability" and quantity.range is not None and quantity.range[0] < 0.0:
            faults.add(
                path,
                expected="a range from 0 on",
                found=f"[{quantity.range[0]:g}, {quantity.range[1]:g}]",
                hint="narrow it",
            )
        if quantity.dist is None:
            if abs(quantity.value) > BIG:
                faults.add(
                    path, expected=f"a number within {BIG:g}", found=f"{quantity.value:g}", hint="choose a larger unit"
                )
            continue
        try:
            drawn = from_quantity(quantity)
        except ParameterError as error:
            faults.add(path, str(error), hint=error.hint or "check the parameters and their units")
            continue
        if not abs(far := max((drawn.quantile(u) for u in _EXTREMES), key=abs)) <= BIG:
            faults.add(
                path,
                f"a draw may be as large as {far:.3g}",
                expected=f"draws within {BIG:g}",
                hint="make the spread smaller",
            )


def _check_keys(spec: SpatialSpec, faults: Faults) -> None:
    holders: dict[int, str] = {}
    for name, actor in spec.actors.items():
        key = actor.key if actor.key is not None else key_of(name)
        if key in holders:
            faults.add(("actors", name), f"'{name}' and '{holders[key]}' have the same address of draws",
                       hint=f"give one of them a `key:` of its own, such as {(key + 1) % 0x10000}", at_key=True)  # fmt: skip
        holders.setdefault(key, name)


def _check_sources(spec: SpatialSpec, faults: Faults) -> None:
    """Sources that are cited by a single word exist."""
    waiting: list[tuple[tuple[str, ...], Any]] = [((), spec)]
    while waiting:
        path, item = waiting.pop()
        if isinstance(item, Grounded):
            for field in ("source", "form"):
                text = getattr(item, field)
                if text is not None and text not in spec.sources and not any(map(str.isspace, text.strip())):
                    hint = did_you_mean(text, spec.sources, "sources") or "list it under `sources:`"
                    faults.add((*path, field), f"unknown source '{text}'", hint=hint)
        if isinstance(item, dict):
            waiting += [((*path, key), value) for key, value in item.items()]
        elif hasattr(type(item), "model_fields"):
            waiting += [((*path, name), getattr(item, name)) for name in type(item).model_fields]


def _check_weights(spec: SpatialSpec, faults: Faults) -> None:
    """On every dimension somebody has both capability and salience."""
    for dimension in spec.dimensions:
        reach = (
            actor.capability.support()[1] * actor.salience[dimension].support()[1] for actor in spec.actors.values()
        )
        if not any(weight > 0.0 for weight in reach):
            faults.add(("dimensions", dimension), "no actor has both capability and salience here, so nothing can be weighed",
                       hint="give somebody both, or leave the dimension out", at_key=True)  # fmt: skip


def located(error: ScenarioError, name: str) -> ScenarioError:
    """The same error with another file name, for a text that was never a file."""
    return ScenarioError(
        [replace(item, file=name) if isinstance(item, Diagnostic) else item for item in error.diagnostics]
    )
