"""Where the shipped files lie: in the folders of a checkout, or copied into the installed package.

A checkout has ``scenarios/``, ``seeds/`` and ``data/`` at its top, where readers look for them. A wheel carries the same
folders inside the package, so that ``sim run summit`` works where nobody cloned anything.
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
CHECKOUT = PACKAGE.parent
SUFFIX = ".yaml"
SHELVES = ("history", "theory")  # folders of scenarios below ``scenarios/``, by which their names begin


def folder(name: str) -> Path:
    """The folder ``name`` of the checkout this package runs from, else the copy inside the package.

    A folder is a checkout's only beside a ``pyproject.toml``: what lies beside an installed package is another's.
    """
    top = CHECKOUT / name
    if (CHECKOUT / "pyproject.toml").is_file() and top.is_dir():
        return top
    return PACKAGE / "data" / name


def list_scenarios() -> list[str]:
    """Names of the shipped scenarios, sorted: what ``sim run NAME`` accepts besides a path.

    ``theory/NAME`` for textbook games, ``history/NAME`` for cases of the back-test.
    """
    top = folder("scenarios")
    return [*_names(top), *(f"{shelf}/{name}" for shelf in SHELVES for name in _names(top / shelf))]


def scenario_path(name: str) -> Path:
    """The file of the shipped scenario ``name`` (``summit``, ``summit.yaml``).

    Raises FileNotFoundError, which lists the names there are.
    """
    return _find("scenarios", name)


def list_conflicts() -> list[str]:
    """Names of the shipped conflicts in option form, sorted: what ``sim stability NAME`` accepts besides a path."""
    return _names(folder("scenarios") / "stability")


def conflict_path(name: str) -> Path:
    """The file of the shipped conflict ``name``.

    Raises FileNotFoundError, which lists the names there are.
    """
    return _find("scenarios/stability", name)


def list_tables() -> list[str]:
    """Names of the shipped spatial tables, sorted: what ``sim spatial NAME`` accepts besides a path."""
    return _names(folder("scenarios") / "spatial")


def table_path(name: str) -> Path:
    """The file of the shipped spatial table ``name``.

    Raises FileNotFoundError, which lists the names there are.
    """
    return _find("scenarios/spatial", name)


def list_datasets() -> list[str]:
    """Names of the shipped data sets, sorted: what ``sim data NAME`` accepts besides a path."""
    return _names(folder("data"))


def dataset_path(name: str) -> Path:
    """The description of the shipped data set ``name``; its table and its page lie beside it.

    Raises FileNotFoundError, which lists the names there are.
    """
    return _find("data", name)


def list_seeds() -> list[str]:
    """Names of the shipped seeds (claims taken from source documents), sorted."""
    return _names(folder("seeds"))


def seed_path(name: str) -> Path:
    """The file of the shipped seed ``name`` (``rp-2018-03``, with or without suffix).

    Raises FileNotFoundError, which lists the names there are.
    """
    return _find("seeds", name)


def shipped_audits() -> list[Path]:
    """Files of the audits of claims that are shipped: what `sim claims` found for the shipped scenarios as they are."""
    return sorted((folder("seeds") / "audits").glob("*.json"))


def _names(place: Path) -> list[str]:
    return sorted(path.stem for path in place.glob(f"*{SUFFIX}"))


def _find(kind: str, name: str) -> Path:
    stem = name.removesuffix(SUFFIX)
    top, _, below = kind.partition("/")
    place = folder(top) / below
    known = list_scenarios() if kind == "scenarios" else _names(place)
    if stem not in known:
        there_are = ", ".join(known) or "none"
        raise FileNotFoundError(f"no {stem}{SUFFIX} among the shipped {kind}; there are: {there_are}")
    return place / f"{stem}{SUFFIX}"
