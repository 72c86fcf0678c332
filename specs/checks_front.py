"""Sense in `gateway: none`: the load balancer is the front door, and what only API Gateway does is refused.

Each refusal says the alternative (spec.md §3).
"""

import re
from collections.abc import Iterator

from specs.apiservice import ApiServiceSpec
from specs.balancing import LoadBalancer
from specs.checks_login import check_logins
from specs.finding import Finding
from specs.gateway import Gateway, Rewrite, Route
from specs.node import Steps
from specs.routing import PARAMETER, Order

WITH_AN_API = "an API can: `gateway: {type: http}`"
LONGEST_BODY = 1024
LONGEST_PATTERN = 128  # characters of a value in a path-pattern condition; elbv2 PathPatternConditionConfig
MOST_RULES = 100  # "Rules per Application Load Balancer", not counting defaults; ledger 5.4


def check_front(spec: ApiServiceSpec, balancer: LoadBalancer) -> Iterator[Finding]:
    """What a load balancer cannot do in the place of an API, and routes that no rule can be made of."""
    yield from _api(spec)
    yield from check_logins(spec, balancer)
    for key, route in spec.gateway.routes.items():
        yield from _route(key, route, balancer)
    if balancer.gateway_tls is not None and spec.load_balancer.shared is None:
        yield Finding("E1342", ("loadBalancer", "gatewayTls"), "without a gateway nobody heeds it", at_key=True)
    if balancer.type == "application":
        yield from _rules(spec, balancer)


def _api(spec: ApiServiceSpec) -> Iterator[Finding]:
    """What only an API has."""
    for field in sorted(spec.gateway.model_fields_set - {"type", "routes", "defaults", "authorizers"}):
        name = Gateway.model_fields[field].alias or field
        yield Finding("E1342", ("gateway", name), "without a gateway there is no such thing", WITH_AN_API, at_key=True)
    for field in sorted(spec.gateway.defaults.model_fields_set - {"authorizer"}):
        yield from _unknown(field, ("gateway", "defaults"))
    for name in ("api", "stage"):
        if getattr(spec.overrides, name):
            message = "without a gateway there is no such request"
            yield Finding("E1342", ("overrides", name), message, at_key=True)


def _rules(spec: ApiServiceSpec, balancer: LoadBalancer) -> Iterator[Finding]:
    """The listener of an application load balancer, and how many rules it can have."""
    steps: Steps = ("gateway", "routes")
    if len(spec.gateway.routes) > MOST_RULES:
        message = f"a load balancer has {MOST_RULES} rules at most"
        yield Finding("E1105", steps, message, "split the ApiService", at_key=True)
    if not spec.gateway.routes:
        hint = 'add `gateway: {type: none, routes: {"ANY /path/{proxy+}": service}}`'
        yield Finding("E1301", ("services",), "several services need routes", hint, at_key=True)
    if spec.load_balancer.shared is not None:
        message = "the rules of several specs on one listener would collide"
        hint = "give this one a load balancer of its own: `loadBalancer: {…}`"
        yield Finding("E1342", ("loadBalancer", "shared"), message, hint)
    for name, listener in balancer.listeners.items():
        if name != balancer.front and listener.redirect is None:
            message = f"requests are answered on `{balancer.front}`"
            hint = f"add `redirect: {balancer.front}`" if balancer.listeners[balancer.front].secure else ""
            yield Finding("E1342", ("loadBalancer", "listeners", name), message, hint, at_key=True)


def _answer(route: Route, steps: Steps) -> Iterator[Finding]:
    """What a load balancer can say by itself (elbv2 FixedResponseActionConfig)."""
    mock = route.mock
    if mock is None:
        return
    if mock.headers:
        yield Finding("E1342", (*steps, "mock", "headers"), "a load balancer answers without headers", WITH_AN_API)
    if mock.status // 100 not in (2, 4, 5):
        yield Finding("E1342", (*steps, "mock", "status"), "a load balancer answers 2xx, 4xx or 5xx")
    if len(mock.body) > LONGEST_BODY:
        message = f"a load balancer says {LONGEST_BODY} characters at most"
        yield Finding("E1342", (*steps, "mock", "body"), message)


