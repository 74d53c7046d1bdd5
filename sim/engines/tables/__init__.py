"""From a compiled scenario to the flat tables that acts read."""
