"""What AWS refuses and moto does not, for the services moto keeps for us: one module per service, one guard per
operation.

A guard is a function `(world, request) -> None` with boto3's name of the operation; it raises what AWS would say.
Before it, every request is held against botocore's own minima, maxima, patterns and enumerations.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

from sandbox import parsing, shapes
from sandbox.calls import Call
from sandbox.kinds import Fields
from sandbox.neighbours import acm, cloudwatch, cognitoidp, ec2, iam, logs, route53, secretsmanager, sts, wafv2
from sandbox.world import World

Guard = Callable[[World, Fields], None]
MODULES: dict[str, ModuleType] = {
    "acm": acm,
    "cloudwatch": cloudwatch,
    "ec2": ec2,
    "iam": iam,
    "logs": logs,
    "cognito-idp": cognitoidp,
    "secretsmanager": secretsmanager,
    "route53": route53,
    "sts": sts,
    "wafv2": wafv2,
}

FIRST = frozenset({"put_delivery_destination", "delete_metric_filter"})
"""Operations that AWS judges in other words than its usual ones."""

GUARDS: dict[tuple[str, str], Guard] = {
    (service, aws): getattr(module, ours)
    for service, module in MODULES.items()
    for ours, aws in shapes.operations(service).items()
    if hasattr(module, ours)
}


def guard(world: World, call: Call) -> None:
    """Raises `Refusal` when moto would accept what AWS would not."""
    check = GUARDS.get((call.service, call.operation))
    if call.service not in MODULES:
        return
    invalid, model = MODULES[call.service].INVALID, shapes.operation(call.service, call.operation)
    try:
        request = parsing.parsed(call, call.request)
    except ValueError as malformed:
        raise invalid.about(why=f"Malformed request: {malformed}") from None
    if check and check.__name__ in FIRST:
        check(world, request)
    if wrong := sorted(shapes.problems(model.input_shape, request, asked=True)) if model.input_shape else []:
        raise invalid.about(why=shapes.complaint(wrong))
    if check:
        check(world, request)
