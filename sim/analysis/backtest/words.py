"""What a back-test found, in sentences: how the model did, against whom, where it was wrong, and on how little that rests."""

from __future__ import annotations

from collections.abc import Sequence

from sim.analysis.backtest import references
from sim.analysis.backtest.chances import SeenAt
from sim.analysis.backtest.scoring import RARE, SURE, Against, Backtest, Judged, JudgedClass, Mean
from sim.analysis.phrases import listed
from sim.analysis.scores import Bin

MOST_TOLD = 4  # surprises and misses in one sentence
FORECASTERS = {
    references.BASE: "base rates",
    references.STATUS_QUO: "forecasters who are sure that nothing changes",
    references.OTHER_CASES: "forecasters who know only how often things changed in the other cases",
    references.EVEN: "a coin",
    references.CROWD: "people of the time",
}
OF_CLASSES = {
    references.STATUS_QUO: "who is sure that nothing changes",
    references.OTHER_CASES: "who knows only how often tones came in the other cases",
    references.EVEN: "even chances",
}


def findings(found: Backtest) -> list[str]:
    """The answer in sentences, the most important first."""
    told = [_lead(found), *_against(found), *_calibration(found), _surprises(found), *_misses(found), *_classes(found)]
    told += [*_later(found), *_left_out(found), *(refusal(item) for item in found.refused)]
    return [text for text in told if text]


def _lead(found: Backtest) -> str:
    if not found.first:
        return "No case could be scored: too few histories fit what was known."
    coin = next(item for item in found.against if item.name == references.EVEN)
    verdict = _verdict(coin.difference)
    word = {"better": "Better than a coin", "worse": "Worse than a coin"}.get(verdict)
    if word is None:
        word = "Not told from a coin" if coin.difference.value < 0 else "No better than a coin"
    return (
        f"{word}: on {counted(found.brier.questions, 'event')} of {counted(found.brier.cases, 'case')}, seen from the day on which each "
        f"case begins, the model's chances score {score(found.brier.value)}{_over_cases(found.brier)}, a coin .250 (Brier score, 0 "
        "is best)."
    )


def _over_cases(item: Mean) -> str:
    low, high = item.over_cases
    return f" (95% interval over cases {score(low)} to {score(high)})" if item.cases > 1 else " (one case, so no interval)"


def _verdict(difference: Mean) -> str:
    """Whether the model is better or worse beyond what few cases can do by luck; else nothing."""
    if difference.cases < 2 or not difference.is_told_from_0:
        return ""
    return "better" if difference.value < 0 else "worse"


def _against(found: Backtest) -> list[str]:
    return [_one_against(item, FORECASTERS[item.name]) for item in found.against if item.name != references.EVEN]


def _one_against(item: Against, name: str) -> str:
    some = f" on {counted(item.model.questions, 'question')}" if item.name in (references.BASE, references.CROWD) else ""
    return f"Beside {name}{some}: the model {score(item.model.value)}, they {score(item.other.value)}; {of_difference(item.difference)}."


def of_difference(item: Mean) -> str:
    """What a difference says: `better by .050 (.020 to .080)`."""
    word = "better" if item.value < 0 else "worse"
    if item.cases < 2:
        return f"{word} by {score(abs(item.value))}, in one case, so no interval"
    low, high = item.over_cases
    interval = f"{signed(low)} to {signed(high)}"
    if not item.is_told_from_0:
        return f"no difference that can be told ({signed(item.value)}, {interval})"
    return f"{word} by {score(abs(item.value))} (difference {interval})"


def _calibration(found: Backtest) -> list[str]:
    if not found.first:
        return []
    expected = sum(one.item.chance.share for one in found.first)
    came = sum(one.item.came for one in found.first)
    told = [f"Summed up, it expected {expected:.1f} of these events to come; {came} came."]
    for item in found.reliability:
        if is_off(item):
            word = "more" if item.came.share > item.mean else "less"
            told.append(
                f"Of {counted(item.came.trials, 'event')} given {100 * item.low:.0f} to {100 * item.high:.0f}% (on average "
                f"{percent(item.mean)}), {item.came.count} came, {percent(item.came.share)} ({percent(item.came.low)} to "
                f"{percent(item.came.high)}): such events are {word} frequent than it says."
            )
    return told


def is_off(item: Bin) -> bool:
    """Whether the mean chance of a bin lies outside the interval of how often the events came."""
    return item.came.trials > 0 and not item.came.low <= item.mean <= item.came.high


