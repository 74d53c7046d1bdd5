"""A parameter that is a plain number in the file is the short form of one in braces, wherever it is read."""

from __future__ import annotations

import jsonschema
import pytest

from sim.errors import ScenarioError
from sim.model import schema
from sim.model.complete import complete, content_hash, to_yaml
from sim.model.explain import explain, unsourced
from sim.model.load import load_document, load_scenario
from sim.model.reader import read_text
from tests.played import game_scenario

MOVES = {"draw": {"kind": "chance", "options": {"x": {"probability": "p"}, "y": {}}}}


def loaded(parameter, **changes):
    data = game_scenario({"players": {}, "first": "draw", "moves": MOVES}) | {"parameters": {"p": parameter}}
    return load_document(read_text(to_yaml(data, header=False), "test.yaml"), **changes)


def test_both_forms_are_the_same_scenario():
    short, long = (complete(loaded(form).spec) for form in (0.9, {"number": 0.9}))
    assert short["parameters"] == {"p": {"number": 0.9}}
    assert content_hash(short) == content_hash(long)


@pytest.mark.parametrize("path", ["p", "p.number", "p.number.value"])
def test_a_plain_parameter_is_changed_by_path(path):
    spec = loaded(0.9, overrides=[f"parameters.{path}=.2"]).spec
    assert spec.parameters["p"].number.value == 0.2


def test_a_plain_parameter_takes_the_long_form_when_a_part_of_it_is_set():
    spec = loaded(0.9, overrides=["parameters.p.label=chance", "parameters.p.number.range=[.1, .95]"]).spec
    assert (spec.parameters["p"].label, spec.parameters["p"].number.value) == ("chance", 0.9)
    assert spec.parameters["p"].number.range == (0.1, 0.95)


def test_all_parameters_may_be_set_at_once():
    assert loaded(0.9, overrides={"parameters": {"p": 0.3}}).spec.parameters["p"].number.value == 0.3


@pytest.mark.parametrize(("wrong", "expected"), [(True, "number"), ("many", "number"), ([0.1], "mapping")])
def test_nothing_but_a_number_is_a_short_form(wrong, expected):
    with pytest.raises(ScenarioError, match=f"expected a {expected}, found") as caught:
        loaded(wrong)
    (fault,) = caught.value.diagnostics
    assert fault.path[:2] == ("parameters", "p") and fault.hint and fault.source_line.strip().startswith("p: ")


def test_a_fault_of_a_plain_parameter_is_shown_at_its_line():
    data = game_scenario({"players": {}, "first": "draw", "moves": MOVES}, {"q": 1}) | {"parameters": {"q": 1, "p": 123}}
    with pytest.raises(ScenarioError) as caught:
        load_document(read_text(to_yaml(data, header=False).replace("123", "1e999"), "test.yaml"))
    assert [item.source_line.strip() for item in caught.value.diagnostics] == ["p: 1e999"]


def test_a_plain_number_is_as_unsourced_as_one_in_braces():
    assert unsourced(loaded(0.9).spec) == unsourced(loaded({"number": 0.9}).spec) == ["parameters.p.number"]
    assert unsourced(loaded({"number": 0.9, "source": "invented"}).spec) == []


def test_a_plain_parameter_is_explained_as_a_number():
    short, long = (explain(loaded(form).spec, "parameters.p") for form in (0.9, {"number": 0.9}))
    assert short == long and short[0].value == "0.9"


def test_the_schema_accepts_both_forms_and_no_text():
    data = complete(load_scenario("theory/chicken"))
    validator = jsonschema.Draft202012Validator(schema.schema())
    name = next(iter(data["parameters"]))
    for form, is_valid in ((0.9, True), ({"number": 0.9}, True), ("many", False), ({"value": 0.9}, False)):
        assert validator.is_valid({**data, "parameters": {**data["parameters"], name: form}}) is is_valid
