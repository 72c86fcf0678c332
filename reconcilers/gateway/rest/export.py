"""What a stage really serves, read as an export: the only way to look into a snapshot (ledger 6.6).

An export is an OpenAPI document with API Gateway's extensions. It says less than the tree, and says it otherwise, so
what both can say is compared: which methods there are, who needs a key, and where each request goes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from reconcilers.aws import Aws
from reconcilers.fingerprint import of_integration
from reconcilers.gateway.rest.snapshot import only

ANY = "x-amazon-apigateway-any-method"
INTEGRATION = "x-amazon-apigateway-integration"
"""Source: API Gateway developer guide, api-gateway-swagger-extensions."""
VERBS = frozenset({"get", "put", "post", "delete", "patch", "options", "head"})
ALWAYS = frozenset(
    {"type", "httpMethod", "uri", "connectionType", "connectionId", "credentials", "requestParameters"}
    | {"requestTemplates", "passthroughBehavior", "contentHandling", "timeoutInMillis", "cacheKeyParameters"}
)
"""What an export tells of every integration that has it."""

Served = dict[str, dict[str, Any]]


def served(aws: Aws, api_id: str, stage: str) -> Served:
    """By `GET /orders`: what the stage does with such a request."""
    answer = aws.apigateway.get_export(
        restApiId=api_id, stageName=stage, exportType="oas30", parameters={"extensions": "apigateway"},
        accepts="application/json",
    )  # fmt: skip
    document = json.loads(answer["body"].read())
    return {
        f"{'ANY' if verb == ANY else verb.upper()} {path}": _told(operation)
        for path, item in document.get("paths", {}).items()
        for verb, operation in item.items()
        if verb == ANY or verb in VERBS
    }


def expected(tree: Mapping[str, Mapping[str, Any]]) -> Served:
    """The same of a wanted tree."""
    return {
        address: {
            "apiKeyRequired": bool(told.get("apiKeyRequired")),
            "integration": only(told.get("methodIntegration") or {}, ALWAYS),
        }
        for address, told in tree.items()
        if " " in address
    }


def conforms(served: Served, tree: Mapping[str, Mapping[str, Any]], *, whole: bool, closes: bool = False) -> bool:
    """Whether what is served is what is wanted; of an API made by hand (not `whole`) only what is stated counts, and
    where a document `closes` it nothing else is served."""
    if whole:
        return served == expected(tree)
    if closes and served.keys() != expected(tree).keys():
        return False
    return all(
        address in served and within(only(told.get("methodIntegration") or {}, ALWAYS), served[address]["integration"])
        for address, told in tree.items()
        if " " in address
    )


def within(stated: Any, there: Any) -> bool:
    """Whether everything stated is so there; maps may have more."""
    if isinstance(stated, Mapping) and isinstance(there, Mapping):
        return all(within(value, there.get(name)) for name, value in stated.items())
    return bool(stated == there)


def _told(operation: Mapping[str, Any]) -> dict[str, Any]:
    integration = of_integration(operation.get(INTEGRATION, {}))
    if "passthroughBehavior" in integration:
        integration["passthroughBehavior"] = integration["passthroughBehavior"].upper()
    keys = any("api_key" in each for each in operation.get("security", ()))
    return {"apiKeyRequired": keys, "integration": only(integration, ALWAYS)}
