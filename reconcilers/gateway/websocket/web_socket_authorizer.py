"""Authorizers of WebSocket APIs: a function that says who may connect. Of messages nobody is asked.

They have a name that exists once in an API, `{name}-{hash}`, so that one that is replaced can stand beside its
successor. Who signs his request himself (IAM) needs none.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconcilers.facts import Facts
from reconcilers.gateway.authorizer import ApiAuthorizers, invocation
from reconcilers.gateway.described import Child
from reconcilers.gateway.websocket.web_socket_api import WebSocketApi, socket_key
from reconcilers.keys import Key, Ref
from reconcilers.resource import Immutable, Unordered
from reconcilers.topology import api, speaks
from specs import Instance


class WebSocketAuthorizer(Child):
    authorizer_type: Immutable[str] = "REQUEST"
    identity_source: Unordered[str] = ()
    authorizer_uri: str


class WebSocketAuthorizers(ApiAuthorizers[WebSocketAuthorizer]):
    kind = WebSocketAuthorizer
    needs = (WebSocketApi,)

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, WebSocketAuthorizer]]:
        if speaks(instance, "websocket"):
            for name, spec in api(instance).gateway.authorizers.items():
                if spec.function is not None:
                    yield (
                        socket_authorizer_key(instance, name),
                        WebSocketAuthorizer(
                            api_id=Ref(socket_key(instance)),
                            identity_source=tuple(map(_source, spec.identity)),
                            authorizer_uri=invocation(spec.function, facts),
                        ),
                    )


def socket_authorizer_key(instance: Instance, name: str) -> Key:
    return WebSocketAuthorizer.key(instance.address, name)


def socket_guard(instance: Instance, name: str | None) -> tuple[str, Ref | None]:
    """How a route that names this authorizer is guarded, and by which of ours."""
    spec = api(instance).gateway.authorizers.get(name or "")
    if spec is None:
        return "NONE", None
    if spec.type == "iam":
        return "AWS_IAM", None
    return "CUSTOM", Ref(socket_authorizer_key(instance, name or ""))


def _source(identity: str) -> str:
    """`header.x` as WebSocket APIs spell it; stage variables and context are no part of the request."""
    return identity if identity.startswith(("stageVariables", "context")) else f"route.request.{identity}"
