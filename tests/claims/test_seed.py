"""A seed file is checked like a scenario: every fault at its place, with the claim and the nearest name."""

from __future__ import annotations

import pytest

from sim import resources
from sim.analysis.claims import Auditor
from sim.errors import ScenarioError
from sim.model.reader import read
from sim.model.seed import load_seed

TEXT = resources.seed_path("rp-2018-03").read_text("utf-8")


def loaded(tmp_path, old: str, new: str):
    assert old in TEXT
    file = tmp_path / "seed.yaml"
    file.write_text(TEXT.replace(old, new, 1), "utf-8")
    return load_seed(file)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("figure: {entropy: outcome}", "figure: {entropie: outcome}", ["turning-point-or-tactics", "entropy"]),
        ("figure: {entropy: outcome}", "figure: {}", ["turning-point-or-tactics", "expected one of", "found none"]),
        ("figure: {entropy: outcome}", "figure: {entropy: outcome, mean: attribution}", ["`mean` and `entropy`"]),
        ("          above: 1\n", "", ["expected `above`, `below`, `equals`, `never` or `reported`"]),
        ("above: 1\n", "above: 1\n          reported: true\n", ["cannot stand together"]),
        ("{probe: {name: recognition, actor: PRK}}", "{probe: {name: recognition}}", ["needs `actor`"]),
        ("time:meeting<=365", "time:meeting<=soon", ["norm-breaking-president", "expected a number"]),
        ("id: summit-breaks-taboo", "id: turning-point-or-tactics", ["the id of two claims"]),
        ("strength: weak\n", "strength: faint\n", ["weak"]),
        ("kind: uncertainty", "kind: doubt", ["turning-point-or-tactics", "uncertainty"]),
    ],
)
def test_a_fault_in_a_seed_is_told_at_its_place(tmp_path, old, new, words):
    with pytest.raises(ScenarioError) as caught:
        loaded(tmp_path, old, new)
    text = str(caught.value)
    assert "seed.yaml:" in text
    for word in words:
        assert word in text, text


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("entropy: outcome}", "entropy: outcomes}", ["result column 'outcomes'", "'outcome'"]),
        ("name: recognition, actor: PRK", "name: recognition, actor: PKR", ["actor 'PKR'", "'PRK'"]),
        ("package: deep_cap", "package: deep_cup", ["package 'deep_cup'", "'deep_cap'"]),
        ("hazard: rhetoric", "hazard: rethoric", ["hazard 'rethoric'", "'rhetoric'"]),
        ("variant: conventional-leader", "variant: conventional-leder", ["variant", "'conventional-leader'"]),
        ("world: {recognised: 1}", "world: {recognized: 1}", ["field of the world", "'recognised'"]),
        ("tracks.summit.recognition.transfer: .1", "tracks.summit.recognition.tranfer: .1", ["'tranfer'", "transfer"]),
        ("slope: {actor: PRK, issue: relief}", "slope: {actor: PRK, issue: releif}", ["issue 'releif'", "'relief'"]),
    ],
)
def test_a_name_that_the_scenario_lacks_is_told_with_the_claim_and_the_nearest(tmp_path, old, new, words):
    seed = loaded(tmp_path, old, new)
    with pytest.raises(ScenarioError) as caught:
        Auditor(read(resources.scenario_path("summit")), seed).check_names()
    text = str(caught.value)
    assert "claim '" in text
    for word in words:
        assert word in text, text
