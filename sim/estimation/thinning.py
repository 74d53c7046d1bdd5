"""A self-exciting hazard played as the engines play it, at addressed draws: for bootstrap samples and to recover planted values.

The same rules as in a history: arrivals own a unit exponential, which is spent at the rate of the last update; a change of rate at a
pause moves the due time; candidates of a fading rate are thinned.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.estimation.point_record import PointRecord
from sim.estimation.self_exciting import SelfExciting
from sim.randomness import Stream, key_of, uniform_pair
from sim.rules import hazards

KEY = key_of("self-exciting hazard")


def play(hazard: SelfExciting, like: PointRecord, root_seed: int, sample: int, lane: int = 0) -> PointRecord:
    """Events of a hazard in the window of a record, with its pauses and after its earlier events.

    Parameters
    ----------
    hazard : SelfExciting
    like : PointRecord
        Its window, pauses and earlier events are taken; its events are not.
    root_seed, sample, lane : int
        Address of the draws: stream ANALYSIS, key of `self-exciting hazard`, the sample in place of the replication.
    """
    decay = hazard.decay
    excitation, excited_at = 0.0, like.start
    for time in like.earlier:
        excitation = hazards.excitation_after(excitation, decay, time - excited_at) if excited_at < time else excitation
        excitation = hazards.excitation_with_event(excitation, hazard.branching, decay)
        excited_at = time
    excitation = hazards.excitation_after(excitation, decay, like.start - excited_at)
    draws = _draws(root_seed, sample, lane)
    times: list[float] = []
    now = like.start
    gap, keep = draws()
    remaining = hazards.unit_exponential(gap)
    for _, end, paused in like.pieces():
        while True:
            bound = hazards.self_exciting_rate(hazard.baseline, 1.0, excitation, hazard.paused_rate, paused)
            due = hazards.due_time(now, remaining, bound)
            if due >= end:  # the rate changes before: what is left of the arrival's amount goes on at the new one
                remaining = hazards.left_over(remaining, bound, end - now)
                excitation = hazards.excitation_after(excitation, decay, end - now)
                now = end
                break
            excitation = hazards.excitation_after(excitation, decay, due - now)
            now = due
            rate = hazards.self_exciting_rate(hazard.baseline, 1.0, excitation, hazard.paused_rate, paused)
            if hazards.accepts_candidate(keep, rate, bound):
                times.append(now)
                excitation = hazards.excitation_with_event(excitation, hazard.branching, decay)
            gap, keep = draws()
            remaining = hazards.unit_exponential(gap)
    return PointRecord(like.start, like.end, np.array(times), like.earlier, like.pauses)


def _draws(root_seed: int, sample: int, lane: int) -> Callable[[], tuple[float, float]]:
    counter = 0

    def draw() -> tuple[float, float]:
        nonlocal counter
        counter += 1
        return uniform_pair(root_seed, sample, 0, Stream.ANALYSIS, KEY, lane, counter - 1)

    return draw
