"""The one Plotly configuration of every page, notebook and export.

plotly.js 4 offers to upload each chart to a cloud service unless it is told not to; policy work must not do that by
accident, so nobody writes a configuration of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

PLOTLY_CONFIG: Mapping[str, Any] = MappingProxyType(
    {
        "showSendToCloud": False,
        "plotlyServerURL": "",
        "displaylogo": False,
        "displayModeBar": False,
        "scrollZoom": False,
        "doubleClick": False,
        "showTips": False,
        "responsive": False,  # the page redraws at its own widths
    }
)


def plotly_config() -> dict[str, Any]:
    """A copy to hand out: plotly takes entries away from the dict that it is given."""
    return dict(PLOTLY_CONFIG)
