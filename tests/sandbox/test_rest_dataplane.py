"""A request to a REST API walks the deployed picture; each hop that is wrong answers as AWS would.

One topology for all of them: an API costs a few calls, a network and a service a second.
"""

import json
from itertools import count

import boto3
import pytest

from sandbox import ManualClock, Sandbox, elsewhere, invoking
from sandbox.calls import Http
from sandbox.dataplane import serve
from sandbox.inprocess import connect
from sandbox.refusal import Refusal
from tests.sandbox import conftest, story
from tests.sandbox.story_rest import patch

SIGNATURE = (
    "AWS4-HMAC-SHA256 Credential=A/20270115/us-east-1/execute-api/aws4_request, SignedHeaders=host, Signature=ab"
)
POOL = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_a"
ISSUER = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_a"
NAMES = count()


@pytest.fixture(scope="module")
def place():
    """The story's service behind its HTTPS balancer, and behind a network balancer on ports 80 and 81."""
    elsewhere.reset()
    clock = ManualClock()
    sandbox = Sandbox(clock=clock)
    session = boto3.Session(**conftest.KEYS)
    connect(sandbox, session)
    network = conftest.built_network(session.client("ec2"), sandbox, clock)
    built = story.tell(sandbox.call, network, clock.advance)

    def elb(operation, **request):
        return sandbox.call("elbv2", operation, **request)

    net = elb(
        "create_load_balancer", Name="net", Type="network", Scheme="internal", Subnets=network["subnets"],
        SecurityGroups=[network["firewall"]],
    )["LoadBalancers"][0]["LoadBalancerArn"]  # fmt: skip
    group = elb(
        "create_target_group", Name="net", Protocol="TCP", Port=80, VpcId=network["vpc"], TargetType="ip"
    )["TargetGroups"][0]["TargetGroupArn"]  # fmt: skip
    forward = [{"Type": "forward", "TargetGroupArn": group}]
    elb("create_listener", LoadBalancerArn=net, Protocol="TCP", Port=80, DefaultActions=forward)
    healthy = elb("describe_target_health", TargetGroupArn=built["group"])["TargetHealthDescriptions"]
    elb("register_targets", TargetGroupArn=group, Targets=[each["Target"] for each in healthy])
    elb(
        "set_security_groups", LoadBalancerArn=net, SecurityGroups=[network["firewall"]],
        EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic="off",
    )  # fmt: skip
    clock.advance(300)
    old = sandbox.call("apigateway", "create_vpc_link", name="old", targetArns=[net])["id"]
    clock.advance(200)
    sandbox.call("apigateway", "update_account", **patch(f"replace /cloudwatchRoleArn {network['role']}"))
    told = {"sandbox": sandbox, "clock": clock, "net": net, "old": old, "network": network, **built}
    return told | {"ec2": session.client("ec2")}


