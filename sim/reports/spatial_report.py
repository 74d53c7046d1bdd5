"""Forecasts for a spatial table as a self-contained HTML page: `sim spatial` writes it.

html = render_spatial(result, "scenarios/spatial/TABLE.yaml")
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping

import numpy as np

from sim.analysis.spatial import (
    LIMITS,
    MEANINGS,
    actor_labels,
    assumptions,
    dimension_label,
    label_of,
    lead,
    moves,
    stopping,
    varying,
)
from sim.experiments.spatial import Forecast, SpatialResult
from sim.model.spatial.spec import SpatialActor
from sim.model.spec.base import Quantity
from sim.model.spec.scenario import Source
from sim.reports import spatial_figures, words
from sim.reports.page import Chart, Table, chart, page_parts, template

MOST_BARS = 15  # positions with a bar of their own
MOST_IN_MATRIX = 12  # actors up to which the matrices of pairs are shown


def render_spatial(result: SpatialResult, source: str) -> str:
    """The HTML text; ``source`` is the table as named on the command line."""
    spec = result.spec
    found = lead(result)
    inputs, shared_source = _inputs(result)
    return template("spatial.html.j2").render(
        **page_parts(),
        spec=spec,
        result=result,
        findings=found,
        forecast_charts=[_forecasts(result, dimension) for dimension in spec.dimensions],
        meanings=[(label_of(result, row), MEANINGS[row]) for row in MEANINGS],
        round_charts=[_rounds(result, dimension) for dimension in spec.dimensions],
        probability_chart=_probabilities(result),
        matrices=_matrices(result) if len(spec.actors) <= MOST_IN_MATRIX else [],
        assumptions=assumptions(result),
        varying=_sentence(varying(result)),
        inputs=inputs,
        shared_source=shared_source,
        sources=[(_short(name, spec.sources), _source(item)) for name, item in spec.sources.items()],
        limits=[*LIMITS, *spec.limits],
        command=_command(result, source),
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."


def _figure(value: float, digits: int) -> str:
    return f"{value:.{digits}g}".replace("-", words.MINUS)


def _forecasts(result: SpatialResult, dimension: str) -> Chart:
    found = result.spec.dimensions[dimension]
    rows = [_row(result, row, dimension) for row in result.forecasts[dimension]]
    place = list(result.spec.dimensions).index(dimension)
    weights = result.point.capability * result.point.salience[:, place]
    shares = weights / weights.sum()
    actors = list(zip(actor_labels(result), result.point.positions[:, place].tolist(), shares.tolist(), strict=True))
    title = dimension_label(result, dimension)
    if found.ends:
        title += f"; {found.scale[0]:g}: {found.ends[0]}, {found.scale[1]:g}: {found.ends[1]}"
    reading = "Each mark is one model’s forecast."
    if result.replications:
        draws = words.integer(result.replications)
        reading += f" Bars hold the middle 90 % of {draws} draws of the uncertain numbers; marks are at the table’s own values."
    reading += " The circles on top are the actors; their area grows with capability times salience."
    if found.observed is not None:
        reading += f" The upright green strokes are what came of it, {found.observed:g}."
    headings = ["Forecast", "At the table’s values"]
    if result.replications:
        headings += ["Median of the draws", "Middle 90 %", "Mean of the draws", "Its standard error"]
    table_rows = []
    for row in result.forecasts[dimension]:
        cells = [label_of(result, row.id, dimension), f"{row.point:.4f}"]
        if row.spread:
            spread = row.spread
            cells += [
                f"{spread.median:.4f}", f"{spread.q05:.4f} to {spread.q95:.4f}", f"{spread.mean:.4f}", f"{spread.standard_error:.4f}",
            ]  # fmt: skip
        table_rows.append(cells)
    return chart(
        f"{dimension_label(result, dimension)}: forecasts",
        reading,
        lambda narrow: spatial_figures.forecasts(rows, actors, found.scale, found.observed, title, narrow),
        Table(headings, table_rows),
    )


def _row(result: SpatialResult, row: Forecast, dimension: str) -> spatial_figures.Row:
    spread = row.spread

    def text(digits: int) -> str:
        interval = f"  ({_figure(spread.q05, digits)} to {_figure(spread.q95, digits)})" if spread else ""
        return _figure(row.point, digits) + interval

    ends = (spread.q05, spread.q95) if spread else (None, None)
    return spatial_figures.Row(label_of(result, row.id, dimension), row.point, *ends, text(4), text(3))


def _rounds(result: SpatialResult, dimension: str) -> Chart:
    found = result.rounds[dimension]
    played = int(found.played)
    names = actor_labels(result)
    lines = [
        spatial_figures.Line(
            name, found.positions[: played + 1, actor].tolist(), bool((found.kind[:, actor] != 0).any())
        )
        for actor, name in enumerate(names)
    ]
    path = result.paths.get(dimension)
    # Draws may go on where the table's own values have settled; the band then ends with the lines.
    band = None if path is None else (path[0, : played + 1].tolist(), path[2, : played + 1].tolist())
    movers = sum(line.moves for line in lines)
    reading = _sentence(f"the model {stopping(result, dimension)}")
    verb = "moves" if movers == 1 else "move"
    reading += f" {words.counted(movers, 'actor')} of {len(names)} ever {verb}; those who stay are the grey lines."
    if movers > spatial_figures.MOST_NAMED:
        reading += f" The first {spatial_figures.MOST_NAMED} of them are named."
    rows = [["0", f"{found.median[0]:.4f}", f"{found.mean[0]:.4f}", "as in the table"]]
    for number in range(1, played + 1):
        said = "; ".join(move.words() for move in moves(result, dimension, number)) or "nobody moves"
        rows.append([str(number), f"{found.median[number]:.4f}", f"{found.mean[number]:.4f}", said])
    reach = found.positions if band is None else np.concatenate([found.positions.ravel(), *map(np.asarray, band)])
    low, high = float(reach.min()), float(reach.max())
    scale = (low, high) if low < high else result.spec.dimensions[dimension].scale
    return chart(
        f"{dimension_label(result, dimension)}: rounds",
        reading,
        lambda narrow: spatial_figures.rounds(
            lines, found.median[: played + 1].tolist(), found.mean[: played + 1].tolist(), band, scale, narrow
        ),
        Table(("Round", "Median", "Mean", "Moves"), rows),
        more=("attitudes to risk", _risks(result, dimension)),
    )


def _risks(result: SpatialResult, dimension: str) -> Table:
    found = result.rounds[dimension]
    played = int(found.played)
    headings = ("Actor", *(f"Round {number}" for number in range(1, played + 1)))
    rows = [
        [name, *(words.number(float(found.risk[number, actor]), 3) for number in range(played))]
        for actor, name in enumerate(actor_labels(result))
    ]
    return Table(headings, rows)


def _probabilities(result: SpatialResult) -> Chart:
    turn, names = result.first_turn, actor_labels(result)
    groups: dict[int, list[str]] = {}
    for actor, first in enumerate(turn.holder.tolist()):
        groups.setdefault(first, []).append(names[actor])
    order = sorted(groups, key=lambda first: -turn.probability[first])
    shown = order[:MOST_BARS]
    labels = [", ".join(groups[first]) for first in shown]
    values = [float(turn.probability[first]) for first in shown]
    reading = (
        "With what probability each position comes out on top if all are put to the vote against each other once, before anybody "
        "moves. Actors with one position share its bar."
    )
    if len(order) > MOST_BARS:
        reading += f" Shown are the {MOST_BARS} likeliest of {len(order)}; the table has all."
    rows = [
        [
            name, words.number(float(turn.neutral_probability[actor]), 4), words.number(float(turn.risk[actor]), 3),
            words.number(float(turn.probability[actor]), 4),
        ]
        for actor, name in enumerate(names)
    ]  # fmt: skip
    headings = ("Actor", "Probability, risk neutral", "Attitude to risk", "Probability of its position")
    return chart(
        "Which position comes out on top",
        reading,
        lambda narrow: spatial_figures.probabilities(labels, values, narrow),
        Table(headings, rows),
    )


def _matrices(result: SpatialResult) -> list[tuple[str, Table]]:
    turn, names = result.first_turn, actor_labels(result)
    told = (
        ("Distances: of the column’s position in the eyes of the row’s actor", turn.distance, 3),
        ("Values: 1 less the distance", turn.value, 3),
        ("Utilities: values bent by the attitude to risk", turn.utility, 4),
        ("Coalitions: strength for the row’s position against the column’s", turn.coalition, 3),
        ("Victory: chance of the row’s position against the column’s", turn.victory, 4),
    )
    found = []
    for title, values, digits in told:
        rows = [
            [name, *(words.number(float(value), digits) for value in line)]
            for name, line in zip(names, np.asarray(values), strict=True)
        ]
        found.append((title, Table(("Actor", *names), rows)))
    return found


def _inputs(result: SpatialResult) -> tuple[Table, str]:
    """The numbers, and the source of all of them where it is one."""
    spec = result.spec
    several = len(spec.dimensions) > 1
    headings = ["Actor", "Capability"]
    for field in ("Position", "Salience"):
        headings += [
            f"{field}: {spec.dimensions[name].label or name}" if several else field for name in spec.dimensions
        ]
    sources = [_sources_of(actor, spec.sources) for actor in spec.actors.values()]
    shared = len(set(sources)) == 1
    if not shared:
        headings.append("Source")
    rows = []
    for (name, actor), source in zip(spec.actors.items(), sources, strict=True):
        cells = [actor.label or name, _quantity(actor.capability)]
        cells += [_quantity(actor.position[dimension]) for dimension in spec.dimensions]
        cells += [_quantity(actor.salience[dimension]) for dimension in spec.dimensions]
        rows.append(cells if shared else [*cells, source])
    return Table(headings, rows), sources[0] if shared else ""


def _sources_of(actor: SpatialActor, sources: Mapping[str, Source]) -> str:
    """Short names of the sources of an actor's numbers."""
    quantities = [actor.capability, *actor.position.values(), *actor.salience.values()]
    named = dict.fromkeys(item.source for item in (actor, *quantities) if item.source)
    return ", ".join(_short(name, sources) for name in named) or "none given"


