"""What the checker says beside faults, and what it knows of the figures that targets name."""

from __future__ import annotations

import pytest

from sim.errors import ScenarioError
from sim.model.load import MAX_FAULTS, load, load_scenario
from sim.model.starter import starter_text


@pytest.fixture
def write(tmp_path):
    def written(old: str, new: str) -> str:
        text = starter_text("rivers")
        assert old in text
        path = tmp_path / "rivers.yaml"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return str(path)

    return written


def test_many_remarks_refuse_nothing(write):
    """A guess that grounds nothing is remarked upon, however many there are."""
    sources = "".join(f"  unused{n}: {{title: Unused, kind: judgement}}\n" for n in range(2 * MAX_FAULTS))
    loaded = load(write("sources:\n", f"sources:\n{sources}"))
    assert loaded.spec.id == "rivers"


def test_a_target_may_name_a_mark_under_the_counter_of_its_hazard(write):
    hazard = "  drought:\n    counts_as: dry\n    split: {big: .5, small: .5}\n"
    path = write("  drought:\n", hazard)
    assert load_scenario(path, overrides={"targets": [{"figure": "share:count:events.dry.big>=1", "high": 1}]})
    with pytest.raises(ScenarioError, match="bigg"):
        load_scenario(path, overrides={"targets": [{"figure": "share:count:events.dry.bigg>=1", "high": 1}]})


def test_a_variant_asked_for_as_a_policy_is_told():
    for words in ({"policy": "no-summit"}, {"variant": "maximum-pressure"}):
        with pytest.raises(ScenarioError) as caught:
            load_scenario("summit", **words)
        other = "variant" if "policy" in words else "policy"
        assert f"--{other} {next(iter(words.values()))}" in caught.value.diagnostics[0].hint
