"""What a comparison found, in sentences: the answer first, then each arm, then why and how sure.

No sentence says more than the numbers: what is told of an arm holds also as one of all differences of its table, unless it is said
to be open.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from sim.analysis.comparison import Compared
from sim.analysis.divergences import Divergences
from sim.analysis.durations import duration
from sim.analysis.names import quoted
from sim.analysis.paired_differences import Difference
from sim.analysis.phrases import listed

MOST_TOLD = 3  # differences of an arm
FEW_APART = 5  # histories in which two arms differ, below which none is said to come first
SURE = 0.95  # probability of being best from which an arm is called the best
PRACTICAL = 1e8  # pairs beyond which a number of them helps nobody
MINUS = "\u2212"


def findings(found: Compared) -> list[str]:
    """The answer in sentences, the most important first."""
    told = []
    if found.ranking is not None:
        told.append(_best(found))
    told += [_arm(found, name) for name in found.others]
    told += _same(found)
    told += _inputs(found)
    told.append(_worth(found))
    if found.target is not None and found.largest_error > found.target:
        told.append(
            f"The largest standard error of a difference is still {found.largest_error:.2g}, above {found.target:g}: more histories "
            "(--replications, --budget) are needed."
        )
    return [text for text in told if text]


def _best(found: Compared) -> str:
    ranking = found.ranking
    assert ranking is not None
    first, *rest = ranking.standings
    by = ranking.goal.label
    level = [first.arm, *(item.arm for item in rest if _level(found, first.arm, item.arm))]
    if len(level) == len(ranking.standings):
        return f"By {by}, the arms cannot be told apart: they are level in every history."
    if len(level) > 1:
        return f"By {by}, {listed([quoted(name) for name in level])} come first, level in every history."
    apart = max(duel.better.count + duel.worse.count for (one, _), duel in ranking.duels.items() if one == first.arm)
    if apart < FEW_APART:
        return f"By {by}, too few histories differ to say which arm comes first: {apart} at most between {quoted(first.arm)} and another."
    if first.best >= SURE:
        lead = f"By {by}, {quoted(first.arm)} comes first of {len(ranking.standings)} arms, with a probability of {_sure(first.best)}"
    else:
        second = max(rest, key=lambda item: item.best)
        lead = (
            f"By {by}, no arm is surely the best after {found.played.replications:,} histories each: {quoted(first.arm)} has a "
            f"probability of {_sure(first.best)} to be it, {quoted(second.arm)} {_sure(second.best)}"
        )
    other = found.reference if first.arm != found.reference else (rest[0].arm if rest else first.arm)
    duel = ranking.duels[first.arm, other]
    return (
        f"{lead}. Against {quoted(other)} it does better in {percent(duel.better.share)} of histories, worse in "
        f"{percent(duel.worse.share)}, and no differently in {percent(duel.tied.share)}."
    )


def _level(found: Compared, one: str, two: str) -> bool:
    """Whether two arms are neither better nor worse in any history."""
    assert found.ranking is not None
    duel = found.ranking.duels[one, two]
    return duel.better.count == 0 and duel.worse.count == 0


def _arm(found: Compared, name: str) -> str:
    """The differences of an arm in how histories end, or that none can be told."""
    if name in found.twin_of:
        return ""
    items = found.of(name, "outcomes")
    sure = sorted((item for item in items if item.holds_among_all), key=lambda item: -abs(item.difference))
    lead = f"{quoted(name)} against {quoted(found.reference)}: "
    if sure:
        parts = [_told(item) for item in sure[:MOST_TOLD]]
        rest = len(sure) - len(parts)
        more = f"; and {rest} more that can be told" if rest else ""
        return f"{lead}{'; '.join(parts)}{more}."
    if all(item.verdict == "same" for item in items):
        return f"{lead}every history ends the same way, though not all else in them is the same."
    largest = max(items, key=lambda item: abs(item.difference))
    settle = largest.pairs_to_settle
    after = ""
    if largest.verdict in ("more", "less"):
        after = "; alone it would count as one, among all it does not"
    elif settle is not None and settle < PRACTICAL:
        after = f"; about {_round(settle)} pairs would settle one of this size"
    return f"{lead}no difference in how histories end can be told from chance. The largest is {_told(largest)}{after}."


def _told(item: Difference) -> str:
    """A share's difference with its interval: `Interim deal 19.8 points less often (23.0 to 16.7)`."""
    size, ends = abs(item.difference), sorted((abs(item.low), abs(item.high)))
    label = f"\u201c{item.measure.label}\u201d"
    if item.low <= 0.0 <= item.high:
        return f"{label} by {points(item.difference)} points ({points(item.low)} to {points(item.high)})"
    way = "more" if item.difference > 0.0 else "less"
    return f"{label} {100 * size:.1f} points {way} often ({100 * ends[0]:.1f} to {100 * ends[1]:.1f})"


def _same(found: Compared) -> list[str]:
    told = []
    arms = found.played.arms
    for name, other in found.twin_of.items():
        why = (
            "their scenarios are the same in everything that is played"
            if arms[name].substance == arms[other].substance
            else f"what {quoted(name)} sets is as it was, or nothing here reads it"
            if other == found.reference and arms[name].sets
            else "what they set differently, nothing here reads"
        )
        told.append(f"{quoted(name)} and {quoted(other)} are the same in every history: {why}.")
    return told


