"""Sense in a REST API: what HTTP APIs can do and REST APIs cannot, and the paths that a tree of resources allows.

Each refusal says the alternative (spec.md §3).
"""

import re
from collections.abc import Iterator, Mapping

from specs import draft4
from specs.apiservice import ApiServiceSpec
from specs.domain import Domain
from specs.expand import did_you_mean
from specs.finding import Finding
from specs.gateway import Gateway, Route
from specs.node import Steps
from specs.openapi.beside import REASONS
from specs.openapi.contract import Contract, Operation, operations_of
from specs.stages import DEFAULT

LONGEST = 29_000  # ms; "Integration timeout" on docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
MOST_THROTTLES = 20  # "Method throttles per stage" there; ledger 6.11
MOST_RESOURCES = 300  # "Resources per API" on the same page
# What CreateResource says of a path part (ledger 6.3)
PART = re.compile(r"[A-Za-z0-9._:,$-]+|\{[A-Za-z0-9._:$-]+\+?\}")
ORIGIN = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+")
VARIABLE = re.compile(r"\{([^}+]+)\+?\}")
# What an integration may read of a request: developer guide, rest-api-parameter-mapping-sources
READABLE = re.compile(r"\$(request\.(header|querystring|path)|context|stageVariables)\.[A-Za-z0-9._$-]+|[^$'][^']*|")
UNREADABLE = "a REST API sets this to one value or one expression"
READ = "one of $request.header.NAME, $context.NAME, $stageVariables.NAME, or text without quotes"


def check_rest(spec: ApiServiceSpec, contract: Contract | None = None) -> Iterator[Finding]:
    """Everything in the gateway that a REST API cannot do."""
    gateway = spec.gateway
    if DEFAULT in gateway.stages:
        hint = "give it a name: `stage: {name: live}`"
        yield Finding("E1350", ("gateway", "stages", DEFAULT), "a REST API has no $default stage", hint, at_key=True)
    if gateway.cors is not None and len(gateway.cors.origins) > 1:
        for number, origin in enumerate(gateway.cors.origins):
            if not ORIGIN.fullmatch(origin):
                message = "beside others a REST API takes an origin as it is, without `*`"
                hint = "write it whole, such as https://shop.example.com; or let a service answer: `OPTIONS /path`"
                yield Finding("E1350", ("gateway", "cors", "origins", number), message, hint)
    for key, route in gateway.routes.items():
        yield from _route(key, route)
        yield from _waiting(key, route, gateway)
    yield from _tree(tuple(key for key in gateway.routes if key not in operations_of(contract)))
    yield from _endpoint(gateway, contract)
    yield from _models(gateway, contract)
    yield from _responses(gateway)
    yield from _plans(gateway, operations_of(contract))
    yield from _caches(gateway)
    settled = contract.settled if contract is not None else ()
    if any(route.authorizer is None for key, route in gateway.routes.items() if key not in settled):
        message = "the API is open to everybody"
        hint = "if it should be, say so: `defaults: {authorizer: none}`"
        yield Finding("E1352", ("gateway",), message, hint, at_key=True)


def only_rest(spec: ApiServiceSpec) -> Iterator[Finding]:
    """What an API of another type cannot do."""
    for steps, what in written(spec.gateway):
        message = f"only a REST API has {what}"
        yield Finding("E1350", ("gateway", *steps), message, "make it one: `type: rest`", at_key=True)


def written(gateway: Gateway) -> Iterator[tuple[Steps, str]]:
    """Everything of a gateway that only REST APIs have, and what it is."""
    own: tuple[tuple[str, object, str], ...] = (
        ("endpoint", gateway.endpoint != "regional", "edge and private endpoints"),
        ("vpcEndpoints", gateway.vpc_endpoints, "private endpoints"),
        ("tlsPolicy", gateway.tls_policy, "TLS policies of its own"),
        ("compression", gateway.compression is not None, "compression"),
        ("binaryMediaTypes", gateway.binary_media_types, "a list of binary types: HTTP APIs pass everything as it is"),
        ("responseMode", gateway.response_mode != "buffered", "streamed answers"),
        ("policy", gateway.policy, "resource policies"),
        ("usagePlans", gateway.usage_plans, "usage plans"),
        ("models", gateway.models, "models"),
        ("responses", gateway.responses, "gateway responses"),
        ("openapi", gateway.openapi, "an OpenAPI document here, though AWS imports them for HTTP APIs too"),
        *_of_domain(gateway.domain),
        ("adopt", gateway.adopt, "a way of being taken over when it was made by hand"),
    )
    yield from ((tuple(field.split("/")), what) for field, there, what in own if there)
    for name, stage in gateway.stages.items():
        here: tuple[tuple[str, object, str], ...] = (
            ("cache", stage.cache, "caches"),
            ("tracing", stage.tracing, "X-Ray tracing"),
            ("executionLogs", stage.execution_logs != "OFF", "execution logs"),
        )
        yield from ((("stages", name, field), what) for field, there, what in here if there)
    for key, route in gateway.routes.items():
        there = (
            ("mock", route.mock, "answers of its own"),
            ("validate", route.validation, "request validation"),
            ("cache", route.cache, "caches"),
            ("apiKey", route.api_key, "API keys"),
            ("responseMode", route.response_mode, "streamed answers"),
        )
        yield from ((("routes", key, field), what) for field, value, what in there if value is not None)


