"""The story of a history: ordered dates, names that readers know, odds that belong to the choice."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest

from sim import resources
from sim.analysis.game_names import stands_alone
from sim.analysis.histories import REPORT_LINES, command_of, timeline_content, typical_histories
from sim.analysis.input_names import input_label
from sim.analysis.names import Calendar, Names
from sim.analysis.phrases import headline, odds, percent, plus_or_minus, possessive, ruled_out
from sim.analysis.story import MOST_LINES, tell
from sim.engines.log import Decision
from sim.experiments.replay import Replay, replay
from sim.experiments.replicate import run_scenario
from sim.model.compile import compile_case
from sim.model.complete import complete
from sim.model.load import load_scenario
from sim.reports.timeline import render_timeline

FIXTURES = sorted((Path(__file__).resolve().parents[2] / "spec" / "valid").glob("*.yaml"))
# Of the models of theory one stands for all: `test_game_story.py` has the others' kinds of moves.
NAMES = [name for name in resources.list_scenarios() if not name.startswith("theory/") or name == "theory/crisis-bargaining"]
SHIPPED = [resources.scenario_path(name) for name in NAMES]
SCENARIOS = [*FIXTURES, *SHIPPED]
CRISIS = next(path for path in FIXTURES if "crisis" in path.stem)
SEED = 5


@cache
def played(path: Path, number: int = 0, variant: str | None = None) -> Replay:
    return replay(compile_case(complete(load_scenario(path, variant=variant))), number, SEED)


@pytest.fixture(params=SCENARIOS, ids=lambda path: path.stem)
def history(request) -> Replay:
    """One history of each scenario."""
    return played(request.param)


def moment(date: str) -> tuple:
    """Something that orders dates of both forms."""
    if match := re.fullmatch(r"day (\d+), (\d\d):(\d\d)", date):
        return tuple(map(int, match.groups()))
    if date == "start" or date.startswith("period "):
        return (0.0 if date == "start" else float(date.removeprefix("period ").replace(",", "")),)
    return (date,)


@pytest.mark.parametrize("full", [False, True], ids=["short", "full"])
def test_dates_are_ordered(history, full):
    dates = [moment(line.date) for line in tell(history, full=full).lines]
    assert len(dates) > 2
    assert dates == sorted(dates)


def test_a_story_fits(history):
    short, full = tell(history), tell(history, full=True)
    assert len(short.lines) <= MOST_LINES
    assert full.num_left_out == 0
    assert len(full.lines) >= len(short.lines)
    small = tell(history, limit=8)
    assert len(small.lines) == min(8, len(short.lines) + short.num_left_out)
    assert small.lines[-1].text.startswith("The outcome")


def test_no_key_stands_where_there_is_a_label(history):
    """Keys with an underscore or in capitals cannot be words; a label may repeat a key."""
    spec = history.case.spec
    text = "\n".join(line.text for line in tell(history, full=True).lines)
    entities = [spec.actors, spec.tracks, spec.hazards, spec.packages, spec.veto_players, spec.issues]
    labels = " ".join(
        [item.label or "" for group in entities for item in group.values()]
        + [words for issue in spec.issues.values() for words in issue.levels.values()]
    )
    for group in entities:
        for identifier, item in group.items():
            if (item.label and ("_" in identifier or identifier.isupper())) or "_" in identifier:
                found = re.search(rf"(?<![A-Za-z_]){re.escape(identifier)}(?![A-Za-z_])", text)
                assert found is None or identifier in labels, identifier
    assert "#" not in text
    assert "_" not in text


def test_labels_are_used(history):
    spec = history.case.spec
    names = Names(history.case)
    text = "\n".join(line.text for line in tell(history, full=True).lines)
    assert any(names.actor(side) in text for side in spec.sides)
    assert names.outcome(history.row["outcome"]) in text


def test_odds_are_those_of_the_choice(history):
    names = Names(history.case)
    for decision in history.decisions:
        words = odds(names, decision)
        if len(decision.options) < 2:
            assert words == ""
            continue
        p = decision.probabilities[decision.options.index(decision.choice)]
        chosen = decision.options.index(decision.choice)
        second = max((q for n, q in enumerate(decision.probabilities) if n != chosen), default=0.0)
        if second > 0.0 and percent(p) == percent(second) and p < 0.995:
            assert words.startswith("as likely as: ") and words.endswith(percent(p))
        elif p == max(decision.probabilities):
            assert words.startswith((f"chosen with {percent(p)}", "all but certain", "the only option"))
        else:
            assert words.startswith(f"a choice of {percent(p)}; likelier was")


def test_what_a_constraint_removed_is_told():
    history = played(SHIPPED[0])
    names = Names(history.case)
    told = [ruled_out(names, decision) for decision in history.decisions if decision.removed]
    assert told
    assert all("rules out" in words or "forbids it to" in words for words in told)
    assert any("mandate of" in words for words in told)


def test_a_change_of_belief_is_told_with_both_probabilities():
    lines = [line for line in tell(played(SHIPPED[0])).lines if line.kind == "belief"]
    assert lines
    assert all(re.search(r"(with .*%|at [\d.]+) \(before ", line.text) for line in lines)


def test_a_change_of_belief_names_the_signs_behind_it():
    """What the observed actor did or what happened at an instant at which the belief moved."""
    history = played(SHIPPED[0])
    names = Names(history.case)
    hazards = [names.hazard(name) for name in history.case.spec.hazards]
    lines = [line.text for line in tell(history, full=True).lines if line.kind == "belief"]
    signs = [sign for text in lines if "; sign" in text for sign in text.split(": ", 1)[1].split(", ")]
    assert len(signs) >= len(lines) / 2
    assert any(sign.startswith(tuple(hazards)) for sign in signs)


def test_first_beliefs_stand_beside_what_is_hidden():
    history = played(SHIPPED[0])
    first = history.samples[0].beliefs
    lines = [line.text for line in tell(history).lines if line.kind == "nature"]
    assert lines
    told = 0
    for held in history.beliefs:
        if held.trait != "commitment":
            continue
        line = next(text for text in lines if Names(history.case).actor(held.actor) + " is of the type" in text)
        for position, name in enumerate(Names(history.case).classes(held.actor)):
            chance = percent(first[held.start + position])
            assert f"\u201c{name.replace('_', ' ')}\u201d {chance}" in line.split("believes at first")[1]
            told += 1
    assert told


@cache
def lines_of_several() -> tuple[str, ...]:
    """Lines of some histories of the summit, in which most kinds of happening occur."""
    return tuple(line.text for number in range(4) for line in tell(played(SHIPPED[0], number), full=True).lines)


def test_strokes_of_chance_are_told_as_such():
    ends = [text for text in lines_of_several() if text.startswith("The deal ends")]
    assert ends
    reasons = r"by chance \(a risk of [\d.]+ a year at that moment: .*trust [\d.]+\)|: a dispute is not settled"
    assert all(re.search(reasons, text) for text in ends)
    off = [text for text in lines_of_several() if ": cancelled" in text]
    assert all(re.search(r"planned for \d{4}-\d\d-\d\d: cancelled, by chance \(a risk of", text) for text in off)


def test_a_block_at_home_says_whose_it_probably_is():
    blocked = [text for text in lines_of_several() if "blocked at home and not signed" in text]
    labels = [Names(played(SHIPPED[0]).case).veto_player(name) for name in played(SHIPPED[0]).case.spec.veto_players]
    assert blocked
    assert all("a chance of" in text and any(label in text for label in labels) for text in blocked)


def test_an_agreed_text_says_what_becomes_of_it():
    """Officials' texts that are neither signed nor blocked at that instant wait for the leaders."""
    history = played(SHIPPED[0], 1)
    text = "\n".join(line.text for line in tell(history, full=True).lines)
    agreed = [h for h in history.happenings if h.kind == "agreement"]
    settled = {h.time for h in history.happenings if h.kind in ("deal", "veto")}
    waiting = sum(1 for h in agreed if h.time not in settled)
    assert waiting
    assert text.count("the text waits for the leaders") + text.count("the text for the leaders is confirmed") == waiting


