"""Who may call a method of a REST API: a pool's or an issuer's token, a function's policy, or a signed request.

401 is for who says nothing, or nothing true, 403 for who is known and may not, 500 for a function that cannot be
asked. Sources: API Gateway guide, "Control access to REST APIs with Cognito user pools", "Lambda authorizers",
"Gateway response types". What tokens and functions say comes from `sandbox.tokens` and `sandbox.invoking`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from ipaddress import ip_address, ip_network

from sandbox import invoking
from sandbox.dataplane.authorizing import FUNCTION, SIGNED
from sandbox.dataplane.journey import INSIDE, Answer
from sandbox.dataplane.rest.answers import refusal
from sandbox.dataplane.rest.journey import RestJourney
from sandbox.dataplane.rest.values import resolved
from sandbox.kinds import Fields
from sandbox.tokens import Claims, Unacceptable, scopes

Trusted = tuple[str, tuple[str, ...] | None, list[Fields]]  # an issuer, the audience and claims its tokens must have
BROKEN = "AUTHORIZER_CONFIGURATION_ERROR"


def policy(journey: RestJourney) -> Answer | None:
    """The deployed resource policy, of which only who asks, whence and for what is judged; conditions on anything but
    the source address and the VPC endpoint hold for nobody."""
    told = journey.shown["api"].get("policy")
    if not told or admits(told, journey.came.headers, lambda statement: _invoked(journey, statement)):
        return None
    return refusal(journey, "ACCESS_DENIED", "the resource policy does not let this request in")


def authorize(journey: RestJourney) -> Answer | None:
    """Why this request may not pass, or None; who was let in is `$context.authorizer` from then on."""
    match journey.method["authorizationType"]:
        case "AWS_IAM":
            return _signature(journey)
        case "COGNITO_USER_POOLS" | "JWT":
            return _token(journey, _authorizer(journey))
        case "CUSTOM":
            return _function(journey, _authorizer(journey))
    return None


def _authorizer(journey: RestJourney) -> Fields:
    found: Fields = journey.shown["authorizers"][journey.method["authorizerId"]]
    journey.hops.append(("authorizer", found["id"]))
    return found


def _signature(journey: RestJourney) -> Answer | None:
    given = journey.came.headers.get("authorization", "")
    if not given:
        return refusal(journey, "MISSING_AUTHENTICATION_TOKEN", "the request is not signed")
    found = SIGNED.fullmatch(given)
    if found is None or found[1] != journey.world.region:
        return refusal(journey, "INVALID_SIGNATURE", "the request is not signed for execute-api in this region")
    return None


# ---- tokens


def _token(journey: RestJourney, authorizer: Fields) -> Answer | None:
    given = resolved(journey, authorizer["identitySource"])
    if not given:
        return refusal(journey, "UNAUTHORIZED", f"there is no {authorizer['identitySource']}")
    token, wrong = re.sub(r"(?i)^bearer ", "", given), "no issuer is trusted"
    for issuer, audience, wanted in _trusted(authorizer):
        try:
            claims = journey.world.issuers.claims(token, issuer, audience, journey.world.now)
        except Unacceptable as unacceptable:
            wrong = str(unacceptable)
            continue
        if lacking := [each["claimName"] for each in wanted if not _holds(each, claims)]:
            return refusal(journey, "UNAUTHORIZED", f"the token's claims are refused: {', '.join(lacking)}")
        return _claimed(journey, claims)
    return refusal(journey, "UNAUTHORIZED", f"the token is refused: {wrong}")


def _trusted(authorizer: Fields) -> Iterator[Trusted]:
    for arn in authorizer.get("providerARNs", ()):
        region, pool = arn.split(":")[3], arn.rpartition("/")[2]
        yield f"https://cognito-idp.{region}.amazonaws.com/{pool}", None, []
    for each in authorizer.get("jwtConfiguration", {}).get("issuers", ()):
        yield each["issuer"], tuple(each.get("audiences", ())) or None, each.get("additionalClaims", [])


def _holds(wanted: Fields, claims: Claims) -> bool:
    """An additional claim: there when it has to be, and with one of the values expected."""
    if wanted["claimName"] not in claims:
        return not wanted.get("required")
    expected = wanted.get("expectedValues")
    return not expected or str(claims[wanted["claimName"]]) in expected


def _claimed(journey: RestJourney, claims: Claims) -> Answer | None:
    """With scopes on the method it takes an access token that has one of them, without an identity token."""
    asked = set(journey.method.get("authorizationScopes", ()))
    if asked and not asked & scopes(claims):
        return refusal(journey, "UNAUTHORIZED", f"the token has none of the scopes {', '.join(sorted(asked))}")
    use = claims.get("token_use")
    if use and use != ("access" if asked else "id"):
        return refusal(journey, "UNAUTHORIZED", f"the token is one for {use}")
    named = {f"claims.{name}": value for name, value in claims.items()}
    journey.caller = journey.caller | {"authorizer": named}
    return None


# ---- functions


def _function(journey: RestJourney, authorizer: Fields) -> Answer | None:
    """The function's answer, remembered by identity in the stage for as long as the authorizer says."""
    sources = re.split(r", ?", authorizer.get("identitySource", "")) if authorizer.get("identitySource") else []
    identity = [resolved(journey, each) for each in sources]
    if not all(identity):
        return refusal(journey, "UNAUTHORIZED", "an identity source is missing, so the function was not asked")
    expression = authorizer.get("identityValidationExpression")
    if expression and not re.fullmatch(expression, identity[0]):
        return refusal(journey, "UNAUTHORIZED", "the token does not match the authorizer's expression")
    answer = _recalled(journey, authorizer, identity)
    if isinstance(answer, Answer):
        return answer
    if answer is None or not isinstance(answer.get("policyDocument"), dict):
        return refusal(journey, BROKEN, "the function failed, or answered what is no policy")
    journey.caller = journey.caller | {
        "authorizer": answer.get("context", {}) | {"principalId": answer.get("principalId", "")},
        "usageIdentifierKey": answer.get("usageIdentifierKey", ""),
    }
    statements = answer["policyDocument"].get("Statement", [])
    effects = {each["Effect"] for each in statements if _invoked(journey, each)}
    if "Deny" in effects:
        told = "User is not authorized to access this resource with an explicit deny"
        return refusal(journey, "ACCESS_DENIED", "the function says no", told)
    return None if "Allow" in effects else refusal(journey, "ACCESS_DENIED", "the function does not say yes")


