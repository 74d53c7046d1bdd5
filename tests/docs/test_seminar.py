"""The seminar: commands run as they are printed, excerpts are what they print, plans fill the lesson."""

from __future__ import annotations

import re

import pytest

from tests.docs import pages
from tests.known_answers.test_disappointment_table import EXPECTATIONS, TABLE
from tools import seminar

ALL = seminar.pages()
UNITS = [page for page in ALL if page.name[0].isdigit()]
SECTIONS = [
    "What students can do afterwards",
    "Preparation",
    "Plan",
    "A plot",
    "Exercises",
    "What students get wrong",
    "Debrief",
    "What to read next",
]
NUMBER = re.compile(r"(?<![\w.])\d*\.\d{3,}(?!\w)")  # three digits and more: not chosen but computed
PRINTED = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:e[-+]\d+)?")


@pytest.mark.parametrize("page", [page for page in ALL if pages.has(page, "sh")], ids=pages.name)
def test_excerpts_are_what_the_commands_print(page):
    assert page.read_text("utf-8").splitlines() == seminar.played(page).splitlines(), "./dev refresh seminar makes them again"


@pytest.mark.parametrize("page", ALL, ids=pages.name)
def test_numbers_in_the_text_stand_in_an_excerpt_of_the_page(page):
    """Rounded as in the text; what the text works out itself stands in a formula with `=`."""
    shown = " ".join(block.text for block in pages.blocks(page) if block.language == "text")
    numbers = [abs(float(text)) for text in PRINTED.findall(shown)]
    text = re.sub(r"^\|.*\|$|`[^`\n]*=[^`]*`", "", pages.prose(page), flags=re.M)
    missing = []
    for found in NUMBER.findall(text):
        half = 0.5 * 10.0 ** -len(found.partition(".")[2]) + 1e-9
        if not any(abs(number - float(found)) <= half for number in numbers):
            missing.append(found)
    assert missing == []


@pytest.mark.parametrize("page", UNITS, ids=pages.name)
def test_the_plan_fills_ninety_minutes(page):
    plan = page.read_text("utf-8").split("## Plan")[1].split("\n## ")[0]
    assert sum(int(minutes) for minutes in re.findall(r"^\| (\d+) \|", plan, re.M)) == 90


@pytest.mark.parametrize("page", UNITS, ids=pages.name)
def test_units_have_all_that_a_lesson_needs(page):
    headings = re.findall(r"^## (.+)$", page.read_text("utf-8"), re.M)
    assert [name for name in SECTIONS if name not in headings] == []
    assert any(name.startswith("Without a computer") for name in headings)
    assert any(name.startswith("Limits") for name in headings)
    body, _, key = page.read_text("utf-8").split("## Exercises")[1].split("\n## ")[0].partition("<details>")
    exercises = re.findall(r"^(\d)\. \((easy|middling|hard)\)", body, re.M)
    assert 3 <= len(exercises) <= 5
    levels = [["easy", "middling", "hard"].index(level) for _, level in exercises]
    assert levels == sorted(levels)
    assert re.findall(r"^(\d)\. ", key, re.M) == [number for number, _ in exercises]
    assert "reports/" in page.read_text("utf-8").split("## A plot")[1].split("\n## ")[0]


def test_the_overview_names_every_unit():
    overview = (ALL[0].parent / "README.md").read_text("utf-8")
    assert len(UNITS) == 6
    assert [page.name for page in ALL if page.name != "README.md" and f"]({page.name})" not in overview] == []


def test_the_table_of_disappointment_is_the_one_that_is_tested():
    text = next(page for page in UNITS if "summit" in page.name).read_text("utf-8")
    rows = [re.findall(r"\.\d{4}", row) for row in re.findall(r"^\|.*\|$", text, re.M)]
    assert [row for row in rows if row] == [[f"{share:.4f}"[1:] for share in shares] for shares in TABLE.values()]
    assert all(f"{expected:.1f}"[1:] in text for expected in EXPECTATIONS)


def test_an_excerpt_is_cut_from_what_is_printed():
    printed = "Title\n  a question\n\nShares  \n  war 3%\n  peace 97%\n\nTimes\n  soon\n"
    assert seminar.excerpt(printed, "Times | Shares:2") == "Times\n  soon\n\nShares\n  war 3%\n..."
    with pytest.raises(LookupError, match=r"no paragraph begins with 'Payoffs'; there are: Title; Shares; Times"):
        seminar.excerpt(printed, "Payoffs")


def test_an_excerpt_that_is_stale_is_made_again():
    page = "```sh\n./dev sim list\n```\n\n<!-- printed: b -->\n\n```text\nb 1\n```\n"
    assert seminar.again(page, lambda words: f"a 2\n\nb {len(words)}7\n") == page.replace("b 1", "b 17")


def test_other_commands_than_those_of_the_simulator_are_refused():
    with pytest.raises(LookupError, match=r"expected \./dev sim"):
        seminar.commands("rm -r reports\n")
