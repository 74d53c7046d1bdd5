"""Blocks computed by a Dask cluster: one started here for the run, or the workers of a scheduler that runs already.

A task is one block or several, worth at least a quarter of a second. Whoever computed a block writes its chunk, where it
sees the result directory, under a name of its own; only the client, which holds the directory's lock, gives it the
chunk's name and lists it. So a worker that was thought dead, or one whose client is gone, can spoil nothing.

::

    address.py      what `--cluster` names, and whether somebody listens there
    local.py        worker processes that are started for one run
    tasks.py        what travels: a task and its answer; what a worker does with a task
    connection.py   the client's line to a scheduler: opened, looked after, closed
    client.py       a run's blocks on their way: sent out, taken back, sent again

Dask is an optional extra and imported when a cluster is asked for; of these modules a run without one loads none.
"""
