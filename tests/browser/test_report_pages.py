"""What only a browser can say about the report and the timeline."""

from __future__ import annotations

import json

import pytest

from sim.reports import colours
from tests.browser.chromium import Chromium
from tests.browser.conftest import Look, Pages
from tests.unit.reports import sample

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("chromium")]

# Tests are in the order of pages (the scope of their parameter says so): each is opened by one worker, and seldom by both.
PAGES = (
    "report", "timeline", "stability", "spatial", "equilibrium", "drivers", "drivers-of-a-class", "discovery", "comparison",
    "robust", "pareto", "sweep", "threshold", "what-if", "sensitivity", "backtest", "calibration",
)  # fmt: skip
HOSTILE_PAGES = (
    "hostile", "hostile-timeline", "hostile-stability", "hostile-spatial", "hostile-equilibrium", "hostile-drivers",
    "hostile-discovery", "hostile-comparison", "hostile-robust", "hostile-pareto", "hostile-sweep", "hostile-threshold",
    "hostile-what-if", "hostile-sensitivity", "hostile-backtest", "hostile-calibration",
)  # fmt: skip

# What plotly.js draws for a trace type; a type that the bundle lacks leaves none of these.
NODES = {
    "bar": ".barlayer .point path",
    "box": ".boxlayer .trace path.box",
    "heatmap": ".heatmaplayer image",
    "sankey": ".sankey .sankey-node rect",
    "scatter": ".scatterlayer .trace path",
}
TINY = {
    "bar": {"x": [1, 2], "y": [3, 4]},
    "box": {"y": [1, 2, 3, 9]},
    "heatmap": {"z": [[1, 2], [3, 4]]},
    "sankey": {"node": {"label": ["a", "b"]}, "link": {"source": [0], "target": [1], "value": [1]}},
    "scatter": {"x": [1, 2], "y": [3, 4], "mode": "lines+markers"},
    "pie": {"values": [1, 2]},
}


@pytest.mark.parametrize("name", PAGES, scope="module")
def test_every_chart_draws_real_nodes_and_nothing_is_asked_of_any_host(name: str, drawn: Look) -> None:
    page = drawn(name)
    empty = page.evaluate(
        f"""(() => {{ const nodes = {json.dumps(NODES)};
        return [...document.querySelectorAll(".chart")].flatMap((chart) =>
          [...new Set(chart.data.map((trace) => trace.type))]
            .filter((type) => !chart.querySelector(nodes[type])).map((type) => chart.id + " " + type)); }})()"""
    )
    assert page.evaluate("document.querySelectorAll('.chart').length") > 0
    assert empty == []
    assert page.requests() == []
    assert page.messages() == []


def test_every_trace_type_of_the_bundle_draws_and_one_outside_does_not(drawn: Look) -> None:
    """The last half shows that counting nodes notices the silence of a missing type."""
    page = drawn("report")
    for kind, trace in TINY.items():
        count = page.evaluate(
            f"""(async () => {{
            const box = document.createElement("div");
            document.body.append(box);
            await Plotly.newPlot(box, [{json.dumps({"type": kind, **trace})}], {{width: 300, height: 200}});
            const found = box.querySelectorAll({json.dumps(NODES.get(kind, ".pielayer .slice"))}).length;
            box.remove();
            return found; }})()"""
        )
        assert (count > 0) is (kind in NODES), kind


def test_every_share_shows_its_whisker_and_every_class_its_band(drawn: Look) -> None:
    page = drawn("report")
    assert len(sample.CLASSES) == page.evaluate("document.querySelectorAll('#chart-outcomes path.xerror').length")
    assert len(sample.CLASSES) == page.evaluate(
        "document.querySelectorAll('#chart-incidence .fills path.js-fill').length"
    )
    visible = page.evaluate(
        """[...document.querySelectorAll("#chart-outcomes path.xerror")]
        .every((whisker) => getComputedStyle(whisker).strokeWidth !== "0px" && whisker.getBBox().width > 0)"""
    )
    assert visible


