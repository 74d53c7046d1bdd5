"""Base rates stand below what every command tells of a scenario, in its JSON and in the answer of its page."""

from __future__ import annotations

import json

import pytest

from tests.planted import UNIFORM, planted

SHORT = ("--workers", 1, "--engine", "batch", "--quiet")
RATES = {
    "war": [
        {"num_events": 0, "num_cases": 13, "of": "quarrels of this kind", "source": "invented"},
        {"num_events": 5, "num_cases": 9, "of": "quarrels of another", "source": "invented"},
    ]
}
BOTH = "War 0 in 13 quarrels of this kind (0 to 23%), 5 in 9 quarrels of another (27 to 81%)"
COMMANDS = {
    "run": ("-n", 60),
    "compare": ("--policy", "more: parameters.x.number=.9", "-n", 60, "--pairs", 0),
    "robust": ("--policy", "more: parameters.x.number=.9", "--by", "-outcome=war", "-n", 60, "--repeats", 3),
    "sweep": ("--over", "dial", "-n", 40, "--of", "war"),
    "threshold": ("--over", "dial", "--threshold", "share(war) >= .5", "-n", 1_000),
    "sensitivity": ("-n", 32, "--of", "war"),
    "what-if": ("--target", "share(war) >= .6", "-n", 20, "--at-most", 1),
    "pareto": ("--levers", "dial", "--objective", "min share(war)", "--objective", "max metric:line", "--points", 8, "--steps", 1,
               "-n", 40, "--fresh", 80),
    "calibrate": ("--fit", "parameters.x.number", "--waves", 1, "--points", 150, "-n", 40),
}  # fmt: skip
OF_A_RUN = {"drivers": ("--outcome", "war"), "discover": ("--outcome", "war")}


@pytest.fixture
def case(place) -> str:
    scenario = planted(
        {"x": {"value": 0.5, "range": [0, 1]}, "y": UNIFORM, "z": UNIFORM}, "0.1 + 0.4 * x + 0.4 * y", {"line": "x + y + z"},
        levers={"dial": {"path": "parameters.x.number", "range": [0, 1]}}, base_rates=RATES,
        targets=[{"figure": "share:outcome=war", "low": 0.3, "high": 0.6}], uncertainties=["parameters.y.number", "parameters.z.number"],
    )  # fmt: skip
    (place / "case.json").write_text(json.dumps(scenario), encoding="utf-8")
    return "case.json"


def told(answer, pages):
    assert (answer.code, answer.err) == (0, "")
    assert BOTH in " ".join(answer.out.split())
    (page,) = pages
    text = page.read_text("utf-8")
    assert "0 in 13 quarrels of this kind" in text[: text.index('id="limits"')], "beside the answer, not at the end alone"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_tells_all_base_rates(call, place, case, name):
    words = ("sweep" if name == "threshold" else name, case, *COMMANDS[name], "--out", "mine", *SHORT)
    told(call(*words), (place / "mine").glob("*.html"))
    if name != "run":  # which would play again
        (war,) = json.loads(call(*words, "--json").out)["limits"]["base_rates"]
        assert (war["outcome"], [rate["of"] for rate in war["rates"]]) == ("war", [13, 9])


@pytest.mark.parametrize("name", OF_A_RUN)
def test_so_do_the_commands_on_a_run(call, place, case, name):
    assert call("run", case, "-n", 2_000, "--no-report", "--out", "mine", *SHORT).code == 0
    told(call(name, "mine", *OF_A_RUN[name]), (place / "mine").glob("*.html"))
    (war,) = json.loads(call(name, "mine", *OF_A_RUN[name], "--json").out)["limits"]["base_rates"]
    assert [rate["count"] for rate in war["rates"]] == [0, 5]
