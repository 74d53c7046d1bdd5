"""T05 to T07, T11 to T14, T16, T17, T21, T26: no player gains by deviating, checked without the closed forms."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.stats import binom, multivariate_normal, norm

from sim.games.theorems import crisis_signalling
from sim.games.theorems.theorem import theorem
from tests.known_answers.theorems.playing import Play, points

MIDDLES = (np.arange(20_000) + 0.5) / 20_000  # an even sample of (0, 1)
NEAR = 3.0 / len(MIDDLES)

# T05


def audience_points() -> list[dict[str, float]]:
    positive = {
        "audience_1": (0.2, 4.0),
        "audience_2": (0.2, 4.0),
        "width_1": (0.2, 5.0),
        "width_2": (0.2, 5.0),
        "prize": (0.2, 3.0),
    }
    return points(31, 15, **positive)


def quit_times(play: Play, side: str) -> tuple[np.ndarray, np.ndarray]:
    """When types spread evenly quit, and their values of war; as many times infinity as fight."""
    wars = -play.known[f"width_{side}"] * MIDDLES[::-1]
    horizon = play["horizon"]
    generator = np.random.default_rng(5)
    order = generator.permutation(MIDDLES)  # the mixing number, independent of the type
    times = np.array(
        [
            play(f"{side}.quits_at", type={f"war_{side}": w}, uniform=u)
            for w, u in zip(wars[::10], order[::10], strict=True)
        ]
    )
    return np.where(times > horizon, np.inf, times), wars[::10]


@pytest.mark.parametrize("given", audience_points())
def test_no_type_gains_by_another_quitting_time(given):
    """The other's quitting times are those that its strategy gives; payoffs are sums over them."""
    play = Play(theorem("audience_costs"), given)
    prize, horizon = given["prize"], play["horizon"]
    for side, other in (("1", "2"), ("2", "1")):
        theirs, _ = quit_times(play, other)
        audience = given[f"audience_{side}"]

        def quitting(at: float, theirs=theirs, audience=audience) -> float:
            return float(np.where(theirs < at, prize, -audience * at).mean())

        def fighting(war: float, theirs=theirs) -> float:
            return float(np.where(np.isfinite(theirs), prize, war).mean())

        flat = [quitting(share * horizon) for share in (1e-9, 0.25, 0.5, 0.75, 0.999)]
        assert flat == pytest.approx([flat[0]] * 5, abs=0.03 * prize)  # a sample of 2,000
        locked = -audience * horizon
        assert fighting(locked) == pytest.approx(flat[0], abs=0.03 * prize)
        assert fighting(locked * 0.5) > flat[0] > fighting(locked * 2.0)
        beyond = -audience * 1.5 * horizon * (1.0 - np.isfinite(theirs).mean()) + prize * np.isfinite(theirs).mean()
        assert beyond < flat[0] + 0.03 * prize


@pytest.mark.parametrize("given", audience_points())
def test_outcomes_of_the_audience_contest_by_integration(given):
    """From the hazards alone: survival solved as a differential equation on a grid of time."""
    values = theorem("audience_costs").solve(**given).values
    v, end = given["prize"], values["horizon"]
    t = np.linspace(0.0, end, 20_001)
    survival = {}
    for side, other in (("1", "2"), ("2", "1")):
        rate = given[f"audience_{other}"] / (v + given[f"audience_{other}"] * t)
        spent = np.concatenate(([0.0], np.cumsum(0.5 * (rate[1:] + rate[:-1]) * np.diff(t))))
        survival[side] = (1.0 - values[f"yield_{side}"]) * np.exp(-spent)
        assert values[f"stay_{side}"] == pytest.approx(survival[side][-1], abs=1e-7)
        assert values[f"stay_{side}"] == pytest.approx(
            given[f"audience_{side}"] * end / given[f"width_{side}"], abs=1e-12
        )
    both = survival["1"] * survival["2"]
    assert values["mean_duration"] == pytest.approx(float(np.trapezoid(both, t)), abs=1e-6)
    assert values["war_probability"] == pytest.approx(both[-1], abs=1e-7)
    for side, other in (("1", "2"), ("2", "1")):
        loses = -np.sum(0.5 * (survival[other][1:] + survival[other][:-1]) * np.diff(survival[side]))
        assert values[f"back_down_{side}"] == pytest.approx(values[f"yield_{side}"] + loses, abs=1e-6)
    assert values["war_probability"] + values["back_down_1"] + values["back_down_2"] == pytest.approx(1.0, abs=1e-10)
    assert min(values["yield_1"], values["yield_2"]) == 0.0


