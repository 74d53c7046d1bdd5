"""Mechanisms, each with what its theory demands of its numbers."""

from __future__ import annotations

import math

from sim.model.check.checker import MAX_EXPONENT, MAX_RATE, SUM_TOLERANCE, Checker
from sim.model.check.effects import check_effects
from sim.model.check.values import point, utility
from sim.model.diagnostics import Path
from sim.rules.expectation import LEAST_TRIUMPH

REMAINDER = "others"  # enforcers that are no actors of the scenario
CONCENTRATIONS = (1.0, 1e6)  # of the Dirichlet draw of weights: below, a draw leaves one weight; above, it is a constant


def check_mechanisms(checker: Checker) -> None:
    m = checker.spec.mechanisms
    base: Path = ("mechanisms",)
    if m.tastes is not None and m.tastes.weights is not None:
        low, high = CONCENTRATIONS
        if not low <= point(m.tastes.weights) <= high:
            checker.add((*base, "tastes", "weights"), expected=f"a concentration from {low:g} to {high:g}",
                        found=f"{point(m.tastes.weights):g}", hint="60 keeps a weight of .4 within about .28 and .52")  # fmt: skip
    if m.learning is not None:
        for observer, observed in m.learning.observers.items():
            checker.actor_name((*base, "learning", "observers", observer), observer, at_key=True)
            checker.actors_in((*base, "learning", "observers", observer), observed)
            if observer in observed:
                checker.add((*base, "learning", "observers", observer), f"'{observer}' observes itself",
                            hint="name others")  # fmt: skip
        checker.at_most((*base, "learning", "kappa"), m.learning.kappa, 10.0, "weight of evidence")
    if m.restraint is not None:
        checker.issue_name((*base, "restraint", "issue"), m.restraint.issue)
    if m.capability is not None:
        path = (*base, "capability")
        checker.different(path, "actor", m.capability.actor, "against", m.capability.against)
        if m.capability.arms is not None:
            checker.issue_name((*path, "arms"), m.capability.arms)
            if m.capability.arms_full_stop <= 0.0:
                checker.add((*path, "arms_full_stop"), expected="a level above 0", found="0",
                            hint="name the level at which growth stops")  # fmt: skip
    if m.election_pressure is not None:
        checker.actor_name((*base, "election_pressure", "actor"), m.election_pressure.actor)
    _sanctions(checker)
    _expectation(checker)
    if m.reference_dependence is not None:
        path = (*base, "reference_dependence", "curvature")
        checker.at_most(path, m.reference_dependence.curvature, MAX_EXPONENT, "exponent")
    if m.aftermath is not None:
        path = (*base, "aftermath")
        checker.package_name((*path, "fallback"), m.aftermath.fallback)
        for n, name in enumerate(m.aftermath.withdraws):
            checker.issue_name((*path, "withdraws", n), name)
        if m.aftermath.strike_veto_by is not None:
            checker.actor_name((*path, "strike_veto_by"), m.aftermath.strike_veto_by)
        lottery = m.aftermath.force_lottery
        total = math.fsum(entry[0] for entry in lottery)
        if lottery and abs(total - 1.0) > SUM_TOLERANCE:
            checker.add((*path, "force_lottery"), f"the probabilities sum to {total:.6g}", expected="a sum of 1",
                        hint="the first number of each entry is its probability")  # fmt: skip
        if any(entry[0] < 0.0 for entry in lottery):
            checker.add((*path, "force_lottery"), "probabilities cannot be negative", hint="check the first numbers")
    _ladder(checker)
    _agreements(checker)


def _sanctions(checker: Checker) -> None:
    sanctions = checker.spec.mechanisms.sanctions
    if sanctions is None:
        return
    path: Path = ("mechanisms", "sanctions")
    known = checker.actor_name((*path, "target"), sanctions.target)
    checker.issue_name((*path, "eased_by"), sanctions.eased_by)
    for name, enforcer in sanctions.enforcers.items():
        checker.name((*path, "enforcers", name), name, [*checker.spec.actors, REMAINDER], "actor", at_key=True)
        if enforcer.relaxes and name == REMAINDER:
            checker.add((*path, "enforcers", name, "relaxes"), f"'{name}' are no actor whose enforcement could move",
                        hint="name an actor, or leave it constant")  # fmt: skip
    shares = {name: enforcer.share for name, enforcer in sanctions.enforcers.items()}
    checker.sums_to_one((*path, "enforcers"), shares, "the shares")
    triumph = checker.spec.mechanisms.expectation and checker.spec.mechanisms.expectation.triumph
    survival = known and checker.spec.actors[sanctions.target].utility.survival
    if not survival or triumph not in checker.spec.packages:
        return
    # A cost that makes surrender of all arms attractive to a regime that lives by them contradicts its survival term.
    total = [name for name, p in checker.spec.packages.items() if p.levels.get(survival.arms) == 1.0]
    best = max((utility(checker.spec, sanctions.target, name) for name in total), default=None)
    if best is None:
        return
    bound = utility(checker.spec, sanctions.target, None) - best
    cost = point(sanctions.cost)
    if cost > bound:
        checker.warn((*path, "cost"), f"at full pressure giving up all of '{survival.arms}' beats the status quo of "
                     f"'{sanctions.target}'", expected=f"at most {bound:.3g}", found=f"{cost:g}",
                     hint="lower the cost, or raise the weight of survival")  # fmt: skip


