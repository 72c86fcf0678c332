"""Listener rules: which requests reach which service.

Behind an API a rule matches the header that API Gateway sets, so no client chooses: rules of one listener match
disjoint values, any free priority serves, and it is stepped on PriorityInUse (spec.md §3). Where API Gateway comes over
the internet it demands a secret besides, or anybody could set that header. Where the load balancer is the front door
there is a rule for each route, with a priority among those that say how specific the route is (`specs.routing`). ECS
and a replacement both work by the weights of the forward action.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import TypeVar

from botocore.exceptions import ClientError

from reconcilers.aws import Aws
from reconcilers.balancing.actions import Redirect, Reply
from reconcilers.balancing.conditions import (
    Condition,
    HeaderValues,
    Methods,
    Patterns,
    Rewrite,
    Rewrites,
    Transform,
    demanded,
    in_order,
    revealed,
)
from reconcilers.balancing.described import balancing, elbv2_tag
from reconcilers.balancing.gateway_secret import secret_ref
from reconcilers.balancing.guards import client_secret, guards, version_of, with_secret
from reconcilers.balancing.listener import Listener
from reconcilers.balancing.target_group import TargetGroup
from reconcilers.errors import code
from reconcilers.facts import Facts
from reconcilers.fingerprint import SECRET_HEADER
from reconcilers.keys import Key, Link, Within
from reconcilers.ownership import CONTENT, tag_list
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Delegated, Hidden, Immutable, Live, Resource
from reconcilers.topology import (
    TARGET_HEADER,
    api,
    balanced,
    balancer_of,
    by_internet,
    front_link,
    front_of,
    has_api,
    header_value,
    services,
)
from specs import Instance
from specs.gateway import Redirect as RedirectSpec
from specs.routing import FIRST, LAST, Order, rewriting

T = TypeVar("T")
STEPS = 100
"""How many places are tried: a load balancer has so many rules (ledger 5.4)."""


class ListenerRule(Resource):
    listener_arn: Immutable[Link]
    priority: Delegated[int | Within]
    conditions: tuple[Condition, ...]
    actions: tuple[Reply, ...]
    transforms: tuple[Transform, ...] = ()
    secret: Hidden[Immutable[Link]] = ""
    """The fingerprint of the secret that it demands, empty for none. Another secret is another rule: requests with the
    old one are on their way until every stage has moved."""
    client: Hidden[Immutable[str]] = ""
    """Which client secret it was told, empty for none: a hash of its place and version, kept in a tag."""
    client_secret: Hidden[str] = ""
    """Where that secret lies."""


class ListenerRules(Reconciler[ListenerRule]):
    kind = ListenerRule
    needs = (Listener,)
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "RuleArn": "it is the id",
    }

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, ListenerRule]]:
        if not balanced(instance) or balancer_of(instance).network:
            return
        for rule in _rules(instance):
            groups = {TargetGroup.key(instance.address, name): weight for name, weight in rule.shares.items()}
            yield (
                ListenerRule.key(instance.address, rule.part),
                ListenerRule(
                    listener_arn=front_link(instance, next(iter(rule.shares), ""), facts),
                    priority=rule.place,
                    conditions=rule.conditions,
                    actions=(*rule.guards, rule.reply or Reply.shared(groups, rule.seconds)),
                    transforms=rule.transforms,
                    secret=rule.secret,
                    client=version_of(rule.client_secret, facts),
                    client_secret=rule.client_secret,
                ),
            )

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[ListenerRule]]:
        seen = balancing(aws, look)
        wanted = look.wanted(ListenerRule)
        for found in seen.rules:
            arn, tags = found["RuleArn"], seen.tags.get(found["RuleArn"], {})
            rule = ListenerRule.from_aws(
                found,
                priority=int(found["Priority"]),
                conditions=in_order(found),
                actions=sorted(found["Actions"], key=lambda each: each.get("Order", 0)),
                secret=demanded(found),
                client=tags.get(CONTENT, ""),
                tags=tags,
            )
            if key := look.whose(ListenerRule, tags, natural=partial(_alike, wanted, rule)):
                yield Live(key, arn, rule, {"arn": arn}, created=f"{rule.priority:06}")

    def create(self, aws: Aws, key: Key, want: ListenerRule, name: str) -> Made:
        told = with_secret(aws, revealed(aws, key, want.to_aws()), want.client_secret, known=False)
        tags = tag_list({**(want.tags or {}), **({CONTENT: want.client} if want.client else {})})
        if not want.transforms:
            del told["Transforms"]

        def create(priority: int) -> Made:
            made = aws.elbv2.create_rule(**told | {"Priority": priority}, Tags=tags)["Rules"][0]
            return {"id": made["RuleArn"], "arn": made["RuleArn"]}

        return _somewhere(key, want, create, lambda: _priorities(aws, want))

    def update(self, aws: Aws, live: Live[ListenerRule], want: ListenerRule, changed: frozenset[str]) -> None:
        if others := changed - {"priority"}:
            known = any(each.authenticate_oidc_config is not None for each in live.resource.actions)
            told = with_secret(aws, revealed(aws, live.key, want.to_aws(others)), want.client_secret, known=known)
            if not told.get("Transforms", [...]):
                told = {name: value for name, value in told.items() if name != "Transforms"} | {"ResetTransforms": True}
            aws.elbv2.modify_rule(RuleArn=live.id, **told)
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
    if not balanced(instance):
        return ()
    if balancer_of(instance).network:
        return (front_of(instance, service).key,)
    rules = (rule for rule in _rules(instance) if service in rule.shares)
    return tuple(ListenerRule.key(instance.address, rule.part) for rule in rules)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A rule before anything of AWS is known."""

    part: str
    """Its part in addresses."""
    shares: Mapping[str, int]
    """The services it leads to, by weight; none when the balancer answers by itself."""
    place: Within
    """The priorities it may have."""
    conditions: tuple[Condition, ...]
    """By field."""
    reply: Reply | None = None
    transforms: tuple[Transform, ...] = ()
    secret: Link = ""
    guards: tuple[Reply, ...] = ()
    """What it asks first."""
    client_secret: str = ""
    seconds: int | None = None
    """How long a caller stays with the service he was given."""


