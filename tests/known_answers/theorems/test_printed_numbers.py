"""T01 to T26: every number of the tables, to the digits in which it is printed."""

from __future__ import annotations

import pytest

from sim.games.theorems.theorem import theorem
from tests.printed_digits import agrees, assert_printed


def rows(name: str, inputs: str, outputs: str, table: str) -> list[tuple[str, dict[str, float], dict[str, str]]]:
    """Cases from a table: inputs, then outputs as printed."""
    ins, outs = inputs.split(), outputs.split()
    cases = []
    for line in table.strip().splitlines():
        cells = line.split()
        assert len(cells) == len(ins) + len(outs), line
        given = {key: float(cell) for key, cell in zip(ins, cells, strict=False)}
        cases.append((name, given, dict(zip(outs, cells[len(ins) :], strict=True))))
    return cases


THREAT = {
    "status_quo_a": 0.0,
    "concession_a": 1.0,
    "concession_b": 0.0,
    "war_a": -1.9,
    "back_down_a": -1.2,
    "victory_b": 1.0,
}
MENU = {
    **{f"u1_{n}": x for n, x in enumerate((0.95, 0.85, 0.72, 0.55, 0.35, 0.15), 1)},
    **{f"u2_{n}": x for n, x in enumerate((0.10, 0.35, 0.55, 0.70, 0.86, 0.95), 1)},
}
LOOP = {
    f"{kind}_{i}_{j}": chance
    for kind, matrix in (
        ("stay", ((0.55, 0.20, 0.15), (0.10, 0.70, 0.05), (0.20, 0.05, 0.60))),
        ("end", ((0.05, 0.04, 0.01), (0.08, 0.06, 0.01), (0.01, 0.09, 0.05))),
    )
    for i, row in enumerate(matrix, 1)
    for j, chance in enumerate(row, 1)
}

