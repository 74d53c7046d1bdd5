"""What a search over levers found, in sentences: the answer first, then what was luck, then how it stands to the case as described."""

from __future__ import annotations

from sim.analysis.comparison_words import percent, points
from sim.analysis.driver_words import figure
from sim.analysis.pareto import Measured, Objective, Pareto
from sim.analysis.phrases import listed


def amount(objective: Objective, value: float) -> str:
    """A value of an objective."""
    return percent(value) if objective.output.is_share else figure(value)


def told(objective: Objective, item: Measured) -> str:
    """A value with its interval."""
    return f"{amount(objective, item.value)} ({amount(objective, item.low)} to {amount(objective, item.high)})"


def change(objective: Objective, value: float) -> str:
    """A difference of an objective, with its sign."""
    if objective.output.is_share:
        return f"{points(value)} points"
    text = figure(abs(value))
    return text if value == 0.0 else f"{'+' if value > 0 else chr(0x2212)}{text}"


def changed(objective: Objective, item: Measured) -> str:
    """A difference with its interval: `+2.1 points (+0.4 to +3.9)`."""
    low, high = (change(objective, end).removesuffix(" points") for end in (item.low, item.high))
    return f"{change(objective, item.value)} ({low} to {high})"


def lever_words(found: Pareto, place: int) -> str:
    """A setting in words."""
    return ", ".join(
        f"{item.name} {figure(value)}" for item, value in zip(found.levers, found.settings[place].levers, strict=True)
    )


def holding(found: Pareto) -> int:
    """Settings that hold on fresh draws."""
    return sum(item.holds for item in found.settings)


def findings(found: Pareto) -> list[str]:
    """The answer in sentences, the most important first."""
    if len(found.settings) > 1 and _all_level(found):
        return [_answer(found)]
    told_all = [_answer(found), *_ends(found), *_luck(found), _described(found)]
    return [text for text in told_all if text]


def _answer(found: Pareto) -> str:
    number, held = len(found.settings), holding(found)
    wanted = listed([item.label for item in found.objectives])
    which = listed([f"\u201c{item.label}\u201d" for item in found.levers])
    lead = f"Of {len(found.points)} settings of {which} tried for {wanted}, "
    if number == 1:
        return f"{lead}one was the best in all of it: {lever_words(found, 0)}."
    if _all_level(found):
        return f"{lead}all are level: no objective differs between them, neither in the search nor on fresh draws."
    apart = f", {number} of which, lying apart, were played again" if found.num_unbeaten > number else ""
    still = f"{held} of these {number} still are" if held < number else "all of these still are"
    return f"{lead}{found.num_unbeaten} were unbeaten{apart}; on fresh draws {still}: who wants more of one must give up another."


def _all_level(found: Pareto) -> bool:
    """Whether all settings had the same of everything in the search, and those that were played again have it on fresh draws."""
    fresh = {tuple(one.value for one in item.fresh) for item in found.settings}
    return len(fresh) == 1 and bool((found.means == found.means[0]).all())


def _ends(found: Pareto) -> list[str]:
    """For each objective the setting that looked best in it in the search, by fresh draws, with what it has of the others."""
    if len(found.settings) == 1:
        parts = [f"{item.label}: {told(item, one)}" for item, one in zip(found.objectives, found.settings[0].fresh, strict=True)]
        return [f"There, on fresh draws: {'; '.join(parts)}."]
    sentences = []
    for k, item in enumerate(found.objectives):
        place = found.luck[k].place
        one = found.settings[place]
        others = [
            f"{other.output.label} {told(other, part)}"
            for other, part in zip(found.objectives, one.fresh, strict=True)
            if other is not item
        ]
        sentences.append(
            f"Best for {item.label} in the search: on fresh draws {told(item, one.fresh[k])}, against "
            f"{amount(item, found.described[k].value)} as described, at {lever_words(found, place)}; there {listed(others)}."
        )
    return sentences


def _luck(found: Pareto) -> list[str]:
    sentences = []
    for item, one in zip(found.objectives, found.luck, strict=True):
        gained = changed(item, one.gained)
        text = f"For {item.label} the setting that looked best seemed to gain {change(item, one.seemed)}; on fresh draws it gains {gained}"
        if one.seemed <= 0.0:
            sentences.append(f"{text}: nothing was to be gained.")
        elif one.gained.low <= 0.0:
            sentences.append(f"{text}: it may all have been luck.")
        elif one.luck <= 0.0:
            sentences.append(f"{text}: none of it was luck.")
        elif one.gained.high >= one.seemed:
            sentences.append(f"{text}: {100 * one.luck / one.seemed:.0f}% less, which cannot be told from no luck at all.")
        else:
            sentences.append(f"{text}: about {100 * one.luck / one.seemed:.0f}% of it was luck.")
    return sentences


def _described(found: Pareto) -> str:
    number = len(found.beats_described)
    if number:
        many = f"{number} settings are" if number > 1 else "One setting is"
        return f"{many} better than the case as described in every objective at once, by the 95% interval of each."
    return "No setting is told to be better than the case as described in every objective at once: each gain has its price, or is small."


__all__ = ["amount", "change", "changed", "findings", "holding", "lever_words", "told"]
