"""Second codings: what the codebook demands of a file, how agreement is measured, and what the page shows."""

from __future__ import annotations

import itertools
import re
from copy import deepcopy

import pytest
import yaml

from sim.model.complete import complete
from sim.model.load import load_scenario
from tools import codings, two_codings

ALL = codings.codings()
SUMMIT = "summit"


@pytest.fixture(params=ALL, ids=lambda coding: coding.name)
def coding(request) -> codings.Coding:
    """Each coding in turn."""
    return request.param


def test_the_summit_and_a_case_of_the_past_are_coded_twice():
    assert [item.scenario["id"] for item in ALL] == ["six-party-2007", SUMMIT]


def test_every_value_is_marked_and_the_coding_says_what_it_is(coding):
    assert coding.data["coding"] == "second model coding"
    assert "not expert coding" in coding.data["coder"]
    assert {item.ground for item in coding.values} == {"looked_up", "memory"}
    assert coding.data["as_of"].isoformat() == str(coding.scenario["start"])


def test_the_variant_of_the_scenario_has_the_coded_values(coding):
    played = complete(load_scenario(codings.ROOT / coding.data["scenario"], codings.VARIANT))
    for item in coding.values:
        place = played
        for word in item.path.removesuffix(".value").split("."):
            place = place[word]
        if item.kind == "lifted_at":
            assert float(str(place).rpartition(" ")[2]) == item.second, item.path
        else:
            assert (place["value"] if isinstance(place, dict) else place) == pytest.approx(item.second, abs=1e-12), item.path


def test_the_first_coding_is_what_the_scenario_says(coding):
    first = {item.path: item.first for item in coding.values}
    assert first["actors.USA.utility.issues.denuc.weight"] == coding.scenario["actors"]["USA"]["utility"]["issues"]["denuc"]["weight"]
    assert first["actors.PRK.red_lines.arsenal.unless"] == 0.4  # from the condition `credibility.PRK > .40`


def test_points_become_hundredths_that_sum_to_one():
    assert codings.weights({"a": 10, "b": 5, "c": 5}) == {"a": 0.5, "b": 0.25, "c": 0.25}
    thirds = codings.weights({"a": 1, "b": 1, "c": 1})
    assert sorted(thirds.values()) == [0.33, 0.33, 0.34]
    with pytest.raises(codings.CodingError, match="sum to 0"):
        codings.weights({"a": 0, "b": 0})


def _first_salience(data, change):
    change(data["actors"]["USA"]["issues"]["denuc"]["salience"])


FAULTS = {
    "an issue left out": (lambda data: data["actors"]["USA"]["issues"].pop("cbm"), r"actors.USA.issues: not coded: cbm"),
    "an actor left out": (lambda data: data["actors"].pop("RUS"), r"actors: not coded: RUS"),
    "no mark": (lambda data: _first_salience(data, lambda v: v.pop("ground")), r"denuc.weight: expected the mark looked_up or memory"),
    "looked up nowhere": (lambda data: _first_salience(data, lambda v: v.pop("sources")), "what is looked up names its sources"),
    "memory with a source": (lambda data: _first_salience(data, lambda v: v.update(ground="memory")), "what is from memory has none"),
    "no such claim": (
        lambda data: _first_salience(data, lambda v: v.update(sources=["seeds/rp-2018-03#nothing"])), "there is no such claim"
    ),
    "a row that came later": (
        lambda data: _first_salience(data, lambda v: v.update(sources=["data/dprk-timeline@2019-02-28"])),
        "no row of that day is known before 2018-03-09",
    ),
    "points off the scale": (lambda data: _first_salience(data, lambda v: v.update(value=11)), "expected points from 0 to 10, found 11"),
    "a grade that is none": (
        lambda data: data["actors"]["PRK"]["red_lines"]["arsenal"]["probability"].update(value=0.8), "expected one of the grades"
    ),
    "survival left out": (lambda data: data["actors"]["PRK"].pop("survival"), "survival is coded where the scenario has the term"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_coding_that_breaks_a_rule_is_refused(fault, tmp_path):
    change, told = FAULTS[fault]
    data = deepcopy(dict(next(item for item in ALL if item.name == SUMMIT).data))
    change(data)
    path = tmp_path / "planted.yaml"
    path.write_text(yaml.safe_dump(data), "utf-8")
    with pytest.raises(codings.CodingError, match=told):
        codings.read(path)


def test_alpha_is_that_of_its_definition():
    """Krippendorff (2019): observed disagreement within units over that between any two of all values."""
    first, second = [0.1, 0.4, 0.3, 0.2, 0.0], [0.2, 0.4, 0.1, 0.2, 0.1]
    values = first + second
    observed = sum((a - b) ** 2 for a, b in zip(first, second, strict=True)) / len(first)
    expected = sum((a - b) ** 2 for a, b in itertools.permutations(values, 2)) / (len(values) * (len(values) - 1))
    assert two_codings.alpha(first, second) == pytest.approx(1 - observed / expected)
    assert two_codings.alpha(first, first) == 1
    assert two_codings.alpha([0, 1], [1, 0]) < 0


def test_agreement_counts_what_is_the_same(coding):
    found = two_codings.agreement(coding.values, "ideal")
    assert found.number == sum(len(actor["issues"]) for actor in coding.data["actors"].values())
    assert found.equal == sum(abs(item.difference) < 0.005 for item in coding.values if item.kind == "ideal")
    assert found.low <= found.alpha <= found.high <= 1
    assert found.largest == pytest.approx(abs(two_codings.ordered([v for v in coding.values if v.kind == "ideal"])[0].difference))


def test_the_page_says_what_it_is_and_its_shares_add_up():
    page = (codings.ROOT / two_codings.PAGE).read_text("utf-8")
    assert "second model coding, not expert coding" in page and "source of uncertainty" in page.lower()
    tables = re.findall(r"^\| outcome \|.*?\n\|.*?\n((?:\|.*\n)+)", two_codings.shown() + "\n", re.M)
    assert len(tables) == len(ALL)
    for text in tables:
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()]
        for column in (1, 2, 4, 5, 6):
            assert sum(float(row[column].rstrip("%")) for row in rows) == pytest.approx(100, abs=0.5)
        for row in rows:
            assert float(row[2].rstrip("%")) - float(row[1].rstrip("%")) == pytest.approx(float(row[3].split()[0]), abs=0.11)


def test_the_command_prints_both_and_refuses_an_unknown_one(capsys):
    assert codings.main(["disagreements", SUMMIT]) == 0
    assert capsys.readouterr().out.count("\n| ") >= 86
    assert codings.main(["variant", "nothing"]) == 2
    assert "nothing" in capsys.readouterr().err
