"""From the method to the load balancer: the request as the integration makes it, and the listener its URI means.

In a private integration the URI's host is only a name (Host header, TLS), its port chooses the listener, and the way is
the VPC link's: to the network load balancer of a V1 link, or to the `integrationTarget` of a V2 one (ledger 6.5).
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, urlsplit

from sandbox import targets
from sandbox.dataplane.gateway import certified
from sandbox.dataplane.internet import CALLER, PORTS, balancer_at, host_of
from sandbox.dataplane.journey import Answer, Request, balancer_says
from sandbox.dataplane.rest.answers import refusal
from sandbox.dataplane.rest.journey import RestJourney
from sandbox.dataplane.rest.responding import mock
from sandbox.dataplane.rest.values import mapped, resolved, with_variables
from sandbox.dataplane.rest.velocity import NotEvaluated
from sandbox.firewall import Peer
from sandbox.firewall import refusal as filtered
from sandbox.kinds import Fields
from sandbox.services import apigateway as rest
from sandbox.services import apigatewayv2, elbv2
from sandbox.world import Resource

PRIVATELINK = Peer((), ("100.64.0.1",))  # what a load balancer that enforces its groups on PrivateLink sees
BY_HTTP = ("HTTP", "HTTP_PROXY")
ENFORCED = "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"
FAILED = "INTEGRATION_FAILURE"
KEPT = ("accept", "content-type", "x-forwarded-for")  # headers an HTTP integration sends on without a mapping
_PLACE = re.compile(r"\{(\w+)\}")


def integration(journey: RestJourney) -> Answer | None:
    """A mock answers here; what goes by HTTP goes on with the URI's path and the mapped parameters."""
    found = journey.integration = journey.method["methodIntegration"]
    journey.hops.append(("integration", found["type"]))
    if found["type"] not in (*BY_HTTP, "MOCK"):
        return refusal(journey, "API_CONFIGURATION_ERROR", f"{found['type']} integrations are not walked here")
    try:
        body = _body(journey)
    except NotEvaluated as template:
        return Answer(501, f"Velocity is not evaluated in this sandbox: {template}")
    if body is None:
        return refusal(
            journey, "UNSUPPORTED_MEDIA_TYPE", "no template for this content type, and none is passed through"
        )
    if found["type"] == "MOCK":
        return mock(journey, body)
    journey.request = _outgoing(journey, body)
    if unmapped := _PLACE.search(journey.request.path):
        return refusal(journey, "API_CONFIGURATION_ERROR", f"no request parameter fills {unmapped[0]} of the URI")
    return None


def link(journey: RestJourney) -> Answer | None:
    """To which load balancer. From the internet it is found by its DNS name."""
    if journey.integration.get("connectionType") != "VPC_LINK":
        return _public(journey)
    world, id = journey.world, with_variables(journey, journey.integration["connectionId"])
    old, new = world.find(rest.VPC_LINK, id), world.find(apigatewayv2.VPC_LINK, id)
    kept = old or new
    status = kept.fields.get("status") or kept.fields.get("VpcLinkStatus") if kept else "gone"
    if kept is None or status != "AVAILABLE":
        return refusal(journey, "API_CONFIGURATION_ERROR", f"the VPC link {id} is {status}")
    journey.hops.append(("vpc_link", kept.id))
    arn = kept["targetArns"][0] if old else journey.integration.get("integrationTarget", "")
    balancer = world.find(elbv2.LOAD_BALANCER, arn)
    if balancer is None:
        return refusal(journey, FAILED, "the load balancer is gone")
    peer: Peer | None = PRIVATELINK
    if new:
        journey.link = new.fields
        peer = Peer(tuple(new["SecurityGroupIds"]), targets.blocks(world, new["SubnetIds"]))
    elif balancer.fields.get(ENFORCED) != "on":
        peer = None
    return _arrived(journey, balancer, peer)


def _public(journey: RestJourney) -> Answer | None:
    host = urlsplit(with_variables(journey, journey.integration["uri"])).hostname or ""
    balancer = balancer_at(journey.world, host)
    if balancer is None:
        return refusal(journey, FAILED, f"nobody answers from the internet at '{host}' in this sandbox")
    journey.link = {"SubnetIds": ()}
    return _arrived(journey, balancer, CALLER)