class Api:
    """A REST API of one test: `add` methods, `deploy`, `ask`."""

    def __init__(self, place, **settings):
        self.place, self.sandbox = place, place["sandbox"]
        made = self("create_rest_api", name=f"api{next(NAMES)}", **settings)
        self.id, self.resources = made["id"], {"/": made["rootResourceId"]}

    def __call__(self, operation, **request):
        named = {} if operation in ("create_rest_api", "create_api_key") else {"restApiId": self.id}
        return self.sandbox.call("apigateway", operation, **named, **request)

    def resource(self, path):
        if path not in self.resources:
            above, _, part = path.rpartition("/")
            parent = self.resource(above or "/")
            self.resources[path] = self("create_resource", parentId=parent, pathPart=part)["id"]
        return self.resources[path]

    def add(self, verb, path, integration=None, **method):
        """A method; without `integration` a mock that answers 200."""
        at = {"resourceId": self.resource(path), "httpMethod": verb}
        self("put_method", **at, **{"authorizationType": "NONE"} | method)
        if integration is None:
            self("put_method_response", **at, statusCode="200")
            self("put_integration", **at, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
            self("put_integration_response", **at, statusCode="200", responseTemplates={"application/json": path})
        else:
            self("put_integration", **at, **integration)
        return at

    def private(self, uri, link="new", **more):
        """An HTTP_PROXY integration through one of the links."""
        new = {"connectionId": self.place["link"], "integrationTarget": self.place["balancer"]}
        way = new if link == "new" else {"connectionId": self.place["old"]}
        return (
            {"type": "HTTP_PROXY", "integrationHttpMethod": "ANY", "uri": uri, "connectionType": "VPC_LINK"}
            | way
            | more
        )

    def deploy(self, stage="dev", **more):
        return self("create_deployment", stageName=stage, **more)["id"]

    def stage(self, *operations, stage="dev"):
        return self("update_stage", stageName=stage, **patch(*operations))

    def ask(self, path, verb="GET", body=b"", **headers):
        """Status, why, and the body, parsed when it is JSON."""
        path, _, query = path.partition("?")
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        reply = serve(self.sandbox, Http(verb, f"/_aws/execute-api/{self.id}{path}", query, named, body))
        self.headers, told = reply.headers, reply.body.decode()
        return reply.status, reply.headers["x-sandbox-why"], json.loads(told) if told.startswith("{") else told


@pytest.fixture
def api(place):
    return Api(place, endpointConfiguration={"types": ["REGIONAL"]})


def through(api, uri="https://web.example.com:443/items/{id}", **more):
    """`GET /{id}` to the URI."""
    parameters = {"integration.request.path.id": "method.request.path.id"} | more.pop("parameters", {})
    integration = api.private(uri, requestParameters=parameters, **more)
    return api.add("GET", "/{id}", integration, requestParameters={"method.request.path.id": True})


# ---- the way there


def test_the_uri_says_path_and_host_and_the_rest_passes_through(api):
    through(
        api,
        parameters={"integration.request.header.x-by": "'api'", "integration.request.querystring.n": "context.stage"},
    )
    api.deploy()
    status, why, told = api.ask("/dev/7?q=1", x_mine="1")
    assert (status, why, told["path"], told["query"]) == (
        200,
        "answered by the task",
        "/items/7",
        {"q": "1", "n": "dev"},
    )
    assert {"x-mine": "1", "x-by": "api", "host": "web.example.com"}.items() <= told["headers"].items()
    assert [hop.split("=")[0] for hop in api.headers["x-sandbox-hops"].split(" > ")] == [
        "stage", "method", "integration", "vpc_link", "listener", "rule", "target_group", "target",
    ]  # fmt: skip


def test_an_old_link_goes_to_the_port_of_the_uri_on_its_network_balancer(api):
    through(api, "http://net.internal/v1/{id}", link="old")
    api.add("GET", "/other/{id}", api.private("http://net.internal:81/x", link="old"))
    api.deploy()
    assert api.ask("/dev/7")[2]["path"] == "/v1/7"
    status, why, told = api.ask("/dev/other/7")
    assert (status, told) == (504, {"message": "Network error communicating with endpoint"})
    assert "no listener on port 81" in why


def test_security_groups_enforced_on_privatelink_drop_an_old_links_traffic(api, place):
    through(api, "http://net.internal/{id}", link="old")
    api.deploy()
    groups = {"LoadBalancerArn": place["net"], "SecurityGroups": [place["network"]["firewall"]]}
    enforced = "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"
    api.sandbox.call("elbv2", "set_security_groups", **groups, **{enforced: "on"})
    assert api.ask("/dev/7")[0] == 504
    api.sandbox.call("elbv2", "set_security_groups", **groups, **{enforced: "off"})
    assert api.ask("/dev/7")[0] == 200


@pytest.mark.parametrize(
    ("uri", "status", "reason"),
    [
        ("http://web.example.com:443/", 400, "The plain HTTP request was sent to HTTPS port"),
        ("https://other.example.com/", 500, "no certificate of the listener covers"),
        ("https://web.example.com:8443/", 504, "no listener on port 8443"),
    ],
)
def test_a_uri_that_does_not_suit_the_listener_fails_there(api, uri, status, reason):
    api.add("GET", "/", api.private(uri))
    api.deploy()
    answer = api.ask("/dev/")
    assert answer[0] == status
    assert reason in answer[1]


def test_the_link_may_be_a_stage_variable(api, place):
    through(api, connectionId="${stageVariables.link}", uri="https://${stageVariables.name}.example.com/items/{id}")
    api.deploy(variables={"link": place["link"], "name": "web"})
    assert api.ask("/dev/7")[2]["headers"]["host"] == "web.example.com"
    api.stage("replace /variables/link nothing")
    assert api.ask("/dev/7")[0] == 500


def test_the_internet_reaches_only_balancers_that_face_it(api, place):
    balancer = api.sandbox.call("elbv2", "describe_load_balancers", LoadBalancerArns=[place["balancer"]])
    host = balancer["LoadBalancers"][0]["DNSName"]
    api.add("GET", "/", {"type": "HTTP_PROXY", "integrationHttpMethod": "GET", "uri": f"https://{host}/"})
    api.deploy()
    assert api.ask("/dev/")[:2] == (504, f"nobody answers from the internet at '{host}' in this sandbox")


def test_a_public_balancer_opens_to_whom_the_integrations_header_names(api, place):
    ec2, network = place["ec2"], place["network"]
    group = ec2.create_security_group(VpcId=network["vpc"], GroupName="public", Description="d")["GroupId"]

    def elb(operation, **request):
        return next(iter(api.sandbox.call("elbv2", operation, **request).values()))[0]

    made = elb("create_load_balancer", Name="public", Subnets=network["subnets"], SecurityGroups=[group])
    place["clock"].advance(200)
    no = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "403"}}]
    arn = {"LoadBalancerArn": made["LoadBalancerArn"]}
    listener = elb("create_listener", **arn, Protocol="HTTP", Port=80, DefaultActions=no)["ListenerArn"]
    header = {"HttpHeaderName": "x-secret", "Values": ["s3cret"]}
    ok = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}]
    conditions = [{"Field": "http-header", "HttpHeaderConfig": header}]
    elb("create_rule", ListenerArn=listener, Priority=1, Conditions=conditions, Actions=ok)
    uri = f"http://{made['DNSName']}/"
    public = {"type": "HTTP_PROXY", "integrationHttpMethod": "GET", "uri": uri}
    api.add("GET", "/a", public | {"requestParameters": {"integration.request.header.x-secret": "'s3cret'"}})
    api.add("GET", "/b", public)
    api.deploy()
    assert [api.ask(f"/dev/{path}")[0] for path in "ab"] == [504, 504]
    anyone = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[anyone])
    assert [api.ask(f"/dev/{path}")[0] for path in "ab"] == [200, 403]


