"""Candidate packages of a case: what a decision may put on the table, fixed at load time.

Named packages come first, with shifts on single issues; then what the two sides would trade. From the named packages
and their blends (and a regular grid if the scenario asks for one) a search goes on by small trades, at most two issues by one
labelled step at a time, to the packages that none within reach beats for both sides at the scenario's point values. So a change
of an offer by such a trade is on the menu too, unless another package on it is better for both.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, product
from typing import TYPE_CHECKING

import numpy as np

from sim.model.frontier import Codes, Scales, search, shortfalls, undominated
from sim.model.valuation import Row, point_credibility, point_values, start_row, unmet_term, utility_at

if TYPE_CHECKING:
    from sim.model.compile import Case
    from sim.model.spec.tracks import StagedConsent


def treaty_bound(case: Case) -> tuple[int, float]:
    """Issue whose high levels need a treaty, and the highest level without one; (-1, 1) if nothing does."""
    mechanisms = case.spec.mechanisms
    agreements = mechanisms.agreements
    if agreements is None or not agreements.enabled or agreements.treaty_issue is None or not mechanisms.veto_players:
        return -1, 1.0
    if not any("treaty" in player.consents_to for player in case.spec.veto_players.values()):
        return -1, 1.0
    return case.issue(agreements.treaty_issue), float(agreements.treaty_cap)


def _signable(case: Case, row: Row) -> bool:
    """Whether some table may agree to the package: rows beyond every mandate would only crowd out others."""
    mandates = {name: track.mandate for name, track in case.spec.tracks.items() if hasattr(track, "mandate")}
    return not mandates or any(
        all(bound.min <= row[case.issue(k)] <= bound.max for k, bound in mandate.items())
        and unmet_term(case, name, row) is None
        for name, mandate in mandates.items()
    )


def build_menu(case: Case) -> None:
    """Fill the case's candidate packages, and after them the packages that have a meaning but no place on the menu."""
    if not case.issue_ids:
        return  # a game alone: there is nothing to make packages of
    named = _named_rows(case)
    drafts = _Drafts(case)
    _write(drafts, named)
    keep = min(len(drafts.rows), case.spec.menu.cap)
    _blend(drafts, named)
    _fill_grid(drafts)
    # Lexicographic order, named packages first, so that ties do not depend on how rows were made.
    chosen = _chosen(case, drafts, keep)
    menu = sorted(chosen[:keep]) + sorted(chosen[keep:])
    _place(case, menu, drafts, named)


def _named_rows(case: Case) -> dict[str, Row]:
    """Levels of the scenario's packages; an issue of which a package says nothing stays as it is."""
    named: dict[str, Row] = {}
    for name in sorted(case.spec.packages):
        row = list(start_row(case))
        for issue, level in case.spec.packages[name].levels.items():
            row[case.issue(issue)] = float(level)
        named[name] = tuple(row)
    return named


