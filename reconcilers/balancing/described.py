"""What the four kinds of load balancing share: lists in pages, and tags in common batches of 20.

A crowded account costs its pages, not a call per thing: tags are asked only of names of our grammar, or of ARNs that
the tag index knows as ours; listeners and rules only of balancers that turn out to be of this look.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from reconcilers.aws import Aws, batched
from reconcilers.facts import Missing
from reconcilers.fingerprint import of_rule
from reconcilers.index import index
from reconcilers.ownership import INSTALL, SERVICE, encode, looks_like_ours, tag_list, untag
from reconcilers.reconciler import Look

Found = Mapping[str, Any]


@dataclass(frozen=True)
class Balancing:
    """Everything of load balancing that may be of this look, and its tags by ARN."""

    load_balancers: tuple[Found, ...]
    target_groups: tuple[Found, ...]
    listeners: tuple[Found, ...]
    rules: tuple[Found, ...]
    """Each with the ARN of its listener as `ListenerArn`."""
    tags: Mapping[str, Mapping[str, str]]


def balancing(aws: Aws, look: Look) -> Balancing:
    return look.once("balancing", lambda: _look(aws, look))


def _look(aws: Aws, look: Look) -> Balancing:
    known = index(aws, look)
    lent = {each.arn for each in look.facts.balancers.values() if not isinstance(each, Missing)}
    inside = {"/".join(arn.split("/")[1:4]) for arn in known if ":listener" in arn}  # of others, with parts of ours
    balancers, groups = aws.parallel(
        lambda asked: list(aws.elbv2.pages(*asked)),
        [("describe_load_balancers", "LoadBalancers"), ("describe_target_groups", "TargetGroups")],
    )
    balancers = [
        each
        for each in balancers
        if each["LoadBalancerArn"] in known
        or each["LoadBalancerArn"] in lent
        or each["LoadBalancerArn"].partition(":loadbalancer/")[2] in inside
        or looks_like_ours(each["LoadBalancerName"], look.instances)
    ]
    groups = [
        each
        for each in groups
        if each["TargetGroupArn"] in known or looks_like_ours(each["TargetGroupName"], look.instances)
    ]
    if (
        len(balancers) > 10
    ):  # many of another instance may share our first letters: ask whose they are before their parts
        told = _tags(aws, [each["LoadBalancerArn"] for each in balancers])
        balancers = [each for each in balancers if _of_this_look(look, told[each["LoadBalancerArn"]])]
    else:
        told = {}
    listeners = _children(aws, "describe_listeners", "Listeners", "LoadBalancerArn", balancers)
    by_request = [each for each in listeners if each["Protocol"] in ("HTTP", "HTTPS")]  # others have no rules of ours
    rules = _children(aws, "describe_rules", "Rules", "ListenerArn", by_request)
    rules = [of_rule(each) for each in rules if not each["IsDefault"]]
    arns = [each["LoadBalancerArn"] for each in balancers if each["LoadBalancerArn"] not in told]
    arns += [each["TargetGroupArn"] for each in groups]
    arns += [each["ListenerArn"] for each in listeners] + [each["RuleArn"] for each in rules]
    return Balancing(tuple(balancers), tuple(groups), tuple(listeners), tuple(rules), told | _tags(aws, arns))


def _of_this_look(look: Look, tags: Mapping[str, str]) -> bool:
    mine = tags.get(INSTALL, look.aws.install) == look.aws.install
    return mine and tags.get(SERVICE, "") in {"", *map(encode, look.instances)}


def _children(aws: Aws, operation: str, items: str, by: str, parents: Iterable[Found]) -> list[dict[str, Any]]:
    """The listeners of balancers, or the rules of listeners, each told which parent it was found under."""

    def listed(parent: Found) -> list[dict[str, Any]]:
        return [{**each, by: parent[by]} for each in aws.elbv2.pages(operation, items, **{by: parent[by]})]

    return [each for children in aws.parallel(listed, parents) for each in children]


def _tags(aws: Aws, arns: list[str]) -> dict[str, Mapping[str, str]]:
    """One ARN that has just gone fails its whole batch (ledger 0.4); then the look fails, and the next one sees."""
    answers = aws.parallel(
        lambda batch: aws.elbv2.describe_tags(ResourceArns=batch)["TagDescriptions"], batched(arns, 20)
    )
    return {each["ResourceArn"]: untag(each["Tags"]) for answer in answers for each in answer}


def elbv2_tag(aws: Aws, arn: str, put: Mapping[str, str], drop: tuple[str, ...]) -> None:
    if drop:
        aws.elbv2.remove_tags(ResourceArns=[arn], TagKeys=list(drop))
    if put:
        aws.elbv2.add_tags(ResourceArns=[arn], Tags=tag_list(put))


def attributes(told: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {each["Key"]: each.get("Value", "") for each in told}


def attribute_list(wanted: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in sorted(wanted.items())]
