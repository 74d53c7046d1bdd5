"""The report of real runs: its numbers are those of the stored rows, up to the horizon, whatever the scenario is called."""

from __future__ import annotations

import dataclasses
import html
import math
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from sim import load_scenario, resources, run
from sim.analysis.durations import duration, span
from sim.analysis.findings import Figure, Finding, _lower, findings
from sim.analysis.input_names import input_label
from sim.analysis.names import toward_words
from sim.analysis.summary import _settled
from sim.analysis.targets import Band, Measured, measured, targets_of
from sim.api import Run, open_run
from sim.cli.result import as_lines
from sim.reports import words
from sim.reports.page import _grounds, render
from sim.reports.references import recompute
from sim.reports.run_report import report_content

FIXTURES = sorted((Path(__file__).resolve().parents[2] / "spec" / "valid").glob("*.yaml"))
SUMMIT = resources.scenario_path("summit")
CRISIS = next(path for path in FIXTURES if "crisis" in path.stem)
REFERENCE = re.compile(r'<span class="(?:figure|bound)" data-ref="([^"]*)" data-value="([^"]*)">([^<]*)</span>')


@pytest.fixture(scope="module")
def play(tmp_path_factory):
    """`play(path, replications, horizon)`: a finished run, opened again from its files."""
    folder = tmp_path_factory.mktemp("runs")

    @cache
    def played(path: Path, replications: int = 40, horizon: str | None = None) -> Run:
        overrides = {"horizon": horizon} if horizon else {}
        scenario = load_scenario(path, overrides=overrides)
        done = run(scenario, replications=replications, seed=3, workers=1, reports=folder)
        return open_run(done.directory)

    return played


@pytest.mark.parametrize(
    ("path", "replications", "horizon"),
    [*((path, 40, None) for path in FIXTURES), (CRISIS, 1, None), (CRISIS, 40, "2 days"), (SUMMIT, 30, None), (SUMMIT, 30, "200 days")],
    ids=str,
)
def test_every_number_of_a_finding_is_recomputed_from_the_rows(play, path, replications, horizon) -> None:
    done = play(path, replications, horizon)
    page = done.write_report(str(path)).read_text("utf-8")
    answer = page[page.index('id="answer"') : page.index('class="facts"')]
    found = REFERENCE.findall(answer)
    assert found
    for reference, value, shown in found:
        again = recompute(html.unescape(reference), done.results)
        assert float(value) == pytest.approx(again, abs=1e-12)
        assert shown in {words.written(again, form) for form in ("percent", "points", "integer", "days", "hours", "number")}
    text = re.sub(r"<[^>]*>", "", REFERENCE.sub("", answer.split(">", 1)[1]))
    text = re.sub(r"After [\d.]+ (?:year|day|hour)s?", "", text)
    text = html.unescape(text)
    for band in targets_of(done.summary):  # what the scenario expects is a number of the scenario
        text = text.replace(f"{_lower(band.label)} with", "").replace(f"(expected {band.words})", "")
    for label in [item.label for item in done.summary.classes]:
        text = text.replace(label, "")
    assert re.findall(r"\d+(?:\.\d+)?%|\b\d{2,}\b", text) == []


def test_what_comes_after_the_horizon_is_not_counted(play) -> None:
    """Histories go on to later readings, which a shorter horizon leaves as they are."""
    done = play(CRISIS, 40, "2 days")
    summary = done.summary
    assert summary.ends_later and summary.played_days > 2
    for name, _, value in summary.times:
        came = np.asarray(done.results[f"time:{name}"], dtype=float) <= 2 * 1.0001
        assert (value.happened.count, value.happened.trials) == (came.sum(), 40)
        assert value.q75 is None or value.q75 <= 2
    assert all(fan.days[-1] <= 2.001 for fan in summary.fans)
    assert summary.incidence_days[-1] == 2
    deal = next(item for item in summary.conditions if item.reference == "has(time:deal,2)") if any(
        "deal" in item.reference for item in summary.conditions
    ) else None
    if deal is not None:
        assert deal.num_rows == recompute("count:has(time:deal,2)", done.results)