def test_terms_are_described_once_an_instant():
    history = played(SHIPPED[0], 1)
    names = Names(history.case)
    told = [line.text for line in tell(history, full=True).lines]
    for deal in (h for h in history.happenings if h.kind == "deal"):
        package = names.package(deal.details["package"])
        assert not any(text.startswith("A deal is signed: " + package) for text in told)


def test_terms_that_a_line_refers_to_are_told():
    """What a deal says stays in a shortened story wherever another line calls it 'these terms'."""
    several = 0
    for number in range(6):
        lines = tell(played(SHIPPED[0], number)).lines
        for n, line in enumerate(lines):
            if "on these terms" in line.text:
                several += 1
                assert any(other.date == line.date and other.kind in ("talks", "offer") for other in lines[:n]), line
    assert several


def test_a_step_that_is_agreed_is_told_once():
    history = played(SHIPPED[0], 1)
    calendar, full = Calendar(history.case), tell(history, full=True).lines
    agreed = {calendar.date(h.time) for h in history.happenings if h.kind == "bundle"}
    assert agreed
    for date in agreed:
        there = [line.text for line in full if line.date == date]
        assert sum(" accepts \u201c" in text for text in there) == 1
        assert not any("small step" in text for text in there)


def test_votes_name_the_text_and_a_ratified_deal_comes_into_force():
    history = played(next(path for path in FIXTURES if "parliament" in path.stem), 1)
    names = Names(history.case)
    lines = [line.text for line in tell(history, full=True).lines]
    votes = [h for h in history.happenings if h.kind == "ratification"]
    assert votes
    for vote in votes:
        verb = "passes" if vote.details["passed"] else "rejects"
        start = f"{names.veto_player(vote.who)}, vote {vote.details['number']}: {verb} {names.package(vote.details['package'])}"
        assert any(text.startswith(start) for text in lines)
    assert not any(text.startswith("A deal is signed") for text in lines)


