"""Exported text says the same as the files it was made from."""

from __future__ import annotations

import csv
import io
import json
import math

import numpy as np
import pytest

from sim.errors import StoreError, UsageError
from sim.experiments.export import export_file, export_rows
from sim.experiments.replicate import run_scenario
from sim.experiments.store import content_hash, open_run
from sim.experiments.writing import RunWriter
from tests.toy_engine import TOY


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    reports = tmp_path_factory.mktemp("reports")
    return run_scenario({"id": "toy"}, engine=TOY, seed=7, replications=60, reports=reports, workers=1).stored


def test_csv_has_every_row_in_order_and_every_bit(run, tmp_path):
    path = export_file(run, tmp_path / "rows.csv")
    with open(path, encoding="utf-8", newline="") as stream:
        header, *rows = list(csv.reader(stream))
    assert header == list(run.results)
    assert [int(row[0]) for row in rows] == list(range(60))
    days = [float(row[header.index("deal_day")] or "nan") for row in rows]
    assert np.array(days).tobytes() == run.results["deal_day"].tobytes()
    assert {row[header.index("summit_held")] for row in rows} == {"true", "false"}


def test_json_lines_are_strict_json(run):
    stream = io.StringIO()
    assert export_rows(run, stream, "jsonl") == 60

    def refuse(word: str) -> None:
        raise ValueError(word)

    rows = [json.loads(line, parse_constant=refuse) for line in stream.getvalue().splitlines()]
    assert [row["outcome"] for row in rows] == run.results["outcome"].tolist()
    assert [row["first_mover"] for row in rows] == run.results["first_mover"].tolist()
    assert [row["deal_day"] is None for row in rows] == np.isnan(run.results["deal_day"]).tolist()


NUMBERS = [0.1, -0.0, 5e-324, 1.7976931348623157e308, 1e16, 123456789.0, math.nan, math.inf]
TEXTS = ["größe", None, "", 'say "x", twice', "a\nb\u2028\\", "100%", "null", "\x01"]


def test_every_cell_is_written_as_the_formats_ask(tmp_path):
    """Against the writers of the standard library, cell by cell."""
    table = {
        "replication": list(range(8)),
        'odd "name", 50% %s': NUMBERS,
        "count": [2**63 - 1, -(2**63), 0, 1, -1, 10, 100, 2**53 + 1],
        "held": [True, False] * 4,
        "text": np.array(TEXTS, dtype=object),
    }
    with RunWriter.create(tmp_path / "run", {**run_manifest(), "block_size": 8}) as writer:
        writer.add(0, 0, 8, {"results": table})
    rows = list(zip(*[list(column) for column in table.values()], strict=True))

    stream = io.StringIO(newline="")
    assert export_rows(open_run(tmp_path / "run"), stream, "jsonl") == 8
    expected = [
        json.dumps(
            {name: None if value != value else value for name, value in zip(table, row, strict=True)},
            ensure_ascii=False,
        ).replace("Infinity", "1e999")
        for row in rows
    ]
    assert stream.getvalue().split("\n") == [*expected, ""]

    stream = io.StringIO(newline="")
    assert export_rows(open_run(tmp_path / "run"), stream, "csv") == 8
    expected_stream = io.StringIO(newline="")
    words = {True: "true", False: "false"}
    csv.writer(expected_stream, lineterminator="\n").writerows(
        [
            list(table),
            *(
                ["" if value != value else words[value] if isinstance(value, bool) else value for value in row]
                for row in rows
            ),
        ]
    )
    assert stream.getvalue() == expected_stream.getvalue()


def test_infinity_survives_json(tmp_path):
    manifest = {**run_manifest(), "block_size": 2}
    with RunWriter.create(tmp_path / "run", manifest) as writer:
        writer.add(0, 0, 2, {"results": {"replication": [0, 1], "x": [math.inf, -math.inf]}})
    stream = io.StringIO()
    export_rows(open_run(tmp_path / "run"), stream, "jsonl")
    assert [json.loads(line)["x"] for line in stream.getvalue().splitlines()] == [math.inf, -math.inf]


def run_manifest() -> dict[str, object]:
    return {
        "state": "finished", "scenario_id": "toy", "scenario_hash": content_hash({}), "scenario": {}, "seed": 7, "replications": 2,
        "until_se": None, "engine": "toy", "versions": {}, "command": None, "timing": {},
    }  # fmt: skip


def test_paths_can_be_exported_too(run, tmp_path):
    path = export_file(run, tmp_path / "paths.jsonl", table="paths")
    assert len(path.read_text("utf-8").splitlines()) == 180


def test_export_overwrites_nothing_and_refuses_what_it_does_not_know(run, tmp_path):
    (tmp_path / "rows.csv").write_text("mine", "utf-8")
    with pytest.raises(StoreError, match="exists already"):
        export_file(run, tmp_path / "rows.csv")
    assert (tmp_path / "rows.csv").read_text("utf-8") == "mine"
    with pytest.raises(UsageError, match="format 'xlsx': expected csv or jsonl"):
        export_file(run, tmp_path / "rows.xlsx")
    with pytest.raises(UsageError, match="table 'x': expected one of results, paths"):
        export_rows(run, io.StringIO(), "csv", table="x")
    assert [path.name for path in tmp_path.iterdir()] == ["rows.csv"]
