"""Inputs drawn from the points of a design: the points are even, both engines read them alike, and rows replay alone."""

from __future__ import annotations

import json
import math
import random
import re
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from sim.acts.codes import INPUT
from sim.cli import main
from sim.engines import batch_engine, event_engine
from sim.engines.batch_engine import CompiledActs
from sim.engines.given import Given
from sim.engines.history import History
from sim.engines.inputs import inputs_of
from sim.engines.room import with_room_enough
from sim.engines.rows import POINT, row_of
from sim.engines.tables.inputs import addresses_of, axes_of
from sim.engines.tables.whole import setup_of
from sim.errors import EngineError, ReplayError, StoreError, UsageError
from sim.experiments.design import Plan
from sim.experiments.design.sobol import Sobol
from sim.experiments.digest import digest
from sim.experiments.replay import differences, replay_stored, row_at
from sim.experiments.replicate import Interrupted, resume, run_scenario
from sim.experiments.store import open_run
from sim.model.compile import Case, compile_case
from sim.model.complete import complete
from sim.model.load import load_document, load_scenario
from sim.model.reader import read, read_text
from sim.model.starter import starter_text
from sim.randomness import uniform
from tests.played import FIXTURES, bare_scenario, case_from, case_of, shuffled
from tests.toy_engine import TOY

SEED = 20180612
STRAIT = "crisis_13_days"
GROUPS = {  # a copula, and shares of which one is always 0
    "correlations": {
        "temper": {
            "members": ["actors.kesh.utility.issues.guards.ideal", "actors.orlen.utility.issues.water.ideal"],
            "correlation": 0.7,
        }
    },
    "actors.kesh.utility.issues.guards.weight": 0,
    "actors.kesh.utility.issues.land.weight": 0.75,
}
CASES = ("groups", "crisis_13_days", "parliament_three_votes", "six_party_unanimity", "summit")


def case_named(name: str) -> Case:
    return case_of("mediator_single_text", GROUPS) if name == "groups" else case_of(name)


def points_of(case: Case, number: int, seed: int = SEED) -> np.ndarray:
    return Plan(Sobol(), case, seed).block(0, number).points


def scenario(name: str = STRAIT) -> dict:
    return complete(load_scenario(FIXTURES[name]))


def designed(place: Path, replications: int = 64, **settings):
    return run_scenario(scenario(), design="sobol", replications=replications, reports=place, **settings).stored


# Points


@pytest.mark.parametrize("name", ["crisis_13_days", "six_party_unanimity", "summit"])
def test_the_first_points_of_any_power_of_two_are_even_on_every_axis(name):
    """A (0, m, 1)-net: of 2**m equal intervals each holds one of the first 2**m points, and of the next 2**m."""
    points = points_of(case_named(name), 512)
    for m in range(9):
        number = 2**m
        for part in (points[:number], points[number : 2 * number]):
            cells = np.sort(np.floor(part * number).astype(int), axis=0)
            assert (cells == np.arange(number)[:, None]).all(), f"2**{m} points"


def test_coordinates_are_middles_of_cells_and_never_an_end():
    points = points_of(case_named("summit"), 4096)
    odd = points * 2.0**33
    assert (odd == np.floor(odd)).all() and (odd % 2 == 1).all()
    assert points.min() > 0.0 and points.max() < 1.0


def test_any_block_is_a_piece_of_one_sequence():
    case = case_named("parliament_three_votes")
    whole = points_of(case, 200)
    again = Plan(Sobol(), case, SEED)
    for start, stop in ((0, 1), (1, 3), (3, 64), (64, 200), (150, 160), (0, 7), (199, 200)):
        assert (again.block(start, stop).points == whole[start:stop]).all(), (start, stop)
    with ThreadPoolExecutor(4) as threads:
        blocks = list(threads.map(lambda start: again.block(start, start + 10).points, range(0, 200, 10)))
    assert (np.concatenate(blocks) == whole).all()


def test_each_seed_has_a_scramble_of_its_own():
    case = case_named("crisis_13_days")
    one, same, other = (points_of(case, 64, seed) for seed in (1, 1, 2))
    assert (one == same).all()
    assert not np.isin(one, other).any()
    assert points_of(case, 4, 2**64 - 1).shape == (4, 2)


def test_more_inputs_than_there_are_directions_for_are_refused(monkeypatch):
    from scipy.stats import qmc

    monkeypatch.setattr(qmc.Sobol, "MAXDIM", 100)
    with pytest.raises(UsageError, match="draws 133 inputs, and scipy has directions for 100"):
        Plan(Sobol(), case_named("summit"), 1)


# What histories make of them


