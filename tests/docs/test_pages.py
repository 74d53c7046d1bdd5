"""What pages say of the repository is so: links lead somewhere, files that are named exist, tables are complete."""

from __future__ import annotations

import calendar
import re
from pathlib import Path

import pytest

from tests.docs import pages
from tools.reference import columns, draws, quantities

ROOT = pages.ROOT
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FILE = re.compile(r"`((?:sim|tests|docs|tools|scenarios|seeds|data|benchmarks)/[\w./-]+)`")


def anchors(path: Path) -> set[str]:
    """Anchors of a page's headings, as they are made from the words."""
    headings = re.findall(r"^#+ (.+)$", pages.prose(path), re.M)
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings]
    return set(plain)


@pytest.mark.parametrize("page", pages.PAGES, ids=pages.name)
def test_links_lead_somewhere(page):
    broken = []
    for target in LINK.findall(pages.prose(page)):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        file, _, anchor = target.partition("#")
        path = (page.parent / file).resolve() if file else page
        if not path.exists() or (anchor and path.suffix == ".md" and anchor not in anchors(path)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("page", pages.PAGES, ids=pages.name)
def test_files_that_are_named_exist(page):
    """Names in capitals stand for something; what a release removed may be named in the changelog."""
    if page.name == "CHANGELOG.md":
        return
    named = {
        name for name in FILE.findall(pages.prose(page)) if not re.search(r"[A-Z]{3,}", name.replace("README", ""))
    }
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def test_every_page_is_reached_from_the_index():
    index = (ROOT / "docs" / "README.md").read_text("utf-8")
    reached = {(ROOT / "docs" / target.partition("#")[0]).resolve() for target in LINK.findall(index)}
    missing = [pages.name(path) for path in sorted((ROOT / "docs").rglob("*.md")) if path.resolve() not in reached]
    assert [name for name in missing if name != "docs/README.md"] == []


def test_limits_of_every_page_lead_to_the_page_about_them():
    """Every template of a page has the part on limits, and the part names the page."""
    from sim.analysis.limits import PAGE

    folder = ROOT / "sim" / "reports" / "templates"
    assert f"how to quote one: {PAGE}" in (folder / "parts.html.j2").read_text("utf-8") and (ROOT / PAGE).is_file()
    pages_of = {path.name: path.read_text("utf-8") for path in folder.glob("*.html.j2") if path.name != "parts.html.j2"}
    assert [name for name, text in pages_of.items() if text.count("call parts.limits(") != 1] == []
    assert [name for name, text in pages_of.items() if '"#limits"' not in text and '("limits", "Limits"' not in text] == []


CITED = re.compile(
    r"\b([A-Z][A-Za-z]+)(?:, [A-Z][A-Za-z]+)*(?:,? and [A-Z][A-Za-z]+| et al\.)? \(?((?:18|19|20)\d\d)[a-z]?[,;)]"
)
MONTHS = {calendar.month_name[month] for month in range(1, 13)} | {"Until", "Since", "The"}


def test_every_work_that_is_cited_is_in_the_bibliography():
    entries = re.split(r"^- ", (ROOT / "docs" / "bibliography.md").read_text("utf-8"), flags=re.M)[1:]
    # A surname of several words is cited by its last one: Bueno de Mesquita (1994).
    known = {(entry.partition(",")[0].split()[-1], year) for entry in entries for year in re.findall(r"\((\d{4})\)", entry)[:1]}
    missing = set()
    for path in [*ROOT.glob("docs/**/*.md"), *ROOT.glob("scenarios/*.md"), *ROOT.glob("data/*.md"), *ROOT.glob("sim/**/*.py")]:
        for author, year in CITED.findall(" ".join(path.read_text("utf-8").split())):
            if author not in MONTHS and (author, year) not in known:
                missing.add(f"{path.relative_to(ROOT).as_posix()}: {author} ({year})")
    assert sorted(missing) == []


def test_columns_and_quantities_have_meanings():
    assert columns.undocumented() == []
    assert quantities.undocumented() == []


def test_every_draw_of_a_history_is_in_the_table_of_draws(monkeypatch):
    """Contracts, section 3: the addresses in use. Recorded from a few histories of every scenario at hand."""
    from sim.acts import draws as drawing
    from sim.engines.event_engine import play
    from sim.model.compile import compile_case
    from sim.model.complete import complete
    from sim.model.load import load_scenario

    drawn: set[tuple[int, int, int]] = set()

    def recording(method):
        def draw(seed, replication, branch, stream, key, lane, occurrence):
            drawn.add((int(stream), key, lane))
            return method(seed, replication, branch, stream, key, lane, occurrence)

        return draw

    for method in ("uniform", "uniform_pair"):  # inputs have a rule of their own
        monkeypatch.setattr(drawing, method, recording(getattr(drawing, method)))
    missing = set()
    for file, number in [*((f, 4) for f in (ROOT / "scenarios").glob("*.yaml")), *((f, 8) for f in [*VALID, *GAMES])]:
        case = compile_case(complete(load_scenario(file)))
        drawn.clear()
        for replication in range(number):
            play(case, replication, 1)
        assert drawn
        for stream, key, lane in drawn:
            entities = {kind for kind, keys in case.keys.items() if key in keys.values()} | _of_game(case, key)
            if not draws.is_listed(stream, entities, lane):
                missing.add((stream, tuple(sorted(entities)), lane))
    assert sorted(missing) == [], "(stream, kinds of entity, lane) that tools/reference/draws.py does not list"


def _of_game(case, key: int) -> set[str]:
    """Kinds of the parts of a game that have the key."""
    kinds = {} if case.game is None else {"moves": case.game.move_keys, "game_types": case.game.type_keys}
    return {kind for kind, keys in kinds.items() if key in keys.values()}


GAMES = sorted((ROOT / "tests" / "spec" / "games").glob("*.yaml"))
VALID = sorted((ROOT / "tests" / "spec" / "valid").glob("*.yaml"))
