"""A game in a scenario: names of its quantities, its form as flat lists, and how it is solved."""