@pytest.mark.parametrize("name", PAGES + HOSTILE_PAGES, scope="module")
def test_page_is_never_wider_than_its_screen(name: str, drawn: Look) -> None:
    page = drawn(name, width=390)
    page.evaluate("document.querySelectorAll('details').forEach((fold) => fold.open = true)")
    for width in (820, 390):
        page.resize(width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.wait(
            "[...document.querySelectorAll('.chart')].every((c) => c.querySelector('.main-svg').clientWidth <= c.clientWidth)"
        )


@pytest.mark.parametrize("name", PAGES, scope="module")
def test_a_chart_that_still_has_its_former_width_never_widens_the_page(name: str, drawn: Look) -> None:
    """Between a turn of the phone and the redrawing, which takes longer on a busy machine."""
    page = drawn(name, width=390)
    wide = """(() => { const drawings = [...document.querySelectorAll(".chart .svg-container")];
        drawings.forEach((drawing) => drawing.style.width = "820px");
        const found = document.documentElement.scrollWidth;
        drawings.forEach((drawing) => drawing.style.width = "");
        return [drawings.length > 0, found]; })()"""
    assert page.evaluate(wide) == [True, 390]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", [*PAGES, "long-names", "hostile-timeline", "hostile-spatial", "hostile-equilibrium"], scope="module")
def test_no_two_labels_of_a_chart_overlap(name: str, width: int, drawn: Look) -> None:
    """Names, values, headings and tick labels, each in its own chart."""
    page = drawn(name, width)
    clashes = page.evaluate(
        """[...document.querySelectorAll(".chart")].flatMap((chart) => {
        const texts = [...chart.querySelectorAll(".annotation text, .xtick text, .ytick text, .legendtext, .xtitle, .ytitle")]
          .filter((text) => text.textContent.trim()).map((text) => [text.textContent, text.getBoundingClientRect()]);
        return texts.flatMap(([one, a], n) => texts.slice(n + 1).filter(([, b]) =>
          a.right - b.left > 1 && b.right - a.left > 1 && a.bottom - b.top > 4 && b.bottom - a.top > 4)
          .map(([two]) => chart.id + ": " + one + " | " + two)); })"""
    )
    assert clashes == []


@pytest.mark.parametrize("name", PAGES, scope="module")
def test_charts_follow_a_window_that_narrows_and_widens(name: str, drawn: Look) -> None:
    """As on a phone that is turned: each chart is drawn again for its width, with the layout for it."""
    page = drawn(name)
    widths = "[...document.querySelectorAll('.chart')].map((c) => [c.clientWidth, c.querySelector('.main-svg').clientWidth])"
    heights = "[...document.querySelectorAll('.chart')].map((c) => c.querySelector('.main-svg').clientHeight)"
    wide, tall = page.evaluate(widths), page.evaluate(heights)
    for width in (390, 844, 390, 1280):
        page.resize(width)
        page.wait(f"{widths}.every(([box, drawn]) => Math.abs(box - drawn) < 1)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert all(box <= width - 30 for box, _ in page.evaluate(widths))
    assert (page.evaluate(widths), page.evaluate(heights)) == (wide, tall)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", PAGES, scope="module")
def test_every_mark_of_an_axis_is_drawn(name: str, width: int, drawn: Look) -> None:
    """Plotly leaves out labels that reach over the edge of a plot, the last of a time axis first of all."""
    page = drawn(name, width)
    missing = page.evaluate(
        """[...document.querySelectorAll(".chart")].flatMap((chart) => Object.entries(chart.layout)
        .filter(([key, axis]) => /^xaxis/.test(key) && axis.tickvals && axis.showticklabels !== false)
        .map(([key, axis]) => [chart.id + " " + key, axis.ticktext.length,
          [...chart.querySelectorAll("." + key.replace("axis", "") + "tick text")]
            .filter((text) => text.textContent.trim() && getComputedStyle(text).display !== "none").length])
        .filter(([, wanted, found]) => wanted !== found))"""
    )
    assert missing == []


@pytest.mark.parametrize("width", [1280, 390])
def test_no_label_is_cut_by_the_edge_of_its_chart(width: int, drawn: Look) -> None:
    page = drawn("report", width)
    cut = page.evaluate(
        """[...document.querySelectorAll(".chart")].flatMap((chart) => {
        const frame = chart.querySelector(".main-svg").getBoundingClientRect();
        return [...chart.querySelectorAll(".annotation text, .xtick text, .ytick text, .legendtext, .xtitle, .ytitle")]
          .map((text) => [text.textContent, text.getBoundingClientRect()])
          .filter(([, box]) => box.width && (box.left < frame.left - 2 || box.right > frame.right + 2))
          .map(([text]) => chart.id + ": " + text); })"""
    )
    assert cut == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", PAGES, scope="module")
def test_axe_finds_no_violation(name: str, dark: bool, drawn: Look, axe: str) -> None:
    page = drawn(name)
    page.scheme(dark)
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.evaluate("document.querySelectorAll('details').forEach((fold) => fold.open = true)")
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(axe + "; true")
    violations = page.evaluate(
        """axe.run(document, {resultTypes: ["violations"]}).then((found) =>
        found.violations.map((rule) => rule.id + ": " + rule.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")))"""
    )
    page.scheme(dark=False)
    page.evaluate("document.querySelectorAll('details').forEach((fold) => fold.open = false)")
    assert violations == []


@pytest.mark.parametrize("name", PAGES, scope="module")
def test_no_page_offers_an_upload(name: str, drawn: Look) -> None:
    page = drawn(name)
    assert page.evaluate("document.querySelectorAll('.modebar-btn, .modebar button, form, a[href^=http]').length") == 0
    assert page.evaluate("!/share chart|plotly cloud|send to cloud/i.test(document.body.innerText)")


def test_dark_page_redraws_its_inks_and_light_gives_them_back(drawn: Look) -> None:
    page = drawn("report")
    whisker = "getComputedStyle(document.querySelector('#chart-outcomes path.xerror')).stroke"
    light = page.evaluate(whisker)
    page.scheme(dark=True)
    page.wait(f"{whisker} !== '{light}'")
    dark = page.evaluate(whisker)
    assert (_rgb(colours.INK), _rgb(colours.DARK[colours.INK])) == (light, dark)
    text = "getComputedStyle(document.querySelector('#chart-outcomes .annotation text')).fill"
    assert _rgb(colours.DARK[colours.INK]) == page.evaluate(text)
    link = page.evaluate("getComputedStyle(document.querySelector('#chart-phases .sankey-link')).fill")
    assert link not in ("rgb(255, 255, 255)", "rgb(0, 0, 0)")
    page.scheme(dark=False)
    page.wait(f"{whisker} === '{light}'")


def test_paper_is_light_and_shows_everything_but_long_tables(chromium: Chromium, pages: Pages) -> None:
    """Also from a dark screen, and with charts that were never scrolled to. Of the inputs, paper has what was opened."""
    page = chromium.open(pages["report"], dark=True)
    page.wait("window.Plotly")
    page.evaluate("document.querySelector('details.long').open = true")
    page.evaluate("dispatchEvent(new Event('beforeprint')); true")
    assert page.evaluate("[...document.querySelectorAll('details:not(.long)')].every((fold) => fold.open)")
    assert page.evaluate("[...document.querySelectorAll('details.long')].map((fold) => fold.open).indexOf(true, 1)") == -1
    assert page.evaluate("document.querySelector('details.long').open")
    page.evaluate("document.querySelector('details.long').open = false")
    assert page.evaluate("[...document.querySelectorAll('.chart')].every((chart) => chart.querySelector('.main-svg'))")
    assert _rgb(colours.INK) == page.evaluate(
        "getComputedStyle(document.querySelector('#chart-outcomes path.xerror')).stroke"
    )
    page.evaluate("dispatchEvent(new Event('afterprint')); true")
    assert page.evaluate("[...document.querySelectorAll('details')].every((fold) => !fold.open)")
    document = page.pdf()
    assert document.startswith(b"%PDF")
    assert (
        5 <= document.count(b"/Type /Page\n") + document.count(b"/Type /Page /") + document.count(b"/Type /Page>") <= 25
    )


def test_paper_shows_every_row_and_column_of_the_claims(chromium: Chromium, pages: Pages) -> None:
    """No box of a table scrolls or cuts on paper, and every claim has a place on it."""
    page = chromium.open(pages["report"])
    page.wait("window.Plotly")
    page.call("Emulation.setEmulatedMedia", media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint')); true")
    page.resize(680)  # the width of A4 between its margins
    rows = page.evaluate(
        "[...document.querySelectorAll('#claims tbody tr')].filter((row) => row.getBoundingClientRect().height > 10).length"
    )
    assert len(sample.content().claims) == rows > 3
    cut = page.evaluate(
        """[...document.querySelectorAll(".scroll")].filter((box) => box.getBoundingClientRect().height).filter((box) => {
        const style = getComputedStyle(box);
        return style.overflowX !== "visible" || style.maxHeight !== "none" || box.scrollHeight > box.clientHeight + 1
          || box.querySelector("table").getBoundingClientRect().right > innerWidth; }).map((box) => box.ariaLabel)"""
    )
    assert cut == []
    page.close()


@pytest.mark.parametrize("name", HOSTILE_PAGES, scope="module")
def test_hostile_text_is_shown_and_never_runs(name: str, drawn: Look) -> None:
    page = drawn(name, width=390)
    assert page.evaluate("window.pwned") is None
    assert page.evaluate("document.querySelectorAll('img').length") == 0
    headings = "[...document.querySelectorAll('h1, h3')].map((heading) => heading.textContent).join(' ')"
    assert "<script>window.pwned" in page.evaluate(headings)
    assert page.evaluate(
        "[...document.querySelectorAll('.main-svg text')].some((text) => text.textContent.includes('</script>'))"
    )
    assert page.messages() == []
    assert page.requests() == []


def test_security_policy_stops_a_foreign_script(chromium: Chromium, pages: Pages) -> None:
    page = chromium.open(pages["report"])
    page.evaluate(
        "(() => { const s = document.createElement('script'); s.textContent = 'window.foreign = 1'; document.head.append(s); })()"
    )
    assert page.evaluate("window.foreign") is None
    assert any("Content Security Policy" in text for text in page.messages())


def test_everything_that_scrolls_or_folds_can_be_reached_by_keyboard(drawn: Look) -> None:
    page = drawn("report", width=390)
    unreachable = page.evaluate(
        """[...document.querySelectorAll("body *")].filter((box) => /auto|scroll/.test(getComputedStyle(box).overflowX)
        && box.scrollWidth > box.clientWidth + 1 && box.tabIndex < 0 && box.tagName !== "PRE").map((box) => box.className)"""
    )
    assert unreachable == []


def _rgb(colour: str) -> str:
    return "rgb(" + ", ".join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5)) + ")"
