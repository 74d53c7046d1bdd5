"""What the checker says beside faults, and what it knows of the figures that targets name."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim import resources
from sim.errors import ScenarioError
from sim.model.diagnostics import comma_hint, render
from sim.model.load import MAX_FAULTS, check_named_changes, load, load_scenario
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


def changed_summit(change, tmp_path):
    text = resources.scenario_path("summit").read_text("utf-8")
    path = tmp_path / "summit.yaml"
    path.write_text(text.replace("\nvariants:\n", f"\nvariants:\n  mine: {{set: {{{change}}}}}\n"), "utf-8")
    return load(path, "mine"), path


def test_a_change_beyond_a_declared_range_is_played_with_a_remark_that_names_it():
    (remark,) = load("summit", overrides=["mechanisms.expectation.hype=25"]).warnings
    assert "25 lies outside the declared range [-0.25, 0.25] (lever managed_expectation)" in remark.text
    assert remark.file == "--set" and remark.source_line == "mechanisms.expectation.hype=25"
    assert "{value: 25, range: [-0.25, 25]}" in remark.hint


def test_a_time_is_compared_in_the_unit_of_the_range():
    (remark,) = load("summit", overrides=["tracks.summit.delay=400 days"]).warnings
    assert "[30, 270] (lever time_to_meeting) and [75, 110] (its own `range:`)" in remark.text


@pytest.mark.parametrize(
    "change",
    [
        "mechanisms.expectation.hype=.25",  # the end belongs to the range
        "tracks.summit.delay=200 days",  # within the lever's range, outside its own
        "actors.ROK.harm_of_war={value: 9, range: [0, 10]}",  # brings its own
    ],
)
def test_no_remark_within_a_declared_range(change):
    assert load("summit", overrides=[change]).warnings == ()


def test_a_variant_beyond_a_range_is_told_when_played_and_when_the_file_is_checked(tmp_path):
    loaded, path = changed_summit("actors.ROK.harm_of_war: 9", tmp_path)
    (remark,) = loaded.warnings
    assert "9 lies outside the declared range [0.5, 3]" in remark.text and "harm_of_war: 9" in remark.source_line
    assert check_named_changes(load(path)) == (remark,)


def test_a_range_that_a_variant_declares_holds_for_what_is_set_on_top_of_it():
    change = ["actors.ROK.harm_of_war=4"]
    (remark,) = load("summit", "no-allies-on-the-receiving-end", overrides=change).warnings
    assert "[0, 3]" in remark.text


def test_what_is_set_below_something_switched_off_is_told_on_one_line():
    loaded = load("summit", "no-summit", "late-summit")
    (remark,) = loaded.warnings
    assert remark.text == (
        "policy 'late-summit' sets tracks.summit.delay, which nothing reads: tracks.summit is switched off"
    )
    assert "\n" not in render([remark])
    (remark,) = load("summit", "no-summit", overrides=["tracks.summit.mandate.guar.max=.5"]).warnings
    assert remark.text.startswith("--set tracks.summit.mandate.guar.max, which nothing reads")
    assert load("summit", "no-summit", overrides=["tracks.summit.enabled=true"]).warnings == ()
    assert load("summit", None, "late-summit").warnings == ()


def test_the_shipped_variants_and_policies_give_no_remark():
    assert check_named_changes(load("summit")) == ()


def test_a_value_beyond_its_range_that_nothing_reads_is_told_both():
    warnings = load("summit", overrides=["tracks.summit.enabled=false", "tracks.summit.delay=5 days"]).warnings
    texts = sorted(remark.text for remark in warnings)
    assert len(texts) == 2
    assert "nothing reads" in texts[0] and "lies outside the declared range" in texts[1]


@pytest.mark.parametrize(
    ("written", "hint"),
    [("0,5", "write 0.5"), ("0,125", "write 0.125"), ("0,500", "write 0.500"), ("-1,25", "write -1.25"), ("1234,5", "write 1234.5"),
     ("12,000", "write 12000 if thousands are meant, 12.000 if decimals are")],
)  # fmt: skip
def test_digits_with_a_comma_are_read_as_people_write_them(written, hint):
    assert comma_hint(written) == hint


@pytest.mark.parametrize(("change", "fixes"), [("actors.ada.patience=.3", True), ("actors.bob.patience=.3", False)])
def test_only_a_change_of_an_uncertainty_itself_excuses_that_it_is_constant(change, fixes):
    """What `sim validate` refuses is not played because something else was set."""
    path = Path(__file__).resolve().parents[2] / "spec" / "invalid" / "uncertainty_is_constant.yaml"
    if fixes:
        load(path, overrides=[change])
    else:
        with pytest.raises(ScenarioError, match="is a constant"):
            load(path, overrides=[change])
