"""Rows of designs: which point and whose draws each has, that both engines play them alike, and that each replays alone."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from sim.engines import batch_engine, event_engine
from sim.engines.given import Given
from sim.engines.rows import DRAWS, POINT
from sim.engines.tables.inputs import addresses_of, axes_of, number_axes_of, type_axes_of
from sim.errors import EngineError, ReplayError, StoreError, UsageError
from sim.experiments.design import Plan, plan_of, settings_of
from sim.experiments.design.factors import REST, factors_of
from sim.experiments.design.hypercube import LatinHypercube
from sim.experiments.design.morris import STEP, Morris
from sim.experiments.design.nested import Nested
from sim.experiments.design.saltelli import Saltelli
from sim.experiments.design.sobol import Sobol
from sim.experiments.design.table import Grid, Table
from sim.experiments.digest import digest
from sim.experiments.replay import differences, replay_stored, row_at
from sim.experiments.replicate import Interrupted, resume, run_scenario
from sim.experiments.store import SCHEMA_VERSION, WITH_DESIGN, open_run
from sim.model.complete import complete
from sim.model.load import load_scenario
from sim.randomness import uniform
from tests.played import FIXTURES, case_of

SEED = 20180612
NAME = "six_party_unanimity"
TYPED = "mediator_single_text"


def case():
    return case_of(NAME)


def designs() -> dict:
    factors = factors_of(case())
    paths = axes_of(case())[:2]
    return {
        "sobol": Sobol(),
        "lhs": LatinHypercube(10),
        "nested": Nested(4, 3),
        "saltelli": Saltelli(3, factors),
        "morris": Morris(3, factors),
        "table": Table(paths, ((0.25, 0.5), (0.75, 0.125)), 4),
        "grid": Grid({paths[0]: (0.25, 0.75), paths[1]: (0.1, 0.5, 0.9)}, 2),
    }


ALL = ("sobol", "lhs", "nested", "saltelli", "morris", "table", "grid")


def rows_of(design, at=None, seed: int = SEED, number: int = 12) -> Given:
    plan = Plan(design, at or case(), seed)
    return plan.block(0, plan.num_rows or number)


def points_of(at, replications) -> np.ndarray:
    """What replications draw their inputs and types from without a design, address by address."""
    addresses = addresses_of(at).values()
    return np.array([[uniform(SEED, r, 0, a.stream, a.key, a.lane, a.counter) for a in addresses] for r in replications])


# Engines


@pytest.mark.parametrize("name", ["crisis_13_days", "mediator_single_text", "six_party_unanimity", "summit"])
def test_private_types_are_read_from_their_coordinates(name):
    """Of a history with all coordinates of another one, everything that both draw at the start is the other's."""
    at = case_of(name)
    assert axes_of(at) == (*number_axes_of(at), *type_axes_of(at))
    rows = batch_engine.run_block(at, range(6), SEED)["results"]
    mixed = batch_engine.run_block(at, range(6), SEED, given=Given(points_of(at, [5, 4, 3, 2, 1, 0])))["results"]
    recorded = [column for column in rows if column.startswith("input:")]
    assert recorded
    for column in recorded:
        assert mixed[column].tolist() == rows[column].tolist()[::-1], column


@pytest.mark.parametrize("engine", [batch_engine, event_engine])
def test_draws_and_points_of_another_history_make_that_history(engine):
    at = case()
    number = 6
    plain = engine.run_block(at, range(number), SEED)
    again = engine.run_block(at, range(number), SEED, given=Given(draws=np.arange(number)[::-1].copy()))
    for name, column in plain["results"].items():
        if name != "replication":
            assert again["results"][name].tolist() == pytest.approx(column.tolist()[::-1], nan_ok=True) if (
                column.dtype == np.float64
            ) else again["results"][name].tolist() == column.tolist()[::-1]
    assert again["results"][DRAWS].tolist() == list(range(number))[::-1]
    assert again["results"]["replication"].tolist() == list(range(number))
    assert again["paths"]["replication"].tolist() == plain["paths"]["replication"].tolist()


def test_an_axis_without_a_coordinate_is_drawn_from_the_address_of_its_draws():
    """So a table over one input, at that input's own uniforms, gives the ordinary histories."""
    at = case()
    axis = 1
    own = points_of(at, range(5))[:, [axis]]
    plain = batch_engine.run_block(at, range(5), SEED)
    for engine in (batch_engine, event_engine):
        given = engine.run_block(at, range(5), SEED, given=Given(own, (axes_of(at)[axis],)))
        assert (given["results"].pop(POINT + axes_of(at)[axis]) == own[:, 0]).all()
        assert digest(given) == digest(plain)


