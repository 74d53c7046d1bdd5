"""Golden traces: the histories kept in this folder come out again, event by event.

They are change detectors: see `tools/golden.py`. Where a history first differs is where to look.
"""

from __future__ import annotations

import pytest

from tools import golden


@pytest.mark.parametrize("name", golden.scenarios())
def test_histories_come_out_as_they_once_did(name):
    file, kept = golden.read(name)
    now = golden.traces(*golden.scenarios()[name])
    assert (file, len(kept)) == (golden.scenarios()[name][0], len(now))
    for before, after in zip(kept, now, strict=True):
        same = zip(before.events, after.events, strict=False)
        first = next((n for n, (old, new) in enumerate(same) if old != new), None)
        assert first is None, (
            f"{file}, history {after.replication}: event {first} was (time, checksum) {before.events[first]} and is "
            f"{after.events[first]}. If that is meant, it is a 'Results change' (CHANGELOG.md): ./dev refresh golden"
        )
        assert len(before.events) == len(after.events), f"{file}, history {after.replication}: number of events"
        assert before.digest == after.digest, f"{file}, history {after.replication}: same events, other results"


def test_files_say_what_they_are():
    for name in golden.scenarios():
        text = (golden.ROOT / golden.FOLDER / f"{name}.txt").read_text("utf-8")
        assert "change detector" in text
        assert "Results change" in text
