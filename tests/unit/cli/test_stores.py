"""Commands on result directories."""

from __future__ import annotations

import csv
import io
import json

import pytest

from sim.experiments.store import open_run
from tests.unit.cli.conftest import NUM_HISTORIES


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_export_writes_every_row_to_standard_output(call, stored):
    answer = call("export", stored, "--csv")
    assert answer.code == 0 and answer.err == ""
    rows = rows_of(answer.out)
    results = open_run(stored).results
    assert [row["replication"] for row in rows] == [str(n) for n in range(NUM_HISTORIES)]
    assert [row["outcome"] for row in rows] == results["outcome"].tolist()
    lines = call("export", stored, "--jsonl", "--table", "paths").out.splitlines()
    assert len(lines) == len(open_run(stored).paths["day"])
    assert json.loads(lines[0])["replication"] == 0


def test_export_writes_a_file_once(call, stored, place):
    answer = call("export", stored, "--csv", "--out", "rows.csv")
    assert answer.code == 0 and answer.out == "rows.csv\n"
    assert (place / "rows.csv").read_text("utf-8") == call("export", stored, "--csv").out
    again = call("export", stored, "--csv", "--out", "rows.csv")
    assert again.code == 2 and "nothing is overwritten" in again.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "one of --csv, --jsonl and --figures"),
        (("--csv", "--jsonl"), "one of --csv, --jsonl and --figures"),
        (("--csv", "--table", "rows"), "expected one of results, paths"),
        (("--csv", "--out", "no/such/folder/x.csv"), "cannot be written"),
    ],
)
def test_export_refuses_what_it_cannot_do(call, stored, words, message):
    answer = call("export", stored, *words)
    assert answer.code == 2 and message in answer.err


def test_digest_is_that_of_the_rows(call, stored):
    assert call("digest", stored).out == open_run(stored).digest() + "\n"


def test_a_damaged_chunk_is_noticed(call, stored, place):
    import shutil

    copy = shutil.copytree(stored, place / "copy")
    chunk = next(copy.glob("results-*.parquet"))
    chunk.write_bytes(chunk.read_bytes()[:-1])
    answer = call("digest", copy)
    assert answer.code == 2 and "cut short or changed" in answer.err and "sim run --resume" in answer.err
    assert call("run", "--resume", copy, "--no-report").code == 0
    assert call("digest", copy).out == call("digest", stored).out


def test_an_unfinished_run_has_no_digest_yet(call, stored, place):
    import shutil

    copy = shutil.copytree(stored, place / "copy")
    manifest = json.loads((copy / "manifest.json").read_text("utf-8"))
    manifest["state"] = "interrupted"
    manifest["chunks"] = manifest["chunks"][:1]
    (copy / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    for words in (("digest", copy), ("show", copy), ("export", copy, "--csv")):
        answer = call(*words)
        assert answer.code == 2 and "not finished, 25 of 30 replications" in answer.err
        assert "sim run --resume" in answer.err
    assert call("run", "--resume", copy, "--workers", "1").code == 0
    assert call("digest", copy).out == call("digest", stored).out
    assert (copy / "report.html").read_bytes() == (stored / "report.html").read_bytes()


def test_inputs_are_the_recorded_ones_and_more(call, stored):
    rows = rows_of(call("inputs", stored).out)
    assert len(rows) == NUM_HISTORIES
    results = open_run(stored).results
    recorded = [name for name in results if name.startswith("input:")]
    assert recorded
    for name in recorded:
        path = name.removeprefix("input:")
        assert [row[path] for row in rows] == [
            value if isinstance(value, str) else repr(value) for value in results[name].tolist()
        ]
    (one,) = rows_of(call("inputs", stored, "--replication", "7").out)
    assert one == rows[7]


def test_inputs_of_a_replication_that_is_not_there(call, stored, place):
    answer = call("inputs", stored, "-r", NUM_HISTORIES)
    assert answer.code == 2 and f"the replications 0 to {NUM_HISTORIES - 1}" in answer.err
    assert call("inputs", stored, "-r", "0", "--out", "one.csv").out == "one.csv\n"
    assert call("inputs", stored, "-r", "0", "--out", "one.csv").code == 2


def test_figures_say_what_is_missing_for_pictures(call, stored, monkeypatch):
    monkeypatch.setattr("sim.reports.export.missing", lambda: ["Chromium is not installed: apt-get install chromium"])
    answer = call("export", stored, "--figures", "svg")
    assert answer.code == 2
    assert "apt-get install chromium" in answer.err


def test_figures_go_into_a_folder_by_name(call, stored, place, monkeypatch):
    asked = {}

    def draw(figures, folder, form):
        asked.update(names=list(figures), folder=str(folder), form=form)
        return [folder / f"{name}.{form}" for name in figures]

    monkeypatch.setattr("sim.reports.export.export_figures", draw)
    answer = call("export", stored, "--figures", "png", "--out", "pictures")
    assert answer.code == 0
    assert asked["form"] == "png"
    assert asked["folder"] == "pictures"
    assert "outcomes" in asked["names"]
    assert len(answer.out.splitlines()) == len(asked["names"])


def test_export_wants_one_form(call, stored):
    assert call("export", stored).code == 2
    assert call("export", stored, "--csv", "--figures", "svg").code == 2


# --- query ---

BY_OUTCOME = "select outcome, count(*) as histories from results group by 1 order by 1"


def test_query_shows_a_table(call, stored):
    answer = call("query", stored, BY_OUTCOME)
    outcomes = open_run(stored).results["outcome"].tolist()
    assert answer.code == 0 and answer.err == ""
    heading, *lines = answer.out.splitlines()
    assert heading.split() == ["outcome", "histories"] and len({len(line) for line in [heading, *lines]}) == 1
    assert [line.split() for line in lines] == [[name, str(outcomes.count(name))] for name in sorted(set(outcomes))]


def test_query_says_what_it_leaves_out(call, stored, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    answer = call("query", stored, "select * from results", "--rows", "3")
    assert answer.code == 0 and len(answer.out.splitlines()) == 4
    assert max(map(len, answer.out.splitlines())) <= 60
    assert f"3 of {NUM_HISTORIES} rows, {NUM_HISTORIES - 3} are left out; --csv, --json and --out have all" in answer.err
    assert "more columns do not fit: " in answer.err
    assert call("query", stored, "select 1", "--rows", "1").err == ""
    none = call("query", stored, "select 1", "--rows", "0")
    assert none.code == 2 and "'--rows': expected a whole number from 1, found 0" in none.err


def test_query_writes_cells_for_people_and_values_for_programs(call, stored):
    question = "select 1 / 3 as a, null as b, true as c, 12345678 as d, 'x' as e"
    assert call("query", stored, question).out.splitlines()[1].split() == ["0.333333", "-", "true", "12345678", "x"]
    assert call("query", stored, question, "--csv").out == "a,b,c,d,e\n0.3333333333333333,,true,12345678,x\n"
    (row,) = json.loads(call("query", stored, question, "--json").out)
    assert row == {"a": 1 / 3, "b": None, "c": True, "d": 12345678, "e": "x"}
    assert json.loads(call("query", stored, "select 1 where false", "--json").out) == []


def test_query_writes_a_file_once(call, stored, place):
    assert call("query", stored, BY_OUTCOME, "--out", "x.csv").out == "x.csv\n"
    assert (place / "x.csv").read_text("utf-8") == call("query", stored, BY_OUTCOME, "--csv").out
    again = call("query", stored, BY_OUTCOME, "--out", "x.csv")
    assert again.code == 2 and "nothing is overwritten" in again.err
    assert "ends with .csv, .json, .parquet" in call("query", stored, BY_OUTCOME, "--out", "x.xls").err


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (("select outcom from results",), "no column 'outcom'", "did you mean 'outcome'?"),
        (("select 1 from result",), "no table 'result'", "there are: results, paths"),
        (("drop view results",), "found DROP: a stored run is read and never changed", "for example"),
        (("select 1", "--csv", "--json"), "--csv, --json and --out exclude each other", "keep one"),
    ],
)
def test_query_refuses_with_a_message(call, stored, words, message, hint):
    answer = call("query", stored, *words)
    assert answer.code == 2 and answer.out == ""
    assert answer.err.count("\n") == 2 and message in answer.err and hint in answer.err


