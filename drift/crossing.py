"""From a load balancer to Cloud Map, or back, without a moment in which nobody is found.

The tasks are reached both ways until the route has moved: (1) they register in the new place as well as in the old one,
and the integration stays as it is; (2) when they have settled there, the integration moves; (3) the service leaves the
old place, and that goes. Each is the ordinary planner's answer to what is live, as in `drift.handover`.
"""

from __future__ import annotations

from typing import Any

from drift.succession import unwanted
from reconcilers import Fleet, Graph, Key, Live, Resource
from reconcilers.balancing.load_balancer import LoadBalancer
from reconcilers.compute.service import Service
from reconcilers.gateway.integration import Integration
from reconcilers.reconciler import SERVING
from reconcilers.resource import Known, fields_of, resolve


def crossing(graph: Graph, fleet: Fleet, instances: frozenset[str]) -> tuple[dict[Key, Resource], set[str]]:
    """Other wants for services that are to be found another way, and for who calls them; and the ids of what has to
    stay meanwhile."""
    wants: dict[Key, Resource] = {}
    leaving = [
        (key, want, live)
        for key, want in graph.items()
        if isinstance(want, Service) and key.instance in instances
        for live in fleet.by_key.get(key, ())[:1]
        if _leaves(want, live.resource)
    ]
    if not leaving:
        return {}, set()
    known = {
        (live.key, name): value for live in fleet.lives for name, value in {**live.attributes, "id": live.id}.items()
    }
    for key, want, live in leaving:
        if callers := _callers(graph, fleet, key, known):
            wants[key] = _both(want, live.resource)
            if not _settled(want, live, fleet):
                wants |= callers
    return wants, unwanted(graph, fleet, {key.instance for key in wants})


def _leaves(want: Service, live: Service) -> bool:
    """Whether the live service is found in a way, or also in a way, that is no longer wanted."""
    return bool(live.load_balancers and not want.load_balancers) or bool(
        live.service_registries and not want.service_registries
    )


def _both(want: Service, live: Service) -> Service:
    """As wanted, and found where it is found now."""
    grace = want.health_check_grace_period_seconds
    return want.model_copy(
        update={
            "load_balancers": want.load_balancers or live.load_balancers,
            "service_registries": want.service_registries or live.service_registries,
            "health_check_grace_period_seconds": live.health_check_grace_period_seconds if grace is None else grace,
        }
    )


def _callers(graph: Graph, fleet: Fleet, service: Key, known: Known) -> dict[Key, Resource]:
    """The integrations that lead to the service the old way still, as they are now."""
    found: dict[Key, Resource] = {}
    for key, want in graph.items():
        if isinstance(want, Integration) and want.serves is not None and want.serves.key == service:
            for live in fleet.by_key.get(key, ())[:1]:
                if resolve(want, known).integration_uri != live.resource.integration_uri:
                    found[key] = as_it_is(want, live)
    return found


def _settled(want: Service, live: Live[Any], fleet: Fleet) -> bool:
    """Whether the tasks are found the new way, too."""
    there: Service = live.resource
    registered = bool(there.load_balancers) == bool(want.load_balancers or there.load_balancers) and bool(
        there.service_registries
    ) == bool(want.service_registries or there.service_registries)
    balancers = [each for each in fleet.of(LoadBalancer) if each.key.instance == live.key.instance]
    open_ = bool(want.service_registries) or not any(each.settling for each in balancers)
    return registered and SERVING in live.attributes and not live.settling and open_


def as_it_is(want: Resource, live: Live[Any]) -> Resource:
    """What is live, with what only we know of it."""
    ours = {each.name: getattr(want, each.name) for each in fields_of(type(want)) if each.hidden or each.name == "tags"}
    return live.resource.model_copy(update=ours)
