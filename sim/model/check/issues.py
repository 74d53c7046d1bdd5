"""What is at stake and can be proposed: sides, issues, packages, the menu, derived quantities."""

from __future__ import annotations

from collections.abc import Mapping

from sim.model.check.checker import Checker
from sim.model.expressions.kinds import Kind

MAX_GRID_PACKAGES = 200_000


def is_about_something(checker: Checker) -> bool:
    """Whether anything is in dispute or played; without, most else that could be said would be about what is missing."""
    spec = checker.spec
    if spec.issues or spec.game is not None or spec.theory is not None:
        return True
    checker.add(("issues",), "", expected="at least one issue, or a `game` or a `theory`", found="none",
                hint="add what is in dispute under `issues:`")  # fmt: skip
    return False


def check_issues(checker: Checker) -> None:
    spec = checker.spec
    checker.actors_in(("sides",), spec.sides)
    for name, issue in spec.issues.items():
        checker.actors_in(("issues", name, "conceder"), issue.conceder)
        checker.actors_in(("issues", name, "hidden_from"), issue.hidden_from)
        if not issue.conceder:
            checker.add(("issues", name, "conceder"), "nobody concedes", hint="name at least one actor")
    for name, package in spec.packages.items():
        checker.issue_keys(("packages", name, "levels"), package.levels)
    if spec.maximal_package is not None:
        checker.package_name(("maximal_package",), spec.maximal_package)
    for number, package in enumerate(spec.menu.shifts_of):
        checker.package_name(("menu", "shifts_of", number), package)
    count = spec.menu.grid ** len(spec.issues)
    if count > MAX_GRID_PACKAGES:
        checker.add(("menu", "grid"), f"{spec.menu.grid} points on {len(spec.issues)} issues are {count:,} packages",
                    expected=f"at most {MAX_GRID_PACKAGES:,}", hint="use fewer points, or packages and blends")  # fmt: skip
    if len(spec.packages) > spec.menu.cap:
        checker.add(("menu", "cap"), f"{len(spec.packages)} named packages do not fit under the cap",
                    found=str(spec.menu.cap), hint="raise the cap")  # fmt: skip
    if spec.issues and not spec.packages and spec.menu.grid < 2:
        checker.add(("menu",) if "menu" in checker.data else ("issues",), "nothing can be proposed: no packages and no grid",
                    hint="add `packages:` or `menu: {grid: 11}`")  # fmt: skip


def check_derived(checker: Checker) -> None:
    definitions = {}
    for name, derived in checker.spec.derived.items():
        parsed = checker.of_package(("derived", name, "value"), derived.value, Kind.NUMBER)
        if parsed is not None:
            definitions[name] = parsed
    edges = {name: [n for n in parsed.names() if n in definitions] for name, parsed in definitions.items()}
    cycle = _cycle(edges)
    if cycle:
        checker.add(("derived", cycle[0], "value"), f"'{cycle[0]}' depends on itself: {' -> '.join(cycle)}",
                    hint="break the circle")  # fmt: skip


def _cycle(edges: Mapping[str, list[str]]) -> list[str]:
    """A circle in the graph, from a node back to itself; empty if there is none."""
    done: set[str] = set()
    for start in edges:
        trail: list[str] = []
        waiting: list[tuple[str, int]] = [(start, 0)]
        while waiting:
            node, depth = waiting.pop()
            del trail[depth:]
            if node in trail:
                return [*trail[trail.index(node) :], node]
            if node in done:
                continue
            trail.append(node)
            below = edges.get(node, [])
            if not below:
                done.add(node)
            waiting.extend((item, depth + 1) for item in below)
        done.add(start)
    return []