def _recalled(journey: RestJourney, authorizer: Fields, identity: list[str]) -> Fields | Answer | None:
    assert journey.stage, "the stage comes first"
    world, place = journey.world, (authorizer["id"], *identity)
    kept = journey.stage.hidden.setdefault("authorized", {})
    answer, until = kept.get(place, (None, 0.0))
    if identity and world.now < until:
        known: Fields | None = answer
        return known
    called = FUNCTION.search(authorizer["authorizerUri"])
    assert called, "a rule of the authorizer's kind says so"
    source = f"arn:aws:execute-api:{world.region}:{world.account}:{journey.api.id}/authorizers/{authorizer['id']}"
    if not invoking.callable_by(world, called[1], "apigateway.amazonaws.com", source):
        return refusal(journey, BROKEN, f"API Gateway may not call {called[1]} for {source}")
    fresh = invoking.answer(world, called[1], identity)
    kept[place] = (fresh, world.now + authorizer["authorizerResultTtlInSeconds"])
    return fresh


# ---- policies


def _arn(journey: RestJourney) -> str:
    world, stage = journey.world, journey.stage["stageName"] if journey.stage else ""
    place = f"{journey.api.id}/{stage}/{journey.came.method}{journey.request.path}"
    return f"arn:aws:execute-api:{world.region}:{world.account}:{place}"


def _invoked(journey: RestJourney, statement: Fields) -> bool:
    """Whether a statement speaks of calling this method."""
    actions, resources = (_listed(statement.get(member, "*")) for member in ("Action", "Resource"))
    calls = any(fnmatchcase("execute-api:invoke", each.lower()) for each in actions)
    return calls and any(fnmatchcase(_arn(journey), each) for each in resources)


def admits(told: str, headers: Mapping[str, str], about: Callable[[Fields], bool]) -> bool:
    """Whether a resource policy, as AWS tells it, lets in who asks; `about`: which statements are for what is asked."""
    statements = json.loads(json.loads(f'"{told}"'))["Statement"]
    effects = {each["Effect"] for each in statements if _concerns(headers, each) and about(each)}
    return "Allow" in effects and "Deny" not in effects


def _concerns(headers: Mapping[str, str], statement: Fields) -> bool:
    meant = all(
        _met(headers, operator, key, _listed(values))
        for operator, condition in statement.get("Condition", {}).items()
        for key, values in condition.items()
    )
    return meant and statement.get("Principal") in ("*", {"AWS": "*"}, {"AWS": ["*"]})


def _met(headers: Mapping[str, str], operator: str, key: str, values: list[str]) -> bool:
    match operator, key:
        case "IpAddress" | "NotIpAddress", "aws:SourceIp":
            source = headers.get("x-forwarded-for", "127.0.0.1")
            return any(_within(source, block) for block in values) == (operator == "IpAddress")
        case "StringEquals" | "StringNotEquals", "aws:SourceVpce":
            return (headers.get(INSIDE) in values) == (operator == "StringEquals")
    return False


def _within(address: str, block: str) -> bool:
    return ip_address(address) in ip_network(block, strict=False)


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
