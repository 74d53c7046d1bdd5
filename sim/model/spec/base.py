"""What every part of a scenario file is made of: strict mappings, quantities, durations.

A number in a scenario is a `Quantity`: a constant or a distribution, with the range in which
it may be varied and the claim or source that grounds it. A bare number in the file is the
short form of ``{value: number}``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
    model_serializer,
    model_validator,
)

from sim.model.diagnostics import describe


def _published(name: str) -> WithJsonSchema:
    """Marks a type whose short forms the published JSON Schema spells out (`sim.model.schema`)."""
    return WithJsonSchema({"x-type": name})


Distribution = Literal["uniform", "triangular", "normal", "lognormal", "beta", "gamma", "exponential", "choice"]

# The parameters each distribution needs and may have besides; `shift`, `clip` and the grounds go with all.
PARAMETERS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "uniform": (frozenset({"low", "high"}), frozenset()),
    "triangular": (frozenset({"low", "mode", "high"}), frozenset()),
    "normal": (frozenset({"mean", "sd"}), frozenset({"low", "high"})),
    "lognormal": (frozenset({"median", "sd"}), frozenset()),
    "beta": (frozenset({"a", "b"}), frozenset({"shift"})),
    "gamma": (frozenset({"mean", "cv"}), frozenset()),
    "exponential": (frozenset({"mean"}), frozenset()),
    "choice": (frozenset({"values", "probabilities"}), frozenset()),
}
_SHAPE_FIELDS = frozenset().union(*(need | may for need, may in PARAMETERS.values()))
_TIME_FIELDS = ("value", "low", "high", "mode", "mean", "sd", "median")

Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=64)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=64)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]


def _expression_as_text(value: Any) -> Any:
    """`when: true` and `factor: 1` as people write them, as the text they stand for."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"{value:.17g}" if isinstance(value, float) else str(value)
    return value


ExpressionText = Annotated[
    str,
    BeforeValidator(_expression_as_text),
    StringConstraints(min_length=1, max_length=2_000),
    _published("expression"),
]


def _numbers_only(value: Any) -> Any:
    """The value, unless it is a text or a boolean: what the reader left as text (012, '5') was not meant as a number."""
    if isinstance(value, bool):
        raise ValueError("expected a number, found a boolean")
    if isinstance(value, str):
        raise ValueError(f"expected a number, found {describe(value)}")
    return value


def _booleans_only(value: Any) -> Any:
    if not isinstance(value, bool):
        raise ValueError(f"expected true or false, found {describe(value)}")
    return value


Finite = Annotated[float, BeforeValidator(_numbers_only), Field(allow_inf_nan=False)]
Whole = Annotated[int, BeforeValidator(_numbers_only)]
Key = Annotated[Whole, Field(ge=0, le=0xFFFF)]
Switch = Annotated[bool, BeforeValidator(_booleans_only)]


class Strict(BaseModel):
    """A frozen mapping that refuses keys it does not know."""

    # `defer_build`: the scenario's validator is made once, when first asked for, and holds those of all its parts. Made at
    # import, each part would get its own as well, though hardly any is used alone: a quarter of the time a worker takes to start.
    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True, strict=False, defer_build=True)


class Grounded(Strict):
    """A mapping that may say where it comes from."""

    source: str | None = Field(None, description="Where the value comes from: a key of `sources:` or a citation.")
    form: str | None = Field(
        None, description="Where the rule comes from that uses the value, if the value does not: a key of `sources:` or a citation."
    )
    claim: str | list[str] | None = Field(None, description="Claim id(s) of the seed file that ground it.")
    confidence: Literal["low", "medium", "high"] | None = Field(
        None, description="How sure the author of the file is of it."
    )
    note: str | None = Field(None, description="A remark for readers; no rule reads it.")


class Entity(Grounded):
    """A named thing of the scenario."""

    label: str | None = Field(None, description="Name shown to readers; the id if absent.")
    description: str | None = Field(None, description="One or two sentences for readers.")
    key: Key | None = Field(None, description="Pins the address of its draws, so that a renamed entity keeps them.")


