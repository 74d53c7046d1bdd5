"""Every mechanism of the summit does something: switched off, a named figure moves in the stated direction.

Both arms play the same replications with the same seed, so the difference is paired; it must exceed 4.1 of its
standard errors. Where the model says that nothing is left, the figure must be exactly zero. Some mechanisms are rare or
small by design (an election a thousand days ahead, a leader's death): their rows say under which circumstances both
arms are played, and the last tests of this file look at a single decision. ``docs/model/signs.md`` says which and why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pytest

from sim.acts import constraints, deals, worth
from sim.acts.quantities import look
from sim.acts.slow import advance
from sim.engines import event_engine
from tests.counts import sample_size
from tests.played import SEED, YEAR, Block, case_of, digest_of, play_block
from tests.statistics_helpers import SIGMAS

M = "mechanisms"
SIGNALS = {"hazards.goodwill.rate": 3, "hazards.covert_exposure.rate": 0.7}
EXITS = {"hazards.us_leader_exit.rate": 2, "hazards.incident.rate": 1.5}
SHORT_LIVED = {"hazards.prk_leader_exit.rate": 4}
PRESSED = {f"{M}.talks.on_at_start": False}  # no talks, no pause: major tests come at their full rate
UNPAUSED = {"hazards.launch.paused": "false"}
SLIPPERY = {"hazards.incident.rate": 6, f"{M}.ladder.rungs.6.risk": 0.02, f"{M}.ladder.rungs.7.risk": 0.02}
QUICK_PACT = {
    "tracks.pact.stage_duration": "20 days",
    "tracks.pact.first_round": "30 days",
    "tracks.pact.every": "30 days",
    "tracks.pact.eligible": "talks_on",
}
HOSTILE_MIDTERM = {
    "horizon": "2 years",
    "readings": ["2 years"],
    "hazards.midterm.effects.hostile_vetoes": 2,
    f"{M}.agreements.collapse.base": 0.5,
}
EARLY_ELECTION = {
    "hazards.presidential.at": ["2018-06-01"],
    "hazards.presidential.effects.leader.probability": 1,
    "hazards.presidential.effects.leader.delay": "1 day",
}
COSTLY_PRESSURE = {f"{M}.sanctions.cost": 0.12, f"{M}.sanctions.adaptation": 0.5}  # ends of their ranges
CHEAP_WAR = {"actors.USA.types.war_cost": 0.35}
UP, DOWN = True, False


@dataclass(frozen=True)
class Switch:
    """A mechanism, the figure that shows it, and which way the figure goes when it is switched off."""

    off: str  # the path that is set to false
    figure: str
    up: bool
    zero: bool = False  # whether nothing at all is left of the figure
    under: Mapping[str, Any] = field(default_factory=dict)  # circumstances of both arms
    times: int = 1  # sample, in units of the smallest

    def __str__(self) -> str:
        return self.off.removesuffix(".enabled").removeprefix(f"{M}.")


SWITCHES = [
    Switch(f"{M}.tastes.enabled", "taste_error", DOWN, zero=True),
    Switch(f"{M}.learning.enabled", "belief_moved", DOWN, zero=True, under=SIGNALS),
    Switch(f"{M}.learning.enabled", "told_apart", DOWN, zero=True, under=SIGNALS, times=2),
    Switch(f"{M}.tension.enabled", "tension", DOWN, zero=True),
    Switch(f"{M}.talks.enabled", "count:events.launch", UP),  # nothing pauses them
    Switch(f"{M}.restraint.enabled", "count:events.icbm_or_nuclear", UP),
    Switch(f"{M}.rivalry.enabled", "path:pressure", UP),  # rivals enforce less
    Switch(f"{M}.provocation.enabled", "path:pressure", DOWN),
    Switch(f"{M}.capability.enabled", "metric:capability_prk", DOWN, zero=True),
    # An eroded reserve makes the same deal a larger gain; after a war there is none, which leaves fewer pairs.
    Switch(f"{M}.capability.enabled", "attribution", DOWN, times=2),
    Switch(f"{M}.sanctions.enabled", "pressure", UP, times=4),  # frozen pressure: nobody is relieved of it
    Switch(f"{M}.sanctions.enabled", "utility:PRK", DOWN, under=COSTLY_PRESSURE),  # nobody gets used to what is frozen
    Switch(f"{M}.expectation.enabled", "gap", DOWN),
    Switch(f"{M}.aftermath.enabled", "count:turned_to_pressure", DOWN, zero=True, times=2),
    Switch(f"{M}.aftermath.force", "count:force_after_failure", DOWN, zero=True, under=CHEAP_WAR),
    Switch(f"{M}.aftermath.force", "max_rung", DOWN, under=CHEAP_WAR),
    Switch(f"{M}.ladder.enabled", "max_rung", DOWN, zero=True),
    Switch(f"{M}.ladder.autonomous_risk", "count:slides", DOWN, zero=True, under=SLIPPERY),
    Switch(f"{M}.ladder.autonomous_risk", "max_rung", DOWN, under=SLIPPERY),
    Switch(f"{M}.ladder.audience_costs", "count:concessions", UP, times=2),
    Switch(f"{M}.agreements.enabled", "count:milestones", DOWN, zero=True),
    Switch(f"{M}.agreements.enabled", "level:denuc", UP),  # what is signed is done
    Switch(f"{M}.agreements.cheating", "count:cheats", DOWN, zero=True, times=2),
    Switch(f"{M}.agreements.cheating", "count:disputes", DOWN, times=4),
    Switch(f"{M}.veto_players", "count:blocked", DOWN, zero=True),
    Switch(f"{M}.veto_players", "path:deal", UP),
    Switch(f"{M}.overconfidence", "count:maximal_offers", DOWN, times=2, under=YEAR),
    Switch("tracks.working.enabled", "count:deals", DOWN),
    Switch("tracks.summit.enabled", "count:declarations", DOWN, zero=True),
    Switch("tracks.summit.enabled", "count:rounds.working", UP),  # officials pause for nobody
    Switch("tracks.inter_korean.enabled", "level:cbm", DOWN),
    Switch("tracks.back_channel.enabled", "count:revivals.summit", DOWN, zero=True),
    Switch("tracks.back_channel.enabled", "count:meetings", DOWN, times=2),
    Switch("tracks.pact.enabled", "level:guar", DOWN, under=QUICK_PACT),
    Switch("tracks.un.enabled", "path:pressure", DOWN, under=PRESSED),
    Switch("hazards.launch.enabled", "metric:enforcement_chn", DOWN, under=UNPAUSED),
    Switch("hazards.icbm_or_nuclear.enabled", "path:tension", DOWN, under=PRESSED),
    Switch("hazards.exercises.enabled", "path:tension", DOWN),
    Switch("hazards.incident.enabled", "path:rung", DOWN, under=EXITS),
    Switch("hazards.crisis.enabled", "path:rung", DOWN, times=2),
    Switch("hazards.covert_exposure.enabled", "trust", UP, under=SIGNALS),
    Switch("hazards.goodwill.enabled", "trust", DOWN),
    Switch("hazards.spoiler.enabled", "path:expectation", UP),
    Switch("hazards.rhetoric.enabled", "path:tension", DOWN),
    Switch("hazards.rivalry_shock.enabled", "path:pressure", UP),
    Switch("hazards.midterm.enabled", "count:collapses", DOWN, under=HOSTILE_MIDTERM, times=2),
    Switch("hazards.presidential.enabled", "metric:guarantee_credibility", UP, under=EARLY_ELECTION),
    Switch("hazards.us_leader_exit.enabled", "metric:guarantee_credibility", UP, under=EXITS),
    Switch("hazards.prk_leader_exit.enabled", "belief_moved", UP, under=SHORT_LIVED),  # a new leader is not known yet
]


def key_of(under: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((path, repr(value)) for path, value in under.items())


LARGEST = {
    key_of(switch.under): max(other.times for other in SWITCHES if other.under == switch.under) for switch in SWITCHES
}


@cache
def _baseline(key: tuple[tuple[str, str], ...]) -> Block:
    under = next(switch.under for switch in SWITCHES if key_of(switch.under) == key)
    return play_block("summit", LARGEST[key] * sample_size("mechanisms"), {**YEAR, **under})


@cache
def _switched_off(off: str, key: tuple[tuple[str, str], ...], times: int) -> Block:
    under = next(switch.under for switch in SWITCHES if key_of(switch.under) == key)
    return play_block("summit", times * sample_size("mechanisms"), {**YEAR, **under, off: False})


def arms(switch: Switch) -> tuple[Block, Block]:
    """The same histories with the mechanism on and off; the first arm is played once for all switches."""
    n = switch.times * sample_size("mechanisms")
    whole = _baseline(key_of(switch.under))
    points = len(whole["paths"]["day"]) // len(whole["results"]["replication"])
    on = {
        "results": {name: column[:n] for name, column in whole["results"].items()},
        "paths": {name: column[: n * points] for name, column in whole["paths"].items()},
    }
    return on, _switched_off(switch.off, key_of(switch.under), switch.times)


def figure(block: Block, name: str) -> np.ndarray:
    """A column of the results, the mean of a path (``path:``), or a figure of what is believed and wanted."""
    results = block["results"]
    if name.startswith("path:"):
        return block["paths"][name.removeprefix("path:")].reshape(len(results["replication"]), -1).mean(axis=1)
    if name == "belief_moved":
        return abs(results["metric:believed_dealer_prk"] - 0.2)
    if name == "told_apart":  # covariance of the belief with the truth
        true = results["input:actors.PRK.types.commitment"] == "dealer"
        return (results["metric:believed_dealer_prk"] - 0.2) * (true - 0.2)
    if name == "taste_error":
        return abs(results["input:actors.USA.utility.issues.denuc.weight"] - 0.40)
    return results[name]


def assert_moves(on: np.ndarray, off: np.ndarray, up: bool) -> None:
    """The mean paired difference has the sign and exceeds 4.1 of its standard errors; missing values are left out."""
    difference = off - on
    difference = difference[np.isfinite(difference)]
    assert difference.size >= 20
    error = difference.std(ddof=1) / difference.size**0.5
    moved = difference.mean() if up else -difference.mean()
    assert moved > SIGMAS * error, f"{moved / error if error else 0.0:+.2f} standard errors, 4.1 are wanted"


@pytest.mark.parametrize("switch", SWITCHES, ids=lambda switch: f"{switch}-{switch.figure}")
def test_switching_it_off_shows(switch):
    on, off = arms(switch)
    assert digest_of(on) != digest_of(off)
    assert_moves(figure(on, switch.figure), figure(off, switch.figure), switch.up)
    if switch.zero:
        assert abs(figure(off, switch.figure)).max() < 1e-12


BY_ONE_DECISION = {
    "election_pressure": {f"{M}.election_pressure.at": ["2018-08-01"]},
    "belief_collapse": {},
    "reference_dependence": {},
    "red_lines": {"choice.leaders": 10},  # leaders less sure of themselves reach beyond the line more often
}


@pytest.mark.parametrize("name", BY_ONE_DECISION)
def test_what_is_shown_by_one_decision_changes_whole_histories_too(name):
    under = {**YEAR, **BY_ONE_DECISION[name]}
    off = f"{M}.{name}" if name == "red_lines" else f"{M}.{name}.enabled"
    n = sample_size("mechanisms") // 4
    assert digest_of(play_block("summit", n, {**under, off: False})) != digest_of(play_block("summit", n, under))


def test_every_mechanism_track_and_hazard_has_a_row():
    """Four are shown by one decision instead, below and in ``test_response_node.py``."""
    spec = case_of("summit").spec
    rows = {str(switch).split(".")[-1] for switch in SWITCHES} | {str(switch).split(".")[0] for switch in SWITCHES}
    mechanisms = {name for name in type(spec.mechanisms).model_fields if getattr(spec.mechanisms, name) is not None}
    assert {*mechanisms, *spec.tracks, *spec.hazards} - rows == set(BY_ONE_DECISION)


def test_a_mechanism_that_is_already_off_would_fail():
    on, _ = arms(SWITCHES[2])
    with pytest.raises(AssertionError, match="standard errors"):
        assert_moves(on["results"]["tension"], on["results"]["tension"], False)


# One decision at a time


def ready(changes: Mapping[str, Any]) -> event_engine.History:
    h = event_engine.build(case_of("summit", {**YEAR, **changes}), 1, SEED)
    h.run_until(1.0)
    h(advance)
    h(look)
    return h


def test_an_election_makes_deadlock_dearer():
    """By cost * (1 - days left / window), and only to the side that stands for election."""
    near = {f"{M}.election_pressure.at": ["2018-04-09"], "tracks.working.enabled": False}  # 30 days after day 1
    on, off = ready(near), ready({**near, f"{M}.election_pressure.enabled": False})
    usa, prk = on.case.actor("USA"), on.case.actor("PRK")
    assert off(worth.disagreement, usa) - on(worth.disagreement, usa) == pytest.approx(0.01 * (1.0 - 30.0 / 180.0))
    assert off(worth.disagreement, prk) == on(worth.disagreement, prk)
    package = on.case.named["interim_yongbyon"]
    accept = [h(worth.utility, usa, package) - h(worth.disagreement, usa) for h in (on, off)]
    assert accept[0] > accept[1]


BOUND = {"actors.PRK.red_lines.arsenal.probability": 0.9, "actors.PRK.types.credibility": 0.38}


def test_a_red_line_keeps_packages_beyond_it_from_being_offered_and_accepted():
    """Its owner cannot; the other side believes it can with the chance that there is no line: exactly a tenth."""
    on, off = ready(BOUND), ready({**BOUND, f"{M}.red_lines": False})
    usa, prk = on.case.actor("USA"), on.case.actor("PRK")
    line = on.setup.line_ids.index(("PRK", "arsenal"))
    assert on.w.line_present[line]
    count = on.c.num_candidates
    beyond = [package for package in range(count) if constraints.beyond(on.c, line, package)]
    assert len(beyond) > 10
    bound, free = [0.0] * count, [0.0] * count
    on(constraints.allowed_for, on.track("summit"), prk, count, bound)
    off(constraints.allowed_for, off.track("summit"), prk, count, free)
    assert not any(bound[package] for package in beyond)
    assert any(free[package] for package in beyond)
    chances = {}
    for name, h in (("on", on), ("off", off)):
        out = [0.0] * count
        h(constraints.acceptance, usa, prk, h(worth.disagreement, prk), 40.0, [1.0] * count, out)
        chances[name] = out
    for package in range(count):
        share = 0.1 if package in beyond else 1.0
        assert chances["on"][package] == pytest.approx(share * chances["off"][package], rel=1e-9, abs=1e-300)


def test_relief_snaps_back_at_once_or_fades():
    """A deal with a third of relief ends: nothing is left of it, or three quarters after a quarter of a year."""
    levels = {}
    one_step = {
        f"{M}.agreements.milestones": 1,
        f"{M}.agreements.cheating": False,
        f"{M}.agreements.detection.false_alarm": 0,
        f"{M}.agreements.collapse.base": 0,
        "tracks.summit.enabled": False,
        "tracks.working.enabled": False,
    }
    for snapback in (True, False):
        h = ready({**one_step, f"{M}.agreements.snapback": snapback})
        k = h.case.issue("relief")
        h(deals.enter_into_force, h.package("interim_yongbyon"))
        h.run_until(100.0)
        assert h.w.level[k] == pytest.approx(0.35)
        h(deals.end_deal, deals.COLLAPSES)
        at_once = h.w.level[k]
        h.run_until(100.0 + 365.0 / 4.0 + 0.5)
        levels[snapback] = at_once, h.w.level[k]
    assert levels[True] == (0.0, 0.0)
    assert levels[False] == pytest.approx((0.35, 0.35 * 0.75))
