"""Benchmarks run, at the smallest sizes; their figures are of the kinds that the page shows. No figure is held to anything."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys

import duckdb
import pytest

from benchmarks import __main__ as whole
from benchmarks import compare, memory, negmas, page, profile, scaling, sensitivity, sobol_gain, start
from benchmarks.measured import SIM, conditions, ran
from benchmarks.negotiation import Talks, negotiation
from sim import resources
from sim.engines import batch_engine
from sim.model.compile import compile_case
from sim.model.complete import complete
from sim.model.load import load_scenario
from tests.played import play_logged
from tools import benchmark
from tools.sections import body_of

NEAR = 0.002  # differences in utility that are left to chance at the highest precision


def rendered(name: str, figures: dict) -> str:
    """One table of the page, from figures as they are read back."""
    return page.PARTS[name]({name: json.loads(json.dumps({"conditions": conditions(), "figures": figures}))})


def test_memory_and_time_of_whole_runs():
    figures = memory.measure([20, 60], workers=2)
    small, large = figures["runs"]
    assert (small["histories"], large["histories"]) == (20, 60)
    assert large["bytes"] > small["bytes"] > 0 and small["columns"] > 100
    assert 50 < large["peak_mib"] < 2000 or not os.path.isdir("/proc/self")
    assert large["nanoseconds_an_event_and_worker"] > 0 and figures["largest_distance_from_the_line"] < 1e-9
    text = rendered("memory", figures)
    assert "| 60 |" in text
    assert "replays" not in small and [replay["replication"] for replay in large["replays"]] == [0, 30, 59]
    assert all(replay["seconds"] > 0.0 for replay in large["replays"])
    assert "from the run of 60," in text and f"history 59 {large['replays'][2]['seconds']:.1f} s" in text


def test_a_replay_that_is_not_its_row_ends_the_measurement(tmp_path):
    ran([*SIM, "run", "summit", "-n", "3", "--engine", "batch", "--out", str(tmp_path / "run"), "--quiet"])
    assert memory._replayed(tmp_path / "run", 2)["seconds"] > 0.0
    file = tmp_path / "run" / "results-000000.parquet"
    duckdb.sql(f"COPY (SELECT * REPLACE (events + 1 AS events) FROM '{file}') TO '{tmp_path / 'other.parquet'}'")
    shutil.move(tmp_path / "other.parquet", file)
    with pytest.raises(SystemExit, match="replay"):
        memory._replayed(tmp_path / "run", 2)


def test_distance_from_a_line_is_relative():
    runs = [{"histories": n, "seconds": 1.0 + n / 100.0} for n in (100, 200, 400)]
    straight = memory._line(runs)
    assert (straight["start_seconds"], straight["microseconds_a_history"]) == (1.0, 10_000.0)
    assert straight["largest_distance_from_the_line"] == 0.0
    runs[1]["seconds"] *= 1.1
    assert 0.02 < memory._line(runs)["largest_distance_from_the_line"] < 0.1


def test_scenarios_of_many_sizes_are_valid_and_grow():
    figures = scaling.measure(1, (2, 12), (1, 16), seconds=0.01, with_profiles=False)
    sizes = {(size["actors"], size["issues"]): size for size in figures["sizes"]}
    assert sizes[12, 16]["clocks"] > sizes[2, 16]["clocks"] and sizes[2, 16]["packages"] > sizes[2, 1]["packages"]
    assert sizes[12, 16]["nanoseconds_an_event"]["median"] > sizes[2, 1]["nanoseconds_an_event"]["median"]
    assert "| 12 |" in rendered("scaling", figures)


def test_parts_of_a_sensitivity_analysis():
    figures = sensitivity.measure(32, 4)
    assert (figures["factors"], figures["histories"]) == (5, 32 * 7)
    assert figures["engine_seconds"] > 0 and 0 < figures["outputs"] <= 8
    assert "| engine |" in rendered("sensitivity", figures)


def test_start_of_commands():
    figures = start.measure(1, 0, histories=2, only=("help", "auto"))
    assert list(figures["commands"]) == ["help", "auto"]
    told = figures["commands"]["auto"]
    assert 0.0 < told["seconds_to_words"]["median"] < told["seconds"]["median"] and told["cpu_seconds"]["median"] > 0.0
    assert "`sim run summit -n 2`" in rendered("start", figures)


def test_a_command_is_timed_to_the_words_that_are_waited_for():
    program = "import time; print('first', flush=True); time.sleep(.4); print('last')"
    done = ran([sys.executable, "-c", program], "first")
    assert done.seconds - done.seconds_to_words > 0.1 and done.output == "first\nlast\n"
    assert ran([sys.executable, "-c", "print('last')"], "first").seconds_to_words > 0.0
    with pytest.raises(SystemExit, match="what went wrong"):
        ran([sys.executable, "-c", "raise SystemExit('what went wrong')"])


def test_memory_of_children_counts():
    if not os.path.isdir("/proc/self"):
        pytest.skip("memory of processes is read from /proc")
    child = "import time; held = b'x' * 100_000_000; time.sleep(.4)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    assert 100 < ran([sys.executable, "-c", parent]).peak_mib < 200


def test_every_act_and_rule_is_found_where_it_is_loaded():
    functions = profile.functions_loaded()
    addresses = batch_engine.machine_code().addresses
    found = {function.address: function.name for function in functions}
    assert {name: found[address] for name, address in addresses.items()} == {name: name for name in addresses}
    assert all(one.address + one.size <= two.address for one, two in zip(functions, functions[1:], strict=False))
    assert any(name.startswith("sim.rules.") for name in found.values())


@pytest.mark.skipif(shutil.which("perf") is None, reason="perf is not installed")
def test_a_profile_finds_most_of_the_time_in_acts():
    case = compile_case(complete(load_scenario(resources.scenario_path("summit"))))
    try:
        figures, instructions = profile.measure(case, 300)
    except SystemExit as refused:
        pytest.skip(str(refused))
    in_acts = sum(told["share"] for name, told in figures["shares"].items() if name.startswith("sim."))
    assert figures["looks"] > 50 and in_acts > 0.5
    table = rendered("profile", figures)
    assert "`acts." in table
    assert "libpython" not in table and "numpy" not in table
    if shutil.which("objdump"):
        assert any("%" in line for line in instructions(next(iter(figures["shares"]))))


# --- negotiations ---


@pytest.mark.parametrize(("parties", "issues"), [(2, 3), (6, 2)])
def test_the_negotiation_is_alternating_offers_of_boulware_conceders(parties, issues):
    """Every offer is that of a plain loop, and is accepted by those to whom it is no less than their own next offer."""
    case = negmas.case_of(parties, issues, whole=True)
    assert case.num_candidates == 5**issues - 1  # all but the status quo
    columns = [case.issue(f"issue_{k + 1}") for k in range(issues)]
    packages = [tuple(case.levels[p * issues + column] for column in columns) for p in range(case.num_candidates)]
    _, _, log = play_logged(case, 0)
    talks = Talks(negotiation(parties, issues), packages)
    turn = agreements = answers = 0
    for happening in log.happenings:
        if happening.kind != "offer":
            continue
        now, offer = int(happening.time), happening.details["package"]
        party = turn % parties
        assert (happening.who, offer) == (f"party_{party + 1}", talks.offer(party, now))
        talks.note(party, offer)
        turn += 1
        gains = [talks.gain(other, offer, now) for other in range(parties) if other != party]
        if happening.details["accepted"]:
            assert min(gains) > -NEAR
            talks.begin(now)
            turn = 0
            agreements += 1
        else:
            assert min(gains) < NEAR
        answers += 1
    assert agreements >= 8 and answers > 8 * agreements


def test_offers_a_second_are_counted_without_the_other_side():
    figures = negmas.measure(None, turns=1, offers=2_000, with_profiles=False)
    assert [(size["parties"], size["issues"]) for size in figures["sizes"]] == list(negmas.SIZES)
    assert all(size["packages"]["whole"] == 5 ** size["issues"] - 1 for size in figures["sizes"])
    assert all(100 < size["offers_a_negotiation_whole"] < 600 for size in figures["sizes"])
    assert "6 parties, 5 issues" in rendered("negmas", figures)


@pytest.mark.skipif(negmas.PEER not in os.environ, reason=f"{negmas.PEER} names no interpreter that has NegMAS")
def test_negmas_agrees_after_about_as_many_offers():
    figures = negmas.measure(os.environ[negmas.PEER], turns=1, offers=2_000, their_offers=100, with_profiles=False)
    for size in figures["sizes"]:
        assert size["agreed_negmas"] == 1.0
        assert size["offers_a_negotiation_negmas"] == pytest.approx(size["offers_a_negotiation_whole"], rel=0.15)


def test_an_interpreter_without_negmas_is_told_how_to_get_it():
    with pytest.raises(SystemExit, match=re.escape("pip install -r benchmarks/requirements.txt")):
        negmas.Peer.start(sys.executable)


# --- the page ---

COSTS = {"sim.acts.b": 20.0, "sim.acts.a": 50.0, "libc.so.6: memset": 7.0, "the kernel": 3.0, "sim.rules.c": 21.0}


def first_cells(text: str) -> list[str]:
    """Of the rows of the last table of a text."""
    lines = [line for line in text.split("\n\n") if line.startswith("| act or rule")][-1].splitlines()[2:]
    return [line.split(" | ")[0].removeprefix("| ") for line in lines]


def test_a_profile_lists_acts_and_rules_by_share_and_the_rest_in_two_rows(monkeypatch):
    """Also where the figures have been kept, with their keys sorted."""
    shares = {name: {"share": cost / 101.0, "nanoseconds_an_event": cost} for name, cost in sorted(COSTS.items())}
    figures = {"shares": shares, "nanoseconds_an_event": 101.0, "looks": 9}
    assert first_cells(rendered("profile", figures)) == [
        "`acts.a`", "`rules.c`", "`acts.b`", page.SYSTEM, "0 others"
    ]  # fmt: skip
    assert f"| {page.SYSTEM} | 9.9% | 10.0 |" in rendered("profile", figures)
    monkeypatch.setattr(page, "LISTED", 1)
    assert "| `acts.a` | 49.5% | 50.0 |" in rendered("profile", figures)
    assert "| 2 others | 40.6% | 41.0 |" in rendered("profile", figures)


def test_profiles_of_several_sizes_list_what_grows_by_its_largest_cost(monkeypatch):
    monkeypatch.setattr(page, "LISTED_OF_GROWTH", 2)
    small = {"sim.acts.a": 50.0, "sim.acts.b": 1.0, "sim.rules.c": 9.0, "sim.acts.d": 2.0}
    text = page._growth([{"nanoseconds_an_event": costs} for costs in (COSTS, {**small, "the kernel": 90.0})], ["x", "y"])
    assert first_cells(text) == ["`rules.c`", "`acts.b`", page.SYSTEM, "2 others"]
    assert f"| {page.SYSTEM} | 10 | 90 |" in text and "| 2 others | 50 | 52 |" in text

def test_every_part_of_the_page_can_be_measured_and_has_a_place():
    assert set(page.PARTS) - {"goals", "conditions"} == set(whole.MEASUREMENTS) - {"engines", "cluster"}  # goals alone
    for name in page.PARTS:
        assert body_of(page.PAGE, name).strip()


def test_goals_are_judged_by_the_figures():
    def row(value: float, must: float | None, aim: float | None, is_least: bool) -> str:
        return page._goal("x", must, aim, value, "", "", is_least)[-1]

    assert [row(v, 100, 140, True) for v in (99, 100, 140)] == ["no", "yes", "the aim"]
    assert [row(v, 60, 30, False) for v in (61, 60, 30)] == ["no", "yes", "the aim"]
    assert [row(v, None, 200, False) for v in (201, 200)] == ["not the aim", "the aim"]
    assert [row(v, 800, None, True) for v in (799, 800)] == ["no", "yes"]


def test_the_command_refuses_unknown_parts():
    done = subprocess.run([sys.executable, "-m", "benchmarks", "memry"], cwd=page.ROOT, capture_output=True, text=True)
    assert done.returncode == 2 and "memry" in done.stderr and "memory" in done.stderr


@pytest.fixture
def measured_elsewhere(tmp_path, monkeypatch):
    """Figures and pages below a folder, and two parts that are measured at once."""
    monkeypatch.setattr(page, "FIGURES", tmp_path / "figures.json")
    monkeypatch.setattr(whole, "ROOT", tmp_path)
    speed = {"microseconds_a_history": 500.0, "nanoseconds_an_event": 1000.0}
    slower = {"times_slower": 77.0, "least_times_slower": 76.0, "most_times_slower": 78.0}
    engines = {
        **{name: {**speed, **slower} for name, _ in benchmark.WORDS},
        "events_a_history": 321.4, "processor": "one", "versions": dict.fromkeys(("python", "numpy", "simpy", "numba"), "1"),
    }  # fmt: skip
    shares = {name: {"share": cost / 101.0, "nanoseconds_an_event": cost} for name, cost in COSTS.items()}
    profiled = {"shares": shares, "nanoseconds_an_event": 101.0, "looks": 9}
    parts = {"engines": lambda options: engines, "profile": lambda options: profiled}
    monkeypatch.setattr(whole, "MEASUREMENTS", parts)
    return tmp_path


def test_small_sizes_are_printed_and_write_nothing(measured_elsewhere, capsys):
    whole.main(["--quick"])
    told = capsys.readouterr().out
    assert "`acts.a`" in told and "77.0×" in told and "engines, small sizes" in told
    assert list(measured_elsewhere.iterdir()) == []


def test_small_sizes_are_written_when_asked_for_but_not_into_the_main_page(measured_elsewhere, capsys):
    whole.main(["--quick", "--write"])
    assert capsys.readouterr().out.split() == [page.PAGE]
    assert "engines, small sizes" in (measured_elsewhere / page.PAGE).read_text("utf-8")
    assert page.full("engines") is None and page.read()["engines"]["figures"]["events_a_history"] == 321.4


def test_both_pages_tell_the_same_measurement_of_the_engines(measured_elsewhere, monkeypatch, capsys):
    whole.main(["engines"])
    assert capsys.readouterr().out.split() == [page.PAGE, benchmark.PAGE]
    assert "77.0×" in (measured_elsewhere / page.PAGE).read_text("utf-8")
    assert "321 events a history" in (measured_elsewhere / benchmark.PAGE).read_text("utf-8")
    monkeypatch.setattr(benchmark.engines, "measure", lambda: pytest.fail("measured again"))
    assert benchmark.write(measured_elsewhere) == [benchmark.PAGE]
    assert benchmark.stale() == [benchmark.PAGE]  # of the checkout, which tells another measurement


def test_engines_are_measured_for_the_main_page_where_only_small_sizes_are_kept(measured_elsewhere, monkeypatch):
    whole.main(["--quick", "--write"])
    assert benchmark.stale() == []
    other = {**page.read()["engines"]["figures"], "events_a_history": 400.0}
    monkeypatch.setattr(benchmark.engines, "measure", lambda: other)
    assert benchmark.write(measured_elsewhere) == [page.PAGE, benchmark.PAGE]
    assert "400 events a history" in (measured_elsewhere / benchmark.PAGE).read_text("utf-8")
    assert page.full("engines") == other


@pytest.mark.parametrize(("load", "is_warned"), [(0.5, False), (0.51, True)])
def test_a_busy_machine_is_warned_of(measured_elsewhere, monkeypatch, capsys, load, is_warned):
    monkeypatch.setattr(os, "getloadavg", lambda: (load, 0.0, 9.0), raising=False)
    whole.main(["engines", "--quick"])
    assert ("figures of time are those of a busy machine" in capsys.readouterr().err) is is_warned


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--columns", "tensoin"), "no column 'tensoin': did you mean 'tension'?"),
        (("--columns", "outcome"), "column 'outcome': expected one of numbers"),
        (("--seeds", "1"), "--seeds: expected a whole number from 2, found 1"),
        (("--seeds", "few"), "--seeds: expected a whole number, found 'few'"),
        (("--replications", "0"), "--replications: expected a whole number from 1, found 0"),
        (("--columns", "replicatio", "--seeds", "3"), "did you mean 'replication'?"),
    ],
)
def test_the_gain_of_a_design_is_refused_where_it_cannot_be_measured(monkeypatch, capsys, words, message):
    monkeypatch.setattr(sys, "argv", ["sobol_gain", "summit", "--seeds", "2", "--replications", "8", *words])
    with pytest.raises(SystemExit) as left:
        sobol_gain.main()
    found = capsys.readouterr()
    assert left.value.code == 2 and found.out == "" and message in found.err


def test_the_gain_of_a_design_has_a_row_for_each_column(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["sobol_gain", "--seeds", "2", "--replications", "16", "--columns", "tension", "trust"])
    sobol_gain.main()
    heading, _, *rows = capsys.readouterr().out.splitlines()
    assert heading.startswith("summit: 2 seeds of 16 histories") and [row.split()[0] for row in rows] == ["tension", "trust"]
    assert "nan" not in "".join(rows)


def test_figures_are_kept_beside_earlier_ones(tmp_path, monkeypatch):
    monkeypatch.setattr(page, "FIGURES", tmp_path / "figures.json")
    page.keep("start", {"load": 1}, {"a": 1})
    page.keep("memory", {"load": 2}, {"b": 2})
    page.keep("start", {"load": 3}, {"a": 4})
    assert {name: part["figures"] for name, part in page.read().items()} == {"memory": {"b": 2}, "start": {"a": 4}}




def test_a_comparison_is_measured_against_its_ordinary_runs():
    figures = compare.measure(replications=30, turns=1, policies=1)
    assert figures["ordinary_cpu_seconds"] > 0.0 and figures["runs_cpu_seconds"] > 0.0 and figures["replications_per_second"] > 0.0
    text = page.goals({"compare": {"conditions": {}, "figures": figures}})
    assert "arms, pairing and analysis of 1 policies x 30 histories" in text and "\u2264 10%" in text
