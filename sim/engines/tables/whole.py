"""All tables of a scenario, and how large the lists of its histories are."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

from sim.acts.codes import TRAITS
from sim.engines.tables import (
    actors,
    clocks,
    expressions,
    games,
    hazards,
    inputs,
    mechanisms,
    packages,
    results,
    tracks,
)
from sim.engines.tables.maker import Maker
from sim.engines.tables.results import Column
from sim.model.compile import Case
from sim.world.fields import TABLES

ADDRESSES = 512  # of draws that a history may ask for, at least


_MAKING = threading.Lock()  # conditions are compiled into the case on the way, which threads of a run share


@dataclass(frozen=True)
class Setup:
    """What both engines need of a scenario: tables by name, sizes of lists, columns, and names by number."""

    tables: dict[str, Any]
    sizes: dict[str, int]
    columns: tuple[Column, ...]
    track_ids: tuple[str, ...]
    hazard_ids: tuple[str, ...]
    veto_ids: tuple[str, ...]
    line_ids: tuple[tuple[str, str], ...]
    counters: dict[str, int]
    times: dict[str, int]
    belief_traits: tuple[str, ...]  # of each belief: a trait, or a red line by name
    own_tactics: tuple[str, ...]  # names of tactics that packages register, by number


def setup_of(case: Case, room: int = 1) -> Setup:
    """The set-up of a case, made once; ``room`` multiplies how much a history may put off and draw."""
    known = case.__dict__.setdefault("_setups", {})
    if room not in known:
        with _MAKING:
            if room not in known:
                known[room] = _make(case, room)
    return known[room]


def _make(case: Case, room: int) -> Setup:
    m = Maker(case)
    hazards.no_effects(m)
    inputs.inputs(m)
    packages.packages(m)
    mechanisms.mechanisms(m)
    actors.actors(m)
    tracks.tracks(m)
    tracks.fixed_views(m)
    hazards.hazards(m)
    games.games(m)
    hazards.effects(m)
    clocks.arrivals(m)
    clocks.clocks(m, clocks.RATIFICATIONS * room, clocks.DEFERRED * room)
    columns = results.results(m)
    expressions.expressions(m)
    actors.line_credibility(m)
    m.sizes.update(five=5, eight=8, addresses=_power_of_two(room * max(ADDRESSES, 4 * _words(m))))
    expected = {field.name for field in TABLES}
    assert set(m.tables) == expected, set(m.tables) ^ expected
    return Setup(
        m.tables, m.sizes, tuple(columns), tuple(m.track_ids), tuple(m.hazard_ids), tuple(m.veto_ids),
        tuple(m.line_ids), m.counters, m.times, tuple(_belief_traits(m)), tuple(m.own_tactics),
    )  # fmt: skip


def _belief_traits(m: Maker) -> list[str]:
    pairs = zip(m.tables["belief_trait"], m.tables["belief_line"], strict=True)
    return [f"red_line.{m.line_ids[line][1]}" if line >= 0 else TRAITS[trait] for trait, line in pairs]


def _words(m: Maker) -> int:
    """About how many streams, entities and lanes a history of the scenario draws from."""
    seats = sum(m.tables["num_parties"])
    game = 0 if m.game is None else 4 * (len(m.game.moves) + len(m.game.types))
    return game + 16 * len(m.case.actor_ids) + 16 * len(m.track_ids) + 4 * len(m.hazard_ids) + 2 * seats + len(m.line_ids)


def _power_of_two(least: int) -> int:
    return 1 << (least - 1).bit_length()
