"""Words for single things of a history: how likely a choice was, what was ruled out, what a decision was about."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.analysis.game_names import GameNames, counted, figure, periods_words, stands_alone
from sim.analysis.names import Names, plain

if TYPE_CHECKING:
    from sim.engines.log import Decision
    from sim.experiments.replay import Replay

MOST_ALTERNATIVES = 6  # likely options beyond which the next best is not named


def headline(replay: Replay) -> str:
    """What happened in a dozen words: counts of what matters, and where there is none of it, what did not happen."""
    row = replay.row
    if "game:moves" in row and stands_alone(replay.case.spec):
        return sentence(_of_game(replay))
    parts = []
    for column, one, many in (
        ("count:meetings", "one leaders' meeting", "{} leaders' meetings"),
        ("count:deals", "one deal", "{} deals"),
        ("count:collapses", "one collapse", "{} collapses"),
        ("count:declarations", "one declaration", "{} declarations"),
        ("count:crises", "one crisis", "{} crises"),
        ("count:strikes", "one use of force", "{} uses of force"),
    ):
        number = int(row.get(column, 0.0))
        if number:
            parts.append(one if number == 1 else many.format(number))
    return sentence(", ".join(parts) if parts else _without_any(row))


def _of_game(replay: Replay) -> str:
    """How long a game took and what it paid."""
    names, row = GameNames(replay.case.spec), replay.row
    length = counted(int(row["game:moves"]), "move")
    if row["game:periods"] > 0.0:
        length += f" in {periods_words(row['game:periods'])}"
    return f"{length}; payoffs: " + ", ".join(f"{names.player(name)} {figure(row[f'payoff:{name}'])}" for name in names.game.players)


def _without_any(row: Mapping[str, Any]) -> str:
    """Of a history without meeting, deal, declaration or crisis: what came to nothing, or that nothing was begun."""
    broken = sum(int(number) for name, number in row.items() if name.startswith("count:breakdowns."))
    if math.isfinite(float(row.get("time:talks_ended", math.nan))) or broken:
        return "talks break off; no deal comes into force and no crisis begins"
    return "no deal comes into force and no crisis begins"


def percent(value: float) -> str:
    """A probability as people say it."""
    if 0.0 < value < 0.005:
        return "less than 1%"
    if 0.995 < value < 1.0:
        return "more than 99%"
    return f"{100.0 * value:.0f}%"


def number(value: float) -> str:
    """A rate or size with two figures that count."""
    return f"{value:.2g}" if abs(value) < 10.0 else f"{value:,.0f}"


def plus_or_minus(value: float) -> str:
    """A utility: two digits, a minus sign where it has one."""
    return f"{value:.2f}".replace("-0.00", "0.00").replace("-", "\u2212")


def signed(value: float) -> str:
    """A gain or loss with its sign; nothing has none."""
    words = f"{value:+.2f}"
    return "0.00" if words in ("+0.00", "-0.00") else words.replace("-", "\u2212")


def listed(parts: Sequence[str]) -> str:
    """Some things as one phrase: `a, b and c`."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def possessive(name: str) -> str:
    """A name as owner: `China\u2019s`, `United States\u2019`."""
    return f"{name}\u2019" if name.endswith("s") else f"{name}\u2019s"


def odds(names: Names, decision: Decision, *, full: bool = True) -> str:
    """How likely the choice was and what was next best; empty where there was nothing to choose."""
    if decision.choice not in decision.options or len(decision.options) < 2:
        return ""
    chosen = decision.options.index(decision.choice)
    p = decision.probabilities[chosen]
    rest = [n for n in range(len(decision.options)) if n != chosen and decision.probabilities[n] > 0.0]
    if not rest:
        return "the only option left"
    second = max(rest, key=lambda n: (decision.probabilities[n], -n))
    q = decision.probabilities[second]
    words = names.short_option(decision, second)
    likely = sum(1 for probability in decision.probabilities if probability >= 0.01)
    if not full and likely > MOST_ALTERNATIVES:
        return f"{percent(p)}; {_beside_the_likeliest(p, max(decision.probabilities))}"
    if percent(q) == percent(p) and p < 0.995:
        return f"as likely as: {words}, {percent(q)}"
    if q > p:
        return f"a choice of {percent(p)}; likelier was: {words}, {percent(q)}"
    if p > 0.995:
        return "all but certain"
    return f"chosen with {percent(p)}; next best: {words}, {percent(q)}"


def _beside_the_likeliest(p: float, best: float) -> str:
    if p == best:
        return "no package was likelier"
    if percent(p) == percent(best):
        return "hardly any package was likelier"
    return f"the likeliest package had {percent(best)}"


def ruled_out(names: Names, decision: Decision) -> str:
    """Which constraints took what off the table."""
    if not decision.removed:
        return ""
    by_constraint: dict[str, list[str]] = {}
    for label, constraint in decision.removed.items():
        by_constraint.setdefault(constraint, []).append(label)
    parts = []
    for constraint, labels in by_constraint.items():
        who = names.constraint(decision.actor, constraint)
        if decision.packages and len(decision.packages) == len(decision.options) > 4:
            parts.append(f"the {who} rules out {len(labels)} of {len(decision.options)} packages")
        elif labels[0] in decision.options:
            verb = names.short_option(decision, decision.options.index(labels[0]))
            parts.append(f"its {who} forbids it to {verb}")
        else:
            parts.append(f"the {who} rules out {len(labels)} packages")
    return "; ".join(parts)


_NODES = {
    "proposal": "proposal",
    "answer": "answer to the proposal",
    "last_word": "last word",
    "declaration": "declaration or none",
    "response": "response to the result",
    "after_failure": "after the failure",
    "demand": "demand to take or leave",
    "answer_to_demand": "answer to the demand",
    "offer": "offer",
    "reply": "answer to the offer",
    "draft": "draft",
    "invite": "invitation or none",
    "invitation": "answer to the invitation",
    "offer_talks": "offer to talk",
    "answer_to_talks": "answer to the offer to talk",
    "crisis": "move in the crisis",
    "milestone": "at the milestone",
    "bundle": "choice of a small step",
    "bundle_reply": "answer to the small step",
    "open": "opening of a text",
    "stage_vote": "vote on the stage",
}


def node_words(node: str) -> str:
    """A decision node in words."""
    return _NODES.get(node, plain(node))


def sentence(text: str) -> str:
    """The text with a capital letter at its beginning."""
    return text[:1].upper() + text[1:]
