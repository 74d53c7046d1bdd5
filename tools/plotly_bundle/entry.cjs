// The traces our figures use, and no others. A trace missing here draws an empty chart and says nothing,
// so tests/browser draws every one of them.
const Plotly = require("plotly.js/lib/core");

Plotly.register([
  require("plotly.js/lib/bar"),
  require("plotly.js/lib/box"),
  require("plotly.js/lib/heatmap"),
  require("plotly.js/lib/sankey"),
]);

module.exports = Plotly;
