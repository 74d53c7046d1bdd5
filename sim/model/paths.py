"""Paths into a scenario: which there are, what may stand at each, the nearest one to a name that was nearly right.

A path is written with dots: ``mechanisms.expectation.hype``, ``outcomes.0.when``. A part that contains a dot is put in
quotes: ``issues.arms.levels."0.2"``.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sim.model.diagnostics import Path, nearest, path_text
from sim.model.spec.base import Quantity

_PART = re.compile(r'"([^"]*)"|([^."]+)')
MAX_CANDIDATES = 20_000

MISSING: Any = object()


class PathError(ValueError):
    """A path that leads nowhere. ``part`` is the number of the part at fault, counted from 0."""

    def __init__(self, message: str, part: int, hint: str = ""):
        self.message = message
        self.part = part
        self.hint = hint
        super().__init__(message + (f" ({hint})" if hint else ""))


@dataclass(frozen=True, slots=True)
class Place:
    """What may stand at a path: the annotation, the model field (if it is one), and the value in the file, if any."""

    annotation: Any
    field: FieldInfo | None
    value: Any


def split(text: str) -> Path:
    """The parts of a written path.

    Raises
    ------
    PathError
        Empty, or with an empty part.
    """
    parts: list[str] = []
    place = 0
    while place <= len(text):
        match = _PART.match(text, place)
        if match is None:
            raise PathError("expected names joined by dots, as in actors.a.patience", len(parts))
        parts.append(match[1] if match[1] is not None else match[2].strip())
        place = match.end()
        if place == len(text):
            break
        if text[place] != ".":
            raise PathError(f"expected a dot before '{text[place:][:20]}'", len(parts))
        place += 1
    return tuple(parts)


def lookup(path: Path, data: Any, model: type[BaseModel]) -> tuple[Path, Place]:
    """The path with list positions as numbers, and what may stand there.

    Raises
    ------
    PathError
        The path leads nowhere; the hint names the nearest valid one.
    """
    place = Place(model, None, data)
    done: list[str | int] = []
    for number, part in enumerate(path):
        if (found := _below(place, part)) is not None:
            done.append(part)
            place = found
            continue
        below = children(place)
        key: str | int = part
        if isinstance(below, dict) and part not in below and str(part).isdigit() and int(part) in below:
            key = int(part)
        if key not in below:
            if (entry := _new_entry(place, part)) is not None and number == len(path) - 1:
                done.append(part)
                return tuple(done), entry
            raise PathError(*_nowhere(path, number, done, below, data, model))
        done.append(key)
        place = below[key]
    return tuple(done), place


def _new_entry(place: Place, part: str | int) -> Place | None:
    """The place of a key that the mapping does not have yet, where its entries are single values."""
    annotation = one(place.annotation, place.value)
    if typing.get_origin(annotation) is not dict or not isinstance(part, str):
        return None
    entry = typing.get_args(annotation)[1]
    plain = one(entry, MISSING)
    if isinstance(plain, type) and issubclass(plain, BaseModel) and plain is not Quantity:
        return None
    return Place(entry, None, MISSING)


def covers(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether a path, by its parts, is another one or leads to or into it."""
    return list(one[: len(other)]) == list(other[: len(one)])


def _nowhere(
    path: Path, number: int, done: list[str | int], below: Mapping[str | int, Place], data: Any, model: type[BaseModel]
) -> tuple[str, int, str]:
    wanted = str(path[number])
    where = path_text(tuple(done)) or "the scenario"
    message = f"there is no '{wanted}' in {where}"
    rest = path[number + 1 :]
    levers = data.get("levers") if isinstance(data, dict) and not done else None
    lever = levers.get(wanted) if isinstance(levers, dict) and not rest else None
    if isinstance(lever, dict) and isinstance(lever.get("path"), str):
        return message, number, f"the lever '{wanted}' sets '{lever['path']}': write that path"
    close = nearest(wanted, [str(name) for name in below])
    corrected = (*done, close, *rest) if close is not None else ()
    if corrected and _exists(corrected, data, model):
        return message, number, f"did you mean '{path_text(corrected)}'?"
    tail = tuple(str(item) for item in path)
    known = list(all_paths(data, model))
    for length in range(len(tail), 0, -1):
        ending = tail[-length:]
        same = [item for item in known if tuple(str(part) for part in item[-length:]) == ending]
        if same:
            return message, number, f"did you mean '{path_text(min(same, key=len))}'?"
    if corrected:
        return message, number, f"did you mean '{path_text(corrected)}'?"
    close = nearest(path_text(path), [path_text(item) for item in known])
    if close is not None:
        return message, number, f"did you mean '{close}'?"
    names = ", ".join(str(name) for name in list(below)[:12])
    return message, number, f"{where} has: {names}" if names else f"{where} is a single value"


def _exists(path: Path, data: Any, model: type[BaseModel]) -> bool:
    place = Place(model, None, data)
    for part in path:
        below = children(place)
        if part not in below:
            return False
        place = below[part]
    return True


