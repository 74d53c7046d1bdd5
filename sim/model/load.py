"""A scenario file with its changes -> a checked `ScenarioSpec`, or every fault at once, each at its place.

Changes are made on the data as written, before anything is checked: first the variant, then the policy, then single
values by path, then the strategies that players take up. A changed value is therefore typed and checked like one in the
file, and a fault in it is shown where the change was asked for.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from typing import Any

from pydantic import BaseModel, ValidationError

from sim.errors import ScenarioError
from sim.model.changes import target
from sim.model.diagnostics import Diagnostic, Path, Problems, describe, did_you_mean, in_file_order
from sim.model.kinds import SCENARIO, refuse_other_kind
from sim.model.paths import PathError, split, value_at, with_value
from sim.model.reader import Document, read, read_text
from sim.model.spec.issues import in_long_form
from sim.model.spec.scenario import ScenarioSpec, validation_context


@dataclass(frozen=True)
class Loaded:
    """A scenario that can be used, the text it came from, and remarks that do not stop it."""

    spec: ScenarioSpec
    document: Document
    warnings: tuple[Diagnostic, ...] = ()


MAX_FAULTS = 100  # enough to mend before the next look; the search for near names would otherwise take minutes


class Enough(Exception):
    """So many faults have been found that looking for more helps nobody."""


class Faults(Problems):
    """Faults of a file and of the changes made to it; raises `Enough` at the limit, which remarks have not."""

    def __init__(self, document: Document, limit: float = MAX_FAULTS) -> None:
        super().__init__(document)
        self.limit = limit
        self.origins: dict[Path, Diagnostic] = {}  # path of a changed value -> where the change was asked for
        self.replaced: dict[Path, Any] = {}  # path of a changed value -> what stood there, its range included

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Take over faults found elsewhere, as far as the limit allows."""
        super().extend(diagnostics)
        if len(self) >= self.limit:
            raise Enough

    def add(
        self,
        path: Path,
        message: str = "",
        *,
        expected: str = "",
        found: str = "",
        hint: str = "",
        at_key: bool = False,
        column: int | None = None,
    ) -> None:
        """Note a fault, at the change that brought it if its value was changed."""
        for length in range(len(path), 0, -1):
            origin = self.origins.get(path[:length])
            if origin is not None:
                self.extend([replace(origin, path=path, message=message, expected=expected, found=found, hint=hint)])
                return
        super().add(path, message, expected=expected, found=found, hint=hint, at_key=at_key, column=column)


def load_scenario(
    path: str | os.PathLike[str],
    variant: str | None = None,
    policy: str | None = None,
    overrides: Iterable[str] | Mapping[str, Any] = (),
) -> ScenarioSpec:
    """The checked scenario of a file, or of a shipped scenario named without a suffix.

    Parameters
    ----------
    path : str or path
        A file, or the name of a shipped scenario (`sim.resources.list_scenarios`).
    variant, policy : str, optional
        Named changes of the file, applied in this order.
    overrides : texts ``path=value`` or a mapping of path to value
        Applied last.

    Raises
    ------
    ScenarioError
        With a diagnostic for every fault.
    """
    return load(path, variant, policy, overrides).spec


def load(
    path: str | os.PathLike[str],
    variant: str | None = None,
    policy: str | None = None,
    overrides: Iterable[str] | Mapping[str, Any] = (),
) -> Loaded:
    """As `load_scenario`, with the document and the warnings."""
    return load_document(read(_located(path)), variant, policy, overrides)


def _located(path: str | os.PathLike[str]) -> str | os.PathLike[str]:
    name = os.fspath(path)
    if FilePath(name).suffix or FilePath(name).exists():
        return path
    from sim import resources

    return resources.scenario_path(name) if name in resources.list_scenarios() else path


def load_document(
    document: Document,
    variant: str | None = None,
    policy: str | None = None,
    overrides: Iterable[str] | Mapping[str, Any] = (),
    strategies: Mapping[str, str] | None = None,
) -> Loaded:
    """As `load`, from a document already read; ``strategies`` are names from the menus of the file, by player."""
    faults = Faults(document)
    data = document.data
    if not isinstance(data, dict):
        hint = "begin with `schema_version: 1`"
        faults.add((), expected="a mapping with the keys of a scenario", found=describe(data), hint=hint)
        faults.raise_if_any()
    refuse_other_kind(data, SCENARIO, document.name)
    if "columns" in data and "covers" in data:
        raise ScenarioError(f"{document.name}: this describes a data set, not a scenario to play: `sim data {document.name}` checks it")
    if isinstance(data.get("parameters"), dict):  # paths of changes lead into the long form
        data = {**data, "parameters": {name: in_long_form(item) for name, item in data["parameters"].items()}}
    try:
        data = _changed(data, variant, policy, overrides, strategies or {}, faults)
        spec, warnings = _checked(data, document, faults)
    except Enough:
        more = Diagnostic(message=f"these are the first {MAX_FAULTS} faults", hint="mend them, then check again",
                          file=document.name)  # fmt: skip
        raise ScenarioError([more, *faults.sorted()]) from None
    faults.raise_if_any()
    assert spec is not None
    return Loaded(spec, document, warnings)


