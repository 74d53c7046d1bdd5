"""The partial plotly.js in the package is what it says, and fits both the Python package and our figures."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from importlib.resources import files
from pathlib import Path

import plotly

from sim.reports import history_figures
from sim.reports.config import PLOTLY_CONFIG
from sim.reports.export import report_figures
from tests.unit.reports import sample

ASSETS = files("sim.reports") / "assets"
RECORD = json.loads((ASSETS / "plotly-bundle.json").read_text())


def code() -> bytes:
    return gzip.decompress((ASSETS / "plotly-bundle.min.js.gz").read_bytes())


def test_bundle_is_the_recorded_one() -> None:
    text = code()
    assert RECORD["bytes"] == len(text)
    assert RECORD["sha256"] == base64.b64encode(hashlib.sha256(text).digest()).decode()
    assert b"</script" not in text.lower()


def test_bundle_has_the_version_inside_the_python_package() -> None:
    """Run tools/plotly_bundle/build.sh when this fails."""
    head = (Path(plotly.__file__).parent / "package_data" / "plotly.min.js").read_text(encoding="utf-8")[:400]
    assert re.search(r"plotly\.js v([\d.]+)", head)[1] == RECORD["version"]
    assert f"plotly.js v{RECORD['version']}" in code()[:200].decode()


def test_licence_travels_with_the_bundle() -> None:
    assert b"MIT" in code()[:300]
    assert "Permission is hereby granted" in (ASSETS / "plotly-LICENSE.txt").read_text()


def test_bundle_holds_every_trace_type_that_figures_use() -> None:
    """A missing type would draw an empty chart and say nothing."""
    drawn = [*report_figures(sample.content()).values()]
    timeline = sample.timeline()
    drawn += [history_figures.timeline(timeline), history_figures.offers(timeline.offers[0])]
    assert {trace["type"] for figure in drawn for trace in figure["data"]} <= set(RECORD["traces"])


def test_configuration_never_offers_an_upload() -> None:
    assert PLOTLY_CONFIG["showSendToCloud"] is False
    assert PLOTLY_CONFIG["plotlyServerURL"] == ""
    assert PLOTLY_CONFIG["displaylogo"] is False
