"""Mathematics of games. Knows nothing of scenarios."""
