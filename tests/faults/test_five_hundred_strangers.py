"""E19: among five hundred things that look like ours, a whole life touches none of them."""

from __future__ import annotations

import os
from functools import partial

import pytest

from tests.faults.explore import undisturbed
from tests.faults.forking import apart
from tests.faults.run import staged
from tests.faults.stage import alone_in_the_process

FAMILIES = 56
"""Of nine resources each."""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this platform cannot copy a process")
@pytest.mark.parametrize("scene", ["hello/create", "hello/edit port", "hello/delete"])
def test_none_of_them_is_named_or_changed(scene: str):
    with alone_in_the_process():
        count, broken = apart(partial(lived, scene), hangs=False).answer()
    assert count > 500
    assert broken == ()


def lived(scene: str) -> tuple[int, tuple[str, ...]]:
    with staged(scene, families=FAMILIES) as stage:
        return len(stage.strangers.before), undisturbed(stage).history.broken
