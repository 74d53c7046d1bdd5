"""A tactic that a package registers plays in both engines, and says plainly what is wrong with it where it cannot."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from sim import own_tactics
from sim.compiled.cache import CompileError
from sim.errors import EngineError, ReplayError, ScenarioError, StoreError
from sim.experiments.replay import replay_stored
from sim.experiments.replicate import resume, run_scenario
from sim.model.complete import complete
from sim.model.load import load_document
from sim.model.reader import read_text

NUM = 60
CRISIS = Path(__file__).parent.parent / "spec" / "valid" / "crisis_13_days.yaml"
PARAMETERS = ", ".join(own_tactics.PARAMETERS)
MODULE = f"""
from sim.arithmetic import exp


def patient({PARAMETERS}):
    if count == 0:
        return high
    best = low
    for n in range(count):
        best = max(best, received[n])
    return best + (last - best) * exp(-elapsed / period)


def worded({PARAMETERS}):  # sets of text are nothing that numba compiles
    seen = {{str(received[n]) for n in range(count)}}
    return high - (high - low) * min(1.0, len(seen) / 5)


def dividing({PARAMETERS}):
    return high / (count - 1)


def far({PARAMETERS}):
    return received[count + 100000]


def raising({PARAMETERS}):
    if count > 1:
        raise ValueError("enough")
    return high


def beyond({PARAMETERS}):  # what is there when nobody has offered so much
    return low + 0.5 * received[count] + received[-1] + 0.001 * len(received)


def gathering({PARAMETERS}):
    seen = [low]
    for n in range(count):
        seen.append(received[n])
    return max(seen)


def listing({PARAMETERS}):
    return max([received[n] for n in range(count)] + [low])


def printing({PARAMETERS}):
    print("hi")
    return high


def slicing({PARAMETERS}):
    return max(low, received[:count][-1]) if count else high


def nothing({PARAMETERS}):
    return float("nan")


def least({PARAMETERS}):
    return low


def brief(elapsed, period):
    return 1.0


number = 5.0
"""
NAMES = (
    "patient", "worded", "dividing", "far", "raising", "beyond", "gathering", "listing", "printing", "slicing", "nothing", "least",
    "brief", "number", "absent",
)  # fmt: skip


def forget():
    """Nothing is known any more of what is installed."""
    own_tactics.registered.cache_clear()
    own_tactics.function_of.cache_clear()


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package with tactics as it looks when it is installed; its module."""
    place = tmp_path / "installed"
    (place / "tactics_of_mine-1.dist-info").mkdir(parents=True)
    (place / "tactics_of_mine.py").write_text(MODULE, encoding="utf-8")
    lines = "\n".join(f"{name} = tactics_of_mine:{name}" for name in NAMES)
    (place / "tactics_of_mine-1.dist-info" / "entry_points.txt").write_text(f"[{own_tactics.GROUP}]\n{lines}\n")
    (place / "tactics_of_mine-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: tactics-of-mine\nVersion: 1\n")
    monkeypatch.syspath_prepend(str(place))
    monkeypatch.delitem(sys.modules, "tactics_of_mine", raising=False)
    forget()
    yield place / "tactics_of_mine.py"
    forget()


def crisis(tactic: str):
    was = "cables: {family: time, beta: .5, period: 10 days}"
    text = CRISIS.read_text(encoding="utf-8")
    assert was in text
    text = text.replace(was, f"cables: {{family: own, rule: {tactic}, beta: .5, period: 10 days}}")
    return complete(load_document(read_text(text, "crisis.yaml")).spec)


def run(tactic: str, tmp_path, engine: str, told=None, cluster=None):
    return run_scenario(
        crisis(tactic), replications=NUM, workers=None if cluster else 1, cluster=cluster, reports=tmp_path / engine,
        engine=engine, tell=told,
    )  # fmt: skip


@pytest.mark.parametrize("tactic", ["patient", "beyond", "nothing"])
def test_both_engines_play_it_alike(package, tmp_path, tactic):
    compiled, plain = (run(tactic, tmp_path, engine).stored for engine in ("batch", "simpy"))
    assert compiled.manifest["engine"] != plain.manifest["engine"]
    assert compiled.digest() == plain.digest()
    for replication in (0, NUM - 1):
        assert replay_stored(compiled, replication).replication == replication


def test_it_decides_what_is_offered(package, tmp_path):
    """What is no number counts as the lowest aspiration; a patient actor plays otherwise."""
    nothing, least, patient = (run(name, tmp_path / name, "batch").stored for name in ("nothing", "least", "patient"))
    assert nothing.digest() == least.digest() != patient.digest()


