"""The commands on theory: what a scenario's theorem or game comes to, and whether histories agree with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli import console
from sim.cli.options import Changes, Json, Quiet, Seed, Variant, Workers, scenario_file

if TYPE_CHECKING:
    from sim.experiments.verification import Check

FAILED = 1  # exit code when a measure is too far from its exact value


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("solve")(solve)
    app.command("verify")(verify)


def solve(
    scenario: Annotated[
        str, typer.Argument(metavar="FILE|NAME", help="A scenario file, the name of a shipped one, or a Gambit file (.nfg, .efg).")
    ] = "",
    variant: Variant = None,
    changes: Changes = None,
    over: Annotated[
        str | None,
        typer.Option("--over", metavar="PATH=LOW:HIGH", help="Move one number over a range, as in parameters.p=0:1 or 0:1:101 (points)."),
    ] = None,
    show: Annotated[
        str | None, typer.Option("--show", metavar="NAMES", help="With --over: only these, with commas: measures, or solution.NAME.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="With --over: write a page with the plots.")] = None,
    export: Annotated[
        Path | None, typer.Option("--export", metavar="FILE", help="Write the game as a Gambit file: a tree (.efg) or a table (.nfg).")
    ] = None,
    precision: Annotated[
        float | None, typer.Option("--precision", metavar="X", help="Of a Gambit file: the logit equilibrium at this precision.")
    ] = None,
    method: Annotated[str, typer.Option("--method", metavar="NAME", help="Of a Gambit file: how it is solved.")] = "auto",
    limit: Annotated[float, typer.Option("--limit", metavar="SECONDS", help="Of a Gambit file: how long a solver may take.")] = 60.0,
    list_theorems: Annotated[bool, typer.Option("--theorems", help="List the theorems there are.")] = False,
    json: Json = False,
) -> None:
    """Solve a scenario's game: by its theorem, with formula and all equilibria, and by algorithm where no strategies are written.

    Strategies that the file writes are held against every other choice, numbers on a grid, and set among all equilibria where the
    game is small. Of each equilibrium it says whether threats and beliefs hold. Exit code 2 where the theorem says nothing for the
    parameters, or there is nothing to solve.
    """
    from sim.errors import UsageError

    if list_theorems:
        _list_theorems(json)
        return
    if not scenario:
        raise UsageError("expected a scenario", hint="as in `sim solve theory/rubinstein`; `sim solve --theorems` lists theorems")
    if Path(scenario).suffix in (".nfg", ".efg"):
        _solve_file(Path(scenario), precision, method, limit, json)
        return
    if precision is not None or method != "auto":
        hint = "of a scenario: --set game.play=logit --set game.precision=4"
        raise UsageError("--precision and --method are for Gambit files", hint=hint)
    for option, value in (("--show", show), ("--out", out)):
        if value is not None and over is None:
            raise UsageError(f"{option} goes with --over", hint="as in --over parameters.p=0:1")
    if over is not None:
        _statics(scenario_file(scenario), variant, changes or [], over, show, out, json)
        return
    from sim.analysis.solutions import solved
    from sim.model.load import load

    loaded = load(scenario_file(scenario), variant, None, changes or ())
    console.warn(loaded.warnings)
    spec = loaded.spec
    if export is not None:
        _write_game(spec, export)
        return
    found = solved(spec, with_others=True)
    if json:
        console.put_json(found.as_record())
    else:
        from sim.cli.solutions import lines

        console.put_lines(lines(found, console.width()))


def _write_game(spec: Any, path: Path) -> None:
    """The scenario's game as a Gambit file."""
    from sim.analysis.gambit import exported
    from sim.errors import ParameterError, StoreError

    try:
        written = exported(spec, path.suffix)
    except ParameterError as error:  # whose hint is for whoever wants the game solved
        hint = f"a coarser grid makes it smaller, as in --set game.points={max(2, spec.game.points // 2)}"
        if "more than" not in str(error):
            hint = "a Gambit file holds a game that ends, of moves of single players; without --export `sim solve` tells what is known"
        raise ParameterError(f"--export: {spec.id}: {error}", hint=hint) from None
    try:
        path.write_text(written.text, encoding="utf-8")
    except OSError as error:
        hint = "name a file in another folder" if path.parent.is_dir() else f"there is no folder '{path.parent}'"
        raise StoreError(f"{path}: cannot be written: {error.strerror or error}", hint=hint) from None
    console.put(f"{path}\n")
    for remark in written.remarks:
        console.say(remark)


