"""The command that turns what a person says about an actor into weights with ranges."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli import console
from sim.cli.options import Changes, Json, Scenario, Variant, scenario_file

if TYPE_CHECKING:
    from sim.analysis.elicitation import Elicitation, Elicited

MOST_QUESTIONS = 6  # about packages; each halves what is left


# Grounds of the printed weights. What grounded the old number, the claims it cited among it, does not ground the new one.
ELICITED = "source: elicited from rankings and preferences, claim: [], confidence: low"


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("elicit")(elicit)


def elicit(
    scenario: Scenario,
    actor: Annotated[str, typer.Argument(metavar="ACTOR", help="Whose tastes are weighed.")],
    ranking: Annotated[
        list[str] | None,
        typer.Option(
            metavar="'A > B = C'",
            help="Issues, the weightiest first, = between those not ranked; `survival` is the survival term.",
        ),
    ] = None,
    prefers: Annotated[
        list[str] | None,
        typer.Option(metavar="'P > Q'", help="Packages, the better first; `status_quo` is the start."),
    ] = None,
    variant: Variant = None,
    changes: Changes = None,
    seed: Annotated[int, typer.Option("--seed", "-s", metavar="N", help="Seed of the weights tried.")] = 1,
    json: Json = False,
) -> None:
    """Weights with ranges from rankings of issues and packages; asks for them on a terminal.

    Prints what the statements imply and a variant to paste into the file.
    """
    from sim.analysis.elicitation import Elicitation
    from sim.errors import UsageError
    from sim.model.compile import compile_case
    from sim.model.complete import complete
    from sim.model.load import load

    if seed < 0:
        raise UsageError(f"--seed: expected a whole number from 0 on, found {seed}")
    loaded = load(scenario_file(scenario), variant, None, changes or ())
    console.warn(loaded.warnings)
    case = compile_case(complete(loaded.spec))
    elicitation = Elicitation(case, actor, seed)
    for text in ranking or ():
        elicitation.rank(text)
    for text in prefers or ():
        elicitation.prefer(text)
    if not ranking and not prefers:
        if sys.stdin is None or not sys.stdin.isatty():
            names = " > ".join(item.name for item in elicitation.items)
            raise UsageError(
                "nothing was said about the actor, and there is no terminal to ask on",
                hint=f"for example --ranking '{names}'",
            )
        ask(elicitation)
    result = elicitation.result()
    if json:
        console.put_json(_as_json(elicitation, result))
        return
    console.put("\n".join(_table(elicitation, result)) + "\n\n")
    console.put(_variant_text(elicitation, result))


def ask(elicitation: Elicitation) -> None:
    """The guided way: one ranking, then the pairs of packages whose answer tells most."""
    from sim.errors import UsageError
    from sim.model.diagnostics import visible

    spec = elicitation.case.spec
    name = visible(spec.actors[elicitation.actor].label or elicitation.actor)
    console.say(f"Suppose everything stood where it is worst for {name}. What would it move to its best first?")
    for number, item in enumerate(elicitation.items, 1):
        issue = spec.issues.get(item.name)
        label = "survival of the regime" if issue is None else visible(issue.label or item.name)
        console.say(f"  {number}  {item.name}: {label}")
    while True:
        answer = _answer("Their order, weightiest first, = between those you cannot rank (as in 3 > 1 = 2):")
        if not answer:
            raise UsageError("no order was given, and nothing more comes")
        try:
            elicitation.rank(_by_number(answer, [item.name for item in elicitation.items]))
            break
        except UsageError as error:
            console.problem(error)
    asked: list[tuple[int, int]] = []
    while len(asked) < MOST_QUESTIONS and (pair := elicitation.most_telling_pair(asked)) is not None:
        asked.append(pair)
        one, two = (elicitation.packages[n] for n in pair)
        console.say(f"\nWhich would {name} rather have?")
        console.say(f"  1  {_package(elicitation, one)}\n  2  {_package(elicitation, two)}")
        answer = _answer("1 or 2; anything else if it cannot be said:")
        if not answer:
            return
        if answer.strip() in ("1", "2"):
            elicitation.prefer(f"{one} > {two}" if answer.strip() == "1" else f"{two} > {one}")


def _answer(question: str) -> str:
    """A line of the person's, its end included; empty when there are no more. Standard output is for the result."""
    console.say(question)
    return sys.stdin.readline()


