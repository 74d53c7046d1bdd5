"""What a search for the smallest change found, in sentences: the change, how sure it is, what single changes do."""

from __future__ import annotations

import math

from sim.analysis.change_length import Length
from sim.analysis.names import quoted
from sim.analysis.phrases import listed
from sim.analysis.what_if_found import Alone, Change, Found, Part
from sim.analysis.what_if_target import Level, Target

MOST_TOLD = 3  # single changes that are told beside the answer


def findings(found: Found) -> list[str]:
    """The answer first, then how sure it is, and the rest."""
    return [*_answered(found), *_alone(found)] if found.answer is not None else [*_missed(found), _at_best(found)]


def wanted(target: Target) -> str:
    """The target in a sentence: `“War” to at most 5%`."""
    what = "" if target.output.is_share else "the mean of "
    return f"{what}{quoted(target.output.label)} to at {'least' if target.wants_more else 'most'} {amount(target, target.value)}"


def amount(target: Target, value: float) -> str:
    """A share or a mean."""
    if not target.output.is_share:
        return f"{value:.4g}"
    percent = 100.0 * value
    return f"{percent:.1f}%" if abs(percent - round(percent)) > 1e-9 else f"{percent:.0f}%"


def level(target: Target, one: Level) -> str:
    """A share or a mean with its interval: `41.5% (39.1% to 43.9%)`."""
    if not target.output.is_share:
        return f"{one.value:.4g} ({one.low:.4g} to {one.high:.4g})"
    return f"{100 * one.value:.1f}% ({100 * one.low:.1f}% to {100 * one.high:.1f}%)"


def deviations(length: float) -> str:
    """A length with its unit."""
    return f"{length:.2f} standard deviation{'' if f'{length:.2f}' == '1.00' else 's'}"


def part(one: Part) -> str:
    """One number of a change: `“Sanctions” up by 0.50 (0.8 to 0.872)`."""
    way = "up" if one.change > 0.0 else "down"
    return f"{quoted(one.label)} {way} by {abs(one.change):.2f} ({moved(one)})"


def moved(one: Part) -> str:
    """From where to where a number goes; of a drawn one its mean."""
    if one.classes:
        return ", ".join(f"{name.replace('_', ' ')} {100 * before:.0f}% to {100 * after:.0f}%" for name, before, after in one.classes)
    if one.before is None or one.after is None:
        return ""
    if one.candidate.value is not None:
        return f"from {one.before:.6g} to {one.after:.6g}"
    # As many decimals as the difference has that is told.
    apart = abs(one.after - one.before)
    decimals = min(8, max(0, 2 - math.floor(math.log10(apart)))) if apart > 0.0 else 3
    before, after = (round(value, decimals) + 0.0 for value in (one.before, one.after))
    return f"on average from {before:.{decimals}f} to {after:.{decimals}f}"


def passes(length: Length) -> str:
    """Where a direction passes the target, with its interval."""
    if not math.isfinite(length.value):
        return "nowhere"
    end = f" to {length.high:.2f}" if math.isfinite(length.high) else " or more"
    return f"{length.value:.2f} ({length.low:.2f}{end})"


def certainty(chance: float) -> str:
    """A probability without false certainty."""
    return "above 99%" if chance > 0.99 else "below 1%" if chance < 0.01 else f"{100 * chance:.0f}%"


def _answered(found: Found) -> list[str]:
    answer, target = found.answer, found.target
    assert answer is not None
    if answer.is_joint:
        what = f"{deviations(answer.length)}, made of {listed([part(one) for one in answer.parts])}"
    else:
        one = answer.parts[0]
        what = f"{quoted(one.label)} {'up' if one.change > 0.0 else 'down'} by {deviations(answer.length)} ({moved(one)})"
    told = [f"The smallest change found that brings {wanted(target)}: {what}.", _sure(found, answer)]
    if answer.tries > 1:
        which = {2: "second", 3: "third", 4: "fourth"}.get(answer.tries, "fifth")
        told.append(f"It is the {which} length put to the test, each with fresh draws; shorter ones left it too unsure.")
    if math.isfinite(answer.passes.value):
        told.append(
            f"By the histories before the test the target is passed at {passes(answer.passes)}: the change tested goes a little further, "
            "so that it is likely to be enough."
        )
    else:
        text = "The histories before the test do not say where the target is passed: less may be enough."
        told.append(f"{text} More histories would tell (-n).")
    return told


def _sure(found: Found, change: Change) -> str:
    share = "it is" if found.target.output.is_share else "the mean is"
    return (
        f"With this change {share} {level(found.target, change.level)} in {change.level.histories:,} fresh histories, against "
        f"{level(found.target, change.base)} of the same histories without it. The target is met with a probability of "
        f"{certainty(change.chance)}."
    )


def _alone(found: Found) -> list[str]:
    answer = found.answer
    others = [item for item in found.singles if item is not answer]
    told = []
    if others:
        text = listed([f"{part(item.parts[0])}" for item in others[:MOST_TOLD]])
        lead = "A single number reaches it too" if answer is not None and answer.is_joint else "Other single numbers reach it by more"
        told.append(f"{lead}: {text}.")
    elif answer is not None and answer.is_joint:
        told.append(f"No number alone reaches it. {_at_best(found)}")
    if answer is not None and not answer.is_joint and len(found.alone) > 1:
        told.append("Changing several numbers at once is not much shorter.")
    return told


def _missed(found: Found) -> list[str]:
    reach = max(max(-item.low, item.high) for item in found.changes.candidates)
    number = len(found.changes.candidates)
    what = "the one number that may change" if number == 1 else f"any of the {number} numbers that may change, alone or several at once"
    told = [
        f"Nothing within reach brings {wanted(found.target)}: not {what}, by up to {deviations(reach)} or to the end of the range. "
        f"As it is: {level(found.target, found.base)}."
    ]
    if found.best is not None:
        chance = f" It meets the target with a probability of {certainty(found.best.chance)}."
        told.append(
            f"The best that was reached is {level(found.target, found.best.level)} in {found.best.level.histories:,} fresh histories, with "
            f"{listed([part(one) for one in found.best.parts])}.{chance}"
        )
    return told


def _at_best(found: Found) -> str:
    best: Alone = found.alone[0]
    if best.best == 0.0:
        return "No number moved it towards the target alone."
    way = "up" if best.best > 0.0 else "down"
    return (
        f"The furthest that one number brought it alone is {level(found.target, best.at_best)}, with {quoted(best.label)} {way} by "
        f"{deviations(abs(best.best))}."
    )


__all__ = ["amount", "certainty", "deviations", "findings", "level", "moved", "part", "passes", "wanted"]