def check_named_changes(loaded: Loaded) -> tuple[Diagnostic, ...]:
    """Remarks on variants, policies and strategies, once each; refuses those that would not load.

    What a change brings together is seen only when it is made.

    Raises
    ------
    ScenarioError
        With the faults of all of them, each at the change that brought it.
    """
    found: list[Diagnostic] = []
    remarks: list[Diagnostic] = []
    changes: list[dict[str, Any]] = [{"variant": name} for name in loaded.spec.variants]
    changes += [{"policy": name} for name in loaded.spec.policies]
    changes += [{"strategies": {player: name}} for player, menu in loaded.spec.strategies.items() for name in menu if menu[name].set]
    for change in changes:
        try:
            remarks += _on_the_change(load_document(loaded.document, **change).warnings, loaded.document, change)
        except ScenarioError as error:
            found += [item for item in error.diagnostics if isinstance(item, Diagnostic)]
    if found:
        raise ScenarioError(in_file_order(found))
    return in_file_order(remarks)


def _on_the_change(
    remarks: Iterable[Diagnostic], document: Document, change: Mapping[str, Any]
) -> Iterable[Diagnostic]:
    """Remarks on what a variant, policy or strategy sets; those on what follows from it are for whoever plays it."""
    ((kind, name),) = change.items()
    group = {"variant": "variants", "policy": "policies"}.get(kind, kind)
    base = (group, *(name.popitem() if isinstance(name, dict) else (name,)), "set")
    lines = {document.span(path).line for path in document.positions if path[: len(base)] == base}
    return [item for item in remarks if not item.line or item.line in lines]


def _checked(
    data: dict[str, Any], document: Document, faults: Faults
) -> tuple[ScenarioSpec | None, tuple[Diagnostic, ...]]:
    """The scenario, if its shape is right, and remarks; faults of shape or of meaning go to ``faults``."""
    try:
        spec = ScenarioSpec.model_validate(data, context=validation_context(data))
    except ValidationError as error:
        from sim.model.structure import report

        report(error, data, faults.add)
        return None, ()
    from sim.model.check.reach import remarks_on_changes
    from sim.model.check.scenario import check

    remarks = Faults(document, limit=math.inf)
    remarks.origins = faults.origins
    check(spec, data, faults.add, remarks.add, document.name)
    remarks.extend(remarks_on_changes(spec, data, faults.origins, faults.replaced))
    return spec, remarks.sorted()


def _changed(
    data: dict[str, Any],
    variant: str | None,
    policy: str | None,
    overrides: Iterable[str] | Mapping[str, Any],
    strategies: Mapping[str, str],
    faults: Faults,
) -> dict[str, Any]:
    """The data after all changes; what was changed is noted under ``applied``."""
    applied: dict[str, Any] = {}
    for kind, group, name in (("variant", "variants", variant), ("policy", "policies", policy)):
        if name is None:
            continue
        known = data.get(group)
        known = known if isinstance(known, dict) else {}
        if name not in known:
            other, others = ("policy", "policies") if kind == "variant" else ("variant", "variants")
            hint = did_you_mean(name, known, group) or f"the file has no `{group}:`"
            if name in (data.get(others) or ()):
                hint = f"it is a {other}: use --{other} {name}"
            faults.extend([Diagnostic((), f"unknown {kind} '{name}'", hint=hint, file=f"--{kind} {name}")])
            continue
        applied[kind] = name
        changes = known[name].get("set") if isinstance(known[name], dict) else None
        for text, value in (changes if isinstance(changes, dict) else {}).items():
            place = _at(faults.document, (group, name, "set", text))
            data = _set(data, text, value, place, faults)
    for text, value, place in _overrides(overrides, faults):
        applied.setdefault("set", {})[text] = value
        data = _set(data, text, value, place, faults)
    menus = data.get("strategies")
    for player, name in strategies.items():
        applied.setdefault("strategies", {})[player] = name
        for text, value in _strategy_set(menus, player, name).items():
            data = _set(data, text, value, _at(faults.document, ("strategies", player, name, "set", text)), faults)
    if applied:
        before = data.get("applied")
        merged = dict(before) if isinstance(before, dict) else {}
        merged.update({key: item for key, item in applied.items() if key != "set"})
        if "set" in applied:
            merged["set"] = {**merged.get("set", {}), **applied["set"]}
        data = {**data, "applied": merged}
        if isinstance(data.get("theory"), dict) and "solved" in data["theory"]:
            data["theory"] = {key: item for key, item in data["theory"].items() if key != "solved"}  # of other parameters
    return data


