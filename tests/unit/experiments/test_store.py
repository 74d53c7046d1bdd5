"""What is stored is read back equal, under names that are safe anywhere."""

from __future__ import annotations

import json
import string
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sim.errors import EngineError, StoreError
from sim.experiments import store
from sim.experiments.columns import canonical
from sim.experiments.digest import digest

MANIFEST = {
    "state": "running",
    "scenario_id": "toy",
    "scenario_hash": store.content_hash({"id": "toy"}),
    "scenario": {"id": "toy"},
    "seed": 7,
    "replications": 6,
    "until_se": None,
    "block_size": 3,
    "engine": "toy",
    "versions": {},
    "command": None,
    "timing": {},
}
HOSTILE = [
    *("../../etc/passwd", "/abs", "..", ".", "", "~", "-rf", "a/b\\c", "C:\\x", "CON", "nul", "a\0b", "a\nb", "$(id)"),
    *("x" * 400, "日本", "k=1", "*?[", "ＡＢ／../x"),
]


def block(start: int, stop: int) -> dict[str, dict[str, np.ndarray]]:
    """Every kind of column, with everything that formats get wrong."""
    rows = stop - start
    return {
        "results": {
            "replication": np.arange(start, stop),
            "outcome": np.array(["größe", None, "", "a\0b", "1", "NaN"], dtype=object)[start:stop],
            "day": np.array([np.nan, -0.0, np.inf, -np.inf, 5e-324, 0.1])[start:stop],
            "never": np.full(rows, np.nan),
            "nothing": np.array([None] * rows, dtype=object),
            "count": np.array([2**63 - 1, -(2**63), 0, 2**53 + 1, -1, 1])[start:stop],
            "held": np.arange(start, stop) % 2 == 0,
            'input:a."x" y': np.arange(rows, dtype=np.float32),
            "input:A.R": np.ones(rows),
            "input:a.r": np.zeros(rows),
        },
        "paths": {"replication": np.repeat(np.arange(start, stop), 2), "day": np.tile([0.0, 90.0], rows)},
    }


def stored(directory: Path, order: tuple[int, ...] = (0, 1)) -> store.StoredRun:
    with store.RunWriter.create(directory, MANIFEST) as writer:
        for index in order:
            writer.add(index, 3 * index, 3 * index + 3, block(3 * index, 3 * index + 3))
        writer.update(state=store.FINISHED)
    return store.open_run(directory)


def whole() -> dict[str, dict[str, np.ndarray]]:
    return {name: canonical(table, name) for name, table in block(0, 6).items()}


def test_every_kind_of_value_comes_back(tmp_path):
    run = stored(tmp_path / "run")
    expected = block(0, 6)["results"]
    expected['input:a."x" y'] = np.array([0.0, 1, 2, 0, 1, 2])
    assert list(run.results) == list(expected)
    for name, values in canonical(expected, "expected").items():
        found = run.results[name]
        assert found.dtype == values.dtype, name
        if values.dtype == np.float64:
            assert found.tobytes() == values.tobytes(), name
        else:
            assert found.tolist() == values.tolist(), name


def test_reading_is_in_replication_order_whatever_the_order_of_writing(tmp_path):
    there, back = stored(tmp_path / "there"), stored(tmp_path / "back", order=(1, 0))
    assert there.results["replication"].tolist() == back.results["replication"].tolist() == list(range(6))
    assert there.digest() == back.digest()


def test_digest_of_files_is_digest_of_memory(tmp_path):
    tables = block(0, 6)
    tables["results"]['input:a."x" y'] = np.array([0.0, 1, 2, 0, 1, 2])
    assert stored(tmp_path / "run").digest() == digest(tables)


@settings(max_examples=12)  # each opens a database: large examples instead of many
@given(
    numbers=hnp.arrays(np.float64, 64, elements=st.floats(width=64)),
    texts=st.lists(st.none() | st.text(st.characters(codec="utf-8"), max_size=8), min_size=64, max_size=64),
)
def test_any_number_and_text_comes_back(tmp_path_factory, numbers, texts):
    directory = tmp_path_factory.mktemp("any") / "run"
    table = {"replication": np.arange(64), "number": numbers, "text": np.array(texts, dtype=object)}
    with store.RunWriter.create(directory, {**MANIFEST, "block_size": 64}) as writer:
        writer.add(0, 0, 64, {"results": table})
    assert store.open_run(directory).digest() == digest({"results": table})


def test_files_are_plain_zstd_parquet_for_everybody(tmp_path):
    run = stored(tmp_path / "run")
    files = sorted(path.name for path in run.directory.iterdir())
    assert files == ["manifest.json", *(f"{t}-00000{n}.parquet" for t in ("paths", "results") for n in (0, 1))]
    pattern = str(run.directory / "results-*.parquet")
    assert duckdb.sql(f"SELECT count(*), count(day) FROM '{pattern}'").fetchall() == [(6, 5)]  # nan is NULL
    codecs = duckdb.sql(f"SELECT DISTINCT compression FROM parquet_metadata('{pattern}')").fetchall()
    assert codecs == [("ZSTD",)]


