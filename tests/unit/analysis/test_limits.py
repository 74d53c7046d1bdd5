"""What stands beside a share: grounds counted from the file's marks, base rates as declared, and how far it moves within ranges."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from sim import load_scenario, resources
from sim.analysis import limits
from sim.analysis.drivers import drivers
from sim.analysis.estimates import share
from sim.model.complete import complete
from sim.model.datasets.load import load_dataset
from sim.model.explain import DEFAULT, grounds_of, inputs_of

ROOT = Path(__file__).resolve().parents[3]
SUMMIT = resources.scenario_path("summit")
CRISIS = ROOT / "tests" / "spec" / "valid" / "crisis_13_days.yaml"
CASES = [SUMMIT, *sorted((ROOT / "scenarios" / "history").glob("*.yaml"))]


def test_grounds_are_those_of_the_single_inputs():
    spec = load_scenario(SUMMIT)
    entries, found = inputs_of(spec), grounds_of(spec)
    assert found.numbers == len(entries)
    assert found.judged == sum(entry.source.startswith("judgement: ") for entry in entries) > 100
    assert found.default == sum(entry.source == DEFAULT for entry in entries)
    assert found.unnamed == sum(not entry.is_grounded for entry in entries)
    assert found.varied == sum(bool(entry.range) or not entry.value.replace("-", "").replace(".", "").replace("e", "").isdigit()
                               for entry in entries)  # fmt: skip


def test_words_of_grounds_add_up():
    found = grounds_of(load_scenario(SUMMIT))
    numbers = [int(text) for text in re.findall(r"\d+", limits.ground_words(found))]
    assert numbers[0] == sum(numbers[1:-1]) == found.numbers


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_shipped_base_rates_were_known_before_the_first_day(path):
    """Each is the count of wars in a row of data/base-rates that a reader of that day could have had, and no grave class is without."""
    spec = load_scenario(path)
    grave = {item.id for item in spec.outcomes if item.tone == "worst"}
    assert grave and set(spec.base_rates) == grave
    known = load_dataset("base-rates", before=spec.start)
    latest = max(row["until"] for row in known.rows if row["event"] == "full-scale war")
    wars = {(row["num_events"], row["num_cases"]) for row in known.rows if row["event"] == "full-scale war" and row["until"] == latest}
    for rates in spec.base_rates.values():
        assert {(item.num_events, item.num_cases) for item in rates} <= wars
        assert all(str(latest.year) in item.of for item in rates)


def test_base_rates_are_told_with_their_intervals():
    found = limits.limits_of(complete(load_scenario(SUMMIT)))
    (rated,) = found.rated
    assert [(rate.counted.count, rate.counted.trials) for rate in rated.rates] == [(0, 13), (19, 69)]
    assert rated.rates[1].counted == share(19, 69)
    assert "International Crisis Behavior" in rated.rates[0].source
    assert limits.rate_words(found.rated) == (
        "Base rate of “Major war”: 0 in 13 Korean crises, 1954 to 2017 (0 to 23%), "
        "19 in 69 crises of the United States, 1946 to 2017 (18 to 39%)."
    )
    assert limits.unrated_words(found.rated) == ""


def test_a_grave_class_without_a_base_rate_is_told_to_have_none():
    found = limits.limits_of(complete(load_scenario(CRISIS)))
    (rated,) = [item for item in found.rated if not item.rates]
    assert rated.label in limits.unrated_words(found.rated) and "none declared" in limits.brief_rates(found.rated)
    assert limits.rate_words(found.rated) == ""


def test_a_model_of_theory_needs_neither():
    found = limits.limits_of(complete(load_scenario(resources.scenario_path("theory/chicken"))))
    assert found.grounds is None and found.rated == ()
    assert limits.brief_rates(found.rated) == limits.brief_grounds(found) == ""


@pytest.fixture(scope="module")
def run_of_one_input():
    """2,000 histories that clash with the probability that one input is, beside an input that does nothing."""
    random = np.random.default_rng(7)
    fear, idle = random.random(2000), random.random(2000)
    clash = random.random(2000) < fear
    results = {
        "outcome": np.where(clash, "clash", "calm").astype(object), "input:parameters.fear.number": fear,
        "input:parameters.idle.number": idle,
    }  # fmt: skip
    scenario = {"outcomes": [{"class": "clash", "tone": "worst"}, {"class": "calm"}, {"class": "never"}], "sampling": "inputs"}
    return SimpleNamespace(
        results=results, scenario=scenario, design="random", drivers=drivers(results, 3, scenario), clash=clash, fear=fear
    )


def test_the_swing_is_that_between_the_fifths_of_the_input_that_matters(run_of_one_input):
    made = run_of_one_input
    (one, two), still = limits._swings(made, {"clash": "Clash", "calm": "Calm", "never": "Never"})
    order = np.argsort(made.fear)
    assert one.path == "parameters.fear.number" and still == ("Never",)
    assert (one.low.share, one.high.share) == (made.clash[order[:400]].mean(), made.clash[order[-400:]].mean())
    assert one.difference == pytest.approx(one.high.share - one.low.share) and one.difference_low < one.difference < one.difference_high
    assert one.difference == pytest.approx(0.8, abs=0.06)  # the mean of the highest fifth less that of the lowest, .9 - .1
    assert two.difference == pytest.approx(-one.difference)
