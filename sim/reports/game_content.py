"""A summary of a game as the plain records that its page shows."""

from __future__ import annotations

from sim.analysis.games import Choice, GameSummary, Spread, apart
from sim.reports import content as page


def game_content(game: GameSummary | None) -> page.Game | None:
    """What the page shows of a game; none without one."""
    if game is None:
        return None
    return page.Game(
        payoffs=[_level(item) for item in game.payoffs],
        numbers=[_level(item) for item in game.numbers if item.is_constant],
        distributions=[_distribution(item, item.label, "number named") for item in game.numbers if not item.is_constant]
        + [_distribution(item, f"Length in {item.label}", item.label) for item in game.lengths if not item.is_constant][:1],
        choices=[_choice(item) for item in game.choices],
        measures=[
            page.MeasureRow(item.label, item.exact, item.estimate, item.standard_error, apart(item), item.differs, item.counted)
            for item in game.checks
        ],
        repeated=game.repeated,
        by_algorithm=game.by_algorithm,
    )


def _level(item: Spread) -> page.Level:
    low, high = item.interval
    return page.Level(item.label, item.mean, low, high, item.is_constant)


def _distribution(item: Spread, label: str, unit: str) -> page.Distribution:
    bars = item.bars
    return page.Distribution(
        label, unit, bars.middles, bars.widths, bars.shares, item.mean, item.q25, item.median, item.q75, item.count
    )


def _choice(item: Choice) -> page.OptionShares:
    shares = [
        page.OutcomeShare(name, label, value.share, value.low, value.high, value.count) for name, label, value in item.options
    ]
    return page.OptionShares(item.label, item.made, shares)
