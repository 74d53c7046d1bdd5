"""Static pictures of the figures, through Kaleido and an installed Chromium. The HTML report needs neither.

export_figures(report_figures(content), folder, "svg")
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from sim.errors import UsageError
from sim.reports import drawing, figures, game_figures
from sim.reports.content import Game, ReportContent
from sim.reports.drawing import Figure

PictureFormat = Literal["svg", "png", "pdf"]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
WIDTH = 736  # px, the width of a chart on a wide page


def missing() -> list[str]:
    """What stands in the way of static pictures, one line each with its remedy; empty when nothing does."""
    lines = []
    if importlib.util.find_spec("kaleido") is None:
        lines.append("Kaleido is not installed: pip install 'kaleido>=1.5'")
    if not os.environ.get("BROWSER_PATH") and not any(map(shutil.which, BROWSERS)):
        lines.append("Chromium is not installed: apt-get install chromium (or name a browser in BROWSER_PATH)")
    return lines


def export_figures(
    drawn: Mapping[str, Figure], folder: Path | str, form: PictureFormat = "svg", width: int = WIDTH
) -> list[Path]:
    """Write one file a figure, named by its key, in one browser session; returns the paths in the given order.

    Raises
    ------
    UsageError
        Kaleido or Chromium is missing, an unknown format, or Chromium could not draw a figure.
    """
    if form not in ("svg", "png", "pdf"):
        raise UsageError(f"picture format {form!r}: expected svg, png or pdf")
    if lines := missing():
        raise UsageError("static pictures cannot be drawn here", hint="; ".join(lines))
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.{form}" for name in drawn]
    asyncio.run(_write([_on_paper(figure, width) for figure in drawn.values()], paths, form))
    if absent := [path.name for path in paths if not path.is_file()]:
        raise UsageError(f"Chromium did not draw {', '.join(absent)}")
    return paths


def report_figures(content: ReportContent) -> dict[str, Figure]:
    """The figures of a report by name, in the order of the page."""
    drawn: dict[str, Figure] = {}
    if content.outcomes:
        drawn["outcomes"] = figures.outcome_shares(content.outcomes)
    if content.game is not None:
        drawn |= _of_game(content.game)
    if content.incidence and content.incidence.series:
        drawn["incidence"] = figures.incidence(content.incidence, content.outcomes)
    if content.phases and content.phases.links:
        drawn["phases"] = figures.phases(content.phases, content.outcomes)
    for number, fan in enumerate(content.fans, 1):
        drawn[f"fan-{number}"] = figures.fan(fan)
    for number, part in enumerate(content.drivers, 1):
        drawn[f"drivers-{number}"] = figures.drivers(part)
    for number, part in enumerate(content.conditionals, 1):
        drawn[f"conditional-{number}"] = figures.conditional_shares(part, content.outcomes)
    return drawn


def _of_game(game: Game) -> dict[str, Figure]:
    drawn = {"payoffs": game_figures.payoffs(game.payoffs)} if game.payoffs else {}
    if game.choices:
        drawn["choices"] = game_figures.options(game.choices)
    return drawn | {f"number-{n}": game_figures.distribution(item) for n, item in enumerate(game.distributions, 1)}


def _on_paper(figure: Figure, width: int) -> Figure:
    """The figure at its width, on white: a transparent picture is unreadable on a dark slide."""
    layout = {**figure["layout"], "width": width, "paper_bgcolor": "#ffffff", "plot_bgcolor": "#ffffff"}
    margin = {side: max(room, 14) for side, room in layout["margin"].items()}
    return drawing.plain({"data": figure["data"], "layout": {**layout, "margin": margin}})


async def _write(drawn: list[Figure], paths: list[Path], form: PictureFormat) -> None:
    import kaleido  # deferred: an optional extra

    # Without mathjax=False Kaleido would load MathJax from another host.
    async with kaleido.Kaleido(n=1, mathjax=False) as browser:
        for figure, path in zip(drawn, paths, strict=True):
            options = {"format": form, "width": figure["layout"]["width"], "height": figure["layout"]["height"]}
            if form == "png":
                options["scale"] = 2
            await browser.write_fig(figure, path, options)
