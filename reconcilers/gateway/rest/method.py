"""Methods: what a request must bring along to be let through to an integration. `GET /orders/{id}` is its address."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from reconcilers.aws import Aws
from reconcilers.facts import Facts
from reconcilers.gateway.permission import permission_key
from reconcilers.gateway.rest.adoption import adopted_api, stated, whole
from reconcilers.gateway.rest.described import method_id, methods, mine
from reconcilers.gateway.rest.documented import method_fields, operations
from reconcilers.gateway.rest.model import model_key
from reconcilers.gateway.rest.patch import ENTRIES, VALUED, WHOLE, Way, Whole, patch
from reconcilers.gateway.rest.request_validator import validator
from reconcilers.gateway.rest.rest_api import RestApi, rest_key
from reconcilers.gateway.rest.rest_authorizer import rest_guard
from reconcilers.gateway.rest.rest_resource import resource
from reconcilers.gateway.rest.routing import routes
from reconcilers.gateway.rest.shapes import MethodResponse, method_responses
from reconcilers.keys import Key, Link, Ref
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import CamelResource, Hidden, Immutable, Live, Unordered, plain
from reconcilers.topology import speaks
from specs import Instance
from specs.gateway import Route
from specs.openapi import Operation

VARIABLE = re.compile(r"\{([^}+]+)\+?\}")
REQUEST = re.compile(r"\$request\.(header|querystring)\.([A-Za-z0-9._$-]+)")
"""How a rewrite reads a header or a parameter of the request; AWS wants such declared by the method (ledger 6.4)."""


class Method(CamelResource):
    rest_api_id: Immutable[Link]
    resource_id: Immutable[Link]
    http_method: Immutable[str]
    authorization_type: str = "NONE"
    authorizer_id: Link | None = None
    authorization_scopes: Unordered[str] = ()
    api_key_required: bool = False
    operation_name: str = ""
    request_parameters: Mapping[str, bool] = {}
    request_models: Mapping[str, str] = {}
    request_validator_id: Link | None = None
    method_responses: Mapping[str, MethodResponse] = {}
    permission: Hidden[Link | None] = None
    """Nobody is asked before the function may answer."""
    models: Hidden[tuple[Link, ...]] = ()


WAYS: Mapping[str, Way] = {
    "authorizationType": WHOLE,
    "authorizerId": WHOLE,
    "authorizationScopes": VALUED,
    "apiKeyRequired": WHOLE,
    "operationName": WHOLE,
    "requestParameters": ENTRIES,
    "requestModels": ENTRIES,
    "requestValidatorId": Whole(empty=None),
}
"""Source: ledger 6.4; method responses have calls of their own."""


class Methods(Reconciler[Method]):
    kind = Method
    needs = (RestApi,)
    closed = True
    cascades = True

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, Method]]:
        if speaks(instance, "rest"):
            described, led = operations(instance), routes(instance)
            for route_key, route in led.items():
                if route_key not in described:
                    want = _wanted(instance, route_key, route)
                    known = stated(want, _said(route)) if adopted_api(instance) else want
                    yield Method.key(instance.address, route_key), known
            for route_key, operation in described.items():
                want = _described(instance, route_key, operation, led.get(route_key))
                yield Method.key(instance.address, route_key), want

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[Method]]:
        for place in methods(aws, look):
            found = Method.from_aws(
                place.method,
                rest_api_id=place.api.id,
                resource_id=place.resource["id"],
                http_method=place.verb,
                method_responses=method_responses(place.method.get("methodResponses", {})),
            )
            live = Live(Method.key(place.api.key.instance, place.part), place.id, found)
            yield from mine(look, place.api, live)

    def create(self, aws: Aws, key: Key, want: Method, name: str) -> Made:
        told = {member: value for member, value in whole(want).to_aws().items() if value not in ("", [], {})}
        responses = told.pop("methodResponses", {})
        with aws.alone(str(want.rest_api_id)):
            aws.apigateway.put_method(**told)
            for status, response in responses.items():
                aws.apigateway.put_method_response(**_where(want), statusCode=status, **response)
        return {"id": method_id(str(want.rest_api_id), str(want.resource_id), want.http_method)}

    def update(self, aws: Aws, live: Live[Method], want: Method, changed: frozenset[str]) -> None:
        """AWS wants an authorizer and the type that needs it in one patch (ledger 6.4)."""
        with aws.alone(str(want.rest_api_id)):
            if operations := patch(live.resource, want, changed - {"method_responses"}, WAYS):
                aws.apigateway.update_method(**_where(want), patchOperations=operations)
            if "method_responses" in changed:
                _respond(aws, live.resource, want)

    def delete(self, aws: Aws, live: Live[Method]) -> None:
        with aws.alone(str(live.resource.rest_api_id)):
            aws.apigateway.delete_method(**_where(live.resource))

    def parent_of(self, live: Live[Method]) -> str:
        """A method goes with its resource; the root goes with the API."""
        return str(live.resource.rest_api_id if live.key.part.endswith(" /") else live.resource.resource_id)


def _wanted(instance: Instance, route_key: str, route: Route) -> Method:
    verb, _, path = route_key.partition(" ")
    kind, authorizer = rest_guard(instance, route.authorizer)
    model = route.validation.body if route.validation is not None else None
    return Method(
        rest_api_id=Ref(rest_key(instance)),
        resource_id=resource(instance, path),
        http_method=verb,
        authorization_type=kind,
        authorizer_id=authorizer,
        authorization_scopes=route.scopes,
        permission=Ref(permission_key(instance, route.authorizer)) if kind == "CUSTOM" else None,
        api_key_required=route.api_key is not None,
        request_parameters=_parameters(path, route) if route.mock is None else {},
        request_models={"application/json": model} if model else {},
        request_validator_id=validator(instance, route),
        models=(Ref(model_key(instance, model)),) if model else (),
        method_responses=_answers(route),
    )


def _described(instance: Instance, route_key: str, operation: Operation, route: Route | None) -> Method:
    """A method of an OpenAPI document, refined by the route that has its key."""
    verb, _, path = route_key.partition(" ")
    if route is None:
        place = {"rest_api_id": Ref(rest_key(instance)), "resource_id": resource(instance, path), "http_method": verb}
        want = Method(**place)
    else:
        want = _wanted(instance, route_key, route)
    told = method_fields(instance, operation, route)
    parameters = dict(operation.method["requestParameters"])
    for name, needed in want.request_parameters.items():
        parameters[name] = needed or parameters.get(name, False)
    told["request_parameters"] = parameters
    told["method_responses"] = {**told["method_responses"], **want.method_responses}
    told["models"] = tuple(dict.fromkeys((*told["models"], *want.models)))
    return want.model_copy(update=told)


def _said(route: Route) -> frozenset[str]:
    """The fields of a method made by hand that its route says something of."""
    told = {
        "request_parameters": route.mock is None,
        "method_responses": route.mock is not None,
        "api_key_required": route.api_key is not None,
        "request_models": route.validation is not None,
        "request_validator_id": route.validation is not None,
        "authorization_type": route.authorizer is not None,
        "authorizer_id": route.authorizer is not None,
        "authorization_scopes": route.authorizer is not None,
    }
    return frozenset(name for name, said in told.items() if said)


def _where(method: Method) -> dict[str, Any]:
    return {"restApiId": method.rest_api_id, "resourceId": method.resource_id, "httpMethod": method.http_method}


def _respond(aws: Aws, live: Method, want: Method) -> None:
    """A response that differs is made anew: PutMethodResponse refuses what is there (ledger 6.4)."""
    there, wanted = live.method_responses, want.method_responses
    for status in sorted(status for status in there if wanted.get(status) != there[status]):
        aws.apigateway.delete_method_response(**_where(want), statusCode=status)
    for status in sorted(status for status in wanted if there.get(status) != wanted[status]):
        aws.apigateway.put_method_response(**_where(want), statusCode=status, **plain(wanted[status]))


def variables(path: str) -> tuple[str, ...]:
    """The names of a path's parameters: `id` and `proxy` of `/orders/{id}/{proxy+}`."""
    return tuple(VARIABLE.findall(path))


def _answers(route: Route) -> dict[str, MethodResponse]:
    """What a mock answers with has to be declared; what a service answers is passed through."""
    if route.mock is None:
        return {}
    headers = {f"method.response.header.{name}": False for name in route.mock.headers}
    return {str(route.mock.status): MethodResponse(response_parameters=headers)}


def _parameters(path: str, route: Route) -> dict[str, bool]:
    """What the integration reads of the request, by name; only what stands in the path must be there."""
    said = (*route.rewrite.headers.values(), *route.rewrite.query.values())
    read = (REQUEST.fullmatch(value) for value in said if value is not None)
    told = {f"method.request.{found[1]}.{found[2]}": False for found in read if found}
    told |= dict.fromkeys((f"method.request.{key}" for key in (route.cache.key if route.cache else ())), False)
    needed = route.validation.required if route.validation is not None else ()
    told |= dict.fromkeys((f"method.request.{name}" for name in needed), True)
    return told | {f"method.request.path.{name}": True for name in variables(path)}
