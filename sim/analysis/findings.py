"""Findings in plain words, by rules: what happened most, how sure it is, what it hung on.

Each number in a finding carries the reference that recomputes it from the rows; the grammar
stands in `sim.reports.content`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from sim.analysis.durations import duration, span
from sim.analysis.estimates import Share, difference_of_shares, share
from sim.analysis.names import toward_words
from sim.analysis.summary import FAILED_ROWS, NOT_FAILED_ROWS, Summary
from sim.analysis.targets import Band, targets_of, unread_targets

PLACE = r"\{(\d+)\}"  # where a number stands in a sentence
FEW = 50  # histories up to which a reader is told first how little they settle
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
        return re.sub(PLACE, lambda match: written(self.figures[int(match[1])]), self.text)


def written(figure: Figure) -> str:
    """A number as it stands in a sentence."""
    if figure.form == "percent":
        return f"{100 * figure.value:.1f}%"
    if figure.form in ("days", "hours"):
        return duration(figure.value, hourly=figure.form == "hours")
    if figure.form == "integer":
        return f"{figure.value:,.0f}"
    if figure.form == "points":
        return f"{100 * figure.value:.1f} percentage points"
    text = f"{figure.value:.2f}"
    return "0.00" if text == "-0.00" else text.replace("-", "\u2212")


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
    rules = (_precision, _good_and_bad, _bands, _meeting_and_deal, _after_failure, _driver, _clipped)
    if summary.is_game:
        rules = (_precision, _unfinished, _bands, _payoffs, _length, _theory, _driver)
    if summary.num_replications > FEW:
        rules = (*(rule for rule in rules if rule not in (_precision, _clipped)), _precision, _clipped)
    for rule in rules:
        finding = rule(summary)
        if finding is not None:
            found.append(finding)
    return found[:6]


def _named(summary: Summary) -> list[tuple[str, str, Share]]:
    return [(item.id, item.label, value) for item, value in zip(summary.classes, summary.shares, strict=True)]


def _headline(summary: Summary) -> Finding:
    ranked = sorted(_named(summary), key=lambda item: -item[2].share)
    first, second = ranked[0], ranked[1] if len(ranked) > 1 else None
    lead = "The likeliest end is" if summary.is_game else f"After {span(summary.horizon_days)} the likeliest end is"
    text = f"{lead} \u201c{_whole(first[1])}\u201d: {{0}} of histories ({{1}} to {{2}})"
    figures = _share(first[2], f"share:outcome={first[0]}")
    if second is not None and second[2].count > 0:
        overlap = second[2].high >= first[2].low
        text += f", followed by \u201c{_whole(second[1])}\u201d with {{3}} ({{4}} to {{5}})"
        text += "; which of the two leads is not settled by this run." if overlap else "."
        figures += _share(second[2], f"share:outcome={second[0]}")
    else:
        text += "."
    return Finding(text, figures)


def _payoffs(summary: Summary) -> Finding | None:
    """What the players of a game are paid on average."""
    if summary.game is None or not summary.game.payoffs:
        return None
    parts = [f"{_whole(item.label)} {{{n}}}" for n, item in enumerate(summary.game.payoffs)]
    figures = [Figure(item.mean, f"mean:payoff:{item.name}", "number") for item in summary.game.payoffs]
    return Finding(f"Payoffs are on average: {', '.join(parts)}.", figures)


def _unfinished(summary: Summary) -> Finding | None:
    """In how many histories a game was cut off, by which of its limits."""
    found = summary.game.unfinished if summary.game is not None else None
    if found is None:
        return None
    parts, figures = [], []
    for item, why, condition in (
        (found.stopped, f"because `most_moves`, {found.most_moves:,}, was reached", f"game:moves>={found.most_moves}"),
        (found.going_on, "because the horizon came first", f"game:moves<{found.most_moves}"),
    ):
        if item.count:
            parts.append(f"{{{len(figures)}}} of histories ended {why}")
            figures.append(Figure(item.share, f"share:game:over=0&{condition}"))
    return Finding(f"The game was not over: {' and '.join(parts)}; payoffs are those up to then.", figures)


def _length(summary: Summary) -> Finding | None:
    """How long a game takes, where time passes in it."""
    if summary.game is None or not summary.game.passes:
        return None
    length = summary.game.lengths[0]
    mean = Figure(length.mean, "mean:game:periods", "number")
    if length.is_constant:
        return Finding("The game always takes {0} periods.", [mean])
    median = Figure(length.median, "median:game:periods", "number")
    return Finding("The game takes {0} periods on average; half of the games take at most {1}.", [mean, median])


def _theory(summary: Summary) -> Finding | None:
    """Whether the measures of a game agree with theory, as far as this run can tell."""
    checks = summary.game.checks if summary.game is not None else ()
    if not checks:
        return None
    wrong = [item for item in checks if item.differs]
    sorts = (
        (len(checks) - len(wrong) - sum(item.few or not item.counted for item in checks), "comes", "come", "out as it says, within chance"),
        (sum(item.few for item in checks), "cannot", "cannot", "be told from so few histories"),
        (sum(not item.counted for item in checks), "is", "are", "met by no history"),
        (len(wrong), "is", "are", f"too far from it: {'; '.join(_whole(item.label) for item in wrong)}"),
    )
    told = [(count, f"{one if count == 1 else many} {rest}") for count, one, many, rest in sorts if count]
    if len(told) == 1:
        whole = "The one measure" if len(checks) == 1 else f"All {_counted(len(checks))} measures"
        return Finding(f"{whole} that theory gives {told[0][1]}.")
    parts = ", ".join(f"{_counted(count)} {text}" for count, text in told)
    return Finding(f"Of {_counted(len(checks))} measures that theory gives {parts}.")


def _lower(label: str) -> str:
    """A label inside a sentence: with a small letter, and nothing in it that could be taken for the place of a number."""
    label = _whole(label)
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def _whole(label: str) -> str:
    return re.sub(PLACE, r"{ \1 }", label)


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
        "Ends that the scenario marks as bad: " + ", ".join(parts) + ". All these are shares of simulated histories "
        "under the scenario's assumptions, not forecasts.",
        figures,
    )


def _bands(summary: Summary) -> Finding | None:
    """How many of the bands that the scenario expects hold, and which do not; they are about it as it is written."""
    bands = targets_of(summary)
    if not bands or summary.scenario.get("applied"):
        return None
    inside = ";".join(f"{band.reference} in {band.low!r} to {band.high!r}" for band in bands)
    figures = [Figure(float(sum(band.inside for band in bands)), f"inside:{inside}", "integer")]
    whole = "the one band" if len(bands) == 1 else f"the {_counted(len(bands))} bands"
    text = f"Of {whole} that the scenario expects {{0}} {'holds' if figures[0].value == 1 else 'hold'}"
    for words, some in (
        ("outside", [band for band in bands if not band.inside and not band.is_open]),
        ("not decided by this run", [band for band in bands if band.is_open]),
    ):
        if some:
            text += f"; {words}: " + "; ".join(_missed(band, figures) for band in some)
    unread = unread_targets(summary)
    if unread:
        text += f"; this run cannot tell: {'; '.join(map(_lower, unread))}"
    return Finding(text + ".", figures)


def _missed(band: Band, figures: list[Figure]) -> str:
    figures.append(Figure(band.measured.value, band.reference, band.measured.form))
    return f"{_lower(band.label)} with {{{len(figures) - 1}}} (expected {band.words})"


_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def _counted(number: int) -> str:
    return _NUMBERS[number] if number < len(_NUMBERS) else f"{number:,}"


def _form(summary: Summary) -> str:
    """The form in which times of the scenario are written."""
    return "hours" if summary.per_day != 1.0 else "days"


def _meeting_and_deal(summary: Summary) -> Finding | None:
    """The first leaders' meeting and the first deal, in one finding."""
    parts = [part for part in (_meeting(summary), _deal(summary)) if part is not None]
    text, figures = "", []
    for part in parts:
        text += (" " if text else "") + _shifted(part.text, len(figures))
        figures += part.figures
    return Finding(text, figures) if parts else None


