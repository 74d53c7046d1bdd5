"""Empirical games that are known exactly: the right equilibria are found, and every doubt is told."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from sim import resources
from sim.analysis import empirical_words as words
from sim.analysis.empirical_game import EmpiricalGame, find, judge
from sim.analysis.empirical_outcomes import endings
from sim.errors import ParameterError, StoreError, UsageError
from sim.experiments import empirical
from sim.experiments.empirical import Sampler
from sim.experiments.engines import engine_for
from sim.experiments.profiles import MAX_PROFILES, Profiles, profiles_of
from sim.games.files.nfg import parse_nfg, write_nfg
from sim.model.load import load, load_document
from sim.model.reader import read_text
from tests import two_by_two
from tests.counts import sample_size

BLOCK = 50


@cache
def profiles(text: str, payoffs: tuple[str, ...] = (), players: tuple[str, ...] = ()) -> Profiles:
    return profiles_of(load_document(read_text(text, "stage.yaml")), players, payoffs)


def solve(
    text: str, directory: Path | None = None, pilot: int = 100, budget: int = 4_000, workers: int = 1, seed: int = 1
) -> tuple[EmpiricalGame, int]:
    """The game, and how many histories were played for it."""
    with Sampler(profiles(text), seed, engine_for("batch", budget), BLOCK, directory, workers) as sampler:
        found = find(sampler, root_seed=seed, pilot=pilot, budget=budget, confidence=0.95)
        return found, sampler.num_played


def told(found: EmpiricalGame) -> str:
    return " ".join(words.findings(found))


def mixtures(found: EmpiricalGame) -> list[list[tuple[float, ...]]]:
    return [[mixture.probabilities for mixture in one.profile] for one in found.equilibria]


def test_a_dilemma_has_its_one_equilibrium_for_certain():
    found, _ = solve(two_by_two.DILEMMA)
    assert mixtures(found) == [[(0.0, 1.0), (0.0, 1.0)]]
    assert found.stands and found.judgement.survival == (1.0,) and found.judgement.share == 1.0
    text = told(found)
    assert text.startswith(
        "Settled: the answer, with no other equilibrium, comes out in 100% of 400 bootstrap samples of the histories (asked for: 95%)"
    )
    assert "The default play (u, l) is no equilibrium: Bert would gain 1." in text
    assert "there is no near tie. The game is not degenerate" in text
    assert "Anna: d is better than u (100%) whatever the others do" in text
    assert found.histories < 1_000  # no more than it takes


def test_estimates_come_near_the_payoffs_that_are_known():
    found, _ = solve(two_by_two.DILEMMA)
    exact = np.array([[[2, 0], [3, 1]], [[2, 3], [0, 1]]])
    errors = found.payoff_errors.reshape(exact.shape)
    assert (np.abs(found.game.payoffs - exact) < 4.1 * errors).all()
    gain, error = found.gap(1, 0, 1)
    assert abs(gain - 1.0) < 4.1 * error
    assert found.regrets.max(axis=0)[3] == 0.0 and found.regrets.max(axis=0)[0] == pytest.approx(gain)


def test_a_mixed_equilibrium_is_found_with_the_error_of_its_probabilities():
    found, _ = solve(two_by_two.PENNIES)
    ((first, second),) = mixtures(found)
    assert found.equilibria[0].kind == "mixed" and found.stands
    noise = found.mixing_errors(found.equilibria[0])
    assert abs(first[0] - 0.5) < 4.1 * noise[0][0] and abs(second[0] - 0.5) < 4.1 * noise[1][0]
    assert "in mixed strategies: Anna plays u (" in told(found) and "No strategy is strictly dominated." in told(found)


def test_all_equilibria_are_listed_pure_ones_first_and_their_number_is_told():
    found, _ = solve(two_by_two.SEXES)
    assert [one.kind for one in found.equilibria] == ["pure", "pure", "mixed"]
    assert mixtures(found)[:2] == [[(1.0, 0.0), (1.0, 0.0)], [(0.0, 1.0), (0.0, 1.0)]]
    assert "there are 3 equilibria, and the list is complete; nothing in the game chooses among them." in told(found)
    assert "The default play (u, l) is an equilibrium." in told(found)


def test_a_near_tie_uses_up_the_budget_and_is_told():
    found, _ = solve(two_by_two.NEAR, budget=3_000)
    text = told(found)
    assert not found.stands and found.judgement.share < 0.95 and found.histories == 3_000
    assert text.startswith("Not settled: the answer, ")
    assert "the budget of 3,000 histories has ended" in text
    assert max(found.judgement.survival) == 1.0 and 0.5 < min(found.judgement.survival) < 0.95  # (d, r) is safe, (u, l) is not
    assert "Near tie: d falls short by only " in text or "Near tie: u falls short by only " in text
    counts = found.judgement.means.counts
    assert counts[0] + counts[2] > 0.8 * counts.sum()  # (u, l) against (d, l) is what decides


def test_strategies_that_tie_exactly_make_a_degenerate_game_which_is_told():
    found, _ = solve(two_by_two.TWINS)
    text = told(found)
    assert mixtures(found) == [[(0.0, 1.0), (0.0, 1.0, 0.0)], [(0.0, 1.0), (0.0, 0.0, 1.0)]]
    assert found.stands and found.judgement.solutions.is_degenerate
    assert "Exact tie: Bert could use r2 as well in equilibrium 1; it brings the same in every history." in text
    assert "The game is degenerate: strategies tie exactly" in text and "numbers 1 and 2 are joined by others" in text
    assert found.judgement.means.counts[1] == found.judgement.means.counts[2]


def test_without_noise_the_pilot_is_enough():
    found, played = solve(two_by_two.text([[2, 0], [3, 1]], [[2, 3], [0, 1]], noise=0.0))
    assert (found.rounds, played, found.stands) == (0, 400, True)
    assert found.game.payoffs.tolist() == [[[2, 0], [3, 1]], [[2, 3], [0, 1]]] and not found.payoff_errors.any()


def same(one: EmpiricalGame, other: EmpiricalGame) -> bool:
    logit = words.logit_of(one, None)
    return words.record(one, logit) == words.record(other, words.logit_of(other, None)) and np.array_equal(
        one.judgement.resampled, other.judgement.resampled
    )


def test_the_number_of_workers_changes_nothing():
    one, _ = solve(two_by_two.NEAR, budget=1_500, workers=1)
    two, _ = solve(two_by_two.NEAR, budget=1_500, workers=2)
    assert one.rounds > 2 and same(one, two)


def test_an_interrupted_search_goes_on_as_if_nothing_had_been(tmp_path, monkeypatch):
    whole, played = solve(two_by_two.NEAR, budget=1_500)
    blocks = 0
    run = empirical.run_block

    def breaks_off(*arguments):
        nonlocal blocks
        blocks += 1
        if blocks > played // BLOCK // 2:
            raise KeyboardInterrupt
        return run(*arguments)

    monkeypatch.setattr(empirical, "run_block", breaks_off)
    with pytest.raises(KeyboardInterrupt):
        solve(two_by_two.NEAR, tmp_path, budget=1_500)
    monkeypatch.setattr(empirical, "run_block", run)
    again, now = solve(two_by_two.NEAR, tmp_path, budget=1_500)
    assert same(whole, again) and 0 < now < played
    finished, now = solve(two_by_two.NEAR, tmp_path, budget=1_500)
    assert same(whole, finished) and now == 0
    longer, now = solve(two_by_two.NEAR, tmp_path, budget=2_500)
    assert longer.histories == 2_500 and now < 2_500 - played + 500  # most of what was played is of use


def test_another_game_is_not_written_over(tmp_path):
    solve(two_by_two.DILEMMA, tmp_path)
    with pytest.raises(StoreError, match="another empirical game"):
        solve(two_by_two.PENNIES, tmp_path)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "notes.txt").write_text("mine")
    with pytest.raises(StoreError, match=r"other things already \(notes.txt\)"):
        solve(two_by_two.PENNIES, tmp_path / "other")
    (tmp_path / "samples.npz").write_bytes(b"no archive")
    with pytest.raises(StoreError, match=r"samples\.npz: damaged"):
        solve(two_by_two.DILEMMA, tmp_path)


def test_the_estimated_game_comes_back_from_gambits_file():
    found, _ = solve(two_by_two.TWINS)
    assert parse_nfg(write_nfg(found.game)) == found.game


def test_endings_of_equilibria_stand_beside_those_of_the_default_play():
    found, _ = solve(two_by_two.SEXES)
    default, first, second, mixed = endings(found)
    assert (default[0].share, default[0].difference, first[0].share, second[0].share) == (1.0, 0.0, 1.0, 0.0)
    assert second[0].difference == -1.0 and 0.0 < mixed[0].share < 1.0
    assert sum(item.share for item in mixed) == pytest.approx(1.0)


# Bad input


def refused(text: str, **changes: Sequence[str]) -> str:
    with pytest.raises(UsageError) as caught:
        profiles_of(load_document(read_text(text, "stage.yaml")), **changes)
    return f"{caught.value} / {caught.value.hint}"


def test_players_and_payoffs_that_are_not_there_are_refused():
    text = two_by_two.DILEMMA
    assert refused(text, players=["A", "C"]) == "--players: unknown actor 'C' / known actors: A, B"
    assert "a game needs at least two players, found A alone / add one of B" in refused(text, players=["A"])
    assert "'A' stands in the list twice" in refused(text, players=["A", "A"])
    assert "did you mean 'utility:A'?" in refused(text, payoffs=["utilty:A"])
    assert "--payoff: 'C' does not play" in refused(text, payoffs=["C=payoff:A"])
    without = text[: text.index("  B:\n    l:")]
    assert "'B' has no menu under `strategies:` / those who have one: A" in refused(without, players=["A", "B"])
    none = text[: text.index("strategies:\n  A:\n    u:")]
    assert "nobody has strategies to choose from" in refused(none)


def test_payoffs_are_chosen_by_player():
    assert profiles(two_by_two.DILEMMA).payoffs == ("payoff:A", "payoff:B")
    assert profiles(two_by_two.DILEMMA, ("utility:PLAYER",)).payoffs == ("utility:A", "utility:B")
    assert profiles(two_by_two.DILEMMA, ("broken", "B=payoff:A")).payoffs == ("metric:broken", "payoff:A")


def test_too_many_profiles_are_refused_with_their_number_and_what_fits():
    menu = "".join(f"    s{k}: {{set: {{parameters.unread: {k}}}}}\n" for k in range(40))
    text = two_by_two.DILEMMA.replace("    d: {label: Down, set: {parameters.up: 0}}\n", menu)
    other = "".join(f"    t{k}: {{set: {{parameters.left: {k / 100}}}}}\n" for k in range(40))
    assert refused(text + other) == (
        f"41 x 42 strategies make 1,722 profiles; at most {MAX_PROFILES:,} are played / "
        "fewer players, as in --players A, or shorter menus"
    )


def test_a_payoff_that_is_no_number_is_refused_with_its_place():
    game = profiles(two_by_two.DILEMMA, ("time:deal",))
    with (
        pytest.raises(ParameterError, match=r"profile \(u, l\), replication 0: the payoff time:deal is nan"),
        Sampler(game, 1, engine_for("batch", 400), BLOCK, workers=1) as sampler,
    ):
        find(sampler, root_seed=1, pilot=100, budget=4_000, confidence=0.95)


def test_numbers_with_which_nothing_can_be_found_are_refused():
    with pytest.raises(UsageError, match="10 histories do not last for 4 profiles with 100 each"):
        solve(two_by_two.DILEMMA, budget=10)
    with pytest.raises(UsageError, match="--pilot: expected at least 2"):
        solve(two_by_two.DILEMMA, pilot=1)


# The shipped menus


def test_pairing_makes_the_errors_of_the_summit_smaller():
    """Common random numbers: the standard error of what a player gains by another strategy, with pairs counted and without."""
    game = profiles_of(load(resources.scenario_path("summit")), ("PRK", "CHN"))
    histories = sample_size("empirical_summit")
    with Sampler(game, 1, engine_for("batch", 10_000), histories, workers=1) as sampler:
        means = judge(game, sampler.samples([histories] * len(game)), 1, 50).means
    errors = means.errors
    late, early = 0, 2  # North Korea concedes late or early, China plays by default
    weights = np.zeros(len(game))
    weights[late], weights[early] = -1.0, 1.0
    paired = means.error_of(0, weights)
    assert paired < 0.5 * np.hypot(errors[0, late], errors[0, early])
