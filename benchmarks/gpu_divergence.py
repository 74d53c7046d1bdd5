"""What a GPU would make of the batch engine, measured without one: sizes, divergence, and what is left for the processor.

    .venv/bin/python -m benchmarks.gpu_divergence [SCENARIO] [--histories 2048]
    .venv/bin/python -m benchmarks.gpu_divergence --ptx

Histories are played event by event in compiled code. Then they are put side by side, as a GPU would play them: 32 at a time in a
warp, each at its n-th event. Lanes whose acts differ wait for one another, so a step of a warp takes as long as its different
kinds of act together. The efficiency is the time that histories need alone over the time that warps hold their lanes, with the
mean time of each kind of act as measured here. Queued means that of a pool of histories those go on together whose next act is
of the kind for which most are waiting. Branches within an act are not seen, so all this is a bound from above.

With ``--ptx`` the compiled acts are turned into PTX, the language of NVIDIA's drivers, by the LLVM that llvmlite has, and the
instructions are counted: whether it can be done at all, how long it takes, and whether a multiplication and an addition are fused.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean, median, quantiles
from typing import Any

import llvmlite.binding as llvm
import numpy as np

from sim import resources
from sim.acts.codes import CLOCKS
from sim.compiled.memory import state_words, tables_block, world_block
from sim.engines.batch_engine import CompiledActs, run_block
from sim.engines.tables.whole import setup_of
from sim.experiments.writing import write_chunk
from sim.model.compile import compile_case
from sim.model.complete import complete
from sim.model.load import load_scenario
from sim.world.fields import KEPT, SCRATCH, STATE

SEED = 1
WARP = 32  # histories that a GPU plays in step
POOL = 1024  # histories under way among which those with the same kind of next act could be found
LEAST_NS = 20.0  # an event takes longer than that, whatever is measured
CHANGES_OF = 32  # histories of which is looked at what each event writes
STORED = 10_000  # histories of a chunk of a long run
GPU = "sm_90"


@dataclass
class Played:
    """What was seen of the histories."""

    kinds: list[list[int]] = field(default_factory=list)  # of each history, the kind of clock of every event
    seconds: Counter[int] = field(default_factory=Counter)  # by kind, of all its events
    changed: list[int] = field(default_factory=list)  # words of state that an event changed


def play(case: Any, histories: int) -> Played:
    """Histories event by event. The time of an event is that of the call, less that of a call which only looks for the next clock."""
    setup = setup_of(case)
    acts = CompiledActs(setup)
    kind_of = setup.tables["clock_kind"]
    found, times, looks = Played(), [], []
    for replication in range(histories):
        w, c = acts.records(setup, SEED, replication, 0, None)
        acts.begin(w, c)
        state, kinds = state_words(w), []
        while not acts.has_ended(w):
            start = time.perf_counter_ns()
            clock = acts.next_clock(w, c)
            looks.append(time.perf_counter_ns() - start)
            before = [part.copy() for part in state] if replication < CHANGES_OF else []
            start = time.perf_counter_ns()
            acts.happen(w, c, clock)
            times.append(time.perf_counter_ns() - start)
            kinds.append(int(kind_of[clock]))
            if before:
                found.changed.append(sum(int((old != new).sum()) for old, new in zip(before, state, strict=True)))
        found.kinds.append(kinds)
    call = median(looks)
    for kind, spent in zip((kind for kinds in found.kinds for kind in kinds), times, strict=True):
        found.seconds[kind] += max(LEAST_NS, spent - call) * 1e-9
    return found


def table(kinds: list[list[int]]) -> np.ndarray:
    """Kind of clock by event (row) and history (column); -1 after the end."""
    grid = np.full((max(map(len, kinds)), len(kinds)), -1)
    for n, row in enumerate(kinds):
        grid[: len(row), n] = row
    return grid


def in_step(grid: np.ndarray, cost: np.ndarray, ends: bool = True) -> float:
    """Efficiency of warps of successive histories, each at its n-th event.

    Without ``ends`` a lane whose history is over is not counted as held: another history would take its place.
    """
    needed = held = 0.0
    for first in range(0, grid.shape[1] - WARP + 1, WARP):
        for row in grid[:, first : first + WARP]:
            alive = row[row >= 0]
            if not len(alive):
                break
            needed += cost[alive].sum()
            held += cost[np.unique(alive)].sum() * (WARP if ends else len(alive))
    return needed / held


def queued(kinds: list[list[int]], cost: np.ndarray, pool: int = POOL) -> float:
    """Efficiency where a warp takes up to 32 of the histories under way that wait for the commonest kind of act.

    Whose history is over gives its place to the next one; measured while there is a next one.
    """
    coming = [iter(row) for row in reversed(kinds)]
    waiting: dict[int, list[Any]] = {}

    def wait(history: Any) -> bool:
        kind = next(history, None)
        if kind is not None:
            waiting.setdefault(kind, []).append(history)
        return kind is not None

    for _ in range(pool):
        wait(coming.pop())
    needed = held = 0.0
    while coming:
        kind = max(waiting, key=lambda each: len(waiting[each]))
        lanes, waiting[kind] = waiting[kind][:WARP], waiting[kind][WARP:]
        needed += len(lanes) * cost[kind]
        held += WARP * cost[kind]
        for history in lanes:
            while not wait(history) and coming:
                history = coming.pop()
    return needed / held


def common(grid: np.ndarray) -> float:
    """Share of the histories that are not over whose n-th event is of the commonest kind, mean over all events."""
    shares, weights = [], []
    for row in grid:
        alive = row[row >= 0]
        shares.append(np.bincount(alive).max() / len(alive))
        weights.append(len(alive))
    return float(np.average(shares, weights=weights))


def sizes(case: Any) -> dict[str, int]:
    """Bytes of one history's record by what they are for, of a scenario's tables, and of a row, as compiled code has them."""
    setup = setup_of(case)
    tables = tables_block(setup.tables)
    block = world_block(setup.sizes, tables)
    parts = {"record: state": STATE, "record: worked out of it": KEPT, "record: scratch": SCRATCH}
    found = {
        name: sum(block._lists[item.name].nbytes if "[]" in item.kind else 8 for item in fields) for name, fields in parts.items()
    }
    found["tables"] = tables._words.nbytes + sum(array.nbytes for array in tables._lists.values())
    found["row of results"] = 8 * len(setup.columns)
    return found


def on_the_processor(case: Any) -> tuple[float, float, int]:
    """Processor seconds to play and to store a chunk of a long run, without paths; and its events."""
    run_block(case, range(8), SEED, paths=0)
    start = time.process_time()
    tables = run_block(case, range(STORED, 2 * STORED), SEED, paths=0)
    played = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        write_chunk(Path(folder), 1, STORED, 2 * STORED, tables, ".benchmark.partial", kept=0)
    return played - start, time.process_time() - played, int(np.sum(tables["results"]["events"]))


def as_ptx() -> tuple[Counter[str], float, float]:
    """Instructions of all acts in PTX, and the seconds that numba and that LLVM take. It changes numba for this whole process."""
    from sim.compiled import building
    from sim.compiled.twins import twins

    start = time.perf_counter()
    generator = building._prepared()
    made = [twins().compiled(name) for name in twins().names]
    whole = building._linked(generator, [each.library for each in made], {each.fndesc.llvm_func_name for each in made})
    passes, builder = generator._module_pass_manager()
    passes.run(whole, builder)
    optimised = time.perf_counter()
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    text = re.sub(r'target triple = ".*"', 'target triple = "nvptx64-nvidia-cuda"', str(whole))
    text = re.sub(r'target datalayout = ".*"|"target-(cpu|features)"="[^"]*"', "", text)
    machine = llvm.Target.from_triple("nvptx64-nvidia-cuda").create_target_machine(cpu=GPU, opt=3)
    ptx = machine.emit_assembly(llvm.parse_assembly(text))
    found = re.findall(r"^\s+(?:@!?%p\d+\s+)?([a-z]+[0-9]*(?:\.[a-z0-9]+)*)\s", ptx, flags=re.M)
    return Counter(found), optimised - start, time.perf_counter() - optimised


def print_ptx() -> None:
    """Print what became of the acts."""
    found, numba_seconds, llvm_seconds = as_ptx()
    print(f"{found.total():,} instructions for {GPU}; numba and optimiser {numba_seconds:.1f} s, PTX {llvm_seconds:.1f} s")
    for name, number in found.most_common():
        if ".f64" in name or name.startswith(("fma", "call", "ld.", "st.")):
            print(f"{name:<20} {number:>7,}")
    print(f"{'fused (fma)':<20} {sum(number for name, number in found.items() if name.startswith('fma')):>7,}")


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("scenario", nargs="?", default=str(resources.scenario_path("summit")))
    parser.add_argument("--histories", type=int, default=2048, help=f"more than {POOL}")
    parser.add_argument("--ptx", action="store_true", help="count instructions of the acts in PTX instead")
    asked = parser.parse_args()
    if asked.ptx:
        print_ptx()
        return
    case = compile_case(complete(load_scenario(asked.scenario)))
    for name, number in sizes(case).items():
        print(f"{name:<28} {number:>10,} bytes")
    found = play(case, asked.histories)
    lengths = [len(kinds) for kinds in found.kinds]
    counts = Counter(kind for kinds in found.kinds for kind in kinds)
    total = sum(found.seconds.values())
    cost = np.array([found.seconds[kind] / counts[kind] if counts[kind] else 0.0 for kind in range(len(CLOCKS))])
    print(f"\nevents of a history: mean {mean(lengths):.0f}, tenths {', '.join(f'{q:.0f}' for q in quantiles(lengths, n=10))}")
    print(f"words of state that an event changes: mean {mean(found.changed):.1f}, tenths "
          f"{', '.join(f'{q:.0f}' for q in quantiles(found.changed, n=10))}")  # fmt: skip
    print(f"\n{'kind of event':<16} {'events':>7} {'time':>7} {'ns each':>8}")
    for kind, number in counts.most_common():
        print(f"{CLOCKS[kind]:<16} {number / sum(counts.values()):>7.1%} {found.seconds[kind] / total:>7.1%} {cost[kind] * 1e9:>8.0f}")
    grid = table(found.kinds)
    groups = [row[n : n + WARP] for row in grid for n in range(0, grid.shape[1], WARP)]
    living = [group[group >= 0] for group in groups if (group >= 0).any()]
    print(f"\nthe n-th event is of the commonest kind in {common(grid):.1%} of the histories that are not over")
    print(f"different kinds in a step of a warp: mean {mean(len(np.unique(lanes)) for lanes in living):.1f}")
    print(f"efficiency of warps as they come           {in_step(grid, cost):.3f}")
    print(f"  if another history follows in its lane   {in_step(grid, cost, ends=False):.3f}")
    print(f"  if besides all kinds took equally long   {in_step(grid, np.ones(len(CLOCKS)), ends=False):.3f}")
    for pool in (WARP * 4, POOL):
        print(f"  queued by kind among {pool:>5} histories     {queued(found.kinds, cost, pool):.3f}")
    played, stored, events = on_the_processor(case)
    print(f"\n{STORED:,} histories on one core: {played:.2f} s to play ({played / events * 1e9:.0f} ns an event), {stored:.2f} s to store")


if __name__ == "__main__":
    main()
