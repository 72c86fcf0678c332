"""What AWS refuses and moto does not, for the services moto keeps for us: one module per service, one guard per operation.

A guard is a function `(world, request) -> None` with boto3's name of the operation; it raises what AWS would say.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

from sandbox import parsing, shapes
from sandbox.calls import Call
from sandbox.kinds import Fields
from sandbox.neighbours import ec2
from sandbox.world import World

Guard = Callable[[World, Fields], None]
MODULES: dict[str, ModuleType] = {"ec2": ec2}

GUARDS: dict[tuple[str, str], Guard] = {
    (service, aws): getattr(module, ours)
    for service, module in MODULES.items()
    for ours, aws in shapes.operations(service).items()
    if hasattr(module, ours)
}


def guard(world: World, call: Call) -> None:
    """Raises `Refusal` when moto would accept what AWS would not."""
    if check := GUARDS.get((call.service, call.operation)):
        check(world, call.request or parsing.parsed(call))
