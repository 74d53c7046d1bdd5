"""What a calibration found, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from sim.analysis.calibration import PINNED, UNEVEN, Calibration, FittedParameter, FittedTarget, Spread
from sim.analysis.calibration_conflicts import conflict_words
from sim.analysis.names import quoted
from sim.analysis.phrases import listed

MOST_TOLD = 4


def findings(found: Calibration) -> list[str]:
    """The answers in sentences: targets before and after, parameters, conflicts, trust."""
    told = [_before(found), _after(found), *_parameters(found), *_conflicts(found), *_held_out(found), *_trust(found)]
    return [text for text in told if text]


def figure(value: float, is_share: bool) -> str:
    """A figure as it is written: a share in percent, a rate a year."""
    if value != value:
        return "-"
    return f"{100 * value:.1f}%" if is_share else f"{value:.3g} a year"


def spread(item: Spread, is_share: bool) -> str:
    """The central 90 % of a figure."""
    if item.low != item.low:
        return "-"
    if is_share:
        return f"{100 * item.low:.1f} to {100 * item.high:.1f}%"
    return f"{item.low:.3g} to {item.high:.3g}"


def values(item: Spread) -> str:
    """The central 90 % of a parameter."""
    return f"{item.low:.3g} to {item.high:.3g}"


def _misses(items: Sequence[FittedTarget], of: str) -> list[str]:
    told = []
    for item in items:
        value = item.mean if of == "after" else float("nan") if item.stands is None else item.stands.value
        if getattr(item, of) in ("near", "outside"):
            told.append(f"{quoted(item.aim.label)} ({figure(value, item.aim.is_share)}, wanted {item.band})")
    return told


def _before(found: Calibration) -> str:
    items = found.targets
    missed = _misses(items, "before")
    met = sum(item.before == "inside" for item in items)
    text = f"As the scenario stands, {met} of {len(items)} targets hold"
    if missed:
        text += f"; outside: {listed(missed)}"
    return f"{text}."


def _after(found: Calibration) -> str:
    items = found.used
    missed = _misses(items, "after")
    met = sum(item.after == "inside" for item in items)
    text = f"With the fitted values, {met} of the {len(items)} targets that were used hold on average"
    if missed:
        near = all(item.after != "outside" for item in items)
        text += f"; {'just outside' if near else 'outside'}: {listed(missed)}"
    text += "."
    if met < sum(item.before == "inside" for item in items):
        text += (
            " That is fewer than as it stands: a number that is drawn anew in each history is one fixed number at a point, "
            "and no fixed number may do what its spread does."
        )
    return text


def _parameters(found: Calibration) -> list[str]:
    pinned = sorted((item for item in found.parameters if item.is_pinned), key=lambda item: item.width)
    loose = [item for item in found.parameters if not item.is_pinned]
    told = []
    if pinned:
        names = listed([f"{quoted(item.label)} ({values(item.posterior)}, before {values(item.prior)})" for item in pinned[:MOST_TOLD]])
        more = f", and {len(pinned) - MOST_TOLD} more" if len(pinned) > MOST_TOLD else ""
        told.append(f"The targets narrow {names}{more}: in each case the range that holds 90%.")
    if loose:
        told.append(
            f"The targets cannot pin down {listed([_width(item) for item in loose])}: the share of the prior's width that is left is above "
            f"{100 * PINNED:.0f}%."
        )
    pairs = found.together()
    if pairs:
        labels = [quoted(item.label) for item in found.parameters]
        names = listed([f"{labels[i]} and {labels[j]} ({value:+.2f})" for i, j, value in pairs[:MOST_TOLD]])
        told.append(f"What goes together, by rank correlation: {names}. The targets pin down such a pair better than either alone.")
    return told


def _width(item: FittedParameter) -> str:
    return f"{quoted(item.label)} ({100 * item.width:.0f}%)"


def _conflicts(found: Calibration) -> list[str]:
    told = conflict_words(found.fit)
    if told:
        return told
    text = "No targets conflict: some parameters meet all of them within their tolerances"
    return [f"{text}, though too few to tell a posterior from." if found.posterior.widened > 1.0 else f"{text}."]


def _held_out(found: Calibration) -> list[str]:
    left = [item for item in found.targets if not item.aim.is_used]
    if not left:
        return []
    before = found.fit.study.before
    met = sum(item.after == "inside" for item in left)
    reasons = listed([f"{quoted(item.aim.label)} ({item.aim.left_out})" for item in left])
    return [f"Not used, because not dated before {before}: {reasons}. Of these {met} of {len(left)} hold with the fitted values."]


def _trust(found: Calibration) -> list[str]:
    post, ranks = found.posterior, found.ranks
    text = f"The posterior is that of {post.effective:.0f} effective points of {len(found.fit.points):,}"
    if post.widened > 1.0:
        text += f", with tolerances {post.widened:g} times as wide as in the file"
        adjusted = " and the points adjusted for it by regression"
        text += adjusted if post.is_adjusted else ", so that intervals are too wide rather than too narrow"
    told = [f"{text}."]
    if found.fit.stopped:
        told.append(found.fit.stopped)
    if not len(ranks.ranks):
        told.append("Whether it finds known parameters could not be checked: too few points met bands stated at random. Play more points.")
        return told
    uneven = [
        quoted(item.label) for item, chance in zip(found.parameters, ranks.uneven(), strict=True) if chance < UNEVEN / len(found.parameters)
    ]
    checks = f"{len(ranks.ranks)} checks in which the parameters are known"
    if found.is_emulated:
        checks += " (played by the emulator of the first wave, which has too few points of its own)"
    if uneven:
        told.append(f"In {checks}, ranks of the truth are uneven for {listed(uneven)}: distrust its interval, or play more points.")
    else:
        low, high = 100 * ranks.covered.min(), 100 * ranks.covered.max()
        span = f"{low:.0f}%" if round(low) == round(high) else f"{low:.0f} to {high:.0f}%"
        told.append(f"In {checks}, ranks of the truth are even for every parameter, and 90% intervals held it in {span}.")
    return told
