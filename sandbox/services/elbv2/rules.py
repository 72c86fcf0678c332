"""Listener rules: a priority is a place in the queue, taken once; all moves happen together or not at all."""

from __future__ import annotations

from sandbox.kinds import Fields
from sandbox.listing import Listing
from sandbox.refusal import Refusal
from sandbox.services.elbv2 import look_up
from sandbox.services.elbv2.actions import BY_REQUEST, actions_told, conditions_told, transforms_told
from sandbox.services.elbv2.facts import LISTENER, LOAD_BALANCER, RULE, RULES, bad, misconfigured
from sandbox.services.elbv2.listeners import refuse_groups, rule_arn
from sandbox.world import Resource, World


def create_rule(world: World, request: Fields) -> Fields:
    listener = world.get(LISTENER, request["ListenerArn"])
    if listener["Protocol"] not in BY_REQUEST:
        raise misconfigured(f"A {listener['Protocol']} listener has no rules but its default action")
    made = {"Priority": str(request["Priority"])} | _told(world, listener, request)
    others = [rule for each in world.all(LISTENER, listener.parent) for rule in world.all(RULE, each.id)]
    world.refuse_beyond(RULES, sum(not rule["IsDefault"] for rule in others))
    return {"Rules": [world.add(RULE, request, made, parent=listener.id, id=rule_arn(world, listener)).shown()]}


def _told(world: World, listener: Resource, request: Fields, before: list[Fields] | None = None) -> Fields:
    """The same for a new rule as for a modified one, which has had actions before."""
    told: Fields = {}
    if "Conditions" in request:
        told["Conditions"] = conditions_told(request["Conditions"])
    if "Actions" in request:
        told["Actions"] = actions_told(request["Actions"], listener["Protocol"], before)
        balancer = world.get(LOAD_BALANCER, listener.parent)
        refuse_groups(world, balancer, told["Actions"], listener["Protocol"])
    if request.get("ResetTransforms"):
        told["Transforms"] = []
    elif "Transforms" in request:
        told["Transforms"] = transforms_told(request["Transforms"])
    return told


def describe_rules(world: World, request: Fields) -> Fields:
    if listener := request.get("ListenerArn"):
        return {"Rules": Listing(rules_in_order(world, world.get(LISTENER, listener).id), Resource.shown)}
    if "RuleArns" not in request:
        raise bad("You must specify either listener rule ARNs or a listener ARN")
    return {"Rules": look_up.described(world, RULE, request, "RuleArns")}


def modify_rule(world: World, request: Fields) -> Fields:
    rule = world.get(RULE, request["RuleArn"])
    if rule["IsDefault"]:
        raise Refusal("OperationNotPermitted", f"Default rule '{rule.id}' cannot be modified")
    changes = _told(world, world.get(LISTENER, rule.parent), request, rule["Actions"])
    return {"Rules": [world.change(rule, changes).shown()]}


def delete_rule(world: World, request: Fields) -> None:
    rule = world.get(RULE, request["RuleArn"])
    if rule["IsDefault"]:
        raise Refusal("OperationNotPermitted", f"Default rule '{rule.id}' cannot be deleted")
    world.remove(rule)


def set_rule_priorities(world: World, request: Fields) -> Fields:
    """Swaps are fine: what counts is who stands where afterwards (ledger 5.4)."""
    moves = {
        world.get(RULE, each.get("RuleArn", "")): str(each.get("Priority", "")) for each in request["RulePriorities"]
    }
    for rule, priority in moves.items():
        if rule["IsDefault"]:
            raise Refusal("OperationNotPermitted", "The priority of a default rule cannot be set")
        neighbours = [each for each in world.all(RULE, rule.parent) if each is not rule]
        if priority in {moves.get(each, each["Priority"]) for each in neighbours}:
            raise Refusal("PriorityInUse", f"Priority '{priority}' is currently in use")
    for rule, priority in moves.items():
        rule.fields = rule.fields | {"Priority": priority}
    world.renamed(RULE)
    return {"Rules": [rule.shown() for rule in moves]}


def rules_in_order(world: World, listener: str) -> list[Resource]:
    """As a request meets them: by priority, the default one last."""
    rules = world.all(RULE, listener)
    return sorted(rules, key=lambda rule: (rule["IsDefault"], 0 if rule["IsDefault"] else int(rule["Priority"])))
