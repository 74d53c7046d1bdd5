"""The command on where something comes often: discover."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli import console
from sim.cli.options import Directory, Json, NoReport, Outcome, Where

if TYPE_CHECKING:
    from rich.text import Text

    from sim.analysis.discovery.boxes import Limit
    from sim.analysis.discovery.discover import Discovery, FoundBox
    from sim.analysis.discovery.tree import Node
    from sim.api import Run

BAR = 16  # cells of a bar
NARROW = 72  # columns below which bars are left out


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("discover")(discover)


def discover(
    directory: Directory,
    outcome: Outcome = None,
    where: Where = None,
    boxes: Annotated[int, typer.Option("--boxes", metavar="N", min=1, max=20, help="Boxes that are told at most.")] = 4,
    limits: Annotated[int, typer.Option("--limits", metavar="N", min=1, max=8, help="Inputs that a box may limit at most.")] = 4,
    coverage: Annotated[
        float | None,
        typer.Option("--coverage", metavar="P", help="Least share that the first box holds, as in .8; else the search decides."),
    ] = None,
    no_tree: Annotated[bool, typer.Option("--no-tree", help="Boxes only.")] = False,
    json: Json = False,
    no_report: NoReport = False,
) -> None:
    """Find the values of the inputs at which something comes often in a finished run; nothing is simulated.

    Boxes (limits on few inputs, found by peeling) and a shallow tree, searched in one half of the histories and checked in the other:

        sim discover DIR --outcome war

        sim discover DIR --where '"time:deal" < 365'
    """
    from sim.analysis.discovery import words
    from sim.analysis.questions import ask_discovery
    from sim.api import Run
    from sim.cli import limit_lines
    from sim.cli.stores import finished

    stored = finished(directory)
    run = Run(stored)
    found = ask_discovery(
        stored, outcome=outcome, where=where, boxes=boxes, limits=limits, coverage=coverage, with_tree=not no_tree
    )
    page = None if no_report else _write(run, found, _command(directory, outcome, where, boxes, limits, coverage, no_tree))
    if json:
        data_of_run = {
            "schema": 1,
            "scenario": {"id": run.summary.scenario_id, "hash": run.summary.scenario_hash},
            "seed": run.seed,
            "digest": run.digest,
        }
        place = {"directory": run.directory.as_posix(), "report": None if page is None else page.as_posix()}
        console.put_json({**data_of_run, **words.as_data(found), "limits": limit_lines.limits_data(run.scenario), **place})
        return
    _print(run, found, page)


def _command(
    directory: Path, outcome: str | None, where: str | None, boxes: int, limits: int, coverage: float | None, no_tree: bool
) -> list[str]:
    from sim.cli.drivers import command_words

    words = command_words("discover", directory, outcome, None, where)
    for option, value, default in (("--boxes", boxes, 4), ("--limits", limits, 4), ("--coverage", coverage, None)):
        words += [option, f"{value:g}"] if value is not None and value != default else []
    return [*words, "--no-tree"] if no_tree else words


def _write(run: Run, found: Discovery, command: list[str]) -> Path | None:
    from sim.cli.drivers import page_name, write_beside
    from sim.reports.discovery_report import render_discovery
    from sim.reports.run_report import meta_of

    html = render_discovery(found, run.scenario, meta_of(run.summary, run.digest), command, run.summary.limits)
    return write_beside(run.directory / page_name("discover", found.asked.name, False), html)


# The result in a terminal --------------------------------------------------------------------------------------------


def _print(run: Run, found: Discovery, page: Path | None) -> None:
    from rich.text import Text

    from sim.analysis.discovery import words
    from sim.cli import limit_lines
    from sim.cli.layout import paragraph

    width = console.width()
    lines = [Text(line, style="bold") for line in paragraph(run.summary.title, width)]
    for text in words.findings(found):
        lines += [Text(line) for line in paragraph(text, width, "* ", "  ")]
    for number, one in enumerate(found.boxes, 1):
        lines += [Text(), *_box(found, one, number, width)]
    if found.tree is not None:
        lines += [Text(), *_tree(found, found.tree, width)]
    for note in words.notes(found):
        lines += [Text(), *(Text(line, style="dim") for line in paragraph(note, width, "  ", "  "))]
    lines += limit_lines.lines(run.scenario, width, console.has_blocks())
    lines += [Text(), Text(f"histories  {found.data.num_rows:,}, seed {run.seed}"), Text(f"results    {run.directory.as_posix()}")]
    if page is not None:
        lines.append(Text(f"report     {page.as_posix()}"))
    console.put_lines(lines)


def _box(found: Discovery, one: FoundBox, number: int, width: int) -> list[Text]:
    """The limits of a box, and its three numbers in the half that was searched and in the other."""
    from rich.text import Text

    from sim.analysis.discovery.boxes import limit_words
    from sim.analysis.discovery.words import interval
    from sim.analysis.driver_words import percent
    from sim.cli.layout import clipped, padded, paragraph

    lines = [Text(f"Box {number}", style="bold")]
    for limit, adds in zip(one.box.limits, one.adds, strict=True):
        told = limit_words(limit, found.data.inputs[limit.column], found.words[limit.column])
        lines += [Text(line) for line in paragraph(f"{told} ({percent(adds)} without this limit)", width, "  ", "    ")]
    head = "not searched        searched"
    label_width = max(20, min(44, width - 32))
    lines.append(Text(f"  {padded('', label_width)}{head}", style="dim"))
    rows = (
        ("density: it comes in the box", "inside"),
        ("coverage: of its histories in the box", "of_hits"),
        ("mass: of all in the box", "of_all"),
    )  # fmt: skip
    for label, part in rows:
        held, searched = getattr(one.held, part), getattr(one.searched, part)
        numbers = f"{percent(held.share):>6} {interval(held):<15}{percent(searched.share):>6}"
        lines.append(Text(f"  {padded(clipped(label, label_width - 1), label_width)}{numbers}"))
    return lines


def _tree(found: Discovery, root: Node, width: int) -> list[Text]:
    from rich.text import Text

    from sim.analysis.driver_words import percent

    lines = [Text("The tree, counted in the half that was not searched", style="bold")]
    lines.append(Text(f"  all: {percent(root.held.share)} of {root.held.trials:,}"))
    return lines + _branches(found, root, "  ", width)


def _branches(found: Discovery, node: Node, lead: str, width: int) -> list[Text]:
    from rich.text import Text

    from sim.analysis.driver_words import percent
    from sim.cli.layout import clipped, padded

    blocks = console.has_blocks()
    fork, last, line = ("├ ", "└ ", "│ ") if blocks else ("+ ", "+ ", "| ")
    lines = []
    for number, part in enumerate(node.parts):
        is_last = number == len(node.parts) - 1
        question = next(limit for limit in part.box.limits if limit.column == part.limit.column) if part.limit else None
        numbers = f"{percent(part.held.share):>6} of {part.held.trials:,}"
        room = width - len(lead) - 2 - 18
        told = "" if question is None else _question(found, question, room, blocks)
        text = f"{lead}{last if is_last else fork}{padded(clipped(told, room, blocks), room)}{numbers:>18}"
        lines.append(Text(text, style="" if not part.parts else "dim"))
        lines += _branches(found, part, lead + ("  " if is_last else line), width)
    return lines


def _question(found: Discovery, limit: Limit, room: int, blocks: bool) -> str:
    """A limit in so many cells: what is cut is the name of the input, not the bound."""
    from sim.analysis.discovery.boxes import limit_words
    from sim.cli.layout import clipped

    item = found.data.inputs[limit.column]
    asks = limit_words(limit, item, found.words[limit.column]).removeprefix(item.label)
    return clipped(item.label, max(8, room - len(asks)), blocks) + asks
