"""Options without an order, as `docs/how-to/write-a-scenario.md` writes them: a level each, worth what a formula says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.model.compile import compile_case
from sim.model.complete import complete
from sim.model.load import load_document
from sim.model.reader import read_text
from sim.model.starter import starter_text
from sim.model.valuation import utility_at

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "write-a-scenario.md"


def test_each_option_is_worth_what_its_formula_says():
    formula = re.search(r'worth_of_port: \{value: "(.+)"\}', PAGE.read_text("utf-8"))[1]
    text = starter_text("ports", "Ports")
    text = text.replace("issues:\n  water:", "issues:\n  port: {conceder: [upland], start: .5, levels: {0: north, .5: south, "
                        "1: west}}\n  water:", 1)  # fmt: skip
    text = text.replace("packages:\n", f'derived:\n  worth_of_port: {{value: "{formula}"}}\npackages:\n', 1)
    text = text.replace("loan: {weight: .6, ideal: 1, source: guess}",
                        "loan: {weight: .2, ideal: 1, source: guess}\n        "
                        "port: {weight: .4, ideal: 1, reads: worth_of_port}", 1)  # fmt: skip
    case = compile_case(complete(load_document(read_text(text, "ports.yaml")).spec))
    size = len(case.issue_ids)
    values = {}
    for level in (0.0, 0.5, 1.0):
        row = [0.0] * size
        row[case.issue("port")] = level
        values[level] = utility_at(case, "upland", row, case.base, 0.0)
    assert values[0.0] - values[0.5] == pytest.approx(0.4 * 0.9)
    assert values[0.0] - values[1.0] == pytest.approx(0.4 * 0.1)
