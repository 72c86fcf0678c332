"""Who may call a route of an HTTP or WebSocket API: a token's claims, a function's answer, or a signed request.

401 is for who says nothing, or nothing true, 403 for who is known and may not, 500 for a function that cannot be
asked. Sources: API Gateway guide, http-api-jwt-authorizer, http-api-lambda-authorizer, http-api-access-control-iam.
A signature of AWS's own (SigV4) is not verified, because the sandbox knows nobody's secret: it must be there, for
execute-api in this region.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import Any

from sandbox import invoking
from sandbox.dataplane.journey import Answer, Journey, gateway_says
from sandbox.dataplane.mapping import sourced
from sandbox.kinds import Fields
from sandbox.services.apigatewayv2 import AUTHORIZER
from sandbox.tokens import Unacceptable, scopes

UNAUTHORIZED, FORBIDDEN = (401, "Unauthorized"), (403, "Forbidden")
BROKEN = (500, "Internal Server Error")
SIGNED = re.compile(
    r"AWS4-HMAC-SHA256 Credential=[^/]+/\d{8}/([a-z0-9-]+)/execute-api/aws4_request,.*Signature=[0-9a-f]+"
)
FUNCTION = re.compile(r"functions/(arn:[^/]+)/invocations$")


def unauthorized(journey: Journey) -> Answer | None:
    """Why this request may not pass, or None; who was let in is known from then on as `$context.authorizer`."""
    match journey.route.get("AuthorizationType", "NONE"):
        case "JWT":
            return _token(journey, _authorizer(journey))
        case "CUSTOM":
            return _function(journey, _authorizer(journey))
        case "AWS_IAM":
            return _signature(journey)
    return None


def _authorizer(journey: Journey) -> Fields:
    """As deployed; its id goes on the list of hops."""
    id = journey.route["AuthorizerId"]
    found: Fields = journey.deployed["authorizers"][id]
    journey.hops.append(("authorizer", id))
    return found


def _identity(journey: Journey, authorizer: Fields) -> list[str]:
    """The values of its identity sources; empty when one of them is not there."""
    values = [_value(journey, each) for each in authorizer.get("IdentitySource", ())]
    return values if all(values) else []


def _value(journey: Journey, expression: str) -> str:
    source, _, name = expression.removeprefix("$").removeprefix("route.").partition(".")
    return sourced(journey, source, name)


def _token(journey: Journey, authorizer: Fields) -> Answer | None:
    told, wanted = _identity(journey, authorizer), authorizer["JwtConfiguration"]
    if not told:
        return gateway_says(*UNAUTHORIZED, f"there is no {authorizer['IdentitySource'][0]}")
    token = re.sub(r"(?i)^bearer ", "", told[0])
    try:
        claims = journey.world.issuers.claims(token, wanted["Issuer"], wanted["Audience"], journey.world.now)
    except Unacceptable as unacceptable:
        return gateway_says(*UNAUTHORIZED, f"the token is refused: {unacceptable}")
    asked = set(journey.route.get("AuthorizationScopes", ()))
    if asked and not asked & scopes(claims):
        return gateway_says(*FORBIDDEN, f"the token has none of the scopes {', '.join(sorted(asked))}")
    journey.authorizer = {f"claims.{name}": _text(value) for name, value in claims.items()}
    return None


def _function(journey: Journey, authorizer: Fields) -> Answer | None:
    """The function's answer, remembered by identity for as long as the authorizer says."""
    world, id = journey.world, authorizer["AuthorizerId"]
    identity = _identity(journey, authorizer)
    if authorizer.get("IdentitySource") and not identity:
        return gateway_says(*UNAUTHORIZED, "an identity source is missing, so the function was not asked")
    live = world.get(AUTHORIZER, id)
    known = live.hidden.get("answers", {})
    answer, until = known.get(tuple(identity), (None, 0.0))
    if not identity or world.now >= until:
        arn = _called(authorizer)
        source = f"arn:aws:execute-api:{world.region}:{world.account}:{journey.api.id}/authorizers/{id}"
        if not invoking.callable_by(world, arn, "apigateway.amazonaws.com", source):
            return gateway_says(*BROKEN, f"API Gateway may not call {arn} for {source}")
        answer = invoking.answer(world, arn, identity)
        until = world.now + authorizer.get("AuthorizerResultTtlInSeconds", 0)
        live.hidden = {"answers": known | {tuple(identity): (answer, until)}}
    return _judged(journey, authorizer, answer)


def _called(authorizer: Fields) -> str:
    found = FUNCTION.search(authorizer["AuthorizerUri"])
    assert found, "a rule of the authorizer's kind says so"
    return found[1]


def _judged(journey: Journey, authorizer: Fields, answer: Fields | None) -> Answer | None:
    if answer is None:
        return gateway_says(*BROKEN, "the function failed: no answer is set for this identity")
    if authorizer.get("EnableSimpleResponses"):
        allowed = answer.get("isAuthorized")
    else:
        allowed = _allows(journey, answer.get("policyDocument"))
    if not isinstance(allowed, bool):
        return gateway_says(*BROKEN, "the function's answer has not the form that the authorizer asks for")
    journey.authorizer = {name: _text(value) for name, value in answer.get("context", {}).items()}
    return None if allowed else gateway_says(*FORBIDDEN, "the function says no")


def _allows(journey: Journey, policy: Any) -> bool | None:
    """What an IAM policy says of this route; None for what is no policy."""
    if not isinstance(policy, dict) or not isinstance(policy.get("Statement"), list):
        return None
    world, stage = journey.world, journey.stage["StageName"] if journey.stage else ""
    what = "$connect" if journey.socket else f"{journey.came.method}{journey.request.path}"
    place = f"{journey.api.id}/{stage}/{what}"
    arn = f"arn:aws:execute-api:{world.region}:{world.account}:{place}"
    effects = {each["Effect"] for each in policy["Statement"] if any(fnmatchcase(arn, one) for one in _listed(each))}
    return "Allow" in effects and "Deny" not in effects


def _listed(statement: Fields) -> list[str]:
    told = statement.get("Resource", [])
    return [told] if isinstance(told, str) else told


def _signature(journey: Journey) -> Answer | None:
    found = SIGNED.fullmatch(journey.came.headers.get("authorization", ""))
    if found is None or found[1] != journey.world.region:
        return gateway_says(*FORBIDDEN, "the request is not signed for execute-api in this region")
    return None


def _text(value: object) -> str:
    """As `$context` shows it: JSON's words for true and false."""
    return str(value).lower() if isinstance(value, bool) else str(value)
