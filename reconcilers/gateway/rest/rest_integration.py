"""Integrations: what a REST API does with a method's request. It goes through the VPC link V2 to the load balancer, or
over the internet to the balancer's public name.

The path that the container sees is the one in `uri`, so the stage is not in it (spec.md §3); its variables are mapped
one by one. `integrationTarget` is the load balancer, the port in `uri` its listener, and API Gateway adds the headers
that the listener's rule matches.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconcilers.aws import Aws
from reconcilers.balancing.gateway_secret import revealed
from reconcilers.balancing.listener_rule import leading_to
from reconcilers.facts import Facts
from reconcilers.gateway.integration import url
from reconcilers.gateway.rest.adoption import adopted_api, stated, whole
from reconcilers.gateway.rest.described import methods, mine
from reconcilers.gateway.rest.documented import integration_fields, operations
from reconcilers.gateway.rest.mapping import cache_key, connection, parameters, template
from reconcilers.gateway.rest.method import Method
from reconcilers.gateway.rest.patch import ENTRIES, NAMED, WHOLE, Inside, Way, Whole, patch
from reconcilers.gateway.rest.rest_api import RestApi, rest_key
from reconcilers.gateway.rest.rest_resource import resource
from reconcilers.gateway.rest.routing import choosing, routes
from reconcilers.gateway.rest.shapes import IntegrationResponse, Tls, integration_responses, texts
from reconcilers.keys import Key, Link, Ref
from reconcilers.reconciler import SERVING, Look, Made, Reconciler
from reconcilers.resource import CamelResource, Hidden, Immutable, Live, Unordered, plain
from reconcilers.topology import api, speaks
from specs import Instance
from specs.gateway import Route
from specs.openapi import Operation

JSON = "application/json"


class RestIntegration(CamelResource):
    rest_api_id: Immutable[Link]
    resource_id: Immutable[Link]
    http_method: Immutable[str]
    """The method it belongs to, not the one it calls with."""
    type: str = "HTTP_PROXY"
    integration_http_method: str | None = None
    """What it calls with; `httpMethod` in AWS's answers. None for a mock."""
    uri: Link | None = None
    connection_type: str | None = None
    """None for what has no connection: mocks and AWS's own services."""
    connection_id: Link | None = None
    integration_target: Link | None = None
    """The load balancer; empty through a link V1, which leads to its own, and None where there is no link."""
    credentials: str | None = None
    request_parameters: Mapping[str, Link] = {}
    request_templates: Mapping[str, str] = {}
    passthrough_behavior: str = "WHEN_NO_MATCH"
    content_handling: str | None = None
    timeout_in_millis: int = 29_000
    cache_namespace: str | None = None
    """None is its resource's own."""
    cache_key_parameters: Unordered[str] = ()
    response_transfer_mode: str = "BUFFERED"
    tls_config: Tls = Tls()
    integration_responses: Mapping[str, IntegrationResponse] = {}
    method: Hidden[Link | None] = None
    leads: Hidden[tuple[Ref, ...]] = ()
    """What is at the port in `uri`: the listener, or on an application load balancer the service's rules there."""
    serves: Hidden[Ref | None] = None
    """Who answers there: nobody who calls is led to a service that does not yet."""
    through: Hidden[Ref | None] = None
    """The link on the way there, once it carries requests."""


WAYS: Mapping[str, Way] = {
    "integrationHttpMethod": Whole(name="httpMethod"),
    "uri": WHOLE,
    "connectionType": WHOLE,
    "connectionId": WHOLE,
    "integrationTarget": WHOLE,
    "credentials": WHOLE,
    "requestParameters": ENTRIES,
    "requestTemplates": ENTRIES,
    "passthroughBehavior": WHOLE,
    "contentHandling": WHOLE,
    "timeoutInMillis": WHOLE,
    "cacheNamespace": WHOLE,
    "cacheKeyParameters": NAMED,
    "responseTransferMode": WHOLE,
    "tlsConfig": Inside({"insecureSkipVerification": WHOLE}),
}
"""Source: ledger 6.5. One of another type is put anew."""
NEEDED = frozenset({"integration_http_method", "uri", "cache_namespace"})
"""What no patch takes away; a mock that somebody gave one is put anew too."""


