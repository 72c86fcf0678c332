"""The resource policy of a REST API, or of a private custom domain: who may call it at all. Every statement is about
the API or the domain itself, whose ARN AWS writes out where the request said `execute-api:/…`; read back, it is the
short form again, so that the two compare.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from specs.rest import PolicyStatement

OWN_ARN = re.compile(r"^arn:[^:]+:execute-api:[^:]*:[^:]*:[^/*]+/")
OWN_DOMAIN = re.compile(r"^arn:[^:]+:execute-api:[^:]*:[^:]*:/domainnames/[^/*]+(/\*)?$")
"""A private custom domain's own (guide, apigateway-private-custom-domains-provider-share-cli)."""
CONDITIONS = (
    ("source_ip", "IpAddress", "aws:SourceIp"),
    ("unless_source_ip", "NotIpAddress", "aws:SourceIp"),
    ("source_vpc_endpoint", "StringEquals", "aws:SourceVpce"),
    ("unless_source_vpc_endpoint", "StringNotEquals", "aws:SourceVpce"),
)
"""Source: API Gateway developer guide, apigateway-resource-policies-examples."""
EVERYBODY = PolicyStatement(effect="Allow")


def resource_policy(statements: tuple[PolicyStatement, ...]) -> dict[str, Any] | None:
    """The document; where only denials are written the rest is allowed, because nothing is without a word."""
    if not statements:
        return None
    denials = all(each.effect == "Deny" for each in statements)
    listed: Iterable[PolicyStatement] = (EVERYBODY, *statements) if denials else statements
    return {"Version": "2012-10-17", "Statement": tuple(map(_statement, listed))}


def _statement(spec: PolicyStatement) -> dict[str, Any]:
    told: dict[str, Any] = {
        "Effect": spec.effect,
        "Principal": "*" if spec.principal == "*" else {"AWS": spec.principal},
        "Action": spec.action,
        "Resource": tuple(spec.resources),
    }
    conditions: dict[str, dict[str, tuple[str, ...]]] = {}
    for field, operator, key in CONDITIONS:
        if values := getattr(spec, field):
            conditions.setdefault(operator, {})[key] = tuple(values)
    return told | ({"Condition": conditions} if conditions else {})


def told_policy(api: Mapping[str, Any]) -> dict[str, Any] | None:
    """The policy of an answer: a string in a string, its quotes escaped once more than one expects (findings.md, A)."""
    sent = api.get("policy")
    if not sent:
        return None
    text = sent if sent.startswith('{"') else json.loads(f'"{sent}"')
    return short_policy(json.loads(text))


def short_policy(document: Mapping[str, Any]) -> dict[str, Any]:
    """A document in the form in which it is compared: the API by its short name, lists as tuples."""
    found: dict[str, Any] = _short(document)
    return found


def _short(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _short(each) for name, each in value.items()}
    if isinstance(value, list):
        return tuple(_short(each) for each in value)
    if not isinstance(value, str):
        return value
    return "execute-api:/*" if OWN_DOMAIN.match(value) else OWN_ARN.sub("execute-api:/", value)
