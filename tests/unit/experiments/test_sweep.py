"""What a sweep plays: how factors are read, grids, tables and designs over ranges; what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from sim.errors import UsageError
from sim.experiments.design import settings_of
from sim.experiments.design.table import Table
from sim.experiments.replicate import run_scenario
from sim.experiments.sweep import Asked, asked_of, read_points, sweep_of
from sim.model.compile import compile_case
from tests.swept import X, Y, scenario_xy


@pytest.mark.parametrize(
    "text, asked",
    [
        ("levers.x=0:1:11", Asked("levers.x", bounds=(0.0, 1.0), number=11)),
        ("x = -1 : .5", Asked("x", bounds=(-1.0, 0.5))),
        ("a.b=.7,0,.2", Asked("a.b", values=(0.0, 0.2, 0.7))),
        ("a.b", Asked("a.b")),
    ],
)
def test_a_factor_is_read(text, asked):
    assert asked_of(text) == asked


@pytest.mark.parametrize(
    "text, message",
    [
        ("=0:1", "expected a path or lever with its values, found '=0:1'"),
        ("x=", "expected a path or lever with its values, found 'x='"),
        ("x=1:0", "expected a low end below the high end, found 1:0"),
        ("x=0:1:1", "expected a number of values from 2 on after the second colon, found '1'"),
        ("x=0:1:2:3", "expected low:high or low:high:number"),
        ("x=0:inf", "expected numbers, found 'inf'"),
        ("x=a,b", "expected numbers, found 'a'"),
        ("x=1,1", "expected at least two different values"),
    ],
)
def test_what_is_no_factor_is_refused(text, message):
    with pytest.raises(UsageError) as told:
        asked_of(text)
    assert message in str(told.value) and "write it as in --over" in str(told.value.hint)


def test_a_grid_has_every_combination_with_the_same_draws(tmp_path):
    asked = sweep_of(scenario_xy(), [f"{X}=0:1:3", "parameters.y=.25,.75"], "grid", 20)
    assert (asked.paths, asked.replications) == ((X, Y), 120)
    rows = run_scenario(asked.scenario, design=asked.design, reports=tmp_path, workers=1, engine="simpy").stored.results
    x, y = (np.asarray(rows[f"input:{path}"]).reshape(20, 3, 2) for path in (X, Y))
    assert np.array_equal(x[0], [[0, 0], [0.5, 0.5], [1, 1]]) and np.array_equal(y[0], [[0.25, 0.75]] * 3)
    assert (x == x[:1]).all() and (y == y[:1]).all()
    assert np.array_equal(np.asarray(rows["draws"]).reshape(20, 6), np.repeat(np.arange(20)[:, None], 6, axis=1))
    war = np.asarray(rows["outcome"] == "war").reshape(20, 3, 2)
    assert (war[:, :-1] <= war[:, 1:]).all() and (war[..., 0] <= war[..., 1]).all()  # with the same luck only the chance grows


def test_a_lever_is_called_by_its_name_and_has_a_range_of_its_own():
    scenario = scenario_xy(levers={"hype": {"path": X, "range": [0.2, 0.6]}})
    asked = sweep_of(scenario, ["levers.hype"], "grid", 20)
    assert asked.paths == (X,) and asked.replications == 11 * 20
    assert asked.scenario["parameters"]["x"]["number"]["values"] == pytest.approx(np.linspace(0.2, 0.6, 11))


def test_points_of_a_file_are_played_in_its_order(tmp_path):
    path = tmp_path / "points.csv"
    path.write_text("parameters.x,parameters.y\n.5,1\n0,.25\n.5,.25\n\n", encoding="utf-8")
    asked = sweep_of(scenario_xy(), [], str(path), 20)
    assert isinstance(asked.design, Table) and asked.replications == 60
    rows = run_scenario(asked.scenario, design=asked.design, reports=tmp_path, workers=1, engine="simpy").stored.results
    assert np.asarray(rows[f"input:{X}"])[:3].tolist() == [0.5, 0.0, 0.5]
    assert np.asarray(rows[f"input:{Y}"])[:3].tolist() == [1.0, 0.25, 0.25]


@pytest.mark.parametrize(
    "text, message",
    [
        ("x,y\n1,2\n3\n", "line 3: expected 2 cells, found 1"),
        ("x,y\n1,two\n", "line 2, column 'y': expected a number, found 'two'"),
        ("x,x\n1,2\n", "line 1: expected a name for each column, each once"),
        ("x,y\n", "expected names of levers or paths in the first line and a point in each other"),
    ],
)
def test_a_faulty_table_is_told_with_its_line(tmp_path, text, message):
    path = tmp_path / "points.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=message):
        read_points(str(path))


@pytest.mark.parametrize(
    "over, design, number, message",
    [
        ([], "grid", None, "--over: expected a lever, an uncertainty or the path"),
        (["parameters.x=0:1"], "sobl", None, "expected grid, lhs, sobol or the file of a table of points"),
        ([], "sobl", None, "expected grid, lhs, sobol or the file of a table of points"),
        ([f"{X}=0:1", "parameters.x=0:1"], "grid", None, "is swept twice"),
        (["parameters.xx=0:1"], "grid", None, "there is no 'xx'"),
        ([f"{X}=0:1:11"], "lhs", None, "--design lhs spreads points over a range, and takes no single values"),
        ([f"{X}=0:1:200", f"{Y}=0:1:200"], "grid", None, "40,000 points are more than 10,000"),
        ([f"{X}=0:1"], "grid", 5, "-n 5: expected at least 20 histories at each point"),
        (["title=0:1"], "grid", None, "is no number that can vary between histories"),
    ],
)
def test_what_cannot_be_swept_is_refused(over, design, number, message):
    with pytest.raises(UsageError) as told:
        sweep_of(scenario_xy(), over, design, number)
    assert message in str(told.value)


def test_a_table_may_begin_at_a_later_replication():
    from sim.experiments.design import Plan, design_entry

    case = compile_case(sweep_of(scenario_xy(), [f"{X}=0:1"], "grid", 20).scenario)
    later = Plan(Table((X,), ((0.25,), (0.75,)), 3, 10), case, 1)
    assert later.block(0, 6).draws.tolist() == [10, 10, 11, 11, 12, 12]
    entry = design_entry(later)
    assert settings_of(entry) == later.design
    assert "first" not in design_entry(Plan(Table((X,), ((0.25,),), 3), case, 1))["design_settings"]
