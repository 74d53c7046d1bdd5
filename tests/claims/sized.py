"""Claims with smaller samples: what a test needs to see an effect that is large or exact."""

from __future__ import annotations

from sim.model.seed import Claim, Figure


def sized(claim: Claim, histories: int, draws: int, part: int | None = None) -> Claim:
    """The claim with at most so many histories and draws a figure; with `part` (from 1) only that part."""
    assert claim.check is not None
    parts = claim.check.parts if part is None else [claim.check.parts[part - 1]]
    smaller = [
        item.model_copy(
            update={"figure": _figure(item.figure, histories, draws), "minus": _figure(item.minus, histories, draws)}
        )
        for item in parts
    ]
    return claim.model_copy(update={"check": claim.check.model_copy(update={"parts": smaller})})


def _figure(figure: Figure | None, histories: int, draws: int) -> Figure | None:
    if figure is None or figure.replications == 1 or not (figure.over_rows or figure.probe):
        return figure
    return figure.model_copy(update={"replications": histories if figure.over_rows else draws})
