"""Authorizers of WebSocket APIs: a function that says who may connect. Of messages nobody is asked.

They have a name that exists once in an API, `{name}-{hash}`, so that one that is replaced can stand beside its
successor. Who signs his request himself (IAM) needs none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconcilers.aws import Aws
from reconcilers.facts import Facts
from reconcilers.gateway.authorizer import invocation, part
from reconcilers.gateway.websocket.web_socket_api import WebSocketApi, parts, socket_key
from reconcilers.keys import Key, Link, Ref
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Immutable, Live, Resource, Unordered
from reconcilers.topology import api, speaks
from specs import Instance


class WebSocketAuthorizer(Resource):
    api_id: Immutable[Link]
    authorizer_type: Immutable[str] = "REQUEST"
    identity_source: Unordered[str] = ()
    authorizer_uri: str


class WebSocketAuthorizers(Reconciler[WebSocketAuthorizer]):
    kind = WebSocketAuthorizer
    needs = (WebSocketApi,)
    longest_name = 128
    closed = True
    cascades = True
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "AuthorizerId": "it is the id",
        "Name": "a name is chosen once and never compared",
        "AuthorizerCredentialsArn": "the function's own policy lets API Gateway in (the kind Permission)",
        "IdentityValidationExpression": "AWS does not use it (botocore)",
    }

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

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[WebSocketAuthorizer]]:
        used = {route.get("AuthorizerId") for _, found in parts(aws, look, "get_routes") for route in found}
        for live, found in parts(aws, look, "get_authorizers"):
            for each in found:
                key = WebSocketAuthorizer.key(live.key.instance, part(each["Name"]))
                authorizer = WebSocketAuthorizer.from_aws(each, api_id=live.id)
                yield Live(key, each["AuthorizerId"], authorizer, busy=each["AuthorizerId"] in used)

    def create(self, aws: Aws, key: Key, want: WebSocketAuthorizer, name: str) -> Made:
        return {"id": aws.apigatewayv2.create_authorizer(Name=name, **want.to_aws())["AuthorizerId"]}

    def update(
        self, aws: Aws, live: Live[WebSocketAuthorizer], want: WebSocketAuthorizer, changed: frozenset[str]
    ) -> None:
        aws.apigatewayv2.update_authorizer(AuthorizerId=live.id, **want.to_aws(changed | {"api_id"}))

    def delete(self, aws: Aws, live: Live[WebSocketAuthorizer]) -> None:
        aws.apigatewayv2.delete_authorizer(ApiId=live.resource.api_id, AuthorizerId=live.id)

    def name(self, install: str, key: Key, want: WebSocketAuthorizer, copies: Iterable[str]) -> str:
        """Its own name and the hash: within one API nothing else has to be told apart."""
        return f"{key.part}{super().name(install, key, want, copies)[-7:]}"

    def parent_of(self, live: Live[WebSocketAuthorizer]) -> str:
        return str(live.resource.api_id)


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