# ---- stages and methods


def test_a_stage_serves_its_deployment_until_it_is_moved(api):
    api.add("GET", "/old")
    first = api.deploy()
    api.add("GET", "/new")
    assert api.ask("/dev/new")[::2] == (403, {"message": "Missing Authentication Token"})
    second = api("create_deployment")["id"]
    assert api.ask("/dev/new")[0] == 403
    api.stage(f"replace /deploymentId {second}")
    assert api.ask("/dev/new")[0] == 200
    api.stage(f"replace /deploymentId {first}")
    assert api.ask("/dev/new")[0] == 403
    assert api.ask("/qa/old")[::2] == (403, {"message": "Forbidden"})


@pytest.mark.parametrize(
    ("path", "verb", "found"),
    [
        ("/items/special", "GET", "/items/special"),
        ("/items/7", "GET", "/items/{id}"),
        ("/items/7/", "GET", "/items/{id}"),
        ("/items/7/parts", "GET", "/{proxy+}"),
        ("/other", "DELETE", "/{proxy+}"),
        ("/items/special", "POST", None),
        ("/", "GET", None),
    ],
)
def test_the_most_specific_resource_wins_and_must_have_the_method(routed, path, verb, found):
    status, _, told = routed.ask(f"/dev{path}", verb)
    assert (status, told) == ((200, found) if found else (403, {"message": "Missing Authentication Token"}))


@pytest.fixture(scope="module")
def routed(place):
    api = Api(place)
    for verb, path in (("GET", "/items/special"), ("GET", "/items/{id}"), ("ANY", "/{proxy+}")):
        api.add(verb, path)
    api.deploy()
    return api


def test_a_canary_gets_its_share_with_variables_of_its_own(api):
    at = api.add("GET", "/x")
    answer = {"statusCode": "200", "responseTemplates": {"application/json": "$stageVariables.colour"}}
    api("put_integration_response", **at, **answer)
    api.deploy(variables={"colour": "blue"})
    canary = {"percentTraffic": 25.0, "stageVariableOverrides": {"colour": "green"}}
    api("create_deployment", stageName="dev", canarySettings=canary)
    told = [api.ask("/dev/x")[2] for _ in range(200)]
    assert (told.count("green"), told.count("blue")) == (50, 150)