@pytest.mark.parametrize("name", ["a[1]*?", "it's", "k=1", 'say "x"', "größe"])
def test_folders_may_have_any_name(tmp_path, name):
    assert stored(tmp_path / name / "run").digest() == digest(whole() | {"results": stored(tmp_path / "plain").results})


@pytest.mark.parametrize("most", [1, 25, 1 << 22], ids=["a chunk", "a few", "all"])
def test_rows_do_not_depend_on_how_many_chunks_are_read_at_once(tmp_path, monkeypatch, most):
    monkeypatch.setattr(store, "_READ_AT_ONCE", most)
    with store.RunWriter.create(tmp_path / "run", {**MANIFEST, "block_size": 1}) as writer:
        for n in range(6):
            writer.add(n, n, n + 1, block(n, n + 1))
    run, expected = store.open_run(tmp_path / "run"), whole()
    expected["results"]['input:a."x" y'] = np.zeros(6)
    assert run.digest() == digest(expected)
    assert [chunk.index for chunk, _ in run.blocks()] == list(range(6))
    assert digest({name: run.table(name) for name in ("results", "paths")}) == run.digest() == digest(expected)


def test_a_table_is_read_once_in_one_query_and_shared(tmp_path, monkeypatch):
    run = stored(tmp_path / "run")
    asked = []
    read = store.StoredRun._read
    monkeypatch.setattr(store.StoredRun, "_read", lambda *words: asked.append(words[3]) or read(*words))
    once, again = run.results, run.results
    assert run.paths and run.to_pandas("paths") is not None and run.digest()
    assert asked == ["results", "paths"]
    again["outcome"] = None
    assert run.results["outcome"] is once["outcome"]
    with pytest.raises(ValueError, match="read-only"):
        once["day"][0] = 1.0
    frame = run.to_pandas()
    frame.loc[0, "day"] = 1.0  # a copy, and the caller's own
    assert np.isnan(run.results["day"][0])


def test_a_manifest_that_gives_rows_to_another_chunk_is_found(tmp_path):
    stored(tmp_path / "run")
    path = tmp_path / "run" / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    for chunk, more in zip(manifest["chunks"], (1, -1), strict=True):
        chunk["files"]["results"]["rows"] += more
    path.write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(StoreError, match=r"results-000000\.parquet: other columns or rows than the manifest says"):
        _ = store.open_run(tmp_path / "run").results


def test_arrow_and_pandas_on_request(tmp_path):
    run = stored(tmp_path / "run")
    frame, table = run.to_pandas(), run.to_arrow("paths")
    assert frame["count"].tolist() == run.results["count"].tolist()
    assert table.num_rows == 12 and table.column_names == ["replication", "day"]


@pytest.mark.parametrize("package", ["pandas", "pyarrow"])
def test_missing_package_is_named(tmp_path, monkeypatch, package):
    run = stored(tmp_path / "run")
    monkeypatch.setitem(__import__("sys").modules, package, None)
    with pytest.raises(StoreError, match=f"need the package {package}") as caught:
        run.to_pandas() if package == "pandas" else run.to_arrow()
    assert caught.value.hint == f"pip install {package}"


# --- names ---


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_ids_never_leave_the_reports_folder(tmp_path, name):
    for made in (store.run_name(name, "a" * 64, 7, 10), store.run_name("toy", name, 7, 10)):
        assert (tmp_path / made).resolve().parent == tmp_path.resolve()
        assert set(made) <= set(string.ascii_lowercase + string.digits + "-_") and made[0] not in "-."
        assert len(made) < 120


@given(st.text())
def test_slugs_are_safe_and_stay(text):
    made = store.slug(text)
    assert made and set(made) <= set(string.ascii_lowercase + string.digits + "-_")
    assert store.slug(made) == made


def test_name_says_scenario_hash_seed_and_number():
    assert store.run_name("strait-crisis-v2", "1a2b3c4d5e6f", 7, 1000) == "strait-crisis-v2-1a2b3c4d-s7-n1000"
    assert store.run_name("strait", "1a2b3c4d5e6f", 7, 5000, 0.005) == "strait-1a2b3c4d-s7-n5000-se0.005"


# --- what is refused ---


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({}, "one row a replication"),
        ({"results": {"replication": [0, 1]}}, "one row a replication"),
        ({"results": {"replication": [0, 2, 1]}}, "not in replication order"),
        ({"results": {"replication": [0, 1, 3]}}, "outside the block"),
        ({"results": {"replication": [0.0, 1.0, 2.0]}}, "whole numbers"),
        ({"results": {"outcome": ["a", "b", "c"]}}, "needs a column 'replication'"),
        ({"results": {"replication": [0, 1, 2], "x": [1.0]}}, "different lengths"),
        ({"results": {"replication": [0, 1, 2], "x": [1j] * 3}}, "column x.*floats, whole numbers"),
        (
            {"results": {"replication": [0, 1, 2], "x": np.array(["a", 1, None], dtype=object)}},
            "expected text, found 1",
        ),
        ({"results": {"replication": [0, 1, 2], "x": ["a", "b", "\ud800"]}}, "UTF-8"),
        ({"results": {"replication": [0, 1, 2], "x": np.ones((3, 2))}}, "one dimension"),
        ({"results": {"replication": [0, 1, 2], "x": np.full(3, 2**64 - 1, dtype=np.uint64)}}, "beyond the largest"),
        ({"results": {"replication": [0, 1, 2]}, "paths": {"replication": [3]}}, "outside the block"),
    ],
)
def test_blocks_that_break_the_protocol_are_refused(tmp_path, tables, message):
    with store.RunWriter.create(tmp_path / "run", MANIFEST) as writer, pytest.raises(EngineError, match=message):
        writer.add(0, 0, 3, tables)
    assert store.open_run(tmp_path / "run").chunks == []


