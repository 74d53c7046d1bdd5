"""Which targets stand in each other's way, in sentences, and why a fit found nothing."""

from __future__ import annotations

from sim.analysis.names import quoted
from sim.analysis.phrases import listed
from sim.experiments.calibration_run import Fit

MOST_TOLD = 4


def conflict_words(fit: Fit) -> list[str]:
    """Which targets stand in each other's way; nothing where some parameters meet all."""
    aims, found = fit.study.used, fit.conflicts
    if found.together <= 1.0:
        return []
    told = []
    if found.unreached:
        names = listed([f"{quoted(aims[n].label)} (nearest {_away(found.nearest[n])})" for n in found.unreached])
        told.append(f"No values of the parameters bring {names} near {'its band' if len(found.unreached) == 1 else 'their bands'}.")
    for i, j, distance in found.pairs[:MOST_TOLD]:
        one, other = quoted(aims[i].label), quoted(aims[j].label)
        told.append(f"{one} and {other} conflict: each can be met, but not both (nearest {_away(distance)}).")
    if found.without:
        told.append(f"All other targets can be met without {' or '.join(quoted(aims[n].label) for n, _ in found.without)}.")
    if not told:
        told.append(f"Each target can be met, and each two of them, but not all at once (nearest {_away(found.together)}).")
    return told


def _away(distance: float) -> str:
    return "never read" if distance == float("inf") else f"{distance:.1f} tolerances off"


def why_nothing(fit: Fit) -> tuple[str, str]:
    """Why there is no posterior, and what would work."""
    told = conflict_words(fit)
    message = f"no parameters come near all {len(fit.study.used)} targets, so none could be accepted"
    if told:
        message += ". " + " ".join(told)
        hint = "leave out or widen a target (`tolerance:`), or fit other parameters (--fit) or wider ranges; what was played is kept"
    else:
        message = f"too few of {len(fit.points):,} points meet all {len(fit.study.used)} targets for a posterior"
        hint = "play more points (--points) or histories at each (--histories), or fit fewer parameters (--fit); what was played is kept"
    return message, f"{hint} in {fit.directory}"
