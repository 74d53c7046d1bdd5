"""Estimates of rates as lines for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from sim.analysis.hazard_rates import YEAR, Compared, HazardRates
from sim.analysis.phrases import number
from sim.cli.layout import paragraph
from sim.estimation.self_exciting import MOST_BRANCHING, Parameter

if TYPE_CHECKING:
    from sim.estimation.rates import RateEstimate
    from sim.model.datasets.dataset import Dataset

NAMES, CELL, LAST = 24, 12, 16  # columns of a table: names, each number, the interval
NO_LONG_RUN = 0.95  # branching from which on the mean of the long run says nothing


def as_lines(
    found: HazardRates,
    events: Dataset,
    spells: Dataset | None,
    named: str | None,
    rows: Sequence[Compared],
    differences: Sequence[str],
    width: int,
) -> list[Text]:
    """The result in lines of at most ``width`` columns."""
    dated = found.dated
    days = "1 day" if dated.record.times.size == 1 else f"{dated.record.times.size} days"
    told = f"{days} with events of {events.name}, {dated.start} to before {dated.end}"
    if events.before is not None:
        told += f", as known before {events.before}"
    lines = [Text(line, style="bold") for line in paragraph(told, width)]
    for remark in dated.remarks:
        lines += _words(remark, width)
    lines += _rates(found, spells, width)
    if found.exciting is not None:
        lines += _exciting(found, width)
    elif found.why_not:
        lines += [Text(), *_words(f"No self-exciting hazard: {found.why_not}.", width)]
    if named is not None:
        lines += _compared(named, rows, differences, width)
    return lines


def _rates(found: HazardRates, spells: Dataset | None, width: int) -> list[Text]:
    percent = f"{100 * found.everywhere.confidence:g}% interval"
    lines = [Text(), *_row("Events a year", ("events", "years", "rate", percent), width, "bold")]
    lines += _rate_row("all the time", found.everywhere, width)
    if spells is not None:
        for name, rate in ((f"outside {spells.name}", found.outside), (f"in {spells.name}", found.inside)):
            if rate is not None:
                lines += _rate_row(name, rate, width)
        if found.inside is None:
            lines += _words(f"No spell of {spells.name} lies in the window.", width)
    if found.inside is not None and found.inside_upper is not None and found.inside.num_events == 0:
        lines += _words(
            f"None in spells: below {number(found.inside_upper)} a year at {100 * found.inside.confidence:g}%.", width
        )
    if found.ratio is not None:
        low, high = number(found.ratio.low), "any" if found.ratio.high == float("inf") else number(found.ratio.high)
        lines += _words(
            f"In spells {number(found.ratio.ratio)} times as often as outside ({low} to {high}; p {_p(found.ratio.p_value)}).",
            width,
        )
    return lines


def _rate_row(name: str, rate: RateEstimate, width: int) -> list[Text]:
    interval = f"{number(rate.low)} to {number(rate.high)}"
    return _row(f"  {name}", (str(rate.num_events), f"{rate.exposure:.2f}", number(rate.rate), interval), width)


def _exciting(found: HazardRates, width: int) -> list[Text]:
    fitted = found.exciting
    assert fitted is not None
    percent = f"{100 * fitted.confidence:g}% interval"
    lines = [Text(), *_row("Self-exciting hazard", ("estimate", "std. error", percent), width, "bold")]
    for name, parameter, limit in (
        ("baseline a year", fitted.baseline.per(YEAR), None),
        ("branching", fitted.branching, MOST_BRANCHING),
        ("half-life in days", fitted.half_life, None),
    ):
        lines += _row(f"  {name}", (number(parameter.value), _error(parameter), _interval(parameter, limit)), width)
    if fitted.branching.value < NO_LONG_RUN:
        lines += _words(f"In the long run that brings {number(fitted.long_run_rate * YEAR)} a year.", width)
    else:
        lines += _words(
            "With a branching near 1 there is no long run: the record looks like growth, not like clusters.", width
        )
    told = found.assessment
    lines.append(Text())
    if told is None:
        return lines + _words(
            f"Likelihood ratio against a constant rate {fitted.likelihood_ratio:.1f}; not tested.", width
        )
    verdict = "so events excite" if told.excitation_p <= 0.05 else "so chance alone may have made the clusters"
    lines += _words(
        f"Excitation: likelihood ratio {fitted.likelihood_ratio:.1f} against a constant rate, as much in a share of "
        f"{_p(told.excitation_p)} of records played with one; {verdict}.",
        width,
    )
    fits = "the fit is not refused" if told.distance_p > 0.05 else "the hazard does not describe the record well"
    lines += _words(
        f"Fit: time rescaled by the hazard is {told.distance:.2f} from an exponential (a constant rate {told.constant_distance:.2f}), "
        f"as far in a share of {_p(told.distance_p)} of records played with it; {fits}.",
        width,
    )
    again = told.again
    return lines + _words(
        f"Bias: records played with these values are estimated, in the middle, at {number(again.baseline * YEAR)}, "
        f"{number(again.branching)} and {number(again.half_life)}.",
        width,
    )


def _compared(named: str, rows: Sequence[Compared], differences: Sequence[str], width: int) -> list[Text]:
    lines = [Text(), *_row(f"Beside {named}", ("there", "estimate", "in interval"), width, "bold")]
    for row in rows:
        there = "drawn" if row.value is None else number(row.value)
        agrees = {None: "", True: "yes", False: "no"}[row.agrees]
        lines += _row(f"  {row.path.rsplit('.', 1)[-1]}", (there, number(row.estimate), agrees), width)
    for row in rows:
        if row.range is not None and row.range_holds is False:
            top = "open" if row.high is None or row.high == MOST_BRANCHING else number(row.high)
            lines += _words(
                f"The range of {row.path.rsplit('.', 1)[-1]}, {number(row.range[0])} to {number(row.range[1])}, is narrower than the "
                f"interval, {number(row.low)} to {top}.",
                width,
            )
    for text in differences:
        lines += _words(f"Not the same quantity: {text}.", width)
    if not rows:
        lines += _words("Nothing to compare: the record tells of none of its values.", width)
    return lines


def _words(text: str, width: int) -> list[Text]:
    return [Text(line) for line in paragraph(text, width, "  ", "  ")]


def _row(name: str, cells: Sequence[str], width: int, style: str = "") -> list[Text]:
    """A line of a table; after a long name, or on a narrow terminal, the numbers have a line of their own."""
    *first, last = cells
    numbers = "".join(f"{cell:>{CELL}}" for cell in first) + f"{last:>{LAST}}"
    fits = NAMES + len(numbers) <= width
    if len(name) < NAMES and fits:
        return [Text(f"{name:<{NAMES}}{numbers}", style=style)]
    above = paragraph(name.strip(), width, "  " if name.startswith(" ") else "", "    ")
    below = " " * NAMES + numbers if fits else numbers if len(numbers) <= width else "    " + "  ".join(cells)
    return [Text(line, style=style) for line in [*above, below]]


def _error(parameter: Parameter) -> str:
    return "at a bound" if parameter.standard_error is None else number(parameter.standard_error)


def _interval(parameter: Parameter, limit: float | None) -> str:
    low = "any" if parameter.low is None else number(parameter.low)
    if parameter.high is None or (limit is not None and parameter.high >= limit):
        return f"{low} to open"
    return f"{low} to {number(parameter.high)}"


def _p(value: float) -> str:
    return f"{value:.3f}".rstrip("0") if value >= 0.0005 else "below .001"
