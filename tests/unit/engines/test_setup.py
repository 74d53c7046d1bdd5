"""The set-up of a case is made once, also where the threads of a run ask for it at the same time."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace

from sim.engines.tables import whole


def test_threads_that_ask_at_once_share_one_setup(monkeypatch):
    made = []

    def slow(case, room):
        time.sleep(0.02)
        made.append(room)
        return object()

    monkeypatch.setattr(whole, "_make", slow)
    case, found = SimpleNamespace(), []
    threads = [threading.Thread(target=lambda: found.append(whole.setup_of(case))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1] and len(set(map(id, found))) == 1
