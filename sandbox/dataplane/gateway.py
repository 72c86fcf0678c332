"""API Gateway's part of the way: stage, route, integration, VPC link, and the listener it speaks to (ledger 7)."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from sandbox import targets
from sandbox.certificates import covers
from sandbox.dataplane.authorizing import unauthorized
from sandbox.dataplane.balancer import blocked
from sandbox.dataplane.internet import CALLER, PORTS, balancer_at, host_of
from sandbox.dataplane.journey import Answer, Journey, balancer_says, gateway_says
from sandbox.dataplane.mapping import request_mapped
from sandbox.dataplane.throttling import admitted
from sandbox.firewall import Peer, refusal
from sandbox.kinds import Fields
from sandbox.services import apigatewayv2 as api
from sandbox.services import elbv2
from sandbox.services.foreign import CERTIFICATE
from sandbox.world import Resource, World

RATE, BURST = 10_000.0, 5_000.0  # requests a second of an account, and at once; API Gateway quotas
DOWN = "Service Unavailable"
_VARIABLE = re.compile(r"\\\{([^}]+?)(\\\+)?\\\}")
_PLACE = re.compile(r"\{([^}+]+)\+?\}")


def stage(journey: Journey) -> Answer | None:
    """The one that a custom domain leads to; else the first segment of the path, if it is a stage, or $default."""
    world, first = journey.world, "" if journey.served else journey.came.path.split("/")[1]
    name = journey.served or unquote(first)
    found = world.find(api.STAGE, f"{journey.api.id}/{name}")
    journey.stage = found or world.find(api.STAGE, f"{journey.api.id}/$default")
    if journey.stage is None:
        return gateway_says(404, "Not Found", f"no stage '{name}' and no $default stage")
    if not journey.stage.fields.get("DeploymentId"):
        return gateway_says(404, "Not Found", "the stage has never been deployed")
    if found and not journey.served:
        journey.request = journey.request.over(path="/" + journey.came.path.removeprefix(f"/{first}").lstrip("/"))
    journey.hops.append(("stage", journey.stage["StageName"]))
    return None


def route(journey: Journey) -> Answer | None:
    """The most specific route of the deployed snapshot. A preflight is answered here when the API has CORS settings."""
    if preflight := _preflight(journey):
        return preflight
    method, path = journey.request.method, journey.request.path
    matching = [
        (each, found)
        for each in journey.deployed["routes"]
        if (found := _match(each["RouteKey"], method, path)) is not None
    ]
    if not matching:
        return gateway_says(404, "Not Found", f"no route matches {method} {path}")
    journey.route, journey.variables = max(matching, key=lambda pair: _closeness(pair[0]["RouteKey"]))
    journey.hops.append(("route", journey.route["RouteKey"]))
    return unauthorized(journey) or throttled(journey)


def integration(journey: Journey) -> Answer | None:
    """As deployed, with its request parameters applied; the stage stays in the path unless they say otherwise."""
    name = journey.route.get("Target", "").removeprefix("integrations/")
    found = journey.deployed["integrations"].get(name)
    if found is None:
        return gateway_says(500, "Internal Server Error", "the route has no integration")
    if found["IntegrationType"] != "HTTP_PROXY":
        return gateway_says(501, "Not Implemented", f"{found['IntegrationType']} is not walked in this sandbox")
    journey.integration = found
    mapped = request_mapped(journey)
    if "overwrite:path" not in found.get("RequestParameters", {}):
        mapped = mapped.over(path=_path(journey, mapped.path))
    if found["ConnectionType"] == "INTERNET":
        mapped = mapped.over(headers=mapped.headers | {"host": host_of(found["IntegrationUri"])})
    method = found.get("IntegrationMethod", "ANY")
    journey.request = mapped if method == "ANY" else mapped.over(method=method)
    journey.hops.append(("integration", found["IntegrationId"]))
    return None


def _path(journey: Journey, path: str) -> str:
    """What the other side sees when no parameter says so: over the internet the URI's own path, with the route's
    variables in it; through a link the request's, with the stage in front."""
    if journey.integration["ConnectionType"] == "INTERNET":
        uri = urlsplit(journey.integration["IntegrationUri"])
        return _PLACE.sub(lambda word: journey.variables.get(word[1], word[0]), uri.path) or "/"
    named = journey.stage["StageName"] if journey.stage else "$default"
    return path if named == "$default" else f"/{named}{path}".rstrip("/") or "/"


