"""A menu kept in order gives the offers that a look at every package at every offer gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.negotiation import negotiation, scenario
from sim import resources
from sim.acts import offers, ranking
from sim.acts.beliefs import mean_type
from sim.acts.codes import CREDIBILITY
from sim.acts.worth import pressed
from sim.engines import event_engine
from sim.engines.tables.whole import setup_of
from sim.model.compile import Case, compile_case
from sim.model.complete import complete
from sim.model.load import load_scenario
from tests.counts import sample_size
from tests.played import case_from

FIXTURES = sorted((Path(__file__).parent.parent / "spec" / "valid").glob("*.yaml"))
WORLDS = [*map(str, FIXTURES), *(str(resources.scenario_path(name)) for name in resources.list_scenarios())]

NEGOTIATED = {"two parties": (2, 2), "six parties": (6, 2)}


def _played(case: Case, histories: int) -> dict[str, bytes]:
    """Every column of the results, as bits."""
    rows = event_engine.run_block(case, range(histories), 7, 0)["results"]
    return {name: np.ascontiguousarray(column).tobytes() for name, column in rows.items()}


@pytest.mark.parametrize("world", [*WORLDS, *NEGOTIATED], ids=lambda path: Path(path).stem)
def test_a_kept_order_changes_no_history(world, monkeypatch):
    histories = sample_size("kept_orders")
    if world in WORLDS:
        case = compile_case(complete(load_scenario(world)))
    else:
        histories = 1
        case = case_from(scenario(negotiation(*NEGOTIATED[world])))
    kept = _played(case, histories)
    monkeypatch.setattr(offers, "view_stands_still", lambda *_: False)
    assert _played(case, histories) == kept


@pytest.mark.parametrize("world", [*WORLDS, *NEGOTIATED], ids=lambda path: Path(path).stem)
def test_a_view_that_counts_as_fixed_never_moves(world, monkeypatch):
    case = compile_case(complete(load_scenario(world))) if world in WORLDS else case_from(scenario(negotiation(*NEGOTIATED[world])))
    tables = setup_of(case).tables
    fixed = tables["view_fixed"]
    assert world in WORLDS or all(fixed[place] for place, actor in enumerate(tables["party"]) if actor >= 0)
    seen: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    see = offers.view_stands_still

    def watched(w: Any, c: Any, t: int, actor: int, place: int) -> bool:
        others = [a for a in c.party[t * c.most_parties :][: c.num_parties[t]] if a != actor]
        rests_on = (
            w.credibility[actor], pressed(w, c, actor), ranking._lines_in_force(w, c, actor),
            *(mean_type(w, c, actor, other, CREDIBILITY) for other in others), *(pressed(w, c, other) for other in others),
        )  # fmt: skip
        if fixed[place]:
            assert seen.setdefault((w.replication, place), rests_on) == rests_on
        return see(w, c, t, actor, place)

    monkeypatch.setattr(offers, "view_stands_still", watched)
    if any(fixed):
        _played(case, 1)


def test_a_red_line_pressure_or_a_belief_that_learns_fixes_no_view():
    data = scenario(negotiation(2, 2))
    data["actors"]["party_1"]["red_lines"] = {"limit": {"issue": "issue_1", "max": 0.5, "probability": 0.4}}
    assert setup_of(case_from(data)).tables["view_fixed"][:2] == [False, True]
    summit = setup_of(compile_case(complete(load_scenario(resources.scenario_path("summit"))))).tables
    assert not any(summit["view_fixed"])


def test_menus_are_ranked_where_nothing_moves_and_not_where_something_always_does(monkeypatch):
    """Of two conceders whose views never move each menu is ranked once a history; beliefs and pressure move other views."""
    made: list[Any] = []
    rank, see = offers.rank, offers.view_stands_still

    def counted_rank(*arguments: Any) -> None:
        made.append("ranked")
        rank(*arguments)

    def counted_see(*arguments: Any) -> bool:
        made.append(see(*arguments))
        return made[-1]

    monkeypatch.setattr(offers, "rank", counted_rank)
    monkeypatch.setattr(offers, "view_stands_still", counted_see)
    _played(case_from(scenario(negotiation(2, 2))), 1)
    assert made.count("ranked") == 2
    assert made.count(False) == 4  # the first two looks of each
    assert made.count(True) > 200
    made.clear()
    _played(compile_case(complete(load_scenario(resources.scenario_path(resources.list_scenarios()[0])))), 5)
    assert made.count(False) > 20
    assert "ranked" not in made
