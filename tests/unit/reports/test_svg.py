"""Small pictures stay inside their frame and carry no text."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from sim.reports import svg
from tests.unit.reports import sample


def test_history_picture_is_well_formed_and_inside_its_frame() -> None:
    picture = svg.history_picture(sample.content().histories[3])
    root = ElementTree.fromstring(picture.svg)
    assert not "".join(root.itertext())
    for path in root.iter("path"):
        points = [tuple(map(float, pair.split())) for pair in re.split("[ML]", path.get("d"))[1:]]
        assert all(0 <= x <= svg.WIDTH and 0 <= y <= picture.height for x, y in points)
    assert [row.label for row in picture.rows] == ["Tension", "Sanctions in force", "Rung of the ladder"]


def test_strip_holds_figure_interval_and_band() -> None:
    root = ElementTree.fromstring(svg.band_strip(0.02, 0.01, 0.03, 0.05, 0.1))
    assert [element.get("class") for element in root] == ["band", "line", "tick"]
    assert float(root[2].get("x1")) < float(root[0].get("x"))
