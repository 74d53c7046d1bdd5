"""Candidate packages of a case: what a decision may put on the table, fixed at load time.

Named packages come first, then blends of pairs, shifts on single issues and neighbours one
labelled step away, then a regular grid if the scenario asks for one. If that is more than the
cap, the candidates are thinned to a Pareto sample: packages that no other candidate beats for
both sides at the scenario's point values stay, then those nearest to that frontier.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.rules.utility import single_issue_value, survival

if TYPE_CHECKING:
    from sim.model.compile import Case

Row = tuple[float, ...]


def start_row(case: Case) -> Row:
    """Levels of the status quo."""
    return tuple(float(case.spec.issues[name].start) for name in case.issue_ids)


def derived_value(case: Case, name: str, row: Row | list[float], inputs: list[float]) -> float:
    """A derived quantity at the given issue levels."""
    key = f"derived.{name}"
    program = case.package_programs[key][0]
    return program.value_at([row[k] if k >= 0 else inputs[~k] for k in case.package_sources[key]])


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
    mandates = [track.mandate for track in case.spec.tracks.values() if hasattr(track, "mandate")]
    return not mandates or any(
        all(bound.min <= row[case.issue(k)] <= bound.max for k, bound in mandate.items()) for mandate in mandates
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
    keep = len(rows)
    for one_index, one in enumerate(candidates):
        for two in candidates[one_index + 1 :]:
            for share in menu.blends:
                add(tuple(a + share * (b - a) for a, b in zip(one, two, strict=True)), "blend")
    if menu.neighbours:
        for name, row in named.items():
            for k, issue in enumerate(case.issue_ids):
                steps = sorted(float(level) for level in spec.issues[issue].levels)
                below = [level for level in steps if level < row[k]]
                above = [level for level in steps if level > row[k]]
                for level in below[-1:] + above[:1]:
                    add((*row[:k], level, *row[k + 1 :]), f"{name} one step")
    if menu.grid > 0:
        grid = [n / (menu.grid - 1) for n in range(menu.grid)] if menu.grid > 1 else [0.5]
        product: list[Row] = [()]
        for _ in case.issue_ids:
            product = [(*row, level) for row in product for level in grid]
            if len(product) > 200_000:
                raise ValueError("menu.grid: too many packages; use fewer grid points or issues")
        for row in product:
            add(row, "grid")
    ordered = list(rows.items())
    if len(ordered) > menu.cap:
        ordered = ordered[: min(keep, menu.cap)] + _pareto_sample(case, ordered[keep:], menu.cap - keep)
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
    for row, name in extra:
        if row in position:
            continue
        position[row] = len(case.package_names)
        case.package_names.append(name)
        case.levels.extend(row)
    for name, row in named.items():
        case.named[name] = position.get(row, -1)


def _staged_terms(case: Case, named: dict[str, Row]) -> list[tuple[Row, str]]:
    """Blends among which a multilateral text finds its terms; they need no place among the candidates."""
    found: dict[Row, str] = {}
    for name in sorted(case.spec.tracks):
        track = case.spec.tracks[name]
        if track.protocol != "staged_consent":
            continue
        ends = [named[package] for package in track.packages]
        for index, one in enumerate(ends):
            for two in ends[index + 1 :]:
                for share in case.spec.menu.blends:
                    row = _rounded([a + share * (b - a) for a, b in zip(one, two, strict=True)], case.spec.menu.rounding)
                    found.setdefault(row, "blend")
    return sorted(found.items())


def _rounded(levels: Sequence[float], step: float) -> Row:
    """Levels within [0, 1], rounded to the step."""
    rounded = (min(1.0, max(0.0, int(level / step + 0.5) * step)) for level in levels)
    return tuple(float(f"{level:.9g}") for level in rounded)


def _pareto_sample(case: Case, items: list[tuple[Row, str]], size: int) -> list[tuple[Row, str]]:
    """At most `size` items: the undominated ones first, then the nearest to being so."""
    if size <= 0:
        return []
    one, two = case.spec.sides
    scored = []
    for row, label in items:
        u = utility_at(case, one, row, case.base, point_credibility(case, one))
        v = utility_at(case, two, row, case.base, point_credibility(case, two))
        scored.append((u, v, row, label))
    depth = []
    for u, v, row, label in scored:
        # The smallest improvement of both that some other candidate offers: 0 on the frontier.
        worst = 0.0
        for other_u, other_v, _, _ in scored:
            gain = min(other_u - u, other_v - v)
            if gain > worst:
                worst = gain
        depth.append((worst, row, label))
    depth.sort()
    return [(row, label) for _, row, label in depth[:size]]
