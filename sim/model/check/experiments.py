"""What is asked of the scenario: metrics, uncertainties, levers, correlations, shares and targets."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel

from sim.model.changes import target
from sim.model.check.checker import Checker
from sim.model.check.correlations import check_matrix
from sim.model.check.targets import check_fitted, check_targets
from sim.model.check.values import child
from sim.model.diagnostics import Path
from sim.model.expressions.kinds import Kind
from sim.model.expressions.ranges import Truth, interval
from sim.model.paths import PathError, children, covers, is_quantity, lookup, one, split
from sim.model.recurring import drawn_in_history
from sim.model.spec.base import Quantity
from sim.model.spec.scenario import ScenarioSpec


def check_experiments(checker: Checker) -> None:
    spec = checker.spec
    for name, text in spec.metrics.items():
        checker.expression(("metrics", name), text)
    for number, text in enumerate(spec.given or ()):
        _evidence(checker, ("given", number), text)
    for number, text in enumerate(spec.uncertainties):
        path: Path = ("uncertainties", number)
        if text in spec.uncertainties[:number]:
            checker.add(path, f"'{text}' is listed twice", hint="leave it out once")
            continue
        owner = next((name for name, lever in spec.levers.items() if lever.path == text), None)
        if owner is not None:
            checker.add(path, f"'{text}' is what the lever '{owner}' sets", expected="a value that nobody sets",
                        hint="keep it in one of `levers` and `uncertainties`")  # fmt: skip
            continue
        # A change may have fixed it: its column is then constant.
        _drawn(checker, path, text, may_be_fixed=any(covers(changed.split("."), text.split(".")) for changed in _changed(spec)))
    for name, lever in spec.levers.items():
        path = ("levers", name)
        if lever.who is not None:
            checker.actor_name((*path, "who"), lever.who)
        if lever.range is not None and lever.range[0] > lever.range[1]:
            checker.add((*path, "range"), "the bounds contradict each other", found=f"{list(lever.range)}",
                        hint="exchange them")  # fmt: skip
        try:
            _, place = target(lever.path, checker.data)
        except PathError as error:
            checker.add((*path, "path"), error.message, hint=error.hint)
            continue
        annotation = one(place.annotation, place.value)
        if isinstance(annotation, type) and issubclass(annotation, BaseModel) and not is_quantity(place):
            checker.add((*path, "path"), f"'{lever.path}' is a group of values", expected="the path of one value",
                        hint=f"one of {', '.join(f'{lever.path}.{name}' for name in list(children(place))[-3:])}")  # fmt: skip
    for name, group in spec.correlations.items():
        path = ("correlations", name)
        for number, member in enumerate(group.members):
            _drawn(checker, (*path, "members", number), member)
        if (group.matrix is None) == (group.correlation is None):
            checker.add(path, "a correlation needs `matrix` or `correlation`, and not both", hint="keep one of them")
        elif group.matrix is not None:
            check_matrix(checker, (*path, "matrix"), group.matrix, len(group.members))
        elif group.correlation is not None and group.correlation < -1.0 / (len(group.members) - 1) + 1e-9:
            checker.add((*path, "correlation"), f"{len(group.members)} inputs cannot all have this correlation",
                        expected=f"above {-1.0 / (len(group.members) - 1):.3g}", hint="raise it")  # fmt: skip
    for name, group in spec.shares.items():
        for number, member in enumerate(group.members):
            _share(checker, ("shares", name, "members", number), member)
        _weights_together(checker, ("shares", name, "members"), group.members)
    _one_group_each(checker)
    check_targets(checker)
    check_fitted(checker)


def _evidence(checker: Checker, path: Path, text: str) -> None:
    """What has happened is a condition that can hold, about dates up to the horizon, at which it is asked."""
    parsed = checker.expression(path, text, Kind.BOOLEAN, until=checker.spec.horizon)
    if parsed is not None and interval(parsed, checker.situation.bounds, Kind.BOOLEAN) is Truth.NEVER:
        checker.add(path, "what is given can never be true", hint="no history fits it: correct the condition")


def _changed(spec: ScenarioSpec) -> list[str]:
    """Paths of what a variant, a policy and single settings have changed."""
    applied = spec.applied
    if applied is None:
        return []
    found = list(applied.set)
    if applied.variant in spec.variants:
        found += spec.variants[applied.variant].set
    if applied.policy in spec.policies:
        found += spec.policies[applied.policy].set
    return found


def _one_group_each(checker: Checker) -> None:
    """An input varies with one group only, and stands in it once."""
    owner: dict[str, str] = {}
    for kind in ("correlations", "shares"):
        for name, group in getattr(checker.spec, kind).items():
            for number, member in enumerate(group.members):
                if member in owner:
                    checker.add((kind, name, "members", number), f"'{member}' stands in {owner[member]} already",
                                hint="leave it out once")  # fmt: skip
                owner.setdefault(member, f"{kind}.{name}")


def _share(checker: Checker, path: Path, member: str) -> None:
    """A member of a whole is a constant: its value is the mean of its share."""
    found = _quantity_path(checker, path, member)
    value = _at(checker.spec, found) if found is not None else None
    if not isinstance(value, Quantity):
        return
    if value.dist is not None:
        checker.add(path, f"'{member}' has a distribution of its own", hint="write a constant, which is the mean of its share")
    elif value.value is not None and value.value < 0.0:
        checker.add(path, f"a share cannot be negative, as '{member}' is", found=f"{value.value:g}", hint="leave it out")
    tastes = checker.spec.mechanisms.tastes
    if tastes is not None and tastes.weights is not None and member.endswith(".weight"):
        checker.add(path, f"'{member}' is varied by `mechanisms.tastes.weights` already", hint="keep one of the two")


def _weights_together(checker: Checker, path: Path, members: list[str]) -> None:
    """The weights of an actor go on summing to 1 only if a whole consists of them alone."""
    owners = {member.split(".")[1] if re.match(r"actors\.[^.]+\.utility\..*\.weight\Z", member) else "" for member in members}
    if len(owners) > 1:
        checker.add(path, "weights of an actor stand here with other numbers, and would no longer sum to 1",
                    hint="one group for the weights of one actor, and nothing else in it")  # fmt: skip


def _quantity_path(checker: Checker, path: Path, text: str) -> Path | None:
    """The path if a number stands there; a fault if not."""
    try:
        found, place = lookup(split(text), checker.data, ScenarioSpec)
    except PathError as error:
        checker.add(path, error.message, hint=error.hint)
        return None
    if not is_quantity(place):
        checker.add(path, f"'{text}' is not a number of the scenario", hint="name the path of a number")
        return None
    return found


def _drawn(checker: Checker, path: Path, text: str, *, may_be_fixed: bool = False) -> None:
    """A fault unless the path names something that every replication draws."""
    try:
        found, place = lookup(split(text), checker.data, ScenarioSpec)
    except PathError as error:
        checker.add(path, error.message, hint=error.hint)
        return
    value = _at(checker.spec, found)
    tastes = checker.spec.mechanisms.tastes
    if isinstance(value, Quantity):
        if value.dist is not None and drawn_in_history(checker.spec, text):
            checker.add(path, f"'{text}' is drawn anew at each occurrence", hint="name an input that is drawn once a history")
            return
        varies = value.dist is not None or (checker.spec.sampling == "ranges" and value.range is not None)
        if tastes is not None and found[0] == "actors" and "utility" in found:
            by = {"weight": tastes.weights, "ideal": tastes.ideals, "exponent": tastes.exponents}
            varies = varies or by.get(str(found[-1])) is not None
        varies = varies or any(text in group.members for group in checker.spec.shares.values())
        if not varies and not may_be_fixed and checker.spec.sampling != "off":
            checker.add(path, f"'{text}' is a constant", hint="give it a distribution, or leave it out here")
    elif not (
        len(found) == 4 and found[0] == "actors" and (found[2:] == ("types", "commitment") or found[2] == "red_lines")
    ):
        checker.add(path, f"'{text}' is not drawn", hint="name a number, a commitment type or a red line")


def _at(spec: Any, path: Path) -> Any:
    """The part of the checked scenario at a path of the file; None where it is absent."""
    value = spec
    for part in path:
        value = child(value, part)
    return value
