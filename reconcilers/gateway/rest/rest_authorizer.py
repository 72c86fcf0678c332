"""Authorizers of REST APIs: who may call a method, by a token, by a user pool's token, or by what a function says.

They have neither tags nor a description, but a name: `{name}-{hash}`, so that one that is replaced can stand beside its
successor while the methods move over. What is changed here is served from the next deployment on (ledger 6.9).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import Field

from reconcilers.aws import Aws
from reconcilers.facts import Facts
from reconcilers.gateway.authorizer import invocation, part
from reconcilers.gateway.rest.described import beside, mine
from reconcilers.gateway.rest.patch import VALUED, WHOLE, Way, patch
from reconcilers.gateway.rest.rest_api import RestApi, rest_key
from reconcilers.keys import Key, Link, Ref
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Camel, CamelResource, Immutable, Live, Unordered
from reconcilers.topology import api, speaks
from specs import Instance
from specs.authorizers import Authorizer as AuthorizerSpec

TOKEN_PLACE = "method.request.header.Authorization"  # noqa: S105  where it is, not what it is
KINDS: Mapping[str, str] = {"jwt": "JWT", "cognito": "COGNITO_USER_POOLS", "lambda": "REQUEST"}


class Issuer(Camel):
    issuer: str
    audiences: Unordered[str] = ()


class Jwt(Camel):
    issuers: tuple[Issuer, ...] = ()
    default_algorithms: Unordered[str] = ("RS256", "RS384", "RS512", "ES256", "ES384", "ES512")
    """All there are: the issuer's keys say which (botocore CreateAuthorizer, jwtConfiguration)."""


class RestAuthorizer(CamelResource):
    rest_api_id: Immutable[Link]
    type: Immutable[str]
    identity_source: str | None = None
    """None where a function is asked about everybody alike."""
    provider_arns: Unordered[str] = Field((), alias="providerARNs")
    authorizer_uri: str | None = None
    authorizer_credentials: str | None = None
    """A role by which the function is called; without it the function's own policy lets API Gateway in."""
    authorizer_result_ttl_in_seconds: int | None = None
    identity_validation_expression: str | None = None
    """These four are of functions."""
    jwt_configuration: Immutable[Jwt | None] = None
    """No patch is documented for it: other issuers are another authorizer."""


WAYS: Mapping[str, Way] = {
    "identitySource": WHOLE,
    "providerARNs": VALUED,
    "authorizerUri": WHOLE,
    "authorizerCredentials": WHOLE,
    "identityValidationExpression": WHOLE,
    "authorizerResultTtlInSeconds": WHOLE,
}
"""Source: ledger 6.9."""


class RestAuthorizers(Reconciler[RestAuthorizer]):
    kind = RestAuthorizer
    needs = (RestApi,)
    longest_name = 128
    closed = True
    cascades = True
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "name": "a name is chosen once and never compared",
        "authType": "it follows from the type",
    }

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, RestAuthorizer]]:
        if speaks(instance, "rest"):
            for name, spec in api(instance).gateway.authorizers.items():
                if spec.type != "iam":
                    yield rest_authorizer_key(instance, name), _wanted(instance, spec, facts)
            described = instance.contract.authorizers if instance.contract is not None else {}
            for name, told in described.items():
                yield rest_authorizer_key(instance, name), _read(told, Ref(rest_key(instance)))

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[RestAuthorizer]]:
        for live, found in beside(aws, look, RestAuthorizer, "get_authorizers"):
            for each in found:
                key = RestAuthorizer.key(live.key.instance, part(each["name"]))
                resource = _read(each, live.id)
                yield from mine(look, live, Live(key, each["id"], resource, {"name": each["name"]}))

    def create(self, aws: Aws, key: Key, want: RestAuthorizer, name: str) -> Made:
        told = {member: value for member, value in want.to_aws().items() if value != []}
        with aws.alone(str(want.rest_api_id)):
            return {"id": aws.apigateway.create_authorizer(name=name, **told)["id"], "name": name}

    def update(self, aws: Aws, live: Live[RestAuthorizer], want: RestAuthorizer, changed: frozenset[str]) -> None:
        with aws.alone(str(want.rest_api_id)):
            aws.apigateway.update_authorizer(
                restApiId=want.rest_api_id,
                authorizerId=live.id,
                patchOperations=patch(live.resource, want, changed, WAYS),
            )

    def delete(self, aws: Aws, live: Live[RestAuthorizer]) -> None:
        with aws.alone(str(live.resource.rest_api_id)):
            aws.apigateway.delete_authorizer(restApiId=live.resource.rest_api_id, authorizerId=live.id)

    def name(self, install: str, key: Key, want: RestAuthorizer, copies: Iterable[str]) -> str:
        """Its own name and the hash: within one API nothing else has to be told apart."""
        return f"{key.part}{super().name(install, key, want, copies)[-7:]}"

    def parent_of(self, live: Live[RestAuthorizer]) -> str:
        return str(live.resource.rest_api_id)


def rest_authorizer_key(instance: Instance, name: str) -> Key:
    return RestAuthorizer.key(instance.address, name)


def rest_guard(instance: Instance, name: str | None) -> tuple[str, Ref | None]:
    """How a method that names this authorizer is guarded, and by which of ours."""
    spec = api(instance).gateway.authorizers.get(name or "")
    if spec is None:
        return "NONE", None
    if spec.type == "iam":
        return "AWS_IAM", None
    kind = KINDS[spec.type]
    return "CUSTOM" if kind == "REQUEST" else kind, Ref(rest_authorizer_key(instance, name or ""))


def _read(told: Mapping[str, Any], api: Link) -> RestAuthorizer:
    """From an answer of AWS, or from what a document says in the same words."""
    return RestAuthorizer.from_aws(
        told,
        rest_api_id=api,
        authorizer_credentials=told.get("authorizerCredentials") or None,
        identity_validation_expression=told.get("identityValidationExpression") or None,
    )


def _wanted(instance: Instance, spec: AuthorizerSpec, facts: Facts) -> RestAuthorizer:
    told: dict[str, Any] = {"rest_api_id": Ref(rest_key(instance)), "type": KINDS[spec.type]}
    sources = ", ".join(map(source, spec.identity))
    if spec.function is not None:
        token = {"type": "TOKEN", "identity_source": sources or TOKEN_PLACE} if spec.payload == "token" else {}
        return RestAuthorizer(
            **{**told, "identity_source": sources or None, **token},
            identity_validation_expression=spec.validation,
            authorizer_uri=invocation(spec.function, facts),
            authorizer_result_ttl_in_seconds=spec.ttl,
        )
    if spec.type == "cognito":
        return RestAuthorizer(**told, identity_source=sources or TOKEN_PLACE, provider_arns=spec.user_pools)
    issuer = Issuer(issuer=spec.issuer or "", audiences=spec.audience)
    return RestAuthorizer(**told, identity_source=sources or TOKEN_PLACE, jwt_configuration=Jwt(issuers=(issuer,)))


def source(identity: str) -> str:
    """`header.x` as REST APIs spell it; stage variables and context are no part of the request (ledger 6.9)."""
    return identity if identity.startswith(("stageVariables", "context")) else f"method.request.{identity}"
