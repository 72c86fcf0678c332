"""Stages: a deployment and how it is served. Unlike the tree, what is set here is live at once, but for the cache,
which takes minutes; logs need the account's role (ledger 6.7, 6.14)."""

from __future__ import annotations

from sandbox import elsewhere
from sandbox.kinds import Fields
from sandbox.services import waf
from sandbox.services.apigateway.facts import ACCOUNT, CACHE_STARTS, CACHE_STOPS, STAGE
from sandbox.services.apigateway.replacing import replaced
from sandbox.services.apigateway.settings import GRAMMAR
from sandbox.services.apigateway.tree import api_of
from sandbox.services.apigateway.words import bad
from sandbox.world import Resource, World, become

SIZE = "0.5"  # GB; of a cache nobody gave a size
NO_ROLE = bad("CloudWatch Logs role ARN must be set in account settings to enable logging")
STAGED = ("variables", "tracingEnabled", "cacheClusterEnabled", "cacheClusterSize")  # a stage's, of CreateDeployment
LONGEST_FORMAT = 3072  # bytes; API Gateway quotas


def create_stage(world: World, request: Fields) -> Fields:
    return _made(world, api_of(world, request), request).shown(tags=bool(request.get("tags")))


def get_stage(world: World, request: Fields) -> Fields:
    return _shown(world, _stage(world, request))


def get_stages(world: World, request: Fields) -> Fields:
    wanted = request.get("deploymentId")
    kept = world.all(STAGE, api_of(world, request).id)
    return {"item": [_shown(world, each) for each in kept if wanted in (None, each.fields.get("deploymentId"))]}


def update_stage(world: World, request: Fields) -> Fields:
    stage = _stage(world, request)
    before, after = stage.fields, GRAMMAR.patched(stage.fields, request.get("patchOperations", ()))
    _refuse_logs(world, before, after)
    if after.get("clientCertificateId"):
        raise bad("Invalid client certificate identifier specified: client certificates are not modelled here")
    _cached(world, replaced(world, stage, after | {"lastUpdatedDate": world.time}), before)
    return _shown(world, stage)


def delete_stage(world: World, request: Fields) -> None:
    """A web ACL lets go of it."""
    stage = _stage(world, request)
    world.remove(stage)
    waf.taken_off(world, stage.arn)


def flush_stage_cache(world: World, request: Fields) -> None:
    """Everything the cache holds is forgotten."""
    stage = _stage(world, request)
    if stage["cacheClusterStatus"] != "AVAILABLE":
        raise bad("Unable to flush the cache: the stage has no cache cluster that is available")
    stage.hidden.pop("cache", None)


def flush_stage_authorizers_cache(world: World, request: Fields) -> None:
    """What functions have said is forgotten."""
    _stage(world, request).hidden.pop("authorized", None)


def deployed(world: World, api: Resource, stage: Resource | None, deployment: Resource, request: Fields) -> None:
    """What CreateDeployment does with the stage it names."""
    said: Fields = {name: request[name] for name in STAGED if name in request}
    if "stageDescription" in request:
        said["description"] = request["stageDescription"]
    if "canarySettings" in request:
        assert stage, "a canary needs a stage, which was looked at before"
        canary = {"percentTraffic": 0.0, "useStageCache": False} | request["canarySettings"]
        said["canarySettings"] = canary | {"deploymentId": deployment.id}
    else:
        said["deploymentId"] = deployment.id
    if stage is None:
        _made(world, api, said | {"stageName": request["stageName"]})
        return
    before = stage.fields
    _cached(world, replaced(world, stage, before | said | {"lastUpdatedDate": world.time}), before)


def _made(world: World, api: Resource, request: Fields) -> Resource:
    made: Fields = {"createdDate": world.time, "lastUpdatedDate": world.time}
    if "canarySettings" in request:
        made["canarySettings"] = {"percentTraffic": 0.0, "useStageCache": False} | request["canarySettings"]
    stage = world.add(STAGE, request, made, parent=api.id)
    _cached(world, stage, {"cacheClusterEnabled": False})
    return stage


def _cached(world: World, stage: Resource, before: Fields) -> None:
    """A cache is built, rebuilt for another size, and torn down, in minutes (ledger 6.7)."""
    now, was = stage["cacheClusterEnabled"], before["cacheClusterEnabled"]
    if now and "cacheClusterSize" not in stage.fields:
        become(world, stage, {"cacheClusterSize": SIZE})
    resized = stage.fields.get("cacheClusterSize") != before.get("cacheClusterSize", SIZE)
    if now and (not was or resized):
        stage.hidden.pop("cache", None)
        _turning(world, stage, "CREATE_IN_PROGRESS", CACHE_STARTS, "AVAILABLE")
    elif was and not now:
        stage.hidden.pop("cache", None)
        _turning(world, stage, "DELETE_IN_PROGRESS", CACHE_STOPS, "NOT_AVAILABLE")


def _turning(world: World, stage: Resource, during: str, seconds: float, then: str) -> None:
    become(world, stage, {"cacheClusterStatus": during})
    turn = stage.hidden["turning"] = stage.hidden.get("turning", 0) + 1
    world.later(seconds, _turned, stage, turn, then)


def _turned(world: World, stage: Resource, turn: int, then: str) -> None:
    if stage.hidden["turning"] == turn:
        become(world, stage, {"cacheClusterStatus": then})


def _refuse_logs(world: World, before: Fields, after: Fields) -> None:
    logs = after.get("accessLogSettings")
    levels = {each.get("loggingLevel", "OFF") for each in after["methodSettings"].values()}
    account = world.find(ACCOUNT, "account")
    if (logs or levels - {"OFF"}) and not (account and account.fields.get("cloudwatchRoleArn")):
        raise NO_ROLE.about()
    if not logs or logs == before.get("accessLogSettings"):
        return
    if not logs.get("destinationArn"):
        raise bad("Access Log value must not be empty")
    line = logs.get("format", "")  # AWS was recorded to go without (update_stage/19)
    if "\n" in line or len(line.encode()) > LONGEST_FORMAT:
        raise bad("The access log format must be a single line of at most 3 KB")
    logs["destinationArn"] = arn = logs["destinationArn"].removesuffix(":*")
    group = arn.partition(":log-group:")[2]
    if not arn.startswith("arn:aws:firehose:") and group not in elsewhere.backend(world, "logs").groups:
        raise bad(f"The log group '{arn}' does not exist: access logging cannot be enabled")


def _shown(world: World, stage: Resource) -> Fields:
    """Without tags that are none, with the web ACL that protects it (findings, A)."""
    acl = waf.protecting(world, stage.arn)
    return stage.shown(tags=bool(stage.tags)) | ({"webAclArn": acl.arn} if acl else {})


def _stage(world: World, request: Fields) -> Resource:
    return world.get(STAGE, f"{api_of(world, request).id}/{request['stageName']}")
