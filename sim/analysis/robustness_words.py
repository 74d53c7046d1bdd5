"""What robust choice found, in sentences: the answer first, whether the criteria agree, then levels, where arms lose, and luck.

Figures of shares are told in percentage points of histories, others as they are.
"""

from __future__ import annotations

import math

from sim.analysis.comparison_words import percent
from sim.analysis.names import quoted
from sim.analysis.phrases import listed
from sim.analysis.point_shares import PointShare
from sim.analysis.regret import Bracketed
from sim.analysis.robustness import Robust, Standing

SURE = 0.95  # probability of the least regret from which an arm is called the robust choice
POORLY_KNOWN = 0.4  # width of the interval of a share of draws from which it is said how to narrow it
MOST_PLACES = 3  # arms of which it is told where they lose


def amount(found: Robust, value: float) -> str:
    """A figure of what arms are judged by: percent of a share, else a number."""
    return percent(value) if found.is_share else number(value)


def number(value: float) -> str:
    """A number with three figures."""
    return f"{value:.3g}".replace("-", "\u2212") if math.isfinite(value) else "-"


def regret(found: Robust, value: float) -> str:
    """A regret without a unit: points of a share, else a number."""
    return f"{100 * value:.1f}" if found.is_share else number(value)


def ends(found: Robust, item: Bracketed) -> str:
    """The interval of a regret."""
    return f"{regret(found, item.low)} to {regret(found, item.high)}"


def unit(found: Robust) -> str:
    """The unit of a regret, with a space before it."""
    return " points" if found.is_share else ""


def shares(item: PointShare) -> str:
    """A share of draws with its interval."""
    return f"{100 * item.share:.0f}% ({100 * item.low:.0f} to {100 * item.high:.0f}%)"


def findings(found: Robust) -> list[str]:
    """The answer in sentences, the most important first."""
    told = [_answer(found), _others(found), *_level(found), *_places(found), _largest(found), _luck(found), *_same(found)]
    return [text for text in told if text]


def _answer(found: Robust) -> str:
    first, *rest = found.standings
    by = f"By {found.goal.label}"
    size = (
        f"in the tenth of the draws of the uncertainties that is worst for it, it gives away {regret(found, first.regret.tail.value)}"
        f"{unit(found)} ({ends(found, first.regret.tail)}) against the best arm there"
    )
    if _all_level(found):
        return f"{by}, it does not matter which arm is chosen: at no draw of the uncertainties do they differ."
    group = _alike(found, first.arm)
    chance = sum(found.of(name).regret.first for name in group)
    others = [item for item in rest if item.arm not in group]
    named = quoted(first.arm) if len(group) == 1 else f"{listed([quoted(name) for name in group])}, level in every history,"
    if chance >= SURE or not others:
        verb = "is the robust choice" if len(group) == 1 else "are the robust choice"
        return f"{by}, {named} {verb} of {len(found.standings)} arms: {size}, less than any other arm."
    second = max((_alike(found, item.arm) for item in others), key=lambda names: sum(found.of(name).regret.first for name in names))
    return (
        f"{by}, no arm is surely the robust choice after {found.draws:,} draws of the uncertainties with {found.repeats} histories each: "
        f"{named} {'has' if len(group) == 1 else 'have'} the least regret with a probability of {_sure(chance)} ({size}), "
        f"{listed([quoted(name) for name in second])} with {_sure(sum(found.of(name).regret.first for name in second))}."
    )


def _all_level(found: Robust) -> bool:
    """Whether no arm gives anything away, so that an order of them says nothing."""
    return all(item.regret.mean.plain < 1e-12 for item in found.standings)


def _alike(found: Robust, arm: str) -> list[str]:
    """An arm and those that are level with it in every history."""
    pairs = [set(pair) for pair in found.alike]
    return [item.arm for item in found.standings if item.arm == arm or {item.arm, arm} in pairs]


def _sure(value: float) -> str:
    return "more than 99%" if value > 0.99 else "less than 1%" if value < 0.01 else f"{100 * value:.0f}%"


