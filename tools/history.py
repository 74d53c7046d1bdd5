"""The cases of the back-test: what each codes otherwise, written over the scenario whose structure they share.

The scenario language has no inclusion: a run must stand on one file. So that structure (how talks, crises and agreements work, and with
which coefficients) is the same in all cases and can be seen to be, a coding under ``scenarios/history/coding/`` says only what differs:

    from: summit           the scenario below, or another coding
    version: 1             its version; another one is refused, because a later one may know what came later
    drop: [paths]          what the case has not; without ``claims`` no claim is cited anywhere
    set: {path: value}     what it has instead; a value replaces what stands at the path, whole

A source that nothing left in a case cites goes with what cited it: a case names no record of what came after its day.

``./dev refresh history`` writes the scenario file of each.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
TOP = Path("scenarios")
FOLDER = TOP / "history"
CODINGS = FOLDER / "coding"
KEYS = {"from", "version", "drop", "set"}
WIDTH = 120


class Dumper(yaml.SafeDumper):
    """YAML as the scenario reader wants it: no anchors, small mappings in one line."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def write(root: Path) -> list[str]:
    """Writes all cases below ``root``; returns their paths."""
    (root / FOLDER).mkdir(parents=True, exist_ok=True)
    written = []
    for coding in sorted((ROOT / CODINGS).glob("*.yaml")):
        path = FOLDER / coding.name
        (root / path).write_text(text_of(coding), "utf-8")
        written.append(path.as_posix())
    return written


def text_of(coding: Path) -> str:
    """The scenario file of a coding."""
    shown = f"{CODINGS.as_posix()}/{coding.name}"
    below, scenario = _coded(coding, shown)
    schema = "# yaml-language-server: $schema=../../sim/schema/scenario.schema.json\n"
    head = f"# Made by `./dev refresh history` of {shown} and {below}; do not edit. Read {coding.stem}.md first.\n\n"
    body = "\n".join(
        yaml.dump({key: item}, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=WIDTH)
        for key, item in scenario.items()
    )
    return schema + head + body


def _coded(coding: Path, shown: str) -> tuple[str, dict[str, Any]]:
    """What a coding is written over, and the scenario that comes of it."""
    said = yaml.safe_load(coding.read_text("utf-8"))
    if set(said) != KEYS:
        raise SystemExit(f"{shown}: expected the keys {', '.join(sorted(KEYS))}")
    other = ROOT / CODINGS / f"{said['from']}.yaml"
    if other.is_file():
        below, (_, scenario) = other, _coded(other, f"{CODINGS.as_posix()}/{other.name}")
    else:
        below = ROOT / TOP / f"{said['from']}.yaml"
        scenario = yaml.safe_load(below.read_text("utf-8"))
    if scenario["version"] != said["version"]:
        raise SystemExit(
            f"{shown}: it is written over version {said['version']}, and {below.name} is version {scenario['version']}"
        )
    order = list(scenario)
    for path in said["drop"]:
        place, last = _at(scenario, path, shown)
        if last not in place:
            raise SystemExit(f"{shown}: there is nothing at {path} to drop")
        del place[last]
    for path, value in said["set"].items():
        place, last = _at(scenario, path, shown)
        place[last] = value
    scenario["id"] = coding.stem
    if "claims" not in scenario:
        scenario = _without_claims(scenario)
    cited = set(_words(scenario))
    scenario["sources"] = {key: source for key, source in scenario["sources"].items() if key in cited}
    order += [key for key in scenario if key not in order]
    return below.relative_to(ROOT).as_posix(), {key: scenario[key] for key in order if key in scenario}


def _without_claims(value: Any) -> Any:
    """What is left where no seed is cited; ``claim`` is a citation wherever it stands."""
    if isinstance(value, dict):
        return {key: _without_claims(item) for key, item in value.items() if key != "claim"}
    return [_without_claims(item) for item in value] if isinstance(value, list) else value


def _words(value: Any) -> Iterator[str]:
    """All texts that stand as a value, not as a key."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _words(item)
    elif isinstance(value, str):
        yield value


def _at(scenario: dict[str, Any], path: str, shown: str) -> tuple[dict[Any, Any], str]:
    """The mapping in which the last word of a path stands, and that word."""
    *way, last = path.split(".")
    place: Any = scenario
    for word in way:
        if not isinstance(place, dict) or word not in place:
            raise SystemExit(f"{shown}: there is no {word} on the way to {path}")
        place = place[word]
    return place, last
