"""The tables of `benchmarks/README.md`, made from `benchmarks/figures.json`, which `python -m benchmarks` measures."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from benchmarks.measured import ROOT, told
from tools.sections import table, write_part

PAGE = "benchmarks/README.md"
FIGURES = ROOT / "benchmarks" / "figures.json"
NOT_MEASURED = "Not measured."
LISTED = 24  # acts of the summit's profile
LISTED_OF_GROWTH = 14  # acts whose cost grows most
OURS = "sim."  # how names of acts and rules begin; Python, libc, numpy and the kernel have others
SYSTEM = "Python and the system"
MIB_OF_A_GB = 1e9 / 2**20

Measured = dict[str, dict[str, Any]]  # by measurement: conditions, figures


def read() -> Measured:
    """All figures that there are."""
    return json.loads(FIGURES.read_text("utf-8")) if FIGURES.is_file() else {}


def keep(name: str, conditions: dict[str, Any], figures: dict[str, Any]) -> None:
    """Put one measurement in the place of an earlier one."""
    found = {**read(), name: {"conditions": conditions, "figures": figures}}
    text = json.dumps(dict(sorted(found.items())), indent=1, sort_keys=True)
    FIGURES.write_text(text + "\n", "utf-8", newline="\n")


def full(name: str) -> dict[str, Any] | None:
    """Figures of a part, if there are any that are not of small sizes."""
    found = read().get(name)
    return None if found is None or found["conditions"].get("quick") else found["figures"]


def shown(found: Measured) -> str:
    """The tables of these measurements, for a terminal."""
    named = ["conditions", "goals", *found]
    made = [(name, PARTS[name](found)) for name in named if name in PARTS]
    return "\n\n".join(f"{name}\n\n{text}" for name, text in made if text)


def write(root: Path) -> list[str]:
    """The page with all its tables made anew, written below ``root``; its path."""
    found = read()
    paths: list[str] = []
    for name, make in PARTS.items():
        paths = write_part(root, PAGE, name, make(found) or NOT_MEASURED)
    return paths


# Goals ------------------------------------------------------------------------------------------------------------


def goals(found: Measured) -> str:
    """What must be reached, what is aimed at, what was measured."""
    rows = [*_engine_goals(found), *_memory_goals(found), *_negmas_goals(found), *_start_goals(found), *_cluster_goals(found)]
    rows += _sensitivity_goals(found)
    rows += _compare_goals(found)
    return table(["measure", "must", "aim", "measured", "reached"], rows) if rows else ""


def _goal(
    words: str, must: float | None, aim: float | None, value: float, text: str, unit: str, is_least: bool = False
) -> list[str]:
    """A row: with ``is_least`` the value has to be at least what is asked for, else at most."""

    def reaches(bound: float | None) -> bool:
        return bound is not None and (value >= bound if is_least else value <= bound)

    if must is None:
        reached = "the aim" if reaches(aim) else "not the aim"
    else:
        reached = ("the aim" if reaches(aim) else "yes") if reaches(must) else "no"
    bounds = ["" if bound is None else f"{'≥' if is_least else '≤'} {bound:,g}{unit}" for bound in (must, aim)]
    return [words, *bounds, text, reached]


def _engine_goals(found: Measured) -> Iterable[list[str]]:
    figures = _figures(found, "engines")
    if figures is None:
        return
    for name, words, must, aim in (
        ("simpy", "compiled code against SimPy with rules in plain Python, one core", 100.0, 140.0),
        ("simpy_with_compiled_acts", "compiled code against SimPy calling compiled acts, one core", 12.0, 18.0),
    ):
        speed = figures[name]
        text = f"{speed['times_slower']:.1f}× ({speed['least_times_slower']:.1f} to {speed['most_times_slower']:.1f})"
        yield _goal(words, must, aim, speed["times_slower"], text, "×", True)
    cost = figures["compiled"]["nanoseconds_an_event"]
    yield _goal("an event of the summit, compiled, one core", None, 200.0, cost, f"{cost:,.0f} ns", " ns")


def _memory_goals(found: Measured) -> Iterable[list[str]]:
    figures = _figures(found, "memory")
    if figures is None:
        return
    for run in figures["runs"]:
        if run["histories"] == 1_000_000:
            words = "1,000,000 summit histories with all columns, result and report, Parquet on disk, 2 threads"
            yield _goal(words, 60.0, 30.0, run["seconds"], f"{run['seconds']:,.1f} s", " s")
    largest = figures["runs"][-1]
    peak = largest["peak_mib"] / MIB_OF_A_GB
    yield _goal(f"peak memory of {largest['histories']:,} histories", 1.5, None, peak, f"{peak:.2f} GB", " GB")
    if "largest_distance_from_the_line" in figures:
        distance = figures["largest_distance_from_the_line"]
        yield ["time linear in histories: largest distance from a line", "", "", f"{distance:.1%}", ""]


def _negmas_goals(found: Measured) -> Iterable[list[str]]:
    figures = _figures(found, "negmas")
    for size in (figures or {}).get("sizes", ()):
        if "times_negmas" in size:
            words = f"offers a second against NegMAS, {_size(size)}, whole outcome space"
            ratio = size["times_negmas_in_threads"]["whole"]
            yield _goal(f"{words}, two cores", 800.0, None, ratio["median"], told(ratio, 0, "×"), "×", True)
            yield [f"{words}, one core", "", "", told(size["times_negmas"]["whole"], 0, "×"), ""]


def _start_goals(found: Measured) -> Iterable[list[str]]:
    commands = (_figures(found, "start") or {}).get("commands", {})
    for name, kind, words, most in (
        ("batch", "seconds_to_words", "first result of 100 histories, compiled code in the cache", 1.0),
        ("compiling", "seconds", "rules compiled, once", 15.0),
    ):
        if name in commands:
            seconds = commands[name][kind]
            yield _goal(words, most, None, seconds["median"], told(seconds, 2, " s"), " s")


def _cluster_goals(found: Measured) -> Iterable[list[str]]:
    figures = _figures(found, "cluster")
    if figures is not None:
        words = f"a cluster of two local workers against two threads, whole runs of {figures['replications']:,} histories"
        text = f"{figures['efficiency']:.2f} (lowest {figures['lowest_efficiency']:.2f})"
        yield _goal(words, figures["expected_efficiency"], None, figures["efficiency"], text, "", True)


def _sensitivity_goals(found: Measured) -> Iterable[list[str]]:
    figures = _figures(found, "sensitivity")
    if figures is not None:
        words = f"sampling and analysis against the engine, Sobol, {figures['factors'] - 1} inputs, {figures['samples']:,} samples"
        yield _goal(words, 10.0, None, 100.0 * figures["overhead"], f"{figures['overhead']:.1%}", "%")


def _compare_goals(found: Measured) -> Iterable[list[str]]:
    figures = _figures(found, "compare")
    if figures is not None:
        words = (
            f"arms, pairing and analysis of {figures['policies']} policies x {figures['replications']:,} histories, above ordinary runs "
            f"({figures['replications_per_second']:,.0f} histories a processor second)"
        )
        overhead = 100.0 * figures["overhead"]
        text = f"{overhead:.1f}% (highest {100.0 * figures['highest_overhead']:.1f}%)"
        yield _goal(words, 100.0 * figures["most_overhead"], None, overhead, text, "%")


def _size(size: dict[str, Any]) -> str:
    return f"{size['parties']} parties, {_issues(size['issues'])}"


# Tables -----------------------------------------------------------------------------------------------------------


def conditions(found: Measured) -> str:
    """When and on what each part was measured."""
    rows = []
    for name, measured in sorted(found.items()):
        at = measured["conditions"]
        versions = ", ".join(f"{key} {value}" for key, value in at["versions"].items())
        machine = f"{at['processor']}, {at['cores']} cores, {at['memory_gib']} GiB"
        part = f"{name}, small sizes" if at.get("quick") else name
        rows.append([part, at["date"], machine, str(at["load"]), str(at["commit"]), f"Python {at['python']}, {versions}"])
    head = ["part", "date", "machine", "load at the start", "commit", "versions"]
    return table(head, rows) if rows else ""


def memory(found: Measured) -> str:
    """Whole runs by size."""
    figures = _figures(found, "memory")
    if figures is None:
        return ""
    rows = [
        [
            f"{run['histories']:,}", f"{run['seconds']:,.1f}", f"{run['seconds_of_histories']:,.1f}",
            f"{run['cpu_seconds']:,.1f}", f"{run['peak_mib']:,.0f}", f"{run['bytes'] / 1e6:,.0f}", f"{run['bytes_a_row']:,.0f}",
            f"{run['nanoseconds_an_event_and_worker']:,.0f}", f"{run['cpu_nanoseconds_an_event']:,.0f}",
        ]
        for run in figures["runs"]
    ]  # fmt: skip
    head = [
        "histories", "s", "s until they are stored", "processor s", "peak MiB", "MB on disk", "bytes a row",
        "ns an event and thread", "processor ns an event, all counted",
    ]  # fmt: skip
    first = figures["runs"][0]
    text = table(head, rows) + f"\n\n{first['columns']} columns, {figures['workers']} threads, {first['events_a_history']:.0f} "
    text += "events a history."
    if "start_seconds" in figures:
        text += (
            f" Least squares: {figures['start_seconds']:.1f} s and {figures['microseconds_a_history']:.1f} µs a history; "
            f"no run is further from that line than {figures['largest_distance_from_the_line']:.1%}."
        )
    for run in figures["runs"]:
        if "replays" in run:
            each = ", ".join(f"history {replay['replication']:,} {replay['seconds']:.1f} s" for replay in run["replays"])
            text += f"\n\n`sim replay` from the run of {run['histories']:,}, each equal to its stored row bit for bit: {each}."
    return text


def scaling(found: Measured) -> str:
    """Nanoseconds an event by actors and issues, then events, clocks, packages, then where the time goes."""
    figures = _figures(found, "scaling")
    if figures is None:
        return ""
    sizes = {(size["actors"], size["issues"]): size for size in figures["sizes"]}
    actors, issues = sorted({a for a, _ in sizes}), sorted({k for _, k in sizes})
    head = ["actors", *map(_issues, issues), "events a history", "clocks"]
    rows = [
        [
            str(a),
            *(f"{sizes[a, k]['nanoseconds_an_event']['median']:,.0f}" for k in issues),
            f"{min(sizes[a, k]['events_a_history'] for k in issues):.0f} to {max(sizes[a, k]['events_a_history'] for k in issues):.0f}",
            str(sizes[a, issues[0]]["clocks"]),
        ]
        for a in actors
    ]
    rows.append(["packages", *(str(sizes[actors[0], k]["packages"]) for k in issues), "", ""])
    text = f"Nanoseconds an event, medians of {figures['repeats']} turns:\n\n{table(head, rows)}"
    if "profiles" in figures:
        heads = [f"{each['actors']} actors, {_issues(each['issues'])}" for each in figures["profiles"]]
        text += "\n\nWhere they go, in the acts that grow most, largest first (ns an event):\n\n" + _growth(figures["profiles"], heads)
    return text


def _issues(number: int) -> str:
    return f"{number} issue{'' if number == 1 else 's'}"


def _growth(profiles: list[dict[str, Any]], heads: list[str]) -> str:
    """Nanoseconds an event in the acts whose cost differs most between several profiles, by their largest cost."""
    costs = [profile["nanoseconds_an_event"] for profile in profiles]
    names = {name for cost in costs for name in cost if name.startswith(OURS)}
    most = {name: max(cost.get(name, 0.0) for cost in costs) for name in names}
    ranges = {name: most[name] - min(cost.get(name, 0.0) for cost in costs) for name in names}
    growing = sorted(names, key=lambda name: (-ranges[name], name))[:LISTED_OF_GROWTH]
    listed = sorted(growing, key=lambda name: (-most[name], name))
    rows = [[f"`{_short(name)}`", *(f"{cost.get(name, 0.0):,.0f}" for cost in costs)] for name in listed]
    systems = [sum(v for name, v in cost.items() if not name.startswith(OURS)) for cost in costs]
    rows.append([SYSTEM, *(f"{system:,.0f}" for system in systems)])
    others = [sum(v for name, v in cost.items() if name in names and name not in listed) for cost in costs]
    rows.append([f"{len(names) - len(listed)} others", *(f"{other:,.0f}" for other in others)])
    return table(["act or rule", *heads], rows)


def negmas(found: Measured) -> str:
    """Offers a second of both sides."""
    figures = _figures(found, "negmas")
    if figures is None:
        return ""
    rows = []
    for size in figures["sizes"]:
        speeds, ratios = size["offers_a_second"], size.get("times_negmas")
        together, times = size["offers_a_second_in_threads"], size.get("times_negmas_in_threads")
        for menu, words in (("whole", "whole"), ("found", "found by search")):
            if menu == "found" and size["packages"]["found"] == size["packages"]["whole"]:
                continue
            rows.append(
                [
                    _size(size),
                    f"{size['packages'][menu]:,}, {words}",
                    told(speeds["negmas"]) if "negmas" in speeds else "",
                    f"{size['offers_a_negotiation_negmas']:.0f}" if "negmas" in speeds else "",
                    told(speeds[menu]),
                    f"{size[f'offers_a_negotiation_{menu}']:.0f}",
                    told(ratios[menu], 0, "×") if ratios else "",
                    told(together[menu]),
                    told(times[menu], 0, "×") if times else "",
                ]
            )
    head = [
        "negotiation", "packages on our menu", "NegMAS, offers/s", "offers a negotiation", "ours, one core, offers/s",
        "offers a negotiation", "ratio", "ours, two threads, offers/s", "ratio",
    ]  # fmt: skip
    what = f"NegMAS {figures['negmas']}; " if figures["negmas"] else ""
    turns = f"{what}medians (and least to most) of {figures['turns']} turns"
    text = f"{table(head, rows)}\n\n{turns}; processor time, and for two threads the time that passes."
    if "profiles" in figures:
        text += "\n\nWhere our time goes, the whole outcome space on the menu (ns an offer):\n\n"
        text += _growth(figures["profiles"], [_size(each) for each in figures["profiles"]])
    return text


START_WORDS = {
    "help": "`sim --help`",
    "one": "`sim run summit -n 1 --engine batch`",
    "batch": "`sim run summit -n {n} --engine batch`",
    "auto": "`sim run summit -n {n}`",
    "simpy": "`sim run summit -n {n} --engine simpy`",
    "cold": "`sim run summit -n {n} --engine batch`, nothing compiled yet",
    "compiling": "of which the compiler, alone",
}


def start(found: Measured) -> str:
    """Seconds of whole commands."""
    figures = _figures(found, "start")
    if figures is None:
        return ""
    kinds = ("seconds_to_words", "seconds", "cpu_seconds")
    rows = [
        [words.format(n=figures["histories"]), *(told(figures["commands"][name][key], 2) for key in kinds)]
        for name, words in START_WORDS.items()
        if name in figures["commands"]
    ]
    return table(["command, without the report", "s to the table of outcomes", "s in all", "processor s"], rows)


def profile(found: Measured) -> str:
    """Where the time of an event goes on the summit, largest share first."""
    figures = _figures(found, "profile")
    if figures is None:
        return ""
    shares = figures["shares"]
    acts = sorted((name for name in shares if name.startswith(OURS)), key=lambda name: (-shares[name]["share"], name))
    groups = [(f"`{_short(name)}`", [name]) for name in acts[:LISTED]]
    groups.append((SYSTEM, [name for name in shares if not name.startswith(OURS)]))
    groups.append((f"{len(acts[LISTED:])} others", acts[LISTED:]))
    rows = [
        [
            words,
            f"{sum(shares[name]['share'] for name in names):.1%}",
            f"{sum(shares[name]['nanoseconds_an_event'] for name in names):.1f}",
        ]
        for words, names in groups
    ]
    text = table(["act or rule", "share", "ns an event"], rows)
    return f"{text}\n\n{figures['nanoseconds_an_event']:,.0f} ns an event under perf; {figures['looks']:,} looks."


def sensitivity(found: Measured) -> str:
    """Seconds of the parts of a sensitivity analysis."""
    figures = _figures(found, "sensitivity")
    if figures is None:
        return ""
    rows = [[part, f"{figures[f'{part}_seconds']:.2f}"] for part in ("sampling", "engine", "analysis")]
    told_of = (
        f"{figures['histories']:,} histories: {figures['samples']:,} base samples over {figures['factors'] - 1} inputs and chance, "
        f"{figures['outputs']} outputs; {figures['histories_a_second']:,.0f} histories a second, one thread."
    )
    return f"{table(['part', 's'], rows)}\n\n{told_of}"


def _short(name: str) -> str:
    """Without the name of the package, which all have."""
    return name.removeprefix("sim.")


def _figures(found: Measured, name: str) -> dict[str, Any] | None:
    return found[name]["figures"] if name in found else None


PARTS: dict[str, Callable[[Measured], str]] = {
    "goals": goals,
    "conditions": conditions,
    "memory": memory,
    "scaling": scaling,
    "negmas": negmas,
    "start": start,
    "profile": profile,
    "sensitivity": sensitivity,
}
