"""Published figures of spatial bargaining models, to their last printed digit, from the shipped tables and from imports."""

from __future__ import annotations

import numpy as np
import pytest

from sim.experiments.spatial import SpatialResult, forecast
from sim.games.spatial.challenge import COMPROMISES, CONFRONTED, STAYS
from sim.model.reader import read_text
from sim.model.spatial.importing import import_table
from sim.model.spatial.load import load_table, table_of
from sim.resources import table_path

# Weighted median and mean before and after each of ten rounds; Scholz, Calbert and Smith (2011), recomputed.
MEDIAN = (7.0, 8.4159, 9.6109, 9.9620, 9.9620, 9.9620, 7.4720, 8.8246, 9.6711, 9.6711, 7.0)
MEAN = (7.39, 7.4613, 7.5525, 7.5901, 7.3581, 7.3492, 7.4149, 7.5105, 7.5724, 7.3250, 7.2421)
RISK = (-0.506, 0.420, 0.977, -0.506, -0.068, -0.068, -0.976, 1.0, -1.0, -0.159)


@pytest.fixture(scope="module")
def emissions() -> SpatialResult:
    return forecast(load_table(table_path("ec-emissions")).spec)


def imported(path) -> SpatialResult:
    return forecast(table_of(read_text(import_table(path).text, str(path))).spec)


def test_ten_rounds_of_the_emissions_table(emissions):
    rounds = emissions.rounds["delay"]
    assert np.round(rounds.median, 4).tolist() == pytest.approx(MEDIAN, abs=1e-9)
    assert np.round(rounds.mean, 4).tolist() == pytest.approx(MEAN, abs=1e-9)
    assert (int(rounds.played), bool(rounds.settled)) == (10, False)


def test_attitudes_and_moves_of_its_first_round(emissions):
    rounds, ids = emissions.rounds["delay"], list(emissions.spec.actors)
    assert np.round(rounds.risk[0], 3).tolist() == pytest.approx(RISK, abs=1e-9)
    moves = {
        ids[n]: (int(kind), round(float(rounds.positions[1, n]), 4))
        for n, kind in enumerate(rounds.kind[0])
        if kind != STAYS
    }
    assert moves == {"BE": (COMPROMISES, 8.4159), "LU": (CONFRONTED, 7.0), "IE": (CONFRONTED, 4.0)}


def test_forecasts_of_the_emissions_table(emissions):
    points = {row.id: row.point for row in emissions.forecasts["delay"]}
    assert points["mean"] == pytest.approx(7.39, abs=5e-5)
    assert (points["median"], round(points["challenge_first"], 4), points["challenge"]) == (7.0, 8.4159, 7.0)


def test_the_imported_table_gives_the_same_rounds(root, emissions):
    found = imported(root / "tests/spec/spatial/ec_emissions_actors.csv")
    assert found.rounds["years"].median.tolist() == emissions.rounds["delay"].median.tolist()


FIVE = {
    "value": (1, 0.673, 0.739, 0.747, 0.799),
    "risk": (1.000, -0.387, -0.500, -0.001, -0.298),
    "utility": (1, 0.8931, 0.9321, 0.9359, 0.9595),
    "probability": (0.3154, 0.1668, 0.1082, 0.2216, 0.1880),
}
SEVEN = {
    "value": (1.000, 0.903, 0.639, 0.870, 0.929, 0.882, 0.890),
    "risk": (-0.500, -0.459, -0.499, -0.274, 1.000, -0.232, -0.430),
    "utility": (1.0000, 0.8593, 0.5233, 0.8136, 0.8958, 0.8297, 0.8410),
    "probability": (0.0047, 0.0302, 0.0054, 0.1492, 0.6001, 0.1447, 0.0656),
}


def check_first_turn(result: SpatialResult, expected: dict[str, tuple[float, ...]]) -> None:
    """The first rows and the vectors of KTAB's reference logs, to the digits printed there."""
    turn = result.first_turn
    assert np.round(turn.value[0], 3).tolist() == pytest.approx(expected["value"], abs=1e-9)
    assert np.round(turn.risk, 3).tolist() == pytest.approx(expected["risk"], abs=1e-9)
    assert np.round(turn.utility[0], 4).tolist() == pytest.approx(expected["utility"], abs=1e-9)
    assert np.round(turn.probability, 4).tolist() == pytest.approx(expected["probability"], abs=1e-9)


@pytest.mark.parametrize(("name", "expected"), [("ktab-five-actors", FIVE), ("ktab-seven-actors", SEVEN)])
def test_first_turn_of_ktab(name, expected):
    check_first_turn(forecast(load_table(table_path(name)).spec), expected)


def test_first_turn_of_the_imported_csv(root):
    check_first_turn(imported(root / "tests/spec/spatial/ktab_dummyData_3Dim.csv"), SEVEN)


def test_first_turn_of_the_imported_xml(root, tmp_path):
    """With the number that the reference run read where the last published file is empty."""
    text = (root / "tests/spec/spatial/ktab_smpExample.xml").read_text("utf-8-sig")
    path = tmp_path / "complete.xml"
    path.write_text(text.replace("<dCoord></dCoord>", "<dCoord>52.8</dCoord>", 1), "utf-8")
    check_first_turn(imported(path), FIVE)
