"""The factors of a sensitivity analysis: inputs and private types one by one, or together where they cannot be told apart.

Coordinates are independent of one another. Inputs of a correlated group are made of all its coordinates, and shares of one whole of
all of theirs, so a coordinate alone is none of these inputs: such a group is one factor. What is left out by whoever names the factors
is one more, so that nothing that varies is nobody's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.errors import UsageError

if TYPE_CHECKING:
    from sim.model.compile import Case

REST = "all other inputs"


@dataclass(frozen=True)
class Factor:
    """Axes that are exchanged together, under the name by which readers know them."""

    name: str
    paths: tuple[str, ...]

    @property
    def is_group(self) -> bool:
        """Whether it is more than one input."""
        return len(self.paths) > 1


def factors_of(case: Case, only: Sequence[str] = ()) -> tuple[Factor, ...]:
    """All factors of a scenario, or those that contain the inputs named, and the rest as one.

    Raises
    ------
    UsageError
        Nothing is drawn; a name that is no drawn input, with the nearest one.
    """
    every = _all(case)
    if not every:
        raise UsageError(
            f"the scenario '{case.completed.get('id')}' has no uncertain inputs: nothing is drawn but the world's chance",
            hint="give inputs a distribution, or `--sampling ranges` draws from the ranges in the file",
        )
    if not only:
        return every
    chosen = list(dict.fromkeys(_named(every, name) for name in only))
    rest = tuple(path for factor in every if factor not in chosen for path in factor.paths)
    return (*chosen, *([Factor(REST, rest)] if rest else []))


def _all(case: Case) -> tuple[Factor, ...]:
    from sim.engines.tables.inputs import axes_of

    groups: dict[str, Factor] = {}
    names = list(case.spec.correlations)
    for name, group in zip(names, case.copulas, strict=True):
        factor = Factor(f"correlations.{name}", tuple(case.inputs[n].path for n in group.members))
        groups.update(dict.fromkeys(factor.paths, factor))
    known = set(axes_of(case))
    for shares in case.shares:
        paths = tuple(path for path in shares.paths if path in known)
        factor = Factor(_name_of_shares(case, shares.paths), paths)
        groups.update(dict.fromkeys(paths, factor))
    return tuple(dict.fromkeys(groups.get(path) or Factor(path, (path,)) for path in axes_of(case)))


def _name_of_shares(case: Case, paths: Sequence[str]) -> str:
    for name, group in case.spec.shares.items():
        if set(group.members) == set(paths):
            return f"shares.{name}"
    common = paths[0].split(".")
    for path in paths[1:]:
        parts = path.split(".")
        common = [part for part, other in zip(common, parts, strict=False) if part == other]
    return ".".join(common) + ": shares"


def _named(every: Sequence[Factor], name: str) -> Factor:
    for factor in every:
        if name == factor.name or name in factor.paths:
            return factor
    from sim.model.diagnostics import did_you_mean

    known = [path for factor in every for path in factor.paths] + [factor.name for factor in every if factor.is_group]
    raise UsageError(f"'{name}' is not a drawn input of the scenario", hint=did_you_mean(name, known, "drawn inputs"))


def as_data(factors: Sequence[Factor]) -> list[list[Any]]:
    """Factors as plain data."""
    return [[factor.name, list(factor.paths)] for factor in factors]


def from_data(data: Any) -> tuple[Factor, ...]:
    """The factors of plain data."""
    return tuple(item if isinstance(item, Factor) else Factor(str(item[0]), tuple(map(str, item[1]))) for item in data)


def check(factors: Sequence[Factor]) -> None:
    """Refuse no factors, and two that share a name or an axis."""
    names, paths = [factor.name for factor in factors], [path for factor in factors for path in factor.paths]
    if not factors or len(set(names)) < len(names) or len(set(paths)) < len(paths) or not all(factor.paths for factor in factors):
        raise UsageError("a design for sensitivity needs factors, each with axes of its own and a name of its own")
