"""The mathematics of estimating rates from dated events: likelihoods, exact intervals, goodness of fit. No files, no scenarios."""
