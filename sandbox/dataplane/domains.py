"""A request to a custom domain: its mapping says which stage of which API answers, and the rest of the path goes there.

    Host: api.shop.example.com                   as it would come, if the name led to this address
    /_aws/domain/api.shop.example.com/...        the same, for those who cannot choose their Host header

The longest mapping that begins the path counts; nothing that does is 403 (ledger 8.2; API Gateway guide,
http-api-mappings). A domain with mutual TLS asks for a client certificate: there is no TLS on loopback, so the header
`x-sandbox-client-certificate` with any subject stands for one, and nothing else of it is judged.
"""

from __future__ import annotations

from urllib.parse import parse_qsl

from sandbox.calls import Http, Reply
from sandbox.dataplane import Walk, told, walk
from sandbox.dataplane.journey import Request, gateway_says
from sandbox.dispatch import Sandbox
from sandbox.services.apigatewayv2 import API_MAPPING, DOMAIN
from sandbox.world import Resource, World

PREFIX = "/_aws/domain/"
CLIENT = "x-sandbox-client-certificate"


def is_served(sandbox: Sandbox, http: Http) -> bool:
    """Whether the request is for a custom domain of this sandbox, by its path or by its Host."""
    return http.path.startswith(PREFIX) or _place(sandbox, _host(http)) is not None


def serve(sandbox: Sandbox, http: Http) -> Reply:
    name, _, path = http.path.removeprefix(PREFIX).partition("/") if http.path.startswith(PREFIX) else ("", "", "")
    if not name:
        name, path = _host(http), http.path.lstrip("/")
    query = tuple(parse_qsl(http.query, keep_blank_values=True))
    request = Request(http.method, f"/{path}", query, http.headers, http.body)
    with sandbox.lock:
        place = _place(sandbox, name)
        nowhere = Walk((), gateway_says(403, "Forbidden", f"there is no custom domain {name}"))
        return told(arrive(sandbox.world(*place), name, request) if place else nowhere)


def arrive(world: World, name: str, request: Request) -> Walk:
    """One request to one custom domain of this world."""
    domain = _domain(world, name)
    if domain is None:
        return Walk((), gateway_says(403, "Forbidden", f"there is no custom domain {name}"))
    if domain.fields.get("MutualTlsAuthentication") and CLIENT not in request.headers:
        return Walk((), gateway_says(403, "Forbidden", "mutual TLS: the client shows no certificate"))
    mapping = _mapping(world, domain, request.path)
    if mapping is None:
        return Walk((("domain", domain.id),), gateway_says(403, "Forbidden", f"no mapping begins {request.path}"))
    rest = "/" + request.path.removeprefix(f"/{mapping['ApiMappingKey']}").lstrip("/")
    walked = walk(world, mapping["ApiId"], request.over(path=rest), host=name, stage=mapping["Stage"])
    return Walk((("domain", domain.id), ("mapping", mapping.id), *walked.hops), walked.answer)


def _mapping(world: World, domain: Resource, path: str) -> Resource | None:
    """The longest key whose segments begin the path."""
    fitting = [each for each in world.all(API_MAPPING, domain.id) if f"{path}/".startswith(_begins(each))]
    return max(fitting, key=lambda each: len(each["ApiMappingKey"]), default=None)


def _begins(mapping: Resource) -> str:
    return f"/{mapping['ApiMappingKey']}/" if mapping["ApiMappingKey"] else "/"


def _host(http: Http) -> str:
    return http.headers.get("host", "").partition(":")[0].lower()


def _place(sandbox: Sandbox, name: str) -> tuple[str, str] | None:
    """The account and region that has the domain."""
    return next((place for place, world in list(sandbox.worlds.items()) if _domain(world, name)), None)


def _domain(world: World, name: str) -> Resource | None:
    """The domain of this name, or the wildcard that covers it."""
    return world.find(DOMAIN, name) or world.find(DOMAIN, f"*.{name.partition('.')[2]}")
