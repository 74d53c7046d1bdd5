"""A run gives the same rows whoever computes them, in whatever portions, and is never done twice without need."""

from __future__ import annotations

import dataclasses
import json
import math
from types import SimpleNamespace

import numpy as np
import pytest

from sim.api import Run
from sim.errors import EngineError, ParameterError, StoreError, UsageError
from sim.experiments import engines as engines_of_ours
from sim.experiments import provenance, replicate
from sim.experiments.digest import digest
from sim.experiments.replicate import (
    Interrupted,
    default_block_size,
    extend,
    largest_standard_error,
    resume,
    run_scenario,
)
from sim.experiments.store import StoredRun, open_run
from sim.experiments.workers import Job, run_block
from sim.experiments.writing import RunWriter
from tests.toy_engine import TOY, compile_case
from tests.toy_engine import run_block as toy_block

SCENARIO = {"id": "toy"}
NUM = 150
BLOCK = 25


def expected(replications: int = NUM, seed: int = 7) -> str:
    """The digest of the toy's rows, made without blocks, files or processes."""
    return digest(toy_block(compile_case(SCENARIO), range(replications), seed))


def go(reports, scenario=SCENARIO, **options):
    options = {"engine": TOY, "seed": 7, "replications": NUM, "workers": 1, "reports": reports, **options}
    return run_scenario(scenario, **options)


# --- the same rows ---


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_digest_is_the_same_for_any_number_of_workers(tmp_path, workers):
    outcome = go(tmp_path, workers=workers)
    assert outcome.stored.digest() == expected()
    assert outcome.stored.is_finished and outcome.num_computed == NUM and not outcome.is_reused
    assert sorted(path.suffix for path in outcome.directory.iterdir()) == [".json", *[".parquet"] * 12]


@pytest.mark.parametrize("block_size", [1, 7, NUM, 10 * NUM])
def test_digest_is_the_same_for_any_size_of_block(tmp_path, block_size):
    assert go(tmp_path, replications=30, block_size=block_size).stored.digest() == expected(30)


def test_digest_is_the_same_for_any_order_of_blocks(tmp_path):
    manifest = open_run(go(tmp_path / "a").directory).manifest
    job = Job(b'{"id": "toy"}', 7, TOY)
    fresh = {**manifest, "state": "running", "chunks": [], "columns": {}}
    with RunWriter.create(tmp_path / "b", fresh) as writer:
        for index in (3, 0, 5, 1, 4, 2):
            start = index * BLOCK
            writer.add(index, start, start + BLOCK, run_block(job, start, start + BLOCK))
    assert open_run(tmp_path / "b").digest() == expected()


def test_another_seed_gives_other_rows(tmp_path):
    assert go(tmp_path, seed=8).stored.digest() == expected(seed=8) != expected()


# --- names, and never twice ---


def test_equal_finished_run_is_found_and_not_repeated(tmp_path):
    first = go(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in first.directory.iterdir()}
    again = go(tmp_path, workers=2)
    assert again.is_reused and again.directory == first.directory
    assert {path: path.stat().st_mtime_ns for path in first.directory.iterdir()} == before


def test_fresh_runs_go_beside_the_first(tmp_path):
    names = [go(tmp_path, replications=10, fresh=fresh).directory.name for fresh in (True, True, True, False)]
    assert names == [names[0], f"{names[0]}-2", f"{names[0]}-3", names[0]]
    assert names[0].startswith("toy-") and names[0].endswith("-s7-n10")


def test_another_version_of_the_simulator_goes_beside_and_does_not_continue(tmp_path, monkeypatch):
    first = go(tmp_path, replications=10)
    monkeypatch.setattr("sim.__version__", "999.0")
    assert go(tmp_path, replications=10).directory.name == f"{first.directory.name}-2"
    with pytest.raises(StoreError, match=r"begun by version .* and this is 999\.0"):
        resume(first.directory, engine=TOY)


