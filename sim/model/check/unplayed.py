"""What a game says that no play of it bears out: moves never made, what is read of them, players whom nothing pays."""

from __future__ import annotations

from collections.abc import Iterator

from sim.model.check.checker import Checker
from sim.model.diagnostics import Path
from sim.model.expressions.reading import parse
from sim.model.spec.game import (
    AgreementMove,
    ChanceMove,
    ChoiceMove,
    DivisionMove,
    Game,
    Move,
    NumberMove,
    Result,
    SimultaneousMove,
    VoteMove,
)

CHOICES = ("move", "times", "votes")  # heads of names that tell of a move


def check_unplayed(checker: Checker, game: Game) -> None:
    """A fault for a number that is read before anybody can have named it; remarks on all else."""
    if game.first not in game.moves:
        return  # its fault has been told
    _unreached(checker, game)
    _read_too_early(checker, game)
    _unpaid(checker, game)


def results(path: Path, move: Move) -> list[tuple[Path, Result | SimultaneousMove]]:
    """What may follow a move, with its path."""
    if isinstance(move, (ChoiceMove, ChanceMove)):
        return [((*path, "options", option), result) for option, result in move.options.items()]
    if isinstance(move, (VoteMove, DivisionMove)):
        return [((*path, "passes"), move.passes), ((*path, "fails"), move.fails)]
    return [(path, move)]


def following(game: Game, name: str) -> set[str]:
    """The moves that may come after one, however much later; itself among them if it may come again."""
    waiting, found = [name], set()
    while waiting:
        for _, result in results((), game.moves[waiting.pop()]):
            if result.then in game.moves and result.then not in found:
                found.add(result.then)
                waiting.append(result.then)
    return found


# Moves


def _unreached(checker: Checker, game: Game) -> None:
    """Every move can be reached from the first."""
    seen = {game.first} | following(game, game.first)
    for name in game.moves:
        if name in seen:
            continue
        leads_to_all = {name} | following(game, name) == set(game.moves)
        hint = f"if the game begins with it: `first: {name}`" if leads_to_all else "name it under `then:`"
        checker.warn(("game", "moves", name), f"no move leads to '{name}'", hint=hint, at_key=True)


def _read_too_early(checker: Checker, game: Game) -> None:
    """Of a move that no play can have made nothing is known: its number is 'nan', none of its options has been taken."""
    played = {game.first} | following(game, game.first)
    earlier: dict[str, set[str]] = {name: {other for other in played if name in following(game, other)} for name in played}
    for name in (name for name in game.moves if name in played):
        move = game.moves[name]
        texts = [(place, text, earlier[name] | after) for place, text, after in _texts(("game", "moves", name), name, move)]
        strategy = _strategies(("game", "strategies", name), game.strategies.get(name))
        texts += [(place, text, earlier[name] | {name}) for place, text in strategy]
        for place, text, known in texts:
            _read(checker, game, place, text, known)


def _read(checker: Checker, game: Game, path: Path, text: str, known: set[str]) -> None:
    """The first name of an expression that tells of a move that cannot have been made."""
    try:
        names = parse(text).names()
    except ValueError:
        return  # its fault has been told
    for name in names:
        head, _, rest = name.partition(".")
        move = rest.partition(".")[0]
        if head not in CHOICES or move not in game.moves or move in known:
            continue
        begin = following(game, move) | {move} == set(game.moves)
        hint = f"if the game begins with '{move}': `first: {move}`" if begin else f"let a move before this one lead to '{move}'"
        is_number = head == "move" and (rest == move or isinstance(game.moves[move], AgreementMove))
        asks_first = any(f"{other}.".startswith(f"times.{move}.") for other in names)
        if is_number and not asks_first:
            checker.add(path, f"'{name}' is not known here: no play makes the move '{move}' before", hint=hint)
        else:
            checker.warn(path, f"'{name}' never tells anything here: no play makes the move '{move}' before", hint=hint)
        return


def _texts(path: Path, name: str, move: Move) -> Iterator[tuple[Path, str, set[str]]]:
    """Expressions of a move with their paths, and the move itself where they are read after it."""
    before: set[str] = set()
    if isinstance(move, NumberMove):
        yield from (((*path, "between", n), text, before) for n, text in enumerate(move.between))
    if isinstance(move, ChanceMove):
        for option, of in move.options.items():
            if of.probability is not None:
                yield (*path, "options", option, "probability"), of.probability, before
    if isinstance(move, VoteMove):
        yield (*path, "already"), move.already, before
    if isinstance(move, DivisionMove):
        yield (*path, "pie"), move.pie, before
    for where, result in results(path, move):
        yield (*where, "takes"), result.takes, {name}
        if result.until is not None:
            yield (*where, "until"), result.until, {name}
        for player, paid in result.payoffs.items():
            yield from ((place, text, {name}) for place, text in _cells((*where, "payoffs", player), paid))


def _cells(path: Path, table: object) -> Iterator[tuple[Path, str]]:
    if isinstance(table, list):
        for n, part in enumerate(table):
            yield from _cells((*path, n), part)
    elif isinstance(table, str):
        yield path, table


def _strategies(path: Path, strategy: object) -> Iterator[tuple[Path, str]]:
    if isinstance(strategy, dict):
        for key, part in strategy.items():
            yield from _strategies((*path, key), part)
    elif isinstance(strategy, str):
        yield path, strategy


# Players


def _movers(move: Move) -> list[str]:
    """Players who choose at a move."""
    by = [] if isinstance(move, (ChanceMove, AgreementMove)) else move.by
    return [by] if isinstance(by, str) else list(by)


def _unpaid(checker: Checker, game: Game) -> None:
    """Who moves is paid somewhere, unless nobody is: then the game is a rule of thumb, and payoffs mean nothing."""
    paid = {player for move in game.moves.values() for _, result in results((), move) for player in result.payoffs}
    paid |= {move.by for move in game.moves.values() if isinstance(move, DivisionMove)}
    chooses = {player for move in game.moves.values() for player in _movers(move)}
    written = game.play == "equilibrium" and all(name in game.strategies for name, move in game.moves.items() if _movers(move))
    if not paid and written:
        return
    for name, player in game.players.items():
        path = ("game", "players", name)
        if name in paid or player.members is not None:  # of a group only its votes count where it is not paid
            continue
        if name in chooses:
            checker.warn(path, f"'{name}' moves but no payoff is its own: to it all that may come is worth the same",
                         hint=f"add `{name}:` to the payoffs, if only `{name}: 0`", at_key=True)  # fmt: skip
        elif paid:
            checker.warn(path, f"'{name}' neither moves nor is paid", hint="leave it out, or say what it does", at_key=True)


__all__ = ["check_unplayed", "following", "results"]