def _shifted(text: str, number: int) -> str:
    """The text with the places of its numbers counted from `number` on."""
    return re.sub(PLACE, lambda match: f"{{{int(match[1]) + number}}}", text)


def _meeting(summary: Summary) -> Finding | None:
    for name, words, value in summary.times:
        if name == "meeting" and value.median is not None:
            return Finding(
                f"A {words} takes place in {{0}} of histories ({{1}} to {{2}}), at the median after {{3}}.",
                [
                    *_share(value.happened, f"share:{summary.reference('meeting')}"),
                    Figure(value.median, _median(summary, "meeting"), _form(summary)),
                ],
            )
    return None


def _median(summary: Summary, name: str) -> str:
    """Reference of the median time of an event up to the horizon."""
    return f"median:time:{name}" + (f"|{summary.reference(name)}" if summary.ends_later else "")


def _after_failure(summary: Summary) -> Finding | None:
    by_label = {item.reference: item for item in summary.conditions}
    failed, other = by_label.get(FAILED_ROWS), by_label.get(NOT_FAILED_ROWS)
    worst = next((n for n, item in enumerate(summary.classes) if item.tone == "worst"), None)
    if failed is None or other is None or worst is None or summary.ends_later:  # a meeting may fail after the horizon
        return None
    if min(failed.num_rows, other.num_rows) < ENOUGH_ROWS:
        return None
    name, label = summary.classes[worst].id, _lower(summary.classes[worst].label)
    a, b = failed.shares[worst], other.shares[worst]
    gap, low, high = difference_of_shares(a, b)
    clear = low > 0.0 or high < 0.0
    verdict = "a difference of" if clear else "this run shows no clear difference:"
    groups = f"{FAILED_ROWS};{NOT_FAILED_ROWS}"
    return Finding(
        f"Of the histories whose first leaders' meeting fails (nothing is left to sign) {{0}} ({{1}} to {{2}}) end in "
        f"{label}, of those whose first meeting does not fail {{3}} ({{4}} to {{5}}): {verdict} {{6}} ({{7}} to {{8}}).",
        [
            *_share(a, f"share:outcome={name}|{FAILED_ROWS}"),
            *_share(b, f"share:outcome={name}|{NOT_FAILED_ROWS}"),
            Figure(gap, f"gap:outcome={name}|{groups}", "points"),
            Figure(low, f"gap_low:outcome={name}|{groups}", "points"),
            Figure(high, f"gap_high:outcome={name}|{groups}", "points"),
        ],
    )


