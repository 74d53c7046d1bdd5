"""Textbook trees whose equilibria are sorted by what stands behind them: empty threats, beliefs, what types could say."""

from __future__ import annotations

import pytest

from sim.games.credibility import credibility
from sim.games.equilibrium import Credibility, Equilibrium
from sim.games.extensive_form import Chance, Decision, End, ExtensiveForm
from sim.games.solve import solve_extensive_form

ENTRY = ExtensiveForm(
    ("entrant", "incumbent"),
    Decision(
        "entrant", "enter?", ("out", "in"),
        (End((0, 2)), Decision("incumbent", "fight?", ("fight", "share"), (End((-1, -1)), End((1, 1))))),
    ),
)  # fmt: skip


def beer_quiche(weak: float = 0.1) -> ExtensiveForm:
    """Cho and Kreps (1987): breakfast tells who is weak; a duel costs its victim 2, the wrong breakfast 1."""

    def answer(kind: str, meal: str) -> Decision:
        liked = float((kind == "weak") == (meal == "quiche"))
        duel = End((liked, 1.0 if kind == "weak" else -1.0))
        return Decision("B", f"after {meal}", ("duel", "let be"), (duel, End((liked + 2.0, 0.0))))

    def breakfast(kind: str) -> Decision:
        return Decision("A", kind, ("beer", "quiche"), (answer(kind, "beer"), answer(kind, "quiche")))

    return ExtensiveForm(
        ("A", "B"), Chance(("weak", "surly"), (weak, 1.0 - weak), (breakfast("weak"), breakfast("surly")))
    )


def horse() -> ExtensiveForm:
    """Selten (1975), figure 1, with the payoffs of Osborne and Rubinstein (1994), figure 225.1."""

    def third(left: tuple[float, ...], right: tuple[float, ...]) -> Decision:
        return Decision("3", "3 moves", ("L", "R"), (End(left), End(right)))

    second = Decision("2", "2 moves", ("c", "d"), (End((1, 1, 1)), third((4, 4, 0), (0, 0, 1))))
    return ExtensiveForm(("1", "2", "3"), Decision("1", "1 moves", ("C", "D"), (second, third((3, 3, 2), (0, 0, 0)))))


def judged(game: ExtensiveForm, method: str = "auto") -> list[tuple[Equilibrium, Credibility]]:
    found = solve_extensive_form(game, method)
    return list(zip(found.equilibria, credibility(game, found), strict=True))


def test_the_threat_to_fight_an_entrant_is_nash_and_neither_subgame_perfect_nor_believed():
    for one, told in judged(ENTRY, "normal form"):
        shares = one.payoffs == (1.0, 1.0)
        assert (told.is_subgame_perfect, told.is_perfect_bayesian) == (shares, shares)
        if not shares:
            assert "at fight? fight is worse for incumbent than share" in told.why_not_bayesian
            assert (
                "incumbent would gain" in told.why_not_subgame_perfect
                and "by share at fight?" in told.why_not_subgame_perfect
            )
    assert [told.is_sound for _, told in judged(ENTRY)] == [True]


def test_of_the_horse_only_the_equilibria_in_which_2_would_play_a_best_reply_have_beliefs():
    """(D, c, L) is an equilibrium, subgame perfect for want of subgames; at his set 2 would gain 3 by d, which needs no belief."""
    found = judged(horse())
    assert {one.payoffs for one, _ in found} == {(1.0, 1.0, 1.0), (3.0, 3.0, 2.0)}
    for one, told in found:
        assert told.is_subgame_perfect
        assert told.is_perfect_bayesian == (one.payoffs == (1.0, 1.0, 1.0))
        if not told.is_perfect_bayesian:
            assert told.why_not_bayesian == "at 2 moves c is worse for 2 than d"
        else:
            assert told.free == ("3 at 3 moves (L from 0 to 0.25)",)


def test_both_kinds_of_pooling_at_breakfast_have_beliefs_and_quiche_fails_the_intuitive_criterion():
    found = judged(beer_quiche())
    assert sorted({round(one.payoffs[0], 9) for one, _ in found}) == [2.1, 2.9]
    for one, told in found:
        beer = one.payoffs[0] > 2.5
        assert told.is_subgame_perfect and told.is_perfect_bayesian
        assert told.is_intuitive == beer
        assert told.free == (f"B at after {'quiche' if beer else 'beer'} (duel from 0.5 to 1)",)
        if not beer:
            assert told.why_not_intuitive == (
                "whatever the reply, weak would not take beer; once that is understood, surly gains by beer for sure"
            )


def test_where_most_are_weak_nobody_pools_at_breakfast():
    """Beer of the surly and of half of what the weak would need to be let be: weak .9, so B duels half of those who drink beer."""
    (only,) = judged(beer_quiche(0.9))
    assert {m.at: m.probabilities for m in only[0].profile}["surly"] == (1.0, 0.0)
    assert only[1].is_perfect_bayesian and only[1].is_intuitive


def test_what_is_said_of_breakfast_is_that_corners_are_complete_and_which_are_joined():
    """Two continua, one for each kind of pooling, told by two corners each."""
    found = solve_extensive_form(beer_quiche())
    assert found.is_complete and found.components == ((0, 1), (2, 3))
    told = " ".join(found.sentences())
    assert "the list of corners is complete" in told and "and the list is complete" not in told


def test_a_dominated_threat_in_no_subgame_of_its_own_rests_on_no_belief():
    """Out for 2, or left or right unseen: to fight is worse whatever is believed, yet Nash lets it deter (Kreps and Wilson 1982)."""

    def reply(fight: tuple[float, float], share: tuple[float, float]) -> Decision:
        return Decision("B", "reply", ("fight", "share"), (End(fight), End(share)))

    tree = ExtensiveForm(
        ("A", "B"),
        Decision(
            "A", "enter?", ("out", "left", "right"), (End((2, 2)), reply((-1, -1), (3, 1)), reply((-2, -1), (2.5, 0)))
        ),
    )
    for one, told in judged(tree):
        assert told.is_subgame_perfect
        assert told.is_perfect_bayesian == (one.payoffs == (3.0, 1.0))
        if not told.is_perfect_bayesian:
            assert told.why_not_bayesian == "at reply fight is worse for B than share whatever B believes"


@pytest.mark.parametrize(("education", "fails"), [(3.0, True), (1.5, False)])
def test_pooling_without_education_fails_where_a_degree_could_only_pay_the_able(education, fails):
    """Spence's market: the firm pays what it expects, 3 for the able, -1 for others; a degree costs the able 1."""

    def hired(able: bool, degree: bool) -> Decision:
        cost = (1.0 if able else education) if degree else 0.0
        ends = tuple(End((wage - cost, -((wage - (3.0 if able else -1.0)) ** 2))) for wage in (-1.0, 1.0, 3.0))
        return Decision("firm", f"degree {degree}", ("low", "middle", "high"), ends)

    def choice(able: bool) -> Decision:
        return Decision("worker", f"able {able}", ("degree", "none"), (hired(able, True), hired(able, False)))

    tree = ExtensiveForm(("worker", "firm"), Chance(("able", "other"), (0.5, 0.5), (choice(True), choice(False))))
    pooled = [
        told
        for one, told in judged(tree)
        if all(m.probabilities == (0.0, 1.0) for m in one.profile if m.player == "worker")
    ]
    assert {told.is_intuitive for told in pooled if told.is_perfect_bayesian} == {not fails}
    assert {told.why_not_bayesian for told in pooled if not told.is_perfect_bayesian} <= {
        "at degree True no belief of firm makes low and high both best"
    }
