"""`sim claims` as people call it: text, JSON, exit codes, the kept audit and its place in a report."""

from __future__ import annotations

import json

import pytest

from sim.analysis.claims import claims_rows, stored_rows
from sim.cli import main
from sim.experiments.claims import audit_path
from sim.model.complete import complete
from sim.model.load import load_scenario

EXACT = "us-declared-goal-nuclear-free-korea"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_a_claim_that_holds_gives_code_0(capsys):
    assert 0 == main(["claims", "summit", "--only", EXACT, "-q"])
    out = capsys.readouterr().out
    assert out.startswith("holds") and EXACT in out and "1 hold" in out


def test_a_claim_that_is_undecided_gives_code_1(capsys):
    assert 1 == main(["claims", "summit", "--only", "long-road-to-deescalation", "-n", "4", "-q", "--workers", "1"])
    assert "undecided" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["claims", "summit", "--only", "kim-consolation-priz"], "kim-consolation-prize"),
        (["claims", "sumit"], "summit"),
        (["claims", "summit", "-n", "1"], "at least 2"),
    ],
)
def test_bad_input_gives_code_2_and_the_nearest_name(words, hint, capsys):
    assert 2 == main(words)
    assert hint in capsys.readouterr().err


def test_json_is_one_object_with_figures_and_intervals(capsys):
    main(["claims", "summit", "--only", "kim-consolation-prize", "--json", "-q", "--workers", "1"])
    record = json.loads(capsys.readouterr().out)
    part = record["claims"][0]["parts"][0]
    assert "holds" == record["claims"][0]["verdict"]
    assert part["low"] < part["value"] < part["high"] and part["replications"] > 1


def test_one_word_for_what_was_played(capsys):
    """Counts for readers are histories, or draws where a decision alone is asked; never a third word for either."""
    main(["claims", "summit", "--only", "kim-consolation-prize", "-q", "--parts", "--workers", "1", "-n", "4"])
    decisions = capsys.readouterr().out
    main(["claims", "summit", "--only", "hope-but-high-risk", "-q", "--parts", "--workers", "1", "-n", "6"])
    played = capsys.readouterr().out
    assert " draws" in decisions and " histories" in played
    assert "replications" not in decisions + played


def test_numbers_do_not_depend_on_workers(capsys):
    texts = []
    for workers in "12":
        main(["claims", "summit", "--only", "hope-but-high-risk", "-n", "6", "--json", "-q", "--workers", workers])
        record = json.loads(capsys.readouterr().out)
        del record["timing"]
        texts.append(record)
    assert texts[0] == texts[1]


def test_some_claims_alone_are_not_kept(tmp_path):
    main(["claims", "summit", "--only", EXACT, "-q"])
    assert not (tmp_path / "reports").exists()


def test_a_shipped_scenario_shows_the_shipped_audit_in_its_first_report(tmp_path):
    rows = stored_rows(complete(load_scenario("summit")), tmp_path, "summit")
    assert 38 == len(rows) and "not run" not in {row.verdict for row in rows}
    assert all(row.figure for row in rows)


def test_a_report_shows_a_kept_audit_and_else_the_command(tmp_path, monkeypatch):
    monkeypatch.setattr("sim.experiments.claims.shipped_audits", list)
    scenario = complete(load_scenario("summit"))
    rows = stored_rows(scenario, tmp_path, "summit")
    assert {"not run"} == {row.verdict for row in rows}
    assert 38 == len(rows) and "sim claims summit" in rows[0].figure
    from sim.experiments.claims import content_hash, save_audit

    part = {"label": "A figure", "asserted": "above 0", "verdict": "holds", "value": 0.5, "low": 0.4, "high": 0.6,
            "replications": 100, "rows": None, "note": ""}  # fmt: skip
    entry = {"id": "x", "claim": "Words.", "verdict": "holds", "reason": "", "parts": [part]}
    digest = content_hash(scenario)
    save_audit(tmp_path, {"scenario_hash": digest, "claims": [entry]})
    assert audit_path(tmp_path, digest).name == f"claims-{digest[:8]}.json"
    (row,) = stored_rows(scenario, tmp_path, "summit")
    assert ("holds", 0.4, 0.6, 100) == (row.verdict, row.low, row.high, row.replications)
    other = complete(load_scenario("summit", overrides={"horizon": "2 years"}))
    assert {"not run"} == {row.verdict for row in stored_rows(other, tmp_path, "summit")}


def test_a_claim_that_cannot_be_tested_shows_its_reason():
    entry = {"id": "x", "claim": "Words.", "verdict": "not testable", "reason": "No figure.", "parts": []}
    (row,) = claims_rows({"claims": [entry]})
    assert ("not testable", "No figure.") == (row.verdict, row.figure)
