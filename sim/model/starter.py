"""A commented scenario to begin with."""

from __future__ import annotations

from pathlib import Path

from sim.model.schema import path as schema_path

TEMPLATE = Path(__file__).resolve().parent.parent / "data" / "starter.yaml"


def starter_text(name: str, title: str | None = None, schema: str | None = None) -> str:
    """The starter scenario under a name (lower-case letters, digits, dots, dashes), ready to be written to a file.

    ``schema`` is the address of the JSON Schema as an editor should look it up; by default that of this installation.
    """
    words = title or name.replace("-", " ").replace("_", " ").capitalize()
    template = TEMPLATE.read_text(encoding="utf-8")
    return template.format(name=name, title=words.replace("\\", "\\\\").replace('"', "'"), schema=schema or schema_path().as_uri())