def all_paths(data: Any, model: type[BaseModel]) -> Iterator[Path]:
    """Every path of the scenario, also of values that the file leaves to their defaults."""
    waiting: list[tuple[Path, Place]] = [((), Place(model, None, data))]
    count = 0
    while waiting and count < MAX_CANDIDATES:
        path, place = waiting.pop()
        for key, below in children(place).items():
            item = (*path, key)
            count += 1
            yield item
            if len(item) < 12 and not _is(below, Quantity):
                waiting.append((item, below))


def is_quantity(place: Place) -> bool:
    """Whether a number (a constant or a distribution) stands there."""
    return _is(place, Quantity)


def _is(place: Place, model: type[BaseModel]) -> bool:
    annotation = one(place.annotation, place.value)
    return isinstance(annotation, type) and issubclass(annotation, model)


def _below(place: Place, part: str | int) -> Place | None:
    """The field of that name directly below, where a model with such a field stands: what `children` has there, by itself."""
    annotation = one(place.annotation, place.value)
    if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)) or part not in (fields := _fields(annotation)):
        return None
    below, field = fields[part]
    return Place(below, field, _inside(annotation, place.value).get(part, MISSING))


def _inside(model: type[BaseModel], value: Any) -> Mapping[str | int, Any]:
    """The values of the fields in the file; a number stands for its long form."""
    if issubclass(model, Quantity) and isinstance(value, (int, float)) and not isinstance(value, bool):
        return {"value": value}
    return value if isinstance(value, dict) else {}


def children(place: Place) -> dict[str | int, Place]:
    """What may stand directly below."""
    annotation = one(place.annotation, place.value)
    value = place.value
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        inside = _inside(annotation, value)
        return {key: Place(below, field, inside.get(key, MISSING)) for key, (below, field) in _fields(annotation).items()}
    origin = typing.get_origin(annotation)
    if origin is dict and isinstance(value, dict):
        entry = typing.get_args(annotation)[1]
        return {key: Place(entry, None, item) for key, item in value.items()}
    if origin is list and isinstance(value, list):
        entry = typing.get_args(annotation)[0]
        return {number: Place(entry, None, item) for number, item in enumerate(value)}
    if origin is tuple and isinstance(value, list):
        entries = typing.get_args(annotation)
        return {
            number: Place(entry, None, item) for number, (entry, item) in enumerate(zip(entries, value, strict=False))
        }
    return {}


@cache
def _fields(model: type[BaseModel]) -> dict[str | int, tuple[Any, FieldInfo]]:
    """Annotation and field of each of a model's fields, by its name in the file."""
    return {field.alias or name: (_annotation(field), field) for name, field in model.model_fields.items()}


def _annotation(field: FieldInfo) -> Any:
    """The annotation of a field with its constraints."""
    if not field.metadata and field.discriminator is None:
        return field.annotation
    return typing.Annotated[(field.annotation, field)]  # type: ignore[misc]


def one(annotation: Any, value: Any) -> Any:
    """The annotation without wrappers: of a union, the member that the value chooses."""
    while True:
        origin = typing.get_origin(annotation)
        if origin is typing.Annotated:
            annotation = typing.get_args(annotation)[0]
        elif origin in (typing.Union, types.UnionType):
            members = [member for member in typing.get_args(annotation) if member is not type(None)]
            annotation = _member(members, value)
        else:
            return annotation


def _member(members: list[Any], value: Any) -> Any:
    """The member of a union that the value chooses by its tag, else the first."""
    if len(members) > 1 and isinstance(value, dict):
        for member in members:
            model = one(member, MISSING)
            if not (isinstance(model, type) and issubclass(model, BaseModel)):
                continue
            for name, field in model.model_fields.items():
                # A tag is a literal with a single value.
                if typing.get_origin(field.annotation) is typing.Literal and typing.get_args(field.annotation) == (
                    value.get(name),
                ):
                    return member
    return members[0]


def value_at(data: Any, path: Path) -> Any:
    """The value in the file, or `MISSING`."""
    for part in path:
        if isinstance(data, dict) and part in data:
            data = data[part]
        elif isinstance(data, list) and isinstance(part, int) and 0 <= part < len(data):
            data = data[part]
        else:
            return MISSING
    return data


def with_value(data: Any, path: Path, value: Any) -> Any:
    """The same data with another value at the path; nothing is changed in place. Mappings on the way are made."""
    if not path:
        return value
    part, rest = path[0], path[1:]
    if isinstance(data, list):
        changed = list(data)
        changed[int(part)] = with_value(changed[int(part)], rest, value)
        return changed
    if isinstance(data, (int, float)) and not isinstance(data, bool):
        data = {"value": data}  # the long form of a number
    below = dict(data) if isinstance(data, dict) else {}
    below[part] = with_value(below.get(part, {}), rest, value)
    return below
