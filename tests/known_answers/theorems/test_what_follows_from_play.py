"""Outputs that follow from the strategies: outcomes counted over types spread evenly, or over the moves' chances."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.games.theorems.theorem import theorem
from tests.known_answers.theorems.playing import Play, points

EVEN = (np.arange(2000) + 0.5) / 2000.0


@pytest.mark.parametrize(
    "given", points(61, 8, p=(0.1, 0.9), cost_a=(0.0, 0.4), low=(0.0, 0.2), high=(0.3, 1.0), mean_cost=(0.1, 0.8))
)
def test_demands_and_their_refusal(given):
    base = {"p": given["p"], "cost_a": given["cost_a"]}
    uniform = Play(theorem("crisis_bargaining_uniform"), base | {"low": given["low"], "high": given["high"]})
    exponential = Play(theorem("crisis_bargaining_exponential"), base | {"mean_cost": given["mean_cost"]})
    for play, costs in (
        (uniform, given["low"] + (given["high"] - given["low"]) * EVEN),
        (exponential, -given["mean_cost"] * np.log1p(-EVEN)),
    ):
        demand = play("A.demand")
        assert demand == play["demand"] == pytest.approx(given["p"] + play["premium"])
        fights = ~np.array([play("B.accepts", type={"cost_b": c}, move={"demand": demand}) for c in costs])
        assert play["war_probability"] == pytest.approx(fights.mean(), abs=1e-3)
        assert play["welfare_loss"] == pytest.approx(np.where(fights, costs + given["cost_a"], 0.0).mean(), abs=1e-3)
        assert play["payoff_a"] + play["payoff_b"] + play["welfare_loss"] == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize(
    "given", points(62, 10, p_now=(0.3, 1.0), p_later=(0.0, 0.9), discount=(0.3, 0.95), cost_a=(0.0, 2.0))
)
def test_the_offer_that_keeps_the_peace(given):
    play = Play(theorem("power_shift"), given)
    d = given["discount"]
    assert play["war_value_now"] == pytest.approx(given["p_now"] / (1.0 - d) - given["cost_a"])
    assert play["offer_later"] / (1.0 - d) == pytest.approx(play["value_later"])
    for round, key in ((1, "offer_now"), (2, "offer_later")):
        attacks = play("A.attacks", round=round, move={"offer": play("B.offer", round=round)})
        assert attacks == (play["attacks"] > 0.0 and round == 1)
        assert play("B.offer", round=round) == play[key]
    assert max(0.0, play["war_value_now"] - d * play["value_later"]) == pytest.approx(play["need_now"])
    if play["value_later"] > 0.0:
        assert (play["gain_from_attack"] > play["price_of_attack"]) == (play["attacks"] > 0.0)


@pytest.mark.parametrize("given", points(63, 8, audience_1=(0.2, 3.0), audience_2=(0.2, 3.0), width_1=(0.3, 3.0), width_2=(0.3, 3.0),
                                         prize=(0.3, 2.0)))  # fmt: skip
def test_sides_of_the_audience_contest_are_alike(given):
    """Exchanging the sides exchanges the outputs; and hazards fall as more has been sunk."""
    values = theorem("audience_costs").solve(**given).values
    swapped = {
        name[:-1] + {"1": "2", "2": "1"}[name[-1]] if name[-1] in "12" else name: value for name, value in given.items()
    }
    other = theorem("audience_costs").solve(**swapped).values
    for name, value in values.items():
        twin = name[:-1] + {"1": "2", "2": "1"}[name[-1]] if name[-1] in "12" else name
        assert other[twin] == pytest.approx(value, abs=1e-10), name
    end, step = values["horizon"], 1e-6 * values["horizon"]
    for side, rival in (("1", "2"), ("2", "1")):
        stays = lambda t, a=given[f"audience_{rival}"]: given["prize"] / (given["prize"] + a * t)  # noqa: E731
        assert values[f"hazard_start_{side}"] == pytest.approx((1.0 - stays(step)) / step, rel=1e-4)
        assert values[f"hazard_end_{side}"] == pytest.approx((stays(end) / stays(end + step) - 1.0) / step, rel=1e-4)


@pytest.mark.parametrize("given", points(64, 10, prior=(0.05, 0.95), temptation=(-0.5, 0.9), loss=(0.1, 2.0)))
def test_outcomes_of_trust(given):
    for found in theorem("reassurance").solve(**given).equilibria:
        v, c = found.values, found.values["cooperation"]
        chances = {}  # of (one cooperates, the other does)
        for mine in (True, False):
            for theirs in (True, False):
                cooperates = [(given["prior"] * c if yes else 1.0 - given["prior"] * c) for yes in (mine, theirs)]
                chances[mine, theirs] = cooperates[0] * cooperates[1]
        assert v["mutual"] == pytest.approx(chances[True, True])
        assert v["exploited"] == pytest.approx(chances[True, False])
        assert v["cooperates"] == pytest.approx(chances[True, True] + chances[True, False])
        other = given["prior"] * c
        payoff = c * (other - (1.0 - other) * given["loss"]) + (1.0 - c) * other * given["temptation"]
        assert v["payoff"] == pytest.approx(payoff)
        assert v["threshold"] * 1.0 - (1.0 - v["threshold"]) * given["loss"] == pytest.approx(
            v["threshold"] * given["temptation"]
        )


@pytest.mark.parametrize(
    "given",
    points(
        65, 12, prior=(0.05, 0.95), temptation=(-0.5, 0.9), loss=(0.1, 2.0), gesture_cost=(0.05, 1.0), gain=(0.3, 1.5)
    ),
)
def test_outcomes_of_a_gesture(given):
    play = Play(theorem("reassurance_signal"), given)
    mimics = np.array([play("untrustworthy.gesture", uniform=u) for u in EVEN]).mean()
    replies = np.array([play("receiver.cooperates", uniform=u, move={"gesture": True}) for u in EVEN]).mean()
    assert not play("receiver.cooperates", uniform=1e-9, move={"gesture": False})
    t = given["prior"]
    seen = t + (1.0 - t) * mimics
    close = {"abs": 3e-3}
    assert play["answered"] == pytest.approx(seen * replies, **close)
    assert play["exploited"] == pytest.approx((1.0 - t) * mimics * replies, **close)
    assert play["payoff_untrustworthy"] == pytest.approx(
        mimics * (replies * given["gain"] - given["gesture_cost"]), **close
    )
    receiver = replies * (t - (1.0 - t) * mimics * given["loss"]) + (1.0 - replies) * t * given["temptation"]
    assert play["payoff_receiver"] == pytest.approx(receiver, abs=1e-2)
    belief = theorem("reassurance_belief").solve(prior=t, mimicry=play["mimicry"]).values
    assert (belief["posterior"], belief["seen"]) == pytest.approx((play["posterior"], play["seen"]))


@pytest.mark.parametrize("given", points(66, 8, precision=(0.0, 9.0), win=(1.0, 2.0), both_yield=(-1.0, 0.5), yield_alone=(-2.0, 0.0),
                                         crash=(-9.0, -3.0)))  # fmt: skip
def test_cells_of_chicken_and_of_other_games(given):
    payoffs = {name: given[name] for name in ("win", "both_yield", "yield_alone", "crash")}
    for solution in (theorem("chicken_logit").solve(**given), theorem("chicken").solve(**payoffs)):
        for found in solution.equilibria:
            v = found.values
            p, q = v["stand_1"], v["stand_2"]
            assert (v["crash_probability"], v["both_yield_probability"]) == pytest.approx(
                (p * q, (1.0 - p) * (1.0 - q))
            )
            mine = p * q * given["crash"] + p * (1.0 - q) * given["win"]
            mine += (1.0 - p) * q * given["yield_alone"] + (1.0 - p) * (1.0 - q) * given["both_yield"]
            assert v["payoff_1"] == pytest.approx(mine)
    game = {"row_ul": "crash", "row_ur": "win", "row_dl": "yield_alone", "row_dr": "both_yield"}
    game |= {"column_ul": "crash", "column_ur": "yield_alone", "column_dl": "win", "column_dr": "both_yield"}
    numbers = {cell: given[name] for cell, name in game.items()}
    for solution in (
        theorem("two_by_two_logit").solve(precision=given["precision"], **numbers),
        theorem("two_by_two_nash").solve(**numbers),
    ):
        for found in solution.equilibria:
            v = found.values
            cells = {"ul": v["up"] * v["left"], "ur": v["up"] * (1 - v["left"]), "dl": (1 - v["up"]) * v["left"],
                     "dr": (1 - v["up"]) * (1 - v["left"])}  # fmt: skip
            assert [v[f"cell_{cell}"] for cell in cells] == pytest.approx(list(cells.values()), abs=1e-15)
            for side in ("row", "column"):
                mean = sum(chance * numbers[f"{side}_{cell}"] for cell, chance in cells.items())
                assert v[f"payoff_{side}"] == pytest.approx(mean)


@pytest.mark.parametrize(
    "given", points(67, 8, low=(0.0, 0.4), high=(0.5, 1.0), foreign_value=(0.0, 0.5), players=(1, 5))
)
def test_shares_that_the_home_side_gets(given):
    play = Play(theorem("ratification_uniform"), {name: given[name] for name in ("low", "high", "foreign_value")})
    types = given["low"] + (given["high"] - given["low"]) * EVEN
    passes = np.array(
        [play("home.ratifies", type={"reservation": r}, move={"offer": play("foreign.offer")}) for r in types]
    )
    assert (play["ratified"], play["home_share"]) == pytest.approx(
        (passes.mean(), play["offer"] * passes.mean()), abs=2e-3
    )
    many = Play(theorem("veto_players"), {"players": given["players"]})
    each = np.array(
        [many("veto_player.accepts", type={"reservation": r}, move={"offer": many("foreign.offer")}) for r in EVEN]
    )
    assert many["ratified"] == pytest.approx(each.mean() ** given["players"], abs=4e-3)
    assert many["home_share"] == pytest.approx(many["offer"] * many["ratified"])
    line = theorem("setter").solve(setter=given["high"], ratifier=given["low"], fallback=0.0).values
    assert line["loss_ratifier"] == pytest.approx(abs(line["outcome"] - given["low"]))


@pytest.mark.parametrize("given", points(68, 8, exponent_1=(0.3, 1.0), exponent_2=(0.3, 1.0), shape=(1.0, 2.0), disagreement_1=(0.0, 0.3),
                                         disagreement_2=(0.0, 0.3)))  # fmt: skip
def test_utilities_are_those_of_the_shares(given):
    v = theorem("bargaining_points").solve(**given).values
    for name in ("nash", "kalai_smorodinsky", "egalitarian", "utilitarian"):
        x = v[f"{name}_x"]
        assert v[f"{name}_1"] == pytest.approx(x ** given["exponent_1"])
        assert v[f"{name}_2"] == pytest.approx((1.0 - x ** given["shape"]) ** given["exponent_2"])
    gain_1, gain_2 = v["nash_1"] - given["disagreement_1"], v["nash_2"] - given["disagreement_2"]
    assert v["product"] == pytest.approx(gain_1 * gain_2)
    least = given["disagreement_1"] ** (1.0 / given["exponent_1"])
    assert v["best_2"] == pytest.approx((1.0 - least ** given["shape"]) ** given["exponent_2"])


@pytest.mark.parametrize("given", points(69, 6, weight=(0.0, 1.0)))
def test_who_never_trades(given):
    play = Play(theorem("double_auction"), given)
    lowest_ask, highest_bid = play("seller.ask", type={"cost": 0.0}), play("buyer.bid", type={"value": 1.0})
    assert play("buyer.bid", type={"value": play["least_value"]}) == pytest.approx(lowest_ask)
    assert play("seller.ask", type={"cost": play["most_cost"]}) == pytest.approx(highest_bid)
    best = np.maximum(EVEN[:, None] - EVEN[None, :], 0.0).mean()
    assert play["first_best"] == pytest.approx(best, abs=1e-6)
    assert play["efficiency"] == pytest.approx(play["gains"] / best, abs=1e-5)


@pytest.mark.parametrize(
    "given", points(70, 6, value_1=(0.5, 3.0), value_2=(0.5, 3.0), cost_1=(0.1, 1.0), cost_2=(0.1, 1.0))
)
def test_who_quits_first(given):
    play = Play(theorem("attrition_complete"), given)
    one = np.array([play("1.quits_at", uniform=u) for u in EVEN[::4]])[:, None]
    two = np.array([play("2.quits_at", uniform=u) for u in EVEN[::4]])[None, :]
    assert play["quits_first_2"] == pytest.approx((two < one).mean(), abs=3e-3)
    assert play["total_cost"] == pytest.approx(
        (given["cost_1"] + given["cost_2"]) * np.minimum(one, two).mean(), rel=1e-2
    )
    payoff = np.where(two < one, given["value_1"], 0.0) - given["cost_1"] * np.minimum(one, two)
    assert play["payoff_1"] == pytest.approx(payoff.mean(), abs=2e-2)
    assert play["payoff_2"] == 0.0


TREE = {
    "challenger_unchallenged": (-1.0, 1.0), "challenger_conceded": (-1.0, 2.0), "challenger_resisted": (-3.0, 1.0),
    "responder_conceded": (-1.0, 1.0), "responder_resisted": (-2.0, 1.0), "responder_unchallenged": (-1.0, 1.0),
}  # fmt: skip


@pytest.mark.parametrize("given", points(71, 6, **TREE))
@pytest.mark.parametrize(
    "kind",
    [("deterrence_logit", {"precision": 1.4}), ("deterrence_probit", {"error_sd": 0.6})],
    ids=["logit", "probit"],
)
def test_outcomes_of_deterrence(kind, given):
    v = theorem(kind[0]).solve(**given, **kind[1]).values
    c, r = v["challenge"], v["resist"]
    assert (v["unchallenged"], v["conceded"], v["fought"]) == pytest.approx((1.0 - c, c * (1.0 - r), c * r))
    for side in ("challenger", "responder"):
        mean = sum(v[outcome] * given[f"{side}_{key}"] for outcome, key in
                   (("unchallenged", "unchallenged"), ("conceded", "conceded"), ("fought", "resisted")))  # fmt: skip
        assert v[f"payoff_{side}"] == pytest.approx(mean)
    assert v["value_of_challenge"] == pytest.approx(
        r * given["challenger_resisted"] + (1.0 - r) * given["challenger_conceded"]
    )


def test_time_on_the_brink():
    play = Play(theorem("disaster_attrition"), {"win": 1.0, "submit": 0.1, "disaster": -2.0, "hazard": 0.3})
    draws = np.random.default_rng(72).uniform(size=(3, 20_000))
    moves = ("1.quits_at", "2.quits_at", "nature.disaster_at")
    times = np.array([[play(move, uniform=u) for u in row] for move, row in zip(moves, draws, strict=True)])
    assert play["mean_duration"] == pytest.approx(times.min(axis=0).mean(), rel=0.03)
    ends = np.bincount(times.argmin(axis=0), minlength=3) / times.shape[1]
    assert [play["quits_first_1"], play["quits_first_2"], play["disaster_probability"]] == pytest.approx(
        list(ends), abs=0.015
    )
    payoff = np.choose(times.argmin(axis=0), [0.1, 1.0, -2.0]).mean()
    assert (play["payoff_1"], play["payoff_2"]) == pytest.approx((payoff, payoff), abs=0.04)


@pytest.mark.parametrize(
    "given", points(73, 8, temptation=(3.5, 6.0), reward=(1.5, 3.0), punishment=(-1.0, 1.0), discount=(0.05, 0.97))
)
def test_thresholds_of_cooperation_are_where_cheating_pays_as_much(given):
    t, r, p = given["temptation"], given["reward"], given["punishment"]
    base = {"temptation": t, "reward": r, "punishment": p}
    for name, more in (("grim_trigger", {}), ("undetected_cheating", {"lag": 3}), ("false_alarm", {"alarm": 0.07})):
        needed = theorem(name).solve(**base, discount=given["discount"], **more).values["patience_needed"]
        if not 0.0 < needed < 1.0:
            continue
        at = theorem(name).solve(**base, discount=needed, **more).values
        assert at["value_of_cheating"] == pytest.approx(at.get("value_cooperating", r), abs=1e-9)
        below = theorem(name).solve(**base, discount=needed * 0.999, **more)
        assert (below.values["sustained"], below.values["value"]) == (0.0, p)
        above = theorem(name).solve(**base, discount=min(0.9999, needed * 1.001), **more)
        assert above.values["sustained"] == 1.0 and len(above.equilibria) == 2
        assert above.values["value"] == pytest.approx(above.values.get("value_cooperating", r))
    needed = theorem("detection").solve(**base, discount=given["discount"], detected=0.5).values["detection_needed"]
    if needed <= 1.0:
        at = theorem("detection").solve(**base, discount=given["discount"], detected=needed).values
        assert at["value_of_cheating"] == pytest.approx(r, abs=1e-9)
    else:
        assert "too low" in theorem("detection").solve(**base, discount=given["discount"], detected=1.0).notes[0]
    assert theorem("false_alarm").solve(**base, discount=0.9, alarm=0.08).values["mean_life"] == pytest.approx(
        sum(n * 0.08 * 0.92 ** (n - 1) for n in range(1, 1000))
    )


@pytest.mark.parametrize(
    "given", points(74, 12, reputation=(0.01, 0.9), entrant_gain=(0.2, 0.8), deterred_gain=(1.1, 4.0), stages=(1, 12))
)
def test_the_first_challenge(given):
    play = Play(theorem("chain_store"), given)
    b, n, x = given["entrant_gain"], int(given["stages"]), given["reputation"]
    spot = {"belief": {"tough": x}, "round": 1}
    enters = np.mean([play("challenger.enters", uniform=u, **spot) for u in EVEN])
    fights = np.mean([play("weak.fights", uniform=u, **spot) for u in EVEN])
    assert (play["enters"], play["fights"]) == pytest.approx((enters, fights), abs=1e-3)
    assert play["posterior"] == pytest.approx(x / (x + (1.0 - x) * play["fights"]))
    assert play["fought_first"] == pytest.approx(enters * (x + (1.0 - x) * fights), abs=1e-3)
    assert play["cutoff"] == pytest.approx(math.prod([b] * n))
    assert [play[f"cutoff_{k}"] for k in range(1, 13)] == pytest.approx(
        [math.prod([b] * k) if k <= n else 0.0 for k in range(1, 13)]
    )


@pytest.mark.parametrize("members, discount", [(2, 0.8), (3, 1.0), (4, 0.5), (7, 0.9), (8, 0.95)])
@pytest.mark.parametrize("rule", ["majority", "unanimity"])
def test_who_is_paid_in_a_group(rule, members, discount):
    v = theorem(f"group_bargaining_{rule}").solve(members=members, discount=discount).values
    assert v["votes"] == (members if rule == "unanimity" else math.floor(members / 2) + 1)
    assert v["paid"] * members == pytest.approx(v["votes"])  # proposer and partners, wherever the lot falls
    assert v["included"] * (members - 1) == pytest.approx(v["partners"])
    assert v["cutoff"] == v["partner_share"] == pytest.approx(discount * v["value"])
    assert v["agreement_round"] == 1.0
    assert v["proposer_share"] / members + (1 - 1 / members) * v["included"] * v["partner_share"] == pytest.approx(
        v["value"]
    )


def test_sums_and_shares_of_what_is_left():
    v = theorem("two_period_screening").solve(discount=0.7).values
    assert v["sales_1"] + v["sales_2"] + v["no_sale"] == pytest.approx(1.0)
    assert v["cutoff"] * (1.0 - 0.7 / 2) == pytest.approx(v["price_1"])
    v = theorem("competing_hazards").solve(rate_1=0.3, rate_2=0.5, window=1.2).values
    assert sum(v[f"by_window_{n}"] for n in range(1, 7)) == pytest.approx(v["any_by_window"])
    assert v["total_rate"] == pytest.approx(0.8)
    assert theorem("piecewise_hazard").solve(rate_1=0.3, duration_1=2.0, duration_2=1.0).values["length"] == 3.0
    v = theorem("self_exciting").solve(baseline=0.5, branching=0.3, window=1e6).values
    assert v["dispersion"] == pytest.approx(v["dispersion_limit"], rel=1e-5)
    assert v["mean_cluster"] == pytest.approx(sum(0.3**n for n in range(60)))
    v = theorem("inspection").solve(gain=2, penalty=1, miss=0.6, loss_undetected=4, loss_detected=1, effort=0.3).values
    assert (v["inspect"], v["violate"]) == (1.0, 1.0) and v["deterrent_rate"] > 1.0 > v["indifference_rate"]
    v = (
        theorem("expectation_gap")
        .solve(mean_expected=0.7, sd_expected=0.3, mean_result=0.3, sd_result=0.4, tolerance=0.1)
        .values
    )
    assert (v["mean_gap"], v["sd_gap"]) == pytest.approx((0.4, 0.5))
    v = (
        theorem("bayesian_signals")
        .solve(prior=0.3, likelihood_good=0.2, likelihood_bad=0.6, unfavourable=2, favourable=1)
        .values
    )
    assert (v["chance_good"], v["chance_bad"]) == pytest.approx((0.2 * 0.2 * 0.8, 0.6 * 0.6 * 0.4))
    v = theorem("ultimatum_logit").solve(outside=0.2, precision=10).values
    assert v["received"] == pytest.approx(v["offer"] * v["acceptance"])
    v = theorem("concession_tactics").solve(beta_1=0.5, beta_2=1.5, horizon=20.0).values
    assert v["meeting"] * 20.0 == pytest.approx(v["meeting_time"])


@pytest.mark.parametrize(("effort", "count"), [(2.4, 2), (3.0, 1)])
def test_inspections_that_are_not_worth_their_cost(effort, count):
    """Worth 2.4 at most: at that cost the inspector is indifferent, above it nobody inspects."""
    solution = theorem("inspection").solve(
        gain=2, penalty=8, miss=0.2, loss_undetected=4, loss_detected=1, effort=effort
    )
    assert (solution.values["inspect"], solution.values["violate"]) == (0.0, 1.0)
    assert len(solution.equilibria) == count


def test_knife_edges_are_not_decided_by_rounding():
    """One third of three, and the like: whoever is indifferent cooperates, or keeps the peace."""
    for discount in (1.0 / 3.0, 1.0 / 3.0 - 1e-14):
        assert (
            theorem("grim_trigger").solve(temptation=1.5, reward=1, punishment=0, discount=discount).values["sustained"]
            == 1.0
        )
    assert theorem("reassurance").solve(prior=0.1 + 0.2 + 0.1, temptation=0.25, loss=0.5).values["cooperation"] == 1.0
    values = theorem("power_shift").solve(p_now=0.9, p_later=0.5, discount=0.9, cost_a=0.3).values
    at_edge = theorem("power_shift").solve(p_now=0.9, p_later=values["threshold"], discount=0.9, cost_a=0.3)
    assert at_edge.values["attacks"] == 0.0 and "indifferent" in at_edge.notes[0]


@pytest.mark.parametrize(
    "given", points(75, 10, breakdown=(0.02, 1.0), payoff_if_broken_1=(0.0, 0.5), payoff_if_broken_2=(0.0, 0.5))
)
def test_offers_under_breakdown_leave_the_other_indifferent(given):
    v = theorem("rubinstein_breakdown").solve(**given).values
    p, b1, b2 = given["breakdown"], given["payoff_if_broken_1"], given["payoff_if_broken_2"]
    assert v["cutoff_1"] == pytest.approx(p * b1 + (1.0 - p) * v["share_1"])
    assert v["cutoff_2"] == pytest.approx(p * b2 + (1.0 - p) * v["share_2"])
    assert v["share_1"] == v["offer_1"] == v["payoff_1"] == pytest.approx(1.0 - v["cutoff_2"])
    assert v["share_2"] == v["payoff_2_first"] == pytest.approx(1.0 - v["cutoff_1"])
    assert (v["offer_2"], v["payoff_2"], v["payoff_1_second"]) == pytest.approx(
        (v["cutoff_1"], v["cutoff_2"], v["cutoff_1"])
    )
    assert v["agreement_round"] == 1.0
    quick = theorem("rubinstein_breakdown").solve(**given | {"breakdown": 1e-9}).values
    assert v["nash_1"] == pytest.approx(quick["share_1"], abs=1e-8)


@pytest.mark.parametrize("given", points(76, 8, rate_1=(0.01, 1.0), rate_2=(0.01, 1.0), gap=(0.1, 3.0), rounds=(2, 8)))
def test_more_of_alternating_offers(given):
    v = theorem("rubinstein_rates").solve(rate_1=given["rate_1"], rate_2=given["rate_2"], gap=given["gap"]).values
    assert v["discount_1"] == pytest.approx(math.exp(-given["rate_1"] * given["gap"]))
    assert v["discount_2"] == pytest.approx(math.exp(-given["rate_2"] * given["gap"]))
    quick = theorem("rubinstein_rates").solve(rate_1=given["rate_1"], rate_2=given["rate_2"], gap=1e-9).values
    assert v["limit_1"] == pytest.approx(quick["share_1"], abs=1e-8)
    play = Play(theorem("finite_bargaining"), {"discount_1": 0.8, "discount_2": 0.7, "rounds": given["rounds"]})
    assert (play["offer_1"], play["offer_2"]) == pytest.approx((play("1.offer", round=1), play("2.offer", round=2)))
    assert (play["payoff_1"], play["payoff_2"], play["agreement_round"]) == pytest.approx(
        (play["offer_1"], 1.0 - play["offer_1"], 1.0)
    )


@pytest.mark.parametrize("reservation", [0.0, 0.3, 1.0])
def test_a_known_reservation_value_is_met_exactly(reservation):
    play = Play(theorem("ultimatum_known"), {"reservation": reservation})
    assert play("responder.accepts", move={"offer": play("proposer.offer")})
    assert not play("responder.accepts", move={"offer": play("proposer.offer") - 1e-12})
    found = [play[name] for name in ("offer", "acceptance", "payoff_proposer", "received")]
    assert found == [reservation, 1.0, 1.0 - reservation, reservation]


@pytest.mark.parametrize("given", points(77, 6, low=(0.0, 0.5), high=(0.6, 1.0)))
def test_responders_who_take_the_offer(given):
    play = Play(theorem("ultimatum_uniform"), given)
    types = given["low"] + (given["high"] - given["low"]) * EVEN
    takes = np.array([play("responder.accepts", type={"reservation": r}, move={"offer": play["offer"]}) for r in types])
    assert (play["acceptance"], play["received"]) == pytest.approx(
        (takes.mean(), play["offer"] * takes.mean()), abs=1e-3
    )


def test_concessions_step_by_step():
    """The rule as it is told, on lists in which both sides' wishes are opposed; by brute force over what is left."""
    generator = np.random.default_rng(78)
    for _ in range(20):
        count = int(generator.integers(3, 9))
        one, two = np.sort(generator.uniform(0.1, 1.0, count))[::-1], np.sort(generator.uniform(0.1, 1.0, count))
        given = {f"u1_{n}": float(u) for n, u in enumerate(one, 1)} | {
            f"u2_{n}": float(u) for n, u in enumerate(two, 1)
        }
        play = Play(theorem("zeuthen"), given | {"options": count})
        a, b, steps, risks = 0, count - 1, [0, 0], []
        while a != b:
            seen = {"own": one[a], "other": one[b], "rival_own": two[b], "rival_other": two[a]}
            risks.append(((one[a] - one[b]) / one[a], (two[b] - two[a]) / two[b]))
            if play("1.concedes", move=seen):
                a, steps[0] = a + 1, steps[0] + 1
            else:
                b, steps[1] = b - 1, steps[1] + 1
        assert play["agreement"] == a + 1
        assert (play["utility_1"], play["utility_2"]) == (one[a], two[a])
        assert (play["risk_1"], play["risk_2"]) == pytest.approx(risks[0])
        assert (play["first_offer_1"], play["first_offer_2"]) == (1, count)
        assert [play["concessions_1"], play["concessions_2"]] in (
            steps,
            [steps[0] - 1, steps[1]],
            [steps[0], steps[1] - 1],
        )


