"""What a sweep or a search for a threshold found, in sentences."""

from __future__ import annotations

import math

from sim.analysis.names import quoted
from sim.analysis.outputs import Output
from sim.analysis.response import Interval, Surface
from sim.analysis.sweep import Answer, Factor, Swept
from sim.analysis.threshold import Threshold

MOST_TOLD = 3  # factors in the sentences about an output


def findings(found: Swept) -> list[str]:
    """The answers in sentences: outputs that answer most come first, those that nothing was seen of last."""
    told = [text for answer in ordered(found) if not answer.is_still for text in of_answer(found, answer)]
    still = [answer for answer in found.answers if answer.is_still]
    if still:
        names = ", ".join(f"{quoted(answer.output.label)} ({mean(answer.output, answer.mean)})" for answer in still)
        told.append(f"The same in all {found.ran.histories:,} histories: {names}.")
    return told


def ordered(found: Swept) -> list[Answer]:
    """Shares by how far they move, the largest first; then the other numbers as they were asked for."""

    def reach(answer: Answer) -> float:
        return max((curve.highest.mean.value - curve.lowest.mean.value for curve in answer.curves), default=0.0)

    return sorted(found.answers, key=lambda answer: (not answer.output.is_share, -reach(answer) if answer.output.is_share else 0.0))


def of_answer(found: Swept, answer: Answer) -> list[str]:
    """What is said of one output."""
    if not answer.curves:
        return [_of_points(found, answer)]
    pairs = sorted(zip(found.factors, answer.curves, strict=True), key=lambda pair: -abs(pair[1].across.value))
    told = []
    for factor, curve in pairs[:MOST_TOLD]:
        first, last = curve.points[0], curve.points[-1]
        others = len(found.factors) - 1 if found.is_paired else 0
        over = f", averaged over the other{'s' if others > 1 else ''}" if others else ""
        ends = f"{with_interval(answer.output, first.mean)} {place(factor, first.ends)}, {with_interval(answer.output, last.mean)}"
        text = f"{quoted(answer.output.label)} by {quoted(factor.label)}{over}: {ends} {place(factor, last.ends)}"
        change = difference(answer.output, curve.across)
        told.append(f"{text}; {change}." if curve.across.is_clear else f"{text}; a difference is not shown ({change}).")
        if curve.bend is not None:
            number, beyond = curve.bend
            point = curve.points[number]
            way = "highest" if beyond.value > 0.0 else "lowest"
            told.append(
                f"It is no straight way: {way} {place(factor, point.ends)}, {with_interval(answer.output, point.mean)}, "
                f"{difference(answer.output, beyond)} against the nearer end."
            )
    if answer.surface is not None:
        told.append(_of_surface(found, answer, answer.surface))
    return told


def _of_surface(found: Swept, answer: Answer, face: Surface) -> str:
    places = [(i, j) for i in range(len(face.first)) for j in range(len(face.second))]
    known = [(float(face.means[i, j]), i, j) for i, j in places if face.histories[i, j] > 1]
    parts = []
    for value, i, j in (min(known), max(known)):
        where = f"{figure(face.first[i])} and {figure(face.second[j])}"
        item = Interval(value, float(face.low[i, j]), float(face.high[i, j]))
        parts.append(f"{with_interval(answer.output, item)} at {where}")
    names = " and ".join(quoted(factor.label) for factor in found.factors)
    return f"Of all combinations of {names} the lowest is {parts[0]}, the highest {parts[1]}; each picked as the extreme of {len(known)}."


def _of_points(found: Swept, answer: Answer) -> str:
    assert found.points is not None
    order = sorted(range(len(answer.points)), key=lambda k: answer.points[k].value)
    parts = []
    for k in (order[0], order[-1]):
        values = ", ".join(f"{factor.label} {figure(x)}" for factor, x in zip(found.factors, found.points[k], strict=True))
        parts.append(f"{with_interval(answer.output, answer.points[k])} at point {k + 1} ({values})")
    return (f"{quoted(answer.output.label)} over {len(answer.points)} points: lowest {parts[0]}, highest {parts[1]}; each picked as the "
            f"extreme of {len(answer.points)}.")  # fmt: skip


def place(factor: Factor, ends: tuple[float, float]) -> str:
    """Where a point lies: `at .5`, `between .4 and .6`."""
    low, high = ends
    return f"at {figure(low)}" if low == high else f"between {figure(low)} and {figure(high)}"


def figure(value: float) -> str:
    """A value of an input in as few digits as it needs, at most four."""
    return f"{value:.4g}".replace("-", "\u2212")


def mean(output: Output, value: float) -> str:
    """A mean of an output: a share in per cent, another number with four digits."""
    return f"{100.0 * value:.1f}%" if output.is_share else figure(value)


def with_interval(output: Output, item: Interval) -> str:
    """A mean with its interval: `8.3% (7.1 to 9.6)`."""
    if output.is_share:
        return f"{100.0 * item.value:.1f}% ({100.0 * item.low:.1f} to {100.0 * item.high:.1f})"
    return f"{figure(item.value)} ({figure(item.low)} to {figure(item.high)})"


