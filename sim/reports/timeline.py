"""One history as a self-contained HTML page: `sim replay` writes it.

html = render_timeline(content)
"""

from __future__ import annotations

from sim.reports import history_figures, words
from sim.reports.content import Decision, Offers, Series, TimelineContent
from sim.reports.page import Chart, Table, chart, page_parts, template

SHOWN_DAYS = 7  # of the quantities in their table
LATE = 45  # days without a sample after which a history counts as over
SHOWN_OPTIONS = 8  # a decision node may have hundreds; the likeliest and the chosen one are shown


def render_timeline(content: TimelineContent) -> str:
    """The HTML text of a timeline."""
    has_time = any(len(lane.markers) for lane in content.lanes) or any(len(panel.series) for panel in content.panels)
    return template("timeline.html.j2").render(
        **page_parts(),
        content=content,
        time_chart=_time_chart(content) if has_time else None,
        offer_charts=[_offers(part) for part in content.offers if part.offers],
        decisions=[(decision, *shown_options(decision)) for decision in content.decisions],
    )


def shown_options(decision: Decision) -> tuple[list, int]:
    """The options worth showing, likeliest first and always with the chosen one, and how many are left out."""
    ranked = sorted(decision.options, key=lambda option: (not option.chosen, -(option.probability or 0.0)))
    shown = ranked[:SHOWN_OPTIONS]
    shown.sort(key=lambda option: -(option.probability or 0.0))
    return shown, len(ranked) - len(shown)


def _time_chart(content: TimelineContent) -> Chart:
    events = sum(len(lane.markers) for lane in content.lanes)
    panels = f" and {words.counted(len(content.panels), 'panel')} of quantities" if content.panels else ""
    reading = (
        f"{words.counted(events, 'event')} in {words.counted(len(content.lanes), 'row')}{panels} on one time axis of "
        f"{words.span_words(content.horizon_days)}. "
        "Broad bars last from their upright mark to their end; other marks are moments."
    )
    listed = sorted(
        ((marker.day, lane.label, marker) for lane in content.lanes for marker in lane.markers),
        key=lambda item: item[0],
    )
    rows = [
        [f"{day:.0f}", name, marker.label, "" if marker.end_day is None else f"{marker.end_day:.0f}"]
        for day, name, marker in listed
    ]
    table = Table(("Day", "Row", "Event", "Until day"), rows)
    return chart(
        "What happened, and how things stood",
        reading,
        lambda narrow: history_figures.timeline(content, narrow),
        table,
        more=("the quantities", _quantities(content)) if any(panel.series for panel in content.panels) else None,
    )


def _quantities(content: TimelineContent) -> Table:
    """Every quantity of the panels at a few days of the history."""
    days = [content.horizon_days * step / (SHOWN_DAYS - 1) for step in range(SHOWN_DAYS)]
    headings = ("Quantity", *(f"Day {day:.0f}" for day in days))
    rows = []
    for panel in content.panels:
        for series in panel.series:
            name = panel.label if series.label == panel.label else f"{panel.label}: {series.label}"
            rows.append([name, *(_at(series, day) for day in days)])
    return Table(headings, rows)


def _at(series: Series, day: float) -> str:
    """The last value up to a day; nothing once the history is over."""
    before = [value for moment, value in zip(series.days, series.values, strict=True) if moment <= day + 1e-9]
    over = not len(series.days) or series.days[-1] < day - LATE
    return "" if over or not before else words.number(before[-1])


def _offers(content: Offers) -> Chart:
    accepted = sum(offer.accepted for offer in content.offers)
    reading = (
        f"{words.counted(len(content.offers), 'offer')}, {accepted} accepted (large and filled). To the right is better for "
        f"{content.x_label}, upwards for {content.y_label}."
    )
    if content.reservation_x is not None or content.reservation_y is not None:
        reading += " Dotted lines mark the least that each accepts."
    rows = [
        [f"{o.day:.0f}", o.proposer, o.label or o.track, words.number(o.x, 3), words.number(o.y, 3), _said(o.accepted)]
        for o in sorted(content.offers, key=lambda offer: offer.day)
    ]
    headings = ("Day", "Offered by", "Offer", f"For {content.x_label}", f"For {content.y_label}", "Accepted")
    title = f"Offers between {content.x_label} and {content.y_label}"
    return chart(title, reading, lambda narrow: history_figures.offers(content, narrow), Table(headings, rows))


def _said(yes: bool) -> str:
    return "yes" if yes else "no"
