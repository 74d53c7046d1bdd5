"""Every feature of the language does something: tiny scenarios that differ in one feature, played with the same draws.

The case is the starter: Upland gives water for a loan, Lowland a loan for water, and they offer in turn.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from sim.engines.event_engine import run_block
from sim.model.compile import compile_case
from sim.model.complete import complete
from sim.model.load import load_document, load_scenario
from sim.model.reader import read_text
from sim.model.starter import starter_text
from tests.counts import sample_size
from tests.played import FIXTURES, SEED

SIGMAS = 4.1
STARTER = read_text(starter_text("neighbours"), "neighbours.yaml")
METRICS = {"metrics.water": "deal.level.water", "metrics.loan": "deal.level.loan"}


def rows(changes: dict[str, Any], count: int, fixture: str = "") -> dict[str, np.ndarray]:
    """Results of a fixture, or of the starter, with changes by path."""
    if fixture:
        spec = load_scenario(FIXTURES[fixture], overrides=changes)
    else:
        spec = load_document(STARTER, overrides={**METRICS, **changes}).spec
    return run_block(compile_case(complete(spec)), range(count), SEED)["results"]


@lru_cache
def plain(fixture: str, count: int) -> dict[str, np.ndarray]:
    return rows({}, count, fixture)


def figure(table: dict[str, np.ndarray], name: str) -> np.ndarray:
    """A column, or whether the outcome is the named class."""
    column, _, value = name.partition("=")
    return (table[column] == value).astype(float) if value else table[column].astype(float)


# What is changed, the figure that it moves, and which way. The reason is the theory of the feature.
FEATURES = {
    # Upland takes Lowland to be content with little water, so it offers little.
    "misperceived ideal": ({"actors.upland.perceives": {"lowland": {"ideals": {"water": 0.3}}}}, "outcome=shared_river", -1),
    # What it refuses longer it signs later.
    "loss aversion": ({"actors.upland.risk.loss_aversion": 4}, "time:deal", 1),
    # Concave above and convex below the disagreement payoff: small gains count for more, large ones for less.
    "risk attitude": ({"actors.upland.risk.curvature": 0.3}, "metric:water", -1),
    # What Upland cannot see does not reward it for water.
    "hidden side issue": ({"issues.loan.hidden_from": ["upland"]}, "metric:water", -1),
    "red line": ({"actors.upland.red_lines": {"dry": {"issue": "water", "max": 0.35}}}, "outcome=shared_river", -1),
    "mandate": ({"tracks.talks.mandate": {"water": {"max": 0.35}}}, "outcome=shared_river", -1),
    "deadline": ({"tracks.talks.deadline": "100 days"}, "outcome=no_deal", 1),
    # Below 1 the last steps toward the ideal count most, so Upland holds out for the whole loan.
    "exponent": ({"actors.upland.utility.issues.loan.exponent": 0.3}, "metric:water", -1),
    "veto player": (
        {"veto_players": {"farmers": {"parent": "upland", "weight": 1, "prior": 0.05, "reference": "fair_share"}}},
        "outcome=no_deal",
        1,
    ),
    "derived quantity": (
        {
            "derived": {"arriving": {"value": "water * .1"}},
            "actors.lowland.utility.issues.water.reads": "arriving",
        },
        "outcome=no_deal",
        1,
    ),
    # It concedes early where it conceded late.
    "tactic of a track": ({"actors.upland.tactics.talks.beta": 8}, "time:deal", -1),
    "calendar": ({"hazards.drought": {"kind": "calendar", "at": ["2030-06-01"], "every": "60 days"}}, "count:events.drought", 1),
    "self-excitation": (
        {"hazards.drought": {"kind": "self_exciting", "baseline": 0.5, "branching": 0.6, "half_life": "30 days"}},
        "count:events.drought",
        1,
    ),
}


@pytest.mark.parametrize("feature", FEATURES)
def test_a_feature_moves_its_figure(feature):
    changes, name, sign = FEATURES[feature]
    count = sample_size("language_features")
    assert_moves(figure(plain("", count), name), figure(rows(changes, count), name), sign)


OF_FIXTURES = {
    # Harm of war is borne where war comes, and alters no choice.
    "harm of war": ("crisis_13_days", {"actors.northreach.harm_of_war": 0.7}, "utility:northreach", -1),
    "chance of victory": ("crisis_13_days", {"actors.northreach.fighting.win_probability": 0.1}, "outcome=war", -1),
    "audience cost": ("crisis_13_days", {"mechanisms.ladder.audience_costs": False}, "outcome=war", -1),
    "repeated votes": ("parliament_three_votes", {"veto_players.parliament.votes": 1}, "outcome=orderly_exit", -1),
    "pressure of the clock": ("parliament_three_votes", {"veto_players.parliament.learning": 0.5}, "outcome=orderly_exit", 1),
    "hard deadline": ("parliament_three_votes", {"veto_players.parliament.vote_gap": "200 days"}, "outcome=orderly_exit", -1),
}


@pytest.mark.parametrize("feature", OF_FIXTURES)
def test_a_feature_moves_its_figure_in_a_fixture(feature):
    fixture, changes, name, sign = OF_FIXTURES[feature]
    count = sample_size("language_features")
    assert_moves(figure(plain(fixture, count), name), figure(rows(changes, count, fixture), name), sign)


def assert_moves(before: np.ndarray, after: np.ndarray, sign: int) -> None:
    """The mean of the differences within a history lies in the direction by more than 4.1 standard errors."""
    change = after - before
    change = change[~np.isnan(change)]
    error = change.std() / math.sqrt(change.size)
    assert sign * change.mean() > SIGMAS * error, f"{change.mean():.3f} with a standard error of {error:.3f}"


DIFFERENT = {
    "mediator's own view": ("mediator_single_text", {"tracks.lodge.weight_of_own_view": 0.9}, "metric:land_returned"),
    "misperceived weights": (
        "",
        {"actors.upland.perceives": {"lowland": {"weights": {"water": 0.05, "loan": 0.95}}}},
        "metric:water",
    ),
    "family of tactics": ("", {"actors.upland.tactics.talks": {"family": "maximalist"}}, "metric:water"),
}


@pytest.mark.parametrize("feature", DIFFERENT)
def test_a_feature_of_no_certain_sign_alters_histories(feature):
    fixture, changes, name = DIFFERENT[feature]
    count = sample_size("language_features")
    assert (rows(changes, count, fixture)[name] != plain(fixture, count)[name]).any()


def test_a_red_line_binds_until_its_condition_lifts_it():
    line = {"issue": "water", "max": 0.35}
    count = sample_size("language_features")
    always = rows({"actors.upland.red_lines": {"dry": line}}, count)
    lifted = rows({"actors.upland.red_lines": {"dry": {**line, "unless": "time > 200 days"}}}, count)
    assert always["metric:water"].max() <= 0.35
    # The time is that of the first deal, and a later one may replace it.
    beyond = (lifted["metric:water"] > 0.35) & (lifted["count:deals"] == 1)
    assert beyond.any()
    assert (lifted["time:deal"][beyond] > 200.0).all()


BOTH = ["actors.lowland.patience", "actors.upland.patience"]
UNIFORM = {"dist": "uniform", "low": 0.1, "high": 0.4}


def drawn(changes: dict[str, Any], names: list[str]) -> list[np.ndarray]:
    table = rows({**changes, "uncertainties": names}, sample_size("drawn_inputs"))
    return [table[f"input:{name}"] for name in names]


@pytest.mark.parametrize("correlation", [0.0, 0.9])
def test_inputs_of_a_group_vary_together(correlation):
    """Ranks of a Gaussian copula correlate by 6 / pi * arcsin(r / 2)."""
    changes = {"actors.upland.patience": UNIFORM}
    if correlation:
        changes["correlations"] = {"temper": {"members": BOTH, "correlation": correlation}}
    one, two = drawn(changes, BOTH)
    expected = 6.0 / math.pi * math.asin(correlation / 2.0)
    assert abs(np.corrcoef(one, two)[0, 1] - expected) < SIGMAS * (1.0 - expected**2) / math.sqrt(one.size)
    assert one.min() >= 0.1 and one.max() <= 0.4


def test_shares_of_a_whole_sum_to_one_around_what_is_written():
    names = [f"actors.lowland.utility.issues.{issue}.weight" for issue in ("water", "loan")]
    water, loan = drawn({"shares": {"wants": {"members": names, "concentration": 10}}}, names)
    assert np.abs(water + loan - 1.0).max() < 1e-12
    spread = math.sqrt(0.7 * 0.3 / 11.0)  # of a Dirichlet distribution with these means and a concentration of 10
    assert abs(water.mean() - 0.7) < SIGMAS * spread / math.sqrt(water.size)
    assert 0.8 * spread < water.std() < 1.2 * spread


def test_a_choice_takes_its_values_with_their_probabilities():
    (found,) = drawn({BOTH[0]: {"dist": "choice", "values": [0.1, 5], "probabilities": [0.25, 0.75]}}, BOTH[:1])
    assert set(found) == {0.1, 5.0}
    assert abs((found == 5.0).mean() - 0.75) < SIGMAS * math.sqrt(0.75 * 0.25 / found.size)


def test_a_pinned_key_keeps_the_draws_of_a_renamed_actor():
    count = 10
    text = starter_text("neighbours")
    pinned = text.replace("  lowland:\n    role", "  lowland:\n    key: 7\n    role")
    renamed = pinned.replace("lowland", "plain")
    one, two = (
        run_block(compile_case(complete(load_document(read_text(item)).spec)), range(count), SEED)["results"]
        for item in (pinned, renamed)
    )
    assert (one["input:actors.lowland.patience"] == two["input:actors.plain.patience"]).all()


def test_overconfidence_that_can_have_no_effect_is_remarked_upon():
    (remark,) = load_document(STARTER, overrides={"actors.lowland.overconfidence": 0.5}).warnings
    assert "no effect" in remark.text and remark.hint