def test_incidence_rises_to_the_shares(play) -> None:
    for path in (CRISIS, SUMMIT):
        summary = play(path, 30 if path == SUMMIT else 40).summary
        assert len(summary.incidence) == len(summary.classes)
        for counts, value in zip(summary.incidence, summary.shares, strict=True):
            assert len(counts) == len(summary.incidence_days)
            assert (np.diff(counts) >= 0).all() and counts[-1] == value.count


def test_a_history_is_in_its_class_from_its_last_entry_on() -> None:
    by_grid = np.array([["a", "b", "a", "a"], ["a", "a", "a", "a"], ["b", "b", "b", "b"]], dtype=object)
    a, b = _settled(by_grid, np.array(["a", "a", "a"], dtype=object), ["a", "b"])
    assert a.tolist() == [1, 1, 2, 2, 3] and b.tolist() == [0, 0, 0, 0, 0]


def test_paths_leave_out_meetings_where_no_leaders_meet(play) -> None:
    content = report_content(play(CRISIS).summary)
    assert content.phases.stages[0] == "Deal" and {node.stage for node in content.phases.nodes} == {0, 1}
    assert not any("leaders" in row.label for row in content.times)
    assert report_content(play(SUMMIT, 30).summary).phases.stages[0] == "First leaders' meeting"


def test_paths_are_whole(play) -> None:
    phases = report_content(play(SUMMIT, 30, "200 days").summary).phases
    ends = {node.id for node in phases.nodes if node.outcome_id}
    assert sum(link.count for link in phases.links if link.target in ends) == 30


def test_a_label_cannot_be_the_place_of_a_number() -> None:
    finding = Finding(f"{_lower('The {0} {x} %s')}: {{0}}", [Figure(0.5, "share:outcome=x")])
    assert finding.plain() == "the { 0 } {x} %s: 50.0%"


def test_every_source_that_an_input_names_is_listed_with_its_title(play) -> None:
    content = report_content(play(SUMMIT, 30).summary)
    listed = dict(content.sources)
    named = {row.source for row in content.inputs if row.source and not row.source.startswith("default of")}
    named |= {row.form for row in content.inputs if row.form}
    assert named == set(listed) and all(len(title) > 10 for title in listed.values())
    total = sum(number for _, number in _grounds(content.inputs, listed))
    assert total == len(content.inputs)


def test_a_band_may_be_about_several_classes_together(play) -> None:
    summary = play(SUMMIT, 80).summary
    both = measured(summary, "share:outcome=hollow_declaration, frozen_stalemate")
    parts = [measured(summary, f"share:outcome={name}").value for name in ("hollow_declaration", "frozen_stalemate")]
    assert both.value == pytest.approx(sum(parts)) and min(parts) > 0
    bands = {band.label: (band.low, band.high) for band in targets_of(summary)}
    assert bands["Hollow declaration or frozen stalemate"] == (0.45, 0.65)
    assert len(bands) == len(summary.scenario["targets"])


def test_a_band_may_be_about_a_share_among_some_histories_or_a_rate(play) -> None:
    summary = play(SUMMIT, 30).summary
    rows = summary.results
    late = measured(summary, "share:time:meeting>200|time:cancellation<=300&count:meetings>=1")
    among = (rows["time:cancellation"] <= 300) & (rows["count:meetings"] >= 1)
    assert 0 < among.sum() < 30
    assert late.value == pytest.approx((rows["time:meeting"][among] > 200).mean())
    talks, rest = (measured(summary, f"rate:exercises {where} talks") for where in ("in", "outside"))
    events, inside, days = rows["count:events.exercises"], rows["count:events_in_talks.exercises"], rows["count:talks_days"]
    assert talks.value == pytest.approx(365 * inside.sum() / days.sum())
    assert rest.value == pytest.approx(365 * (events - inside).sum() / (rows["days"] - days).sum())
    for rate in (talks, rest):
        assert rate.form == "number" and 0.0 <= rate.low < rate.value < rate.high
    never = dataclasses.replace(summary, results={**rows, "count:events_in_talks.exercises": 0.0 * events})
    none = measured(never, "rate:exercises in talks")
    assert (none.value, none.low) == (0.0, 0.0)
    assert math.exp(-none.high * days.sum() / 365) == pytest.approx(0.025)  # what a Poisson count of 0 leaves possible
    assert measured(summary, "rate:exercises near talks") is None
    assert measured(summary, "share:no_such_column>=1") is None


