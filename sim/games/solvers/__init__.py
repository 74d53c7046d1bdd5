"""One algorithm a file. Each returns candidates; `sim.games.verify` computes their regret before anybody sees them."""
