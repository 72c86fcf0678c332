"""A field set and then removed leaves the account as if it had never been there; one edit makes one edit's calls."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from controller.seen import Seen
from reconcilers.keys import Within
from reconcilers.ownership import APPLIED, CONTENT
from reconcilers.resource import plain
from tests.laws.conftest import Settled
from tests.laws.lab import Lab
from tests.laws.spec_fields import spec_fields
from tests.laws.spec_samples import BASE, NOT_HERE, SAMPLES
from tests.world import READS

THE_HASH = "logs:TagResource"
"""The one tag write of an edit: `penstock:applied` on the anchor."""

TIDYING = {"ecs:DeregisterTaskDefinition", "apigateway:DeleteDeployment"}
"""Of every new revision, and of every new deployment, the tenth before it goes."""


def test_every_field_of_a_spec_has_a_sample_or_a_reason() -> None:
    assert set(spec_fields()) - SAMPLES.keys() - NOT_HERE.keys() == set()
    assert (SAMPLES.keys() | NOT_HERE.keys()) - set(spec_fields()) == set()
    assert not SAMPLES.keys() & NOT_HERE.keys()


@pytest.mark.parametrize("name", SAMPLES)
def test_a_field_set_and_then_removed_might_never_have_been(settled: Settled, name: str) -> None:
    sample = SAMPLES[name]
    lab = settled.of(json.dumps(BASE))
    base = merged(BASE, {"spec": sample.base})
    before = settled.place.get(json.dumps(base))
    if before is None:
        applied(lab, base)
        before = account(lab.looked())
    calls, _ = applied(lab, merged(base, {"spec": sample.edit}))
    if sample.writes is not None:
        assert calls == sorted([*sample.writes, THE_HASH])
    _, edited = applied(lab, base)
    if sample.writes != ():
        assert account(edited) != before, "the field is accepted and ignored"
    lab.clock.sleep(600)
    seen = lab.looked()
    assert account(seen) == before
    assert not seen.drift
    assert not seen.plan.changes
    settled.place.clear()
    settled.place[json.dumps(base)] = before


def applied(lab: Lab, spec: Mapping[str, Any]) -> tuple[list[str], Seen]:
    """Settle this spec; the names of the writes it took, and what the look before them saw."""
    lab.asked, lab.first = [], None
    lab.write(lab.filled(json.dumps(spec)))
    lab.settle()
    lab.clock.sleep(60)
    assert lab.first is not None
    calls = (call for call, _ in lab.asked if not call.partition(":")[2].startswith(READS))
    return sorted(call for call in calls if call not in TIDYING), lab.first


def merged(base: Any, edit: Any) -> Any:
    """A merge patch (RFC 7386)."""
    if not isinstance(base, Mapping) or not isinstance(edit, Mapping):
        return edit
    both = {**base, **{key: merged(base.get(key), value) for key, value in edit.items()}}
    return {key: value for key, value in both.items() if value is not None}


def account(seen: Seen) -> dict[str, Any]:
    """Everything of ours as AWS has it, by address; ids, ARNs and names as the address they belong to."""
    words = {
        word: f"<{live.key.address} {name}>"
        for live in seen.fleet.lives
        for name, word in {"id": live.id, **live.attributes}.items()
        if len(word) > 5
    }
    told = {}
    for live in seen.fleet.lives:
        tags = {name: value for name, value in (live.resource.tags or {}).items() if name not in (APPLIED, CONTENT)}
        moved = isinstance(getattr(seen.graph.get(live.key), "desired_count", None), Within)
        without = {"tags": None} | ({"desired_count": 0} if moved else {})  # inside its envelope the count is not ours
        text = json.dumps({"fields": plain(live.resource.model_copy(update=without)), "tags": tags}, default=str)
        for word in sorted(words, key=len, reverse=True):
            text = text.replace(word, words[word])
        told[live.key.address] = json.loads(text)
    return told
