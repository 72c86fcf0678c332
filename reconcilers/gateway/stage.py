"""Stages: what of an API is served, how fast it may be called and where its access log goes.

A stage deploys itself after every edit; its DeploymentId is AWS's. A throttle is always written, because AWS does
not go back to the account's when it is dropped, and per-route settings inherit nothing (ledger 7.6).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from reconcilers.aws import Aws
from reconcilers.facts import Facts
from reconcilers.gateway.described import children
from reconcilers.gateway.http_api import HttpApi, api_key
from reconcilers.gateway.route import Route
from reconcilers.gateway.vpc_link import gateway_tag, ours
from reconcilers.keys import Key, Link, Ref
from reconcilers.observability.log_group import anchor
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Hidden, Immutable, Live, Resource, Shape
from reconcilers.topology import api, speaks
from specs import Instance
from specs.gateway import Gateway
from specs.stages import Stage as StageSpec
from specs.stages import Throttle

FORMAT = (
    '{"requestId":"$context.requestId","time":"$context.requestTime","ip":"$context.identity.sourceIp",'
    '"stage":"$context.stage",'
    '"method":"$context.httpMethod","path":"$context.path","route":"$context.routeKey","status":"$context.status",'
    '"latency":"$context.responseLatency","integrationStatus":"$context.integrationStatus",'
    '"integrationLatency":"$context.integrationLatency","integrationError":"$context.integrationErrorMessage"}'
)


class RouteSettings(Shape):
    throttling_rate_limit: float | None = None
    throttling_burst_limit: int | None = None
    detailed_metrics_enabled: bool = False


class AccessLog(Shape):
    destination_arn: Link
    format: str = FORMAT


class Stage(Resource):
    api_id: Immutable[Link]
    stage_name: Immutable[str]
    auto_deploy: bool = False
    description: str = ""
    default_route_settings: RouteSettings = RouteSettings()
    route_settings: Mapping[str, RouteSettings] = {}
    stage_variables: Mapping[str, str] = {}
    access_log_settings: AccessLog | None = None
    routes: Hidden[tuple[Ref, ...]] = ()
    """Settings of a route need the route (ledger 7.6), and a stage without routes does not deploy."""


class Stages(Reconciler[Stage]):
    kind = Stage
    needs: ClassVar[tuple[type[Resource], ...]] = (HttpApi,)
    cascades = True
    settles = True

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, Stage]]:
        if not speaks(instance, "http"):
            return
        gateway = api(instance).gateway
        for name, stage in gateway.stages.items():
            yield (
                Stage.key(instance.address, name),
                Stage(
                    api_id=Ref(api_key(instance)),
                    stage_name=name,
                    auto_deploy=True,
                    description=stage.description,
                    default_route_settings=_settings(stage.throttle, stage),
                    route_settings={key: _settings(each, stage) for key, each in throttles(gateway, stage).items()},
                    stage_variables=dict(stage.variables),
                    access_log_settings=AccessLog(destination_arn=Ref(anchor(instance.address), "arn")),
                    routes=tuple(Ref(Route.key(instance.address, each)) for each in gateway.routes),
                ),
            )

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[Stage]]:
        for live, found in children(aws, look, HttpApi, "get_stages"):
            yield from seen(look, live, found, Stage)

    def create(self, aws: Aws, key: Key, want: Stage, name: str) -> Made:
        told = {member: value for member, value in want.to_aws().items() if value != ""}
        aws.apigatewayv2.create_stage(**told, Tags=dict(want.tags or {}))
        return {"id": f"{want.api_id}/{want.stage_name}"}

    def update(self, aws: Aws, live: Live[Stage], want: Stage, changed: frozenset[str]) -> None:
        """A route's settings, access logs and variables each leave in a way of their own (ledger 7.6)."""
        place = {"ApiId": live.resource.api_id, "StageName": live.resource.stage_name}
        gone = live.resource.route_settings.keys() - want.route_settings.keys()
        for route_key in sorted(gone) if "route_settings" in changed else ():
            aws.apigatewayv2.delete_route_settings(RouteKey=route_key, **place)
        if "access_log_settings" in changed and want.access_log_settings is None:
            aws.apigatewayv2.delete_access_log_settings(**place)
        told = want.to_aws(changed)
        if "stage_variables" in changed:
            told["StageVariables"] = dict.fromkeys(live.resource.stage_variables, "") | dict(want.stage_variables)
        if "route_settings" in changed and not want.route_settings:
            del told["RouteSettings"]
        if told:
            aws.apigatewayv2.update_stage(**place, **told)

    def delete(self, aws: Aws, live: Live[Stage]) -> None:
        aws.apigatewayv2.delete_stage(ApiId=live.resource.api_id, StageName=live.resource.stage_name)

    def tag(self, aws: Aws, live: Live[Stage], put: Mapping[str, str], drop: tuple[str, ...]) -> None:
        gateway_tag(aws, f"apis/{live.resource.api_id}/stages/{live.resource.stage_name}", put, drop)

    def parent_of(self, live: Live[Stage]) -> str:
        return str(live.resource.api_id)


def seen(look: Look, api: Live[Any], found: list[Mapping[str, Any]], kind: type[Stage]) -> Iterator[Live[Stage]]:
    """The stages of an API that are wanted or ours; another one is told of, and left alone."""
    wanted = {key.part for key in look.graph if (key.instance, key.kind) == (api.key.instance, kind.__name__)}
    for each in found:
        mine = each["StageName"] in wanted or look.whose(kind, each.get("Tags", {})) is not None
        if wanted and not mine:
            words = f"{kind.__name__}/{each['StageName']} was made by somebody else; it is left alone"
            look.strangers.append((api.key.instance, words))
            continue
        told = each.get("LastDeploymentStatusMessage", "")
        stage = kind.from_aws(each, api_id=api.id, tags=ours(each.get("Tags", {})))
        key = kind.key(api.key.instance, each["StageName"])
        yield Live(key, f"{api.id}/{each['StageName']}", stage, failed=told if "Unable to deploy" in told else "")


def throttles(gateway: Gateway, stage: StageSpec) -> dict[str, Throttle]:
    """Of the routes that have one of their own: in this stage, in every stage, or by default."""
    own = {key: each.throttle for key, each in stage.routes.items()}
    every = {key: own.get(key) or route.throttle or gateway.defaults.throttle for key, route in gateway.routes.items()}
    return {key: throttle for key, throttle in every.items() if throttle is not None}


def _settings(throttle: Throttle, stage: StageSpec) -> RouteSettings:
    return RouteSettings(
        throttling_rate_limit=throttle.rate,
        throttling_burst_limit=throttle.burst,
        detailed_metrics_enabled=stage.detailed_metrics,
    )
