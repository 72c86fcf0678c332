"""Planning takes as long as there is much to plan, and no longer."""

import cProfile
import pstats

import pytest

from drift import Scope, make_plan
from reconcilers import Fleet
from reconcilers.survey import desire
from tests.bench import plans


def calls(number: int, *, new: bool) -> int:
    """How many Python calls it takes to plan so many services: a figure that no busy machine changes."""
    instances, facts = plans.services(number)
    graph = desire(instances, facts).graph
    fleet, scope = Fleet() if new else plans.in_sync(graph), Scope(frozenset(each.address for each in instances))
    make_plan(graph, fleet, scope)  # what is found out once for all
    profile = cProfile.Profile()
    profile.runcall(make_plan, graph, fleet, scope)
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]


@pytest.mark.parametrize("new", [True, False])
def test_twice_as_many_services_take_twice_the_work(new):
    assert calls(80, new=new) < 2.2 * calls(40, new=new)
