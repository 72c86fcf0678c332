"""What an OpenAPI document says of methods and integrations, in the fields that routes make too (docs/decisions/0012).

Where a route has the same key it goes before the document: what is behind is the route's, and so is whatever it says of
who may call and of what is looked at. The rest is the document's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconcilers.gateway.permission import permission_key
from reconcilers.gateway.rest.model import model_key
from reconcilers.gateway.rest.request_validator import validator_key
from reconcilers.gateway.rest.rest_authorizer import rest_authorizer_key
from reconcilers.gateway.rest.shapes import Tls, integration_responses, method_responses
from reconcilers.keys import Ref
from reconcilers.topology import api
from specs import Instance
from specs.gateway import Route
from specs.openapi import Guard, Operation
from specs.openapi.contract import operations_of
from specs.openapi.modelling import BORN

INTEGRATION: Mapping[str, str] = {
    "httpMethod": "integration_http_method",
    "uri": "uri",
    "connectionType": "connection_type",
    "connectionId": "connection_id",
    "integrationTarget": "integration_target",
    "credentials": "credentials",
    "requestParameters": "request_parameters",
    "requestTemplates": "request_templates",
    "passthroughBehavior": "passthrough_behavior",
    "contentHandling": "content_handling",
    "timeoutInMillis": "timeout_in_millis",
    "cacheNamespace": "cache_namespace",
    "cacheKeyParameters": "cache_key_parameters",
    "responseTransferMode": "response_transfer_mode",
}
"""Members of an integration in a document, and the fields they are."""


def operations(instance: Instance) -> Mapping[str, Operation]:
    """By `GET /orders/{id}`: what the document of an instance says; nothing where it has none."""
    return operations_of(instance.contract)


def method_fields(instance: Instance, operation: Operation, route: Route | None) -> dict[str, Any]:
    """The fields of a method that its operation says and its route does not."""
    told = operation.method
    models = [*told["requestModels"].values(), *(name for each in told["responses"].values() for name in _models(each))]
    fields: dict[str, Any] = {
        "operation_name": told.get("operationName", ""),
        "method_responses": method_responses(told["responses"]),
        "models": tuple(Ref(model_key(instance, name)) for name in dict.fromkeys(models) if name not in BORN),
    }
    if route is None or route.api_key is None:
        fields["api_key_required"] = operation.guard.api_key
    if route is None or route.authorizer is None:
        fields |= _guarded(instance, operation.guard)
    if route is None or route.validation is None:
        name = told.get("requestValidator")
        fields["request_models"] = told["requestModels"]
        fields["request_validator_id"] = Ref(validator_key(instance, name)) if name else None
    return fields


def integration_fields(operation: Operation) -> dict[str, Any]:
    """The fields of an integration that an operation describes."""
    told = operation.integration
    assert told is not None
    fields: dict[str, Any] = {field: told[member] for member, field in INTEGRATION.items() if told.get(member)}
    fields["type"] = told["type"]
    if told["type"].startswith("HTTP"):
        fields.setdefault("connection_type", "INTERNET")
    else:
        fields["connection_type"] = None
    if fields["connection_type"] == "VPC_LINK":
        fields.setdefault("integration_target", "")
    fields["tls_config"] = Tls.model_validate(told.get("tlsConfig") or {})
    fields["request_templates"] = {name: each or "" for name, each in told.get("requestTemplates", {}).items()}
    return fields | {"integration_responses": integration_responses(told["responses"])}


def _models(response: Mapping[str, Any]) -> list[str]:
    return list(response["responseModels"].values())


def _guarded(instance: Instance, guard: Guard) -> dict[str, Any]:
    """An authorizer of the spec has a permission to ask its function; what a document describes has what it says."""
    own = api(instance).gateway.authorizers.get(guard.authorizer)
    asks = own is not None and own.function is not None
    return {
        "authorization_type": guard.type,
        "authorizer_id": Ref(rest_authorizer_key(instance, guard.authorizer)) if guard.authorizer else None,
        "authorization_scopes": guard.scopes,
        "permission": Ref(permission_key(instance, guard.authorizer)) if asks else None,
    }
