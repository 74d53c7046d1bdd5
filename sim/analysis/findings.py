"""Findings in plain words, by rules: what happened most, how sure it is, what it hung on.

Each number in a finding carries the reference that recomputes it from the rows; the grammar
stands in `sim.reports.content`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sim.analysis.estimates import Share, share
from sim.analysis.names import input_label
from sim.analysis.summary import Summary

RARE = 0.02
ENOUGH_ROWS = 20  # histories that a conditional share needs before it is told


@dataclass(frozen=True)
class Figure:
    """A number in a sentence: its value, how it is recomputed and how it is written."""

    value: float
    reference: str
    form: str = "percent"


@dataclass(frozen=True)
class Finding:
    """A sentence with `{0}`, `{1}`, ... where its numbers stand."""

    text: str
    figures: list[Figure] = field(default_factory=list)

    def plain(self) -> str:
        """The sentence with its numbers written out."""
        return self.text.format(*(written(figure) for figure in self.figures))


def written(figure: Figure) -> str:
    """A number as it stands in a sentence."""
    if figure.form == "percent":
        return f"{100 * figure.value:.1f}%"
    if figure.form == "days":
        return f"{figure.value:.0f} days"
    if figure.form == "integer":
        return f"{figure.value:.0f}"
    return f"{figure.value:.2f}"


def _share(item: Share, reference: str) -> list[Figure]:
    subject = reference.partition(":")[2]
    return [
        Figure(item.share, f"share:{subject}"),
        Figure(item.low, f"low:{subject}"),
        Figure(item.high, f"high:{subject}"),
    ]


def findings(summary: Summary) -> list[Finding]:
    """Three to six findings, the answer first."""
    found = [_headline(summary)]
    for rule in (_good_and_bad, _meeting, _after_failure, _deal, _clipped, _driver, _precision):
        finding = rule(summary)
        if finding is not None:
            found.append(finding)
    return found[:6]


def _named(summary: Summary) -> list[tuple[str, str, Share]]:
    return [
        (item.id, item.label, value) for item, value in zip(summary.classes, summary.shares, strict=True)
    ]


def _horizon(summary: Summary) -> str:
    days = summary.horizon_days
    number, unit = (days / 365, "year") if days >= 730 else (days, "day")
    words = f"{number:,.0f}" if number >= 100 else f"{number:.3g}"
    return f"{words} {unit}{'' if words == '1' else 's'}"


def _headline(summary: Summary) -> Finding:
    ranked = sorted(_named(summary), key=lambda item: -item[2].share)
    first, second = ranked[0], ranked[1]
    text = f"After {_horizon(summary)} the likeliest end is {_lower(first[1])}: {{0}} of histories ({{1}} to {{2}})"
    figures = _share(first[2], f"share:outcome={first[0]}")
    if second[2].count > 0:
        overlap = second[2].high >= first[2].low
        text += f", followed by {_lower(second[1])} with {{3}} ({{4}} to {{5}})"
        text += "; which of the two leads is not settled by this run." if overlap else "."
        figures += _share(second[2], f"share:outcome={second[0]}")
    else:
        text += "."
    return Finding(text, figures)


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def _good_and_bad(summary: Summary) -> Finding | None:
    tones = {item.id: item.tone for item in summary.classes}
    worst = [item for item in _named(summary) if tones[item[0]] in ("worst", "bad")]
    if not worst:
        return None
    parts, figures = [], []
    for name, label, value in worst:
        n = len(figures)
        parts.append(f"{_lower(label)} {{{n}}} ({{{n + 1}}} to {{{n + 2}}})")
        figures += _share(value, f"share:outcome={name}")
    return Finding(
        "The dangerous ends: " + ", ".join(parts) + ". These are shares of simulated histories under the "
        "scenario's assumptions, no forecast.",
        figures,
    )


def _meeting(summary: Summary) -> Finding | None:
    for name, words, value in summary.times:
        if name == "meeting" and value.median is not None:
            return Finding(
                f"A {words} takes place in {{0}} of histories ({{1}} to {{2}}), at the median after {{3}}.",
                [
                    *_share(value.happened, "share:has(time:meeting)"),
                    Figure(value.median, "median:time:meeting", "days"),
                ],
            )
    return None


def _after_failure(summary: Summary) -> Finding | None:
    by_label = {item.reference: item for item in summary.conditions}
    failed, other = by_label.get("failed_meeting>0.5"), by_label.get("failed_meeting<0.5")
    worst = next((n for n, item in enumerate(summary.classes) if item.tone == "worst"), None)
    if failed is None or other is None or worst is None:
        return None
    if min(failed.num_rows, other.num_rows) < ENOUGH_ROWS:
        return None
    name, label = summary.classes[worst].id, _lower(summary.classes[worst].label)
    a, b = failed.shares[worst], other.shares[worst]
    apart = "more often" if a.low > b.high else "less often" if a.high < b.low else "not distinguishably more often"
    return Finding(
        f"After a failed leaders' meeting {label} comes {apart} than without one: {{0}} ({{1}} to {{2}}) "
        "against {3} ({4} to {5}).",
        [
            *_share(a, f"share:outcome={name}|failed_meeting>0.5"),
            *_share(b, f"share:outcome={name}|failed_meeting<0.5"),
        ],
    )


def _deal(summary: Summary) -> Finding | None:
    times = {name: value for name, _, value in summary.times}
    deal, collapse = times.get("deal"), times.get("collapse")
    if deal is None or deal.median is None:
        return None
    text = "A deal comes into force in {0} of histories ({1} to {2}), at the median after {3}"
    figures = [*_share(deal.happened, "share:has(time:deal)"), Figure(deal.median, "median:time:deal", "days")]
    rows = np.isfinite(np.asarray(summary.results["time:deal"], dtype=float))
    if collapse is not None and rows.sum() >= ENOUGH_ROWS:
        lost = np.isfinite(np.asarray(summary.results["time:collapse"], dtype=float)) & rows
        item = share(int(lost.sum()), int(rows.sum()))
        text += "; of these histories {4} ({5} to {6}) see a deal collapse"
        figures += _share(item, "share:has(time:collapse)|has(time:deal)")
    return Finding(text + ".", figures)


def _clipped(summary: Summary) -> Finding | None:
    cut = np.asarray(summary.results.get("expectation_clipped", ()), dtype=float)
    if not cut.any():
        return None
    item = share(int(cut.sum()), len(cut))
    text = "Hype puts the first expectation beyond its scale in {0} of histories ({1} to {2}), where it is cut off."
    return Finding(text, _share(item, "share:expectation_clipped>0.5"))


def _driver(summary: Summary) -> Finding | None:
    table = summary.drivers
    if not table.effects:
        return None
    leading = [item for item in table.effects if item.distinguishable][:3]
    if not leading:
        return Finding("No recorded input can be told apart from a dummy input in this sample.")
    names = "; ".join(input_label(summary.scenario, item.path) for item in leading)
    return Finding(f"Among the inputs nobody sets, the outcome hangs most on: {names}.")


def _precision(summary: Summary) -> Finding | None:
    from sim.analysis.summary import fewest

    error = fewest(summary)
    if not error > 0.01:
        return None
    more = int(np.ceil(summary.num_replications * (error / 0.005) ** 2 / 1000) * 1000)
    return Finding(
        f"With {{0}} histories the largest standard error of a share is {100 * error:.1f} percentage points; "
        f"about {more:,} would bring it to 0.5.",
        [Figure(float(summary.num_replications), "count:replication>=0", "integer")],
    )
