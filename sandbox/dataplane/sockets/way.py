"""From a route of a WebSocket API to the load balancer: each event is one HTTP request, made as the integration says.

Nothing of the client's own headers is passed on by itself; what the container is to know is mapped (developer guide,
websocket-api-data-mapping). A private integration goes through a VPC link V1 to its network load balancer; the host of
its URI is only a name, its port chooses the listener (ledger 6.5).
"""

from __future__ import annotations

import json
import re
from urllib.parse import SplitResult, parse_qsl, urlsplit

from sandbox import targets
from sandbox.dataplane.gateway import certified
from sandbox.dataplane.internet import CALLER, PORTS, balancer_at
from sandbox.dataplane.journey import Answer, Journey, Request, gateway_says
from sandbox.dataplane.mapping import sourced
from sandbox.dataplane.rest.integration import ENFORCED, PRIVATELINK
from sandbox.firewall import Peer, refusal
from sandbox.services import apigateway as rest
from sandbox.services import elbv2
from sandbox.world import Resource

BROKEN = (500, "Internal server error")
_STAGE_VARIABLE = re.compile(r"\$\{stageVariables\.(\w+)\}")


def integration(journey: Journey) -> Answer | None:
    """A mock answers here; what goes by HTTP goes on as a request of API Gateway's own."""
    found = journey.deployed["integrations"].get(journey.route.get("Target", "").removeprefix("integrations/"))
    if found is None:
        return gateway_says(*BROKEN, "the route has no integration")
    journey.integration = found
    journey.hops.append(("integration", found["IntegrationId"]))
    if found["IntegrationType"] == "MOCK":
        return _mock(found.get("RequestTemplates", {}))
    if found["IntegrationType"] != "HTTP_PROXY":
        return gateway_says(501, "Not Implemented", f"{found['IntegrationType']} is not walked in this sandbox")
    journey.request = _outgoing(journey)
    return None


def link(journey: Journey) -> Answer | None:
    """Through the link, or over the internet, to the listener on the URI's port."""
    if journey.integration["ConnectionType"] == "INTERNET":
        balancer = balancer_at(journey.world, _uri(journey).hostname or "")
        return _arrived(journey, balancer, CALLER)
    kept = journey.world.find(rest.VPC_LINK, _filled(journey, journey.integration["ConnectionId"]))
    if kept is None or kept["status"] != "AVAILABLE":
        return gateway_says(*BROKEN, f"the VPC link is {kept['status'] if kept else 'gone'}")
    journey.hops.append(("vpc_link", kept.id))
    balancer = journey.world.find(elbv2.LOAD_BALANCER, kept["targetArns"][0])
    enforced = balancer is not None and balancer.fields.get(ENFORCED) == "on"
    return _arrived(journey, balancer, PRIVATELINK if enforced else None)


def _arrived(journey: Journey, balancer: Resource | None, peer: Peer | None) -> Answer | None:
    """Without `peer` no security group is asked."""
    world, uri = journey.world, _uri(journey)
    if balancer is None or balancer["State"]["Code"] not in ("active", "active_impaired"):
        return gateway_says(*BROKEN, "the load balancer is not there, or not active")
    port = uri.port or PORTS[uri.scheme]
    listener = next((each for each in world.all(elbv2.LISTENER, balancer.id) if each["Port"] == port), None)
    if listener is None:
        return gateway_says(*BROKEN, f"the load balancer has no listener on port {port}")
    if peer and (why := refusal(world, peer, targets.peer(world, balancer), port)):
        return gateway_says(*BROKEN, f"the load balancer is not reached: {why}")
    if (listener["Protocol"] in ("TLS", "HTTPS")) and uri.scheme == "http":
        return gateway_says(*BROKEN, "plain HTTP was spoken to a listener with TLS")
    if listener["Protocol"] in ("TLS", "HTTPS") and not certified(world, listener, uri.hostname or ""):
        return gateway_says(*BROKEN, f"no certificate of the listener covers '{uri.hostname}'")
    journey.listener = listener
    journey.forward = listener["DefaultActions"][-1].get("ForwardConfig", {"TargetGroups": []})
    journey.hops.append(("listener", listener.id))
    return None


# ---- the request as it goes on


def _outgoing(journey: Journey) -> Request:
    found, uri = journey.integration, _uri(journey)
    headers = {
        "content-type": "application/json",
        "host": uri.netloc,
        "user-agent": f"AmazonAPIGateway_{journey.api.id}",
        "x-amzn-apigateway-api-id": journey.api.id,
    }
    query = parse_qsl(uri.query, keep_blank_values=True)
    for name, source in found.get("RequestParameters", {}).items():
        place, _, key = name.removeprefix("integration.request.").partition(".")
        value = _value(journey, source)
        if place == "header" and value:
            headers[key.lower()] = value
        elif place == "querystring" and value:
            query.append((key, value))
    method = found["IntegrationMethod"]
    sent = journey.request.method if method == "ANY" else method
    return Request(sent, uri.path or "/", tuple(query), headers, journey.request.body)


def _value(journey: Journey, source: str) -> str:
    """Of `'quoted'`, `route.request.….x`, `context.x` or `stageVariables.x`; empty when there is no such thing."""
    if source.startswith("'"):
        return source.strip("'")
    first, _, rest = source.removeprefix("route.").partition(".")
    return sourced(journey, first, rest.replace("multivalue", "", 1))


def _uri(journey: Journey) -> SplitResult:
    return urlsplit(_filled(journey, journey.integration["IntegrationUri"]))


def _filled(journey: Journey, told: str) -> str:
    return _STAGE_VARIABLE.sub(lambda word: sourced(journey, "stageVariables", word[1]), told)


def _mock(templates: dict[str, str]) -> Answer:
    """The status that the template names (developer guide, how-to-mock-integration)."""
    try:
        told = json.loads(templates.get("application/json", "{}"))
    except ValueError:
        return Answer(501, "Velocity is not evaluated in this sandbox")
    return Answer(int(told.get("statusCode", 200)), "API Gateway answers by itself")
