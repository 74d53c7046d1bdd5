"""Questions in SQL are answered from the finished chunks; nothing else is read, and nothing is written."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from sim.errors import StoreError, UsageError
from sim.experiments import query as queries
from sim.experiments import store
from sim.experiments.export import export_answer
from sim.experiments.replicate import Interrupted, run_scenario
from tests.toy_engine import TOY

NUM = 60
OLD = Path(__file__).resolve().parents[2] / "stored" / "version-1"


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    return run_scenario(
        {"id": "toy"}, engine=TOY, replications=NUM, workers=1, seed=7, directory=tmp_path_factory.mktemp("runs") / "run"
    ).directory


@pytest.fixture
def run(made, tmp_path) -> store.StoredRun:
    """A run of one's own, in chunks of 25, 25 and 10."""
    return store.open_run(shutil.copytree(made, tmp_path / "run"))


def files(run: store.StoredRun) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in run.directory.parent.rglob("*") if path.is_file()}


def test_answers_are_those_of_numpy(run):
    results = run.results
    found = run.query("select outcome, count(*) as n, avg(deal_day) as day from results group by 1 order by 1")
    assert found["outcome"].tolist() == sorted(set(results["outcome"].tolist()))
    for name, count, day in zip(found["outcome"], found["n"], found["day"], strict=True):
        rows = results["outcome"] == name
        assert count == rows.sum() and day == pytest.approx(np.nanmean(results["deal_day"][rows]), rel=1e-12)
    assert found["n"].dtype == np.int64 and found["day"].dtype == np.float64


def test_rows_come_in_order_with_every_kind_of_value(run):
    found = run.query("select replication, deal_day, num_rounds, summit_held, first_mover from results")
    for name, column in found.items():
        expected = run.results[name]
        assert column.dtype == expected.dtype and column.tolist() == pytest.approx(expected.tolist(), nan_ok=True), name
    assert run.query("select count(*) as n from paths")["n"].tolist() == [3 * NUM]
    joined = 'select r.outcome, avg(p.tension) as t from results r join paths p using (replication) group by 1 order by 1'
    assert len(run.query(joined)["t"]) == len(set(run.results["outcome"].tolist()))


def test_missing_is_null_and_equal_names_are_told_apart(run):
    found = run.query("select count(*) - count(deal_day) as missing, 1 as a, 2 as a, null as b from results")
    assert found["missing"].tolist() == [np.isnan(run.results["deal_day"]).sum()]
    assert (found["a"].tolist(), found["a_1"].tolist(), found["b"].tolist()) == ([1], [2], [None])


@pytest.mark.parametrize("rows", [1, 7, 1000])
def test_blocks_are_the_answer_in_pieces(run, rows):
    question = "select replication, outcome, deal_day, first_mover, summit_held from results"
    blocks = list(run.query_blocks(question, rows))
    assert {len(block["outcome"]) for block in blocks[:-1]} <= {rows}
    for name, column in run.query(question).items():
        pieces = np.concatenate([block[name] for block in blocks])
        assert pieces.dtype == column.dtype and pieces.tolist() == pytest.approx(column.tolist(), nan_ok=True)


