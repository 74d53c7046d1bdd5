"""What all figures share: a Plotly figure as a plain dict, the house's axes, layout and notes, and its ways out as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from sim.reports.colours import GRID, INK, MUTED
from sim.reports.config import plotly_config
from sim.reports.words import shorten

Figure = dict[str, Any]

FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'


def label(text: str, limit: int = 60) -> str:
    """A name as Plotly text: shortened, and with the signs that Plotly would take for markup written out."""
    return shorten(text, limit).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("%{", "%&#123;")


def plain(value: Any) -> Any:
    """The same data in JSON's own types: numbers rounded to six figures, nothing infinite."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (str, bool, int)) or value is None:
        return value
    if isinstance(value, Iterable):
        return [plain(item) for item in value]
    if hasattr(value, "item"):  # a numpy scalar
        value = value.item()
    if isinstance(value, float):
        return float(f"{value:.6g}") if math.isfinite(value) else None
    return value


def to_json(figure: Figure) -> str:
    """The figure as compact JSON that is safe inside a script element."""
    text = json.dumps(plain(figure), separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def to_plotly(figure: Figure) -> Any:
    """The same as a `plotly.graph_objects.Figure` that shows itself in a notebook with our configuration."""
    return _house_figure()(plain(figure))


@cache
def _house_figure() -> type:
    import plotly.graph_objects as go  # deferred: pages never need it

    class HouseFigure(go.Figure):
        """Every way in which the figure displays itself uses our configuration: no upload button anywhere."""

        def show(self, *args: Any, **kwargs: Any) -> Any:
            return super().show(*args, **{"config": plotly_config(), **kwargs})

        def to_html(self, *args: Any, **kwargs: Any) -> str:
            return super().to_html(*args, **{"config": plotly_config(), **kwargs})

        def write_html(self, *args: Any, **kwargs: Any) -> None:
            super().write_html(*args, **{"config": plotly_config(), **kwargs})

        def _repr_mimebundle_(
            self, include: Any = None, exclude: Any = None, validate: bool = True, **kwargs: Any
        ) -> Any:
            return super()._repr_mimebundle_(include, exclude, validate, **{"config": plotly_config(), **kwargs})

        def _ipython_display_(self) -> None:
            self.show()

    return HouseFigure


def axis(**changes: Any) -> dict[str, Any]:
    """An axis that cannot be dragged, with pale lines and small muted ticks."""
    base = {
        "automargin": True,
        "gridcolor": GRID,
        "linecolor": GRID,
        "tickcolor": GRID,
        "zeroline": False,
        "fixedrange": True,
        "tickfont": {"color": MUTED, "size": 12},
    }
    return {**base, **changes}


def layout(height: float, **changes: Any) -> dict[str, Any]:
    """A layout without legend on a transparent ground, so that the page shows through."""
    base = {
        "height": int(height),
        "font": {"family": FONT, "size": 13, "color": INK},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 2, "r": 2, "t": 8, "b": 36},
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        "hoverlabel": {"font": {"family": FONT, "size": 13}, "align": "left"},
        "bargap": 0.0,
    }
    return {**base, **changes}


def note(text: str, **changes: Any) -> dict[str, Any]:
    """A text without an arrow."""
    base = {"text": text, "showarrow": False, "font": {"color": INK, "size": 13}, "align": "left"}
    return {**base, **changes}


def row_axis(rows: int, below: float = 0.62) -> dict[str, Any]:
    """Rows from the top, with room for a label above the first; `below`: how much of a row is cut off under the last."""
    return axis(range=[rows - below, -0.78], showgrid=False, showticklabels=False, automargin=False, ticks="")


def legend() -> dict[str, Any]:
    """A legend above the plot that does not hide traces when it is clicked."""
    return {
        "orientation": "h",
        "x": 0,
        "xanchor": "left",
        "y": 1.0,
        "yanchor": "bottom",
        "font": {"size": 12, "color": INK},
        "itemclick": False,
        "itemdoubleclick": False,
        "traceorder": "reversed",
        "bgcolor": "rgba(0,0,0,0)",
    }


def padded(low: float, high: float) -> list[float]:
    """A range with a little room at both ends, where a line would lie on the frame."""
    room = (high - low) * 0.02
    return [low - room, high + room]
