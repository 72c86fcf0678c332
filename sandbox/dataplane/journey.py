"""What travels from hop to hop: the request as it now is, and what has been found on the way."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any

from sandbox.kinds import Fields
from sandbox.services.apigatewayv2 import DEPLOYMENT
from sandbox.world import Resource, World

PAGE = "<html>\r\n<head><title>{title}</title></head>\r\n<body><center><h1>{title}</h1></center></body>\r\n</html>\r\n"

INSIDE = "x-sandbox-vpc-endpoint"  # the id of the VPC endpoint that a request comes by; from the internet without it


@dataclass(frozen=True)
class Request:
    """An HTTP request. Header names in lower case, `path` without the query and still percent-encoded."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def over(self, **changes: Any) -> Request:
        return replace(self, **changes)


@dataclass(frozen=True)
class Answer:
    """Where the walk ended. `why` is for people: it names what is wrong, or that the task answered."""

    status: int
    why: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Journey:
    """One request on its way. `request` is what the next hop sees; `came` is what the client sent."""

    world: World
    api: Resource  # or the load balancer, where that is the front door
    came: Request
    request: Request
    served: str = ""  # the stage that a custom domain leads to; empty: the path says
    hops: list[tuple[str, str]] = field(default_factory=list)  # (hop, the id it found)
    stage: Resource | None = None
    route: Fields = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)  # of the route's path
    authorizer: dict[str, str] = field(default_factory=dict)  # what is known of the caller: $context.authorizer
    integration: Fields = field(default_factory=dict)
    link: Fields = field(default_factory=dict)
    listener: Resource | None = None
    rule: Resource | None = None
    forward: Fields = field(default_factory=dict)
    group: Resource | None = None
    target: tuple[str, int] = ("", 0)
    socket: dict[str, str] = field(default_factory=dict)  # of a WebSocket's event: its part of $context
    client: str = ""  # the address of who speaks to the load balancer itself; empty behind an API

    @property
    def deployed(self) -> Fields:
        """The snapshot that the stage serves."""
        assert self.stage, "the stage comes first"
        return self.world.get(DEPLOYMENT, self.stage["DeploymentId"]).hidden


def gateway_says(status: int, message: str, why: str) -> Answer:
    """An answer of API Gateway's own: JSON with a message."""
    return Answer(status, why, json.dumps({"message": message}).encode(), {"content-type": "application/json"})


def balancer_says(status: int, title: str, why: str) -> Answer:
    """An answer of the load balancer's own: a small HTML page."""
    return Answer(status, why, PAGE.format(title=f"{status} {title}").encode(), {"content-type": "text/html"})
