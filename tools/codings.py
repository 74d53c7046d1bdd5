"""Second codings of actors: files under ``scenarios/codings/``, read and checked by the rules of docs/codebook.md.

    python -m tools.codings            what differs from the values of the scenario
    python -m tools.codings variant    the variant to paste into the scenario, as YAML

A coding gives points of salience, which become weights here, ideals and red lines; everything else stays as the scenario has it. So a
coding is a set of changes of its scenario, and the scenario has it as the variant `second-coding`.
"""

from __future__ import annotations

import argparse
import math
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path("scenarios/codings")
VARIANT = "second-coding"
GROUNDS = ("looked_up", "memory")
GRADES = {"probability": (0.1, 0.25, 0.5, 0.75, 0.9), "lifted_at": (0.1, 0.25, 0.5, 0.75, 0.9)}
_LIFTED = re.compile(r"(?P<before>credibility\.\w+ > )(?P<level>\d*\.?\d+)")
_SOURCE = re.compile(r"data/(?P<table>[\w-]+)(?:@(?P<date>\d{4}-\d\d-\d\d))?|seeds/(?P<seed>[\w-]+)#(?P<claim>[\w-]+)")


class CodingError(ValueError):
    """A coding that breaks a rule of the codebook; says the file and the place."""


@dataclass(frozen=True)
class Value:
    """One coded value beside the scenario's own."""

    actor: str  # label
    what: str  # label of the issue, of the red line or of survival
    kind: str  # weight, ideal, line (level of a red line), probability, lifted_at
    path: str  # of the scenario
    first: float
    second: float
    ground: str
    sources: tuple[str, ...]
    doubt: str

    @property
    def difference(self) -> float:
        """The second less the first."""
        return self.second - self.first


@dataclass(frozen=True)
class Coding:
    """A checked coding and the scenario that it is of."""

    file: str
    data: Mapping[str, Any]
    scenario: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return Path(self.file).stem

    @property
    def title(self) -> str:
        """Title of the scenario."""
        return str(self.scenario["title"])

    @cached_property
    def values(self) -> list[Value]:
        """All coded values, in the order of the file."""
        return [item for name, actor in self.data["actors"].items() for item in _values(self, name, actor)]

    @property
    def changes(self) -> dict[str, Any]:
        """Path and value of everything that the coding puts into the scenario."""
        found: dict[str, Any] = {}
        for item in self.values:
            if item.kind == "lifted_at":
                text = str(_lookup(self.scenario, item.path))
                found[item.path] = _LIFTED.sub(lambda match, level=item.second: f"{match['before']}{level:g}", text)
            else:
                found[item.path] = item.second
        return found


def codings() -> list[Coding]:
    """All codings in the checkout."""
    return [read(path) for path in sorted((ROOT / FOLDER).glob("*.yaml"))]


def read(path: Path) -> Coding:
    """A coding, checked against the scenario that it names and against the sources that it cites.

    Raises
    ------
    CodingError
        A value is missing, unknown, off its scale, without a mark, or rests on a source that is not there or is too late.
    """
    shown = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.as_posix()
    data = yaml.safe_load(path.read_text("utf-8"))
    if missing := [key for key in ("coding", "scenario", "as_of", "coder", "actors") if key not in data]:
        raise CodingError(f"{shown}: no {missing[0]}")
    file = ROOT / data["scenario"]
    if not file.is_file():
        raise CodingError(f"{shown}: there is no {data['scenario']}")
    found = Coding(shown, data, yaml.safe_load(file.read_text("utf-8")))
    _same(shown, "actors", data["actors"], found.scenario["actors"])
    for item in found.values:
        _check(found, item)
    return found


def weights(points: Mapping[str, float]) -> dict[str, float]:
    """Points shared out: hundredths that sum to 1, those cut off most being rounded up."""
    total = sum(points.values())
    if total <= 0:
        raise CodingError("points that sum to 0 give no weights")
    exact = {name: 100.0 * value / total for name, value in points.items()}
    found = {name: math.floor(value) for name, value in exact.items()}
    rest = sorted(exact, key=lambda name: (found[name] - exact[name], name))
    for name in rest[: 100 - sum(found.values())]:
        found[name] += 1
    return {name: value / 100 for name, value in found.items()}


def _values(coding: Coding, name: str, actor: Mapping[str, Any]) -> Iterator[Value]:
    there = coding.scenario["actors"][name]
    utility, at, label = there["utility"], f"actors.{name}", there.get("label", name)
    _same(coding.file, f"{at}.issues", actor["issues"], utility["issues"])
    _same(coding.file, f"{at}.red_lines", actor.get("red_lines") or {}, there.get("red_lines") or {})
    if ("survival" in actor) != ("survival" in utility):
        raise CodingError(f"{coding.file}: {at}: survival is coded where the scenario has the term, and nowhere else")
    coded = {issue: item["salience"] for issue, item in actor["issues"].items()}
    if "survival" in actor:
        coded["survival"] = actor["survival"]["salience"]
    for issue, item in coded.items():
        if not 0 <= item["value"] <= 10:
            raise CodingError(f"{coding.file}: {at}.{issue}: expected points from 0 to 10, found {item['value']}")
    shares = weights({issue: item["value"] for issue, item in coded.items()})
    for issue, item in coded.items():
        path = f"{at}.utility.survival.weight" if issue == "survival" else f"{at}.utility.issues.{issue}.weight"
        what = "survival" if issue == "survival" else _label(coding, issue)
        yield _value(coding, label, what, "weight", path, item, shares[issue])
    for issue, item in actor["issues"].items():
        path = f"{at}.utility.issues.{issue}.ideal"
        yield _value(coding, label, _label(coding, issue), "ideal", path, item["ideal"], item["ideal"]["value"])
    for line, item in (actor.get("red_lines") or {}).items():
        for key, said in item.items():
            kind = "line" if key in ("max", "min") else key
            last = {"probability": "probability.value", "lifted_at": "unless"}.get(key, key)
            path = f"{at}.red_lines.{line}.{last}"
            yield _value(coding, label, there["red_lines"][line].get("label", line), kind, path, said, said["value"])


