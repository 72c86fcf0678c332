"""Sense in a WebSocket API: what AWS lets such an API reach, and what only APIs of requests and answers have.

Sources: API Gateway developer guide, websocket-api-develop-routes, websocket-api-data-mapping and
apigateway-websocket-api-route-keys-connect-disconnect; botocore's apigatewayv2 model. That it reaches a VPC by a link
V1 and its network load balancer only: whitepaper "Best Practices for Designing Amazon API Gateway Private APIs and
Private Integration", terraform-aws-apigateway-v2#151.
"""

import re
from collections.abc import Iterator

from specs.apiservice import ApiServiceSpec
from specs.authorizers import NONE
from specs.checks_rest import written
from specs.finding import Finding
from specs.gateway import Route
from specs.node import Steps
from specs.stages import CONNECT, DEFAULT, DISCONNECT, OF_REQUESTS

LONGEST = 29_000  # ms; botocore CreateIntegration, TimeoutInMillis
OF_AWS = frozenset({"mock", "apiKey", "usagePlans", "models", "validate", "executionLogs"})
"""What AWS gives WebSocket APIs too, so that it comes later or is there."""
# What an integration may read; of the request only what is told when a client connects, and the message
READABLE = re.compile(
    r"\$request\.(header|querystring)\.[A-Za-z0-9._-]+|\$request\.body(\.[A-Za-z0-9._-]+)*"
    r"|\$(context|stageVariables)\.[A-Za-z0-9._-]+|[^$'][^']*"
)
OF_CONNECTING = ("$request.header.", "$request.querystring.")


def check_websocket(spec: ApiServiceSpec) -> Iterator[Finding]:
    """Everything in the gateway that a WebSocket API cannot do, and what does not fit in it."""
    yield from _not_there(spec)
    yield from _selected(spec)
    if DEFAULT in spec.gateway.stages:
        hint = "give it a name: `stage: {name: live}`"
        steps: Steps = ("gateway", "stages", DEFAULT)
        yield Finding("E1350", steps, "a WebSocket API has no $default stage", hint, at_key=True)
    for key, route in spec.gateway.routes.items():
        yield from _route(key, route)


def _not_there(spec: ApiServiceSpec) -> Iterator[Finding]:
    """What such APIs have not, or not yet."""
    gateway = spec.gateway
    for steps, what in written(gateway):
        if (field := str(steps[-1])) in OF_AWS - {"executionLogs"}:
            message = f"`{field}` of a WebSocket API is not there yet: it comes later"
            yield Finding("E1102", ("gateway", *steps), message, at_key=True)
        elif field != "executionLogs":
            message = f"only a REST API has {what.partition(':')[0]}"
            yield Finding("E1350", ("gateway", *steps), message, "make it `type: rest`", at_key=True)
    if gateway.cors is not None:
        hint = "let a function on `$connect` look at the header Origin"
        message = "browsers ask nobody before they open a WebSocket"
        yield Finding("E1350", ("gateway", "cors"), message, hint, at_key=True)
    if gateway.integration == "internet":
        message = "a WebSocket API over the internet is not there yet: it comes later"
        yield Finding("E1102", ("gateway", "integration"), message, "use `integration: link`")
    for name in ("api", "stage"):
        if getattr(spec.overrides, name):
            message = "these are members of an HTTP API's requests"
            yield Finding("E1350", ("overrides", name), message, "use the fields of `gateway`", at_key=True)


def _selected(spec: ApiServiceSpec) -> Iterator[Finding]:
    own = [key for key in spec.gateway.routes if not (key.startswith("$") or OF_REQUESTS.fullmatch(key))]
    if own and spec.gateway.selection is None:
        hint = "add `selection: $request.body.action`, or what the messages of yours have"
        message = "nothing says by what of a message its route is chosen"
        yield Finding("E1358", ("gateway", "routes", own[0]), message, hint, at_key=True)


def only_websocket(spec: ApiServiceSpec) -> Iterator[Finding]:
    """What an API of another type cannot do."""
    hint = "make it one: `type: websocket`"
    if spec.gateway.selection is not None:
        message = "only a WebSocket API chooses routes by messages"
        yield Finding("E1350", ("gateway", "selection"), message, hint, at_key=True)
    for key, route in spec.gateway.routes.items():
        if not OF_REQUESTS.fullmatch(key):
            message = "a route is $default, or a method and a path such as GET /orders/{id}"
            yield Finding("E1107", ("gateway", "routes", key), message, at_key=True)
        if route.reply:
            message = "every request has an answer; only messages have none"
            yield Finding("E1350", ("gateway", "routes", key, "reply"), message, hint, at_key=True)


def _route(key: str, route: Route) -> Iterator[Finding]:
    steps: Steps = ("gateway", "routes", key)
    if OF_REQUESTS.fullmatch(key) and key != DEFAULT:
        message = "messages have no method and no path: $connect, $disconnect, $default, or a word of theirs"
        yield Finding("E1107", steps, message, at_key=True)
    if route.timeout > LONGEST:
        yield Finding("E1350", (*steps, "timeout"), "a WebSocket API waits 29s at most")
    if route.authorizer not in (None, NONE) and key != CONNECT:
        hint = "say it of `$connect`: who was let in may send"
        yield Finding("E1350", (*steps, "authorizer"), "only who connects is asked who he is", hint)
    if route.reply and key in (CONNECT, DISCONNECT):
        yield Finding("E1350", (*steps, "reply"), "only messages are replied to", at_key=True)
    yield from _rewrite(key, route, (*steps, "rewrite"))


def _rewrite(key: str, route: Route, steps: Steps) -> Iterator[Finding]:
    if route.rewrite.response:
        message = "what is replied goes to the client as it is"
        yield Finding("E1350", (*steps, "response"), message, "use `type: http`", at_key=True)
    if (route.rewrite.path or "").startswith("$"):
        message = "a WebSocket API cannot take a path from an expression"
        yield Finding("E1350", (*steps, "path"), message, "write the path itself")
    for place, values in (("headers", route.rewrite.headers), ("query", route.rewrite.query)):
        for name, value in values.items():
            where: Steps = (*steps, place, name)
            if value is None:
                message = "nothing of the client's goes on by itself, so there is nothing to take away"
                yield Finding("E1350", where, message, at_key=True)
            elif not READABLE.fullmatch(value):
                hint = "one of $request.body.NAME, $context.NAME, $stageVariables.NAME, or text without quotes"
                yield Finding("E1350", where, "this is no single value or expression", hint)
            elif value.startswith(OF_CONNECTING) and key != CONNECT:
                message = "headers and query parameters are told when a client connects, and never again"
                yield Finding("E1350", where, message, "read it on `$connect`, or from the message: $request.body.NAME")
