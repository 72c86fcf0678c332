"""Actions and conditions, as AWS tells them back: a forward to one group twice, a redirect with its blanks filled, a
condition in both its forms (ledger 5.3, 5.4), and refused where AWS's documentation says so.
"""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from collections.abc import Callable, Iterator

from sandbox.kinds import Fields
from sandbox.refusal import Refusal
from sandbox.services.elbv2.facts import bad, misconfigured

BY_REQUEST = ("HTTP", "HTTPS")
FINAL = ("forward", "redirect", "fixed-response")
LONGEST_STAY = 604_800  # s; botocore, TargetGroupStickinessConfig
MOST_GROUPS, MOST_VALUES = 5, 5  # per forward, per rule; ledger 5.4
REDIRECT = {"Protocol": "#{protocol}", "Port": "#{port}", "Host": "#{host}", "Path": "/#{path}", "Query": "#{query}"}
CONTENT = ("text/plain", "text/css", "text/html", "application/javascript", "application/json")


def actions_told(actions: list[Fields], protocol: str, before: list[Fields] | None = None) -> list[Fields]:
    """`protocol` is the listener's: users are authenticated over HTTPS only (botocore, Action). `before`: the actions
    that these take the place of, whose client secret they may keep."""
    ordered = sorted(actions, key=lambda action: action.get("Order", 0))
    if not ordered or ordered[-1]["Type"] not in FINAL or sum(each["Type"] in FINAL for each in ordered) != 1:
        raise bad("Exactly one action must be forward, redirect or fixed-response, and it must be the last one")
    if protocol not in BY_REQUEST and [each["Type"] for each in ordered] != ["forward"]:
        raise misconfigured(f"A {protocol} listener can only forward")  # botocore, Action: [Application Load Balancer]
    if len(ordered) > 1 and protocol != "HTTPS":
        raise misconfigured("Users can be authenticated by HTTPS listeners only")
    if len(ordered) > 2:
        raise bad("A rule can only have one authentication action")
    refuse_secrets(ordered, before or [])
    told = [_TOLD[action["Type"]](action) for action in ordered]
    return told if len(told) == 1 else [{"Order": place} | each for place, each in enumerate(told, start=1)]


def _forward(action: Fields) -> Fields:
    config = action.get("ForwardConfig", {})
    groups = config.get("TargetGroups") or [{"TargetGroupArn": action[_ARN]} for _ in (1,) if action.get(_ARN)]
    arns = [group.get(_ARN) for group in groups]
    if not groups or not all(arns):
        raise bad("A target group ARN must be specified for a forward action")
    if len(groups) > MOST_GROUPS or len(set(arns)) < len(arns):
        raise bad(f"A forward action has at most {MOST_GROUPS} target groups, each once")
    if action.get(_ARN) and arns != [action[_ARN]]:
        raise bad("You cannot specify both a target group ARN and a forward configuration that says otherwise")
    if any(not 0 <= group.get("Weight", 1) <= 999 for group in groups):
        raise bad("The weight of a target group must be between 0 and 999")
    sticky = {"Enabled": False} | config.get("TargetGroupStickinessConfig", {})
    if sticky["Enabled"] and not 1 <= sticky.get("DurationSeconds", 0) <= LONGEST_STAY:
        raise bad(f"DurationSeconds must be between 1 and {LONGEST_STAY} when stickiness is enabled")
    forward = {"TargetGroups": [{"Weight": 1} | group for group in groups], "TargetGroupStickinessConfig": sticky}
    short = {_ARN: arns[0]} if len(arns) == 1 else {}
    return {name: value for name, value in action.items() if name != _ARN} | short | {"ForwardConfig": forward}


_ARN = "TargetGroupArn"


def _redirect(action: Fields) -> Fields:
    if "RedirectConfig" not in action:
        raise bad("A redirect configuration must be specified")
    told = REDIRECT | action["RedirectConfig"]
    if all(told[name] == REDIRECT[name] for name in ("Protocol", "Port", "Host", "Path")):
        raise bad("The redirect configuration is not valid because it creates a loop")
    return action | {"RedirectConfig": told}