def _short(name: str, sources: Mapping[str, Source]) -> str:
    """Author and year of a source, or its key as words; a citation as it stands."""
    source = sources.get(name)
    if source is None:
        return name
    if source.author and source.year:
        return f"{source.author} ({source.year})"
    words_of = name.replace("_", " ")
    return words_of[:1].upper() + words_of[1:]


def _quantity(quantity: Quantity) -> str:
    if quantity.dist is not None:
        given = quantity.model_dump(
            exclude_none=True, exclude={"dist", "source", "form", "claim", "confidence", "note"}
        )
        inside = ", ".join(f"{name} {value:g}" for name, value in given.items() if isinstance(value, (int, float)))
        return f"{quantity.dist} ({inside})" if inside else quantity.dist
    text = f"{quantity.value:g}"
    return text if quantity.range is None else f"{text} ({quantity.range[0]:g} to {quantity.range[1]:g})"


def _source(item: object) -> str:
    author, year = getattr(item, "author", None), getattr(item, "year", None)
    head = ", ".join(str(part) for part in (author, year) if part)
    reference = getattr(item, "reference", None)
    return (f"{head}: " if head else "") + str(getattr(item, "title", "")) + (f". {reference}" if reference else "")


def _command(result: SpatialResult, source: str) -> str:
    parts = ["sim", "spatial", source]
    for path, value in result.changes.items():
        parts += ["--set", f"{path}={value}"]
    if result.jitter:
        parts += ["--jitter", f"{result.jitter:g}"]
    if result.replications:
        parts += ["--replications", str(result.replications), "--seed", str(result.seed)]
    return shlex.join(parts)
