"""M01 to M04 on the shipped scenario, as the engine plays it: file, reader, compiler, menus and decisions together.

The rules alone are held against the same numbers, from tables typed independently, in ``test_golden_utilities.py`` and
``test_disappointment_table.py``. Here nothing is drawn: every input is at its point value, credibility at .15.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

from sim.acts import meetings
from sim.engines import event_engine
from sim.experiments.probes import ask
from sim.model.seed import Probe
from tests.known_answers.summit_tables import ACTORS, GOLDEN
from tests.played import SEED, case_of

M = "mechanisms"
POINT = {"sampling": "off", "actors.PRK.types.credibility": 0.15}
UNPRESSED = {**POINT, f"{M}.sanctions.cost": 0}
ENFORCED = {f"{M}.sanctions.enforcers.{name}.enforcement": 1 for name in ("CHN", "RUS", "ROK", "others")}
LAST_PRINTED = 5e-5  # four digits are printed


def answer(changes: Mapping[str, Any], **probe: Any) -> float:
    """One number of the first day."""
    return float(ask(case_of("summit", changes), Probe(**probe), [0], SEED)[0])


def test_the_scenario_has_every_package_and_actor_of_the_table():
    case = case_of("summit", UNPRESSED)
    assert set(GOLDEN) <= set(case.named)
    assert set(ACTORS) == set(case.actor_ids)


@pytest.mark.parametrize("package", GOLDEN)
@pytest.mark.parametrize("actor", ACTORS)
def test_a_package_of_the_scenario_is_worth_its_golden_value(actor, package):
    """M01; without what pressure costs, which the table leaves out."""
    found = answer(UNPRESSED, name="utility", actor=actor, package=package)
    assert found == pytest.approx(GOLDEN[package][ACTORS.index(actor)], abs=LAST_PRINTED)


@pytest.mark.parametrize(("cost", "threshold"), [(0, 0.3434), (0.05, 0.2347), (0.07, 0.1912), (0.10, 0.1260)])
def test_credibility_from_which_everything_buys_the_weapon(cost, threshold):
    """M02, at full pressure: the level 1, enforced by all."""
    changes = {**POINT, **ENFORCED, f"{M}.sanctions.level": 1, f"{M}.sanctions.cost": cost}
    found = answer(changes, name="threshold", actor="PRK", package="cvid_for_everything")
    assert found == pytest.approx(threshold, abs=LAST_PRINTED)


@pytest.mark.parametrize(
    ("package", "value"),
    [
        ("sq_march_2018", 0.0),
        ("hollow_declaration", 0.055),
        ("small_deal_liaison", 0.083),
        ("interim_yongbyon", 0.155),
        ("deep_cap", 0.213),
        ("us_hanoi_ask", 0.657),
        ("cvid_for_paper_guarantee", 1.0),
    ],
)
def test_triumph_scale_of_the_scenario(package, value):
    """M03."""
    case = case_of("summit", UNPRESSED)
    h = event_engine.build(case, 0, SEED)
    assert h(meetings.triumph, h.actor("USA"), h.package(package)) == pytest.approx(value, abs=5e-4)


# M04: what follows a first meeting without a result, costs of war at 2001 mid-quantiles

EXPECTATIONS = (0.1, 0.3, 0.5, 0.7, 0.9)
COSTS = [0.75 * math.exp(0.35 * NormalDist().inv_cdf((n + 0.5) / 2001)) for n in range(2001)]
# belief collapse, reference dependence, precision -> probability of force at EXPECTATIONS
FORCE = {
    (False, False, 12.0): (0.0528, 0.0528, 0.0528, 0.0528, 0.0528),
    (True, False, 12.0): (0.0553, 0.0583, 0.0614, 0.0632, 0.0639),
    (False, True, 7.5): (0.0241, 0.0380, 0.0512, 0.0532, 0.0508),
    (True, True, 7.5): (0.0264, 0.0444, 0.0629, 0.0663, 0.0642),
}
AT_LEADERS = {
    (False, False, 40.0): (0.0308, 0.0308),
    (True, False, 40.0): (0.0337, 0.0436),
    (False, True, 25.0): (0.0113, 0.0421),
    (True, True, 25.0): (0.0134, 0.0580),
}


@cache
def chances_of_force(collapse: bool, losses: bool, precision: float) -> tuple[float, ...]:
    """Probability of force at each expectation, by the decision that histories take."""
    changes = {
        **UNPRESSED,
        f"{M}.belief_collapse.enabled": collapse,
        f"{M}.reference_dependence.enabled": losses,
        "choice.aftermath": precision,
        "choice.aftermath_reference": precision,
        f"{M}.learning.enabled": False,  # what others conclude from it takes most of the time
    }
    h = event_engine.build(case_of("summit", changes), 0, SEED)
    meeting, actor = h.track("summit"), h.actor("USA")
    beliefs = h.w.belief_talks, h.w.belief_pressure
    found = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(meetings, "strike", lambda *_: 1)
        patch.setattr(meetings, "other_responds", lambda *_: None)
        for expectation in EXPECTATIONS:
            total = 0.0
            for cost in COSTS:
                h.w.expectation, h.w.war_cost[actor] = expectation, cost
                h.w.belief_talks, h.w.belief_pressure = beliefs
                h.w.force_probability = math.nan
                h(meetings.disappoint, expectation, 0.0)
                h(meetings.respond, meeting, 0.0, -1, True)
                total += h.w.force_probability
            found.append(total / len(COSTS))
    return tuple(found)


@pytest.mark.parametrize("row", FORCE, ids=str)
def test_chance_of_force_after_a_failed_meeting_of_the_scenario(row):
    assert chances_of_force(*row) == pytest.approx(FORCE[row], abs=LAST_PRINTED)


@pytest.mark.parametrize("row", AT_LEADERS, ids=str)
def test_range_of_the_chance_of_force_at_the_precision_of_leaders(row):
    found = np.array(chances_of_force(*row))
    assert (found.min(), found.max()) == pytest.approx(AT_LEADERS[row], abs=LAST_PRINTED)
