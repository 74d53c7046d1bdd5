"""Data sets: a table in CSV, and beside it a description that says what its columns mean and since when each value was known."""