def test_method_settings_throttle_and_forgive(api, place):
    api.add("ANY", "/a/b")
    api.add("GET", "/c")
    api.deploy()
    api.stage("replace /a~1b/ANY/throttling/rateLimit 1", "replace /a~1b/ANY/throttling/burstLimit 2")
    assert [api.ask("/dev/a/b")[0] for _ in range(3)] == [200, 200, 429]
    assert api.ask("/dev/c")[0] == 200
    place["clock"].advance(1)
    assert [api.ask("/dev/a/b")[::2] for _ in range(2)] == [(200, "/a/b"), (429, {"message": "Too Many Requests"})]


# ---- the way back


def test_an_http_integration_answers_by_the_pattern_of_its_responses(api):
    at = through(api, type="HTTP")
    api("put_method_response", **at, statusCode="202", responseParameters={"method.response.header.x-kind": False})
    api.deploy()
    assert api.ask("/dev/7")[::2] == (500, {"message": "Internal server error"})
    api(
        "put_integration_response", **at, statusCode="202", selectionPattern="2\\d\\d",
        responseParameters={"method.response.header.x-kind": "integration.response.header.content-type"},
    )  # fmt: skip
    api.deploy()
    status, _, told = api.ask("/dev/7", x_mine="1")
    assert (status, api.headers["x-kind"]) == (202, "application/json")
    assert "x-mine" not in told["headers"]


def test_gateway_responses_are_the_apis_own_once_deployed(api):
    api.add("GET", "/x")
    api.deploy()
    api(
        "put_gateway_response", responseType="DEFAULT_4XX", statusCode="404",
        responseParameters={"gatewayresponse.header.access-control-allow-origin": "'*'"},
        responseTemplates={"application/json": '{"type": "$context.error.responseType"}'},
    )  # fmt: skip
    assert api.ask("/dev/y")[0] == 403
    api.deploy()
    assert api.ask("/dev/y")[::2] == (404, {"type": "MISSING_AUTHENTICATION_TOKEN"})
    assert api.headers["access-control-allow-origin"] == "*"


def test_a_cached_get_is_answered_without_the_task(api, place):
    at = through(api, cacheKeyParameters=["method.request.path.id"])
    api.deploy()
    api.stage(
        "replace /cacheClusterEnabled true", "replace /*/*/caching/enabled true", "replace /*/*/caching/ttlInSeconds 60"
    )
    assert [api.ask("/dev/1")[1] for _ in range(2)] == ["answered by the task"] * 2  # the cluster is not there yet
    place["clock"].advance(300)
    whys = [api.ask(f"/dev/{id}")[1] for id in "1122"]
    assert whys == ["answered by the task", "answered from the stage's cache"] * 2
    place["clock"].advance(61)
    assert api.ask("/dev/1")[1] == "answered by the task"
    api("flush_stage_cache", stageName="dev")
    assert api.ask("/dev/1")[1] == "answered by the task"
    assert at["httpMethod"] == "GET"


def test_an_access_log_gets_a_line_for_each_request(api):
    api.add("GET", "/x")
    api.deploy()
    group = "arn:aws:logs:us-east-1:123456789012:log-group:/rest"
    form = "$context.httpMethod $context.resourcePath $context.status $context.nothing"
    api.stage(f"replace /accessLogSettings/destinationArn {group}:*", f"replace /accessLogSettings/format {form}")
    api.ask("/dev/x")
    streams = elsewhere.backend(api.sandbox.world(), "logs").groups["/rest"].streams
    assert [event.message for event in streams[api.id].events] == ["GET /x 200 -"]


# ---- who may


def key_in_a_plan(api, **plan):
    value = f"{api.id}-of-the-third-party"
    key = api("create_api_key", name="third", enabled=True, value=value)["id"]
    made = {"name": "p", "apiStages": [{"apiId": api.id, "stage": "dev"}]} | plan
    plan = api.sandbox.call("apigateway", "create_usage_plan", **made)["id"]
    api.sandbox.call("apigateway", "create_usage_plan_key", usagePlanId=plan, keyId=key, keyType="API_KEY")
    return value, key, plan


