"""Without an API the load balancer asks who it is: by a token, or by a login at a provider."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from controller.executor import Outcome
from sandbox.dataplane.journey import Answer
from tests.stories.writing import CERTIFICATE, alone, service
from tests.world import ACCOUNT, REGION, World

ISSUER = "https://login.example.com"
LOGIN = {
    "clientId": "shop",
    "clientSecret": "secretsmanager:shop/login#secret",
    "authorizationEndpoint": f"{ISSUER}/authorize",
    "tokenEndpoint": f"{ISSUER}/token",
    "userInfoEndpoint": f"{ISSUER}/me",
    "scope": "openid email",
    "cookie": "shop",
    "session": "1h",
    "parameters": {"prompt": "login"},
    "unauthenticated": "authenticate",
}
POOL = f"arn:aws:cognito-idp:{REGION}:{ACCOUNT}:userpool/{REGION}_AbCdEfGhI"
MACHINES = {
    "type": "jwt", "issuer": ISSUER, "jwks": f"{ISSUER}/keys",
    "claims": {"aud": ["shop", "web"], "scope": {"values": ["read"], "format": "space-separated-values"}},
}  # fmt: skip


def spec(**login: Any) -> str:
    authorizers = {
        "staff": {"type": "oidc", "issuer": ISSUER, "login": {**LOGIN, **login}},
        "members": {"type": "cognito", "userPools": [POOL], "login": {"clientId": "web", "domain": "shop",
                    "unauthenticated": "deny"}},
        "machines": MACHINES,
    }  # fmt: skip
    routes = {
        "GET /staff": {"service": "web", "authorizer": "staff"},
        "GET /mine": {"service": "web", "authorizer": "members"},
        "PUT /stock": {"service": "web", "authorizer": "machines"},
        "$default": "web",
    }
    said = {"type": "none", "authorizers": authorizers, "defaults": {"authorizer": "none"}, "routes": routes}
    doors = {"listeners": {"https": {"port": 443, "certificate": CERTIFICATE}}}
    return alone(gateway=said, loadBalancer=doors, services={"web": service(count=1)})


def keep(world: World, value: str) -> None:
    """A client secret of somebody's, as a member of a JSON secret."""
    secrets, text = world.boto("secretsmanager"), f'{{"secret": "{value}"}}'
    if not [each for each in secrets.list_secrets()["SecretList"] if each["Name"] == "shop/login"]:
        secrets.create_secret(Name="shop/login", SecretString=text)
    else:
        secrets.put_secret_value(SecretId="shop/login", SecretString=text)


def asked(world: World, path: str, method: str = "GET", **headers: str) -> Answer:
    [balancer] = world.boto("elbv2").describe_load_balancers()["LoadBalancers"]
    return world.call(balancer["DNSName"], path, method, **headers).answer


def rules(world: World) -> dict[str, dict[str, Any]]:
    """The actions that ask who it is, by type, each with its rule's ARN; and every request that told a secret."""
    elbv2 = world.boto("elbv2")
    [balancer] = elbv2.describe_load_balancers()["LoadBalancers"]
    [listener] = elbv2.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    every = elbv2.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
    return {each["Actions"][0]["Type"]: {**each["Actions"][0], "arn": each["RuleArn"]} for each in every}


def test_two_services_share_a_route_by_weight_and_a_caller_stays_with_his(world: World) -> None:
    def written(**route: Any) -> None:
        shared = {"weights": {"web": 3, "next": 1}, **route}
        said = {"type": "none", "routes": {"GET /shop": shared, "$default": "web"}}
        both = {"web": service(count=1), "next": service(count=1, port=9090)}
        world.write(alone(gateway=said, services=both))
        world.settle()

    written()
    hosts = {"host": "b.example.com"}
    seen = [json.loads(asked(world, "/shop", **hosts).body)["service"] for _ in range(8)]
    assert sorted(Counter(each.split("-")[1] for each in seen).items()) == [("next", 2), ("web", 6)]
    written(sticky="10m", hosts=["^[ab][.]example[.]com$"])
    first = asked(world, "/shop", **hosts)
    cookie = first.headers["set-cookie"].partition(";")[0]
    stayed = {json.loads(asked(world, "/shop", cookie=cookie, **hosts).body)["service"] for _ in range(8)}
    assert stayed == {json.loads(first.body)["service"]}
    written(sticky="10m", hosts=["^[ab][.]example[.]org$"])
    assert "set-cookie" not in asked(world, "/shop", **hosts).headers, "only `$default` takes another host"


