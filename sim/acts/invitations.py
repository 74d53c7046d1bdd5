"""Dates of leaders' meetings: who invites, who accepts, what is cancelled and what is revived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.acts.choosing import INVITATION, INVITE, choose_of_two
from sim.acts.clocks import set_clock, stop_clock, wait
from sim.acts.codes import (
    CHOICE,
    K_INVITATION_NODES,
    K_INVITATIONS,
    K_INVITATIONS_ACCEPTED,
    K_REVIVALS,
    LISTENING,
    TIMING,
)
from sim.acts.constraints import accepts, allowed_for
from sim.acts.counting import count_track
from sim.acts.draws import draw, duration
from sim.acts.effects import apply
from sim.acts.offers import refusal
from sim.acts.relations import begin_talks, end_talks, next_invitation, session
from sim.acts.slow import advance
from sim.acts.telling import WHY_CANCELLED, WHY_REVIVED, tell
from sim.acts.updating import settle
from sim.acts.worth import disagreement, estimates, utilities, utility
from sim.arithmetic import exp, log
from sim.rule import act
from sim.rules import offers
from sim.world.fields import NEVER

if TYPE_CHECKING:
    from sim.world.fields import Tables, World


@act
def set_date(w: World, c: Tables, t: int, delay: float) -> None:
    """A meeting is agreed for a date."""
    w.pending[t] = w.now + delay
    w.revived[t] = 0
    session(w)
    tell(w, c, "date", t, delay)
    set_clock(w, c.clock_meeting[t], w.pending[t])


@act
def revival_decided(w: World, c: Tables, t: int) -> None:
    """After a cancellation: perhaps a revival within some weeks, else the talks are over unless a deal is in force."""
    stop_clock(w, c.clock_cancelled[t])
    u_revive = draw(w, c, TIMING, c.track_key[t], 16)
    u_delay = draw(w, c, TIMING, c.track_key[t], 17)
    if not c.revival_possible[t] or u_revive >= w.p[c.revival[t]]:
        if w.deal < 0:
            end_talks(w, c, WHY_CANCELLED)
        settle(w, c)
        return
    mean = w.p[c.revival_delay[t]]
    # Exponential, given that it is within the longest time: inverse of the truncated distribution.
    delay = -mean * log(1.0 - u_delay * (1.0 - exp(-c.revival_within[t] / mean)))
    w.reviving[t] = 1
    wait(w, c.clock_revival[t], delay)


@act
def revive(w: World, c: Tables, t: int) -> None:
    """A cancelled meeting is revived; its date stays if it is still ahead."""
    stop_clock(w, c.clock_revival[t])
    w.reviving[t] = 0
    advance(w, c)
    w.pending[t] = w.original_date[t] if w.original_date[t] > w.now else w.now + c.postponed_by[t]
    w.revived[t] = 1
    session(w)
    begin_talks(w, c, WHY_REVIVED)
    count_track(w, c, t, K_REVIVALS)
    tell(w, c, "revival", t)
    set_clock(w, c.clock_meeting[t], w.pending[t])
    settle(w, c)


@act
def invitation_due(w: World, c: Tables, t: int) -> None:
    """While talks are on, an invitation some time after the last meeting."""
    clock = c.clock_invitation[t]
    stop_clock(w, clock)
    due = next_invitation(w, c, t)
    if due > 0.0:
        wait(w, clock, due)
    elif not w.talks_on:
        w.invitation_phase[t] = LISTENING
    else:
        advance(w, c)
        invite(w, c, t, 0)
        settle(w, c)
        wait(w, clock, c.invitation_every[t])


@act
def invite(w: World, c: Tables, t: int, for_text: int) -> int:
    """The proposer may invite and the responder accept; 1 if a date is agreed, for an agreed text one in time for it."""
    if not c.has_invitations[t] or w.pending[t] != NEVER or w.reviving[t] or w.now >= c.track_deadline[t]:
        return 0
    if w.crisis or w.rung >= c.strike_rung:
        return 0
    w.last_invited[t] = w.now
    proposer = c.track_proposer[t]
    responder = c.track_responder[t]
    precision = w.p[c.leaders]
    d = disagreement(w, c, proposer)
    best = best_text(w, c, t)
    reserve = refusal(w, c, t, responder, proposer, c.depth, 0)
    chance = accepts(w, c, proposer, responder, best, reserve, precision)
    gain = chance * (utility(w, c, proposer, best) - d) if best >= 0 else 0.0
    spectacle = w.p[c.spectacle_later[t] if w.recognised else c.spectacle_first[t]]
    u_invite = draw(w, c, CHOICE, c.track_key[t], 8)
    u_reply = draw(w, c, CHOICE, c.track_key[t], 9)
    count_track(w, c, t, K_INVITATION_NODES)
    invited = d + spectacle + (gain if gain > 0.0 else 0.0)
    if choose_of_two(w, c, INVITE, proposer, t, invited, d, precision, u_invite, -1) != 0:
        return 0
    d = disagreement(w, c, responder)
    own = utility(w, c, responder, best) - d if best >= 0 else 0.0
    recognition = 0.0 if w.recognised else w.recognition_gain[responder]
    count_track(w, c, t, K_INVITATIONS)
    accepted = d + recognition + (own if own > 0.0 else 0.0)
    if choose_of_two(w, c, INVITATION, responder, t, accepted, d, precision, u_reply, -1) != 0:
        return 0
    count_track(w, c, t, K_INVITATIONS_ACCEPTED)
    delay = duration(w, c, c.invitation_delay[t], TIMING, c.track_key[t], 18)
    set_date(w, c, t, delay)
    apply(w, c, c.announced_effects[t], proposer, c.track_key[t], 2, 1)
    return 1 if not for_text or delay <= c.text_within[t] else 0


@act
def best_text(w: World, c: Tables, t: int) -> int:
    """The text at hand, else the package best for the proposer that the responder should sign."""
    if w.text >= 0 and w.now - w.text_since <= c.meeting_text_lapses[t]:
        return w.text
    proposer = c.track_proposer[t]
    responder = c.track_responder[t]
    reserve = refusal(w, c, t, responder, proposer, c.depth, 0)
    utilities(w, c, proposer, c.num_candidates, w.own)
    estimates(w, c, proposer, responder, c.num_candidates, w.other)
    allowed_for(w, c, t, proposer, c.num_candidates, w.allowed)
    return offers.best_acceptable(w.own, w.other, w.allowed, c.num_candidates, reserve)
