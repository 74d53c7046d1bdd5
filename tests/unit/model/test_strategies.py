"""Menus of strategies: what they change, and that they change nothing where nobody asks for them."""

from __future__ import annotations

import pytest

from sim import resources
from sim.errors import ScenarioError
from sim.model.complete import complete, content_hash
from sim.model.explain import explain
from sim.model.load import check_named_changes, load, load_document
from sim.model.reader import read_text
from tests import two_by_two


def spec(strategies: dict[str, str] | None = None, text: str = two_by_two.DILEMMA, **changes):
    return load_document(read_text(text, "stage.yaml"), strategies=strategies, **changes).spec


def test_a_profile_sets_what_its_strategies_say_after_all_other_changes():
    played = spec({"A": "d", "B": "l"}, overrides={"parameters.up": 0.5, "parameters.left": 0.25})
    assert (played.parameters["up"].number.value, played.parameters["left"].number.value) == (0.0, 0.25)
    assert complete(played)["applied"] == {
        "set": {"parameters.up": 0.5, "parameters.left": 0.25}, "strategies": {"A": "d", "B": "l"}
    }  # fmt: skip


def test_menus_are_no_part_of_what_is_run():
    without = two_by_two.DILEMMA[: two_by_two.DILEMMA.index("strategies:\n  A:\n    u:")]
    assert content_hash(complete(spec())) == content_hash(complete(spec(text=without)))
    assert "strategies" not in complete(spec())


def test_the_shipped_menus_have_a_default_first_and_bring_no_remarks():
    loaded = load(resources.scenario_path("summit"))
    assert {player: len(menu) for player, menu in loaded.spec.strategies.items()} == {"USA": 4, "PRK": 4, "CHN": 2, "ROK": 2}
    for menu in loaded.spec.strategies.values():
        first, *others = menu.values()
        assert first.set == {} and all(one.set for one in others)
        assert all(one.label and one.description and one.source for one in menu.values())
    assert check_named_changes(loaded) == ()


def test_a_strategy_that_makes_no_scenario_is_told_where_it_stands():
    text = two_by_two.DILEMMA.replace("    d: {label: Down, set: {parameters.up: 0}}", "    d: {set: {game.first: nowhere}}")
    loaded = load_document(read_text(text, "stage.yaml"))  # a name fits there; that it names nothing shows when it is made
    with pytest.raises(ScenarioError) as caught:
        check_named_changes(loaded)
    (fault,) = caught.value.diagnostics
    assert "game.first: nowhere" in fault.source_line and "nowhere" in fault.message


def test_explain_names_the_strategies_that_set_a_value():
    told = [reader for entry in explain(spec(), "parameters.up") for reader in entry.used_by]
    assert "strategy d of A" in told