class RestIntegrations(Reconciler[RestIntegration]):
    kind = RestIntegration
    needs = (RestApi,)
    closed = True
    cascades = True
    leads = frozenset({"type", "uri", "connection_type", "connection_id", "integration_target", "request_parameters"})

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, RestIntegration]]:
        if speaks(instance, "rest"):
            led = routes(instance)
            for route_key, route in led.items():
                mocked = route.mock is not None
                want = (
                    _mock(instance, route_key, route) if mocked else _to_the_balancer(instance, route_key, route, facts)
                )
                known = stated(want, _said(route)) if adopted_api(instance) else want
                yield RestIntegration.key(instance.address, route_key), known
            for route_key, operation in operations(instance).items():
                if route_key not in led:
                    yield RestIntegration.key(instance.address, route_key), _described(instance, route_key, operation)

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[RestIntegration]]:
        for place in methods(aws, look):
            if told := place.method.get("methodIntegration"):
                found = RestIntegration.from_aws(
                    told,
                    rest_api_id=place.api.id,
                    resource_id=place.resource["id"],
                    http_method=place.verb,
                    type=told["type"].upper(),
                    integration_http_method=told.get("httpMethod"),
                    connection_type=told.get("connectionType", _connection(told["type"].upper())),
                    integration_target=told.get("integrationTarget", _target(told.get("connectionType"))),
                    cache_namespace=_shared(told, place.resource["id"]),
                    request_templates=texts(told.get("requestTemplates")),
                    integration_responses=integration_responses(told.get("integrationResponses", {})),
                )
                key = RestIntegration.key(place.api.key.instance, place.part)
                yield from mine(look, place.api, Live(key, f"{place.id}/integration", found))

    def create(self, aws: Aws, key: Key, want: RestIntegration, name: str) -> Made:
        with aws.alone(str(want.rest_api_id)):
            _put(aws, key, want)
            _respond(aws, {}, want)
        return {"id": f"{want.rest_api_id}/{want.resource_id}/{want.http_method}/integration"}

    def update(self, aws: Aws, live: Live[RestIntegration], want: RestIntegration, changed: frozenset[str]) -> None:
        with aws.alone(str(want.rest_api_id)):
            anew = "type" in changed or any(getattr(want, name) is None for name in changed & NEEDED)
            if anew or ("connection_type" in changed and not (want.connection_id or live.adopted)):
                _put(aws, live.key, want)
                _respond(aws, {}, want)
                return
            told = _revealed(aws, live.key, want) if "request_parameters" in changed else want
            if operations := patch(live.resource, told, changed - {"integration_responses"}, WAYS):
                aws.apigateway.update_integration(**_where(want), patchOperations=operations)
            if "integration_responses" in changed:
                _respond(aws, live.resource.integration_responses, want)

    def delete(self, aws: Aws, live: Live[RestIntegration]) -> None:
        with aws.alone(str(live.resource.rest_api_id)):
            aws.apigateway.delete_integration(**_where(live.resource))

    def parent_of(self, live: Live[RestIntegration]) -> str:
        return live.id.removesuffix("/integration")


def _where(integration: RestIntegration) -> dict[str, Any]:
    return {
        "restApiId": integration.rest_api_id,
        "resourceId": integration.resource_id,
        "httpMethod": integration.http_method,
    }


def _shared(told: Mapping[str, Any], resource_id: str) -> str | None:
    """The cache it shares with others; without being told AWS gives it the id of its resource (findings.md, A)."""
    namespace: str | None = told.get("cacheNamespace")
    return None if namespace == resource_id else namespace


def _connection(type: str) -> str | None:
    """AWS adds INTERNET to HTTP integrations only (findings.md, A)."""
    return "INTERNET" if type.startswith("HTTP") else None


def _target(connection: str | None) -> str | None:
    """What is not told is a link V1's own load balancer."""
    return "" if connection == "VPC_LINK" else None


