"""Stages of WebSocket APIs: as those of HTTP APIs they deploy themselves after every edit; their logs are a REST API's.

Execution logs and access logs need the account's role (kind Account), and messages are told of in words of their own
(developer guide, websocket-api-logging).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconcilers.aws import Aws
from reconcilers.facts import Facts
from reconcilers.gateway.described import children
from reconcilers.gateway.rest.account import account_key
from reconcilers.gateway.stage import AccessLog, RouteSettings, Stage, Stages, seen, throttles
from reconcilers.gateway.websocket.web_socket_api import WebSocketApi, socket_key
from reconcilers.gateway.websocket.web_socket_route import socket_route_key
from reconcilers.keys import Key, Ref
from reconcilers.observability.log_group import anchor
from reconcilers.reconciler import Look
from reconcilers.resource import Hidden, Live
from reconcilers.topology import api, speaks
from specs import Instance
from specs.stages import Stage as StageSpec
from specs.stages import Throttle

FORMAT = (
    '{"requestId":"$context.requestId","time":"$context.requestTime","ip":"$context.identity.sourceIp",'
    '"stage":"$context.stage","connection":"$context.connectionId","event":"$context.eventType",'
    '"message":"$context.messageId","route":"$context.routeKey","status":"$context.status",'
    '"integrationLatency":"$context.integrationLatency","error":"$context.error.message"}'
)


class SocketSettings(RouteSettings):
    logging_level: str = "OFF"
    data_trace_enabled: bool = False


class WebSocketStage(Stage):
    default_route_settings: SocketSettings = SocketSettings()
    route_settings: Mapping[str, SocketSettings] = {}
    account: Hidden[Ref | None] = None
    """Logs need the account's role."""


class WebSocketStages(Stages):
    kind = WebSocketStage
    needs = (WebSocketApi,)

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, WebSocketStage]]:
        if speaks(instance, "websocket"):
            for name, stage in api(instance).gateway.stages.items():
                yield WebSocketStage.key(instance.address, name), _wanted(instance, name, stage)

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[Stage]]:
        for live, found in children(aws, look, WebSocketApi, "get_stages"):
            yield from seen(look, live, found, WebSocketStage)


def _wanted(instance: Instance, name: str, stage: StageSpec) -> WebSocketStage:
    gateway = api(instance).gateway
    own = throttles(gateway, stage)
    return WebSocketStage(
        api_id=Ref(socket_key(instance)),
        stage_name=name,
        auto_deploy=True,
        description=stage.description,
        default_route_settings=_settings(stage.throttle, stage),
        route_settings={key: _settings(throttle, stage) for key, throttle in own.items()},
        stage_variables=dict(stage.variables),
        access_log_settings=AccessLog(destination_arn=Ref(anchor(instance.address), "arn"), format=FORMAT),
        routes=tuple(Ref(socket_route_key(instance, each)) for each in gateway.routes),
        account=Ref(account_key(instance)),
    )


def _settings(throttle: Throttle, stage: StageSpec) -> SocketSettings:
    return SocketSettings(
        throttling_rate_limit=throttle.rate,
        throttling_burst_limit=throttle.burst,
        detailed_metrics_enabled=stage.detailed_metrics,
        logging_level=stage.execution_logs,
    )
