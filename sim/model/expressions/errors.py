"""The one complaint of the language: a message with the column of its text."""

from __future__ import annotations

from sim.errors import ScenarioError
from sim.model.diagnostics import Diagnostic, visible


class ExpressionError(ScenarioError, ValueError):
    """An expression that cannot be used. ``column`` (from 1) says where in its text."""

    def __init__(self, message: str, column: int = 1, hint: str = "", text: str = ""):
        self.message = message
        self.column = column
        line = text.replace("\n", " ")
        place = {"line": 1, "column": column, "end": column + 1, "source_line": line}
        super().__init__([Diagnostic(message=message, hint=hint, **place)], hint=hint)

    def __str__(self) -> str:
        return visible(self.message)
