"""The command on what moved a run's outcomes: drivers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli import console
from sim.cli.options import Directory, Json, NoReport, Of, Outcome, Where

if TYPE_CHECKING:
    from sim.analysis.asked import Asked
    from sim.analysis.by_input import Course
    from sim.analysis.drivers import DriverTable
    from sim.api import Run

MOST_COURSES = 4  # inputs whose curves are shown
TOP = 12  # inputs that are printed


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("drivers")(drivers)


def drivers(
    directory: Directory,
    outcome: Outcome = None,
    of: Of = None,
    where: Where = None,
    top: Annotated[int, typer.Option("--top", metavar="N", min=1, help="Inputs that are printed at most.")] = TOP,
    json: Json = False,
    no_report: NoReport = False,
) -> None:
    """Tell which inputs moved the outcomes of a finished run, from its own histories; nothing is simulated.

    Without an option, how the class of outcome hangs on each input; with one, a class, a number or time, or a condition:

        sim drivers DIR --outcome war

        sim drivers DIR --of time:deal

    Each effect has its interval and stands beside what a dummy input that does nothing would reach.
    """
    from sim.analysis import driver_words
    from sim.analysis.by_input import course
    from sim.analysis.questions import ask_drivers
    from sim.analysis.result_names import outcome_labels
    from sim.api import Run
    from sim.cli.stores import finished

    stored = finished(directory)
    found = Run(stored)
    table, asked, data = ask_drivers(stored, outcome=outcome, of=of, where=where)
    by_path = {item.path: item for item in data.inputs}
    courses = [course(asked, by_path[effect.path]) for effect in table.clear[:MOST_COURSES]]
    labels = {**outcome_labels(stored.case), **asked.labels}
    words = driver_words.findings(table, asked, labels, courses[0] if courses else None)
    command = command_words("drivers", directory, outcome, of, where)
    page = None if no_report else _write(found, table, asked, courses, words, command)
    if json:
        console.put_json(_as_data(found, table, asked, words, labels, page))
        return
    _print(found, table, asked, words, labels, top, page)


def command_words(name: str, directory: Path, outcome: str | None, of: str | None, where: str | None) -> list[str]:
    """The words of the command that ask the same again."""
    words = ["sim", name, directory.name if directory.is_absolute() else directory.as_posix()]
    for option, value in (("--outcome", outcome), ("--of", of), ("--where", where)):
        words += [option, value] if value is not None else []
    return words


def page_name(command: str, asked_name: str, is_default: bool) -> str:
    """Name of the page in the result directory: one for each question."""
    from hashlib import blake2b

    from sim.experiments.store import slug

    if is_default:
        return f"{command}.html"
    name = slug(asked_name, 40)
    if name != asked_name.replace("=", "-").replace(":", "-"):  # what a file name cannot tell apart
        name += "-" + blake2b(asked_name.encode(), digest_size=4).hexdigest()
    return f"{command}-{name}.html"


def _write(found: Run, table: DriverTable, asked: Asked, courses: list[Course], words: list[str], command: list[str]) -> Path | None:
    from sim.analysis.result_names import OUTCOME
    from sim.reports.drivers_report import render_drivers
    from sim.reports.run_report import meta_of

    html = render_drivers(table, asked, courses, words, found.scenario, meta_of(found.summary, found.digest), command, found.summary.limits)
    return write_beside(found.directory / page_name("drivers", asked.name, asked.name == OUTCOME), html)


def write_beside(path: Path, html: str) -> Path | None:
    """Write a page into a result directory; one may ask about runs in a folder that belongs to others."""
    from sim.reports.page import write_page

    try:
        return write_page(html, path)
    except OSError as error:
        console.say(f"no page: {path}: {error.strerror or error}")
        return None


def _as_data(
    found: Run, table: DriverTable, asked: Asked, words: list[str], labels: dict[str, str], page: Path | None
) -> dict[str, object]:
    from sim.analysis.driver_words import direction_words, notes
    from sim.cli import driver_lines, limit_lines

    data = driver_lines.as_data(table)
    for item, effect in zip(data["inputs"], table.effects, strict=True):
        item["direction"] = direction_words(asked, effect, labels)
    return {
        "schema": 1,
        "scenario": {"id": found.summary.scenario_id, "hash": found.summary.scenario_hash},
        "seed": found.seed,
        "digest": found.digest,
        "asked": {"name": asked.name, "label": asked.label, "kind": asked.kind.value},
        "findings": words,
        "notes": notes(table),
        "constant": list(table.constant),
        **data,
        "limits": limit_lines.limits_data(found.scenario),
        "directory": found.directory.as_posix(),
        "report": None if page is None else page.as_posix(),
    }


def _print(
    found: Run, table: DriverTable, asked: Asked, words: list[str], labels: dict[str, str], top: int, page: Path | None
) -> None:
    from rich.text import Text

    from sim.analysis.driver_words import notes
    from sim.cli import driver_lines, limit_lines
    from sim.cli.layout import paragraph

    width = console.width()
    lines = [Text(line, style="bold") for line in paragraph(found.summary.title, width)]
    for text in words:
        lines += [Text(line) for line in paragraph(text, width, "* ", "  ")]
    lines += [Text(), *(Text(line, style="bold") for line in paragraph(f"What moves {asked.label}", width))]
    lines += driver_lines.lines(table, labels, top, width, console.has_blocks())
    if len(table.effects) > top:
        lines.append(Text(f"  {len(table.effects) - top} more inputs: --top, --json and the page have them", style="dim"))
    for note in notes(table):
        lines += [Text(line, style="dim") for line in paragraph(note, width, "  ", "  ")]
    lines += limit_lines.lines(found.scenario, width, console.has_blocks())
    lines += [Text(), Text(f"histories  {table.num_rows:,}, seed {found.seed}"), Text(f"results    {found.directory.as_posix()}")]
    if page is not None:
        lines.append(Text(f"report     {page.as_posix()}"))
    console.put_lines(lines)
