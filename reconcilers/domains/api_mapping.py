"""API mappings: which path of a custom domain leads to which stage of an API.

They have no tags. In a domain of ours the path is the identity; a mapping of another API at another path is somebody
else's, and left alone (architecture.md, *Ownership*: a domain is an open parent).
"""

from __future__ import annotations

from collections.abc import Iterator

from reconcilers.aws import Aws
from reconcilers.domains.domain_name import DomainName, domain_key
from reconcilers.facts import Facts
from reconcilers.gateway.http_api import HttpApi
from reconcilers.gateway.rest.rest_api import RestApi
from reconcilers.gateway.websocket.web_socket_api import WebSocketApi
from reconcilers.keys import Key, Link, Ref
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Hidden, Immutable, Live, Resource
from reconcilers.topology import api, domain_of, mapped
from specs import Instance
from specs.domain import ROOT

KINDS = {
    "http": ("HttpApi", "Stage"),
    "rest": ("RestApi", "RestStage"),
    "websocket": ("WebSocketApi", "WebSocketStage"),
}
"""By type of API: its kind and that of its stages."""


class ApiMapping(Resource):
    domain_name: Immutable[Link]
    api_mapping_key: Immutable[str] = ""
    """The path without slashes around it; empty for the whole domain."""
    api_id: Link
    stage: str
    serves: Hidden[Link | None] = None
    """The id of the stage: it is there before, and goes after."""


class ApiMappings(Reconciler[ApiMapping]):
    kind = ApiMapping
    needs = (DomainName,)
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "ApiMappingId": "it is the id",
    }

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, ApiMapping]]:
        if domain_of(instance) is None:
            return
        kind, stages = KINDS[api(instance).gateway.type]
        for path, stage in mapped(instance).items():
            yield (
                ApiMapping.key(instance.address, path),
                ApiMapping(
                    domain_name=Ref(domain_key(instance)),
                    api_mapping_key="" if path == ROOT else path,
                    api_id=Ref(Key(instance.address, kind)),
                    stage=stage,
                    serves=Ref(Key(instance.address, stages, stage)),
                ),
            )

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[ApiMapping]]:
        apis = {live.id: live.key.instance for kind in (HttpApi, RestApi, WebSocketApi) for live in look.of(kind)}
        domains = look.of(DomainName)
        answers = aws.parallel(
            lambda live: list(
                aws.apigatewayv2.pages("get_api_mappings", "Items", DomainName=live.id, MaxResults="500")
            ),
            domains,
        )
        for live, found in zip(domains, answers, strict=True):
            for each in found:
                key = ApiMapping.key(live.key.instance, each.get("ApiMappingKey") or ROOT)
                if key in look.graph or apis.get(each["ApiId"]) == live.key.instance:
                    stage = f"{each['ApiId']}/{each['Stage']}"
                    mapping = ApiMapping.from_aws(each, domain_name=live.id, serves=stage)
                    yield Live(key, each["ApiMappingId"], mapping)

    def create(self, aws: Aws, key: Key, want: ApiMapping, name: str) -> Made:
        return {"id": aws.apigatewayv2.create_api_mapping(**want.to_aws())["ApiMappingId"]}

    def update(self, aws: Aws, live: Live[ApiMapping], want: ApiMapping, changed: frozenset[str]) -> None:
        """AWS wants the API with every update (ledger 8.2)."""
        told = want.to_aws(changed | {"api_id", "domain_name"})
        aws.apigatewayv2.update_api_mapping(ApiMappingId=live.id, **told)

    def delete(self, aws: Aws, live: Live[ApiMapping]) -> None:
        aws.apigatewayv2.delete_api_mapping(DomainName=live.resource.domain_name, ApiMappingId=live.id)
