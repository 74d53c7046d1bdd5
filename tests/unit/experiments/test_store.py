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

from sim.errors import EngineError, StoreError, UsageError
from sim.experiments import store, writing
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
    with writing.RunWriter.create(directory, MANIFEST) as writer:
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
    with writing.RunWriter.create(directory, {**MANIFEST, "block_size": 64}) as writer:
        writer.add(0, 0, 64, {"results": table})
    assert store.open_run(directory).digest() == digest({"results": table})


@pytest.mark.parametrize("most", [0, 3, 255])
def test_text_read_by_its_words_is_the_same(tmp_path, monkeypatch, most):
    monkeypatch.setattr(store, "_CODED_FROM", 0)
    monkeypatch.setattr(store, "_MOST_WORDS", most)
    run = stored(tmp_path / "run")
    asked = []
    words = run._words
    monkeypatch.setattr(run, "_words", lambda *given: asked.append(words(*given)) or asked[-1])
    expected = whole()
    expected["results"]['input:a."x" y'] = np.array([0.0, 1, 2, 0, 1, 2])
    assert run.digest() == digest(expected)
    read = {name for found in asked for name in found}
    assert read == {0: set(), 3: {"nothing"}, 255: {"nothing", "outcome"}}[most]


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
    with writing.RunWriter.create(tmp_path / "run", {**MANIFEST, "block_size": 1}) as writer:
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


# --- large tables ---


@pytest.fixture
def large(tmp_path, monkeypatch) -> store.StoredRun:
    """A run that is handled as one of millions of rows: three chunks, of which two columns may be held."""
    monkeypatch.setattr(store, "_HELD_WHOLE", 0)
    monkeypatch.setattr(store, "_HELD_COLUMNS", 2 * 8 * 6)
    monkeypatch.setattr(store, "_READ_AT_ONCE", 1)
    monkeypatch.setattr(store, "_CODED_FROM", 0)
    with writing.RunWriter.create(tmp_path / "run", {**MANIFEST, "block_size": 2}) as writer:
        for n in (2, 0, 1):
            writer.add(n, 2 * n, 2 * n + 2, block(2 * n, 2 * n + 2))
    return store.open_run(tmp_path / "run")


def test_columns_of_a_large_table_are_those_of_the_whole(large):
    whole = large.table()
    large._tables.clear()
    columns = large.results
    assert isinstance(columns, store.StoredColumns) and large.results is columns
    assert list(columns) == list(whole) and len(columns) == len(whole) and columns.num_rows == 6
    assert "day" in columns and "night" not in columns and columns.get("night") is None
    assert digest({"results": dict(columns)}) == digest({"results": whole})
    assert digest({"results": columns.select(["input:a.r", "replication"])}) == digest(
        {"results": {name: whole[name] for name in ("input:a.r", "replication")}}
    )
    with pytest.raises(KeyError, match="night"):
        columns["night"]
    with pytest.raises(ValueError, match="read-only"):
        columns["day"][0] = 1.0


