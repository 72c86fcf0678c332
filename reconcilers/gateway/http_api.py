"""HTTP APIs: the public front door. Their names are not unique and a repeated create makes another one, so the anchor
remembers that we are creating (architecture.md, *Non-idempotent creates*)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from reconcilers.aws import Aws
from reconcilers.facts import Facts
from reconcilers.gateway.vpc_link import gateway_tag, ours
from reconcilers.keys import Key, Link, Ref
from reconcilers.observability.log_group import anchor
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Hidden, Immutable, Live, R, Resource, Shape, Unordered
from reconcilers.topology import api, speaks
from specs import Instance
from specs.gateway import Cors as CorsSpec


class Cors(Shape):
    """AWS answers header names in lower case (ledger 7.2)."""

    allow_origins: Unordered[str] = ()
    allow_methods: Unordered[str] = ()
    allow_headers: Unordered[str] = ()
    expose_headers: Unordered[str] = ()
    allow_credentials: bool = False
    max_age: int = 0


class HttpApi(Resource):
    protocol_type: Immutable[str] = "HTTP"
    description: str = ""
    version: str = ""
    disable_execute_api_endpoint: bool = False
    ip_address_type: str = "ipv4"
    cors_configuration: Cors | None = None
    anchor: Hidden[Link | None] = None


class Apis(Reconciler[R]):
    """Looks after APIs of either protocol of apigatewayv2: what one is made of differs, the calls do not."""

    longest_name = 128
    once = True

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[Any]]:
        for found in aws.apigatewayv2.pages("get_apis", "Items", MaxResults="500"):
            tags = found.get("Tags", {})
            if key := look.whose(self.kind, tags, natural=partial(self.named, look, found["Name"])):
                yield Live(
                    key,
                    found["ApiId"],
                    self.kind.from_aws(found, tags=ours(tags)),
                    {"endpoint": found.get("ApiEndpoint", "")},
                    created=found["CreatedDate"].isoformat(),
                )

    def create(self, aws: Aws, key: Key, want: R, name: str) -> Made:
        told = {member: value for member, value in want.to_aws().items() if value != ""}
        made = aws.apigatewayv2.create_api(Name=name, **told, Tags=dict(want.tags or {}))
        return {"id": made["ApiId"], "endpoint": made.get("ApiEndpoint", "")}

    def update(self, aws: Aws, live: Live[R], want: R, changed: frozenset[str]) -> None:
        aws.apigatewayv2.update_api(ApiId=live.id, **want.to_aws(changed))

    def delete(self, aws: Aws, live: Live[R]) -> None:
        aws.apigatewayv2.delete_api(ApiId=live.id)

    def tag(self, aws: Aws, live: Live[R], put: Mapping[str, str], drop: tuple[str, ...]) -> None:
        gateway_tag(aws, f"apis/{live.id}", put, drop)


class HttpApis(Apis[HttpApi]):
    kind = HttpApi
    heirs = frozenset({"RestStage", "WebSocketStage"})
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "ApiId": "it is the id",
        "Name": "a name is chosen once and never compared",
        "ApiKeySelectionExpression": "WebSocket APIs only",
        "RouteSelectionExpression": "HTTP APIs have the one value $request.method $request.path",
    }

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, HttpApi]]:
        if speaks(instance, "http"):
            gateway = api(instance).gateway
            yield (
                api_key(instance),
                HttpApi(
                    description=gateway.description,
                    disable_execute_api_endpoint=gateway.default_endpoint == "disabled",
                    ip_address_type=gateway.ip_address_type,
                    cors_configuration=_cors(gateway.cors) if gateway.cors is not None else None,
                    anchor=Ref(anchor(instance.address)),
                ),
            )

    def update(self, aws: Aws, live: Live[HttpApi], want: HttpApi, changed: frozenset[str]) -> None:
        if "cors_configuration" in changed and want.cors_configuration is None:
            aws.apigatewayv2.delete_cors_configuration(ApiId=live.id)
            changed -= {"cors_configuration"}
        if changed:
            super().update(aws, live, want, changed)


def api_key(instance: Instance) -> Key:
    return HttpApi.key(instance.address)


def _cors(spec: CorsSpec) -> Cors:
    return Cors(
        allow_origins=spec.origins,
        allow_methods=spec.methods,
        allow_headers=tuple(header.lower() for header in spec.headers),
        expose_headers=tuple(header.lower() for header in spec.expose_headers),
        allow_credentials=spec.credentials,
        max_age=spec.max_age,
    )
