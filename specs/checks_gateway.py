"""Sense in a gateway: routes that lead somewhere, once; headers that may be set; CORS that browsers accept."""

import re
from collections.abc import Iterator

from specs.apiservice import ApiServiceSpec
from specs.checks_authorizers import check_authorizers
from specs.checks_rest import check_rest, only_rest
from specs.checks_websocket import check_websocket, only_websocket
from specs.expand import did_you_mean
from specs.finding import Finding
from specs.gateway import Cors, Route
from specs.node import Steps
from specs.openapi.contract import Contract, operations_of

# "Reserved headers" on docs.aws.amazon.com/apigateway/latest/developerguide/http-api-parameter-mapping.html, and ours
RESERVED = re.compile(
    r"access-control-.*|apigw-.*|authorization|connection|content-encoding|content-length|content-location|forwarded"
    r"|keep-alive|origin|proxy-authenticate|proxy-authorization|te|trailers|transfer-encoding|upgrade|via"
    r"|x-amz-.*|x-amzn-.*|x-forwarded-.*|x-penstock-.*",
    re.IGNORECASE,
)
MOST_STAGES = 10  # "Stages per API" on the same page as the next
LONGEST = 30_000  # ms; apigatewayv2 CreateIntegration, TimeoutInMillis
MOST_ROUTES = 300  # "Routes per API", docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
SEGMENT = re.compile(r"[^{}]*|\{[A-Za-z0-9._:-]+\}")
LAST_SEGMENT = re.compile(r"[^{}]*|\{[A-Za-z0-9._:-]+\+?\}")


def check_gateway(spec: ApiServiceSpec, contract: Contract | None = None) -> Iterator[Finding]:
    """Everything in the gateway that contradicts itself, the services or the OpenAPI document."""
    yield from _routes(spec, contract)
    yield from _alike(tuple(spec.gateway.routes))
    for key, route in spec.gateway.routes.items():
        yield from _route(key, route, spec)
    if spec.gateway.type != "websocket":
        yield from only_websocket(spec)
    if spec.gateway.type == "none":
        return
    if spec.gateway.type == "websocket":
        yield from check_websocket(spec)
    else:
        yield from check_rest(spec, contract) if spec.gateway.type == "rest" else only_rest(spec)
    yield from check_authorizers(spec, contract)
    yield from _stages(spec, contract)
    if spec.gateway.waf is not None and spec.gateway.type != "rest":
        socket = spec.gateway.type == "websocket"
        message = f"a web ACL cannot stand in front of {'a WebSocket' if socket else 'an HTTP'} API"
        hint = (
            "use `type: rest`"
            if socket
            else "put it on the load balancer, `loadBalancer: {waf: …}`, or use `type: rest`"
        )
        yield Finding("E1350", ("gateway", "waf"), message, hint, at_key=True)
    if spec.gateway.cors:
        yield from _cors(spec.gateway.cors)


def _routes(spec: ApiServiceSpec, contract: Contract | None) -> Iterator[Finding]:
    routes = spec.gateway.routes
    if not routes and spec.gateway.type == "none":  # behind a network load balancer nobody needs them: check_front
        return
    if not routes and contract is None:
        hint = 'add `gateway: {routes: {"ANY /path/{proxy+}": service}}`'
        yield Finding("E1301", ("services",), "several services need routes", hint, at_key=True)
        return
    if len(routes) > MOST_ROUTES and spec.gateway.type in ("http", "websocket"):
        steps: Steps = ("gateway", "routes")
        yield Finding("E1105", steps, f"an API has {MOST_ROUTES} routes at most", "split the ApiService", at_key=True)
    served = (route for route in routes.values() if route.mock is None and route.redirect is None)
    used = {name for route in served for name in (route.weights or (route.service,))}
    if used <= spec.services.keys():
        for name in spec.services.keys() - used:
            message, steps = "no route leads to this service", ("services", name)
            yield Finding("E1301", steps, message, at_key=True, warning=contract is not None)