@pytest.mark.parametrize("name", CASES)
def test_a_point_of_the_addressed_uniforms_gives_the_history_of_random_draws(name):
    """So each coordinate is read by the input whose name its column has, and nothing else is drawn otherwise."""
    case = case_named(name)
    addresses = addresses_of(case).values()
    numbers = range(8)
    points = np.array([[uniform(SEED, r, 0, a.stream, a.key, a.lane, a.counter) for a in addresses] for r in numbers])
    random = batch_engine.run_block(case, numbers, SEED)
    given = batch_engine.run_block(case, numbers, SEED, given=Given(points))
    assert [name for name in given["results"] if name not in random["results"]] == [POINT + path for path in axes_of(case)]
    for axis, path in enumerate(axes_of(case)):
        assert (given["results"].pop(POINT + path) == points[:, axis]).all()
    assert digest(given) == digest(random)


def played_with_compiled_acts(case: Case, replication: int, room: int, point: np.ndarray) -> History:
    acts = CompiledActs(setup_of(case, room))
    history = History(case, replication, SEED, room=room, acts=acts, point=point)  # type: ignore[arg-type]
    history.run()
    return history


@pytest.mark.parametrize("name", CASES)
def test_both_engines_write_the_same_tables(name):
    case = case_named(name)
    numbers = range(4 if name == "summit" else 12)
    points = points_of(case, 20)
    compiled = batch_engine.run_block(case, numbers, SEED, given=Given(points[: len(numbers)]))
    assert digest(compiled) == digest(event_engine.run_block(case, numbers, SEED, given=Given(points[: len(numbers)])))
    assert digest(compiled) != digest(batch_engine.run_block(case, numbers, SEED, given=Given(points[1 : 1 + len(numbers)])))
    for n in (0, len(numbers) - 1):
        history = with_room_enough(lambda room, n=n: played_with_compiled_acts(case, n, room, points[n]), n)
        row = row_of(history.setup, n, event_engine.numbers_of(history))
        assert differences(row, {key: compiled["results"][key][n] for key in row}) == []


def test_the_machine_of_a_thread_forgets_the_points():
    """Random draws after designed ones are those of a machine that never had points."""
    case = case_named("crisis_13_days")
    before = digest(batch_engine.run_block(case, range(6), SEED))
    batch_engine.run_block(case, range(6), SEED, given=Given(points_of(case, 6)))
    assert digest(batch_engine.run_block(case, range(6), SEED)) == before


def test_inputs_are_the_quantiles_of_their_coordinates():
    case = case_named("six_party_unanimity")
    point = points_of(case, 4)[3]
    values = inputs_of(case, 3, SEED, point=point)
    for axis, drawn in enumerate(case.inputs):
        assert values[drawn.slot] == drawn.distribution.quantile(point[axis])
    for group in case.shares:
        assert sum(values[slot] for slot in group.slots) == pytest.approx(group.total)
    assert inputs_of(case, 5, SEED, branch=2, point=point) == values, "in any history, and on any branch of it"


@pytest.mark.parametrize("name", ["mediator_single_text", "six_party_unanimity"])
def test_the_order_of_mappings_does_not_enter(name):
    data = read(FIXTURES[name]).data
    found = []
    for order in (0, 1, 2):
        mixed = data if order == 0 else {"schema_version": 1, **shuffled(data, random.Random(order))}
        case = case_from(mixed)
        found.append(digest(batch_engine.run_block(case, range(4), SEED, given=Given(points_of(case, 4)))))
    assert found[0] == found[1] == found[2]


def test_axes_are_in_order_of_addresses_wherever_the_file_has_them():
    def group(actor: str) -> dict:
        return {"members": [f"actors.{actor}.utility.issues.{issue}.weight" for issue in ("water", "loan")], "concentration": 9}

    one, two = {"shares": {"a": group("lowland"), "b": group("upland")}}, {"shares": {"b": group("upland"), "a": group("lowland")}}
    text = read_text(starter_text("neighbours"), "neighbours.yaml")
    cases = [compile_case(complete(load_document(text, overrides=changes).spec)) for changes in (one, two)]
    assert [group.paths for group in cases[0].shares] != [group.paths for group in cases[1].shares]
    assert axes_of(cases[0]) == axes_of(cases[1]) and len(axes_of(cases[0])) == 5
    blocks = [batch_engine.run_block(case, range(8), SEED, given=Given(points_of(case, 8))) for case in cases]
    assert digest(blocks[0]) == digest(blocks[1])


