"""Small scenarios that mean nothing and must run all the same (hypothesis).

``scenarios()`` gives plain data of a valid scenario file: two to five actors, one to four issues, any of the protocols,
hazards and mechanisms. The numbers are round, so that a failing example is easy to read.
"""

from __future__ import annotations

from typing import Any

from hypothesis import assume, note
from hypothesis import strategies as st

from sim.errors import ScenarioError
from sim.model.complete import to_yaml
from sim.model.load import load_document
from sim.model.reader import read_text
from sim.model.spec.scenario import ScenarioSpec
from tests.played import bare_scenario

ACTORS = ("ash", "beech", "cedar", "dogwood", "elm")
ISSUES = ("land", "water", "fish", "tolls")


def levels() -> st.SearchStrategy[float]:
    """Levels and probabilities in tenths."""
    return st.integers(0, 10).map(lambda n: n / 10)


def days(low: int, high: int) -> st.SearchStrategy[str]:
    """A duration in whole days."""
    return st.integers(low, high).map(lambda n: f"{n} days")


@st.composite
def tastes(draw: st.DrawFn, issues: tuple[str, ...]) -> dict[str, Any]:
    """Weights that sum to one, ideals, exponents."""
    shares = [draw(st.integers(0, 4)) for _ in issues]
    shares[draw(st.integers(0, len(issues) - 1))] += 1
    exact = [share / sum(shares) for share in shares]
    return {
        name: {"weight": weight, "ideal": draw(levels()), "exponent": draw(st.sampled_from([0.5, 0.8, 1, 1.5, 2]))}
        for name, weight in zip(issues, exact, strict=True)
    }


@st.composite
def actors(draw: st.DrawFn, names: tuple[str, ...], issues: tuple[str, ...]) -> dict[str, Any]:
    """Two sides with private types and perhaps red lines, and others with tastes only."""
    found: dict[str, Any] = {}
    for n, name in enumerate(names):
        actor: dict[str, Any] = {"role": "principal", "utility": {"issues": draw(tastes(issues))}}
        if n < 2:
            actor["patience"] = draw(st.sampled_from([0, 0.1, 0.5]))
            types: dict[str, Any] = {"grid": draw(st.integers(2, 4))}
            if draw(st.booleans()):
                types["war_cost"] = {"dist": "lognormal", "median": 0.6, "sd": 0.3}
            if draw(st.booleans()):
                types["commitment"] = {
                    "honest": {"prior": 0.5, "comply_bonus": 0.02},
                    "false": {"prior": 0.5, "comply_bonus": -0.05, "trusted": False},
                }
            actor["types"] = types
            if draw(st.booleans()):
                line = {"issue": draw(st.sampled_from(issues)), draw(st.sampled_from(["min", "max"])): draw(levels())}
                actor["red_lines"] = {"line": {**line, "probability": draw(levels())}}
            if draw(st.booleans()):
                family = draw(st.sampled_from(["time", "behaviour", "resource", "zeuthen", "rational", "maximalist"]))
                actor["tactics"] = {"table": {"family": family, "period": draw(days(5, 200))}}
        found[name] = actor
    return found


@st.composite
def tracks(draw: st.DrawFn, names: tuple[str, ...], packages: list[str]) -> dict[str, Any]:
    """Any of the protocols but sanctions votes; each at most once."""
    sides = list(names[:2])
    found: dict[str, Any] = {}
    if draw(st.booleans()):
        found["summit"] = {
            "protocol": "final_offer",
            "proposer": sides[0],
            "responder": sides[1],
            "announced": draw(st.booleans()),
            "delay": draw(days(1, 60)),
            "cancellation": {"rate": draw(st.sampled_from([0, 2, 20])), "revival": draw(levels())},
            "invitations": {"every": draw(days(10, 60)), "delay": draw(days(5, 40))},
            **({"declaration": packages[0]} if draw(st.booleans()) else {}),
        }
    if draw(st.booleans()):
        found["table"] = {
            "protocol": "alternating_offers",
            "participants": list(names[: draw(st.integers(2, len(names)))]),
            "first_round": draw(days(0, 20)),
            "gap": draw(days(3, 30)),
            "breakdown": draw(st.sampled_from([0, 0.1, 1])),
            **({"feeds": "summit"} if "summit" in found and draw(st.booleans()) else {}),
        }
    if len(names) > 2 and draw(st.booleans()):
        found["draft"] = {
            "protocol": "single_text",
            "mediator": names[2],
            "participants": sides,
            "gap": draw(days(1, 10)),
            "rounds": draw(st.integers(1, 8)),
        }
    if draw(st.booleans()):
        issue = draw(st.sampled_from(ISSUES[:1]))
        found["steps"] = {
            "protocol": "bundles",
            "proposer": names[-1],
            "responder": sides[0],
            "gap": draw(days(5, 40)),
            "menu": {"step": {"add": {issue: 0.1}}, "leap": {"at_least": {issue: 0.6}, "once": True, "lasts": True}},
            "agreement_collapse": draw(st.sampled_from([0, 2])),
        }
    if draw(st.booleans()):
        found["treaty"] = {
            "protocol": "staged_consent",
            "proposers": [names[-1]],
            "required": list(names),
            "every": draw(days(10, 90)),
            "stages": ["text", "entry"],
            "stage_duration": draw(days(5, 40)),
            "packages": packages,
            "retries": draw(st.integers(0, 2)),
            "retry_after": "20 days",
        }
    if draw(st.booleans()):
        found["letters"] = {"protocol": "contacts", "participants": sides, "rate": 12}
    return found


