"""Distributions of inputs: frozen descriptions, drawn by inverse CDF from one uniform each.

Drawing by inverse CDF keeps the quantile when a distribution is changed, so two variants of a
scenario differ in nothing but the change (common random numbers). All numbers are made in house
arithmetic and are the same on every machine.

Conventions
-----------
* ``quantile(u)`` takes ``u`` in (0, 1), never decreases in it and stays within ``bounds()``.
* ``sd`` of a lognormal is that of the logarithm; elsewhere it is on the natural scale.
* Constructors take their parameters in the order of the scenario file; ``distribution(name, ...)``
  takes them under the names used there. All refuse what makes no sense with a ``ParameterError``.
* Beta and gamma have no closed inverse: the first use of a shape tabulates it (about 5 ms, kept for
  the process), with an error in ``u`` below 1e-6, measured 2e-7, for shapes from 0.001 to 1e6.

Parts, each imported by its name
--------------------------------
* `base`: what all distributions share, and how parameters are refused
* `simple`: constant, uniform (also clipped), triangular, exponential, choice
* `normal`: normal (also truncated), lognormal
* `gamma_beta`: gamma, beta
* `tables`: the quantile tables that these two are read from
* `integration`: means over part of a distribution, and bins of equal probability
* `dirichlet`: shares of a whole
* `correlation`: Cholesky factor and copula of inputs that move together
* `factory`: a distribution by its name, or from an entry of a scenario file
"""
