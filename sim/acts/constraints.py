"""Red lines: packages that a type will not sign, and what others believe about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.acts.beliefs import take_types
from sim.acts.quantities import evaluated, holds
from sim.acts.worth import make_believed, pressed
from sim.rule import act, rule
from sim.rules.choice import expected_acceptance, menu_acceptances

if TYPE_CHECKING:
    from sim.world.fields import Floats, Tables, World


@rule
def waived(w: World, c: Tables, line: int) -> bool:
    """Whether a red line is lifted at present."""
    return c.line_unless[line] >= 0 and holds(w, c, c.line_unless[line])


@rule
def beyond(c: Tables, line: int, package: int) -> bool:
    """Whether a package lies beyond a red line."""
    return c.beyond[line * c.num_packages + package] != 0.0


@act
def crossed_line(w: World, c: Tables, actor: int, package: int) -> int:
    """The first red line that the package crosses for the actor; -1 if none."""
    if c.red_lines and package >= 0:
        for line in range(c.line_first[actor], c.line_first[actor + 1]):
            if w.line_present[line] and beyond(c, line, package) and not waived(w, c, line):
                return line
    return -1


@act
def allowed_for(w: World, c: Tables, track: int, actor: int, count: int, out: Floats) -> None:
    """The mandate of a track less what the actor's own red lines forbid, of the first ``count`` packages."""
    row = track * c.num_packages
    for p in range(count):
        out[p] = c.mandate[row + p]
    if not c.red_lines:
        return
    for line in range(c.line_first[actor], c.line_first[actor + 1]):
        if w.line_present[line] and not waived(w, c, line):
            for n in range(c.beyond_start[line], c.beyond_start[line + 1]):
                if c.beyond_package[n] < count:
                    out[c.beyond_package[n]] = 0.0


@rule
def belief_in_line(w: World, c: Tables, observer: int, line: int) -> float:
    """The observer's belief that an actor has a red line."""
    b = c.line_belief[observer * c.num_lines + line]
    return w.beliefs[c.belief_start[b] + 1] if b >= 0 else w.line_prior[line]


@act
def waived_by_type(w: World, c: Tables, line: int, num_types: int) -> bool:
    """Which types of ``w.type_points`` would have the line lifted now, into ``w.type_waived``; whether any would."""
    found = False
    slot = c.line_credibility[line]
    if c.line_unless[line] < 0:
        for t in range(num_types):
            w.type_waived[t] = 0
        return False
    if slot < 0:
        found = waived(w, c, line)
        for t in range(num_types):
            w.type_waived[t] = 1 if found else 0
        return found
    kept = w.quantities[slot]
    for t in range(num_types):
        w.quantities[slot] = w.type_points[t]
        w.type_waived[t] = 0
        if evaluated(w, c, c.line_unless[line]) != 0.0:
            w.type_waived[t] = 1
            found = True
    w.quantities[slot] = kept
    return found


@act
def acceptance(
    w: World, c: Tables, observer: int, actor: int, reject: float, precision: float, allowed: Floats, out: Floats
) -> None:
    """The observer's belief that the actor would accept each allowed candidate, written into ``out``.

    Averaged over the belief about credibility; packages beyond a red line are accepted only by types that do not have it.
    """
    row = make_believed(w, c, observer, actor)
    cost = pressed(w, c, actor)
    types = take_types(w, c, observer, actor)
    count = c.num_candidates
    for p in range(count):
        w.gain[p] = w.believed_base[row + p] - cost * c.relief_left[p] - reject
    menu_acceptances(w.gain, w.believed_slope, row, count, w.type_points, w.type_beliefs, types, precision, w.whole)
    for p in range(count):
        w.whole[p] = w.whole[p] if allowed[p] else 0.0
        out[p] = w.whole[p]
    if not c.red_lines:
        return
    for line in range(c.line_first[actor], c.line_first[actor + 1]):
        present = belief_in_line(w, c, observer, line)
        some = waived_by_type(w, c, line, types)
        for t in range(types):
            # Types that would waive the line keep their weight; of the others those that have it drop out.
            w.type_able[t] = w.type_beliefs[t] * (1.0 if w.type_waived[t] else 1.0 - present)
        for n in range(c.beyond_start[line], c.beyond_start[line + 1]):
            p = c.beyond_package[n]
            if p >= c.num_candidates:
                continue
            if not some:
                out[p] *= 1.0 - present
            elif allowed[p]:
                part = expected_acceptance(
                    w.gain[p], w.believed_slope[row + p], w.type_points, w.type_able, 0, types, precision
                )
                out[p] *= part / w.whole[p] if w.whole[p] > 0.0 else 0.0


@act
def accepts(w: World, c: Tables, observer: int, actor: int, package: int, reject: float, precision: float) -> float:
    """The observer's belief that the actor would accept one package."""
    if package < 0:
        return 0.0
    row = make_believed(w, c, observer, actor)
    gain = w.believed_base[row + package] - pressed(w, c, actor) * c.relief_left[package] - reject
    types = take_types(w, c, observer, actor)
    if c.red_lines:
        for line in range(c.line_first[actor], c.line_first[actor + 1]):
            if beyond(c, line, package):
                present = belief_in_line(w, c, observer, line)
                waived_by_type(w, c, line, types)
                for t in range(types):
                    w.type_beliefs[t] *= 1.0 if w.type_waived[t] else 1.0 - present
    return expected_acceptance(
        gain, w.believed_slope[row + package], w.type_points, w.type_beliefs, 0, types, precision
    )
