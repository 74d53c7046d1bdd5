"""A game: players who move in turn or at once, what they know, what each move leads to, and how they play."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from sim.model.spec.base import (
    Entity,
    ExpressionText,
    Finite,
    FixedDuration,
    Grounded,
    Identifier,
    Switch,
    Whole,
)
from sim.model.spec.effects import Effects


class Player(Grounded):
    """An actor, or a group of identical members, that moves in the game."""

    discount: ExpressionText = Field("1", description="Discount factor per period, in (0, 1].")
    members: ExpressionText | None = Field(None, description="A group of so many identical members; none: the actor alone.")
    precision: ExpressionText | None = Field(
        None, description="Precision of its logit choices, per unit of payoff; none: that of the game."
    )


class GameType(Grounded):
    """What a player, every member of a group, or nobody knows: a number with a distribution, or one of some classes."""

    of: Identifier | None = Field(None, description="Who knows it; a group: each member has its own; none: nobody.")
    dist: Literal["uniform", "normal", "exponential"] | None = Field(None, description="Distribution of a number.")
    low: ExpressionText | None = Field(None, description="Lower end (uniform).")
    high: ExpressionText | None = Field(None, description="Upper end (uniform).")
    mean: ExpressionText | None = Field(None, description="Mean (normal, exponential).")
    sd: ExpressionText | None = Field(None, description="Standard deviation (normal).")
    classes: dict[Identifier, ExpressionText] | None = Field(
        None, min_length=2, max_length=8, description="Probability by class; they sum to 1."
    )
    label: str | None = Field(None, description="Words for readers; the name if absent.")
    key: Annotated[Whole, Field(ge=0, le=0xFFFF)] | None = Field(
        None, description="Pins the address of its draws, so that a renamed one keeps them."
    )

    @model_validator(mode="after")
    def _is_one_thing(self) -> GameType:
        if (self.dist is None) == (self.classes is None):
            raise ValueError("expected either `dist` or `classes`")
        given = {name for name in ("low", "high", "mean", "sd") if getattr(self, name) is not None}
        need = NEEDS[self.dist] if self.dist else frozenset()
        what = f"a {self.dist} distribution" if self.dist else "a type with classes"
        if need - given:
            raise ValueError(f"{what} needs `{'`, `'.join(sorted(need - given))}`")
        if given - need:
            raise ValueError(f"{what} has no `{'`, `'.join(sorted(given - need))}`")
        return self


NEEDS: dict[str, frozenset[str]] = {
    "uniform": frozenset({"low", "high"}), "normal": frozenset({"mean", "sd"}), "exponential": frozenset({"mean"}),
}  # fmt: skip


class Result(Grounded):
    """What follows a move."""

    payoffs: dict[Identifier, ExpressionText] = Field(
        default_factory=dict, description="Paid now, by player; read after the move."
    )
    takes: ExpressionText = Field("0", description="Periods until the next move.")
    then: Identifier | None = Field(None, description="The next move; none: the game is over.")
    until: ExpressionText | None = Field(None, description="The game is over instead where this holds.")
    effects: Effects | None = Field(None, description="What it does to the rest of the situation.")
    label: str | None = Field(None, description="Words for readers.")


class ChanceResult(Result):
    """What follows if chance has it so."""

    probability: ExpressionText | None = Field(None, description="Its probability; one of the options may leave it out and has the rest.")


class _Move(Entity):
    unseen_by: list[Identifier] = Field(default_factory=list, description="Players who do not learn what was chosen.")


class NumberMove(_Move, Result):
    """A player names a number: a demand, a share of a pie, a date."""

    kind: Literal["number"] = Field("number", description="A number within bounds.")
    by: Identifier = Field(description="Who names it.")
    between: tuple[ExpressionText, ExpressionText] = Field(
        ("0", "1"), description="Lowest and highest number."
    )


class ChoiceMove(_Move):
    """A player chooses one of some options."""

    kind: Literal["choice"] = Field("choice", description="One of some options.")
    by: Identifier = Field(description="Who chooses.")
    options: dict[Identifier, Result] = Field(min_length=2, max_length=40, description="What follows, by option.")


class ChanceMove(_Move):
    """Nobody chooses."""

    kind: Literal["chance"] = Field("chance", description="Chance decides.")
    options: dict[Identifier, ChanceResult] = Field(min_length=1, max_length=40, description="What follows, by option.")


PayoffTable = list[ExpressionText] | list[list[ExpressionText]] | list[list[list[ExpressionText]]] | list[list[list[list[ExpressionText]]]]


class SimultaneousMove(_Move):
    """Players choose at once, none knowing what the others choose."""

    kind: Literal["simultaneous"] = Field("simultaneous", description="Players choose at once.")
    by: list[Identifier] = Field(min_length=2, max_length=4, description="Who chooses.")
    options: dict[Identifier, list[Identifier]] = Field(description="Options by player.")
    payoffs: dict[Identifier, PayoffTable] = Field(
        description="Payoffs by player: a table whose rows are options of the first player and columns those of the second "
        "(and so on, one list deeper for each further player)."
    )
    takes: ExpressionText = Field("0", description="Periods until the next move.")
    then: Identifier | None = Field(None, description="The next move; none: the game is over.")
    until: ExpressionText | None = Field(None, description="The game is over instead where this holds.")
    label: str | None = Field(None, description="Words for readers.")


class VoteMove(_Move):
    """The members of a group say yes or no to what is on the table."""

    kind: Literal["vote"] = Field("vote", description="A group votes.")
    by: Identifier = Field(description="The group.")
    rule: Literal["unanimity", "majority"] | ExpressionText = Field(
        "majority", description="`unanimity`, `majority` (more than half), or the number of votes needed."
    )
    already: ExpressionText = Field("0", description="Votes that are certain before the members vote, such as the proposer's own.")
    passes: Result = Field(default_factory=Result, description="What follows if it passes.")
    fails: Result = Field(default_factory=Result, description="What follows if it does not.")


class DivisionMove(_Move):
    """A member drawn by lot divides one pie: keeps what it does not offer to those whose votes it needs."""

    kind: Literal["division"] = Field("division", description="One pie among a group, by proposal and vote.")
    by: Identifier = Field(description="The group.")
    rule: Literal["unanimity", "majority"] | ExpressionText = Field(
        "majority", description="`unanimity`, `majority` (more than half), or the number of votes needed, the proposer's own among them."
    )
    pie: ExpressionText = Field("1", description="What is divided.")
    passes: Result = Field(default_factory=Result, description="What follows if it passes; the shares are paid before.")
    fails: Result = Field(default_factory=Result, description="What follows if it does not.")


class AgreementMove(_Move, Result):
    """Two players agree on numbers by a solution concept of cooperative bargaining."""

    kind: Literal["agreement"] = Field("agreement", description="A bargaining solution.")
    by: list[Identifier] = Field(min_length=2, max_length=2, description="The players who agree.")
    concept: Literal["nash", "kalai_smorodinsky", "egalitarian", "utilitarian"] = Field(
        "nash", description="The solution concept."
    )
    weight: ExpressionText = Field(".5", description="Bargaining power of the first player (nash alone), in (0, 1).")
    numbers: dict[Identifier, tuple[ExpressionText, ExpressionText]] = Field(
        min_length=1, max_length=3, description="What is agreed on: lowest and highest number by name."
    )
    disagreement: dict[Identifier, ExpressionText] = Field(
        default_factory=dict, description="Payoffs without agreement; 0 if absent."
    )


Move = Annotated[
    NumberMove | ChoiceMove | ChanceMove | SimultaneousMove | VoteMove | DivisionMove | AgreementMove,
    Field(discriminator="kind"),
]

Strategy = ExpressionText | dict[Identifier, ExpressionText | dict[Identifier, ExpressionText]]


class Game(Grounded):
    """A game of moves, one after another on the scenario's clock."""

    enabled: Switch = Field(True, description="Switched off, it is never played.")
    period: FixedDuration = Field(1.0, gt=0, description="Length of a period.")
    starts: FixedDuration = Field(0.0, description="Time of the first move.")
    players: dict[Identifier, Player] = Field(max_length=16, description="Who moves; names of actors.")
    types: dict[Identifier, GameType] = Field(default_factory=dict, description="Private types.")
    first: Identifier = Field(description="The first move.")
    moves: dict[Identifier, Move] = Field(min_length=1, max_length=60, description="The moves by name.")
    strategies: dict[Identifier, Strategy] = Field(
        default_factory=dict,
        description="Strategies by move: the number to name; the probability (or a condition) by option; for groups that of a yes.",
    )
    play: Literal["equilibrium", "logit"] = Field(
        "equilibrium",
        description="How players play: by the strategies given (solved for where none are), or as logit players.",
    )
    precision: ExpressionText = Field("5", description="Precision of logit players, per unit of payoff.")
    points: Whole = Field(
        21, ge=3, le=401, description="Points on which numbers and types are put where the game is solved by algorithm."
    )
    most_moves: Whole = Field(10_000, ge=1, le=1_000_000, description="After so many moves the game stops unfinished.")

    @property
    def has_grid(self) -> bool:
        """Whether anything in it is a number of a continuum, which algorithms put on points."""
        return any(isinstance(move, (NumberMove, DivisionMove)) for move in self.moves.values()) or any(
            kind.classes is None for kind in self.types.values()
        )


