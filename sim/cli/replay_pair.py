"""Two histories with the same draws, told up to where they part, and from there each by itself (`sim replay --pair`)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli import console

if TYPE_CHECKING:
    from rich.text import Text

    from sim.analysis.parting import Parting
    from sim.analysis.story import Story
    from sim.experiments.replay import Replay
    from sim.experiments.store import StoredRun

BEFORE, AFTER = 12, 12  # lines told of what both have in common, and of each from there on


@dataclass(frozen=True)
class Pair:
    """Two histories of the same number, with the names of their arms."""

    names: tuple[str, str]
    histories: tuple[Replay, Replay]
    parting: Parting
    common: Story | None  # what both have in common; none where they part at once
    own: tuple[Story, Story]  # of each from where they part


def replay_pair(place: str | None, pair: str, replication: int | None, beside: list[str], full: bool, json: bool) -> None:
    """Tell a pair; ``beside`` are options that cannot stand beside ``--pair``."""
    from sim.errors import UsageError

    if beside:
        raise UsageError(
            f"{' and '.join(beside)} cannot stand beside --pair: the runs have their scenarios and their seed already",
            hint="leave them out",
        )
    names, runs = _runs(place, pair)
    _check_draws(names, runs)
    number = _first_that_differs(runs) if replication is None else replication
    found = _told(names, runs, number, full)
    if json:
        console.put_json(_as_data(found))
    else:
        console.put_lines(_as_lines(found, console.width()))


def _runs(place: str | None, pair: str) -> tuple[tuple[str, str], tuple[StoredRun, StoredRun]]:
    """The two runs that are meant: arms of a comparison's directory, or two result directories."""
    from sim.cli.stores import finished
    from sim.errors import UsageError
    from sim.experiments.comparison import read_record
    from sim.model.diagnostics import did_you_mean

    parts = [part.strip() for part in pair.split(",") if part.strip()]
    record = None if place is None else read_record(Path(place))
    if record is None and place is not None:  # two directories with a space between them
        parts.append(place)
    if len(parts) != 2 or parts[0] == parts[1]:
        raise UsageError(
            f"--pair {pair}: expected two different arms or result directories",
            hint="`sim replay DIR --pair A,B` with the directory of a comparison, or `sim replay --pair DIR1,DIR2`",
        )
    if record is None:
        first, second = (finished(Path(part)) for part in parts)
        return (_short(parts[0], parts[1]), _short(parts[1], parts[0])), (first, second)
    folders = {str(arm["name"]): str(arm["directory"]) for arm in record.get("arms", ())}
    for part in parts:
        if part not in folders:
            raise UsageError(f"--pair: {place} has no arm '{part}'", hint=did_you_mean(part, folders, "arms"))
    first, second = (finished(Path(str(place)) / folders[part]) for part in parts)
    return (parts[0], parts[1]), (first, second)


def _short(one: str, other: str) -> str:
    """The last part of a path, where that tells it from the other."""
    return Path(one).name if Path(one).name != Path(other).name else one


def _check_draws(names: tuple[str, str], runs: tuple[StoredRun, StoredRun]) -> None:
    from sim.errors import UsageError
    from sim.experiments.design import design_of

    for what, values in (("seeds", [run.seed for run in runs]), ("designs", [design_of(run.manifest) for run in runs])):
        if values[0] != values[1]:
            raise UsageError(
                f"'{names[0]}' and '{names[1]}' have different {what}, {values[0]} and {values[1]}: their histories share no draws",
                hint="`sim compare` plays with the same draws",
            )


def _first_that_differs(runs: tuple[StoredRun, StoredRun]) -> int:
    """The first replication that ends differently; 0 where none does."""
    import numpy as np

    from sim.experiments.columns import KEY

    number = min(run.num_replications for run in runs)
    one, two = (np.asarray(run.results["outcome"])[:number] for run in runs)
    rows = np.flatnonzero(one != two)
    return int(runs[0].results[KEY][rows[0]]) if len(rows) else 0


