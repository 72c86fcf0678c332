"""Who leads through a VPC link: it stays as long as any API does, as AWS says only when it is to go (ledger 6.1, 7.1).

A method in the tree of an API counts, and what a stage serves: a stage goes on serving its snapshot, whatever became of
the tree. A deployment that no stage serves holds nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from reconcilers.aws import Aws
from reconcilers.errors import Meaning, meaning
from reconcilers.gateway.rest.described import tree
from reconcilers.gateway.rest.export import served
from reconcilers.gateway.rest.rest_api import RestApi
from reconcilers.keys import Key
from reconcilers.observability.log_group import anchor
from reconcilers.reconciler import Look


def led_through(aws: Aws, link: str, besides: Collection[str]) -> dict[str, list[str]]:
    """By the id of a REST API, one of `besides` apart: its methods that lead through this VPC link, as `GET /orders`.
    A list of all APIs, and a call for each."""
    others = [id for each in _apis(aws) if (id := each["id"]) not in besides]
    found = dict(zip(others, aws.parallel(partial(_methods, aws, link), others), strict=True))
    return {id: methods for id, methods in found.items() if methods}


def holder(aws: Aws, look: Look, instance: str, link: str) -> str:
    """Who of others leads through a link that the spec of an instance no longer wants; empty for nobody. It is asked
    as long as that spec is not applied: a list of all APIs, and for each a call, another, and one for each stage."""
    first = next((live for live in look.lives if live.key == anchor(instance)), None)
    wanted = any(key.instance == instance for key in look.graph)
    if not wanted or first is None or look.settled(instance, first.resource.tags or {}):
        return ""
    try:
        users = aws.parallel(lambda api: next(_users(aws, look, instance, link, api), ""), _apis(aws))
    except ClientError as error:
        if meaning(error) is not Meaning.DENIED:
            raise
        return ""  # who may not look at REST APIs hears it from AWS when the link is to go
    return next(filter(None, users), "")


def _users(aws: Aws, look: Look, instance: str, link: str, api: Mapping[str, Any]) -> Iterator[str]:
    """What of an API leads there and stays: of the instance's own what no file asks for, and that is in its stages."""
    id, ours = api["id"], look.whose(RestApi, api.get("tags", {})) == RestApi.key(instance)
    adopted = any(want.adopt == id for key, want in look.wanted(RestApi).items() if key.instance == instance)

    def led(kind: str, part: str) -> bool:
        return (ours or adopted) and Key(instance, kind, part) in look.graph

    for method in () if ours else _methods(aws, link, id):
        if not led("RestIntegration", method):
            yield f"{method} of REST API {id}"
    for stage in aws.apigateway.get_stages(restApiId=id)["item"]:
        if not led("RestStage", stage["stageName"]) and _serves(aws, link, id, stage["stageName"]):
            yield f"stage {stage['stageName']} of REST API {id}"


def _serves(aws: Aws, link: str, api: str, stage: str) -> bool:
    return any(each["integration"].get("connectionId") == link for each in served(aws, api, stage).values())


def _apis(aws: Aws) -> list[Mapping[str, Any]]:
    return list(aws.apigateway.pages("get_rest_apis", "items", limit=500))


def _methods(aws: Aws, link: str, api: str) -> list[str]:
    return sorted(
        f"{verb} {resource['path']}"
        for resource in tree(aws, api)
        for verb, method in resource.get("resourceMethods", {}).items()
        if method.get("methodIntegration", {}).get("connectionId") == link
    )
