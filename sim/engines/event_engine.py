"""The SimPy engine: one process a track, hazard, crisis and agreement around one world.

`run_block` plays a range of replications and returns their tables; `play` plays one, with its
full decision log on demand. A history depends on (case, root seed, replication) only.
"""

from __future__ import annotations

import gc
import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from sim.engines.agreement import Agreement
from sim.engines.councils import Bundles, Resolutions, StagedConsent
from sim.engines.crisis import Crisis
from sim.engines.history import History
from sim.engines.log import Log
from sim.engines.meetings import Contacts, LeadersMeeting, OffersToTalk
from sim.engines.results import Recorder
from sim.engines.shocks import Hazard
from sim.engines.talks import AlternatingOffers, SingleText
from sim.model.compile import Case

NAME = "simpy"

_TABLES = {"alternating_offers": AlternatingOffers, "single_text": SingleText}
_COUNCILS = {"bundles": Bundles, "staged_consent": StagedConsent, "resolutions": Resolutions, "contacts": Contacts}


def build(case: Case, replication: int, root_seed: int, log: Log | None = None, branch: int = 0) -> History:
    """A history with all its processes, ready to run.

    Processes are made in order of entity key, so the order in the file never shows.
    """
    h = History(case, replication, root_seed, log, branch)
    h.recorder = Recorder(h)
    ladder = h.spec.mechanisms.ladder
    if ladder is not None and ladder.enabled:
        h.crisis = Crisis(h)
        h.strike_rung = h.crisis.strike_rung
    agreements = h.spec.mechanisms.agreements
    if agreements is not None and agreements.enabled:
        h.agreement = Agreement(h)
    enabled = [name for name in h.track_ids if h.spec.tracks[name].enabled]
    for name in enabled:
        if h.spec.tracks[name].protocol == "final_offer":
            h.meetings[name] = LeadersMeeting(h, name)
    for name in enabled:
        protocol = h.spec.tracks[name].protocol
        if protocol in _TABLES:
            h.tables[name] = _TABLES[protocol](h, name)
        elif protocol in _COUNCILS:
            h.councils[name] = _COUNCILS[protocol](h, name)
    for name in sorted(h.spec.hazards, key=case.keys["hazards"].__getitem__):
        if h.spec.hazards[name].enabled:
            h.hazards[name] = Hazard(h, name)
    if h.talks_used and (h.tables or h.meetings):
        h.offers_to_talk = OffersToTalk(h)
    restraint = h.spec.mechanisms.restraint
    if restraint is not None and restraint.enabled and restraint.promised_at is not None:
        h.env.process(h.promise_restraint(restraint.promised_at))
    h.env.process(h.pulse())
    h.ready()
    h.look()
    return h


def play(
    case: Case, replication: int, root_seed: int, log: Log | None = None, branch: int = 0
) -> tuple[dict[str, Any], list[dict[str, Any]], History]:
    """One history: its row of results, its rows of paths, and the history itself."""
    h = build(case, replication, root_seed, log, branch)
    h.env.run(until=h.finished)
    row = h.recorder.finish()
    case.__dict__["_ahead"].learn(h.counters)
    return row, h.recorder.paths, h


def run_block(case: Case, replications: Iterable[int], root_seed: int) -> dict[str, dict[str, np.ndarray]]:
    """Tables of the given replications: `results` (a row each) and `paths` (a row each and grid point)."""
    rows: list[dict[str, Any]] = []
    paths: list[dict[str, Any]] = []
    # A history is a web of generators and events that end together: collecting while it runs finds nothing.
    collecting = gc.isenabled()
    gc.disable()
    try:
        for number, replication in enumerate(replications):
            row, path = play(case, replication, root_seed)[:2]
            rows.append(row)
            paths.extend(path)
            if number % 32 == 31:
                # With collection off all that is new is in the youngest generation: the rest need not be looked at.
                gc.collect(0)
    finally:
        if collecting:
            gc.enable()
    return {"results": columns_of(rows), "paths": columns_of(paths)}


def columns_of(rows: list[dict[str, Any]]) -> dict[str, np.ndarray]:
    """Rows as equally long columns: int64 for `replication`, text as objects, all else float64."""
    if not rows:
        return {}
    columns: dict[str, np.ndarray] = {}
    for name, example in rows[0].items():
        values = [row[name] for row in rows]
        if name == "replication":
            columns[name] = np.array(values, dtype=np.int64)
        elif isinstance(example, str):
            columns[name] = np.array(values, dtype=object)
        else:
            columns[name] = np.array(values, dtype=np.float64)
    return columns


def events_in(case: Case, root_seed: int, replications: Iterable[int]) -> float:
    """Median number of events of the given histories."""
    counts = sorted(play(case, replication, root_seed)[0]["events"] for replication in replications)
    return counts[len(counts) // 2] if counts else math.nan


__all__ = ["NAME", "build", "columns_of", "events_in", "play", "run_block"]
