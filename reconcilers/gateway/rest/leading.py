"""Who leads through a VPC link: it stays as long as any API does, as AWS says only when it is to go (ledger 7.1)."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from reconcilers.aws import Aws
from reconcilers.gateway.rest.described import tree


def led_through(aws: Aws, link: str, besides: Collection[str]) -> dict[str, list[str]]:
    """By the id of a REST API, one of `besides` apart: its methods that lead through this VPC link, as `GET /orders`.
    A list of all APIs, and a call for each."""
    apis = [each["id"] for each in aws.apigateway.pages("get_rest_apis", "items", limit=500)]
    others = [id for id in apis if id not in besides]
    found = {}
    for id, resources in zip(others, aws.parallel(partial(tree, aws), others), strict=True):
        found[id] = [
            f"{verb} {resource['path']}"
            for resource in resources
            for verb, method in resource.get("resourceMethods", {}).items()
            if method.get("methodIntegration", {}).get("connectionId") == link
        ]
    return {id: sorted(methods) for id, methods in found.items() if methods}
