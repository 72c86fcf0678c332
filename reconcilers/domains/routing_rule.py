"""Routing rules: which requests to a custom domain go to another stage than its mappings say.

They have no tags. In a domain of ours the priority is the identity, as AWS has each once; a rule at another priority
that invokes another API is somebody else's. Rules are for REST APIs alone, and while the domain's routing mode does not
ask them (DomainName), none can be made (API Gateway guide, rest-api-routing-rules).
"""

from __future__ import annotations

from collections.abc import Iterator

from reconcilers.aws import Aws
from reconcilers.domains.domain_name import DomainName, called, domain_key
from reconcilers.facts import Facts
from reconcilers.gateway.rest.rest_api import RestApi
from reconcilers.keys import Key, Link, Ref
from reconcilers.observability.log_group import LogGroup
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Hidden, Immutable, Live, Resource, Shape, Unordered
from reconcilers.topology import domain_of
from specs import Instance
from specs.domain import RoutingRule as Rule


class HeaderValue(Shape):
    header: str
    value_glob: str


class Headers(Shape):
    any_of: tuple[HeaderValue, ...]


class BasePaths(Shape):
    any_of: tuple[str, ...]


class Condition(Shape):
    """One of the two."""

    match_headers: Headers | None = None
    match_base_paths: BasePaths | None = None


class Invocation(Shape):
    api_id: Link
    stage: str
    strip_base_path: bool = False


class Action(Shape):
    invoke_api: Invocation


class RoutingRule(Resource):
    domain_name: Immutable[Link]
    priority: Immutable[int]
    conditions: Unordered[Condition] = ()
    actions: tuple[Action, ...]
    serves: Hidden[Link | None] = None
    """The id of the stage: it is there before, and goes after."""


class RoutingRules(Reconciler[RoutingRule]):
    kind = RoutingRule
    needs = (DomainName,)
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "RoutingRuleId": "it is the id",
        "DomainNameId": "it is in the id of the domain",
    }

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, RoutingRule]]:
        domain = domain_of(instance)
        for priority, rule in domain.rules.items() if domain is not None else ():
            api, stage = Ref(Key(instance.address, "RestApi")), Ref(Key(instance.address, "RestStage", rule.stage))
            strip = rule.path is not None and not rule.keep_path
            invocation = Invocation(api_id=api, stage=rule.stage, strip_base_path=strip)
            yield (
                RoutingRule.key(instance.address, priority),
                RoutingRule(
                    domain_name=Ref(domain_key(instance)),
                    priority=int(priority),
                    conditions=tuple(_conditions(rule)),
                    actions=(Action(invoke_api=invocation),),
                    serves=stage,
                ),
            )

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[RoutingRule]]:
        """Of the domains that ask rules, and where a spec is not applied whole yet: the mode goes before the rules."""
        apis = {live.id: live.key.instance for live in look.of(RestApi)}
        settled = {
            live.key.instance
            for live in look.of(LogGroup)
            if not live.key.part and look.settled(live.key.instance, live.resource.tags or {})
        }
        domains = [
            live
            for live in look.of(DomainName)
            if live.resource.routing_mode != "BASE_PATH_MAPPING_ONLY" or live.key.instance not in settled
        ]
        answers = aws.parallel(
            lambda live: list(aws.apigatewayv2.pages("list_routing_rules", "RoutingRules", **_named(live.id))), domains
        )
        for live, found in zip(domains, answers, strict=True):
            for each in found:
                key = RoutingRule.key(live.key.instance, str(each["Priority"]))
                [invoked] = [action["InvokeApi"] for action in each["Actions"]]
                if key in look.graph or apis.get(invoked["ApiId"]) == live.key.instance:
                    stage = f"{invoked['ApiId']}/{invoked['Stage']}"
                    yield Live(
                        key, each["RoutingRuleId"], RoutingRule.from_aws(each, domain_name=live.id, serves=stage)
                    )

    def create(self, aws: Aws, key: Key, want: RoutingRule, name: str) -> Made:
        told = want.to_aws() | _named(str(want.domain_name))
        return {"id": aws.apigatewayv2.create_routing_rule(**told)["RoutingRuleId"]}

    def update(self, aws: Aws, live: Live[RoutingRule], want: RoutingRule, changed: frozenset[str]) -> None:
        """AWS wants the whole rule each time."""
        told = want.to_aws() | _named(str(want.domain_name))
        aws.apigatewayv2.put_routing_rule(RoutingRuleId=live.id, **told)

    def delete(self, aws: Aws, live: Live[RoutingRule]) -> None:
        named = _named(str(live.resource.domain_name))
        aws.apigatewayv2.delete_routing_rule(**named, RoutingRuleId=live.id)


def _named(domain: str) -> dict[str, str]:
    """How these calls name a domain."""
    return {f"{name[0].upper()}{name[1:]}": value for name, value in called(domain).items()}


def _conditions(rule: Rule) -> Iterator[Condition]:
    for header, glob in rule.headers.items():
        yield Condition(match_headers=Headers(any_of=(HeaderValue(header=header, value_glob=glob),)))
    if rule.path is not None:
        yield Condition(match_base_paths=BasePaths(any_of=(rule.path,)))
