"""Effects of inputs on what came: how far, in which direction, in which words, and what is said where nothing can be told."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis import driver_words
from sim.analysis.asked import Asked, Kind
from sim.analysis.by_input import course
from sim.analysis.drivers import DriverTable, _standing_out, drivers, effects_on
from sim.analysis.given_data import GivenData, Input, column_input_label, given_data, studied_rows
from sim.experiments.design import RANDOM, SOBOL

N = 2_000
LABELS = {"war": "War", "peace": "Peace", "truce": "Truce"}


def numbers(seed: int = 1, histories: int = N) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


def data_of(**inputs: np.ndarray) -> GivenData:
    items = tuple(Input(name, name.capitalize(), values) for name, values in inputs.items())
    return GivenData(np.arange(len(items[0].values)), len(items[0].values), RANDOM, items)


def words(values: np.ndarray) -> np.ndarray:
    return np.array(values.tolist(), dtype=object)


@pytest.fixture(scope="module")
def table() -> DriverTable:
    """War where `cost` is low, more of it with hawks; `middle` makes truces in its middle; `idle` does nothing."""
    random = numbers()
    cost, middle, idle = random.random((3, N))
    kind = words(random.choice(["hawk", "dove_like"], N))
    war = random.random(N) < np.where(cost < 0.3, 0.6, 0.05) + 0.2 * (kind == "hawk")
    truce = random.random(N) < np.where(np.abs(middle - 0.5) < 0.2, 0.6, 0.05)
    outcome = words(np.where(war, "war", np.where(truce, "truce", "peace")))
    asked = Asked("outcome", "the outcome", Kind.CLASSES, outcome, LABELS)
    return effects_on(asked, data_of(cost=cost, middle=middle, idle=idle, kind=kind), 1)


def test_effects_are_ranked_and_told_from_a_dummy(table):
    assert [item.path for item in table.effects] == ["cost", "middle", "kind", "idle"]
    assert [item.distinguishable for item in table.effects] == [True, True, True, False]
    for item in table.clear:
        assert item.low <= item.effect <= item.high and item.effect > item.floor > 0.0


def test_directions_are_steady_or_say_which_values_stand_out(table):
    told = {item.path: driver_words.direction_words(table.asked, item, LABELS) for item in table.clear}
    assert told["cost"] == "higher: War less likely"
    assert told["middle"] == "middle values: Truce likelier"
    assert told["kind"] in ("hawk: War likelier", "dove like: War less likely")
    assert {item.path: item.is_steady for item in table.clear} == {"cost": True, "middle": False, "kind": False}


def test_findings_say_what_moves_it_how_far_and_how_many_do(table):
    found = driver_words.findings(table, table.asked, LABELS)
    first = table.effects[0]
    assert found[0].startswith("The outcome hangs most on Cost (higher: War less likely). Where its value is known, ")
    assert f"known, {100 * first.effect:.1f}% of histories ({100 * first.low:.1f} to {100 * first.high:.1f}%) end otherwise" in found[0]
    assert "Then come Middle (" in found[0]
    assert found[-1].startswith("3 of 4 inputs can be told from a dummy input that does nothing (95% of dummies stay below ")
    assert found[-1].endswith("of 4 that do nothing fewer than one would be.")


def test_the_course_of_the_strongest_input_says_where_it_comes(table):
    random = numbers(2)
    cost = random.random(N)
    hits = random.random(N) < np.where(cost < 0.09, 0.95, np.where(cost < 0.25, 0.6, 0.1))
    asked = Asked("outcome=war", "\u201cWar\u201d", Kind.EVENT, hits)
    data = data_of(cost=cost)
    found = effects_on(asked, data, 1)
    way = course(asked, data.inputs[0])
    assert sum(item.histories for item in way.stretches) == N
    assert way.stretches[0].shares[0].share > 0.7 and way.stretches[-1].shares[0].share < 0.2
    sentence = driver_words.findings(found, asked, LABELS, way)[1]
    assert sentence.startswith("\u201cWar\u201d comes in ") and "where it is lowest (up to 0." in sentence


def test_a_time_is_sooner_or_later_and_never_counts_as_latest():
    random = numbers(3)
    x = random.random(N)
    days = np.where(random.random(N) < 0.4 * x, np.nan, 100 * x + 20 * random.random(N))
    asked = Asked("time:deal", "time until first deal", Kind.TIME, days)
    data = data_of(x=x, idle=random.random(N))
    found = effects_on(asked, data, 1)
    assert [item.path for item in found.clear] == ["x"]
    assert driver_words.direction_words(asked, found.effects[0], {}) == "higher: later or never"
    way = course(asked, data.inputs[0])
    assert way.stretches[-1].missing.share > way.stretches[0].missing.share
    assert way.stretches[-1].quartiles[1] > way.stretches[0].quartiles[1]
    assert "The median is " in driver_words.findings(found, asked, {}, way)[1]


def test_an_input_that_makes_it_come_less_often_makes_it_later_or_never():
    random = numbers(5)
    x = random.random(N)
    days = np.where(random.random(N) < 0.8 * x, np.nan, random.random(N))
    asked = Asked("time:deal", "time until first deal", Kind.TIME, days)
    found = effects_on(asked, data_of(x=x), 1).effects[0]
    assert driver_words.direction_words(asked, found, {}) == "higher: later or never"


def test_where_nothing_matters_the_findings_say_so():
    random = numbers(8)
    asked = Asked("outcome=war", "\u201cWar\u201d", Kind.EVENT, random.random(300) < 0.3)
    found = effects_on(asked, data_of(a=random.random(300), b=random.random(300)), 1)
    assert found.clear == []
    assert driver_words.findings(found, asked, {}) == [
        "None of the 2 recorded inputs can be told from a dummy input that does nothing: in 300 histories \u201cWar\u201d hangs on "
        "the chance within them, or on inputs too little to show in so few."
    ]


@pytest.mark.parametrize(
    ("histories", "inputs", "outcome", "why"),
    [
        (19, {"a": "numbers"}, "two", "too few histories to tell what moved the outcome: 19 of at least 20"),
        (100, {"a": "numbers"}, "one", "the outcome is the same in all histories"),
        (100, {}, "two", "no inputs are recorded: the scenario lists none under `uncertainties:`"),
        (100, {"a": "constant"}, "two", "the inputs that are recorded are the same in all histories"),
    ],
)
def test_where_nothing_can_be_told_the_table_says_why(histories, inputs, outcome, why):
    results = {
        "replication": np.arange(histories),
        "outcome": words(np.where(np.arange(histories) % 2 == 0, "war", "peace" if outcome == "two" else "war")),
        **{f"input:{name}": np.arange(histories) * (1.0 if kind == "numbers" else 0.0) for name, kind in inputs.items()},
    }
    found = drivers(results, 1)
    assert found.effects == [] and found.missing == why
    assert driver_words.findings(found, found.asked, {}) == [f"Nothing can be told: {why}."]


def test_the_same_run_gives_the_same_table_whatever_other_inputs_there_are():
    random = numbers(4)
    a, b, c = random.random((3, 500))
    asked = Asked("y", "y", Kind.EVENT, random.random(500) < a)
    whole, part = effects_on(asked, data_of(a=a, b=b, c=c), 7), effects_on(asked, data_of(a=a, c=c), 7)
    kept = {item.path: item for item in whole.effects}
    assert all(kept[item.path] == item for item in part.effects)
    assert effects_on(asked, data_of(a=a, b=b, c=c), 8).effects != whole.effects


def test_rare_words_are_one_slice():
    from sim.analysis.drivers import sliced

    values = words(np.array(["a"] * 50 + ["b"] * 40 + ["c", "d", "e"]))
    slices, names = sliced(Input("x", "X", values), 3)
    assert names == ["a", "b", "others"] and np.bincount(slices).tolist() == [50, 40, 3]


def test_of_a_sobol_run_the_first_points_are_studied_for_every_second_one_leaves_out_half_a_range():
    assert studied_rows(40_000, 20_000, SOBOL).tolist() == list(range(16_384))
    assert studied_rows(40_000, 20_000, RANDOM).tolist() == list(range(0, 40_000, 2))
    assert len(studied_rows(5_000, 20_000, SOBOL)) == 5_000
    results = {"input:a": np.arange(300.0), "input:b": np.ones(300)}
    found = given_data(results, {}, 100, SOBOL)
    assert found.num_rows == 64 and found.sample == "from 64 of the 300 histories, the first points of the sequence"
    assert [item.path for item in found.inputs] == ["a"] and found.constant == ("b",)


def test_notes_say_what_intervals_leave_out():
    table = effects_on(
        Asked("y", "y", Kind.EVENT, np.arange(200) % 3 == 0),
        GivenData(np.arange(200), 400, "saltelli", (Input("a", "A", np.arange(200.0)),), ("b",)), 1,
    )  # fmt: skip
    told = driver_words.notes(table)
    assert told[0] == "Computed from 200 of the 400 histories, evenly spaced."
    assert "not independent" in told[1]
    assert told[2] == "One input is the same in all histories and left out: b."


def test_private_types_of_a_game_are_inputs_and_say_whose_they_are():
    scenario = {"actors": {"A": {"label": "Anna"}}, "game": {"types": {"resolve": {"of": "A", "label": "Resolve to fight"}, "x": {}}}}
    assert column_input_label(scenario, "type:resolve") == "Anna: resolve to fight"
    assert column_input_label(scenario, "type:x") == "X"
    found = given_data({"type:x": np.arange(30.0)}, scenario, 100)
    assert found.inputs[0].path == "game.types.x"


def test_a_class_of_three_histories_is_not_what_stands_out():
    """Of 300 histories 3 are rare, all in one fifth; war falls from a quarter to an eighth."""
    slices = np.repeat(np.arange(5), 60)
    codes = np.zeros(300, dtype=int)
    for place, number in enumerate((16, 14, 10, 8, 7)):
        codes[slices == place] = np.repeat([1, 0], [number, 60 - number])
    codes[57:60] = 2
    names = ["lowest", "low", "middle", "high", "highest"]
    assert _standing_out(slices, codes, names, ["Peace", "War", "Rare"])[0] == "Peace (lowest)"
    codes[50:60] = 2  # ten of ten are no chance
    assert _standing_out(slices, codes, names, ["Peace", "War", "Rare"])[0] == "Rare (lowest)"
    assert _standing_out(slices[:30], codes[:30] * 2, ["lowest", "low"], ["Peace", "", "Rare"])[0] == ""  # all in one slice
