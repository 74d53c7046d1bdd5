"""What a comparison compares: arms, each a complete scenario under a name.

An arm is the case as its file describes it, a policy or a variant of the file, a policy written on the command line, or another
file. Changes that all arms share come first; what is an arm's own comes on top of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from sim.errors import ScenarioError, UsageError
from sim.experiments.design import RANDOM, Design
from sim.experiments.disk import as_json
from sim.experiments.evidence import refuse_evidence
from sim.experiments.store import slug
from sim.model.changes import target
from sim.model.complete import complete, content_hash
from sim.model.diagnostics import Diagnostic, did_you_mean
from sim.model.load import Loaded, load_document
from sim.model.paths import PathError
from sim.model.reader import Document, read

BASE = "base"  # the case as its file describes it
OTHER_BASE = "as-it-is"  # its name where the file has a policy or variant of that name
Kind = Literal["base", "policy", "ad hoc", "variant", "file"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
_EXAMPLE = "write it as in --policy 'later: tracks.talks.first_round=60 days; mechanisms.expectation.hype=-0.2'"


@dataclass(frozen=True)
class Arm:
    """One of the scenarios that are compared."""

    name: str
    kind: Kind
    completed: dict[str, Any] = field(repr=False)
    label: str = ""
    description: str = ""
    sets: Mapping[str, Any] = field(default_factory=dict)  # what it changes, by path, beyond what all arms share
    options: tuple[str, ...] = ()  # words that make `sim run` play it, after the file
    source: str = ""  # the file, as it was named
    design: Design = RANDOM  # by which its histories are drawn, where a comparison does not say

    @property
    def folder(self) -> str:
        """Name of its result directory."""
        return slug(self.name)

    @cached_property
    def scenario_hash(self) -> str:
        """Hash of its completed scenario."""
        return content_hash(self.completed)

    @cached_property
    def substance(self) -> str:
        """Its scenario without the record of what was applied to it: arms that agree in it play the same histories."""
        return as_json({key: value for key, value in self.completed.items() if key != "applied"}, sort_keys=True)

    @property
    def classes(self) -> list[str]:
        """Ids of its outcome classes."""
        return [item["class"] for item in self.completed["outcomes"]]


@dataclass(frozen=True)
class Arms:
    """The arms of a comparison, the first of which is the reference unless another is named; and remarks on them."""

    arms: tuple[Arm, ...]
    reference: str
    warnings: tuple[Diagnostic, ...] = ()

    def __getitem__(self, name: str) -> Arm:
        return next(arm for arm in self.arms if arm.name == name)

    @property
    def names(self) -> list[str]:
        """Names in order."""
        return [arm.name for arm in self.arms]

    @property
    def classes(self) -> list[str]:
        """Outcome classes that all arms have, in the order of the reference."""
        everywhere = set.intersection(*(set(arm.classes) for arm in self.arms))
        return [name for name in self[self.reference].classes if name in everywhere]

    def twins(self) -> list[tuple[str, str]]:
        """Pairs of arms whose scenarios are the same in everything that is played."""
        return [
            (one.name, two.name)
            for n, one in enumerate(self.arms)
            for two in self.arms[n + 1 :]
            if one.substance == two.substance
        ]


def arms_of(
    files: Sequence[tuple[str, str]],
    *,
    policies: Sequence[str] = (),
    written: Sequence[str] = (),
    variants: Sequence[str] = (),
    variant: str | None = None,
    changes: Sequence[str] = (),
    against: str | None = None,
) -> Arms:
    """The arms that a command asks for.

    Parameters
    ----------
    files : (name as typed, path) of each; several files are an arm each
    policies, variants : names in the file
    written : texts ``name: path=value; path=value``
    variant, changes : what all arms share, as ``--variant`` and ``--set`` of `sim run`
    against : name of the reference; by default the base, or the first file

    Raises
    ------
    UsageError
        Fewer than two arms; a name that is not in the file, given twice or not fit for a directory; a policy that sets nothing,
        or what a common change sets too; arms without a common class of outcome; something given.
    ScenarioError
        A scenario that cannot be used.
    """
    _refuse_twice(policies, "--policies")
    _refuse_twice(variants, "--variants")
    documents = [(name, read(path)) for name, path in files]
    made = _files(documents, policies, written, variants, variant, changes)
    if made is None:
        made = _of_one_file(*documents[0], policies, written, variants, variant, changes)
    arms, warnings = made
    _check_names(arms)
    if len(arms) < 2:
        raise UsageError(
            "there is nothing to compare: expected at least two arms, found one",
            hint="name policies of the file with --policies, write one with --policy, or name two files; `sim list` names those there are",
        )
    reference = arms[0].name if against is None else against
    names = [arm.name for arm in arms]
    if reference not in names:
        raise UsageError(f"--against {reference}: no arm of this name", hint=did_you_mean(reference, names, "arms"))
    for arm in arms:
        refuse_evidence(
            arm.completed,
            f"pairs need all histories of '{arm.name}', also those that do not fit what is given",
            "`sim run --given ...` of each arm tells of the histories that fit, each with its own",
        )
    found = Arms(tuple(arms), reference, tuple(dict.fromkeys(warnings)))
    if not found.classes:
        ends = "; ".join(f"'{arm.name}' ends as {', '.join(arm.classes)}" for arm in arms)
        raise UsageError(f"the arms have no class of outcome in common: {ends}", hint="give classes that mean the same the same name")
    return found


def _refuse_twice(names: Sequence[str], option: str) -> None:
    for name in names:
        if list(names).count(name) > 1:
            raise UsageError(f"{option}: '{name}' is named twice", hint="keep one of them")


def _check_names(arms: Sequence[Arm]) -> None:
    folders: dict[str, str] = {}
    for arm in arms:
        if arm.folder in folders:
            other = folders[arm.folder]
            shared = f"'{other}' and '{arm.name}' would share the directory {arm.folder}"
            what = f"'{arm.name}' is named twice" if other == arm.name else shared
            raise UsageError(what, hint="give one of them another name")
        folders[arm.folder] = arm.name


# Several files -------------------------------------------------------------------------------------------------------


def _files(
    documents: Sequence[tuple[str, Document]],
    policies: Sequence[str],
    written: Sequence[str],
    variants: Sequence[str],
    variant: str | None,
    changes: Sequence[str],
) -> tuple[list[Arm], list[Diagnostic]] | None:
    """An arm for each of several files; none where there is one."""
    if len(documents) == 1:
        return None
    given = [option for option, value in (("--policies", policies), ("--policy", written), ("--variants", variants)) if value]
    if given:
        raise UsageError(
            f"{' and '.join(given)} cannot stand beside several files: of which one would they be?",
            hint="compare the policies of each file by itself, or the files as they are",
        )
    arms, warnings = [], []
    options = _shared_options(variant, changes)
    for name, document in documents:
        loaded = load_document(document, variant, None, changes)
        warnings += loaded.warnings
        short = Path(name).stem if Path(name).suffix else name
        arms.append(Arm(short, "file", complete(loaded.spec), loaded.spec.title, loaded.spec.description, {}, options, name))
    return arms, warnings


def _shared_options(variant: str | None, changes: Sequence[str]) -> tuple[str, ...]:
    words = ["--variant", variant] if variant is not None else []
    for change in changes:
        words += ["--set", change]
    return tuple(words)


# One file ------------------------------------------------------------------------------------------------------------


def _of_one_file(
    name: str,
    document: Document,
    policies: Sequence[str],
    written: Sequence[str],
    variants: Sequence[str],
    variant: str | None,
    changes: Sequence[str],
) -> tuple[list[Arm], list[Diagnostic]]:
    if variants and variant is not None:
        raise UsageError("--variant and --variants cannot stand together: an arm has one variant", hint="leave --variant out")
    loaded = load_document(document, variant, None, changes)
    spec, shared = loaded.spec, _shared_options(variant, changes)
    for option, kind, names, known, others, other in (
        ("--policies", "policy", policies, spec.policies, spec.variants, "--variants"),
        ("--variants", "variant", variants, spec.variants, spec.policies, "--policies"),
    ):
        for item in names:
            if item not in known:
                plural = "policies" if kind == "policy" else "variants"
                hint = did_you_mean(item, known, plural) or f"the file has no `{plural}:`; write a policy with --policy"
                if item in others:
                    hint = f"the file has it on the other list: use {other} {item}"
                raise UsageError(f"{option}: unknown {kind} '{item}'", hint=hint)
    warnings = list(loaded.warnings)
    taken = {*policies, *variants}
    base = OTHER_BASE if BASE in taken else BASE
    arms = [Arm(base, "base", complete(spec), "The case as described", "", {}, shared, name)]
    for item in policies:
        change = spec.policies[item]
        _refuse_undone(document, item, change.set, changes)
        made = load_document(document, variant, item, changes)
        warnings += made.warnings
        arms.append(
            Arm(item, "policy", complete(made.spec), change.label or item, change.description or "", change.set,
                (*shared, "--policy", item), name)
        )  # fmt: skip
    for text in written:
        short, sets = written_policy(text)
        if short == base:
            raise UsageError(f"--policy '{short}': this is the name of the case as described", hint="choose another name")
        made, kept = _with_policy(document, short, sets, variant, changes)
        warnings += made.warnings
        own = [text.partition("=")[0].strip() for text in sets]
        found = made.spec.applied.set if made.spec.applied is not None else {}
        arms.append(
            Arm(short, "ad hoc", complete(made.spec), short, "", {path: found[path] for path in own},
                _shared_options(variant, [*kept, *sets]), name)
        )  # fmt: skip
    for item in variants:
        change = spec.variants[item]
        _refuse_undone(document, item, change.set, changes)
        made = load_document(document, item, None, changes)
        warnings += made.warnings
        arms.append(
            Arm(item, "variant", complete(made.spec), change.label or item, change.description or "", change.set,
                ("--variant", item, *shared), name)
        )  # fmt: skip
    return arms, warnings


def _refuse_undone(document: Document, name: str, sets: Mapping[str, Any], changes: Sequence[str]) -> None:
    """Refuse a common change of what a policy or variant sets: single changes come last, and it would be undone."""
    own = {_place(document, path) for path in sets}
    for change in changes:
        path = change.partition("=")[0].strip()
        if _place(document, path) in own:
            raise UsageError(
                f"--set {path}: '{name}' sets it too, and would be undone by it",
                hint="leave one of them out, or write the policy with --policy, which comes after --set",
            )


def _place(document: Document, path: str) -> tuple[Any, ...]:
    try:
        return tuple(target(path, document.data)[0])
    except PathError:
        return (path,)  # the reader says what is wrong with it


def _with_policy(
    document: Document, name: str, sets: Sequence[str], variant: str | None, changes: Sequence[str]
) -> tuple[Loaded, list[str]]:
    """The scenario under a written policy, and the common changes that it leaves as they are; faults are shown at the policy."""
    own = {_place(document, text.partition("=")[0].strip()) for text in sets}
    kept = [change for change in changes if _place(document, change.partition("=")[0].strip()) not in own]
    try:
        return load_document(document, variant, None, [*kept, *sets]), kept
    except ScenarioError as error:
        raise ScenarioError(
            [
                replace(item, file=f"--policy {name}") if isinstance(item, Diagnostic) and item.file == "--set" else item
                for item in error.diagnostics
            ]
            or str(error),
            hint=error.hint,
        ) from None


def written_policy(text: str) -> tuple[str, list[str]]:
    """Name and changes of a policy written as ``name: path=value; path=value``.

    Raises
    ------
    UsageError
        It has no name, or none that a directory can have; it sets nothing, or something twice.
    """
    name, colon, rest = text.partition(":")
    name = name.strip()
    if not colon or "=" in name:
        raise UsageError(f"--policy {text!r}: expected a name and a colon before the changes", hint=_EXAMPLE)
    if not _NAME.fullmatch(name):
        raise UsageError(f"--policy: expected a name of letters, digits, dots and dashes, found {name!r}", hint=_EXAMPLE)
    parts = [part.strip() for part in _split(rest) if part.strip()]
    if not parts:
        raise UsageError(f"--policy '{name}' sets nothing", hint=_EXAMPLE)
    for part in parts:
        path, sign, value = part.partition("=")
        if not sign or not path.strip() or not value.strip():
            raise UsageError(f"--policy '{name}': expected path=value, found {part!r}", hint=_EXAMPLE)
    paths = [part.partition("=")[0].strip() for part in parts]
    for path in paths:
        if paths.count(path) > 1:
            raise UsageError(f"--policy '{name}' sets '{path}' twice", hint="keep one of them")
    return name, parts


def _split(text: str) -> list[str]:
    """The parts between semicolons that stand outside quotes and brackets."""
    parts, depth, quote = [""], 0, ""
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth = max(0, depth - 1)
        elif letter == ";" and depth == 0:
            parts.append("")
            continue
        parts[-1] += letter
    return parts