def _sent(route: Route, steps: Steps) -> Iterator[Finding]:
    """A redirect leads elsewhere (elbv2 RedirectActionConfig: "You must modify at least one of" these four)."""
    to = route.redirect
    if to is None:
        return
    if (to.protocol, to.host or "#{host}", to.port, to.path or "/#{path}") == (None, "#{host}", None, "/#{path}"):
        message = "it leads back to itself: another protocol, host, port or path has to be said"
        yield Finding("E1342", (*steps, "redirect"), message, at_key=True)
    if route.rewrite.path is not None:
        message = "what is redirected is not rewritten"
        yield Finding("E1342", (*steps, "rewrite"), message, "say the path in `redirect`", at_key=True)


def _new_path(key: str, route: Route, steps: Steps) -> Iterator[Finding]:
    """A rewritten path may name the parameters of the route's own."""
    path = route.rewrite.path or ""
    known = set(PARAMETER.findall(key))
    if strange := sorted(set(PARAMETER.findall(path)) - known):
        message = f"the route has no parameter {', '.join(strange)}"
        yield Finding("E1342", (*steps, "rewrite", "path"), message)
    if "$" in path:
        message = "a load balancer knows no `$request`: write the route's parameters, such as {id}"
        yield Finding("E1342", (*steps, "rewrite", "path"), message)


def _unknown(field: str, steps: Steps) -> Iterator[Finding]:
    name = Route.model_fields[field].alias or field
    yield Finding("E1342", (*steps, name), "a load balancer does no such thing", WITH_AN_API, at_key=True)


def _hosts(route: Route, steps: Steps) -> Iterator[Finding]:
    """Names, or one expression: a condition on hosts is either (elbv2 HostHeaderConditionConfig)."""
    expressions = [host for host in route.hosts if host.startswith("^")]
    if expressions and len(route.hosts) > 1:
        message = "an expression stands alone"
        yield Finding(
            "E1342", (*steps, "hosts"), message, "put the names into it: ^(a|b)\\.example\\.com$", at_key=True
        )
    for each in expressions:
        try:
            re.compile(each)
        except re.error as error:
            yield Finding("E1342", (*steps, "hosts"), f"it is no regular expression: {error}", at_key=True)


def _route(key: str, route: Route, balancer: LoadBalancer) -> Iterator[Finding]:
    steps: Steps = ("gateway", "routes", key)
    for field in sorted(
        route.model_fields_set - {"service", "weights", "sticky", "authorizer", "mock", "redirect", "hosts", "rewrite"}
    ):
        yield from _unknown(field, steps)
    for field in sorted(route.rewrite.model_fields_set - {"path"}):
        name = Rewrite.model_fields[field].alias or field
        message = "a load balancer rewrites the path only"
        yield Finding("E1342", (*steps, "rewrite", name), message, WITH_AN_API, at_key=True)
    yield from _answer(route, steps)
    yield from _sent(route, steps)
    yield from _new_path(key, route, steps)
    yield from _hosts(route, steps)
    if balancer.type == "network" and route.weights:
        message = "a network load balancer has a port for each service"
        yield Finding("E1340", (*steps, "weights"), message, "use an application load balancer", at_key=True)
    if balancer.type == "network" and key != "$default":
        message = "a network load balancer sees no paths: each service has a listener port"
        yield Finding("E1342", steps, message, "use `listenerPort`, or an application load balancer", at_key=True)
        return
    order = Order.of(key)
    if len(order.pattern) > LONGEST_PATTERN:
        message = f"a rule's pattern has {LONGEST_PATTERN} characters at most, and this path makes {len(order.pattern)}"
        yield Finding("E1342", steps, message, at_key=True)
    if order.last < order.first:
        message = "so many parameters in a row leave no room for its rule among those of other paths"
        yield Finding("E1342", steps, message, "begin the path with a word", at_key=True)
