"""Addressed draws of one history: the same address gives the same number, whatever else happens."""

from __future__ import annotations

from sim.randomness import Stream, uniform, uniform_pair


class Draws:
    """Part of `sim.engines.history.History`, which says what the attributes are."""

    def draw(self, stream: Stream, key: int, lane: int = 0) -> float:
        """The next uniform of a stream, entity and lane."""
        word = (stream << 24) | (key << 8) | lane
        counter = self.counters.get(word, 0)
        self.counters[word] = counter + 1
        return uniform(self.root_seed, self.replication, self.branch, stream, key, lane, counter)

    def pair(self, stream: Stream, key: int, lane: int = 0) -> tuple[float, float]:
        """Both uniforms of the next block of a stream, entity and lane."""
        word = (stream << 24) | (key << 8) | lane
        counter = self.counters.get(word, 0)
        self.counters[word] = counter + 1
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
