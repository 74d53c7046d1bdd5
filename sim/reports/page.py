"""Report content -> one self-contained HTML page.

    html = render(content)
    write_page(html, path)

The page asks no other host for anything, holds no clock and no address of a machine, and is the same bytes for the
same content. plotly.js travels inside it, compressed; the browser unpacks it and draws each chart when it comes near.
The security policy of the page allows its own two scripts by hash, so that no text of a scenario can ever run.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from sim.reports import colours, drawing, figures, svg, words
from sim.reports.chart import Chart, Table, chart
from sim.reports.config import plotly_config
from sim.reports.content import (
    Conditional,
    Drivers,
    Fan,
    Finding,
    Incidence,
    InputRow,
    Number,
    OutcomeShare,
    Phases,
    ReportContent,
)
from sim.reports.game_charts import game_charts, measures_table
from sim.reports.limits_part import limits_part

WORST_FIRST = ("does not hold", "undecided", "holds", "not testable")
MOST_GROUNDS = 6  # kinds of source named above the table of inputs
MAX_BYTES = 2_097_152  # size limit of a report, so that it can be mailed


def render(content: ReportContent) -> str:
    """The HTML text of a report."""
    places = colours.class_places([outcome.tone for outcome in content.outcomes])
    by_id = {outcome.id: place for outcome, place in zip(content.outcomes, places, strict=True)}
    return template("report.html.j2").render(
        **page_parts(),
        content=content,
        findings=[finding_html(finding) for finding in content.findings],
        outcome_chart=_outcomes(content.outcomes, "" if content.findings else content.interval_note) if content.outcomes else None,
        incidence_chart=_incidence(content.incidence, content.outcomes) if content.incidence and content.incidence.series else None,
        game_charts=[] if content.game is None else game_charts(content.game),
        game_title="The game" if content.game is not None and content.game.payoffs else "Beside theory",
        game_measures=None if content.game is None else measures_table(content.game.measures),
        game_open=content.game is not None and any(item.apart == "few" for item in content.game.measures),
        phase_chart=_phases(content.phases, content.outcomes) if content.phases and content.phases.links else None,
        fan_charts=[_fan(fan) for fan in content.fans],
        driver_charts=[drivers_chart(part) for part in content.drivers if part.items],
        conditional_charts=[_conditional(part, content.outcomes) for part in content.conditionals if part.shares],
        histories=[(history, svg.history_picture(history), _marks(history, content.meta.hourly)) for history in content.histories],
        history_colours=[by_id.get(history.outcome_id, 0) % len(colours.CLASSES) for history in content.histories],
        input_groups=_input_groups(content.inputs),
        unsourced=[row for row in content.inputs if row.unsourced],
        verdicts=_verdicts(content),
        ranged=sum(bool(row.range) for row in content.inputs),
        bounds=limits_part(content.bounds),
        grounds=_grounds(content.inputs, dict(content.sources)),
        checked=sorted((row for row in content.claims if row.verdict in WORST_FIRST), key=_by_verdict),
        unchecked=[row for row in content.claims if row.verdict == "not run"],
        triumphs=any("triumph" in line.text for history in content.histories for line in history.lines),
        marks=[_kinds_of_marks(history) for history in content.histories],
        strips=[svg.band_strip(t.value, t.low, t.high, t.band_low, t.band_high) for t in content.targets],
    )


def write_page(html: str, path: Path | str) -> Path:
    """Write under another name, then rename: a reader never sees half a page."""
    path = Path(path)
    partial = path.with_name(path.name + ".partial")
    try:
        partial.write_bytes(html.encode("utf-8"))
        os.replace(partial, path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            partial.unlink()
        if isinstance(error, OSError):
            raise OSError(error.errno, error.strerror, str(path)) from None  # people know nothing of the other name
        raise
    return path


def finding_html(finding: Finding) -> Markup:
    """The sentence with each number in a `<span data-ref data-value>`; the full value is kept for checks."""
    parts = re.split(r"\{(\d+)\}", words.clean(finding.text))
    html = escape(parts[0])
    for position, following in zip(parts[1::2], parts[2::2], strict=True):
        html += _figure(finding.numbers, int(position)) + escape(following)
    return html


def _figure(numbers: Sequence[Number], position: int) -> Markup:
    """The number at this place, or the place itself where no such number was given."""
    if position >= len(numbers):
        return escape("{" + str(position) + "}")
    item = numbers[position]
    bound = item.ref.startswith(("low:", "high:"))
    return Markup('<span class="{}" data-ref="{}" data-value="{}">{}</span>').format(
        "bound" if bound else "figure",
        words.clean(item.ref),
        repr(float(item.value)), words.written(float(item.value), item.form, item.digits)
    )


def page_parts(*sheets: str) -> dict[str, Any]:
    """What every page of the package needs: style, script, packed plotly.js, security policy, page data.

    ``sheets`` are further style sheets among the assets, for what one page alone has.
    """
    script = _asset("page.js").decode("utf-8")
    bundle = json.loads(_asset("plotly-bundle.json"))
    own = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode()
    policy = (
        f"default-src 'none'; script-src 'sha256-{own}' 'sha256-{bundle['sha256']}'; "
        "style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
    data = {"config": plotly_config(), "dark": colours.DARK}
    return {
        "style": Markup("".join(_asset(name).decode("utf-8") for name in ("page.css", *sheets))),
        "script": Markup(script),
        "policy": policy,
        "packed": Markup(base64.b64encode(_asset("plotly-bundle.min.js.gz")).decode()),
        "page_data": Markup(drawing.to_json(data)),
        "plotly_version": bundle["version"],
        "words": words,
        "class_colours": colours.CLASSES,
        "dark": colours.DARK,
    }


# ---- the charts of a report -------------------------------------------------------------------------------------


def _share_rows(outcomes: Sequence[OutcomeShare]) -> list[list[str]]:
    return [
        [o.label, words.percent(o.share), words.percent_interval(o.low, o.high), words.integer(o.count)]
        for o in outcomes
    ]


SHARE_HEADINGS = ("Outcome", "Share", "95% interval", "Histories")


def _outcomes(outcomes: Sequence[OutcomeShare], note: str = "") -> Chart:
    most = max(outcomes, key=lambda o: o.share)
    total = sum(o.count for o in outcomes)
    reading = (
        f"The most frequent end is \u201c{most.label}\u201d, {words.percent(most.share)} of histories "
        f"({words.percent_interval(most.low, most.high)}). Bars are shares of {words.all_histories(total)}; whiskers are "
        "95% intervals."
    ) + (f" {note}" if note else "")
    table = Table(SHARE_HEADINGS, _share_rows(outcomes))
    if any(o.description for o in outcomes):
        reading += " What each class means is told with the numbers below."
        rows = [[*row, o.description] for row, o in zip(table.rows, outcomes, strict=True)]
        table = Table((*SHARE_HEADINGS, "What it means"), rows)
    if any(o.base_rate for o in outcomes):
        rows = [[*row, o.base_rate] for row, o in zip(table.rows, outcomes, strict=True)]
        table = Table((*table.headings, "Base rate"), rows)
    return chart("How histories end", reading, lambda narrow: figures.outcome_shares(outcomes, narrow), table)


def _incidence(content: Incidence, outcomes: Sequence[OutcomeShare]) -> Chart:
    reading = content.reading or (
        "Share of histories that by each date have entered the class for good, on one scale. The figures under each "
        "name are the share at the end and its 95% interval; shaded bands are the intervals on the way."
    )
    times = content.axis.dates if len(content.axis.dates) else [f"{day:g}" for day in content.axis.days]
    picked = _spread(len(times), 9)
    rows = [
        [
            times[at],
            *(
                f"{words.percent(s.share[at])} ({words.percent_interval(s.low[at], s.high[at])[:-1]})"
                for s in content.series
            ),
        ]
        for at in picked
    ]
    table = Table(("Date" if len(content.axis.dates) else content.axis.unit.capitalize(), *(s.label for s in content.series)), rows)
    return chart("When they end", reading, lambda narrow: figures.incidence(content, outcomes, narrow), table)


def _phases(content: Phases, outcomes: Sequence[OutcomeShare]) -> Chart:
    labels = {node.id: node.label for node in content.nodes}
    reading = (
        content.reading or "Each band is a group of histories; its width is their number. Read from left to right."
    )
    rows = [
        [labels.get(link.source, link.source), labels.get(link.target, link.target), words.integer(link.count)]
        for link in content.links
    ]
    table = Table(("From", "To", "Histories"), rows)
    return chart(
        "Paths through the phases",
        reading,
        lambda narrow: figures.phases(content, outcomes, narrow),
        table,
    )


def _fan(content: Fan) -> Chart:
    last = len(content.q50) - 1
    reading = content.reading or (
        f"At the end the median is {words.number(content.q50[last])}; half of the histories lie between "
        f"{words.number(content.q25[last])} and {words.number(content.q75[last])}, nine tenths between "
        f"{words.number(content.q05[last])} and {words.number(content.q95[last])}."
    )
    times = content.axis.dates if len(content.axis.dates) else [f"{day:g}" for day in content.axis.days]
    quantiles = (content.q05, content.q25, content.q50, content.q75, content.q95)
    rows = [[times[at], *(words.number(q[at]) for q in quantiles)] for at in _spread(len(times), 9)]
    moment = "Date" if len(content.axis.dates) else content.axis.unit.capitalize()
    headings = (moment, "5% below", "25% below", "Median", "75% below", "95% below")
    title = content.label + (f" ({content.unit})" if content.unit else "")
    return chart(title, reading, lambda narrow: figures.fan(content, narrow), Table(headings, rows))


def drivers_chart(content: Drivers) -> Chart:
    """Inputs by effect, with what they move and the numbers behind it."""
    clear = [item for item in content.items if item.distinguishable]
    if content.reading:
        reading = content.reading
    elif clear:
        reading = (
            f"\u201c{clear[0].label}\u201d moves {content.target or 'the outcomes'} most. The grey band is what a dummy input that "
            f"does nothing reaches by chance; {len(content.items) - len(clear)} of the {len(content.items)} inputs shown cannot be "
            "told from it. Whiskers are 95% intervals."
        )
    else:
        reading = (
            "No input shown can be told from a dummy input that does nothing (grey band). Whiskers are 95% intervals."
        )
    if content.sample:
        reading += f" Computed {content.sample}."
    rows = [
        [
            item.label,
            words.written(item.effect, content.form, _digits(content)),
            words.written_range(item.low, item.high, content.form)
            if content.form == "percent"
            else f"{words.number(item.low, 3)} to {words.number(item.high, 3)}",
            item.toward if item.distinguishable else "not distinguishable from noise",
            item.path,
        ]
        for item in content.items
    ]
    rows.append(["Dummy input (noise floor)", words.written(content.noise_floor, content.form, _digits(content)), "", "", ""])
    table = Table(("Input", "Effect", "95% interval", "A higher value makes likelier", "Path"), rows)
    title = content.title or (f"What moves {content.target}" if content.target else "What moves the outcomes")
    return chart(title, reading, lambda narrow: figures.drivers(content, narrow), table)


def _digits(content: Drivers) -> int:
    return 1 if content.form == "percent" else 3


def _conditional(content: Conditional, overall: Sequence[OutcomeShare]) -> Chart:
    reading = content.reading or (
        f"{words.integer(content.replications)} histories meet this condition. Bars are shares among them with 95% intervals; "
        "the upright mark is the share among all histories."
    )
    everyone = {outcome.id: words.percent(outcome.share) for outcome in overall}
    rows = [
        [*row, everyone.get(o.id, "n/a")] for row, o in zip(_share_rows(content.shares), content.shares, strict=True)
    ]
    table = Table((*SHARE_HEADINGS, "Among all"), rows)
    title = content.label[:1].upper() + content.label[1:]
    return chart(title, reading, lambda narrow: figures.conditional_shares(content, overall, narrow), table)


# ---- small helpers ----------------------------------------------------------------------------------------------


def _spread(length: int, most: int) -> list[int]:
    """At most `most` positions from first to last, evenly spread."""
    if length <= most:
        return list(range(length))
    return sorted({step * (length - 1) // (most - 1) for step in range(most)})


def _marks(history: Any, hourly: bool) -> str:
    """The events of a history in one sentence, for those who do not see the picture."""
    return "; ".join(f"{marker.label} ({words.duration(marker.day, hourly)})" for marker in history.markers)


def _by_verdict(row: Any) -> int:
    return WORST_FIRST.index(row.verdict)


def _kinds_of_marks(history: Any) -> str:
    """What the upright marks under a picture stand for, with their number."""
    counted = Counter(marker.label for marker in history.markers)
    return ", ".join(f"{name} ({number})" for name, number in counted.items())


def _grounds(inputs: Sequence[InputRow], titles: Mapping[str, str]) -> list[tuple[str, int]]:
    """The commonest grounds on which inputs rest, with the number of inputs; the rest under one name."""
    counted = Counter(row.source or ("a claim alone" if row.claim else "none") for row in inputs).most_common()
    rest = sum(number for _, number in counted[MOST_GROUNDS:])
    counted = [(titles.get(name, name), number) for name, number in counted]
    return counted[:MOST_GROUNDS] + ([("other sources", rest)] if rest else [])


def _input_groups(inputs: Sequence[InputRow]) -> list[tuple[str, list[InputRow]]]:
    groups: dict[str, list[InputRow]] = {}
    for row in inputs:
        name = row.group or row.path.split(".", 1)[0].replace("_", " ").capitalize()
        groups.setdefault(name, []).append(row)
    return list(groups.items())


def _verdicts(content: ReportContent) -> list[tuple[str, int]]:
    counted: dict[str, int] = {}
    for row in content.claims:
        counted[row.verdict] = counted.get(row.verdict, 0) + 1
    one_many = {
        "holds": "hold", "does not hold": "do not hold", "undecided": "undecided at this number of histories",
        "not testable": "not testable", "not run": "not run",
    }  # fmt: skip
    return [
        (verdict if counted[verdict] == 1 else many, counted[verdict])
        for verdict, many in one_many.items()
        if verdict in counted
    ]


def _asset(name: str) -> bytes:
    return files("sim.reports").joinpath("assets", name).read_bytes()


def _finalize(value: Any) -> Any:
    """What stands in the page: nothing for None, and no control characters or direction overrides from any text."""
    if value is None:
        return ""
    return words.clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _environment() -> jinja2.Environment:
    def load(name: str) -> str | None:
        source = files("sim.reports").joinpath("templates", name)
        return source.read_text(encoding="utf-8") if source.is_file() else None

    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(load),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        finalize=_finalize,
    )
    environment.filters["svg"] = Markup  # our own drawing, which carries no text from outside
    return environment


def template(name: str) -> jinja2.Template:
    """One of the templates of this package."""
    return _environment().get_template(name)