@pytest.mark.parametrize("name", ALL)
def test_both_engines_play_the_rows_of_a_design_alike(name):
    at = case()
    given = rows_of(designs()[name])
    numbers = range(len(given.points))
    compiled = batch_engine.run_block(at, numbers, SEED, given=given)
    assert digest(compiled) == digest(event_engine.run_block(at, numbers, SEED, given=given))


@pytest.mark.parametrize("engine", [batch_engine, event_engine])
def test_what_cannot_be_given_is_refused(engine):
    at = case()
    with pytest.raises(EngineError, match="draws: expected 3 numbers"):
        engine.run_block(at, range(3), SEED, given=Given(draws=np.array([1, 2])))
    with pytest.raises(EngineError, match="draws: expected 3 numbers"):
        engine.run_block(at, range(3), SEED, given=Given(draws=np.array([1, 2, -1])))
    with pytest.raises(EngineError, match="does not draw 'nobody' once a history"):
        engine.run_block(at, range(3), SEED, given=Given(np.full((3, 1), 0.5), ("nobody",)))


# Rows


@pytest.mark.parametrize("name", ALL)
def test_any_block_of_a_design_is_a_piece_of_it(name):
    plan = Plan(designs()[name], case(), SEED)
    whole = plan.block(0, plan.num_rows or 20)
    number = len(whole.points)
    for start, stop in ((0, 1), (1, 3), (3, number), (number - 1, number), (2, 7)):
        block = plan.block(start, stop)
        assert (block.points == whole.points[start:stop]).all()
        assert (block.draws is None) == (whole.draws is None)
        assert block.draws is None or (block.draws == whole.draws[start:stop]).all()


@pytest.mark.parametrize("name", ALL)
def test_a_design_is_rebuilt_from_its_record(name):
    design = designs()[name]
    record = json.loads(json.dumps({"design": design.name, "design_settings": design.settings()}))
    assert settings_of(record) == design


def test_a_longer_design_begins_as_a_shorter_one():
    factors = factors_of(case())
    for short, long in (
        (Nested(2, 3), Nested(5, 3)), (Saltelli(2, factors), Saltelli(4, factors)), (Morris(2, factors), Morris(4, factors)),
    ):  # fmt: skip
        one, two = rows_of(short), rows_of(long)
        assert (one.points == two.points[: len(one.points)]).all()


def test_each_interval_of_a_latin_hypercube_has_one_row():
    at = case_of("summit")
    for number in (1, 7, 64):
        points = rows_of(LatinHypercube(number), at).points
        assert (np.sort(np.floor(points * number), axis=0) == np.arange(number)[:, None]).all()


def test_a_latin_hypercube_keeps_the_order_of_ordinary_histories_on_each_axis():
    points, plain = rows_of(LatinHypercube(50)).points, points_of(case(), range(50))
    assert (np.argsort(points, axis=0) == np.argsort(plain, axis=0)).all()
    assert np.abs(points - plain).max() < 0.3


def test_nested_rows_share_points_and_have_draws_of_their_own():
    given = rows_of(Nested(4, 3))
    assert given.draws is None
    assert (given.points.reshape(4, 3, -1) == points_of(case(), range(4))[:, None]).all()


def test_saltelli_rows_are_two_histories_and_their_hybrids():
    at = case()
    factors = factors_of(at)
    design = Saltelli(3, factors)
    size = design.rows_of_sample
    given = rows_of(design)
    points, draws = given.points.reshape(3, size, -1), given.draws.reshape(3, size)
    plain = points_of(at, range(6)).reshape(3, 2, -1)
    assert (points[:, 0] == plain[:, 0]).all() and (points[:, 1] == plain[:, 1]).all()
    assert (points[:, -1] == plain[:, 0]).all()
    assert (draws[:, 0] == [0, 2, 4]).all() and (draws[:, [1, -1]] == draws[:, [0]] + 1).all()
    for n, factor in enumerate(factors):
        assert (draws[:, 2 + n] == draws[:, 0]).all()
        for axis, path in enumerate(axes_of(at)):
            source = plain[:, 1] if path in factor.paths else plain[:, 0]
            assert (points[:, 2 + n, axis] == source[:, axis]).all()
    rows = batch_engine.run_block(at, range(size), SEED, given=Plan(design, at, SEED).block(0, size))["results"]
    two = batch_engine.run_block(at, range(2), SEED)["results"]
    for name in two:
        if name != "replication":
            assert repr(rows[name][:2].tolist()) == repr(two[name].tolist()), "the first two are ordinary histories"


