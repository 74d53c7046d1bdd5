"""A solution in lines for the terminal."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sim.games.equilibrium import without_noise

if TYPE_CHECKING:
    from sim.analysis.listed_equilibria import Listed
    from sim.analysis.solutions import GameSolved, Solved, TheoremSolved
    from sim.analysis.statics import Statics

ROWS = 9  # of a table of comparative statics
COLUMN = 13
MARKS = {"several": "*", "continuum": "~", "ties": "=", "unknown": "?"}  # of rows whose solution is not the only one
MOST_BESIDE = 12  # equilibria that are listed beside the file's own play

KINDS = {
    "equilibrium": "By algorithm, all players in equilibrium",
    "logit": "By algorithm, all players as logit players",
    "written": "The strategies of the file, held against every other choice",
}
ON_A_GRID = "{}, numbers and types on a grid of {} points"


def lines(found: Solved, width: int) -> list[Any]:
    """Title, formula, parameters, solution, all equilibria, what is known of their number, source; then the game on its grid."""
    from rich.text import Text

    from sim.cli.layout import paragraph

    out = [Text(found.spec.title, style="bold")]
    if found.theorem is not None:
        out += _of_theorem(found.theorem, width, is_played=found.game is None or found.game.kind == "written")
    if found.game is not None:
        out += [Text(), *_of_game(found.game, found.spec, width)]
    if found.unchecked:
        why = f"not held against other choices: {found.unchecked}"
        out += [Text(line, style="dim") for line in paragraph(why, width, "  ", "  ")]
    return out


def _of_theorem(found: TheoremSolved, width: int, is_played: bool) -> list[Any]:
    """What the theorem says; an equilibrium of it is called played only where players do not play as an algorithm says."""
    from rich.text import Text

    from sim.cli.layout import paragraph

    theorem, solution = found.theorem, found.solution
    out = [Text(f"by theorem: {theorem.title} ({theorem.name})"), Text()]
    out += [Text(f"    {line}", style="cyan") for line in theorem.formula]
    out += [Text(), Text("With")]
    meanings = {symbol.name: symbol.meaning for symbol in theorem.symbols}
    scale = _largest([*found.symbols.values(), *solution.values.values()])
    out += _numbers([(name, value, meanings[name]) for name, value in found.symbols.items()], width, scale)
    several = len(solution.equilibria) > 1
    which = "In the equilibrium that is played" if is_played else "In the equilibrium that the theorem selects"
    out += [Text(), Text(which if several else "In equilibrium")]
    told = [output for output in theorem.outputs if not output.is_void(found.symbols)]
    out += _numbers([(output.name, solution.values[output.name], output.meaning) for output in told], width, scale)
    if several:
        out += [Text(), Text(f"All {len(solution.equilibria)} equilibria")]
        for n, item in enumerate(solution.equilibria, 1):
            mark = (" (played)" if is_played else " (selected)") if item.selected else ""
            out += [Text(line) for line in paragraph(f"{item.words}{mark}", width, f"  {n}. ", "     ")]
            differing = [name for name in item.values if len({repr(other.values.get(name)) for other in solution.equilibria}) > 1]
            values = ", ".join(f"{name} {_number(item.values[name], scale)}" for name in differing)
            out += [Text(line, style="dim") for line in paragraph(values, width, "     ", "     ")]
    else:
        out += [Text(line) for line in paragraph(solution.equilibria[0].words, width, "  ", "  ")]
    if not is_played:
        instead = "Players do not play it: how they play is found by algorithm, below."
        out += [Text(line) for line in paragraph(instead, width, "  ", "  ")]
    out.append(Text())
    for text in (solution.uniqueness, solution.selection, *solution.notes):
        out += [Text(line) for line in paragraph(text, width, "  - ", "    ")]
    if theorem.conditions:
        out += [Text(line, style="dim") for line in paragraph(f"holds for: {'; '.join(theorem.conditions)}", width, "  ", "  ")]
    return out + [Text(line, style="dim") for line in paragraph(f"source: {theorem.source}", width, "  ", "  ")]


def gain_in_words(found: GameSolved, spec: Any) -> str:
    """What somebody could gain by another choice."""
    if found.kind == "logit":
        return f"precision {spec.game.precision} per unit of payoff; errors at one point cost somebody {_number(found.gain)} at the most"
    if found.gain <= 1e-9:
        return "nobody gains by another choice at any one point"
    where = f" ({found.gain_at})" if found.gain_at else ""
    grid = f"; numbers and types stand on {found.points} points, which a part of it may be due to" if spec.game.has_grid else ""
    return f"the most that anybody could gain by another choice at one point is {_number(found.gain)}{where}{grid}"


def _of_game(found: GameSolved, spec: Any, width: int) -> list[Any]:
    from rich.text import Text

    from sim.analysis.multiplicity import PLAYED
    from sim.cli.layout import paragraph

    def say(text: str, style: str = "") -> None:
        out.extend(Text(line, style=style) for line in paragraph(text, width, "  ", "    "))

    heading = KINDS[found.kind]
    out = [Text(ON_A_GRID.format(heading, found.points) if spec.game.has_grid else heading)]
    payoffs = ", ".join(f"{name} {_number(value)}" for name, value in found.payoffs.items())
    say(f"payoffs: {payoffs}")
    say(gain_in_words(found, spec))
    if found.kind != "written":
        for name, chances in found.strategies:
            told = next(iter(chances)) if len(chances) == 1 else ", ".join(f"{option} {p:.4g}" for option, p in chances.items())
            say(f"{name}: {told}")
        if not found.strategies:
            say("too many information sets to list; --json has payoffs and measures, `sim run` plays them", "dim")
        if len(found.equilibria) > 1 or found.judgements:
            out += numbered(found, width, "  ")
        for text in found.sentences:
            say(f"- {text}")
        if len(found.equilibria) > 1:
            say(f"- {PLAYED}")
    elif found.measures:
        measures = spec.theory.measures
        told = [f"{measures[name].label or name} {_number(value)}" for name, value in found.measures.items()]
        say(("measures on the grid: " if spec.game.has_grid else "measures: ") + "; ".join(told), "dim")
    if found.kind == "written":
        for text in found.sentences:
            say(f"- {text}")
    if found.others is not None:
        say(found.others.place)
        beside = found.others.listed
        if beside is not None and not found.others.is_only:
            out += numbered(beside, width, "  ", MOST_BESIDE)
            if len(beside.equilibria) > MOST_BESIDE:
                say(f"and {len(beside.equilibria) - MOST_BESIDE} more, which --json has too")
            for text in beside.sentences:
                say(f"- {text}")
    return out


def numbered(found: GameSolved | Listed, width: int, indent: str = "", most: int | None = None) -> list[Any]:
    """Equilibria in words, each with what stands behind it; the first ones up to ``most``."""
    from rich.text import Text

    from sim.cli.layout import paragraph

    out = []
    for n, words in enumerate(found.equilibria[:most]):
        out += [Text(line) for line in paragraph(words, width, f"{indent}{n + 1}. ", f"{indent}   ")]
        if found.judgements:
            judged = paragraph(" ".join(found.judgements[n]), width, f"{indent}   ", f"{indent}   ")
            out += [Text(line, style="dim") for line in judged]
    return out


def statics_lines(found: Statics, width: int, blocks: bool) -> list[Any]:
    """A table of outputs at some values of the number that moves, with the course of each."""
    from rich.text import Text

    from sim.cli.layout import clipped, padded, paragraph, sparkline

    out = [Text(found.spec.title, style="bold"), Text(f"over {found.label} ({found.path})"), Text()]
    if not found.courses:
        return [*out, Text("  nothing that the solution gives moves with it in this range"), *_beside(found, width)]
    room = max(1, (width - COLUMN) // COLUMN)
    chosen = sorted({round(n * (len(found.values) - 1) / (ROWS - 1)) for n in range(ROWS)}) if len(found.values) > ROWS else None
    places = range(len(found.values)) if chosen is None else chosen
    scale = _largest(value for course in found.courses for value in course.values)
    for first in range(0, len(found.courses), room):
        part = found.courses[first : first + room]
        out.append(Text("".join([padded("", COLUMN), *(f"{clipped(course.name, COLUMN - 1):>{COLUMN}}" for course in part)])))
        for n in places:
            told = [_number(course.values[n], scale) if course.values[n] == course.values[n] else "-" for course in part]
            cells = "".join(f"{text:>{COLUMN}}" for text in told)
            item = found.beside[n]
            mark = " " if item is None else MARKS[item.kind]
            out.append(Text(f"{found.values[n]:>{COLUMN - 1}.6g}{mark}{cells}"))
        lines = []
        for course in part:
            known = [value for value in course.values if value == value]
            lines.append(sparkline(known, COLUMN - 3, min(known), max(known), blocks) if known and course.moves else "")
        out += [Text(padded("", COLUMN) + "".join(f"{text:>{COLUMN}}" for text in lines), style="cyan"), Text()]
    for course in found.courses:
        out += [Text(line, style="dim") for line in paragraph(f"{course.name}: {course.meaning}", width, "  ", "    ")]
    out += _beside(found, width)
    if found.refused:
        value, why = found.refused[0]
        count = f"{len(found.refused)} of {len(found.values)}"
        out += [Text(line) for line in paragraph(f"no solution at {count} values, first at {value:g}: {why}", width, "  ", "  ")]
    return out


def _beside(found: Statics, width: int) -> list[Any]:
    """What the marks of rows mean, and how the solution of the table is chosen there."""
    from rich.text import Text

    from sim.cli.layout import paragraph

    told = [paragraph(f"{MARKS[kind]} {words}", width, "  ", "    ") for kind, words in found.several()]
    return [Text(line) for lines in told for line in lines]


def _numbers(rows: list[tuple[str, float, str]], width: int, scale: float) -> list[Any]:
    from rich.text import Text

    from sim.cli.layout import paragraph

    longest = max((len(name) for name, _, _ in rows), default=0)
    out: list[Any] = []
    for name, value, meaning in rows:
        head = f"  {name:<{longest}}  {_number(value, scale):>10}  "
        out += [Text(line) for line in paragraph(meaning, width, head, " " * len(head))]
    return out


def _number(value: float, scale: float = 0.0) -> str:
    """A number in six digits; what is only rounding beside a number as large as ``scale`` is 0; `none` for what there is not."""
    if value != value:
        return "none"
    return f"{without_noise(value, scale):.6g}"


def _largest(values: Iterable[float]) -> float:
    return max((abs(value) for value in values if math.isfinite(value)), default=0.0)