def leaders(found: Robust) -> dict[str, str]:
    """The arm that comes first by each criterion."""
    items = found.standings
    told = {
        "regret in the worst tenth": items[0].arm,
        "mean regret": min(items, key=lambda item: item.regret.mean.value).arm,
        "share of draws at which it is the best": max(items, key=lambda item: item.best.share).arm,
    }
    if found.level is not None:
        told["share of draws at which it meets the level"] = max(items, key=_met).arm
    return told


def _met(item: Standing) -> float:
    assert item.meets is not None
    return item.meets.share


def _others(found: Robust) -> str:
    """Whether other criteria would choose otherwise."""
    if _all_level(found):
        return ""
    by = leaders(found)
    first = found.standings[0]
    best = max(found.standings, key=lambda item: item.best.share)
    mean = f"on average it gives away {regret(found, first.regret.mean.value)}{unit(found)} ({ends(found, first.regret.mean)})"
    where = f"it is the best at {shares(first.best)} of the draws"
    others = {name: arm for name, arm in by.items() if arm != first.arm}
    if not others:
        return f"All criteria put {quoted(first.arm)} first: {mean}, and {where}."
    parts = [
        f"by {listed([name for name, arm in others.items() if arm == other])} {quoted(other)}" for other in dict.fromkeys(others.values())
    ]
    after = f", {quoted(best.arm)} at {shares(best.best)}" if best.arm != first.arm else ""
    return f"The criteria do not agree: {listed(parts)} would come first. Of {quoted(first.arm)}: {mean}, and {where}{after}."


def _level(found: Robust) -> list[str]:
    if found.level is None:
        return []
    items = sorted(found.standings, key=_met, reverse=True)
    first, last = items[0], items[-1]
    assert first.meets is not None and last.meets is not None
    what = f"a mean of {found.level.words} {amount(found, found.level.value)}"
    text = f"{what[:1].upper()}{what[1:]} is met by {quoted(first.arm)} at {shares(first.meets)} of the draws"
    text += f", by {quoted(last.arm)} at {shares(last.meets)}." if last is not first else "."
    if max(item.meets.high - item.meets.low for item in (first, last) if item.meets is not None) > POORLY_KNOWN:
        text += f" Of each draw only {found.repeats} histories are known, which leaves these shares open: more of them (--repeats) help."
    return [text]


def _places(found: Robust) -> list[str]:
    told = []
    for item in found.standings:
        if item.where is not None and item.where.box and len(told) < MOST_PLACES:
            told.append(
                f"{quoted(item.arm)} loses where {item.where.box}: there ({100 * item.where.share:.0f}% of draws) it gives away "
                f"{regret(found, item.where.inside)}{unit(found)}, elsewhere {regret(found, max(0.0, item.where.outside))}; counted in "
                "draws that were not searched."
            )
    if not told and found.num_inputs and any(item.where is not None for item in found.standings):
        told.append("Where an arm loses cannot be told: no limits on the recorded uncertainties hold in draws that were not searched.")
    return told


def _largest(found: Robust) -> str:
    first = found.standings[0]
    top = first.regret.largest
    return (
        f"The largest regret of {quoted(first.arm)} over the draws played lies between {regret(found, top.low)} and "
        f"{regret(found, top.high)}{unit(found)}; one draw is known from {found.repeats} histories only, and a draw that was not played "
        "may be worse."
    )


def _luck(found: Robust) -> str:
    """How much of the regret counted plainly is the noise of few histories."""
    first = found.standings[0].regret
    if first.tail.plain - first.tail.value < 1e-9:
        return ""
    return (
        f"Counted plainly, the regret of {quoted(found.standings[0].arm)} in its worst tenth would be {regret(found, first.tail.plain)}"
        f"{unit(found)}: of {found.repeats} histories a draw the arm that was lucky looks best. The figures told are by histories that had "
        "no part in choosing the best arm and the worst draws, and so err a little downwards; the intervals reach up to the plain ones."
    )


def _same(found: Robust) -> list[str]:
    return [f"{quoted(one)} and {quoted(two)} are the same in every history." for one, two in found.same]


__all__ = ["amount", "ends", "findings", "leaders", "number", "regret", "shares", "unit"]
