"""Fitting parameters to bands of figures that can only be simulated.

Parameters are coordinates: their probabilities under the prior, so that the prior is even on (0, 1) in each of them. Figures are what a
simulation at a point gives, with the noise of so many histories. Nothing here knows a scenario.

Parts
-----
* `bands`: what is asked of the figures, and how far off they are
* `emulator`: figures as a smooth function of the parameters
* `history_matching`: the region that earlier waves have not ruled out
* `rejection`: weights of simulated points, and the posterior that they are
* `conflicts`: which bands cannot be met, alone or together
* `rank_check`: whether the procedure finds parameters that are known
"""
