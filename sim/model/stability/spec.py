"""The file of a conflict in option form; `sim.model.stability.load` checks what its parts say about one another."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from sim.model.diagnostics import describe
from sim.model.spec.base import Grounded, Identifier, Slug, Strict, Text, Whole
from sim.model.spec.scenario import Source


def _condition_text(value: Any) -> Any:
    """The text of a pattern or a statement; `-4`, which published lists have for "not option 4", is read as a number."""
    if isinstance(value, bool):
        raise ValueError(f"expected a pattern or a statement, found {describe(value)}")
    if isinstance(value, int):
        return str(value)
    if not isinstance(value, str):
        # A pattern that begins with - and stands without quotes is a list to YAML.
        raise ValueError(f"expected a pattern or a statement in quotes, found {describe(value)}")
    return value


ConditionText = Annotated[str, BeforeValidator(_condition_text), StringConstraints(min_length=1, max_length=2_000)]


def _tied(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


Tied = Annotated[list[ConditionText], BeforeValidator(_tied), Field(min_length=1)]


class Option(Grounded):
    """Something that a decision maker does or leaves."""

    label: str | None = Field(None, description="Name shown to readers; the id if absent.")
    description: str | None = Field(None, description="One or two sentences for readers.")
    irreversible: Literal["taken", "dropped"] | None = Field(
        None, description="taken: once taken it cannot be given up; dropped: once given up it cannot be taken again."
    )


class DecisionMaker(Grounded):
    """Somebody with options and preferences."""

    label: str | None = Field(None, description="Name shown to readers; the id if absent.")
    description: str | None = Field(None, description="One or two sentences for readers.")
    options: dict[Identifier, Option] = Field(min_length=1, max_length=16, description="What it can do or leave.")
    prefers: list[ConditionText] | None = Field(
        None, min_length=1, max_length=40, description="What it wants, as statements, the most important first."
    )
    ranking: list[Tied] | None = Field(
        None,
        min_length=1,
        max_length=2_048,
        description="States from best to worst instead; a list within it is a tie.",
    )


class ConflictSpec(Strict):
    """A conflict in option form."""

    schema_version: Literal[1] = Field(description="Version of this format.")
    id: Slug = Field(description="Name of the conflict: lower-case letters, digits, dots, dashes.")
    version: Whole = Field(1, ge=1, description="Raised whenever results change.")
    title: Text = Field(description="Title for readers.")
    description: Text = Field(description="What the case is.")
    question: str | None = Field(None, description="The question the conflict is meant to answer.")
    sources: dict[Identifier, Source] = Field(description="Sources by short name.")
    decision_makers: dict[Identifier, DecisionMaker] = Field(min_length=2, max_length=8, description="Who decides.")
    infeasible: list[ConditionText] = Field(
        default_factory=list, max_length=200, description="Combinations that cannot be, as patterns or statements."
    )
    merged: list[ConditionText] = Field(
        default_factory=list,
        max_length=50,
        description="Combinations that count as one state, as patterns or statements.",
    )
    names: dict[str, ConditionText] = Field(
        default_factory=dict,
        max_length=2_048,
        description="Names of single states for readers, with pattern or statement.",
    )
    status_quo: ConditionText | None = Field(
        None, description="The state as things stand, as a pattern or a statement."
    )
    limits: list[str] = Field(default_factory=list, description="What this conflict cannot tell; shown in the report.")
