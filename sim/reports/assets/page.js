"use strict";
// Unpacks plotly.js, draws each chart when it comes near, and draws again for another width, colour scheme or paper.
(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const { config, dark } = read("page-data");
  const charts = [...document.querySelectorAll(".chart")];
  const night = matchMedia("(prefers-color-scheme: dark)");
  const NARROW = 560, PAPER_WIDTH = 660;
  let printing = false;

  // Light ink -> dark ink, for "#rrggbb" and for the "r,g,b" inside rgba().
  const inks = new Map(Object.entries(dark));
  const triple = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)).join(",");
  const triples = new Map([...inks].map(([from, to]) => [triple(from), triple(to)]));
  const ink = (text) => inks.get(text)
    ?? text.replace(/#[0-9a-f]{6}/g, (hex) => inks.get(hex) ?? hex)
      .replace(/^rgba\((\d+,\d+,\d+),/, (whole, rgb) => `rgba(${triples.get(rgb) ?? rgb},`);
  const TEXTS = new Set(["text", "label", "name", "customdata", "x", "y", "ticktext", "hovertemplate"]);
  const shade = (value, key) => {
    if (typeof value === "string") return TEXTS.has(key) && !value.startsWith("<span") ? value : ink(value);
    if (Array.isArray(value)) return TEXTS.has(key) ? value : value.map((item) => shade(item, key));
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, shade(item, name)]));
    }
    return value;
  };

  let library;
  const unpack = () => library ??= (async () => {
    const packed = document.getElementById("plotly-packed").textContent.trim();
    const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
    const code = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
    const script = document.createElement("script");
    script.textContent = code;
    document.head.append(script);
    if (!window.Plotly) throw new Error("plotly.js did not start");
  })();

  const draw = (chart) => {
    if (!window.Plotly) return;
    const figure = read(`${chart.id}-data`);
    const width = printing ? PAPER_WIDTH : Math.floor(chart.clientWidth);
    if (!width) return;
    const narrow = width < NARROW && !printing;
    let layout = { ...figure.layout, ...(narrow ? figure.narrow : {}), width };
    let data = figure.data;
    if (night.matches && !printing) [data, layout] = [shade(data), shade(layout)];
    chart.style.minHeight = `${layout.height}px`;
    chart.dataset.width = width;
    // Drawn afresh: a changed Sankey would move to its new place over half a second, which paper does not wait for.
    window.Plotly.purge(chart);
    window.Plotly.newPlot(chart, data, layout, config);
    chart.dataset.drawn = "yes";
  };
  const drawn = () => charts.filter((chart) => chart.dataset.drawn);

  const near = new IntersectionObserver((entries) => entries.forEach(async ({ isIntersecting, target }) => {
    if (!isIntersecting) return;
    near.unobserve(target);
    try {
      await unpack();
      draw(target);
    } catch (problem) {
      target.textContent = "This browser cannot draw the chart; the table below holds its numbers.";
      target.classList.add("undrawn");
    }
  }), { rootMargin: "700px 0px" });
  charts.forEach((chart) => near.observe(chart));

  // Watched is the box of each chart: it also changes where the window does not, as when a scroll bar comes or goes.
  let waiting;
  const sizes = new ResizeObserver(() => {
    clearTimeout(waiting);
    waiting = setTimeout(() => drawn().forEach((chart) => {
      if (!printing && Math.floor(chart.clientWidth) !== Number(chart.dataset.width)) draw(chart);
    }), 120);
  });
  charts.forEach((chart) => sizes.observe(chart));
  night.addEventListener("change", () => drawn().forEach(draw));

  // Paper is light and shows everything but the long tables, which would fill many sheets: of these what the reader opened.
  const folds = [...document.querySelectorAll("details:not(.long)")];
  addEventListener("beforeprint", () => {
    printing = true;
    folds.forEach((fold) => { fold.dataset.was = fold.open ? "open" : ""; fold.open = true; });
    charts.forEach(draw);
  });
  addEventListener("afterprint", () => {
    printing = false;
    folds.forEach((fold) => { fold.open = fold.dataset.was === "open"; });
    drawn().forEach(draw);
  });
  unpack().catch(() => {}); // so that printing finds it ready

  // The contents list shows where the reader is.
  const links = new Map([...document.querySelectorAll(".contents a")].map((link) => [link.hash.slice(1), link]));
  const inView = new Set(), parts = [...document.querySelectorAll("main section[id]")];
  const here = new IntersectionObserver((entries) => {
    entries.forEach(({ isIntersecting, target }) => inView[isIntersecting ? "add" : "delete"](target));
    const current = parts.findLast((part) => inView.has(part));
    if (!current) return;
    links.forEach((link) => link.removeAttribute("aria-current"));
    links.get(current.id)?.setAttribute("aria-current", "true");
  }, { rootMargin: "0px 0px -65% 0px" });
  parts.forEach((part) => here.observe(part));
})();
