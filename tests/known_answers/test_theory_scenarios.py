"""Every textbook game that is shipped, solved and played: histories agree with the theorem, and wrong versions do not.

A scenario is played in as many histories as find an error of 2 % in a measure with power .99 at 4.1 standard errors (more in
full); its variants in fewer, so that each is played at all.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest

from sim import resources
from sim.analysis.solutions import solved
from sim.experiments.verification import FEWEST, Check, histories_needed, verify
from sim.experiments.workers import ENGINES
from sim.model.compile import Case, compile_case
from sim.model.complete import complete
from sim.model.load import load_scenario
from tests.counts import sample_size

SEED = 1982
NAMES = [name for name in resources.list_scenarios() if name.startswith("theory/")]
VARIANTS = [(name, variant) for name in NAMES for variant in load_scenario(name).variants]

# Strategies and chances that are wrong by a few percent, or wrong in kind; each must show in a measure.
WRONG: dict[str, dict[str, object]] = {
    "rubinstein": {"game.strategies.offer_a": "solution.offer_1 * .98"},
    "ultimatum": {"game.strategies.answer": {"accept": "move.offer >= type.reservation * 1.02"}},
    "ultimatum-logit": {"game.strategies.answer": {"accept": "1.02 * logistic(precision * (move.offer - outside))"}},
    "crisis-bargaining": {"game.strategies.answer": {"accept": "move.demand <= p + 1.05 * type.cost_b"}},
    "crisis-bargaining-exponential": {"game.strategies.answer": {"accept": "move.demand <= p + 1.05 * type.cost_b"}},
    "audience-costs": {"game.types.war_a.low": "-width_1 * 1.05"},
    "chicken": {"game.strategies.meeting": {"A": {"stand": "solution.stand_1 * 1.03"}, "B": {"stand": "solution.stand_2"}}},
    "ratification": {"game.strategies.vote": {"ratify": "move.offer >= type.reservation * 1.02"}},
    "veto-players": {"game.strategies.vote": "move.offer >= member.reservation * 1.02"},
    "double-auction": {"game.strategies.ask": "type.cost / (2 - weight) + (1 - weight) / 2 * .96"},
    "attrition": {"game.strategies.patience_a": "-log(uniform) / (cost_2 / value_2) * 1.03"},
    "attrition-private": {"game.strategies.patience_a": "1.04 * (-type.prize_a - highest * log(1 - type.prize_a / highest)) / cost"},
    "deterrence": {"game.strategies.reply": {"resist": "1.03 * logistic(precision * (responder_resisted - responder_conceded))"}},
    "brinkmanship": {"game.strategies.nerve_a": "-log(uniform) / (hazard * (submit - disaster) / (win - submit)) * 1.06"},
    "screening": {"game.strategies.answer": {"pay": "type.relief * (1 - discount / 2) >= move.demand * .99"}},
    "inspection": {"game.strategies.conduct": {"violate": "solution.violate * 1.03"}},
    "crisis-signalling": {"game.strategies.last_word": {"stand_firm": "type.firm_a + .03 > type.back_a"}},
    "council-majority": {"game.moves.proposal.rule": "unanimity"},
    "indivisible-prize": {"game.moves.war.options.won.probability": "p * 1.05"},
    "kuhn-poker": {"game.strategies.answer": {"call": "if(type.other_card.king, 1, if(type.other_card.queen, .5, 0))"}},
    "bayesian-learning": {"game.strategies.signal": {"bad_news": "if(type.intent.good, likelihood_good * 1.03, likelihood_bad)"}},
}


@lru_cache(maxsize=4)
def case_of(name: str, variant: str | None = None) -> Case:
    return compile_case(complete(load_scenario(name, variant=variant)))


def played(case: Case, replications: int | None) -> list[Check]:
    """Measures beside their exact values; in full at least 200,000 histories."""
    least = sample_size("theory_least")
    found = verify(case, SEED, ENGINES["batch"], replications, workers=1)
    if replications is None and least > FEWEST and max(check.counted for check in found) < least:
        found = verify(case, SEED, ENGINES["batch"], least, workers=1)
    return found


def told(checks: list[Check]) -> list[str]:
    return [f"{c.label}: exact {c.exact:.6g}, played {c.estimate:.6g}, {c.apart:.1f} standard errors apart" for c in checks if not c.holds]


@pytest.mark.parametrize("name", NAMES)
def test_histories_agree_with_theory(name):
    assert told(played(case_of(name), None)) == []


@pytest.mark.parametrize(("name", "variant"), VARIANTS, ids=lambda value: value.removeprefix("theory/"))
def test_variants_agree_with_theory_too(name, variant):
    assert told(played(case_of(name, variant), sample_size("theory_variants"))) == []


@pytest.mark.parametrize("name", sorted(WRONG))
def test_a_wrong_version_shows(name):
    right, wrong = case_of(f"theory/{name}"), load_scenario(f"theory/{name}", overrides=WRONG[name])
    found = verify(compile_case(complete(wrong)), SEED, ENGINES["batch"], None, workers=1)
    assert any(check.differs for check in found), f"{name}: nothing differs although {WRONG[name]} is wrong"
    assert [check.exact for check in found] == pytest.approx([right.constant(m.exact) for m in right.spec.theory.measures.values()])


def test_there_are_ten_wrong_versions_and_every_model_has_measures():
    assert len(WRONG) >= 10
    assert all(len(load_scenario(name).theory.measures) >= 1 for name in NAMES)


def test_every_scenario_has_a_page_beside_it():
    assert all((Path(resources.scenario_path(name)).with_suffix(".md")).is_file() for name in NAMES)


# Strategies as written, held against every other choice on a grid.

BY_LOGIT = {"deterrence", "deterrence-probit", "matching-pennies", "ultimatum-logit"}  # errors cost; no equilibrium in the plain sense
NOT_PLAYERS = {"concession-tactics", "risk-limits", "bayesian-learning", "expectation-gap"}  # rules of thumb, not choices
GRID = {
    "attrition": 0.05, "attrition-exponential": 0.08, "attrition-private": 0.02, "audience-costs": 0.13, "brinkmanship": 0.09,
    "crisis-bargaining": 0.005, "crisis-bargaining-exponential": 0.005, "crisis-signalling": 0.07, "double-auction": 0.01,
    "screening": 0.002,
}  # fmt: skip


def has_players(name: str) -> bool:
    game = load_scenario(name).game
    return game is not None and bool(game.players) and name.removeprefix("theory/") not in BY_LOGIT | NOT_PLAYERS


@pytest.mark.parametrize("name", [name for name in NAMES if has_players(name)])
def test_nobody_gains_by_another_choice_but_for_the_grid(name):
    found = solved(load_scenario(name))
    if found.game is None:
        assert any(word in found.unchecked for word in ("members", "division", "positions")), found.unchecked
        return
    assert found.game.gain <= GRID.get(name.removeprefix("theory/"), 1e-9), found.game.gain_at


def test_the_sample_is_what_an_error_of_two_percent_asks_for():
    """Of a probability of a half: (4.1 + 2.326)^2 / .02^2 histories."""
    import numpy as np

    values = np.tile([0.0, 1.0], 5000)
    assert histories_needed(values, len(values)) == pytest.approx((4.1 + 2.32635) ** 2 / 0.02**2, rel=1e-3)


LOGIT = [(name, precision) for name in ("chicken", "inspection", "reassurance", "power-shift") for precision in ("0", "4", "40")]
LOGIT += [("crisis-bargaining", "4"), ("ratification", "4"), ("agenda-setter", "40"), ("finite-bargaining", "4")]


@pytest.mark.parametrize(("name", "precision"), LOGIT)
def test_logit_players_of_any_precision_are_played_as_they_are_solved(name, precision):
    spec = load_scenario(f"theory/{name}", overrides={"game.play": "logit", "game.precision": precision, "game.points": 7})
    assert told(played(compile_case(complete(spec)), sample_size("theory_variants"))) == []
