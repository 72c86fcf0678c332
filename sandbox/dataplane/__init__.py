"""A request to an invoke URL walks what is really configured, hop by hop, and stops where AWS would stop it.

    /_aws/execute-api/{apiId}/{stage}/...       $default may be left out; for custom domains see `domains`

The way walked comes back in `x-sandbox-hops`, the reason in `x-sandbox-why`. A hop finds the next resource, or answers:
with the status AWS would give and why, or at the end with what the task says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from sandbox.calls import Http, Reply
from sandbox.dataplane import mapping, rest, sockets
from sandbox.dataplane.balancer import rule, target, target_group, task
from sandbox.dataplane.discovery import discovered
from sandbox.dataplane.gateway import cors_headers, integration, listener, route, stage, vpc_link
from sandbox.dataplane.journey import Answer, Journey, Request, gateway_says
from sandbox.dataplane.log import log
from sandbox.dataplane.rest.log import log as rest_log
from sandbox.dispatch import Sandbox
from sandbox.services import apigatewayv2 as api
from sandbox.services.apigateway import REST_API
from sandbox.world import Resource, World

PREFIX = "/_aws/execute-api/"
Hop = Callable[[Journey], Answer | None]
HOPS: tuple[Hop, ...] = (stage, route, integration, vpc_link, discovered, listener, rule, target_group, target, task)
DROPPED = ("connection", "transfer-encoding", "keep-alive", "te", "upgrade")  # a hop's own headers; RFC 9110 7.6.1


@dataclass(frozen=True)
class Walk:
    """`hops`: what was found on the way, each with its id, as far as the request went."""

    hops: tuple[tuple[str, str], ...]
    answer: Answer


def walk(world: World, id: str, request: Request, *, host: str = "", stage: str = "") -> Walk:
    """One request to one API of this world; `host` and `stage` when it came by a custom domain."""
    if old := world.find(REST_API, id):
        return _walk_rest(world, old, request.over(path=f"/{stage}{request.path}") if stage else request, host)
    found = world.find(api.API, id)
    if sockets.speaks(found):
        return Walk((), gateway_says(426, "Upgrade Required", "a WebSocket API takes WebSockets only"))
    if found is None or (found["DisableExecuteApiEndpoint"] and not host):
        return Walk((), gateway_says(404, "Not Found", "no such API, or its execute-api endpoint is disabled"))
    came = _received(world, id, request, host)
    journey = Journey(world, found, came, came, served=stage)
    answer = next((answer for hop in HOPS if (answer := hop(journey))), None)
    assert answer, "the last hop answers"
    if journey.target[0]:
        answer = mapping.response_mapped(journey, answer)
    cors = found.fields.get("CorsConfiguration")
    if cors and "origin" in came.headers and answer.status != 204:
        answer = Answer(
            answer.status, answer.why, answer.body, answer.headers | cors_headers(cors, came.headers["origin"])
        )
    log(journey, answer)
    return Walk(tuple(journey.hops), answer)


def _walk_rest(world: World, found: Resource, request: Request, host: str) -> Walk:
    journey, answer = rest.walk(world, found, _received(world, found.id, request, host), by_domain=bool(host))
    rest_log(journey, answer)
    return Walk(tuple(journey.hops), answer)


def _received(world: World, id: str, request: Request, host: str) -> Request:
    """Without the headers that belong to the client's connection."""
    asked = {"host": host or f"{id}.execute-api.{world.region}.amazonaws.com"}
    return request.over(
        headers={name: value for name, value in (request.headers | asked).items() if name not in DROPPED}
    )


def serve(sandbox: Sandbox, http: Http) -> Reply:
    """The door: finds the world that has the API, walks, and tells the way."""
    id, _, path = http.path.removeprefix(PREFIX).partition("/")
    request = Request(
        http.method, f"/{path}", tuple(parse_qsl(http.query, keep_blank_values=True)), http.headers, http.body
    )
    with sandbox.lock:
        worlds = [sandbox.world(*place) for place in list(sandbox.worlds)]
        world = next((each for each in worlds if each.find(api.API, id) or each.find(REST_API, id)), None)
        if world and sockets.speaks(world.find(api.API, id)) and sockets.is_managed(path):
            return told(Walk((), sockets.managed(sandbox, world, id, request)))
        nowhere = Walk((), gateway_says(404, "Not Found", "no such API"))
        return told(walk(world, id, request) if world else nowhere)


def told(walked: Walk) -> Reply:
    """The answer, with the way in its headers."""
    hops = " > ".join(f"{name}={found}" for name, found in walked.hops)
    way = {"x-sandbox-hops": hops, "x-sandbox-why": walked.answer.why}
    return Reply(walked.answer.status, walked.answer.headers | way, walked.answer.body)
