"""Authorizers of HTTP APIs: who may call a route, by a token or by what a function says.

They have neither tags nor a description, but a name that exists once in an API: `{name}-{hash}`, so that one that is
replaced can stand beside its successor. Who signs requests himself (IAM) needs no authorizer at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from reconcilers.aws import Aws
from reconcilers.facts import Facts
from reconcilers.gateway.described import C, Child, Children, children
from reconcilers.gateway.http_api import HttpApi, api_key
from reconcilers.keys import Key, Ref
from reconcilers.ownership import HASH
from reconcilers.reconciler import Look, Made
from reconcilers.resource import Immutable, Live, Shape, Unordered
from reconcilers.topology import api, speaks
from specs import Instance
from specs.authorizers import Authorizer as AuthorizerSpec

TOKEN_PLACE = "$request.header.Authorization"  # noqa: S105  where it is, not what it is


class Jwt(Shape):
    issuer: str
    audience: Unordered[str]


class Authorizer(Child):
    authorizer_type: Immutable[str]
    identity_source: Unordered[str] = ()
    jwt_configuration: Jwt | None = None
    """Of a JWT authorizer; the other four of a Lambda one."""
    authorizer_uri: str | None = None
    authorizer_payload_format_version: str | None = None
    authorizer_result_ttl_in_seconds: int | None = None
    enable_simple_responses: bool | None = None


class ApiAuthorizers(Children[C]):
    """Looks after authorizers of either protocol of apigatewayv2."""

    longest_name = 128
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "AuthorizerId": "it is the id",
        "Name": "a name is chosen once and never compared",
        "AuthorizerCredentialsArn": "the function's own policy lets API Gateway in (the kind Permission)",
        "IdentityValidationExpression": "AWS does not use it (botocore)",
    }

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[Any]]:
        [parent] = self.needs
        used = {route.get("AuthorizerId") for _, found in children(aws, look, parent, "get_routes") for route in found}
        for live, found in children(aws, look, parent, "get_authorizers"):
            for each in found:
                key = self.kind.key(live.key.instance, part(each["Name"]))
                authorizer = self.kind.from_aws(each, api_id=live.id)
                yield Live(key, each["AuthorizerId"], authorizer, busy=each["AuthorizerId"] in used)

    def create(self, aws: Aws, key: Key, want: C, name: str) -> Made:
        return {"id": aws.apigatewayv2.create_authorizer(Name=name, **want.to_aws())["AuthorizerId"]}

    def update(self, aws: Aws, live: Live[C], want: C, changed: frozenset[str]) -> None:
        aws.apigatewayv2.update_authorizer(AuthorizerId=live.id, **want.to_aws(changed | {"api_id"}))

    def delete(self, aws: Aws, live: Live[C]) -> None:
        aws.apigatewayv2.delete_authorizer(ApiId=live.resource.api_id, AuthorizerId=live.id)

    def name(self, install: str, key: Key, want: C, copies: Iterable[str]) -> str:
        """Its own name and the hash: within one API nothing else has to be told apart."""
        return f"{key.part}{super().name(install, key, want, copies)[-7:]}"


class Authorizers(ApiAuthorizers[Authorizer]):
    kind = Authorizer
    needs = (HttpApi,)

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, Authorizer]]:
        if speaks(instance, "http"):
            for name, spec in api(instance).gateway.authorizers.items():
                if spec.type != "iam":
                    yield authorizer_key(instance, name), _wanted(instance, spec, facts)


def authorizer_key(instance: Instance, name: str) -> Key:
    return Authorizer.key(instance.address, name)


def guard(instance: Instance, name: str | None) -> tuple[str, Ref | None]:
    """How a route that names this authorizer is guarded, and by which of ours."""
    spec = api(instance).gateway.authorizers.get(name or "")
    if spec is None:
        return "NONE", None
    kind = {"lambda": "CUSTOM", "iam": "AWS_IAM"}.get(spec.type, "JWT")
    return kind, None if kind == "AWS_IAM" else Ref(authorizer_key(instance, name or ""))


def invocation(function: str, facts: Facts) -> str:
    """The URI by which API Gateway calls a function (ledger 7.5)."""
    path = f"path/2015-03-31/functions/{function}/invocations"
    return f"arn:{facts.partition}:apigateway:{facts.region}:lambda:{path}"


def issuer(pool: str, partition: str) -> str:
    """The issuer of a Cognito user pool's tokens; Cognito guide, "Verifying JSON web tokens"."""
    region, name = pool.split(":")[3], pool.rpartition("/")[2]
    return f"https://cognito-idp.{region}.amazonaws.com{'.cn' if partition == 'aws-cn' else ''}/{name}"


def _wanted(instance: Instance, spec: AuthorizerSpec, facts: Facts) -> Authorizer:
    ours, identity = Ref(api_key(instance)), tuple(map(_source, spec.identity))
    if spec.function is not None:
        return Authorizer(
            api_id=ours,
            authorizer_type="REQUEST",
            identity_source=identity,
            authorizer_uri=invocation(spec.function, facts),
            authorizer_payload_format_version="2.0",
            authorizer_result_ttl_in_seconds=spec.ttl,
            enable_simple_responses=spec.simple_responses,
        )
    signs = spec.issuer or issuer(spec.user_pools[0], facts.partition)
    return Authorizer(
        api_id=ours,
        authorizer_type="JWT",
        identity_source=identity or (TOKEN_PLACE,),
        jwt_configuration=Jwt(issuer=signs, audience=spec.audience),
    )


def _source(identity: str) -> str:
    """`header.x` as API Gateway spells it; stage variables and context are no part of the request."""
    return f"${'' if identity.startswith(('stageVariables', 'context')) else 'request.'}{identity}"


def part(name: str) -> str:
    """Whose name it is; one that is not of our making is its own part, and nobody's."""
    return HASH.sub("", name) if HASH.search(name) else f"{name}?"