def _solve_file(path: Path, precision: float | None, method: str, limit: float, json: bool) -> None:
    """The equilibria of a Gambit file, in sentences."""
    from rich.text import Text

    from sim.analysis.gambit import solve_file
    from sim.cli.layout import paragraph
    from sim.cli.solutions import numbered

    found = solve_file(path, precision, method, limit)
    if json:
        record = {"file": str(path), "equilibria": list(found.equilibria), "sentences": list(found.sentences)}
        console.put_json({**record, **({"refinements": list(found.refinements)} if found.refinements else {})})
        return
    width = console.width()
    lines = numbered(found, width)
    lines += [Text(line) for text in found.sentences for line in paragraph(text, width, "- ", "  ")]
    console.put_lines(lines)


def _statics(
    file: str, variant: str | None, changes: list[str], over: str, show: str | None, out: Path | None, json: bool
) -> None:
    """Comparative statics: a table, and a page where one is asked for."""
    import shlex

    from sim.analysis.statics import comparative, parse_range
    from sim.cli.solutions import statics_lines
    from sim.model.reader import read

    path, values = parse_range(over)
    wanted = [name.strip() for name in (show or "").split(",") if name.strip()]
    found = comparative(read(file), variant, changes, path, values, wanted)
    if out is not None:
        from sim.reports.page import write_page
        from sim.reports.statics_report import render_statics

        words = ["sim", "solve", file, *(["--variant", variant] if variant else [])]
        words += [part for text in changes for part in ("--set", text)]
        words += ["--over", over, *(["--show", show] if show else []), "--out", str(out)]
        write_page(render_statics(found, shlex.join(words)), out)
    if json:
        console.put_json(found.as_record())
        return
    console.put_lines(statics_lines(found, console.width(), console.has_blocks()))
    if out is not None:
        console.say(f"plots: {out}")


def _list_theorems(json: bool) -> None:
    from rich.text import Text

    from sim.games.theorems.theorem import theorems

    every = theorems()
    if json:
        console.put_json({name: {"title": item.title, "symbols": [symbol.name for symbol in item.symbols]} for name, item in every.items()})
        return
    longest = max(len(name) for name in every)
    console.put_lines([Text(f"{name:<{longest}}  {item.title}") for name, item in every.items()])