def test_only_listed_chunks_answer(run):
    manifest = json.loads((run.directory / "manifest.json").read_text("utf-8"))
    manifest |= {"state": "interrupted", "chunks": manifest["chunks"][1:2]}
    (run.directory / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    found = store.open_run(run.directory).query("select min(replication) as low, max(replication) as high from results")
    assert (found["low"][0], found["high"][0]) == (25, 49)


def test_a_run_without_chunks_has_no_rows_and_perhaps_no_tables(tmp_path, run):
    manifest = json.loads((run.directory / "manifest.json").read_text("utf-8")) | {"chunks": [], "state": "interrupted"}
    (run.directory / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    assert store.open_run(run.directory).query("select outcome from results")["outcome"].tolist() == []
    with pytest.raises(Interrupted) as caught:
        run_scenario({"id": "toy"}, engine=TOY, replications=10, directory=tmp_path / "new", should_stop=lambda: True)
    with pytest.raises(UsageError, match="no table 'results'") as refused:
        store.open_run(caught.value.directory).query("select 1 from results")
    assert refused.value.hint == "nothing of the run is finished yet, so there are no tables"


def test_paths_that_were_not_kept_are_no_rows(tmp_path, monkeypatch):
    monkeypatch.setattr("sim.experiments.replicate.PATHS_KEPT", 30)
    run = run_scenario({"id": "toy"}, engine=TOY, replications=NUM, workers=1, directory=tmp_path / "run").stored
    found = run.query("select count(*) as n, max(replication) as last from paths")
    assert (found["n"][0], found["last"][0]) == (90, 29)


def test_a_directory_of_the_first_version_answers():
    assert store.open_run(OLD).query("select count(*) as n from results join paths using (replication)")["n"][0] > 30


@pytest.mark.parametrize("name", ["a[1]*?", "it's", "k=1", 'say "x"', "größe", "a,b"])
def test_folders_may_have_any_name(made, tmp_path, name):
    run = store.open_run(shutil.copytree(made, tmp_path / name / "run"))
    assert run.query("select count(*) as n from results")["n"].tolist() == [NUM]
    export_answer(run, "select outcome from results", tmp_path / name / "x.parquet")
    assert (tmp_path / name / "x.parquet").stat().st_size > 0


def test_a_folder_may_be_named_from_here(made, monkeypatch):
    monkeypatch.chdir(made)
    assert store.open_run(".").query("select count(*) as n from results")["n"].tolist() == [NUM]
    assert store.open_run(f"../{made.name}").query("select count(*) as n from paths")["n"].tolist() == [3 * NUM]


# --- nothing else is read or written ---


def chunk_of(run: store.StoredRun) -> str:
    return str(run.directory / "results-000000.parquet")


@pytest.mark.parametrize(
    "question",
    [
        "attach '{place}/x.db'",
        "copy (select 1) to '{place}/x.csv'",
        "copy results to '{chunk}'",
        "with a as (copy (select 1 as x) to '{chunk}' (use_tmp_file false)) select 1",
        "WITH a AS (/**/CoPy (select 1 as x) to '{chunk}' (use_tmp_file false)) select * from a",
        "with a as (insert into results values (1)) select 1",
        "select * from query('with a as (copy (select 1 as x) to ''{chunk}'' (use_tmp_file false)) select 1')",
        "explain analyze copy (select 1) to '{chunk}' (use_tmp_file false)",
        "export database '{place}/x'",
        "select * from read_csv('{secret}')",
        "select * from '{secret}'",
        "select * from read_text('{secret}')",
        "select * from read_blob('{secret}')",
        "select * from read_parquet('{place}/run/../other.parquet')",
        "select * from glob('{place}/*')",
        "select * from query('select * from read_text(''{secret}'')')",
        "select * from sniff_csv('{secret}')",
        "install httpfs",
        "load httpfs",
        "pragma database_list",
        "call pragma_version()",
        "set threads = 8",
        "set enable_external_access = true",
        "reset lock_configuration",
        "create table x as select 1",
        "create macro f() as 1",
        "drop view results",
        "delete from results",
        "prepare a as select 1",
        "checkpoint",
        "select 1; select 2",
        "select 1; drop view results",
        "",
        "-- nothing",
    ],
)
def test_whatever_is_no_single_select_over_the_run_is_refused(run, tmp_path, question):
    secret = tmp_path / "secret.csv"
    secret.write_text("word\nhush\n", "utf-8")
    shutil.copy(chunk_of(run), tmp_path / "other.parquet")
    before = files(run)
    asked = question.format(place=tmp_path, chunk=chunk_of(run), secret=secret)
    with pytest.raises(UsageError, match=r"query: (expected|no |WITH|syntax)"):
        run.query(asked)
    with pytest.raises(UsageError):
        export_answer(run, asked, tmp_path / "x.parquet")
    assert files(run) == before and run.damaged() == []


@pytest.mark.parametrize("question", ["with a as (copy (select 1 as x) to '{chunk}' (use_tmp_file false)) select 1"])
def test_words_that_write_are_what_keeps_chunks_whole(run, monkeypatch, question):
    """The chunks can be read, so DuckDB itself would let them be written: the guard is needed."""
    monkeypatch.setattr(queries, "_WRITING", frozenset())
    duckdb = pytest.importorskip("duckdb")
    if tuple(map(int, duckdb.__version__.split(".")[:2])) < (2, 0):
        pytest.skip("statements that write cannot stand in a WITH clause before DuckDB 2.0")
    run.query(question.format(chunk=chunk_of(run)))
    assert run.damaged() != []


@pytest.mark.parametrize(
    "question",
    ["select 1;", "select 'copy; insert' as x -- delete\n;", 'select 1 as "copy"', "with x as (from results) from x limit 1",
     "describe results", "summarize select outcome from results", "show tables", "values (1)",
     "select * from (pivot results on outcome in ('deal', 'war') using count(*)) limit 1"],
)  # fmt: skip
def test_any_single_select_is_carried_out(run, question):
    assert run.query(question)


@pytest.mark.parametrize(
    ("question", "message", "hint"),
    [
        ("select outcom from results", "no column 'outcom'", "did you mean 'outcome'?"),
        ("select r.outcom from results r", "no column 'outcom'", "did you mean 'outcome'?"),
        ("select input:actors.A.resolve from results", "no table 'actors.A'", "in double quotes"),
        ("select time:deal from results", "no column 'deal'", "in double quotes"),
        ("select 1 from rows", "no table 'rows'", "there are: results, paths"),
        ("selec 1", 'syntax error at or near "selec"', ""),
        ("select nothing(1)", "nothing does not exist", ""),
        ("select 1; select 2", "expected one SELECT, found 2 statements", "select outcome"),
        ("drop view results", "expected a SELECT, found DROP", "select outcome"),
        ("select copy from results", "expected a SELECT, found COPY", '"copy"'),
        ("select * from results where num_rounds = 'x'", "Could not convert string 'x'", ""),
    ],
)
def test_a_fault_is_one_clear_message(run, question, message, hint):
    with pytest.raises(UsageError, match=r"^query: [^\n]*$") as caught:
        run.query(question)
    assert message in str(caught.value) and hint in caught.value.hint


def test_too_much_for_memory_is_said(run, monkeypatch):
    monkeypatch.setattr(queries, "MEMORY", "20MB")
    with pytest.raises(UsageError, match="needs more than 20MB of memory") as caught:
        run.query("select a.range from range(5000000) a order by hash(a.range)")
    assert "group rows" in caught.value.hint


def test_an_interruption_is_one(run, monkeypatch):
    import duckdb

    def stop(number: int) -> None:
        raise duckdb.InterruptException("INTERRUPT Error: Interrupted!")

    with queries.session(run) as database:
        answer = database.ask("select 1")
        monkeypatch.setattr(answer, "_connection", type("Stopped", (), {"fetchmany": staticmethod(stop)}))
        with pytest.raises(KeyboardInterrupt):
            answer.fetch(1)
    with pytest.raises(KeyboardInterrupt), queries.session(run) as database, database.explained():
        raise RuntimeError("Query interrupted")  # what the client says on Ctrl-C


# --- damage ---


def test_a_chunk_of_another_size_is_refused(run):
    path = Path(chunk_of(run))
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(StoreError, match="cut short or changed"):
        run.query("select 1 from paths")
    path.unlink()
    with pytest.raises(StoreError, match="missing, though the manifest lists it"):
        run.query("select 1 from paths")


@pytest.mark.parametrize("place", ["middle", "end"])
def test_a_changed_chunk_is_found_where_it_cannot_be_read_or_on_request(run, place):
    path = Path(chunk_of(run))
    data = bytearray(path.read_bytes())
    if place == "end":  # where Parquet says what is where
        data[-200:] = bytes(200)
    else:
        data[40] ^= 1
    path.write_bytes(data)
    with pytest.raises(StoreError, match=r"results-000000\.parquet: changed since it was written") as caught:
        run.query("select * from results", verify=place == "middle")
    assert "--resume" in caught.value.hint


# --- files ---


def test_an_answer_as_a_file(run, tmp_path):
    question = "select replication, outcome, deal_day, summit_held, first_mover from results where replication < 9"
    rows = run.query(question)
    written = export_answer(run, question, tmp_path / "x.json")
    objects = json.loads(written.read_text("utf-8"))
    assert [row["outcome"] for row in objects] == rows["outcome"].tolist()
    assert [row["deal_day"] for row in objects] == [None if np.isnan(day) else day for day in rows["deal_day"]]
    lines = export_answer(run, question, tmp_path / "x.csv").read_text("utf-8").splitlines()
    assert lines[0] == "replication,outcome,deal_day,summit_held,first_mover" and len(lines) == 10
    assert lines[1].split(",")[3] == ("true" if rows["summit_held"][0] else "false")
    parquet = pytest.importorskip("pyarrow.parquet")
    table = parquet.read_table(export_answer(run, question, tmp_path / "x.parquet"))
    assert table["outcome"].to_pylist() == rows["outcome"].tolist() and table.num_rows == 9
    assert sorted(path.name for path in tmp_path.glob("x*")) == ["x.csv", "x.json", "x.parquet"]
    assert export_answer(run, "select 1 where false", tmp_path / "none.json").read_text("utf-8") == "[]\n"


def test_a_file_is_written_whole_or_not_at_all(run, tmp_path):
    with pytest.raises(UsageError, match=r"expected a file that ends with \.csv, \.json, \.parquet"):
        export_answer(run, "select 1", tmp_path / "x.txt")
    for ending in ("csv", "json", "parquet"):
        target = tmp_path / f"x.{ending}"
        with pytest.raises(UsageError, match="Could not convert"):
            export_answer(run, "select outcome::int from results", target)
        assert not list(tmp_path.glob("x*"))
        target.write_text("mine", "utf-8")
        with pytest.raises(StoreError, match="nothing is overwritten"):
            export_answer(run, "select 1", target)
        assert target.read_text("utf-8") == "mine"
        target.unlink()
    with pytest.raises(StoreError, match="cannot be written"):
        export_answer(run, "select 1", tmp_path / "no" / "x.parquet")
