"""How a request of a REST API becomes one to the container: by which connection, at which path, with which headers.

Every value of a mapping is an expression: static ones stand in quotes (AWS page rest-api-parameter-mapping-sources).
"""

from __future__ import annotations

import re
from typing import Any

from reconcilers.balancing.gateway_secret import secret_ref
from reconcilers.facts import Facts
from reconcilers.fingerprint import SECRET_HEADER
from reconcilers.gateway.rest.method import variables
from reconcilers.gateway.rest.rest_vpc_link import link_v1
from reconcilers.gateway.vpc_link import link_key, through
from reconcilers.keys import Link, Ref
from reconcilers.reconciler import SERVING
from reconcilers.topology import TARGET_HEADER, balancer_link, balancer_of, by_internet, by_link_v1, header_value
from specs import Instance
from specs.gateway import Route


def connection(instance: Instance, facts: Facts) -> dict[str, Any]:
    """Through the link to the balancer, or nothing but the URL. A link V1 says which balancer."""
    if by_internet(instance):
        return {"connection_type": "INTERNET"}
    if by_link_v1(instance):
        link = link_v1(instance, facts)
        ours = Ref(link.key, SERVING) if isinstance(link, Ref) else None
        return {"connection_type": "VPC_LINK", "connection_id": link, "integration_target": "", "through": ours}
    return {
        "connection_type": "VPC_LINK",
        "connection_id": Ref(link_key(instance)),
        "through": through(instance),
        "integration_target": balancer_link(balancer_of(instance), facts),
    }


def template(path: str) -> str:
    """A route's path as part of a `Text`: its parameters stay, and a greedy one is mapped like any other."""
    return path.replace("+}", "}").replace("{", "{{").replace("}", "}}")


def parameters(instance: Instance, path: str, route: Route) -> dict[str, Link]:
    """What the container is told: the path's parameters, the headers its listener asks for, and what the route says."""
    told: dict[str, Link] = {
        f"integration.request.path.{name}": f"method.request.path.{name}" for name in variables(path)
    }
    if not balancer_of(instance).network:
        told[f"integration.request.header.{TARGET_HEADER}"] = f"'{header_value(instance, route.service)}'"
    if by_internet(instance):
        told[f"integration.request.header.{SECRET_HEADER}"] = secret_ref(instance)
    for place, values in (("header", route.rewrite.headers), ("querystring", route.rewrite.query)):
        told |= {f"integration.request.{place}.{name}": expression(value or "") for name, value in values.items()}
    return told


def cache_key(path: str, route: Route) -> tuple[str, ...]:
    """What tells two answers apart. AWS takes /products/1 and /products/2 for one unless it is told (developer guide,
    api-gateway-caching)."""
    if route.cache is None:
        return ()
    keys = (*(f"path.{name}" for name in variables(path)), *route.cache.key)
    return tuple(f"method.request.{key}" for key in dict.fromkeys(keys))


def expression(value: str) -> str:
    """What a rewrite says, as REST APIs say it: `$request.header.x` is `method.request.header.x`."""
    if re.fullmatch(r"\$(request|context|stageVariables)\.[A-Za-z0-9._$-]+", value):
        return re.sub(r"^request\.", "method.request.", value[1:])
    return f"'{value}'"
