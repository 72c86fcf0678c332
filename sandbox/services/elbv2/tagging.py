"""Tags of balancers, groups, listeners and rules, by ARN and twenty at a time."""

from __future__ import annotations

from collections import Counter

from sandbox.kinds import Fields
from sandbox.refusal import Refusal
from sandbox.services.elbv2.facts import LISTENER, LOAD_BALANCER, RULE, TARGET_GROUP, TRUST_STORE, bad
from sandbox.world import Resource, World

KINDS = {
    "loadbalancer": LOAD_BALANCER,
    "targetgroup": TARGET_GROUP,
    "listener-rule": RULE,
    "listener": LISTENER,
    "truststore": TRUST_STORE,
}
MOST_ASKED = 20  # ARNs in one DescribeTags; ledger 0.4


def add_tags(world: World, request: Fields) -> None:
    if any(count > 1 for count in Counter(tag["Key"] for tag in request["Tags"]).values()):
        raise Refusal("DuplicateTagKeys", "A tag key was specified more than once")
    for resource in [_tagged(world, arn) for arn in request["ResourceArns"]]:
        world.tag(resource, {tag["Key"]: tag.get("Value", "") for tag in request["Tags"]})


def remove_tags(world: World, request: Fields) -> None:
    for resource in [_tagged(world, arn) for arn in request["ResourceArns"]]:
        world.untag(resource, request["TagKeys"])


def describe_tags(world: World, request: Fields) -> Fields:
    if len(request["ResourceArns"]) > MOST_ASKED:
        raise bad(f"The maximum number of resource ARNs is {MOST_ASKED}")
    told = [(arn, _tagged(world, arn).tags.items()) for arn in request["ResourceArns"]]
    return {
        "TagDescriptions": [
            {"ResourceArn": arn, "Tags": [{"Key": k, "Value": v} for k, v in tags]} for arn, tags in told
        ]
    }


def _tagged(world: World, arn: str) -> Resource:
    kind = KINDS.get(arn.rsplit(":", maxsplit=1)[-1].split("/", maxsplit=1)[0])
    if kind is None:
        raise bad(f"'{arn}' is not a valid load balancer ARN")
    return world.get(kind, arn)
