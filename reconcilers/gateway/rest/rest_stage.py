"""Stages of REST APIs: which snapshot is served under which name, how fast, and what is told of it.

Settings count at once, the snapshot only when the stage is pointed to it. What a stage serves after that is read once
as an export and held against what was deployed (`export`). Access logs and settings are not in CreateStage, so a new
stage takes two calls (ledger 6.7).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import Field

from reconcilers.aws import Aws
from reconcilers.errors import NotYet
from reconcilers.facts import Facts
from reconcilers.gateway.rest.account import account_key, logs
from reconcilers.gateway.rest.adoption import adopted_api, stated, states, whole
from reconcilers.gateway.rest.described import mine, stages
from reconcilers.gateway.rest.documented import operations
from reconcilers.gateway.rest.export import conforms, served
from reconcilers.gateway.rest.patch import WHOLE, Entries, Inside, Kept, Way, patch, replace
from reconcilers.gateway.rest.rest_api import RestApi, rest_key, rest_tag
from reconcilers.gateway.rest.rest_deployment import RestDeployment, deployed_parts, deployment_key, wanted_tree
from reconcilers.gateway.rest.rest_stage_shapes import EVERY, MethodSettings, Settings, setting_key, settings
from reconcilers.gateway.vpc_link import ours
from reconcilers.keys import Key, Link, Ref
from reconcilers.observability.log_group import anchor
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Camel, CamelResource, Hidden, Immutable, Live
from reconcilers.topology import api, speaks
from specs import Instance
from specs.gateway import Gateway, Route
from specs.rest import RouteCache
from specs.stages import Stage as StageSpec
from specs.stages import StageCanary, Throttle

FORMAT = (
    '{"requestId":"$context.requestId","time":"$context.requestTime","ip":"$context.identity.sourceIp",'
    '"method":"$context.httpMethod","path":"$context.path","route":"$context.resourcePath",'
    '"status":"$context.status","latency":"$context.responseLatency",'
    '"integrationStatus":"$context.integrationStatus","integrationLatency":"$context.integrationLatency",'
    '"integrationError":"$context.integrationErrorMessage"}'
)


class AccessLog(Camel):
    destination_arn: Link
    format: str = FORMAT


class Canary(Camel):
    deployment_id: Link
    percent_traffic: float
    stage_variable_overrides: Mapping[str, str] = {}
    use_stage_cache: bool = False


class RestStage(CamelResource):
    rest_api_id: Immutable[Link]
    stage_name: Immutable[str]
    deployment_id: Link | None
    """None where a stage waits to be promoted: whatever it serves is right."""
    canary_settings: Canary | None = None
    description: str = ""
    variables: Mapping[str, str] = {}
    tracing_enabled: bool = False
    cache_cluster_enabled: bool = False
    cache_cluster_size: str | None = None
    """None without a cache; AWS goes on telling the size of one that was (ledger 6.7)."""
    method_settings: Mapping[str, MethodSettings] = {}
    access_log_settings: AccessLog | None = None
    serves: Hidden[Link] = ""
    """What it serves, promoted or not; where it waits to be promoted, what a new one serves first."""
    account: Hidden[Ref | None] = None
    """Access logs need the account's role (ledger 6.7)."""
    parts: Hidden[Mapping[str, Any]] = Field(default_factory=dict)
    """What it is to serve, by address. What the snapshot leads through, a VPC link for one, goes after the stage has
    left it (ledger 6.1)."""
    adopted: Hidden[bool] = False
    """Whether its API is one made by hand, so that only what is stated has to be served."""


WAYS: Mapping[str, Way] = {
    "deploymentId": WHOLE,
    "canarySettings": Inside(
        {
            "deploymentId": WHOLE,
            "percentTraffic": WHOLE,
            "stageVariableOverrides": Entries(adds=False),
            "useStageCache": WHOLE,
        }
    ),
    "description": WHOLE,
    "variables": Entries(adds=False),
    "tracingEnabled": WHOLE,
    "cacheClusterEnabled": WHOLE,
    "cacheClusterSize": Kept(),
    "methodSettings": Settings(),
    "accessLogSettings": Inside({"destinationArn": WHOLE, "format": WHOLE}),
}
"""Source: ledger 6.7; the recorded refusal of UpdateStage lists every path it takes."""
NOT_IN_CREATE = frozenset({"method_settings", "access_log_settings"})


