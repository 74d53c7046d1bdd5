"""Scenarios ready to be played by tests, each compiled once, and what several tests do with a history.

    block = play_block("summit", 40, {"mechanisms.red_lines": False})
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from sim import resources
from sim.acts.choosing import NODES
from sim.engines import batch_engine, event_engine, rows
from sim.engines.history import History
from sim.engines.log import Log
from sim.experiments.digest import digest
from sim.model.compile import Case, compile_case
from sim.model.complete import complete, to_yaml
from sim.model.load import load_document, load_scenario
from sim.model.reader import read_text

SEED = 20180309
FIXTURES = {path.stem: path for path in sorted((Path(__file__).parent / "spec" / "valid").glob("*.yaml"))}
YEAR = {"horizon": "1 year", "readings": ["1 year"]}
THREE_YEARS = {"horizon": "3 years", "readings": ["3 years"]}

Block = dict[str, dict[str, np.ndarray]]


def case_of(name: str, changes: Mapping[str, Any] | None = None) -> Case:
    """A shipped scenario or a fixture, with changes by path, compiled."""
    return _case(name, json.dumps(dict(changes or {}), sort_keys=True))


@lru_cache(maxsize=64)
def _case(name: str, changes: str) -> Case:
    path = FIXTURES.get(name) or resources.scenario_path(name)
    return compile_case(complete(load_scenario(path, overrides=json.loads(changes))))


def case_from(data: Mapping[str, Any]) -> Case:
    """A scenario given as plain data, written as YAML, read, checked and compiled."""
    return compile_case(complete(load_document(read_text(to_yaml(data, header=False), "test.yaml")).spec))


def shuffled(value: Any, order: random.Random) -> Any:
    """The same plain data with all mappings in another order; lists, whose order carries meaning, keep theirs."""
    if isinstance(value, dict):
        keys = list(value)
        order.shuffle(keys)
        return {key: shuffled(value[key], order) for key in keys}
    if isinstance(value, list):
        return [shuffled(item, order) for item in value]
    return value


def bare_scenario(**parts: Any) -> dict[str, Any]:
    """Two actors who want opposite things and have nowhere to talk: the frame for a scenario of hazards alone."""
    actors = {
        name: {"role": "principal", "utility": {"issues": {"pie": {"weight": 1, "ideal": ideal}}}}
        for name, ideal in (("one", 1), ("two", 0))
    }
    return {
        "schema_version": 1,
        "id": "bare",
        "title": "Bare",
        "description": "Only what the test is about.",
        "start": "2030-01-01",
        "horizon": "1 year",
        "grid": 2,
        "sources": {"invented": {"title": "An invented case for tests", "kind": "judgement"}},
        "sides": ["one", "two"],
        "issues": {"pie": {"conceder": ["two"]}},
        "actors": actors,
        "menu": {"grid": 2, "neighbours": False},
        "outcomes": [{"class": "early", "when": "time < 1"}, {"class": "late", "when": True}],
        **parts,
    }


def play_block(name: str, replications: int, changes: Mapping[str, Any] | None = None, seed: int = SEED) -> Block:
    """Tables of the first replications; compiled, which `tests/engines` finds to be the same."""
    return batch_engine.run_block(case_of(name, changes), range(replications), seed)


def play_logged(case: Case, replication: int, seed: int = SEED) -> tuple[dict[str, Any], History, Log]:
    """One history with its full log: row of results, history, log."""
    log = Log()
    row, _, history = event_engine.play(case, replication, seed, log)
    return row, history, log


def row_of(h: History) -> dict[str, Any]:
    """Row of results of a history that has been run."""
    return rows.row_of(h.setup, h.replication, event_engine.numbers_of(h))


def first_options(h: History) -> list[tuple[str, int, list[float]]]:
    """Node, actor and values of every decision from now on; the first option is always taken."""
    listener = _Listener()
    h.w.supposed = 1
    h.w.log = listener
    return listener.decisions


class _Listener:
    """Hears what acts tell, and keeps the decisions."""

    def __init__(self) -> None:
        self.decisions: list[tuple[str, int, list[float]]] = []

    def decision(self, w: Any, c: Any, node: int, actor: int, track: int, values: Any, allowed: Any, size: int, *_: Any) -> None:
        self.decisions.append((NODES[node], actor, list(values[:size])))

    def assent(self, *_: Any) -> None: ...

    def event(self, *_: Any) -> None: ...

    def learned(self, *_: Any) -> None: ...


def steps(case: Case, replication: int, seed: int = SEED, log: Log | None = None) -> Iterator[History]:
    """One history, handed out after every event of its loop."""
    history = event_engine.build(case, replication, seed, log)
    while not history.finished.processed:
        history.env.step()
        yield history


def digest_of(block: Block) -> str:
    """The digest of a block's tables."""
    return digest(block)


def same(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two columns are equal to the last bit; nan equals nan."""
    if one.dtype == object or other.dtype == object:
        return bool((one == other).all())
    return bool(np.array_equal(one, other, equal_nan=True))


def game_scenario(game: dict[str, Any], parameters: Mapping[str, float] | None = None, **parts: Any) -> dict[str, Any]:
    """Two players and nothing but a game between them."""
    return {
        "schema_version": 1,
        "id": "game",
        "title": "Game",
        "description": "Only what the test is about.",
        "start": "2030-01-01",
        "horizon": "1000 days",
        "grid": 2,
        "pulse": "1000 days",
        "sources": {"invented": {"title": "An invented case for tests", "kind": "judgement"}},
        "actors": {name: {"role": "principal"} for name in ("A", "B", "C")},
        "parameters": {name: {"number": value} for name, value in (parameters or {}).items()},
        "game": {"players": {"A": {}, "B": {}}, **game},
        "outcomes": [{"class": "ended", "when": "game.over"}, {"class": "open", "when": True}],
        **parts,
    }


def columns_of(data: Mapping[str, Any], replications: int, *names: str, seed: int = SEED) -> list[np.ndarray]:
    """Some columns of the results of a scenario given as plain data, compiled."""
    results = batch_engine.run_block(case_from(data), range(replications), seed)["results"]
    return [results[name] for name in names]
