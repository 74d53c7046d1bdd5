"""Candidate packages of a case: what a decision may put on the table, fixed at load time.

Named packages come first, with shifts on single issues; then what the two sides would trade. From the named packages
and their blends (and a regular grid if the scenario asks for one) a search goes on by small trades, at most two issues by one
labelled step at a time, to the packages that none within reach beats for both sides at the scenario's point values. So a change
of an offer by such a trade is on the menu too, unless another package on it is better for both.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.model.frontier import Codes, Scales, Values, search, shortfalls, undominated
from sim.rules.utility import single_issue_value, survival

if TYPE_CHECKING:
    from sim.model.compile import Case
    from sim.model.spec.tracks import StagedConsent

Row = tuple[float, ...]
LARGEST_TABLE = 1_000_000  # combinations of levels that are kept in a table


def start_row(case: Case) -> Row:
    """Levels of the status quo."""
    return tuple(float(case.spec.issues[name].start) for name in case.issue_ids)


def derived_value(case: Case, name: str, row: Row | list[float], inputs: list[float]) -> float:
    """A derived quantity at the given issue levels."""
    key = f"derived.{name}"
    program = case.package_programs[key][0]
    return program.value_at([row[k] if k >= 0 else inputs[~k] for k in case.package_sources[key]])


def unmet_term(case: Case, track: str, row: Row | list[float]) -> str | None:
    """The first linked condition of a track that the levels do not meet, at the point values of parameters."""
    for term in getattr(case.spec.tracks[track], "terms", ()):
        key = f"terms.{track}.{term}"
        numbers = [row[k] if k >= 0 else case.base[~k] for k in case.package_sources[key]]
        if case.package_programs[key][0].value_at(numbers) == 0.0:
            return term
    return None


def utility_at(case: Case, actor: str, row: Row | list[float], inputs: list[float], credibility: float) -> float:
    """The actor's utility of a package at the given inputs, before any cost of sanctions."""
    utility = case.slots.actors[actor].utility
    start = start_row(case)
    total = 0.0
    for index, name in enumerate(case.issue_ids):
        taste = utility.issues.get(name)
        if taste is None:
            continue
        weight = inputs[taste.weight]
        if weight == 0.0:
            continue
        if actor in case.spec.issues[name].hidden_from:
            level = start[index]
        elif taste.reads is None:
            level = row[index]
        else:
            level = derived_value(case, taste.reads, row, inputs)
        total += weight * single_issue_value(level, inputs[taste.ideal], inputs[taste.exponent])
    if utility.survival is not None:
        term = utility.survival
        total += inputs[term.weight] * survival(
            row[case.issue(term.arms)], row[case.issue(term.guarantee)], credibility, inputs[term.eta]
        )
    return total


def point_credibility(case: Case, actor: str) -> float:
    """An actor's credibility of promises at the scenario's point values; 0 if it has none."""
    slot = case.slots.actors[actor].types.credibility
    return 0.0 if slot is None else case.base[slot]


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
    """Fill the case's candidate packages."""
    spec = case.spec
    menu = spec.menu
    start = start_row(case)
    named: dict[str, Row] = {}
    for name in sorted(spec.packages):
        row = list(start)
        for issue, level in spec.packages[name].levels.items():
            row[case.issue(issue)] = float(level)
        named[name] = tuple(row)
    rows: dict[Row, str] = {}
    offered: dict[Row, float] = {}
    treaty, treaty_cap = treaty_bound(case)

    def add(row: Row, label: str, step: float = menu.rounding) -> None:
        rounded = _rounded(row, step) if step > 0.0 else row
        if treaty >= 0 and rounded[treaty] > treaty_cap:
            # Two sides can sign no more than the cap; what they offer beyond it is left to a treaty.
            rest = rounded[treaty]
            rounded = (*rounded[:treaty], treaty_cap, *rounded[treaty + 1 :])
            offered[rounded] = max(rest, offered.get(rounded, 0.0))
        if rounded != start and rounded not in rows and _signable(case, rounded):
            rows[rounded] = label

    for name, row in named.items():
        if row != start:
            add(row, name, 0.0)
    candidates = [row for row in named.values() if row != start]
    for name in menu.shifts_of:
        for k in range(len(start)):
            for change in (-menu.shift, menu.shift):
                row = list(named[name])
                row[k] += change
                add(tuple(row), f"{name} shifted")
    keep = min(len(rows), menu.cap)
    for one_index, one in enumerate(candidates):
        for two in candidates[one_index + 1 :]:
            for share in menu.blends:
                add(tuple(a + share * (b - a) for a, b in zip(one, two, strict=True)), "blend")
    if menu.grid > 0:
        grid = [n / (menu.grid - 1) for n in range(menu.grid)] if menu.grid > 1 else [0.5]
        product: list[Row] = [()]
        for _ in case.issue_ids:
            product = [(*row, level) for row in product for level in grid]
        for row in product:
            add(row, "grid")
    ordered = list(rows.items())
    if menu.neighbours:
        ordered = ordered[:keep] + _pareto_sample(case, rows, list(rows)[:keep], start)
    elif len(ordered) > menu.cap:
        ordered = ordered[:keep] + _thinned(case, ordered[keep:], menu.cap - keep)
    for name, row in named.items():
        if row == start:
            case.named[name] = -1
    # Lexicographic order, named packages first, so that ties do not depend on how rows were made.
    head = sorted(item for item in ordered[:keep])
    tail = sorted(item for item in ordered[keep:])
    final = head + tail
    case.num_candidates = len(final)
    case.package_names = [label for _, label in final]
    case.levels = [level for row, _ in final for level in row]
    position = {row: n for n, (row, _) in enumerate(final)}
    case.offered = {position[row]: level for row, level in offered.items() if row in position}
    extra = [(row, name) for name, row in named.items() if row != start and row not in position]
    extra += [(row, label) for row, label in _staged_terms(case, named) if row not in position]
    if spec.mechanisms.expectation is not None:
        extra += sorted(item for item in rows.items() if item[0] not in position and item[1] != "grid")
    for row, name in extra:
        if row in position:
            continue
        position[row] = len(case.package_names)
        case.package_names.append(name)
        case.levels.extend(row)
    for name, row in named.items():
        case.named[name] = position.get(row, -1)
    case.written = sorted(position[row] for row, label in rows.items() if row in position and label != "grid")


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
                ends = zip(named[one], named[two], strict=True)
                row = _rounded([a + share * (b - a) for a, b in ends], case.spec.menu.rounding)
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
    values = [_values(case, side, scales) for side in case.spec.sides]
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


