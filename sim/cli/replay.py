"""The command `replay`: one history in full, as a story in the terminal and as a timeline page."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli import console
from sim.cli.options import Changes, Design, Json, Policy, Variant, scenario_file

if TYPE_CHECKING:
    from rich.text import Text

    from sim.analysis.story import Story
    from sim.errors import StoreError
    from sim.experiments.replay import Replay
    from sim.reports.content import Decision

REPORTS = "reports"  # folder for pages of histories that belong to no stored run
SHOWN_OPTIONS = 8  # of a decision; the likeliest and the chosen one
TONES = {"good": "green", "mixed": "cyan", "bad": "yellow", "worst": "red"}


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("replay")(replay)


def replay(
    scenario: Annotated[
        str | None,
        typer.Argument(metavar="FILE|NAME", help="A scenario file, or the name of a shipped one; with --pair, a comparison's directory."),
    ] = None,
    replication: Annotated[
        int | None, typer.Option("--replication", "-r", metavar="N", help="Which history, counted from 0.")
    ] = None,
    pair: Annotated[
        str | None,
        typer.Option("--pair", metavar="A,B", help="Tell two histories with the same draws, and where they part: arms, or result folders."),
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", "-s", metavar="N", help="Root seed, by default 1.")] = None,
    variant: Variant = None,
    policy: Policy = None,
    changes: Changes = None,
    design: Design = None,
    source: Annotated[
        Path | None, typer.Option("--from", metavar="DIR", help="Take scenario and seed from this stored run.")
    ] = None,
    outcome: Annotated[
        str | None, typer.Option(metavar="CLASS", help="With --from: the middle one of those that end so.")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Tell everything, also after the horizon.")] = False,
    decisions: Annotated[
        bool, typer.Option("--decisions", help="Show every decision with options, values and probabilities.")
    ] = False,
    json: Json = False,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the timeline page here.")] = None,
) -> None:
    """Tell one history: who did what, why, how likely it was, what others made of it; with a timeline page."""
    if pair is not None:
        from sim.cli.replay_pair import replay_pair

        beside = {"--seed": seed, "--variant": variant, "--policy": policy, "--set": changes, "--design": design, "--from": source,
                  "--outcome": outcome, "--decisions": decisions, "--html": html}  # fmt: skip
        replay_pair(scenario, pair, replication, [name for name, value in beside.items() if value], full, json)
        return
    again, named = _played(scenario, replication, seed, variant, policy, changes, design, source, outcome)
    from sim.analysis.story import tell

    command = _command(again, named, source)
    path = _page_path(again, source, html, full, decisions)
    page, missing = _written(again, named, path, full, decisions)
    story = tell(again, full=full)
    if json:
        console.put_json(_as_data(again, command, story, decisions, page))
    else:
        console.put_lines(_as_lines(again, command, story, decisions, page))
    if missing is not None:
        if html is not None:
            raise missing
        console.say(f"no timeline: {missing}")


def _written(
    again: Replay, named: str | None, path: Path, full: bool, decisions: bool
) -> tuple[Path | None, StoreError | None]:
    """The page, or why there is none: the story can be told all the same."""
    from sim.errors import StoreError

    try:
        return _write_page(again, named, path, full, decisions), None
    except StoreError as error:
        return None, error


def _played(
    scenario: str | None,
    replication: int | None,
    seed: int | None,
    variant: str | None,
    policy: str | None,
    changes: list[str] | None,
    design: str | None,
    source: Path | None,
    outcome: str | None,
) -> tuple[Replay, str | None]:
    """The history asked for, and the scenario as it was named."""
    from sim.errors import UsageError
    from sim.experiments import replay as again
    from sim.experiments.design import HYPERCUBE, RANDOM, Plan, check_name, named_design

    if source is not None:
        given = [
            name
            for name, value in (
                ("a scenario", scenario), ("--seed", seed), ("--variant", variant), ("--policy", policy), ("--set", changes),
                ("--design", design),
            )
            if value is not None and value != []
        ]  # fmt: skip
        if given:
            raise UsageError(
                f"{' and '.join(given)} cannot stand beside --from: the run has its scenario and its seed already",
                hint="leave them out, or leave --from out",
            )
        from sim.cli.stores import finished
        from sim.experiments.provenance import scenario_named

        stored = finished(source)
        chosen = again.choose(stored, outcome, replication)
        return again.replay_stored(stored, chosen), scenario_named(stored.manifest)
    if scenario is None:
        raise UsageError(
            "which history? Name a scenario and a replication, or a stored run",
            hint="for example `sim replay FILE --replication 3`, or `sim replay --from DIR`",
        )
    if outcome is not None:
        raise UsageError(
            "--outcome picks from a stored run, and none is named",
            hint=f"`sim run {scenario}` makes one; then `sim replay --from DIR --outcome {outcome}`",
        )
    design = design or RANDOM
    check_name(design)
    if design == HYPERCUBE:
        raise UsageError(
            f"--design {HYPERCUBE}: its points depend on how many histories the run has, so a history is replayed from its run",
            hint="`sim replay --from DIR --replication N`",
        )
    number = _checked("--replication", 0 if replication is None else replication, 2**32 - 1)
    root_seed = _checked("--seed", 1 if seed is None else seed, 2**64 - 1)
    from sim.model.compile import compile_case
    from sim.model.complete import complete
    from sim.model.load import load

    loaded = load(scenario_file(scenario), variant, policy, changes or ())
    console.warn(loaded.warnings)
    case = compile_case(complete(loaded.spec))
    point = None if design == RANDOM else Plan(named_design(design, number + 1), case, root_seed).row(number)[0]
    return again.replay(case, number, root_seed, point, design), scenario


def _checked(name: str, value: int, most: int) -> int:
    from sim.errors import UsageError

    if not 0 <= value <= most:
        raise UsageError(f"{name} {value}: expected a whole number from 0 to {most}")
    return value


def _command(again: Replay, named: str | None, source: Path | None) -> str:
    """What plays the history again, typed here: by its run where the record's name for the scenario leads nowhere from here."""
    import shlex

    from sim import resources
    from sim.analysis.histories import command_of
    from sim.experiments.design import RANDOM, SOBOL

    scenario = named or str(again.case.completed["id"])
    is_known = Path(scenario).is_file() or scenario in resources.list_scenarios()
    if source is None or (is_known and again.design in (RANDOM, SOBOL)):
        return command_of(again, named)
    return shlex.join(["sim", "replay", "--from", str(source), "--replication", str(again.replication)])


