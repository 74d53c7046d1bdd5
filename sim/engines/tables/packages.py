"""Tables of issues and packages: levels, distinct levels by column, who needs a treaty, what is deliverable."""

from __future__ import annotations

from sim.engines.tables.maker import Maker, ragged
from sim.model.valuation import unmet_term


def packages(m: Maker) -> None:
    """Enter all tables of packages."""
    case, spec = m.case, m.spec
    size, count = len(case.issue_ids), len(case.package_names)
    columns = [case.columns[name] for name in (*case.issue_ids, *case.derived_order)]
    starts, distinct = ragged([column.distinct for column in columns])
    drawn = [item.path for item in case.inputs] + [path for shares in case.shares for path in shares.paths]
    sanctions = m.mechanisms.sanctions
    eased = m.issue(sanctions.eased_by) if sanctions is not None else -1
    m.add(
        num_issues=size,
        num_packages=count,
        num_candidates=case.num_candidates,
        start=[float(spec.issues[name].start) for name in case.issue_ids],
        levels=list(case.levels),
        relief_left=[1.0 - case.levels[p * size + eased] if eased >= 0 else 1.0 for p in range(count)],
        column_start=starts,
        column_level=distinct,
        column_index=[place for column in columns for place in column.index],
        derived_varies=any(path.startswith("parameters.") for path in drawn),
        offered=[case.offered.get(p, -1.0) for p in range(count)],
        needs_treaty=[_needs_treaty(m, p) for p in range(count)],
        maximal_package=m.package(spec.maximal_package),
        deliverable=_deliverable(m),
        ones=[1.0] * max(count, 4096),
    )
    m.sizes.update(
        issues=size, menu=max(count, 64, *(len(column.distinct) for column in columns)), gains=2 * max(count, 1),
        deliverable=len(m.tables["deliverable"]),
    )  # fmt: skip


def row(m: Maker, package: int) -> list[float]:
    """Levels of a package; the status quo for -1."""
    size = len(m.case.issue_ids)
    return list(m.tables["start"]) if package < 0 else m.case.levels[package * size : (package + 1) * size]


def _needs_treaty(m: Maker, package: int) -> bool:
    """Whether a package goes to the treaty veto players."""
    agreements = m.mechanisms.agreements
    if agreements is None or not agreements.enabled:
        return False
    size = len(m.case.issue_ids)
    levels = m.case.levels[package * size : (package + 1) * size]
    if agreements.treaty_issue is not None and levels[m.issue(agreements.treaty_issue)] > agreements.treaty_cap:
        return True
    return any(levels[m.issue(name)] > level for name, level in agreements.treaty_also.items())


def _deliverable(m: Maker) -> list[int]:
    """Texts, of those that are known, that the holder of the expectation counts as deliverable, in order of rows."""
    expectation = m.mechanisms.expectation
    if expectation is None:
        return []
    size = len(m.case.issue_ids)
    bounds = [(m.issue(k), level) for k, level in expectation.deliverable_bounds.items()]
    return sorted(
        p for p in m.case.written if all(m.case.levels[p * size + k] <= level for k, level in bounds)
    )


def mandate(m: Maker, name: str) -> list[float]:
    """1 for every candidate package that a track's mandate covers, else 0."""
    case, track = m.case, m.spec.tracks[name]
    size = len(case.issue_ids)
    bounds = [(m.issue(k), b.min, b.max) for k, b in track.mandate.items()]
    agreements = m.mechanisms.agreements
    capped = agreements is not None and agreements.enabled and agreements.treaty_issue is not None
    if capped and m.mechanisms.veto_players and treaty_players(m):
        bounds.append((m.issue(agreements.treaty_issue), 0.0, agreements.treaty_cap))
    return [
        1.0
        if p < case.num_candidates
        and all(low <= case.levels[p * size + k] <= high for k, low, high in bounds)
        and unmet_term(case, name, case.levels[p * size : (p + 1) * size]) is None
        else 0.0
        for p in range(len(case.package_names))
    ]


def treaty_players(m: Maker) -> list[str]:
    """Veto players of treaties, in order of their keys."""
    return [name for name in m.veto_ids if "treaty" in m.spec.veto_players[name].consents_to]