@st.composite
def mechanisms(draw: st.DrawFn, names: tuple[str, ...], packages: list[str]) -> dict[str, Any]:
    """Any subset of the mechanisms."""
    one, two = names[:2]
    possible: dict[str, Any] = {
        "tension": {"initial": draw(levels()), "half_life": draw(days(5, 90))},
        "learning": {"observers": {one: [two], two: [one]}, "kappa": draw(st.sampled_from([0, 0.5, 1, 1.5]))},
        "talks": {"on_at_start": draw(st.booleans()), "lapse": draw(days(5, 60)), "contact_every": draw(days(5, 60))},
        "tastes": {"weights": 20, "ideals": 0.1, "exponents": 0.2},
        "rivalry": {"initial": draw(levels())},
        "provocation": {"initial": draw(levels())},
        "ladder": {
            "sides": [one, two],
            "rungs": [
                {"label": "calm"},
                {"label": "threats", "audience": 0.2},
                {"label": "fire", "risk": 0.05, "audience": 1, "hold": 0.01},
                {"label": "strike", "risk": 0.2, "audience": 1},
                {"label": "war"},
            ],
            "initial": draw(st.integers(0, 2)),
            "crisis_rung": 2,
            "incident_rung": 2,
            "brink": 3,
            "calm_rung": 1,
            "concession_rung": 1,
            "tick": "3 days",
            "cost": draw(st.sampled_from(["rung", "time"])),
        },
        "agreements": {
            "parties": [one, two],
            "milestones": draw(st.integers(1, 4)),
            "every": draw(days(10, 60)),
            "dispute": {"duration": "20 days"},
            "collapse": {"base": draw(st.sampled_from([0, 1, 5]))},
            "snapback": draw(st.booleans()),
        },
        "sanctions": {
            "target": two,
            "eased_by": ISSUES[0],
            "level": draw(levels()),
            "cost": 0.05,
            "enforcers": {names[-1]: {"share": 1, "enforcement": draw(levels()), "relaxes": draw(st.booleans())}},
        },
        "expectation": {
            "holder": one,
            "counterpart": two,
            "triumph": packages[0],
            "initial": draw(levels()),
        },
        "belief_collapse": {},
        "reference_dependence": {},
        "aftermath": {"fallback": packages[0]},
    }
    chosen = {name: value for name, value in possible.items() if draw(st.booleans())}
    if "aftermath" in chosen or "belief_collapse" in chosen or "reference_dependence" in chosen:
        chosen["aftermath"] = possible["aftermath"]  # the two channels of disappointment work through it
        chosen["expectation"] = possible["expectation"]
    for switch in ("red_lines", "veto_players", "overconfidence"):
        chosen[switch] = draw(st.booleans())
    return chosen


