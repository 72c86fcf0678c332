"""The children of our APIs, listed once in a look though several kinds need them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconcilers.aws import Aws
from reconcilers.gateway.http_api import HttpApi
from reconcilers.reconciler import Look
from reconcilers.resource import Live

Children = list[tuple[Live[HttpApi], list[Mapping[str, Any]]]]


def children(aws: Aws, look: Look, operation: str) -> Children:
    """What `get_integrations`, `get_routes` or `get_stages` answers, by API; what AWS made for itself is left out."""

    def ask() -> Children:
        apis = look.of(HttpApi)
        answers = aws.parallel(
            lambda api: list(aws.apigatewayv2.pages(operation, "Items", ApiId=api.id, MaxResults="500")), apis
        )
        mine = [[each for each in found if not each.get("ApiGatewayManaged")] for found in answers]
        return list(zip(apis, mine, strict=True))

    return look.once(operation, ask)
