"""The command that estimates rates from dated events: estimate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli import console
from sim.cli.options import Json

if TYPE_CHECKING:
    from sim.model.datasets.dataset import Dataset
    from sim.model.spec.scenario import ScenarioSpec


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("estimate")(estimate)


def estimate(
    events: Annotated[
        str, typer.Argument(metavar="NAME|FILE", help="A data set of events: a shipped one, or a table of your own.")
    ],
    where: Annotated[
        list[str] | None,
        typer.Option("--where", metavar="COLUMN=VALUE", help="Only events with this value; may be given again."),
    ] = None,
    spells: Annotated[
        str | None,
        typer.Option(
            "--spells", metavar="NAME|FILE", help="A data set of spells, such as talks, in which the rate is another."
        ),
    ] = None,
    spells_where: Annotated[
        list[str] | None,
        typer.Option("--spells-where", metavar="COLUMN=VALUE", help="Only spells with this value; may be given again."),
    ] = None,
    start: Annotated[
        str | None,
        typer.Option("--from", metavar="DATE", help="First day of the window, by default as far as data go."),
    ] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="DATE", help="First day after the window.")] = None,
    before: Annotated[str | None, typer.Option(metavar="DATE", help="Only what was known before this date.")] = None,
    kind: Annotated[
        str, typer.Option(metavar="KIND", help="self_exciting, or poisson for constant rates alone.")
    ] = "self_exciting",
    compare: Annotated[
        str | None,
        typer.Option("--compare", metavar="SCENARIO:HAZARD", help="Set a scenario's values beside the estimates."),
    ] = None,
    confidence: Annotated[float, typer.Option(metavar="P", help="Coverage of the intervals.")] = 0.95,
    samples: Annotated[int, typer.Option(metavar="N", help="Records played for each test of fit; 0 for none.")] = 199,
    seed: Annotated[int, typer.Option("--seed", "-s", metavar="N", help="Seed of the records played.")] = 1,
    json: Json = False,
) -> None:
    """Estimate how often events come from their dates: rates in spells and outside, and how far one event brings others.

    Prints exact intervals of rates, a self-exciting hazard by maximum likelihood, and how well it fits.
    """
    from sim.analysis.hazard_rates import as_data, beside, compared_as_data
    from sim.analysis.hazard_rates import estimate as estimated
    from sim.errors import UsageError
    from sim.estimation.self_exciting import FEWEST
    from sim.model.datasets.records import dated_record

    if kind not in ("self_exciting", "poisson"):
        raise UsageError(f"--kind: expected self_exciting or poisson, found '{kind}'")
    if not 0.0 < confidence < 1.0:
        raise UsageError(f"expected a confidence between 0 and 1, found {confidence:g}")
    if samples < 0 or seed < 0:
        raise UsageError("--samples and --seed: expected whole numbers from 0 on")
    if spells_where and spells is None:
        raise UsageError("--spells-where is for the data set that --spells names")
    told = _loaded(events, before, where)
    apart = None if spells is None else _loaded(spells, before, spells_where)
    spec, hazard = (None, "") if compare is None else _hazard(compare)
    dated = dated_record(told, apart, start, end)
    can_fit = kind == "self_exciting" and int((~dated.record.is_paused).sum()) >= FEWEST
    if can_fit and samples and not json:
        console.say(f"playing {2 * samples} records to test the fit")
    found = estimated(dated, kind == "self_exciting", confidence, samples, seed)
    rows, differences = ([], []) if spec is None else beside(found, spec, hazard)
    if json:
        data = {"schema": 1, "data_set": told.name, "hash": told.hash, "where": where or [], **as_data(found)}
        if apart is not None:
            data |= {"spells": apart.name, "spells_hash": apart.hash, "spells_where": spells_where or []}
        if spec is not None:
            data["compared"] = {"scenario": spec.id, "hazard": hazard, **compared_as_data(rows, differences)}
        console.put_json(data)
        return
    from sim.cli.estimate_result import as_lines

    named = None if spec is None else f"hazards.{hazard} of {spec.id}"
    console.put_lines(as_lines(found, told, apart, named, rows, differences, console.width()))


def _loaded(name: str, before: str | None, where: list[str] | None) -> Dataset:
    from sim.model.datasets.load import load_dataset

    return load_dataset(name, before).where(where or ())


def _hazard(text: str) -> tuple[ScenarioSpec, str]:
    from sim.cli.options import scenario_file
    from sim.errors import UsageError
    from sim.model.load import load_scenario

    scenario, sign, hazard = text.rpartition(":")
    if not sign or not scenario or not hazard:
        raise UsageError(
            f"--compare: expected SCENARIO:HAZARD, found '{text}'",
            hint="a scenario file or name, a colon, a hazard of it",
        )
    return load_scenario(scenario_file(scenario)), hazard
