"""Each check of the shipped seed can fail, and each quantity that a claim names moves the claim's figure.

A check that no scenario could fail, or a citation that changes nothing, would be decoration.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim import resources
from sim.analysis.claims import Auditor
from sim.experiments.claims import Task, World, Worlds
from sim.model.reader import read
from sim.model.seed import Claim, load_seed
from tests.claims.sized import sized
from tests.played import case_of

DOCUMENT = read(resources.scenario_path("summit"))
LOADED = load_seed(resources.seed_path("rp-2018-03"))
CLAIMS = LOADED.seed.claims
CHECKED = [claim for claim in CLAIMS if claim.check is not None]
WORLDS = Worlds(DOCUMENT)
STEPS = (4, 24, 60)  # histories that are tried one after the other until a figure moves


def auditor(base=None, variant=None) -> Auditor:
    return Auditor(DOCUMENT, LOADED, base=base, variant=variant, worlds=WORLDS)


# What is there -----------------------------------------------------------------------------------------------------


def test_all_claims_are_there_and_nearly_all_are_computed():
    explicit = [claim for claim in CLAIMS if not claim.implicit]
    assert 35 == len(explicit)
    assert 3 == len(CLAIMS) - len(explicit)
    assert 33 <= sum(claim.check is not None for claim in explicit)


def test_all_names_in_the_checks_are_names_of_the_scenario():
    auditor().check_names()


def test_checks_fit_into_a_minute():
    """At 28 ms a history of three years (benchmarks/) and 5 ms an answer, two cores have 60 s, less 6 s to start."""
    days = 0.0
    for task, number in auditor().wanted(CHECKED).items():
        if task.probe is None:
            days += number * WORLDS.completed(task.world)["readings"][-1]
    answers = sum(number for task, number in auditor().wanted(CHECKED).items() if task.probe is not None)
    assert days / 1095 * 0.028 + answers * 0.005 < 2 * 54


# Counter-scenarios -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("claim", [c for c in CHECKED if c.check.counter.by_hand is None], ids=lambda c: c.id)
def test_a_check_fails_in_its_counter_scenario(claim: Claim):
    counter = claim.check.counter
    number = counter.replications or 20
    there = auditor(counter.set, counter.variant)
    result = there.run([sized(claim, number, min(number, 6), counter.part)], workers=1)[0]
    assert "does not hold" in [part.verdict for part in result.parts], result.parts


def test_a_leader_whose_tastes_are_new_is_seen(monkeypatch):
    """No scenario gives a new leader new tastes, so an engine that does is planted."""
    from sim.acts import leaders

    claim = LOADED.claim("equal-treatment-top-priority")
    known = leaders.new_leader
    slot = case_of("summit").slot_of[claim.check.parts[0].figure.probe.path]

    def with_new_tastes(w, c, change, u_class):
        known(w, c, change, u_class)
        w.p[slot] *= 0.5

    monkeypatch.setattr(leaders, "new_leader", with_new_tastes)
    result = auditor().run([sized(claim, 5, 5)], workers=1)[0]
    assert "does not hold" == result.verdict


def test_checks_planted_by_hand_are_in_this_file():
    for claim in CHECKED:
        name = claim.check.counter.by_hand
        assert name is None or f"def {name}(" in Path(__file__).read_text("utf-8"), claim.id


# Quantities --------------------------------------------------------------------------------------------------------

NAMED = [(claim, path) for claim in CHECKED for path in claim.paths]


def figures(base, claim: Claim, histories: int) -> list[float]:
    there = auditor(base)
    there.tables.update(KNOWN)
    small = sized(claim, histories, 2)
    found = there.run([small], workers=1)[0]
    KNOWN.update({task: table for task, table in there.tables.items() if not base})
    return [part.value for part in found.parts]


KNOWN: dict[Task, dict] = {}  # what the unchanged scenario gave, shared by all tests


@pytest.mark.parametrize(("claim", "path"), NAMED, ids=[f"{claim.id}-{path}" for claim, path in NAMED])
def test_a_quantity_that_a_claim_names_moves_its_figure(claim: Claim, path: str):
    parts = claim.check.parts
    simulated = [part for part in parts if part.figure.over_rows or (part.minus is not None and part.minus.over_rows)]
    # One after the other the parts that need no histories, then the others with more and more of them.
    trials = [(2, [part]) for part in parts if part not in simulated]
    trials += [(step, simulated) for step in STEPS if simulated]
    for histories, some in trials:
        few = claim.model_copy(update={"check": claim.check.model_copy(update={"parts": some})})
        before = figures({}, few, histories)
        after = figures(claim.paths[path].changes(path), few, histories)
        if not np.array_equal(before, after, equal_nan=True):
            return
    pytest.fail(f"{path} moves no figure of {claim.id} in {STEPS[-1]} histories")


def test_claims_that_name_a_quantity_of_the_scenario_say_where_it_stands():
    without = {claim.id for claim in CHECKED if not claim.paths}
    assert set() == without


# Implicit claims ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("claim", [c for c in CLAIMS if c.implicit], ids=lambda c: c.id)
def test_an_implicit_claim_can_be_switched_off(claim: Claim):
    """Its variant changes the scenario, and does nothing but switch the premise off: it cites the claim."""
    plain, off = (WORLDS.completed(World.of(name)) for name in (None, claim.switch))
    assert plain != off
    variant = DOCUMENT.data["variants"][claim.switch]
    cited = variant["claim"] if isinstance(variant["claim"], list) else [variant["claim"]]
    assert claim.id in cited