class Measure(Grounded):
    """A quantity that is both known exactly and measured in histories."""

    value: ExpressionText = Field(description="What is measured in each history, at the horizon.")
    given: ExpressionText | None = Field(None, description="Only histories in which this holds count.")
    exact: ExpressionText = Field(description="Its exact mean.")
    statistic: Literal["mean", "dispersion"] = Field(
        "mean", description="The mean, or variance over mean."
    )
    within: Annotated[Finite, Field(ge=0)] = Field(
        0.0, description="Systematic error allowed beside chance, where the played model approximates the exact one."
    )
    label: str | None = Field(None, description="Words for readers.")


class Theory(Grounded):
    """What theory says of the scenario: a theorem with its symbols, and measures to hold against it."""

    theorem: Identifier | None = Field(None, description="Name of the theorem; `sim solve --theorems` lists them.")
    given: dict[Identifier, ExpressionText] = Field(
        default_factory=dict, description="Its symbols, as expressions over parameters; a parameter of the same name if absent."
    )
    measures: dict[Identifier, Measure] = Field(default_factory=dict, max_length=60, description="Quantities to verify.")
    replications: Whole | None = Field(
        None, ge=1, description="Histories that `sim verify` plays; none: as many as catch an error of 2 %."
    )
    solved: dict[Identifier, Finite] = Field(
        default_factory=dict, description="What the theorem gives for the parameters; written by completion."
    )
