"""What a comparison compares: the arms that a command asks for."""

from __future__ import annotations

import pytest

from sim import resources
from sim.errors import ScenarioError, UsageError
from sim.experiments.arms import arms_of, written_policy

ULTIMATUM = [("theory/ultimatum", str(resources.scenario_path("theory/ultimatum")))]
SUMMIT = [("summit", str(resources.scenario_path("summit")))]
LOW = "low: game.strategies.offer=.3"


def test_the_case_as_described_comes_first_and_is_the_reference():
    found = arms_of(SUMMIT, policies=["late-summit"], written=["calm: mechanisms.expectation.hype=-.2; tracks.working.first_round=9 days"],
                    variants=["no-summit"])  # fmt: skip
    assert [(arm.name, arm.kind) for arm in found.arms] == [
        ("base", "base"), ("late-summit", "policy"), ("calm", "ad hoc"), ("no-summit", "variant"),
    ]  # fmt: skip
    assert found.reference == "base" and "war" in found.classes
    assert found["calm"].sets == {"mechanisms.expectation.hype": -0.2, "tracks.working.first_round": "9 days"}
    assert found["calm"].completed["mechanisms"]["expectation"]["hype"] == pytest.approx(-0.2)
    assert found["late-summit"].options == ("--policy", "late-summit")
    assert len({arm.scenario_hash for arm in found.arms}) == 4


def test_what_all_arms_share_comes_first_and_a_written_policy_on_top_of_it():
    shared = ["mechanisms.expectation.hype=.1", "horizon=2 years"]
    found = arms_of(SUMMIT, written=["calm: mechanisms.expectation.hype=-.2"], changes=shared)
    hypes = [arm.completed["mechanisms"]["expectation"]["hype"] for arm in found.arms]
    assert hypes == pytest.approx([0.1, -0.2])
    assert {arm.completed["horizon"] for arm in found.arms} == {730.0}
    assert found["calm"].options == ("--set", "horizon=2 years", "--set", "mechanisms.expectation.hype=-.2")
    assert list(found["calm"].sets) == ["mechanisms.expectation.hype"]


def test_arms_that_are_the_same_in_substance_are_found():
    found = arms_of(ULTIMATUM, written=["same: parameters.low=0", LOW])
    assert found.twins() == [("base", "same")]


def test_several_files_are_an_arm_each():
    files = [*ULTIMATUM, ("theory/ultimatum-logit.yaml", str(resources.scenario_path("theory/ultimatum-logit")))]
    found = arms_of(files, against="ultimatum-logit")
    assert found.names == ["theory/ultimatum", "ultimatum-logit"] and found.reference == "ultimatum-logit"


@pytest.mark.parametrize(
    ("request_", "message", "hint"),
    [
        ({}, "expected at least two arms, found one", "--policies"),
        ({"policies": ["late-sumit"]}, "unknown policy 'late-sumit'", "did you mean 'late-summit'?"),
        ({"policies": ["no-summit"]}, "unknown policy 'no-summit'", "use --variants no-summit"),
        ({"variants": ["late-summit"]}, "unknown variant 'late-summit'", "use --policies late-summit"),
        ({"policies": ["late-summit", "late-summit"]}, "'late-summit' is named twice", "keep one"),
        ({"policies": ["late-summit"], "written": ["late-summit: horizon=1 year"]}, "'late-summit' is named twice", "another name"),
        ({"written": ["Calm: horizon=1 year", "calm: horizon=2 years"]}, "would share the directory calm", "another name"),
        ({"written": ["base: horizon=1 year"]}, "the name of the case as described", "another name"),
        ({"policies": ["late-summit"], "against": "late"}, "--against late: no arm of this name", "late-summit"),
        ({"policies": ["late-summit"], "changes": ["tracks.summit.delay=90"]}, "'late-summit' sets it too", "leave one of them out"),
        ({"variants": ["no-summit"], "variant": "long-horizon"}, "--variant and --variants", "leave --variant out"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_refused_with_what_would_work(request_, message, hint):
    with pytest.raises(UsageError) as refused:
        arms_of(SUMMIT, **request_)
    assert message in str(refused.value) and hint in refused.value.hint


def test_a_file_without_policies_says_so():
    with pytest.raises(UsageError, match="unknown policy 'slow'") as refused:
        arms_of(ULTIMATUM, policies=["slow"])
    assert "no `policies:`" in refused.value.hint


def test_arms_in_which_something_is_given_are_refused():
    """Histories that fit are others in each arm, so they are no pairs."""
    with pytest.raises(UsageError, match=r"given: summit\.held >= 1 by 2019-01-01: pairs need all histories of 'calm'") as refused:
        arms_of(SUMMIT, written=["calm: given=['summit.held >= 1 by 2019-01-01']"])
    assert "sim run --given" in refused.value.hint


def test_files_whose_ends_have_nothing_in_common_are_refused():
    files = [*ULTIMATUM, *SUMMIT]
    with pytest.raises(UsageError, match="no class of outcome in common: 'theory/ultimatum' ends as agreement, refusal"):
        arms_of(files)
    with pytest.raises(UsageError, match="--policies cannot stand beside several files"):
        arms_of(files, policies=["x"])


def test_faults_of_a_written_policy_are_shown_at_it():
    with pytest.raises(ScenarioError) as refused:
        arms_of(SUMMIT, written=["calm: mechanisms.expectation.hipe=-.2"])
    (fault,) = refused.value.diagnostics
    assert fault.file == "--policy calm" and "hype" in fault.hint


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("horizon=2 years", "expected a name and a colon"),
        ("calm", "expected a name and a colon"),
        ("calm:", "'calm' sets nothing"),
        ("calm: ;", "'calm' sets nothing"),
        ("calm: horizon", "expected path=value, found 'horizon'"),
        ("calm: horizon=", "expected path=value, found 'horizon='"),
        ("calm: horizon=1 year; horizon=2 years", "sets 'horizon' twice"),
        ("a/b: horizon=1 year", "expected a name of letters"),
    ],
)
def test_a_written_policy_that_cannot_be_read_is_refused(text, message):
    with pytest.raises(UsageError, match="--policy") as refused:
        written_policy(text)
    assert message in str(refused.value)


def test_semicolons_in_quotes_and_brackets_belong_to_the_value():
    assert written_policy("p: a='x; y'; b={dist: normal, note: \"1;2\"};c=[1, 2]") == (
        "p", ["a='x; y'", "b={dist: normal, note: \"1;2\"}", "c=[1, 2]"],
    )  # fmt: skip