def _expectation(checker: Checker) -> None:
    expectation = checker.spec.mechanisms.expectation
    if expectation is None:
        return
    path: Path = ("mechanisms", "expectation")
    checker.different(path, "holder", expectation.holder, "counterpart", expectation.counterpart)
    known = checker.package_name((*path, "triumph"), expectation.triumph)
    checker.issue_keys((*path, "deliverable_bounds"), expectation.deliverable_bounds)
    holder = expectation.holder
    if known and holder in checker.spec.actors and checker.spec.actors[holder].utility.issues:
        gain = utility(checker.spec, holder, expectation.triumph) - utility(checker.spec, holder, None)
        if gain <= LEAST_TRIUMPH:
            checker.add((*path, "triumph"), f"'{expectation.triumph}' is no triumph for '{expectation.holder}': "
                        f"its gain over the status quo is {gain:.3g}", hint="name a package it likes better")  # fmt: skip


def _ladder(checker: Checker) -> None:
    ladder = checker.spec.mechanisms.ladder
    if ladder is None:
        return
    path: Path = ("mechanisms", "ladder")
    checker.actors_in((*path, "sides"), ladder.sides)
    if ladder.striker is not None and ladder.striker not in ladder.sides:
        checker.name((*path, "striker"), ladder.striker, ladder.sides, "side")
    last = len(ladder.rungs) - 1
    # From the lowest to the highest; major war itself is entered by no event.
    order = ("concession_rung", "calm_rung", "crisis_rung", "incident_rung", "brink")
    for low, high in zip(order, order[1:], strict=False):
        if getattr(ladder, low) > getattr(ladder, high):
            checker.add((*path, low), f"`{low}` {getattr(ladder, low)} is above `{high}` {getattr(ladder, high)}",
                        hint="rungs rise from concession_rung to brink")  # fmt: skip
            return
    if ladder.calm_rung >= ladder.crisis_rung:
        checker.add((*path, "calm_rung"), f"a crisis would be over when it begins: calm_rung {ladder.calm_rung}, "
                    f"crisis_rung {ladder.crisis_rung}", hint="lower calm_rung")  # fmt: skip
    for name in ("initial", "brink"):
        if getattr(ladder, name) >= last:
            checker.add((*path, name), f"rung {getattr(ladder, name)} is not below the last rung {last}",
                        hint="the last rung is major war; add rungs or choose a lower one")  # fmt: skip
    if ladder.fast_tick.support()[1] > ladder.tick.support()[1] or point(ladder.fast_tick) > point(ladder.tick):
        checker.add((*path, "fast_tick"), "the fast tick is slower than the ordinary one", hint="exchange them")


def _agreements(checker: Checker) -> None:
    agreements = checker.spec.mechanisms.agreements
    if agreements is None:
        return
    path: Path = ("mechanisms", "agreements")
    checker.actors_in((*path, "parties"), agreements.parties)
    for name in ("verification", "treaty_issue"):
        if getattr(agreements, name) is not None:
            checker.issue_name((*path, name), getattr(agreements, name))
    for name in ("at_first_milestone", "at_signing"):
        for number, issue in enumerate(getattr(agreements, name)):
            checker.issue_name((*path, name, number), issue)
    for number, actor in enumerate(agreements.public):
        checker.name((*path, "public", number), actor, agreements.parties, "party")
    if agreements.dispute.hotline_issue is not None:
        checker.issue_name((*path, "dispute", "hotline_issue"), agreements.dispute.hotline_issue)
    checker.issue_keys((*path, "treaty_also"), agreements.treaty_also)
    checker.at_most((*path, "collapse", "base"), agreements.collapse.base, MAX_RATE, "rate")
    check_effects(checker, (*path, "signed_effects"), agreements.signed_effects)
