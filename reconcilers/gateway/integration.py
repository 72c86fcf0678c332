"""Integrations: how an API reaches a service's listener, through the VPC link or by the balancer's public name.

They have neither tags nor a natural key, so an integration carries its address in `Description`. API Gateway adds the
header that the listener's rule matches, and sends the path without the stage (spec.md §3).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconcilers.aws import Aws
from reconcilers.balancing.gateway_secret import revealed, secret_ref
from reconcilers.balancing.listener_rule import leading_to
from reconcilers.discovery.discovery_service import discovery_key
from reconcilers.facts import Facts
from reconcilers.fingerprint import SECRET_HEADER, of_integration
from reconcilers.gateway.described import Child, Children, children
from reconcilers.gateway.http_api import HttpApi, api_key
from reconcilers.gateway.vpc_link import link_key, through
from reconcilers.keys import Key, Link, Ref, Text
from reconcilers.ownership import decode, encode, key_of
from reconcilers.reconciler import SERVING, Look, Made
from reconcilers.resource import Hidden, Immutable, Live, Shape
from reconcilers.topology import (
    TARGET_HEADER,
    api,
    balancer_link,
    balancer_of,
    by_internet,
    finds_tasks,
    front_link,
    front_of,
    header_value,
    speaks,
    speaks_tls,
)
from specs import Instance
from specs.gateway import Answer, Rewrite
from specs.gateway import Route as RouteSpec

TARGET = "integrations/"


class Tls(Shape):
    server_name_to_verify: str


class Integration(Child):
    integration_type: Immutable[str] = "HTTP_PROXY"
    integration_method: str = "ANY"
    integration_uri: Link | None = None
    connection_type: Immutable[str] = "VPC_LINK"
    """From a link to the internet, or back, goes another integration: what AWS keeps of the old one is undocumented."""
    connection_id: Link | None = None
    """These two are None in integrations of other types: somebody's, and not what is wanted. Over the internet there is
    no link."""
    payload_format_version: str = "1.0"
    timeout_in_millis: int = 30_000
    request_parameters: Mapping[str, Link] = {}
    response_parameters: Mapping[str, Mapping[str, str]] = {}
    """By the status of the answer they change."""
    tls_config: Tls | None = None
    """Whenever the listener speaks TLS; with it API Gateway does, without it it does not (ledger 7.3)."""
    description: str
    leads: Hidden[tuple[Ref, ...]] = ()
    """The rules that let its requests in; where there are none, the service whose tasks Cloud Map knows."""
    serves: Hidden[Ref | None] = None
    """Who answers: nobody who calls is led to a service that does not yet."""
    through: Hidden[Ref | None] = None
    """The link on the way there, once it carries requests."""


class Integrations(Children[Integration]):
    kind = Integration
    needs = (HttpApi,)
    leads = frozenset({"integration_uri", "request_parameters", "connection_id"})
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "IntegrationId": "it is the id",
    }

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, Integration]]:
        if not speaks(instance, "http"):
            return
        for key, (_, route) in integrations(instance).items():
            yield (
                key,
                Integration(
                    api_id=Ref(api_key(instance)),
                    **_way(instance, route.service, facts),
                    timeout_in_millis=route.timeout,
                    request_parameters=_parameters(instance, route),
                    response_parameters={
                        status: told for status, answer in route.rewrite.response.items() if (told := _answered(answer))
                    },
                    description=encode(key.address),
                    serves=Ref(Key(instance.address, "Service", route.service), SERVING),
                ),
            )

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[Integration]]:
        routes = {live.id: found for live, found in children(aws, look, HttpApi, "get_routes")}
        for live, found in children(aws, look, HttpApi, "get_integrations"):
            for each, key in _recognised(look, live.key.instance, found, routes[live.id]):
                told = of_integration(each, "RequestParameters")
                integration = Integration.from_aws(told, api_id=live.id, description=each.get("Description", ""))
                used = any(route.get("Target") == TARGET + each["IntegrationId"] for route in routes[live.id])
                yield Live(key, each["IntegrationId"], integration, busy=used)

    def create(self, aws: Aws, key: Key, want: Integration, name: str) -> Made:
        told = want.to_aws() | {"RequestParameters": revealed(aws, key.instance, want.request_parameters)}
        return {"id": aws.apigatewayv2.create_integration(**told)["IntegrationId"]}

    def update(self, aws: Aws, live: Live[Integration], want: Integration, changed: frozenset[str]) -> None:
        """AWS wants the type with every update, and a parameter goes by an empty value (ledger 7.3)."""
        told = want.to_aws(changed | {"api_id", "integration_type"})
        if "request_parameters" in changed:
            told["RequestParameters"] = dict.fromkeys(live.resource.request_parameters, "") | revealed(
                aws, live.key.instance, want.request_parameters
            )
        if "response_parameters" in changed:
            gone: dict[str, dict[str, str]] = {status: {} for status in live.resource.response_parameters}
            told["ResponseParameters"] = gone | {
                status: dict(each) for status, each in want.response_parameters.items()
            }
        if "tls_config" in changed and want.tls_config is None:
            told["TlsConfig"] = {}
        aws.apigatewayv2.update_integration(IntegrationId=live.id, **told)

    def delete(self, aws: Aws, live: Live[Integration]) -> None:
        aws.apigatewayv2.delete_integration(ApiId=live.resource.api_id, IntegrationId=live.id)


def integrations(instance: Instance) -> dict[Key, tuple[str, RouteSpec]]:
    """The integrations of an API: one per service, and one per route that asks for something of its own."""
    found: dict[Key, tuple[str, RouteSpec]] = {}
    for route_key, route in api(instance).gateway.routes.items():
        found.setdefault(integration_key(instance, route_key, route), (route_key, route))
    return found


def integration_key(instance: Instance, route_key: str, route: RouteSpec) -> Key:
    plain = route.timeout == api(instance).gateway.defaults.timeout and route.rewrite == Rewrite()
    return Integration.key(instance.address, route.service if plain else f"{route.service}:{route_key}")


def _way(instance: Instance, service: str, facts: Facts) -> dict[str, Any]:
    """Where requests go: to the listener through the link, to the tasks that Cloud Map knows, or to the name and port
    that everybody can see."""
    if finds_tasks(instance):
        found, running = discovery_key(instance, service), Ref(Key(instance.address, "Service", service))
        return {"integration_uri": Ref(found, "arn"), **linked(instance), "leads": (running,)}
    tls = balancer_of(instance).spec.gateway_tls
    tls = tls if speaks_tls(instance, service) else None
    if by_internet(instance):
        rules = tuple(Ref(key) for key in leading_to(instance, service))
        return {"integration_uri": url(instance, service, facts), "connection_type": "INTERNET", "leads": rules}
    return {
        "integration_uri": front_link(instance, service, facts),
        **linked(instance),
        "tls_config": Tls(server_name_to_verify=tls.server_name) if tls is not None else None,
    }


def linked(instance: Instance) -> dict[str, Ref]:
    return {"connection_id": Ref(link_key(instance)), "through": through(instance)}


def url(instance: Instance, service: str, facts: Facts, path: str = "") -> Text:
    """A service's listener as a URL, with TLS by the name on the certificate. `path` has its braces doubled."""
    balancer, front = balancer_of(instance), front_of(instance, service)
    tls = balancer.spec.gateway_tls
    host = balancer_link(balancer, facts, "dns_name")
    if speaks_tls(instance, service) and tls is not None:
        return Text(f"https://{{}}:{front.port}{path}", (tls.server_name,))
    return Text(f"http://{{}}:{front.port}{path}", (host,))


