"""What a game that cannot be solved is told with: the scenario, the place and the reason."""

from __future__ import annotations

import pytest

from sim.analysis.solutions import solved
from sim.errors import ParameterError
from sim.model.complete import to_yaml
from sim.model.load import load_document
from sim.model.reader import read_text
from tests.played import game_scenario


def test_a_loop_in_which_nothing_is_discounted_is_named():
    """Whoever stays gains 1 each time, and for ever: there is no best time to leave."""
    game = {
        "first": "beginning",
        "moves": {
            "beginning": {"kind": "choice", "by": "B", "options": {"go": {"then": "waiting"}, "end": {"payoffs": {"B": -1}}}},
            "waiting": {"kind": "choice", "by": "A", "options": {"stay": {"payoffs": {"A": 1}, "then": "again"}, "leave": {}}},
            "again": {"kind": "choice", "by": "A", "options": {"back": {"then": "waiting"}, "out": {}}},
        },
    }
    spec = load_document(read_text(to_yaml(game_scenario(game))), None, None, []).spec
    with pytest.raises(ParameterError) as caught:
        solved(spec)
    assert str(caught.value).startswith("game: game.moves.waiting: values did not settle")
    assert "play returns to waiting, again and nothing is discounted on the way" in str(caught.value)
    assert "chance of the end" in caught.value.hint
