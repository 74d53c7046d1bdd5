"""Bargaining over positions on scales: averages, the Nash point, challenges, elections among positions.

Conventions, once for all files of this package
-----------------------------------------------
* Arrays may have any number of leading axes (``...``), one entry a drawn table; the axes named in a docstring come last.
* ``n`` actors, ``d`` dimensions. ``positions`` (..., n, d) are in the scale's own unit or, where a docstring says so, in
  shares of the scale; ``salience`` (..., n, d) is in [0, 1]; ``capability`` (..., n) is >= 0 in any unit.
* A matrix of pairs is read [i, j] as "i against j" or "of i's for j's position"; one of votes [k, i, j] as
  "k's vote for i's position against j's".
* Differences that only the order of summation could make are ties: `TIE`, in parts of the quantity compared.
"""

TIE = 1e-10  # the models decide by comparisons, and equal actors in another order must not change a decision
