"""The command on claims: what of a scenario's seed file the model bears out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli import console
from sim.cli.options import Cluster, Json, Quiet, Scenario, Seed, Workers, scenario_file

if TYPE_CHECKING:
    from sim.analysis.claims import ClaimResult

REPORTS = "reports"  # folder in which an audit is kept, in the current directory
FAILED = 1  # exit code when some claims do not hold or are undecided
COLOURS = {"holds": "green", "does not hold": "red", "undecided": "yellow", "not testable": "dim"}


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("claims")(claims)


def claims(
    scenario: Scenario,
    replications: Annotated[
        int | None,
        typer.Option("--replications", "-n", metavar="N", help="Histories of the largest samples; others in proportion."),
    ] = None,
    seed: Seed = 1,
    workers: Workers = None,
    cluster: Cluster = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="ID", help="Only this claim; may be given again and again.")
    ] = None,
    parts: Annotated[bool, typer.Option("--parts", help="Show every figure, also of claims that hold.")] = False,
    save: Annotated[bool, typer.Option(help="Keep the audit of all claims for reports of this scenario.")] = True,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Check what the scenario's source claims against the model: holds, does not hold, undecided or not testable.

    Exit code 0 if all claims that can be tested hold, 1 if some do not or are undecided, 2 for bad input.
    """
    import time

    from sim.analysis.claims import Auditor, audit_record
    from sim.errors import UsageError
    from sim.experiments.claims import save_audit
    from sim.experiments.replicate import Crew, check_request
    from sim.model.diagnostics import did_you_mean
    from sim.model.load import load_document
    from sim.model.reader import read
    from sim.model.seed import load_seed, seed_path_of

    file = scenario_file(scenario)
    document = read(file)
    spec = load_document(document).spec
    if spec.claims is None:
        raise UsageError(f"{file}: names no seed file", hint="name one under `claims:`")
    loaded = load_seed(seed_path_of(file, spec.claims))
    known = [claim.id for claim in loaded.seed.claims]
    for name in only or ():
        if name not in known:
            raise UsageError(f"unknown claim '{name}'", hint=did_you_mean(name, known, "claims"))
    if replications is not None and replications < 2:
        raise UsageError(f"--replications: expected at least 2, found {replications}", hint="an interval needs a sample")
    check_request(2 if replications is None else replications, seed, workers=workers)
    Crew.of(workers, cluster).check()
    scale = 1.0 if replications is None else replications / loaded.seed.audit.replications
    auditor = Auditor(document, loaded, root_seed=seed, scale=scale)
    auditor.check_names()
    chosen = [claim for claim in loaded.seed.claims if not only or claim.id in only]
    began = time.perf_counter()
    with console.progress(quiet) as tell:

        def progress(done: int, total: int) -> None:
            if tell is not None:
                tell(done, total, done / max(time.perf_counter() - began, 1e-9))

        results = auditor.run(chosen, workers=workers, cluster=cluster, progress=progress)
    seconds = time.perf_counter() - began
    record = audit_record(auditor, results, seconds=seconds, complete=not only)
    if json:
        console.put_json(record)
    else:
        console.put_lines(_lines(results, console.width(), parts))
        _foot(record, seconds)
    if save and not only:
        place = save_audit(Path(REPORTS), record)
        if not quiet:
            console.say(f"kept in {place}; reports of this scenario made from now on show it")
    if any(item.verdict in ("does not hold", "undecided") for item in results):
        raise typer.Exit(FAILED)


def _lines(results: list[ClaimResult], width: int, all_parts: bool) -> list[Any]:
    from rich.text import Text

    from sim.cli.layout import paragraph

    lines: list[Any] = []
    for item in results:
        lines.append(Text.assemble((f"{item.verdict:<14}", COLOURS[item.verdict]), f" {item.claim.id}"))
        lines += [Text(line) for line in paragraph(item.claim.claim, width, "    ", "    ")]
        if item.claim.not_testable:
            lines += [Text(line) for line in paragraph(item.claim.not_testable, width, "    not tested: ", "    ")]
        leading = item.leading
        asked = item.claim.check.parts if item.claim.check is not None else ()
        for part, question in zip(item.parts, asked, strict=True):
            if all_parts or part is leading or part.verdict != "holds":
                text = f"{part.label}: {number(part.value)}, {_interval(part, question.figure.probe is None)}; claimed: {part.asserted}"
                if part.note:
                    text += f" ({part.note})"
                mark = {"holds": "  + ", "does not hold": "  - ", "undecided": "  ? "}[part.verdict]
                lines += [Text(line) for line in paragraph(text, width, mark, "    ")]
        lines.append(Text())
    return lines


def number(value: float) -> str:
    """A figure with four digits that count."""
    import math

    return f"{value:.4g}" if math.isfinite(value) else "not known"


def _interval(part: Any, of_histories: bool) -> str:
    """The interval and what it rests on: whole histories, or answers of a single decision."""
    if part.replications is None:
        return "computed without chance"
    what = "histories" if of_histories else "draws"
    told = f"95% interval {number(part.low)} to {number(part.high)}, {part.replications:,} {what}"
    return told if part.rows is None else f"{told}, {part.rows:,} of which it rests on"


def _foot(record: dict[str, Any], seconds: float) -> None:
    words = {"holds": "hold", "does not hold": "do not hold", "undecided": "undecided", "not testable": "not testable"}
    one = {"holds": "holds", "does not hold": "does not hold"}
    counted = ", ".join(
        f"{count} {(one if count == 1 else words).get(verdict, words[verdict])}"
        for verdict, count in record["verdicts"].items()
        if count
    )
    played = f"{record['histories']:,} histories" if record["histories"] else "decisions alone, no whole history,"
    text = f"{counted}; {played} in {console.duration(seconds)}, seed {record['root_seed']}\n"
    console.put(text)