def _surprises(found: Backtest) -> str:
    some = found.surprises
    classes = found.surprising_classes
    if not some and not classes:
        return f"No event given under {percent(RARE)} came, none given over {percent(SURE)} stayed away."
    parts = []
    if some:
        parts.append(f"{counted(len(some), 'surprise')}: " + _listed([named(one) for one in some]))
    if classes:
        parts.append(f"{counted(len(classes), 'end')} given under {percent(RARE)}: " + _listed([named_class(one) for one in classes]))
    return "; ".join(parts) + "."


def _misses(found: Backtest) -> list[str]:
    some = [one for one in found.misses if not one.is_surprise]
    if not some:
        return []
    shown = _listed([named(one) for one in some])
    return [f"On the wrong side of a half it was of {counted(len(some), 'further event')}, most of all {shown}."]


def _listed(names: Sequence[str]) -> str:
    shown = list(names[:MOST_TOLD])
    rest = len(names) - len(shown)
    return listed([*shown, f"{rest} more"] if rest else shown)


def named(one: Judged) -> str:
    """An event with its case, its look where that is not the first, and its chance."""
    when = "" if one.seen.look.number == 0 else f" as seen on {one.seen.look.date}"
    what = "came" if one.item.came else "did not come"
    return f"\u201c{one.item.event.label}\u201d ({one.seen.case.name}{when}: {chance(one.item.chance.share)}, {what})"


def named_class(one: JudgedClass) -> str:
    """The class that came, with its date, case and chance."""
    label = next(outcome.label for outcome in one.seen.case.spec.outcomes if outcome.id == one.item.expected.class_)
    when = "" if one.seen.look.number == 0 else f" as seen on {one.seen.look.date}"
    return f"\u201c{label}\u201d on {one.item.expected.at} ({one.seen.case.name}{when}: {chance(one.item.of_observed.share)})"


def _classes(found: Backtest) -> list[str]:
    if not found.against_of_classes:
        return []
    parts = [f"{OF_CLASSES[item.name]} {score(item.other.value)}, {of_difference(item.difference)}" for item in found.against_of_classes]
    return [
        f"How the cases stood at {counted(found.rps.questions, 'date')}, by tone from worst to good, it tells with a ranked probability "
        f"score of {score(found.rps.value)}{_over_cases(found.rps)}. Beside it: {'; '.join(parts)}."
    ]


def _later(found: Backtest) -> list[str]:
    """How the score of a case moves as events come in."""
    told = []
    for case in found.played.cases:
        some = [item for item in found.looks if item.case is case and item.scored]
        if len(some) > 1:
            parts = [
                f"{score(found.of_look(item)['brier'].value)} on {item.look.date} ({counted(len(item.scored), 'event')})"
                for item in some
            ]
            told.append(f"As events come in, the score of {case.name} on what was still open is {listed(parts)}.")
    return told


def _left_out(found: Backtest) -> list[str]:
    if not found.without or found.mixture is None:
        return []
    low, high = min(found.without.values()), max(found.without.values())
    light, heavy = min(found.weights.values()), max(found.weights.values())
    weight = f"a weight of {100 * light:.0f} to {100 * heavy:.0f}%" if light < heavy else f"a weight of {100 * light:.0f}%"
    return [
        f"Leaving out one case at a time, the score lies between {score(low)} and {score(high)}. Beside how often things change, the other "
        f"cases would give the model {weight}; so mixed it scores {score(found.mixture.value)}."
    ]


def refusal(item: SeenAt) -> str:
    """Why a look has no scores."""
    return f"{item.case.name}, {item.look.name}: not scored, for {item.refusal}."


def counted(number: int, thing: str) -> str:
    """A number with its noun."""
    return f"{number:,} {thing if number == 1 else thing + 's'}"


def score(value: float) -> str:
    """A score, as in .287 or 1.204."""
    return f"{value:.3f}".removeprefix("0") if value == value else "n/a"


def signed(value: float) -> str:
    """A difference of scores, as in +.034."""
    return ("\u2212" if value < 0 else "+") + score(abs(value))


def percent(value: float) -> str:
    """A share in whole per cent."""
    return f"{100 * value:.0f}%" if value == value else "n/a"


def chance(value: float) -> str:
    """A chance: one decimal below 10 and above 90 %."""
    if 0.0 < value < 0.0005:
        return "less than 0.1%"
    if 0.9995 < value < 1.0:
        return "more than 99.9%"
    return f"{100 * value:.1f}%" if value < 0.0995 or value > 0.9005 else f"{100 * value:.0f}%"
