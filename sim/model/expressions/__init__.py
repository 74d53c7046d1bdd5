"""The expression language of scenarios: predicates and derived quantities, as data.

::

    or                                 binds most loosely
    and
    not
    x at DATE, x by DATE
    < <= > >= == !=                    may be chained: 0 <= x <= 1
    + -
    * /
    -x                                 binds most tightly

Operands are numbers (``0.2``, ``1e3``; with a time unit: ``180 days``), ``true``, ``false``, dotted names
(``tension``, ``actors.usa.resolve``), and the functions ``min max abs exp log sqrt logistic power normal_cdf
normal_quantile``, ``if(condition, a, b)`` and ``held(condition, duration)``, true while the condition has held without a
break for the duration. ``x at DATE`` is what x was at the end of that day, ``condition by DATE`` whether the
condition was true at some time up to then. Names consist of
letters, digits and underscores; ``-`` is always minus. There are two kinds, number and boolean, and no conversion
between them.

Nothing here is evaluated by Python: a text becomes a small tree, is checked against the kinds of the scenario's names,
and is compiled to the program that `sim.rules.expression` runs. Columns count characters of the text from 1.

Parts, each imported by its name; from the text inwards:

* `errors`: the fault that all of them raise
* `tokens`, `reading`: from text to tree, `parse`
* `grammar`: operators and functions, for reading and writing alike
* `tree`, `expression`: the nodes; a tree with its text, time unit and limits
* `writing`: from tree to text
* `kinds`: number or condition, `check`
* `ranges`: what values are possible, `interval` and `hazards`
* `rewriting`: replacing names, splitting off what needs a memory, ordering definitions
* `program`: from tree to program, `compile_expression`
"""