def test_the_interval_of_a_rate_is_that_of_repeated_samples(play) -> None:
    """The linearised error against the spread of rates over many samples of histories drawn anew from a large one."""
    rng = np.random.default_rng(20181112)
    n = 400
    years = rng.gamma(2.0, 0.5, size=(600, n))
    events = rng.poisson(3.0 * years * rng.gamma(4.0, 0.25, size=(600, n)))
    rates, errors = [], []
    for some, time in zip(events, years, strict=True):
        columns = {"count:events.alarm": some, "count:events_in_talks.alarm": some, "count:talks_days": 365.0 * time}
        rate = measured(dataclasses.replace(play(CRISIS).summary, results=columns), "rate:alarm in talks")
        rates.append(rate.value)
        errors.append((rate.high - rate.low) / 2 / 1.959963984540054)
    # The standard deviation of 600 draws has a relative standard error of 1 / sqrt(1200) = 2.9 %; four of them.
    assert np.mean(errors) == pytest.approx(np.std(rates, ddof=1), rel=4 * 0.029)


def test_inputs_are_named_by_owner_thing_and_part() -> None:
    scenario = {"actors": {"A": {"label": "A-land"}}, "issues": {"fund": {"label": "The fund"}}}
    assert input_label(scenario, "actors.A.utility.issues.fund.weight") == "A-land: weight of \u201cThe fund\u201d"
    assert input_label(scenario, "actors.A.audience_cost") == "A-land: audience cost"
    assert input_label(scenario, "actors.A.utility.survival.weight") == "A-land: weight of survival"
    assert input_label({"parameters": {"nu": {"label": "Worth"}}}, "parameters.nu.number") == "Worth"
    assert toward_words({"w": "War"}, "w", -0.2) == "higher: War less likely"
    assert toward_words({"w": "War"}, "w (hawk)", 0.2) == "hawk: War likelier"


@pytest.mark.parametrize("path", [*FIXTURES, SUMMIT], ids=lambda path: path.stem)
def test_no_label_of_a_report_is_a_key_or_a_path(play, path) -> None:
    """Names of inputs, nodes, columns and conditions are words; what a name stands for is shown as code beside it."""
    done = play(path, 30 if path == SUMMIT else 40)
    content = report_content(done.summary)
    names = [row.label for row in content.inputs] + [item.label for part in content.drivers for item in part.items]
    names += [item.toward for part in content.drivers for item in part.items]
    names += [node.label for node in content.phases.nodes] + list(content.phases.stages) if content.phases else []
    names += [outcome.label for outcome in content.outcomes] + [row.label for row in content.times]
    names += [fan.label for fan in content.fans] + [part.label for part in content.conditionals]
    names += [row.quantity for row in content.targets]
    assert len(names) > 50
    assert [name for name in names if re.search(r"\w[_:]\w|\w\.\w", name)] == []
    keys = "eta|beta|kappa|gap|exponent|intercept|spin|comply bonus|likelihoods|tick|walk_out|none"
    assert [name for name in names if re.search(rf"(?:^|[ ,“])(?:{keys})(?:[”,]|$)", name)] == []
    page = done.write_report(str(path)).read_text("utf-8")
    shown = re.findall(r"<(?:th|h2|h3|dt|summary)[^>]*>(.*?)</(?:th|h2|h3|dt|summary)>", page, re.DOTALL)
    texts = [re.sub(r"<[^>]*>", "", re.sub(r"<code>.*?</code>", "", text)) for text in shown]
    assert [text for text in texts if re.search(r"\w_\w", text)] == []


