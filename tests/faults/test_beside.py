"""A slice of the experiments that have scenes of their own: what others do, what only a person can mend, what the
folder is for a while, whose account it is."""

from __future__ import annotations

import os
from random import Random

import pytest

from tests.faults.experiments import EXPERIMENTS, some
from tests.faults.explore import Choose, Undisturbed
from tests.faults.history import Blow
from tests.faults.test_slice import SEED, broken, played

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this platform cannot copy a process")
ALWAYS = ("hello/copied", "hello/regrouped")
MORE = (
    *("hello/retained", "hello/reordered", "hello/counted", "hello/create beside", "hello/edit bad", "hello/drift 0"),
    *(f"hello/folder {each}" for each in ("gone for a moment", "doubled", "broken beside", "unmounted")),
)


@pytest.mark.parametrize("scene", [*ALWAYS, *(pytest.param(each, marks=pytest.mark.slow) for each in MORE)])
def test_what_happens_beside_us_ends_well_whoever_dies_meanwhile(scene: str):
    """A few deaths; all of them are for `make faults`."""

    def deaths(usual: Undisturbed) -> Choose:
        return some(EXPERIMENTS["E12"].sampled(usual, Random(SEED), 2))

    found = played(scene, deaths)
    assert not broken(found)
    assert not found.flaky


def test_with_credentials_that_are_anothers_or_have_expired_nothing_is_written_and_it_is_told():
    def credentials(usual: Undisturbed) -> Choose:
        here = usual.tape.lines.index("sts:GetCallerIdentity") + 1
        half_way = usual.tape.calls // 2
        return some([(Blow("foreign", here),), (Blow("cut-off", here),), (Blow("cut-off", half_way),)])

    found = played("hello/create accounted", credentials)
    assert not broken(found)
    assert len(found.histories) == 4