def _strategy_set(menus: Any, player: str, name: str) -> Mapping[str, Any]:
    """What a strategy sets; nothing where the file has no such strategy, which its menus are asked for before."""
    menu = menus.get(player) if isinstance(menus, dict) else None
    strategy = menu.get(name) if isinstance(menu, dict) else None
    changes = strategy.get("set") if isinstance(strategy, dict) else None
    return changes if isinstance(changes, dict) else {}


def _at(document: Document | None, path: Path) -> Diagnostic:
    from sim.model.diagnostics import locate

    return locate(Diagnostic(path), document) if document is not None else Diagnostic(path)


def _overrides(overrides: Iterable[str] | Mapping[str, Any], faults: Faults) -> list[tuple[str, Any, Diagnostic]]:
    """Path, value and place of every single change."""
    if isinstance(overrides, Mapping):
        items: list[tuple[str, Any, str]] = [(str(path), value, "") for path, value in overrides.items()]
    else:
        items = []
        for text in overrides:
            path, sign, value = str(text).partition("=")
            place = Diagnostic((), file="--set", line=1, column=1, end=len(text) + 1, source_line=str(text))
            if not sign or not path.strip():
                hint = "write --set path=value, as in --set mechanisms.expectation.hype=0.1"
                faults.extend([replace(place, message="expected path=value", found=describe(text), hint=hint)])
                continue
            if path.strip() in (item[0] for item in items):
                place = replace(place, end=len(path) + 1, message=f"'{path.strip()}' is set twice")
                faults.extend([replace(place, hint="keep one of them")])
                continue
            if not value.strip() or not value.isprintable():
                what = "the value holds a control character" if value.strip() else "there is no value"
                place = replace(place, column=len(path) + 2, end=len(text) + 2, message=what)
                faults.extend([replace(place, hint="write a value after '='")])
                continue
            try:
                parsed = read_text(f"value: {value}", "--set").data["value"]
            except ScenarioError as error:
                shift = len(path) + 1 - len("value: ")
                faults.extend(
                    replace(item, path=(), line=1, column=max(1, item.column + shift), end=max(2, item.end + shift),
                            source_line=str(text))
                    for item in error.diagnostics
                    if isinstance(item, Diagnostic)
                )  # fmt: skip
                continue
            items.append((path.strip(), parsed, str(text)))
    found = []
    for path, value, text in items:
        line = text or f"{path}={value}"
        start = line.find("=") + 2
        found.append(
            (path, value, Diagnostic((), file="--set", line=1, column=start, end=len(line) + 1, source_line=line))
        )
    return found


def set_by_path(
    data: dict[str, Any], overrides: Iterable[str] | Mapping[str, Any], faults: Faults, model: type[BaseModel]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The data of another kind of file with single values changed by path, and these values by their paths."""
    changes: dict[str, Any] = {}
    for text, value, place in _overrides(overrides, faults):
        changes[text] = value
        data = _set(data, text, value, place, faults, model)
    return data, changes


def _set(
    data: dict[str, Any],
    text: str,
    value: Any,
    place: Diagnostic,
    faults: Faults,
    model: type[BaseModel] = ScenarioSpec,
) -> dict[str, Any]:
    """The data with one change; a path that leads nowhere is a fault."""
    try:
        path, _ = target(text, data, value, model)
    except PathError as error:
        if place.file == "--set":
            place = replace(place, column=1, end=max(2, place.column - 1))  # the path, not the value
        faults.extend([replace(place, path=place.path or _parts(text), message=error.message, hint=error.hint)])
        return data
    faults.origins[path] = place
    faults.replaced[path] = _with_range(value_at(data, path), faults.replaced.get(path))
    return with_value(data, path, value)


def _with_range(value: Any, before: Any) -> Any:
    """What stands at a path before a change; where it declares no range, what stood there before that."""
    return value if before is None or (isinstance(value, dict) and "range" in value) else before


def _parts(text: str) -> Path:
    try:
        return split(text)
    except PathError:
        return (text,)


__all__ = ["Faults", "Loaded", "check_named_changes", "load", "load_document", "load_scenario", "set_by_path"]
