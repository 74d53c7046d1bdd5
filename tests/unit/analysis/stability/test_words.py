"""What is said of single cases that the shipped conflicts do not have."""

from __future__ import annotations

from sim import resources
from sim.analysis.stability.verdicts import StabilityResult
from sim.analysis.stability.words import findings, reasons, state_name, states_words
from sim.model.stability.load import conflict_from_text, load_conflict

HEAD = "schema_version: 1\nid: made\ntitle: T\ndescription: D\nsources: {}\n"


def result(makers, rest=""):
    lines = "".join(f"  {name}: {{options: {{{options}}}, ranking: {ranking}}}\n" for name, options, ranking in makers)
    return StabilityResult(conflict_from_text(f"{HEAD}decision_makers:\n{lines}{rest}").conflict)


def why(found, player, state):
    return " ".join(reasons(found, found.verdict(player, state - 1)))


PENNIES = [("Row", "heads: {}", "[[NN, YY], [NY, YN]]"), ("Column", "tails: {}", "[[NY, YN], [NN, YY]]")]


def test_equilibria_without_nash_are_said_to_be_so():
    """Matching pennies: whoever loses would move, but then the other would; and it could move on again."""
    found = findings(result(PENNIES))
    assert "are equilibria by GMR and SEQ: whoever could gain by moving alone is credibly deterred" in found[0]
    assert found[1].startswith("No state is a Nash equilibrium")


def test_an_escape_is_told():
    """The answer to an improvement leaves it no better, but it could go on from there: GMR holds and SMR does not."""
    text = why(result(PENNIES), 0, 2)
    assert "But if Column moves to 3, it is no better off than at 2 (GMR deters)." in text
    assert "But it could go on from 3 to 4, which it prefers to 2 (SMR does not deter)." in text
    assert "Column would gain by that, so the threat is credible (SEQ deters)." in text
    assert text.endswith("So the state is stable for it by GMR and SEQ, not by Nash or SMR.")


def test_an_indifferent_mover_is_no_credible_threat():
    found = result([("A", "a: {}", "[YN, YY, NN, NY]"), ("B", "b: {}", "[[NN, NY, YN, YY]]")])
    assert "nothing deters it" in why(found, 0, 1)
    threat = result([("A", "a: {}", "[YN, NN, NY, YY]"), ("B", "b: {}", "[[NN, NY, YN, YY]]")])
    assert "The threat is not credible: B gains nothing by going from 2 to 4 (SEQ does not deter)." in why(threat, 0, 1)


def test_the_step_that_nobody_would_take_is_named():
    """Two steps deter A: B would gain by the first, C not by the second."""
    found = result(
        [
            ("A", "a: {}", "[[2, 4, 6], [1], [3, 5, 7, 8]]"),
            ("B", "b: {}", "[[3, 4, 7, 8], [1, 2, 5, 6]]"),
            ("C", "c: {}", "[[1, 2, 3, 4], [5, 6, 7, 8]]"),
        ]
    )
    text = why(found, 0, 1)
    assert "But if B moves to 4, then C to 8, it is no better off than at 1 (GMR deters)." in text
    assert "The threat is not credible: C prefers 4 to 8 (SEQ does not deter)." in text


def test_several_escapes_are_told_by_an_example():
    """B can bring it to 4 or 6, no better than 1; from there A would go on to 3 or 5."""
    found = result([("A", "a: {}", "[[2, 3, 5, 8], [1], [4, 6, 7]]"), ("B", "b: {}, c: {}", "[[1, 2, 3, 4, 5, 6, 7, 8]]")])
    told = "Wherever such an answer leaves it, it could go on to something better than 1, as from 4 to 3 (SMR does not deter)."
    assert told in why(found, 0, 1)


def test_the_escape_that_is_told_is_the_best_one():
    found = result([("A", "a: {}, b: {}", "[8, 7, 2, 1, 6, 5, 3, 4]"), ("B", "c: {}", "[[1, 2, 3, 4, 5, 6, 7, 8]]")])
    assert "But it could go on from 6 to 8, which it prefers to 1 (SMR does not deter)." in why(found, 0, 1)


def test_of_coalitions_that_gain_the_same_the_smallest_are_told():
    """At Elmira the ministry or the local government is enough for Uniroyal to get from 6 to 8; nobody needs all three."""
    found = StabilityResult(load_conflict(resources.conflict_path("elmira")).conflict)
    assert [(jump.coalition, jump.target + 1) for jump in found.jumps(5)] == [((0, 1), 8), ((1, 2), 8)]


def test_whoever_can_move_nowhere_is_said_to():
    found = result(
        [("A", "a: {irreversible: taken}", "[NN, NY, YN, YY]"), ("B", "b: {}", "[NN, NY, YN, YY]")],
    )
    assert why(found, 0, 2) == "It can change nothing here, so the state is stable for it by every concept."
    stays = "It can move to state 2, which it likes less, so it has no reason to move: the state is stable for it by every concept."
    assert why(found, 0, 1) == stays


def test_a_status_quo_that_nobody_leaves():
    found = result([("A", "a: {}", "[NN, NY, YN, YY]"), ("B", "b: {}", "[NN, YN, NY, YY]")], "status_quo: NN\n")
    assert "Nobody would gain by leaving the status quo, state 1 (nothing done), alone." in findings(found)


def test_states_are_named_by_what_is_done_in_them():
    found = result(
        [("A", "a: {label: Attack}", "[NN, NY, [YN]]"), ("B", "b: {label: Back off}", "[NN, YN, NY]")], "merged: [a]\n"
    )
    assert [state_name(found.conflict, state) for state in range(3)] == ["nothing done", "Back off", "Attack; the rest either way"]


def test_what_only_two_can_do_together_is_said():
    """Each wants both to act, and neither gains by acting alone."""
    single = [f"  D{half}: {{options: {{o{half}: {{}}}}, prefers: [o0 and o1]}}\n" for half in (0, 1)]
    found = StabilityResult(conflict_from_text(f"{HEAD}decision_makers:\n{''.join(single)}").conflict)
    assert findings(found)[-1] == "D0 and D1 could together leave state 1 for state 4 (o0, o1), which both prefer."


def test_long_lists_of_states_are_cut():
    assert states_words(list(range(20))).endswith("11, 12 and 8 more")
    assert states_words([4]) == "state 5"
