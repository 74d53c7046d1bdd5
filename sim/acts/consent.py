"""Who at home can stop an agreement: veto players' gains and the chance that a package is blocked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.acts.codes import BUNDLE, DEAL, TREATY
from sim.acts.quantities import program_value
from sim.acts.worth import line_at, make_table, of_levels
from sim.rule import act, rule
from sim.rules import consent

if TYPE_CHECKING:
    from sim.world.fields import Floats, Tables, World


@rule
def kinds_needed(c: Tables, package: int, kinds: int) -> int:
    """Whose consent a package needs; a treaty's veto players replace those of a deal."""
    if kinds & DEAL and package >= 0 and c.needs_treaty[package] and c.num_treaty_players > 0:
        return (kinds - DEAL) | TREATY
    return kinds


@act
def veto_value(w: World, c: Tables, player: int, levels: Floats, at: int, own: float) -> float:
    """A package's levels and its utility to the parent, as the veto player values them."""
    return program_value(w, c, c.veto_program[player], w.p, levels, at, own)


@act
def veto_gain(w: World, c: Tables, player: int, package: int) -> float:
    """Gain of a veto player from a package over the status quo, at this history's tastes."""
    parent = c.veto_parent[player]
    if package < 0:
        return veto_value(w, c, player, c.start, 0, w.at_start[parent]) - w.veto_at_start[player]
    place = player * c.num_packages + package
    if not w.veto_known[place]:
        make_table(w, c, parent)
        at = parent * c.num_packages + package
        own = w.base[at] + w.slope[at] * w.first_credibility[parent]
        value = veto_value(w, c, player, c.levels, package * c.num_issues, own)
        w.veto_gain[place] = value - w.veto_at_start[player]
        w.veto_known[place] = 1
    return w.veto_gain[place]


@act
def _consent_to(w: World, c: Tables, player: int, gain: float) -> float:
    spread = w.p[c.veto_spread[player]]
    if c.veto_prior[player] >= 0:
        reference = veto_gain(w, c, player, c.veto_reference[player])
        return consent.ratification(w.p[c.veto_prior[player]], gain, reference, spread)
    return consent.consent(gain, spread)


@act
def consent_of(w: World, c: Tables, player: int, package: int, repeated: int) -> float:
    """Probability that a veto player consents to a package at its n-th repeated vote."""
    learned = repeated * w.p[c.veto_learning[player]]
    return _consent_to(w, c, player, veto_gain(w, c, player, package) + learned)


@act
def consent_to_levels(w: World, c: Tables, player: int, levels: Floats, at: int) -> float:
    """Probability that a veto player consents to any levels."""
    parent = c.veto_parent[player]
    intercept, slope = line_at(w, c, parent, levels, at)
    own = intercept + slope * w.first_credibility[parent]
    return _consent_to(w, c, player, veto_value(w, c, player, levels, at, own) - w.veto_at_start[player])


@act
def block_probability(w: World, c: Tables, package: int, kinds: int) -> float:
    """Probability that some veto player blocks a package."""
    if package < 0 or not c.veto_players or c.num_vetoes == 0:
        return 0.0
    place = kinds * c.num_packages + package
    if not w.block_known[place]:
        needed = kinds_needed(c, package, kinds)
        passes = 1.0
        for player in range(c.num_vetoes):
            if c.veto_kinds[player] & needed:
                consents = consent_of(w, c, player, package, 0)
                passes *= 1.0 - consent.block_probability(w.p[c.veto_weight[player]], consents)
        w.block[place] = 1.0 - passes
        w.block_known[place] = 1
    return w.block[place]


@act
def block_probabilities(w: World, c: Tables, kinds: int, allowed: Floats, out: Floats) -> None:
    """`block_probability` of every allowed candidate, 0 for the others."""
    for p in range(c.num_candidates):
        out[p] = block_probability(w, c, p, kinds) if allowed[p] else 0.0


@act
def hostile_players(w: World, c: Tables, package: int, one: int, two: int) -> float:
    """Number of two parties' veto players who would rather block a package than let it pass."""
    hostile = 0.0
    if c.veto_players:
        for player in range(c.num_vetoes):
            parent = c.veto_parent[player]
            if (parent == one or parent == two) and consent_of(w, c, player, package, 0) < 0.5:
                hostile += 1.0
    return hostile


@act
def bundle_blocked(w: World, c: Tables, one: int, two: int, levels: Floats, u: float) -> bool:
    """Whether veto players of two parties block a small bundle that would bring these levels."""
    if not c.veto_players:
        return False
    passes = 1.0
    for player in range(c.num_vetoes):
        parent = c.veto_parent[player]
        if c.veto_kinds[player] & BUNDLE and (parent == one or parent == two):
            gain = of_levels(w, c, parent, levels, 0) - of_levels(w, c, parent, w.level, 0)
            agrees = consent.consent(gain, w.p[c.veto_spread[player]])
            passes *= 1.0 - consent.block_probability(w.p[c.veto_weight[player]], agrees)
    return u < 1.0 - passes
