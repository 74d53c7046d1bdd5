"""What is to be said beside a solved game: what histories cut off of it, and what of groups it leaves as written."""

from __future__ import annotations

from sim.analysis.phrases import listed
from sim.model.game.cut_off import share_cut_off
from sim.model.game.solving import SolvedGame
from sim.model.spec.game import DivisionMove, Game, VoteMove

TOLD = 5e-4  # of all play; less is not worth a sentence


def remarks(game: Game, found: SolvedGame) -> tuple[str, ...]:
    """Sentences, most of the time none.

    Parameters
    ----------
    game : as the file has it.
    found : its solution; of a game with divisions that of the game as a member sees it, whose moves are others.
    """
    return (*_of_groups(game), *(() if _is_divided(game) else _of_limit(game, found)))


def _is_divided(game: Game) -> bool:
    return any(isinstance(move, DivisionMove) for move in game.moves.values())


def _of_groups(game: Game) -> list[str]:
    votes = sorted({move.by for move in game.moves.values() if isinstance(move, VoteMove)})
    told = []
    if votes:
        told.append(f"Votes of {listed(votes)} are taken as written: what a vote is worth to a member the file does not say.")
    if _is_divided(game):
        told.append("Of a group that divides one member's proposals and votes are looked at, all others playing as written.")
    return told


def _of_limit(game: Game, found: SolvedGame) -> list[str]:
    share = share_cut_off(game, found.graph, found.strategy)
    if share != share:
        return [f"Whether histories reach `most_moves`, {game.most_moves:,}, was not followed; the solution has no such limit."]
    if share < TOLD:
        return []
    return [f"The solution has no last move; in histories `most_moves`, {game.most_moves:,}, cuts off {100 * share:.3g} % of this play."]
