"""A search in steps: stopped in the middle of one, the same call goes on to what an unbroken search finds; progress is that of all."""

from __future__ import annotations

import pytest

from sim.experiments.campaign_record import Clock, Interrupted
from tests.swept import sought

ASKED = ("0.8 * x", "share(war) >= 0.4")


def test_an_interrupted_search_goes_on_by_the_same_call(tmp_path, monkeypatch):
    from sim.experiments import replicate, steps

    run = replicate.run_scenario

    def stopped(*args, **options):
        if options["directory"].name == "closer":
            options["should_stop"] = lambda: True
        return run(*args, **options)

    whole, unbroken = sought(tmp_path / "whole", *ASKED)
    scan = unbroken.runs["scan"].num_replications
    monkeypatch.setattr(steps, "run_scenario", stopped)
    with pytest.raises(Interrupted, match=f"interrupted after {scan} histories, which are kept in") as stop:
        sought(tmp_path / "x", *ASKED)
    assert (stop.value.directory, stop.value.hint) == (tmp_path / "x", "the same command goes on from there")
    monkeypatch.undo()
    found, rest = sought(tmp_path / "x", *ASKED)
    assert found == whole and rest.num_computed == unbroken.num_computed - scan
    again, nothing = sought(tmp_path / "x", *ASKED)
    assert again == whole and nothing.num_computed == 0


def test_progress_of_each_run_is_told_as_progress_of_all():
    """What was there at the beginning of a run counts as there, and not as played in this time."""
    told = []
    clock = Clock(lambda done, total, rate: told.append((done, total, rate > 0)))
    first = clock.of_run(0, 300, 100)
    first(40, 160, 0.0)
    first(160, 160, 0.0)
    second = clock.of_run(100, 300)
    second(0, 200, 0.0)
    second(200, 200, 0.0)
    assert told == [(40, 300, False), (100, 300, True), (100, 300, True), (300, 300, True)]
    assert Clock(None).of_run(0, 10) is None


@pytest.mark.parametrize(
    "given, words",
    [
        ((50, 100), "interrupted after 50 of 100 histories, which are kept in here"),
        ((50,), "interrupted after 50 histories, which are kept in here"),
        ((0,), "interrupted; no history was finished"),
        ((), "interrupted; what was played is kept in here"),
    ],
)
def test_an_interruption_says_what_is_kept(given, words):
    assert str(Interrupted("here", *given)) == words
