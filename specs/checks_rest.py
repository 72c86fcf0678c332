"""Sense in a REST API: what HTTP APIs can do and REST APIs cannot, and the paths that a tree of resources allows.

Each refusal says the alternative (spec.md §3).
"""

import re
from collections.abc import Iterator

from specs.apiservice import ApiServiceSpec
from specs.finding import Finding
from specs.gateway import Route
from specs.node import Steps
from specs.stages import DEFAULT

LONGEST = 29_000  # ms; "Integration timeout" on docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
MOST_RESOURCES = 300  # "Resources per API" on the same page
# What CreateResource says of a path part (ledger 6.3)
PART = re.compile(r"[A-Za-z0-9._:$-]+|\{[A-Za-z0-9._:$-]+\+?\}")
VARIABLE = re.compile(r"\{([^}+]+)\+?\}")
# What an integration may read of a request: developer guide, rest-api-parameter-mapping-sources
READABLE = re.compile(r"\$(request\.(header|querystring|path)|context|stageVariables)\.[A-Za-z0-9._$-]+|[^$'][^']*|")


def check_rest(spec: ApiServiceSpec) -> Iterator[Finding]:
    """Everything in the gateway that a REST API cannot do."""
    gateway = spec.gateway
    if DEFAULT in gateway.stages:
        hint = "give it a name: `stage: {name: live}`"
        yield Finding("E1350", ("gateway", "stages", DEFAULT), "a REST API has no $default stage", hint, at_key=True)
    if gateway.cors is not None:
        yield Finding("E1102", ("gateway", "cors"), "CORS of REST APIs comes later", at_key=True)
    for name in ("api", "stage"):
        if getattr(spec.overrides, name):
            message = "these are members of an HTTP API's requests"
            yield Finding("E1350", ("overrides", name), message, "use the fields of `gateway`", at_key=True)
    for key, route in gateway.routes.items():
        yield from _route(key, route)
    yield from _tree(tuple(gateway.routes))
    if any(route.authorizer is None for route in gateway.routes.values()):
        message = "the API is open to everybody"
        hint = "if it should be, say so: `defaults: {authorizer: none}`"
        yield Finding("E1352", ("gateway",), message, hint, at_key=True, warning=True)


def only_rest(spec: ApiServiceSpec) -> Iterator[Finding]:
    """What an API of another type cannot do."""
    hint = "a REST API can: `type: rest`"
    for key, route in spec.gateway.routes.items():
        if route.mock is not None:
            steps: Steps = ("gateway", "routes", key, "mock")
            yield Finding("E1350", steps, "an HTTP API answers nothing by itself", hint, at_key=True)


def _route(key: str, route: Route) -> Iterator[Finding]:
    steps: Steps = ("gateway", "routes", key)
    if key == DEFAULT:
        hint = "write `ANY /{proxy+}` for every path, and `ANY /` for the root"
        yield Finding("E1350", steps, "a REST API has no $default route", hint, at_key=True)
        return
    if route.timeout > LONGEST:
        hint = "a Regional API may wait longer after a quota increase"
        yield Finding("E1350", (*steps, "timeout"), "a REST API waits 29s at most", hint)
    known = set(VARIABLE.findall(key))
    path = route.rewrite.path or ""
    if path.startswith("$"):
        hint = "write the path itself, with the route's parameters in it: /orders/{id}"
        yield Finding("E1350", (*steps, "rewrite", "path"), "a REST API cannot take a path from an expression", hint)
    for name in sorted(set(VARIABLE.findall(path)) - known):
        yield Finding("E1351", (*steps, "rewrite", "path"), f"the route has no parameter `{name}`")
    for header, value in route.rewrite.headers.items():
        if not READABLE.fullmatch(value or ""):
            hint = "one of $request.header.NAME, $context.NAME, $stageVariables.NAME, or text without quotes"
            message = "a REST API sets a header to one value or one expression"
            yield Finding("E1350", (*steps, "rewrite", "headers", header), message, hint)


def _tree(keys: tuple[str, ...]) -> Iterator[Finding]:
    """Resources are a tree: one parameter below each, nothing below a greedy one (ledger 6.3)."""
    variables: dict[str, tuple[str, str]] = {}
    resources: set[str] = set()
    for key in keys:
        steps: Steps = ("gateway", "routes", key)
        above = ""
        parts = [] if key.endswith(" /") or key == DEFAULT else key.partition(" /")[2].split("/")
        for part in parts:
            if not PART.fullmatch(part):
                message = "a step of a REST path has letters, digits and . _ : $ -, or is one parameter"
                yield Finding("E1351", steps, message, "leave out the last slash" if not part else "", at_key=True)
                break
            if part.startswith("{"):
                first, name = variables.setdefault(above, (key, part))
                if name != part:
                    message = f"`{first}` calls the parameter in this place {name}: a REST API has one there"
                    yield Finding("E1351", steps, message, f"call it {name} here too", at_key=True)
            above = f"{above}/{part}"
            resources.add(above)
    if len(resources) >= MOST_RESOURCES:
        message = f"an API has {MOST_RESOURCES} resources at most, its root among them"
        yield Finding("E1105", ("gateway", "routes"), message, "split the ApiService", at_key=True)
