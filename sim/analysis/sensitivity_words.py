"""What a sensitivity analysis found, in sentences: chance against the inputs, what most hangs on, what can be left aside."""

from __future__ import annotations

import math

from sim.analysis.morris_effects import Effect
from sim.analysis.names import quoted
from sim.analysis.outputs import Output
from sim.analysis.phrases import listed
from sim.analysis.sensitivity import Answer, Sensitivity
from sim.analysis.sobol_indices import Index

MOST_TOLD = 3  # factors in the sentences about an output
LITTLE = 0.05  # share of a variance below which a factor can be left aside
WIDE = 0.2  # of an interval, from which more samples are advised


def findings(found: Sensitivity) -> list[str]:
    """The answers in sentences, output by output, then how sure they are."""
    told = [text for answer in found.answers for text in of_answer(found, answer)]
    if found.silent:
        rare = listed([f"\u201c{output.label}\u201d ({reason})" for output, reason in found.silent])
        told.append(f"Nothing can be said of {rare}.")
    return told


def of_answer(found: Sensitivity, answer: Answer) -> list[str]:
    """What is said of one output."""
    return _shares(found, answer) if answer.indices is not None else _effects(found, answer)


def spread_of(output: Output, mean: float, deviation: float) -> str:
    """What varies, with its size: `“War” (8.3% of histories)`."""
    size = f"{100 * mean:.1f}% of histories" if output.is_share else f"mean {mean:.4g}, standard deviation {deviation:.3g}"
    return f"{quoted(output.label)} ({size})"


def share(item: Index) -> str:
    """A share of a variance with its interval: `62% (55% to 68%)`."""
    return f"{percent(item.value)} ({percent(item.low)} to {percent(item.high)})"


def percent(value: float) -> str:
    """A share without decimals."""
    return "-" if math.isnan(value) else "<1%" if 0.0 < value < 0.005 else f"{100 * value:.0f}%"


def remainder(item: Index) -> Index:
    """All that a share leaves."""
    return Index(1.0 - item.value, 1.0 - item.high, 1.0 - item.low)


def _shares(found: Sensitivity, answer: Answer) -> list[str]:
    indices = answer.indices
    assert indices is not None
    chance = indices.total[-1]
    told = [
        f"Of the spread of {spread_of(answer.output, answer.mean, answer.deviation)}, {share(remainder(chance))} hangs on the inputs by "
        f"themselves, and {share(chance)} on the world's chance, alone or together with them."
    ]
    order = answer.order()[:-1]
    leading = [i for i in order if indices.total[i].high >= LITTLE][:MOST_TOLD]
    if leading:
        first, *others = leading
        text = (
            f"Of the inputs most hangs on {quoted(found.labels[first])}: {share(indices.total[first])} with what it does together with "
            f"others and with chance, {share(indices.first[first])} alone"
        )
        parts = [f"{quoted(found.labels[i])} {share(indices.total[i])}, alone {share(indices.first[i])}" for i in others]
        told.append(f"{text}. Then {'; '.join(parts)}." if parts else f"{text}.")
    aside = [i for i in order if indices.total[i].high < LITTLE]
    if aside:
        told.append(f"{_counted(len(aside), len(order))} less than {percent(LITTLE)} of it hangs, {_each(aside)}with all that they do "
                    "together with others.")  # fmt: skip
    widest = max((indices.total[i] for i in order), key=lambda item: item.high - item.low, default=None)
    if widest is not None and widest.high - widest.low > WIDE:
        more = math.ceil(((widest.high - widest.low) / WIDE) ** 2)
        told.append(
            f"{indices.samples:,} base samples leave intervals as wide as {100 * (widest.high - widest.low):.0f} points; about "
            f"{_round(more * indices.samples):,} (-n) would bring them below {100 * WIDE:.0f}."
        )
    return told


def _counted(number: int, total: int) -> str:
    if number == total:
        return "On every input" if total > 1 else "On the input"
    return f"On {number} of {total} inputs" if number > 1 else f"On one of {total} inputs"


def _each(items: list[int]) -> str:
    return "on each, " if len(items) > 1 else ""


def _round(number: int) -> int:
    digits = max(0, len(str(number)) - 2)
    return math.ceil(number / 10**digits) * 10**digits


def _effects(found: Sensitivity, answer: Answer) -> list[str]:
    effects = answer.effects
    assert effects is not None
    order = answer.order()
    chance = order.pop()
    of = spread_of(answer.output, answer.mean, answer.deviation)
    leading = [i for i in order if effects.effects[i].size.value > 0.0][:MOST_TOLD]
    if not leading:
        told = [f"No step of any input changes {of} in {effects.trajectories:,} trajectories."]
    else:
        parts = [f"{quoted(found.labels[i])}, {moved(answer.output, effects.effects[i])}" for i in leading]
        told = [f"What a step across half of its values changes most in {of}: {'; '.join(parts)}."]
    told.append(f"Other luck with the same inputs: {moved(answer.output, effects.effects[chance])}.")
    still = [i for i in order if effects.effects[i].size.value == 0.0]
    if still and leading:
        told.append(f"{len(still)} of {len(order)} inputs change nothing in any trajectory.")
    return told


def moved(output: Output, effect: Effect) -> str:
    """A mean absolute effect with its interval, and which way."""
    size = effect.size
    if output.is_share:
        text = f"in {percent(size.value)} of histories ({percent(size.low)} to {percent(size.high)})"
        way = "" if _way(effect) is None else f", {'towards it' if _way(effect) else 'away from it'} more often"
    else:
        text = f"by {size.value:.3g} ({size.low:.3g} to {size.high:.3g})"
        way = "" if _way(effect) is None else f", {'upwards' if _way(effect) else 'downwards'} on balance"
    return text + way


def _way(effect: Effect) -> bool | None:
    """Whether a larger value of the input raises the output; None where that is open."""
    return True if effect.mean.low > 0.0 else False if effect.mean.high < 0.0 else None
