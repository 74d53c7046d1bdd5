"""Commands on spatial tables: spatial, import."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli import console
from sim.cli.options import Changes, Json, Seed
from sim.cli.runs import REPORTS, NoReport, Quiet

if TYPE_CHECKING:
    from sim.experiments.spatial import SpatialResult


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("spatial")(spatial)
    app.command("import")(import_table)


def spatial(
    table: Annotated[str, typer.Argument(metavar="FILE|NAME", help="A spatial table, or the name of a shipped one.")],
    replications: Annotated[
        int | None,
        typer.Option("--replications", "-n", metavar="N", help="Draws of the uncertain numbers, by default 1000."),
    ] = None,
    seed: Seed = 1,
    jitter: Annotated[
        float,
        typer.Option(
            metavar="X", help="Let every number vary by this share, as in .05, that has no spread of its own."
        ),
    ] = 0.0,
    changes: Changes = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Result directory, by default one named after the table in reports/."),
    ] = None,
    json: Json = False,
    quiet: Quiet = False,
    no_report: NoReport = False,
) -> None:
    """Forecast from positions, saliences and capabilities: mean, median, Nash point, challenge model, KTAB's first turn."""
    from sim.experiments.spatial import forecast
    from sim.model.kinds import TABLE, file_named
    from sim.model.spatial.load import load_table

    loaded = load_table(file_named(table, TABLE), changes or ())
    result = forecast(loaded.spec, replications=replications, seed=seed, jitter=jitter, changes=loaded.changes)
    if replications is not None and not result.replications and not quiet:
        console.say("--replications changes nothing: no number of the table varies")
    report = None if no_report else _written(result, out, table)
    if json:
        from sim.analysis.spatial import as_data

        console.put_json({**as_data(result), "report": None if report is None else report.as_posix()})
        return
    from sim.cli.spatial_result import as_lines

    console.put_lines(as_lines(result, report, console.width(), console.has_blocks()))


def _written(result: SpatialResult, out: Path | None, table: str) -> Path:
    """Write result and report; where the report is."""
    import json

    from sim.analysis.spatial import as_data
    from sim.errors import StoreError
    from sim.reports.page import write_page
    from sim.reports.spatial_report import render_spatial

    folder = out if out is not None else Path(REPORTS) / f"spatial-{result.spec.id}-{_mark(result)}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(as_data(result), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
        (folder / "result.json").write_text(text, encoding="utf-8", newline="\n")
        return write_page(render_spatial(result, _portable(table)), folder / "report.html")
    except OSError as error:
        raise StoreError(
            f"{folder}: cannot be written: {error.strerror or error}", hint="--out names another folder"
        ) from None


def _mark(result: SpatialResult) -> str:
    """Eight letters that stand for the table with its changes, the seed and the draws."""
    import hashlib

    text = f"{result.hash} {result.seed} {result.replications} {result.jitter!r}"
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _portable(table: str) -> str:
    """The table as others can name it: relative to here, or else by its file name."""
    path = Path(table)
    if not path.is_absolute() and ".." not in path.parts:
        return table
    inside = os.path.relpath(path)
    return path.name if inside.startswith("..") else Path(inside).as_posix()


def import_table(
    table: Annotated[str, typer.Argument(metavar="TABLE", help="A table in CSV or in KTAB's XML.")],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.yaml", help="The file to write, by default TABLE.yaml here.")
    ] = None,
    scale: Annotated[
        str | None, typer.Option(metavar="LOW,HIGH", help="Ends of every scale, by default seen from the table.")
    ] = None,
    json: Json = False,
) -> None:
    """Make a spatial table of a CSV or KTAB file; says what was assumed."""
    from sim.errors import UsageError
    from sim.model.diagnostics import visible
    from sim.model.spatial.importing import import_table as imported

    found = imported(table, None if scale is None else _scale(scale))
    path = out if out is not None else Path(f"{Path(table).stem}.yaml")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "x", encoding="utf-8", newline="\n") as file:
            file.write(found.text)
    except FileExistsError:
        raise UsageError(
            f"{path}: exists already, and nothing is overwritten", hint="name another file with --out"
        ) from None
    if json:
        console.put_json(
            {
                "schema": 1, "file": path.as_posix(), "actors": found.num_actors, "dimensions": list(found.dimensions),
                "assumed": list(found.remarks),
            }
        )  # fmt: skip
        return
    console.put(f"{path}\n")
    dimensions = f"{len(found.dimensions)} dimension{'' if len(found.dimensions) == 1 else 's'}"
    console.say(f"{found.num_actors} actor{'' if found.num_actors == 1 else 's'}, {dimensions}; assumed:")
    for remark in found.remarks:
        console.say(f"  - {visible(remark)}")
    console.say(console.to_type(f"`sim spatial {path}` computes the forecasts"))


def _scale(text: str) -> tuple[float, float]:
    from sim.errors import UsageError

    parts = re.split(r"[,:; ]+", text.strip())
    try:
        low, high = (float(part) for part in parts)
    except ValueError:
        raise UsageError(f"--scale: expected two numbers, as in 0,100, found '{text}'") from None
    if not -1e12 <= low < high <= 1e12:
        raise UsageError(f"--scale: expected the lower end first and the higher after it, found '{text}'")
    return low, high
