"""T16, first part: what keeps cooperation going when cheating pays today.

A repeated prisoner's dilemma with temptation T > reward R > punishment P and one discount factor. Values are averages a
period. All play grim trigger: cooperate until a breach has been seen, never again after it.

As strategies: cooperate iff ``solution.sustained > 0`` and no breach has been seen: ``solution.sustained > 0 and
belief.breach <= 0``, where ``belief.breach`` is public and 1 after a breach (or an alarm).

Sources: Friedman (1971), Review of Economic Studies 38, 1-12; Green and Porter (1984), Econometrica 52, 87-100.
"""

from __future__ import annotations

import math

from sim.games.theorems.theorem import ON_EDGE, Condition, Output, Solution, Symbol, Theorem, choose, only
from sim.rules import inspection

PAYOFFS = (
    Symbol("temptation", "T: payoff of cheating on one that cooperates", -math.inf, math.inf, example=5.0),
    Symbol("reward", "R: payoff of mutual cooperation", -math.inf, math.inf, example=3.0),
    Symbol("punishment", "P: payoff when nobody cooperates", -math.inf, math.inf, example=1.0),
)
ORDER = (
    Condition("temptation above reward", lambda temptation, reward: temptation > reward),
    Condition("reward above punishment", lambda reward, punishment: reward > punishment),
)
DISCOUNT = Symbol(
    "discount", "discount factor from period to period", 0.0, 1.0, example=0.9, open_low=True, open_high=True
)
SUSTAINED = Output("sustained", "1 if cooperation is an equilibrium, else 0", "0 or 1")
VALUE = Output("value", "average value a period on the selected path", "utility")
CHEATING = Output("value_of_cheating", "average value of the best breach", "utility")
PLAY = {"player.cooperates": "solution.sustained > 0 and belief.breach <= 0"}
SOURCE = "Friedman (1971)"


def _folk(values: dict[str, float], sustained: bool, cooperating: float, punishment: float) -> Solution:
    """With patience enough both paths are equilibria; without it only the lack of cooperation is, among grim triggers."""
    never = values | {"value": punishment}
    words = "Nobody ever cooperates."
    if not sustained:
        return only(
            never,
            words,
            "Grim trigger sustains no cooperation here, and it is the harshest punishment; never to cooperate is an equilibrium.",
        )
    return choose(
        [(values | {"value": cooperating}, "Cooperation under the threat never to cooperate again."), (never, words)],
        0,
        "Many equilibria (folk theorem); the two listed are cooperation by grim trigger and none at all.",
        "The most cooperative equilibrium.",
    )


def _grim(temptation: float, reward: float, punishment: float, discount: float) -> Solution:
    needed = inspection.patience_needed(temptation, reward, punishment)
    cheating = (1.0 - discount) * temptation + discount * punishment
    sustained = discount >= needed - ON_EDGE
    values = {"patience_needed": needed, "sustained": float(sustained), "value_of_cheating": cheating}
    return _folk(values, sustained, reward, punishment)


def _detection(temptation: float, reward: float, punishment: float, discount: float, detected: float) -> Solution:
    needed = (1.0 - discount) * (temptation - reward) / (discount * (reward - punishment))
    later = detected * punishment + (1.0 - detected) * reward
    cheating = (1.0 - discount) * temptation + discount * later
    sustained = detected >= needed - ON_EDGE
    values = {"detection_needed": needed, "sustained": float(sustained), "value_of_cheating": cheating}
    solution = _folk(values, sustained, reward, punishment)
    if needed <= 1.0:
        return solution
    note = "Even certain detection would not do: the discount factor is too low."
    return Solution(solution.values, solution.equilibria, solution.uniqueness, solution.selection, (note,))


def _undetected(temptation: float, reward: float, punishment: float, discount: float, lag: int) -> Solution:
    needed = ((temptation - reward) / (temptation - punishment)) ** (1.0 / lag)
    kept = discount**lag
    sustained = discount >= needed - ON_EDGE
    values = {
        "patience_needed": needed, "sustained": float(sustained),
        "value_of_cheating": (1.0 - kept) * temptation + kept * punishment,
    }  # fmt: skip
    return _folk(values, sustained, reward, punishment)