def test_damaged_or_foreign_directory_is_left_alone(tmp_path):
    first = go(tmp_path, replications=10)
    (first.directory / "manifest.json").write_text("{}", "utf-8")
    assert go(tmp_path, replications=10).directory.name == f"{first.directory.name}-2"
    assert (first.directory / "manifest.json").read_text("utf-8") == "{}"


def test_directory_of_ones_own_choice(tmp_path):
    chosen = tmp_path / "deep" / "here"
    assert go(tmp_path, replications=10, directory=chosen).directory == chosen
    assert go(tmp_path, replications=10, directory=chosen).is_reused
    with pytest.raises(StoreError, match="holds another run already"):
        go(tmp_path, replications=11, directory=chosen)
    with pytest.raises(StoreError, match="holds a run already"):
        go(tmp_path, replications=10, directory=chosen, fresh=True)


def test_scenario_id_cannot_choose_a_place(tmp_path):
    outcome = go(tmp_path / "reports", scenario={"id": "../../elsewhere"}, replications=10)
    assert outcome.directory.resolve().parent == (tmp_path / "reports").resolve()
    assert outcome.stored.manifest["scenario_id"] == "../../elsewhere"


# --- stopping at a standard error ---


def test_stop_is_at_the_first_boundary_that_suffices_whatever_ends_first(tmp_path):
    """With two workers the first block is held back until work has gone far beyond the place to stop."""
    options = {"replications": 2_000, "until_se": 0.025, "block_size": BLOCK}
    outcomes = np.array(toy_block(compile_case(SCENARIO), range(2_000), 7)["results"]["outcome"], dtype=str)

    def error_of(count: int) -> float:
        shares = np.unique(outcomes[:count], return_counts=True)[1] / count
        return float(np.sqrt(shares * (1 - shares) / count).max())

    first = next(n for n in range(replicate.SMALLEST_SAMPLE, 2_000, BLOCK) if error_of(n) <= 0.025)
    hold = tmp_path / "hold"
    hold.touch()

    def let_go(done: int, total: int, rate: float) -> None:
        if done > first + 5 * BLOCK:
            hold.unlink(missing_ok=True)

    held = {**SCENARIO, "hang_at": 3, "hang_while": str(hold)}
    alone = go(tmp_path / "1", **options)
    together = go(tmp_path / "2", scenario=held, workers=2, progress=let_go, **options)
    assert not hold.exists()
    for outcome in (alone, together):
        manifest = outcome.stored.manifest
        assert manifest["replications"] == outcome.stored.num_replications == first
        assert manifest["until_se"]["largest_se"] == pytest.approx(error_of(first), rel=1e-12)
        assert outcome.stored.digest() == expected(first)
        assert len(list(outcome.directory.glob("results-*"))) == first / BLOCK
    assert go(tmp_path / "2", scenario=held, **options).is_reused


def test_stop_rule_gives_up_at_the_cap(tmp_path):
    outcome = go(tmp_path, replications=100, until_se=0.001)
    assert outcome.stored.num_replications == 100
    assert outcome.stored.manifest["until_se"]["largest_se"] > 0.001


def test_interrupted_stop_rule_ends_where_an_uninterrupted_one_does(tmp_path):
    options = {"replications": 2_000, "until_se": 0.03, "block_size": BLOCK}
    whole = go(tmp_path / "whole", **options)
    with pytest.raises(Interrupted):
        go(tmp_path / "cut", progress=stop_after(50), should_stop=stop_after.asked, **options)
    outcome = resume(next((tmp_path / "cut").iterdir()), engine=TOY, workers=1)
    assert outcome.num_found == 50
    assert outcome.stored.digest() == whole.stored.digest()


class stop_after:
    """A progress callback that asks for a stop once so many replications are done."""

    wanted = False

    def __init__(self, count: int):
        self.count = count
        stop_after.wanted = False

    def __call__(self, done: int, total: int, rate: float) -> None:
        stop_after.wanted = done >= self.count

    @staticmethod
    def asked() -> bool:
        return stop_after.wanted


