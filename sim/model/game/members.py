"""A group's division seen by one of its members: what it would propose, and whether it would say yes, as moves of its own.

The member stands for any other, for they are alike and lots are drawn anew at each division. All others play as the file
says. So a game with divisions becomes one without, on whose graph a member's own deviations show like those of anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sim.errors import ParameterError
from sim.model.expressions.expression import Expression, to_text
from sim.model.expressions.reading import parse
from sim.model.expressions.rewriting import substitute
from sim.model.game.form import MOST_MEMBERS, votes_needed, whole
from sim.model.game.names import UNIFORM
from sim.model.spec.game import ChanceMove, ChanceResult, ChoiceMove, DivisionMove, Game, NumberMove, Result


def as_a_member_sees(game: Game, constant: Callable[[str], float]) -> Game:
    """The game with a member's choices in place of each division; the game itself where there is none.

    Parameters
    ----------
    constant : the value of an expression over parameters.

    Raises
    ------
    ParameterError
        Members mix their proposals or go by types of their own, or something else reads how a division went.
    """
    for name in [name for name, move in game.moves.items() if isinstance(move, DivisionMove)]:
        game = _without(game, name, constant)
    return game


def _without(game: Game, name: str, constant: Callable[[str], float]) -> Game:
    """The game with one division less."""
    move: Any = game.moves[name]
    strategy: Any = game.strategies[name]
    _refuse(game, name, strategy)
    size = whole(constant(game.players[move.by].members or "1"), f"game.players.{move.by}.members", MOST_MEMBERS)
    partners = votes_needed(name, move, {move.by: size}, constant) - 1
    asks, says, others, rest, asked = (_free(game, f"{name}_{what}") for what in ("proposer", "partner", "others", "rest", "asked"))
    made = parse(f"times.{name} - 1")  # the lot, which keeps the name, has been drawn when the rest comes
    pie = _with(move.pie, {f"times.{name}": made})
    written = _with(strategy["share"], {f"times.{name}": made})
    most = f"({pie}) / {partners}" if partners else "0"
    offered = f"min(max({written}, 0), {most})"
    named = f"move.{asks}"

    def yes(share: str, count: int) -> str:
        """Probability that so many others accept a share."""
        one = _with(strategy["accept"], {f"times.{name}": made, f"move.{name}": parse(share)})
        return f"power(min(max({one}, 0), 1), {count})" if count else "1"

    def passes(own: str) -> dict[str, Any]:
        paid = move.passes.payoffs.get(move.by)
        return _parts(move.passes, {move.by: own if paid is None else f"{own} + ({paid})"})

    def decided(share: str, count: int, own: str) -> ChanceMove:
        accepted = ChanceResult(**passes(own), probability=yes(share, count))
        return ChanceMove(options={"passes": accepted, "fails": ChanceResult(**_parts(move.fails))})

    lot = {
        "proposes": ChanceResult(probability=f"1 / {size}", then=asks),
        "is_asked": ChanceResult(probability=f"{partners} / {size}", then=says),
        "looks_on": ChanceResult(then=rest),
    }
    moves = {
        name: ChanceMove(options=lot, unseen_by=move.unseen_by),
        asks: NumberMove(by=move.by, between=("0", most), then=others),
        others: decided(named, partners, f"({pie}) - {partners} * {named}"),
        says: ChoiceMove(by=move.by, options={"yes": Result(then=asked), "no": Result(**_parts(move.fails))}),
        asked: decided(offered, max(0, partners - 1), offered),
        rest: decided(offered, partners, "0"),
    }
    own = {asks: offered, says: {"yes": yes(offered, 1)}}
    before = {other: text for other, text in game.strategies.items() if other != name}
    return game.model_copy(update={"moves": {**game.moves, **moves}, "strategies": {**before, **own}})


def _parts(result: Result, payoffs: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What a result consists of, with some payoffs instead of its own."""
    found = {field: getattr(result, field) for field in ("takes", "then", "until", "effects")}
    return {**found, "payoffs": {**result.payoffs, **(payoffs or {})}}


def _with(text: str, replacements: Mapping[str, Expression]) -> str:
    return f"({to_text(substitute(parse(text), replacements))})"


def _free(game: Game, name: str) -> str:
    """A name that no move has."""
    while name in game.moves:
        name += "_"
    return name


def _refuse(game: Game, name: str, strategy: Mapping[str, str]) -> None:
    """Raise ``ParameterError`` where a member's choices cannot stand for the division."""
    own = {named for text in strategy.values() for named in parse(text).names()}
    if UNIFORM in own:
        raise ParameterError(f"the members at '{name}' mix their proposals", hint="`sim verify` plays them")
    if any(named.startswith("member.") for named in own):
        raise ParameterError(f"the members at '{name}' go by types of their own", hint="`sim verify` plays them")
    told = {f"move.{name}", f"votes.{name}", *(f"{head}.{name}.{which}" for head in ("move", "times") for which in ("passes", "fails"))}
    others = game.model_copy(update={"strategies": {key: value for key, value in game.strategies.items() if key != name}})
    read = own - {f"move.{name}"} | {named for text in _texts(others.model_dump()) for named in parse(text).names()}
    for named in sorted(read):
        if named in told or named == "game.moves":
            raise ParameterError(f"'{named}' is read, which tells how members divided at '{name}'", hint="`sim verify` plays them")


def _texts(part: Any) -> Iterator[str]:
    """The expressions in a part of a game that name something of it."""
    if isinstance(part, dict):
        for value in part.values():
            yield from _texts(value)
    elif isinstance(part, (list, tuple)):
        for value in part:
            yield from _texts(value)
    elif isinstance(part, str) and "." in part:
        try:
            parse(part)
        except ValueError:
            return
        yield part
