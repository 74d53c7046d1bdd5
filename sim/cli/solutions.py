"""A solution in lines for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.analysis.solutions import Solved


def lines(found: Solved, width: int) -> list[Any]:
    """Title, formula, parameters, solution, all equilibria, what is known of their number, source."""
    from rich.text import Text

    from sim.cli.layout import paragraph

    theorem, solution = found.theorem, found.solution
    out = [Text(found.spec.title, style="bold"), Text(f"by theorem: {theorem.title} ({theorem.name})"), Text()]
    out += [Text(f"    {line}", style="cyan") for line in theorem.formula]
    out += [Text(), Text("With")]
    meanings = {symbol.name: symbol.meaning for symbol in theorem.symbols}
    out += _numbers([(name, value, meanings[name]) for name, value in found.symbols.items()], width)
    several = len(solution.equilibria) > 1
    out += [Text(), Text("In the equilibrium that is played" if several else "In equilibrium")]
    out += _numbers([(output.name, solution.values[output.name], output.meaning) for output in theorem.outputs], width)
    if several:
        out += [Text(), Text(f"All {len(solution.equilibria)} equilibria")]
        for n, item in enumerate(solution.equilibria, 1):
            mark = " (played)" if item.selected else ""
            out += [Text(line) for line in paragraph(f"{item.words}{mark}", width, f"  {n}. ", "     ")]
            differing = [name for name in item.values if len({repr(other.values.get(name)) for other in solution.equilibria}) > 1]
            values = ", ".join(f"{name} {_number(item.values[name])}" for name in differing)
            out += [Text(line, style="dim") for line in paragraph(values, width, "     ", "     ")]
    else:
        out += [Text(line) for line in paragraph(solution.equilibria[0].words, width, "  ", "  ")]
    out.append(Text())
    for text in (solution.uniqueness, solution.selection, *solution.notes):
        out += [Text(line) for line in paragraph(text, width, "  - ", "    ")]
    if theorem.conditions:
        out += [Text(line, style="dim") for line in paragraph(f"holds for: {'; '.join(theorem.conditions)}", width, "  ", "  ")]
    out += [Text(line, style="dim") for line in paragraph(f"source: {theorem.source}", width, "  ", "  ")]
    return out


def _numbers(rows: list[tuple[str, float, str]], width: int) -> list[Any]:
    from rich.text import Text

    from sim.cli.layout import paragraph

    longest = max((len(name) for name, _, _ in rows), default=0)
    out: list[Any] = []
    for name, value, meaning in rows:
        head = f"  {name:<{longest}}  {_number(value):>10}  "
        out += [Text(line) for line in paragraph(meaning, width, head, " " * len(head))]
    return out


def _number(value: float) -> str:
    return f"{value:.6g}"
