"""What AWS refuses of actions that ask who it is, and what it tells of them."""

import pytest

from sandbox.refusal import Refusal
from tests.sandbox import story

URL = "https://login.example.com"
ENDS = dict.fromkeys(("Issuer", "AuthorizationEndpoint", "TokenEndpoint", "UserInfoEndpoint"), URL)
OIDC = {**ENDS, "ClientId": "shop", "ClientSecret": "hush"}
JWT = {"JwksEndpoint": f"{URL}/keys", "Issuer": URL}
LOGIN = {"Type": "authenticate-oidc", "AuthenticateOidcConfig": OIDC, "Order": 1}
TOKEN = {"Type": "jwt-validation", "JwtValidationConfig": JWT, "Order": 1}
NO = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}, "Order": 2}


def oidc(**changes):
    told = {name: value for name, value in {**OIDC, **changes}.items() if value is not None}
    return [{**LOGIN, "AuthenticateOidcConfig": told}, NO]


def claims(*told):
    return [{**TOKEN, "JwtValidationConfig": {**JWT, "AdditionalClaims": list(told)}}, NO]


WORDS = {"Format": "space-separated-values", "Name": "scope", "Values": ["a b"]}
WRONG = {
    "the last action answers": [NO | {"Order": 1}, {**TOKEN, "Order": 2}],
    "one asks": [TOKEN, {**LOGIN, "Order": 2}, NO | {"Order": 3}],
    "a secret is sent": oidc(ClientSecret=None),
    "there is none to keep": oidc(ClientSecret=None, UseExistingClientSecret=True),
    "a URL is one of HTTPS": oidc(TokenEndpoint="http://login.example.com"),
    "a session ends": oidc(SessionTimeout=604_801),
    "so many parameters": oidc(AuthenticationRequestExtraParams={str(each): "1" for each in range(11)}),
    "what is judged anyway": claims({"Format": "single-string", "Name": "iss", "Values": ["a"]}),
    "words have no spaces": claims(WORDS),
    "so many claims": claims(*({"Format": "single-string", "Name": f"a{n}", "Values": ["a"]} for n in range(11))),
    "a configuration of its own": [{**TOKEN, "AuthenticateOidcConfig": OIDC}, NO],
}


@pytest.fixture
def create(sandbox, clock, network):
    built = story.tell(sandbox.call, network, clock.advance)

    def made(actions, **more):
        place = {"ListenerArn": built["listener"], "Priority": 77, **more}
        path = {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/guarded"]}}
        return sandbox.call("elbv2", "create_rule", **place, Conditions=[path], Actions=actions)["Rules"][0]

    return made


def refused(create, actions):
    """The code that AWS answers; empty when it takes them."""
    try:
        create(actions)
    except Refusal as refusal:
        return refusal.code
    return ""


def test_what_aws_refuses_of_guards(create):
    assert {what: refused(create, actions) for what, actions in WRONG.items()} == dict.fromkeys(
        WRONG, "ValidationError"
    )


def test_a_secret_is_kept_and_never_told(create, sandbox):
    rule = create(oidc())
    told = rule["Actions"][0]["AuthenticateOidcConfig"]
    assert told == {
        **{name: value for name, value in OIDC.items() if name != "ClientSecret"},
        "SessionCookieName": "AWSELBAuthSessionCookie", "Scope": "openid", "SessionTimeout": 604_800,
        "OnUnauthenticatedRequest": "authenticate",
    }  # fmt: skip
    kept = oidc(ClientSecret=None, UseExistingClientSecret=True, Scope="email")
    changed = sandbox.call("elbv2", "modify_rule", RuleArn=rule["RuleArn"], Actions=kept)["Rules"][0]
    assert changed["Actions"][0]["AuthenticateOidcConfig"] == {**told, "Scope": "email"}
    sandbox.call("elbv2", "modify_rule", RuleArn=rule["RuleArn"], Actions=[NO])
    with pytest.raises(Refusal, match="client secret"):
        sandbox.call("elbv2", "modify_rule", RuleArn=rule["RuleArn"], Actions=kept)
