"""The exception tree. Every message says where, what was expected, what was found and what to do.

::

    SimError
    ├── ScenarioError     a scenario file cannot be used; carries one diagnostic for every fault
    ├── ParameterError    a number is outside its range
    ├── RuleError         a rule is unknown or was given what it cannot work with
    ├── EngineError       a run cannot be carried out
    ├── ReplayError       a stored run cannot be reproduced
    ├── StoreError        a store of results cannot be read or written
    └── UsageError        the command line was used in a way it does not understand
"""

from __future__ import annotations

from collections.abc import Sequence


class SimError(Exception):
    """Anything the simulator refuses, with a message for people.

    Attributes
    ----------
    hint : str
        What to do about it, for a line of its own below the message; empty where the message says it all.
    """

    def __init__(self, message: str = "", *, hint: str = ""):
        self.hint = hint
        super().__init__(message)


class ScenarioError(SimError):
    """A scenario that cannot be used.

    Attributes
    ----------
    diagnostics : tuple
        One ``sim.model.diagnostics.Diagnostic`` for every fault, in file order; empty where only a message was given.
    """

    def __init__(self, problem: str | Sequence[object], *, hint: str = ""):
        self.diagnostics: tuple[object, ...] = () if isinstance(problem, str) else tuple(problem)
        super().__init__(problem if isinstance(problem, str) else "\n".join(str(item) for item in problem), hint=hint)


class ParameterError(SimError):
    """A number outside its range."""


class RuleError(SimError):
    """A rule that is unknown, or inputs that a rule cannot work with."""


class EngineError(SimError):
    """A run that cannot be carried out."""


class ReplayError(SimError):
    """A stored run that cannot be reproduced."""


class StoreError(SimError):
    """A store of results that cannot be read or written."""


class UsageError(SimError):
    """A command used in a way it does not understand."""
