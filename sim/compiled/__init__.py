"""Rules and acts as machine code: the same source, compiled by numba. Nothing here is imported before it is needed."""
