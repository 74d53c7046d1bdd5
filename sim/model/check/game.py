"""A game: players, types and moves that exist, tables of the right shape, strategies that read what their players know."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from sim.model.check.checker import Checker
from sim.model.check.unplayed import check_unplayed, following, results
from sim.model.diagnostics import Path
from sim.model.expressions.kinds import Kind
from sim.model.expressions.reading import parse
from sim.model.game.names import UNIFORM, hidden_from, types_named
from sim.model.spec.game import (
    AgreementMove,
    ChanceMove,
    ChoiceMove,
    DivisionMove,
    Game,
    GameType,
    Move,
    NumberMove,
    Result,
    SimultaneousMove,
    VoteMove,
)
from sim.model.theory import over_parameters
from sim.model.vocabulary import Quantities, parameters

HEADS = ("move", "times", "votes", "type", "belief", "member", "payoff", "game", "solution")  # of names in expressions
MOST_CELLS = 10_000


def check_game(checker: Checker) -> None:
    """The whole block."""
    game = checker.spec.game
    if game is None:
        return
    for track in checker.spec.tracks:
        if track in HEADS:
            checker.add(("tracks", track), f"the name '{track}' is taken by quantities of the game", hint="choose another name",
                        at_key=True)  # fmt: skip
    _GameCheck(checker, game).all()


class _GameCheck:
    def __init__(self, checker: Checker, game: Game) -> None:
        self.checker = checker
        self.game = game
        self.parameters = parameters(checker.spec)
        every = checker.situation
        private = [name for name in every.kinds if name == UNIFORM or name.startswith("member.")]
        self.after = without(every, private)  # what results may read
        self.groups = {name for name, player in game.players.items() if player.members is not None}

    def all(self) -> None:
        if not self.players():
            return  # everything else would be told again under the wrong name
        self.types()
        self.move_name(("game", "first"), self.game.first)
        for name, move in self.game.moves.items():
            self.move(("game", "moves", name), name, move)
        self.strategies()
        self.constant(("game", "precision"), self.game.precision, 0.0, math.inf)
        check_unplayed(self.checker, self.game)

    # Players and types

    def players(self) -> bool:
        """Whether all of them are actors."""
        known = True
        for name, player in self.game.players.items():
            path = ("game", "players", name)
            known = self.checker.actor_name(path, name, at_key=True) and known
            self.constant((*path, "discount"), player.discount, 0.0, 1.0, open_low=True)
            if player.members is not None:
                self.constant((*path, "members"), player.members, 1.0, 1000.0, is_whole=True)
            if player.precision is not None:
                self.constant((*path, "precision"), player.precision, 0.0, math.inf)
        return known

    def player(self, path: Path, name: str, *, group: bool = False, at_key: bool = False) -> bool:
        if not self.checker.name(path, name, self.game.players, "player", at_key=at_key):
            return False
        if group and name not in self.groups:
            self.checker.add(path, f"'{name}' is no group", hint=f"say how many: `players: {{{name}: {{members: 3}}}}`")
        if not group and name in self.groups:
            self.checker.add(path, f"'{name}' is a group, which moves by vote or division", hint="use `kind: vote` or `kind: division`")
        return (name in self.groups) == group

    def constant(
        self, path: Path, text: str, low: float, high: float, *, open_low: bool = False, is_whole: bool = False
    ) -> float | None:
        """The value of an expression over parameters, within bounds; None after a fault."""
        if self.checker.expression(path, text, Kind.NUMBER, self.parameters) is None:
            return None
        for name in parse(text).names():
            if self.checker.spec.parameters[name].number.dist is not None:
                self.checker.add(path, f"'{name}' is drawn anew in each history; here the game needs a fixed number",
                                 hint=f"give `parameters.{name}` a value, or make it a type")  # fmt: skip
                return None
        value = over_parameters(self.checker.spec, text)
        inside = (value > low if open_low else value >= low) and value <= high and (not is_whole or value == math.floor(value))
        if not inside:
            what = "a whole number" if is_whole else "a number"
            bounds = f"{what} {'above' if open_low else 'of at least'} {low:g}" + (f", at most {high:g}" if high < math.inf else "")
            self.checker.add(path, "", expected=bounds, found=f"{value:g}", hint="check the number and what it is made of")
            return None
        return value

    def types(self) -> None:
        single = {name: kind for name, kind in self.game.types.items() if kind.of not in self.groups}
        known = {f"type.{name}": Kind.NUMBER for name, kind in single.items() if kind.classes is None}
        known |= {f"type.{name}.{cls}": Kind.BOOLEAN for name, kind in single.items() for cls in kind.classes or ()}
        scope = Quantities(self.parameters.kinds | known, self.parameters.bounds | dict.fromkeys(known, (-math.inf, math.inf)))
        for name, kind in self.game.types.items():
            path = ("game", "types", name)
            if name in self.checker.spec.actors and self.checker.spec.actors[name].types.commitment:
                self.checker.add(path, f"the name '{name}' is taken by the commitment of an actor", hint="choose another name", at_key=True)
            if kind.of is not None:
                self.checker.name((*path, "of"), kind.of, self.game.players, "player")
            for term in ("low", "high", "mean", "sd"):
                if getattr(kind, term) is not None:
                    self.checker.expression((*path, term), getattr(kind, term), Kind.NUMBER, scope)
            for cls, text in (kind.classes or {}).items():
                self.checker.expression((*path, "classes", cls), text, Kind.NUMBER, scope)
            self.range_of(path, kind)
        self.circular()

    def range_of(self, path: Path, kind: GameType) -> None:
        """Where terms are fixed numbers: low < high, spreads above 0, chances that sum to 1."""
        def fixed(text: str | None) -> float | None:
            if text is None or self._faulty(text) or any(name not in self.checker.spec.parameters for name in parse(text).names()):
                return None
            return over_parameters(self.checker.spec, text)

        low, high = fixed(kind.low), fixed(kind.high)
        if low is not None and high is not None and not low < high:
            self.checker.add((*path, "high"), "", expected=f"a number above `low`, {low:g}", found=f"{high:g}",
                             hint="put the lower end first")  # fmt: skip
        for term in ("sd",) if kind.dist == "normal" else ("mean",) if kind.dist == "exponential" else ():
            value = fixed(getattr(kind, term))
            if value is not None and not value > 0.0:
                self.checker.add((*path, term), "", expected="a number above 0", found=f"{value:g}", hint="without spread it is no type")
        chances = [fixed(text) for text in (kind.classes or {}).values()]
        numbers = [chance for chance in chances if chance is not None]
        if numbers and len(numbers) == len(chances):
            if min(numbers) < 0.0:
                self.checker.add((*path, "classes"), "a probability is negative", found=f"{min(numbers):g}", hint="check the number")
            elif abs(math.fsum(numbers) - 1.0) > 1e-9:
                self.checker.add((*path, "classes"), f"probabilities sum to {math.fsum(numbers):.6g}", expected="a sum of 1",
                                 hint="say the last as 1 less the others")  # fmt: skip

    def _faulty(self, text: str) -> bool:
        try:
            parse(text)
        except ValueError:
            return True
        return False

    def circular(self) -> None:
        """No type depends on itself."""
        needs = {name: types_named(kind) for name, kind in self.game.types.items()}
        settled: set[str] = set()
        while free := {name for name in needs if name not in settled and needs[name] & set(needs) <= settled}:
            settled |= free
        for name in needs:
            if name not in settled:
                self.checker.add(("game", "types", name), f"'{name}' depends on itself, through {', '.join(sorted(needs[name]))}",
                                 hint="draw one of them from parameters alone")  # fmt: skip
                return

    # Moves

    def move_name(self, path: Path, name: str) -> None:
        self.checker.name(path, name, self.game.moves, "move")

    def move(self, path: Path, name: str, move: Move) -> None:
        for n, player in enumerate(move.unseen_by):
            self.checker.name((*path, "unseen_by", n), player, self.game.players, "player")
        if isinstance(move, (NumberMove, ChoiceMove)):
            self.player((*path, "by"), move.by)
        if isinstance(move, NumberMove):
            for n, text in enumerate(move.between):
                self.checker.expression((*path, "between", n), text, Kind.NUMBER, self.after)
        if isinstance(move, (VoteMove, DivisionMove)):
            self.vote(path, move)
        if isinstance(move, SimultaneousMove):
            self.at_once(path, move)
        if isinstance(move, AgreementMove):
            self.agreement(path, move)
        if isinstance(move, ChanceMove):
            self.chance(path, move)
        for where, result in results(path, move):
            self.result(where, result, self._of_agreement(name, move) if isinstance(move, AgreementMove) else self.after)

    def _of_agreement(self, name: str, move: AgreementMove) -> Quantities:
        """What the payoffs of an agreement may read: parameters and the numbers agreed on."""
        own = {f"move.{name}.{number}" for number in move.numbers}
        known = {name for name in self.after.kinds if name in self.parameters.kinds or name.startswith("solution.") or name in own}
        return without(self.after, set(self.after.kinds) - known)

    def result(self, path: Path, result: Result | SimultaneousMove, scope: Quantities) -> None:
        if result.then is not None:
            self.move_name((*path, "then"), result.then)
        if result.until is not None:
            self.checker.expression((*path, "until"), result.until, Kind.BOOLEAN, self.after)
            if result.then is None:
                self.checker.add((*path, "until"), "without `then` the game is over in any case", hint="leave `until` out, or add `then`")
        self.checker.expression((*path, "takes"), result.takes, Kind.NUMBER, self.after)
        if isinstance(result, Result):
            for player, text in result.payoffs.items():
                self.checker.name((*path, "payoffs", player), player, self.game.players, "player", at_key=True)
                self.checker.expression((*path, "payoffs", player), text, Kind.NUMBER, scope)

    def chance(self, path: Path, move: ChanceMove) -> None:
        open_ended = [option for option, result in move.options.items() if result.probability is None]
        if len(open_ended) > 1:
            self.checker.add((*path, "options", open_ended[1]), "two options leave out their probability",
                             hint="one may have the rest; say it for the others", at_key=True)  # fmt: skip
        fixed = []
        for option, result in move.options.items():
            if result.probability is None:
                continue
            where = (*path, "options", option, "probability")
            if self.checker.expression(where, result.probability, Kind.NUMBER, self.after) is None:
                return
            if all(name in self.checker.spec.parameters for name in parse(result.probability).names()):
                fixed.append(over_parameters(self.checker.spec, result.probability))
                if not 0.0 <= fixed[-1] <= 1.0 + 1e-12:
                    self.checker.add(where, "", expected="a probability in [0, 1]", found=f"{fixed[-1]:g}", hint="check the number")
                    return
        total = math.fsum(fixed)
        if len(fixed) == len(move.options) and abs(total - 1.0) > 1e-9:
            self.checker.add((*path, "options"), f"probabilities sum to {total:.6g}", expected="a sum of 1",
                             hint="leave one probability out: it has the rest", at_key=True)  # fmt: skip
        elif total > 1.0 + 1e-9:
            self.checker.add((*path, "options"), f"probabilities sum to {total:.6g}", expected="a sum of at most 1",
                             hint="check the numbers", at_key=True)  # fmt: skip

    def vote(self, path: Path, move: VoteMove | DivisionMove) -> None:
        if not self.player((*path, "by"), move.by, group=True):
            return
        size = self.game.players[move.by].members
        if move.rule not in ("unanimity", "majority") and size is not None:
            known = not self._faulty(size) and set(parse(size).names()) <= set(self.checker.spec.parameters)
            most = over_parameters(self.checker.spec, size) if known else math.inf
            self.constant((*path, "rule"), move.rule, 1.0, most, is_whole=True)
        if isinstance(move, VoteMove):
            self.checker.expression((*path, "already"), move.already, Kind.NUMBER, self.after)
        else:
            self.checker.expression((*path, "pie"), move.pie, Kind.NUMBER, self.after)

    def at_once(self, path: Path, move: SimultaneousMove) -> None:
        for n, player in enumerate(move.by):
            self.player((*path, "by", n), player)
        if len(set(move.by)) < len(move.by):
            self.checker.add((*path, "by"), "a player moves twice at once", hint="name each player once")
            return
        for player in move.options:
            if player not in move.by:
                self.checker.name((*path, "options", player), player, move.by, "player of this move", at_key=True)
        missing = [player for player in move.by if player not in move.options]
        if missing:
            self.checker.add((*path, "options"), f"the options of '{missing[0]}' are missing",
                             hint=f"add `{missing[0]}: [...]`", at_key=True)  # fmt: skip
            return
        for player, options in move.options.items():
            twice = next((option for option in options if options.count(option) > 1), None)
            if twice is not None or len(options) < 1:
                self.checker.add((*path, "options", player), f"'{twice}' is named twice" if twice else "no options", hint="name each once")
                return
        sizes = [len(move.options[player]) for player in move.by]
        if math.prod(sizes) > MOST_CELLS:
            self.checker.add((*path, "options"), f"{math.prod(sizes):,} cells are too many", expected=f"at most {MOST_CELLS:,}")
            return
        for player, table in move.payoffs.items():
            where = (*path, "payoffs", player)
            if self.checker.name(where, player, self.game.players, "player", at_key=True):
                self.table(where, table, sizes, move)

    def table(self, path: Path, table: Any, sizes: list[int], move: SimultaneousMove, depth: int = 0) -> bool:
        """Whether a table of payoffs has the shape of the options; the first fault is told."""
        if depth == len(sizes):
            if isinstance(table, list):
                self.checker.add(path, "", expected="a payoff", found="a list", hint=f"nest lists {len(sizes)} deep, one level a player")
                return False
            return self.checker.expression(path, table, Kind.NUMBER, self.after) is not None
        player = move.by[depth]
        if not isinstance(table, list) or len(table) != sizes[depth]:
            found = f"{len(table)}" if isinstance(table, list) else "a single payoff"
            self.checker.add(path, "", expected=f"a list of {sizes[depth]}, one for each option of '{player}'", found=found,
                             hint=f"options: {', '.join(move.options[player])}")  # fmt: skip
            return False
        return all(self.table((*path, n), part, sizes, move, depth + 1) for n, part in enumerate(table))

    def agreement(self, path: Path, move: AgreementMove) -> None:
        for n, player in enumerate(move.by):
            self.player((*path, "by", n), player)
        for player, text in move.disagreement.items():
            self.checker.name((*path, "disagreement", player), player, move.by, "player of this move", at_key=True)
            self.constant((*path, "disagreement", player), text, -math.inf, math.inf)
        for player in move.by:
            if player not in move.payoffs:
                self.checker.add((*path, "payoffs"), f"the payoff of '{player}' is missing", hint=f"add `{player}: ...`", at_key=True)
        for name, (low, high) in move.numbers.items():
            least = self.constant((*path, "numbers", name, 0), low, -math.inf, math.inf)
            if least is not None:
                self.constant((*path, "numbers", name, 1), high, least, math.inf, open_low=True)
        self.constant((*path, "weight"), move.weight, 0.0, 1.0)

    # Strategies

    def strategies(self) -> None:
        for name, strategy in self.game.strategies.items():
            path = ("game", "strategies", name)
            if not self.checker.name(path, name, self.game.moves, "move", at_key=True):
                continue
            move = self.game.moves[name]
            if not self.is_sound(move):
                continue  # its fault has been told
            if isinstance(move, (ChanceMove, AgreementMove)):
                self.checker.add(path, f"'{name}' has no player with a strategy", hint="leave it out", at_key=True)
            elif isinstance(move, NumberMove):
                self.one(path, strategy, move.by, Kind.NUMBER, mixes=True)
            elif isinstance(move, VoteMove):
                self.one(path, strategy, move.by, None)
            elif isinstance(move, DivisionMove):
                self.options(path, strategy, move.by, ("share", "accept"), mixes=("share",), every=True)
            elif isinstance(move, ChoiceMove):
                self.options(path, strategy, move.by, tuple(move.options))
            elif not isinstance(strategy, dict):
                self.checker.add(path, "", expected="strategies by player", found="one expression", hint=f"players: {', '.join(move.by)}")
            else:
                for player, of in strategy.items():
                    if self.checker.name((*path, player), player, move.by, "player of this move", at_key=True):
                        self.options((*path, player), of, player, tuple(move.options.get(player, ())))
        self.complete()

    def complete(self) -> None:
        """Strategies are there for every group, and for all other moves or for none: a game is solved as a whole."""
        written, missing = [], []
        if set(self.game.strategies) - set(self.game.moves):
            return  # a name that is wrong has been told
        for name, move in self.game.moves.items():
            strategy = self.game.strategies.get(name)
            if isinstance(move, (VoteMove, DivisionMove)):
                if strategy is None:
                    what = "`share` and `accept`" if isinstance(move, DivisionMove) else "the yes of a member"
                    self.checker.add(("game", "moves", name), f"the group at '{name}' has no strategy, and no algorithm finds one",
                                     hint=f"add `{name}:` to `strategies:`, {what}", at_key=True)  # fmt: skip
            elif isinstance(move, SimultaneousMove):
                of = strategy if isinstance(strategy, dict) else dict.fromkeys(move.by if strategy else ())
                if set(of) - set(move.by):
                    return  # a name that is wrong has been told
                for player in move.by:
                    (written if player in of else missing).append(f"{name}.{player}")
            elif isinstance(move, (NumberMove, ChoiceMove)):
                (written if strategy is not None else missing).append(name)
        if written and missing and self.game.play == "equilibrium":
            self.checker.add(("game", "strategies"), f"moves without a strategy: {', '.join(missing)}",
                             hint=f"write them too, or leave out {', '.join(written)}: then an algorithm solves the whole game",
                             at_key=True)  # fmt: skip

    def is_sound(self, move: Move) -> bool:
        """Whether those who move are players of the right kind, with options."""
        by = getattr(move, "by", [])
        players = [by] if isinstance(by, str) else by
        wanted = isinstance(move, (VoteMove, DivisionMove))
        if any(name not in self.game.players or (name in self.groups) != wanted for name in players):
            return False
        return not isinstance(move, SimultaneousMove) or all(move.options.get(name) for name in players)

    def options(
        self, path: Path, strategy: Any, player: str, options: tuple[str, ...], mixes: tuple[str, ...] = (), every: bool = False
    ) -> None:
        if not isinstance(strategy, dict):
            self.checker.add(path, "", expected="an expression for each option", found="one expression",
                             hint=f"as in `{{{options[0]}: ...}}`; options: {', '.join(options)}")  # fmt: skip
            return
        for option, text in strategy.items():
            if self.checker.name((*path, option), option, options, "option", at_key=True):
                self.one((*path, option), text, player, None, mixes=option in mixes)
        self.chances(path, {option: text for option, text in strategy.items() if option in options and option not in mixes})
        missing = [option for option in options if option not in strategy]
        if set(strategy) <= set(options) and len(missing) > (0 if every else 1):
            rest = "" if every else "; one may have the rest"
            self.checker.add(path, f"options without a strategy: {', '.join(missing)}{rest}", hint="add them", at_key=True)

    def chances(self, path: Path, strategy: dict[str, Any]) -> None:
        """Probabilities that are fixed lie in [0, 1], and sum to no more than 1."""
        fixed = {}
        for option, text in strategy.items():
            if isinstance(text, str) and not self._faulty(text) and set(_names(text)) <= set(self.checker.spec.parameters):
                fixed[option] = over_parameters(self.checker.spec, text)
        for option, chance in fixed.items():
            if not 0.0 <= chance <= 1.0 + 1e-12:
                self.checker.add((*path, option), "", expected="a probability in [0, 1]", found=f"{chance:g}", hint="check the number")
                return
        if "accept" not in fixed and math.fsum(fixed.values()) > 1.0 + 1e-9:
            self.checker.add(path, f"probabilities sum to {math.fsum(fixed.values()):.6g}", expected="a sum of at most 1",
                             hint="leave one out: it has the rest", at_key=True)  # fmt: skip

    def one(self, path: Path, text: Any, player: str, wanted: Kind | None, *, mixes: bool = False) -> None:
        """One expression of a strategy: of what the player knows."""
        if not isinstance(text, str):
            self.checker.add(path, "", expected="an expression", found="a mapping")
            return
        hidden = hidden_from(self.game, player)
        unowned = [name for name, kind in self.game.types.items() if kind.of is not None and kind.of not in self.game.players]
        for name in _names(text):
            if name in hidden and name in self.checker.situation.kinds and name.split(".")[1] not in unowned:
                self.checker.add(path, f"{player} cannot know '{name}': {hidden[name]}", hint="let it read what it has observed")
                return
            move = str(path[2])
            if name.startswith(f"move.{move}.") and name in self.checker.situation.kinds and move not in following(self.game, move):
                why = f"{player} cannot know '{name}': it is chosen at the same time"
                self.checker.add(path, why, hint="let it read what it has observed")
                return
            if name == UNIFORM and not mixes:
                self.checker.add(path, "'uniform' mixes numbers; an option has a probability", hint="write the probability itself")
                return
        self.checker.expression(path, text, wanted)


def without(quantities: Quantities, names: Iterable[str]) -> Quantities:
    """The quantities but for some."""
    left_out = set(names)
    return Quantities(
        {name: kind for name, kind in quantities.kinds.items() if name not in left_out},
        {name: bounds for name, bounds in quantities.bounds.items() if name not in left_out},
    )


def _names(text: str) -> tuple[str, ...]:
    try:
        return parse(text).names()
    except ValueError:
        return ()
