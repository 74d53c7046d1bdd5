"""Generated files are what ``./dev refresh`` would make now."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import refresh


@pytest.mark.parametrize("name", sorted(refresh.GENERATED))
def test_generated_files_are_fresh(name):
    assert refresh.stale(name) == []


def planted(root: Path) -> list[str]:
    (root / "planted.txt").write_text("now\n", "utf-8")
    return ["planted.txt"]


def test_a_stale_or_missing_file_is_found(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(refresh, "ROOT", tmp_path)
    monkeypatch.setitem(refresh.GENERATED, "planted", (f"{__name__}:planted", True))
    assert refresh.main(["--check", "planted"]) == 1
    assert refresh.main(["planted"]) == 0
    assert refresh.main(["--check", "planted"]) == 0
    (tmp_path / "planted.txt").write_text("then\n", "utf-8")
    assert refresh.main(["--check", "planted"]) == 1
    assert "stale: planted.txt" in capsys.readouterr().out