def _false_alarm(temptation: float, reward: float, punishment: float, discount: float, alarm: float) -> Solution:
    value = inspection.value_with_false_alarms(reward, punishment, discount, alarm)
    needed = inspection.patience_needed(temptation, reward, punishment) / (1.0 - alarm)
    sustained = discount >= needed - ON_EDGE
    values = {
        "value_cooperating": value, "mean_life": inspection.life_with_false_alarms(alarm), "patience_needed": needed,
        "sustained": float(sustained), "value_of_cheating": (1.0 - discount) * temptation + discount * punishment,
    }  # fmt: skip
    return _folk(values, sustained, value, punishment)


THEOREMS = (
    Theorem(
        name="grim_trigger",
        title="Patience that sustains cooperation",
        symbols=(*PAYOFFS, DISCOUNT),
        outputs=(Output("patience_needed", "least discount factor", "factor"), SUSTAINED, VALUE, CHEATING),
        formula=(
            "reward >= (1 - discount) * temptation + discount * punishment",
            "iff discount >= patience_needed = (temptation - reward) / (temptation - punishment)",
        ),
        source=SOURCE,
        solver=_grim,
        strategies=PLAY,
        requires=ORDER,
    ),
    Theorem(
        name="detection",
        title="Detection that sustains cooperation",
        symbols=(*PAYOFFS, DISCOUNT, Symbol("detected", "probability that a breach is detected", 0.0, 1.0, example=0.2)),
        outputs=(
            Output("detection_needed", "least probability of detection; above 1 none will do", "probability"), SUSTAINED, VALUE,
            CHEATING,
        ),
        formula=(
            "reward >= (1 - discount) * temptation + discount * (detected * punishment + (1 - detected) * reward)",
            "iff detected >= detection_needed = (1 - discount) * (temptation - reward) / (discount * (reward - punishment))",
        ),
        source=SOURCE,
        solver=_detection,
        strategies=PLAY,
        requires=ORDER,
        assumptions=("a breach that is not detected leaves everything as it was",),
    ),
    Theorem(
        name="undetected_cheating",
        title="Cheating that is seen late",
        symbols=(*PAYOFFS, DISCOUNT, Symbol("lag", "periods of cheating before it is seen", 1, 10_000, example=4, kind="whole")),
        outputs=(Output("patience_needed", "least discount factor", "factor"), SUSTAINED, VALUE, CHEATING),
        formula=(
            "reward >= (1 - discount^lag) * temptation + discount^lag * punishment",
            "iff discount >= patience_needed = ((temptation - reward) / (temptation - punishment))^(1 / lag)",
        ),
        source=SOURCE,
        solver=_undetected,
        strategies=PLAY,
        requires=ORDER,
        assumptions=("the other goes on cooperating until it sees the breach",),
    ),
    Theorem(
        name="false_alarm",
        title="Cooperation that a false alarm ends",
        symbols=(
            *PAYOFFS, DISCOUNT,
            Symbol("alarm", "probability of a false alarm in a period", 0.0, 1.0, example=0.05, open_low=True, open_high=True),
        ),
        outputs=(
            Output("value_cooperating", "average value while cooperation lasts", "utility"),
            Output("mean_life", "mean number of periods of cooperation", "periods"),
            Output("patience_needed", "least discount factor", "factor"), SUSTAINED, VALUE, CHEATING,
        ),
        formula=(
            "V = (1 - discount) * reward + discount * ((1 - alarm) * V + alarm * punishment)",
            "value_cooperating = V = ((1 - discount) * reward + discount * alarm * punishment) / (1 - discount * (1 - alarm))",
            "mean_life = 1 / alarm",
            "V >= (1 - discount) * temptation + discount * punishment iff discount * (1 - alarm) >= (T - R) / (T - P)",
        ),
        source="Friedman (1971); Green and Porter (1984)",
        solver=_false_alarm,
        strategies=PLAY | {"nature.alarm": "uniform < alarm"},
        requires=ORDER,
        assumptions=("a breach is always seen, and so is what is taken for one",),
    ),
)  # fmt: skip
