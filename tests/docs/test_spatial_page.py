"""The page of spatial bargaining names every option with its default."""

from __future__ import annotations

import re

from sim.model.spatial.spec import MOST_ACTORS, MOST_DIMENSIONS, Dimension, Options, SpatialSpec


def test_every_option_is_on_the_page_with_its_default(root):
    rows = dict(re.findall(r"^\| `([a-z_.]+)` \| ([^|]+?) \|", (root / "docs/model/spatial.md").read_text("utf-8"), re.M))
    expected = {}
    for name, field in Options.model_fields.items():
        if hasattr(field.default_factory, "model_fields"):
            own = set(field.default_factory.model_fields) - {"source", "form", "claim", "confidence", "note"}
            expected.update({f"{name}.{option}": field.default_factory.model_fields[option].default for option in own})
        else:
            expected[name] = field.default
    written = {name: text.strip("`") for name, text in rows.items()}
    assert written.keys() == expected.keys()
    for name, value in expected.items():
        assert written[name] == value if isinstance(value, str) else float(written[name]) == value, name


def test_every_key_and_limit_is_in_the_guide(root):
    text = (root / "docs/how-to/import-a-spatial-table.md").read_text("utf-8")
    keys = [*SpatialSpec.model_fields, *Dimension.model_fields]
    assert [key for key in keys if key not in text and key not in ("form", "claim", "confidence", "note")] == []
    assert f"{MOST_ACTORS} actors and {MOST_DIMENSIONS} dimensions" in text