def _parameters(instance: Instance, route: RouteSpec) -> dict[str, Link]:
    told: dict[str, Link] = {
        "overwrite:path": route.rewrite.path or "$request.path",
    }
    if not finds_tasks(instance):
        told[f"overwrite:header.{TARGET_HEADER}"] = header_value(instance, route.service)
    if by_internet(instance):
        told[f"overwrite:header.{SECRET_HEADER}"] = secret_ref(instance)
    told |= _mapped("header", route.rewrite.headers) | _mapped("querystring", route.rewrite.query)
    return told


def _mapped(place: str, values: Mapping[str, str | None]) -> dict[str, str]:
    """What is set, and what is taken away: the value of that must not be empty (ledger 7.3)."""
    return {
        f"{'remove' if value is None else 'overwrite'}:{place}.{name}": "''" if value is None else value
        for name, value in values.items()
    }


def _answered(answer: Answer) -> dict[str, str]:
    status = {} if answer.status is None else {"overwrite:statuscode": str(answer.status)}
    return status | _mapped("header", answer.headers)


def _recognised(
    look: Look, instance: str, found: list[Mapping[str, Any]], routes: list[Mapping[str, Any]]
) -> Iterator[tuple[Mapping[str, Any], Key]]:
    """By the address in the description; where that was changed by hand, by the route that leads there."""
    wanted = {encode(key.address): key for key in look.graph if key.instance == instance and key.kind == "Integration"}
    claimed = {each.get("Description", "") for each in found} & wanted.keys()
    by_route = {
        route.get("Target", "").removeprefix(TARGET): target.key
        for route in routes
        for want in [look.graph.get(Key(instance, "Route", route["RouteKey"]))]
        if want is not None and isinstance(target := getattr(want, "integration", None), Ref)
    }
    for each in found:
        told = each.get("Description", "")
        key = wanted.get(told)
        if key is None and (routed := by_route.get(each["IntegrationId"])) and encode(routed.address) not in claimed:
            key = routed
        if key is None:
            named = decode(told) if told.startswith("Integration/") else f"Integration/{each['IntegrationId']}"
            key = key_of(instance, named)
        yield each, key
