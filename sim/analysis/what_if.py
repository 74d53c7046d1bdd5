"""The smallest change that brings an outcome to a target: single changes first, then a joint one, put to the test with fresh draws.

1. The case as it is: whether the target is met already.
2. Every number alone, at several changes in both directions, with the same draws.
3. Several at once: changes spread over a box, a straight response fitted to them, its nearest point beyond the target, and again around
   that point (`sim.analysis.nearest_change`).
4. In each direction that may reach it, several lengths with fresh draws: where the target is passed (`sim.analysis.change_length`).
5. The changes so found, once more with fresh draws, which have had no part in choosing them. What is told of the share is from these.

A change of several numbers is as long as the root of the sum of squares of its parts, in standard deviations.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.change_length import Length, length_of
from sim.analysis.input_names import input_label
from sim.analysis.nearest_change import Response, fitted_mean, fitted_share, nearest, sparing
from sim.analysis.resampling import generator
from sim.analysis.what_if_found import Alone, Change, Found, Part
from sim.analysis.what_if_target import Level, Target
from sim.errors import UsageError
from sim.experiments.changes import Candidate, Changes, Stage

FEWEST = 20  # histories at each change
DEFAULT = 500
AT_MOST = 4  # numbers that a joint change has, unless told otherwise
CONFIRMED_BY = 8  # times as many histories as at each change of the search
SURE = 0.8  # probability that the target is met, below which a longer change is tried
MOST_TRIES = 5

_TOGETHER = 12  # numbers of which a joint change may be made
_POINTS_A_NUMBER = 8  # of a design over several numbers
_FEWEST_POINTS = 32
_ROUNDS = 3  # of fitting and moving
_WIDTHS = (1.5, 1.0, 0.7)  # of the box in each, standard deviations to either side
_FURTHEST_STEP = 2.5  # standard deviations by which the middle of the box moves at once
_MOST_LINES = 5  # single changes that are measured
_LEVELS = 6  # lengths in each direction
_MOST_CLOSE, _CLOSE_LEVELS = 4, 4  # directions that are measured once more, at so many lengths
_PASSES = 4  # of measuring, as long as the target is passed beyond the lengths played
_SPARING = 0.1  # by which a joint change may be longer for having fewer parts
_ADDS = 1.64  # standard errors by which leaving a number out must cost something, for it to stay in the best miss
_SHORTER = 0.95  # of the best single change: a joint one must be shorter than that to be worth telling


@dataclass(frozen=True)
class _Direction:
    unit: np.ndarray  # of length 1, shape (candidates,)
    most: float  # length at which the first of its numbers has gone as far as it may
    guess: float  # where it may pass the target
    is_joint: bool
    has_passed: bool = False  # whether the first look, by its shares alone, was beyond the target somewhere


def what_if(changes: Changes, target: Target, histories: int = DEFAULT, at_most: int = AT_MOST) -> Found:
    """The search, played as far as it is not there.

    Parameters
    ----------
    histories : at each change; those that put the answer to the test are `CONFIRMED_BY` times as many
    at_most : numbers of which the joint change may be made

    Raises
    ------
    UsageError
        The target is met already; the outcome never occurs, whatever is changed.
    """
    search = _Search(changes, target, histories)
    base = search.base()
    alone = search.each_alone(base)
    directions = search.single_directions(alone)
    joint = search.joint_direction(alone, at_most)
    directions += [joint] if joint is not None else []
    return search.tested(base, alone, directions)


class _Search:
    def __init__(self, changes: Changes, target: Target, histories: int):
        self.changes, self.target, self.histories = changes, target, histories
        self.candidates = changes.candidates
        self.low = np.array([item.low for item in self.candidates])
        self.high = np.array([item.high for item in self.candidates])
        self.seen = False  # whether the outcome occurred in any history

    def values(self, stage: Stage) -> np.ndarray:
        """The output in each history, shape (draws, points)."""
        output = self.target.output
        found = output.values({output.column: stage.column(output.column).ravel()}).reshape(stage.repeats, stage.points)
        never = output.horizon if output.kind == "time" else 0.0
        self.seen = self.seen or not (output.is_share or output.kind == "time") or bool(np.any(found != never))
        return found

    # The case as it is

    def base(self) -> Level:
        target = self.target
        level = target.level(self.values(self.changes.base(CONFIRMED_BY * self.histories))[:, 0])
        if target.is_met(level.value):
            is_share = target.output.is_share
            found, low, high = (f"{100 * x:.1f}%" if is_share else f"{x:.4g}" for x in (level.value, level.low, level.high))
            beyond = "above" if target.wants_more else "below"
            raise UsageError(
                f"the target '{target.text}' is already met without any change: {found} ({low} to {high}) in {level.histories:,} histories",
                hint=f"set a target {beyond} {found}, or the other way round",
            )
        return level

    # Every number alone

    def each_alone(self, base: Level) -> list[Alone]:
        number = len(self.candidates)
        points, owners = [np.zeros(number)], [-1]
        for n, item in enumerate(self.candidates):
            for end in (item.low, item.high):
                for change in (0.5 * end, end) if end else ():
                    point = np.zeros(number)
                    point[n] = round(change, 4)
                    points.append(point)
                    owners.append(n)
        values = self.values(self.changes.play("alone", np.array(points), self.histories))
        levels = [self.target.level(column) for column in values.T]
        found = []
        for n, item in enumerate(self.candidates):
            places = [0, *(place for place, owner in enumerate(owners) if owner == n)]
            places.sort(key=lambda place: points[place][n])
            best = max(places, key=lambda place: (self.target.sign * levels[place].value, -abs(points[place][n])))
            tried, reached = (tuple(some) for some in ((float(points[place][n]) for place in places), (levels[place] for place in places)))
            found.append(Alone(item, input_label(self.changes.scenario, item.path), tried, reached, float(points[best][n])))
        return found

    def single_directions(self, alone: Sequence[Alone]) -> list[_Direction]:
        """Those in which one number alone reaches the target, or may."""
        found = []
        for n, item in enumerate(alone):
            for side in (-1.0, 1.0):
                guess, has_passed = self._passes(item, side)
                if guess is None:
                    continue
                unit = np.zeros(len(alone))
                unit[n] = side
                found.append(_Direction(unit, max(side * item.changes[0], side * item.changes[-1]), guess, False, has_passed))
        found.sort(key=lambda direction: direction.guess)
        return found[:_MOST_LINES]

    def _passes(self, item: Alone, side: float) -> tuple[float | None, bool]:
        """Where the broken line of the first look passes the target on one side, and that it does; its end where only the interval does."""
        places = sorted((side * change, level) for change, level in zip(item.changes, item.levels, strict=True) if side * change >= 0.0)
        scores = [float(self.target.score(level.value, level.histories)) for _, level in places]
        wanted = self.target.wanted_score
        for (before, _), (after, _), one, two in zip(places, places[1:], scores, scores[1:], strict=False):
            if two >= wanted:
                return (before + (after - before) * (wanted - one) / (two - one) if one < wanted else before or 0.5 * after), True
        if len(places) < 2:
            return None, False
        last = places[-1][1]
        return (places[-1][0] if self.target.is_met(last.high if self.target.wants_more else last.low) else None), False

    # Several at once

    def joint_direction(self, alone: Sequence[Alone], at_most: int) -> _Direction | None:
        if len(self.candidates) < 2 or at_most < 2:
            return None
        chosen = self._together(alone)
        low, high = (np.where(chosen, bounds, 0.0) for bounds in (self.low, self.high))
        centre = np.zeros(len(chosen))
        rows: list[tuple[np.ndarray, np.ndarray]] = []  # points with what came of them
        found, reached = centre, False
        for number, width in enumerate(_WIDTHS[:_ROUNDS], start=1):
            # A rare outcome may show itself only far from the case as it is.
            half = width if self.seen else math.inf
            points = self._spread(centre, half, low, high, number)
            values = self.values(self.changes.play(f"joint-{number}", points, max(8, self.histories // 4)))
            rows.append((points, values))
            if not self.seen:
                raise self._never()
            response = self._fitted(rows, centre, min(half, max(_WIDTHS)))
            found, reached = sparing(response, self.target.wanted_score, low, high, at_most, _SPARING)
            whole, _ = nearest(response, self.target.wanted_score, low, high)
            step = whole - centre
            length = float(np.linalg.norm(step))
            centre = centre + step * min(1.0, _FURTHEST_STEP / length) if length else centre
        if np.count_nonzero(np.round(found, 2)) < 2:
            return None
        length = float(np.linalg.norm(found))
        return _Direction(found / length, self._most(found / length), length, True)

    def _never(self) -> UsageError:
        output = self.target.output
        return UsageError(
            f"“{output.label}” never occurs in {self.changes.num_histories:,} histories, whatever is changed",
            hint="name an outcome that occurs, a metric that leads to it, or more that may change (--change, --most)",
        )

    def _together(self, alone: Sequence[Alone]) -> np.ndarray:
        """Which numbers a joint change may have: those that do most alone."""
        gains = []
        for item in alone:
            at_zero = item.levels[item.changes.index(0.0)]
            best, still = (float(self.target.score(one.value, one.histories)) for one in (item.at_best, at_zero))
            gains.append(best - still)
        order = sorted(range(len(alone)), key=lambda n: (-gains[n], n))
        chosen = np.zeros(len(alone), dtype=bool)
        chosen[order[:_TOGETHER]] = True
        return chosen

    def _spread(self, centre: np.ndarray, half: float, low: np.ndarray, high: np.ndarray, number: int) -> np.ndarray:
        """A Latin hypercube over the box around a point, within the bounds."""
        start, stop = np.maximum(low, centre - half), np.minimum(high, centre + half)
        free = np.flatnonzero(stop > start)
        points = max(_FEWEST_POINTS, _POINTS_A_NUMBER * len(free))
        random = generator(self.changes.seed, "what-if", f"joint {number}")
        cells = np.column_stack([random.permutation(points) for _ in free]) + random.random((points, len(free)))
        spread = np.tile(np.clip(centre, low, high), (points, 1))
        spread[:, free] = start[free] + (stop - start)[free] * cells / points
        return np.round(spread, 4)

    def _fitted(self, rows: Sequence[tuple[np.ndarray, np.ndarray]], centre: np.ndarray, width: float) -> Response:
        """The straight response around a point, by all that was played at once; what is far from the point counts less."""
        points = np.concatenate([some for some, _ in rows])
        histories = np.concatenate([np.full(len(some), float(len(values))) for some, values in rows])
        means = np.concatenate([values.mean(axis=0) for _, values in rows])
        free = np.flatnonzero(np.ptp(points, axis=0) > 0.0)
        apart = ((points - centre)[:, free] / width) ** 2
        weights = np.exp(-0.5 * apart.mean(axis=1))
        if self.target.output.is_share:
            fit = fitted_share(points[:, free], means * histories, histories, weights, self.target.sign)
        else:
            fit = fitted_mean(points[:, free], means, weights * histories, self.target.sign)
        slopes = np.zeros(len(centre))
        slopes[free] = fit.slopes
        return Response(fit.level, slopes)

    def _most(self, unit: np.ndarray) -> float:
        """How long a change in one direction may be."""
        moves = unit != 0.0
        ends = np.where(unit > 0.0, self.high, self.low)
        return float(np.min(ends[moves] / unit[moves]))

    # How far

    def lengths(self, directions: Sequence[_Direction]) -> list[Length]:
        found: list[Length | None] = [None] * len(directions)
        spans = {n: (0.6 * min(item.guess, item.most), min(1.4 * item.guess, item.most)) for n, item in enumerate(directions)}
        for number in range(1, _PASSES + 1):
            if not spans:
                break
            asked = {n: np.round(np.linspace(*span, _LEVELS), 4) for n, span in spans.items()}
            points = np.concatenate([np.outer(some, directions[n].unit) for n, some in asked.items()])
            values = self.values(self.changes.play(f"lengths-{number}", points, 2 * self.histories))
            for place, (n, some) in enumerate(asked.items()):
                part = values[:, place * _LEVELS : (place + 1) * _LEVELS]
                length, known = length_of(self.target, some, part, self.changes.seed), found[n]
                span = _next_span(length, spans[n], directions[n].most)
                if known is not None and math.isfinite(known.value) and not math.isfinite(length.value):
                    span = None  # looked for below where it was passed, and not found there: what was known stands
                else:
                    found[n] = length
                if span is None:
                    del spans[n]
                else:
                    spans[n] = span
        rough = [item for item in found if item is not None]
        return self._closer(directions, self._sought_again(directions, rough))

    def _sought_again(self, directions: Sequence[_Direction], rough: list[Length]) -> list[Length]:
        """The same, with a look at the whole way where the first look was beyond the target and the later ones nowhere."""
        lost = [n for n, length in enumerate(rough) if directions[n].has_passed and not math.isfinite(length.value)]
        if not lost:
            return rough
        found = list(rough)
        asked = [np.round(np.linspace(0.15 * directions[n].most, directions[n].most, _LEVELS), 4) for n in lost]
        points = np.concatenate([np.outer(some, directions[n].unit) for n, some in zip(lost, asked, strict=True)])
        values = self.values(self.changes.play("lengths-again", points, 4 * self.histories))
        for place, (n, some) in enumerate(zip(lost, asked, strict=True)):
            found[n] = length_of(self.target, some, values[:, place * _LEVELS : (place + 1) * _LEVELS], self.changes.seed)
        return found

    def _closer(self, directions: Sequence[_Direction], rough: list[Length]) -> list[Length]:
        """The same for the shortest, by more histories near where they pass the target."""
        passing = [n for n, length in enumerate(rough) if math.isfinite(length.value)]
        passing.sort(key=lambda n: (not directions[n].is_joint, rough[n].value))
        chosen = passing[:_MOST_CLOSE]
        if not chosen:
            return rough
        asked = []
        for n in chosen:
            value, high = rough[n].value, rough[n].high
            half = min(max(0.2 * value, 1.2 * (high - value)), 0.5 * value)  # half the length where nothing is known of the end
            asked.append(np.round(np.linspace(value - half, min(value + 1.6 * half, directions[n].most), _CLOSE_LEVELS), 4))
        points = np.concatenate([np.outer(some, directions[n].unit) for n, some in zip(chosen, asked, strict=True)])
        values = self.values(self.changes.play("lengths-near", points, 6 * self.histories))
        found = list(rough)
        for place, (n, some) in enumerate(zip(chosen, asked, strict=True)):
            part = values[:, place * _CLOSE_LEVELS : (place + 1) * _CLOSE_LEVELS]
            length = length_of(self.target, some, part, self.changes.seed)
            if math.isfinite(length.safe) and length.value > some[0]:  # else what was known before stands
                found[n] = length
        return found

    # The test

    def tested(self, base: Level, alone: Sequence[Alone], directions: Sequence[_Direction]) -> Found:
        lengths = self.lengths(directions)
        if not self.seen:
            raise self._never()
        going = [n for n, length in enumerate(lengths) if math.isfinite(length.value)]
        tried = {n: min(directions[n].most, _to_test(lengths[n])) for n in going}
        best = None
        if not going:
            directions, lengths, tried = self._nearest_miss(alone, directions, lengths)
        done: dict[int, Change] = {}
        for number in range(1, MOST_TRIES + 1):
            again = [n for n in tried if n not in done or self._wants_more(done[n], tried[n], directions[n])]
            if not again:
                break
            for n in again if number > 1 else ():
                tried[n] = min(directions[n].most, self._longer(done[n], tried[n]))
            done.update(self._tests(number, again, directions, lengths, tried))
        reaching = sorted((item for item in done.values() if item.reaches(self.target)), key=lambda item: item.length)
        singles = [item for item in reaching if not item.is_joint]
        joint = next((item for item in done.values() if item.is_joint), None)
        answer = next(iter(singles), None)
        if joint is not None and joint.reaches(self.target) and (answer is None or joint.length < _SHORTER * answer.length):
            answer = joint
        if answer is None:
            best = max(done.values(), key=lambda item: self.target.sign * item.level.value, default=None)
        order = sorted(alone, key=lambda item: -self.target.sign * item.at_best.value)
        return Found(self.changes, self.target, self.histories, base, tuple(order), tuple(singles), joint, answer, best)

    def _longer(self, change: Change, length: float) -> float:
        """The next length to test: by the straight line through what the last one did, to where the target would be nearly sure."""
        still, there, above = (
            float(self.target.score(value, change.level.histories))
            for value in (change.base.value, change.level.value, change.level.high if self.target.wants_more else change.level.low)
        )
        gained, missing = there - still, self.target.wanted_score + 0.6 * (above - there) - there
        step = length * missing / gained if gained > 0.0 else 0.0
        return length + min(max(step, 0.04 * length), 0.5 * length)

    def _wants_more(self, change: Change, length: float, direction: _Direction) -> bool:
        return change.chance < SURE and length < direction.most - 1e-9

    def _nearest_miss(
        self, alone: Sequence[Alone], directions: Sequence[_Direction], lengths: Sequence[Length]
    ) -> tuple[list[_Direction], list[Length], dict[int, float]]:
        """Where nothing reaches the target: the joint change and the single one that come nearest."""
        kept = []
        for item, length in zip(directions, lengths, strict=True):
            if item.is_joint:
                simpler, far = self._simpler(item, length.best)
                kept.append((simpler, length, far))
        nearest_one = max(range(len(alone)), key=lambda n: self.target.sign * alone[n].at_best.value)
        change = alone[nearest_one].best
        if change:
            unit = np.zeros(len(alone))
            unit[nearest_one] = math.copysign(1.0, change)
            never = Length(math.inf, math.inf, math.inf, math.inf, abs(change))
            kept.append((_Direction(unit, abs(change), abs(change), False), never, abs(change)))
        return [item for item, _, _ in kept], [length for _, length, _ in kept], {n: best for n, (_, _, best) in enumerate(kept)}

    def _simpler(self, direction: _Direction, length: float) -> tuple[_Direction, float]:
        """A joint change without the numbers that add nothing at this length, by pairs with and without each; the rest goes as far."""
        whole = length * direction.unit
        moves = np.flatnonzero(np.round(whole, 4))
        points = np.tile(whole, (len(moves) + 1, 1))
        points[np.arange(1, len(moves) + 1), moves] = 0.0
        values = self.values(self.changes.play("simpler", np.round(points, 4), CONFIRMED_BY * self.histories))
        gains = self.target.sign * (values[:, :1] - values[:, 1:])
        errors = gains.std(axis=0, ddof=1) / math.sqrt(len(gains))
        adds = gains.mean(axis=0) > _ADDS * errors
        if adds.all() or not adds.any():
            return direction, length
        kept = np.zeros(len(whole))
        kept[moves[adds]] = whole[moves[adds]]
        far = float(np.linalg.norm(kept))
        return _Direction(kept / far, max(far, self._most(kept / far)), far, int(adds.sum()) > 1), far

    def _tests(
        self, number: int, which: Sequence[int], directions: Sequence[_Direction], lengths: Sequence[Length], tried: Mapping[int, float]
    ) -> dict[int, Change]:
        points = np.array([np.zeros(len(self.candidates)), *(tried[n] * directions[n].unit for n in which)])
        points = np.round(points, 4)
        name = f"test-{number}"
        stage = self.changes.play(name, points, CONFIRMED_BY * self.histories)
        values = self.values(stage)
        base = self.target.level(values[:, 0])
        found = {}
        for place, n in enumerate(which, start=1):
            point, outputs = points[place], values[:, place]
            found[n] = Change(
                self._parts(stage, place, point), float(np.linalg.norm(point)), lengths[n], self.target.level(outputs), base,
                self.target.chance(outputs), number, (name, place),
            )  # fmt: skip
        return found

    def _parts(self, stage: Stage, place: int, point: np.ndarray) -> tuple[Part, ...]:
        order = sorted(np.flatnonzero(point), key=lambda n: -abs(point[n]))
        return tuple(self._part(stage, place, self.candidates[n], float(point[n])) for n in order)

    def _part(self, stage: Stage, place: int, candidate: Candidate, change: float) -> Part:
        label = input_label(self.changes.scenario, candidate.path)
        if candidate.value is not None:
            return Part(candidate, label, change, candidate.value, candidate.at(change))
        column = stage.column(f"input:{candidate.path}")
        before, after = column[:, 0], column[:, place]
        if column.dtype.kind not in "OUS":
            return Part(candidate, label, change, float(np.mean(before.astype(float))), float(np.mean(after.astype(float))))
        names = sorted({str(name) for name in column.ravel()})
        classes = tuple((name, float(np.mean(before == name)), float(np.mean(after == name))) for name in names)
        return Part(candidate, label, change, None, None, classes)


def _next_span(length: Length, span: tuple[float, float], most: float) -> tuple[float, float] | None:
    """Lengths to play next; None where the target is passed between those played, or cannot be."""
    low, high = span
    at_end = high >= most - 1e-9
    if not math.isfinite(length.value):
        return None if at_end else (0.8 * high, min(most, 1.8 * high))
    if length.value <= low + 1e-9 and low > 0.05:
        return 0.4 * low, 1.1 * low
    if not math.isfinite(length.safe) and not at_end:
        return low, min(most, 1.4 * high)
    return None


def _to_test(length: Length) -> float:
    """The length that is put to the test: one that is nearly sure, by the histories before."""
    return length.safe if math.isfinite(length.safe) else 1.15 * length.value