def _of_domain(domain: Domain | None) -> Iterator[tuple[str, object, str]]:
    if domain is not None:
        yield "domain/rules", domain.rules, "routing rules for its domain"
        yield "domain/endpoint", domain.endpoint in ("edge", "private"), "edge and private domains"
        yield "domain/tlsPolicy", domain.tls_policy, "TLS policies for its domain"
        yield "domain/endpointAccess", domain.endpoint_access != "basic", "strict access to its domain"
        yield "domain/vpcEndpoints", domain.vpc_endpoints, "private domains"
        yield "domain/policy", domain.policy, "private domains"


def _route(key: str, route: Route) -> Iterator[Finding]:
    steps: Steps = ("gateway", "routes", key)
    if key == DEFAULT:
        hint = "write `ANY /{proxy+}` for every path, and `ANY /` for the root"
        yield Finding("E1350", steps, "a REST API has no $default route", hint, at_key=True)
        return
    known = set(VARIABLE.findall(key))
    path = route.rewrite.path or ""
    if path.startswith("$"):
        hint = "write the path itself, with the route's parameters in it: /orders/{id}"
        yield Finding("E1350", (*steps, "rewrite", "path"), "a REST API cannot take a path from an expression", hint)
    for name in sorted(set(VARIABLE.findall(path)) - known):
        yield Finding("E1351", (*steps, "rewrite", "path"), f"the route has no parameter `{name}`")
    for place, values in (("headers", route.rewrite.headers), ("query", route.rewrite.query)):
        for name in (each for each, value in values.items() if not READABLE.fullmatch(value or "")):
            yield Finding("E1350", (*steps, "rewrite", place, name), UNREADABLE, READ)


def _endpoint(gateway: Gateway, contract: Contract | None) -> Iterator[Finding]:
    """A private API answers through VPC endpoints and on both kinds of addresses (ledger 6.2)."""
    if gateway.endpoint == "private" and not gateway.policy and not (contract and contract.api.get("policy")):
        message = "a private API lets nobody in without a policy"
        hint = "add `policy: [{effect: Allow, sourceVpcEndpoint: [vpce-…]}]`"
        yield Finding("E1355", ("gateway", "endpoint"), message, hint, at_key=True)
    said = gateway.ip_address_type if "ip_address_type" in gateway.model_fields_set else None
    if gateway.endpoint == "private" and said == "ipv4":
        message = "a private API answers on IPv4 and IPv6"
        yield Finding("E1355", ("gateway", "ipAddressType"), message, "leave it out, or say `dualstack`")
    if gateway.vpc_endpoints and gateway.endpoint != "private":
        message = "only a private API has VPC endpoints"
        yield Finding("E1355", ("gateway", "vpcEndpoints"), message, "say `endpoint: private`", at_key=True)
    edge = (gateway.tls_policy or "").endswith("_EDGE")
    if gateway.tls_policy is not None and gateway.tls_policy.startswith("Sec") and edge != (gateway.endpoint == "edge"):
        message = f"{gateway.tls_policy} is not for {gateway.endpoint} APIs"
        yield Finding("E1355", ("gateway", "tlsPolicy"), message)


def _waiting(key: str, route: Route, gateway: Gateway) -> Iterator[Finding]:
    """29 s is a quota that AWS raises, but not at the edge; streams have 15 minutes of their own (guide, "Quotas for
    configuring and running a REST API" and "Stream the integration response")."""
    if route.timeout <= LONGEST or (route.response_mode or gateway.response_mode) == "stream":
        return
    steps: Steps = ("gateway", "routes", key, "timeout")
    if gateway.endpoint == "edge":
        hint = (
            "another `endpoint` may wait longer after a quota increase, and `responseMode: stream` does for 15 minutes"
        )
        yield Finding("E1350", steps, "a REST API at the edge waits 29s at most", hint)
        return
    hint = "ask Service Quotas for a longer `Maximum integration timeout`, or say `responseMode: stream`"
    yield Finding("E1367", steps, "a REST API waits 29s until the account's quota is raised", hint, warning=True)


