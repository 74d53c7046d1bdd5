"""The histories of a game as `sim run` prints them, and as its JSON object holds them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text

from sim.analysis.estimates import number_or_none
from sim.analysis.game_names import figure
from sim.analysis.games import BY_ALGORITHM, FEW_HISTORIES, apart
from sim.cli.layout import bar, clipped, padded, paragraph

if TYPE_CHECKING:
    from sim.analysis.games import Choice, GameSummary, Spread

HEADING = "bold"
NARROW = 72  # columns below which figures go below their label, and bars are left out
FIGURES = 34  # columns for figures at the right


def lines(game: GameSummary, width: int, blocks: bool) -> list[list[Text]]:
    """The parts of the result about the game, each in lines of at most ``width`` columns."""
    parts = [_payoffs(game, width, blocks), _numbers(game, width, blocks), _choices(game, width, blocks)]
    return [part for part in [*parts, _lengths(game, width, blocks), _measures(game, width, blocks)] if part]


def _payoffs(game: GameSummary, width: int, blocks: bool) -> list[Text]:
    if not game.payoffs:
        return []
    found = [_heading("Payoffs", f"{'mean':>10} {'95% interval':>22}", width)]
    return found + [line for item in game.payoffs for line in _entry(item.label, *_mean(item), width, blocks)]


def _mean(item: Spread) -> tuple[str, str]:
    if item.is_constant:
        return figure(item.mean), "always"
    return figure(item.mean, all_digits=True), _range(*item.interval)


def _numbers(game: GameSummary, width: int, blocks: bool) -> list[Text]:
    if not game.numbers:
        return []
    found = [_heading("Numbers named", f"{'mean':>10} {'middle half':>22}", width)]
    for item in game.numbers:
        found += _entry(item.label, *_middle(item), width, blocks)
    return found


def _middle(item: Spread) -> tuple[str, str]:
    return (figure(item.mean), "always") if item.is_constant else (figure(item.mean, all_digits=True), _range(item.q25, item.q75))


def _choices(game: GameSummary, width: int, blocks: bool) -> list[Text]:
    if not game.choices:
        return []
    what = "Choices, the last time that a move was made" if game.repeated else "Choices"
    found = [_heading(what, f"{'share':>7}{'95% interval':>17}", width)]
    for item in game.choices:
        found += [Text(line, style="dim") for line in paragraph(f"{item.label}, in {item.made:,} histories", width, "  ", "    ")]
        found += _options(item, width, blocks)
    return found


def _options(item: Choice, width: int, blocks: bool) -> list[Text]:
    found: list[Text] = []
    narrow = width < NARROW
    label_width = width - 6 if narrow else min(34, max(12, *(len(label) for _, label, _ in item.options)))
    bar_width = 0 if narrow else max(0, width - label_width - FIGURES + 3)
    longest = max(value.high for _, _, value in item.options)
    for _, label, value in item.options:
        numbers = f"{100 * value.share:.1f}%".rjust(7) + f"{100 * value.low:.1f} to {100 * value.high:.1f}%".rjust(17)
        name = padded(clipped(label, label_width, blocks), label_width)
        if narrow:
            found += [Text(f"    {name}".rstrip()), Text(f"      {numbers.strip()}")]
            continue
        picture = bar(value.low / longest, value.high / longest, bar_width, blocks)
        found.append(Text.assemble(f"    {name} ", (picture, "cyan"), numbers))
    return found


def _lengths(game: GameSummary, width: int, blocks: bool) -> list[Text]:
    if not game.lengths:
        return []
    found = [_heading("Length of the game", f"{'mean':>10} {'middle half':>22}", width)]
    return found + [line for item in game.lengths for line in _entry(item.label, *_middle(item), width, blocks)]


def _measures(game: GameSummary, width: int, blocks: bool) -> list[Text]:
    if not game.checks:
        return []
    found = [_heading("Beside theory", f"{'exact':>9}  {'played':>9}  {'apart':>6}", width)]
    for check in game.checks:
        numbers = f"{_short(check.exact):>9}  {_short(check.estimate):>9}  {apart(check):>6}"
        style = "red" if check.differs else ""
        if width < NARROW:
            found += [Text(f"  {clipped(check.label, width - 2, blocks)}"), Text(f"    {' '.join(numbers.split())}", style=style)]
            continue
        room = width - 2 - len(numbers)
        found.append(Text.assemble(f"  {padded(clipped(check.label, room - 1, blocks), room)}", (numbers, style)))
    told = ["apart: in standard errors; up to 4.1 is put down to chance; `sim verify` plays as many histories as it takes"]
    if game.by_algorithm:
        told.append(f"exact: {BY_ALGORITHM}")
    if any(check.few for check in game.checks):
        told.append(f"few: {FEW_HISTORIES}")
    return found + [Text(line, style="dim") for text in told for line in paragraph(text, width, "  ", "  ")]


def _short(value: float) -> str:
    return "-" if value != value else figure(value, all_digits=value != round(value))


def _range(low: float, high: float) -> str:
    return f"{figure(low, all_digits=True)} to {figure(high, all_digits=True)}"


def _entry(label: str, value: str, between: str, width: int, blocks: bool) -> list[Text]:
    """A label and two figures: on one line, or below it where there is little room."""
    if width < NARROW:
        return [Text(f"  {clipped(label, width - 2, blocks)}"), Text(f"    {value}, {between}")]
    numbers = f"{value:>10} {between:>22}"
    room = width - 2 - len(numbers)
    return [Text(f"  {padded(clipped(label, room - 1, blocks), room)}{numbers}")]


def _heading(left: str, right: str, width: int) -> Text:
    if width < NARROW or len(left) + 2 + len(right) > width:
        return Text(clipped(left, width), style=HEADING)
    return Text.assemble((padded(left, width - len(right)), HEADING), (right, "dim"))


# For programs ------------------------------------------------------------------------------------------------------


def as_data(game: GameSummary | None) -> dict[str, Any] | None:
    """The same as JSON; none without a game."""
    if game is None:
        return None
    return {
        "payoffs": _spreads(game.payoffs),
        "numbers": _spreads(game.numbers),
        "choices": {
            item.name: {
                "label": item.label,
                "made": item.made,
                "options": {
                    name: {
                        "label": label, "share": number_or_none(value.share), "low": value.low, "high": value.high,
                        "standard_error": number_or_none(value.standard_error), "count": value.count,
                    }
                    for name, label, value in item.options
                },
            }
            for item in game.choices
        },
        "length": _spreads(game.lengths),
        "unfinished": None if game.unfinished is None else {
            "most_moves": game.unfinished.most_moves, "stopped": game.unfinished.stopped.share,
            "at_horizon": game.unfinished.going_on.share,
        },
        "measures": {
            check.name: {
                "label": check.label, "exact": number_or_none(check.exact), "played": number_or_none(check.estimate),
                "standard_error": number_or_none(check.standard_error), "apart": number_or_none(check.apart),
                "histories": check.counted, "holds": check.holds, "too_few": check.few,
            }
            for check in game.checks
        },
    }  # fmt: skip


def _spreads(items: Sequence[Spread]) -> dict[str, Any]:
    return {
        item.name: {
            "label": item.label, "histories": item.count, "mean": number_or_none(item.mean),
            "standard_error": number_or_none(item.standard_error), "low": number_or_none(item.interval[0]),
            "high": number_or_none(item.interval[1]), "q25": number_or_none(item.q25), "median": number_or_none(item.median),
            "q75": number_or_none(item.q75), "constant": item.is_constant,
        }
        for item in items
    }  # fmt: skip
