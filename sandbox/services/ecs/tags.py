"""Tags of clusters, services, task definitions and tasks, by ARN; and the account's settings."""

from __future__ import annotations

from sandbox.kinds import Fields
from sandbox.services.ecs.kinds import bad
from sandbox.world import Resource, World

SETTINGS = {  # what a new account answers; ECS guide "Account settings"
    "serviceLongArnFormat": "enabled",
    "taskLongArnFormat": "enabled",
    "containerInstanceLongArnFormat": "enabled",
    "awsvpcTrunking": "disabled",
    "containerInsights": "disabled",
    "defaultLogDriverMode": "non-blocking",
    "fargateFIPSMode": "disabled",
    "fargateTaskRetirementWaitPeriod": "7",
    "tagResourceAuthorization": "on",
    "guardDutyActivate": "off",
}


def tag_resource(world: World, request: Fields) -> None:
    world.tag(_tagged(world, request), {tag["key"]: tag.get("value", "") for tag in request["tags"]})


def untag_resource(world: World, request: Fields) -> None:
    world.untag(_tagged(world, request), request["tagKeys"])


def list_tags_for_resource(world: World, request: Fields) -> Fields:
    return {"tags": [{"key": key, "value": value} for key, value in _tagged(world, request).tags.items()]}


def list_account_settings(world: World, request: Fields) -> Fields:
    if not request.get("effectiveSettings"):
        return {"settings": []}
    wanted = {name: value for name, value in SETTINGS.items() if request.get("name", name) == name}
    principal = request.get("principalArn", f"arn:aws:iam::{world.account}:root")
    told = [{"name": name, "value": value, "principalArn": principal, "type": "user"} for name, value in wanted.items()]
    return {"settings": [each for each in told if request.get("value", each["value"]) == each["value"]]}


def put_account_setting(world: World, request: Fields) -> Fields:
    """It is taken note of, and changes nothing here."""
    name, value = request["name"], request["value"]
    if name not in SETTINGS:
        raise bad(f"Invalid account setting name: {name}")
    return {"setting": _setting(world, request, value)}


put_account_setting_default = put_account_setting


def delete_account_setting(world: World, request: Fields) -> Fields:
    if request["name"] not in SETTINGS:
        raise bad(f"Invalid account setting name: {request['name']}")
    return {"setting": _setting(world, request, SETTINGS[request["name"]])}


def _setting(world: World, request: Fields, value: str) -> Fields:
    principal = request.get("principalArn", f"arn:aws:iam::{world.account}:root")
    return {"name": request["name"], "value": value, "principalArn": principal, "type": "user"}


def _tagged(world: World, request: Fields) -> Resource:
    found = world.by_arn(request["resourceArn"])
    if found is None or found.kind.service != "ecs":
        raise bad("The specified resource is not valid.")
    if found.fields.get("status") in ("INACTIVE", "DELETED") and found.kind.name in ("Cluster", "Service"):
        raise bad("The specified resource is inactive. Specify an active resource and try again.")
    return found