def difference(output: Output, item: Interval) -> str:
    """A difference with its interval: `+2.1 points (0.4 to 3.8)`."""
    scale, digits, unit = (100.0, ".1f", " points") if output.is_share else (1.0, ".4g", "")
    value, low, high = (f"{scale * x:+{digits}}".replace("-", "\u2212") for x in (item.value, item.low, item.high))
    return f"{value}{unit} ({low} to {high})"


# Thresholds -----------------------------------------------------------------------------------------------------------


def threshold_findings(found: Threshold, label: str) -> list[str]:
    """The answer in sentences: where, how steep, what more is to be known.

    Parameters
    ----------
    label : of the input, for readers
    """
    told = [headline(found, label)]
    if found.kind == "crossed" and found.crossing is not None:
        told += _about(found, label)
    if not found.is_monotone and found.kind != "several":
        told.append(
            f"The curve rises and falls within the range, surely so among all pairs of values; {_else(found)}."
        )
    return told


def _else(found: Threshold) -> str:
    if found.kind == "crossed":
        return "at the values that were played it passes the level once"
    return "at none of the values that were played does it surely pass the level"


def target_words(found: Threshold) -> str:
    """The target in words: `the share of “War” is at least 10%`."""
    target = found.target
    what = f"the share of {quoted(target.output.label)}" if target.output.is_share else f"the mean of {quoted(target.output.label)}"
    return f"{what} is {'at least' if target.is_least else 'at most'} {level(found)}"


def level(found: Threshold) -> str:
    """The level as a reader has it."""
    return f"{100.0 * found.target.level:.4g}%" if found.target.output.is_share else figure(found.target.level)


def located(found: Threshold) -> str:
    """The threshold with its interval: `0.31 [0.29, 0.33]`; an end that was not found is called open."""
    at = found.crossing
    assert at is not None
    digits = decimals(at.low, at.high)
    ends = [f"{x:.{digits}f}" for x in (at.low, at.high)]
    ends = [f"{end} or {word}" if is_open else end for end, is_open, word in zip(ends, at.is_open, ("less", "more"), strict=True)]
    return f"{at.at:.{digits}f} [{ends[0]}, {ends[1]}]".replace("-", "\u2212")


def decimals(low: float, high: float) -> int:
    """Digits after the point with which an interval has two that count."""
    return max(0, 1 - math.floor(math.log10(high - low))) if high > low else 4


def headline(found: Threshold, label: str) -> str:
    """What came of the search, in one sentence."""
    target, between = target_words(found), f"between {figure(found.low)} and {figure(found.high)}"
    scan = found.scan
    if found.kind == "crossed" and found.crossing is not None:
        where = f"from {located(found)} of {quoted(label)} on" if found.is_met_above else f"up to {located(found)} of {quoted(label)}"
        return f"{_capital(target)} {where} (searched {between})."
    if found.kind in ("everywhere", "nowhere"):
        means = [item.value for item in scan.means]
        met = found.kind == "everywhere"
        worst = means.index(min(means) if met == found.target.is_least else max(means))
        shown = f"{with_interval(found.target.output, scan.means[worst])} at {figure(scan.values[worst])}"
        sure = "" if found.is_sure else ", though not surely so at each of them"
        if met:
            at = f"at all {len(means)} values of {quoted(label)} {between}{sure}"
            return f"The target is met everywhere: {target} {at}; least clearly {shown}."
        at = f"at none of {len(means)} values of {quoted(label)} {between}{sure}"
        return f"The target is met nowhere: {target} {at}; nearest {shown}."
    if found.kind == "several":
        parts = [f"between {figure(item.low)} and {figure(item.high)} it {'becomes' if item.is_met_above else 'ceases to be'} so"
                 for item in found.stretches]  # fmt: skip
        return (f"There is no one threshold, for the curve is not monotone: that {target} changes {len(parts)} times by {quoted(label)} "
                f"{between}: {'; '.join(parts)}. Search each with its own --over.")  # fmt: skip
    if found.stretches:
        (item,) = found.stretches
        return (f"{_capital(target)} {'above' if item.is_met_above else 'below'} a value of {quoted(label)} between {figure(item.low)} and "
                f"{figure(item.high)}, which {found.histories:,} histories do not tell more closely.")  # fmt: skip
    return (
        f"{found.histories:,} histories do not tell from which value of {quoted(label)} {between} {target}: no value that was played is "
        "surely on the other side than the rest. More histories (-n) or a wider range would tell."
    )


def _about(found: Threshold, label: str) -> list[str]:
    at = found.crossing
    assert at is not None
    told = []
    if any(at.is_open):
        told.append("The interval has an end that was not found: the curve is too flat there for so many histories. More (-n) find it.")
    elif at.high - at.low > 0.1 * (found.high - found.low):
        told.append(f"Four times as many histories would about halve the interval (-n {4 * found.histories:,}).")
    last = found.steps[-1]
    told.append(
        f"At {figure(last.values[1])} it is {with_interval(found.target.output, last.means[1])}, from {last.draws[1]:,} histories that the "
        "search had not looked at before; the interval rests on these and on the values beside it."
    )
    return told


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
