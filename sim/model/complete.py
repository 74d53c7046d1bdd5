"""The completed form of a scenario: every value present, changes applied, and its content hash.

People write the short form, with defaults left out; machines run the completed one. Variants, policies and strategies are gone from
it: what was applied has become part of the values, and its name is kept under ``applied``. Completing a completed
scenario changes nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import yaml

from sim.model.spec.scenario import ScenarioSpec, validation_context
from sim.model.theory import solution_of

LINE_WIDTH = 110


def complete(spec: ScenarioSpec) -> dict[str, Any]:
    """The scenario as plain data with every value present: times in its time unit, every package on every issue.

    What has no value at all (an absent red line, a track without a deadline) stays absent.
    """
    data = spec.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"variants", "policies", "strategies"})
    start = {name: issue.start for name, issue in spec.issues.items()}
    for package in data["packages"].values():
        package["levels"] = {name: package["levels"].get(name, level) for name, level in start.items()}
    if spec.theory is not None and not spec.theory.solved:
        data["theory"]["solved"] = solution_of(spec)
    return data


def spec_of(completed: Mapping[str, Any]) -> ScenarioSpec:
    """The scenario of a completed form."""
    return ScenarioSpec.model_validate(completed, context=validation_context(completed))


def content_hash(completed: Mapping[str, Any]) -> str:
    """SHA-256 of the completed form: of its JSON with sorted keys, UTF-8, no spaces.

    The order of mappings in the file does not enter; that of lists, which carries meaning, does.
    """
    text = json.dumps(completed, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


class _Dumper(yaml.SafeDumper):
    """YAML that the scenario reader accepts: no anchors, shortest numbers, lists of values on one line."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _float(dumper: yaml.SafeDumper, value: float) -> yaml.Node:
    text = repr(value)
    if text.endswith(".0"):
        return dumper.represent_scalar("tag:yaml.org,2002:int", text[:-2])
    if "." not in text:
        text = text.replace("e", ".0e")  # what YAML knows as a number
    return dumper.represent_scalar("tag:yaml.org,2002:float", text)


def _list(dumper: yaml.SafeDumper, value: list[Any]) -> yaml.Node:
    flow = all(not isinstance(item, (dict, list)) for item in value) and sum(len(str(item)) for item in value) < 200
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=flow)


def _mapping(dumper: yaml.SafeDumper, value: dict[str, Any]) -> yaml.Node:
    return dumper.represent_mapping("tag:yaml.org,2002:map", value.items(), flow_style=not value)


_Dumper.add_representer(float, _float)
_Dumper.add_representer(list, _list)
_Dumper.add_representer(dict, _mapping)


def to_yaml(completed: Mapping[str, Any], *, header: bool = True) -> str:
    """The completed form as a scenario file, by default headed by its content hash."""
    body = yaml.dump(dict(completed), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=LINE_WIDTH)
    if not header:
        return body
    return f"# Completed form of '{completed['id']}', every value present.\n# sha256 {content_hash(completed)}\n{body}"
