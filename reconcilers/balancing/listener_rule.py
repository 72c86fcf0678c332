"""Listener rules: which requests reach which service.

Behind an API a rule matches the header that API Gateway sets, so no client chooses: rules of one listener match
disjoint values, any free priority serves, and it is stepped on PriorityInUse (spec.md §3). Where the load balancer is
the front door there is a rule for each route, with a priority among those that say how specific the route is
(`specs.routing`). ECS and a replacement both work by the weights of the forward action.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from hashlib import sha256
from typing import Annotated, Any, TypeVar

from botocore.exceptions import ClientError

from reconcilers.aws import Aws
from reconcilers.balancing.actions import Forward
from reconcilers.balancing.described import balancing, elbv2_tag
from reconcilers.balancing.listener import Listener
from reconcilers.balancing.target_group import TargetGroup
from reconcilers.errors import code
from reconcilers.facts import Facts
from reconcilers.keys import Key, Link, Ref, Within
from reconcilers.ownership import tag_list
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Delegated, Immutable, Live, Mark, Resource, Shape, Unordered
from reconcilers.topology import TARGET_HEADER, api, balancer_of, front_of, has_api, header_value, services
from specs import Instance
from specs.routing import FIRST, LAST, Order

T = TypeVar("T")
STEPS = 100
"""How many places are tried: a load balancer has so many rules (ledger 5.4)."""


class HeaderValues(Shape):
    http_header_name: str
    values: Unordered[str]


class PathPattern(Shape):
    """Plain patterns, or regular expressions: None for the other."""

    values: Annotated[tuple[str, ...] | None, Mark(unordered=True)] = None
    regex_values: Annotated[tuple[str, ...] | None, Mark(unordered=True)] = None


class Methods(Shape):
    values: Unordered[str]


class Condition(Shape):
    """One condition; the configurations of other fields are None in it."""

    field: str = "http-header"
    http_header_config: HeaderValues | None = None
    http_request_method_config: Methods | None = None
    path_pattern_config: PathPattern | None = None


class ListenerRule(Resource):
    listener_arn: Immutable[Link]
    priority: Delegated[int | Within]
    conditions: tuple[Condition, ...]
    actions: tuple[Forward, ...]


class ListenerRules(Reconciler[ListenerRule]):
    kind = ListenerRule
    needs = (Listener,)
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "RuleArn": "it is the id",
    }

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, ListenerRule]]:
        if not services(instance) or balancer_of(instance).network:
            return
        for part, service, priority, conditions in _by_header(instance) if has_api(instance) else _by_path(instance):
            yield (
                ListenerRule.key(instance.address, part),
                ListenerRule(
                    listener_arn=Ref(front_of(instance, service).key, "arn"),
                    priority=priority,
                    conditions=conditions,
                    actions=(Forward.all_to(TargetGroup.key(instance.address, service)),),
                ),
            )

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[ListenerRule]]:
        seen = balancing(aws, look)
        wanted = look.wanted(ListenerRule)
        for found in seen.rules:
            arn, tags = found["RuleArn"], seen.tags.get(found["RuleArn"], {})
            rule = ListenerRule.from_aws(found, priority=int(found["Priority"]), conditions=_in_order(found), tags=tags)
            if key := look.whose(ListenerRule, tags, natural=partial(_alike, wanted, rule)):
                yield Live(key, arn, rule, {"arn": arn}, created=found["Priority"].zfill(6))

    def create(self, aws: Aws, key: Key, want: ListenerRule, name: str) -> Made:
        told, tags = want.to_aws(), tag_list(want.tags or {})

        def create(priority: int) -> Made:
            made = aws.elbv2.create_rule(**told | {"Priority": priority}, Tags=tags)["Rules"][0]
            return {"id": made["RuleArn"], "arn": made["RuleArn"]}

        return _somewhere(key, want, create)

    def update(self, aws: Aws, live: Live[ListenerRule], want: ListenerRule, changed: frozenset[str]) -> None:
        if others := changed - {"priority"}:
            aws.elbv2.modify_rule(RuleArn=live.id, **want.to_aws(others))
        if "priority" in changed:
            _somewhere(
                live.key,
                want,
                lambda priority: aws.elbv2.set_rule_priorities(
                    RulePriorities=[{"RuleArn": live.id, "Priority": priority}]
                ),
            )

    def delete(self, aws: Aws, live: Live[ListenerRule]) -> None:
        aws.elbv2.delete_rule(RuleArn=live.id)

    def tag(self, aws: Aws, live: Live[ListenerRule], put: Mapping[str, str], drop: tuple[str, ...]) -> None:
        elbv2_tag(aws, live.id, put, drop)


def leading_to(instance: Instance, service: str) -> tuple[Key, ...]:
    """What forwards to a service's target group: rules, or on a network load balancer a listener."""
    if balancer_of(instance).network:
        return (front_of(instance, service).key,)
    rules = _by_header(instance) if has_api(instance) else _by_path(instance)
    return tuple(ListenerRule.key(instance.address, part) for part, served, *_ in rules if served == service)


Rule = tuple[str, str, Within, tuple[Condition, ...]]
"""The part of its address, the service it leads to, where it may stand, and what it matches."""


def _by_header(instance: Instance) -> Iterator[Rule]:
    for name in services(instance):
        values = HeaderValues(http_header_name=TARGET_HEADER, values=(header_value(instance, name),))
        yield name, name, Within(FIRST, LAST), (Condition(http_header_config=values),)


def _by_path(instance: Instance) -> Iterator[Rule]:
    for key, route in api(instance).gateway.routes.items():
        order = Order.of(key)
        values = (order.pattern,)
        pattern = PathPattern(regex_values=values) if order.is_regex else PathPattern(values=values)
        path = Condition(field="path-pattern", path_pattern_config=pattern)
        method = Condition(field="http-request-method", http_request_method_config=Methods(values=(order.method,)))
        yield key, route.service, Within(order.first, order.last), (method, path) if order.method else (path,)


def _in_order(found: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """AWS promises no order of conditions; ours are by field."""
    return sorted(found["Conditions"], key=lambda each: str(each["Field"]))


def _somewhere(key: Key, want: ListenerRule, put: Callable[[int], T]) -> T:
    """Put it at a free priority among those it may have, beginning with one of its own."""
    asked = want.priority if isinstance(want.priority, Within) else Within(want.priority, want.priority)
    places = asked.high - asked.low + 1
    start = int(sha256(f"{key.instance} {key.address}".encode()).hexdigest(), 16) % places
    for step in range(min(STEPS, places)):
        try:
            return put(asked.low + (start + step) % places)
        except ClientError as error:
            if code(error) != "PriorityInUse" or step == min(STEPS, places) - 1:
                raise
    raise AssertionError(want.priority)


def _alike(wanted: Mapping[Key, ListenerRule], rule: ListenerRule) -> Key | None:
    """The wanted rule that matches the same requests on the same listener."""
    place = (rule.listener_arn, rule.conditions)
    return next((key for key, want in wanted.items() if (want.listener_arn, want.conditions) == place), None)
