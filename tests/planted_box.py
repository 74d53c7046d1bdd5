"""A scenario whose truth is planted: force comes with a known chance inside a known box on two of its inputs, and seldom elsewhere.

Two further inputs do nothing; a third shifts what the sides are paid, so that a number hangs on it and no outcome does.
"""

from __future__ import annotations

INSIDE, ELSEWHERE = 0.7, 0.04  # chance of force
BELOW, ABOVE = 0.3, 0.6  # of `need` and of `fear`: the box is 12 % of all

TEXT = f"""\
schema_version: 1
id: planted
title: A quarrel with a planted cause
description: Force comes where need is small and fear is large, and seldom elsewhere.
start: 2030-01-01
horizon: 1 day
grid: 2
sources:
  invented: {{title: An invented case, kind: judgement}}
sides: [A, B]
actors:
  A: {{role: principal, label: Anna}}
  B: {{role: principal, label: Bert}}
parameters:
  need: {{label: Anna's need, number: {{dist: uniform, low: 0, high: 1, source: invented}}}}
  fear: {{label: Bert's fear, number: {{dist: uniform, low: 0, high: 1, source: invented}}}}
  weather: {{label: Weather, number: {{dist: uniform, low: 0, high: 1, source: invented}}}}
  harvest: {{label: Harvest, number: {{dist: uniform, low: 0, high: 1, source: invented}}}}
  stake: {{label: Stake, number: {{dist: uniform, low: 1, high: 3, source: invented}}}}
uncertainties:
  - parameters.need.number
  - parameters.fear.number
  - parameters.weather.number
  - parameters.harvest.number
  - parameters.stake.number
game:
  players: {{A: {{}}, B: {{}}}}
  first: spark
  moves:
    spark:
      kind: chance
      options:
        force: {{probability: "if(need < {BELOW} and fear > {ABOVE}, {INSIDE}, {ELSEWHERE})", payoffs: {{A: -stake, B: -stake}}}}
        miracle: {{probability: "0 * need", payoffs: {{A: 0, B: 0}}}}
        calm: {{payoffs: {{A: stake, B: stake}}}}
outcomes:
  - {{class: force, label: Use of force, when: move.spark.force, tone: worst}}
  - {{class: never, label: A miracle, when: move.spark.miracle, tone: good}}
  - {{class: calm, label: Calm, when: "true", tone: good}}
"""
