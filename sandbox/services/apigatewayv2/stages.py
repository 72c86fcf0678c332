"""Stages and deployments: settings are merged, variables are removed by being sent empty, and access logs need a
group that exists and room in a policy that AWS keeps (ledger 3.2, 7.6).
"""

from __future__ import annotations

from sandbox import log_delivery
from sandbox.kinds import Fields
from sandbox.listing import Listing
from sandbox.refusal import Refusal
from sandbox.services.apigateway.facts import ACCOUNT
from sandbox.services.apigateway.stages import NO_ROLE
from sandbox.services.apigatewayv2 import sockets
from sandbox.services.apigatewayv2.access import API_MAPPING
from sandbox.services.apigatewayv2.deploying import dates, deploy, edited, without_blanks
from sandbox.services.apigatewayv2.facts import API, DEPLOYMENT, ROUTE, STAGE
from sandbox.services.apigatewayv2.words import bad
from sandbox.world import Resource, World, become, merged

LONGEST_FORMAT = 3072  # bytes; ledger 7.6


def create_deployment(world: World, request: Fields) -> Fields:
    api = _api(world, request)
    stage = _stage(world, request) if "StageName" in request else None
    if stage and stage.fields.get("AutoDeploy"):
        raise bad("Deployment ID cannot be set on stage because AutoDeploy is enabled")
    deployment = deploy(world, api, request)
    if stage:
        become(world, stage, {"DeploymentId": deployment.id, "LastUpdatedDate": world.time})
    return deployment.shown()


def get_deployment(world: World, request: Fields) -> Fields:
    return _deployment(world, request).shown()


def get_deployments(world: World, request: Fields) -> Fields:
    """The newest first."""
    return {"Items": Listing(world.all(DEPLOYMENT, _api(world, request))[::-1], Resource.shown)}


def update_deployment(world: World, request: Fields) -> Fields:
    return without_blanks(world.change(_deployment(world, request), request), "Description").shown()


def delete_deployment(world: World, request: Fields) -> None:
    world.remove(_deployment(world, request))


def create_stage(world: World, request: Fields) -> Fields:
    api = world.get(API, request["ApiId"])
    unsaid = sockets.STAGE_DEFAULTS if api["ProtocolType"] == "WEBSOCKET" else {}
    request = merged(unsaid, request)
    made = dates(world) | _settings(world, request, {})
    stage = world.add(STAGE, request, made, parent=api.id)
    return edited(world, without_blanks(stage, "AccessLogSettings", "Description"))


def get_stage(world: World, request: Fields) -> Fields:
    return _stage(world, request).shown()


def get_stages(world: World, request: Fields) -> Fields:
    return {"Items": Listing(world.all(STAGE, _api(world, request)), Resource.shown)}


def update_stage(world: World, request: Fields) -> Fields:
    stage = _stage(world, request)
    changes = request | _settings(world, request, stage.fields) | {"LastUpdatedDate": world.time}
    return edited(world, without_blanks(world.change(stage, changes), "AccessLogSettings", "Description"))


def _settings(world: World, request: Fields, before: Fields) -> Fields:
    """What is merged rather than replaced, and what must be looked at with other eyes than the stage's own."""
    keys = {route["RouteKey"] for route in world.all(ROUTE, _api(world, request))}
    for key in request.get("RouteSettings", {}).keys() - keys:
        raise Refusal("NotFoundException", f"Unable to find Route by key {key} within the provided RouteSettings")
    if (before | request).get("AutoDeploy") and "DeploymentId" in request:
        raise bad("Deployment ID cannot be set on stage because AutoDeploy is enabled")
    made: Fields = {
        name: merged(before.get(name, {}), request[name])
        for name in ("DefaultRouteSettings", "RouteSettings", "StageVariables")
        if name in request
    }
    if "StageVariables" in made:
        made["StageVariables"] = {name: value for name, value in made["StageVariables"].items() if value}
    speaks = world.get(API, request["ApiId"])["ProtocolType"]
    unsaid = (sockets.STAGE_DEFAULTS if speaks == "WEBSOCKET" else STAGE.defaults)["DefaultRouteSettings"]
    if "RouteSettings" in made:
        made["RouteSettings"] = {key: unsaid | each for key, each in made["RouteSettings"].items()}
    if "DefaultRouteSettings" in made:
        made["DefaultRouteSettings"] = unsaid | made["DefaultRouteSettings"]
    if request.get("AccessLogSettings"):
        made["AccessLogSettings"] = _access_logs(world, request["AccessLogSettings"])
    if speaks == "WEBSOCKET":
        _refuse_logs_without_role(world, made)
    return made


def _refuse_logs_without_role(world: World, made: Fields) -> None:
    """A WebSocket API writes its logs as a REST API does: by the account's role (developer guide, set-up-logging)."""
    settings = (made.get("DefaultRouteSettings", {}), *made.get("RouteSettings", {}).values())
    logs = made.get("AccessLogSettings") or any(each.get("LoggingLevel", "OFF") != "OFF" for each in settings)
    account = world.find(ACCOUNT, "account")
    if logs and not (account and account.fields.get("cloudwatchRoleArn")):
        raise NO_ROLE


def _access_logs(world: World, sent: Fields) -> Fields:
    """AWS strips `:*` and writes the group into its own resource policy (ledger 3.2, 7.6)."""
    if not sent.get("DestinationArn") or not sent.get("Format"):
        raise bad("Access log settings need a destination ARN and a format")
    if "\n" in sent["Format"] or len(sent["Format"].encode()) > LONGEST_FORMAT:
        raise bad("The access log format must be a single line of at most 3 KB")
    arn = sent["DestinationArn"].removesuffix(":*")
    if not arn.startswith("arn:aws:firehose:"):
        log_delivery.allow(world, arn)
    return {"DestinationArn": arn, "Format": sent["Format"]}


def delete_stage(world: World, request: Fields) -> None:
    """Not while a custom domain leads to it (ledger 7.6)."""
    stage = _stage(world, request)
    for each in world.all(API_MAPPING):
        if (each["ApiId"], each["Stage"]) == (stage.parent, stage["StageName"]):
            raise bad(f"Cannot delete stage {stage['StageName']}: remove its API mapping from {each.parent} first")
    world.remove(stage)


def delete_access_log_settings(world: World, request: Fields) -> None:
    stage = _stage(world, request)
    without_blanks(world.change(stage, {"AccessLogSettings": {}, "LastUpdatedDate": world.time}), "AccessLogSettings")


def delete_route_settings(world: World, request: Fields) -> None:
    stage = _stage(world, request)
    if request["RouteKey"] not in stage["RouteSettings"]:
        raise Refusal("NotFoundException", f"Unable to find RouteSettings by key {request['RouteKey']}")
    kept = {key: each for key, each in stage["RouteSettings"].items() if key != request["RouteKey"]}
    edited(world, world.change(stage, {"RouteSettings": kept, "LastUpdatedDate": world.time}))


def _api(world: World, request: Fields) -> str:
    return world.get(API, request["ApiId"]).id


def _stage(world: World, request: Fields) -> Resource:
    return world.get(STAGE, f"{_api(world, request)}/{request['StageName']}")


def _deployment(world: World, request: Fields) -> Resource:
    return world.get(DEPLOYMENT, request["DeploymentId"], _api(world, request))