def _by_number(text: str, names: list[str]) -> str:
    """The ranking with numbers of the list in place of names; blanks may stand for `>`."""
    if not re.search(r"[>=,]", text):
        text = " > ".join(text.split())
    return re.sub(
        r"\b\d+\b", lambda found: names[int(found[0]) - 1] if 0 < int(found[0]) <= len(names) else found[0], text
    )


def _package(elicitation: Elicitation, name: str) -> str:
    """A package in words: its label and levels."""
    from sim.analysis.elicitation import STATUS_QUO
    from sim.model.diagnostics import visible

    if name == STATUS_QUO:
        return "the status quo"
    package = elicitation.case.spec.packages[name]
    levels = ", ".join(f"{issue} {level:g}" for issue, level in package.levels.items())
    return f"{visible(package.label or name)} ({levels})"


def _table(elicitation: Elicitation, result: Elicited) -> list[str]:
    from sim.analysis.elicitation import STATUS_QUO, rounded_weights
    from sim.cli.layout import meter, paragraph

    blocks = console.has_blocks()
    lines = paragraph("; ".join(elicitation.said), console.width(), f"Weights of {result.actor}, from ", "  ")
    wide = max(len(item.item.name) for item in result.estimates)
    lines += ["", f"  {'':{wide}}  {'':20}  weight  middle 90 %   in the file"]
    weights = rounded_weights([item.mean for item in result.estimates])  # as they are written below the table
    for item, weight in sorted(zip(result.estimates, weights, strict=True), key=lambda pair: -pair[0].mean):
        spread = f"{item.low:.2f} to {item.high:.2f}"
        bar = meter(item.mean, 20, blocks)
        lines.append(f"  {item.item.name:{wide}}  {bar}  {weight:6.3f}  {spread:>12}  {item.item.now:11.3f}")
    lines += ["", "What that implies for the packages, before any cost of sanctions", ""]
    wide = max(len(item.package) for item in result.likings)
    lines.append(f"  {'':{wide}}  utility  better than the status quo")
    for liking in result.likings:
        share = "" if liking.package == STATUS_QUO else f"at {liking.above_status_quo:.0%} of the weights"
        lines.append(f"  {liking.package:{wide}}  {liking.utility:7.3f}  {share}".rstrip())
    return lines


def _variant_text(elicitation: Elicitation, result: Elicited) -> str:
    """A variant to paste into the file."""
    from sim.analysis.elicitation import rounded_weights

    weights = rounded_weights([item.mean for item in result.estimates])
    lines = [
        "# Paste under `variants:`. The spread is that of a Dirichlet distribution with a concentration of",
        f"# about {result.concentration:.0f}.",
        f"  elicited-{result.actor.lower().replace('_', '-')}:",
        f"    label: Weights of {result.actor} as elicited",
        f"    description: \"From what was said: {'; '.join(elicitation.said)}.\"",
        "    set:",
    ]
    for item, weight in zip(result.estimates, weights, strict=True):
        low, high = min(round(item.low, 3), weight), max(round(item.high, 3), weight)
        lines.append(f"      {item.item.path}: {{value: {weight:g}, range: [{low:g}, {high:g}], {ELICITED}}}")
    return "\n".join(lines) + "\n"


def _as_json(elicitation: Elicitation, result: Elicited) -> dict[str, Any]:
    from sim.analysis.estimates import number_or_none

    return {
        "schema": 1,
        "actor": result.actor,
        "said": elicitation.said,
        "weights": [
            {
                "name": item.item.name,
                "path": item.item.path,
                "mean": item.mean,
                "low": item.low,
                "high": item.high,
                "in_file": item.item.now,
            }
            for item in result.estimates
        ],
        "packages": [
            {"name": item.package, "utility": item.utility, "above_status_quo": item.above_status_quo}
            for item in result.likings
        ],
        "concentration": number_or_none(result.concentration),
        "vectors": result.num_vectors,
    }
