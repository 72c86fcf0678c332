"""People who call all the while: through the API, through its own domain, or at the load balancer's door.

Whoever was answered before a change is asked again after every call to AWS and while time passes, and must be answered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.dataplane import Walk, balancers, domains, walk
from sandbox.dataplane.journey import Request
from sandbox.dataplane.sockets import Client, ended, opened
from sandbox.services.apigateway.facts import REST_API
from sandbox.services.apigateway.facts import STAGE as REST_STAGE
from sandbox.services.apigatewayv2.access import API_MAPPING
from sandbox.services.apigatewayv2.facts import API, STAGE
from sandbox.services.apigatewayv2.names import DOMAIN
from sandbox.services.elbv2 import LOAD_BALANCER
from sandbox.world import World as Account
from tests.faults.scenes import Documents
from tests.world import ACCOUNT, REGION, World

ANSWERED = (200, 429)
"""A stage may throttle somebody who asks as often as this: he has been answered."""
TOKEN = (("token", "sesame"),)
"""Whom the guard of the demo account lets in."""
MOST = 4
"""Callers of one scene: each walk costs a millisecond, and there are hundreds."""
WAYS: Mapping[str, Callable[[Account, str, Request], Walk]] = {
    "api": walk,
    "domain": domains.arrive,
    "balancer": balancers.call,
}


@dataclass(frozen=True)
class Caller:
    """Somebody who asks for one path, again and again."""

    way: str
    where: str
    """The id of the API, the domain's name, or the balancer's."""
    method: str
    path: str

    def status(self, world: World) -> int:
        with world.sandbox.lock:
            aws = world.sandbox.world(ACCOUNT, REGION)
            if self.way == "socket":
                return _connects(world.sandbox, aws, self.where, Request(self.method, self.path, TOKEN))
            return WAYS[self.way](aws, self.where, Request(self.method, self.path)).answer.status

    def __str__(self) -> str:
        return f"{self.method} {self.path} at {self.way} {self.where}"


def callers(world: World, before: Documents, after: Documents) -> tuple[Caller, ...]:
    """Who is answered now, of those whom both specs have an answer for."""
    found: dict[tuple[str, str], list[Caller]] = {}
    then = set(_asked(after))
    for caller in _everyone(world, [each for each in dict.fromkeys(_asked(before)) if each in then]):
        if caller.status(world) == 200:
            found.setdefault((caller.way, caller.where), []).append(caller)
    first = [some[0] for some in found.values()]
    others = [each for some in found.values() for each in some[1:]]
    return tuple([*first, *others][:MOST])


def _connects(sandbox: Any, aws: Any, api: str, request: Request) -> int:
    """Somebody who opens a connection, and is gone."""
    _, answer, connection = opened(sandbox, aws, api, request, Client(lambda _: None, lambda _: None))
    if connection is not None:
        ended(sandbox, connection)
    return answer.status


def _everyone(world: World, asked: list[tuple[str, str]]) -> Iterator[Caller]:
    aws = world.sandbox.world(ACCOUNT, REGION)
    sockets = [each for each in aws.all(API) if each["ProtocolType"] == "WEBSOCKET"]
    for stage in (each for api in sockets for each in aws.all(STAGE, api.id)):
        yield Caller("socket", stage.parent, "GET", f"/{stage['StageName']}")
    for method, path in asked:
        yield from (Caller("api", each.id, method, path) for each in aws.all(API) if each not in sockets)
        for rest in aws.all(REST_API):
            for stage in aws.all(REST_STAGE, rest.id):
                yield Caller("api", rest.id, method, f"/{stage['stageName']}{path}")
        for domain in aws.all(DOMAIN):
            for mapping in aws.all(API_MAPPING, domain.id):
                yield Caller("domain", domain.id, method, f"/{mapping.fields.get('ApiMappingKey', '')}{path}")
        for balancer in aws.all(LOAD_BALANCER):
            if balancer["Scheme"] == "internet-facing":
                yield Caller("balancer", f"{balancer['DNSName']}:443", method, path)


def _asked(documents: Documents) -> Iterator[tuple[str, str]]:
    for document in documents:
        routes: dict[str, Any] = document["spec"].get("gateway", {}).get("routes", {})
        for route in routes:
            method, _, path = route.partition(" ")
            yield "GET" if method in ("ANY", "$default") else method, re.sub(r"\{[^}]+\}", "7", path) or "/"
        yield "GET", "/"
