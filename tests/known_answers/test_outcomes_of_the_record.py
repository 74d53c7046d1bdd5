"""Episodes of the record, coded in the summit's quantities: the outcome classes call them what the model says they were.

Model, section 15. The coding is coarse on purpose: what was in force, since when, when the two sides last met and when
something major last happened. Two of the episodes turn on the window of 180 days and on the pressure that is assumed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import pytest

from sim.acts.quantities import look
from sim.acts.readings import classify
from sim.engines import event_engine
from sim.engines.history import History
from tests.played import SEED, case_of

FREEZE = {"denuc": 0.35, "verif": 0.6, "relief": 0.2, "status": 0.2, "tests": 0.5, "cbm": 0.2}
DISABLEMENT = {"denuc": 0.35, "verif": 0.4, "relief": 0.2, "status": 0.2, "tests": 0.4, "cbm": 0.2}


@dataclass(frozen=True)
class Episode:
    """How things stood on a day."""

    day: date
    outcome: str
    levels: dict = field(default_factory=dict)
    deal: date | None = None  # in force since
    declaration: bool = False
    met: date | None = None  # last session or agreed date
    major: date | None = None  # last major provocation
    pressure: float = 0.4


EPISODES = [
    Episode(date(2000, 12, 31), "interim_deal", FREEZE, deal=date(1994, 10, 21), met=date(2000, 10, 23)),
    Episode(date(2003, 12, 31), "frozen_stalemate", met=date(2003, 8, 27)),
    Episode(date(2007, 12, 31), "interim_deal", DISABLEMENT, deal=date(2007, 2, 13), met=date(2007, 10, 3)),
    Episode(date(2009, 12, 31), "frozen_stalemate", major=date(2009, 5, 25)),
    Episode(date(2017, 12, 31), "max_pressure", major=date(2017, 11, 29), pressure=0.72),
    Episode(
        date(2018, 12, 31), "hollow_declaration", declaration=True, met=date(2018, 10, 7), major=date(2017, 11, 29)
    ),
    Episode(date(2020, 3, 9), "hollow_declaration", declaration=True, met=date(2019, 10, 5), major=date(2017, 11, 29)),
    Episode(date(2020, 4, 3), "frozen_stalemate", declaration=True, met=date(2019, 10, 5), major=date(2017, 11, 29)),
    Episode(date(2022, 12, 31), "max_pressure", met=date(2019, 10, 5), major=date(2022, 11, 18), pressure=0.65),
    Episode(date(2022, 12, 31), "frozen_stalemate", met=date(2019, 10, 5), major=date(2022, 11, 18), pressure=0.55),
]


def class_of(h: History) -> str:
    """The outcome class of a history's present situation."""
    h(look)
    return h.case.spec.outcomes[h(classify)].id


def outcome_of(episode: Episode, **changes) -> str:
    """The class of an episode, read as the engine reads it; today is day 0 of the history."""
    h = event_engine.build(case_of("summit", changes), 0, SEED)

    def ago(day: date) -> float:
        return float((day - episode.day).days)

    w = h.w
    w.level = [episode.levels.get(name, h.case.spec.issues[name].start) for name in h.case.issue_ids]
    if episode.deal is not None:
        w.deal, w.deal_since = h.case.named["small_deal_liaison"], ago(episode.deal)
    w.declaration = int(episode.declaration)
    w.last_session = ago(episode.met) if episode.met is not None else -1e9
    w.last_major = ago(episode.major) if episode.major is not None else -1e9
    w.pressure = episode.pressure
    return class_of(h)


@pytest.mark.parametrize("episode", EPISODES, ids=lambda episode: f"{episode.day}-{episode.outcome}")
def test_the_record_is_called_what_it_was(episode):
    assert outcome_of(episode) == episode.outcome


def test_how_much_turns_on_the_window():
    """Half a year after the talks of October 2019: with a window of 150 days it is a stalemate a month earlier."""
    march = EPISODES[6]
    assert (march.day - march.met).days == 156
    window = {"mechanisms.talks.window": "150 days"}
    assert outcome_of(march, **window) == "frozen_stalemate"
    assert outcome_of(EPISODES[4], **{"mechanisms.talks.window": "30 days"}) == "frozen_stalemate"


def test_a_dispute_or_a_young_deal_is_no_interim_deal():
    young = Episode(date(2007, 5, 1), "", DISABLEMENT, deal=date(2007, 2, 13), met=date(2007, 2, 13))
    assert outcome_of(young) == "frozen_stalemate"
    h = event_engine.build(case_of("summit"), 0, SEED)
    h.w.deal, h.w.deal_since = h.case.named["interim_yongbyon"], -100.0
    h.w.level = h.row_of(h.w.deal)
    assert class_of(h) == "interim_deal"
    h.w.deal_disputed = 1
    assert class_of(h) != "interim_deal"


def test_reciprocity_must_be_in_one_signed_package():
    """Tests halted and sanctions eased without the arms being touched: a deal if one text promised both."""
    levels = {"tests": 0.55, "relief": 0.2}
    for package, outcome in (("small_deal_liaison", "interim_deal"), ("hollow_declaration", "frozen_stalemate")):
        h = event_engine.build(case_of("summit"), 0, SEED)
        h.w.deal, h.w.deal_since = h.case.named[package], -100.0
        h.w.level = [levels.get(name, 0.0) for name in h.case.issue_ids]
        assert class_of(h) == outcome
