"""A value that AWS answers and nobody is to be shown: it is taken out of every answer as soon as that comes home.

API Gateway adds the header `x-penstock-secret` to what it sends over the internet, and the rules of the listener demand
it (spec.md §3, `gateway.integration`). Both tell it to whoever may look at them. What is compared, planned, kept and
told is its fingerprint: it stands for the value, and a value of 384 bits cannot be guessed from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

SECRET_HEADER = "x-penstock-secret"  # noqa: S105  its name, not its value
PARAMETERS = frozenset({f"overwrite:header.{SECRET_HEADER}", f"integration.request.header.{SECRET_HEADER}"})
"""How integrations of HTTP and of REST APIs set it."""
DIGITS = 32


def fingerprint(value: str) -> str:
    """What stands for a value wherever it can be read."""
    return f"sha256:{sha256(value.encode()).hexdigest()[:DIGITS]}"


def of_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A listener's rule as DescribeRules answers it, without the value."""
    return {**rule, "Conditions": [_of_condition(each) for each in rule.get("Conditions", ())]}


def _of_condition(condition: Mapping[str, Any]) -> Mapping[str, Any]:
    config = condition.get("HttpHeaderConfig", {})
    if config.get("HttpHeaderName", "").lower() != SECRET_HEADER:
        return condition
    known = {name: [fingerprint(each) for each in config[name]] for name in ("Values", "RegexValues") if name in config}
    return {**condition, "HttpHeaderConfig": {**config, **known}}


def of_integration(integration: Mapping[str, Any], member: str = "requestParameters") -> dict[str, Any]:
    """An integration as API Gateway answers it, without the value; REST APIs put it in quotes."""
    told = integration.get(member)
    if not told or PARAMETERS.isdisjoint(told):
        return dict(integration)
    known = {name: fingerprint(told[name].strip("'")) for name in PARAMETERS & told.keys()}
    return {**integration, member: {**told, **known}}


def of_resource(resource: Mapping[str, Any]) -> dict[str, Any]:
    """A resource of a REST API with its methods, as GetResources answers it, without the value."""
    methods = resource.get("resourceMethods", {})
    known = {
        verb: {**method, "methodIntegration": of_integration(method["methodIntegration"])}
        for verb, method in methods.items()
        if "methodIntegration" in method
    }
    return {**resource, "resourceMethods": {**methods, **known}} if known else dict(resource)
