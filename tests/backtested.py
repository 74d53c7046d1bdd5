"""A small back-test whose truth is known: a lottery that ends in war four times in five, and a crisis that is looked at twice."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from sim.analysis.backtest.scoring import Backtest
from sim.analysis.estimates import Share, share
from sim.experiments.backtest.campaign import Campaign, Played
from sim.experiments.backtest.cases import cases_in
from tests.planted import planted

STRAIT = Path(__file__).resolve().parent / "spec" / "valid" / "crisis_13_days.yaml"
LOOKS = """\
  after-three-days: {label: After three days of talks, set: {given: [not (deal.exists by 2031-10-19)]}}
  after-war: {set: {given: [max_rung >= 5 by 2031-10-17]}}
"""
RECORD = """\
schema_version: 1
scenario: crisis-13-days
looks: {after-three-days: 2031-10-19}
sources: {annals: {title: Annals of the strait}}
outcomes:
  - {at: 2031-10-19, class: standoff, source: annals, ground: memory}
  - {at: 2031-10-29, class: settled, source: annals, ground: memory}
events:
  - {what: deal.exists, by: 2031-10-18, happened: false, label: Settled in three days, source: annals, ground: memory}
  - {what: deal.exists, at: 2031-10-28, happened: true, label: Settled in the end, source: annals, ground: memory,
     base: {data: base-rates, subset: "Korean peninsula, 1954 on", events: [ended by formal agreement]}}
  - {what: max_rung >= 4, by: 2031-10-28, happened: false, label: Shots, source: annals, ground: memory}
"""
LOTTERY = """\
schema_version: 1
scenario: planted
sources: {annals: {title: Annals of the lottery}}
outcomes:
  - {at: 2030-01-02, class: peace, source: annals, ground: memory}
events:
  - {what: move.lot.war, by: 2030-01-01, happened: false, label: The lot brings war, source: annals, ground: memory}
"""


def folder_of_cases(folder: Path, name: str = "", looks: str = "{after-three-days: 2031-10-19}") -> Path:
    """Both cases, written; with a name, it stands wherever files may have words of their own."""
    (folder / "expected").mkdir(parents=True)
    text, record, lottery = STRAIT.read_text("utf-8") + LOOKS, RECORD.replace("{after-three-days: 2031-10-19}", looks), LOTTERY
    game = planted({}, "0.8")
    game["outcomes"][0]["tone"], game["outcomes"][1]["tone"] = "worst", "good"
    if name:
        quoted = json.dumps(name, ensure_ascii=False)
        text = text.replace("title: Thirteen days at the strait", f"title: {quoted}").replace("After three days of talks", quoted)
        record = record.replace("Settled in the end", quoted).replace("Shots", quoted)
        lottery = lottery.replace("The lot brings war", quoted)
        game["title"] = game["question"] = game["outcomes"][1]["label"] = name
    (folder / "crisis-13-days.yaml").write_text(text, "utf-8")
    (folder / "expected" / "crisis-13-days.yaml").write_text(record, "utf-8")
    (folder / "planted.yaml").write_text(yaml.safe_dump(game, sort_keys=False, allow_unicode=True), "utf-8")
    (folder / "expected" / "planted.yaml").write_text(lottery, "utf-8")
    return folder


def played(folder: Path, replications: int, **changes: str) -> Played:
    """Both cases played into a folder."""
    cases = cases_in([folder_of_cases(folder / "cases", **changes)])
    return Campaign(cases, 1, folder / "played", engine="simpy", workers=1).play(replications)


def backtested(folder: Path, replications: int = 100, **changes: str) -> Backtest:
    """The back-test of both."""
    return Backtest(played(folder, replications, **changes))


def share_of(count: int, trials: int) -> Share:
    """So many of so many."""
    return share(count, trials)
