"""Spatial tables as files: what they may say, what is told where they say it wrong, and how their numbers vary."""

from __future__ import annotations

import numpy as np
import pytest

from sim.errors import ParameterError, ScenarioError
from sim.experiments.spatial import completed, default_replications, forecast
from sim.model.reader import read_text
from sim.model.spatial.inputs import arrays_of, draw, uncertain_inputs
from sim.model.spatial.load import LoadedTable, load_table, table_of
from sim.resources import list_tables, table_path

TABLE = """\
schema_version: 1
id: tolls
title: Tolls
description: Three towns and a toll.
sources: {guess: {title: A guess}}
spatial: {}
dimensions:
  toll: {scale: [0, 100]}
actors:
  ash: {capability: 2, position: 10, salience: .5, source: guess}
  beech: {capability: 1, position: 60, salience: .9}
  cedar: {capability: 3, position: 90, salience: .2}
"""


def table(*changes: tuple[str, str], overrides: tuple[str, ...] = ()) -> LoadedTable:
    text = TABLE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return table_of(read_text(text, "tolls.yaml"), overrides)


def faults(*changes: tuple[str, str], overrides: tuple[str, ...] = ()) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        table(*changes, overrides=overrides)
    return [str(item) for item in caught.value.diagnostics] or [str(caught.value)]


def test_a_number_stands_for_the_one_dimension():
    spec = table().spec
    assert spec.actors["beech"].position["toll"].value == 60.0
    assert arrays_of(spec).positions.tolist() == [[10.0], [60.0], [90.0]]


def test_a_distribution_stands_for_the_one_dimension_too():
    spec = table(("position: 60", "position: {dist: uniform, low: 50, high: 70}")).spec
    assert spec.actors["beech"].position["toll"].dist == "uniform"


def test_two_dimensions_want_a_number_each():
    second = ("toll: {scale: [0, 100]}", "toll: {scale: [0, 100]}\n  bridge: {scale: [0, 1]}")
    found = faults(second)
    assert (
        "tolls.yaml:11:34: actors.ash.position: expected one number a dimension, as in {toll, bridge}, found 10"
        in found[0]
    )
    found = faults(
        second,
        *((f"position: {n}, salience: {s}", f"position: {{toll: {n}, bridge: 1}}, salience: {{toll: {s}, bridge: 1}}")
          for n, s in ((10, ".5"), (60, ".9"))),
        ("position: 90, salience: .2", "position: {toll: 90, brigde: 1}, salience: {toll: .2, bridge: 1}"),
    )  # fmt: skip
    assert "no position on the dimension 'bridge'" in found[0]
    assert "unknown dimension 'brigde' (did you mean 'bridge'?)" in found[1]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("salience: .9", "salience: 90", "actors.beech.salience: expected a number in [0, 1], found 90 (if it is a percentage, write 0.9)"),
        ("capability: 3", "capability: -3", "actors.cedar.capability: expected a number >= 0, found -3"),
        ("position: 60", "position: .nan", "actors.beech.position: expected a finite number, found .nan"),
        ("position: 60", "position: 160", "actors.beech.position: expected a position on the scale from 0 to 100, found 160"),
        ("position: 60", "position: {dist: normal, mean: 60, sd: 5}", "found values from -inf to inf (cut it off with `low:` and `high:`"),
        ("position: 60", "position: {value: 60, range: [50, 120]}", "found values from 50 to 120"),
        ("salience: .9", "salience: {value: .9, range: [.5, 1.2]}", "beech.salience: expected a range within [0, 1], found [0.5, 1.2]"),
        ("scale: [0, 100]", "scale: [100, 0]", "dimensions.toll.scale: expected the lower end first"),
        ("spatial: {}", "spatial: {challange: {}}", "unknown key 'challange' (did you mean 'challenge'?)"),
        ("spatial: {}", "spatial: {challenge: {compromise: nearest}}", "expected published or least_move, found the text 'nearest'"),
        ("spatial: {}", "spatial: {challenge: {rounds: 0}}", "spatial.challenge.rounds: expected a number >= 1, found 0"),
        ("source: guess", "source: gues", "actors.ash.source: unknown source 'gues' (did you mean 'guess'?)"),
        ("capability: 1,", "capabilty: 1,", "unknown key 'capabilty' (did you mean 'capability'?)"),
        ("  beech:", "  ash:", "key 'ash' is given twice"),
        ("spatial: {}", "note: {}", "tolls.yaml: this is no spatial table: it has no key `spatial:`"),
        ("beech: {cap", "beech: {key: 5, cap", ""),
    ],
)  # fmt: skip
def test_a_fault_is_told_at_its_place(old, new, message):
    if not message:
        assert table((old, new)).spec.actors["beech"].key == 5
        return
    assert any(message in text for text in faults((old, new))), faults((old, new))


def test_every_fault_of_meaning_is_told_at_once():
    found = faults(("position: 60", "position: 160"), ("scale: [0, 100]", "scale: [0, 80]"))
    assert len(found) == 2 and "actors.cedar.position" in found[1]


def test_nothing_can_be_weighed_where_nobody_cares():
    found = faults(*((f"salience: {number}", "salience: 0") for number in (".5", ".9", ".2")))
    assert "dimensions.toll: no actor has both capability and salience here" in found[0]


def test_equal_addresses_of_draws_are_refused():
    found = faults(("ash: {", "ash: {key: 7, "), ("cedar: {", "cedar: {key: 7, "))
    assert "'cedar' and 'ash' have the same address of draws" in found[0]


