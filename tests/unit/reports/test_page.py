"""The page is one small file, the same every time, complete where there is data and silent where there is none."""

from __future__ import annotations

import hashlib
import html
import math
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from sim.reports import page, words
from sim.reports.content import (
    ClaimRow,
    Conditional,
    Driver,
    Drivers,
    Fan,
    Finding,
    History,
    Incidence,
    IncidenceSeries,
    InputRow,
    Number,
    OutcomeShare,
    ReportContent,
    TargetRow,
    TimeAxis,
    TimeToEvent,
)
from sim.reports.references import recompute
from sim.reports.timeline import render_timeline, shown_options
from tests.unit.reports import sample

HOSTILE = (
    "</script><script>window.pwned=1</script><img src=x onerror=pwned=1>\"'{{ 7*7 }}{0}\u202e\x00 \u05d0\u05d1\u05d2 \U0001f4a5"
    + "w" * 700
)


@pytest.fixture(scope="module")
def report() -> str:
    return page.render(sample.content())


def visible(text: str) -> str:
    """The page without its packed code and data."""
    return re.sub(r'<script type="(?:text/plain|application/json)".*?</script>', "", text, flags=re.S)


def test_report_is_far_below_the_limit_with_many_inputs() -> None:
    rows = [
        InputRow(f"group_{n % 12}.thing_{n}.weight", f"Weight of thing {n}", "beta(2, 5)", "0 to 1", "A source, 2019")
        for n in range(800)
    ]
    text = page.render(replace(sample.content(), inputs=rows))
    assert len(text.encode()) < page.MAX_BYTES / 2


