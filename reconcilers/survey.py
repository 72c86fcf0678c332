"""What should be, and what is: the two questions every pass begins with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconcilers import RECONCILERS
from reconcilers.aws import Aws
from reconcilers.errors import Stopped, code, message
from reconcilers.facts import Facts, Missing
from reconcilers.keys import Key
from reconcilers.observability.log_group import LogGroup
from reconcilers.overrides import overridden
from reconcilers.ownership import identity
from reconcilers.reconciler import Fleet, Look
from reconcilers.resource import Graph, Live, Resource
from specs import Instance


@dataclass(frozen=True)
class Desire:
    """What a set of instances wants, and which of them could not say."""

    graph: Graph
    problems: Mapping[str, str] = field(default_factory=dict)
    """By instance: why its wants cannot be told. Such an instance is left alone."""


def desire(instances: Iterable[Instance], facts: Facts) -> Desire:
    """Every resource that should exist, tagged. An instance that cannot be understood stops only itself."""
    graph: dict[Key, Resource] = {}
    problems: dict[str, str] = {}
    for instance in instances:
        try:
            own = {
                key: tagged(overridden(instance, key, want), facts.install, key, instance.labels)
                for reconciler in RECONCILERS
                for key, want in reconciler.desired(instance, facts)
            }
        except Missing as missing:
            problems[instance.address] = str(missing)
        except Exception as error:
            problems[instance.address] = f"{type(error).__name__}: {error}"
        else:
            graph |= own
    return Desire(graph, problems)


UNTAGGED = frozenset(
    {"RolePolicy", "LoadBalancerAttributes", "WebAclAssociation", "TargetGroupAttributes", "ScalingPolicy"}
    | {
        "CapacityReservation",
        "Integration",
        "Route",
        "Authorizer",
        "Permission",
        "ApiMapping",
        "RoutingRule",
        "RecordSet",
    }
    | {"GatewayResponse", "RestAuthorizer", "Account", "RestResource", "Method", "RestIntegration", "RestDeployment"}
    | {"UsagePlanKey", "Model", "RequestValidator"}
    | {"WebSocketIntegration", "WebSocketRoute", "WebSocketRouteResponse", "WebSocketAuthorizer"}
)
"""What AWS cannot tag: it belongs to its tagged parent (ledger 0.3)."""


def tagged(want: Resource, install: str, key: Key, labels: Mapping[str, str]) -> Resource:
    return want if key.kind in UNTAGGED else want.model_copy(update={"tags": identity(install, key, labels)})


def observe(
    aws: Aws,
    graph: Graph,
    instances: Iterable[str],
    facts: Facts,
    hashes: Mapping[str, str],
    *,
    whole: bool = False,
) -> Fleet:
    """Everything of these instances that there is. A kind whose list fails is unknown, and so is what starts from it.

    A kind nobody wants costs no call once every instance is known to be as its spec says.
    """
    look = Look(aws, graph, frozenset(instances), facts, hashes, whole=whole)
    unknown: dict[str, str] = {}
    wanted = {key.kind for key in graph}
    for reconciler in RECONCILERS:
        kind = reconciler.kind.__name__
        if kind not in wanted and kind != LogGroup.__name__ and _finished(look):
            continue
        if lost := next((need.__name__ for need in reconciler.needs if need.__name__ in unknown), None):
            unknown[kind] = f"{lost} could not be listed"
            continue
        try:
            look.lives.extend(list(reconciler.observe(aws, look)))
        except Stopped:
            raise
        except Exception as error:
            unknown[kind] = f"{code(error)}: {message(error)}"
    return Fleet(
        tuple(look.lives), unknown, look.conflicts, tuple(look.strangers), aws.install, frozenset(look.anchors)
    )


def _finished(look: Look) -> bool:
    """Whether no instance can have left-overs: each was applied as it is written, or has not begun."""
    anchors = {live.key.instance: live for live in look.lives if live.key == Key(live.key.instance, LogGroup.__name__)}
    return look.once(
        "finished",
        lambda: all(
            each in look.hashes and (each not in anchors or look.settled(each, anchors[each].resource.tags or {}))
            for each in look.instances
        ),
    )


def observe_kinds(aws: Aws, fleet: Fleet, graph: Graph, keys: Iterable[Key], facts: Facts) -> tuple[Live[Any], ...]:
    """A narrow look at kinds that are pending, with what is known of all others."""
    asked = {key.kind for key in keys}
    instances = frozenset(live.key.instance for live in fleet.lives) | {key.instance for key in graph}
    look = Look(aws, graph, instances, facts, lives=[live for live in fleet.lives if live.key.kind not in asked])
    found: list[Live[Any]] = []
    for reconciler in RECONCILERS:
        if reconciler.kind.__name__ in asked:
            lives = list(reconciler.observe(aws, look))
            look.lives.extend(lives)
            found += lives
    return tuple(found)
