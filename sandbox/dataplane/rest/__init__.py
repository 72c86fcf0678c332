"""A request to a REST API walks the picture its stage shows, not the tree as it now is, and stops where AWS would.

stage > method > (who may, how often, with what) > integration > VPC link > listener > ... > task
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox.dataplane.balancer import ANSWERED, rule, target, target_group, task
from sandbox.dataplane.journey import INSIDE, Answer, Request, gateway_says
from sandbox.dataplane.rest.admission import firewall, method, size, stage, throttle
from sandbox.dataplane.rest.answers import refusal
from sandbox.dataplane.rest.authorizing import authorize, policy
from sandbox.dataplane.rest.caching import memorise, recall
from sandbox.dataplane.rest.integration import integration, link
from sandbox.dataplane.rest.journey import RestJourney
from sandbox.dataplane.rest.metering import key
from sandbox.dataplane.rest.responding import responded
from sandbox.dataplane.rest.validating import validate
from sandbox.services.foreign import VPC_ENDPOINT
from sandbox.world import Resource, World

Hop = Callable[[RestJourney], Answer | None]
BEFORE: tuple[Hop, ...] = (stage, firewall, method, size, policy, authorize, key, throttle, validate, recall)
BEHIND: tuple[Hop, ...] = (integration, link, rule, target_group, target, task)


def walk(world: World, api: Resource, request: Request, *, by_domain: bool = False) -> tuple[RestJourney, Answer]:
    """One request to one REST API, and where it ended. `by_domain`: not by its own endpoint, which may be off."""
    journey = RestJourney(world, api, request, request)
    closed = api["endpointConfiguration"]["types"] == ["PRIVATE"] and not _is_inside(world, request)
    if not by_domain and (api["disableExecuteApiEndpoint"] or closed):
        return journey, gateway_says(403, "Forbidden", "this API has no public execute-api endpoint")
    if refused := next((answer for hop in BEFORE if (answer := hop(journey))), None):
        return journey, refused
    answer = next((answer for hop in BEHIND if (answer := hop(journey))), None)
    assert answer, "the last hop answers"
    told = _told(journey, answer)
    memorise(journey, told)
    return journey, told


def _is_inside(world: World, request: Request) -> bool:
    """Whether it comes by a VPC endpoint, as its header says."""
    return world.find(VPC_ENDPOINT, request.headers.get(INSIDE, "")) is not None


def _told(journey: RestJourney, answer: Answer) -> Answer:
    """What was answered beyond the listener, as API Gateway passes it on."""
    if journey.listener is None:
        return answer
    if journey.listener["Protocol"] not in ("HTTP", "HTTPS") and answer.why != ANSWERED:
        return refusal(journey, "INTEGRATION_FAILURE", answer.why)
    return responded(journey, answer) if journey.integration["type"] == "HTTP" else answer
