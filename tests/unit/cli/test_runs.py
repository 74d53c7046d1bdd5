"""`sim run` and `sim show`: text, files, exit codes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from sim import resources
from sim.analysis import summary
from sim.api import Run
from sim.cli.console import duration
from sim.cli.runs import _came_about
from sim.experiments.replicate import Interrupted
from sim.model.diagnostics import cells
from tests.unit.cli.conftest import NUM_HISTORIES, STRAIT

TINY = ("-n", "4", "--workers", "1", "--no-report")


def without_timing(text: str) -> dict:
    found = json.loads(text)
    del found["timing"]
    return found


def test_the_result_reads_well_at_80_columns(call, stored):
    answer = call("show", stored)
    assert answer.code == 0 and answer.err == ""
    lines = answer.out.splitlines()
    long = [line for line in lines if cells(line) > 80]
    assert all(line.startswith(("results ", "report ")) for line in long), long
    assert lines[0] == "Thirteen days at the strait"
    for heading in ("Outcome after 13 days", "When it first happened", "Over time", "What moved the outcomes most",
                    "In words"):  # fmt: skip
        assert any(line.startswith(heading) for line in lines), heading
    assert len(re.findall(r"^  - ", answer.out, flags=re.M)) in range(3, 7)
    assert "\x1b" not in answer.out
    assert f"{NUM_HISTORIES}, seed 1" in answer.out
    assert re.search(r"^digest +[0-9a-f]{64}$", answer.out, flags=re.M)
    assert re.search(r"^report +.+/report\.html$", answer.out, flags=re.M)


def test_shares_and_intervals_are_those_of_the_rows(call, stored):
    text = call("show", stored).out
    found = json.loads(call("show", stored, "--json").out)
    assert sum(item["count"] for item in found["outcomes"]) == NUM_HISTORIES
    for item in found["outcomes"]:
        share, low, high = (f"{100 * item[key]:.1f}" for key in ("share", "low", "high"))
        assert re.search(rf"^  {item['label']} .* {share}% +{low} to {high}%$", text, flags=re.M)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_bars_are_plain_where_the_encoding_has_no_blocks(call, stored, monkeypatch, encoding):
    from sim.cli import console

    monkeypatch.setattr(console, "has_blocks", lambda stream=None: "█".encode().decode("latin-1") == encoding)
    answer = call("show", stored)
    text = answer.out.translate({0x201C: None, 0x201D: None})  # quotation marks, which the stream writes plainly itself
    assert text.isascii() and "###" in text


def test_blocks_are_what_the_encoding_can_hold():
    import io

    from sim.cli.console import has_blocks

    assert has_blocks(io.TextIOWrapper(io.BytesIO(), encoding="utf-8"))
    assert not has_blocks(io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    assert not has_blocks(io.TextIOWrapper(io.BytesIO(), encoding="latin-1"))


def test_colour_is_there_when_asked_for_and_never_against_no_color(call, stored, monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[" not in call("show", stored).out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[31m" in call("show", stored).out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[31m" not in call("show", stored).out
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b[" not in call("show", stored).out


def test_json_has_everything_and_is_the_same_for_any_number_of_workers(call, stored):
    one = call("show", stored, "--json")
    found = json.loads(one.out)
    assert found["schema"] == 1 and one.err == ""
    assert set(found) == {
        "schema", "scenario", "given", "seed", "replications", "until_se", "design", "engine", "versions", "outcomes", "readings", "game",
        "times", "paths", "drivers", "conditions", "limits", "findings", "digest", "timing",
    }  # fmt: skip
    assert found["timing"]["directory"] == stored.as_posix()
    assert found["drivers"]["inputs"] and found["drivers"]["noise_floor"] > 0
    two = call("run", STRAIT, "-n", NUM_HISTORIES, "--workers", "2", "--json", "--engine", "simpy")
    assert two.code == 0
    assert without_timing(two.out) == without_timing(one.out)
    (report,) = Path("reports").glob("*/report.html")
    assert report.read_bytes() == (stored / "report.html").read_bytes()


def test_run_writes_a_named_directory_and_finds_it_again(call, place):
    first = call("run", STRAIT, *TINY)
    assert first.code == 0 and "4 histories in" in first.err
    (directory,) = (place / "reports").iterdir()
    assert re.fullmatch(r"crisis-13-days-[0-9a-f]{8}-s1-n4", directory.name)
    assert not (directory / "report.html").exists()
    before = {path: path.stat().st_mtime_ns for path in directory.iterdir()}
    again = call("run", STRAIT, *TINY)
    assert again.code == 0 and "there already" in again.err and "--fresh" in again.err and again.out == first.out
    assert {path: path.stat().st_mtime_ns for path in directory.iterdir()} == before
    for words in ((STRAIT, *TINY, "--out", str(directory)), ("--resume", str(directory))):
        named = call("run", *words)
        assert "there already" in named.err and "--fresh" not in named.err, "nothing is computed again in a directory that was named"
    fresh = call("run", STRAIT, *TINY, "--fresh", "--quiet")
    assert fresh.code == 0 and fresh.err == ""
    assert (place / "reports" / f"{directory.name}-2").is_dir()
    assert call("show", "--no-report").out == fresh.out, "the latest"


def test_the_command_is_kept_without_the_path_of_this_machine(call, place):
    assert call("run", STRAIT, *TINY, "--seed", "3", "--set", "choice.leaders=9", "--out", "here").code == 0
    manifest = json.loads((place / "here" / "manifest.json").read_text("utf-8"))
    assert manifest["command"] == (
        "sim run crisis_13_days.yaml --replications 4 --seed 3 --set choice.leaders=9 --no-report"
    )
    assert str(place) not in manifest["command"]


def test_horizon_and_set_change_the_scenario(call):
    plain = json.loads(call("run", STRAIT, *TINY, "--json").out)
    shorter = json.loads(call("run", STRAIT, *TINY, "--json", "--horizon", "10 days").out)
    assert shorter["scenario"]["horizon_days"] == 10.0
    assert shorter["scenario"]["set"] == {"horizon": "10 days"}
    assert shorter["scenario"]["hash"] != plain["scenario"]["hash"]


def test_a_standard_error_decides_when_to_stop(call):
    found = json.loads(call("run", STRAIT, "--until-se", "0.2", "-n", "200", "--workers", "1", "--no-report", "--json").out)
    assert found["until_se"]["cap"] == 200 and found["until_se"]["largest_se"] <= 0.2
    assert 100 <= found["replications"] < 200


def test_a_shipped_scenario_is_found_by_name_and_a_slip_is_answered(call):
    name = resources.list_scenarios()[0]
    assert call("run", name, "-n", "2", "--workers", "1", "--no-report", "-q").code == 0
    answer = call("run", name[:-1])
    assert answer.code == 2 and f"did you mean '{name}'?" in answer.err and answer.out == ""


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "which scenario?"),
        (("no/such.yaml",), "there is no such file"),
        ((STRAIT, "-n", "0"), "replications: expected a whole number from 1"),
        ((STRAIT, "--seed", "-1"), "seed: expected a whole number from 0"),
        ((STRAIT, "--workers", "0"), "workers: expected a whole number"),
        ((STRAIT, "--until-se", "-1"), "until-se: expected a standard error"),
        ((STRAIT, "--until-se", "nan"), "until-se: expected a standard error"),
        ((STRAIT, "--horizon", "soon"), "horizon: expected a duration"),
        ((STRAIT, "--variant", "calm"), "unknown variant 'calm'"),
        ((STRAIT, "--policy", "calm"), "unknown policy 'calm'"),
        ((STRAIT, "--set", "choice.leaders"), "write --set path=value"),
        ((STRAIT, "--set", "choice.leaders=-1"), "choice.leaders: expected"),
        ((STRAIT, "--resume", "x", "--seed", "3"), "FILE|NAME and --seed cannot stand beside --resume"),
        (("--resume", "nowhere"), "not a result directory"),
    ],
)
def test_bad_input_is_a_message_and_code_2(call, place, words, message):
    answer = call("run", *words)
    assert answer.code == 2 and answer.out == ""
    assert message in answer.err and "Traceback" not in answer.err
    assert not (place / "reports").exists()


def test_an_engine_that_there_is_not_is_refused_beside_a_run_that_is_there_already(call, stored):
    for words in ((STRAIT, "-n", NUM_HISTORIES, "--out", stored), ("--resume", stored)):
        assert call("run", *words, "--no-report").code == 0
        answer = call("run", *words, "--engine", "foo")
        assert (answer.code, answer.out) == (2, "")
        assert answer.err == "error: engine 'foo': expected one of auto, simpy, batch\n"


def test_faults_in_several_changes_are_shown_together(call):
    answer = call("run", STRAIT, "--set", "choice.leaders=-1", "--set", "choice.officials=-2")
    assert answer.code == 2 and "choice.leaders" in answer.err and "choice.officials" in answer.err
    assert answer.err.rstrip().endswith("2 errors")


def test_a_directory_that_holds_another_run_is_left_alone(call, stored):
    answer = call("run", STRAIT, "-n", "5", "--out", stored)
    assert answer.code == 2 and "nothing is overwritten" in answer.err


def test_show_without_a_run_says_how_to_make_one(call):
    answer = call("show")
    assert answer.code == 2 and "no finished run" in answer.err and "sim run" in answer.err
    assert call("show", "nowhere").code == 2


def test_show_all_lists_the_runs(call, stored, place):
    answer = call("show", "--all", stored.parent)
    assert answer.code == 0 and answer.out.startswith("finished ") and stored.as_posix() in answer.out
    (run,) = json.loads(call("show", "--all", stored.parent, "--json").out)["runs"]
    assert (run["state"], run["done"]) == ("finished", NUM_HISTORIES)
    assert call("show", "--all").out == ""


def test_an_interrupted_run_says_what_is_kept_and_how_to_go_on(call, monkeypatch, place):
    def stop(*arguments, **options):
        raise Interrupted(place / "x y", 25, 1000)

    monkeypatch.setattr("sim.experiments.replicate.run_scenario", stop)
    answer = call("run", STRAIT)
    assert answer.code == 130 and answer.out == ""
    assert "interrupted after 25 of 1000 replications" in answer.err
    assert f"sim run --resume '{place / 'x y'}'" in answer.err
    assert str(Interrupted(place, 0, 10)) == f"interrupted before any replication was finished; begun in {place}"


def test_an_interruption_after_the_last_history_says_that_all_is_kept(call, monkeypatch, place):
    def stop(*arguments, **options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("sim.api.Run.write_report", stop)
        answer = call("run", STRAIT, "-n", "4", "--workers", "1", "--out", "my run")
    assert answer.code == 130
    assert answer.out.splitlines()[-1].split() == ["results", "my", "run"]  # and none about a report
    assert "interrupted; the run is finished and kept in my run" in answer.err
    assert "`sim show 'my run'` shows it" in answer.err
    assert call("show", "my run", "--no-report").code == 0


def test_the_result_is_there_before_the_report_is_made(call, monkeypatch, capsys):
    """What people wait for comes first, part by part."""
    before = []
    drivers, write = summary.drivers, Run.write_report

    def noted(what):
        def first(*arguments, **options):
            before.append(capsys.readouterr().out)
            return what(*arguments, **options)

        return first

    with monkeypatch.context() as patch:
        patch.setattr(summary, "drivers", noted(drivers))
        patch.setattr(Run, "write_report", noted(write))
        answer = call("run", STRAIT, "-n", "25", "--workers", "1", "--out", "here")
    table, rest = before
    assert "Outcome after 13 days" in table and "Over time" in table and "What moved" not in table
    assert "What moved" in rest and rest.splitlines()[-1] == "results    here"
    assert answer.out == "report     here/report.html\n"
    assert call("show", "here").out == table + rest + answer.out


def test_a_reader_of_the_table_alone_gets_a_report_all_the_same(call, monkeypatch, place):
    def gone(lines):
        raise BrokenPipeError

    with monkeypatch.context() as patch:
        patch.setattr("sim.cli.console.put_lines", gone)
        patch.setattr("sim.cli.console.close_quietly", lambda: None)
        assert call("run", STRAIT, "-n", "4", "--workers", "1", "--out", "here").code == 0
    assert (place / "here" / "report.html").is_file()


def test_a_fault_of_the_engine_is_no_fault_of_the_user(call, monkeypatch):
    from sim.errors import EngineError

    def fail(*arguments, **options):
        error = EngineError("replication 7: the engine failed", hint="this is a defect")
        error.add_note("where it happened")
        raise error

    monkeypatch.setattr("sim.experiments.replicate.run_scenario", fail)
    answer = call("run", STRAIT)
    assert answer.code == 1 and "replication 7" in answer.err and "where it happened" in answer.err


def test_text_of_a_scenario_cannot_command_the_terminal(call, place):
    text = Path(STRAIT).read_text("utf-8")
    text = text.replace("title: Thirteen days at the strait", "title: Evil \u200b [bold]title[/bold]")
    (place / "evil.yaml").write_text(text, encoding="utf-8")
    answer = call("run", "evil.yaml", *TINY)
    if answer.code == 0:
        assert "\u200b" not in answer.out
        assert "[bold]title[/bold]" in answer.out
    else:
        assert "\u200b" not in answer.err


def test_text_that_is_written_right_to_left_turns_nothing_around(call, place):
    text = Path(STRAIT).read_text("utf-8")
    text = re.sub(r"(?m)^(\s*- )\{?class: (\w+),?", r'\1{class: \2, label: "\\u202E \2",', text)
    (place / "turned.yaml").write_text(text, encoding="utf-8")
    for words in (("run", "turned.yaml", *TINY), ("replay", "turned.yaml", "-r", "2")):
        answer = call(*words)
        assert answer.code == 0, answer.err
        assert "\u202e" not in answer.out + answer.err and "\\u202e" in answer.out


class Clock:
    """A stand-in for `time` whose seconds pass on demand."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now