def _rules(instance: Instance) -> Iterator[Wanted]:
    yield from _by_header(instance) if has_api(instance) else _by_path(instance)


def _by_header(instance: Instance) -> Iterator[Wanted]:
    secret = secret_ref(instance) if by_internet(instance) else ""
    for name in services(instance):
        headers = {SECRET_HEADER: secret, TARGET_HEADER: header_value(instance, name)}
        conditions = tuple(
            Condition(http_header_config=HeaderValues(http_header_name=header, values=(value,)))
            for header, value in headers.items()
            if value
        )
        yield Wanted(name, {name: 1}, Within(FIRST, LAST), conditions, secret=secret)


def _by_path(instance: Instance) -> Iterator[Wanted]:
    for key, route in api(instance).gateway.routes.items():
        order, mock, path = Order.of(key), route.mock, route.rewrite.path
        reply = Reply.with_text(mock.status, mock.body, _content(mock.body)) if mock is not None else None
        reply = Reply.elsewhere(_elsewhere(route.redirect)) if route.redirect is not None else reply
        transforms = (_rewrite(key, path),) if path is not None else ()
        conditions = tuple(_conditions(order, route.hosts))
        shares = {} if reply is not None else route.weights or {route.service: 1}
        yield Wanted(
            key, shares, Within(order.first, order.last), conditions, reply, transforms, seconds=route.sticky,
            guards=guards(instance, route.authorizer), client_secret=client_secret(instance, route.authorizer),
        )  # fmt: skip


def _conditions(order: Order, hosts: tuple[str, ...]) -> Iterator[Condition]:
    if hosts:
        expressions = tuple(each for each in hosts if each.startswith("^"))
        config = Patterns(regex_values=expressions) if expressions else Patterns(values=hosts)
        yield Condition(field="host-header", host_header_config=config)
    if order.method:
        yield Condition(field="http-request-method", http_request_method_config=Methods(values=(order.method,)))
    values = (order.pattern,)
    pattern = Patterns(regex_values=values) if order.is_regex else Patterns(values=values)
    yield Condition(field="path-pattern", path_pattern_config=pattern)


def _rewrite(key: str, path: str) -> Transform:
    regex, replace = rewriting(key, path)
    return Transform(url_rewrite_config=Rewrites(rewrites=(Rewrite(regex=regex, replace=replace),)))


def _elsewhere(to: RedirectSpec) -> Redirect:
    """What is not said is the request's own."""
    told = {"protocol": to.protocol and to.protocol.upper(), "port": to.port and str(to.port)}
    told |= {"host": to.host, "path": to.path, "query": to.query}
    said = {name: value for name, value in told.items() if value is not None}
    return Redirect(**said, status_code=f"HTTP_{to.status}")


def _content(body: str) -> str:
    """The content type of what the balancer says by itself."""
    try:
        json.loads(body)
    except ValueError:
        return "text/plain"
    return "application/json"


def _priorities(aws: Aws, want: ListenerRule) -> frozenset[str]:
    """Where there are rules on its listener."""
    return frozenset(
        each["Priority"] for each in aws.elbv2.pages("describe_rules", "Rules", ListenerArn=want.listener_arn)
    )


def _somewhere(
    key: Key, want: ListenerRule, put: Callable[[int], T], used: Callable[[], frozenset[str]] | None = None
) -> T:
    """Put it at a free priority among those it may have, beginning with one of its own. A place that is in use though
    no rule is seen there (`used`) may be in use by this very rule, and only a new look can tell."""
    asked = want.priority if isinstance(want.priority, Within) else Within(want.priority, want.priority)
    places = asked.high - asked.low + 1
    start = int(sha256(f"{key.instance} {key.address}".encode()).hexdigest(), 16) % places
    for step in range(min(STEPS, places)):
        try:
            return put(asked.low + (start + step) % places)
        except ClientError as error:
            place = str(asked.low + (start + step) % places)
            if code(error) != "PriorityInUse" or step == min(STEPS, places) - 1:
                raise
            if used is not None and place not in used():
                raise
    raise AssertionError(want.priority)


def _alike(wanted: Mapping[Key, ListenerRule], rule: ListenerRule) -> Key | None:
    """The wanted rule that matches the same requests on the same listener."""
    place = (rule.listener_arn, rule.conditions)
    return next((key for key, want in wanted.items() if (want.listener_arn, want.conditions) == place), None)
