"""The one Plotly configuration of every page, notebook and export.

plotly.js 4 offers to upload each chart to a cloud service unless it is told not to; policy work must not do that by
accident, so nobody writes a configuration of their own.
"""

from __future__ import annotations

from typing import Any

PLOTLY_CONFIG: dict[str, Any] = {
    "showSendToCloud": False,
    "plotlyServerURL": "",
    "displaylogo": False,
    "displayModeBar": False,
    "scrollZoom": False,
    "doubleClick": False,
    "showTips": False,
    "responsive": False,  # the page redraws at its own widths
}
