"""What a stage serves is a snapshot, and its name is a hash over what is in it (architecture.md, issue: deployments).

The hash is taken over the tree in the form in which AWS answers it, of what is wanted and of what is there alike, so
equal hashes mean equal trees. It covers a fixed list of members, and the list has a number: a version of Penstock that
knows more members has another list with another number, and goes on reading the hashes of the old ones, so that no
upgrade deploys anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from reconcilers.gateway.rest.resource_policy import told_policy

Tree = Mapping[str, Mapping[str, Any]]
"""By address, `RestApi` or `GET /orders`: the members that AWS answers."""


@dataclass(frozen=True, slots=True)
class Members:
    """The members that one algorithm looks at."""

    api: frozenset[str]
    method: frozenset[str]
    integration: frozenset[str]
    beside: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By kind: what hangs on the API beside its tree, and is in the picture too."""


FIRST = Members(
    api=frozenset(
        {"apiKeySource", "binaryMediaTypes", "minimumCompressionSize", "disableExecuteApiEndpoint", "policy"}
    ),
    method=frozenset(
        {"authorizationType", "authorizerId", "authorizationScopes", "apiKeyRequired", "operationName"}
        | {"requestParameters", "requestModels", "requestValidatorId", "methodResponses"}
    ),
    integration=frozenset(
        {"type", "httpMethod", "uri", "connectionType", "connectionId", "integrationTarget", "credentials"}
        | {"requestParameters", "requestTemplates", "passthroughBehavior", "contentHandling", "timeoutInMillis"}
        | {"cacheNamespace", "cacheKeyParameters", "responseTransferMode", "tlsConfig", "integrationResponses"}
    ),
    beside={
        "RestAuthorizer": frozenset(
            {"type", "providerARNs", "authorizerUri", "authorizerCredentials", "identitySource", "jwtConfiguration"}
            | {"identityValidationExpression", "authorizerResultTtlInSeconds"}
        ),
        "Model": frozenset({"contentType", "schema"}),
        "RequestValidator": frozenset({"validateRequestBody", "validateRequestParameters"}),
        "GatewayResponse": frozenset({"statusCode", "responseParameters", "responseTemplates"}),
    },
)
ALGORITHMS: Mapping[int, Members] = {1: FIRST}
NEWEST = max(ALGORITHMS)
MARK = re.compile(r"penstock ([0-9]+) ([0-9a-f]{32})")
DEFAULTS: Mapping[str, Any] = {
    "passthroughBehavior": "WHEN_NO_MATCH",
    "timeoutInMillis": 29_000,
    "responseTransferMode": "BUFFERED",
    "connectionType": "INTERNET",
    "apiKeySource": "HEADER",
}
"""What AWS fills in, or in older answers leaves out (ledger 6.2, 6.5)."""


NOTHING: tuple[Any, ...] = (None, False, "", {}, [])


def mark(tree: Tree, algorithm: int = NEWEST) -> str:
    """The name of this content: the description of the deployment that holds it."""
    digest = sha256(json.dumps(content(tree, algorithm), sort_keys=True).encode()).hexdigest()[:32]
    return f"penstock {algorithm} {digest}"


def content(tree: Tree, algorithm: int = NEWEST) -> dict[str, Any]:
    """What of a tree an algorithm looks at, in one form for all that mean the same."""
    return {name: _chosen(name, each, ALGORITHMS[algorithm]) for name, each in tree.items()}


def is_ours(description: str) -> bool:
    return MARK.fullmatch(description) is not None


def holds(description: str, tree: Tree) -> bool:
    """Whether a deployment of this description holds this content, by the algorithm that wrote it."""
    found = MARK.fullmatch(description)
    return found is not None and int(found[1]) in ALGORITHMS and mark(tree, int(found[1])) == description


def answered(api: Mapping[str, Any], resources: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The tree as GetRestApi and GetResources answer it."""
    methods = {
        f"{verb} {resource['path']}": _with_own_cache(method, resource["id"])
        for resource in resources
        for verb, method in resource.get("resourceMethods", {}).items()
    }
    return {"RestApi": {**api, "policy": told_policy(api)}, **methods}


def _with_own_cache(method: Mapping[str, Any], resource_id: str) -> Mapping[str, Any]:
    """A method without the name of its cache, unless it shares one: every resource has another."""
    integration = method.get("methodIntegration") or {}
    if integration.get("cacheNamespace") != resource_id:
        return method
    own = {name: value for name, value in integration.items() if name != "cacheNamespace"}
    return {**method, "methodIntegration": own}


def _chosen(name: str, told: Mapping[str, Any], members: Members) -> Any:
    if name == "RestApi":
        return only(told, members.api)
    if (kind := name.partition("/")[0]) in members.beside:
        return only(told, members.beside[kind])
    integration = only(told.get("methodIntegration") or {}, members.integration)
    return {**only(told, members.method), "methodIntegration": integration}


def only(told: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """These members of a structure, without what says no more than silence."""
    chosen = {name: _settled(name, told[name]) for name in names if name in told}
    return {name: value for name, value in chosen.items() if value not in NOTHING and value != DEFAULTS.get(name)}


def _settled(name: str, value: Any) -> Any:
    """A member as it is compared: AWS keeps no order of lists, and answers an empty template with null."""
    if name in ("methodResponses", "integrationResponses"):
        return {status: only(each, each.keys() - {"statusCode"}) for status, each in value.items()}
    if name == "tlsConfig":
        return only(value, value)
    if name == "type":
        return value.upper()
    return _ordered(value)


def _ordered(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {inner: "" if each is None else _ordered(each) for inner, each in value.items()}
    if isinstance(value, (list, tuple)):
        return sorted((_ordered(each) for each in value), key=str)
    return value
