"""Who may pass a rule, where the load balancer is the front door: the action that stands before the one that answers.

A client secret is read from Secrets Manager in the moment a rule is made, and AWS never tells it again. So the rule
keeps in a tag which version of which secret it was told (`ListenerRule.client`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from reconcilers.aws import Aws
from reconcilers.balancing.actions import Claim, Cognito, Jwt, Oidc, Reply
from reconcilers.errors import Unfit
from reconcilers.facts import Facts, Missing
from reconcilers.topology import api
from specs import Instance
from specs.authorizers import Authorizer
from specs.login import Login
from specs.secret import SecretRef

OIDC = "AuthenticateOidcConfig"


def guards(instance: Instance, name: str | None) -> tuple[Reply, ...]:
    """What a route that names this authorizer asks first; nothing for an open one."""
    spec = api(instance).gateway.authorizers.get(name or "")
    if spec is None:
        return ()
    if spec.type == "jwt":
        claims = tuple(Claim(name=claim, format=each.format, values=each.values) for claim, each in spec.claims.items())
        config = Jwt(jwks_endpoint=spec.jwks or "", issuer=spec.issuer or "", additional_claims=claims)
        return (Reply(type="jwt-validation", jwt_validation_config=config),)
    assert spec.login is not None
    told = _session(spec.login)
    if spec.type == "cognito":
        pool = Cognito(
            user_pool_arn=spec.user_pools[0], user_pool_client_id=spec.login.client_id,
            user_pool_domain=spec.login.domain or "", **told,
        )  # fmt: skip
        return (Reply(type="authenticate-cognito", authenticate_cognito_config=pool),)
    return (Reply(type="authenticate-oidc", authenticate_oidc_config=_oidc(spec, spec.login, told)),)


def _oidc(spec: Authorizer, login: Login, told: Mapping[str, Any]) -> Oidc:
    return Oidc(
        issuer=spec.issuer or "",
        authorization_endpoint=login.authorization_endpoint or "",
        token_endpoint=login.token_endpoint or "",
        user_info_endpoint=login.user_info_endpoint or "",
        client_id=login.client_id,
        **told,
    )


def _session(login: Login) -> dict[str, Any]:
    return {
        "session_cookie_name": login.cookie,
        "scope": login.scope,
        "session_timeout": login.session,
        "authentication_request_extra_params": dict(login.parameters),
        "on_unauthenticated_request": login.unauthenticated,
    }


def client_secret(instance: Instance, name: str | None) -> str:
    """Where the secret lies that a route's authorizer needs, as `name#key`; empty where it needs none."""
    spec = api(instance).gateway.authorizers.get(name or "")
    secret = spec.login.client_secret if spec is not None and spec.login is not None else None
    return place_of(secret) if secret is not None else ""


def place_of(secret: SecretRef) -> str:
    return f"{secret.arn or secret.name}#{secret.json_key or ''}"


def version_of(place: str, facts: Facts) -> str:
    """Which version of the secret there is in force, as a tag tells it; empty for none. Raises Missing where there is
    no such secret."""
    if not place:
        return ""
    found = facts.secrets.get(place.partition("#")[0], Missing(f"secret {place} was not looked up"))
    if isinstance(found, Missing):
        raise found
    return sha256(f"{place} {found}".encode()).hexdigest()[:12]


def with_secret(aws: Aws, told: dict[str, Any], place: str, *, known: bool) -> dict[str, Any]:
    """A request with the client secret in it, or with the word that the one AWS has will do; actions in their order."""
    actions = told.get("Actions", [])
    for each in actions:
        if OIDC in each:
            each[OIDC] |= {"UseExistingClientSecret": True} if known else {"ClientSecret": _read(aws, place)}
    if len(actions) > 1:
        told["Actions"] = [{**each, "Order": order} for order, each in enumerate(actions, 1)]
    return told


def _read(aws: Aws, place: str) -> str:
    """The client secret. Raises `Unfit` when what lies there is none, in words that tell nothing of it."""
    name, _, member = place.partition("#")
    value = aws.secrets.get_secret_value(SecretId=name).get("SecretString")
    if value is None:
        raise Unfit(f"the secret {name} is binary: a client secret is text")
    if not member:
        return str(value)
    try:
        return str(json.loads(value)[member])
    except (ValueError, TypeError, LookupError):
        raise Unfit(f"the secret {name} is no JSON with a member `{member}`") from None
