"""Where the time of compiled histories goes: the share of each act, and the nanoseconds of an event that it takes.

    .venv/bin/python -m benchmarks.profile [SCENARIO] [--replications 20000] [--act NAME] [--json]

Linux with `perf` (the package linux-perf or linux-tools). perf looks at this process several thousand times a second of its
processor time; where it was is found in the symbol tables of the object files that are loaded. A rule that the compiler has made
part of its caller counts as that caller. ``--act`` prints the machine instructions of one act with their shares.
"""

from __future__ import annotations

import argparse
import bisect
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim import resources
from sim.compiled import cache
from sim.engines import batch_engine
from sim.model.compile import Case, compile_case
from sim.model.complete import complete
from sim.model.load import load_scenario

SEED = 1
LOOKS = 4000  # of perf, in a second of processor time
SECONDS_TO_ATTACH = 0.7  # after which perf is at work; sleep is not looked at
LEAST = 0.002  # share of what is listed by name


@dataclass(frozen=True)
class Function:
    """Machine code of one act or rule in this process."""

    address: int
    size: int
    name: str  # in Python
    symbol: str
    file: Path


def measure(case: Case, replications: int) -> tuple[dict[str, Any], Callable[[str], Iterator[str]]]:
    """Shares by function, and a function that gives the instructions of one of them with theirs."""
    functions = functions_loaded()
    batch_engine.run_block(case, range(min(100, replications)), SEED, 0)

    def play() -> float:
        return float(batch_engine.run_block(case, range(replications), SEED, 0)["results"]["events"].sum())

    places, events, seconds = looked_at(play)
    begins = [function.address for function in functions]
    counts: Counter[str] = Counter()
    inside: dict[Function, Counter[int]] = {}
    for address, elsewhere in places:
        n = bisect.bisect_right(begins, address) - 1
        if n >= 0 and address < functions[n].address + functions[n].size:
            counts[functions[n].name] += 1
            inside.setdefault(functions[n], Counter())[address - functions[n].address] += 1
        else:
            counts[elsewhere] += 1
    cost = seconds / events * 1e9
    figures = {
        "scenario": case.spec.id,
        "replications": replications,
        "events_a_history": round(events / replications, 1),
        "nanoseconds_an_event": round(cost, 1),
        "looks": len(places),
        "shares": {
            name: {"share": round(count / len(places), 4), "nanoseconds_an_event": round(count / len(places) * cost, 1)}
            for name, count in counts.most_common()
        },
    }

    def instructions(name: str) -> Iterator[str]:
        found = [function for function in functions if function.name == name or function.name.endswith(f".{name}")]
        if len({function.name for function in found}) != 1:
            known = ", ".join(sorted({function.name for function in found})) or "none"
            raise SystemExit(f"{name}: functions of this name: {known}")
        for function in found:  # a rule is in each object file that needs it
            yield from _instructions(function, inside.get(function, Counter()))

    return figures, instructions


def looked_at(play: Callable[[], float]) -> tuple[list[tuple[int, str]], float, float]:
    """What perf saw of a function's work: addresses with words for those outside of acts; its result; its processor time."""
    perf = shutil.which("perf")
    if perf is None:
        raise SystemExit("this needs perf (Debian: apt-get install linux-perf)")
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "perf.data"
        words = [perf, "record", "-q", "-e", "cpu-clock", "-F", str(LOOKS), "-p", str(os.getpid()), "-o", str(data)]
        recording = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        time.sleep(SECONDS_TO_ATTACH)
        begun = time.process_time()
        result = play()
        seconds = time.process_time() - begun
        recording.send_signal(signal.SIGINT)
        _, complaint = recording.communicate()
        if not data.is_file():
            raise SystemExit(f"perf cannot look at this process: {complaint.strip()}")
        words = [perf, "script", "-i", str(data), "-F", "ip,sym,dso"]
        told = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    return [_place(line) for line in told.splitlines() if line.strip()], result, seconds


def _place(line: str) -> tuple[int, str]:
    """An address, and in words where it is if not in an act."""
    found = re.match(r"\s*([0-9a-f]+)\s+(.*?)\s*\(([^()]*)\)\s*$", line)
    if found is None:
        return int(line.split()[0], 16), "elsewhere"
    name = Path(found[3]).name
    return int(found[1], 16), "the kernel" if "kernel" in name else f"{name}: {found[2]}"