@pytest.mark.parametrize(
    "points, message",
    [
        (np.full((3, 1), 0.5), r"expected the shape \(3, 2\)"),
        (np.full((2, 2), 0.5), r"expected the shape \(3, 2\)"),
        (np.array([[0.5, 0.5], [0.0, 0.5], [0.5, 0.5]]), r"inside \(0, 1\)"),
        (np.array([[0.5, 0.5], [1.0, 0.5], [0.5, np.nan]]), r"inside \(0, 1\)"),
    ],
)
@pytest.mark.parametrize("engine", [batch_engine, event_engine])
def test_points_that_cannot_be_read_are_refused(engine, points, message):
    with pytest.raises(EngineError, match=message):
        engine.run_block(case_named("crisis_13_days"), range(3), SEED, given=Given(points))


def test_the_mean_of_a_drawn_input_varies_far_less():
    """With 64 points the mean of a smooth quantile varies by more than two orders less; 20 times is beyond all luck."""
    case = case_named("six_party_unanimity")
    drawn = next(item for item in case.inputs if item.distribution.quantile(0.1) < item.distribution.quantile(0.9))
    axis = axes_of(case).index(drawn.path)

    def mean(uniforms) -> float:
        return float(np.mean([drawn.distribution.quantile(u) for u in uniforms]))

    seeds = range(24)
    even = [mean(points_of(case, 64, seed)[:, axis]) for seed in seeds]
    plain = [mean(uniform(seed, r, 0, INPUT, drawn.key, 0, drawn.counter) for r in range(64)) for seed in seeds]
    assert np.var(plain) > 20.0 * np.var(even)