def test_a_new_leader_has_a_hidden_type():
    found = 0
    for number in range(6):
        history = played(SHIPPED[0], number)
        lines = [line.text for line in tell(history, full=True).lines if "a new leader takes over" in line.text]
        changes = [h for h in history.happenings if h.kind == "leader"]
        for change, text in zip(changes, lines, strict=True):
            assert text.endswith(f"hidden from the others, of the type \u201c{change.details['commitment'].replace('_', ' ')}\u201d")
            found += 1
    assert found


def test_what_is_hidden_opens_a_story():
    for number in range(6):
        assert [line.kind for line in tell(played(SHIPPED[0], number)).lines][:2] == ["nature", "nature"]


def test_a_deal_that_replaces_another_is_compared_with_it():
    replacing = first = number = 0
    while (not replacing or not first) and number < 30:
        for line in tell(played(SHIPPED[0], number)).lines:
            if line.text.startswith("A deal is signed"):
                replaces = "replaces the one in force" in line.text
                replacing, first = replacing + replaces, first + (not replaces)
                assert ("compared with the old one: " in line.text) == replaces
                assert ("compared with going without: " in line.text) == (not replaces)
        number += 1
    assert replacing and first


def test_the_response_to_a_meeting_has_grounds():
    """What it was worth beside the next best, and the beliefs about talks and pressure at that moment."""
    found = 0
    for number in range(4):
        history = played(SHIPPED[0], number)
        text = " ".join(line.text for line in tell(history, full=True).lines)
        for decision in (d for d in history.decisions if d.node == "response"):
            sample = [s for s in history.samples if s.time == decision.time][-1]
            worth = decision.values[decision.options.index(decision.choice)]
            assert f"; worth {worth:.2f} to it".replace("-", "\u2212") in text
            assert f"it believes with {percent(sample.belief_talks)} that talks can deliver" in text
            found += 1
    assert found


def test_utilities_have_a_minus_sign_where_there_is_something_to_lose():
    assert [plus_or_minus(value) for value in (0.5, -0.5, -0.001, 0.0)] == ["0.50", "\u22120.50", "0.00", "0.00"]


def test_owners():
    assert (possessive("China"), possessive("United States")) == ("China\u2019s", "United States\u2019")


def test_the_outcome_says_what_it_means():
    history = played(SHIPPED[0])
    item = next(item for item in history.case.spec.outcomes if item.id == history.row["outcome"])
    last = tell(history).lines[-1].text
    assert item.description.rstrip(".").lower() in last.lower()


def test_demands_in_crises_are_told():
    histories = (played(SHIPPED[0], number, "demands-in-crises") for number in range(20))
    history = next(found for found in histories if any(h.details.get("act") == "demands" for h in found.happenings))
    assert any("demands" in line.text and "of what is at stake" in line.text for line in tell(history, full=True).lines)


def test_odds_of_a_package_among_many():
    names = Names(played(SHIPPED[0]).case)
    history = played(SHIPPED[0])
    found = 0
    for decision in history.decisions:
        if decision.node != "proposal" or sum(p >= 0.01 for p in decision.probabilities) <= 6:
            continue
        words = odds(names, decision, full=False)
        p = decision.probabilities[decision.options.index(decision.choice)]
        best = max(decision.probabilities)
        expected = f"the likeliest package had {percent(best)}"
        if percent(p) == percent(best):
            expected = "no package was likelier" if p == best else "hardly any package was likelier"
        assert words == f"{percent(p)}; {expected}"
        found += 1
    assert found


def test_repetition_is_merged():
    history = played(SHIPPED[0])
    rejected = sum(1 for h in history.happenings if h.kind == "offer" and not h.details["accepted"])
    lines = [line for line in tell(history).lines if "rejected" in line.text]
    assert 0 < len(lines) < rejected