class Quantity(Grounded):
    """A number: a constant, or a distribution drawn once a replication from one addressed uniform."""

    value: Finite | None = Field(None, description="The constant; with `dist`, the value when sampling is off.")
    dist: Distribution | None = Field(None, description="Distribution from which each replication draws it.")
    low: Finite | None = Field(None, description="Lower end (uniform, triangular; truncation of a normal).")
    high: Finite | None = Field(None, description="Upper end (uniform, triangular; truncation of a normal).")
    mode: Finite | None = Field(None, description="Most likely value (triangular).")
    mean: Finite | None = Field(None, description="Mean (normal, gamma, exponential).")
    sd: Finite | None = Field(
        None, gt=0, description="Standard deviation (normal: natural scale; lognormal: of the logarithm)."
    )
    median: Finite | None = Field(None, gt=0, description="Median (lognormal).")
    a: Finite | None = Field(None, gt=0, le=1e4, description="First shape parameter (beta).")
    b: Finite | None = Field(None, gt=0, le=1e4, description="Second shape parameter (beta).")
    cv: Finite | None = Field(None, gt=0, le=10, description="Coefficient of variation (gamma).")
    shift: Finite | None = Field(None, description="Added to a beta draw, then clipped to [0, 1].")
    values: list[Finite] | None = Field(None, min_length=1, description="The values of a choice.")
    probabilities: list[Finite] | None = Field(None, description="Their probabilities, summing to 1.")
    range: tuple[Finite, Finite] | None = Field(
        None, description="Low and high end for sensitivity studies; a change beyond them is played and told."
    )

    @model_validator(mode="before")
    @classmethod
    def _from_bare_number(cls, data: Any) -> Any:
        if isinstance(data, (bool, int, float, str)):
            return {"value": _numbers_only(data)}
        if not isinstance(data, (dict, Quantity)):
            raise ValueError(f"expected a number, found {describe(data)}")
        return data

    @model_validator(mode="after")
    def _is_complete(self) -> Quantity:
        given = {name for name in _SHAPE_FIELDS if getattr(self, name) is not None}
        if self.dist is None:
            if self.value is None:
                raise ValueError("expected `value` or `dist`, found neither")
            if given:
                raise ValueError(f"`{min(given)}` belongs to a distribution, but `dist` is missing")
        else:
            need, may = PARAMETERS[self.dist]
            if missing := need - given:
                raise ValueError(f"a {self.dist} distribution needs `{'`, `'.join(sorted(missing))}`")
            if surplus := given - need - may:
                raise ValueError(f"a {self.dist} distribution has no `{'`, `'.join(sorted(surplus))}`")
            self._check_shape()
        if self.range is not None:
            low, high = self.range
            if not low <= high:
                raise ValueError(f"range: expected low <= high, found [{low:g}, {high:g}]")
            if self.value is not None and not low <= self.value <= high:
                raise ValueError(f"value {self.value:g} lies outside its own range [{low:g}, {high:g}]")
        return self

    def _check_shape(self) -> None:
        if self.dist in ("uniform", "triangular") and not self.low < self.high:
            raise ValueError(f"expected low < high, found [{self.low:g}, {self.high:g}]")
        if self.dist == "triangular" and not self.low <= self.mode <= self.high:
            raise ValueError(f"expected low <= mode <= high, found mode {self.mode:g}")
        if self.dist == "normal" and self.low is not None and self.high is not None and not self.low < self.high:
            raise ValueError(f"expected low < high, found [{self.low:g}, {self.high:g}]")
        if self.dist in ("gamma", "exponential") and self.mean <= 0:
            raise ValueError(f"expected a mean above 0, found {self.mean:g}")
        if self.dist == "choice":
            if len(self.values) != len(self.probabilities):
                raise ValueError(
                    f"expected as many probabilities as values, found {len(self.probabilities)} for {len(self.values)}"
                )
            if any(p < 0 for p in self.probabilities):
                raise ValueError("probabilities cannot be negative")
            if abs(math.fsum(self.probabilities) - 1.0) > 1e-9:
                raise ValueError(f"probabilities sum to {math.fsum(self.probabilities):.6g}, expected 1")

    def support(self) -> tuple[float, float]:
        """Lowest and highest value it can take (infinite where unbounded)."""
        if self.dist is None:
            return self.value, self.value
        if self.dist in ("uniform", "triangular"):
            low, high = self.low, self.high
        elif self.dist == "normal":
            low = -math.inf if self.low is None else self.low
            high = math.inf if self.high is None else self.high
        elif self.dist in ("lognormal", "gamma", "exponential"):
            low, high = 0.0, math.inf
        elif self.dist == "beta":
            low, high = 0.0, 1.0
        else:
            low, high = min(self.values), max(self.values)
        if self.value is not None:
            low, high = min(low, self.value), max(high, self.value)
        return low, high

    @model_serializer(mode="wrap")
    def _shortest(self, handler: Any) -> Any:
        full = {name: value for name, value in handler(self).items() if value is not None}
        return full["value"] if set(full) == {"value"} else full