def test_values_are_set_by_path():
    found = table(overrides=("actors.ash.position=20", "spatial.challenge.rounds=3"))
    assert found.spec.actors["ash"].position["toll"].value == 20.0 and found.spec.spatial.challenge.rounds == 3
    assert found.changes == {"actors.ash.position": 20, "spatial.challenge.rounds": 3}
    assert "did you mean 'actors.ash.position'?" in faults(overrides=("actors.ash.positon=20",))[0]


def test_shipped_tables_are_valid_and_complete():
    assert list_tables() == ["ec-emissions", "ktab-five-actors", "ktab-seven-actors"]
    for name in list_tables():
        spec = load_table(table_path(name)).spec
        assert spec.id == name
        assert completed(
            type(spec).model_validate(completed(spec), context={"dimensions": tuple(spec.dimensions)})
        ) == completed(spec)


UNCERTAIN = (
    ("position: 60", "position: {value: 60, range: [50, 80]}"),
    ("capability: 3", "capability: {dist: uniform, low: 2, high: 4}"),
)


def test_ranges_and_distributions_vary_unless_sampling_says_otherwise():
    def paths(*changes: tuple[str, str]) -> list[str]:
        return [item.path for item in uncertain_inputs(table(*UNCERTAIN, *changes).spec)]

    assert paths() == ["actors.beech.position.toll", "actors.cedar.capability"]
    assert paths(("spatial: {}", "spatial: {sampling: inputs}")) == ["actors.cedar.capability"]
    assert paths(("spatial: {}", "spatial: {sampling: 'off'}")) == []


def test_draws_are_addressed_so_that_another_actor_changes_none():
    spec = table(*UNCERTAIN).spec
    more = table(
        *UNCERTAIN,
        ("actors:\n", "actors:\n  alder: {capability: {dist: uniform, low: 1, high: 9}, position: 5, salience: 1}\n"),
    ).spec
    one, two = draw(spec, uncertain_inputs(spec), 0, 20, 7), draw(more, uncertain_inputs(more), 0, 20, 7)
    assert (
        two.positions[:, 1:].tolist() == one.positions.tolist()
        and two.capability[:, 1:].tolist() == one.capability.tolist()
    )
    later = draw(spec, uncertain_inputs(spec), 12, 8, 7)
    assert later.positions.tolist() == one.positions[12:].tolist()
    assert draw(spec, uncertain_inputs(spec), 0, 20, 8).positions.tolist() != one.positions.tolist()
    assert 50.0 <= one.positions[:, 1, 0].min() and one.positions[:, 1, 0].max() <= 80.0


def test_a_renamed_actor_with_its_key_pinned_keeps_its_draws():
    pinned = table(*UNCERTAIN, ("  cedar: {", "  cedar: {key: 9, ")).spec
    renamed = table(*UNCERTAIN, ("  cedar: {", "  yew: {key: 9, ")).spec
    one, two = (draw(spec, uncertain_inputs(spec), 0, 5, 1).capability for spec in (pinned, renamed))
    assert one.tolist() == two.tolist()


def test_jitter_lets_every_number_vary_within_its_scale():
    spec = table(("position: 10", "position: 2"), ("salience: .9", "salience: 1")).spec
    varied = uncertain_inputs(spec, 0.05)
    assert len(varied) == 9
    drawn = draw(spec, varied, 0, 200, 1)
    assert drawn.positions.min() == 0.0 and drawn.salience.max() == 1.0
    assert np.abs(drawn.capability / arrays_of(spec).capability - 1.0).max() <= 0.05
    assert np.abs(drawn.positions - arrays_of(spec).positions).max() <= 5.0
    with pytest.raises(ParameterError, match="--jitter"):
        uncertain_inputs(spec, 0.7)


def test_nobody_with_weight_in_a_draw_is_an_error_and_no_nan():
    never = "{dist: choice, values: [0, 1], probabilities: [.5, .5]}"
    spec = table(*((f"salience: {number}", f"salience: {never}") for number in (".5", ".9", ".2"))).spec
    with pytest.raises(ParameterError, match="in some draws nobody has both"):
        forecast(spec, replications=50)


def test_the_same_seed_gives_the_same_forecasts_and_more_draws_the_same_first_ones():
    spec = table(*UNCERTAIN).spec
    one, two = (forecast(spec, replications=40, seed=3) for _ in range(2))
    assert one.forecasts == two.forecasts
    assert one.forecasts != forecast(spec, replications=40, seed=4).forecasts
    for row in one.forecasts["toll"]:
        assert row.spread is not None and row.spread.q05 <= row.spread.median <= row.spread.q95


def test_the_band_of_medians_begins_with_the_median_of_the_table_and_ends_with_the_forecast():
    found = forecast(table(*UNCERTAIN).spec, replications=60)
    rows = {row.id: row.spread for row in found.forecasts["toll"]}
    band = found.paths["toll"]
    assert band.shape == (3, 11) and 0.0 <= found.settled["toll"] <= 1.0
    for number, name in ((0, "median"), (1, "challenge_first"), (10, "challenge")):
        assert band[:, number].tolist() == pytest.approx([rows[name].q05, rows[name].median, rows[name].q95])


def test_without_uncertain_numbers_there_are_no_draws():
    found = forecast(table().spec, replications=500)
    assert found.replications == 0 and all(row.spread is None for row in found.forecasts["toll"])


def test_fewer_draws_are_made_of_many_actors():
    assert [default_replications(number) for number in (1, 20, 40, 400)] == [1000, 1000, 250, 100]