def test_standard_error_is_that_of_the_share_nearest_one_half():
    assert largest_standard_error({"deal": 30, "war": 70}) == pytest.approx(math.sqrt(0.3 * 0.7 / 100))
    assert largest_standard_error({"deal": 100}) == 0.0
    assert largest_standard_error({}) == math.inf


def test_block_size_depends_on_the_number_of_replications_and_the_speed_of_the_engine():
    assert [default_block_size(n) for n in (1, 100, 1_000, 10_000, 100_000)] == [25, 25, 32, 100, 317]
    assert [default_block_size(n, quick=True) for n in (1, 1_000, 32_000, 32_001, 100_000)] == [500, 500, 500, 501, 1563]
    for quick in (False, True):
        assert [default_block_size(n, quick) for n in (100_001, 1_000_000, 10_000_000)] == [10_000] * 3


@pytest.fixture
def engines(monkeypatch):
    """The toy under both names of our own engines."""
    for name in ("simpy", "batch"):
        monkeypatch.setitem(engines_of_ours.ENGINES, name, dataclasses.replace(TOY, name=name))
    monkeypatch.setattr("sim.compiled.cache.stored", lambda tell: ())
    return SimpleNamespace(simpy={"engine": "simpy"}, batch={"engine": "batch"})


def test_compiled_code_stores_few_chunks_and_a_run_is_equal_whatever_they_are(tmp_path, engines):
    """A chunk costs as much as fifty histories of compiled code."""
    compiled = go(tmp_path, **engines.batch)
    assert [chunk.stop for chunk in compiled.stored.chunks] == [NUM]
    again = go(tmp_path, **engines.simpy)
    assert again.is_reused and again.directory == compiled.directory
    plain = go(tmp_path, **engines.simpy, fresh=True)
    assert len(plain.stored.chunks) == NUM / BLOCK and plain.stored.digest() == compiled.stored.digest()


def test_a_run_that_one_engine_began_is_continued_by_another_in_its_blocks(tmp_path, engines):
    with pytest.raises(Interrupted):
        go(tmp_path, progress=stop_after(50), should_stop=stop_after.asked, **engines.simpy)
    outcome = go(tmp_path, **engines.batch)
    assert outcome.num_found == 50 and len(outcome.stored.chunks) == NUM / BLOCK
    assert outcome.stored.digest() == expected()


def test_a_rule_stops_compiled_code_where_it_stops_simpy(tmp_path, engines):
    options = {"replications": 2_000, "until_se": 0.03}
    plain, compiled = (go(tmp_path / name, **options, engine=name).stored for name in ("simpy", "batch"))
    assert plain.num_replications == compiled.num_replications < 2_000
    assert plain.manifest["block_size"] == compiled.manifest["block_size"]
    assert plain.digest() == compiled.digest()


# --- the digest in the run record ---


@pytest.mark.parametrize("options", [{}, {"workers": 2}, {"block_size": 7}, {"until_se": 0.04, "replications": 2_000}])
def test_the_recorded_digest_is_that_of_the_files(tmp_path, options):
    stored = go(tmp_path, **options).stored
    assert stored.recorded_digest == stored.manifest["digest"] == stored.digest() == expected(stored.num_replications)
    unfinished = json.loads((stored.directory / "manifest.json").read_text("utf-8")) | {"state": "interrupted"}
    assert StoredRun(stored.directory, unfinished).recorded_digest is None


def test_a_digest_noted_in_passing_needs_no_second_reading(tmp_path, monkeypatch):
    monkeypatch.setattr(StoredRun, "digest", lambda self: pytest.fail("read again"))
    assert Run(go(tmp_path).stored).digest == expected()


