"""Files of conflicts: what they may say, and what is said of those that cannot be used."""

from __future__ import annotations

import pytest

from sim.errors import ScenarioError
from sim.games.stability.options import ordered
from sim.model.diagnostics import path_text
from sim.model.load import load_document
from sim.model.reader import read_text
from sim.model.stability.load import conflict_from_text

TEXT = """\
schema_version: 1
id: border
title: A border
description: Two neighbours.
sources: {judged: {title: Judgement}}
decision_makers:
  A:
    label: Arcadia
    source: judged
    options: {patrol: {}, fence: {irreversible: taken}}
    prefers: [not raid, patrol, fence iff raid]
  B:
    options: {raid: {label: Raid the border}}
    ranking: [5, "N Y N", [fenced, "Y Y N"], "N N N", "Y N -"]
infeasible:
  - "N Y Y"
names: {fenced: "Y Y Y"}
status_quo: not patrol and not fence and not raid
"""


WANTS = "    prefers: [not raid, patrol, fence iff raid]\n"


def faults(text):
    with pytest.raises(ScenarioError) as error:
        conflict_from_text(text, "border.yaml")
    return error.value.diagnostics


def changed(*pairs):
    text = TEXT
    for before, after in pairs:
        assert before in text
        text = text.replace(before, after)
    return text


def test_a_conflict_is_read():
    loaded = conflict_from_text(TEXT)
    conflict = loaded.conflict
    assert loaded.warnings == ()
    assert conflict.players == ("Arcadia", "B")
    assert [conflict.signs(state) for state in range(7)] == ["NNN", "YNN", "NYN", "YYN", "NNY", "YNY", "YYY"]
    assert conflict.status_quo == 0
    assert conflict.names[6] == "fenced"
    assert ordered(conflict.model.ranks[1]) == ((4,), (2,), (3, 6), (0,), (1, 5))


def test_statements_rank_as_they_come():
    """Without a raid first, then with patrols, then with a fence just where there is a raid."""
    assert ordered(conflict_from_text(TEXT).conflict.model.ranks[0]) == ((1,), (3,), (0,), (2,), (6,), (5,), (4,))


# What is exchanged in the text, and where, on which line, with what words and what help the fault is told.
FAULTS = [
    ("patrol, fence iff", "patrl, fence iff", "decision_makers.A.prefers.1", 11, "unknown option 'patrl'", "did you mean 'patrol'?"),
    ('"N Y Y"', '"N Y"', "infeasible.0", 16, "expected a sign for each of the 3 options, found 2", "their order is patrol"),
    ('"N Y Y"', '"- - -"', "infeasible", 15, "no combination of options is feasible", "take one away"),
    ('"N Y Y"', "N Y - -", "infeasible.0", 16, "expected a sign for each of the 3 options, found 4", "their order"),
    ('  - "N Y Y"', "  - - - Y", "infeasible.0", 16, "found a list", ""),
    ("[5, ", "[7, ", "decision_makers.B.ranking.2.0", 14, "state 7 is ranked twice", "keep one"),
    ("[5, ", "[", "decision_makers.B.ranking", 14, "expected all 7 states, found 6: state 5 missing", "each feasible state once"),
    ("[5, ", "[9, ", "decision_makers.B.ranking.0", 14, "there is no state 9", "numbered from 1 to 7"),
    ("[fenced", "[fencd", "decision_makers.B.ranking.2.0", 14, "unknown state 'fencd'", "did you mean 'fenced'?"),
    ("[5, ", "[5, N Y Y, ", "decision_makers.B.ranking.1", 14, "no feasible state is meant", "rules it out"),
    ("source: judged", "source: judgd", "decision_makers.A.source", 9, "unknown source 'judgd'", "did you mean 'judged'?"),
    ("{raid: {label", "{patrol: {label", "decision_makers.B.options.patrol", 13, "twice, by A and B", "a name of its own"),
    ("{raid: {label", "{iff: {label", "decision_makers.B.options.iff", 13, "cannot be the name of an option", "another word"),
    ("quo: not patrol and not fence", "quo: not fence", "status_quo", 18, "expected one state, found 2: states 1, 2", "more options"),
    ("not patrol and not fence and not raid", "N Y Y", "status_quo", 18, "no feasible state", "rules it out"),
    ("{fenced: ", "{twice: YYY, fenced: ", "names.fenced", 17, "state 7 has a name already: 'twice'", "keep one"),
    (WANTS, "", "decision_makers.A", 7, "found neither", "statements under"),
    ("{irreversible: taken", "{irreversible: takn", "decision_makers.A.options.fence.irreversible", 10, "the text 'takn'", "'taken'?"),
    ("[5, ", "[²5, ", "decision_makers.B.ranking.0", 14, "unknown state '²5'", ""),
    ("title: A border", "titel: A border", "titel", 3, "unknown key 'titel'", "did you mean 'title'?"),
    ("prefers: [not raid, ", "prefers: [.nan, ", "decision_makers.A.prefers.0", 11, "found .nan", "write a number"),
    ("id: border\n", "id: border\nid: border\n", "id", 3, "given twice", "keep one"),
    ("{patrol: {}, fence: {irreversible: taken}}", "{}", "decision_makers.A.options", 10, "", ""),
]