def _within(low: float, high: float, open_low: bool = False) -> AfterValidator:
    def check(quantity: Quantity) -> Quantity:
        least, most = quantity.support()
        too_low = least < low or (open_low and quantity.dist is None and least <= low)
        if too_low or most > high:
            found = f"{least:g}" if least == most else f"values from {least:g} to {most:g}"
            wanted = f"in [{low:g}, {high:g}]" if high < math.inf else f"{'>' if open_low else '>='} {low:g}"
            raise ValueError(f"expected a number {wanted}, found {found}")
        return quantity

    return AfterValidator(check)


def _convert_durations(data: Any, info: ValidationInfo) -> Any:
    """The same data with times written as text ("90 days") turned into the scenario's unit."""
    from sim.model.quantities import parse_duration

    unit = (info.context or {}).get("time_unit", "days")
    if isinstance(data, str):
        return parse_duration(data, unit)
    if isinstance(data, dict):
        converted = dict(data)
        lognormal = data.get("dist") == "lognormal"
        for name in _TIME_FIELDS:
            # The sd of a lognormal is that of a logarithm, a pure number.
            if isinstance(converted.get(name), str) and not (name == "sd" and lognormal):
                converted[name] = parse_duration(converted[name], unit)
        if isinstance(converted.get("range"), list):
            converted["range"] = [
                parse_duration(item, unit) if isinstance(item, str) else item for item in converted["range"]
            ]
        return converted
    return data


def _convert_moment(data: Any, info: ValidationInfo) -> Any:
    """A date or a duration as time units since the scenario's start."""
    from sim.model.quantities import parse_moment

    context = info.context or {}
    if isinstance(data, str):
        return parse_moment(data, start=context.get("start"), time_unit=context.get("time_unit", "days"))
    return data


BIG = 1e12
Number = Annotated[Quantity, _within(-BIG, BIG), _published("number")]
NonNegative = Annotated[Quantity, _within(0.0, math.inf), _published("non_negative")]
Positive = Annotated[Quantity, _within(0.0, math.inf, open_low=True), _published("positive")]
Probability = Annotated[Quantity, _within(0.0, 1.0), _published("probability")]
Duration = Annotated[Quantity, BeforeValidator(_convert_durations), _within(0.0, math.inf), _published("duration")]
LongDuration = Annotated[
    Quantity,
    BeforeValidator(_convert_durations),
    _within(0.0, math.inf, open_low=True),
    _published("long_duration"),
]
FixedDuration = Annotated[Finite, BeforeValidator(_convert_durations), Field(ge=0), _published("fixed_duration")]
Moment = Annotated[Finite, BeforeValidator(_convert_moment), _published("moment")]
Level = Annotated[Finite, Field(ge=0, le=1), _published("level")]


def constant(value: float) -> Callable[[], Quantity]:
    """Default factory of a field: the given constant."""
    return lambda: Quantity(value=value)
