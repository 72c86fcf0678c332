"""A request to a custom domain: a rule or a mapping says which stage of which API answers, and with what path.

    Host: api.shop.example.com                   as it would come, if the name led to this address
    /_aws/domain/api.shop.example.com/...        the same, for those who cannot choose their Host header

By the domain's routing mode rules are asked first, the lowest priority before the others: one counts when the request
has its headers, whatever the case of their names, and its path begins the request's (API Gateway guide,
rest-api-routing-rules). Then the longest mapping that begins the path; nothing that does is 403 (ledger 8.2; API
Gateway guide, http-api-mappings).

A private domain answers only who comes by a VPC endpoint that has an access association with it, a quarter of an hour
old, and whom its policy lets in; the header `x-sandbox-vpc-endpoint` says which endpoint that is.

A domain with mutual TLS asks for a client certificate: there is no TLS on loopback, so the header
`x-sandbox-client-certificate` with any subject stands for one, and nothing else of it is judged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from sandbox.calls import Http, Reply
from sandbox.dataplane import Walk, sockets, told, walk
from sandbox.dataplane.journey import INSIDE, Request, gateway_says
from sandbox.dataplane.rest.authorizing import admits
from sandbox.dispatch import Sandbox
from sandbox.kinds import Fields, look
from sandbox.services.apigateway.domainnames import types
from sandbox.services.apigateway.private_access import through
from sandbox.services.apigatewayv2 import API, API_MAPPING, DOMAIN, ROUTING_RULE
from sandbox.world import Resource, World

PREFIX = "/_aws/domain/"
CLIENT = "x-sandbox-client-certificate"
Found = tuple[tuple[str, str], Fields, str]  # the hop, the API with its stage, and the path that they see


def is_served(sandbox: Sandbox, http: Http) -> bool:
    """Whether the request is for a custom domain of this sandbox, by its path or by its Host."""
    return http.path.startswith(PREFIX) or _place(sandbox, _host(http), http.headers.get(INSIDE, "")) is not None


def serve(sandbox: Sandbox, http: Http) -> Reply:
    name, request = asked(http)
    with sandbox.lock:
        world = world_of(sandbox, name, request)
        if world is None:
            return told(Walk((), gateway_says(403, "Forbidden", f"there is no custom domain {name}")))
        way = led(world, name, request)
        id = way.leads["ApiId"] if isinstance(way, Way) and sockets.is_managed(way.path) else ""
        if isinstance(way, Way) and sockets.speaks(world.find(API, id)):
            below = request.over(path=f"/{way.leads['Stage']}{way.path}")
            return told(Walk(way.hops, sockets.managed(sandbox, world, id, below)))
        return told(arrive(world, name, request))


def asked(http: Http) -> tuple[str, Request]:
    """The domain that is meant, and what is asked of it."""
    name, _, path = http.path.removeprefix(PREFIX).partition("/") if http.path.startswith(PREFIX) else ("", "", "")
    if not name:
        name, path = _host(http), http.path.lstrip("/")
    query = tuple(parse_qsl(http.query, keep_blank_values=True))
    return name, Request(http.method, f"/{path}", query, http.headers, http.body)


def world_of(sandbox: Sandbox, name: str, request: Request) -> World | None:
    """The account and region that has the domain."""
    place = _place(sandbox, name, request.headers.get(INSIDE, ""))
    return sandbox.world(*place) if place else None


def arrive(world: World, name: str, request: Request) -> Walk:
    """One request to one custom domain of this world."""
    way = led(world, name, request)
    if isinstance(way, Walk):
        return way
    walked = walk(world, way.leads["ApiId"], request.over(path=way.path), host=name, stage=way.leads["Stage"])
    return Walk((*way.hops, *walked.hops), walked.answer)


@dataclass(frozen=True)
class Way:
    """Where a domain leads a request: to an API with its stage, which see this path."""

    hops: tuple[tuple[str, str], ...]
    leads: Fields
    path: str


def led(world: World, name: str, request: Request) -> Way | Walk:
    """The way, or why there is none."""
    endpoint = request.headers.get(INSIDE, "")
    domain = _domain(world, name, endpoint)
    if domain is None:
        return Walk((), gateway_says(403, "Forbidden", f"there is no custom domain {name}"))
    if reason := _kept_out(world, domain, request):
        return Walk((("domain", domain.id),), gateway_says(403, "Forbidden", reason))
    if domain.fields.get("mutualTlsAuthentication") and CLIENT not in request.headers:
        return Walk((), gateway_says(403, "Forbidden", "mutual TLS: the client shows no certificate"))
    found = _ruled(world, domain, request) or _mapped(world, domain, request)
    if found is None:
        message = f"no rule and no mapping is for {request.path}"
        return Walk((("domain", domain.id),), gateway_says(403, "Forbidden", message))
    hop, leads, path = found
    return Way((("domain", domain.id), hop), leads, path)


def _ruled(world: World, domain: Resource, request: Request) -> Found | None:
    """The first rule all of whose conditions hold."""
    if domain["routingMode"] == "BASE_PATH_MAPPING_ONLY":
        return None
    for rule in sorted(world.all(ROUTING_RULE, domain.id), key=lambda each: each["Priority"]):
        bases = [path.strip("/") for path in look("Conditions[].MatchBasePaths.AnyOf[]", rule.fields)]
        headers = look("Conditions[].MatchHeaders.AnyOf[]", rule.fields)
        if all(_begins(base, request.path) for base in bases) and all(_has(request, each) for each in headers):
            invoked = rule["Actions"][0]["InvokeApi"]
            path = _below(bases[0], request.path) if bases and invoked["StripBasePath"] else request.path
            return ("rule", rule.id), invoked, path
    return None


def _has(request: Request, wanted: Fields) -> bool:
    """A header of this name whose whole value is as wanted, `*` being any characters."""
    glob = re.escape(wanted["ValueGlob"]).replace(r"\*", ".*")
    return re.fullmatch(glob, request.headers.get(wanted["Header"].lower(), "")) is not None


def _mapped(world: World, domain: Resource, request: Request) -> Found | None:
    """The longest key whose segments begin the path."""
    if domain["routingMode"] == "ROUTING_RULE_ONLY":
        return None
    fitting = [each for each in world.all(API_MAPPING, domain.id) if _begins(each["ApiMappingKey"], request.path)]
    found = max(fitting, key=lambda each: len(each["ApiMappingKey"]), default=None)
    if found is None:
        return None
    return ("mapping", found.id), found.fields, _below(found["ApiMappingKey"], request.path)


def _begins(base: str, path: str) -> bool:
    return f"{path}/".startswith(f"/{base}/" if base else "/")


def _below(base: str, path: str) -> str:
    return "/" + path.removeprefix(f"/{base}").lstrip("/")


def _host(http: Http) -> str:
    return http.headers.get("host", "").partition(":")[0].lower()


def _place(sandbox: Sandbox, name: str, endpoint: str) -> tuple[str, str] | None:
    """The account and region that has the domain."""
    return next((place for place, world in list(sandbox.worlds.items()) if _domain(world, name, endpoint)), None)


def _domain(world: World, name: str, endpoint: str) -> Resource | None:
    """The domain of this name, or the wildcard that covers it; by a VPC endpoint the private one that it leads to."""
    led = (_private(world, each) for each in through(world, endpoint))
    if found := next((each for each in led if each is not None and each["domainName"] == name), None):
        return found
    if public := world.find(DOMAIN, name) or world.find(DOMAIN, f"*.{name.partition('.')[2]}"):
        return public
    return next((each for each in world.all(DOMAIN) if each["domainName"] == name), None)


def _private(world: World, association: Resource) -> Resource | None:
    return world.find(DOMAIN, association["domainNameArn"].rpartition("/")[2])


def _kept_out(world: World, domain: Resource, request: Request) -> str:
    """Why a private domain does not answer. Without a policy nobody is let in (API Gateway guide,
    apigateway-private-custom-domains-tutorial)."""
    if types(domain.fields) != ["PRIVATE"]:
        return ""
    led = through(world, request.headers.get(INSIDE, ""))
    leading = [each for each in led if each["domainNameArn"] == domain.arn]
    if not leading:
        return f"{domain.id} is private, and this is no VPC endpoint with an access association"
    if not any(each.hidden["ready"] <= world.now for each in leading):
        return "the access association is not ready yet: it takes about 15 minutes"
    policy = domain.fields.get("policy")
    own = {f"arn:aws:execute-api:{world.region}:{world.account}:/domainnames/{domain.id}", "*"}
    if policy and admits(policy, request.headers, lambda statement: not own.isdisjoint(statement["Resource"])):
        return ""
    return "the policy of the custom domain does not let this request in"