def test_hours_are_told_as_days_and_times():
    calendar = Calendar(played(CRISIS).case)
    assert calendar.date(0.0) == "day 1, 00:00"
    assert calendar.date(24.0 * 11 + 14.0) == "day 12, 14:00"
    assert calendar.span(0.5) == "12 hours"
    assert Calendar(played(SHIPPED[0]).case).date(0.0) == str(played(SHIPPED[0]).case.spec.start)


def test_packages_are_described_beside_named_ones():
    history = played(SHIPPED[0])
    case, names = history.case, Names(history.case)
    words = [names.package(p) for p in range(len(case.package_names))]
    assert names.package(-1) == "the status quo"
    for name, p in case.named.items():
        if p >= 0:
            assert names.package(p) == f"\u201c{case.spec.packages[name].label or name.replace('_', ' ')}\u201d"
    assert sum(text.startswith("a text ") for text in words) > 0
    assert sum(" with " in text for text in words) > 0
    # What is rare about a package tells it from the others: three levels are enough for nearly all.
    assert len(set(words)) > 0.95 * len(words)


def test_headline_counts():
    assert headline(played(CRISIS)).endswith(("crisis", "crises", "force"))
    calm = SimpleNamespace(row={"count:meetings": 2.0, "count:deals": 1.0})
    assert headline(calm) == "2 leaders' meetings, one deal"
    assert headline(SimpleNamespace(row={})) == "No deal comes into force and no crisis begins"
    broken = {"time:talks_ended": 40.0, "count:deals": 0.0, "outcome": "calm"}
    assert headline(SimpleNamespace(row=broken)) == "Talks break off; no deal comes into force and no crisis begins"
    never = {"time:talks_ended": float("nan"), "count:breakdowns.envoys": 1.0}
    assert headline(SimpleNamespace(row=never)).startswith("Talks break off;")


@pytest.mark.parametrize(
    ("value", "words"), [(0.0, "0%"), (0.001, "less than 1%"), (0.62, "62%"), (0.999, "more than 99%"), (1.0, "100%")]
)
def test_percentages(value, words):
    assert percent(value) == words


def test_odds_of_a_planted_decision():
    names = Names(played(CRISIS).case)
    decision = Decision(
        0.0, "northreach", "crisis", ("concede", "hold"), (0.1, 0.2), (0.38, 0.62), "hold", {}, {}
    )
    assert odds(names, decision) == "chosen with 62%; next best: concede, 38%"
    other = Decision(0.0, "northreach", "crisis", ("concede", "hold"), (0.1, 0.2), (0.38, 0.62), "concede", {}, {})
    assert odds(names, other) == "a choice of 38%; likelier was: hold, 62%"


# Records for pages -----------------------------------------------------------------------------------------------


def test_a_timeline_holds_what_happened(history):
    content = timeline_content(history)
    days = [marker.day for lane in content.lanes for marker in lane.markers]
    assert bool(days) != stands_alone(history.case.spec)  # a game alone has moves, which the story tells
    assert all(0.0 <= day <= content.horizon_days for day in days)
    for panel in content.panels:
        for series in panel.series:
            assert list(series.days) == sorted(series.days)
            assert len(series.days) == len(series.values) > 1
            assert all(panel.low <= value <= panel.high + 1e-9 for value in series.values), panel.label
    for decision in content.decisions:
        assert sum(option.chosen for option in decision.options) == 1
        assert len(decision.beliefs_before) == len(decision.beliefs_after)
    sides = {o.x_label for o in content.offers} | {o.y_label for o in content.offers}
    assert all("_" not in label for label in sides)
    assert len(content.decisions) <= len(timeline_content(history, every_decision=True).decisions)


def test_a_page_names_no_folder_and_is_the_same_again():
    history = played(CRISIS)
    page = render_timeline(timeline_content(history, source="crisis.yaml"))
    assert page == render_timeline(timeline_content(history, source="crisis.yaml"))
    assert str(CRISIS.parent) not in page
    assert "sim replay crisis.yaml --replication 0 --seed 5" in page


def test_the_command_repeats_what_was_applied():
    assert command_of(played(CRISIS, 1, "no-talks"), "c.yaml") == (
        "sim replay c.yaml --variant no-talks --replication 1 --seed 5"
    )


