"""The command on empirical games: equilibrium."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli import console
from sim.cli.options import Changes, Json, NoReport, Out, Policy, Quiet, Scenario, Seed, Variant, Workers, scenario_file

if TYPE_CHECKING:
    from sim.analysis.empirical_game import EmpiricalGame
    from sim.games.equilibrium import LogitEquilibrium

REPORTS = "reports"  # folder of result directories, in the current directory
BLOCK = 50  # histories of a profile that are played at a time
MOST_ROWS = 24  # profiles of the list; --json has all


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("equilibrium")(equilibrium)


def equilibrium(
    scenario: Scenario,
    players: Annotated[
        str | None, typer.Option("--players", metavar="A,B", help="Who chooses, by default all who have a menu under `strategies:`.")
    ] = None,
    payoff: Annotated[
        list[str] | None,
        typer.Option("--payoff", metavar="NAME", help="Payoff: a column or metric, PLAYER in it for each player; or A=NAME for one."),
    ] = None,
    precision: Annotated[
        float | None, typer.Option(metavar="X", help="Of the logit equilibrium; that of leaders in the scenario if absent.")
    ] = None,
    confidence: Annotated[
        float, typer.Option(metavar="P", help="Share of bootstrap samples in which the answer must come out.")
    ] = 0.95,
    pilot: Annotated[
        int | None, typer.Option(metavar="N", help="Histories of each profile to begin with, in steps of 50; 200 if the budget allows.")
    ] = None,
    budget: Annotated[int, typer.Option(metavar="N", help="Most histories of all profiles together.")] = 20_000,
    seed: Seed = 1,
    variant: Variant = None,
    policy: Policy = None,
    changes: Changes = None,
    engine: Annotated[str, typer.Option("--engine", metavar="NAME", help="auto, simpy or batch; never changes results.")] = "auto",
    workers: Workers = None,
    nfg: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the estimated game for Gambit.")] = None,
    out: Out = None,
    json: Json = False,
    quiet: Quiet = False,
    no_report: NoReport = False,
) -> None:
    """Play every combination of the players' strategies and find the equilibria of the game among them.

    Histories are added where they decide, until the answer stands in bootstrap samples or the budget ends. Interrupted, the same command
    goes on; a larger budget goes on too.
    """
    from sim.analysis.empirical_game import PILOT, check_sizes, find, pilot_within
    from sim.analysis.empirical_words import logit_of, record
    from sim.cli.limit_lines import limits_data
    from sim.experiments.empirical import Sampler, directory_name
    from sim.experiments.engines import engine_for
    from sim.experiments.profiles import profiles_of
    from sim.experiments.replicate import check_request
    from sim.model.complete import complete
    from sim.model.load import load
    from sim.own_tactics import source_hashes

    check_request(max(1, budget), seed, workers=workers)
    _check_precision(precision)
    loaded = load(scenario_file(scenario), variant, policy, changes or ())
    names = [name.strip() for name in players.split(",") if name.strip()] if players is not None else []
    profiles = profiles_of(loaded, names, payoff or (), variant, policy, changes or ())
    if not quiet:
        console.warn(profiles.warnings)
    first = pilot_within(profiles, BLOCK, budget) if pilot is None else pilot
    check_sizes(profiles, BLOCK, first, budget, confidence)
    if pilot is None and first < PILOT and not quiet:
        console.say(f"the budget allows {first} histories of each of the {len(profiles)} profiles to begin with, not {PILOT}")
    tactics = sorted({name for completed in profiles.scenarios for name in source_hashes(completed)})
    chosen = engine_for(engine, len(profiles) * first, None if quiet else console.say, tactics)
    directory = out or Path(REPORTS) / directory_name(profiles, seed)
    with Sampler(profiles, seed, chosen, BLOCK, directory, workers) as sampler:
        with console.progress(quiet) as tell:
            found = find(sampler, root_seed=seed, pilot=first, budget=budget, confidence=confidence, progress=tell)
        logit = logit_of(found, precision)
        told = record(found, logit)
        sampler.note({"result": told})
        again = _repeating(scenario, players, payoff, variant, policy, changes)
        page = None if no_report else _write_report(found, logit, again, directory)
    if nfg is not None:
        _write_nfg(found, nfg)
    if json:
        limits = limits_data(complete(found.profiles.spec))
        place = {"directory": str(directory), **({"report": str(page)} if page else {})}
        console.put_json({"schema": 1, **told, "limits": limits, **place})
        return
    _print(found, logit)
    played = f"{sampler.num_played:,} played now" if sampler.num_played < found.histories else "all played now"
    console.put(f"\nHistories {found.histories:,} (seed {seed}; {played})\nResults   {directory}\n")
    if page is not None:
        console.put(f"Report    {page}\n")


def _check_precision(precision: float | None) -> None:
    import math

    from sim.errors import UsageError

    if precision is not None and not (math.isfinite(precision) and precision >= 0.0):
        raise UsageError(f"--precision: expected a finite number from 0, found {precision}", hint="0 is equal chances; 40 is sharp here")


def _repeating(
    scenario: str, players: str | None, payoff: list[str] | None, variant: str | None, policy: str | None, changes: list[str] | None
) -> list[str]:
    """The words of the command that say which game it is."""
    words = ["sim", "equilibrium", Path(scenario).name if Path(scenario).is_absolute() else scenario]
    for option, values in (
        ("--players", [players]), ("--payoff", payoff or ()), ("--variant", [variant]), ("--policy", [policy]), ("--set", changes or ()),
    ):  # fmt: skip
        for value in values:
            words += [option, value] if value is not None else []
    return words


def _write_report(found: EmpiricalGame, logit: LogitEquilibrium, command: list[str], directory: Path) -> Path:
    from sim.reports.equilibrium_report import render_equilibrium
    from sim.reports.page import write_page

    return write_page(render_equilibrium(found, logit, command), directory / "report.html")


def _write_nfg(found: EmpiricalGame, path: Path) -> None:
    from sim.experiments.disk import disk_errors
    from sim.games.files.nfg import write_nfg

    with disk_errors(path, holds_chunks=False):
        path.write_text(write_nfg(found.game), encoding="utf-8")


# The result in a terminal --------------------------------------------------------------------------------------------


def _print(found: EmpiricalGame, logit: LogitEquilibrium) -> None:
    from rich.text import Text

    from sim.analysis.empirical_words import findings, logit_sentence
    from sim.cli import limit_lines
    from sim.cli.layout import paragraph
    from sim.model.complete import complete

    width = console.width()
    lines = [Text(line, style="bold") for line in paragraph(found.profiles.spec.title, width)]
    for text in (*findings(found), logit_sentence(found, logit)):
        lines += [Text(line) for line in paragraph(text, width, "* ", "  ")]
    table = _matrix(found, width) if len(found.profiles.players) == 2 else None
    lines += [Text(), *(table or _list(found, width))]
    lines += [Text(), *_equilibria(found, width), Text(), *_endings(found, width)]
    lines += limit_lines.lines(complete(found.profiles.spec), width, console.has_blocks())
    console.put_lines(lines)


def _matrix(found: EmpiricalGame, width: int) -> list[Any] | None:
    """Payoffs of two players with their errors; none where the terminal is too narrow."""
    from rich.text import Text

    from sim.cli.layout import clipped, padded, paragraph

    rows, columns = (tuple(choice.name for choice in menu) for menu in found.profiles.menus)
    one, other = found.profiles.players
    digits = _digits(found)
    payoffs, errors = found.game.payoffs, found.payoff_errors.reshape(found.game.payoffs.shape)
    size = 1 + max(len(_short(value, digits)) for value in payoffs.reshape(-1))
    cell = 2 * size + 3
    head = min(24, max(len(name) for name in rows) + 1)
    if head + len(columns) * cell > width:
        return None
    blocks = console.has_blocks()
    plus = "±" if blocks else "~"
    lines = [Text(f"Payoffs: {one} (rows), {other} (columns)", style="bold")]
    lines.append(Text(" " * head + "".join(f"{clipped(name, cell - 2, blocks):>{cell - 1}} " for name in columns)))
    best = [payoffs[player] >= payoffs[player].max(axis=player, keepdims=True) - 1e-12 for player in (0, 1)]
    for r, name in enumerate(rows):
        line, under = Text(padded(clipped(name, head - 1, blocks), head)), " " * head
        for c in range(len(columns)):
            parts = [_short(payoffs[p, r, c], digits) + ("*" if best[p][r, c] else " ") for p in (0, 1)]
            both = best[0][r, c] and best[1][r, c]
            line.append(" ".join(part.rjust(size) for part in parts).rjust(cell), style="bold" if both else "")
            noise = [f"{plus}{_short(errors[p, r, c], digits)} " for p in (0, 1)]
            under += " ".join(part.rjust(size) for part in noise).rjust(cell)
        lines += [line, Text(under, style="dim")]
    legend = "* best reply to the other's strategy; two in a cell make an equilibrium in pure strategies. Below: standard errors."
    return [*lines, *(Text(text, style="dim") for text in paragraph(legend, width, "  ", "  "))]


def _short(value: float, digits: int) -> str:
    """A number without the zero before its point."""
    text = f"{value:.{digits}f}"
    return text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text


def _digits(found: EmpiricalGame) -> int:
    """Digits after the point with which the middle one of the errors shows two figures."""
    import math
    import statistics

    errors = found.payoff_errors[found.payoff_errors > 0.0]
    return min(6, max(0, 1 - math.floor(math.log10(statistics.median(errors.tolist()))))) if len(errors) else 4


def _list(found: EmpiricalGame, width: int) -> list[Any]:
    """Profiles by regret."""
    from rich.text import Text

    from sim.analysis.empirical_words import measured
    from sim.cli.layout import clipped, paragraph

    profiles = found.profiles
    regrets = found.regrets.max(axis=0)
    order = sorted(range(len(profiles)), key=lambda n: (float(regrets[n]), n))
    digits = _digits(found)
    payoffs = found.game.payoffs.reshape(len(profiles.players), -1)
    head = f"{'regret':>18}  {'histories':>9}  " + " ".join(player[: digits + 4].rjust(digits + 4) for player in profiles.players) + "  "
    longest = max(len(profiles.name(n)) for n in order[:MOST_ROWS])
    room = width - len(head)
    blocks = console.has_blocks()
    lines = [Text("Profiles by regret", style="bold"), Text(f"{head}{', '.join(profiles.players)}"[:width], style="dim")]
    for n in order[:MOST_ROWS]:
        numbers = " ".join(f"{payoffs[p, n]:{digits + 4}.{digits}f}" for p in range(len(profiles.players)))
        regret = measured(float(regrets[n]), float(found.regret_errors[n])) if regrets[n] > 0.0 else "0"
        line = f"{regret:>18}  {int(found.judgement.means.counts[n]):>9,}  {numbers}"
        if longest <= room:
            lines.append(Text(f"{line}  {profiles.name(n)}"))
        else:
            lines += [Text(f"  {clipped(profiles.name(n), width - 2, blocks)}"), Text(line, style="dim")]
    if len(order) > MOST_ROWS:
        lines.append(Text(f"  and {len(order) - MOST_ROWS} more; --json has all", style="dim"))
    legend = "Regret: the most that any player would gain by another strategy alone; with its standard error. Columns: payoffs."
    return [*lines, *(Text(text, style="dim") for text in paragraph(legend, width, "  ", "  "))]


def _equilibria(found: EmpiricalGame, width: int) -> list[Any]:
    from rich.text import Text

    from sim.analysis.empirical_words import percent, strategies_in_words
    from sim.cli.layout import paragraph

    lines = [Text("Equilibria", style="bold"), Text("      survives  payoffs", style="dim")]
    digits = _digits(found)
    for number, (one, lasting) in enumerate(zip(found.equilibria, found.judgement.survival, strict=True), 1):
        payoffs = ", ".join(f"{player} {value:.{digits}f}" for player, value in zip(one.players, one.payoffs, strict=True))
        lines.append(Text(f"{number:>3}.  {percent(lasting):>8}  {payoffs}"))
        lines += [Text(line) for line in paragraph(strategies_in_words(found, one), width, " " * 16, " " * 16)]
    return lines if found.equilibria else [Text("Equilibria: none was found", style="bold")]


def _endings(found: EmpiricalGame, width: int) -> list[Any]:
    """How histories end by default and in each equilibrium."""
    from rich.text import Text

    from sim.analysis.empirical_outcomes import endings
    from sim.cli.layout import clipped, padded

    every = endings(found)[: 1 + max(1, (width - 48) // 24)]
    blocks = console.has_blocks()
    room = 24
    names = ["default play", *(f"equilibrium {k}" for k in range(1, len(every)))]
    lines = [Text("How histories end, share and 95% interval", style="bold")]
    lines.append(Text(" " * room + "".join(name.rjust(24) for name in names), style="dim"))
    for k, item in enumerate(found.profiles.spec.outcomes):
        cells = "".join(f"{100 * e[k].share:.1f}% ({100 * e[k].low:.1f} to {100 * e[k].high:.1f})".rjust(24) for e in every)
        lines.append(Text(padded(clipped(item.label or item.id, room - 1, blocks), room) + cells))
    return lines