def _values(case: Case, actor: str, scales: Scales) -> Values:
    """The actor's utility of many packages at the point values, `utility_at` package by package."""
    utility = case.slots.actors[actor].utility
    base = case.base
    terms: list[tuple[list[int], Callable[[Row], float]]] = []  # issues, and what their levels add
    for k, issue in enumerate(case.issue_ids):
        taste = utility.issues.get(issue)
        if taste is None or base[taste.weight] == 0.0 or actor in case.spec.issues[issue].hidden_from:
            continue  # what is hidden or does not matter adds the same to all
        terms.append(_issue_term(case, k, taste))
    if utility.survival is not None:
        term = utility.survival
        credibility = point_credibility(case, actor)
        terms.append(
            (
                [case.issue(term.arms), case.issue(term.guarantee)],
                lambda row: base[term.weight] * survival(row[0], row[1], credibility, base[term.eta]),
            )
        )
    tables = [_Table(scales, issues, add) for issues, add in terms]

    def value(codes: Codes) -> np.ndarray:
        total = np.zeros(len(codes))
        for table in tables:
            total = total + table.at(codes)
        return total

    return value


class _Table:
    """What the levels of some issues add to a utility, worked out when a combination is first met."""

    def __init__(self, scales: Scales, issues: list[int], add: Callable[[Row], float]) -> None:
        self.levels = [scales.levels[k] for k in issues]
        self.issues = issues
        self.add = add
        sizes = [len(levels) for levels in self.levels]
        self.strides = [math.prod(sizes[n + 1 :]) for n in range(len(sizes))]
        self.known = np.full(math.prod(sizes), np.nan) if math.prod(sizes) <= LARGEST_TABLE else None

    def at(self, codes: Codes) -> np.ndarray:
        """The addition to the utility of every package."""
        place = codes[:, self.issues] @ np.array(self.strides, dtype=np.int64)
        if self.known is None:
            distinct, which = np.unique(place, return_inverse=True)
            return np.array([self._one(at) for at in distinct.tolist()])[which]
        values = self.known[place]
        missing = np.unique(place[np.isnan(values)])
        if len(missing):
            self.known[missing] = [self._one(at) for at in missing.tolist()]
            values = self.known[place]
        return values

    def _one(self, place: int) -> float:
        parts = zip(self.levels, self.strides, strict=True)
        return self.add(tuple(levels[place // stride % len(levels)] for levels, stride in parts))


def _issue_term(case: Case, k: int, taste: Any) -> tuple[list[int], Callable[[Row], float]]:
    """Issues that one taste depends on, and what their levels add to the utility."""
    base = case.base
    weight, ideal, exponent = base[taste.weight], base[taste.ideal], base[taste.exponent]
    if taste.reads is None:
        return [k], lambda row: weight * single_issue_value(row[0], ideal, exponent)
    sources = case.package_sources[f"derived.{taste.reads}"]
    issues = sorted({source for source in sources if source >= 0})

    def add(row: Row) -> float:
        levels = [0.0] * len(case.issue_ids)
        for at, level in zip(issues, row, strict=True):
            levels[at] = level
        return weight * single_issue_value(derived_value(case, taste.reads, levels, base), ideal, exponent)

    return issues, add


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
