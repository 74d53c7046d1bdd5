"""The README's picture: the answer, the outcomes and the phases of a real report, that of the README's own run.

Pixels differ from machine to machine, so the picture is never compared. Beside it lies what it was made from: results,
page template and style; when these have changed, it is stale. Needs Chromium.
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from tools import figures

ROOT = Path(__file__).resolve().parent.parent
PICTURE, NOTE = "docs/images/report.png", "docs/images/report.txt"
WIDTH = 1000  # CSS pixels: narrow enough for the page to be one column
SIDE, GAP = 36, 40  # margins around a part, and between parts
MAX_BYTES = 300_000
LOOKS = (
    "assets/page.css", "templates/parts.html.j2", "templates/report.html.j2", "figures.py", "colours.py", "run_report.py"
)  # fmt: skip


def fingerprint() -> str:
    """Digest of what the picture shows: results, template, style and figures of the page."""
    total = hashlib.sha256(figures.fingerprint().encode())
    for name in LOOKS:
        total.update((ROOT / "sim" / "reports" / name).read_bytes())
    return total.hexdigest()[:12]


def write(root: Path) -> list[str]:
    """Take the picture and write it, with its note, below ``root``; the paths."""
    from tests.browser.chromium import Chromium, find

    if find() is None:
        print(f"no Chromium: {PICTURE} stays as it is (Debian: apt-get install chromium)", file=sys.stderr)
        return []
    target = root / PICTURE
    target.parent.mkdir(parents=True, exist_ok=True)
    directory, _ = figures.finished_run()
    with Chromium() as browser:
        page = browser.open((directory / "report.html").resolve().as_uri(), width=WIDTH)
        page.draw_all()
        parts = [_part(page, *names) for names in (("header", "#answer"), ("#outcomes",), ("#phases",))]
        _on_one_sheet(browser, parts, target)
    if (size := target.stat().st_size) > MAX_BYTES:
        raise ValueError(f"{PICTURE}: {size} bytes, at most {MAX_BYTES} are wanted")
    note = (
        f"report.png shows the head of the report of `./dev sim run {figures.SCENARIO}` (seed {figures.SEED}).\n"
        f"Made by `./dev refresh picture`. Fingerprint of results, template, style and figures: {fingerprint()}\n"
    )
    (root / NOTE).write_text(note, "utf-8", newline="\n")
    return [PICTURE, NOTE]


def _part(page: Any, *selectors: str) -> dict[str, Any]:
    """A picture of neighbouring elements of the page, with margins: data, width, height."""
    boxes = page.evaluate(
        f"{list(selectors)}.map(name => document.querySelector(name).getBoundingClientRect())"
        ".map(box => [box.left + scrollX, box.top + scrollY, box.right + scrollX, box.bottom + scrollY])"
    )
    left, right = min(box[0] for box in boxes) - SIDE, max(box[2] for box in boxes) + SIDE
    top, bottom = max(min(box[1] for box in boxes) - SIDE // 2, 0), max(box[3] for box in boxes) + SIDE // 2
    clip = {"x": left, "y": top, "width": right - left, "height": bottom - top, "scale": 1}
    shot = page.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
    return {"data": shot["data"], "width": right - left, "height": bottom - top}


def _on_one_sheet(browser: Any, parts: list[dict[str, Any]], target: Path) -> None:
    """The first part on the left, the others on the right, as one picture with few colours, so that it is small."""
    page = browser.open("data:text/html,<meta charset=utf-8>")
    width, height, data = page.evaluate(f"({_SHEET})({json.dumps(parts)}, {GAP}, {SIDE})")
    pixels = np.frombuffer(base64.b64decode(data), dtype=np.uint8).reshape(height, width, 4)[:, :, :3]
    target.write_bytes(indexed_png(pixels))


def indexed_png(pixels: np.ndarray) -> bytes:
    """Pixels (height, width, red-green-blue) as a PNG of 256 colours: the commonest that are not all but alike."""
    height, width, _ = pixels.shape
    colours, places, counts = np.unique(pixels.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True)
    by_count = np.argsort(-counts, kind="stable")
    _, firsts = np.unique(colours[by_count] >> 3, axis=0, return_index=True)
    palette = colours[by_count][np.sort(firsts)[:256]]
    distances = ((colours[:, None, :].astype(np.int32) - palette[None, :, :].astype(np.int32)) ** 2).sum(axis=2)
    indices = distances.argmin(axis=1).astype(np.uint8)[places.reshape(height, width)]
    rows = np.hstack([np.zeros((height, 1), dtype=np.uint8), indices])  # each row is led by its filter: none
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", palette.tobytes()),
        (b"IDAT", zlib.compress(rows.tobytes(), 9)),
        (b"IEND", b""),
    )
    body = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(body)


_SHEET = """async (parts, gap, margin) => {
  const images = await Promise.all(parts.map(async part => {
    const image = new Image();
    image.src = "data:image/png;base64," + part.data;
    await image.decode();
    return image;
  }));
  const [left, ...right] = images;
  const height = Math.max(left.height, right.reduce((sum, image) => sum + image.height, 0)) + 2 * margin;
  const canvas = document.createElement("canvas");
  canvas.width = left.width + right[0].width + 3 * gap;
  canvas.height = height + 2 * gap;
  const paper = canvas.getContext("2d");
  paper.fillStyle = "#e8ebee";
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.fillStyle = "#fff";
  const second = left.width + 2 * gap;
  paper.fillRect(gap, gap, left.width, height);
  paper.fillRect(second, gap, right[0].width, height);
  paper.drawImage(left, gap, gap + margin);
  let y = gap + margin;
  for (const image of right) { paper.drawImage(image, second, y); y += image.height; }
  const pixels = paper.getImageData(0, 0, canvas.width, canvas.height).data;
  let text = "";
  for (let n = 0; n < pixels.length; n += 32768) text += String.fromCharCode(...pixels.subarray(n, n + 32768));
  return [canvas.width, canvas.height, btoa(text)];
}"""


def stale() -> list[str]:
    """The picture, if it is missing or shows other results or another page."""
    note = ROOT / NOTE
    fresh = note.is_file() and (ROOT / PICTURE).is_file() and fingerprint() in note.read_text("utf-8")
    return [] if fresh else [PICTURE]
