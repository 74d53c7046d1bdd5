"""Spatial tables for the tests of pages."""

from __future__ import annotations

import json

from sim.experiments.spatial import SpatialResult, forecast
from sim.model.reader import read_text
from sim.model.spatial.load import load_table, table_of
from sim.resources import table_path

HOSTILE = '</script><script>window.pwned=1</script><b>%{y}"'


def result(name: str = "ec-emissions", jitter: float = 0.05) -> SpatialResult:
    """A shipped table with a few draws."""
    return forecast(load_table(table_path(name)).spec, replications=30, jitter=jitter)


def hostile(words: str = HOSTILE) -> SpatialResult:
    """A table whose every text is the given one."""
    quoted = json.dumps(words, ensure_ascii=False)
    text = f"""\
schema_version: 1
id: hostile
title: {quoted}
description: {quoted}
question: {quoted}
sources: {{bad: {{title: {quoted}}}}}
spatial: {{}}
limits: [{quoted}]
dimensions:
  one: {{label: {quoted}, unit: {quoted}, scale: [0, 1], ends: [{quoted}, {quoted}], observed: .5}}
actors:
  A: {{label: {quoted}, capability: 1, position: .1, salience: 1, source: bad}}
  B: {{label: {quoted}, capability: 1, position: .9, salience: .2}}
"""
    return forecast(table_of(read_text(text, "hostile.yaml")).spec, replications=10, jitter=0.1)