def _revealed(aws: Aws, key: Key, want: RestIntegration) -> RestIntegration:
    """With the secret itself among the parameters, where its fingerprint stands."""
    parameters = revealed(aws, key.instance, want.request_parameters or {}, "'{}'")
    return want.model_copy(update={"request_parameters": parameters})


def _put(aws: Aws, key: Key, want: RestIntegration) -> None:
    want = whole(want, integration_http_method=want.http_method if want.uri is not None else None)
    told = {member: value for member, value in _revealed(aws, key, want).to_aws().items() if value not in ("", [], {})}
    told.pop("integrationResponses", None)
    if not want.tls_config.insecure_skip_verification:
        told.pop("tlsConfig")
    aws.apigateway.put_integration(**told)


def _respond(aws: Aws, there: Mapping[str, IntegrationResponse], want: RestIntegration) -> None:
    """PutIntegrationResponse overwrites (ledger 0.2)."""
    wanted = want.integration_responses or {}
    for status in sorted(there.keys() - wanted.keys()):
        aws.apigateway.delete_integration_response(**_where(want), statusCode=status)
    for status in sorted(status for status in wanted if there.get(status) != wanted[status]):
        told = {member: value for member, value in plain(wanted[status]).items() if value not in ("", {})}
        aws.apigateway.put_integration_response(**_where(want), statusCode=status, **told)


def _said(route: Route) -> frozenset[str]:
    """The fields of an integration made by hand that its route says something of: where it goes, and little else."""
    if route.mock is not None:
        return frozenset({"type", "connection_type", "request_templates", "integration_responses"})
    way = {"uri", "connection_type", "connection_id", "integration_target", "request_parameters"}
    waits = (
        {"timeout_in_millis"} if route.timeout != RestIntegration.model_fields["timeout_in_millis"].default else set()
    )
    if route.response_mode is not None:
        waits = waits | {"response_transfer_mode"}
    return frozenset(way | waits | ({"cache_key_parameters"} if route.cache is not None else set()))


# ---- to the load balancer


def _to_the_balancer(instance: Instance, route_key: str, route: Route, facts: Facts) -> RestIntegration:
    verb, _, path = route_key.partition(" ")
    return RestIntegration(
        rest_api_id=Ref(rest_key(instance)),
        resource_id=resource(instance, path),
        http_method=verb,
        integration_http_method=verb,
        uri=url(instance, route.service, facts, template(route.rewrite.path or path)),
        **connection(instance, facts),
        request_parameters=parameters(instance, route.rewrite.path or path, route),
        timeout_in_millis=route.timeout,
        response_transfer_mode=(route.response_mode or api(instance).gateway.response_mode).upper(),
        cache_key_parameters=cache_key(path, route),
        method=Ref(Method.key(instance.address, route_key)),
        leads=tuple(Ref(key) for key in leading_to(instance, route.service)),
        serves=Ref(Key(instance.address, "Service", route.service), SERVING),
    )


# ---- as an OpenAPI document says


def _described(instance: Instance, route_key: str, operation: Operation) -> RestIntegration:
    verb, _, path = route_key.partition(" ")
    return RestIntegration(
        rest_api_id=Ref(rest_key(instance)),
        resource_id=resource(instance, path),
        http_method=verb,
        method=Ref(Method.key(instance.address, route_key)),
        **integration_fields(operation),
    )


# ---- without anybody behind


def _mock(instance: Instance, route_key: str, route: Route) -> RestIntegration:
    """The request template names the status, and the response of that status says the rest (developer guide,
    how-to-mock-integration)."""
    mock = route.mock
    assert mock is not None
    verb, _, path = route_key.partition(" ")
    answer = IntegrationResponse(
        response_parameters={f"method.response.header.{name}": f"'{value}'" for name, value in mock.headers.items()},
        response_templates={JSON: choosing(api(instance).gateway.cors, mock) + mock.body},
    )
    return RestIntegration(
        rest_api_id=Ref(rest_key(instance)),
        resource_id=resource(instance, path),
        http_method=verb,
        type="MOCK",
        connection_type=None,
        request_templates={JSON: f'{{"statusCode": {mock.status}}}'},
        integration_responses={str(mock.status): answer},
        method=Ref(Method.key(instance.address, route_key)),
    )
