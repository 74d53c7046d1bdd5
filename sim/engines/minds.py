"""What actors want, what they would settle for, and what they believe: tables of one history.

`Minds` holds the utilities of all candidate packages for this history's drawn tastes, brings
them up to date when credibility or pressure moves, and keeps the beliefs in the world's record.
All arithmetic is the rules'; this file only knows where the numbers are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.engines import arrays
from sim.model.compile import PARENT
from sim.model.valuation import start_row
from sim.rules import consent, expectation, learning
from sim.rules.choice import expected_acceptance
from sim.rules.expression import ADD, CONSTANT, MULTIPLY, NEGATE, SUBTRACT
from sim.rules.tables import add_issue
from sim.rules.utility import gain_from_shift, net_of_pressure, single_issue_value, survival_line

if TYPE_CHECKING:
    from sim.engines.history import History
    from sim.engines.lines import Line


class Belief:
    """Where one observer's belief about one trait of one actor stands in the world's record."""

    __slots__ = ("actor", "observer", "points", "size", "start", "trait")

    def __init__(self, observer: int, actor: int, trait: str, start: int, size: int, points: list[float]) -> None:
        self.observer = observer
        self.actor = actor
        self.trait = trait
        self.start = start
        self.size = size
        self.points = points


class Term(NamedTuple):
    """What one issue adds to an actor's utility of any levels, in this history's tastes."""

    issue: int
    hidden: bool  # the actor sees the level at the start only
    reads: str | None  # a derived quantity that stands for the level
    weight: float
    ideal: float
    exponent: float
    known: dict[float, float]  # level -> what it adds: levels move one or two at a time


class Veto(NamedTuple):
    """How a veto player values a package."""

    parent: int
    value_at: Callable[[Sequence[float]], float]
    sources: list[int]  # where the numbers are that it takes, see `Case.package_sources`
    place: int  # of the parent's utility among them; -1 if it is not used
    plain: bool  # only sums, differences and products: the program works on arrays too
    at_start: float  # value of the status quo


class Minds:
    """Utilities, disagreement payoffs and beliefs of one history."""

    def __init__(self, history: History) -> None:
        self.h = history
        self.case = case = history.case
        self.spec = case.spec
        self.p = history.p
        self.size = len(case.issue_ids)
        self.total = len(case.package_names)
        self.count = case.num_candidates
        self.ids = case.actor_ids
        self.risk = [self._risk_of(identifier) for identifier in self.ids]
        self._base: dict[int, tuple[list[float], list[float]]] = {}
        self._true: dict[int, tuple[tuple[float, float], list[float]]] = {}
        self._believed: dict[tuple[int, int], tuple[list[float], list[float]]] = {}
        self._estimated: dict[tuple[int, int], tuple[tuple[float, float], list[float]]] = {}
        self._tastes: dict[int, list[tuple]] = {}
        self._vectors: dict[int | tuple[int, int], tuple[np.ndarray, np.ndarray]] = {}
        self._rising: dict[tuple[int, int], bool] = {}
        self._relief_left: np.ndarray | None = None
        self._terms: dict[int, list[Term]] = {}
        self._valued: dict[tuple[int, tuple[float, ...]], tuple[float, float]] = {}
        self._consent: dict[tuple[str, int], float] = {}
        self._vetoes: dict[str, Veto] = {}
        self._block_tables: dict[str, list[float]] = {}
        self._block: dict[tuple[int, str], float] = {}
        self.start = start_row(case)
        self._at_start: dict[int, float] = {}
        self._columns: dict[str, tuple] = {}
        drawn = [item.path for item in case.inputs] + [path for shares in case.shares for path in shares.paths]
        self._derived_vary = any(path.startswith("parameters.") for path in drawn)
        self.beliefs: list[Belief] = []
        self.index: dict[tuple[int, int, str], Belief] = {}
        self._about: dict[tuple[int, str], list[Belief]] = {}
        self._lay_out_beliefs()

    def _risk_of(self, identifier: str) -> tuple[float, float] | None:
        """Loss aversion and curvature of an actor; None if it is neutral."""
        slots = self.case.slots.actors[identifier].risk
        aversion, curvature = self.p[slots.loss_aversion], self.p[slots.curvature]
        return None if aversion == 1.0 and curvature == 1.0 else (aversion, curvature)

    # Beliefs

    def _lay_out_beliefs(self) -> None:
        case, spec = self.case, self.spec
        pairs = {(case.actor(spec.sides[0]), case.actor(spec.sides[1]))}
        pairs.add((case.actor(spec.sides[1]), case.actor(spec.sides[0])))
        if spec.mechanisms.learning is not None:
            for observer, actors in spec.mechanisms.learning.observers.items():
                pairs.update((case.actor(observer), case.actor(actor)) for actor in actors)
        position = 0
        for observer, actor in sorted(pairs):
            identifier = self.ids[actor]
            types = spec.actors[identifier].types
            sizes: list[tuple[str, int, list[float]]] = []
            if types.commitment:
                sizes.append(("commitment", len(types.commitment), []))
            for trait, points in sorted(case.grids[identifier].items()):
                sizes.append((trait, len(points), list(points)))
            for line in sorted(spec.actors[identifier].red_lines):
                sizes.append((f"red_line.{line}", 2, []))
            for trait, size, points in sizes:
                belief = Belief(observer, actor, trait, position, size, points)
                self.beliefs.append(belief)
                self.index[observer, actor, trait] = belief
                position += size
        self.num_beliefs = position

    def set_priors(self) -> None:
        """Beliefs at the scenario's priors."""
        for belief in self.beliefs:
            self.reset(belief)

    def reset(self, belief: Belief) -> None:
        """One belief back at its prior."""
        store = self.h.w.beliefs
        for n, prior in enumerate(self.prior(belief.actor, belief.trait, belief.size)):
            store[belief.start + n] = prior

    def prior(self, actor: int, trait: str, size: int) -> list[float]:
        """Prior probabilities of a trait's classes or points."""
        slots = self.case.slots.actors[self.ids[actor]]
        if trait == "commitment":
            return [self.p[slots.types.commitment[name].prior] for name in sorted(slots.types.commitment)]
        if trait.startswith("red_line."):
            present = self.h.lines[actor][trait[9:]].prior
            return [1.0 - present, present]
        return [1.0 / size] * size

    def snapshot(self) -> dict[str, list[float]]:
        """Beliefs in words, for the decision log."""
        store = self.h.w.beliefs
        return {
            f"{self.ids[b.observer]} about {self.ids[b.actor]}.{b.trait}": store[b.start : b.start + b.size]
            for b in self.beliefs
        }

    def observe_act(self, actor: int, trait: str, likelihoods: list[float], num_options: int) -> None:
        """All observers of the actor update one trait on a seen act with the given likelihoods by type."""
        self._update(actor, trait, likelihoods, self.h.noise, float(num_options))

    def observe_signal(self, actor: int, likelihoods: list[float]) -> None:
        """All observers update the actor's commitment on an exogenous signal."""
        self._update(actor, "commitment", likelihoods, 0.0, 1.0)
        self.h.all_stale = True

    def about(self, actor: int, trait: str) -> list[Belief]:
        """What observers believe about one trait of an actor, in order of observers."""
        if (actor, trait) not in self._about:
            self._about[actor, trait] = [b for b in self.beliefs if b.actor == actor and b.trait == trait]
        return self._about[actor, trait]

    def _update(self, actor: int, trait: str, likelihoods: list[float], noise: float, options: float) -> None:
        if self.h.kappa == 0.0:
            return
        for belief in self.about(actor, trait):
            learning.update_beliefs(
                self.h.w.beliefs, belief.start, belief.size, likelihoods, 0, self.h.kappa, noise, options
            )

    def trust(self, observer: int, actor: int) -> float:
        """The observer's belief that the actor keeps its word; 1 where it has no such trait."""
        belief = self.index.get((observer, actor, "commitment"))
        if belief is None:
            return 1.0
        classes = self.spec.actors[self.ids[actor]].types.commitment
        trusted = [1.0 if classes[name].trusted else 0.0 for name in sorted(classes)]
        return learning.trust(self.h.w.beliefs, belief.start, trusted, belief.size)

    def mutual_trust(self, one: int, two: int) -> float:
        """Mean of both sides' trust."""
        return learning.mutual_trust(self.trust(one, two), self.trust(two, one))

    def points(self, belief: Belief) -> list[float]:
        """Points of a continuous trait; public changes of credibility move them (`History.scale_credibility`)."""
        return belief.points

    def mean(self, observer: int, actor: int, trait: str) -> float:
        """Belief mean of a continuous trait; the true value for one's own; 0 where there is none."""
        w = self.h.w
        if observer == actor:
            return w.credibility[actor] if trait == "credibility" else w.war_cost[actor]
        belief = self.index.get((observer, actor, trait))
        if belief is None:
            grid = self.case.grids[self.ids[actor]].get(trait)
            return sum(grid) / len(grid) if grid else 0.0
        return learning.belief_mean(w.beliefs, belief.start, self.points(belief), belief.size)

    # Utilities

    def _column(self, name: str) -> tuple:
        column = self.case.columns[name]
        if not self._derived_vary or name in self.spec.issues:
            return column.distinct, column.index
        if name not in self._columns:
            values = [self.h.derived(name, self.row(n)) for n in range(self.total)]
            distinct = sorted(set(values))
            position = {value: n for n, value in enumerate(distinct)}
            self._columns[name] = (tuple(distinct), tuple(position[value] for value in values))
        return self._columns[name]

    def row(self, package: int) -> list[float]:
        """Levels of a package; the status quo for -1."""
        if package < 0:
            return list(self.start)
        return self.case.levels[package * self.size : (package + 1) * self.size]

    def _lines(self, actor: int) -> tuple[list[float], list[float]]:
        """Utility of every package as a line in the actor's credibility, without pressure."""
        if actor not in self._base:
            tastes = self.case.slots.actors[self.ids[actor]].utility
            self._base[actor] = self._table(actor, tastes, self.p, {}, {})
        return self._base[actor]

    def _table(self, actor: int, tastes, inputs: list[float], weights: dict, ideals: dict):
        case = self.case
        out = [0.0] * self.total
        scratch = [0.0] * (self.total + 1)
        for name in case.issue_ids:
            taste = tastes.issues.get(name)
            if taste is None:
                continue
            weight = weights.get(name, inputs[taste.weight])
            if weight == 0.0:
                continue
            if self.ids[actor] in self.spec.issues[name].hidden_from:
                distinct, index = (self.start[case.issue(name)],), (0,) * self.total
            else:
                distinct, index = self._column(taste.reads or name)
            add_issue(
                distinct,
                len(distinct),
                index,
                self.total,
                weight,
                ideals.get(name, inputs[taste.ideal]),
                inputs[taste.exponent],
                scratch,
                out,
            )
        slopes = [0.0] * self.total
        term = tastes.survival
        if term is not None:
            survival_line(
                case.levels,
                self.total,
                self.size,
                case.issue(term.arms),
                case.issue(term.guarantee),
                inputs[term.weight],
                inputs[term.eta],
                out,
                out,
                slopes,
            )
        return out, slopes

    def _believed_lines(self, observer: int, actor: int) -> tuple[list[float], list[float]]:
        """The observer's estimate of another's utilities: point values of tastes, and its misperceptions."""
        if (observer, actor) not in self._believed:
            perception = self.case.slots.actors[self.ids[observer]].perceives.get(self.ids[actor])
            weights = {k: self.p[s] for k, s in perception.weights.items()} if perception else {}
            ideals = {k: self.p[s] for k, s in perception.ideals.items()} if perception else {}
            tastes = self.case.slots.actors[self.ids[actor]].utility
            if not weights and not ideals:
                cache = self.case.__dict__.setdefault("estimates", {})
                if actor not in cache:
                    cache[actor] = self._table(actor, tastes, self.case.base, {}, {})
                self._believed[observer, actor] = cache[actor]
            else:
                self._believed[observer, actor] = self._table(actor, tastes, self.case.base, weights, ideals)
        return self._believed[observer, actor]

    def trust_helps(self, observer: int, actor: int) -> bool:
        """Whether no package is worth less, as the observer sees it, to an actor that believes promises more."""
        if (observer, actor) not in self._rising:
            self._rising[observer, actor] = min(self._believed_lines(observer, actor)[1], default=0.0) >= 0.0
        return self._rising[observer, actor]

    def _pressed(self, actor: int) -> float:
        """Cost of the pressure felt, for the target of sanctions; 0 for others."""
        return self.h.pressure_cost * self.h.w.stress if actor == self.h.target else 0.0

    def felt(self, actor: int, value: float, d: float) -> float:
        """A payoff as an actor feels it: gains and losses against the disagreement payoff, by its attitude to risk."""
        risk = self.risk[actor]
        return value if risk is None else d + expectation.felt_value(value, d, risk[0], risk[1])

    def utilities(self, actor: int) -> list[float]:
        """The actor's utility of every package now, as it feels it, pressure that would remain included."""
        if self.risk[actor] is None:
            return self._plain_utilities(actor)
        d = self.disagreement(actor)
        return [self.felt(actor, value, d) for value in self._plain_utilities(actor)]

    def _plain_utilities(self, actor: int) -> list[float]:
        """The actor's utility of every package now, pressure that would remain included."""
        state = (self.h.w.credibility[actor], self._pressed(actor))
        known = self._true.get(actor)
        if known is None or known[0] != state:
            values = self._compose(actor, *self._lines(actor), *state)
            self._true[actor] = (state, values)
            return values
        return known[1]

    def estimates(self, observer: int, actor: int) -> list[float]:
        """The observer's estimate of another's utilities now."""
        state = (self.mean(observer, actor, "credibility"), self._pressed(actor))
        known = self._estimated.get((observer, actor))
        if known is None or known[0] != state:
            known = (state, self._compose((observer, actor), *self._believed_lines(observer, actor), *state))
            self._estimated[observer, actor] = known
        return known[1]

    def _compose(
        self, key: int | tuple[int, int], base: list[float], slopes: list[float], credibility: float, cost: float
    ) -> list[float]:
        if cost == 0.0 and credibility == 0.0:
            return base
        # Element by element, numpy gives the bits of plain floats; a list is what rules read fastest.
        b, s = self._vectors_of(key, base, slopes)
        if cost == 0.0:
            return (b + s * credibility).tolist()
        return (b + s * credibility - cost * self._relief_vector()).tolist()

    def _vectors_of(
        self, key: int | tuple[int, int], base: list[float], slopes: list[float]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Lines of an actor, or of an observer and an actor, as arrays."""
        if key not in self._vectors:
            self._vectors[key] = np.array(base), np.array(slopes)
        return self._vectors[key]

    def _relief_vector(self) -> np.ndarray:
        if self._relief_left is None:
            self._relief_left = np.array(self.h.relief_left)
        return self._relief_left

    def utility(self, actor: int, package: int) -> float:
        """The actor's utility of one package now: out of its table if that is up to date, else worked out alone."""
        if package < 0:
            return self.at_start(actor)
        value = self._plain_utility(actor, package)
        return value if self.risk[actor] is None else self.felt(actor, value, self.disagreement(actor))

    def _plain_utility(self, actor: int, package: int) -> float:
        """The same without the actor's attitude to risk."""
        credibility, cost = state = (self.h.w.credibility[actor], self._pressed(actor))
        known = self._true.get(actor)
        if known is not None and known[0] == state:
            return known[1][package]
        lines = self._base.get(actor)
        if lines is None:
            base, slope = self._line_at(actor, self.row(package))
        else:
            base, slope = lines[0][package], lines[1][package]
        if cost == 0.0:
            return base if credibility == 0.0 else base + slope * credibility
        return base + slope * credibility - cost * self.h.relief_left[package]

    def at_start(self, actor: int) -> float:
        """The actor's utility of the status quo at the start, without pressure."""
        if actor not in self._at_start:
            intercept, slope = self._line_at(actor, list(self.start))
            self._at_start[actor] = intercept + slope * self.h.first_credibility[actor]
        return self._at_start[actor]

    def of_levels(self, actor: int, levels: list[float]) -> float:
        """The actor's utility of any levels, pressure that would remain included."""
        intercept, slope = self._line_at(actor, levels)
        value = intercept + slope * self.h.w.credibility[actor]
        if actor == self.h.target:
            value = net_of_pressure(value, self.h.pressure_cost, self.h.w.stress, levels[self.h.relief_issue])
        return value

    def _line_at(self, actor: int, levels: list[float]) -> tuple[float, float]:
        """Utility of any levels as a line in the actor's credibility; remembered, since levels move seldom."""
        key = (actor, tuple(levels))
        known = self._valued.get(key)
        if known is None:
            derived: dict[str, float] = {}
            total = 0.0
            for k, hidden, reads, weight, ideal, exponent, values in self._terms_of(actor):
                if hidden:
                    level = self.start[k]
                elif reads is None:
                    level = levels[k]
                else:
                    if reads not in derived:
                        derived[reads] = self.h.derived(reads, levels)
                    level = derived[reads]
                value = values.get(level)
                if value is None:
                    value = values[level] = weight * single_issue_value(level, ideal, exponent)
                total += value
            slope = 0.0
            term = self.case.slots.actors[self.ids[actor]].utility.survival
            if term is not None:
                out, slopes = [total], [0.0]
                row = [levels[self.case.issue(term.arms)], levels[self.case.issue(term.guarantee)]]
                survival_line(row, 1, 2, 0, 1, self.p[term.weight], self.p[term.eta], out, out, slopes)
                total, slope = out[0], slopes[0]
            known = (total, slope)
            self._valued[key] = known
        return known

    def _terms_of(self, actor: int) -> list[Term]:
        """The issues that the actor cares about, in issue order."""
        if actor not in self._terms:
            identifier, p = self.ids[actor], self.p
            tastes = self.case.slots.actors[identifier].utility.issues
            self._terms[actor] = [
                Term(
                    k, identifier in self.spec.issues[name].hidden_from, tastes[name].reads, p[tastes[name].weight],
                    p[tastes[name].ideal], p[tastes[name].exponent], {},
                )
                for k, name in enumerate(self.case.issue_ids)
                if name in tastes and p[tastes[name].weight] != 0.0
            ]  # fmt: skip
        return self._terms[actor]

    def disagreement(self, actor: int) -> float:
        """What the actor has if talks bring nothing: the status quo with what has changed since."""
        h = self.h
        w = h.w
        if actor not in h.side_indices:
            return self.of_levels(actor, w.level)
        if w.deal >= 0:
            # Talks that fail leave the deal as it is: its promise if it is kept, what is seen of it in a dispute.
            return self.of_levels(actor, w.seen) if w.deal_disputed else self._plain_utility(actor, w.deal)
        if h.treaties:
            return self.of_levels(actor, w.level)
        return self.without_deal(actor)

    def without_deal(self, actor: int) -> float:
        """The status quo at the start, with the pressure felt and what cannot be undone, to one of the two sides."""
        h = self.h
        w = h.w
        value = self.at_start(actor) - self._pressed(actor)
        if actor == h.eroded:
            value -= h.erosion * w.capability
        value -= h.election_cost(actor)
        if w.recognised:
            value += h.recognition_gain(actor)
        return value

    # Constraints

    def crosses_line(self, actor: int, package: int, *, believed: bool = False) -> str | None:
        """Name of the red line that the package crosses for the actor, if any."""
        if not self.spec.mechanisms.red_lines:
            return None
        for name, line in self.h.lines[actor].items():
            if (believed or line.present) and line.crossed(package) and not self.h.waived(line):
                return name
        return None

    def acceptance(self, observer: int, actor: int, reject: float, precision: float, allowed: list, out: list) -> None:
        """The observer's belief that the actor would accept each allowed package, written into `out`.

        Averaged over the belief about credibility; packages beyond a red line are accepted only by
        types that do not have it.
        """
        base, slopes = self._vectors_of((observer, actor), *self._believed_lines(observer, actor))
        cost = self._pressed(actor)
        if cost != 0.0:
            base = base - cost * self._relief_vector()
        points, beliefs, start, size = self._credibility_belief(observer, actor)
        count = self.count
        # The whole menu at once: the rule `acceptance_probabilities` package by package is what a history costs most.
        acceptances = arrays.Acceptances(base[:count] - reject, slopes[:count], points, precision)
        whole = acceptances.averaged(beliefs, start).tolist()
        for package in range(count):
            out[package] = whole[package] if allowed[package] else 0.0
        if not self.spec.mechanisms.red_lines:
            return
        for name, line in self.h.lines[actor].items():
            present = self.belief_in_line(observer, actor, name)
            waived = self.waived_at(actor, line, points)
            if not any(waived):
                for package in line.beyond:
                    if package < self.count:
                        out[package] *= 1.0 - present
                continue
            # Types that would waive the line keep their weight; of the others those that have it drop out.
            able = [
                beliefs[start + t] * (1.0 if waived[t] else 1.0 - present) for t in range(size)
            ]
            part = acceptances.averaged(able, 0).tolist()
            for package in line.beyond:
                if package < count and allowed[package]:
                    out[package] *= part[package] / whole[package] if whole[package] > 0.0 else 0.0

    def belief_in_line(self, observer: int, actor: int, name: str) -> float:
        """The observer's belief that the actor has a red line."""
        held = self.index.get((observer, actor, f"red_line.{name}"))
        return self.h.w.beliefs[held.start + 1] if held is not None else self.h.lines[actor][name].prior

    def waived_at(self, actor: int, line: Line, points: list[float]) -> list[bool]:
        """Whether the line would be lifted now if the actor's credibility were each of the points."""
        if line.unless is None:
            return [False] * len(points)
        slot = self.case.names.get(f"credibility.{self.ids[actor]}")
        if slot is None or f"credibility.{self.ids[actor]}" not in line.unless.names:
            return [self.h.waived(line)] * len(points)
        quantities = list(self.h.quantities)
        found = []
        for point in points:
            quantities[slot] = point
            found.append(line.unless.value_at(quantities) != 0.0)
        return found

    def accepts(self, observer: int, actor: int, package: int, reject: float, precision: float) -> float:
        """The observer's belief that the actor would accept one package."""
        if package < 0:
            return 0.0
        base, slopes = self._believed_lines(observer, actor)
        gain = base[package] - self._pressed(actor) * self.h.relief_left[package] - reject
        points, beliefs, start, size = self._credibility_belief(observer, actor)
        if self.spec.mechanisms.red_lines:
            for name, line in self.h.lines[actor].items():
                if line.crossed(package):
                    present = self.belief_in_line(observer, actor, name)
                    waived = self.waived_at(actor, line, points)
                    beliefs = [
                        beliefs[start + t] * (1.0 if waived[t] else 1.0 - present) for t in range(size)
                    ]
                    start = 0
        return expected_acceptance(gain, slopes[package], points, beliefs, start, size, precision)

    def _credibility_belief(self, observer: int, actor: int) -> tuple[list[float], list[float], int, int]:
        belief = self.index.get((observer, actor, "credibility"))
        if belief is None:
            return [self.mean(observer, actor, "credibility")], [1.0], 0, 1
        return self.points(belief), self.h.w.beliefs, belief.start, belief.size

    # Domestic consent

    def veto_gain(self, player: str, package: int) -> float:
        """Gain of a veto player from a package over the status quo, at this history's tastes."""
        key = (player, package)
        gain = self._consent.get(key)
        if gain is None:
            parent = self._veto(player).parent
            base, slopes = self._lines(parent)
            credibility = self.h.first_credibility[parent]
            own = base[package] + slopes[package] * credibility if package >= 0 else self.at_start(parent)
            gain = self._consent[key] = self._veto_gain(player, self.row(package), own)
        return gain

    def _veto_gain(self, player: str, row: list[float], own: float) -> float:
        """Gain of a veto player whose parent has the utility `own` of the levels."""
        veto = self._veto(player)
        return self._veto_value(veto, row, own) - veto.at_start

    def _veto(self, player: str) -> Veto:
        """What is the same for all packages."""
        if player not in self._vetoes:
            key = f"veto.{player}"
            program, names = self.case.package_programs[key]
            parent = self.case.actor(self.spec.veto_players[player].parent)
            place = names.index(PARENT) if PARENT in names else -1
            plain = all(c >= 0 or c <= CONSTANT or c in (ADD, SUBTRACT, MULTIPLY, NEGATE) for c in program.code)
            veto = Veto(parent, program.value_at, self.case.package_sources[key], place, plain, 0.0)
            at_start = self._veto_value(veto, list(self.start), self.at_start(parent))
            self._vetoes[player] = veto._replace(at_start=at_start)
        return self._vetoes[player]

    def _veto_value(self, veto: Veto, row: Any, own: Any) -> Any:
        """A package's levels and utility to the parent, or arrays of them, to a value or an array."""
        p = self.p
        numbers = [row[k] if k >= 0 else p[~k] for k in veto.sources]
        if veto.place >= 0:
            numbers[veto.place] = own
        return veto.value_at(numbers)

    def consent_to_levels(self, player: str, row: list[float]) -> float:
        """Probability that a veto player consents to any levels."""
        parent = self.case.actor(self.spec.veto_players[player].parent)
        intercept, slope = self._line_at(parent, row)
        return self._consent_to(player, self._veto_gain(player, row, intercept + slope * self.h.first_credibility[parent]))

    def consent_of(self, player: str, package: int, repeated: int = 0) -> float:
        """Probability that a veto player consents to a package at its n-th repeated vote."""
        learned = repeated * self.p[self.case.slots.veto_players[player].learning]
        return self._consent_to(player, self.veto_gain(player, package) + learned)

    def _consent_to(self, player: str, gain: float) -> float:
        slots = self.case.slots.veto_players[player]
        spread = self.p[slots.spread]
        if slots.prior is not None:
            reference = self.veto_gain(player, self.case.named[slots.reference])
            return consent.ratification(self.p[slots.prior], gain, reference, spread)
        return consent.consent(gain, spread)

    def players_for(self, package: int, kind: str) -> list[str]:
        """Veto players whose consent a package needs; a treaty's replace those of a deal."""
        if not self.spec.mechanisms.veto_players:
            return []
        cache = self.case.__dict__.setdefault("_players_for", {})
        if (package, kind) not in cache:
            cache[package, kind] = self._list_players_for(package, kind)
        return cache[package, kind]

    def _list_players_for(self, package: int, kind: str) -> list[str]:
        kinds = set(kind.split("+"))
        if "deal" in kinds and self.h.needs_treaty(package) and self.h.treaty_players:
            kinds = (kinds - {"deal"}) | {"treaty"}
        return [name for name in self.h.veto_order if kinds.intersection(self.spec.veto_players[name].consents_to)]

    def block_probabilities(self, kind: str, allowed: Sequence[float]) -> list[float]:
        """`block_probability` of every allowed candidate, 0 for the others."""
        if not self.h.veto_order:
            return [0.0] * self.count
        if kind not in self._block_tables:
            self._block_tables[kind] = self._block_table(kind)
        return [chance if a else 0.0 for chance, a in zip(self._block_tables[kind], allowed, strict=False)]

    def _block_table(self, kind: str) -> list[float]:
        """All candidates at once, those that go to the same players together."""
        table = [0.0] * self.count
        groups: dict[tuple[str, ...], list[int]] = {}
        for package in range(self.count):
            groups.setdefault(tuple(self.players_for(package, kind)), []).append(package)
        for players, packages in groups.items():
            consents = [self._consents(n, packages) for n in players]
            weights = [self.p[self.case.slots.veto_players[n].weight] for n in players]
            blocks = [consent.block_probability(w, c) for w, c in zip(weights, consents, strict=True)]
            chances = np.zeros(len(packages)) + consent.any_blocks(blocks, len(blocks))
            for package, chance in zip(packages, chances.tolist(), strict=True):
                table[package] = chance
        return table

    def _consents(self, player: str, packages: list[int]) -> np.ndarray:
        """`consent_of` several packages."""
        veto = self._veto(player)
        if not veto.plain:
            return np.array([self.consent_of(player, package) for package in packages])
        base, slopes = self._vectors_of(veto.parent, *self._lines(veto.parent))
        own = (base + slopes * self.h.first_credibility[veto.parent])[packages]
        gains = self._veto_value(veto, self.case.level_columns[:, packages], own) - veto.at_start
        slots = self.case.slots.veto_players[player]
        if slots.prior is None:
            return arrays.consent(gains, self.p[slots.spread])
        reference = self.veto_gain(player, self.case.named[slots.reference])
        return arrays.ratification(self.p[slots.prior], gains, reference, self.p[slots.spread])

    def block_probability(self, package: int, kind: str) -> float:
        """Probability that some veto player blocks a package."""
        if package < 0 or not self.h.veto_order:
            return 0.0
        known = self._block.get((package, kind))
        if known is None:
            blocks = [
                consent.block_probability(self.p[self.case.slots.veto_players[n].weight], self.consent_of(n, package))
                for n in self.players_for(package, kind)
            ]
            known = self._block[package, kind] = consent.any_blocks(blocks, len(blocks))
        return known

    # Expectation

    def triumph(self, holder: int, package: int) -> float:
        """Place of a package on the holder's triumph scale."""
        top = self.case.named[self.spec.mechanisms.expectation.triumph]
        values = self.hoped(holder)
        value = values[package] if package >= 0 else self.at_start(holder)
        best = values[top]
        return expectation.triumph_value(value, self.at_start(holder), best)

    def hoped(self, holder: int) -> list[float]:
        """Utility of every package on the holder's triumph scale: at its first credibility, without pressure."""
        base, slopes = self._lines(holder)
        credibility = self.h.first_credibility[holder]
        return base if credibility == 0.0 else [b + s * credibility for b, s in zip(base, slopes, strict=True)]

    def irreversible_gain(self, actor: int, issue: str, before: float, after: float) -> float:
        """What an actor gains when one level moves, all else as it was."""
        taste = self.case.slots.actors[self.ids[actor]].utility.issues.get(issue)
        if taste is None:
            return 0.0
        return gain_from_shift(self.p[taste.weight], self.p[taste.ideal], self.p[taste.exponent], before, after)