def vpc_link(journey: Journey) -> Answer | None:
    """Over the internet there is none."""
    if journey.integration["ConnectionType"] == "INTERNET":
        journey.link = {"SubnetIds": ()}
        return None
    link = journey.world.find(api.VPC_LINK, journey.integration["ConnectionId"])
    if link is None or link["VpcLinkStatus"] != "AVAILABLE":
        return gateway_says(503, DOWN, f"the VPC link is {link['VpcLinkStatus'] if link else 'gone'}")
    journey.link = link.fields
    journey.hops.append(("vpc_link", link.id))
    return None


def listener(journey: Journey) -> Answer | None:
    """Reached through the security groups, and in the protocol it speaks."""
    world, public = journey.world, journey.integration["ConnectionType"] == "INTERNET"
    found = _public(journey) if public else world.find(elbv2.LISTENER, journey.integration["IntegrationUri"])
    if found is None:
        return gateway_says(503, DOWN, "nobody listens there" if public else "the listener is gone")
    balancer = world.get(elbv2.LOAD_BALANCER, found["LoadBalancerArn"])
    if balancer["State"]["Code"] not in ("active", "active_impaired"):
        return gateway_says(503, DOWN, f"the load balancer is {balancer['State']['Code']}")
    link = journey.link
    peer = CALLER if public else Peer(tuple(link["SecurityGroupIds"]), targets.blocks(world, link["SubnetIds"]))
    if why := refusal(world, peer, targets.peer(world, balancer), found["Port"]):
        return gateway_says(503, DOWN, f"the load balancer is not reached: {why}")
    if wrong := _tls(journey, found):
        return wrong
    if blocked(balancer, world):
        return balancer_says(403, "Forbidden", "the load balancer's web ACL blocks by default")
    journey.listener = found
    journey.hops.append(("listener", found.id))
    return None


def _public(journey: Journey) -> Resource | None:
    """The listener on the port of the URI, at the load balancer that its host resolves to."""
    uri = urlsplit(journey.integration["IntegrationUri"])
    balancer = balancer_at(journey.world, uri.hostname or "")
    listeners = journey.world.all(elbv2.LISTENER, balancer.id) if balancer else []
    return next((each for each in listeners if each["Port"] == (uri.port or PORTS[uri.scheme])), None)


# ---- stage and route


def _match(key: str, method: str, path: str) -> dict[str, str] | None:
    """The path's variables when the route matches, else None. A greedy one takes at least one segment."""
    if key == "$default":
        return {}
    verb, _, wanted = key.partition(" ")
    names: list[str] = []

    def group(variable: re.Match[str]) -> str:
        names.append(variable[1].replace("\\", ""))
        return "(.+)" if variable[2] else "([^/]+)"

    found = re.fullmatch(_VARIABLE.sub(group, re.escape(wanted)), path) if verb in ("ANY", method) else None
    return dict(zip(names, found.groups(), strict=True)) if found else None


def _closeness(key: str) -> tuple[list[int], bool]:
    """Segment by segment: a literal beats a variable, a variable beats a greedy one, anything beats $default; then the
    named method beats ANY (API Gateway guide, "Routing API requests")."""
    if key == "$default":
        return [], False
    verb, _, wanted = key.partition(" ")
    return [1 if "+}" in part else 2 if part.startswith("{") else 3 for part in wanted.split("/")], verb != "ANY"


def _preflight(journey: Journey) -> Answer | None:
    asked = journey.came.headers
    cors = journey.api.fields.get("CorsConfiguration")
    if (
        not cors
        or journey.came.method != "OPTIONS"
        or "origin" not in asked
        or "access-control-request-method" not in asked
    ):
        return None
    return Answer(
        204, "API Gateway answers preflight requests itself", b"", cors_headers(cors, asked["origin"], preflight=True)
    )


