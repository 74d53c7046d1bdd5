"""What designs share: name and settings, what a manifest says of them, and the rows they give a scenario with a seed."""

from __future__ import annotations

import hashlib
import importlib
import math
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np

from sim.errors import EngineError, StoreError, UsageError

if TYPE_CHECKING:
    from sim.engines.given import Given
    from sim.model.compile import Case

RANDOM, SOBOL, HYPERCUBE = "random", "sobol", "lhs"
SHIFTS = "shifts"
NAMES = (RANDOM, SOBOL, HYPERCUBE)  # those that a name and a number of histories make
BY_NAME = {  # where each design is defined
    RANDOM: "base:Random",
    SOBOL: "sobol:Sobol",
    HYPERCUBE: "hypercube:LatinHypercube",
    "table": "table:Table",
    "grid": "table:Grid",
    "scatter": "scatter:Scatter",
    "nested": "nested:Nested",
    "saltelli": "saltelli:Saltelli",
    "morris": "morris:Morris",
    SHIFTS: "shifts:Shifts",
}
_COMPARED = 256  # rows whose checksum tells whether two machines make the same ones


class Rows(Protocol):
    """The rows of a design for one scenario and seed; threads may share it."""

    def block(self, start: int, stop: int) -> Given:
        """What the histories ``[start, stop)`` are given: the same whatever was asked for before."""
        ...


class Design:
    """A design by its settings; a subclass is a frozen dataclass of plain values."""

    name: ClassVar[str]

    @property
    def num_rows(self) -> int | None:
        """How many rows it has; None where a run may have any number of them."""
        return None

    def settings(self) -> dict[str, Any]:
        """What makes it besides its name, as JSON has it."""
        return {}

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Design:
        """The design of these settings."""
        return cls(**settings)

    def axes(self, case: Case) -> tuple[str, ...]:
        """The axes on which it sets coordinates; by default all."""
        from sim.engines.tables.inputs import axes_of

        return axes_of(case)

    def rows(self, case: Case, root_seed: int, axes: tuple[str, ...]) -> Rows:
        """Its rows; ``UsageError`` where it does not fit the scenario."""
        raise NotImplementedError

    @property
    def suffix(self) -> str:
        """What a run's directory is called by it."""
        settings = self.settings()
        if not settings:
            return self.name
        return f"{self.name}-{hashlib.sha256(_text(settings).encode()).hexdigest()[:6]}"


class Random(Design):
    """No design: every history draws for itself."""

    name = RANDOM

    def axes(self, case: Case) -> tuple[str, ...]:
        return ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Random)

    def __hash__(self) -> int:
        return hash(RANDOM)


class Plan:
    """The rows of a design for one scenario and root seed.

    Parameters
    ----------
    axes : paths, optional
        The axes on which coordinates are set, as a manifest has them; by default those that the design sets.

    Raises
    ------
    UsageError
        The design does not fit the scenario: nothing is drawn, an axis that is not there, a library that is missing.
    """

    def __init__(self, design: Design, case: Case, root_seed: int, axes: tuple[str, ...] | None = None) -> None:
        self.design = design
        self.axes = design.axes(case) if axes is None else axes
        self._case = case
        self._rows = design.rows(case, root_seed, self.axes)

    @property
    def num_rows(self) -> int | None:
        """How many rows there are; None for any number."""
        return self.design.num_rows

    def block(self, start: int, stop: int) -> Given:
        """What the histories ``[start, stop)`` are given."""
        return self._rows.block(start, stop)

    def row(self, number: int) -> tuple[list[float] | None, int | None]:
        """Of one history the point, nan where it has none on an axis, and the number that addresses its draws; None for its own."""
        given = self.block(number, number + 1)
        point = None if given.points is None else dict(zip(self.axes, given.points[0].tolist(), strict=True))
        return full_point(self._case, point), None if given.draws is None else int(given.draws[0])

    def checksum(self) -> str:
        """SHA-256 of the first rows, as the manifest of a run has it."""
        return self._checksum

    @cached_property
    def _checksum(self) -> str:
        first = self.block(0, _COMPARED if self.num_rows is None else min(_COMPARED, self.num_rows))
        total = hashlib.sha256()
        if first.points is not None:
            total.update(np.ascontiguousarray(first.points, dtype="<f8"))
        if first.draws is not None:
            total.update(np.ascontiguousarray(first.draws, dtype="<i8"))
        return total.hexdigest()

    def check(self, expected: str) -> None:
        """Raise ``EngineError`` unless the rows made here are those of the run: a mixture would be no design at all."""
        if self.checksum() != expected:
            raise EngineError(
                f"--design {self.design.name}: {_maker(self.design)} makes other points here than those that the run began with",
                hint="use the versions that its manifest names, or `sim run --fresh`",
            )


