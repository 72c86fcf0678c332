"""The children of our REST APIs. One call tells the whole tree of an API, resources, methods and integrations, and a
look asks it once though three kinds start from it (ledger 6.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from reconcilers.aws import Aws
from reconcilers.fingerprint import of_resource
from reconcilers.gateway.rest.adoption import shown
from reconcilers.gateway.rest.rest_api import RestApi
from reconcilers.observability.log_group import anchor
from reconcilers.reconciler import Look
from reconcilers.resource import Live, R, Resource

Item = Mapping[str, Any]
Children = list[tuple[Live[RestApi], list[Item]]]


@dataclass(frozen=True, slots=True)
class Place:
    """One method of one API, where AWS has it."""

    api: Live[RestApi]
    resource: Item
    verb: str
    method: Item

    @property
    def part(self) -> str:
        return f"{self.verb} {self.resource['path']}"

    @property
    def id(self) -> str:
        return method_id(self.api.id, self.resource["id"], self.verb)


def method_id(api_id: str, resource_id: str, verb: str) -> str:
    """A method has no id of AWS's; this names it."""
    return f"{api_id}/{resource_id}/{verb}"


def trees(aws: Aws, look: Look) -> Children:
    """The resources of every API of this look, each with its methods and their integrations."""
    return _each(aws, look, "trees", tree)


def deployments(aws: Aws, look: Look) -> Children:
    return _each(
        aws,
        look,
        "deployments",
        lambda aws, api_id: list(aws.apigateway.pages("get_deployments", "items", restApiId=api_id, limit=500)),
    )


def stages(aws: Aws, look: Look) -> Children:
    return _each(
        aws, look, "rest stages", lambda aws, api_id: list(aws.apigateway.get_stages(restApiId=api_id)["item"])
    )


def tree(aws: Aws, api_id: str) -> list[Item]:
    found = aws.apigateway.pages("get_resources", "items", restApiId=api_id, limit=500, embed=["methods"])
    return [of_resource(each) for each in found]


def methods(aws: Aws, look: Look) -> Iterator[Place]:
    """Every method of the APIs of this look."""
    for live, resources in trees(aws, look):
        for resource in resources:
            for verb, method in resource.get("resourceMethods", {}).items():
                yield Place(live, resource, verb, method)


def beside(aws: Aws, look: Look, kind: type[Resource], operation: str) -> Children:
    """What hangs on an API beside its tree. It is asked of the APIs that want such, and of those whose spec is not yet
    applied: what somebody adds elsewhere changes nothing that is served, and is found before the next deployment."""

    def asked(instance: str) -> bool:
        wants = any(key.instance == instance and key.kind == kind.__name__ for key in look.graph)
        first = next((live for live in look.lives if live.key == anchor(instance)), None)
        return wants or first is None or not look.settled(instance, first.resource.tags or {})

    def listed() -> Children:
        apis = [live for live in look.of(RestApi) if asked(live.key.instance)]
        items = aws.parallel(
            lambda live: list(aws.apigateway.pages(operation, "items", restApiId=live.id, limit=500)), apis
        )
        return list(zip(apis, items, strict=True))

    return look.once(f"rest {operation}", listed)


def mine(look: Look, api: Live[RestApi], live: Live[R]) -> Iterator[Live[R]]:
    """A child as it is looked at: of an API made by hand only what is wanted, and only that of it, unless its document
    overwrites the rest."""
    if api.adopted and live.key in look.graph:
        want = look.wanted(type(live.resource)).get(live.key)
        yield replace(live, resource=shown(live.resource, want), adopted=True)
    elif not api.adopted or closes(look, api):
        yield live


def closes(look: Look, api: Live[RestApi]) -> bool:
    """Whether what nobody wants in an API made by hand goes."""
    want = look.wanted(RestApi).get(api.key)
    return want is not None and want.closes


def _each(aws: Aws, look: Look, name: str, ask: Any) -> Children:
    def listed() -> Children:
        apis = look.of(RestApi)
        return list(zip(apis, aws.parallel(lambda live: ask(aws, live.id), apis), strict=True))

    return look.once(name, listed)