def test_people_log_in_and_machines_show_a_token(world: World) -> None:
    keep(world, "first-of-all")
    world.write(spec())
    world.settle()
    sent = urlsplit(asked(world, "/staff", host="shop.example.com").headers["location"])
    told = {"client_id": "shop", "redirect_uri": "https://shop.example.com/oauth2/idpresponse", "response_type": "code"}
    assert dict(parse_qsl(sent.query)) == {**told, "scope": "openid email", "prompt": "login"}
    assert asked(world, "/staff", cookie="a=b; shop-0=me").status == 200
    assert [asked(world, "/mine").status, asked(world, "/mine", cookie="AWSELBAuthSessionCookie-0=me").status] == [
        401,
        200,
    ]
    assert asked(world, "/").status == 200

    def stock(**claims: Any) -> int:
        there = world.sandbox.world(ACCOUNT, REGION)
        token = there.issuers.minted({"iss": ISSUER, **claims}, there.now)
        return asked(world, "/stock", "PUT", authorization=f"Bearer {token}").status

    assert asked(world, "/stock", "PUT").status == 401
    assert [stock(aud="shop", scope="write read"), stock(aud="others", scope="read"), stock(aud="web")] == [
        200,
        401,
        401,
    ]


def test_a_client_secret_is_told_once_and_again_when_it_is_another(world: World) -> None:
    keep(world, "first-of-all")
    sent: list[dict[str, Any]] = []
    for operation in ("CreateRule", "ModifyRule"):
        world.aws.session.events.register(
            f"before-parameter-build.elastic-load-balancing-v2.{operation}",
            lambda params, **_: sent.append(params) if "ClientSecret" in repr(params) else None,
        )
    world.write(spec())
    world.settle()
    first = rules(world)["authenticate-oidc"]
    assert "first-of-all" in repr(sent)
    seen = world.look()
    assert "first-of-all" not in repr((seen, world.marks))
    assert first["AuthenticateOidcConfig"] == {
        "Issuer": ISSUER, "AuthorizationEndpoint": f"{ISSUER}/authorize", "TokenEndpoint": f"{ISSUER}/token",
        "UserInfoEndpoint": f"{ISSUER}/me", "ClientId": "shop", "SessionCookieName": "shop", "Scope": "openid email",
        "SessionTimeout": 3600, "AuthenticationRequestExtraParams": {"prompt": "login"},
        "OnUnauthenticatedRequest": "authenticate",
    }  # fmt: skip
    sent.clear()
    world.write(spec(scope="openid"))
    world.settle()
    assert rules(world)["authenticate-oidc"]["arn"] == first["arn"], "AWS keeps the secret it has"
    assert not [each for each in sent if "first-of-all" in repr(each)]
    keep(world, "second-of-all")
    world.settle()
    assert "second-of-all" in repr(sent)
    second = rules(world)
    assert second["authenticate-oidc"]["arn"] != first["arn"]
    open_ = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}]
    world.boto("elbv2").modify_rule(RuleArn=second["jwt-validation"]["arn"], Actions=open_)
    assert [each.key.address for each in world.look().drift] == ["ListenerRule/PUT /stock"]
    world.settle()
    assert asked(world, "/stock", "PUT").status == 401


def test_a_client_secret_that_is_none_is_told_without_a_word_of_it(world: World) -> None:
    secrets = world.boto("secretsmanager")
    secrets.create_secret(Name="shop/login", SecretString="no JSON")
    world.write(spec())
    outcomes: tuple[Outcome, ...] = ()
    while not (refused := {each.error for each in outcomes if each.result == "rejected"}):
        world.clock.sleep(60)
        outcomes, _ = world.once()
    sentence = "Unfit: the secret shop/login is no JSON with a member `secret`"
    assert refused == {sentence}
    for value in ('{"other": "x"}', "[1]"):
        secrets.put_secret_value(SecretId="shop/login", SecretString=value)
        outcomes, _ = world.once()
        assert sentence in {each.error for each in outcomes}