def _fixed(action: Fields) -> Fields:
    config = action.get("FixedResponseConfig", {})
    if not re.fullmatch(r"[245]\d\d", config.get("StatusCode", "")):
        raise bad("The status code of a fixed response must be 2XX, 4XX or 5XX")
    if config.get("ContentType", CONTENT[0]) not in CONTENT:
        raise bad(f"The content type must be one of {', '.join(CONTENT)}")
    return action


# ---- who may pass: botocore, AuthenticateOidcActionConfig, AuthenticateCognitoActionConfig, JwtValidationActionConfig

SESSION = {
    "SessionCookieName": "AWSELBAuthSessionCookie",
    "Scope": "openid",
    "SessionTimeout": 604_800,
    "OnUnauthenticatedRequest": "authenticate",
}
OIDC, COGNITO, JWT = "AuthenticateOidcConfig", "AuthenticateCognitoConfig", "JwtValidationConfig"
URLS = ("Issuer", "AuthorizationEndpoint", "TokenEndpoint", "UserInfoEndpoint", "JwksEndpoint")
MOST_EXTRAS, MOST_CLAIMS, LONGEST_URL = 10, 10, 256
ALWAYS = ("exp", "iss", "nbf", "iat")  # validated anyway


def refuse_secrets(actions: list[Fields], before: list[Fields]) -> None:
    """The secret is sent, or the one there is kept; it is never told (ledger 5.3)."""
    known = any(OIDC in each for each in before)
    for config in (each[OIDC] for each in actions if OIDC in each):
        sent, kept = "ClientSecret" in config, config.get("UseExistingClientSecret", False)
        if sent == kept or (kept and not known):
            raise bad("You must specify either a client secret or UseExistingClientSecret for a rule that has one")


def as_they_are(actions: list[Fields]) -> list[Fields]:
    """Actions as they would have to be sent to stay: their secrets are not told."""
    return [
        {**each, OIDC: {**each[OIDC], "UseExistingClientSecret": True}} if OIDC in each else each for each in actions
    ]


def _login(name: str) -> Callable[[Fields], Fields]:
    def told(action: Fields) -> Fields:
        config = _config(action, name)
        if len(config.get("AuthenticationRequestExtraParams", {})) > MOST_EXTRAS:
            raise bad(f"AuthenticationRequestExtraParams can have at most {MOST_EXTRAS} parameters")
        if not 1 <= config.get("SessionTimeout", 1) <= SESSION["SessionTimeout"]:
            raise bad("SessionTimeout must be between 1 and 604800 seconds")
        hidden = ("ClientSecret", "UseExistingClientSecret")
        shown = {member: value for member, value in config.items() if member not in hidden}
        return action | {name: SESSION | shown}

    return told


def _jwt(action: Fields) -> Fields:
    config = _config(action, JWT)
    claims = config.get("AdditionalClaims", [])
    if len(claims) > MOST_CLAIMS:
        raise bad(f"AdditionalClaims can have at most {MOST_CLAIMS} claims")
    for each in claims:
        if each["Name"] in ALWAYS:
            raise bad(f"The claim '{each['Name']}' is validated by default")
        if not 1 <= len(each["Values"]) <= MOST_CLAIMS:
            raise bad(f"A claim has at most {MOST_CLAIMS} values")
        if each["Format"] == "space-separated-values" and any(" " in value for value in each["Values"]):
            raise bad("The values of a claim of space-separated-values cannot include spaces")
    return action


def _config(action: Fields, name: str) -> Fields:
    """Of this action and of no other type; what are URLs are those of HTTPS."""
    config: Fields | None = action.get(name)
    if config is None or any(other in action for other in (OIDC, COGNITO, JWT, "ForwardConfig") if other != name):
        raise bad(f"An action of type '{action['Type']}' needs {name} and nothing else")
    for member in URLS:
        url = config.get(member, "https://a")
        if not re.fullmatch(r"https://[^\s/]+(/\S*)?", url) or (name == JWT and len(url) > LONGEST_URL):
            raise bad(f"{member} '{url}' must be a full URL, including the HTTPS protocol")
    return config


_TOLD: dict[str, Callable[[Fields], Fields]] = {
    "forward": _forward,
    "redirect": _redirect,
    "fixed-response": _fixed,
    "authenticate-oidc": _login(OIDC),
    "authenticate-cognito": _login(COGNITO),
    "jwt-validation": _jwt,
}