def test_columns_must_stay_the_same(tmp_path):
    with store.RunWriter.create(tmp_path / "run", MANIFEST) as writer:
        writer.add(0, 0, 3, {"results": {"replication": [0, 1, 2], "x": [1, 2, 3]}})
        with pytest.raises(EngineError, match=r"other columns.*results\.x"):
            writer.add(1, 3, 6, {"results": {"replication": [3, 4, 5], "x": [1.0, 2.0, 3.0]}})


def test_nothing_is_overwritten(tmp_path):
    run = stored(tmp_path / "run")
    before = {path.name: path.read_bytes() for path in run.directory.iterdir()}
    with pytest.raises(StoreError, match="nothing is overwritten"):
        store.RunWriter.create(run.directory, MANIFEST)
    assert {path.name: path.read_bytes() for path in run.directory.iterdir()} == before


# --- manifests ---


def test_manifest_is_json_with_the_scenario_and_every_chunk(tmp_path):
    run = stored(tmp_path / "run")
    manifest = json.loads((run.directory / "manifest.json").read_text("utf-8"))
    assert manifest["schema_version"] == 1
    assert manifest["scenario"] == {"id": "toy"}
    assert [chunk["files"]["results"]["rows"] for chunk in manifest["chunks"]] == [3, 3]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not a run record"),
        ('{"schema_version": 1', "not a run record"),
        ("[]", "expected schema_version"),
        ('{"schema_version": 99}', "schema_version 99, and this version reads up to 1"),
        ('{"schema_version": 1}', "state should be str, found nothing"),
        ("[" * 100_000, "not a run record"),
    ],
)
def test_damaged_manifest_is_one_clear_message(tmp_path, text, message):
    (tmp_path / "manifest.json").write_text(text, "utf-8")
    with pytest.raises(StoreError, match=message):
        store.open_run(tmp_path)


@pytest.mark.parametrize(
    "change",
    [{"start": 1}, {"stop": 0}, {"index": "../../x"}, {"files": {"../x": {}}}, {"files": {}}, {"surplus": 1}],
    ids=["start", "stop", "index", "table", "no files", "surplus"],
)
def test_damaged_list_of_chunks_is_refused(tmp_path, change):
    run = stored(tmp_path / "run")
    manifest = json.loads((run.directory / "manifest.json").read_text("utf-8"))
    manifest["chunks"][0].update(change)
    (run.directory / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(StoreError, match="list of chunks is damaged"):
        store.open_run(run.directory)


@pytest.mark.parametrize(("make", "message"), [(False, "no such directory"), (True, r"no manifest\.json")])
def test_other_directories_are_not_runs(tmp_path, make, message):
    if make:
        (tmp_path / "run").mkdir()
    with pytest.raises(StoreError, match=message):
        store.open_run(tmp_path / "run")


def edited(run: store.StoredRun, **changes: object) -> Path:
    """The run's directory after somebody has edited its manifest."""
    path = run.directory / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **changes}), "utf-8")
    return run.directory


def test_an_edited_scenario_is_refused(tmp_path):
    with pytest.raises(StoreError, match="not the one that was run: its hash differs"):
        store.open_run(edited(stored(tmp_path / "run"), scenario={"id": "another"}))


@pytest.mark.parametrize(("key", "value"), [("rows", "x"), ("rows", -1), ("bytes", None), ("sha256", 5)])
def test_a_file_that_is_described_wrongly_is_refused(tmp_path, key, value):
    run = stored(tmp_path / "run")
    chunks = json.loads((run.directory / "manifest.json").read_text("utf-8"))["chunks"]
    chunks[0]["files"]["results"][key] = value
    with pytest.raises(StoreError, match="list of chunks is damaged"):
        store.open_run(edited(run, chunks=chunks))


def test_tables_without_columns_are_refused(tmp_path):
    with pytest.raises(StoreError, match="list of chunks is damaged"):
        store.open_run(edited(stored(tmp_path / "run"), columns={}))


def test_a_run_whose_chunks_are_no_longer_listed_is_not_finished(tmp_path):
    run = stored(tmp_path / "run")
    assert store.open_run(edited(run, state="finished")).is_finished
    assert not store.open_run(edited(run, chunks=[])).is_finished
