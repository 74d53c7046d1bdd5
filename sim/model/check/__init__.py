"""What a scenario must satisfy beyond the shape of its parts: names that exist, sums, bounds, expressions, paths.

Every fault goes to ``add`` with its path; nothing is raised, so that an author sees all faults at once.

Parts, each imported by its name:

* `scenario`: the whole check, in the order of the file; `check` is what others call
* `checker`: what every part needs: the scenario, where faults go, and the common questions
* `values`: numbers to compare: the middle of a quantity, the utility of a package
* `sources`, `times`, `names`, `distributions`: the file as a whole
* `issues`: also packages, the menu and derived quantities
* `actors`: also veto players, signals and precision of choice
* `tracks`, `mechanisms`, `hazards`; `effects`, which all three of them have
* `outcomes`: classes of outcome
* `experiments`: metrics, uncertainties, levers, correlations, shares, targets; `correlations`: their matrices
* `changes`: variants and policies
"""
