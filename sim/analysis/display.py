"""A summary as a small table for notebooks."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.analysis.summary import Summary

LONGEST_BAR = 12.0  # widths of a letter


def as_html(summary: Summary, place: str = "") -> str:
    """Outcome shares with 95 % intervals and bars; `place` is where the run is stored. All text is escaped."""
    shares = [0.0 if math.isnan(item.share) else item.share for item in summary.shares]
    longest = max(shares, default=0.0) or 1.0
    rows = "".join(
        f'<tr><th style="text-align:left">{escape(item.label)}</th><td style="text-align:left">{_bar(part / longest)}</td>'
        f"<td>{100 * part:.1f}%</td><td>{100 * value.low:.1f} to {100 * value.high:.1f}%</td></tr>"
        for item, value, part in zip(summary.classes, summary.shares, shares, strict=True)
    )
    return (
        f"<table><caption>{escape(summary.title)}</caption><thead><tr><th>Outcome</th><th></th><th>Share</th>"
        f"<th>95% interval</th></tr></thead><tbody>{rows}</tbody></table>"
        f"<small>{summary.num_replications:,} histories, seed {summary.seed}, scenario "
        f"{escape(summary.scenario_id)} ({escape(summary.scenario_hash[:8])})"
        f"{'<br>' + escape(summary.interval_note) if summary.interval_note else ''}"
        f"{'<br>' + escape(place) if place else ''}</small>"
    )


def _bar(part: float) -> str:
    style = f"display:inline-block;height:.7em;width:{LONGEST_BAR * part:.2f}em;background:currentColor;opacity:.6"
    return f'<span style="{style}"></span>'
