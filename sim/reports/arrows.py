"""Bowed arrows between nodes of a graph, as Plotly lines with a head at their end."""

from __future__ import annotations

from typing import Any

SAMPLES = 9  # points of a bowed line

Point = tuple[float, float]


def curve(start: Point, end: Point, bow: float) -> list[Point]:
    """A line that swings to its left by ``bow`` lengths of it."""
    (x0, y0), (x1, y1) = start, end
    mid = ((x0 + x1) / 2 - bow * (y1 - y0), (y0 + y1) / 2 + bow * (x1 - x0))
    steps = [step / (SAMPLES - 1) for step in range(SAMPLES)]
    return [
        (
            (1 - t) ** 2 * x0 + 2 * t * (1 - t) * mid[0] + t * t * x1,
            (1 - t) ** 2 * y0 + 2 * t * (1 - t) * mid[1] + t * t * y1,
        )
        for t in steps
    ]


class Lines:
    """Polylines of one trace, each with a head at its end, off nodes of this radius (px)."""

    def __init__(self, node: float) -> None:
        self.x: list[float | None] = []
        self.y: list[float | None] = []
        self.size: list[float] = []
        self._node = node

    def add(self, line: list[Point], head: float) -> None:
        self.x += [*(x for x, _ in line), None]
        self.y += [*(y for _, y in line), None]
        self.size += [*[0.0] * (len(line) - 1), head, 0.0]

    def trace(self, colour: str) -> dict[str, Any]:
        head = {
            "symbol": "arrow", "angleref": "previous", "size": self.size, "color": colour, "opacity": 1, "line": {"width": 0},
            "standoff": [self._node + 1 if size else 0 for size in self.size],
        }  # fmt: skip
        return {"mode": "lines+markers", "x": self.x or [None], "y": self.y or [None], "marker": head}
