"""Without an API a route that is led to another service moves when that one answers.

ECS wants a target group that hangs on a balancer before it starts a task, so the rule leads there from the start, with
weight 0, and goes on sending requests to whom it sends them now. When every service it is to lead to answers, the rule
is as the spec says, and what nobody wants any more goes. (With an API the integration waits, `Reconciler.leads`.)
"""

from __future__ import annotations

from typing import Any

from drift.behind import CARRIES
from reconcilers import Fleet, Graph, Key, Live, Resource
from reconcilers.balancing.actions import Reply, Weighted, groups_of
from reconcilers.balancing.listener_rule import ListenerRule
from reconcilers.compute.service import Service
from reconcilers.keys import Ref
from reconcilers.reconciler import SERVING

MOST_GROUPS = 5
"""Target groups of one forward (ledger 5.4)."""


def succession(graph: Graph, fleet: Fleet, instances: frozenset[str]) -> tuple[dict[Key, Resource], set[str]]:
    """Other wants for rules whose next service does not answer yet, and the ids of what has to stay until it does."""
    wants: dict[Key, Resource] = {}
    for key, want in graph.items():
        if isinstance(want, ListenerRule) and key.instance in instances:
            for live in fleet.by_key.get(key, ())[:1]:
                if (now := _for_now(want, live, fleet)) is not None:
                    wants[key] = now
    return wants, unwanted(graph, fleet, {key.instance for key in wants})


def unwanted(graph: Graph, fleet: Fleet, instances: set[str]) -> set[str]:
    """The ids of what carries requests in these instances though no file asks for it any more."""
    lives = (live for live in fleet.lives if live.key.kind in CARRIES and live.key.instance in instances)
    return {live.id for live in lives if live.key not in graph}


def _for_now(want: ListenerRule, live: Live[Any], fleet: Fleet) -> ListenerRule | None:
    """The rule as it has to be meanwhile; None when it may be as the spec says."""
    there = [each for each in groups_of(live.resource.actions) if each.weight > 0]
    used = {each.target_group_arn for each in there}
    wanted = [each for each in groups_of(want.actions) if isinstance(each.target_group_arn, Ref)]
    coming = [each for each in wanted if each.weight > 0 and used.isdisjoint(_ids(each, fleet))]
    if not there or all(_answers(each, fleet) for each in coming) or len(there) + len(coming) > MOST_GROUPS:
        return None
    *first, last = want.actions
    groups = ((each.target_group_arn, each.weight) for each in there)
    forward = Reply.to(*groups, *((each.target_group_arn, 0) for each in coming)).forward_config
    assert forward is not None
    assert last.forward_config is not None
    kept = last.forward_config.model_copy(update={"target_groups": forward.target_groups})
    return want.model_copy(update={"actions": (*first, last.model_copy(update={"forward_config": kept}))})


def _ids(group: Weighted, fleet: Fleet) -> set[str | None]:
    assert isinstance(group.target_group_arn, Ref)
    key, name = group.target_group_arn.key, group.target_group_arn.attribute
    return {live.attribute(name) for live in fleet.by_key.get(key, ())}


def _answers(group: Weighted, fleet: Fleet) -> bool:
    """Whether the service behind a group answers."""
    assert isinstance(group.target_group_arn, Ref)
    key = Service.key(group.target_group_arn.key.instance, group.target_group_arn.key.part)
    return any(SERVING in live.attributes for live in fleet.by_key.get(key, ()))