def test_plain_progress_has_rate_and_time_left(monkeypatch, capsys):
    from sim.cli import console

    clock = Clock()
    monkeypatch.setattr(console, "time", clock)
    with console.progress() as tell:
        for done in range(0, 1001, 100):
            tell(done, 1000, 50.0 if done else 0.0)
            clock.now += 2.0
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "300 of 1,000 histories, 50 a second, 14 s left"
    assert len(lines) == 3
    with console.progress(quiet=True) as tell:
        assert tell is None


@pytest.mark.parametrize(("rate", "words"), [(2324.6, "2,325 a second"), (12.4, "12 a second"), (2.04, "2.0 a second")])
def test_a_rate_of_progress_is_a_plain_number(monkeypatch, capsys, rate, words):
    from sim.cli import console

    clock = Clock()
    monkeypatch.setattr(console, "time", clock)
    with console.progress() as tell:
        clock.now += 60.0
        tell(500, 1_000_000, rate)
    assert f"500 of 1,000,000 histories, {words}, " in capsys.readouterr().err


@pytest.mark.parametrize(("seconds", "words"), [(0.4, "0.4 s"), (8.0, "8.0 s"), (59, "59 s"), (125, "2 min 5 s"), (3780, "1 h 3 min")])
def test_durations_in_words(seconds, words):
    from sim.cli.console import duration

    assert duration(seconds) == words


