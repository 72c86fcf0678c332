"""Tags are fields: each of ours that somebody takes off or changes is found at its path, on every kind, and put back.

A round takes one tag off everything at once, so that no other resource's tags help to recognise it.
"""

import pytest

from drift.difference import escape
from reconcilers import BY_KIND, RECONCILERS
from reconcilers.ownership import APPLIED, INSTALL, KEY, LABELS, SERVICE
from reconcilers.survey import UNTAGGED
from tests.laws.conftest import Settled
from tests.laws.lab import Lab
from tests.laws.topologies import MAXIMAL, RESTFUL

TAGS = (INSTALL, SERVICE, KEY, LABELS, "team", "cost-center", "owner")
INDEX_LAGS = 60.0
"""Seconds until the tag index, which some kinds rely on, has caught up (ledger 0.3)."""
TAGGED = {each.kind.__name__ for each in RECONCILERS} - UNTAGGED


@pytest.mark.parametrize(
    ("text", "name"), [*((MAXIMAL, name) for name in TAGS), *((RESTFUL, name) for name in (KEY, "team"))]
)
def test_a_tag_taken_off_by_hand_is_found_on_every_kind_and_put_back(settled: Settled, text: str, name: str) -> None:
    lab = settled.of(text)
    for kind in TAGGED:
        for live in lab.live(kind):
            BY_KIND[kind].tag(lab.by_hand, live, {}, (name,))
    _found_everywhere_and_repaired(lab, name)


@pytest.mark.parametrize("name", [LABELS, "team"])
def test_a_tag_changed_by_hand_is_found_on_every_kind_and_put_back(settled: Settled, name: str) -> None:
    lab = settled.of(MAXIMAL)
    for kind in TAGGED:
        for live in lab.live(kind):
            BY_KIND[kind].tag(lab.by_hand, live, {name: "changed"}, ())
    _found_everywhere_and_repaired(lab, name)


def _found_everywhere_and_repaired(lab: Lab, name: str) -> None:
    lab.clock.sleep(INDEX_LAGS)
    drift = lab.told()
    assert lab.seen is not None
    expected = {key for key in lab.seen.graph if key.kind in TAGGED}
    assert expected - drift.keys() == set()
    assert drift.keys() - expected == set()
    for key, one in drift.items():
        assert (one.how, {each.path for each in one.differences}) == ("changed", {f"/Tags/{escape(name)}"}), key
    lab.repair()
    lab.clock.sleep(INDEX_LAGS)
    assert not lab.told()


def test_other_peoples_tags_stay(settled: Settled) -> None:
    lab = settled.of(MAXIMAL)
    for kind in TAGGED:
        for live in lab.live(kind):
            BY_KIND[kind].tag(lab.by_hand, live, {"theirs": "kept"}, ())
    lab.clock.sleep(INDEX_LAGS)
    assert not lab.told()
    for kind in TAGGED:
        for live in lab.live(kind):
            assert (live.resource.tags or {})["theirs"] == "kept", kind
            BY_KIND[kind].tag(lab.by_hand, live, {}, ("theirs",))
    lab.seen = None


def test_a_forgotten_generation_is_not_drift_but_an_edit(settled: Settled) -> None:
    lab = settled.of(MAXIMAL)
    (anchor,) = (live for live in lab.live("LogGroup") if not live.key.part)
    BY_KIND["LogGroup"].tag(lab.by_hand, anchor, {}, (APPLIED,))
    lab.clock.sleep(INDEX_LAGS)
    assert not lab.told()
    assert lab.seen is not None
    assert lab.seen.edited == {"shop"}
    lab.settle()
    assert lab.looked().edited == set()