def test_a_continued_run_records_the_digest_of_all_its_rows(tmp_path):
    with pytest.raises(Interrupted) as caught:
        go(tmp_path, progress=stop_after(50), should_stop=stop_after.asked)
    assert "digest" not in open_run(caught.value.directory).manifest
    assert resume(caught.value.directory, engine=TOY).stored.recorded_digest == expected()


# --- interruption by the caller, progress ---


@pytest.mark.parametrize("workers", [1, 2])
def test_stopped_run_is_continued_by_resume_and_by_asking_again(tmp_path, workers):
    with pytest.raises(Interrupted) as caught:
        go(tmp_path, workers=workers, progress=stop_after(50), should_stop=stop_after.asked)
    assert 50 <= caught.value.done < NUM and caught.value.total == NUM
    assert "--resume" in caught.value.hint and str(caught.value.done) in str(caught.value)
    stored = open_run(caught.value.directory)
    assert stored.state == "interrupted" and stored.num_replications == caught.value.done
    outcome = resume(caught.value.directory, engine=TOY, workers=1) if workers == 1 else go(tmp_path)
    assert outcome.directory == caught.value.directory and outcome.num_found == caught.value.done
    assert outcome.stored.digest() == expected()
    assert outcome.stored.manifest["timing"]["sessions"] == 2
    assert resume(outcome.directory, engine=TOY).is_reused


def test_time_of_a_killed_session_counts_up_to_its_last_chunk(tmp_path, monkeypatch):
    """Each chunk takes ten seconds by the clock; the run is killed after two of six."""
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(provenance, "time", SimpleNamespace(monotonic=lambda: clock.now))
    kept = {}

    def tick(done: int, total: int, rate: float) -> None:
        if done == 2 * BLOCK and not kept:
            manifest = next(tmp_path.glob("*/manifest.json"))
            kept[manifest] = manifest.read_bytes()
        clock.now += 10.0

    directory = go(tmp_path, progress=tick).directory
    for manifest, data in kept.items():
        manifest.write_bytes(data)
    clock.now += 1000.0  # the pause counts nowhere
    timing = resume(directory, engine=TOY, workers=1, progress=tick).stored.manifest["timing"]
    assert (timing["seconds"], timing["session_seconds"], timing["sessions"]) == (20.0 + 50.0, 50.0, 2)


def test_progress_counts_up_to_all(tmp_path):
    told = []
    go(tmp_path, progress=lambda done, total, rate: told.append((done, total, rate > 0)))
    assert told == [(done, NUM, done > 0) for done in range(0, NUM + 1, BLOCK)]


def test_error_in_the_callers_callback_keeps_what_was_finished(tmp_path):
    def fail(done: int, total: int, rate: float) -> None:
        if done >= 50:
            raise RuntimeError("the terminal went away")

    with pytest.raises(RuntimeError, match="went away"):
        go(tmp_path, progress=fail)
    place = next(tmp_path.iterdir())
    assert open_run(place).state == "interrupted"
    assert resume(place, engine=TOY, workers=1).num_found == 50


# --- what the engine does wrong ---


@pytest.mark.parametrize("workers", [1, 2])
def test_defect_of_the_engine_names_the_replication(tmp_path, workers):
    with pytest.raises(
        EngineError, match="replication 110: the engine failed: ZeroDivisionError: no such luck"
    ) as caught:
        go(tmp_path, scenario={"id": "toy", "raise_at": 110}, workers=workers)
    assert "toy_engine.py" in caught.value.__notes__[0]
    stored = open_run(next(tmp_path.iterdir()))
    assert stored.state == "failed" and "no such luck" in stored.manifest["failure"]
    assert stored.num_replications > 0


@pytest.mark.parametrize("workers", [1, 2])
def test_what_the_engine_refuses_arrives_as_it_was_said(tmp_path, workers):
    with pytest.raises(ParameterError, match=r"found 1\.4") as caught:
        go(tmp_path, scenario={"id": "toy", "refuse_at": 0}, workers=workers)
    assert caught.value.hint == "write 0.014"


