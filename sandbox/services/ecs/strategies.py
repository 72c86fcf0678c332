"""What a service that shifts traffic has to say: its two target groups, the rule between them, who may move its
weights, and how fast (ledger 4.4; botocore DeploymentConfiguration, AdvancedConfiguration, DeploymentLifecycleHook).

Message texts are ours.
"""

from __future__ import annotations

from collections.abc import Iterator

from sandbox import identity
from sandbox.kinds import Fields
from sandbox.services.ecs.kinds import bad
from sandbox.services.elbv2 import LISTENER, RULE, TARGET_GROUP
from sandbox.world import Resource, World

LONGEST_BAKE = 1440
LINEAR = {"stepPercent": 10.0, "stepBakeTimeInMinutes": 6}
CANARY = {"canaryPercent": 5.0, "canaryBakeTimeInMinutes": 10}
"""Source: botocore LinearConfiguration, CanaryConfiguration: the defaults."""
ONLY = {"LINEAR": ("linearConfiguration", LINEAR), "CANARY": ("canaryConfiguration", CANARY)}
RANGES = {"stepPercent": (3.0, 100.0), "canaryPercent": (0.1, 100.0)}
NEEDED = ("alternateTargetGroupArn", "productionListenerRule", "roleArn")
NEVER_PAUSED = frozenset({"TEST_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT"})


def configured(asked: Fields, merged: Fields) -> Fields:
    """The configuration with the defaults of its strategy. `asked`: what the request says; `merged`: with what was so.

    Raises InvalidParameterException for what no strategy, or this one, cannot be.
    """
    strategy = merged["strategy"]
    if asked.get("strategy") == "BLUE_GREEN" and "bakeTimeInMinutes" not in asked:
        raise bad("bakeTimeInMinutes must be provided for the BLUE_GREEN deployment strategy")
    for name, (member, defaults) in ONLY.items():
        if strategy == name:
            merged = merged | {member: {**defaults, **merged.get(member, {})}}
        elif member in asked:
            raise bad(f"{member} is only valid when the deployment strategy is {name}")
    paces = {**merged.get("linearConfiguration", {}), **merged.get("canaryConfiguration", {})}
    bakes = [merged["bakeTimeInMinutes"], *(each for name, each in paces.items() if name.endswith("InMinutes"))]
    if not all(0 <= each <= LONGEST_BAKE for each in bakes):
        raise bad(f"A bake time must be between 0 and {LONGEST_BAKE} minutes")
    for name, (low, high) in RANGES.items():
        if name in paces and (not low <= paces[name] <= high or round(paces[name] * 10) != paces[name] * 10):
            raise bad(f"{name} must be a multiple of 0.1 from {low} to {high}")
    _refuse_hooks(merged)
    return {name: each for name, each in merged.items() if name not in _others(strategy)}


def _others(strategy: str) -> set[str]:
    return {member for name, (member, _) in ONLY.items() if name != strategy}


def _refuse_hooks(config: Fields) -> None:
    for hook in config.get("lifecycleHooks", ()):
        if not hook.get("lifecycleStages"):
            raise bad("lifecycleStages must be provided for a lifecycle hook")
        if hook.get("targetType", "AWS_LAMBDA") == "PAUSE":
            if NEVER_PAUSED & set(hook["lifecycleStages"]):
                raise bad(f"PAUSE hooks cannot be configured at {' or '.join(sorted(NEVER_PAUSED))}")
        elif not (hook.get("hookTargetArn") and hook.get("roleArn")):
            raise bad("hookTargetArn and roleArn must be provided for an AWS_LAMBDA lifecycle hook")


def refuse_wires(world: World, wanted: Fields) -> None:
    """Every load balancer of a service that shifts traffic has an alternate, and a rule that holds both groups."""
    if wanted["deploymentConfiguration"]["strategy"] == "ROLLING":
        return
    for wire in wanted.get("loadBalancers", ()):
        told = wire.get("advancedConfiguration", {})
        if lacking := [name for name in NEEDED if not told.get(name)]:
            raise bad(f"advancedConfiguration.{lacking[0]} must be provided for this deployment strategy")
        other = world.find(TARGET_GROUP, told["alternateTargetGroupArn"])
        if other is None or other.id == wire["targetGroupArn"]:
            raise bad(f"The alternate target group {told['alternateTargetGroupArn']} does not exist, or is the same")
        for name in ("productionListenerRule", "testListenerRule"):
            if arn := told.get(name):
                _refuse_rule(world, arn, {wire["targetGroupArn"], other.id} if name.startswith("prod") else set())
        role = identity.role(world, told["roleArn"])
        if role is None or "ecs.amazonaws.com" not in str(role.assume_role_policy_document):
            raise bad(f"ECS was unable to assume the role {told['roleArn']}")


def _refuse_rule(world: World, arn: str, groups: set[str]) -> None:
    rule = rule_of(world, arn)
    if rule is None:
        raise bad(f"The listener rule {arn} does not exist")
    if not groups <= set(weights(rule)):
        raise bad(f"Both target groups must be associated with the production listener rule {arn}")


def rule_of(world: World, arn: str) -> Resource | None:
    """A rule of an application load balancer, or a listener of a network one."""
    return world.find(RULE, arn) or world.find(LISTENER, arn)


def weights(rule: Resource) -> dict[str, int]:
    """Target group ARN -> its weight in the rule's forward."""
    return {each["TargetGroupArn"]: each["Weight"] for action in _forwards(rule) for each in _groups(action)}


def _forwards(rule: Resource) -> Iterator[Fields]:
    told = rule.fields.get("Actions") or rule.fields.get("DefaultActions") or ()
    return (each for each in told if each["Type"] == "forward")


def _groups(action: Fields) -> list[Fields]:
    return list(action["ForwardConfig"]["TargetGroups"])


def weigh(world: World, rule: Resource, told: dict[str, int]) -> None:
    """The rule forwards to these groups by these weights, and is otherwise as it was."""
    member = "Actions" if "Actions" in rule.fields else "DefaultActions"
    groups = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in told.items()]
    actions = []
    for action in rule[member]:
        if action["Type"] == "forward":
            config = action["ForwardConfig"] | {"TargetGroups": groups}
            shorter = {name: each for name, each in action.items() if name != "TargetGroupArn"}
            actions.append(shorter | {"ForwardConfig": config})
        else:
            actions.append(action)
    if actions != rule[member]:
        world.change(rule, {member: actions})
