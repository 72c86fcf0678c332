"""API Gateway's documented request rates, for whoever wants to be held to them: one bucket for all operations of an
account and region, whoever calls, and one each for the odd slow ones (API Gateway quotas; ledger 0.6).

    sandbox.faults.append(Fault(documented(), on="apigateway*:*"))
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.calls import Call
from sandbox.faults import Effect, Proceed
from sandbox.refusal import Refusal

ALL = "all operations"
RATES: Mapping[str, tuple[float, float]] = {  # requests a second, and at once
    ALL: (10, 40),
    "CreateRestApi": (1 / 3, 1),
    "CreateRestApi (edge)": (1 / 30, 1),
    "DeleteRestApi": (1 / 30, 1),
    "PutRestApi": (1, 1),
    "CreateResource": (5, 5),
    "DeleteResource": (5, 5),
    "GetResources": (5 / 2, 5),
    "CreateDeployment": (1 / 5, 1),
    "CreateVpcLink (V2)": (1 / 15, 1),
    "DeleteVpcLink (V2)": (1 / 30, 1),
    "CreateDomainName": (1 / 30, 1),
    "UpdateDomainName": (1 / 30, 1),
    "DeleteDomainName": (1 / 30, 1),
    "UpdateAccount": (1 / 20, 1),
    "UpdateUsagePlan": (1 / 20, 1),
    "CreateApiKey": (5, 5),
    "DeleteApiKey": (5, 5),
    "CreateDocumentationVersion": (1 / 20, 1),
}
SERVICES = ("apigateway", "apigatewayv2")
HAIR = 1e-6  # less than this of a token is rounding


@dataclass
class Bucket:
    rate: float
    burst: float
    tokens: float
    at: float

    def filled(self, now: float) -> float:
        return min(self.burst, self.tokens + (now - self.at) * self.rate)


@dataclass
class Buckets:
    """By account, region and name."""

    kept: dict[tuple[str, str, str], Bucket] = field(default_factory=dict)

    def take(self, call: Call, now: float) -> None:
        """One token from each bucket the call draws on, or none from any. Raises `Refusal`."""
        drawn = [self._bucket(call, name, now) for name in (ALL, named(call)) if name in RATES]
        if any(each.filled(now) < 1 - HAIR for each in drawn):
            raise Refusal("TooManyRequestsException", "Too Many Requests", 429)
        for each in drawn:
            each.tokens, each.at = each.filled(now) - 1, now

    def _bucket(self, call: Call, name: str, now: float) -> Bucket:
        rate, burst = RATES[name]
        return self.kept.setdefault((call.account, call.region, name), Bucket(rate, burst, burst, now))


def named(call: Call) -> str:
    """The row of the table: an import is a create, an edge API is made more slowly, only VPC links V2 are slow."""
    operation = "CreateRestApi" if call.operation == "ImportRestApi" else call.operation
    if operation == "CreateRestApi" and _edge(call):
        return "CreateRestApi (edge)"
    if operation.endswith("VpcLink") and call.service == "apigatewayv2":
        return f"{operation} (V2)"
    return operation


def _edge(call: Call) -> bool:
    types = call.request.get("endpointConfiguration", {}).get("types") or [
        call.request.get("parameters", {}).get("endpointConfigurationTypes", "EDGE")
    ]
    return "EDGE" in types


def documented() -> Effect:
    """A fault that refuses what comes too fast."""
    buckets = Buckets()

    def effect(sandbox: Any, call: Call, proceed: Proceed) -> Any:
        if call.service in SERVICES:
            buckets.take(call, sandbox.clock.now())
        return proceed()

    return effect
