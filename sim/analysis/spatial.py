"""Forecasts for a spatial table in words and as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.analysis.estimates import number_or_none
from sim.experiments.spatial import FORECASTS, Forecast, SpatialResult
from sim.games.spatial.challenge import KINDS, STAYS
from sim.games.spatial.position_probabilities import MODELS
from sim.games.spatial.rounds import Rounds
from sim.games.spatial.voting import RULES as VOTING_NAMES
from sim.games.spatial.voting import votes

LABELS = {
    "mean": "Weighted mean",
    "median": "Weighted median",
    "nash": "Nash point",
    "challenge_first": "Challenge model, one round",
    "challenge": "Challenge model",
    "challenge_other": "Challenge model",
    "expected": "Spatial model (KTAB), mean",
    "likeliest": "Spatial model (KTAB), likeliest",
}
RULES = {"published": "published", "least_move": "nearest"}  # by which an actor chooses among compromises
MEANINGS = {
    "mean": "Mean of the positions, weighed by capability times salience.",
    "median": "The position that no other beats in a vote weighed by capability times salience.",
    "nash": "Maximises the product of all actors' gains over disagreement, each to the power of capability times salience.",
    "challenge_first": "Weighted median after one round of challenges.",
    "challenge": "Weighted median when the rounds of challenges end: settled, or stopped while actors still move.",
    "challenge_other": "The same, where an actor that has several compromises to choose from takes another one.",
    "expected": "Mean of the positions, weighed by their probability in the first turn of KTAB's model.",
    "likeliest": "The position with the highest probability in the first turn of KTAB's model.",
}
VOTES = {
    "binary": "whole for whatever is at stake", "prop_binary": "in proportion to what is at stake, with a jump",
    "prop": "in proportion to what is at stake", "prop_cubic": "half in proportion to what is at stake, half to its cube",
    "cubic": "in proportion to the cube of what is at stake", "asymmetric": "in proportion to what is at stake, losses more than gains",
}  # fmt: skip
MOST_VOTES = 20  # actors up to which --json has every single vote
LIMITS = (
    "These are forecasts of models that know positions, saliences and capabilities and nothing else. None knows time, law, "
    "vetoes, packages across issues or what the actors learn of one another.",
    "The challenge model need not settle: where it stops is part of the forecast, and another number of rounds may give another "
    "one. Small changes of the numbers, or of the rule by which an actor chooses among compromises, can move it across the scale.",
    "In comparisons on decisions of the European Union (Thomson et al. 2006; Schneider, Finke and Bailer 2010) the "
    "weighted mean came closer to what was decided than procedural and challenge models: errors of about 22 to 25 points of 100 against "
    "30 and more. The figures are cited from memory of these works; their data are not part of the simulator.",
    "The intervals say how far the uncertain numbers of the table move a forecast. That a model is wrong is in none of them.",
)  # fmt: skip


@dataclass(frozen=True)
class Move:
    """One actor gives way in one round."""

    actor: str
    kind: str
    partner: str
    before: float
    after: float

    def words(self, digits: int = 4) -> str:
        """As in `Belgium compromises with France, 7 to 8.4159`."""
        return f"{self.actor} {self.kind} {self.partner}, {self.before:.{digits}g} to {self.after:.{digits}g}"


def label_of(result: SpatialResult, forecast_id: str, dimension: str | None = None) -> str:
    """Name of a forecast for readers; that of the challenge model says on a dimension whether it settled, and by which rule."""
    label = LABELS[forecast_id]
    if forecast_id not in ("challenge", "challenge_other"):
        return label
    rounds = result.rounds
    if forecast_id == "challenge_other":
        rule = next(rule for rule in RULES if rule != result.spec.spatial.challenge.compromise)
        label, rounds = f"Challenge ({RULES[rule]})", result.other_rounds
    if dimension is None:
        return f"{label}, end"
    return f"{label}, {'settled' if rounds[dimension].settled else 'unsettled'}"


def actor_labels(result: SpatialResult) -> list[str]:
    """Names of the actors for readers, in the order of the table."""
    return [actor.label or name for name, actor in result.spec.actors.items()]


def dimension_label(result: SpatialResult, dimension: str) -> str:
    """Name of a dimension with its unit."""
    found = result.spec.dimensions[dimension]
    return f"{found.label or dimension}" + (f" ({found.unit})" if found.unit else "")


def moves(result: SpatialResult, dimension: str, number: int) -> list[Move]:
    """Who gives way to whom in a round, counted from 1."""
    rounds, names = result.rounds[dimension], actor_labels(result)
    kinds, partners = rounds.kind[number - 1], rounds.partner[number - 1]
    return [
        Move(
            names[actor],
            KINDS[kinds[actor]],
            names[partners[actor]],
            float(rounds.positions[number - 1, actor]),
            float(rounds.positions[number, actor]),
        )
        for actor in range(len(names))
        if kinds[actor] != STAYS
    ]


def stopping(result: SpatialResult, dimension: str) -> str:
    """When and why the challenge model ended, and how far its median wandered, in a sentence."""
    options = result.spec.spatial.challenge
    rule = f"stops when nobody moves further than {options.settled:g} of the range, at the latest after {_rounds(options.rounds)}"
    share = result.settled.get(dimension)
    drawn = f"; of the draws {100 * share:.0f} % settled" if share is not None else ""
    return f"{rule}: {_ending(result.rounds[dimension])}{drawn}"


def _ending(rounds: Rounds) -> str:
    played, low, high = int(rounds.played), float(rounds.median.min()), float(rounds.median.max())
    ending = f"settled after {_rounds(played)}" if rounds.settled else f"not settled after {_rounds(played)}"
    return ending + (f"; the median was between {low:.4g} and {high:.4g} on the way" if high > low else "")


def _rounds(number: int) -> str:
    return f"{number} round{'' if number == 1 else 's'}"


def assumptions(result: SpatialResult) -> list[str]:
    """What the forecasts rest on besides the table."""
    options = result.spec.spatial
    several = len(result.spec.dimensions) > 1
    level = options.nash.disagreement
    without = (
        "what the far end of the scale is worth to it"
        if level == 0.0
        else f"a utility of {level:g} (0 is the far end of the scale)"
    )
    turn = options.first_turn
    chosen = {"published": "the one that the published rounds have it take", "least_move": "the nearest"}
    main = options.challenge.compromise
    other = next(rule for rule in RULES if rule != main)
    found = [
        f"Challenge model: of several compromises an actor takes {chosen[main]}; in the forecast marked ({RULES[other]}), "
        f"{chosen[other]}. Unsettled means that actors still moved when the rounds were over: such a number is no forecast of where "
        "they come to rest.",
        f"Nash point: without agreement everybody gets {without}; losses are quadratic in distance.",
        f"Spatial model: votes are {VOTES[turn.voting]} (KTAB: {VOTING_NAMES[turn.voting]}), probabilities by "
        f"{MODELS[turn.positions]}, attitudes to risk by the {turn.risk} range, victory exponent {turn.victory_exponent:g}. "
        "Capability alone weighs votes" + ("." if several else ", and on one dimension salience plays no part."),
    ]
    if several:
        found.append(
            "Mean, median and challenge model treat each dimension by itself; the other models treat all together."
        )
    return found


def varying(result: SpatialResult) -> str:
    """What varies, in a sentence."""
    if not result.uncertain:
        return "no number of the table varies, so the forecasts have no intervals; --jitter .05 lets each vary by 5 %"
    total = len(result.spec.actors) * (1 + 2 * len(result.spec.dimensions))
    jitter = f", those without a spread of their own by {100 * result.jitter:g} %" if result.jitter else ""
    return f"{len(result.uncertain)} of {total} numbers vary{jitter}"


def lead(result: SpatialResult) -> list[str]:
    """The answer in sentences, the first one by itself."""
    found = []
    for dimension in result.spec.dimensions:
        rows = {row.id: row for row in result.forecasts[dimension]}
        low = min(rows.values(), key=lambda row: row.point)
        high = max(rows.values(), key=lambda row: row.point)
        name = dimension_label(result, dimension)
        ends = result.spec.dimensions[dimension].scale
        spread = 100.0 * (high.point - low.point) / (ends[1] - ends[0])
        found.append(
            f"{name}: the weighted mean is {rows['mean'].point:.4g} and the median {rows['median'].point:.4g} on the scale from "
            f"{ends[0]:g} to {ends[1]:g}; the models lie between {low.point:.4g} ({_lower(label_of(result, low.id, dimension))}) and "
            f"{high.point:.4g} ({_lower(label_of(result, high.id, dimension))}), {spread:.0f} % of the scale apart."
        )
        observed = result.spec.dimensions[dimension].observed
        if observed is not None:
            nearest = min(rows.values(), key=lambda row: abs(row.point - observed))
            found.append(
                f"What came of it was {observed:.4g}; nearest is {nearest.point:.4g} "
                f"({_lower(label_of(result, nearest.id, dimension))}). One case says nothing about which model is better."
            )
        found.append(f"{name}, challenge model: {_ending(result.rounds[dimension])}.")
    return found


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:] if not text.startswith("Nash") else text


# ---- plain data ---------------------------------------------------------------------------------------------------


def as_data(result: SpatialResult) -> dict[str, Any]:
    """Everything as one JSON object; arrays are lists in the order of `actors` and `dimensions`."""
    spec, turn = result.spec, result.first_turn
    few = len(spec.actors) <= MOST_VOTES
    return {
        "schema": 1,
        "kind": "spatial",
        "table": {
            "id": spec.id, "title": spec.title, "question": spec.question or "", "hash": result.hash, "set": result.changes,
        },
        "seed": result.seed,
        "replications": result.replications,
        "jitter": result.jitter,
        "varying": [item.path for item in result.uncertain],
        "options": spec.spatial.model_dump(mode="json", exclude_none=True),
        "assumptions": assumptions(result),
        "actors": [
            {
                "id": name,
                "label": actor.label or name,
                "capability": float(result.point.capability[number]),
                "position": dict(zip(spec.dimensions, result.point.positions[number].tolist(), strict=True)),
                "salience": dict(zip(spec.dimensions, result.point.salience[number].tolist(), strict=True)),
                "risk": float(turn.risk[number]),
                "probability": float(turn.probability[number]),
            }
            for number, (name, actor) in enumerate(spec.actors.items())
        ],
        "dimensions": {name: _dimension_data(result, name) for name in spec.dimensions},
        "first_turn": {
            "distance": turn.distance.tolist(),
            "value": turn.value.tolist(),
            "neutral_coalition": turn.neutral_coalition.tolist(),
            "neutral_victory": turn.neutral_victory.tolist(),
            "neutral_probability": turn.neutral_probability.tolist(),
            "risk": turn.risk.tolist(),
            "utility": turn.utility.tolist(),
            "votes": votes(result.point.capability, turn.utility, spec.spatial.first_turn.voting).tolist() if few else None,
            "coalition": turn.coalition.tolist(),
            "victory": turn.victory.tolist(),
            "probability": turn.probability.tolist(),
            "same_position_as": [list(spec.actors)[first] for first in turn.holder.tolist()],
        },
        "limits": [*LIMITS, *spec.limits],
    }  # fmt: skip


def _dimension_data(result: SpatialResult, name: str) -> dict[str, Any]:
    dimension, rounds = result.spec.dimensions[name], result.rounds[name]
    ids = list(result.spec.actors)
    return {
        "label": dimension.label or name,
        "unit": dimension.unit,
        "scale": list(dimension.scale),
        "observed": dimension.observed,
        "forecasts": {row.id: _forecast_data(result, row, name) for row in result.forecasts[name]},
        "challenge": {
            "rounds_played": int(rounds.played),
            "settled": bool(rounds.settled),
            "settled_by_other_rule": bool(result.other_rounds[name].settled),
            "settled_share": result.settled.get(name),
            "stopping": stopping(result, name),
            "median": rounds.median.tolist(),
            "mean": rounds.mean.tolist(),
            "median_q05_q50_q95": np.asarray(result.paths[name]).tolist() if name in result.paths else None,
            "positions": rounds.positions.tolist(),
            "risk": rounds.risk.tolist(),
            "danger": rounds.danger.tolist(),
            "moves": [
                [
                    {
                        "actor": ids[actor], "kind": KINDS[rounds.kind[number, actor]], "partner": ids[rounds.partner[number, actor]],
                        "before": float(rounds.positions[number, actor]), "after": float(rounds.positions[number + 1, actor]),
                    }
                    for actor in range(len(ids))
                    if rounds.kind[number, actor] != STAYS
                ]
                for number in range(int(rounds.played))
            ],
        },
    }  # fmt: skip


def _forecast_data(result: SpatialResult, row: Forecast, dimension: str) -> dict[str, Any]:
    spread = row.spread
    return {
        "label": label_of(result, row.id, dimension),
        "meaning": MEANINGS[row.id],
        "point": number_or_none(row.point),
        "q05": None if spread is None else spread.q05,
        "q50": None if spread is None else spread.median,
        "q95": None if spread is None else spread.q95,
        "mean": None if spread is None else spread.mean,
        "standard_error": None if spread is None else spread.standard_error,
    }


__all__ = [
    "FORECASTS", "LABELS", "LIMITS", "MEANINGS", "Move", "actor_labels", "as_data", "assumptions", "dimension_label", "label_of",
    "lead", "moves", "stopping", "varying",
]  # fmt: skip
