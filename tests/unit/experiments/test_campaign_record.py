"""The record of a campaign: a directory belongs to one, and nothing in it is overwritten."""

from __future__ import annotations

import pytest

from sim.errors import StoreError
from sim.experiments import campaign_record


@pytest.fixture
def path(tmp_path):
    return tmp_path / "new" / "search.json"


def test_the_same_campaign_goes_on_and_another_is_refused(path):
    assert campaign_record.begin(path, "one", "search") and campaign_record.read(path) is None
    campaign_record.write(path, {"identity": "one", "of": "Österreich"})
    assert not campaign_record.begin(path, "one", "search")
    assert campaign_record.read(path) == {"identity": "one", "of": "Österreich"}
    with pytest.raises(StoreError, match="holds another search, and nothing is overwritten"):
        campaign_record.begin(path, "two", "search")


def test_what_an_interrupted_writing_left_does_not_count_as_another_thing(path):
    path.parent.mkdir()
    path.with_name("search.json.partial").write_bytes(b"{")
    assert campaign_record.begin(path, "one", "search")


def test_a_directory_with_other_things_is_refused(path):
    path.parent.mkdir()
    (path.parent / "letter.txt").write_text("dear", "utf-8")
    with pytest.raises(StoreError, match=r"holds other things already \(letter\.txt\)"):
        campaign_record.begin(path, "one", "search")


def test_a_damaged_record_is_told_with_what_to_do(path):
    path.parent.mkdir()
    path.write_bytes(b"{")
    with pytest.raises(StoreError, match=r"search\.json: cannot be read") as refused:
        campaign_record.begin(path, "one", "search")
    assert "delete the directory" in refused.value.hint
