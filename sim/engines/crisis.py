"""Crises: two sides on the escalation ladder concede, hold or escalate at every tick."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import simpy

from sim.engines.clock import Arrival, Priority
from sim.model.world import NEVER
from sim.randomness import Stream
from sim.rules import expectation, ladder
from sim.rules.choice import INFINITE_PRECISION, logit_probabilities

if TYPE_CHECKING:
    from sim.engines.history import History


DEMAND_STEPS = 10  # a demand is one of so many equal parts of the stake
DEMAND_SCALE = 10.0  # a cost of war of so many stakes makes up the whole pie of a demand


class Crisis:
    """The ladder of one history and the crisis that may be under way on it."""

    def __init__(self, history: History) -> None:
        self.h = h = history
        self.spec = h.spec.mechanisms.ladder
        self.slots = h.slots.mechanisms.ladder
        self.sides = [h.case.actor(side) for side in self.spec.sides]
        self.last = len(self.spec.rungs) - 1
        self.strike_rung = self.last - 1
        self.key = h.case.keys["actors"][self.spec.sides[0]]
        self.struck_at = NEVER
        self.challenger = 0
        self.demand_due = False
        self.values = [0.0, 0.0, 0.0]
        self.started = h.env.event()
        self.table = self._table()
        self.disagreement: dict[int, float] = {}
        self._fights: dict[tuple[int, float], tuple[float | None, float | None]] = {}
        p = h.p
        self.terms = [p[self.slots.loss_share], p[self.slots.loss_extra], p[self.slots.loss_per_rung]]
        h.env.process(self.run())
        h.arrivals.append(
            Arrival(
                h,
                "cooling",
                self.key,
                self._cooling_rate,
                self.cool,
                stream=Stream.OUTCOME,
                lane=40,
                reads=("rung", "crisis_active"),
            )
        )

    def _table(self) -> list[float]:
        h = self.h
        table: list[float] = []
        for rung, slots in enumerate(self.slots.rungs):
            risk = h.p[slots.risk] if self.spec.autonomous_risk else 0.0
            table += [
                ladder.chance_within(risk, self.tick_at(rung) / h.day),
                h.p[slots.audience],
                h.p[slots.hold],
                h.p[slots.climb],
            ]
        return table

    def tick_at(self, rung: int) -> float:
        """Time between moves at a rung."""
        return self.h.p[self.slots.fast_tick if rung >= self.spec.incident_rung else self.slots.tick]

    # Life cycle

    def begin(self, rung: int, challenger: int | None) -> None:
        """A crisis begins unless one is active; the challenger moves first."""
        h = self.h
        w = h.w
        starts = not w.crisis
        w.crisis = 1
        h.reach_rung(rung)
        if starts:
            w.crisis_since = h.env.now
            w.crisis_mover = self.sides.index(challenger) if challenger in self.sides else 0
            self.challenger = w.crisis_mover
            self.demand_due = self.spec.demands and h.p[self.slots.stake] > 0.0
            h.first("crisis")
            h.count("crises")
            words = f"a crisis begins at rung {w.rung}: {self.spec.rungs[w.rung].label}"
            h.note("crisis", "", words, act="begins", rung=w.rung)
            event, self.started = self.started, h.env.event()
            event.succeed()
        if w.rung >= self.strike_rung and self.struck_at == NEVER:
            self.struck_at = h.env.now

    def end(self, why: str) -> None:
        """The crisis is over."""
        h = self.h
        h.touched = True
        h.w.crisis = 0
        self.struck_at = NEVER
        h.count("crisis_days", (h.env.now - h.w.crisis_since) / h.day)
        h.note("crisis", "", f"the crisis ends: {why}", act="ends", why=why)

    def run(self) -> Generator[simpy.Event, Any, None]:
        """Ticks while a crisis is active; then wait for the next."""
        h = self.h
        if h.w.rung >= self.spec.brink:
            self.begin(h.w.rung, None)
        while True:
            if not h.w.crisis:
                yield self.started
                continue
            yield h.wait(self.tick_at(h.w.rung), Priority.TICK)
            h.advance()
            self.tick()
            h.settle_if_touched()

    def tick(self) -> None:
        """What the last tick brought, then the mover's choice."""
        h = self.h
        w = h.w
        us = h.pair(Stream.OUTCOME, self.key, 41)
        u = h.draw(Stream.CHOICE, self.key, 41)
        if w.rung <= self.spec.calm_rung:
            self.end("it has cooled")
            return
        slid = us[0] < self.table[w.rung * ladder.NUM_COLUMNS + ladder.STEP_UP]
        if slid:
            h.count("slides")
            self.step_up("events run out of control")
            if h.over:
                return
        elif w.rung == self.strike_rung and self.struck_at != NEVER:
            if h.env.now - self.struck_at >= self.spec.strike_lasts:
                w.rung = self.spec.incident_rung
                h.touched = True
                self.struck_at = NEVER
                h.note("crisis", "", "the strike remains limited", act="limited")
                return
        if self.demand_due and self.spec.crisis_rung <= w.rung < self.strike_rung:
            self.demand_due = False
            self.demand(self.sides[self.challenger], self.sides[1 - self.challenger])
            return
        move = self.move(u)
        mover = self.sides[w.crisis_mover]
        w.crisis_mover = 1 - w.crisis_mover
        if move == ladder.ESCALATE:
            if w.rung + 1 != self.strike_rung:
                self.step_up("escalates", h.case.actor_ids[mover])
                return
            if h.strike(mover):
                return
            # The ally stops the strike: the better of the other two moves is left.
            move = ladder.CONCEDE if self.values[ladder.CONCEDE] > self.values[ladder.HOLD] else ladder.HOLD
        if move == ladder.CONCEDE:
            self.concede(mover)
        elif w.rung != self.strike_rung and not slid:
            fade = ladder.chance_within(h.p[self.slots.fade], self.tick_at(w.rung) / h.day)
            if us[1] < fade:
                w.rung -= 1
                h.touched = True
                if w.rung <= self.spec.calm_rung:
                    self.end("it has faded")

    def concede(self, who: int) -> None:
        """A side gives in: the crisis is over, except that a limited strike is only halted."""
        h = self.h
        w = h.w
        h.touched = True
        h.count("concessions")
        w.rung = ladder.rung_after_concession(w.rung, self.last, self.spec.concession_rung, self.spec.incident_rung)
        h.note("crisis", h.case.actor_ids[who], "concedes", act="concedes", rung=w.rung)
        if w.rung <= self.spec.calm_rung:
            self.end("a concession")
        else:
            self.struck_at = NEVER

    def demand(self, challenger: int, other: int) -> None:
        """Take it or leave it, once a crisis: the other gives in or the crisis is a rung higher."""
        h = self.h
        w = h.w
        belief = h.minds.index.get((challenger, other, "war_cost"))
        costs = belief.points if belief is not None else [h.minds.mean(challenger, other, "war_cost")]
        beliefs = h.w.beliefs[belief.start : belief.start + belief.size] if belief is not None else [1.0]
        scale = DEMAND_SCALE * h.p[self.slots.stake]
        premium = ladder.grid_premium(w.war_cost[challenger], costs, beliefs, len(costs), scale, DEMAND_STEPS)
        refused = ladder.refuses_premium(premium, w.war_cost[other], scale)
        if h.log is not None:
            self._log_demand(challenger, other, premium, costs, beliefs, scale)
        h.count("demands")
        words = f"demands {premium:.1f} of the stake; {h.case.actor_ids[other]} {'refuses' if refused else 'gives in'}"
        h.note("crisis", h.case.actor_ids[challenger], words, act="demands", premium=premium, refused=refused)
        if belief is not None:
            told = [ladder.refuses_premium(premium, cost, scale) == refused for cost in costs]
            h.minds.observe_act(other, "war_cost", [1.0 if fits else 0.0 for fits in told], 2)
            h.learned()
        if not refused:
            self.concede(other)
        elif w.rung + 1 < self.strike_rung:
            self.step_up("a demand is refused")
        else:
            h.strike(challenger)

    def _log_demand(
        self, challenger: int, other: int, premium: float, costs: list[float], beliefs: list[float], scale: float
    ) -> None:
        """The demand and the answer as decisions: both are best replies, so nothing is drawn for them."""
        h = self.h
        own = h.w.war_cost[challenger]
        premiums = [step / DEMAND_STEPS for step in range(1, DEMAND_STEPS + 1)]
        values = [ladder.premium_value(y, own, costs, beliefs, len(costs), scale) for y in premiums]
        h.decide("demand", challenger, [f"{y:.1f} of the stake" for y in premiums], values, INFINITE_PRECISION, 0.5)
        values = [-premium * scale, -h.w.war_cost[other]]
        h.decide("answer_to_demand", other, ["give in", "refuse"], values, INFINITE_PRECISION, 0.5)

    def step_up(self, why: str, who: str = "") -> None:
        """One rung up; the last is major war."""
        h = self.h
        w = h.w
        rung = w.rung + 1
        h.reach_rung(rung)
        h.note("crisis", who, f"{why}: rung {rung}, {self.spec.rungs[rung].label}", act="escalates", rung=rung)
        if h.over:
            return
        if rung == self.strike_rung:
            self.struck_at = h.env.now
            h.first("strike")
            h.count("strikes")
            h.apply(self.slots.strike_effects, self.spec.strike_effects, self.sides[h.w.crisis_mover], self.key, lane=6)
            self.after_force()
        if rung >= self.spec.crisis_rung:
            w.last_major = h.env.now

    def move(self, u: float) -> int:
        """The mover's choice among conceding, holding and escalating."""
        h = self.h
        w = h.w
        mover = self.sides[w.crisis_mover]
        other = self.sides[1 - w.crisis_mover]
        rung = w.rung
        self.disagreement = {side: h.minds.disagreement(side) for side in self.sides}
        side = self.side_numbers(mover, h.w.war_cost[mover])
        cells = self._cells(mover, other, rung)
        now = self.concession_chance(cells, rung)
        nxt = self.concession_chance(cells, rung + 1) if rung + 1 < self.strike_rung else 0.0
        out = [0.0, 0.0, 0.0]
        ladder.crisis_values(
            rung, self.last, side, self.table, self.terms, self._scale(rung), now, nxt, out
        )
        precision = self.precision_at(rung)
        chosen = h.decide("crisis", mover, ["concede", "hold", "escalate"], out, precision, u, None, None, 1)
        self.values = out
        self._learn(mover, rung, chosen, precision, now, nxt)
        h.learned()
        self.disagreement = {}
        return chosen

    def _scale(self, rung: int) -> float:
        if self.spec.cost == "time":
            return (self.h.env.now - self.h.w.crisis_since) / self.h.day
        return self.table[rung * ladder.NUM_COLUMNS + ladder.AUDIENCE]

    def side_numbers(self, actor: int, war_cost: float) -> list[float]:
        """Numbers of a side in the order of `sim.rules.ladder`."""
        h = self.h
        d = self.disagreement[actor] if actor in self.disagreement else h.minds.disagreement(actor)
        identifier = h.case.actor_ids[actor]
        audience = h.p[h.slots.actors[identifier].audience_cost] if self.spec.audience_costs else 0.0
        fight, force = self.fight_and_force(actor, d, war_cost)
        return [d, h.p[self.slots.stake], audience, fight, force]

    def fight_and_force(self, actor: int, d: float, war_cost: float) -> tuple[float, float]:
        """Values of major war and of stepping up from the brink to a side with the given cost of war, as it feels them."""
        minds = self.h.minds
        fight, force = self._plain_fight_and_force(actor, d, war_cost)
        if minds.risk[actor] is None:
            return fight, force
        return minds.felt(actor, fight, d), minds.felt(actor, force, d)

    def war_value(self, actor: int) -> float:
        """Value of major war at the actor's true cost, whatever its attitude to risk; to others than the sides too."""
        return self._plain_fight_and_force(actor, self.h.minds.disagreement(actor), self.h.w.war_cost[actor])[0]

    def _plain_fight_and_force(self, actor: int, d: float, war_cost: float) -> tuple[float, float]:
        """The same without the side's attitude to risk."""
        known = self._fights.get((actor, war_cost))
        if known is None:
            known = self._fights[actor, war_cost] = self._fight_and_strike(actor, war_cost)
        fight, strike = known
        if strike is not None:
            return (d - war_cost if fight is None else fight), strike
        if fight is None:
            fight = d - war_cost
        p = self.h.p
        return fight, ladder.strike_value(d, p[self.slots.counter_blow], p[self.slots.counter_success], fight)

    def _fight_and_strike(self, actor: int, war_cost: float) -> tuple[float | None, float | None]:
        """The parts of these values that do not depend on the disagreement payoff."""
        h = self.h
        identifier = h.case.actor_ids[actor]
        fighting = h.slots.actors[identifier].fighting
        fight = None
        if fighting is not None:
            fight = ladder.fight_value(h.p[fighting.win_probability], h.p[fighting.prize], war_cost)
        if identifier != self.spec.striker or h.spec.mechanisms.aftermath is None:
            return fight, None
        prospects = h.prospects(actor)
        return fight, expectation.lottery_value(prospects, len(prospects) // 3, war_cost, 0.0, 1.0, 1.0)

    def _cells(self, mover: int, other: int, rung: int) -> tuple[list[float], list[float], list[float], list[float]]:
        """The other's numbers, and by believed cost of war its values of fighting and striking, and beliefs."""
        h = self.h
        belief = h.minds.index.get((mover, other, "war_cost"))
        side = self.side_numbers(other, h.minds.mean(mover, other, "war_cost"))
        if belief is None:
            return side, [side[3]], [side[4]], [1.0]
        # Far below the brink, here and one rung up, the other's choice does not depend on its cost of war.
        points = belief.points if rung + 2 >= self.last - 2 else []
        pairs = [self.fight_and_force(other, side[0], point) for point in points]
        beliefs = h.w.beliefs[belief.start : belief.start + belief.size]
        return side, [fight for fight, _ in pairs], [force for _, force in pairs], beliefs

    def concession_chance(self, cells: tuple, rung: int) -> float:
        """The mover's belief that the other would concede at a rung."""
        side, fights, forces, beliefs = cells
        return ladder.believed_concession(
            rung,
            self.last,
            side,
            fights,
            forces,
            beliefs,
            len(beliefs),
            self.table,
            self.terms,
            self._scale(rung),
            self.precision_at(rung),
        )

    def precision_at(self, rung: int) -> float:
        """Precision of moves at a rung."""
        choice = self.h.slots.choice
        return self.h.p[choice.brink if rung >= self.spec.brink else choice.crisis]

    def _learn(self, mover: int, rung: int, chosen: int, precision: float, now: float, nxt: float) -> None:
        """Observers learn about the mover's cost of war from its move, by the very logit that made it."""
        h = self.h
        beliefs = h.minds.about(mover, "war_cost")
        if not beliefs or h.kappa == 0.0:
            return
        belief = beliefs[0]
        likelihoods = []
        out = [0.0, 0.0, 0.0]
        chances = [0.0, 0.0, 0.0]
        allowed = [1.0, 1.0, 1.0]
        side = self.side_numbers(mover, belief.points[0])
        scale = self._scale(rung)
        # Far below the brink the values do not depend on the cost of war: one logit serves all points.
        points = belief.points if rung + 1 >= self.last - 2 else belief.points[:1]
        for point in points:
            side[3], side[4] = self.fight_and_force(mover, side[0], point)
            ladder.crisis_values(rung, self.last, side, self.table, self.terms, scale, now, nxt, out)
            logit_probabilities(out, allowed, 3, precision, chances)
            likelihoods.append(chances[chosen])
        if len(points) < belief.size:
            likelihoods *= belief.size
        h.minds.observe_act(mover, "war_cost", likelihoods, 3)

    def after_force(self) -> None:
        """Force has been used: talks, restraint and a declaration are over."""
        h = self.h
        h.end_talks("force is used")
        h.w.moratorium = 0
        h.w.pause_until = NEVER
        h.w.declaration = 0
        h.w.last_major = h.env.now

    # Outside a crisis

    def _cooling_rate(self) -> float:
        h = self.h
        if h.w.rung == 0 or h.w.crisis:
            return 0.0
        return h.p[self.slots.cooling] / h.day

    def cool(self) -> None:
        """Without a crisis a rung falls by itself."""
        if self.h.w.rung > 0 and not self.h.w.crisis:
            self.h.w.rung -= 1


def strike(h: History, actor: int) -> bool:
    """An attempt to use force: an ally may veto it, else the strike rung is reached at once; whether it came off."""
    crisis = h.crisis
    aftermath = h.spec.mechanisms.aftermath
    u = h.draw(Stream.VETO, h.case.keys["actors"][h.case.actor_ids[actor]], 50)
    h.count("strikes_attempted")
    if crisis is None:
        h.note("force", h.case.actor_ids[actor], "uses force; the scenario has no ladder", act="strikes")
        return True
    vetoed = (
        aftermath is not None
        and aftermath.strike_veto_by is not None
        and h.case.actor_ids[actor] == crisis.spec.striker
        and u < h.p[h.slots.mechanisms.aftermath.strike_veto]
    )
    if vetoed:
        h.count("strikes_vetoed")
        h.note("force", aftermath.strike_veto_by, "stops a strike", act="stops", striker=h.case.actor_ids[actor])
        return False
    h.first("strike")
    h.count("strikes")
    h.note("force", h.case.actor_ids[actor], "uses force", act="strikes")
    crisis.after_force()
    if h.case.actor_ids[actor] == crisis.spec.striker:
        for other in h.side_indices:
            if other != actor:
                h.scale_credibility(other, h.p[crisis.slots.credibility_after_force])
    other = crisis.sides[1 - crisis.sides.index(actor)] if actor in crisis.sides else None
    h.apply(crisis.slots.strike_effects, crisis.spec.strike_effects, actor, crisis.key, lane=6)
    crisis.begin(crisis.strike_rung, other)
    crisis.struck_at = h.env.now
    h.reach_rung(crisis.strike_rung)
    return True