@pytest.mark.parametrize(("columns", "words"), [(40, "25/1,000"), (100, "25 of 1,000 histories")])
def test_the_line_of_progress_fits_the_terminal(monkeypatch, columns, words):
    import io

    from sim.cli import console

    class Terminal(io.StringIO):
        encoding = "utf-8"

        def isatty(self) -> bool:
            return True

    paper = Terminal()
    monkeypatch.setattr("sys.stderr", paper)
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("TERM", "xterm")
    with console.progress() as tell:
        tell(25, 1000, 70.0)
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", paper.getvalue())
    lines = [line.strip() for line in re.split(r"[\r\n]", plain) if line.strip()]
    assert lines and all(line.startswith(words) and line.endswith("70 a second 14 s left") for line in lines)
    assert all(cells(line) <= columns for line in lines)


@pytest.mark.parametrize("columns", [40, 47, 60, 72, 99])
def test_the_result_keeps_to_the_width_of_the_terminal(call, stored, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = call("show", stored).out.splitlines()
    long = [line for line in lines if cells(line) > columns]
    assert all(line.startswith(("scenario ", "digest ", "results ", "report ")) for line in long), long
    assert any(line.startswith("Outcome after 13 days") for line in lines)
    assert any("median" in line and "(" in line for line in lines)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("-n", "1e3"), "expected a whole number, found '1e3'"),
        (("--seed", ""), "expected a whole number, found ''"),
        (("--until-se", "small"), "expected a number, found 'small'"),
        (("--horizon", ""), "--horizon: expected a time, found nothing"),
    ],
)
def test_an_option_that_is_no_number_is_quoted(call, words, message):
    answer = call("run", STRAIT, *words)
    assert answer.code == 2 and answer.out == ""
    assert message in answer.err