@pytest.mark.parametrize("positions", [[], [3], [0, 1, 5], range(6)])
def test_rows_of_a_large_table_are_taken_from_the_chunks_that_hold_them(large, monkeypatch, positions):
    whole, columns = large.table(), store.StoredColumns(large, "results")
    read = []
    monkeypatch.setattr(store.StoredRun, "check", lambda self, chunk, name: read.append(chunk.index))
    rows = np.array(positions, dtype=np.int64)
    assert digest({"results": columns.take(rows)}) == digest({"results": {k: v[rows] for k, v in whole.items()}})
    assert sorted(set(read)) == sorted({n // 2 for n in positions})
    assert list(columns.take(rows, ["outcome", "input:A.R"])) == ["outcome", "input:A.R"]


def test_the_position_of_a_replication_is_told_by_the_chunks(tmp_path):
    manifest = {**MANIFEST, "block_size": 2}
    with writing.RunWriter.create(tmp_path / "run", manifest) as writer:
        for n in (2, 0):  # chunk 1 is still missing
            writer.add(n, 2 * n, 2 * n + 2, block(2 * n, 2 * n + 2))
    run = store.open_run(tmp_path / "run")
    assert [run.position(n) for n in range(-1, 7)] == [None, 0, 1, None, None, 2, 3, None]
    assert [int(run.results["replication"][run.position(n)]) for n in (0, 1, 4, 5)] == [0, 1, 4, 5]


def test_of_a_large_table_few_columns_are_held(large):
    columns = large.results
    for name in columns:
        assert len(columns[name]) == 6
        assert 1 <= len(columns._held) <= 2 and next(reversed(columns._held)) == name
    assert columns["day"] is columns["day"]


def test_equal_words_of_a_large_table_are_one_object(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "_HELD_WHOLE", 0)
    monkeypatch.setattr(store, "_CODED_FROM", 0)
    outcomes = np.array([f"class {n % 2}" for n in range(6)], dtype=object)
    with writing.RunWriter.create(tmp_path / "run", {**MANIFEST, "block_size": 3}) as writer:
        for n in range(2):
            rows = slice(3 * n, 3 * n + 3)
            writer.add(n, 3 * n, 3 * n + 3, {"results": {"replication": np.arange(6)[rows], "outcome": outcomes[rows]}})
    found = store.open_run(tmp_path / "run").results["outcome"]
    assert found.tolist() == outcomes.tolist() and len({id(word) for word in found}) == 2


def test_blocks_of_some_columns_are_bounded_and_in_order(large):
    whole = large.table()
    pieces = list(large.blocks(columns=["count", "outcome"]))
    assert [chunk.index for chunk, _ in pieces] == [0, 1, 2]
    assert all(list(rows) == ["count", "outcome"] and len(rows["count"]) == 2 for _, rows in pieces)
    assert [n for _, rows in pieces for n in rows["count"].tolist()] == whole["count"].tolist()
    with pytest.raises(UsageError, match="no column 'cuont' in results") as caught:
        list(large.blocks(columns=["cuont"]))
    assert "did you mean 'count'" in caught.value.hint


def test_a_checksum_is_computed_once_and_the_size_looked_at_each_time(large, monkeypatch):
    computed = []
    checksum = store.file_checksum
    monkeypatch.setattr(store, "file_checksum", lambda path: computed.append(path.name) or checksum(path))
    assert large.results["day"] is not None and large.results["count"] is not None and large.digest()
    assert sorted(computed) == sorted(set(computed)) and len(computed) == 6
    (large.directory / "results-000001.parquet").write_bytes(b"")
    with pytest.raises(StoreError, match="cut short or changed"):
        large.results["never"]


def test_a_changed_chunk_of_a_large_table_is_refused(large):
    path = large.directory / "results-000001.parquet"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(StoreError, match=r"results-000001\.parquet: changed since it was written"):
        large.results["day"]


def test_arrow_batches_come_one_a_chunk(large):
    batches = large.arrow_batches(columns=["outcome", "day"])
    first = next(batches)
    assert first.num_rows == 2 and first.schema.names == ["outcome", "day"]
    whole = large.to_arrow()
    assert whole.num_rows == 6 and whole.column_names == list(large.results)
    assert whole["outcome"].to_pylist() == large.table()["outcome"].tolist()
    assert large.to_pandas(columns=["count"])["count"].tolist() == large.table()["count"].tolist()
    for read in (large.to_arrow, large.arrow_batches, large.to_pandas):
        with pytest.raises(UsageError, match="expected one of results, paths"):
            read("rows")


# --- paths of the first replications only ---


def kept(directory: Path, limit: int, order: tuple[int, ...] = (0, 1, 2), **changes: object) -> store.StoredRun:
    """Six replications in three chunks, the paths of the first ``limit`` kept."""
    with writing.RunWriter.create(directory, {**MANIFEST, "block_size": 2, "paths_kept": limit}) as writer:
        for n in order:
            writer.add(n, 2 * n, 2 * n + 2, block(2 * n, 2 * n + 2) | changes)
    return store.open_run(directory)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0)])