class RestStages(Reconciler[RestStage]):
    kind = RestStage
    needs = (RestApi,)
    cascades = True
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "documentationVersion": "documentation is no part of a spec",
    }

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, RestStage]]:
        if not speaks(instance, "rest"):
            return
        for name, stage in api(instance).gateway.stages.items():
            want = _wanted(instance, name, stage, facts)
            known = stated(want, _said(instance, name, want)) if adopted_api(instance) else want
            yield RestStage.key(instance.address, name), known

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[RestStage]]:
        for live, found in stages(aws, look):
            known = {key: each for key, each in look.wanted(RestStage).items() if key.instance == live.key.instance}
            wanted = {key.part for key in known}
            for each in found:
                name, tags = each["stageName"], each.get("tags", {})
                if wanted and name not in wanted and look.whose(RestStage, tags) is None:
                    if not live.adopted:
                        told = f"RestStage/{name} was made by somebody else; it is left alone"
                        look.strangers.append((live.key.instance, told))
                    continue
                key = RestStage.key(live.key.instance, name)
                waits = key in known and known[key].deployment_id is None
                stage = RestStage.from_aws(
                    each,
                    rest_api_id=live.id,
                    deployment_id=None if waits else _deployment(look, live) or each["deploymentId"],
                    serves=each["deploymentId"],
                    cache_cluster_size=each.get("cacheClusterSize") if each["cacheClusterEnabled"] else None,
                    method_settings=settings(each.get("methodSettings", {})),
                    tags=ours(tags),
                )
                yield from mine(look, live, Live(key, f"{live.id}/stages/{name}", stage))

    def create(self, aws: Aws, key: Key, want: RestStage, name: str) -> Made:
        want = whole(want, deployment_id=want.serves)
        told = want.to_aws(frozenset(RestStage.model_fields) - NOT_IN_CREATE)
        told = {member: value for member, value in told.items() if value not in ("", {})}
        bare = want.model_copy(update={"method_settings": {}, "access_log_settings": None})
        with aws.alone(str(want.rest_api_id)):
            aws.apigateway.create_stage(**told, tags=dict(want.tags or {}))
            _patch(aws, bare, want, NOT_IN_CREATE)
            _prove(aws, want)
        return {"id": f"{want.rest_api_id}/stages/{want.stage_name}"}

    def update(self, aws: Aws, live: Live[RestStage], want: RestStage, changed: frozenset[str]) -> None:
        with aws.alone(str(want.rest_api_id)):
            _patch(aws, live.resource, want, changed)
            if "deployment_id" in changed:
                _prove(aws, want)

    def delete(self, aws: Aws, live: Live[RestStage]) -> None:
        with aws.alone(str(live.resource.rest_api_id)):
            aws.apigateway.delete_stage(restApiId=live.resource.rest_api_id, stageName=live.resource.stage_name)

    def tag(self, aws: Aws, live: Live[RestStage], put: Mapping[str, str], drop: tuple[str, ...]) -> None:
        rest_tag(aws, f"restapis/{live.resource.rest_api_id}/stages/{live.resource.stage_name}", put, drop)

    def parent_of(self, live: Live[RestStage]) -> str:
        return str(live.resource.rest_api_id)


def _wanted(instance: Instance, name: str, stage: StageSpec, facts: Facts) -> RestStage:
    newest = Ref(deployment_key(instance))
    log = AccessLog(destination_arn=Ref(anchor(instance.address), "arn")) if logs(instance) else None
    return RestStage(
        rest_api_id=Ref(rest_key(instance)),
        stage_name=name,
        deployment_id=None if stage.by_hand else newest,
        canary_settings=_canary(stage.canary, newest) if stage.canary is not None else None,
        serves=newest,
        description=stage.description,
        variables=dict(stage.variables),
        tracing_enabled=stage.tracing,
        cache_cluster_enabled=stage.cache is not None,
        cache_cluster_size=stage.cache.size if stage.cache is not None else None,
        method_settings=_settings(api(instance).gateway, stage, operations(instance)),
        access_log_settings=log,
        account=Ref(account_key(instance)) if log is not None else None,
        parts=deployed_parts(instance, facts),
        adopted=bool(adopted_api(instance)),
    )


