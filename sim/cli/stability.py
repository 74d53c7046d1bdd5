"""The command on conflicts in option form: stability."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli import console
from sim.cli.options import Json, NoReport

if TYPE_CHECKING:
    from sim.analysis.stability.verdicts import StabilityResult

REPORTS = "reports"  # folder of result directories, in the current directory
MOST_ROWS = 64  # states of the table; beyond it only those that are equilibria or the status quo
MARKS = (("N", "Nash"), ("G", "GMR"), ("S", "SMR"), ("Q", "SEQ"))


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("stability")(stability)


def stability(
    file: Annotated[
        str, typer.Argument(metavar="FILE|NAME", help="A conflict in option form, or the name of a shipped one.")
    ],
    state: Annotated[
        int | None, typer.Option("--state", metavar="N", help="Explain one state in full, by its number in the table.")
    ] = None,
    from_status_quo: Annotated[
        bool, typer.Option("--from-status-quo", help="Show where improvements lead from the status quo.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Directory of the report, by default one in reports/.")
    ] = None,
    json: Json = False,
    no_report: NoReport = False,
) -> None:
    """Tell which states of a conflict in option form are stable, for whom and why."""
    from sim.analysis.stability.verdicts import StabilityResult
    from sim.model.kinds import CONFLICT, file_named
    from sim.model.stability.load import load_conflict

    _refuse_together(state, from_status_quo, out)
    loaded = load_conflict(file_named(file, CONFLICT))
    console.warn(loaded.warnings)
    result = StabilityResult(loaded.conflict)
    if state is not None:
        _one_state(result, state, json)
    elif from_status_quo:
        _paths(result, json)
    else:
        _whole(result, file, out, json, no_report)


def _refuse_together(state: int | None, from_status_quo: bool, out: Path | None) -> None:
    from sim.errors import UsageError

    given = [
        flag for flag, is_given in (("--state", state is not None), ("--from-status-quo", from_status_quo)) if is_given
    ]
    if len(given) > 1:
        raise UsageError("--state and --from-status-quo cannot stand together", hint="ask for one, then for the other")
    if given and out is not None:
        raise UsageError(f"--out cannot stand beside {given[0]}, which writes no report", hint="leave one of them out")


# The whole analysis ------------------------------------------------------------------------------------------------


def _whole(result: StabilityResult, file: str, out: Path | None, json: bool, no_report: bool) -> None:
    from sim.analysis.stability.record import record

    page = None if no_report else _write_report(result, file, out)
    if json:
        console.put_json({"schema": 1, **record(result), **({"report": str(page)} if page else {})})
        return
    from sim.analysis.stability.words import findings
    from sim.cli.layout import paragraph

    conflict = result.conflict
    width = console.width()
    lines = [*paragraph(conflict.spec.title, width), ""]
    for text in findings(result):
        lines += paragraph(text, width, "* ", "  ")
    lines += ["", *_options(result, width), "", *_table(result, width), "", "Preferences, best first (~ is a tie)"]
    for player, name in enumerate(conflict.players):
        lines += paragraph(f"{name}: {_order(result, player)}", width, "  ", "    ")
    console.put("\n".join(lines) + "\n")
    if page is not None:
        console.put(f"\nReport: {page}\n")


def _write_report(result: StabilityResult, file: str, out: Path | None) -> Path:
    from sim.reports.page import write_page
    from sim.reports.stability_report import render_stability

    directory = out or Path(REPORTS) / f"stability-{result.conflict.spec.id}"
    directory.mkdir(parents=True, exist_ok=True)
    return write_page(render_stability(result, Path(file).name), directory / "report.html")


def _options(result: StabilityResult, width: int) -> list[str]:
    from sim.cli.layout import paragraph

    conflict = result.conflict
    lines = []
    for number, ((owner, _, option), label) in enumerate(zip(conflict.options, conflict.option_labels, strict=True), 1):
        once = {"taken": ", for good once done", "dropped": ", never again once left", None: ""}[option.irreversible]
        lines += paragraph(f"{conflict.players[owner]}: {label}{once}", width, f"{number:>4}  ", " " * 6)
    return ["Options", *lines]


def _table(result: StabilityResult, width: int) -> list[str]:
    """States with their options and the marks of each decision maker, as far as the terminal is wide."""
    from sim.analysis.stability.words import state_name
    from sim.cli.layout import clipped, padded, paragraph

    conflict = result.conflict
    blocks = console.has_blocks()
    nothing = "·" if blocks else "."
    columns = [f"{number:>2}" for number in range(1, len(conflict.options) + 1)]
    names = [clipped(name, 9, blocks) for name in conflict.players]
    sizes = [max(4, len(name)) for name in names]
    head = (
        "state "
        + "".join(columns)
        + "   "
        + "  ".join(padded(name, size) for name, size in zip(names, sizes, strict=True))
    )
    rows = [f"{head}  all"]
    for state in _shown(result):
        marks = []
        for player, size in enumerate(sizes):
            signs = "".join(
                sign if result.stability.holds(concept, player, state) else nothing for sign, concept in MARKS
            )
            marks.append(padded(signs, size))
        every = "".join(sign if concept in result.concepts_of(state) else nothing for sign, concept in MARKS)
        here = "*" if state == conflict.status_quo else " "
        row = (
            f"{state + 1:>4}{here} "
            + "".join(f" {sign}" for sign in conflict.signs(state))
            + "   "
            + "  ".join(marks)
            + f"  {every}"
        )
        room = width - len(row) - 2
        rows.append(row + (f"  {clipped(state_name(conflict, state), room, blocks)}" if room >= 12 else ""))
    legend = (
        "N stable by Nash, G by general metarationality, S by symmetric metarationality, Q by sequential stability; "
        "under `all`, for all of them: an equilibrium."
        + (" * the status quo." if conflict.status_quo is not None else "")
    )
    if len(rows) - 1 < len(conflict.states):
        legend += (
            f" Of {len(conflict.states)} states those are shown that are equilibria or the status quo; --json has all."
        )
    return ["States", *rows, *paragraph(legend, width, "  ", "  ")]


def _shown(result: StabilityResult) -> list[int]:
    states = range(len(result.conflict.states))
    if len(states) <= MOST_ROWS:
        return list(states)
    return [state for state in states if result.concepts_of(state) or state == result.conflict.status_quo]


def _order(result: StabilityResult, player: int) -> str:
    from sim.games.stability.options import ordered

    groups = ordered(result.conflict.model.ranks[player])
    return " > ".join(" ~ ".join(str(state + 1) for state in group) for group in groups)


# Parts of it -------------------------------------------------------------------------------------------------------


def _one_state(result: StabilityResult, number: int, json: bool) -> None:
    from sim.analysis.stability.record import state_record
    from sim.analysis.stability.words import jump_words, listed, named, reasons
    from sim.cli.layout import paragraph
    from sim.errors import UsageError

    conflict = result.conflict
    if not 1 <= number <= len(conflict.states):
        raise UsageError(
            f"--state: there is no state {number}", hint=f"states are numbered from 1 to {len(conflict.states)}"
        )
    state = number - 1
    if json:
        console.put_json({"schema": 1, **state_record(result, state)})
        return
    width = console.width()
    title = named(conflict, state)
    kept = result.concepts_of(state)
    lines = paragraph(
        f"{title[:1].upper()}{title[1:]}: {'an equilibrium by ' + listed(kept) if kept else 'no equilibrium'}.", width
    )
    for (owner, _, _), label, sign in zip(conflict.options, conflict.option_labels, conflict.signs(state), strict=True):
        lines += paragraph(f"{conflict.players[owner]}: {label}", width, f"  {sign}  ", " " * 5)
    for player, name in enumerate(conflict.players):
        lines += ["", *paragraph(name, width)]
        for text in reasons(result, result.verdict(player, state)):
            lines += paragraph(text, width, "  ", "    ")
    if jumps := result.jumps(state):
        lines += ["", "Together"]
        for jump in jumps:
            lines += paragraph(jump_words(conflict, jump), width, "  ", "    ")
    console.put("\n".join(lines) + "\n")


def _paths(result: StabilityResult, json: bool) -> None:
    from sim.analysis.stability.record import paths_record
    from sim.analysis.stability.words import listed, named, steps_words
    from sim.cli.layout import paragraph
    from sim.errors import UsageError

    conflict = result.conflict
    start = conflict.status_quo
    if start is None:
        raise UsageError(
            "the file names no status quo", hint="add `status_quo:` with a pattern of Y, N and - for the options"
        )
    if json:
        console.put_json({"schema": 1, "status_quo": start + 1, "paths": paths_record(result, start)})
        return
    width = console.width()
    paths = result.paths(start)
    lines = paragraph(
        f"From the status quo, {named(conflict, start)}, by moves that each improve things for whoever makes them"
        + (":" if paths else " nothing is reached: nobody has one."), width,
    )  # fmt: skip
    for state, steps in sorted(paths.items(), key=lambda item: (len(item[1]), item[0])):
        kept = result.concepts_of(state)
        end = f"; an equilibrium by {listed(kept)}" if kept else ""
        lines += paragraph(f"{named(conflict, state)}: {steps_words(conflict, steps)}{end}", width, "  ", "    ")
    console.put("\n".join(lines) + "\n")
