"""The graph model for conflict resolution: states, moves, ordinal preferences, and which states are stable for whom.

`graph` holds the model, `options` makes one from yes/no options, `joint` has what several decision makers can bring
about in turn, `concepts` the definitions of stability, `paths` the ways from a state.

Source: Fang, Hipel and Kilgour (1993), Interactive Decision Making: The Graph Model for Conflict Resolution; Kilgour,
Hipel and Fang (1987), Automatica 23(1); Fraser and Hipel (1979) for sequential stability; Howard (1971) for metarationality.
"""