def test_a_key_opens_the_stages_of_its_plan_for_as_often_as_that_says(api, place):
    api.add("GET", "/x", apiKeyRequired=True)
    api.deploy()
    value, key, plan = key_in_a_plan(
        api, quota={"limit": 3, "period": "DAY"}, throttle={"rateLimit": 1.0, "burstLimit": 2}
    )
    assert api.ask("/dev/x")[::2] == api.ask("/dev/x", x_api_key="no")[::2] == (403, {"message": "Forbidden"})
    assert [api.ask("/dev/x", x_api_key=value)[0] for _ in range(3)] == [200, 200, 429]
    place["clock"].advance(10)
    assert [api.ask("/dev/x", x_api_key=value)[::2] for _ in range(2)] == [
        (200, "/x"),
        (429, {"message": "Limit Exceeded"}),
    ]
    day = {"usagePlanId": plan, "startDate": "2027-01-15", "endDate": "2027-01-15"}
    assert api.sandbox.call("apigateway", "get_usage", **day)["items"] == {key: [[3, 0]]}
    place["clock"].advance(86_400)
    assert api.ask("/dev/x", x_api_key=value)[0] == 200
    api.sandbox.call("apigateway", "update_api_key", apiKey=key, **patch("replace /enabled false"))
    assert api.ask("/dev/x", x_api_key=value)[0] == 403
    api.sandbox.call("apigateway", "update_api_key", apiKey=key, **patch("replace /enabled true"))
    api.sandbox.call("apigateway", "update_usage_plan", usagePlanId=plan, **patch(f"remove /apiStages {api.id}:dev"))
    assert api.ask("/dev/x", x_api_key=value)[1] == "the key is in no usage plan that has this stage"


def test_a_plan_throttles_one_method_by_itself(api):
    api.add("GET", "/a", apiKeyRequired=True)
    api.add("GET", "/b", apiKeyRequired=True)
    api.deploy()
    value, _, plan = key_in_a_plan(api)
    place = f"/apiStages/{api.id}:dev/throttle/~1a/GET"
    limits = patch(f"replace {place}/rateLimit 1", f"replace {place}/burstLimit 1")
    api.sandbox.call("apigateway", "update_usage_plan", usagePlanId=plan, **limits)
    assert [api.ask(f"/dev/{path}", x_api_key=value)[0] for path in "aabb"] == [200, 429, 200, 200]


def test_a_validator_turns_away_what_the_method_does_not_allow(api):
    schema = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer", "minimum": 1}}}
    api("create_model", name="Order", contentType="application/json", schema=json.dumps(schema))
    validator = {"name": "all", "validateRequestBody": True, "validateRequestParameters": True}
    id = api("create_request_validator", **validator)["id"]
    needs = {"method.request.querystring.q": True, "method.request.header.h": False}
    api.add("POST", "/x", requestValidatorId=id, requestParameters=needs, requestModels={"application/json": "Order"})
    api.deploy()
    assert api.ask("/dev/x", "POST", b'{"n": 1}')[2] == {"message": "Missing required request parameters: [q]"}
    for body in (b"", b"no", b'{"n": 0}', b'{"n": "1"}', b"{}"):
        assert api.ask("/dev/x?q=1", "POST", body)[::2] == (400, {"message": "Invalid request body"})
    assert api.ask("/dev/x?q=1", "POST", b'{"n": 1}')[0] == 200


def test_a_user_pools_token_opens_and_its_scopes_count(api, place):
    pool = {"name": "pool", "type": "COGNITO_USER_POOLS", "providerARNs": [POOL]}
    by = {"authorizationType": "COGNITO_USER_POOLS", "authorizerId": api("create_authorizer", **pool)["id"]}
    api.add("GET", "/x", **by)
    api.add("GET", "/y", **by, authorizationScopes=["items/read"])
    api.deploy()

    def token(**claims):
        return place["sandbox"].issuers.minted({"iss": ISSUER, **claims}, place["clock"].now())

    assert api.ask("/dev/x")[::2] == (401, {"message": "Unauthorized"})
    assert api.ask("/dev/x", authorization="nonsense")[0] == 401
    assert api.ask("/dev/x", authorization=token(iss="https://other.example.com"))[0] == 401
    assert api.ask("/dev/x", authorization=f"Bearer {token(token_use='id')}")[0] == 200
    assert api.ask("/dev/y", authorization=token(token_use="access", scope="items/write"))[0] == 401
    assert api.ask("/dev/y", authorization=token(token_use="access", scope="items/read"))[0] == 200