def test_query_answers_about_the_finished_part_and_checks_on_request(call, stored, place):
    import shutil

    copy = shutil.copytree(stored, place / "copy")
    manifest = json.loads((copy / "manifest.json").read_text("utf-8"))
    manifest |= {"state": "interrupted", "chunks": manifest["chunks"][:1]}
    (copy / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    answer = call("query", copy, "select count(*) from results", "--csv", "--verify")
    assert answer.code == 0 and answer.out.splitlines()[1] == "25"
    assert "not finished; the answer is about 25 of 30 histories" in answer.err
    chunk = copy / "results-000000.parquet"
    data = bytearray(chunk.read_bytes())
    data[40] ^= 1
    chunk.write_bytes(data)
    answer = call("query", copy, "select count(*) from results", "--verify")
    assert answer.code == 2 and "changed since it was written" in answer.err and "sim run --resume" in answer.err


def test_query_on_a_run_of_which_nothing_is_finished_says_how_to_go_on(call, stored, place):
    import shutil

    copy = shutil.copytree(stored, place / "copy")
    manifest = json.loads((copy / "manifest.json").read_text("utf-8"))
    (copy / "manifest.json").write_text(json.dumps(manifest | {"state": "interrupted", "chunks": [], "columns": {}}), "utf-8")
    for words in ((), ("--json",), ("--out", "x.csv")):
        answer = call("query", "copy", BY_OUTCOME, *words)
        assert (answer.code, answer.out) == (2, "")
        assert answer.err.splitlines() == [
            "error: copy: nothing is finished yet, 0 of 30 replications are there", " help: `sim run --resume copy` continues it",
        ]
    assert not (place / "x.csv").exists()


def test_numbers_that_json_lacks_are_null(call, stored, place):
    question = "select 'inf'::double as a, '-inf'::double as b, 'nan'::double as c, 1e300 as d"
    call("query", stored, question, "--out", "x.json")
    for text in (call("query", stored, question, "--json").out, (place / "x.json").read_text("utf-8")):
        (row,) = json.loads(text)
        assert row == {"a": None, "b": None, "c": None, "d": 1e300}
    assert call("query", stored, question, "--csv").out.splitlines()[1] == "inf,-inf,,1e+300"


def test_an_interrupted_query_says_so(call, stored, monkeypatch):
    def stop(*words):
        raise RuntimeError("Query interrupted")

    monkeypatch.setattr("sim.experiments.query.Answer", stop)
    answer = call("query", stored, BY_OUTCOME)
    assert answer.code == 130 and "interrupted" in answer.err


def test_examples_in_the_help_of_query_work(call, stored):
    import re
    import shlex

    examples = re.findall(r"^ +sim (query DIR .+)$", call("query", "--help").out, flags=re.M)
    assert len(examples) == 2
    for line in examples:
        answer = call(*[stored if word == "DIR" else word for word in shlex.split(line)])
        assert answer.code == 0 and len(answer.out.splitlines()) >= 2, line
