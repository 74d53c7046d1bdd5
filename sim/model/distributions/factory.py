"""Distributions by name: from the words of a scenario file to the family that they mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from sim.model.distributions.base import Distribution, require
from sim.model.distributions.gamma_beta import Beta, Gamma
from sim.model.distributions.normal import Lognormal, Normal
from sim.model.distributions.simple import Choice, Constant, Exponential, Triangular, Uniform

_MAKERS: dict[str, tuple[Callable[..., Distribution], tuple[str, ...], tuple[str, ...]]] = {
    "constant": (Constant, ("value",), ()),
    "uniform": (Uniform, ("low", "high"), ()),
    "triangular": (Triangular, ("low", "mode", "high"), ()),
    "normal": (Normal, ("mean", "sd"), ("low", "high")),
    "lognormal": (Lognormal, ("median", "sd"), ()),
    "beta": (Beta, ("a", "b"), ("shift",)),
    "gamma": (Gamma.from_mean, ("mean", "cv"), ()),
    "exponential": (Exponential, ("mean",), ()),
    "choice": (Choice, ("values", "probabilities"), ()),
}


def distribution(name: str, **parameters: float | Iterable[float]) -> Distribution:
    """The distribution of this name, its parameters named as in a scenario file.

    Raises
    ------
    ParameterError
        An unknown name, a parameter missing or too many, or values that make no sense together.
    """
    require(name in _MAKERS, "distribution", f"one of {', '.join(_MAKERS)}", f"'{name}'")
    make, needed, optional = _MAKERS[name]
    missing = [parameter for parameter in needed if parameter not in parameters]
    surplus = [parameter for parameter in parameters if parameter not in needed + optional]
    require(not missing, name, f"a value for {', '.join(missing)}", "none")
    require(not surplus, name, f"only {', '.join(needed + optional)}", ", ".join(surplus))
    arguments = [parameters[parameter] for parameter in needed]
    # Optional ones follow in the order of the constructor; None stands for its own default.
    given = {parameter: float(parameters[parameter]) for parameter in optional if parameters.get(parameter) is not None}
    return make(*(tuple(a) if isinstance(a, Iterable) else float(a) for a in arguments), **given)


class _Quantity(Protocol):
    """What ``from_quantity`` reads of a ``sim.model.spec.base.Quantity``."""

    value: float | None
    dist: str | None


def from_quantity(quantity: _Quantity) -> Distribution:
    """The distribution that an entry of a scenario file describes; a constant where it names none."""
    if quantity.dist is None:
        return distribution("constant", value=quantity.value)
    require(quantity.dist in _MAKERS, "dist", f"one of {', '.join(_MAKERS)}", f"'{quantity.dist}'")
    _, needed, optional = _MAKERS[quantity.dist]
    found = {name: getattr(quantity, name, None) for name in needed + optional}
    return distribution(quantity.dist, **{name: value for name, value in found.items() if value is not None})