@pytest.mark.parametrize("limit", [1, 2, 3, 6, 100])
def test_paths_beyond_the_limit_are_not_stored(tmp_path, limit, order):
    run = kept(tmp_path / "run", limit, order)
    assert run.paths["replication"].tolist() == [n for n in range(min(6, limit)) for _ in (0, 1)]
    assert run.results["replication"].tolist() == list(range(6))
    assert len(list(run.directory.glob("paths-*.parquet"))) == -(-min(6, limit) // 2)
    whole = block(0, 6)
    whole["results"]['input:a."x" y'] = np.array([0.0, 1] * 3)
    whole["paths"] = {name: column[: 2 * limit] for name, column in whole["paths"].items()}
    assert run.digest() == digest(whole) and run.damaged() == []


def test_an_engine_may_leave_out_paths_that_are_not_kept(tmp_path):
    told = kept(tmp_path / "told", 2)
    with writing.RunWriter.create(tmp_path / "run", {**MANIFEST, "block_size": 2, "paths_kept": 2}) as writer:
        for n in (2, 0, 1):
            tables = block(2 * n, 2 * n + 2)
            if n == 2:
                tables["paths"] = {}
            if n == 1:
                tables["paths"] = {name: column[:0] for name, column in tables["paths"].items()}
            writer.add(n, 2 * n, 2 * n + 2, tables)
    assert store.open_run(tmp_path / "run").digest() == told.digest()


def test_paths_that_should_be_kept_may_not_be_missing(tmp_path):
    with writing.RunWriter.create(tmp_path / "run", {**MANIFEST, "block_size": 2, "paths_kept": 4}) as writer:
        writer.add(0, 0, 2, block(0, 2))
        with pytest.raises(EngineError, match=r"other columns than in the blocks before: paths\.replication"):
            writer.add(1, 2, 4, block(2, 4) | {"paths": {}})


def test_only_directories_that_leave_paths_out_ask_for_a_newer_reader(tmp_path):
    assert kept(tmp_path / "all", 6).manifest["schema_version"] == 1
    assert kept(tmp_path / "some", 5).manifest["schema_version"] == 2
    assert stored(tmp_path / "old").manifest["schema_version"] == 1


OLD = Path(__file__).resolve().parents[2] / "stored" / "version-1"  # written before paths were left out


def test_a_directory_of_the_first_version_is_read():
    run = store.open_run(OLD)
    assert "paths_kept" not in run.manifest and run.is_finished and run.damaged() == []
    assert run.num_replications == len(run.results["outcome"]) == len(set(run.paths["replication"].tolist())) == 30
    assert run.digest() == "fe084b3552a3894ecf550a35869de65629e229c767ffdd28cbecb190ac3f0213"


def test_writing_a_chunk_does_not_get_slower_by_those_before(tmp_path, monkeypatch):
    told = []
    as_json = writing.as_json
    monkeypatch.setattr(writing, "as_json", lambda value, *more: told.append(value) or as_json(value, *more))
    results = {"replication": np.arange(50)}
    counts = []
    with writing.RunWriter.create(tmp_path / "run", {**MANIFEST, "replications": 50, "block_size": 1}) as writer:
        for n in range(50):
            told.clear()
            writer.add(n, n, n + 1, {"results": {"replication": results["replication"][n : n + 1]}})
            counts.append(len(told))
    assert counts[0] == counts[-1]


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
    with writing.RunWriter.create(tmp_path / "run", MANIFEST) as writer, pytest.raises(EngineError, match=message):
        writer.add(0, 0, 3, tables)
    assert store.open_run(tmp_path / "run").chunks == []


def test_columns_must_stay_the_same(tmp_path):
    with writing.RunWriter.create(tmp_path / "run", MANIFEST) as writer:
        writer.add(0, 0, 3, {"results": {"replication": [0, 1, 2], "x": [1, 2, 3]}})
        with pytest.raises(EngineError, match=r"other columns.*results\.x"):
            writer.add(1, 3, 6, {"results": {"replication": [3, 4, 5], "x": [1.0, 2.0, 3.0]}})


def test_nothing_is_overwritten(tmp_path):
    run = stored(tmp_path / "run")
    before = {path.name: path.read_bytes() for path in run.directory.iterdir()}
    with pytest.raises(StoreError, match="nothing is overwritten"):
        writing.RunWriter.create(run.directory, MANIFEST)
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
        ('{"schema_version": 99}', "schema_version 99, and this version reads up to 3"),
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


@pytest.mark.parametrize("interruption", [RuntimeError("Query interrupted"), duckdb.InterruptException("INTERRUPT")])
def test_ctrl_c_while_rows_are_read_is_an_interruption_and_no_fault(tmp_path, interruption):
    """DuckDB has two words for it."""
    run = stored(tmp_path)

    class Interrupted:
        def execute(self, *_):
            raise interruption

    with pytest.raises(KeyboardInterrupt):
        run._read(Interrupted(), list(run.chunks), "results", run.kinds("results"))
