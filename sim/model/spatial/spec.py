"""What a spatial table may say (pydantic models).

A table is a file of its own kind, marked by its key ``spatial:``, which holds the options of the models. Its numbers are
the quantities of the scenario language, so each may be a distribution or have a range.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationInfo

from sim.model.diagnostics import describe
from sim.model.spec.base import (
    Entity,
    Finite,
    Grounded,
    Identifier,
    NonNegative,
    Number,
    Probability,
    Quantity,
    Slug,
    Strict,
    Text,
    Whole,
)
from sim.model.spec.scenario import Source

MOST_ACTORS, MOST_DIMENSIONS, MOST_ROUNDS = 500, 20, 1_000


def _by_dimension(data: Any, info: ValidationInfo) -> Any:
    """One number for the one dimension, as a mapping of dimension to number."""
    dimensions = (info.context or {}).get("dimensions", ())
    is_number = not isinstance(data, dict) or bool(set(data) & (set(Quantity.model_fields) - set(dimensions)))
    if not is_number:
        return data
    if len(dimensions) == 1:
        return {dimensions[0]: data}
    if isinstance(data, dict):
        return data  # the unknown key is told by name
    names = ", ".join(dimensions[:4])
    raise ValueError(f"expected one number a dimension, as in {{{names}}}, found {describe(data)}")


class Dimension(Entity):
    """A scale on which actors hold positions."""

    scale: tuple[Finite, Finite] = Field(description="Its two ends, the lower first.")
    ends: tuple[Text, Text] | None = Field(None, description="What the two ends mean, in words.")
    unit: str | None = Field(None, description="Unit of its numbers.")
    observed: Finite | None = Field(None, description="What came of it in the end, to be compared; no model reads it.")


class SpatialActor(Entity):
    """Who holds positions."""

    capability: NonNegative = Field(description="Resources it can bring to bear, in any unit.")
    position: Annotated[dict[Identifier, Number], BeforeValidator(_by_dimension)] = Field(
        description="What it stands for: a number, or one a dimension."
    )
    salience: Annotated[dict[Identifier, Probability], BeforeValidator(_by_dimension)] = Field(
        description="How much it cares, from 0 to 1: a number, or one a dimension."
    )


class Challenge(Grounded):
    """Options of the expected-utility challenge model."""

    rounds: Whole = Field(10, ge=1, le=MOST_ROUNDS, description="Rounds after which it ends in any case.")
    settled: Finite = Field(
        0.001,
        ge=0,
        le=1,
        description="It ends when nobody moves further than this share of the first positions' range.",
    )
    exponent: Finite = Field(1.0, gt=0, le=10, description="Exponent of distances, which attitudes to risk bend.")
    status_quo: Finite = Field(1.0, ge=0, le=1, description="Chance that nothing changes if nobody challenges.")
    compromise: Literal["published", "least_move"] = Field(
        "published",
        description="Which of several compromises an actor takes: as in the published rounds, or the nearest.",
    )


class FirstTurnOptions(Grounded):
    """Options of the spatial model of politics (KTAB)."""

    voting: Literal["binary", "prop_binary", "prop", "prop_cubic", "cubic", "asymmetric"] = Field(
        "prop", description="How a vote grows with what is at stake."
    )
    victory_exponent: Finite = Field(
        1.0, gt=0, le=64, description="Of coalition strengths: 1 linear, 2 square, 4 quartic, 8 octic."
    )
    positions: Literal["conditional", "markov_incentive", "markov_uniform"] = Field(
        "conditional", description="How chances against each other one become a probability."
    )
    risk: Literal["min", "mid", "max"] = Field("mid", description="Range of the attitudes to risk that are inferred.")


class NashOptions(Grounded):
    """Options of the Nash point."""

    disagreement: Finite = Field(
        0.0,
        le=0,
        ge=-1e6,
        description="Utility without agreement: 0 is the far end of the scale, 1 one's own position.",
    )


class Options(Strict):
    """Options of the models."""

    challenge: Challenge = Field(default_factory=Challenge, description="The challenge model.")
    first_turn: FirstTurnOptions = Field(default_factory=FirstTurnOptions, description="KTAB's first turn.")
    nash: NashOptions = Field(default_factory=NashOptions, description="The Nash point.")
    sampling: Literal["inputs", "ranges", "off"] = Field(
        "ranges", description="What varies: declared distributions, also ranges (triangular), or nothing."
    )


class SpatialSpec(Strict):
    """A spatial table."""

    schema_version: Literal[1] = Field(description="Version of this format.")
    id: Slug = Field(description="Name of the table: lower-case letters, digits, dots, dashes.")
    version: Whole = Field(1, ge=1, description="Raised whenever numbers change.")
    title: Text = Field(description="Title for readers.")
    description: Text = Field(description="What the case is.")
    question: str | None = Field(None, description="The question the table is meant to answer.")
    sources: dict[Identifier, Source] = Field(description="Sources by short name.")
    spatial: Options = Field(description="Options of the models; `{}` for their defaults. Marks the file as a table.")
    dimensions: dict[Identifier, Dimension] = Field(
        min_length=1, max_length=MOST_DIMENSIONS, description="The scales that are bargained over."
    )
    actors: dict[Identifier, SpatialActor] = Field(min_length=2, max_length=MOST_ACTORS, description="Who bargains; two at least.")
    limits: list[Text] = Field(default_factory=list, max_length=40, description="What readers of a result must know.")


def validation_context(data: Any) -> dict[str, Any]:
    """What the fields of a table must know of the rest: the names of its dimensions."""
    dimensions = data.get("dimensions") if isinstance(data, dict) else None
    return {"dimensions": tuple(map(str, dimensions)) if isinstance(dimensions, dict) else ()}
