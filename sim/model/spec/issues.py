"""What is in dispute: issues with labelled scales, packages, the two kinds of change to a package."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, WithJsonSchema, field_validator, model_validator

from sim.model.spec.base import Entity, ExpressionText, Finite, Grounded, Identifier, Level, Number, Switch, Whole


class Issue(Entity):
    """A dimension in dispute on a scale from 0 (no concession by the conceding side) to 1."""

    conceder: list[Identifier] = Field(description="Actor(s) that concede as the level rises.")
    start: Level = Field(0.0, description="Level at the start: the status quo.")
    levels: dict[str, str] = Field(default_factory=dict, description="Labelled levels: level -> words.")
    hidden_from: list[Identifier] = Field(
        default_factory=list, description="Actors that do not see this issue (a side agreement); they value it as unchanged."
    )

    @field_validator("levels", mode="before")
    @classmethod
    def _keys_are_levels(cls, data):
        if not isinstance(data, dict):
            return data
        labelled = {}
        for level, words in data.items():
            try:
                number = float(level)
            except (TypeError, ValueError):
                raise ValueError(f"expected levels between 0 and 1 as keys, found '{level}'") from None
            if not 0.0 <= number <= 1.0:
                raise ValueError(f"expected levels between 0 and 1 as keys, found {number:g}")
            if f"{number:g}" in labelled:
                raise ValueError(f"the level {number:g} is labelled twice")
            labelled[f"{number:g}"] = words
        return labelled


class Package(Entity):
    """A named bundle of levels; issues it does not name stay at their start."""

    levels: dict[Identifier, Level] = Field(description="Level by issue.")


class Derived(Grounded):
    """A quantity computed from issue levels and parameters."""

    value: ExpressionText = Field(description="Expression over issue levels, parameters and other derived quantities.")
    label: str | None = Field(None, description="Name shown to readers.")


class Parameter(Entity):
    """A named number that expressions may use; a plain number is the short form of `{number: ...}`."""

    number: Number = Field(description="Its value.")

    @model_validator(mode="before")
    @classmethod
    def _from_bare_number(cls, data: Any) -> Any:
        return in_long_form(data)


def in_long_form(parameter: Any) -> Any:
    """A parameter as written, what is no mapping as its number."""
    return {"number": parameter} if isinstance(parameter, (bool, int, float, str)) else parameter


ParameterEntry = Annotated[Parameter, WithJsonSchema({"x-number-or": "Parameter"})]


class Menu(Grounded):
    """How the candidate packages of a decision are made, once, at load time."""

    blends: list[Level] = Field(
        default_factory=lambda: [0.25, 0.5, 0.75], description="Pairwise blends of the named packages that are added."
    )
    shifts_of: list[Identifier] = Field(
        default_factory=list, description="Packages whose single-issue shifts are added."
    )
    shift: Level = Field(0.2, description="Size of those shifts.")
    grid: Whole = Field(
        0, ge=0, le=1001, description="Points of a regular grid per issue that is added (0 = none; only few issues)."
    )
    neighbours: Switch = Field(
        True, description="Search on from these by steps of at most two issues and one label for what no other package beats."
    )
    cap: Whole = Field(256, ge=2, le=4096, description="Most options a decision may offer.")
    rounding: Finite = Field(1e-3, gt=0, le=0.1, description="Levels are rounded to this step.")