def full_point(case: Case, point: Mapping[str, float] | None) -> list[float] | None:
    """A point by axis as the engines read it: a coordinate an axis of the scenario, nan where it has none."""
    from sim.engines.tables.inputs import axes_of

    return None if point is None else [point.get(path, math.nan) for path in axes_of(case)]


def design_of(manifest: Mapping[str, Any]) -> str:
    """The name of the design of a run by its record; those that do not speak of it drew at random."""
    return str(manifest.get("design", RANDOM))


def settings_of(manifest: Mapping[str, Any]) -> Design:
    """The design of a run by its record.

    Raises
    ------
    StoreError
        A design that this version does not know, or settings that are none.
    """
    try:
        return _class_of(design_of(manifest)).from_settings(manifest.get("design_settings") or {})
    except (KeyError, TypeError, ValueError, AttributeError, UsageError) as error:
        raise StoreError(
            f"the run record's design '{design_of(manifest)}' cannot be rebuilt: {error}",
            hint="the record was edited, or a newer version wrote it",
        ) from error


def design_entry(plan: Plan) -> dict[str, Any]:
    """What a manifest says of a run's design."""
    settings = plan.design.settings()
    entry: dict[str, Any] = {"design": plan.design.name}
    if settings:
        entry["design_settings"] = settings
    return entry | {"axes": list(plan.axes), "points": plan.checksum()}


def plan_of(manifest: Mapping[str, Any], case: Case, root_seed: int) -> Plan | None:
    """The rows of a run by its record, not yet compared with it; none for a run without a design."""
    if design_of(manifest) == RANDOM:
        return None
    return Plan(settings_of(manifest), case, root_seed, recorded_axes(manifest, case))


_ENTRIES = ("design", "design_settings", "axes", "points")


def entry_in(manifest: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a manifest says of a run's design, as `design_entry` made it; none for a run without one."""
    return None if design_of(manifest) == RANDOM else {key: manifest[key] for key in _ENTRIES if key in manifest}


def recorded_axes(manifest: Mapping[str, Any], case: Case) -> tuple[str, ...]:
    """The axes on which a run's design set coordinates. Records of earlier versions, which do not name them, have all numbers."""
    from sim.engines.tables.inputs import number_axes_of

    axes = manifest.get("axes")
    return number_axes_of(case) if axes is None else tuple(str(path) for path in axes)


def check_name(name: str) -> None:
    """Raise ``UsageError`` unless there is such a design for any scenario and number of histories."""
    if name not in NAMES:
        raise UsageError(f"design '{name}': expected one of {', '.join(NAMES)}")


def named_design(name: str, rows: int) -> Design:
    """The design of a name for so many histories; ``UsageError`` where there is none."""
    check_name(name)
    found = _class_of(name)
    return found(rows) if name == HYPERCUBE else found()  # type: ignore[call-arg]


def same_design(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two run records have the same design with the same settings."""
    return design_of(one) == design_of(other) and (one.get("design_settings") or {}) == (other.get("design_settings") or {})


def _class_of(name: str) -> type[Design]:
    module, _, found = BY_NAME[name].partition(":")
    return getattr(importlib.import_module(f"{__package__}.{module}"), found)


def _maker(design: Design) -> str:
    if design.name not in (SOBOL, SHIFTS):
        return "this version"
    import scipy

    return f"scipy {scipy.__version__}"


def _text(value: Any) -> str:
    import json

    return json.dumps(value, sort_keys=True, separators=(",", ":"))
