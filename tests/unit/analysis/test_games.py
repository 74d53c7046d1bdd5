"""A run of a game, summed up: every figure is that of the rows, and words come from labels."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from sim.analysis.findings import findings
from sim.analysis.game_names import GameNames, figure, names_whom, stands_alone
from sim.analysis.games import BINS, bars_of, leads_back, spread, unfinished
from sim.analysis.summary import Summary, summary_of
from sim.engines.batch_engine import NAME
from sim.engines.event_engine import run_block
from sim.experiments.provenance import versions
from sim.model.compile import compile_case
from sim.model.complete import complete, content_hash, to_yaml
from sim.model.load import load_document, load_scenario
from sim.model.reader import read_text
from sim.reports.references import recompute
from sim.reports.run_report import report_content
from tests.played import game_scenario

EVERY = Path(__file__).resolve().parents[2] / "spec" / "games" / "every_move.yaml"
NUM_HISTORIES = 120


@cache
def summed() -> Summary:
    return summed_up(complete(load_scenario(EVERY)), NUM_HISTORIES)


def summed_up(completed, histories: int) -> Summary:
    tables = run_block(compile_case(completed), range(histories), 1)
    manifest = {
        "scenario": completed, "scenario_id": completed["id"], "scenario_hash": content_hash(completed), "seed": 1,
        "engine": NAME, "versions": versions(),
    }  # fmt: skip
    return summary_of(manifest, tables["results"], tables["paths"])


def test_payoffs_are_means_of_the_rows_with_normal_intervals():
    for item in summed().game.payoffs:
        values = summed().results[f"payoff:{item.name}"]
        assert item.mean == pytest.approx(values.mean())
        half = 1.959963984540054 * values.std(ddof=1) / math.sqrt(len(values))
        assert item.interval == pytest.approx((values.mean() - half, values.mean() + half))


def test_options_are_shares_of_the_histories_in_which_the_move_was_made():
    choices = {item.name: item for item in summed().game.choices}
    taken = summed().results["option:assault"]
    made = np.count_nonzero(taken != "")
    assert 0 < made < NUM_HISTORIES and choices["assault"].made == made
    shares = {name: value for name, _, value in choices["assault"].options}
    assert shares["strike"].count == np.count_nonzero(taken == "strike")
    assert sum(value.share for value in shares.values()) == pytest.approx(1.0)


def test_every_kind_of_move_with_options_is_there_with_its_labels():
    labels = {item.name: (item.label, [label for _, label, _ in item.options]) for item in summed().game.choices}
    assert labels["answer"] == ("the answer of the city", ["it pays", "it refuses"])
    assert labels["storm"] == ("a storm (by chance)", ["there is none", "it breaks"])
    assert labels["parade.city"] == ("the parade: the city", ["march", "rest"])
    assert labels["ballot"] == ("a vote of thanks (the council)", ["it passes", "thanks are refused"])
    assert "split" in labels and "treaty" not in labels


def test_numbers_that_never_vary_are_constant():
    numbers = {item.name: item for item in summed().game.numbers}
    assert numbers["split"].is_constant and numbers["split"].mean == pytest.approx(0.3)
    assert not numbers["demand"].is_constant
    assert numbers["demand"].q25 == pytest.approx(np.quantile(summed().results["move:demand"], 0.25))


def test_measures_stand_beside_their_exact_values():
    checks = {check.name: check for check in summed().game.checks}
    assert (checks["storm"].exact, checks["weather"].exact) == (0.1, 0.0)
    assert checks["storm"].estimate == pytest.approx(summed().results["measure:storm"].mean())
    assert all(check.holds for check in checks.values())
    assert checks["plan"].counted == np.count_nonzero(np.isfinite(summed().results["measure:plan"])) < NUM_HISTORIES


def test_a_measure_for_which_no_history_counts_speaks_neither_for_theory_nor_against():
    """`sim verify` does not let it pass, a run only says that it does not know."""
    theory = {"measures": {"never": {"value": "1", "given": "move.again.on and move.again.end", "exact": "0"},
                           "on": {"value": "times.again.end", "exact": "1"}}}  # fmt: skip
    found = again_and_again(theory=theory)
    never, _ = found.game.checks
    assert never.counted == 0 and not never.holds
    assert [item.plain() for item in findings(found) if "measure" in item.text] == [
        "Of two measures that theory gives one comes out as it says, within chance, one is met by no history."
    ]
    row = report_content(found).game.measures[0]
    assert (row.histories, row.apart, row.differs) == (0, "-", False)


def test_a_game_alone_is_not_told_in_the_words_of_negotiations():
    """No dates, no deals, no inputs of the language that nothing reads; the numbers of sentences are those of the rows."""
    found = findings(summed())
    text = " ".join(item.plain() for item in found)
    assert text.startswith("The likeliest end is") and "deal" not in text and "forecast" not in text
    assert "Payoffs are on average: the besieger" in text and "The game takes" in text
    for item in found:
        for number in item.figures:
            assert number.value == pytest.approx(recompute(number.reference, summed().results))
    content = report_content(summed())
    assert (content.incidence, content.phases, content.meta.start_date, list(content.fans)) == (None, None, None, [])
    assert {row.path.split(".")[0] for row in content.inputs} == {"parameters"}
    assert content.game is not None and len(content.game.payoffs) == 3


def again_and_again(**parts) -> Summary:
    """A game whose only move ends it in half of the cases and else comes again, a period later."""
    options = {"on": {"probability": ".5", "takes": 1, "then": "again"}, "end": {"payoffs": {"A": 1, "B": 0}}}
    game = {"first": "again", "moves": {"again": {"kind": "chance", "options": options}}, **parts.pop("game", {})}
    return summed_up(complete(load_document(read_text(to_yaml(game_scenario(game, **parts), header=False), "x.yaml")).spec), 200)


def test_a_game_cut_off_by_its_most_moves_is_told():
    """Two heads in a row: a quarter of the histories, of which those are none that end with the second move."""
    found = again_and_again(game={"most_moves": 2})
    stopped = (found.results["game:moves"] == 2) & (found.results["option:again"] == "on")
    assert 20 < stopped.sum() < 80 and not stopped[found.results["game:over"] == 1.0].any()
    assert found.game.unfinished.stopped.count == stopped.sum() and found.game.unfinished.going_on.count == 0
    (told,) = [item for item in findings(found) if "not over" in item.text]
    assert f"{stopped.sum() / 2:.1f}% of histories ended because `most_moves`, 2, was reached; payoffs" in told.plain()
    assert [figure.value for figure in told.figures] == [recompute(figure.reference, found.results) for figure in told.figures]


def test_a_game_that_the_horizon_cuts_off_is_told():
    found = again_and_again(horizon="1 day", game={"most_moves": 4})
    assert found.game.unfinished.stopped.count == 0 and found.game.unfinished.going_on.count == (found.results["game:over"] == 0).sum() > 20
    (told,) = [item for item in findings(found) if "not over" in item.text]
    assert "because the horizon came first" in told.plain() and "most_moves" not in told.plain()
    assert [figure.value for figure in told.figures] == [recompute(figure.reference, found.results) for figure in told.figures]


def test_a_game_that_always_ends_is_not_told_of_as_cut_off():
    assert summed().game.unfinished is None and not [item for item in findings(summed()) if "not over" in item.text]
    rows = {name: values for name, values in summed().results.items() if name != "game:over"}
    assert unfinished(1, rows) is None  # rows of an earlier version


def test_a_game_beside_hazards_keeps_their_sections(tmp_path):
    hazard = "hazards:\n  quake: {kind: poisson, rate: 1}\noutcomes:"
    text = EVERY.read_text("utf-8").replace("outcomes:", hazard, 1)
    path = tmp_path / "beside.yaml"
    path.write_text(text, "utf-8")
    assert stands_alone(load_scenario(EVERY))
    assert not stands_alone(load_scenario(path))


def test_bars_hold_every_value_once():
    few = bars_of(np.array([0.0, 0.0, 1.0, 3.0]))
    assert (list(few.middles), list(few.shares)) == ([0.0, 1.0, 3.0], [0.5, 0.25, 0.25])
    many = bars_of(np.linspace(0.0, 1.0, 1001))
    assert len(many.middles) == BINS and sum(many.shares) == pytest.approx(1.0)
    assert spread("x", "x", [math.nan]).count == 0


@pytest.mark.parametrize(("then", "back"), [("then: answer", True), ("then: split", False)])
def test_a_move_that_leads_back_is_found(tmp_path, then, back):
    text = EVERY.read_text("utf-8").replace("wait: {label: it waits, takes: 1, then: answer}", f"wait: {{{then}}}")
    text = text.replace("fails: {takes: 1, then: split}", "fails: {}")
    path = tmp_path / "moves.yaml"
    path.write_text(text, "utf-8")
    assert leads_back(load_scenario(path).game) is back


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.0, "0"), (-0.0001, "0"), (0.65, "0.65"), (-1.25, "\u22121.25"), (12.346, "12.35"), (1234.6, "1,235"), (2e6, "2e+06"),
     (math.nan, "none")],
)  # fmt: skip
def test_figures_have_the_digits_that_tell_something(value, written):
    assert figure(value) == written


def test_figures_keep_zeros_where_they_are_asked_to():
    assert (figure(0.5, all_digits=True), figure(-0.0001, all_digits=True)) == ("0.500", "0.000")


def test_a_label_that_says_who_moves_is_not_told_who_moves():
    assert names_whom("the defender answers", "Defender") and names_whom("B answers", "B")
    assert not names_whom("a vote", "A") and not names_whom("the defenders answer", "defender")


def test_names_without_labels_are_words():
    names = GameNames(load_scenario(EVERY))
    assert (names.move("assault"), names.option("parade", "march"), names.whose("weather")) == ("assault", "march", None)
    assert names.option("split", "passes") == "it passes"