def _inputs(found: Compared) -> list[str]:
    """How much of what varies is not knowing the inputs, and at how many draws of them the best arm does better."""
    if found.inputs is None:
        return []
    inputs, reference = found.inputs, found.reference
    own = [item for item in inputs.splits if item.arm == reference and item.measure.group == "outcomes" and item.value.varies]
    told = []
    if own:
        most = max(own, key=lambda item: item.value.deviation)
        split = most.value
        told.append(
            f"Of what varies in \u201c{most.measure.label}\u201d under {quoted(reference)}, {100 * split.inputs:.0f}% is not knowing the "
            f"inputs ({100 * split.low:.0f} to {100 * split.high:.0f}), the rest the world's chance; by {inputs.draws} histories at "
            f"each of {inputs.points:,} draws of the uncertainties."
        )
    if found.ranking is not None and inputs.duels:
        names = [item.arm for item in found.ranking.standings]
        first = names[0]
        other = reference if first != reference else names[1]
        duel = next((item for item in inputs.duels if (item.arm, item.other) == (first, other)), None)
        if duel is not None:
            told.append(
                f"{quoted(first)} does better than {quoted(other)} more often than worse at {percent(duel.better.share)} of the draws of "
                f"the uncertainties, more often worse at {percent(duel.worse.share)}."
            )
    return told


def _worth(found: Compared) -> str:
    """What common draws were worth."""
    ratios = [
        item.variance_ratio
        for item in found.differences
        if item.measure.group == "outcomes" and math.isfinite(item.variance_ratio) and item.arm not in found.twin_of
    ]
    if not ratios:
        return ""
    low, high = min(ratios), max(ratios)
    between = f"{low:.1f} to {high:.1f}" if f"{low:.1f}" != f"{high:.1f}" else f"{low:.1f}"
    return f"All arms have the same draws: in how histories end, one pair is worth {between} pairs with draws of their own."


def why(found: Compared, item: Divergences) -> str:
    """Where the histories of an arm part from the reference's, in a sentence or two."""
    labels = {part["class"]: part.get("label") or part["class"] for part in found.played.arms[item.arm].completed["outcomes"]}
    labels |= {part["class"]: part.get("label") or part["class"] for part in found.played.arms[item.other].completed["outcomes"]}
    if not item.differing:
        return f"{quoted(item.arm)}: every history ends as under {quoted(item.other)}."
    share = percent(item.differing / item.pairs)
    lead = f"{quoted(item.arm)}: {item.differing:,} of {item.pairs:,} histories ({share}) end otherwise"
    two, one, number = item.changes[0]
    lead += f", most often as {quoted(labels[one])} instead of {quoted(labels[two])} ({number:,})"
    if not item.sample:
        return f"{lead}."
    firsts, turns = item.firsts(), item.turns()
    n = len(item.sample)
    sample = f"Of {n} replayed" if n < item.differing else f"All {n} were replayed" if n > 1 else "It was replayed"
    text = f"{lead}. {sample}: they part first at"
    text += f" {_frequent(firsts[:1])}"
    if turns and turns[0][0] != firsts[0][0]:
        text += f"; the first turning point that differs is most often: {_frequent(turns[:2])}"
    return f"{text}."


def _frequent(items: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"\u201c{label}\u201d ({number})" for label, number in items)


def percent(value: float) -> str:
    """A share with one digit, or what it is below."""
    if 0.0 < value < 0.0005:
        return "<0.1%"
    return f"{100 * value:.1f}%"


def points(value: float) -> str:
    """A difference of shares in percentage points, with its sign."""
    text = f"{100 * value:+.1f}"
    return "0.0" if text in ("+0.0", "-0.0") else text.replace("-", MINUS)


def amount(value: float, form: str, digits: int = 2) -> str:
    """A value of a measure."""
    if not math.isfinite(value):
        return "-"
    if form == "share":
        return percent(value)
    if form == "days":
        return duration(value)
    return f"{value:.{digits}f}".replace("-", MINUS)


def change(value: float, form: str, digits: int = 2) -> str:
    """A difference of a measure, with its sign."""
    if not math.isfinite(value):
        return "-"
    if form == "share":
        return points(value)
    text = f"{value:+.{1 if form == 'days' else digits}f}"
    return text[1:] if not text.strip("+-0.") else text.replace("-", MINUS)


def digits_of(items: Sequence[Difference]) -> int:
    """Digits with which the smallest of some errors of numbers shows two figures."""
    errors = [item.standard_error for item in items if item.measure.form == "number" and 0.0 < item.standard_error < math.inf]
    return min(6, max(0, 1 - math.floor(math.log10(sorted(errors)[len(errors) // 2])))) if errors else 2


def _sure(value: float) -> str:
    return "more than 99%" if value > 0.99 else "less than 1%" if value < 0.01 else f"{100 * value:.0f}%"


def _round(number: float) -> str:
    """A number of pairs with two figures that count."""
    size = 10 ** max(0, math.floor(math.log10(number)) - 1)
    return f"{math.ceil(number / size) * size:,}"


__all__ = ["amount", "change", "digits_of", "findings", "percent", "points", "quoted", "why"]
