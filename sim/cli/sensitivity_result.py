"""A sensitivity analysis as it is printed in the columns of a terminal."""

from __future__ import annotations

from rich.text import Text

from sim.analysis.sensitivity import Answer, Sensitivity
from sim.analysis.sensitivity_words import of_answer, percent
from sim.cli.layout import clipped, meter, padded, paragraph

HEADING = "bold"
NARROW = 100  # columns below which there is no room for bars
BAR = 24
MOST_ROWS = 12  # factors of an output that are printed


def lines(found: Sensitivity, width: int, blocks: bool) -> list[Text]:
    """The answer in words for each output, with its table below."""
    told = [Text(line, style=HEADING) for line in paragraph(str(found.stored.case["title"]), width)]
    for answer in found.answers:
        told.append(Text())
        for text in of_answer(found, answer):
            told += [Text(line) for line in paragraph(text, width, "* ", "  ")]
        told.append(Text())
        told += _table(found, answer, width, blocks)
    if found.silent:
        told.append(Text())
    for output, reason in found.silent:
        told += [Text(line, style="dim") for line in paragraph(f"\u201c{output.label}\u201d: {reason}.", width, "  ", "  ")]
    return told


def _table(found: Sensitivity, answer: Answer, width: int, blocks: bool) -> list[Text]:
    is_sobol = answer.indices is not None
    head = "alone  95%          in all  95%        " if is_sobol else "mu*     95%               mu   sigma"
    order = answer.order()
    shown = [*order[:-1][:MOST_ROWS], order[-1]]
    bar = BAR + 1 if width >= NARROW else 0
    told = [_row(answer.output.label, head, width)]
    largest = max((answer.effects.effects[i].size.value for i in order), default=0.0) if answer.effects else 1.0
    for i in shown:
        if answer.indices is not None:
            first, total = answer.indices.first[i], answer.indices.total[i]
            numbers = f"{percent(first.value):>5}  {_between(first.low, first.high):<11}  {percent(total.value):>6}  "
            numbers += f"{_between(total.low, total.high):<11}"
            part = total.value
        else:
            assert answer.effects is not None
            item = answer.effects.effects[i]
            mu = "" if item.mean.value != item.mean.value else f"{item.mean.value:.3g}"
            numbers = f"{item.size.value:<7.3g} {f'{item.size.low:.3g} to {item.size.high:.3g}':<15} {mu:>7} {item.spread:>7.3g}"
            part = item.size.value / largest if largest else 0.0
        room = max(8, width - len(numbers) - bar - 4)
        picture = f"{meter(part, BAR, blocks)} " if bar else ""
        told.append(Text(f"  {padded(clipped(found.labels[i], room, blocks), room)} {picture} {numbers}".rstrip()))
    left = len(order) - len(shown)
    if left:
        told.append(Text(f"  and {left} more, in --json and in the report", style="dim"))
    return told


def _between(low: float, high: float) -> str:
    return f"{percent(low)} to {percent(high)}"


def _row(left: str, right: str, width: int) -> Text:
    room = width - len(right)
    if room < 10:
        return Text(clipped(left, width), style=HEADING)
    return Text.assemble((padded(clipped(left, room - 1), room), HEADING), (right.rstrip(), "dim"))
