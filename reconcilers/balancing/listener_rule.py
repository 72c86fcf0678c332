"""Listener rules: which requests reach which service. API Gateway sets the header a rule matches, so no client chooses.

Rules of one listener match disjoint values, so any free priority serves: it is stepped on PriorityInUse and never
compared (spec.md §3). ECS and a replacement both work by the weights of the forward action.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from hashlib import sha256
from typing import Any

from botocore.exceptions import ClientError

from reconcilers.aws import Aws
from reconcilers.balancing.actions import Forward
from reconcilers.balancing.described import balancing, elbv2_tag
from reconcilers.balancing.listener import Listener
from reconcilers.balancing.target_group import TargetGroup
from reconcilers.errors import code
from reconcilers.facts import Facts
from reconcilers.keys import Key, Link, Ref
from reconcilers.ownership import tag_list
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Immutable, Live, Resource, Shape, Unordered
from reconcilers.topology import TARGET_HEADER, balancer_of, front_of, header_value, services
from specs import Instance

PRIORITIES = 49_000
STEPS = 20


class HeaderValues(Shape):
    http_header_name: str
    values: Unordered[str]


class Condition(Shape):
    field: str = "http-header"
    http_header_config: HeaderValues | None = None
    """None for a condition of another kind: somebody's, and not what is wanted."""


class ListenerRule(Resource):
    listener_arn: Immutable[Link]
    conditions: tuple[Condition, ...]
    actions: tuple[Forward, ...]


class ListenerRules(Reconciler[ListenerRule]):
    kind = ListenerRule
    needs = (Listener,)
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "Priority": "rules of ours match disjoint values: any free one serves",
        "RuleArn": "it is the id",
    }

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, ListenerRule]]:
        for name in services(instance):
            if balancer_of(instance).network:
                return
            values = HeaderValues(http_header_name=TARGET_HEADER, values=(header_value(instance, name),))
            yield (
                ListenerRule.key(instance.address, name),
                ListenerRule(
                    listener_arn=Ref(front_of(instance, name).key, "arn"),
                    conditions=(Condition(http_header_config=values),),
                    actions=(Forward.all_to(TargetGroup.key(instance.address, name)),),
                ),
            )

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[ListenerRule]]:
        seen = balancing(aws, look)
        wanted = look.wanted(ListenerRule)
        for found in seen.rules:
            arn, tags = found["RuleArn"], seen.tags.get(found["RuleArn"], {})
            rule = ListenerRule.from_aws(found, tags=tags)
            if key := look.whose(ListenerRule, tags, natural=partial(_alike, wanted, rule)):
                yield Live(key, arn, rule, {"arn": arn}, created=found["Priority"].zfill(6))

    def create(self, aws: Aws, key: Key, want: ListenerRule, name: str) -> Made:
        start = int(sha256(f"{key.instance} {key.address}".encode()).hexdigest(), 16) % PRIORITIES
        for step in range(STEPS):
            priority = 1 + (start + step) % PRIORITIES
            try:
                rule = _create(aws, want, priority)
            except ClientError as error:
                if code(error) != "PriorityInUse" or step == STEPS - 1:
                    raise
            else:
                break
        return {"id": rule["RuleArn"], "arn": rule["RuleArn"]}

    def update(self, aws: Aws, live: Live[ListenerRule], want: ListenerRule, changed: frozenset[str]) -> None:
        aws.elbv2.modify_rule(RuleArn=live.id, **want.to_aws(changed))

    def delete(self, aws: Aws, live: Live[ListenerRule]) -> None:
        aws.elbv2.delete_rule(RuleArn=live.id)

    def tag(self, aws: Aws, live: Live[ListenerRule], put: Mapping[str, str], drop: tuple[str, ...]) -> None:
        elbv2_tag(aws, live.id, put, drop)


def leading_to(instance: Instance, service: str) -> Key:
    """What forwards to a service's target group: its rule, or on a network load balancer its listener."""
    network = balancer_of(instance).network
    return front_of(instance, service).key if network else ListenerRule.key(instance.address, service)


def _alike(wanted: Mapping[Key, ListenerRule], rule: ListenerRule) -> Key | None:
    """The wanted rule that matches the same requests on the same listener."""
    place = (rule.listener_arn, rule.conditions)
    return next((key for key, want in wanted.items() if (want.listener_arn, want.conditions) == place), None)


def _create(aws: Aws, want: ListenerRule, priority: int) -> Mapping[str, Any]:
    tags = tag_list(want.tags or {})
    answer: Mapping[str, Any] = aws.elbv2.create_rule(Priority=priority, **want.to_aws(), Tags=tags)["Rules"][0]
    return answer