def verify(
    scenarios: Annotated[
        list[str] | None, typer.Argument(metavar="[FILE|NAME]...", help="Scenarios; all under scenarios/theory if none.")
    ] = None,
    changes: Changes = None,
    replications: Annotated[
        int | None,
        typer.Option("--replications", "-n", metavar="N", help="Histories of each; as many as find an error of 2 % if absent."),
    ] = None,
    seed: Seed = 1,
    engine: Annotated[str, typer.Option("--engine", metavar="NAME", help="auto, simpy or batch; the rows are the same.")] = "auto",
    solve_too: Annotated[
        bool, typer.Option("--solve/--no-solve", help="Also hold written strategies against every other choice, numbers on a grid.")
    ] = True,
    workers: Workers = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Solve and play scenarios: what could be gained by another choice; exact, simulated, standard errors apart.

    Exit code 0 if no measure is further than 4.1 standard errors from its exact value, 1 if one is, 2 for bad input. Where histories are
    too few to tell, it says so.
    """
    from sim import resources
    from sim.errors import UsageError
    from sim.experiments.engines import engine_for
    from sim.experiments.replicate import check_request
    from sim.experiments.verification import TRIAL
    from sim.experiments.verification import verify as compare
    from sim.model.compile import compile_case
    from sim.model.complete import complete
    from sim.model.load import load

    check_request(2 if replications is None else replications, seed, workers=workers)
    if replications is not None and replications < 2:
        raise UsageError(f"--replications: expected at least 2, found {replications}", hint="a standard error needs a sample")
    files = [scenario_file(name) for name in scenarios or [name for name in resources.list_scenarios() if name.startswith("theory/")]]
    read = [load(file, overrides=changes or ()) for file in files]
    if not quiet:
        console.warn(tuple(remark for item in read for remark in item.warnings))
    loaded = [(file, item.spec) for file, item in zip(files, read, strict=True)]
    for name, (_, spec) in zip(scenarios or (), loaded, strict=False):
        _refuse_without_measures(spec, name)
    chosen = engine_for(engine, replications or TRIAL, None if quiet else console.say)
    found: dict[str, list[Check]] = {}
    gains: dict[str, str] = {}
    for _, spec in loaded:
        if solve_too:
            gains[spec.id] = _gain(spec)
        case = compile_case(complete(spec))
        with console.progress(quiet) as tell:
            found[spec.id] = compare(case, seed, chosen, replications, workers, tell)
        if not json:
            console.put_lines(_table(spec, found[spec.id], gains.get(spec.id, ""), console.width(), case.is_solved))
            console.flush()
    if json:
        records = {name: [_record(check) for check in checks] for name, checks in found.items()}
        console.put_json({"seed": seed, "scenarios": records, "solved": gains})
    elif len(found) > 1:
        console.put(_sum_up(found))
    if any(check.differs for checks in found.values() for check in checks):
        raise typer.Exit(FAILED)


def _refuse_without_measures(spec: Any, name: str) -> None:
    """Raise ``UsageError``, with the command that has something to say, where there is nothing to compare."""
    from sim.errors import UsageError

    if spec.theory is not None and spec.theory.measures:
        return
    hint = f"`sim run {name}` plays it"
    if spec.game is not None or spec.theory is not None:
        hint = f"`sim solve {name}` solves it; measures stand under `theory:`, as docs/how-to/write-a-game.md shows"
    raise UsageError(f"{spec.id}: nothing to verify: it has no `theory:` with `measures:`", hint=hint)


def _gain(spec: Any) -> str:
    """What `sim solve` finds of the strategies that are played, in words; nothing where no player chooses."""
    from sim.analysis.solutions import solved
    from sim.cli.solutions import gain_in_words
    from sim.errors import SimError, UsageError

    try:
        found = solved(spec)
    except UsageError:
        return ""
    except SimError as error:
        return f"not solved: {error}"
    if found.game is None:
        return f"not held against other choices: {found.unchecked}" if found.unchecked else ""
    return gain_in_words(found.game, spec)


def _table(spec: Any, checks: list[Check], gain: str, width: int, by_algorithm: bool) -> list[Any]:
    from rich.text import Text

    from sim.analysis.games import BY_ALGORITHM, FEW_HISTORIES
    from sim.cli.layout import clipped, padded, paragraph

    room = max(16, width - 46)
    lines = [Text(spec.title, style="bold"), Text(f"  {'':<{room}}{'exact':>12}{'played':>13}{'apart':>9}")]
    for check in checks:
        mark, style = _verdict(check)
        label = padded(clipped(check.label, room - 1), room)
        scale = max(abs(check.exact), abs(check.estimate), check.standard_error * check.counted**0.5)
        told = f"{_number(check.exact, scale):>12}{_number(check.estimate, scale):>13}{_apart(check):>9}"
        lines.append(Text.assemble(f"  {label}{told}  ", (mark, style)))
        if check.within > 0.0:
            lines.append(Text(f"    within {check.within:g}: {check.note or 'the play approximates the model'}", style="dim"))
    if gain:
        lines += [Text(line) for line in paragraph(f"solved: {gain}", width, "  ", "    ")]
    counted = max(check.counted for check in checks)
    lines.append(Text(f"  apart: in standard errors; {counted:,} histories", style="dim"))
    if by_algorithm:
        lines += [Text(line, style="dim") for line in paragraph(f"exact: {BY_ALGORITHM}", width, "  ", "  ")]
    if any(check.few for check in checks):
        lines.append(Text(f"  few: {FEW_HISTORIES}", style="dim"))
    return [*lines, Text()]


def _verdict(check: Check) -> tuple[str, str]:
    """A word and its style."""
    if check.counted == 0:
        return "-", "dim"
    return ("NOT", "bold red") if check.differs else ("few", "yellow") if check.few else ("ok", "green")


def _number(value: float, scale: float) -> str:
    from sim.games.equilibrium import without_noise

    return "none" if value != value else f"{without_noise(value, scale):.6g}"


def _apart(check: Check) -> str:
    if check.few or check.counted == 0:
        return "-"
    if check.standard_error == 0.0:
        return "exact" if check.holds else "differs"
    return f"{check.apart:.1f}"


def _record(check: Check) -> dict[str, Any]:
    from sim.analysis.estimates import number_or_none

    return {
        "measure": check.name, "label": check.label, "exact": check.exact, "estimate": number_or_none(check.estimate),
        "standard_error": check.standard_error, "apart": number_or_none(check.apart), "within": check.within,
        "histories": check.counted, "holds": check.holds, "too_few": check.few,
    }  # fmt: skip


def _sum_up(found: dict[str, list[Check]]) -> str:
    every = [check for checks in found.values() for check in checks]
    failed = [f"{name}: {check.label}" for name, checks in found.items() for check in checks if check.differs]
    within = sum(check.holds and check.counted > 0 for check in every)
    text = f"{len(every)} measures of {len(found)} scenarios, {within} within 4.1 standard errors"
    unmet, few = sum(check.counted == 0 for check in every), sum(check.few for check in every)
    text += (f", {unmet} met by no history" if unmet else "") + (f", {few} not told by so few histories" if few else "")
    return text + ("\n" if not failed else "; not:\n" + "".join(f"  {name}\n" for name in failed))
