"""Questions to a finished run, from its record to the answer: the verbs that the command line and Python share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.analysis.asked import Asked, ask
from sim.analysis.drivers import MOST_STUDIED, DriverTable, effects_on, what_to_do
from sim.analysis.given_data import GivenData, given_data
from sim.errors import UsageError
from sim.experiments.design import design_of

if TYPE_CHECKING:
    from sim.analysis.discovery.discover import Discovery
    from sim.experiments.store import StoredRun


def ask_drivers(
    stored: StoredRun, *, outcome: str | None = None, of: str | None = None, where: str | None = None
) -> tuple[DriverTable, Asked, GivenData]:
    """What moved what is asked about, with the question and the data that answered it.

    Raises
    ------
    UsageError
        A question that cannot be answered, or nothing to answer it with: the message says why, the hint what would help.
    """
    data = given_data(stored.results, stored.case, MOST_STUDIED, design_of(stored.manifest))
    asked = ask(stored, data.rows, outcome=outcome, of=of, where=where)
    table = effects_on(asked, data, stored.seed)
    if table.missing:
        raise UsageError(f"{stored.directory}: {table.missing}", hint=what_to_do(data))
    return table, asked, data


def ask_discovery(
    stored: StoredRun,
    *,
    outcome: str | None = None,
    where: str | None = None,
    boxes: int = 4,
    limits: int = 4,
    coverage: float | None = None,
    with_tree: bool = True,
) -> Discovery:
    """Where what is asked about comes often; errors as for ``ask_drivers``."""
    from sim.analysis.discovery.discover import MOST_SEARCHED, discover

    if outcome is None and where is None:
        raise UsageError(
            "which histories are looked for? Name --outcome CLASS or --where CONDITION",
            hint=f"`sim show {stored.directory}` lists the classes of outcome and how often each came",
        )
    if coverage is not None and not 0.0 < coverage < 1.0:
        raise UsageError(f"--coverage: expected a share between 0 and 1, found {coverage:g}", hint="as in --coverage .8")
    data = given_data(stored.results, stored.case, MOST_SEARCHED, design_of(stored.manifest))
    asked = ask(stored, data.rows, outcome=outcome, where=where)
    return discover(
        asked, data, stored.seed, most_boxes=boxes, most_limits=limits, coverage=coverage, with_tree=with_tree
    )