@pytest.mark.parametrize("workers", [1, 2])
def test_case_that_cannot_be_prepared_is_one_clear_message(tmp_path, workers):
    with pytest.raises(EngineError, match="cannot be prepared: OSError: the scenario cannot be compiled"):
        go(tmp_path, scenario={"id": "toy", "cannot_compile": True}, workers=workers)


# --- what is asked for ---


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"replications": 0}, "replications: expected a whole number from 1"),
        ({"replications": 10.5}, "replications: expected a whole number"),
        ({"replications": 2**32 + 1}, "replications: expected a whole number"),
        ({"seed": -1}, "seed: expected a whole number from 0"),
        ({"seed": 2**64}, "seed: expected a whole number"),
        ({"seed": True}, "seed: expected a whole number"),
        ({"workers": 0}, "workers: expected a whole number from 1"),
        ({"until_se": 0.0}, "until-se: expected a standard error above 0"),
        ({"until_se": float("nan")}, "until-se: expected a standard error above 0"),
        ({"engine": "os:system"}, "engine 'os:system': expected one of auto, simpy, batch"),
    ],
)
def test_senseless_requests_are_refused_before_anything_is_written(tmp_path, options, message):
    with pytest.raises(UsageError, match=message):
        go(tmp_path, **options)
    assert list(tmp_path.iterdir()) == []


def test_stored_run_cannot_choose_what_is_imported(tmp_path):
    with pytest.raises(Interrupted):
        go(tmp_path, replications=200, progress=stop_after(50), should_stop=stop_after.asked)
    with pytest.raises(UsageError, match="engine 'toy': expected one of auto, simpy, batch"):
        resume(next(tmp_path.iterdir()))


# --- longer ---


@pytest.mark.parametrize("first", [1, 60, 75, 149])
def test_a_run_made_longer_is_the_run_of_that_size(tmp_path, first):
    """Also where the former end cut a block short, and past the number of histories whose paths are kept."""
    found = go(tmp_path / "a", replications=first, block_size=BLOCK)
    longer = extend(found.directory, NUM, engine=TOY, workers=1)
    assert longer.num_found == first // BLOCK * BLOCK
    assert longer.stored.digest() == longer.stored.recorded_digest == expected()
    assert [chunk.stop for chunk in longer.stored.chunks] == list(range(BLOCK, NUM + 1, BLOCK))


def test_a_run_is_never_made_shorter(tmp_path):
    found = go(tmp_path)
    assert extend(found.directory, 10, engine=TOY).stored.digest() == expected()


def test_a_run_made_longer_keeps_paths_of_as_many_as_one_of_that_size(tmp_path, monkeypatch):
    monkeypatch.setattr(replicate, "PATHS_KEPT", 40)
    found = go(tmp_path / "a", replications=30)
    longer = extend(found.directory, NUM, engine=TOY, workers=1)
    whole = go(tmp_path / "b", block_size=longer.stored.manifest["block_size"])
    assert longer.stored.recorded_digest == whole.stored.recorded_digest
    assert longer.stored.manifest["schema_version"] == whole.stored.manifest["schema_version"] == 2


def test_making_a_run_longer_can_be_interrupted_and_resumed(tmp_path):
    found = go(tmp_path, replications=60, block_size=BLOCK)
    (found.directory / "report.html").write_text("of 60 histories")
    asked = iter([False, False, True])
    with pytest.raises(Interrupted):
        extend(found.directory, NUM, engine=TOY, workers=1, should_stop=lambda: next(asked, True))
    assert not (found.directory / "report.html").exists()
    assert resume(found.directory, engine=TOY, workers=1).stored.digest() == expected()


def test_a_run_that_ends_by_a_rule_is_not_made_longer(tmp_path):
    found = go(tmp_path, until_se=0.4, replications=NUM)
    with pytest.raises(UsageError, match="ends by a rule"):
        extend(found.directory, 10 * NUM, engine=TOY)