def test_two_kinds_of_b_that_never_resist_or_always_do():
    """Where A is deterred for sure, or B's resistance costs nothing, the equilibrium is at an end of the scale."""
    base = {"status_quo_a": 0.0, "concession_a": 1.0, "war_a": -2.0, "back_down_a": -1.0, "concession_b": 0.0}
    values = theorem("crisis_signalling").solve(**base, war_b=40.0, victory_b=50.0).values
    assert values["resist"] == 1.0 and values["conceded"] == 0.0
    values = theorem("crisis_signalling").solve(**base, war_b=-90.0, victory_b=-80.0).values
    assert values["resist"] < 1e-12 and values["challenge"] == pytest.approx(1.0)
    solution = theorem("crisis_signalling").solve(**base | {"concession_a": -1.0}, war_b=-90.0, victory_b=-80.0)
    assert solution.values["unchallenged"] == pytest.approx(1.0) and math.isfinite(solution.values["resist_cutoff"])


def test_a_long_row_of_challengers_stays_out_until_few_are_left():
    """A reputation of .1 deters while more than three stages of b = .5 are left (b^4 < .1 < b^3)."""
    few = theorem("chain_store").solve(reputation=0.1, entrant_gain=0.5, stages=3).values
    many = theorem("chain_store").solve(reputation=0.1, entrant_gain=0.5, stages=60).values
    assert many["mean_entries"] == pytest.approx(few["mean_entries"])
    assert many["payoff_weak"] == pytest.approx(few["payoff_weak"] + 57 * 2.0)
    assert many["entry_1"] == many["entry_12"] == 0.0 and many["cutoff_12"] == 0.5**12
