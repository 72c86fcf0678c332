"""Sense in authorizers: each has what its type needs, and no route is open by accident."""

import re
from collections.abc import Iterator, Mapping

from specs.apiservice import ApiServiceSpec
from specs.authorizers import NONE, Authorizer
from specs.expand import did_you_mean
from specs.finding import Finding
from specs.node import Steps
from specs.openapi.contract import Contract
from specs.stages import CONNECT

MOST = 10  # "Authorizers per API", docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
NEEDS: Mapping[str, tuple[str, ...]] = {
    "jwt": ("issuer", "audience"),
    "cognito": ("user_pools", "audience"),
    "lambda": ("function",),
    "iam": (),
    "oidc": (),
}
MAY: Mapping[str, tuple[str, ...]] = {
    "jwt": ("identity",),
    "cognito": ("identity",),
    "lambda": ("identity", "payload", "validation", "simple_responses", "ttl"),
    "iam": (),
    "oidc": (),
}
AT_A_BALANCER = frozenset({"jwks", "claims", "login"})
TOKENS = ("jwt", "cognito")
"""The types that know of scopes."""


def check_authorizers(spec: ApiServiceSpec, contract: Contract | None = None) -> Iterator[Finding]:
    """Everything about authorizers that API Gateway would refuse, or that would leave a route open unsaid."""
    gateway = spec.gateway
    if len(gateway.authorizers) > MOST:
        yield Finding("E1105", ("gateway", "authorizers"), f"an API has {MOST} authorizers at most", at_key=True)
    for name, authorizer in gateway.authorizers.items():
        if name == NONE:
            hint = "give it another name"
            yield Finding("E1326", ("gateway", "authorizers", name), "`none` means open", hint, at_key=True)
        yield from _authorizer(authorizer, ("gateway", "authorizers", name), gateway.type)
    for key in gateway.routes:
        yield from _route(spec, key, contract)


def _authorizer(authorizer: Authorizer, steps: Steps, api: str) -> Iterator[Finding]:
    kind = authorizer.type
    if doors := sorted(authorizer.model_fields_set & AT_A_BALANCER) or [*(["type"] if kind == "oidc" else ())]:
        message = "only a load balancer that is the front door does so"
        for field in doors:
            name = Authorizer.model_fields[field].alias or field
            yield Finding("E1350", (*steps, name), message, "use `gateway: none`, or a token: `type: jwt`", at_key=True)
        return
    known = {field: info.alias or field for field, info in Authorizer.model_fields.items()}
    needs = ("user_pools",) if (kind, api) == ("cognito", "rest") else NEEDS[kind]
    for field in needs:
        if not getattr(authorizer, field):
            yield Finding("E1326", steps, f"an authorizer of type {kind} needs `{known[field]}`", at_key=True)
    for field in sorted(authorizer.model_fields_set - {"type", *needs, *MAY[kind]}):
        message = f"`{known[field]}` is not for authorizers of type {kind}"
        hint = "a user pool of a REST API admits every client: ask for `scopes`" if field == "audience" else ""
        yield Finding("E1326", (*steps, known[field]), message, hint, at_key=True)
    if api == "websocket":
        yield from _of_connecting(authorizer, steps)
    if api == "rest" and authorizer.simple_responses:
        hint = "let it answer an IAM policy"
        yield Finding("E1350", (*steps, "simpleResponses"), "a REST API takes a policy only", hint, at_key=True)
    yield from _token(authorizer, steps, api)
    if kind == "cognito" and api != "rest" and len(authorizer.user_pools) > 1:
        message = "an HTTP API takes the tokens of one pool with one authorizer"
        yield Finding("E1326", (*steps, "userPools"), message, "use `type: rest`, or two authorizers", at_key=True)
    if kind == "lambda" and authorizer.ttl and not (authorizer.identity or authorizer.payload == "token"):
        yield Finding("E1326", (*steps, "ttl"), "without `identity` there is nothing to remember by", at_key=True)


def _token(authorizer: Authorizer, steps: Steps, api: str) -> Iterator[Finding]:
    """Where a token is, and what is looked at before a function hears of it (apigateway CreateAuthorizer)."""
    alone = authorizer.type == "lambda" and authorizer.payload == "token"
    if authorizer.type in TOKENS or alone:
        if len(authorizer.identity) > 1:
            yield Finding("E1326", (*steps, "identity"), "a token is in one place", at_key=True)
        only = ("header.",) if api == "rest" and authorizer.type != "jwt" else ("header.", "querystring.")
        for place in authorizer.identity[:1]:
            if not place.startswith(only):
                message = f"a token is in {' or '.join(f'{each}NAME' for each in only)}"
                yield Finding("E1326", (*steps, "identity"), message, at_key=True)
    if alone and api != "rest":
        message = "a function of an API of this type is told the request"
        hint = "leave `payload` out and name the token by `identity`, or use `type: rest`"
        yield Finding("E1350", (*steps, "payload"), message, hint, at_key=True)
    if authorizer.validation is None:
        return
    if not alone:
        message = "only a token by itself is held to an expression"
        yield Finding("E1326", (*steps, "validation"), message, "add `payload: token` (REST)", at_key=True)
    try:
        re.compile(authorizer.validation)
    except re.error as error:
        yield Finding("E1326", (*steps, "validation"), f"it is no regular expression: {error}")


def _of_connecting(authorizer: Authorizer, steps: Steps) -> Iterator[Finding]:
    """What asks who connects to a WebSocket API (botocore CreateAuthorizer)."""
    if authorizer.type in TOKENS:
        message, hint = "a WebSocket API knows no tokens", "let a function look at it: `type: lambda`"
        yield Finding("E1350", (*steps, "type"), message, hint)
    if authorizer.type == "lambda" and not authorizer.identity:
        yield Finding("E1326", steps, "an authorizer of a WebSocket API needs `identity`", at_key=True)
    for field, name in (("simple_responses", "simpleResponses"), ("ttl", "ttl")):
        if getattr(authorizer, field):
            message = "a WebSocket API takes a policy, and asks whenever somebody connects"
            yield Finding("E1350", (*steps, name), message, at_key=True)


def _route(spec: ApiServiceSpec, key: str, contract: Contract | None) -> Iterator[Finding]:
    gateway, route = spec.gateway, spec.gateway.routes[key]
    steps: Steps = ("gateway", "routes", key)
    named = route.authorizer
    settled = contract is not None and key in contract.settled
    settled |= gateway.type == "websocket" and key != CONNECT
    if named is None and gateway.authorizers and not settled:
        hint = "add `authorizer: none` to the route, or to `defaults`"
        yield Finding("E1327", steps, "an open route is spelled out where there are authorizers", hint, at_key=True)
    if named not in (None, NONE, *gateway.authorizers):
        hint = did_you_mean(str(named), gateway.authorizers)
        yield Finding("E1327", (*steps, "authorizer"), f"there is no authorizer `{named}`", hint)
    elif route.scopes and (named in (None, NONE) or gateway.authorizers[named].type not in TOKENS):
        yield Finding("E1327", (*steps, "scopes"), "scopes are of tokens: jwt or cognito", at_key=True)
