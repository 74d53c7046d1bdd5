"""A figure with what stands around it on a page: title, reading, the numbers behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from sim.reports import drawing, words


@dataclass(frozen=True)
class Table:
    """The data behind a figure. The first cell of a row is its heading."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Chart:
    """A figure with what stands around it: title, one-sentence reading, table."""

    title: str
    reading: str
    wide: drawing.Figure
    narrow_layout: dict[str, Any]
    table: Table | None
    more: tuple[str, Table] | None = None  # a second table and its name, where the figure shows two kinds of things

    @property
    def height(self) -> int:
        return int(self.wide["layout"]["height"])

    @property
    def alt(self) -> str:
        """What stands for the picture: its title and its reading."""
        return f"Chart: {self.title}. {self.reading}"

    @property
    def json(self) -> Markup:
        return Markup(drawing.to_json({**self.wide, "narrow": self.narrow_layout}))


def chart(
    title: str,
    reading: str,
    draw: Callable[[bool], drawing.Figure],
    table: Table | None = None,
    more: tuple[str, Table] | None = None,
) -> Chart:
    """A chart from a figure function: its layout for phones is kept as the difference to the wide one."""
    wide = draw(False)
    narrow = draw(True)["layout"]
    changes = {key: value for key, value in narrow.items() if wide["layout"].get(key) != value}
    reading = reading.replace(words.DASH, f"\u2060{words.DASH}\u2060")  # a range stays on one line
    return Chart(title, reading, wide, changes, table, more)