@pytest.mark.parametrize("given", audience_points()[:6])
def test_payoffs_of_the_audience_contest_are_those_of_play(given):
    play = Play(theorem("audience_costs"), given)
    (mine, wars), (theirs, _) = quit_times(play, "1"), quit_times(play, "2")
    theirs = np.random.default_rng(6).permutation(theirs)
    wins, yields = theirs < mine, mine < theirs
    payoffs = np.where(wins, given["prize"], np.where(yields, -given["audience_1"] * np.minimum(mine, 1e9), wars))
    assert play["payoff_1"] == pytest.approx(payoffs.mean(), abs=5.0 * payoffs.std() / math.sqrt(len(payoffs)) + 1e-9)


# T06


@pytest.mark.parametrize("given", points(32, 25, prior=(0.0, 1.0), temptation=(-1.0, 0.95), loss=(0.05, 2.0)))
def test_nobody_gains_in_the_game_of_trust(given):
    solution = theorem("reassurance").solve(**given)
    for found in solution.equilibria:
        meets = given["prior"] * found.values["cooperation"]  # chance that the other cooperates
        cooperate = meets - (1.0 - meets) * given["loss"]
        defect = meets * given["temptation"]
        regret = {0.0: cooperate - defect, 1.0: defect - cooperate}.get(
            found.values["cooperation"], abs(cooperate - defect)
        )
        assert regret <= 1e-12
    assert len(solution.equilibria) == (3 if given["prior"] > solution.values["threshold"] else 1)


@pytest.mark.parametrize(
    "given",
    points(
        33, 30, prior=(0.01, 0.99), temptation=(-1.0, 0.95), loss=(0.05, 2.0), gesture_cost=(0.01, 1.2), gain=(0.1, 1.5)
    ),
)
def test_nobody_gains_by_another_gesture_or_answer(given):
    values = theorem("reassurance_signal").solve(**given).values
    mimicry, reply = values["mimicry"], values["reply"]
    seen = given["prior"] + (1.0 - given["prior"]) * mimicry
    posterior = given["prior"] / seen
    assert (values["seen"], values["posterior"]) == pytest.approx((seen, posterior), abs=1e-12)
    mimic = reply * given["gain"] - given["gesture_cost"]
    assert (mimic if mimicry == 0.0 else -mimic if mimicry == 1.0 else abs(mimic)) <= 1e-12
    trusting = posterior - (1.0 - posterior) * given["loss"] - posterior * given["temptation"]
    assert (-trusting if reply == 1.0 else abs(trusting)) <= 1e-12


# T07


@pytest.mark.parametrize(
    "given", points(34, 20, win=(1.0, 4.0), both_yield=(-1.0, 1.0), yield_alone=(-2.0, 2.0), crash=(-9.0, -2.1))
)
def test_every_equilibrium_of_chicken_is_one(given):
    solution = theorem("chicken").solve(**given)
    assert len(solution.equilibria) == 3
    for found in solution.equilibria:
        for own, other in (("stand_1", "stand_2"), ("stand_2", "stand_1")):
            q = found.values[other]
            stand = (1.0 - q) * given["win"] + q * given["crash"]
            swerve = (1.0 - q) * given["both_yield"] + q * given["yield_alone"]
            p = found.values[own]
            assert max(stand, swerve) - (p * stand + (1.0 - p) * swerve) <= 1e-12
            assert found.values["payoff_" + own[-1]] == pytest.approx(max(stand, swerve), abs=1e-12)


# T11


@pytest.mark.parametrize(
    "given", points(35, 15, value_1=(0.5, 4.0), value_2=(0.5, 4.0), cost_1=(0.05, 1.0), cost_2=(0.05, 1.0))
)
def test_waiting_is_worth_nothing_in_attrition(given):
    """Whenever one plans to quit, the mean payoff is zero; by integration over the other's quitting time."""
    values = theorem("attrition_complete").solve(**given).values
    for side, other in (("1", "2"), ("2", "1")):
        rate, v, c = values[f"quit_rate_{other}"], given[f"value_{side}"], given[f"cost_{side}"]
        for plan in (0.1, 1.0, 5.0):
            wins = quad(lambda t, rate=rate, v=v, c=c: rate * math.exp(-rate * t) * (v - c * t), 0.0, plan)[0]
            assert wins - math.exp(-rate * plan) * c * plan == pytest.approx(0.0, abs=1e-9)
    one, two = values["quit_rate_1"], values["quit_rate_2"]
    assert values["mean_duration"] == pytest.approx(
        quad(lambda t: math.exp(-(one + two) * t), 0.0, np.inf)[0], rel=1e-8
    )
    first = quad(lambda t: one * math.exp(-(one + two) * t), 0.0, np.inf)[0]
    assert values["quits_first_1"] == pytest.approx(first, rel=1e-8)


