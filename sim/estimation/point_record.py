"""When events came in a window that was watched, and when a pause was on.

Times are in days (or any one unit) from any origin. Windows and pauses are intervals [start, end). Events before the window are
kept: they do not count, but they may excite. A rate has its pause value inside pauses.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.errors import ParameterError


@dataclass(frozen=True)
class PointRecord:
    """Events of one kind in a window.

    Attributes
    ----------
    start, end : float
        The window that was watched.
    times : float array
        Events in it, ascending, no two at once.
    earlier : float array
        Events before it, ascending.
    pauses : tuple of (start, end)
        Apart from one another, ascending.

    Raises
    ------
    ParameterError
        A window without length, times out of order or outside it, or pauses that overlap.
    """

    start: float
    end: float
    times: np.ndarray
    earlier: np.ndarray
    pauses: tuple[tuple[float, float], ...] = ()

    def __post_init__(self) -> None:
        if not self.start < self.end:
            raise ParameterError(
                f"expected a window with its start before its end, found {self.start:g} to {self.end:g}"
            )
        if np.any(np.diff(np.concatenate([self.earlier, self.times])) <= 0.0):
            raise ParameterError("times of events must ascend, and no two may be the same")
        if self.times.size and not (self.start <= self.times[0] and self.times[-1] < self.end):
            raise ParameterError(f"events lie outside the window from {self.start:g} to {self.end:g}")
        if self.earlier.size and self.earlier[-1] >= self.start:
            raise ParameterError(f"an earlier event lies at {self.earlier[-1]:g}, in the window")
        bounds = [bound for pause in self.pauses for bound in pause]
        if any(one >= other for one, other in zip(bounds, bounds[1:], strict=False)):
            raise ParameterError("pauses must ascend, have a length, and lie apart")

    @property
    def is_paused(self) -> np.ndarray:
        """For each event whether it came in a pause, shape (events,)."""
        found = np.zeros(self.times.size, dtype=bool)
        for start, end in self.pauses:
            found |= (start <= self.times) & (self.times < end)
        return found

    @property
    def paused_exposure(self) -> float:
        """Time of the window in pauses."""
        return float(sum(max(0.0, min(end, self.end) - max(start, self.start)) for start, end in self.pauses))

    @property
    def exposure(self) -> float:
        """Time of the window outside pauses."""
        return self.end - self.start - self.paused_exposure

    def pieces(self) -> list[tuple[float, float, bool]]:
        """The window in pieces (start, end, paused), in order."""
        found, now = [], self.start
        for start, end in self.pauses:
            low, high = max(start, self.start), min(end, self.end)
            if low < high:
                if now < low:
                    found.append((now, low, False))
                found.append((low, high, True))
                now = high
        if now < self.end:
            found.append((now, self.end, False))
        return found


def point_record(
    times: np.ndarray | list[float],
    start: float,
    end: float,
    pauses: list[tuple[float, float]] | tuple[tuple[float, float], ...] = (),
) -> PointRecord:
    """The record of events at ``times`` (those before the window become earlier ones) with pauses, joined where they overlap.

    Events from the window's end on are left out.
    """
    all_times = np.sort(np.asarray(times, dtype=float))
    joined: list[tuple[float, float]] = []
    for low, high in sorted(pauses):
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], high))
        elif low < high:
            joined.append((low, high))
    inside = (all_times >= start) & (all_times < end)
    return PointRecord(start, end, all_times[inside], all_times[all_times < start], tuple(joined))