def _portable(scenario: str | None) -> str | None:
    """The scenario as others can name it: no folder outside this one."""
    if scenario is None:
        return None
    path = Path(scenario)
    return path.name if path.is_absolute() or ".." in path.parts else scenario


# The page ----------------------------------------------------------------------------------------------------------


def _page_path(again: Replay, source: Path | None, html: Path | None, full: bool, decisions: bool) -> Path:
    """Where the page goes: the given file, else next to the run, else in the folder of reports."""
    from sim.errors import UsageError

    if html is not None:
        if html.exists():
            raise UsageError(f"{html}: exists already, and nothing is overwritten", hint="name another file")
        return html
    from sim.experiments.design import RANDOM
    from sim.experiments.store import run_name
    from sim.model.complete import content_hash

    ending = f"{'-full' if full else ''}{'-decisions' if decisions else ''}.html"
    if source is not None:
        return source / f"replay-r{again.replication}{ending}"
    completed = again.case.completed
    name = run_name(str(completed["id"]), content_hash(completed), again.root_seed, 1).removesuffix("-n1")
    design = "" if again.design == RANDOM else f"-{again.design}"
    return Path(REPORTS) / f"replay-{name}{design}-r{again.replication}{ending}"


def _write_page(again: Replay, named: str | None, path: Path, full: bool, decisions: bool) -> Path:
    from sim.analysis.histories import timeline_content
    from sim.experiments.disk import disk_errors
    from sim.reports.page import write_page
    from sim.reports.timeline import render_timeline

    text = render_timeline(timeline_content(again, full=full, every_decision=decisions, source=_portable(named)))
    with disk_errors(path, holds_chunks=False):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_page(text, path)
    return path


# For people --------------------------------------------------------------------------------------------------------