def test_same_content_gives_the_same_bytes_in_another_process(report: str) -> None:
    code = (
        "import hashlib; from tests.unit.reports import sample; from sim.reports.page import render; "
        "print(hashlib.sha256(render(sample.content()).encode()).hexdigest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "123", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    root = Path(__file__).parents[3]
    found = subprocess.run([sys.executable, "-c", code], env=environment, cwd=root, capture_output=True, text=True)
    assert found.stderr == ""
    assert hashlib.sha256(report.encode()).hexdigest() == found.stdout.strip()


def test_page_names_no_address(report: str) -> None:
    for text in (report, render_timeline(sample.timeline())):
        assert re.findall(r"(?:https?:)?//[\w.]+", visible(text).replace("// ", "")) == []
        assert re.findall(r'(?:src|srcset|action)="', visible(text)) == []


def test_every_number_of_a_finding_can_be_recomputed(report: str) -> None:
    rows = sample.rows()
    figures = re.findall(r'<span class="(?:figure|bound)" data-ref="([^"]*)" data-value="([^"]*)">([^<]*)</span>', report)
    assert len(figures) == sum(len(finding.numbers) for finding in sample.content().findings) == 8
    for reference, value, shown in figures:
        again = recompute(html.unescape(reference), rows)
        assert float(value) == pytest.approx(again)
        assert shown in (words.percent(again), words.duration(again))


def test_braces_without_a_number_stay_text() -> None:
    assert str(page.finding_html(Finding("a {3} {0} {x}", (Number(1, "count:{1}", "integer"),)))) == (
        'a {3} <span class="figure" data-ref="count:{1}" data-value="1.0">1</span> {x}'
    )


SECTIONS = {
    "findings": "answer",
    "outcomes": "outcomes",
    "game": "game",
    "phases": "phases",
    "fans": "fans",
    "drivers": "drivers",
    "conditionals": "conditional",
    "histories": "histories",
    "inputs": "inputs",
    "claims": "claims",
    "targets": "targets",
    "limits": "limits",
    "reproduce": "reproduce",
}


@pytest.mark.parametrize("name", sorted(set(SECTIONS) - {"limits"}))
def test_absent_data_leaves_its_section_out(name: str, report: str) -> None:
    content = sample.content()
    text = page.render(replace(content, **{name: None if name in ("phases", "game") else ()}))
    assert f'id="{SECTIONS[name]}"' in report
    assert f'id="{SECTIONS[name]}"' not in text
    assert f'href="#{SECTIONS[name]}"' not in text


def test_time_section_needs_either_of_its_parts() -> None:
    content = sample.content()
    assert 'id="time"' in page.render(replace(content, incidence=None))
    assert 'id="time"' not in page.render(replace(content, incidence=None, times=()))


def test_bare_content_is_a_page() -> None:
    text = page.render(ReportContent("Title", "Question?", sample.meta()))
    assert re.findall(r'<section id="(\w+)"', text) == ["limits"]  # no page is without
    assert "docs/limits.md" in text and "Question?" in text


def test_sections_stand_in_the_order_of_a_policy_reader(report: str) -> None:
    order = [*SECTIONS.values()]
    order.insert(3, "time")
    places = [report.index(f'<section id="{name}"') for name in order]
    assert places == sorted(places)


def test_every_chart_has_words_and_a_table(report: str) -> None:
    for text in (report, render_timeline(sample.timeline())):
        charts = re.findall(r'<div class="chart" id="([\w-]+)" role="img" aria-label="([^"]+)"', text)
        assert len(charts) == text.count('class="chart"') > 0
        for anchor, alternative in charts:
            assert len(alternative) > 40
            after = text[text.index(f'id="{anchor}-data"') :]
            assert re.match(r".*?</script>\s*<details>\s*<summary>.*?<th scope=\"col\">", after, re.S)


def test_meanings_of_classes_are_promised_only_where_there_are_any(report: str) -> None:
    content = sample.content()
    bare = page.render(replace(content, outcomes=[replace(outcome, description="") for outcome in content.outcomes]))
    assert "What each class means" in report and "What it means" in report
    assert "What each class means" not in bare and "What it means" not in bare


def test_claims_that_were_not_run_are_listed_shortly_with_the_command(report: str) -> None:
    rows = [ClaimRow(f"c{n}", f"Claim {n}.", "not run", "sim claims x.yaml") for n in range(3)]
    text = page.render(replace(sample.content(), claims=rows))
    assert text.count("sim claims x.yaml") == 1 and "The 3 claims" in text
    assert "Figure that decides" not in text and "Figure that decides" in report


def test_claims_that_fail_come_first() -> None:
    rows = [ClaimRow(name, name, verdict, "f", 0.1, 0.2, 9) for name, verdict in
            (("one", "holds"), ("two", "undecided"), ("three", "does not hold"))]  # fmt: skip
    text = page.render(replace(sample.content(), claims=rows))
    places = [text.index(f"<small><code><bdi>{name}</bdi></code></small>") for name in ("three", "two", "one")]
    assert places == sorted(places)


def test_ids_are_unique(report: str) -> None:
    for text in (report, render_timeline(sample.timeline())):
        ids = re.findall(r' id="([^"]+)"', visible(text))
        assert len(ids) == len(set(ids))


def test_hostile_text_is_only_text() -> None:
    content = sample.content()
    plain, evil = page.render(content), page.render(sample.hostile(HOSTILE))
    assert plain.count("<script") == evil.count("<script")
    assert "<img" not in evil
    assert "\x00" not in evil
    assert "\u202e" not in evil
    assert "{{ 7*7 }}" in evil
    assert len(evil.encode()) < page.MAX_BYTES


def test_page_knows_no_machine_and_no_clock(report: str) -> None:
    assert str(Path.home()) not in visible(report) or str(Path.home()) == "/"
    assert not re.search(r"\b20(?:2[4-9])-\d\d-\d\d", visible(report))


def test_policy_allows_our_two_scripts_and_nothing_else(report: str) -> None:
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', report)
    policy = html.unescape(policy)
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-inline" not in policy.split("style-src")[0]
    assert "unsafe-eval" not in policy


def test_written_page_replaces_an_old_one(tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    target.write_text("old")
    page.write_page("né\n", target)
    assert target.read_bytes() == "né\n".encode()
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_timeline_shows_the_chosen_option_among_hundreds() -> None:
    decision = sample.timeline().decisions[1]
    many = replace(
        decision,
        options=[*(replace(decision.options[1], probability=1 / 300) for _ in range(300)), decision.options[2]],
    )
    shown, hidden = shown_options(many)
    assert any(option.chosen for option in shown)
    assert len(shown) + hidden == 301


def test_timeline_tells_the_whole_history() -> None:
    text = render_timeline(sample.timeline())
    for piece in ("Ends as: Open clash", "ruled out by", "✓ chosen", "--replication 1370", "What A-land believes"):
        assert piece in text


def test_page_without_calendar_counts_in_its_own_unit() -> None:
    """Thirteen days counted in hours: no dates anywhere, and the axis says hours."""
    content = sample.content()
    hours = TimeAxis([0, 100, 200, 312], unit="hours")
    flat = [0.1, 0.2, 0.3, 0.4]
    incidence = Incidence(hours, [IncidenceSeries("a", "A", flat, flat, flat)])
    fan = Fan("f", "Pressure", hours, flat, flat, flat, flat, flat)
    text = page.render(
        replace(content, incidence=incidence, fans=[fan], histories=(), meta=replace(sample.meta(), start_date=None))
    )
    assert '<th scope="col"><bdi>Hours</bdi></th>' in text
    assert '"text":"hours"' in text


def test_extreme_numbers_still_make_a_page() -> None:
    """One history, classes never seen, a condition that nobody meets, nothing that moved anything."""
    never = OutcomeShare("never", "Never seen", 0.0, 0.0, 0.79, 0)
    always = OutcomeShare("always", "Always", 1.0, 0.21, 1.0, 1)
    content = ReportContent(
        "One history",
        "",
        sample.meta(),
        outcomes=[never, always] + [replace(never, id=f"n{n}") for n in range(12)],
        times=[TimeToEvent("Deal", 0.0, 0.0, 0.79, math.nan, None, math.nan)],
        drivers=[Drivers("correlation", [Driver("p", "P", 0.0, 0.0, 0.0, False)], 0.0)],
        conditionals=[Conditional("given a storm", 0, [replace(never, share=math.nan, low=0.0, high=1.0)])],
        histories=[History("worst", 0, "gone", "Gone", "T", "", [], "sim replay", 0.0)],
        targets=[TargetRow("q", 0.0, 0.0, 0.0, 0.0, 0.0, True)],
    )
    text = page.render(content)
    assert "NaN" not in re.sub(r'<script type="text/plain".*?</script>', "", text, flags=re.S)
    assert "n/a" in text
    assert "never" in text