def test_what_numba_cannot_compile_is_played_by_simpy_with_one_line(package, tmp_path, monkeypatch):
    monkeypatch.setattr("sim.experiments.engines.WORTH_COMPILING", 1)
    told: list[str] = []
    stored = run("worded", tmp_path, "auto", told.append).stored
    assert stored.manifest["engine"] == "simpy"
    assert len(told) == 1 and "'worded' cannot be compiled" in told[0] and "SimPy engine plays instead" in told[0]
    with pytest.raises(CompileError, match="'worded' cannot be compiled"):
        run("worded", tmp_path, "batch")


@pytest.mark.parametrize("tactic", ["gathering", "listing", "printing"])
def test_what_needs_memory_of_its_own_is_not_compiled(package, tmp_path, tactic):
    """numba compiles it, but what it would call is not there where object code is loaded without numba."""
    with pytest.raises(CompileError, match=rf"'{tactic}' cannot be compiled: .*they need Python's memory"):
        run(tactic, tmp_path, "batch")
    assert run(tactic, tmp_path, "simpy").stored.num_replications == NUM


def test_a_complaint_of_the_compiler_has_types_and_line(package, tmp_path):
    line = next(n for n, text in enumerate(package.read_text().splitlines(), 1) if "received[:count]" in text)
    with pytest.raises(CompileError, match=rf">>> getitem\(.*slice<.*tactics_of_mine.py\", line {line}"):
        run("slicing", tmp_path, "batch")


@pytest.mark.parametrize("engine", ["simpy", "batch"])
@pytest.mark.parametrize(
    ("tactic", "fault"),
    [
        ("dividing", r"\(elapsed=.*count=1.*ZeroDivisionError"), ("far", r"\(elapsed=.*count=.*IndexError"),
        ("raising", r"\(elapsed=.*count=2.*ValueError: enough"),
    ],
)  # fmt: skip
def test_what_it_raises_is_told_as_its_fault_with_its_numbers(package, tmp_path, engine, tactic, fault):
    with pytest.raises(EngineError, match=rf"the tactic '{tactic}' failed on {fault}"):
        run(tactic, tmp_path, engine)


@pytest.mark.parametrize(
    ("tactic", "complaint"),
    [
        ("brief", r"rule: the tactic 'brief' .* found \(elapsed, period\)"),
        ("number", "found no function"),
        ("absent", "cannot be imported: AttributeError"),
        ("patent", "no installed package registers the tactic 'patent'.*"),
    ],
)
def test_a_tactic_that_cannot_be_used_is_refused_by_the_checker(package, tactic, complaint):
    with pytest.raises(ScenarioError, match=complaint) as caught:
        crisis(tactic)
    if tactic == "patent":
        assert "patient" in str(caught.value.diagnostics[0].hint)


@pytest.mark.parametrize("tactic", ["{family: own}", "{family: time, rule: patient}"])
def test_the_rule_belongs_to_the_family(package, tactic):
    text = CRISIS.read_text(encoding="utf-8").replace("cables: {family: time, beta: .5, period: 10 days}", f"cables: {tactic}")
    with pytest.raises(ScenarioError, match="`rule`"):
        load_document(read_text(text, "crisis.yaml"))


def test_runs_of_an_older_source_are_not_taken_for_this_one(package, tmp_path, monkeypatch):
    before = run("least", tmp_path, "simpy")
    assert run("least", tmp_path, "simpy").is_reused
    monkeypatch.setattr(own_tactics, "source_hash", lambda name: "another")
    with pytest.raises(ReplayError, match="the tactic least has changed"):
        replay_stored(before.stored, 0)
    (before.directory / "manifest.json").write_text(
        (before.directory / "manifest.json").read_text().replace('"finished"', '"interrupted"')
    )
    with pytest.raises(StoreError, match="the tactic least has changed"):
        resume(before.directory)
    again = run("least", tmp_path, "simpy")
    assert not again.is_reused and again.directory != before.directory


def test_workers_of_a_cluster_play_it_and_refuse_another_source(package, tmp_path, monkeypatch):
    digest = run("patient", tmp_path / "here", "simpy").stored.digest()
    assert run("patient", tmp_path / "there", "simpy", cluster="local:1").stored.digest() == digest
    monkeypatch.setattr("sim.experiments.cluster.client.source_hashes", lambda scenario: {"patient": "another"})
    with pytest.raises(EngineError, match="another source of the tactic patient than the client"):
        run("patient", tmp_path / "other", "simpy", cluster="local:1")