def _arrived(journey: RestJourney, balancer: Resource, peer: Peer | None) -> Answer | None:
    """At the listener on the URI's port, through the security groups and in the protocol it speaks. Without `peer`
    nothing is filtered."""
    world, uri = journey.world, urlsplit(with_variables(journey, journey.integration["uri"]))
    if balancer["State"]["Code"] not in ("active", "active_impaired"):
        return refusal(journey, FAILED, f"the load balancer is {balancer['State']['Code']}")
    port = uri.port or PORTS[uri.scheme]
    listeners = world.all(elbv2.LISTENER, balancer.id)
    listener = next((each for each in listeners if each["Port"] == port), None)
    if listener is None:
        return refusal(journey, FAILED, f"the load balancer has no listener on port {port}")
    if peer and (why := filtered(world, peer, targets.peer(world, balancer), port)):
        return refusal(journey, FAILED, f"the load balancer is not reached: {why}")
    if wrong := _tls(journey, listener, uri.scheme, uri.hostname or ""):
        return wrong
    journey.listener = listener
    journey.hops.append(("listener", listener.id))
    return None


def _tls(journey: RestJourney, listener: Resource, scheme: str, name: str) -> Answer | None:
    """The URI's host is the name the certificate must have, unless verification is skipped (V1 links only)."""
    skips = journey.integration.get("tlsConfig", {}).get("insecureSkipVerification")
    match scheme, listener["Protocol"]:
        case _, "TCP":
            return None
        case "http", "HTTPS":
            title = "The plain HTTP request was sent to HTTPS port"
            return balancer_says(400, title, f"{title}: the URI begins with http://")
        case "http", "TLS":
            return refusal(journey, FAILED, "plain HTTP was spoken to a TLS listener")
        case "https", "HTTP":
            return refusal(journey, FAILED, "TLS was spoken to a plain HTTP listener")
        case "https", _ if not skips and not certified(journey.world, listener, name):
            return refusal(journey, "API_CONFIGURATION_ERROR", f"no certificate of the listener covers '{name}'")
    return None


# ---- the request as it goes on


def _body(journey: RestJourney) -> bytes | None:
    """Through the template of its content type; HTTP_PROXY passes it as it is. None: refused."""
    found, came = journey.integration, journey.came
    if found["type"] == "HTTP_PROXY":
        return came.body
    templates: Fields = found.get("requestTemplates", {})
    sort = came.headers.get("content-type", "application/json").partition(";")[0].strip()
    if (template := templates.get(sort)) is not None:
        return mapped(journey, template, came.body).encode()
    passed = {"WHEN_NO_MATCH": True, "WHEN_NO_TEMPLATES": not templates, "NEVER": False}
    return came.body if passed[found["passthroughBehavior"]] else None


def _outgoing(journey: RestJourney, body: bytes) -> Request:
    """The URI says where and the client nothing about it; what the client sent otherwise goes through a proxy as it is,
    and through HTTP as it is mapped. What an empty text is mapped to does not come along (docs/unverified.md)."""
    found, came = journey.integration, journey.came
    uri = urlsplit(with_variables(journey, found["uri"]))
    placed: dict[str, dict[str, str]] = {"path": {}, "querystring": {}, "header": {}}
    for name, source in found.get("requestParameters", {}).items():
        _, _, place, key = name.split(".", 3)
        placed[place][key] = resolved(journey, source)
    proxied = found["type"] == "HTTP_PROXY"
    emptied = {name.lower() for name, source in found.get("requestParameters", {}).items() if source == "''"}
    query = [*parse_qsl(uri.query, keep_blank_values=True), *(came.query if proxied else ())]
    query = [pair for pair in query if f"integration.request.querystring.{pair[0]}".lower() not in emptied]
    asked = {name: value for name, value in placed["querystring"].items() if value}
    headers = {name: value for name, value in came.headers.items() if proxied or name in KEPT}
    headers = {name: each for name, each in headers.items() if f"integration.request.header.{name}" not in emptied}
    headers |= {name.lower(): value for name, value in placed["header"].items() if value}
    headers |= {
        "host": host_of(uri.geturl()),
        "user-agent": headers.get("user-agent", f"AmazonAPIGateway_{journey.api.id}"),
        "x-amzn-apigateway-api-id": journey.api.id,
    }
    path = _PLACE.sub(lambda word: quote(placed["path"].get(word[1], word[0]), safe="/{}%"), uri.path or "/")
    pairs = (*(pair for pair in query if pair[0] not in asked), *asked.items())
    verb = found["httpMethod"]
    return Request(came.method if verb == "ANY" else verb, path, pairs, headers, body)