def _deal(summary: Summary) -> Finding | None:
    times = {name: value for name, _, value in summary.times}
    deal, collapse = times.get("deal"), times.get("collapse")
    if deal is None or deal.median is None:
        return None
    text = "A deal comes into force in {0} of histories ({1} to {2}), at the median after {3}"
    came, lost = summary.reference("deal"), summary.reference("collapse")
    figures = [*_share(deal.happened, f"share:{came}"), Figure(deal.median, _median(summary, "deal"), _form(summary))]
    rows = summary.came("deal")
    if collapse is not None and rows.sum() >= ENOUGH_ROWS:
        item = share(int((summary.came("collapse") & rows).sum()), int(rows.sum()))
        text += "; of these histories {4} ({5} to {6}) see a deal collapse"
        figures += _share(item, f"share:{lost}|{came}")
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
    labels = {item.id: _lower(item.label) for item in summary.classes}
    named = (
        f"{_whole(item.label)} ({toward_words(labels, item.toward, item.association)})"
        for item in leading
    )
    return Finding(f"Among the inputs that nobody sets, the outcome is linked most with {'; '.join(named)}.")


def _precision(summary: Summary) -> Finding | None:
    number = Figure(float(summary.num_replications), "count:replication>=0", "integer")
    if summary.num_replications == 1:
        return Finding("This is {0} history, an example: it says nothing about how often its end comes.", [number])
    name, _, widest = max(_named(summary), key=lambda item: item[2].standard_error)
    if not widest.standard_error > 0.01:
        return None
    return Finding(
        "With {0} histories the largest standard error of a share is {1}; four times as many histories would halve it.",
        [number, Figure(widest.standard_error, f"error:outcome={name}", "points")],
    )
