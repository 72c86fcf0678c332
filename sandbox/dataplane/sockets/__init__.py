"""A connection to a WebSocket API: what of it becomes HTTP requests to the container, and what comes back.

`$connect` decides whether there is a connection, messages go where the route selection expression says, `$disconnect`
is told when it is over, and whoever may calls `@connections`. Sources by page of the API Gateway developer guide:
websocket-api-develop-routes, apigateway-websocket-api-route-keys-connect-disconnect,
apigateway-how-to-call-websocket-api-connections; quotas: apigateway-execution-service-websocket-limits-table.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import unquote

from sandbox.dataplane.authorizing import SIGNED, unauthorized
from sandbox.dataplane.balancer import target, target_group, task
from sandbox.dataplane.gateway import throttled
from sandbox.dataplane.journey import Answer, Journey, Request, gateway_says
from sandbox.dataplane.log import log
from sandbox.dataplane.mapping import sourced, text
from sandbox.dataplane.sockets.way import integration, link
from sandbox.dispatch import Sandbox
from sandbox.services import apigatewayv2 as api
from sandbox.world import Resource, World

IDLE, LONGEST = 600.0, 7200.0  # seconds; "Idle Connection Timeout", "Connection duration for WebSocket API"
BIGGEST = 128 * 1024  # bytes; "Message payload size"
GONE_AWAY, TOO_BIG = 1001, 1009  # RFC 6455 7.4.1
MANAGED = "@connections"
HOPS = (integration, link, target_group, target, task)


@dataclass(frozen=True)
class Client:
    """Who is at the other end: `send` a message, or `close` with a code."""

    send: Callable[[bytes], None]
    close: Callable[[int], None]


@dataclass
class Connection:
    """One open connection; times are the sandbox's."""

    id: str
    place: tuple[str, str]
    api: str
    stage: str
    came: Request
    client: Client
    opened: float
    active: float
    authorizer: dict[str, str]

    def over(self, now: float) -> bool:
        return now - self.active > IDLE or now - self.opened > LONGEST


def opened(
    sandbox: Sandbox, world: World, id: str, request: Request, client: Client, *, stage: str = ""
) -> tuple[Journey, Answer, Connection | None]:
    """An upgrade request to an API of this world; `stage` when it came by a custom domain. Without a connection the
    answer says why there is none."""
    found = world.get(api.API, id)
    request = request.over(headers={"host": f"{id}.execute-api.{world.region}.amazonaws.com"} | request.headers)
    journey = Journey(world, found, request, request.over(method="GET", body=b""), served=stage)
    connection = _new(world, journey, stage or request.path.strip("/"), client)
    answer = _stage(journey, connection) or _connected(journey, connection)
    log(journey, answer)
    if answer.status // 100 != HTTPStatus.OK // 100:
        return journey, answer, None
    connection.authorizer = journey.authorizer
    sandbox.sockets[connection.id] = connection
    return journey, answer, connection


def heard(sandbox: Sandbox, connection: Connection, message: bytes) -> Journey | None:
    """One message of the client. None: nobody is asked, because the connection is over."""
    world = sandbox.world(*connection.place)
    if connection.id not in sandbox.sockets:
        return None
    if connection.over(world.now) or len(message) > BIGGEST:
        connection.client.close(TOO_BIG if len(message) > BIGGEST else GONE_AWAY)
        ended(sandbox, connection)
        return None
    connection.active = world.now
    journey = _journey(world, connection, "MESSAGE", message)
    answer = _stage(journey, connection) or _delivered(journey)
    log(journey, answer)
    if answer.status // 100 != HTTPStatus.OK // 100:
        connection.client.send(_complaint(journey, answer))
    elif journey.route["RouteId"] in journey.deployed["answering"]:
        connection.client.send(answer.body)
    return journey


def ended(sandbox: Sandbox, connection: Connection) -> Journey | None:
    """The connection is over, whoever ended it; told once, and nobody waits for an answer."""
    if sandbox.sockets.pop(connection.id, None) is None:
        return None
    world = sandbox.world(*connection.place)
    if world.find(api.API, connection.api) is None:
        return None
    journey = _journey(world, connection, "DISCONNECT", b"")
    answer = _stage(journey, connection) or _told(journey, "$disconnect")
    log(journey, answer)
    return journey


def managed(sandbox: Sandbox, world: World, id: str, request: Request) -> Answer:
    """`POST`, `GET` and `DELETE /{stage}/@connections/{id}`, signed for execute-api; 410 for one that is over."""
    stage, _, name = unquote(request.path).strip("/").partition(f"/{MANAGED}/")
    signed = SIGNED.fullmatch(request.headers.get("authorization", ""))
    if signed is None or signed[1] != world.region:
        return gateway_says(403, "Missing Authentication Token", "the request is not signed for execute-api here")
    connection = sandbox.sockets.get(name)
    if connection is not None and connection.over(world.now):
        connection.client.close(GONE_AWAY)
        ended(sandbox, connection)
        connection = None
    if connection is None or (connection.api, connection.stage) != (id, stage):
        return Answer(410, "there is no such connection, or no more", b"", {"x-amzn-errortype": "GoneException"})
    match request.method:
        case "POST":
            connection.active = world.now
            connection.client.send(request.body)
            return Answer(200, "sent to the client")
        case "DELETE":
            connection.client.close(GONE_AWAY)
            ended(sandbox, connection)
            return Answer(204, "the connection is closed")
        case "GET":
            return Answer(200, "what is known of it", _known(connection), {"content-type": "application/json"})
    return gateway_says(403, "Missing Authentication Token", f"there is no {request.method} for connections")


