"""Static pictures are an extra: where something is missing, its name and the remedy are said."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import UsageError
from sim.reports import export
from tests.unit.reports import sample


def test_missing_browser_is_named_with_the_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(export.shutil, "which", lambda name: None)
    monkeypatch.delenv("BROWSER_PATH", raising=False)
    with pytest.raises(UsageError) as refused:
        export.export_figures(export.report_figures(sample.content()), tmp_path)
    assert "apt-get install chromium" in refused.value.hint
    assert list(tmp_path.iterdir()) == []


def test_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="expected svg, png or pdf"):
        export.export_figures({}, tmp_path, "gif")


def test_report_figures_follow_the_page() -> None:
    assert list(export.report_figures(sample.content())) == [
        "outcomes", "payoffs", "choices", "number-1", "number-2", "incidence", "phases", "fan-1", "fan-2",
        "drivers-1", "conditional-1", "conditional-2",
    ]  # fmt: skip
