"""Colours: Okabe-Ito for classes, a few inks for everything else, and what each becomes on a dark page.

Figures are written in the light colours, which makes them valid Plotly figures anywhere. A dark page replaces every
colour that is a key of `DARK`, wherever it stands in the figure (as `#rrggbb` or inside `rgba(...)`).

Colour is never the only channel: classes are named at their mark, series that share an axis differ in dash, bars in
pattern, and points in shape.

Source: Okabe and Ito (2008), Color Universal Design.
"""

from __future__ import annotations

from collections.abc import Sequence

INK = "#1d2024"
MUTED = "#5b6168"
GRID = "#e2e4e7"
PAPER = "#fefefe"

VERMILLION = "#d55e00"
ORANGE = "#e69f00"
GREEN = "#009e73"
BLUE = "#0072b2"
SKY = "#56b4e9"
PURPLE = "#cc79a7"
YELLOW = "#cbbb10"  # darker than the published #f0e442, which cannot be seen as a line on paper
GREY = "#8c9197"

CLASSES = (VERMILLION, ORANGE, GREEN, BLUE, SKY, PURPLE, YELLOW, GREY)
PATTERNS = ("", "/", "", "\\", ".", "x", "-", "")
SERIES = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY)
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
SYMBOLS = ("circle", "diamond", "square", "triangle-up", "cross", "star", "triangle-down", "hexagon")

DARK = {
    INK: "#e9eaec",
    MUTED: "#a9afb6",
    GRID: "#353a40",
    PAPER: "#16191d",
    VERMILLION: "#ef7f33",
    ORANGE: "#f2b233",
    GREEN: "#26b98f",
    BLUE: "#3f9fdc",
    SKY: "#8accf2",
    PURPLE: "#dd9abf",
    YELLOW: "#f0e442",
    GREY: "#9aa0a6",
}


# Colours that suit a tone, first choice first; a reader takes red for bad before reading a word.
_OF_TONE = {
    "worst": (VERMILLION,),
    "bad": (ORANGE, YELLOW),
    "good": (GREEN, BLUE, SKY),
    "mixed": (PURPLE, GREY),
}


def class_places(tones: Sequence[str]) -> list[int]:
    """Place in the palette of each outcome class, in declared order: a colour that suits its tone, else one that is left.

    A class without a tone takes the next colour that is left; from the ninth class on the palette is gone through again.
    """
    found: list[int] = []
    left: list[int] = []
    for number, tone in enumerate(tones):
        if number % len(CLASSES) == 0:
            left = list(range(len(CLASSES)))
        suited = [place for colour in _OF_TONE.get(tone, ()) if (place := CLASSES.index(colour)) in left]
        place = (suited or left)[0]
        left.remove(place)
        found.append(place + len(CLASSES) * (number // len(CLASSES)))
    return found


def class_colour(place: int) -> str:
    """Colour at a place of the palette; repeats after eight."""
    return CLASSES[place % len(CLASSES)]


def class_pattern(position: int) -> str:
    """Bar pattern beside that colour; from the ninth class on always a pattern that the same colour did not have."""
    if position < len(PATTERNS):
        return PATTERNS[position]
    return ("+", "|")[(position // len(PATTERNS)) % 2]


def tint(colour: str, alpha: float) -> str:
    """`#rrggbb` as `rgba(r,g,b,alpha)`, written without spaces so that pages can recognise it."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha:g})"
