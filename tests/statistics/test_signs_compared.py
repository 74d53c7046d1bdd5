"""All fifteen signs of model.md section 18 as one comparison of policies, by the code behind `sim compare`.

Each sign is two policies of a year or three of the summit, over the same draws. ``docs/model/signs.md`` says which of them whole
histories resolve; those are asserted to be there, the others not to be there the wrong way round. Decisions that decide the
others in every single world are in ``test_signs.py`` and ``test_response_node.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pytest

from sim import resources
from sim.analysis.comparison import Compared, compare
from sim.analysis.paired_differences import Difference, difference
from sim.experiments.arms import arms_of
from sim.experiments.comparison import Campaign
from tests.counts import sample_size
from tests.played import SEED
from tests.statistics_helpers import SIGMAS

M = "mechanisms"
CHINA = f"{M}.sanctions.enforcers.CHN"
NEITHER = f"{M}.belief_collapse.enabled=false; {M}.reference_dependence.enabled=false"
DANGEROUS = "actors.USA.types.war_cost.median=.55"  # failures are then answered by force often enough to be counted
THREE = "horizon=3 years; readings=[3 years]"
ONE = ["horizon=1 year", "readings=[1 year]"]
QUICK_PACT = (
    "tracks.pact.stage_duration=20 days; tracks.pact.first_round=30 days; tracks.pact.every=30 days; "
    "tracks.pact.eligible=talks_on; parameters.pact_sympathy.number=.1"
)
Claim = Literal["up", "down", "not down", "not up", "same", "hardly", "hardly down"]
HARDLY = 0.01  # of a share
LITTLE = 0.03  # of a number
# The sign is about the rate under pressure: where talks are likelier, or held longer, there are fewer launches in all.
OUTSIDE = "launches a year outside talks"
COUNTED = ("count:events.launch", "count:events_in_talks.launch", "days", "count:talks_days")


def mandates(verification: str) -> str:
    """What officials and leaders may agree to, as it is and with this bound on verification."""
    most = {"working": "denuc: {max: .6}", "summit": "denuc: {max: 1}"}
    return "; ".join(f"tracks.{t}.mandate={{{arms}, guar: {{max: .6}}, verif: {{{verification}}}}}" for t, arms in most.items())


@dataclass(frozen=True)
class Sign:
    """A change from low to high, and which way figures must go."""

    low: str
    high: str
    figures: dict[str, Claim]
    under: str = field(default="")

    def written(self, name: str, end: str) -> str:
        return f"{name}-{end}: {'; '.join(filter(None, (getattr(self, end), self.under)))}"


SIGNS = {
    "credibility": Sign(
        "actors.PRK.types.credibility=.05", "actors.PRK.types.credibility=.9",
        {"first_deal_level:denuc": "up", "metric:denuc_done": "up", "outcome=full_denuclearisation": "not down"},
    ),
    "war-cost": Sign(
        DANGEROUS, "actors.USA.types.war_cost.median=1.1",
        {"force_probability": "down", "metric:highest_rung": "down", "outcome=war": "not up", "attribution": "not up"},
    ),
    "hype-without-channels": Sign(
        f"{M}.expectation.hype=-.25", f"{M}.expectation.hype=.25",
        {"force_probability": "same", "outcome=war": "same", "utility:USA": "same", "max_rung": "same"},
        f"{NEITHER}; {M}.overconfidence=false",
    ),
    # Resolved at the decision (test_response_node.py) and in 2,000 histories (the README's experiment, test_thesis.py).
    "hype": Sign(f"{M}.expectation.hype=-.25", f"{M}.expectation.hype=.15", {"force_probability": "not down"}, DANGEROUS),
    "rounds": Sign(
        "tracks.working.gap=40 days; tracks.working.first_round=60 days", "tracks.working.gap=7 days; tracks.working.first_round=7 days",
        {"gap": "down", "expectation_at_meeting": "down", "rounds_before_meeting": "up"},
    ),
    "enforcement": Sign(
        f"{CHINA}.enforcement=.4; {CHINA}.relaxes=false", f"{CHINA}.enforcement=.95; {CHINA}.relaxes=false",
        {"count:talks_days": "not down", "first_deal_level:denuc": "not down", OUTSIDE: "hardly down"},
    ),
    "verification": Sign(
        mandates("max: .4"), mandates("min: .8"),
        {"first_deal_level:verif": "up", "count:collapses": "not up", "count:cheats": "not up", "time:deal": "not up"},
    ),
    "veto": Sign(f"{M}.veto_players=false", f"{M}.veto_players=true", {"time:deal": "down", "first_deal_level:denuc": "up"}),
    "audience-cost": Sign("actors.USA.audience_cost=.05", "actors.USA.audience_cost=.40", {"count:concessions": "not up"}),
    "risk": Sign(
        f"{M}.ladder.rungs.6.risk=.0003; {M}.ladder.rungs.7.risk=.001", f"{M}.ladder.rungs.6.risk=.03; {M}.ladder.rungs.7.risk=.1",
        {"count:crisis_days": "down"}, "hazards.incident.rate=3",
    ),
    # Does not hold in whole histories (docs/model/signs.md): what is asserted is that hardly anything moves.
    "impatience": Sign("actors.USA.patience=.1", "actors.USA.patience=.8", {"attribution": "hardly"}),
    "patience": Sign(
        "actors.USA.patience=.8; actors.PRK.patience=.3", "actors.USA.patience=.1; actors.PRK.patience=.03",
        {"nash_product": "not down", "third_party_welfare": "not down"},
    ),
    "arms": Sign(
        f"{M}.capability.growth=0", f"{M}.capability.growth=.003", {"metric:capability_prk": "up", "count:invitations.summit": "not down"},
        f"{M}.capability.erosion=.3; {THREE}",
    ),
    "fear-of-china": Sign(
        "parameters.threat_perception_chn.number=0", "parameters.threat_perception_chn.number=1", {"count:in_force.pact": "not down"},
        QUICK_PACT,
    ),
    "meeting": Sign(
        "tracks.summit.enabled=false", "tracks.summit.enabled=true",
        {"variance:utility:PRK": "up", "variance:third_party_welfare": "up", "variance:utility:USA": "not down"}, DANGEROUS,
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def compared(tmp_path_factory) -> Compared:
    """Both ends of all signs, and the summit as it is, in one comparison."""
    file = [("summit", str(resources.scenario_path("summit")))]
    written = [sign.written(name, end) for name, sign in SIGNS.items() for end in ("low", "high")]
    also = sorted({figure.removeprefix("variance:") for sign in SIGNS.values() for figure in sign.figures} - {OUTSIDE} | set(COUNTED))
    campaign = Campaign(arms_of(file, written=written, changes=ONE), SEED, tmp_path_factory.mktemp("signs") / "c", workers=1)
    played = campaign.play(sample_size("signs_compared"))
    return compare(played, also=[name for name in also if "=" not in name and not name.startswith(("time:", "utility:"))], pairs=0)


def found(compared: Compared, name: str, figure: str) -> Difference:
    """The difference of a figure, high less low; of a variance that of the squared distances from the mean, of a rate that of its parts."""
    if figure == OUTSIDE:
        measure = next(item for item in compared.measures if item.id == COUNTED[0])
        high, low = (launches_outside(compared.rows[f"{name}-{end}"]) for end in ("high", "low"))
        return difference(measure, f"{name}-high", f"{name}-low", high, low)
    id_ = figure.removeprefix("variance:")
    measure = next(item for item in compared.measures if item.id == id_)
    low, high = (measure.of(compared.rows[f"{name}-{end}"]) for end in ("low", "high"))
    if id_ != figure:
        low, high = ((values - values.mean()) ** 2 for values in (low, high))
    return difference(measure, f"{name}-high", f"{name}-low", np.asarray(high), np.asarray(low))


def launches_outside(rows) -> np.ndarray:
    """What each history adds to the ratio of sums, linearised: the mean is launches a year of time outside talks."""
    launches, in_talks, days, talks = (np.asarray(rows[column], dtype=float) for column in COUNTED)
    ratio = (launches - in_talks).sum() / (days - talks).sum()
    return 365.0 * (ratio + (launches - in_talks - ratio * (days - talks)) / (days - talks).mean())


def test_there_are_fifteen():
    assert len(SIGNS) == 15


@pytest.mark.parametrize("name", SIGNS)
def test_what_is_changed_moves_things_the_way_it_should(compared, name):
    for figure, claim in SIGNS[name].figures.items():
        item = found(compared, name, figure)
        assert item.pairs >= 10, figure
        reach = SIGMAS * item.standard_error
        told = f"{figure} {item.difference:+.4g}, {item.difference / item.standard_error if item.standard_error else 0.0:+.1f} se"
        match claim:
            case "same":
                assert item.differing == 0, told
            case "hardly":
                assert abs(item.difference) < HARDLY + reach, told
            case "hardly down":
                assert item.difference > -LITTLE * item.other_value - reach, told
            case "up" | "down":
                assert (item.difference if claim == "up" else -item.difference) > reach, told
            case _:
                assert (item.difference if claim == "not down" else -item.difference) >= -reach, told


def test_a_sign_that_is_turned_round_is_found(compared):
    """The same comparison refutes a false claim."""
    item = found(compared, "rounds", "gap")
    assert not item.difference > SIGMAS * item.standard_error and item.verdict == "less"
