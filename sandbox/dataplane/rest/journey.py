"""What travels from hop to hop of a REST API: beside the request, the picture the stage shows and the method in it."""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.dataplane.journey import Journey
from sandbox.kinds import Fields


@dataclass
class RestJourney(Journey):
    """`shown`: the deployed picture. `resource` and `method`: what was found in it."""

    shown: Fields = field(default_factory=dict)
    resource: Fields = field(default_factory=dict)
    method: Fields = field(default_factory=dict)
    canary: bool = False
    caller: Fields = field(default_factory=dict)  # what an authorizer or a key told about who asks
    overrides: dict[str, str] = field(default_factory=dict)  # what templates said of the response
    remember: tuple[str, ...] = ()  # under what the answer goes into the stage's cache

    @property
    def verb(self) -> str:
        """Of the method, which may be ANY."""
        return str(self.method.get("httpMethod", ""))

    def variable(self, name: str) -> str:
        """A stage variable; a canary may have its own."""
        if self.stage is None:
            return ""
        variables = dict(self.stage.fields.get("variables", {}))
        if self.canary:
            variables |= self.stage["canarySettings"].get("stageVariableOverrides", {})
        return str(variables.get(name, ""))