# ---- in their words


def _new(world: World, journey: Journey, stage: str, client: Client) -> Connection:
    world.turns += 1
    digest = hashlib.sha256(f"{journey.api.id}/{world.turns}".encode()).hexdigest()
    id, place = f"{digest[:14]}=", (world.account, world.region)
    return Connection(id, place, journey.api.id, stage, journey.came, client, world.now, world.now, {})


def _journey(world: World, connection: Connection, event: str, body: bytes) -> Journey:
    came = replace(connection.came, body=body)
    journey = Journey(world, world.get(api.API, connection.api), came, came.over(method="POST"))
    journey.authorizer = connection.authorizer
    journey.socket = {"eventType": event, "messageDirection": "IN"}
    if event == "MESSAGE":
        world.turns += 1
        journey.socket["messageId"] = hashlib.sha256(f"{connection.id}/{world.turns}".encode()).hexdigest()[:16]
    return journey


def _stage(journey: Journey, connection: Connection) -> Answer | None:
    """A WebSocket API is served under the names of its stages only."""
    journey.socket = {"eventType": "CONNECT", "messageDirection": "IN"} | journey.socket
    journey.socket |= {"connectionId": connection.id, "connectedAt": str(int(connection.opened * 1000))}
    journey.stage = journey.world.find(api.STAGE, f"{journey.api.id}/{connection.stage}")
    if journey.stage is None or not journey.stage.fields.get("DeploymentId"):
        return gateway_says(403, "Forbidden", f"no stage '{connection.stage}', or nothing is deployed there")
    if journey.api["DisableExecuteApiEndpoint"] and not journey.served:
        return gateway_says(403, "Forbidden", "the API's execute-api endpoint is disabled")
    journey.hops.append(("stage", journey.stage["StageName"]))
    return None


def _connected(journey: Journey, connection: Connection) -> Answer:
    if (route := _route(journey, "$connect")) is None:
        return Answer(200, "nobody is asked whether to connect")
    journey.route = route
    journey.hops.append(("route", "$connect"))
    return unauthorized(journey) or throttled(journey) or _delivery(journey)


def _delivered(journey: Journey) -> Answer:
    """To the route that the message selects, or to `$default`."""
    expression = str(journey.api["RouteSelectionExpression"])
    key = text(expression, lambda source, name: sourced(journey, source, name))
    own = key if key and not key.startswith("$") else "$default"
    chosen = own if _route(journey, own) else "$default"
    if _route(journey, chosen) is None:
        return gateway_says(403, "Forbidden", f"no route '{key}', and no $default route")
    return _told(journey, chosen)


def _told(journey: Journey, key: str) -> Answer:
    if (route := _route(journey, key)) is None:
        return Answer(200, f"there is no {key} route")
    journey.route = route
    journey.hops.append(("route", key))
    return throttled(journey) or _delivery(journey)


def _delivery(journey: Journey) -> Answer:
    answer = next((answer for hop in HOPS if (answer := hop(journey))), None)
    assert answer, "the last hop answers"
    return answer


def _route(journey: Journey, key: str) -> dict[str, str] | None:
    return next((each for each in journey.deployed["routes"] if each["RouteKey"] == key), None)


def _complaint(journey: Journey, answer: Answer) -> bytes:
    """What a client hears of a message that went nowhere (observed by many; no page documents it)."""
    words = {403: "Forbidden", 429: "Too Many Requests"}.get(answer.status, "Internal server error")
    told = {"message": words, "connectionId": journey.socket["connectionId"], "requestId": journey.api.id}
    return json.dumps(told).encode()


def _known(connection: Connection) -> bytes:
    times = {"connectedAt": connection.opened, "lastActiveAt": connection.active}
    told: dict[str, object] = {name: datetime.fromtimestamp(at, UTC).isoformat() for name, at in times.items()}
    headers = connection.came.headers
    told["identity"] = {
        "sourceIp": headers.get("x-forwarded-for", "127.0.0.1"),
        "userAgent": headers.get("user-agent", ""),
    }
    return json.dumps(told).encode()


def is_managed(path: str) -> bool:
    """Whether a request to such an API is one for `@connections`; AWS's own clients write it percent-encoded."""
    return f"/{MANAGED}/" in unquote(path)


def speaks(found: Resource | None) -> bool:
    """Whether it is a WebSocket API."""
    return found is not None and found["ProtocolType"] == "WEBSOCKET"