def _as_lines(again: Replay, command: str, story: Story, decisions: bool, page: Path | None) -> list[Text]:
    """The story in lines of the terminal's width."""
    from rich.text import Text

    from sim.analysis.names import Names
    from sim.analysis.phrases import headline
    from sim.cli.layout import clipped, paragraph

    width = console.width()
    spec = again.case.spec
    names = Names(again.case)
    tone = next((item.tone for item in spec.outcomes if item.id == again.row["outcome"]), None) or "mixed"
    lines = [Text(line, style="bold") for line in paragraph(spec.title, width)]
    told = f"replication {again.replication}, seed {again.root_seed}: {headline(again)}"
    lines += [Text(line) for line in paragraph(told, width, "", "  ")]
    lines.append(Text.assemble("ends as: ", (clipped(names.outcome(again.row["outcome"]), width - 9), TONES[tone])))
    lines.append(Text())
    column = max((len(line.date) for line in story.lines), default=0) + 2
    before = ""
    for line in story.lines:
        date = line.date if line.date != before else ""
        before = line.date
        lines += [Text(text) for text in paragraph(line.text, width, f"{date:<{column}}", " " * column)]
    if story.num_left_out:
        lines += [Text(), Text(f"{story.num_left_out} less important lines are left out; --full tells everything")]
    if decisions:
        lines += [Text(), *_decision_lines(again, width)]
    lines.append(Text())
    lines.append(Text(f"again:    {console.program()}{command.removeprefix('sim')}"))
    if page is not None:
        lines.append(Text(f"timeline: {page.as_posix()}"))
    return lines


def _decision_lines(again: Replay, width: int) -> list[Text]:
    from rich.text import Text

    from sim.cli.layout import paragraph

    lines: list[Text] = []
    for decision in _records(again):
        lines.append(Text(f"{decision.date}  {decision.actor}, {decision.node}", style="bold"))
        ranked = sorted(decision.options, key=lambda option: (not option.chosen, -(option.probability or 0.0)))
        for option in sorted(ranked[:SHOWN_OPTIONS], key=lambda option: -(option.probability or 0.0)):
            mark = "*" if option.chosen else " "
            why = f" [{option.removed_by}]" if option.removed_by else ""
            start = f" {mark} {100.0 * (option.probability or 0.0):5.1f}%  {option.value or 0.0:7.3f}  "
            lines += [Text(text) for text in paragraph(option.label + why, width, start, " " * len(start))]
        if len(ranked) > SHOWN_OPTIONS:
            lines.append(Text(f"   and {len(ranked) - SHOWN_OPTIONS} more options"))
        for (name, old), (_, new) in zip(decision.beliefs_before, decision.beliefs_after, strict=True):
            lines += [Text(text) for text in paragraph(f"{name}: {old:.2f}, then {new:.2f}", width, "   ", "     ")]
    return lines


def _records(again: Replay) -> list[Decision]:
    from sim.analysis.histories import decision_record
    from sim.analysis.names import Calendar, Names

    names, calendar = Names(again.case), Calendar(again.case)
    return [decision_record(decision, again, names, calendar) for decision in again.decisions]


# For programs ------------------------------------------------------------------------------------------------------


def _as_data(again: Replay, command: str, story: Story, decisions: bool, page: Path | None) -> dict[str, Any]:
    import dataclasses

    from sim.analysis.names import Names
    from sim.model.complete import content_hash

    data = {
        "schema": 1,
        "scenario": again.case.completed["id"],
        "hash": content_hash(again.case.completed),
        "seed": again.root_seed,
        "replication": again.replication,
        "outcome": again.row["outcome"],
        "label": Names(again.case).outcome(again.row["outcome"]),
        "row": {name: _plain(value) for name, value in again.row.items()},
        "story": [dataclasses.asdict(line) for line in story.lines],
        "left_out": story.num_left_out,
        "game": _game_data(again),
        "command": command,
        "timeline": None if page is None else page.as_posix(),
    }
    if decisions:
        data["decisions"] = [dataclasses.asdict(record) for record in _records(again)]
    return data


def _game_data(again: Replay) -> dict[str, Any] | None:
    """The game of a history: types drawn, every move with chances, beliefs and payments, the end; none without a game."""
    if again.case.game is None:
        return None
    kinds = {"types": "types", "move": "moves", "game": "ends"}
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in kinds.values()}
    for item in again.happenings:
        if item.kind in kinds:
            found[kinds[item.kind]].append({"time": item.time, **item.details})
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, str) or value is None:
        return value
    number = float(value)
    return None if not math.isfinite(number) else int(number) if isinstance(value, int) else number