def _value(coding: Coding, actor: str, what: str, kind: str, path: str, said: Mapping[str, Any], second: float) -> Value:
    first = _lookup(coding.scenario, path)
    if first is None:
        raise CodingError(f"{coding.file}: the scenario has nothing at {path}")
    if kind == "lifted_at":
        match = _LIFTED.fullmatch(str(first))
        if match is None:
            raise CodingError(f"{coding.file}: {path}: '{first}' is no threshold of credibility alone")
        first = match["level"]
    if isinstance(first, Mapping):
        first = first["value"]
    sources = tuple(said.get("sources") or ())
    return Value(actor, what, kind, path, float(first), float(second), said.get("ground", ""), sources, said.get("doubt", ""))


def _check(coding: Coding, item: Value) -> None:
    at = f"{coding.file}: {item.path}"
    grades = GRADES.get(item.kind)
    if grades is not None and item.second not in grades:
        raise CodingError(f"{at}: expected one of the grades {', '.join(map(str, grades))}, found {item.second:g}")
    if not 0 <= item.second <= 1:
        raise CodingError(f"{at}: expected a number from 0 to 1, found {item.second:g}")
    if item.ground not in GROUNDS:
        raise CodingError(f"{at}: expected the mark {' or '.join(GROUNDS)}, found '{item.ground}'")
    if bool(item.sources) != (item.ground == "looked_up"):
        raise CodingError(f"{at}: what is looked up names its sources, what is from memory has none")
    for source in item.sources:
        if trouble := trouble_with(source, str(coding.data["as_of"])):
            raise CodingError(f"{at}: {source}: {trouble}")


@cache
def trouble_with(source: str, as_of: str) -> str:
    """Why a source may not be cited for a case as of a day; empty where it may."""
    from sim.errors import SimError
    from sim.model.datasets.load import load_dataset

    match = _SOURCE.fullmatch(source)
    if match is None:
        return "expected data/NAME@DATE, data/NAME or seeds/NAME#CLAIM"
    if match["seed"]:
        path = ROOT / "seeds" / f"{match['seed']}.yaml"
        claims = yaml.safe_load(path.read_text("utf-8"))["claims"] if path.is_file() else []
        return "" if match["claim"] in {claim["id"] for claim in claims} else "there is no such claim"
    try:
        known = load_dataset(match["table"], before=as_of)
    except SimError as error:
        return str(error)
    days = {str(row.get(name)) for row in known.rows for name in ("date", "start")}
    return "" if match["date"] is None or match["date"] in days else f"no row of that day is known before {as_of}"


def _same(shown: str, at: str, coded: Mapping[str, Any], there: Mapping[str, Any]) -> None:
    if set(coded) != set(there):
        missing, more = sorted(set(there) - set(coded)), sorted(set(coded) - set(there))
        told = f"not coded: {', '.join(missing)}" if missing else f"not in the scenario: {', '.join(more)}"
        raise CodingError(f"{shown}: {at}: {told}")


def _label(coding: Coding, issue: str) -> str:
    return str(coding.scenario["issues"][issue].get("label", issue))


def _lookup(scenario: Mapping[str, Any], path: str) -> Any:
    place: Any = scenario
    for word in path.split("."):
        if not isinstance(place, Mapping):
            return place if word == "value" else None  # a bare number where a mapping could stand
        place = place.get(word)
    return place


def variant(coding: Coding) -> str:
    """The variant of the scenario that the coding is, as YAML; what both codings have alike is left out."""
    alike = {item.path for item in coding.values if abs(item.difference) < 1e-9}
    told = [f"  {VARIANT}:", "    label: Second model coding", "    description: >-"]
    told.append(f"      Weights, ideals and red lines as {coding.file} codes them from docs/codebook.md. A second model")
    told += ["      coding, not expert coding.", "    set:"]
    for path, value in coding.changes.items():
        if path not in alike:
            told.append(f"      {path}: {value if isinstance(value, str) else f'{value:g}'.replace('0.', '.', 1)}")
    return "\n".join(told)


def main(arguments: list[str] | None = None) -> int:
    """Read the arguments and print."""
    parser = argparse.ArgumentParser(prog="python -m tools.codings", description=__doc__.split("\n")[0])
    parser.add_argument("what", nargs="?", choices=["disagreements", "variant"], default="disagreements")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these codings")
    options = parser.parse_args(arguments)
    try:
        found = [read(ROOT / FOLDER / f"{name}.yaml") for name in options.names] if options.names else codings()
    except (CodingError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for coding in found:
        if options.what == "variant":
            print(variant(coding))
        else:
            from tools import two_codings

            print(f"{coding.title}\n\n{two_codings.all_values(coding)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