def _told(names: tuple[str, str], runs: tuple[StoredRun, StoredRun], number: int, full: bool) -> Pair:
    from sim.analysis.parting import parting
    from sim.analysis.story import tell
    from sim.experiments.replay import replay_stored

    one, two = (replay_stored(run, number) for run in runs)
    found = parting(one, two, names)
    if found.first is None:
        return Pair(names, (one, two), found, tell(one, full=full), (tell(one, limit=1), tell(two, limit=1)))
    time = found.first.time
    common = tell(one, full=full, limit=BEFORE, until=time) if one.nature == two.nature else None
    own = tell(one, full=full, limit=AFTER, since=time), tell(two, full=full, limit=AFTER, since=time)
    return Pair(names, (one, two), found, common if common is not None and common.lines else None, own)


# For people --------------------------------------------------------------------------------------------------------


def _as_lines(found: Pair, width: int) -> list[Text]:
    from rich.text import Text

    from sim.analysis.names import Names
    from sim.cli.layout import paragraph

    one, two = found.histories
    names = [f"\u201c{name}\u201d" for name in found.names]
    lines = [Text(line, style="bold") for line in paragraph(one.case.spec.title, width)]
    head = f"replication {one.replication}, seed {one.root_seed}: {names[0]} and {names[1]}, with the same draws"
    lines += [Text(line) for line in paragraph(head, width, "", "  ")]
    if found.parting.first is None:
        ends = Names(one.case).outcome(one.row["outcome"])
        same = f"Up to the horizon the same happens in both, and every choice is the same; both end as \u201c{ends}\u201d."
        lines += [Text(), *(Text(line) for line in paragraph(same, width))]
        assert found.common is not None
        return [*lines, Text(), *_story(found.common, width)]
    if found.common is not None:
        lines += [Text(), Text("Until they part, the same in both", style="bold"), *_story(found.common, width)]
    lines += [Text(), Text("Where they part", style="bold")]
    if one.nature != two.nature:
        told = "what nature drew is another thing already: types, red lines or costs"
        lines += [Text(line) for line in paragraph(told, width, "  ", "  ")]
    lines += [Text(line) for line in paragraph(found.parting.first.sentence, width, "  ", "  ")]
    turn = found.parting.turn
    if turn is not None and turn.sentence != found.parting.first.sentence:
        lines += [Text(line) for line in paragraph(f"first turning point that differs: {turn.sentence}", width, "  ", "  ")]
    for name, again, story in zip(names, found.histories, found.own, strict=True):
        ends = Names(again.case).outcome(again.row["outcome"])
        lines += [Text(), Text(f"From there on under {name}, which ends as \u201c{ends}\u201d", style="bold"), *_story(story, width)]
    return lines


def _story(story: Story, width: int) -> list[Text]:
    from rich.text import Text

    from sim.cli.layout import paragraph

    column = max((len(line.date) for line in story.lines), default=0) + 2
    lines, before = [], ""
    for line in story.lines:
        date = line.date if line.date != before else ""
        before = line.date
        lines += [Text(text) for text in paragraph(line.text, width, f"{date:<{column}}", " " * column)]
    if story.num_left_out:
        lines.append(Text(f"{story.num_left_out} less important lines are left out; --full tells everything", style="dim"))
    return lines


# For programs ------------------------------------------------------------------------------------------------------


def _as_data(found: Pair) -> dict[str, Any]:
    import dataclasses

    from sim.analysis.names import Names

    one, two = found.histories
    return {
        "schema": 1,
        "replication": one.replication,
        "seed": one.root_seed,
        "arms": [
            {
                "name": name,
                "outcome": again.row["outcome"],
                "label": Names(again.case).outcome(again.row["outcome"]),
                "story": [dataclasses.asdict(line) for line in story.lines],
                "left_out": story.num_left_out,
            }
            for name, again, story in zip(found.names, found.histories, found.own, strict=True)
        ],
        "common": [] if found.common is None else [dataclasses.asdict(line) for line in found.common.lines],
        "first_difference": None if found.parting.first is None else dataclasses.asdict(found.parting.first),
        "first_turning_point": None if found.parting.turn is None else dataclasses.asdict(found.parting.turn),
    }