@pytest.mark.parametrize(("before", "after", "where", "line", "message", "hint"), FAULTS)
def test_a_fault_has_place_message_and_help(before, after, where, line, message, hint):
    found = faults(changed((before, after)))
    first = next(item for item in found if path_text(item.path) == where)
    assert (first.file, first.line) == ("border.yaml", line)
    assert message in first.text
    assert hint in first.hint


def test_all_faults_are_told_together():
    found = faults(
        changed(
            ("patrol, fence iff", "patrl, fnce iff"),
            ('"N Y Y"', '"N Y"'),
            ("status_quo: not patrol", "status_quo: patrlo"),
        )
    )
    assert [item.line for item in found] == [
        11,
        11,
        16,
        18,
    ]  # and nothing of the ranking, which a wrong pattern may have upset


def test_too_many_options_are_refused_with_what_would_work():
    many = ", ".join(f"o{number}: {{}}" for number in range(16))
    text = TEXT[: TEXT.index("infeasible:")].replace("{patrol: {}, fence: {irreversible: taken}}", f"{{{many}}}")
    (fault,) = faults(text.replace(WANTS, "    prefers: [o1]\n"))
    assert "17 options make 131,072 combinations" in fault.text
    assert "at most 16" in fault.hint
    assert fault.line == 6


def test_a_statement_that_decides_nothing_is_remarked():
    (remark,) = conflict_from_text(changed(("[not raid,", "[raid or not raid, not raid,"))).warnings
    assert (remark.line, "holds in every feasible state" in remark.text) == (11, True)


def test_an_empty_file_and_a_list_are_one_fault_each():
    assert "empty" in faults("")[0].text or "mapping" in faults("")[0].text
    assert "expected a mapping with the keys of a conflict" in faults("- 1\n")[0].text


def test_a_conflict_is_no_scenario_and_a_scenario_no_conflict():
    with pytest.raises(ScenarioError) as error:
        load_document(read_text(TEXT, "border.yaml"))
    (fault,) = error.value.diagnostics
    assert "conflict in option form" in fault.text and "`sim stability border.yaml`" in fault.hint
    (fault,) = faults("schema_version: 1\nactors: {}\n")
    assert "a scenario to play" in fault.text and "`sim run " in fault.hint


def test_negated_numbers_of_published_lists_need_no_quotes():
    numbered = conflict_from_text(changed(("[not raid, patrol, fence iff raid]", "[-3, 1, 2 IFF 3]"))).conflict
    assert numbered.model.ranks == conflict_from_text(TEXT).conflict.model.ranks
