"""E14: a spec that is gone from its folder is deleted when every guard says so, and in no other of their states."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from controller.vanished import GRACE, Held, Vanished
from reconcilers import Place
from specs import load_text
from tests.stories.writing import alone

HELD = 10
SPECS = [alone(f"hello-{number}") for number in range(HELD)]
GUARDS = ("healthy", "twice", "grace", "few", "prune", "named")


WHOLE, ONE_GONE, THREE_GONE = (load_text("\n---\n".join(SPECS[gone:])) for gone in (0, 1, 3))


@pytest.mark.parametrize("state", list(product((True, False), repeat=len(GUARDS))), ids=str)
def test_only_what_every_guard_lets_go_is_gone(state: tuple[bool, ...]):
    healthy, twice, grace, few, prune, named = state
    vanished = Vanished()
    places = {f"hello-{number}": Held(Place("eu-west-1"), prune=False, max_percent=10) for number in range(HELD)}
    vanished.notice(WHOLE, places, now=0.0)
    gone, found = (1, ONE_GONE) if few else (3, THREE_GONE)
    left = {address: held for number, (address, held) in enumerate(places.items()) if number >= gone}
    seen = found if healthy else replace(found, unreadable=frozenset({"broken.yaml"}))
    vanished.notice(seen, left, now=100.0)
    if not twice:  # it was back in between
        vanished.notice(WHOLE, places, now=110.0)
        vanished.notice(seen, left, now=100.0 + GRACE)
    now = 100.0 + (GRACE if grace else GRACE / 2)
    verdict = vanished.verdict(now, prune=prune, install="team" if named else "default")
    assert set(verdict.gone) == ({"hello-0"} if all(state) else set())
    assert not (verdict.gone and verdict.refused)
