"""Sense in who may pass a load balancer that is the front door: tokens that it judges, and logins at a provider."""

from collections.abc import Iterator, Mapping

from specs.apiservice import ApiServiceSpec
from specs.authorizers import NONE, Authorizer
from specs.balancing import LoadBalancer
from specs.block import Block
from specs.expand import did_you_mean
from specs.finding import Finding
from specs.login import Login
from specs.node import Steps

# By type: the fields it needs, and those it may have besides (elbv2 AuthenticateOidcActionConfig and its neighbours)
NEEDS: Mapping[str, tuple[str, ...]] = {
    "jwt": ("issuer", "jwks"),
    "oidc": ("issuer", "login"),
    "cognito": ("user_pools", "login"),
}
MAY: Mapping[str, tuple[str, ...]] = {"jwt": ("claims",), "oidc": (), "cognito": ()}
LOGIN: Mapping[str, tuple[str, ...]] = {
    "oidc": ("client_secret", "authorization_endpoint", "token_endpoint", "user_info_endpoint"),
    "cognito": ("domain",),
}
ALWAYS = ("exp", "iss", "nbf", "iat")  # judged anyway; elbv2 JwtValidationActionAdditionalClaim, Name


def check_logins(spec: ApiServiceSpec, balancer: LoadBalancer) -> Iterator[Finding]:
    """Everything about authorizers that a load balancer would refuse, or that would leave a route open unsaid."""
    gateway = spec.gateway
    for name, authorizer in gateway.authorizers.items():
        steps: Steps = ("gateway", "authorizers", name)
        if name == NONE:
            yield Finding("E1326", steps, "`none` means open", "give it another name", at_key=True)
        yield from _authorizer(authorizer, steps)
    if gateway.authorizers and (balancer.type != "application" or not balancer.listeners[balancer.front].secure):
        message = "who may pass is asked by HTTPS listeners of application load balancers only"
        yield Finding("E1307", ("gateway", "authorizers"), message, "give its listener a certificate", at_key=True)
    for key, route in gateway.routes.items():
        steps = ("gateway", "routes", key)
        if route.authorizer is None and gateway.authorizers:
            hint = "add `authorizer: none` to the route, or to `defaults`"
            yield Finding("E1327", steps, "an open route is spelled out where there are authorizers", hint, at_key=True)
        elif route.authorizer not in (None, NONE, *gateway.authorizers):
            hint = did_you_mean(str(route.authorizer), gateway.authorizers)
            yield Finding("E1327", (*steps, "authorizer"), f"there is no authorizer `{route.authorizer}`", hint)


def _authorizer(authorizer: Authorizer, steps: Steps) -> Iterator[Finding]:
    kind = authorizer.type
    if kind not in NEEDS:
        hint = "one of jwt, oidc and cognito; or an API: `gateway: {type: http}`"
        yield Finding("E1342", (*steps, "type"), "a load balancer asks neither functions nor signatures", hint)
        return
    yield from _fields(authorizer, steps, kind, NEEDS[kind], {"type", *MAY[kind]})
    if len(authorizer.user_pools) > 1:
        yield Finding("E1326", (*steps, "userPools"), "people log in at one pool", at_key=True)
    for name in sorted(set(ALWAYS) & authorizer.claims.keys()):
        yield Finding("E1326", (*steps, "claims", name), "it is judged anyway", at_key=True)
    for name, claim in authorizer.claims.items():
        if claim.format == "space-separated-values" and any(" " in value for value in claim.values):
            yield Finding("E1326", (*steps, "claims", name), "a word has no spaces", at_key=True)
    if authorizer.login is not None and kind in LOGIN:
        others = {name for fields in LOGIN.values() for name in fields} - set(LOGIN[kind])
        own = set(Login.model_fields) - others
        yield from _fields(authorizer.login, (*steps, "login"), kind, LOGIN[kind], own)
        secret = authorizer.login.client_secret
        if secret is not None and secret.kind != "secretsmanager":
            message = "a client secret lies in Secrets Manager: `secretsmanager:name#key`"
            yield Finding("E1319", (*steps, "login", "clientSecret"), message)


def _fields(block: Block, steps: Steps, kind: str, needs: tuple[str, ...], may: set[str]) -> Iterator[Finding]:
    """What it lacks, and what only others have."""
    known = {field: info.alias or field for field, info in type(block).model_fields.items()}
    for field in needs:
        if not getattr(block, field):
            message = f"an authorizer of type {kind} at a load balancer needs `{known[field]}`"
            yield Finding("E1326", steps, message, at_key=True)
    for field in sorted(block.model_fields_set - {*needs, *may}):
        message = f"`{known[field]}` is not for authorizers of type {kind} at a load balancer"
        yield Finding("E1326", (*steps, known[field]), message, at_key=True)