class _Drafts:
    """Packages that some table could agree to and that change something, each once, as they came, with a description."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.rows: dict[Row, str] = {}
        self.offered: dict[Row, float] = {}  # capped package -> level that a treaty would lift it to
        self.start = start_row(case)
        self.treaty, self.treaty_cap = treaty_bound(case)

    def add(self, levels: Sequence[float], label: str) -> None:
        """Take in a package, rounded to the step of the menu."""
        self.add_exactly(_rounded(levels, self.case.spec.menu.rounding), label)

    def add_exactly(self, row: Row, label: str) -> None:
        """Take in a package as it is written."""
        if self.treaty >= 0 and row[self.treaty] > self.treaty_cap:
            # Two sides can sign no more than the cap; what they offer beyond it is left to a treaty.
            rest = row[self.treaty]
            row = (*row[: self.treaty], self.treaty_cap, *row[self.treaty + 1 :])
            self.offered[row] = max(rest, self.offered.get(row, 0.0))
        if row != self.start and row not in self.rows and _signable(self.case, row):
            self.rows[row] = label


def _write(drafts: _Drafts, named: dict[str, Row]) -> None:
    """The named packages, then shifts of some of them on single issues."""
    menu = drafts.case.spec.menu
    for name, row in named.items():
        if row != drafts.start:
            drafts.add_exactly(row, name)
    for name in menu.shifts_of:
        for k in range(len(drafts.start)):
            for change in (-menu.shift, menu.shift):
                shifted = list(named[name])
                shifted[k] += change
                drafts.add(shifted, f"{name} shifted")


def _blend(drafts: _Drafts, named: dict[str, Row]) -> None:
    """What lies between every two named packages that change something."""
    for one, two in combinations([row for row in named.values() if row != drafts.start], 2):
        for share in drafts.case.spec.menu.blends:
            drafts.add(_between(one, two, share), "blend")


def _fill_grid(drafts: _Drafts) -> None:
    """Every combination of the levels of a regular grid, if the scenario asks for one."""
    size = drafts.case.spec.menu.grid
    if size > 0:
        levels = [n / (size - 1) for n in range(size)] if size > 1 else [0.5]
        for row in product(levels, repeat=len(drafts.start)):
            drafts.add(row, "grid")


def _between(one: Row, two: Row, share: float) -> Row:
    """The levels at that share of the way from one package to another."""
    return tuple(a + share * (b - a) for a, b in zip(one, two, strict=True))


def _chosen(case: Case, drafts: _Drafts, keep: int) -> list[tuple[Row, str]]:
    """The drafts to be kept, then what else has a place on the menu."""
    menu = case.spec.menu
    ordered = list(drafts.rows.items())
    if menu.neighbours:
        return ordered[:keep] + _pareto_sample(case, drafts.rows, [row for row, _ in ordered[:keep]], drafts.start)
    if len(ordered) > menu.cap:
        return ordered[:keep] + _thinned(case, ordered[keep:], menu.cap - keep)
    return ordered


def _place(case: Case, menu: list[tuple[Row, str]], drafts: _Drafts, named: dict[str, Row]) -> None:
    """Give every package its row: those on the menu first, then those that only have a meaning elsewhere."""
    position = {row: n for n, (row, _) in enumerate(menu)}
    case.num_candidates = len(menu)
    case.offered = {position[row]: level for row, level in drafts.offered.items() if row in position}
    extra = [(row, name) for name, row in named.items() if row != drafts.start]
    extra += _staged_terms(case, named)
    if case.spec.mechanisms.expectation is not None:
        extra += sorted(item for item in drafts.rows.items() if item[0] not in position and item[1] != "grid")
    placed = list(menu)
    for row, label in extra:
        if row not in position:
            position[row] = len(placed)
            placed.append((row, label))
    case.package_names = [label for _, label in placed]
    case.levels = [level for row, _ in placed for level in row]
    # What changes nothing comes first: texts tell by this order between which two packages another lies.
    names = sorted(named, key=lambda name: named[name] != drafts.start)
    case.named = {name: position.get(named[name], -1) for name in names}
    case.written = sorted(position[row] for row, label in drafts.rows.items() if row in position and label != "grid")


def blended_pairs(track: StagedConsent) -> list[tuple[str, str]]:
    """Pairs of packages whose blends may be terms of a multilateral text."""
    pairs = list(combinations(track.packages, 2))
    return pairs + [(one, two) for one in track.packages for two in track.blended_with]


def _staged_terms(case: Case, named: dict[str, Row]) -> list[tuple[Row, str]]:
    """Blends among which a multilateral text finds its terms; they need no place among the candidates."""
    found: dict[Row, str] = {}
    for name in sorted(case.spec.tracks):
        track = case.spec.tracks[name]
        if track.protocol != "staged_consent":
            continue
        for one, two in blended_pairs(track):
            for share in case.spec.menu.blends:
                row = _rounded(_between(named[one], named[two], share), case.spec.menu.rounding)
                found.setdefault(row, "blend")
    return sorted(found.items())


def _rounded(levels: Sequence[float], step: float) -> Row:
    """Levels within [0, 1], rounded to the step."""
    rounded = (min(1.0, max(0.0, int(level / step + 0.5) * step)) for level in levels)
    return tuple(float(f"{level:.9g}") for level in rounded)


def _pareto_sample(case: Case, rows: dict[Row, str], kept: list[Row], start: Row) -> list[tuple[Row, str]]:
    """What stands beside the kept rows: for every table in turn what its two sides would trade within its mandate."""
    size = case.spec.menu.cap - len(kept)
    seeds = list(rows)
    labelled = [[float(level) for level in case.spec.issues[issue].levels] for issue in case.issue_ids]
    scales = Scales.of(labelled, seeds)
    values = [point_values(case, side, scales) for side in case.spec.sides]
    codes = scales.codes(seeds)
    found: list[Iterator[Row]] = []
    for within, track in _reaches(case, scales):
        fits = _meets_terms(case, track, scales)
        # Rows that are kept or the status quo take no place, so that many more may be asked for in vain.
        best = search(scales, codes, within, values, size + len(kept) + 1, fits)
        found.append(scales.row(row) for row in best)
    sample: dict[Row, str] = {}
    taken = {*kept, start}
    while found and len(sample) < size:
        for rest in list(found):
            row = next((row for row in rest if row not in taken), None)
            if row is None:
                found.remove(rest)
            elif len(sample) < size:
                taken.add(row)
                sample[row] = rows.get(row, "trade")
    return list(sample.items())


def _reaches(case: Case, scales: Scales) -> list[tuple[list[tuple[int, int]], str]]:
    """Lowest and highest code on each issue at every table that the two sides have, of equal ones the first.

    With it the track whose linked terms hold there; empty if it has none.
    """
    treaty, treaty_cap = treaty_bound(case)
    tracks = {name: track for name, track in case.spec.tracks.items() if hasattr(track, "mandate")}
    found: dict[tuple, str] = {}
    for name, track in tracks.items() if tracks else [("", None)]:
        mandate = track.mandate if track is not None else {}
        terms = tuple(track.terms.values()) if track is not None else ()
        within = []
        for k, issue in enumerate(case.issue_ids):
            low, high = (mandate[issue].min, mandate[issue].max) if issue in mandate else (0.0, 1.0)
            high = min(high, treaty_cap) if k == treaty else high
            levels = scales.levels[k]
            within.append((bisect_left(levels, low), bisect_right(levels, high) - 1))
        found.setdefault((tuple(within), terms), name if terms else "")
    return [(list(within), track) for (within, _), track in sorted(found.items())]


def _meets_terms(case: Case, track: str, scales: Scales) -> Callable[[Codes], np.ndarray] | None:
    """Which packages meet the linked terms of a track; None if it has none."""
    if not track:
        return None
    return lambda codes: np.array([unmet_term(case, track, scales.row(row)) is None for row in codes], dtype=bool)


def _thinned(case: Case, items: list[tuple[Row, str]], size: int) -> list[tuple[Row, str]]:
    """At most `size` items: the undominated ones first, then the nearest to being so."""
    if size <= 0:
        return []
    one, two = (
        np.array([utility_at(case, side, row, case.base, point_credibility(case, side)) for row, _ in items])
        for side in case.spec.sides
    )
    front = undominated(one, two, np.arange(len(items)).reshape(-1, 1))
    short = shortfalls(one, two, one[front], two[front]).tolist()
    ranked = sorted((worst, row, label) for worst, (row, label) in zip(short, items, strict=True))
    return [(row, label) for _, row, label in ranked[:size]]
