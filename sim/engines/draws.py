"""Addressed draws of one history: the same address gives the same number, whatever else happens."""

from __future__ import annotations

from itertools import islice

import numpy as np

from sim.randomness import Stream, uniform, uniform_pair

Pairs = dict[int, list[tuple[float, float]]]  # stream, entity and lane in one word -> pairs of uniforms by occurrence


class Ahead:
    """Draws that a history of this case will probably ask for, made at once: a fraction of the time of one by one.

    A draw is a function of its address, so it does not matter when it is made, nor that some are never asked for.
    Histories that are over tell how many occurrences of each address to expect.
    """

    LAYOUTS = (4, 64)  # after so many histories the addresses are chosen anew

    def __init__(self) -> None:
        self.histories = 0
        self.used: dict[int, int] = {}
        self.lengths: list[tuple[int, int]] = []
        self.addresses = np.zeros((4, 0), dtype=np.int64)

    def learn(self, counters: dict[int, int]) -> None:
        """Take note of what a history has drawn."""
        if self.histories >= self.LAYOUTS[-1]:
            return
        self.histories += 1
        for word, count in counters.items():
            self.used[word] = self.used.get(word, 0) + count
        if self.histories in self.LAYOUTS:
            # A quarter more than the mean; what is asked for in less than one history of four is left out.
            lengths = ((word, int(1.25 * count / self.histories + 0.75)) for word, count in self.used.items())
            self.lengths = [(word, length) for word, length in lengths if length > 0]
            rows = [
                (word >> 24, (word >> 8) & 0xFFFF, word & 0xFF, n) for word, length in self.lengths for n in range(length)
            ]
            self.addresses = np.array(rows, dtype=np.int64).reshape(-1, 4).T

    def draw(self, root_seed: int, replication: int, branch: int) -> Pairs:
        """The draws of one history."""
        if not self.lengths:
            return {}
        # The generator's source is right for arrays of wrapping int64 too.
        replications = np.full(self.addresses.shape[1], replication, dtype=np.int64)
        one, two = uniform_pair(root_seed, replications, branch, *self.addresses)
        pairs = iter(zip(one.tolist(), two.tolist(), strict=True))
        return {word: list(islice(pairs, length)) for word, length in self.lengths}


class Draws:
    """Part of `sim.engines.history.History`, which says what the attributes are."""

    def draw(self, stream: Stream, key: int, lane: int = 0) -> float:
        """The next uniform of a stream, entity and lane."""
        word = (stream << 24) | (key << 8) | lane
        counter = self.counters.get(word, 0)
        self.counters[word] = counter + 1
        ahead = self.ahead.get(word)
        if ahead is not None and counter < len(ahead):
            return ahead[counter][0]
        return uniform(self.root_seed, self.replication, self.branch, stream, key, lane, counter)

    def pair(self, stream: Stream, key: int, lane: int = 0) -> tuple[float, float]:
        """Both uniforms of the next block of a stream, entity and lane."""
        word = (stream << 24) | (key << 8) | lane
        counter = self.counters.get(word, 0)
        self.counters[word] = counter + 1
        ahead = self.ahead.get(word)
        if ahead is not None and counter < len(ahead):
            return ahead[counter]
        return uniform_pair(self.root_seed, self.replication, self.branch, stream, key, lane, counter)

    def draw_at(self, stream: Stream, key: int, lane: int, counter: int) -> float:
        """The uniform of a given occurrence: what is drawn only now and then keeps its place."""
        return uniform(self.root_seed, self.replication, self.branch, stream, key, lane, counter)

    def duration(self, slot: int, stream: Stream, key: int, lane: int = 0) -> float:
        """A duration: drawn anew where the scenario gives a distribution, else its value."""
        recurring = self.case.recurring.get(slot)
        if recurring is None:
            return self.p[slot]
        return recurring.quantile(self.draw(stream, key, lane))

    def draw_class(self, actor: int, u: float) -> int:
        """Position of a commitment class in key order, drawn from the prior."""
        classes = self.slots.actors[self.case.actor_ids[actor]].types.commitment
        cumulative = 0.0
        names = sorted(classes)
        for n, name in enumerate(names):
            cumulative += self.p[classes[name].prior]
            if u < cumulative:
                return n
        return len(names) - 1
