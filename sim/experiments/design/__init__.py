"""Designs: what the rows of a run are, beyond independent histories.

A design says of row r two things: which *point* it has, a coordinate in (0, 1) for each axis that the design sets, from which
inputs and private types are drawn; and whose *draws* it has, the number of the replication that addresses all else. Rows may
share draws (common random numbers at several points) or a point (repeated draws at one). Where a design says nothing, a row has
the draws of its own number, and axes without a coordinate are drawn from the addresses of its draws.

Many points are those of ordinary replications: *the point of replication p* is what its inputs and private types are drawn from in
a run without a design. So the first row of a Saltelli design is history 0 of that run, and a row in which one input is exchanged
has it from history 1.

A design is a name and settings, plain data, kept in a run's manifest and rebuilt from it; the axes it sets and a checksum of its
first rows are kept beside it, so that whoever continues the run plays the same rows.

Parts
-----
* `base`: what designs share, how one is rebuilt from a manifest, and the `Plan` of a design for a scenario and a seed
* `addressed`: points of ordinary replications
* `sobol`, `hypercube`: points that fill their ranges evenly
* `table`: lists and grids of points, all played with the same draws
* `scatter`: lists of points with independent draws
* `shifts`: points in which inputs are shifted by standard deviations
* `nested`: points with repeated draws, for the split of a variance
* `factors`, `saltelli`, `morris`: designs for sensitivity analysis, over inputs one by one or in groups
"""

from sim.experiments.design.base import (
    BY_NAME,
    HYPERCUBE,
    NAMES,
    RANDOM,
    SOBOL,
    Design,
    Plan,
    Random,
    check_name,
    design_entry,
    design_of,
    entry_in,
    named_design,
    plan_of,
    recorded_axes,
    same_design,
    settings_of,
)

__all__ = [
    "BY_NAME",
    "HYPERCUBE",
    "NAMES",
    "RANDOM",
    "SOBOL",
    "Design",
    "Plan",
    "Random",
    "check_name",
    "design_entry",
    "design_of",
    "entry_in",
    "named_design",
    "plan_of",
    "recorded_axes",
    "same_design",
    "settings_of",
]
