"""Questions to single decisions: they answer with the engine's own probabilities and refuse what cannot be asked."""

from __future__ import annotations

import pytest

from sim.acts.meetings import consider_talks
from sim.acts.quantities import look
from sim.engines import event_engine
from sim.engines.log import Log
from sim.errors import UsageError
from sim.experiments.probes import ask
from sim.model.seed import Probe
from tests.played import SEED, case_of

DRAWS = range(6)
UNHURRIED = {"mechanisms.talks.enabled": False}


def answers(changes=None, **probe):
    return ask(case_of("summit", changes or {}), Probe(**probe), DRAWS, SEED)


@pytest.mark.parametrize("actor", ["PRK", "USA"])
def test_talks_are_offered_with_the_probability_of_the_engine(actor):
    """The decision that a history logs when it is the actor's turn and talks have ended."""
    found = answers(name="talks", actor=actor)
    case = case_of("summit")
    for replication in DRAWS:
        log = Log()
        h = event_engine.build(case, replication, SEED, log)
        h.w.talks_on = 0
        h.w.offers_turn = 0 if h.actor(actor) == h.c.side_one else 1
        h(look)
        h(consider_talks)
        first = next(item for item in log.decisions if item.node == "offer_talks")
        assert (first.actor, first.probabilities[0]) == (actor, found[replication])


def test_the_costlier_it_is_to_offer_talks_the_rarer_it_is():
    """In every world; where no answer is hoped for, an offer costs nothing either, so it falls to a coin toss."""
    free, dear = (answers({"mechanisms.talks.contact_cost": cost}, name="talks", actor="PRK") for cost in (0, 0.2))
    assert (dear < free).all()
    assert free.min() > 0.5


def test_talks_switched_off_are_offered_by_nobody():
    assert (answers(UNHURRIED, name="talks", actor="PRK") == 0.0).all()


@pytest.mark.parametrize(
    ("probe", "changes", "words"),
    [
        ({"name": "talks", "actor": "ROK"}, {}, "not one of the two sides"),
        ({"name": "invitation", "track": "working", "actor": "USA"}, {}, "on which no leaders meet"),
        ({"name": "vote", "track": "summit", "package": "deep_cap"}, {}, "which is no council"),
        ({"name": "response", "track": "summit", "option": "shrug"}, {}, "no response 'shrug'"),
        ({"name": "tension", "hazard": "rhetoric"}, {"hazards.rhetoric.enabled": False}, "switched off"),
    ],
)
def test_a_question_that_nobody_can_answer_is_refused_in_words(probe, changes, words):
    with pytest.raises(UsageError, match=words) as caught:
        answers(changes, **probe)
    assert caught.value.hint
