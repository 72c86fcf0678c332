"""API mappings: which path of a custom domain leads to which stage of an API.

They have no tags. In a domain of ours the path is the identity; a mapping of another API at another path is somebody
else's, and left alone (architecture.md, *Ownership*: a domain is an open parent).

Of regional domains the second generation of the API maps every type of API and paths of several levels; of all others
only the first does, under the name of base path mappings, which have no id but their path (ledger 8.2). They are the
same mappings, so a domain that moves keeps them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconcilers.aws import Aws
from reconcilers.domains.domain_name import DomainName, called, domain_key
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

NONE = "(none)"
"""How the first generation writes that there is no path."""
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
    base_path: Hidden[bool] = False
    """Whether the first generation of the API looks after it."""


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
                    base_path=api(instance).gateway.domain_endpoint != "regional",
                ),
            )

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[ApiMapping]]:
        apis = {live.id: live.key.instance for kind in (HttpApi, RestApi, WebSocketApi) for live in look.of(kind)}
        domains = look.of(DomainName)
        answers = aws.parallel(lambda live: list(_mappings(aws, live)), domains)
        for live, found in zip(domains, answers, strict=True):
            for each in found:
                key = ApiMapping.key(live.key.instance, each.get("ApiMappingKey") or ROOT)
                if key in look.graph or apis.get(each["ApiId"]) == live.key.instance:
                    stage, by_path = f"{each['ApiId']}/{each['Stage']}", _by_path(live.resource)
                    mapping = ApiMapping.from_aws(each, domain_name=live.id, serves=stage, base_path=by_path)
                    yield Live(key, each["ApiMappingId"], mapping)

    def create(self, aws: Aws, key: Key, want: ApiMapping, name: str) -> Made:
        if want.base_path:
            told = {"restApiId": want.api_id, "stage": want.stage, "basePath": want.api_mapping_key or NONE}
            aws.apigateway.create_base_path_mapping(**called(str(want.domain_name)), **told)
            return {"id": f"{want.domain_name}/{want.api_mapping_key or NONE}"}
        return {"id": aws.apigatewayv2.create_api_mapping(**want.to_aws())["ApiMappingId"]}

    def update(self, aws: Aws, live: Live[ApiMapping], want: ApiMapping, changed: frozenset[str]) -> None:
        """AWS wants the API with every update (ledger 8.2)."""
        if live.resource.base_path:
            told = {"restapiId": str(want.api_id), "stage": want.stage}
            operations = [{"op": "replace", "path": f"/{name}", "value": value} for name, value in told.items()]
            aws.apigateway.update_base_path_mapping(**_place(live.resource), patchOperations=operations)
            return
        told = want.to_aws(changed | {"api_id", "domain_name"})
        aws.apigatewayv2.update_api_mapping(ApiMappingId=live.id, **told)

    def delete(self, aws: Aws, live: Live[ApiMapping]) -> None:
        if live.resource.base_path:
            aws.apigateway.delete_base_path_mapping(**_place(live.resource))
        else:
            aws.apigatewayv2.delete_api_mapping(DomainName=live.resource.domain_name, ApiMappingId=live.id)


def _by_path(domain: DomainName) -> bool:
    """Whether its mappings are base paths: V2 knows regional domains alone (serverless-domain-manager#359)."""
    return bool(domain.former) or domain.endpoint_configuration.types != ("REGIONAL",)


def _mappings(aws: Aws, domain: Live[DomainName]) -> Iterator[Mapping[str, Any]]:
    """In the words of API Gateway V2."""
    if not _by_path(domain.resource):
        yield from aws.apigatewayv2.pages("get_api_mappings", "Items", DomainName=domain.id, MaxResults="500")
        return
    for each in aws.apigateway.pages("get_base_path_mappings", "items", **called(domain.id), limit=500):
        key = "" if each["basePath"] == NONE else each["basePath"]
        id = f"{domain.id}/{each['basePath']}"
        yield {"ApiMappingId": id, "ApiMappingKey": key, "ApiId": each["restApiId"], "Stage": each.get("stage", NONE)}


def _place(mapping: ApiMapping) -> dict[str, str]:
    return {**called(str(mapping.domain_name)), "basePath": mapping.api_mapping_key or NONE}
