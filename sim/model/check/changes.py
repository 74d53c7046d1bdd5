"""Variants and policies: their paths lead somewhere, and their values fit there."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from sim.model.changes import target
from sim.model.check.checker import Checker
from sim.model.diagnostics import Path
from sim.model.paths import PathError
from sim.model.spec.scenario import validation_context


def check_changes(checker: Checker) -> None:
    """Paths of variants and policies lead somewhere, and their values fit there."""
    context = validation_context(checker.data)
    for group in ("variants", "policies"):
        for name, change in getattr(checker.spec, group).items():
            for text, value in change.set.items():
                path: Path = (group, name, "set", text)
                try:
                    _, place = target(text, checker.data)
                except PathError as error:
                    checker.add(path, error.message, hint=error.hint, at_key=True)
                    continue
                try:
                    _adapter(place.annotation).validate_python(value, context=context)
                except ValidationError as error:
                    from sim.model.structure import report

                    report(error, value, checker.add, base=path)


@lru_cache(maxsize=512)
def _adapter(annotation: Any) -> TypeAdapter[Any]:
    return TypeAdapter(annotation)