# ---- transforms

REWRITES = {"url-rewrite": "UrlRewriteConfig", "host-header-rewrite": "HostHeaderRewriteConfig"}


def transforms_told(transforms: list[Fields]) -> list[Fields]:
    """One of each type, each with one regular expression (botocore, RuleTransform and RewriteConfig)."""
    kinds = [each["Type"] for each in transforms]
    if len(set(kinds)) < len(kinds):
        raise bad("A rule can only have one transform of each type")
    for each in transforms:
        config = each.get(REWRITES[each["Type"]], {})
        if len(config.get("Rewrites", ())) != 1:
            raise bad(f"A {each['Type']} transform needs one rewrite")
        try:
            re.compile(config["Rewrites"][0]["Regex"])
        except re.error as error:
            raise bad(f"The regular expression of a transform is not valid: {error}") from None
    return transforms


# ---- conditions

TYPED = {
    "path-pattern": "PathPatternConfig",
    "host-header": "HostHeaderConfig",
    "http-request-method": "HttpRequestMethodConfig",
    "source-ip": "SourceIpConfig",
    "query-string": "QueryStringConfig",
    "http-header": "HttpHeaderConfig",
}
TWOFOLD = ("path-pattern", "host-header")  # the two that may also be said, and are always told, as plain Values
MANY = ("query-string", "http-header")  # a rule may have several of these, one of each other (botocore, CreateRule)
VALUES = {  # what one value looks like; botocore, the documentation of each config
    "path-pattern": r"[A-Za-z0-9_\-.$/~\"'@:+&*?]{1,128}",
    "host-header": r"[A-Za-z0-9\-.*?]{1,128}",
    "http-request-method": r"[A-Z_-]{1,40}",
    "http-header": r"[\x20-\x7e]{1,128}",
}
HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,40}")


def conditions_told(conditions: list[Fields]) -> list[Fields]:
    told = [_condition(each) for each in conditions]
    fields = Counter(each["Field"] for each in told)
    for field, count in fields.items():
        if count > 1 and field not in MANY:
            raise bad(f"A rule can only have one '{field}' condition")
    if sum(len(list(values_of(each))) for each in told) > MOST_VALUES:
        raise Refusal("ValidationError", f"A rule can only have '{MOST_VALUES}' condition values")
    return told


def values_of(condition: Fields) -> Iterator[str | Fields]:
    """Plain values, regular expressions, or {Key, Value} pairs of a query string."""
    config = condition[TYPED[condition["Field"]]]
    yield from config.get("Values", ())
    yield from config.get("RegexValues", ())


def _condition(condition: Fields) -> Fields:
    field = condition.get("Field", "")
    if field not in TYPED:
        raise bad(f"Condition field '{field}' must be one of '{', '.join(TYPED)}'")
    if strays := condition.keys() & ({*TYPED.values()} - {TYPED[field]}):
        raise bad(f"{', '.join(strays)} cannot be specified with field '{field}'")
    config = dict(condition.get(TYPED[field], {}))
    if condition.get("Values"):
        if field not in TWOFOLD:
            raise bad(f"Values cannot be specified with field '{field}': use {TYPED[field]}")
        config.setdefault("Values", condition["Values"])
    if not config.get("Values") and not config.get("RegexValues"):
        raise bad(f"A condition value must be specified for '{field}'")
    _refuse_values(field, config)
    plain = {"Values": config["Values"]} if field in TWOFOLD and "Values" in config else {}
    return {"Field": field} | plain | {TYPED[field]: config}


def _refuse_values(field: str, config: Fields) -> None:
    for value in config.get("Values", ()):
        if field == "source-ip":
            _refuse_cidr(value)
        elif field != "query-string" and not re.fullmatch(VALUES[field], value):
            raise bad(f"Condition value '{value}' is not valid for '{field}'")
    if field == "http-header" and not HEADER_NAME.fullmatch(config.get("HttpHeaderName", "")):
        raise bad("A header name of at most 40 valid characters must be specified")


def _refuse_cidr(value: str) -> None:
    try:
        ipaddress.ip_network(value)
    except ValueError:
        raise bad(f"Condition value '{value}' is not a valid CIDR block") from None