# Runs


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A run with a design; nobody writes to it."""
    return designed(tmp_path_factory.mktemp("designed"), workers=1)


@pytest.mark.parametrize(
    "settings",
    [
        {"block_size": 7, "workers": 2, "engine": "batch"},
        {"block_size": 30, "workers": 2, "engine": "simpy"},
        {"block_size": 64, "workers": 1, "engine": "simpy"},
        {"cluster": "local:2"},
    ],
    ids=["threads", "processes", "one block", "cluster"],
)
def test_who_computes_and_in_which_blocks_does_not_matter(stored, tmp_path, settings):
    if "cluster" in settings:
        pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    assert designed(tmp_path, **settings).digest() == stored.digest()


def test_an_interrupted_run_goes_on_with_the_same_points(stored, tmp_path):
    asked = iter([False] * 4 + [True] * 100)
    with pytest.raises(Interrupted) as stop:
        designed(tmp_path, block_size=8, workers=1, engine="simpy", should_stop=lambda: next(asked))
    assert 0 < stop.value.done < 64
    assert resume(stop.value.directory, workers=1).stored.digest() == stored.digest()


def test_the_record_names_the_design_and_default_runs_are_as_they_were(stored, tmp_path):
    plain = run_scenario(scenario(), replications=64, workers=1, reports=tmp_path).stored
    assert plain.manifest["design"] == "random" and "points" not in plain.manifest and "scipy" not in plain.manifest["versions"]
    assert not any(name.startswith(POINT) for name in plain.results)
    assert stored.manifest["design"] == "sobol" and stored.manifest["versions"]["scipy"]
    assert stored.directory.name == f"{plain.directory.name}-sobol"
    assert plain.digest() == digest(event_engine.run_block(case_named(STRAIT), range(64), 1))
    assert plain.digest() != stored.digest()


def test_an_equal_run_has_the_same_design(stored, tmp_path):
    place = stored.directory.parent
    assert run_scenario(scenario(), design="sobol", replications=64, reports=place).is_reused
    assert not run_scenario(scenario(), replications=64, reports=place).is_reused
    with pytest.raises(StoreError, match="holds another run already, whose inputs were drawn by --design sobol"):
        run_scenario(scenario(), replications=64, directory=stored.directory)


def test_a_design_beside_resume_must_be_the_run_s(stored, tmp_path):
    assert resume(stored.directory, design="sobol").is_reused
    with pytest.raises(UsageError, match="its inputs are drawn by --design sobol, and --design random was asked for"):
        resume(stored.directory, design="random")
    with pytest.raises(UsageError, match="expected one of random, sobol"):
        resume(stored.directory, design="sobl")


def test_a_record_that_does_not_speak_of_designs_is_of_random_draws(tmp_path):
    plain = run_scenario(scenario(), replications=6, workers=1, reports=tmp_path).stored
    manifest = plain.directory / "manifest.json"
    data = json.loads(manifest.read_text("utf-8"))
    del data["design"]
    manifest.write_text(json.dumps(data), "utf-8")
    assert run_scenario(scenario(), replications=6, reports=tmp_path).is_reused
    assert resume(plain.directory, design="random").is_reused
    assert replay_stored(open_run(plain.directory), 3).design == "random"
    with pytest.raises(UsageError, match="--design random, and --design sobol was asked for"):
        resume(plain.directory, design="sobol")


def test_other_points_than_those_of_the_run_are_refused(stored, tmp_path):
    """As another version of scipy might make them."""
    copy = tmp_path / "copy"
    shutil.copytree(stored.directory, copy)
    manifest = copy / "manifest.json"
    data = json.loads(manifest.read_text("utf-8"))
    del data["chunks"][-1]
    manifest.write_text(json.dumps(data | {"points": "0" * 64}), "utf-8")
    with pytest.raises(EngineError, match="makes other points here than those that the run began with"):
        resume(copy, workers=1)
    manifest.write_text(json.dumps(data), "utf-8")
    assert resume(copy, workers=1).stored.digest() == stored.digest()


def test_an_engine_that_takes_no_points_says_so(tmp_path):
    with pytest.raises(UsageError, match="the engine 'toy' takes no points"):
        run_scenario({"id": "toy"}, engine=TOY, replications=4, reports=tmp_path, design="sobol")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("changes", [{"sampling": "off"}, None], ids=["sampling off", "no input"])
def test_a_scenario_without_drawn_inputs_has_nothing_to_spread(tmp_path, changes):
    if changes is None:
        spec = load_document(read_text(json.dumps(bare_scenario()), "bare.json")).spec
    else:
        spec = load_scenario(FIXTURES[STRAIT], overrides=changes)
    with pytest.raises(UsageError, match="draws no input, so there is nothing to spread evenly"):
        run_scenario(complete(spec), design="sobol", replications=8, reports=tmp_path)
    assert not list(tmp_path.iterdir())


# Rows


def without_scipy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "scipy"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "scipy", None)


def test_a_history_replays_from_its_row_alone(stored, monkeypatch):
    without_scipy(monkeypatch)
    for replication in (0, 1, 63):
        again = replay_stored(stored, replication)
        assert again.design == "sobol"
        assert differences(again.row, row_at(stored, replication)) == []
    with pytest.raises(UsageError, match="needs the package scipy"):
        Plan(Sobol(), case_named(STRAIT), 1)


def test_a_row_that_has_lost_its_point_is_refused(stored):
    class Cut:
        """The run without its last column."""

        def __getattr__(self, name):
            return getattr(stored, name)

        @property
        def results(self):
            return dict(list(stored.results.items())[:-1])

    with pytest.raises(ReplayError, match="rows lack coordinates"):
        replay_stored(Cut(), 3)


@pytest.fixture
def call(tmp_path, monkeypatch, capsys):
    """Exit code and texts of a command line, in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def run(*words: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main([str(word) for word in words])
        return code, *capsys.readouterr()

    return run


def test_the_commands_on_a_run_know_its_points(stored, call, monkeypatch):
    without_scipy(monkeypatch)
    directory = stored.directory
    code, shown, _ = call("show", directory, "--no-report")
    assert code == 0 and "Inputs are Sobol points: intervals are those of independent histories" in " ".join(shown.split())
    assert "64, seed 1, design sobol" in shown
    data = json.loads(call("show", directory, "--no-report", "--json")[1])
    assert data["design"] == "sobol" and data["digest"] == stored.digest()
    assert call("digest", directory)[1].strip() == stored.digest()
    point = POINT + axes_of(case_named(STRAIT))[1]
    assert call("query", directory, f'select count(*) as n from results where "{point}" < 0.5', "--csv")[1].split() == ["n", "32"]
    header, first, *_ = call("export", directory, "--csv")[1].splitlines()
    assert header.split(",")[-1] == point and float(first.split(",")[-1]) == stored.results[point][0]
    lines = call("inputs", directory)[1].splitlines()
    assert len(lines) == 65 and call("inputs", directory, "-r", 7)[1].splitlines()[1] == lines[8]
    recorded = [name for name in stored.results if name.startswith("input:")]
    for name in recorded:
        column = lines[0].split(",").index(name.removeprefix("input:"))
        found, values = [line.split(",")[column] for line in lines[1:]], stored.results[name].tolist()
        assert found == [value if isinstance(value, str) else repr(value) for value in values]


def test_the_report_says_what_the_intervals_are_and_how_to_repeat_it(call):
    shutil.copy(FIXTURES[STRAIT], "strait.yaml")
    words = ("run", "strait.yaml", "-n", 48, "--workers", 1)
    code, _, remarks = call(*words, "--design", "sobol", "--out", "even")
    assert code == 0 and "most even at powers of two, here 32 or 64; the run has 48" in " ".join(remarks.split())
    page = Path("even/report.html").read_text("utf-8")
    assert page.count("Inputs are Sobol points") == 1, "with the first intervals"
    answer = page.partition('id="answer"')[2].partition("</section>")[0]
    assert "Inputs are Sobol points" in answer and "docs/how-to/sample-inputs-evenly.md" in answer
    assert "<div><dt>Design</dt><dd>sobol</dd></div>" in answer
    assert "<dt>Design</dt><dd>sobol</dd>" in page.partition("<footer>")[2]
    assert "--design sobol --replications 48" in page
    again = json.loads(call("replay", "--from", "even", "-r", 5, "--json")[1])
    assert again["command"].endswith("--replication 5 --seed 1 --design sobol")
    alone = json.loads(call("replay", FIXTURES[STRAIT], "-r", 5, "--design", "sobol", "--json")[1])
    assert alone["row"] == again["row"] and "-s1-sobol-r5" in alone["timeline"]
    assert json.loads(call("replay", FIXTURES[STRAIT], "-r", 5, "--json")[1])["row"] != again["row"]
    assert json.loads(Path("even/manifest.json").read_text("utf-8"))["command"].endswith("--design sobol")
    code, _, remarks = call(*words, "--out", "plain")
    assert code == 0 and "powers of two" not in remarks
    plain = Path("plain/report.html").read_text("utf-8")
    assert "Sobol" not in plain and "<dt>Design</dt>" not in plain
    timelines = [Path(f"{name}/replay-r5.html") for name in ("even", "plain")]
    assert call("replay", "--from", "plain", "-r", 5)[0] == 0
    assert ["<dt>Design</dt><dd>sobol</dd>" in path.read_text("utf-8") for path in timelines] == [True, False]
    lines = call("show", "--all", ".")[1].splitlines()
    assert sorted(line.split("  ", 1)[1] for line in lines) == [
        "  even  48 of 48 histories, design sobol", "  plain  48 of 48 histories",
    ]
    data = json.loads(call("show", "--all", ".", "--json")[1])["runs"]
    assert {run["directory"]: run["design"] for run in data} == {"even": "sobol", "plain": "random"}


def test_the_guide_asks_for_what_is_spread_evenly(tmp_path):
    """The mean over few histories is nearly that of the distribution; that of the coordinate would be .5 of any input."""
    guide = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "sample-inputs-evenly.md").read_text("utf-8")
    (question,) = re.findall(r"sim query \S+ '(.+)'", guide)
    run = run_scenario(complete(load_scenario("summit")), design="sobol", replications=128, seed=7, reports=tmp_path).stored
    expected = 0.75 * math.exp(0.35**2 / 2)  # of a lognormal distribution with median .75
    assert run.query(question)["mean"][0] == pytest.approx(expected, abs=0.01)
    assert f"the mean of the distribution is {expected:.4f}".replace("0.", ".") in " ".join(guide.split())


