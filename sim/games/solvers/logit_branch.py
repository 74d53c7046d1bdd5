"""The principal branch of logit equilibria: from equal chances at precision 0 along the curve of fixed points.

Unknown are the logarithms of all probabilities and the precision. A fixed point solves, for every option of every mover,
log p = log of the logit response to p. The curve is followed by its arc length, so that it may turn back in precision: a step
along the tangent, then Newton's method across it, shorter where the curve bends. The point at a wanted precision is where the
curve first comes to it. Derivatives are exact (imaginary steps of 1e-30).

Source: Turocy (2005), Games and Economic Behavior 51(2), 243-263; McKelvey and Palfrey (1995, 1998) for the equilibrium.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.errors import ParameterError

Values = Callable[[np.ndarray], np.ndarray]  # (batch, options) log probabilities -> (batch, options) payoffs of options

MAX_STEPS = 20_000
_IMAGINARY = 1e-30
_FIRST, _SHORTEST, _LONGEST = 0.03, 1e-7, 1e6  # steps along the curve
_BEND = 0.98  # least cosine of the angle between the tangents at both ends of a step
_CLOSE = 1e-11  # largest distance of a log probability from its response, relative to its size


@dataclass(frozen=True)
class Branch:
    """A point of the curve: log probabilities of all options and the precision."""

    logs: np.ndarray
    precision: float


def follow(
    values: Values,
    sizes: Sequence[int],
    is_there: Callable[[Branch], bool] | None = None,
    precision: float | None = None,
) -> Branch:
    """The first point of the principal branch with the given ``precision``, or the first for which ``is_there`` holds.

    ``sizes`` has the number of options of each mover, in the order in which ``values`` has them. Payoffs are best of the order of one.

    Raises
    ------
    ParameterError
        The precision is negative or not finite, or the curve could not be followed so far.
    """
    if precision is not None and not (np.isfinite(precision) and precision >= 0.0):
        raise ParameterError(f"precision: expected a finite number of at least 0, found {precision}")
    curve = _Curve(values, sizes)
    at = np.append(np.concatenate([np.full(size, -np.log(size)) for size in sizes]), 0.0)
    if precision == 0.0:
        return Branch(at[:-1], 0.0)
    tangent = curve.tangent(at, np.append(np.zeros(len(at) - 1), 1.0))
    step = _FIRST
    for _ in range(MAX_STEPS):
        ahead = curve.corrected(at + step * tangent, tangent)
        turned = curve.tangent(ahead, tangent) if ahead is not None else None
        if ahead is None or turned is None or turned @ tangent < _BEND or np.linalg.norm(ahead - at) > 2.0 * step:
            step /= 2.0
            if step < _SHORTEST:
                break
            continue
        if precision is not None and ahead[-1] >= precision:
            share = (precision - at[-1]) / (ahead[-1] - at[-1])
            found = curve.at_precision((at + share * (ahead - at))[:-1], precision)
            if found is not None and np.linalg.norm(found - at[:-1]) <= 2.0 * step:
                return Branch(found, precision)
            step /= 2.0
            if step < _SHORTEST:
                break
            continue
        at, tangent = ahead, turned
        if is_there is not None and is_there(Branch(at[:-1], float(at[-1]))):
            return Branch(at[:-1], float(at[-1]))
        step = min(step * 1.4, _LONGEST)
    wanted = f" {precision:g}" if precision is not None else ""
    raise ParameterError(
        f"the principal branch could not be followed to the precision{wanted}; it was lost at {at[-1]:.6g} (payoffs' span as the unit)",
        hint="a lower precision",
    )


def softmax_logs(scaled: np.ndarray, starts: Sequence[int]) -> np.ndarray:
    """Log of the logit response to precision times payoffs, group by group; shape (batch, options)."""
    result = np.empty_like(scaled)
    for begin, end in zip(starts[:-1], starts[1:], strict=True):
        part = scaled[:, begin:end]
        shifted = part - part.real.max(axis=1, keepdims=True)
        result[:, begin:end] = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return result


class _Curve:
    def __init__(self, values: Values, sizes: Sequence[int]) -> None:
        self.values = values
        self.starts = np.concatenate([[0], np.cumsum(sizes)]).tolist()

    def residual(self, points: np.ndarray) -> np.ndarray:
        """Distance of log probabilities from their response at (batch, options + 1) points."""
        logs, precision = points[:, :-1], points[:, -1:]
        return logs - softmax_logs(precision * self.values(logs), self.starts)

    def linear(self, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Residual (options,) and its derivatives (options, options + 1)."""
        points = np.broadcast_to(at, (len(at) + 1, len(at))).astype(complex)
        points = points + np.vstack([np.eye(len(at)), np.zeros(len(at))]) * (1j * _IMAGINARY)
        values = self.residual(points)
        return values[-1].real, values[:-1].imag.T / _IMAGINARY

    def tangent(self, at: np.ndarray, along: np.ndarray) -> np.ndarray | None:
        _, slope = self.linear(at)
        try:
            direction = np.linalg.solve(np.vstack([slope, along]), np.append(np.zeros(len(slope)), 1.0))
        except np.linalg.LinAlgError:
            return None
        length = np.linalg.norm(direction)
        return direction / length if np.isfinite(length) and length > 0.0 else None

    def corrected(self, start: np.ndarray, across: np.ndarray) -> np.ndarray | None:
        """The point of the curve on the plane through ``start`` across the tangent, or None."""
        return _newton(lambda at: _bordered(*self.linear(at), across, across @ (at - start)), start)

    def at_precision(self, logs: np.ndarray, precision: float) -> np.ndarray | None:
        def system(at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            value, slope = self.linear(np.append(at, precision))
            return value, slope[:, :-1]

        return _newton(system, logs)


def _bordered(value: np.ndarray, slope: np.ndarray, row: np.ndarray, rest: float) -> tuple[np.ndarray, np.ndarray]:
    return np.append(value, rest), np.vstack([slope, row])


def _newton(system: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]], at: np.ndarray) -> np.ndarray | None:
    last = np.inf
    for _ in range(12):
        value, slope = system(at)
        try:
            move = np.linalg.solve(slope, -value)
        except np.linalg.LinAlgError:
            return None
        size = float(np.abs(move).max())
        if not np.isfinite(size) or size > max(0.9 * last, 1e-12 * (1.0 + float(np.abs(at).max()))):
            return None
        at = at + move
        last = size
        if size <= _CLOSE * (1.0 + float(np.abs(at).max())):
            return at
    return None