def _canary(spec: StageCanary, newest: Ref) -> Canary:
    return Canary(
        deployment_id=newest,
        percent_traffic=spec.percent,
        stage_variable_overrides=dict(spec.variables),
        use_stage_cache=spec.use_cache,
    )


def _said(instance: Instance, name: str, want: RestStage) -> frozenset[str]:
    """The fields of a stage made by hand that its spec says something of. Settings of methods are, all ten of each, as
    soon as a throttle, a cache, metrics or logs are spoken of."""
    here = f"/gateway/stages/{name}"
    spoken = [f"{here}/{each}" for each in ("throttle", "cache", "metrics", "executionLogs", "routes")]
    told = {
        "deployment_id": True,
        "canary_settings": False,
        "description": states(instance, f"{here}/description"),
        "variables": states(instance, f"{here}/variables"),
        "tracing_enabled": states(instance, f"{here}/tracing"),
        "cache_cluster_enabled": states(instance, f"{here}/cache"),
        "cache_cluster_size": states(instance, f"{here}/cache"),
        "method_settings": states(instance, *spoken),
        "access_log_settings": want.access_log_settings is not None,
    }
    return frozenset(field for field, said in told.items() if said)


def _deployment(look: Look, api: Live[RestApi]) -> str:
    """In an API made by hand a stage that serves what is stated has the right deployment, whichever it is."""
    found = next((live for live in look.of(RestDeployment) if live.key.instance == api.key.instance), None)
    return found.id if api.adopted and found is not None and found.resource.description else ""


def _patch(aws: Aws, live: RestStage, want: RestStage, changed: frozenset[str]) -> None:
    operations = patch(live, want, changed, WAYS)
    aws.apigateway.update_stage(restApiId=want.rest_api_id, stageName=want.stage_name, patchOperations=operations)


def _prove(aws: Aws, want: RestStage) -> None:
    """One export says whether the snapshot is what its name says. One that is not, because somebody changed the tree
    in that moment, loses its name, so that the next look deploys anew."""
    api_id = str(want.rest_api_id)
    if conforms(served(aws, api_id, want.stage_name), wanted_tree(want.parts), whole=not want.adopted):
        return
    aws.apigateway.update_deployment(
        restApiId=api_id, deploymentId=want.deployment_id,
        patchOperations=[replace("/description", "not what Penstock meant to deploy")],
    )  # fmt: skip
    raise NotYet(f"stage {want.stage_name} of {api_id} serves something else than was deployed")


def _settings(gateway: Gateway, stage: StageSpec, described: Iterable[str]) -> dict[str, MethodSettings]:
    """What holds for every method, and for those that have something of their own; `described` are the operations of
    an OpenAPI document."""
    every = _setting(stage, stage.throttle, None)
    keys = dict.fromkeys((*gateway.routes, *described))
    each = {setting_key(key): _setting(stage, *_own(gateway, stage, key)) for key in keys}
    return {EVERY: every, **{key: setting for key, setting in each.items() if setting != every}}


def _own(gateway: Gateway, stage: StageSpec, key: str) -> tuple[Throttle, RouteCache | None]:
    """A route's throttle, in this stage, in every stage or by default; and what of it is remembered."""
    route, here = gateway.routes.get(key, Route()), stage.routes.get(key)
    throttle = (here and here.throttle) or route.throttle or gateway.defaults.throttle or stage.throttle
    return throttle, route.cache if stage.cache is not None else None


def _setting(stage: StageSpec, throttle: Throttle, cache: RouteCache | None) -> MethodSettings:
    told = MethodSettings(
        metrics_enabled=stage.detailed_metrics,
        logging_level=stage.execution_logs,
        throttling_rate_limit=float(throttle.rate),
        throttling_burst_limit=throttle.burst,
    )
    if stage.cache is None:
        return told
    kept = stage.cache.ttl if cache is None or cache.ttl is None else cache.ttl
    more = {"cache_ttl_in_seconds": kept, "cache_data_encrypted": stage.cache.encrypted}
    return told.model_copy(update={**more, "caching_enabled": cache is not None})
