"""What is inside our HTTP and WebSocket APIs. AWS has one service for both, with the same calls (apigatewayv2), and a
look asks for each list once though several kinds need it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from reconcilers.aws import Aws
from reconcilers.keys import Link
from reconcilers.reconciler import Look, Reconciler
from reconcilers.resource import Immutable, Live, Resource

Found = list[tuple[Live[Any], list[Mapping[str, Any]]]]


class Child(Resource):
    api_id: Immutable[Link]


C = TypeVar("C", bound=Child)


class Children(Reconciler[C]):
    """Looks after what an API has of one kind: what nobody asked for goes, and all goes with the API."""

    closed = True
    cascades = True

    def parent_of(self, live: Live[C]) -> str:
        return str(live.resource.api_id)


def children(aws: Aws, look: Look, kind: type[Resource], operation: str) -> Found:
    """What `get_integrations`, `get_routes` … answers, by API of a kind; what AWS made for itself is left out."""

    def ask() -> Found:
        apis = look.of(kind)
        answers = aws.parallel(
            lambda api: list(aws.apigatewayv2.pages(operation, "Items", ApiId=api.id, MaxResults="500")), apis
        )
        mine = [[each for each in found if not each.get("ApiGatewayManaged")] for found in answers]
        return list(zip(apis, mine, strict=True))

    return look.once((operation, kind), ask)