CASES = [
    # T01
    *rows("rubinstein", "discount_1 discount_2", "share_1 payoff_1 payoff_1_second", """
        .9 .8 .714286 .714286 .642857
        .95 .95 .512821 .512821 .487179
        .5 .9 .181818 .181818 .090909"""),
    *rows("finite_bargaining", "discount_1 discount_2 rounds", "payoff_1", """
        .9 .8 1 1
        .9 .8 2 .2
        .9 .8 3 .92
        .9 .8 4 .344
        .9 .8 5 .8624
        .9 .8 41 .714686"""),
    *rows("rubinstein_breakdown", "payoff_if_broken_1 payoff_if_broken_2 breakdown", "share_1 nash_1", """
        .2 .1 .1 .568421 .55
        .2 .1 .02 .553535 .55
        .2 .1 .001 .550175 .55"""),
    *rows("rubinstein_rates", "rate_1 rate_2 gap", "share_1 limit_1", """
        .1 .2 1 .699390 .666667
        .1 .2 .1 .669994 .666667
        .1 .2 .001 .666700 .666667"""),
    # T02
    *rows("ultimatum_known", "reservation", "offer acceptance payoff_proposer", ".3 .3 1 .7"),
    *rows("ultimatum_uniform", "low high", "offer acceptance payoff_proposer", "0 1 .5 .5 .25"),
    *rows("ultimatum_logit", "outside precision", "offer acceptance payoff_proposer", """
        .2 5 .358412 .688273 .441588
        .2 10 .367282 .841952 .532718
        .2 20 .326191 .925795 .623809
        .2 50 .271353 .972552 .708647"""),
    # T03
    *rows("crisis_bargaining_uniform", "p cost_a low high", "demand war_probability payoff_a", """
        .5 .1 0 .4 .650 .375000 .556250
        .6 .15 .2 .5 .800 0 .800000
        .7 .05 0 .25 .800 .400000 .740000
        .4 .3 0 .2 .400 0 .400000
        .8 .05 0 .6 1.000 .333333 .916667"""),
    *rows("crisis_bargaining_exponential", "p cost_a mean_cost", "demand war_probability", """
        .4 .1 .2 .5 .393469
        .4 .1 .1 .4 0"""),
    # T04
    *rows("power_shift", "p_now p_later discount cost_a", "gain_from_attack price_of_attack attacks threshold", """
        .9 .4 .9 .3 .540 .103 1 .885556
        .9 .85 .9 .3 .135 .103 1 .885556
        .6 .5 .95 .5 .125 .05125 1 .577632
        .6 .58 .95 .5 .049 .05125 0 .577632"""),
    # T05
    *rows("audience_costs", "audience_1 audience_2 width_1 width_2 prize",
          "horizon stay_1 stay_2 yield_1 yield_2 war_probability", """
        1 1 1 1 1 .618034 .618034 .618034 0 0 .381966
        2 1 1 1 1 .366025 .732051 .366025 0 .366025 .267949
        1 1 2 1 1 .618034 .309017 .618034 .5 0 .190983
        3 1 1 1 .5 .228714 .686141 .228714 0 .457427 .156930"""),
    # T06
    *rows("reassurance", "temptation loss prior", "threshold", ".25 .5 .5 .4\n.6 .4 .5 .5\n.9 1 .5 .909091"),
    *rows("reassurance_belief", "prior mimicry", "posterior", ".4 .25 .727273\n.2 .5 .333333"),
    *rows("reassurance_signal", "prior temptation loss", "threshold mimicry seen", """
        .3 .6 .4 .5 .428571 .600000
        .2 0 1.5 .6 .166667 .333333"""),
    # T07
    *rows("chicken", "win both_yield yield_alone crash", "stand_1 crash_probability payoff_1", """
        1 0 -1 -10 .1 .01 -.1
        2 1 0 -5 .166667 .027778 .833333
        4 3 1 0 .5 .25 2"""),
    # T08
    *rows("ratification_uniform", "low high foreign_value", "offer ratified foreign_payoff", """
        .2 .8 0 .6 .666667 .266667
        0 1 0 .5 .5 .25
        .3 .7 .1 .6 .75 .325"""),
    *rows("veto_players", "players", "offer ratified", """
        1 .5 .5
        2 .6667 .4444
        3 .75 .421875
        5 .8333 .401878"""),
    *rows("setter", "setter ratifier fallback", "outcome", "1 .4 .2 .6\n1 .4 0 .8\n.3 .4 0 .3\n1 .4 .6 .6"),
    # T09
    *rows("bargaining_points", "exponent_1 exponent_2 shape", "nash_x kalai_smorodinsky_x", """
        .5 1 1 .333333 .381966
        .5 .8 1 .384615 .419210"""),
    *rows("bargaining_points", "exponent_1 exponent_2 shape", "nash_x kalai_smorodinsky_x egalitarian_x utilitarian_x",
          "1 1 2 .577350 .618034 .618034 .5"),
    *rows("bargaining_points", "exponent_1 exponent_2 weight disagreement_1 disagreement_2", "nash_x", """
        1 1 .5 .2 .1 .55
        1 1 .7 .2 .1 .69"""),
    *rows("logrolling", "weight_1 weight_2", "utility_1 utility_2 product product_of_halves", ".7 .3 .7 .7 .49 .25"),
    # T10
    *rows("double_auction", "weight", "buyer_slope buyer_intercept seller_slope seller_intercept least_value trade gains first_best "
          "efficiency gain_buyer gain_seller",
          ".5 .666667 .083333 .666667 .25 .25 .281250 .140625 .166667 .843750 .070312 .070312"),
    # T11
    *rows("attrition_complete", "value_1 value_2 cost_1 cost_2", "quit_rate_1 quit_rate_2 mean_duration payoff_1 quits_first_1", """
        1 1 .1 .1 .1 .1 5 0 .5
        1 2 .1 .1 .05 .1 6.6667 0 .333333"""),
    *rows("attrition_uniform", "highest cost", "mean_duration total_cost median_stop", "1 1 .166667 .333333 .193147"),
    *rows("attrition_exponential", "mean_value cost", "mean_duration", "1 1 .25"),
    # T12
    *rows("deterrence_logit", "challenger_unchallenged challenger_conceded challenger_resisted responder_conceded "
          "responder_resisted precision", "challenge resist unchallenged conceded fought", """
        0 1 -1 0 -.5 0 .5 .5 .5 .25 .25
        0 1 -1 0 -.5 .5 .515539 .437823 .484461 .289824 .225715
        0 1 -1 0 -.5 1 .560925 .377541 .439075 .349153 .211772
        0 1 -1 0 -.5 2 .715904 .268941 .284096 .523368 .192536
        0 1 -1 0 -.5 5 .985817 .075858 .014183 .911035 .074782
        0 1 -1 0 -.5 50 1.000 .000 .000 1.000 .000"""),
    *rows("deterrence_probit", "challenger_unchallenged challenger_conceded challenger_resisted responder_conceded "
          "responder_resisted error_sd", "resist challenge unchallenged conceded fought",
          "0 1 -1 0 -.5 1 .361837 .577457 .422543 .368512 .208945"),
    # T13
    *rows("two_by_two_logit", "row_ul row_ur row_dl row_dr column_ul column_ur column_dl column_dr precision", "up left", """
        4 0 0 1 0 1 1 0 .5 .657419 .460726
        4 0 0 1 0 1 1 0 1 .721937 .390818
        4 0 0 1 0 1 1 0 3 .682262 .250946
        9 0 0 1 0 1 1 0 .5 .830671 .418077
        9 0 0 1 0 1 1 0 1 .893576 .312780
        9 0 0 1 0 1 1 0 3 .795384 .145256"""),
    *rows("two_by_two_nash", "row_ul row_ur row_dl row_dr column_ul column_ur column_dl column_dr", "up left", """
        4 0 0 1 0 1 1 0 .5 .2
        9 0 0 1 0 1 1 0 .5 .1"""),
    *rows("chicken_logit", "win both_yield yield_alone crash precision", "stand_1", "1 0 -1 -10 1 .224159"),
    # T14
    *rows("brinkmanship_critical_risk", "win submit disaster", "critical_risk", "1 .2 -3 .2\n1 .2 -1 .4\n1 .6 -3 .1"),
    *rows("autonomous_risk", "risk rounds", "disaster_probability", ".02 10 .182927\n.02 30 .454516\n.1 5 .409510"),
    *rows("disaster_attrition", "win submit disaster hazard", "disaster_probability", """
        1 0 -3 .05 .142857
        1 0 -3 7 .142857
        1 .2 -2 .05 .153846"""),
    # T15
    *rows("competing_hazards", "rate_1 rate_2 rate_3 window", "share_1 share_2 share_3 mean_time by_window_1",
          ".05 .10 .35 2 .1 .2 .7 2 .063212"),
    *rows("piecewise_hazard", "rate_1 duration_1 rate_2 duration_2", "event_probability", ".1 3 .4 2 .667129"),
    *rows("self_exciting", "baseline branching", "mean_rate dispersion_limit", ".5 .4 .833333 2.777778"),
    # T16
    *rows("grim_trigger", "temptation reward punishment discount", "patience_needed", """
        5 3 1 .9 .5
        3 2 0 .9 .333333
        1.5 1 0 .9 .333333"""),
    *rows("detection", "temptation reward punishment discount detected", "detection_needed", """
        5 3 1 .9 .5 .111111
        3 2 0 .9 .5 .055556
        1.5 1 0 .9 .5 .055556"""),
    *rows("undetected_cheating", "temptation reward punishment discount lag", "patience_needed", """
        5 3 1 .9 2 .707107
        5 3 1 .9 4 .840896"""),
    *rows("false_alarm", "temptation reward punishment discount alarm", "value_cooperating mean_life", "5 3 1 .9 .05 2.379310 20"),
    *rows("chain_store", "reputation entrant_gain stages", "cutoff_1 cutoff_2 cutoff_3 cutoff_4 cutoff_5",
          ".1 .5 5 .5 .25 .125 .0625 .03125"),
    *rows("chain_store", "reputation entrant_gain stages", "fights posterior enters", ".1 .5 3 .333333 .25 1"),
    # T18
    *rows("two_period_screening", "discount", "cutoff price_1 price_2 profit", """
        .5 .6 .45 .30 .225
        .9 .846154 .465385 .423077 .232692
        .99 .980583 .495194 .490291 .247597"""),
    *rows("two_period_screening", "discount", "sales_1 sales_2", ".9 .153846 .423077"),
    # T19
    *rows("group_bargaining_majority", "members discount", "proposer_share partner_share", """
        3 1 .666667 .333333
        5 .9 .64 .18
        6 .95 .525 .158333"""),
    *rows("group_bargaining_unanimity", "members discount", "proposer_share partner_share", """
        3 .95 .366667 .316667
        6 .95 .208333 .158333"""),
    # T20
    *rows("concession_tactics", "beta_1 beta_2", "meeting share_1 share_2", """
        1 1 .5 .5 .5
        .2 .2 .870551 .5 .5
        3 3 .125 .5 .5
        .2 3 .662942 .871951 .128049
        .5 2 .524889 .724492 .275508"""),
    # T21
    *rows("inspection", "gain penalty miss loss_undetected loss_detected effort", "inspect violate undetected", """
        2 8 .2 10 3 .5 .25 .089286 .071429
        1 4 .1 5 1 .2 .222222 .055556 .044444"""),
    # T22
    *rows("bayesian_signals", "prior likelihood_good likelihood_bad unfavourable", "posterior", """
        .5 .2 .6 1 .25
        .5 .2 .6 2 .1
        .5 .2 .6 3 .035714
        .5 .2 .6 4 .012195
        .5 .2 .6 5 .004098"""),
    # T23
    *rows("expectation_gap", "mean_expected sd_expected tolerance", "disappointment", """
        .65 .15 .10 .797310
        .65 .15 .30 .390756
        .45 .15 .10 .390756"""),
    # T24
    *[("absorbing_chain", LOOP | {"start": start}, dict(zip(("ends_1", "ends_2", "ends_3", "steps"), printed, strict=True)))
      for start, printed in enumerate((
          (".405283", ".449811", ".144906", "7.849057"), (".449057", ".433962", ".116981", "7.169811"),
          (".283774", ".504151", ".212075", "7.320755")), 1)],
    # T25: options counted from 1
    ("zeuthen", MENU | {"options": 6}, {"agreement": "3", "nash": "3", "product": ".396", "risk_1": ".8421", "risk_2": ".8947",
                                        "concessions_1": "2", "concessions_2": "3"}),
    # T26
    *rows("global_game", "cost", "theta_star", ".4 .6"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "given", "printed"), CASES, ids=[f"{case[0]}-{n}" for n, case in enumerate(CASES)])
