"""What an account looks like with AWS's made-up names taken out: two accounts with one picture are the same.

Every id is replaced by the address of the resource that has it. That only works while each address has one resource,
which is how a duplicate is caught; and everything else in the account is counted, which is how an orphan is.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from controller.saved import in_one_order
from controller.seen import Seen
from reconcilers.ownership import ANCHOR_ONLY, CREATING
from tests.world import ACCOUNT, REGION, World

KEPT = frozenset({"Task", "TaskDefinition", "ServiceDeployment", "ServiceRevision", "ScalingActivity", "Deployment"})
"""What AWS makes more of as time goes by, or keeps of what is gone."""


def picture(world: World, seen: Seen) -> dict[str, Any]:
    """By address, every resource of ours with ids as addresses; how many of each kind there are at all; and under
    `wrong` what no account may end with."""
    doubled = [f"two of {key}" for key, copies in seen.fleet.by_key.items() if len(copies) > 1]
    names = _network(world) | {
        value: f"<{live.key.instance}:{live.key.address}.{attribute}>"
        for live in seen.fleet.lives
        for attribute, value in {"id": live.id, **live.attributes}.items()
        if len(value) > 5
    }
    marked = [f"a mark on {live.key}" for live in seen.fleet.lives if CREATING in (live.resource.tags or {})]
    told = {
        f"{live.key.instance}:{live.key.address}": _named(
            in_one_order(live.resource.model_copy(update=_tags(live))), names
        )
        for live in seen.fleet.lives
    }
    return told | {"counts": counts(world)} | ({"wrong": [*doubled, *marked]} if doubled or marked else {})


def _network(world: World) -> dict[str, str]:
    """The network was there before us; its ids are made up anew for each world."""
    ec2 = world.boto("ec2")
    subnets = {each["SubnetId"]: f"<{each['CidrBlock']}>" for each in ec2.describe_subnets()["Subnets"]}
    return subnets | {each["VpcId"]: f"<{each['CidrBlock']}>" for each in ec2.describe_vpcs()["Vpcs"]}


def _tags(live: Any) -> dict[str, Any]:
    """How often an edit was applied depends on what came between."""
    tags = live.resource.tags
    return {"tags": tags and {name: value for name, value in tags.items() if name not in ANCHOR_ONLY}}


def _named(value: Any, names: dict[str, str]) -> Any:
    text = json.dumps(value, sort_keys=True, default=str)
    for id, name in sorted(names.items(), key=lambda pair: -len(pair[0])):
        text = text.replace(id, name)
    return json.loads(text)


def counts(world: World) -> dict[str, int]:
    """How many of each kind the account has, whoever they belong to."""
    kinds: Counter[str] = Counter()
    for resources in world.sandbox.world(ACCOUNT, REGION).resources.values():
        for each in resources.values():
            if each.kind.name not in KEPT and each.kind.counts(each.fields):
                kinds[f"{each.kind.service} {each.kind.name}"] += 1
    ec2, iam = world.boto("ec2"), world.boto("iam")
    kinds["groups"] = len(ec2.describe_security_groups()["SecurityGroups"])
    kinds["rules"] = len(ec2.describe_security_group_rules()["SecurityGroupRules"])
    kinds["roles"] = len(iam.list_roles(PathPrefix="/penstock/")["Roles"])
    kinds["log groups"] = len(world.boto("logs").describe_log_groups()["logGroups"])
    return dict(kinds)
