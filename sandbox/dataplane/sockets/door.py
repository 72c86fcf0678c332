"""WebSockets over a socket: the upgrade, then one thread for each connection that reads what its client sends.

ws://127.0.0.1:4566/_aws/execute-api/{apiId}/{stage}
ws://127.0.0.1:4566/_aws/domain/{name}/{path}        or by Host, as other requests to a custom domain
{POST, GET, DELETE} /_aws/execute-api/{apiId}/{stage}/@connections/{connectionId}
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from urllib.parse import parse_qsl

from sandbox.calls import Http, Reply
from sandbox.dataplane import PREFIX, Walk, domains, told
from sandbox.dataplane.journey import Request, gateway_says
from sandbox.dataplane.sockets import Client, ended, heard, opened, speaks
from sandbox.dataplane.sockets.frames import TEXT, Read, Write, accepted, closing, frame, messages
from sandbox.dispatch import Sandbox
from sandbox.services import apigatewayv2 as api
from sandbox.world import World

PROTOCOL = "sec-websocket-protocol"


def is_upgrade(http: Http) -> bool:
    return http.headers.get("upgrade", "").lower() == "websocket"


def serve(sandbox: Sandbox, http: Http, read: Read, write: Write) -> Reply | None:
    """Stays until the connection is over. A reply instead: there is no connection, and this is why."""
    send = _serialised(write)
    with sandbox.lock:
        found = _by_endpoint(sandbox, http) if http.path.startswith(PREFIX) else _by_domain(sandbox, http)
        if isinstance(found, Walk):
            return told(found)
        world, id, stage, request = found
        if not speaks(world.find(api.API, id)):
            return told(Walk((), gateway_says(403, "Forbidden", "this is no WebSocket API")))
        client = Client(lambda text: send(frame(TEXT, text)), lambda code: send(closing(code)))
        journey, answer, connection = opened(sandbox, world, id, request, client, stage=stage)
    if connection is None:
        return told(Walk(tuple(journey.hops), answer))
    write(_switching(http.headers.get("sec-websocket-key", ""), answer.headers.get(PROTOCOL, "")))
    for message in messages(read, send):
        with sandbox.lock:
            heard(sandbox, connection, message)
    with sandbox.lock:
        ended(sandbox, connection)
    return None


Meant = tuple[World, str, str, Request]  # the world, the API, the stage where a domain says it, what the API sees


def _by_endpoint(sandbox: Sandbox, http: Http) -> Meant | Walk:
    id, _, path = http.path.removeprefix(PREFIX).partition("/")
    worlds = [sandbox.world(*place) for place in list(sandbox.worlds)]
    world = next((each for each in worlds if each.find(api.API, id)), None)
    if world is None:
        return Walk((), gateway_says(403, "Forbidden", "no such API"))
    kept = {name: value for name, value in http.headers.items() if name != "host"}
    query = tuple(parse_qsl(http.query, keep_blank_values=True))
    return world, id, "", Request(http.method, f"/{path}", query, kept)


def _by_domain(sandbox: Sandbox, http: Http) -> Meant | Walk:
    name, request = domains.asked(http)
    world = domains.world_of(sandbox, name, request)
    if world is None:
        return Walk((), gateway_says(403, "Forbidden", f"there is no custom domain {name}"))
    way = domains.led(world, name, request)
    if isinstance(way, Walk):
        return way
    headers = request.headers | {"host": name}
    return world, way.leads["ApiId"], way.leads["Stage"], request.over(path=way.path, headers=headers)


def _switching(key: str, protocol: str) -> bytes:
    """The subprotocol is the one `$connect` answered with (developer guide, websocket-connect-route-subprotocol)."""
    lines = [
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Accept: {accepted(key)}",
        *([f"Sec-WebSocket-Protocol: {protocol}"] if protocol else []),
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def _serialised(write: Write) -> Callable[[bytes], None]:
    """Frames of several threads do not mix; to a client that is gone nothing is written."""
    lock = threading.Lock()

    def send(octets: bytes) -> None:
        with lock:
            try:
                write(octets)
            except OSError:
                return

    return send
