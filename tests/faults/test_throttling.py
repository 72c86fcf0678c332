"""E6: fleets of one, a hundred and a thousand services under the rates that API Gateway documents.

One and a hundred are made in whole accounts. A thousand would take an hour of the machine: what they call is told from
what a few call, and goes through the budget and the documented buckets alone.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from reconcilers.budget import Budget, buckets_of
from sandbox import ManualClock
from sandbox.calls import Call
from sandbox.refusal import Refusal
from sandbox.throttles import SERVICES, Buckets
from tests.bench.fleets import SHARE, Made, cold, empty
from tests.world import StillClock

pytestmark = pytest.mark.slow
FORMS = ("http", "rest")
THOUSAND = 1_000


def made(folder: Path, form: str, number: int) -> Made:
    place = folder / f"{form}-{number}"
    place.mkdir()
    return cold(empty(place), form, number)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("number", [1, 100])
def test_a_fleet_is_never_throttled_and_takes_hardly_longer_than_the_rates_allow(
    tmp_path: Path, form: str, number: int
):
    fleet, alone = made(tmp_path, form, number), made(tmp_path, form, 1) if number > 1 else None
    assert [status.ready for status in fleet.report.statuses] == [True] * (number + 1), "and their Environment"
    assert fleet.throttled == 0
    if alone is not None:
        assert fleet.makespan < 1.2 * max(fleet.bound, fleet.paced(alone))


@pytest.mark.parametrize("form", FORMS)
def test_a_thousand_draw_on_the_buckets_as_fast_as_these_fill_and_no_faster(tmp_path: Path, form: str):
    one, three = (made(tmp_path, form, number).calls for number in (1, 3))
    each = Counter({call: (three[call] - one[call]) / 2 for call in three if three[call] > one[call]})
    clock = StillClock(ManualClock())
    budget, theirs, began = Budget(clock, SHARE), Buckets(), clock.monotonic()
    refused, drawn, left = 0, Counter[str](), Counter[str]()
    for _ in range(THOUSAND):
        left.update(each)
        for call in sorted(left):
            service, _, operation = call.partition(":")
            while left[call] >= 1:
                left[call] -= 1
                budget.spend(service, operation)
                drawn.update(buckets_of(service, operation))
                try:
                    if service in SERVICES:
                        theirs.take(Call(service, operation, REGIONAL), clock.monotonic())
                except Refusal:
                    refused += 1
    bound = max((drawn[name] - bucket.burst) / bucket.rate for name, bucket in budget.buckets.items())
    assert drawn.total() > 20 * THOUSAND, "a service is many calls"
    assert refused == 0
    assert bound - 1 < clock.monotonic() - began < 1.2 * bound


REGIONAL = {"endpointConfiguration": {"types": ["REGIONAL"]}}
