"""The published schema describes what people write, completely, and accepts what the loader accepts."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from sim import resources
from sim.model import schema
from sim.model.complete import complete
from sim.model.load import load, load_document, load_scenario
from sim.model.reader import read, read_text
from sim.model.starter import starter_text

HERE = Path(__file__).parent
FILES = [*sorted((HERE / "valid").glob("*.yaml")), *(resources.scenario_path(n) for n in resources.list_scenarios())]
VALIDATOR = jsonschema.Draft202012Validator(schema.schema())


def faults(data) -> list[str]:
    return [f"{list(fault.absolute_path)}: {fault.message[:200]}" for fault in VALIDATOR.iter_errors(data)]


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(schema.schema())


def test_the_checked_in_file_is_fresh():
    assert json.loads(schema.path().read_text(encoding="utf-8")) == schema.schema()


def test_every_field_has_a_description():
    whole = schema.schema()
    missing = []
    for name, definition in [("scenario", whole), *whole["$defs"].items()]:
        for field, item in definition.get("properties", {}).items():
            reference = item.get("$ref", "").rpartition("/")[2]
            if not item.get("description") and not whole["$defs"].get(reference, {}).get("description"):
                missing.append(f"{name}.{field}")
    assert missing == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_accepts_both_forms_of_every_scenario(path):
    assert faults(read(path).data) == []
    assert faults(complete(load_scenario(path))) == []


@pytest.mark.parametrize(
    "name", ["unknown_key_in_actor", "missing_title", "unknown_protocol", "level_above_one", "number_in_words"]
)
def test_it_refuses_wrong_shapes(name):
    assert faults(read(HERE / "invalid" / f"{name}.yaml").data)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_shipped_files_name_it(path):
    if path.parent.name == "scenarios":
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert first.startswith("# yaml-language-server: $schema=")
        assert (path.parent / first.partition("=")[2]).resolve() == schema.path()


def test_the_starter_is_valid_and_commented():
    text = starter_text("my-case")
    loaded = load_document(read_text(text, "my-case.yaml"))
    assert loaded.spec.id == "my-case"
    assert loaded.warnings == ()
    assert faults(read_text(text).data) == []
    assert text.count("#") >= 15


def test_a_starter_written_to_a_file_loads(tmp_path):
    path = tmp_path / "strait.yaml"
    path.write_text(starter_text("strait", title='The "strait"'), encoding="utf-8")
    assert load(path).spec.title == "The 'strait'"


def test_a_title_with_a_backslash_is_written_as_it_is(tmp_path):
    path = tmp_path / "share.yaml"
    path.write_text(starter_text("share", title="a\\qb"), encoding="utf-8")
    assert load(path).spec.title == "a\\qb"