def test_a_number_that_a_rule_has_chosen_is_not_remarked_on(call):
    words = ("run", FIXTURES[STRAIT], "--design", "sobol", "--workers", 1, "--no-report", "-n", 1000)
    code, shown, remarks = call(*words, "--until-se", "0.03")
    number = int(next(line for line in shown.splitlines() if line.startswith("histories")).split()[1].rstrip(","))
    assert code == 0 and number & (number - 1) and number < 1000 and "powers of two" not in remarks
    assert "powers of two" in call(*words, "--until-se", "0.0001")[2], "the number at which it gives up is the user's"


@pytest.mark.parametrize(
    "words, message",
    [
        (("run", FIXTURES[STRAIT], "--design", "halton"), "design 'halton': expected one of random, sobol"),
        (("run", FIXTURES[STRAIT], "--design", "sobol", "--set", "sampling=off"), "draws no input"),
        (("replay", FIXTURES[STRAIT], "--design", "halton"), "design 'halton': expected one of random, sobol"),
        (("replay", "--from", "run", "--design", "sobol"), "--design cannot stand beside --from"),
    ],
)
def test_a_design_that_cannot_be_is_a_message_and_code_2(call, words, message):
    code, out, err = call(*words)
    assert (code, out) == (2, "") and message in " ".join(err.split())


def test_without_the_extra_the_message_says_what_to_install(call, monkeypatch):
    without_scipy(monkeypatch)
    code, _, err = call("run", FIXTURES[STRAIT], "--design", "sobol")
    assert code == 2 and "needs the package scipy" in err and "pip install scipy" in err
    assert not Path("reports").exists()
    assert call("run", FIXTURES[STRAIT], "-n", 4, "--no-report")[0] == 0
