"""The routes of a REST API: those of the spec, and the preflight answers that CORS asks for.

API Gateway answers a browser's OPTIONS by itself for HTTP APIs only; for a REST API each path gets a mock that says the
same (developer guide, how-to-cors). What a service answers is passed through, so it sends its own CORS headers; what
API Gateway answers instead of it, refusals among it, gets them from gateway responses.

An answer names one origin. Where there are several, a mock's template puts the caller's own in the place of the first,
if it is one of them. A gateway response knows no such templates: it names the first.
"""

from __future__ import annotations

from collections.abc import Mapping

from reconcilers.topology import api
from specs import Instance
from specs.gateway import Cors, Route
from specs.openapi.contract import operations_of
from specs.rest import Mock

PREFLIGHT = 204
ALLOWED = "Access-Control-Allow-Origin"


def routes(instance: Instance) -> Mapping[str, Route]:
    """By `METHOD /path`. An OPTIONS that an OpenAPI document describes is the preflight answer of its path."""
    gateway = api(instance).gateway
    own = dict(gateway.routes)
    if gateway.cors is None:
        return own
    headers = preflight_headers(gateway.cors)
    described = operations_of(instance.contract)
    paths = dict.fromkeys(key.partition(" ")[2] for key in (*own, *described))
    preflights = [key for path in paths if (key := f"OPTIONS {path}") not in described]
    asked = {key: Route(mock=Mock(status=PREFLIGHT, headers=headers)) for key in preflights}
    answered = {key: _allowed(route, gateway.cors) for key, route in own.items()}
    return {**asked, **answered}


def origin_headers(cors: Cors) -> dict[str, str]:
    """What every answer has that a page of another origin may read."""
    told = {ALLOWED: cors.origins[0]}
    if len(cors.origins) > 1:
        told["Vary"] = "Origin"
    if cors.credentials:
        told["Access-Control-Allow-Credentials"] = "true"
    if cors.expose_headers:
        told["Access-Control-Expose-Headers"] = ",".join(cors.expose_headers)
    return told


def choosing(cors: Cors | None, mock: Mock) -> str:
    """What a mock's template begins with, so that each of several origins is named to itself; browsers and HTTP/2
    spell the header differently. Source: developer guide, "Override your API's request and response parameters"."""
    if cors is None or len(cors.origins) < 2 or mock.headers.get(ALLOWED) != cors.origins[0]:
        return ""
    known = " || ".join(f'$origin == "{origin}"' for origin in cors.origins[1:])
    return (
        '#set($origin = $input.params("Origin"))\n'
        '#if($origin == "")#set($origin = $input.params("origin"))#end\n'
        f"#if({known})#set($context.responseOverride.header.{ALLOWED} = $origin)#end\n"
    )


def preflight_headers(cors: Cors) -> dict[str, str]:
    told = origin_headers(cors)
    told.pop("Access-Control-Expose-Headers", None)
    for name, values in (("Methods", cors.methods), ("Headers", cors.headers)):
        if values:
            told[f"Access-Control-Allow-{name}"] = ",".join(values)
    if cors.max_age:
        told["Access-Control-Max-Age"] = str(cors.max_age)
    return told


def _allowed(route: Route, cors: Cors) -> Route:
    """A mock of the spec's own answers pages of other origins too."""
    if route.mock is None:
        return route
    headers = {**origin_headers(cors), **route.mock.headers}
    return route.model_copy(update={"mock": route.mock.model_copy(update={"headers": headers})})