def test_a_report_tells_three_typical_histories_and_the_worst(tmp_path):
    stored = run_scenario(
        complete(load_scenario(CRISIS)), seed=SEED, replications=40, workers=1, reports=tmp_path
    ).stored
    told = typical_histories(stored, source="crisis.yaml")
    outcomes = stored.results["outcome"].tolist()
    classes = len(set(outcomes))
    assert [item.kind for item in told] == ["typical"] * min(3, classes) + ["worst"]
    assert len({item.replication for item in told}) == len(told)
    for item in told:
        assert outcomes[item.replication] == item.outcome_id
        assert 1 < len(item.lines) <= REPORT_LINES
        assert item.command.endswith(f"--replication {item.replication} --seed 5")
        assert item.series


def test_a_run_that_comes_out_differently_now_is_not_told(tmp_path):
    stored = run_scenario(
        complete(load_scenario(CRISIS)), seed=SEED, replications=25, workers=1, reports=tmp_path
    ).stored
    results = stored.results
    results["tension"] = results["tension"] + 0.5
    other = SimpleNamespace(
        manifest=stored.manifest, case=stored.case, seed=stored.seed, results=results, position=stored.position
    )
    assert typical_histories(other) == []


@pytest.mark.parametrize(
    ("path", "label"),
    [("mechanisms.expectation.initial", "Expectation, at the start"), ("actors.northreach.types.war_cost", "Northreach: cost of war")],
)
def test_labels_of_inputs_begin_with_a_capital(path, label):
    assert input_label(played(CRISIS).case.completed, path) == label


# What a shortened story keeps ------------------------------------------------------------------------------------


@cache
def shipped(number: int) -> Replay:
    return replay(compile_case(complete(load_scenario(SHIPPED[0]))), number, 1)


@pytest.mark.parametrize("number", [3, 5, 413, 548])
@pytest.mark.parametrize("limit", [8, REPORT_LINES, 30])
def test_a_shortened_story_keeps_a_text_and_its_fate_together(number, limit):
    def fates(lines):
        fate = r"(The text is blocked|A deal is signed on these)"
        return {(line.date, line.text) for line in lines if re.match(fate, line.text)}

    def texts(lines):
        return {line.date for line in lines if ": agreement on" in line.text or " proposes " in line.text}

    lines = tell(shipped(number), limit=limit).lines
    everything = tell(shipped(number), limit=10**6).lines
    assert len(lines) <= limit
    assert {date for date, _ in fates(lines)} <= texts(lines)
    told = texts(lines)
    assert fates(lines) == {fate for fate in fates(everything) if fate[0] in told}
    answered = {line.date for line in lines if "accepts the counter-offer" in line.text}
    countered = {line.date for line in lines if "; North Korea counters with" in line.text}
    assert answered <= countered


@pytest.mark.parametrize("number", [3, 5, 413, 548])
def test_a_shortened_story_tells_every_deal_with_its_terms(number):
    history = shipped(number)
    deals = [h for h in history.happenings if h.kind == "deal"]
    assert deals
    calendar, names = Calendar(history.case), Names(history.case)
    for limit in (2 * len(deals) + 1, REPORT_LINES):  # a deal, its end, the outcome
        lines = tell(history, limit=limit).lines
        for deal in deals:
            of_that_day = [line.text for line in lines if line.date == calendar.date(deal.time)]
            assert any(text.startswith("A deal ") for text in of_that_day)
            assert any(names.package(deal.details["package"]) in text for text in of_that_day)


def test_a_loss_at_signing_is_explained():
    text = next(line.text for line in tell(shipped(3)).lines if line.text.startswith("A deal is signed"))
    gain = float(re.search(r"([\u2212+][\d.]+) for North Korea", text)[1].replace("\u2212", "-"))
    assert gain < 0.0
    deal = next(h for h in shipped(3).happenings if h.kind == "deal")
    reply = next(d for d in shipped(3).decisions if d.time == deal.time and d.node == "reply" and d.actor == "PRK")
    short = reply.values[reply.options.index("reject")] - reply.values[reply.options.index(reply.choice)]
    assert text.endswith(f"; North Korea signs at a loss, an error: \u201creject\u201d was worth {short:.2f} more to it")
    assert "at a loss" not in "".join(line.text for line in tell(shipped(5)).lines if "+0.08 for United States" in line.text)


def test_the_end_of_a_standing_agreement_says_since_when_it_stood():
    history = shipped(5)
    calendar = Calendar(history.case)
    since = None
    expected = []
    for item in history.happenings:
        if item.kind == "bundle" and since is None:
            since = item.time
        elif item.kind == "collapse" and "track" in item.details:
            expected.append((calendar.date(item.time), f"the agreement in force since {calendar.date(since)} ends"))
            since = None
    assert expected
    lines = tell(history).lines
    assert all(any(line.date == date and words in line.text for line in lines) for date, words in expected)