def test_printed_numbers(name, given, printed):
    values = theorem(name).solve(**given).values
    for output, digits in printed.items():
        assert_printed(values[output], digits)


# T17: W_B, then equilibria as pR, pC, pF, SQ, CD, SF, BD
SIGNALLING = {
    -2.9: (
        (".251105", ".994789", ".309695", ".005211", ".744993", ".077361", ".172436"),
        (".594723", ".379868", ".241563", ".620132", ".153952", ".054573", ".171343"),
        (".813322", ".205452", ".208759", ".794548", ".038353", ".034883", ".132215"),
    ),
    -2.6: ((".930745", ".159705", ".196798", ".840295", ".011060", ".029253", ".119392"),),
    -2.2: ((".976387", ".146539", ".192891", ".853461", ".003460", ".027599", ".115480"),),
}
COLUMNS = ("resist", "challenge", "stand", "unchallenged", "conceded", "stood_firm", "backed_down")


@pytest.mark.parametrize("war_b", SIGNALLING)
def test_every_equilibrium_of_the_crisis_signalling_game_is_listed(war_b):
    solution = theorem("crisis_signalling").solve(**THREAT, war_b=war_b)
    for found, printed in zip(solution.equilibria, SIGNALLING[war_b], strict=True):
        for column, digits in zip(COLUMNS, printed, strict=True):
            assert_printed(found.values[column], digits)
    assert [found.selected for found in solution.equilibria].index(True) == 0
    assert ("3" in solution.uniqueness) == (war_b == -2.9)


def test_a_wrong_number_would_show():
    assert not agrees(theorem("crisis_signalling").solve(**THREAT, war_b=-2.9001).values["resist"], ".251105")