def test_morris_trajectories_take_one_step_a_factor():
    at = case()
    factors = factors_of(at)
    design = Morris(6, factors)
    size = design.rows_of_trajectory
    given = rows_of(design)
    points, draws = given.points.reshape(6, size, -1), given.draws.reshape(6, size)
    assert set(np.unique(points)) <= {0.125, 0.375, 0.625, 0.875}
    steps = np.diff(points, axis=1)
    owner = {path: n for n, factor in enumerate(factors) for path in factor.paths}
    for t in range(6):
        moved = [{owner[axes_of(at)[axis]] for axis in np.flatnonzero(step)} for step in steps[t]]
        assert all(len(one) == 1 for one in moved[:-1]) and moved[-1] == set(), "the last step changes the draws alone"
        assert set.union(*moved) == set(range(len(factors)))
        assert [min(one) for one in moved[:-1]] == np.argsort(design.steps(SEED, t, t + 1)[0]).tolist()
    assert set(np.unique(np.abs(steps))) == {0.0, STEP}
    assert (draws[:, :-1] == 2 * np.arange(6)[:, None]).all() and (draws[:, -1] == 2 * np.arange(6) + 1).all()
    assert len({tuple(order) for order in design.steps(SEED, 0, 6).tolist()}) > 1


def test_a_grid_has_every_combination_with_the_same_draws():
    paths = axes_of(case())[:2]
    given = rows_of(Grid({paths[0]: (0.25, 0.75), paths[1]: (0.1, 0.5, 0.9)}, 2))
    assert given.points.tolist() == 2 * [[x, y] for x in (0.25, 0.75) for y in (0.1, 0.5, 0.9)]
    assert given.draws.tolist() == [0] * 6 + [1] * 6
    turned = rows_of(Grid({paths[1]: (0.1, 0.5, 0.9), paths[0]: (0.25, 0.75)}, 1))
    assert turned.points.tolist() == [[x, y] for y in (0.1, 0.5, 0.9) for x in (0.25, 0.75)], "columns are in the order of axes"


# Factors


GROUPS = {
    "correlations": {
        "temper": {
            "members": ["actors.kesh.utility.issues.guards.ideal", "actors.orlen.utility.issues.water.ideal"],
            "correlation": 0.7,
        }
    }
}


def test_what_cannot_be_told_apart_is_one_factor():
    at = case_of("mediator_single_text", GROUPS)
    factors = {factor.name: factor for factor in factors_of(at)}
    assert set(factors["correlations.temper"].paths) == set(GROUPS["correlations"]["temper"]["members"])
    shares = [factor for name, factor in factors.items() if name.endswith(": shares")]
    assert {factor.paths for factor in shares} == {tuple(group.paths) for group in at.shares}
    assert sorted(path for factor in factors.values() for path in factor.paths) == sorted(axes_of(at))


def test_factors_that_are_not_named_are_one():
    at = case_of("summit")
    some = ["actors.USA.types.war_cost", "actors.PRK.red_lines.arsenal"]
    factors = factors_of(at, some)
    assert [factor.name for factor in factors] == [*some, REST]
    assert len(factors[-1].paths) == len(axes_of(at)) - 2
    with pytest.raises(UsageError, match="is not a drawn input of the scenario") as error:
        factors_of(at, ["actors.USA.types.war_costs"])
    assert "actors.USA.types.war_cost" in str(error.value.hint)


# Runs


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("designed")


def scenario() -> dict:
    return complete(load_scenario(FIXTURES[NAME]))


@pytest.fixture(scope="module")
def stored(place):
    return run_scenario(scenario(), design=Saltelli(3, factors_of(case())), reports=place, workers=1, engine="batch").stored


def test_a_run_has_the_rows_of_its_design_and_says_which_it_is(stored):
    design = Saltelli(3, factors_of(case()))
    manifest = stored.manifest
    assert stored.num_replications == design.num_rows == manifest["replications"]
    assert manifest["schema_version"] == WITH_DESIGN == SCHEMA_VERSION
    assert settings_of(manifest) == design and manifest["axes"] == list(axes_of(case()))
    given = plan_of(manifest, case(), stored.seed).block(0, design.num_rows)
    assert stored.results[DRAWS].tolist() == given.draws.tolist()
    for axis, path in enumerate(manifest["axes"]):
        assert (stored.results[POINT + path] == given.points[:, axis]).all()
    assert "saltelli-" in stored.directory.name


