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