def _models(gateway: Gateway, contract: Contract | None) -> Iterator[Finding]:
    """A body is held to a model that there is; two are AWS's own."""
    for name in gateway.models.keys() & {"Empty", "Error"}:
        message = "every API has a model of this name from the start"
        yield Finding("E1301", ("gateway", "models", name), message, "give it another name", at_key=True)
    for name, model in gateway.models.items():
        for steps, message in draft4.faults(model.json_schema):
            hint = f"a model is JSON Schema of draft 4; AWS: {draft4.REFUSED}"
            yield Finding("E1369", ("gateway", "models", name, "schema", *steps), message, hint, at_key=True)
    for key, route in gateway.routes.items():
        named = route.validation.body if route.validation is not None else None
        known = {*gateway.models, *(contract.models if contract is not None else ())}
        if named is not None and named not in known:
            hint = did_you_mean(named, known)
            where: Steps = ("gateway", "routes", key, "validate", "body")
            yield Finding("E1301", where, f"there is no model `{named}`", hint)


def _responses(gateway: Gateway) -> Iterator[Finding]:
    """What API Gateway answers by itself: for a reason that there is, and with headers it can make."""
    for reason, response in gateway.responses.items():
        steps: Steps = ("gateway", "responses", reason)
        if reason not in REASONS:
            message = f"there is no gateway response `{reason}`"
            yield Finding("E1301", steps, message, did_you_mean(reason, REASONS), at_key=True)
        for header, value in response.headers.items():
            if not READABLE.fullmatch(value):
                yield Finding("E1350", (*steps, "headers", header), UNREADABLE, READ)


def _plans(gateway: Gateway, operations: Mapping[str, Operation]) -> Iterator[Finding]:
    """Plans name what there is, and somebody has to need a key."""
    for name, plan in gateway.usage_plans.items():
        steps: Steps = ("gateway", "usagePlans", name)
        for stage in plan.stages:
            if stage not in gateway.stages:
                hint = did_you_mean(stage, gateway.stages)
                yield Finding("E1301", (*steps, "stages"), f"there is no stage `{stage}`", hint)
        for key in plan.routes.keys() - gateway.routes.keys() - operations.keys():
            hint = did_you_mean(key, gateway.routes)
            yield Finding("E1301", (*steps, "routes", key), "there is no such route", hint, at_key=True)
        if len(plan.routes) > MOST_THROTTLES:
            message = f"a plan throttles {MOST_THROTTLES} routes of a stage at most"
            yield Finding("E1105", (*steps, "routes"), message, at_key=True)
    asked = any(route.api_key for route in gateway.routes.values())
    if gateway.usage_plans and not asked and not any(each.guard.api_key for each in operations.values()):
        hint = "say `apiKey: required` where a key is needed"
        message = "no route asks for a key, so nobody is counted"
        yield Finding("E1353", ("gateway", "usagePlans"), message, hint, at_key=True)
    for key, route in gateway.routes.items() if not gateway.usage_plans else ():
        if route.api_key:
            message = "there is no usage plan whose key would open it"
            yield Finding("E1353", ("gateway", "routes", key, "apiKey"), message, "add `usagePlans`")


def _caches(gateway: Gateway) -> Iterator[Finding]:
    """Only answers to GET are remembered, and only where a stage has a cache."""
    cached = {key: route for key, route in gateway.routes.items() if route.cache is not None}
    for key, route in cached.items():
        steps: Steps = ("gateway", "routes", key, "cache")
        if key.partition(" ")[0] not in ("GET", "ANY"):
            yield Finding("E1350", steps, "only answers to GET are remembered", at_key=True)
        if route.mock is not None:
            yield Finding("E1350", steps, "an answer of API Gateway's own needs no cache", at_key=True)
    if cached and not any(stage.cache for stage in gateway.stages.values()):
        message = "no stage has a cache, so nothing is remembered"
        steps = ("gateway", "routes", next(iter(cached)), "cache")
        yield Finding("E1354", steps, message, "add `cache: {}` to a stage", at_key=True, warning=True)


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
