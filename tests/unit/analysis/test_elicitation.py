"""Weights from statements: known answers, agreement with what was said, and statements that cannot all be true."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis import elicitation
from sim.analysis.elicitation import STATUS_QUO, Elicitation, rounded_weights
from sim.errors import UsageError
from sim.model.compile import compile_case
from sim.model.complete import complete
from sim.model.load import load_scenario
from sim.model.valuation import point_credibility, start_row, utility_at

FULL = "denuc > tests > relief > status > guar > exer > cbm"


@pytest.fixture(scope="module")
def case():
    return compile_case(complete(load_scenario("summit")))


@pytest.fixture
def usa(case):
    return Elicitation(case, "USA", seed=3)


def close(found: np.ndarray, expected: np.ndarray, errors: np.ndarray) -> bool:
    """Within 4.1 standard errors, everywhere."""
    return bool(np.all(np.abs(found - expected) < 4.1 * errors))


def test_a_full_ranking_gives_the_rank_order_centroid(usa):
    """Barron and Barrett (1996): the mean weight at rank k of n is the sum of 1/i from k to n, over n."""
    usa.rank(FULL)
    vectors = usa.vectors()
    n = len(usa.items)
    centroid = {name.strip(): sum(1.0 / i for i in range(k, n + 1)) / n for k, name in enumerate(FULL.split(">"), 1)}
    expected = np.array([centroid[item.name] for item in usa.items])
    errors = vectors.std(axis=0) / len(vectors) ** 0.5
    assert close(vectors.mean(axis=0), expected, errors)
    assert not close(vectors.mean(axis=0), np.full(n, 1.0 / n), errors)  # what no ranking would give


def test_every_vector_agrees_with_every_statement(usa):
    usa.rank("denuc > tests = relief > guar")
    usa.prefer("interim_yongbyon > status_quo")
    vectors = usa.vectors()
    at = {item.name: n for n, item in enumerate(usa.items)}
    assert np.all(vectors[:, at["denuc"]] > vectors[:, at["tests"]])
    assert np.all(vectors[:, at["relief"]] > vectors[:, at["guar"]])
    assert 0.1 < np.mean(vectors[:, at["tests"]] > vectors[:, at["relief"]]) < 0.9  # not ranked against each other
    gains = vectors @ (usa.worth[usa.packages.index("interim_yongbyon")] - usa.worth[0])
    assert np.all(gains > 0.0)
    assert np.allclose(vectors.sum(axis=1), 1.0) and np.all(vectors > 0.0)


def test_values_of_packages_are_those_of_the_model(case, usa):
    weights = np.array([item.now for item in usa.items])
    size = len(case.issue_ids)
    for line, name in enumerate(usa.packages):
        first = case.named.get(name, -1) * size
        row = start_row(case) if name == STATUS_QUO else case.levels[first : first + size]
        expected = utility_at(case, "USA", row, case.base, point_credibility(case, "USA"))
        assert usa.worth[line] @ weights == pytest.approx(expected, abs=1e-12)


def test_the_survival_term_is_weighed_like_an_issue(case):
    north = Elicitation(case, "PRK")
    north.rank("survival > relief > status")
    means = {item.item.name: item.mean for item in north.result().estimates}
    assert means["survival"] > means["relief"] > means["status"]


def test_a_small_set_is_sampled_like_a_large_one(case, usa, monkeypatch):
    """Hit-and-run, which takes over where few vectors agree, has the means of plain rejection."""
    other = Elicitation(case, "USA", seed=4)
    for person in (usa, other):
        person.rank("denuc > tests > relief")
        person.prefer("interim_yongbyon > status_quo")
    plain = usa.vectors()
    monkeypatch.setattr(elicitation, "BLOCK", 200)
    monkeypatch.setattr(elicitation, "MOST", 200)
    monkeypatch.setattr(elicitation, "WANTED", 1_500)
    walked = other.vectors()
    assert len(walked) == 1_500 and len(plain) == 4_000
    # Neighbouring points of a walk resemble one another: counted as a quarter of as many.
    errors = np.sqrt(plain.var(axis=0) / len(plain) + walked.var(axis=0) / (len(walked) / 4))
    assert close(walked.mean(axis=0), plain.mean(axis=0), errors)
    assert np.all(walked @ usa._rows().T > 0.0) and np.all(walked > 0.0)


def test_answers_of_somebody_with_known_weights_close_in_on_them(case, usa):
    truth = np.array([item.now for item in usa.items])
    order = sorted(range(len(truth)), key=lambda n: -truth[n])
    usa.rank(" > ".join(usa.items[n].name for n in order[:4]))
    first = usa.result()
    asked = []
    while len(asked) < 6 and (pair := usa.most_telling_pair(asked)) is not None:
        asked.append(pair)
        one, two = pair if usa.worth[pair[0]] @ truth > usa.worth[pair[1]] @ truth else pair[::-1]
        usa.prefer(f"{usa.packages[one]} > {usa.packages[two]}")
    last = usa.result()
    assert len(asked) >= 3

    def distance(result):
        return sum(abs(item.mean - item.item.now) for item in result.estimates)

    assert distance(last) < distance(first)
    assert last.concentration > first.concentration


def test_statements_that_contradict_each_other_are_told_apart(usa):
    usa.rank("denuc > tests")
    usa.rank("tests > denuc")
    with pytest.raises(UsageError, match="no weights agree") as caught:
        usa.vectors()
    assert caught.value.hint == "without 'denuc > tests' some do"


@pytest.mark.parametrize(
    ("call", "text", "message", "hint"),
    [
        ("rank", "denuk > tests", "unknown name 'denuk'", "denuc"),
        ("rank", "denuc > tests > denuc", "denuc more than once", ""),
        ("rank", "denuc", "ranks nothing", "a > b > c"),
        ("rank", "", "a name is missing", ""),
        ("prefer", "interim > status_quo", "unknown name 'interim'", ""),
        ("prefer", "interim_yongbyon", "compares nothing", "a > b"),
        ("prefer", "deep_cap > deep_cap", "with itself", ""),
        ("prefer", "sq_max_pressure > status_quo", "cannot be", "sim explain"),
    ],
)
def test_what_cannot_be_said_is_refused_in_words(usa, call, text, message, hint):
    with pytest.raises(UsageError, match=message) as caught:
        getattr(usa, call)(text)
    assert hint in caught.value.hint


def test_the_named_status_quo_is_the_status_quo(usa):
    usa.prefer("interim_yongbyon > sq_march_2018")
    assert usa.preferences[0].worse == 0


def test_names_that_would_mean_two_things_are_refused():
    taken = compile_case(complete(load_scenario("summit", overrides={"packages.deep_cap": {"levels": {"denuc": 0.5}}})))
    taken.named["status_quo"] = taken.named["deep_cap"]
    with pytest.raises(UsageError, match="'status_quo' of its own"):
        Elicitation(taken, "USA")


def test_rounded_weights_sum_to_one():
    for seed in range(50):
        means = np.random.default_rng(seed).dirichlet(np.ones(7))
        rounded = rounded_weights(means)
        assert sum(round(weight * 1000) for weight in rounded) == 1000
        assert np.max(np.abs(np.array(rounded) - means)) < 0.001