@pytest.mark.parametrize("kind", ["uniform", "exponential"])
@pytest.mark.parametrize("scale, cost", [(1.0, 1.0), (3.0, 0.5), (0.4, 2.2)])
def test_stopping_times_are_best_replies(kind, scale, cost):
    given = {"highest" if kind == "uniform" else "mean_value": scale, "cost": cost}
    play = Play(theorem(f"attrition_{kind}"), given)
    rivals = scale * MIDDLES if kind == "uniform" else -scale * np.log1p(-MIDDLES)
    stops = np.array([play("1.quits_at", type={"value_1": v}) for v in rivals])
    for share in (0.1, 0.4, 0.7, 0.9):
        value = float(np.quantile(rivals, share))
        own = play("2.quits_at", type={"value_2": value})

        def payoff(stop: float, value=value) -> float:
            return float(np.where(stops < stop, value - cost * stops, -cost * stop).mean())

        tried = [payoff(own * factor) for factor in np.linspace(0.0, 3.0, 61)]
        assert payoff(own) >= max(tried) - 5.0 * NEAR * scale
    # mean of the lower of two stopping times: stops rise with the type
    lower = 2.0 * (1.0 - MIDDLES)
    assert play["mean_duration"] == pytest.approx((stops * lower).mean(), rel=2e-3)
    assert play["total_cost"] == pytest.approx(2.0 * cost * play["mean_duration"], rel=1e-12)
    winner = (rivals * 2.0 * MIDDLES).mean()
    assert play["mean_winner"] == pytest.approx(winner, rel=2e-3)
    assert play["payoff"] == pytest.approx(0.5 * winner - cost * play["mean_duration"], rel=6e-3)
    assert play["median_stop"] == pytest.approx(float(np.median(stops)), rel=1e-3)
    assert play["mean_stop"] == pytest.approx(stops.mean(), rel=2e-3)


# T12

TREE = {
    "challenger_unchallenged": (-1.0, 1.0), "challenger_conceded": (-1.0, 2.0), "challenger_resisted": (-3.0, 1.0),
    "responder_conceded": (-1.0, 1.0), "responder_resisted": (-2.0, 1.0), "responder_unchallenged": (-1.0, 1.0),
}  # fmt: skip


@pytest.mark.parametrize("given", points(36, 15, precision=(0.0, 6.0), **TREE))
def test_deterrence_with_logit_errors_is_a_choice_with_extreme_value_errors(given):
    """The chance that a difference of payoffs beats a logistic error, by integration of its density."""

    def chooses(gain: float) -> float:
        if given["precision"] == 0.0:
            return 0.5
        top = given["precision"] * gain
        return quad(lambda x: 0.25 / math.cosh(0.5 * x) ** 2, -60.0, top)[0]

    values = theorem("deterrence_logit").solve(**given).values
    resist = chooses(given["responder_resisted"] - given["responder_conceded"])
    expected = resist * given["challenger_resisted"] + (1.0 - resist) * given["challenger_conceded"]
    challenge = chooses(expected - given["challenger_unchallenged"])
    assert (values["resist"], values["challenge"]) == pytest.approx((resist, challenge), abs=1e-7)
    assert values["unchallenged"] + values["conceded"] + values["fought"] == pytest.approx(1.0, abs=1e-12)
    payoff = (1.0 - challenge) * given["responder_unchallenged"] + challenge * (
        resist * given["responder_resisted"] + (1.0 - resist) * given["responder_conceded"]
    )
    assert values["payoff_responder"] == pytest.approx(payoff, abs=1e-6)