@st.composite
def games(draw: st.DrawFn, names: list[str]) -> dict[str, Any]:
    """A game among the first two actors and a group: a few moves in any order, some of which lead back, with effects and types."""
    one, two = names[:2]
    moves = ["demand", "answer", "stage", "luck", "vote", "split"]
    order = draw(st.permutations(moves))
    nexts = {name: draw(st.sampled_from([None, *moves])) for name in moves}

    def result(name: str, **more: Any) -> dict[str, Any]:
        takes = draw(st.sampled_from([0, 0, ".5", 2]))
        found: dict[str, Any] = {"payoffs": {one: "game.moves", two: f".5 + payoff.{one}"}, "takes": takes, **more}
        if nexts[name] is not None:
            found |= {"then": nexts[name], "until": f"times.{name} >= {draw(st.integers(1, 4))}"}
        return found

    effects = {"effects": {"tension": 0.1}}
    made: dict[str, Any] = {
        "demand": {"kind": "number", "by": one, "between": [0, "1 + tension"], **result("demand")},
        "answer": {"kind": "choice", "by": two, "options": {"yes": result("answer"), "no": result("answer", **effects)}},
        "stage": {
            "kind": "simultaneous", "by": [one, two], "options": {one: ["u", "d"], two: ["l", "m", "r"]},
            "payoffs": {one: [[0, 1, "tension"], [1, 0, 0]], two: [[1, 0, 0], [0, 1, "type.nerve"]]},
            **{key: value for key, value in result("stage").items() if key != "payoffs"},
        },
        "luck": {"kind": "chance", "options": {"heads": {"probability": ".5 - tension / 4", **result("luck")}, "tails": result("luck")}},
        "vote": {"kind": "vote", "by": "folk", "rule": "majority", "passes": result("vote"), "fails": result("vote", **effects)},
        "split": {"kind": "division", "by": "folk", "passes": result("split"), "fails": result("split")},
    }  # fmt: skip
    return {
        "period": "9 days",
        "players": {one: {"discount": 0.9}, two: {}, "folk": {"members": 3}},
        "types": {
            "nerve": {"of": two, "dist": "normal", "mean": 0, "sd": 1},
            "kind": {"of": one, "classes": {"hard": 0.3, "soft": 0.7}},
            "mood": {"of": "folk", "dist": "exponential", "mean": "abs(type.nerve)"},
        },
        "first": order[0],
        "moves": {name: made[name] for name in order},
        "most_moves": 200,
        "strategies": {
            "demand": draw(st.sampled_from(["uniform", ".3", "if(type.kind.hard, .8, .2)", "max(tension, uniform)"])),
            "answer": {"yes": "if(times.demand > 0 and move.demand <= .5, 1, belief.kind.soft)"},
            "stage": {one: {"u": "if(type.kind.hard, .9, .2)"}, two: {"l": ".25", "m": "if(type.nerve > 0, .5, .1)"}},
            "vote": "member.mood > .6",
            "split": {"share": ".3 * uniform", "accept": "move.split >= .1"},
        },
    }


@st.composite
def scenarios(draw: st.DrawFn) -> dict[str, Any]:
    """Plain data of a small valid scenario."""
    names = ACTORS[: draw(st.integers(2, 5))]
    issues = ISSUES[: draw(st.integers(1, 4))]
    packages = {
        f"package_{n}": {"levels": {issue: draw(levels()) for issue in issues}} for n in range(draw(st.integers(1, 3)))
    }
    # The last one is what triumph means, so it must be worth more to the first side than the status quo.
    people = draw(actors(names, issues))
    best = {issue: taste["ideal"] for issue, taste in people[names[0]]["utility"]["issues"].items()}
    packages = {"dream": {"levels": best}, **packages}
    starts = {issue: draw(levels()) for issue in issues}
    hazards: dict[str, Any] = {}
    if draw(st.booleans()):
        hazards["storm"] = {
            "kind": "poisson",
            "rate": draw(st.sampled_from([0, 2, 40])),
            "effects": {"tension": 0.3, "rung": 2, "crisis": True, "rivalry": 0.2, "delays_rounds": "5 days"},
        }
    if draw(st.booleans()):
        hazards["raids"] = {
            "kind": "self_exciting", "baseline": 5, "branching": draw(levels()) * 0.8, "half_life": "10 days",
            "paused": "talks_on", "effects": {"provocation": 1, "tension": 0.05},
        }  # fmt: skip
    if draw(st.booleans()):
        hazards["parade"] = {"kind": "calendar", "at": ["30 days"], "every": "40 days", "effects": {"major": True}}
    places = draw(tracks(names, list(packages)))
    rules = draw(mechanisms(names, list(packages)))
    if "table" not in places:
        for person in people.values():
            person.pop("tactics", None)
    more: dict[str, Any] = {}
    if draw(st.booleans()):
        people = {**people, "folk": {"role": "bystander"}}
        more = {
            "game": draw(games(names)),
            "theory": {
                "measures": {
                    "moves": {"value": "game.moves", "exact": 1},
                    "said": {"value": "move.answer.yes", "given": "game.over", "exact": 0},
                }
            },
        }
    if "ladder" not in rules and "storm" in hazards:
        for effect in ("rung", "crisis"):
            hazards["storm"]["effects"].pop(effect)
    return bare_scenario(
        horizon=draw(days(60, 200)),
        readings=["50 days"],
        pulse=draw(days(1, 20)),
        issues={
            issue: {"conceder": [draw(st.sampled_from(names))], "start": starts[issue], "levels": {"0": "a", "1": "b"}}
            for issue in issues
        },
        packages=packages,
        menu={"cap": draw(st.integers(4, 40)), "blends": [0.5]},
        actors=people,
        sides=list(names[:2]),
        tracks=places,
        mechanisms=rules,
        hazards=hazards,
        outcomes=[
            {"class": "dealt", "when": "deal.exists"},
            {"class": "young", "when": "time <= 50 days"},
            {"class": "nothing", "when": True},
        ],
        **more,
    )


def accepted(data: dict[str, Any]) -> ScenarioSpec:
    """The scenario, if the checker takes it: a generated triumph worth no more than the status quo is rightly refused."""
    text = to_yaml(data, header=False)
    note(text)
    try:
        return load_document(read_text(text, "generated.yaml")).spec
    except ScenarioError as error:
        note(str(error))
        assume(False)
        raise