def _route(key: str, route: Route, spec: ApiServiceSpec) -> Iterator[Finding]:
    steps: Steps = ("gateway", "routes", key)
    if sum(map(bool, (route.service, route.mock is not None, route.redirect is not None, route.weights))) != 1:
        yield Finding("E1301", steps, "exactly one of service and mock has to be given", at_key=True)
    elif route.service and route.service not in spec.services:
        hint = did_you_mean(route.service, spec.services)
        yield Finding("E1301", (*steps, "service"), f"there is no service `{route.service}`", hint)
    yield from _shared(route, spec, steps)
    *inner, last = key.partition(" ")[2].split("/")
    if not (all(SEGMENT.fullmatch(part) for part in inner) and LAST_SEGMENT.fullmatch(last)):
        message = "a parameter is a whole segment such as {id}, and {name+} stands at the end"
        yield Finding("E1107", steps, message, at_key=True)
    if spec.gateway.type == "none":
        return
    if spec.gateway.type == "http" and route.timeout > LONGEST:
        hint = "a REST API may wait longer after a quota increase, and 15 minutes where it streams: `type: rest`"
        yield Finding("E1105", (*steps, "timeout"), "an HTTP API waits 30s at most", hint)
    if route.redirect is not None:
        message, hint = "an API sends nobody elsewhere by itself", "use `gateway: none`, or let the service answer"
        yield Finding("E1350", (*steps, "redirect"), message, hint, at_key=True)
    yield from _rewrite(route, spec.gateway.type, (*steps, "rewrite"))
    if route.hosts:
        message = "an API answers to its own name and its custom domain"
        yield Finding("E1342", (*steps, "hosts"), message, "use `domain`, or `gateway: none`", at_key=True)


def _shared(route: Route, spec: ApiServiceSpec, steps: Steps) -> Iterator[Finding]:
    """A route that several services share: by a load balancer's rule, not by an API."""
    for name in route.weights.keys() - spec.services.keys():
        hint = did_you_mean(name, spec.services)
        yield Finding("E1301", (*steps, "weights", name), f"there is no service `{name}`", hint, at_key=True)
    if route.weights and not any(route.weights.values()):
        yield Finding("E1317", (*steps, "weights"), "nobody would answer: every weight is 0", at_key=True)
    if route.sticky is not None and not route.weights:
        message = "a route with one service has nobody else to send its callers to"
        hint = "for the same task there is `targetGroup: {stickiness: {}}`"
        yield Finding("E1317", (*steps, "sticky"), message, hint, at_key=True)
    if route.weights and spec.gateway.type != "none":
        message = "an API leads a route to one service"
        yield Finding("E1350", (*steps, "weights"), message, "use `gateway: none`, or a route for each", at_key=True)


def _rewrite(route: Route, kind: str, steps: Steps) -> Iterator[Finding]:
    """Headers that may be set on the way in and out, and what only HTTP APIs rewrite."""
    if kind == "rest" and route.rewrite.response:
        message = "a REST API passes answers through as they are"
        yield Finding("E1350", (*steps, "response"), message, "use `type: http`", at_key=True)
    answers = {status: answer.headers for status, answer in route.rewrite.response.items()}
    for way, headers in (((), route.rewrite.headers), *((("response", one), each) for one, each in answers.items())):
        for header in filter(RESERVED.fullmatch, headers):
            where: Steps = (*steps, *way, "headers", header)
            owner = "Penstock" if header.lower().startswith("x-penstock-") else "API Gateway"
            yield Finding("E1316", where, f"{owner} keeps this header for itself", at_key=True)


def _stages(spec: ApiServiceSpec, contract: Contract | None) -> Iterator[Finding]:
    gateway = spec.gateway
    if gateway.stage is not None:
        where: Steps = ("gateway", "stage")
        yield Finding("E1325", where, "there are `stages` as well", "write it as one of them", at_key=True)
    if not gateway.stages:
        yield Finding("E1325", ("gateway", "stages"), "an API needs a stage", "add `$default: {}`", at_key=True)
    if len(gateway.stages) > MOST_STAGES:
        yield Finding("E1105", ("gateway", "stages"), f"an API has {MOST_STAGES} stages at most", at_key=True)
    for name, stage in gateway.stages.items():
        for key in stage.routes.keys() - gateway.routes.keys() - operations_of(contract).keys():
            where = ("gateway", "stages", name, "routes", key)
            yield Finding("E1301", where, "there is no such route", did_you_mean(key, gateway.routes), at_key=True)


def _alike(keys: tuple[str, ...]) -> Iterator[Finding]:
    """`GET /x/{a}` and `GET /x/{b}` differ in the name of a parameter only."""
    first: dict[str, str] = {}
    for key in keys:
        form = re.sub(r"\{[^}+]*", "{", key)
        if (earlier := first.setdefault(form, key)) != key:
            steps: Steps = ("gateway", "routes", key)
            yield Finding("E1302", steps, f"API Gateway takes this and `{earlier}` for one route", at_key=True)


def _cors(cors: Cors) -> Iterator[Finding]:
    for name, values in (("origins", cors.origins), ("methods", cors.methods), ("headers", cors.headers)):
        if cors.credentials and "*" in values:
            message = f"browsers refuse credentials together with any of the {name}"
            yield Finding("E1315", ("gateway", "cors", name), message, f"name the {name}", at_key=True)
