"""Who gets through: a token that is true, a function that says yes, a request that is signed. Nobody else."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from sandbox import control
from sandbox.calls import Http
from sandbox.dataplane import serve
from sandbox.refusal import Refusal
from sandbox.tokens import Issuers, _coded
from tests.sandbox import story

GW = "apigatewayv2"
ISSUER = "https://issuer.example.com"
CLAIMS = {"iss": ISSUER, "aud": "shop", "scope": "entries.read other", "sub": "jo"}
FUNCTION = {
    "FunctionName": "judge", "Runtime": "python3.13", "Handler": "main.handle", "Code": {"ZipFile": b"PK"},
    "Role": "arn:aws:iam::123456789012:role/lambda",
}  # fmt: skip
JWT = {
    "Name": "staff", "AuthorizerType": "JWT", "IdentitySource": ["$request.header.Authorization"],
    "JwtConfiguration": {"Issuer": ISSUER, "Audience": ["shop", "back"]},
}  # fmt: skip


@pytest.fixture
def world(sandbox, clock, network):
    """The topology of the story, an API whose one route asks who is there, and somebody who calls it."""

    class Told:
        ids = story.tell(sandbox.call, network, clock.advance)

        def call(self, operation, **request):
            return sandbox.call(GW, operation, ApiId=self.ids["api"], **request)

        def guard(self, how, authorizer=None, **more):
            made = {"AuthorizerId": self.call("create_authorizer", **authorizer)["AuthorizerId"]} if authorizer else {}
            self.call("update_route", RouteId=self.ids["route"], AuthorizationType=how, **made, **more)
            return made.get("AuthorizerId")

        def ask(self, query="", **headers):
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            reply = serve(sandbox, Http("GET", f"/_aws/execute-api/{self.ids['api']}/items/7", query, named, b""))
            return reply.status, reply.headers["x-sandbox-why"], json.loads(reply.body)

        def control(self, question, **body):
            told = control.answer(sandbox, Http("POST", f"/_sandbox/{question}", "", {}, json.dumps(body).encode()))
            return told.status, json.loads(told.body)

        def token(self, **claims):
            return self.control("tokens", claims=CLAIMS | claims)[1]["token"]

    return Told()


def test_a_token_is_judged_by_signature_issuer_audience_time_and_scope(world, sandbox, clock):
    world.guard("JWT", JWT, AuthorizationScopes=["entries.read"])
    now = sandbox.clock.now()
    for claims, expected in (
        ({}, 200),
        ({"aud": ["x", "back"]}, 200),
        ({"scope": "none"}, 403),
        ({"iss": "https://other.example"}, 401),
        ({"aud": "theirs"}, 401),
        ({"exp": now - 1}, 401),
        ({"nbf": now + 60}, 401),
    ):
        status, why, _ = world.ask(authorization=f"Bearer {world.token(**claims)}")
        assert status == expected, (claims, why)
    good = world.token()
    assert world.ask()[0] == 401
    assert world.ask(authorization="Bearer nonsense")[0] == 401
    assert world.ask(authorization=Issuers().minted(CLAIMS, now))[0] == 401, "somebody else's key of the same name"
    clock.advance(86_401)
    assert world.ask(authorization=good)[0] == 401, "a day later"


def test_an_issuer_of_the_table_signs_with_its_own_keys_only(world, sandbox):
    theirs = Issuers()
    assert isinstance(theirs.own, rsa.RSAPrivateKey)
    numbers = theirs.own.public_key().public_numbers()
    page = {"kid": "sandbox", "kty": "RSA", **{n: _coded(getattr(numbers, n).to_bytes(256)) for n in ("n", "e")}}
    assert world.control("issuers", issuer=ISSUER, keys=[page]) == (200, {"issuers": [ISSUER]})
    world.guard("JWT", JWT)
    assert world.ask(authorization=f"Bearer {theirs.minted(CLAIMS, sandbox.clock.now())}")[0] == 200
    assert world.ask(authorization=f"Bearer {world.token()}")[0] == 401


def lambda_authorizer(arn, **more):
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations"
    told = {"Name": "judge", "AuthorizerType": "REQUEST", "AuthorizerUri": uri, "AuthorizerPayloadFormatVersion": "2.0"}
    return {**told, "IdentitySource": ["$request.querystring.key"], **more}


def test_a_function_is_asked_where_api_gateway_may_ask_it(world, sandbox, clock):
    arn = sandbox.call("lambda", "create_function", **FUNCTION)["FunctionArn"]
    simple = {"EnableSimpleResponses": True, "AuthorizerResultTtlInSeconds": 60}
    id = world.guard("CUSTOM", lambda_authorizer(arn, **simple))
    yes, no = ({"isAuthorized": word, "context": {"who": "jo"}} for word in (True, False))
    answers = [{"identity": ["good"], "answer": yes}, {"identity": ["odd"], "answer": {"yes": 1}}, {"answer": no}]
    assert world.control("functions", function=arn, answers=answers)[0] == 200
    assert world.ask("key=good")[:1] == (500,), "no permission"
    place = f"arn:aws:execute-api:us-east-1:123456789012:{world.ids['api']}/authorizers/{id}"
    sandbox.call(
        "lambda", "add_permission", FunctionName=arn, StatementId="api", Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com", SourceArn=place,
    )  # fmt: skip
    assert [world.ask(query)[0] for query in ("key=good", "key=bad", "key=odd", "")] == [200, 403, 500, 401]
    world.control("functions", function=arn, answers=[{"answer": no}])
    assert world.ask("key=good")[0] == 200, "remembered"
    clock.advance(61)
    assert world.ask("key=good")[0] == 403
    assert world.control("functions", function=f"{arn}s", answers=[])[0] == 400


def test_a_function_may_answer_with_a_policy(world, sandbox):
    arn = sandbox.call("lambda", "create_function", **FUNCTION)["FunctionArn"]
    world.guard("CUSTOM", lambda_authorizer(arn))
    sandbox.call(
        "lambda", "add_permission", FunctionName=arn, StatementId="api", Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
    )  # fmt: skip

    def policy(effect, resource):
        return {"policyDocument": {"Statement": [{"Effect": effect, "Resource": resource}]}}

    answers = [
        {"identity": ["good"], "answer": policy("Allow", "arn:aws:execute-api:*/GET/items/*")},
        {"identity": ["else"], "answer": policy("Allow", ["arn:aws:execute-api:*/POST/*"])},
        {"identity": ["bad"], "answer": policy("Deny", "*")},
    ]
    world.control("functions", function=arn, answers=answers)
    assert [world.ask(f"key={key}")[0] for key in ("good", "else", "bad", "nobody")] == [200, 403, 403, 500]


def test_a_signed_request_names_the_service_and_the_region(world):
    world.guard("AWS_IAM")
    signed = "AWS4-HMAC-SHA256 Credential=AK/20261121/{}/{}/aws4_request, SignedHeaders=host, Signature=0a"
    places = (("us-east-1", "execute-api"), ("eu-west-1", "execute-api"), ("us-east-1", "s3"))
    assert [world.ask(authorization=signed.format(*each))[0] for each in places] == [200, 403, 403]


@pytest.mark.parametrize(
    ("words", "request_"),
    [
        ("needs an audience", {**JWT, "JwtConfiguration": {"Issuer": ISSUER}}),
        ("an https URL", {**JWT, "JwtConfiguration": {"Issuer": "http://x", "Audience": ["a"]}}),
        ("for REQUEST authorizers", {**JWT, "AuthorizerResultTtlInSeconds": 5}),
        ("one identity source", {**JWT, "IdentitySource": ["$request.header.a", "$request.header.b"]}),
        ("Invalid identity source", {**JWT, "IdentitySource": ["header.a"]}),
        ("valid Lambda function URI", lambda_authorizer("arn:aws:lambda:us-east-1:123456789012:layer:x")),
        ("format version 2.0", lambda_authorizer(
            "arn:aws:lambda:us-east-1:123456789012:function:x", AuthorizerPayloadFormatVersion="1.0",
            EnableSimpleResponses=True,
        )),
        ("Caching needs", lambda_authorizer(
            "arn:aws:lambda:us-east-1:123456789012:function:x", AuthorizerResultTtlInSeconds=5, IdentitySource=[],
        )),
    ],
)  # fmt: skip
def test_what_does_not_fit_an_authorizer_is_refused(sandbox, words, request_):
    api = sandbox.call(GW, "create_api", Name="a", ProtocolType="HTTP")["ApiId"]
    with pytest.raises(Refusal) as refused:
        sandbox.call(GW, "create_authorizer", ApiId=api, **request_)
    assert words in refused.value.message


def test_a_route_takes_an_authorizer_of_its_own_api_and_type(sandbox):
    ours, theirs = (sandbox.call(GW, "create_api", Name=name, ProtocolType="HTTP")["ApiId"] for name in "ab")
    told = {api: sandbox.call(GW, "create_authorizer", ApiId=api, **JWT)["AuthorizerId"] for api in (ours, theirs)}
    route = {"ApiId": ours, "RouteKey": "GET /"}
    for how, authorizer in (("JWT", told[theirs]), ("CUSTOM", told[ours])):
        with pytest.raises(Refusal, match="Invalid Authorizer identifier"):
            sandbox.call(GW, "create_route", AuthorizationType=how, AuthorizerId=authorizer, **route)
    sandbox.call(GW, "create_route", AuthorizationType="JWT", AuthorizerId=told[ours], **route)
    with pytest.raises(Refusal, match="already exists in this API"):
        sandbox.call(GW, "create_authorizer", ApiId=ours, **JWT)
