"""Who may pass a listener's rule: a token that is judged, or somebody who logged in at an identity provider.

A login is a dance between a browser and the provider, which the sandbox does not dance: who sends the session's cookie
has logged in, everybody else is sent to the provider, let through or refused as the rule says. Sources: ELB user guide,
listener-authenticate-users and listener-verify-jwt; botocore, JwtValidationActionAdditionalClaim.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from sandbox.dataplane.journey import Answer, Journey, balancer_says
from sandbox.kinds import Fields
from sandbox.tokens import Claims, Unacceptable

BACK = "/oauth2/idpresponse"
UNAUTHORIZED = (401, "Authorization Required")


def guarded(journey: Journey, action: Fields) -> Answer | None:
    """Why this request may not pass, or None."""
    match action["Type"]:
        case "jwt-validation":
            return _token(journey, action["JwtValidationConfig"])
        case "authenticate-oidc":
            config = action["AuthenticateOidcConfig"]
            return _login(journey, config, config["AuthorizationEndpoint"], config["ClientId"])
        case _:
            config = action["AuthenticateCognitoConfig"]
            domain = config["UserPoolDomain"]
            host = domain if "." in domain else f"{domain}.auth.{journey.world.region}.amazoncognito.com"
            return _login(journey, config, f"https://{host}/oauth2/authorize", config["UserPoolClientId"])


def _login(journey: Journey, config: Fields, provider: str, client: str) -> Answer | None:
    """The session's cookie is cut into pieces, each with a number (user guide, "Authentication flow")."""
    cookies = (each.strip() for each in journey.request.headers.get("cookie", "").split(";"))
    if any(re.match(rf"{re.escape(config['SessionCookieName'])}-\d+=.", each) for each in cookies):
        return None
    match config["OnUnauthenticatedRequest"]:
        case "allow":
            return None
        case "deny":
            return balancer_says(*UNAUTHORIZED, "nobody is logged in")
    asked = {
        "client_id": client,
        "redirect_uri": f"https://{journey.request.headers.get('host', '')}{BACK}",
        "response_type": "code",
        "scope": config["Scope"],
        **config.get("AuthenticationRequestExtraParams", {}),
    }
    return Answer(302, "nobody is logged in", b"", {"location": f"{provider}?{urlencode(asked)}"})


def _token(journey: Journey, config: Fields) -> Answer | None:
    told = re.fullmatch(r"(?i)bearer (\S+)", journey.request.headers.get("authorization", ""))
    if told is None:
        return balancer_says(*UNAUTHORIZED, "there is no bearer token")
    try:
        claims = journey.world.issuers.claims(told[1], config["Issuer"], None, journey.world.now)
    except Unacceptable as unacceptable:
        return balancer_says(*UNAUTHORIZED, f"the token is refused: {unacceptable}")
    wrong = next((each["Name"] for each in config.get("AdditionalClaims", ()) if not _claimed(claims, each)), None)
    return balancer_says(*UNAUTHORIZED, f"the token's claim {wrong} is not as asked") if wrong else None


def _claimed(claims: Claims, asked: Fields) -> bool:
    """Whether a claim has one of the values, in the form that is asked."""
    value: Any = claims.get(asked["Name"])
    match asked["Format"]:
        case "single-string":
            found = {value} if isinstance(value, str) else set()
        case "string-array":
            found = set(value) if isinstance(value, list) else set()
        case _:
            found = set(value.split()) if isinstance(value, str) else set()
    return not found.isdisjoint(asked["Values"])