# Functions in memory ----------------------------------------------------------------------------------------------


def functions_loaded() -> list[Function]:
    """All functions of the compiled acts in this process, by address."""
    addresses = batch_engine.machine_code().addresses
    found = []
    for file in cache.stored():
        symbols = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
        places = {symbol: addresses[name] for name, symbol in symbols.items()}
        table = list(_symbols(file.read_bytes()))
        begins = {section: places[symbol] - value for symbol, section, value, _ in table if symbol in places}
        for symbol, section, value, size in table:
            if section in begins:
                found.append(Function(begins[section] + value, size, readable(symbol), symbol, file))
    return sorted(found, key=lambda function: function.address)


def _symbols(content: bytes) -> Iterator[tuple[str, int, int, int]]:
    """Functions of a 64-bit ELF file: symbol, section, place in it, size."""
    if content[:5] != b"\x7fELF\x02":
        raise SystemExit("object files are read on 64-bit Linux only")
    start, size, number = struct.unpack_from("<Q", content, 40)[0], *struct.unpack_from("<HH", content, 58)
    headers = [struct.unpack_from("<IIQQQQIIQQ", content, start + n * size) for n in range(number)]
    for header in headers:
        if header[1] != 2:  # a table of symbols
            continue
        names = headers[header[6]][4]
        for at in range(header[4], header[4] + header[5], 24):
            name, info, _, section, value, length = struct.unpack_from("<IBBHQQ", content, at)
            if info & 15 == 2:  # a function
                end = content.index(b"\0", names + name)
                yield content[names + name : end].decode(), section, value, length


def readable(symbol: str) -> str:
    """The Python name in a symbol of numba's: parts with their lengths before them."""
    if not symbol.startswith("_ZN"):
        return symbol
    parts, at = [], 3
    while found := re.match(r"\d+", symbol[at:]):
        begin = at + found.end()
        at = begin + int(found[0])
        parts.append(symbol[begin:at])
    return ".".join(parts)


def _instructions(function: Function, counts: Counter[int]) -> Iterator[str]:
    """Machine instructions of a function as objdump writes them, each with its share of the function."""
    words = ["objdump", "-d", "-r", "--no-show-raw-insn", f"--disassemble={function.symbol}", str(function.file)]
    told = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    total = max(1, sum(counts.values()))
    first = None
    for line in told.splitlines():
        found = re.match(r"\s+([0-9a-f]+):\t(?!R_X86)", line)
        if found is None:
            if first is not None:
                yield f"{'':8}{line}"
            continue
        place = int(found[1], 16)
        first = place if first is None else first
        share = counts[place - first] / total
        yield f"{share:7.1%} {line}" if share else f"{'':8}{line}"


def lines(figures: dict[str, Any]) -> list[str]:
    """The table for a terminal."""
    told = [
        f"{figures['scenario']}: {figures['nanoseconds_an_event']:.0f} ns an event, {figures['events_a_history']:.0f} events a "
        f"history, {figures['looks']:,} looks",
        "",
        f"{'share':>7}{'ns an event':>13}  where",
    ]
    rest = 0.0
    for name, found in figures["shares"].items():
        if found["share"] < LEAST:
            rest += found["share"]
            continue
        told.append(f"{found['share']:7.1%}{found['nanoseconds_an_event']:13.1f}  {name}")
    told.append(f"{rest:7.1%}{rest * figures['nanoseconds_an_event']:13.1f}  all others")
    return told


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("scenario", nargs="?", default=str(resources.scenario_path("summit")))
    parser.add_argument("--replications", type=int, default=20_000)
    parser.add_argument("--act", help="print the instructions of this one, e.g. slow.advance")
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    arguments = parser.parse_args()
    case = compile_case(complete(load_scenario(arguments.scenario)))
    figures, instructions = measure(case, arguments.replications)
    if arguments.json:
        print(json.dumps(figures))
        return
    print("\n".join(lines(figures)))
    if arguments.act:
        print()
        print("\n".join(instructions(arguments.act)))


if __name__ == "__main__":
    main()