@pytest.mark.parametrize("given", points(37, 15, error_sd=(0.1, 3.0), **TREE))
def test_deterrence_with_normal_errors_at_each_action(given):
    sd = given["error_sd"]

    def chooses(gain: float) -> float:  # error of one action below the other's by at least -gain
        return quad(lambda e: norm.pdf(e, scale=sd) * norm.cdf(gain + e, scale=sd), -9.0 * sd, 9.0 * sd)[0]

    values = theorem("deterrence_probit").solve(**given).values
    resist = chooses(given["responder_resisted"] - given["responder_conceded"])
    expected = resist * given["challenger_resisted"] + (1.0 - resist) * given["challenger_conceded"]
    assert values["resist"] == pytest.approx(resist, abs=1e-7)
    assert values["challenge"] == pytest.approx(chooses(expected - given["challenger_unchallenged"]), abs=1e-7)


# T13

CELLS = {f"{side}_{cell}": (-3.0, 3.0) for side in ("row", "column") for cell in ("ul", "ur", "dl", "dr")}


def logit_replies(given: dict[str, float], p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The column player's reply to p, and the row player's reply to that."""
    lam = given["precision"]
    q = 1.0 / (
        1.0
        + np.exp(
            -lam * (p * (given["column_ul"] - given["column_ur"]) + (1 - p) * (given["column_dl"] - given["column_dr"]))
        )
    )
    return q, 1.0 / (
        1.0 + np.exp(-lam * (q * (given["row_ul"] - given["row_dl"]) + (1 - q) * (given["row_ur"] - given["row_dr"])))
    )


@pytest.mark.parametrize("given", points(38, 30, precision=(0.0, 8.0), **CELLS))
def test_no_logit_equilibrium_is_missed(given):
    solution = theorem("two_by_two_logit").solve(**given)
    for found in solution.equilibria:
        q, p = logit_replies(given, np.array(found.values["up"]))
        assert (float(q), float(p)) == pytest.approx((found.values["left"], found.values["up"]), abs=1e-9)
    grid = 1.0 / (1.0 + np.exp(-np.linspace(-45.0, 45.0, 400_001)))
    excess = grid - logit_replies(given, grid)[1]
    inside = np.abs(excess) > 1e-14  # at the far ends both are 0 or 1 to the last bit
    signs = np.sign(excess[inside])
    assert np.count_nonzero(signs[1:] != signs[:-1]) == len(solution.equilibria)


def test_three_logit_equilibria_of_coordination_and_the_branch_that_is_selected():
    """The first pair of actions pays more: the principal branch leads there, whatever the precision."""
    game = {"row_ul": 2.0, "row_ur": 0.0, "row_dl": 0.0, "row_dr": 1.0}
    game |= {name.replace("row", "column"): value for name, value in game.items()}
    for precision in (5.0, 10.0, 1e3, 1e5):
        solution = theorem("two_by_two_logit").solve(precision=precision, **game)
        assert len(solution.equilibria) == 3 and "3" in solution.uniqueness
        assert solution.values["up"] > 0.9 and "principal branch" in solution.selection
    assert solution.equilibria[1].values["up"] == pytest.approx(1.0 / 3.0, abs=1e-4)
    assert len(theorem("two_by_two_logit").solve(precision=0.5, **game).equilibria) == 1


@pytest.mark.parametrize("given", points(39, 30, **CELLS))
def test_nash_equilibria_of_two_by_two_games_have_no_regret(given):
    solution = theorem("two_by_two_nash").solve(**given)
    assert len(solution.equilibria) in (1, 3)  # an odd number, for payoffs drawn at random
    for found in solution.equilibria:
        p, q = found.values["up"], found.values["left"]
        up, down = (q * given[f"row_{r}l"] + (1.0 - q) * given[f"row_{r}r"] for r in "ud")
        left, right = (p * given[f"column_u{c}"] + (1.0 - p) * given[f"column_d{c}"] for c in "lr")
        assert max(up, down) - found.values["payoff_row"] <= 1e-12
        assert max(left, right) - found.values["payoff_column"] <= 1e-12
        assert (p * up + (1 - p) * down, q * left + (1 - q) * right) == pytest.approx(
            (found.values["payoff_row"], found.values["payoff_column"]), abs=1e-12
        )


@pytest.mark.parametrize("given", points(40, 15, precision=(0.0, 12.0), win=(1.0, 2.0), both_yield=(-1.0, 0.5), yield_alone=(-2.0, 0.0),
                                         crash=(-9.0, -3.0)))  # fmt: skip
def test_logit_chicken_by_iteration(given):
    solution = theorem("chicken_logit").solve(**given)
    s = 0.5
    for _ in range(20_000):
        gain = (1.0 - s) * (given["win"] - given["both_yield"]) - s * (given["yield_alone"] - given["crash"])
        s += 0.02 * (1.0 / (1.0 + math.exp(-given["precision"] * gain)) - s)
    assert solution.values["stand_1"] == pytest.approx(s, abs=1e-9)
    assert solution.values["stand_2"] == pytest.approx(s, abs=1e-9)
    assert len(solution.equilibria) in (1, 3)


# T14


@pytest.mark.parametrize(
    "given", points(41, 20, win=(1.0, 3.0), submit=(-1.0, 0.9), disaster=(-9.0, -1.1), hazard=(0.01, 5.0))
)
def test_nobody_gains_by_another_time_to_submit(given):
    values = theorem("disaster_attrition").solve(**given).values
    rate, h = values["quit_rate"], given["hazard"]
    both = rate + h
    for plan in (0.05, 1.0, 7.0):
        ended = 1.0 - math.exp(-both * plan)
        payoff = ended * (rate * given["win"] + h * given["disaster"]) / both + (1.0 - ended) * given["submit"]
        assert payoff == pytest.approx(given["submit"], abs=1e-9)
    generator = np.zeros((4, 4))  # going on; side 1, side 2 submits; disaster
    generator[0] = (-2.0 * rate - h, rate, rate, h)
    from scipy.linalg import expm

    ends = expm(generator * 60.0 / (2.0 * rate + h))[0]
    found = [values[name] for name in ("quits_first_1", "quits_first_2", "disaster_probability")]
    assert found == pytest.approx(list(ends[1:]), abs=1e-12)
    critical = (
        theorem("brinkmanship_critical_risk").solve(**{k: given[k] for k in ("win", "submit", "disaster")}).values
    )
    risk = critical["critical_risk"]
    assert (1.0 - risk) * given["win"] + risk * given["disaster"] == pytest.approx(given["submit"], abs=1e-12)


@pytest.mark.parametrize("given", points(42, 15, risk=(0.0, 1.0), rounds=(0, 40)))
def test_risks_add_up_round_by_round(given):
    alive, struck, played = 1.0, 0.0, 0.0
    for _ in range(given["rounds"]):
        played += alive
        struck += alive * given["risk"]
        alive *= 1.0 - given["risk"]
    values = theorem("autonomous_risk").solve(**given).values
    found = values["disaster_probability"], values["mean_rounds"], values["survival"]
    assert found == pytest.approx((struck, played, alive), abs=1e-12)


# T16


def dilemma(count: int, **more: tuple[float, float]) -> list[dict[str, float]]:
    drawn = points(
        43, count, temptation=(3.0, 6.0), reward=(1.0, 3.0), punishment=(-1.0, 1.0), discount=(0.05, 0.97), **more
    )
    return [given for given in drawn if given["temptation"] > given["reward"] > given["punishment"]]


def stream(payments: list[float], after: float, discount: float) -> float:
    """Average value of payments, and of the same one for ever after them."""
    value = sum((1.0 - discount) * discount**n * payment for n, payment in enumerate(payments))
    return value + discount ** len(payments) * after


@pytest.mark.parametrize("given", dilemma(20, lag=(1, 8), detected=(0.0, 1.0), alarm=(0.01, 0.5)))
def test_cooperation_is_sustained_where_no_breach_pays(given):
    t, r, p, d = (given[name] for name in ("temptation", "reward", "punishment", "discount"))
    base = {name: given[name] for name in ("temptation", "reward", "punishment", "discount")}
    grim = theorem("grim_trigger").solve(**base).values
    assert grim["sustained"] == (stream([t], p, d) <= r)
    late = theorem("undetected_cheating").solve(**base, lag=given["lag"]).values
    cheats = stream([t] * given["lag"], p, d)
    assert late["value_of_cheating"] == pytest.approx(cheats, abs=1e-12)
    assert late["sustained"] == (cheats <= r)
    some = theorem("detection").solve(**base, detected=given["detected"]).values
    once = stream([t], given["detected"] * p + (1.0 - given["detected"]) * r, d)
    assert some["sustained"] == (once <= r)
    assert some["value"] == (r if some["sustained"] else p)
    value = 0.0
    for _ in range(20_000):
        value = (1.0 - d) * r + d * ((1.0 - given["alarm"]) * value + given["alarm"] * p)
    alarm = theorem("false_alarm").solve(**base, alarm=given["alarm"]).values
    assert alarm["value_cooperating"] == pytest.approx(value, abs=1e-9)
    assert alarm["sustained"] == (stream([t], p, d) <= value)


def chain_points() -> list[dict[str, float]]:
    return points(44, 25, reputation=(0.01, 0.9), entrant_gain=(0.1, 0.9), deterred_gain=(1.1, 4.0), stages=(1, 9))


def tree(play: Play, stage: int, belief: float, weak: float, tough: float) -> dict[str, float]:
    """Sums over the tree of play from a stage on, by the strategies as they read; nothing of the solution is used."""
    given = play.known
    if stage > given["stages"] or weak + tough < 1e-15:
        return {"entries": 0.0, "fights": 0.0, "weak": 0.0, "deterred_tough": 0.0}
    spot = {"belief": {"tough": belief}, "round": stage}
    enters = chance(play, "challenger.enters", **spot)
    fought = chance(play, "weak.fights", **spot) if belief < 1.0 else 1.0
    after = play("belief.tough_after_fight", **spot) if belief > 0.0 else 0.0
    parts = [
        (tree(play, stage + 1, belief, weak * (1.0 - enters), tough * (1.0 - enters))),
        (tree(play, stage + 1, after, weak * enters * fought, tough * enters)),
        (tree(play, stage + 1, 0.0, weak * enters * (1.0 - fought), 0.0)),
    ]
    here = {
        "entries": enters * (weak + tough), "fights": enters * (weak * fought + tough),
        "weak": weak * ((1.0 - enters) * given["deterred_gain"] - enters * fought), "deterred_tough": tough * (1.0 - enters),
    }  # fmt: skip
    return {name: here[name] + sum(part[name] for part in parts) for name in here}


def chance(play: Play, move: str, **spot) -> float:
    """Probability of a move: the share of even uniform numbers at which it is made, found by bisection."""
    if play(move, uniform=1.0 - 1e-13, **spot):
        return 1.0
    low, high = 0.0, 1.0
    if not play(move, uniform=1e-13, **spot):
        return 0.0
    for _ in range(48):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if play(move, uniform=middle, **spot) else (low, middle)
    return 0.5 * (low + high)


@pytest.mark.parametrize("given", chain_points())
def test_chain_of_challengers_played_out(given):
    play = Play(theorem("chain_store"), given)
    reputation = given["reputation"]
    sums = tree(play, 1, reputation, 1.0 - reputation, reputation)
    assert play["mean_entries"] == pytest.approx(sums["entries"], abs=1e-9)
    assert play["mean_fights"] == pytest.approx(sums["fights"], abs=1e-9)
    assert play["payoff_weak"] == pytest.approx(sums["weak"] / (1.0 - reputation), abs=1e-9)
    assert play["deterred_tough"] == pytest.approx(sums["deterred_tough"] / reputation, abs=1e-9)
    assert sum(play[f"entry_{n}"] for n in range(1, 13)) == pytest.approx(sums["entries"], abs=1e-9)


@pytest.mark.parametrize("given", chain_points())
def test_nobody_deviates_along_the_chain(given):
    """At every stage and a range of beliefs: entering pays as it should, fighting too, and beliefs follow Bayes's rule."""
    play = Play(theorem("chain_store"), given)
    b, stages = given["entrant_gain"], int(given["stages"])

    def value(stage: int, belief: float) -> float:
        """What a weak defender has from a stage on at a public belief."""
        return tree(play, stage, belief, 1.0, 0.0)["weak"]

    for stage in range(1, stages + 1):
        for belief in (0.02, 0.11, 0.37, 0.83, b ** (stages - stage + 1)):
            spot = {"belief": {"tough": belief}, "round": stage}
            enters, fought = chance(play, "challenger.enters", **spot), chance(play, "weak.fights", **spot)
            opposed = belief + (1.0 - belief) * fought
            gain = (1.0 - opposed) * b + opposed * (b - 1.0)
            assert (gain if enters == 0.0 else -gain if enters == 1.0 else abs(gain)) <= 1e-7
            after = play("belief.tough_after_fight", **spot)
            assert after == pytest.approx(belief / opposed, abs=1e-7)
            fights = -1.0 + value(stage + 1, after)
            yields = value(stage + 1, 0.0)
            if fought == 0.0:
                assert fights <= yields + 1e-7
            elif fought == 1.0:
                assert fights >= yields - 1e-7
            else:
                assert fights == pytest.approx(yields, abs=1e-7)


# T17

ERRORS = {
    "status_quo_a": (-1.0, 1.0), "concession_a": (0.0, 2.0), "war_a": (-2.5, 1.0), "back_down_a": (-2.0, 1.0), "concession_b": (-1.0, 1.0),
    "war_b": (-3.0, 1.0), "victory_b": (-0.5, 2.0),
}  # fmt: skip


def reply(given: dict[str, float], resist: float) -> tuple[float, float, float]:
    """(pC, pF, B's chance to resist) as printed, with the bivariate normal distribution of another library."""
    cutoff = (given["status_quo_a"] - (1.0 - resist) * given["concession_a"]) / resist
    challenge = 1.0 - norm.cdf(cutoff - given["war_a"]) * norm.cdf(cutoff - given["back_down_a"])
    rho = 1.0 / math.sqrt(2.0)
    both = multivariate_normal.cdf(
        [(given["war_a"] - given["back_down_a"]) / math.sqrt(2.0), given["war_a"] - cutoff],
        cov=[[1.0, rho], [rho, 1.0]],
    )
    stand = both / challenge
    return (
        challenge,
        stand,
        norm.cdf((stand * given["war_b"] + (1.0 - stand) * given["victory_b"] - given["concession_b"]) / stand),
    )


@pytest.mark.parametrize("given", points(45, 20, **ERRORS))
def test_equilibria_of_crisis_signalling_solve_the_printed_system(given):
    solution = theorem("crisis_signalling").solve(**given)
    for found in solution.equilibria:
        v = found.values
        if v["challenge"] < 1e-9 or v["resist"] < 1e-9:
            continue  # the printed form divides by what has vanished
        challenge, stand, resist = reply(given, v["resist"])
        assert (v["challenge"], v["stand"], v["resist"]) == pytest.approx((challenge, stand, resist), abs=2e-5)
        assert v["unchallenged"] + v["conceded"] + v["stood_firm"] + v["backed_down"] == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("given", points(46, 8, **ERRORS))
def test_crisis_signalling_played_by_its_thresholds(given):
    play = Play(theorem("crisis_signalling"), given)
    quantile = NormalDist().inv_cdf
    normal = np.array([quantile(u) for u in (np.arange(400) + 0.5) / 400.0])
    stand, back = given["war_a"] + normal[:, None], given["back_down_a"] + normal[None, :]
    challenges = np.maximum(stand, back) > play["challenge_cutoff"]
    assert play["challenge"] == pytest.approx(challenges.mean(), abs=4e-3)
    assert play["stand"] * play["challenge"] == pytest.approx((challenges & (stand > back)).mean(), abs=4e-3)
    assert play["resist"] == pytest.approx((normal > play["resist_cutoff"]).mean(), abs=4e-3)
    spot = {"e_stand": 0.3, "e_back": -0.4, "e_resist": 0.2}
    assert play("A.challenges", type=spot) == (
        max(given["war_a"] + 0.3, given["back_down_a"] - 0.4) > play["challenge_cutoff"]
    )


def test_the_number_of_equilibria_changes_where_it_should():
    """Between W_B = -2.9 (three) and -2.6 (one) a pair vanishes; the grid must not lose it just before."""
    base = {
        "status_quo_a": 0.0,
        "concession_a": 1.0,
        "concession_b": 0.0,
        "war_a": -1.9,
        "back_down_a": -1.2,
        "victory_b": 1.0,
    }
    counts = [
        len(theorem("crisis_signalling").solve(**base, war_b=-2.9 + 0.002 * n).equilibria) for n in range(0, 151, 10)
    ]
    assert counts == sorted(counts, reverse=True) and set(counts) == {1, 3}
    low, high = -2.9, -2.6
    for _ in range(24):
        middle = 0.5 * (low + high)
        low, high = (
            (middle, high)
            if len(theorem("crisis_signalling").solve(**base, war_b=middle).equilibria) > 1
            else (low, middle)
        )
    near = [found.values["resist"] for found in theorem("crisis_signalling").solve(**base, war_b=low).equilibria]
    assert len(near) == 3
    gaps = np.diff(near)
    assert gaps.min() < 4e-4 < 0.1 < gaps.max()  # two of them are about to meet


@pytest.mark.parametrize("apart", [1e-3, 1e-5])
def test_two_roots_between_neighbouring_points_of_the_grid_are_found(apart):
    found = crisis_signalling._roots(lambda z: (z + 1.0) * (z - 0.004) * (z - 0.004 - apart), brentq)
    assert found == pytest.approx([-1.0, 0.004, 0.004 + apart], abs=1e-9)
    assert len(crisis_signalling._roots(lambda z: (z + 1.0) * ((z - 0.004) ** 2 + apart), brentq)) == 1


# T21


@pytest.mark.parametrize(
    "given",
    points(47, 40, gain=(0.1, 5.0), penalty=(0.0, 6.0), miss=(0.0, 0.9), loss_undetected=(2.0, 8.0), loss_detected=(0.0, 2.0),
           effort=(0.05, 6.0)),
)  # fmt: skip
def test_nobody_gains_in_the_inspection_game(given):
    v = theorem("inspection").solve(**given).values
    q, p, hit = v["inspect"], v["violate"], 1.0 - given["miss"]
    assert 0.0 <= q <= 1.0 and 0.0 <= p <= 1.0
    violating = (1.0 - q * hit) * given["gain"] - q * hit * given["penalty"]
    assert max(violating, 0.0) - p * violating <= 1e-9
    idle = -p * given["loss_undetected"]
    inspecting = -p * (hit * given["loss_detected"] + (1.0 - hit) * given["loss_undetected"]) - given["effort"]
    assert max(idle, inspecting) - (q * inspecting + (1.0 - q) * idle) <= 1e-9
    assert (v["payoff_inspected"], v["payoff_inspector"]) == pytest.approx(
        (p * violating, q * inspecting + (1.0 - q) * idle), abs=1e-9
    )
    assert v["undetected"] + v["detected"] == pytest.approx(p, abs=1e-12)


# T26


@pytest.mark.parametrize("given", points(48, 10, cost=(0.1, 0.9), members=(2, 40), noise=(0.02, 0.4)))
def test_a_member_at_the_threshold_is_indifferent(given):
    """By sums over theta and over how many others act; and acting pays below the threshold, not above it."""
    n, noise = given["members"], given["noise"]
    values = theorem("global_game").solve(**given).values
    x = values["threshold"]

    def success(signal: float) -> float:
        theta = signal + noise * np.linspace(-8.0, 8.0, 16_001)
        weight = norm.pdf((signal - theta) / noise)
        needed = np.ceil(n * theta - 1e-12) - 1.0  # others, besides oneself
        chance = np.where(needed > n - 1, 0.0, binom.sf(needed - 1.0, n - 1, norm.cdf((x - theta) / noise)))
        return float((weight * chance).sum() / weight.sum())

    assert success(x) == pytest.approx(given["cost"], abs=2e-3)
    assert success(x - 0.1) > given["cost"] - 2e-3 and success(x + 0.1) < given["cost"] + 2e-3
    theta = -0.5 + 2.0 * (np.arange(20_000) + 0.5) / 20_000
    acts = norm.cdf((x - theta) / noise)
    assert values["acts"] == pytest.approx(acts.mean(), abs=1e-6)
    succeeds = binom.sf(np.ceil(n * theta - 1e-12) - 1.0, n, acts)
    assert values["succeeds"] == pytest.approx(np.where(theta > 1.0, 0.0, succeeds).mean(), abs=2e-3)


@pytest.mark.parametrize(
    ("low", "high"),
    [(-3.0, -1.0), (2.0, 3.0), (0.31, 0.33), (-1.0, 0.45), (0.62, 1.5)],
    ids=["below", "above", "within", "left", "right"],
)
def test_success_over_any_range_of_theta(low, high):
    given = {"cost": 0.45, "members": 7, "noise": 0.1, "theta_low": low, "theta_high": high}
    values = theorem("global_game").solve(**given).values
    theta = low + (high - low) * (np.arange(40_000) + 0.5) / 40_000
    acts = norm.cdf((values["threshold"] - theta) / 0.1)
    succeeds = np.where(theta > 1.0, 0.0, binom.sf(np.ceil(7 * theta - 1e-12) - 1.0, 7, acts))
    assert (values["acts"], values["succeeds"]) == pytest.approx((acts.mean(), succeeds.mean()), abs=1e-4)


def test_a_large_group_is_near_the_continuum():
    values = theorem("global_game").solve(cost=0.35, members=500, noise=0.1).values
    assert values["threshold"] == pytest.approx(values["threshold_continuum"], abs=3e-3)
    assert values["theta_star"] == 0.65


def test_a_group_too_small_for_its_noise_is_said_to_have_many_thresholds():
    uniqueness = theorem("global_game").solve(cost=0.4, members=10, noise=1e-4).uniqueness
    assert "thresholds between" in uniqueness
    assert "unique" in theorem("global_game").solve(cost=0.45, members=10, noise=0.05).uniqueness
