"""What an OpenAPI document asks of API Gateway, in AWS's members: the form in which routes and reconcilers meet it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from specs.openapi.finding import step
from specs.problem import Origin

Members = Mapping[str, Any]
"""Members of an AWS request in AWS's spelling, sequences as tuples."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Who may call one operation."""

    type: str = "NONE"
    """`authorizationType` of PutMethod."""
    authorizer: str = ""
    """A security scheme of the document, or an authorizer of the spec; empty for none."""
    scopes: tuple[str, ...] = ()
    api_key: bool = False
    said: bool = False
    """Whether the document says anything about it; `security: []` says that the operation is open."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path. `method` has members of PutMethod, its responses by status and its validator by name;
    `integration` those of PutIntegration, its responses by status, or is None where a route has to say."""

    guard: Guard
    method: Members
    integration: Members | None


def operations_of(contract: "Contract | None") -> Mapping[str, Operation]:
    """By `GET /orders/{id}`; none where there is no document."""
    return contract.operations if contract is not None else {}


@dataclass(frozen=True, slots=True)
class Contract:
    """One document. A reference from one model to another is `{"$ref": "#/models/NAME"}`, because AWS's form of it has
    the id of the API."""

    file: str
    closes: bool
    """`mode: overwrite`: what is in the API and neither here nor in the spec goes, even where somebody made it by hand.
    """
    api: Members
    paths: tuple[str, ...]
    operations: Mapping[str, Operation]
    """By `GET /orders/{id}`."""
    models: Mapping[str, Members]
    validators: Mapping[str, Members]
    responses: Mapping[str, Members]
    authorizers: Mapping[str, Members]
    origins: Mapping[str, Origin] = field(default_factory=dict, repr=False)
    """Where each part is written, by its place in the spec: `/gateway/routes/GET ~1orders`."""

    def at(self, key: str) -> Origin:
        """Where an operation is written."""
        return self.origins[step("gateway", "routes", key)]

    @property
    def open_ended(self) -> tuple[str, ...]:
        """The operations that do not say what is behind them."""
        return tuple(key for key, each in self.operations.items() if each.integration is None)

    @property
    def settled(self) -> frozenset[str]:
        """The operations that say who may call them."""
        return frozenset(key for key, each in self.operations.items() if each.guard.said)

    def asked(self) -> dict[str, Any]:
        """Everything that it asks for, for the hash of the instance; neither its name nor its lines are part of it."""
        told = asdict(self)
        return {name: value for name, value in told.items() if name not in ("file", "origins")}
