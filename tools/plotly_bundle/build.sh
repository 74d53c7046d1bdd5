#!/bin/sh
# Builds sim/reports/assets/plotly-bundle.min.js.gz from the npm package plotly.js, whose version is pinned in
# package.json and must equal the one inside the Python package plotly (a unit test compares them).
# Needs node and npm, and is run by hand when plotly moves; nobody who only uses the simulator needs it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
assets="$here/../../sim/reports/assets"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp "$here/package.json" "$here/package-lock.json" "$here/entry.cjs" "$work/"
cd "$work"
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
node node_modules/esbuild/bin/esbuild entry.cjs --bundle --minify --format=iife --global-name=Plotly --target=es2020 \
  --platform=browser --define:global=window --define:define.amd=false --charset=ascii --legal-comments=none --outfile=body.js --metafile=meta.json --log-level=warning

version=$(node -p 'require("plotly.js/package.json").version')
{
  printf '/*! plotly.js v%s, partial bundle (scatter, bar, box, heatmap, sankey).\n' "$version"
  printf 'Copyright 2012-2026, Plotly, Inc. All rights reserved. Licensed under the MIT license. */\n'
  # "</script" inside a string would end the element that carries the code
  sed 's#</script#<\\/script#g' body.js
} > plotly-bundle.min.js

node - "$version" "$assets" <<'JS'
const fs = require("fs"), zlib = require("zlib"), crypto = require("crypto");
const [version, assets] = process.argv.slice(2);

// Notices of plotly.js and of every package whose code the bundle holds.
const inputs = Object.keys(JSON.parse(fs.readFileSync("meta.json")).inputs);
const packages = [...new Set(inputs.map((file) => file.match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[0]).filter(Boolean))].sort();
packages.sort((a, b) => b.endsWith("/plotly.js") - a.endsWith("/plotly.js"));
const notices = packages.map((folder) => {
  const about = JSON.parse(fs.readFileSync(`${folder}/package.json`));
  const file = fs.readdirSync(folder).find((name) => /^(licen[cs]e|copying)/i.test(name));
  const text = file ? fs.readFileSync(`${folder}/${file}`, "utf8").trim() : `Licence: ${about.license}`;
  return `${about.name} ${about.version} (${about.license})\n\n${text}\n`;
});
fs.writeFileSync(`${assets}/plotly-LICENSE.txt`, notices.join(`\n${"-".repeat(78)}\n\n`));
const code = fs.readFileSync("plotly-bundle.min.js");
// Stored compressed, with no time stamp, so that a report needs no compressor and has the same bytes everywhere.
fs.writeFileSync(`${assets}/plotly-bundle.min.js.gz`, zlib.gzipSync(code, { level: 9 }));
fs.writeFileSync(`${assets}/plotly-bundle.json`, JSON.stringify({
  version,
  traces: ["bar", "box", "heatmap", "sankey", "scatter"],
  bytes: code.length,
  sha256: crypto.createHash("sha256").update(code).digest("base64"),
}, null, 2) + "\n");
JS
ls -l "$assets"