def cors_headers(cors: Fields, origin: str, *, preflight: bool = False) -> dict[str, str]:
    """What API Gateway adds for an allowed origin; nothing for any other."""
    allowed = cors.get("AllowOrigins", [])
    wild = [each for each in allowed if each in ("https://*", "http://*") and origin.startswith(each[:-1])]
    if "*" not in allowed and origin not in allowed and not wild:
        return {}
    told = {"access-control-allow-origin": "*" if "*" in allowed else origin}
    told |= {"access-control-allow-credentials": "true"} if cors.get("AllowCredentials") else {}
    if cors.get("ExposeHeaders"):
        told["access-control-expose-headers"] = ",".join(cors["ExposeHeaders"])
    lists = {"access-control-allow-methods": "AllowMethods", "access-control-allow-headers": "AllowHeaders"}
    told |= {header: ",".join(cors[name]) for header, name in lists.items() if preflight and cors.get(name)}
    return told | ({"access-control-max-age": str(cors["MaxAge"])} if preflight and cors.get("MaxAge") else {})


def throttled(journey: Journey) -> Answer | None:
    """A token bucket per route: the route's own settings, which inherit nothing, or the stage's (ledger 7.6)."""
    assert journey.stage, "the stage comes first"
    key = journey.route["RouteKey"]
    settings = journey.stage.fields.get("RouteSettings", {}).get(key) or journey.stage.fields.get(
        "DefaultRouteSettings", {}
    )
    rate, burst = float(settings.get("ThrottlingRateLimit", RATE)), float(settings.get("ThrottlingBurstLimit", BURST))
    if admitted(journey.stage, key, rate, burst, journey.world.now):
        return None
    return gateway_says(429, "Too Many Requests", f"throttled: {rate:g} a second, {burst:g} at once")


# ---- TLS


def _tls(journey: Journey, found: Resource) -> Answer | None:
    """Plain HTTP to an HTTPS listener is AWS's famous 400; to a TLS one, the other way round, and a name that the
    certificate does not cover fail the handshake, which API Gateway answers with 503 (ledger 7.3; of the name: our
    reading). A TCP listener looks at nothing: what is spoken there is between API Gateway and the container."""
    protocol, name = found["Protocol"], _verified(journey)
    tls = protocol in ("HTTPS", "TLS")
    if protocol == "TCP":
        return None
    if protocol == "TLS" and not name:
        return gateway_says(503, DOWN, "plain HTTP was spoken to a TLS listener: ServerNameToVerify is missing")
    if tls and not name:
        return balancer_says(
            400,
            "The plain HTTP request was sent to HTTPS port",
            "The plain HTTP request was sent to HTTPS port: TlsConfig.ServerNameToVerify is missing",
        )
    if name and not tls:
        return gateway_says(503, DOWN, "TLS was spoken to a plain HTTP listener")
    if name and not certified(journey.world, found, name):
        return gateway_says(503, DOWN, f"no certificate of the listener covers ServerNameToVerify '{name}'")
    return None


def _verified(journey: Journey) -> str:
    """The name that API Gateway verifies, empty when it speaks plain HTTP: over the internet the URI says both."""
    if journey.integration["ConnectionType"] == "INTERNET":
        uri = urlsplit(journey.integration["IntegrationUri"])
        return uri.hostname or "" if uri.scheme == "https" else ""
    return str(journey.integration.get("TlsConfig", {}).get("ServerNameToVerify", ""))


def certified(world: World, found: Resource, name: str) -> bool:
    """Whether one of the listener's certificates covers this name."""
    return any(covers(pattern, name) for pattern in _names(world, found))


def _names(world: World, found: Resource) -> list[str]:
    """Every name on the listener's certificates: its own and those added for SNI."""
    arns = [
        each["CertificateArn"]
        for each in (*found.fields.get("Certificates", ()), *found.hidden.get("certificates", ()))
    ]
    kept = [each.fields for arn in arns if (each := world.find(CERTIFICATE, arn))]
    return [name for each in kept for name in each["SubjectAlternativeNames"]]