def test_findings_say_which_expected_bands_do_not_hold(play) -> None:
    summary = play(SUMMIT, 30).summary
    bands = targets_of(summary)
    told = next(item.plain() for item in findings(summary) if "bands" in item.text)
    missed = [band for band in bands if not band.inside]
    assert missed and f"expects {len(bands) - len(missed)} hold" in told
    for band in bands:
        shown = f"{100 * band.measured.value:.1f}%" if band.measured.form == "percent" else f"{band.measured.value:.2f}"
        words_of_it = f"{_lower(band.label)} with {shown} (expected {band.words})"
        assert (words_of_it in told) is (not band.inside)
        if not band.inside:
            assert (told.index(words_of_it) > told.index("not decided by this run")) is band.is_open
    assert any(band.is_open for band in bands)
    assert 3 <= len(findings(summary)) <= 6
    for other in (play(CRISIS).summary, play(SUMMIT, 30, "200 days").summary):  # without bands; with a change
        assert not any("bands" in item.text for item in findings(other))


def test_a_time_reads_alike_in_words_in_tables_and_on_the_terminal(play) -> None:
    for path, count in ((SUMMIT, 30), (CRISIS, 40)):
        done = play(path, count)
        page = done.write_report(str(path)).read_text("utf-8").replace(words.NBSP, " ")
        printed = "\n".join(line.plain for line in as_lines(done, None, 100, True))
        told = {name: value.median for name, _, value in done.summary.times if value.median is not None}
        for name in {"meeting", "deal"} & set(told):
            text = duration(told[name], hourly=path == CRISIS)
            assert f"after {text}" in " ".join(printed.split()) and f">{text}</span>" in page
            assert re.search(rf"{text} \([\d.]+ to [\d.]+\)", printed) and re.search(rf"<td>{text} <small", page)
            assert path != CRISIS or text.split()[1] in ("hours", "days")


def test_a_figure_with_a_number_is_compared_as_a_number(play) -> None:
    """`1` and `1.0` are one number; words are compared with `=` alone."""
    done = play(SUMMIT, 30)
    rows = done.results
    for figure in ("share:count:meetings=1", "share:count:meetings=1.0", "share:count:meetings=2,3"):
        wanted = [float(text) for text in figure.partition("=")[2].split(",")]
        assert 0.0 < np.isin(rows["count:meetings"], wanted).mean() < 1.0
        assert measured(done.summary, figure).value == pytest.approx(np.isin(rows["count:meetings"], wanted).mean())
        assert recompute(figure, rows) == pytest.approx(np.isin(rows["count:meetings"], wanted).mean())
    assert measured(done.summary, "share:outcome>=war") is None


def test_a_band_that_a_run_cannot_tell_is_named(play) -> None:
    summary = play(SUMMIT, 30).summary
    lost = {name: values for name, values in summary.results.items() if name != "max_rung"}
    told = next(item.plain() for item in findings(dataclasses.replace(summary, results=lost)) if "bands" in item.text)
    assert "this run cannot tell: limited strike or war" in told
    assert "cannot tell" not in next(item.plain() for item in findings(summary) if "bands" in item.text)


@pytest.mark.parametrize(
    ("low", "high", "form", "words_of_it"),
    [
        (0.08, 0.2, "percent", "8% to 20%"), (0.0, 0.03, "percent", "at most 3%"), (0.1, 1.0, "percent", "at least 10%"),
        (0.0, 1.0, "percent", "anything"), (10.0, 18.0, "number", "10 to 18 a year"), (0.0, 0.5, "number", "at most 0.5 a year"),
        (3.0, math.inf, "number", "at least 3 a year"), (0.0, math.inf, "number", "anything"),
    ],
)  # fmt: skip
def test_a_band_in_words(low, high, form, words_of_it) -> None:
    assert Band("x", Measured(0.1, 0.0, 0.2, form), low, high, True, "", "").words == words_of_it