def test_an_issuers_token_must_have_the_audience_and_the_claims(api, place):
    claim = {"claimName": "tier", "format": "SINGLE_STRING", "required": True, "expectedValues": ["gold"]}
    issuer = {"issuer": "https://issuer.example.com", "audiences": ["shop"], "additionalClaims": [claim]}
    made = {"name": "jwt", "type": "JWT", "identitySource": "method.request.header.Authorization"}
    trusted = {"issuers": [issuer], "defaultAlgorithms": ["RS256"]}
    authorizer = api("create_authorizer", **made, jwtConfiguration=trusted)["id"]
    api.add("GET", "/x", authorizationType="JWT", authorizerId=authorizer)
    api.deploy()
    good = {"iss": issuer["issuer"], "aud": "shop", "tier": "gold"}
    for changed, status in (({}, 200), ({"aud": "other"}, 401), ({"tier": "tin"}, 401)):
        token = place["sandbox"].issuers.minted(good | changed, place["clock"].now())
        assert api.ask("/dev/x", authorization=f"Bearer {token}")[0] == status


def test_a_functions_policy_decides_and_is_remembered(api, place):
    call = place["sandbox"].call
    code = {"Code": {"ZipFile": b"PK"}, "Runtime": "python3.13", "Handler": "f.f", "Role": place["network"]["role"]}
    arn = call("lambda", "create_function", FunctionName=f"judge-{api.id}", **code)["FunctionArn"]
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations"
    made = {"name": "judge", "type": "TOKEN", "authorizerUri": uri, "authorizerResultTtlInSeconds": 60}
    authorizer = api("create_authorizer", **made)["id"]
    api.add("GET", "/x", authorizationType="CUSTOM", authorizerId=authorizer)
    api.deploy()
    assert api.ask("/dev/x")[0] == 401
    assert api.ask("/dev/x", authorization="a")[0] == 500
    source = f"arn:aws:execute-api:us-east-1:123456789012:{api.id}/authorizers/{authorizer}"
    call(
        "lambda", "add_permission", FunctionName=arn, StatementId="api", Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com", SourceArn=source,
    )  # fmt: skip

    def says(effect):
        statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": "arn:aws:execute-api:*"}
        answer = {"principalId": "p", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
        invoking.set_answers(place["sandbox"].world(), arn, [{"answer": answer}])

    says("Allow")
    assert api.ask("/dev/x", authorization="a")[0] == 200
    says("Deny")
    assert api.ask("/dev/x", authorization="a")[0] == 200
    assert api.ask("/dev/x", authorization="b")[0] == 403
    api("flush_stage_authorizers_cache", stageName="dev")
    assert api.ask("/dev/x", authorization="a")[0] == 403


def test_iam_wants_a_signature(api):
    api.add("GET", "/x", authorizationType="AWS_IAM")
    api.deploy()
    assert api.ask("/dev/x")[::2] == (403, {"message": "Missing Authentication Token"})
    assert api.ask("/dev/x", authorization=SIGNATURE)[0] == 200


def test_a_stage_behind_a_web_acl_lets_in_whom_that_does(api, place):
    api.add("GET", "/x")
    api.deploy()
    stage = {"ResourceArn": f"arn:aws:apigateway:us-east-1::/restapis/{api.id}/stages/dev"}
    api.sandbox.call("wafv2", "associate_web_acl", WebACLArn=place["network"]["acl"], **stage)
    assert api("get_stage", stageName="dev")["webAclArn"] == place["network"]["acl"]
    assert api.ask("/dev/x")[::2] == (403, {"message": "Forbidden"})
    api.sandbox.call("wafv2", "disassociate_web_acl", **stage)
    assert api.ask("/dev/x")[0] == 200
    for arn, code in (
        (stage["ResourceArn"] + "s", "WAFNonexistentItem"),
        (stage["ResourceArn"].replace("restapis", "apis"), "WAFInvalidParameter"),
    ):
        with pytest.raises(Refusal) as refused:
            api.sandbox.call("wafv2", "associate_web_acl", WebACLArn=place["network"]["acl"], ResourceArn=arn)
        assert refused.value.code == f"{code}Exception"


def test_a_resource_policy_is_judged_as_deployed(api):
    api.add("GET", "/x")
    api.deploy()
    only = {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8"]}}
    allow = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow | {"Condition": only}]})
    api("update_rest_api", patchOperations=[{"op": "replace", "path": "/policy", "value": policy}])
    assert api.ask("/dev/x")[0] == 200
    api.deploy()
    assert api.ask("/dev/x", x_forwarded_for="192.0.2.1")[0] == 403
    assert api.ask("/dev/x", x_forwarded_for="10.1.2.3")[0] == 200