def test_a_precision_that_was_not_reached_is_told(call, place):
    answer = call("run", STRAIT, "-n", "20", "--until-se", "0.001", "--workers", "1", "--no-report")
    assert answer.code == 0
    assert re.search(r"the largest standard error is still 0\.\d+, above 0\.001: more than 20 histories", answer.err)
    reached = call("run", STRAIT, "-n", "200", "--until-se", "0.4", "--workers", "1", "--no-report")
    assert reached.code == 0 and "standard error is still" not in reached.err


def test_one_day_is_no_plural(call, place):
    assert call("run", STRAIT, *TINY, "--horizon", "1 day").out.count("1 days") == 0


def test_punctuation_that_the_encoding_lacks_is_plain(monkeypatch):
    import io

    from sim.cli import console

    paper = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr("sys.stdout", paper)
    console.prepare()
    console.put("\u201cdealer\u201d \u2212.05 \u2013 \u00d7 \u6f22")
    paper.flush()
    assert paper.buffer.getvalue() == b'"dealer" -.05 - x \\u6f22'


def test_time_told_of_a_resumed_run_is_that_of_what_it_computed():
    """Ten histories in two seconds; the ninety before them had taken a minute and are told apart."""
    timing = {"seconds": 62.0, "session_seconds": 2.0, "sessions": 2, "workers": 1}
    stored = SimpleNamespace(manifest={"timing": timing})
    outcome = SimpleNamespace(stored=stored, is_reused=False, num_computed=10, num_found=90)
    assert _came_about(outcome, may_be_fresh=True) == (
        f"10 histories in {duration(2.0)} with 1 worker; 90 were there already, and all 2 sessions took {duration(62.0)}"
    )
