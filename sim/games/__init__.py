"""Mathematics of games: arrays in, arrays out. Knows nothing of scenarios."""