@pytest.mark.parametrize(
    ("value", "low", "high", "inside", "is_open"),
    [(0.1, 0.0, 0.2, True, False), (0.25, 0.22, 0.28, False, False), (0.22, 0.19, 0.25, False, True), (0.06, 0.03, 0.081, False, True)],
)
def test_a_figure_outside_whose_interval_reaches_into_the_band_is_open(value, low, high, inside, is_open) -> None:
    band = Band("x", Measured(value, low, high), 0.08, 0.2, inside, "", "")
    assert band.is_open is is_open


def test_the_id_of_a_thing_is_no_key_of_the_language() -> None:
    scenario = {
        "actors": {"A": {"label": "Alpha"}}, "issues": {"survival": {"label": "Regime survival"}, "gap": {}},
        "parameters": {"margin": {}}, "hazards": {"hold": {}},
    }  # fmt: skip
    assert input_label(scenario, "actors.A.utility.issues.survival.weight") == "Alpha: weight of \u201cRegime survival\u201d"
    assert input_label(scenario, "actors.A.utility.survival.weight") == "Alpha: weight of survival"
    assert input_label(scenario, "parameters.margin.number") == "Margin"
    assert input_label(scenario, "hazards.hold.rate") == "Hold, events a year"
    assert input_label(scenario, "issues.gap.start").startswith("Gap")


@pytest.mark.parametrize(
    ("days", "words_of_it"),
    [(364, "364 days"), (365, "1 year"), (366, "366 days"), (1095, "3 years"), (1096, "3 years"), (1094, "1,094 days"),
     (3653, "10 years"), (0.5, "12 hours"), (90, "90 days")],
)  # fmt: skip
def test_a_length_that_somebody_chose_is_not_rounded(days, words_of_it) -> None:
    assert span(days) == words_of_it


@pytest.mark.parametrize("width", [40, 80, 120])
def test_the_terminal_tells_base_rates_and_grounds(play, width):
    """All base rates directly below the shares, on as many lines as they need; on what the numbers rest on one."""
    texts = [line.plain for line in as_lines(play(SUMMIT), None, width, True)]
    (rate,) = [number for number, text in enumerate(texts) if "Base rate" in text]
    (limits,) = [text for text in texts if text.startswith("limits ")]
    assert texts[rate - 1].lstrip().startswith("Frozen stalem")  # the last class, cut where it is narrow
    assert max(len(text) for text in (*texts[rate : rate + 3], limits)) <= width
    told = " ".join(text.strip() for text in texts[rate : rate + 6])
    assert told.startswith("Base rate: Major war 0 in 13 Korean crises, 1954 to 2017 (0 to 23%), 19 in 69 crises of the United States,")
    if width >= 80:
        assert limits.endswith("numbers are judgement or defaults; see docs/limits.md")


def test_the_page_has_the_base_rate_beside_every_share_of_the_class(play):
    """In the answer, in the table of outcomes, and in the section on limits; there also how far shares move."""
    summary = play(SUMMIT, 300).summary
    text = html.unescape(render(report_content(summary)))
    answer, outcomes, limits = (
        re.search(rf'<section id="{name}".*?</section>', text, re.S)[0] for name in ("answer", "outcomes", "limits")
    )
    assert "0 in 13 Korean crises" in answer
    row = next(row for row in re.findall(r"<tr>.*?</tr>", outcomes, re.S) if "Major war" in row)
    assert "0 in 13 (0 to 23%); 19 in 69 (18 to 39%)" in row
    assert "19 in 69 (18 to 39%)" in limits and f"{summary.limits.grounds.judged:,} are judgement by the file's own mark" in limits
    for swing in summary.limits.swings:
        assert swing.input_label in limits and words.percent(swing.high.share) in limits
    assert summary.limits.swings or "How far shares move" not in limits
