"""Which values of a scenario a variant, a policy, a strategy, a lever or ``--set`` may change, named by path."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from sim.model.diagnostics import Path
from sim.model.paths import PathError, lookup, split
from sim.model.spec.scenario import ScenarioSpec

FIXED = ("schema_version", "variants", "policies", "strategies", "applied")  # what a change may not touch


def target(text: str, data: Any, value: Any = None, model: type[BaseModel] = ScenarioSpec) -> tuple[Path, Any]:
    """The path that a change names and what may stand there; ``model`` is the kind of file.

    A plain ``value`` for a parameter is meant for its number, so that the parameter keeps its label.

    Raises
    ------
    PathError
        It leads nowhere, or to something that changes may not touch.
    """
    parts = split(text)
    if parts[0] in FIXED:
        raise PathError(f"'{parts[0]}' cannot be changed by path", 0, "change the file")
    if len(parts) == 2 and parts[0] == "parameters" and value is not None and not isinstance(value, dict):
        try:
            return lookup((*parts, "number"), data, model)
        except PathError as error:
            raise PathError(error.message, error.part, error.hint.replace(".number'", "'")) from None
    return lookup(parts, data, model)
