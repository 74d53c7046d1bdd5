"""The charts of a game on a report page."""

from __future__ import annotations

from collections.abc import Sequence

from sim.analysis.game_names import figure
from sim.reports import game_figures, words
from sim.reports.chart import Chart, Table, chart
from sim.reports.content import Distribution, Game, Level, MeasureRow, OptionShares


def game_charts(game: Game) -> list[Chart]:
    """Payoffs, options taken, then a chart for each number that varies."""
    found = [_payoffs(game.payoffs, game.numbers)] if game.payoffs else []
    if game.choices:
        found.append(_options(game.choices, game.repeated))
    return found + [_distribution(item, game.repeated) for item in game.distributions]


def _payoffs(levels: Sequence[Level], numbers: Sequence[Level]) -> Chart:
    reading = "Mean payoff of each player over all histories; whiskers are 95% intervals."
    if numbers:
        reading += " The same number was always named: " + "; ".join(f"{item.label} {figure(item.mean)}" for item in numbers) + "."
    rows = [[item.label, figure(item.mean, all_digits=True), *_bounds(item)] for item in levels]
    table = Table(("Player", "Mean payoff", "95% interval"), rows)
    return chart("What it pays", reading, lambda narrow: game_figures.payoffs(levels, narrow), table)


def _bounds(item: Level) -> list[str]:
    if item.is_constant:
        return ["always"]
    return [f"{figure(item.low, all_digits=True)} to {figure(item.high, all_digits=True)}"]


def _options(choices: Sequence[OptionShares], repeated: bool) -> Chart:
    when = " Where a move is made again and again, the last time counts." if repeated else ""
    reading = (
        f"Share of the histories in which a move was made; whiskers are 95% intervals.{when} The table says how many these are."
    )
    rows = [
        [choice.label, item.label, words.percent(item.share), words.percent_interval(item.low, item.high),
         f"{words.integer(item.count)} of {words.integer(choice.made)}"]
        for choice in choices for item in choice.shares
    ]  # fmt: skip
    table = Table(("Move", "Option", "Share", "95% interval", "Histories"), rows)
    return chart("What was chosen", reading, lambda narrow: game_figures.options(choices, narrow), table)


def _distribution(content: Distribution, repeated: bool) -> Chart:
    reading = (
        f"In {words.integer(content.count)} histories: mean {figure(content.mean)}, median {figure(content.median)}, the middle half "
        f"from {figure(content.q25)} to {figure(content.q75)}."
    )
    rows = [
        [f"{figure(middle - width / 2.0)} to {figure(middle + width / 2.0)}" if _is_bin(content) else figure(middle), words.percent(share)]
        for middle, width, share in zip(content.middles, content.widths, content.shares, strict=True)
    ]
    title = content.label[:1].upper() + content.label[1:]
    return chart(
        title, reading, lambda narrow: game_figures.distribution(content, narrow), Table((content.unit.capitalize(), "Share"), rows)
    )


def _is_bin(content: Distribution) -> bool:
    """Whether bars stand for ranges: then they touch."""
    if len(content.middles) < 2:
        return False
    return content.widths[0] >= 0.999 * (content.middles[1] - content.middles[0])


def measures_table(measures: Sequence[MeasureRow]) -> Table | None:
    """Measures beside theory; none without any."""
    if not measures:
        return None
    rows = [
        [item.label, figure(item.exact), figure(item.played, all_digits=True) if item.standard_error else figure(item.played),
         item.apart + (" \u2715" if item.differs else ""), words.integer(item.histories)]
        for item in measures
    ]  # fmt: skip
    return Table(("Measure", "Exact", "Played", "Standard errors apart", "Histories"), rows)