@pytest.mark.parametrize("name", ALL)
def test_every_row_replays_alone(name, place):
    design = designs()[name]
    number = design.num_rows or 8
    run = run_scenario(scenario(), design=design, replications=number, reports=place, workers=1, engine="batch").stored
    for row in {0, 1, number // 2, number - 1}:
        again = replay_stored(run, row)
        assert differences(again.row, row_at(run, row)) == []


@pytest.mark.parametrize(
    "settings",
    [{"block_size": 5, "workers": 2}, {"block_size": 4, "workers": 2, "engine": "simpy"}, {"cluster": "local:2"}],
    ids=["threads", "processes", "cluster"],
)
def test_who_computes_does_not_matter(stored, tmp_path, settings):
    if "cluster" in settings:
        pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    design = settings_of(stored.manifest)
    assert run_scenario(scenario(), design=design, reports=tmp_path, **settings).stored.digest() == stored.digest()


def test_an_interrupted_run_goes_on_with_its_rows(stored, tmp_path):
    asked = iter([False] * 2 + [True] * 100)
    with pytest.raises(Interrupted) as stop:
        run_scenario(
            scenario(), design=settings_of(stored.manifest), reports=tmp_path, block_size=6, workers=1, engine="simpy",
            should_stop=lambda: next(asked),
        )  # fmt: skip
    assert 0 < stop.value.done < stored.num_replications
    assert resume(stop.value.directory, workers=1).stored.digest() == stored.digest()


def test_other_settings_are_another_run(stored, place):
    factors = factors_of(case())
    assert run_scenario(scenario(), design=Saltelli(3, factors), reports=place).is_reused
    with pytest.raises(StoreError, match="holds another run"):
        run_scenario(scenario(), design=Saltelli(2, factors), directory=stored.directory)


def test_the_number_of_histories_is_that_of_the_rows(tmp_path):
    with pytest.raises(UsageError, match="has 12 rows, and 13 replications"):
        run_scenario(scenario(), design=Nested(4, 3), replications=13, reports=tmp_path)
    with pytest.raises(UsageError, match="has 100 rows, and --until-se may stop"):
        run_scenario(scenario(), design="lhs", replications=100, until_se=0.1, reports=tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_record_whose_design_nobody_knows_is_refused(stored, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(stored.directory, copy)
    manifest = copy / "manifest.json"
    data = json.loads(manifest.read_text("utf-8"))
    del data["chunks"][-1]
    data["design"] = "spiral"
    manifest.write_text(json.dumps(data), "utf-8")
    with pytest.raises(StoreError, match="design 'spiral' cannot be rebuilt"):
        resume(copy, workers=1)


def test_a_row_that_has_lost_its_draws_comes_out_differently_and_says_so(stored):
    class Cut:
        """The run without the column of draws."""

        def __getattr__(self, name):
            return getattr(stored, name)

        @property
        def results(self):
            return {name: column for name, column in stored.results.items() if name != DRAWS}

    with pytest.raises(ReplayError):
        replay_stored(Cut(), 4)


def test_records_of_earlier_versions_have_coordinates_of_numbers_alone(tmp_path):
    """Their manifests name no axes: private types are drawn from their addresses, and they replay and go on as they were."""
    at = case_of(TYPED)
    completed = complete(load_scenario(FIXTURES[TYPED]))
    assert type_axes_of(at), "a case in which it matters"
    run = run_scenario(completed, design="sobol", replications=8, block_size=4, reports=tmp_path, workers=1, engine="batch").stored
    # As an earlier version would have written it: the plan over numbers alone, played and stored anew.
    old = Plan(Sobol(), at, run.seed, number_axes_of(at))
    manifest_path = run.directory / "manifest.json"
    data = json.loads(manifest_path.read_text("utf-8"))
    del data["axes"]
    data |= {"points": old.checksum(), "schema_version": 1, "chunks": [], "columns": {}, "state": "interrupted"}
    manifest_path.write_text(json.dumps(data), "utf-8")
    finished = resume(run.directory, workers=1).stored
    assert not any(name == POINT + path for path in type_axes_of(at) for name in finished.results)
    expected = batch_engine.run_block(at, range(8), run.seed, given=old.block(0, 8))
    assert finished.digest() == digest(expected)
    for row in range(8):
        assert differences(replay_stored(open_run(run.directory), row).row, row_at(finished, row)) == []
