"""The mathematics of games: normal and extensive form, equilibria, quantal response, bargaining points, theorems,
Gambit's files.

It knows nothing of scenarios. `sim.games.solve` has what the layers above call.
"""
