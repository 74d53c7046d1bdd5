"""The seed files are complete, and say what they are."""

from __future__ import annotations

import yaml

from sim.resources import list_seeds, seed_path

FIELDS = {"id", "kind", "actors", "claim", "params", "grounds", "direction", "strength", "check"}
OPTIONAL = {"implicit", "paths", "switch", "moves"}  # what only some claims need; the reader refuses all else


def seed(name: str) -> dict:
    return yaml.safe_load(seed_path(name).read_text("utf-8"))


def test_commentary_has_thirty_five_claims_and_three_implicit_ones():
    claims = seed("rp-2018-03")["claims"]
    assert [sum(claim.get("implicit", False) is flag for claim in claims) for flag in (False, True)] == [35, 3]


def test_claims_have_unique_ids_and_every_field():
    for name in list_seeds():
        document = seed(name)
        assert {"type", "author", "outlet", "date", "language"} <= document["source"].keys()
        claims = document["claims"]
        assert len({claim["id"] for claim in claims}) == len(claims)
        for claim in claims:
            assert claim.keys() - OPTIONAL == FIELDS, claim["id"]
            assert claim["kind"] in document["vocabulary"]["kind"], claim["id"]
            assert claim["strength"] in document["vocabulary"]["strength"], claim["id"]
            assert claim["actors"] and claim["params"], claim["id"]
            assert claim["check"]["says"].strip(), claim["id"]
            for field in ("claim", "grounds", "direction"):
                assert len(claim[field].split()) >= 1, (claim["id"], field)
