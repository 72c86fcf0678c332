"""A request walks what is really configured; each hop that is wrong answers as AWS would."""

import json

import pytest

from sandbox.calls import Http
from sandbox.dataplane import serve
from tests.sandbox import story
from tests.sandbox.test_compute import define, group, health, until

GW = "apigatewayv2"


@pytest.fixture
def built(sandbox, clock, network):
    told = story.tell(sandbox.call, network, clock.advance)
    limits = {"ThrottlingBurstLimit": 5000, "ThrottlingRateLimit": 10_000.0}
    sandbox.call(GW, "update_stage", ApiId=told["api"], StageName="$default", DefaultRouteSettings=limits)
    return told


@pytest.fixture
def ask(sandbox, built):
    """`ask("/items/7?q=1", method="GET", headers={...})`: the reply, with `.json` parsed when it is that."""

    def asked(path, method="GET", body=b"", **headers):
        path, _, query = path.partition("?")
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        reply = serve(sandbox, Http(method, f"/_aws/execute-api/{built['api']}{path}", query, named, body))
        return (
            reply.status,
            reply.headers,
            json.loads(reply.body) if reply.headers.get("content-type") == "application/json" else reply.body.decode(),
        )

    return asked


def why(answer):
    return answer[0], answer[1]["x-sandbox-why"]


def integrate(sandbox, built, **changes):
    sandbox.call(
        GW,
        "update_integration",
        ApiId=built["api"],
        IntegrationId=built["integration"],
        IntegrationType="HTTP_PROXY",
        **changes,
    )


def route(sandbox, built, key, **more):
    return sandbox.call(
        GW, "create_route", ApiId=built["api"], RouteKey=key, Target=f"integrations/{built['integration']}", **more
    )


def test_the_task_tells_what_reached_it(ask):
    status, headers, told = ask("/items/7?q=1&r=", method="GET", body=b"hello", x_mine="1")
    assert (status, told["service"], told["revision"], told["method"], told["path"]) == (
        200,
        "web",
        1,
        "GET",
        "/items/7",
    )
    assert (told["query"], told["body"], told["headers"]["x-mine"]) == ({"q": "1", "r": ""}, "hello", "1")
    assert len(told["task"]) == 32
    assert [hop.split("=")[0] for hop in headers["x-sandbox-hops"].split(" > ")] == [
        "stage", "route", "integration", "vpc_link", "listener", "rule", "target_group", "target",
    ]  # fmt: skip


# ---- stage and route


def test_a_named_stage_is_in_the_path_unless_it_is_mapped_away(ask, sandbox, built):
    sandbox.call(GW, "create_stage", ApiId=built["api"], StageName="prod", AutoDeploy=True)
    sandbox.call(
        "elbv2", "modify_rule", RuleArn=built["rule"], Conditions=[{"Field": "path-pattern", "Values": ["/*"]}]
    )
    assert ask("/prod/items/7")[2]["path"] == "/prod/items/7"
    assert ask("/$default/items/7")[2]["path"] == ask("/%24default/items/7")[2]["path"] == "/items/7"
    integrate(sandbox, built, RequestParameters={"overwrite:path": "$request.path"})
    assert ask("/prod/items/7")[2]["path"] == "/items/7"


def test_a_stage_serves_what_was_deployed_on_it(ask, sandbox, built):
    sandbox.call(GW, "update_stage", ApiId=built["api"], StageName="$default", AutoDeploy=False)
    route(sandbox, built, "GET /new")
    assert ask("/new")[0] == 404
    sandbox.call(GW, "create_deployment", ApiId=built["api"], StageName="$default")
    assert "rule=" in ask("/new")[1]["x-sandbox-hops"]


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        (("/items/7", "GET"), "GET /items/{id}"),
        (("/items/special", "GET"), "GET /items/special"),
        (("/items/7/parts", "GET"), "GET /items/{proxy+}"),
        (("/items/7", "POST"), "ANY /{proxy+}"),
        (("/other", "GET"), "ANY /{proxy+}"),
        (("/", "GET"), "$default"),
        (("/a/b/list", "GET"), "GET /a/{x}/list"),
    ],
)
def test_the_most_specific_route_wins(ask, sandbox, built, asked, key):
    path, method = asked
    for each in ("GET /items/{id}", "GET /items/special", "ANY /{proxy+}", "$default", "GET /a/{x}/list"):
        route(sandbox, built, each)
    assert f"route={key} >" in ask(path, method)[1]["x-sandbox-hops"]


def test_a_route_throttles_and_forgives(ask, sandbox, built, clock):
    limits = {"ThrottlingBurstLimit": 2, "ThrottlingRateLimit": 1.0}
    sandbox.call(
        GW, "update_stage", ApiId=built["api"], StageName="$default", RouteSettings={"GET /items/{proxy+}": limits}
    )
    assert [ask("/items/7")[0] for _ in range(3)] == [200, 200, 429]
    clock.advance(1)
    assert [ask("/items/7")[0] for _ in range(2)] == [200, 429]


def test_zero_means_nobody(ask, sandbox, built):
    sandbox.call(
        GW,
        "update_stage",
        ApiId=built["api"],
        StageName="$default",
        DefaultRouteSettings={"ThrottlingBurstLimit": 0, "ThrottlingRateLimit": 0.0},
    )
    assert ask("/items/7")[0] == 429


def test_preflights_are_answered_by_the_gateway(ask, sandbox, built):
    cors = {
        "AllowOrigins": ["https://a.example"],
        "AllowMethods": ["GET"],
        "AllowHeaders": ["x-a"],
        "MaxAge": 60,
        "AllowCredentials": True,
    }
    sandbox.call(GW, "update_api", ApiId=built["api"], CorsConfiguration=cors)
    status, headers, _ = ask("/items/7", "OPTIONS", origin="https://a.example", access_control_request_method="GET")
    assert (
        status,
        headers["access-control-allow-origin"],
        headers["access-control-allow-methods"],
        headers["access-control-max-age"],
    ) == (204, "https://a.example", "GET", "60")
    assert (
        "access-control-allow-origin"
        not in ask("/items/7", "OPTIONS", origin="https://b.example", access_control_request_method="GET")[1]
    )
    assert ask("/items/7", origin="https://a.example")[1]["access-control-allow-credentials"] == "true"


def test_a_route_with_an_authorizer_lets_nobody_in_without_a_token(ask, sandbox, built):
    sandbox.call(GW, "update_route", ApiId=built["api"], RouteId=built["route"], AuthorizationType="AWS_IAM")
    assert ask("/items/7")[0] == 403


# ---- integration


def test_request_parameters_are_applied(ask, sandbox, built):
    parameters = {
        "overwrite:header.x-penstock-target": "shop.web",
        "append:header.x-mine": "$context.stage",
        "remove:header.x-bad": "''",
        "overwrite:header.x-var": "${stageVariables.y}-${request.path.proxy}",
        "append:querystring.from": "$request.header.x-mine",
        "remove:querystring.q": "''",
    }
    integrate(sandbox, built, RequestParameters=parameters)
    told = ask("/items/7?q=1&r=2", x_mine="1", x_bad="2", x_penstock_target="forged")[2]
    assert told["headers"]["x-penstock-target"] == "shop.web"
    assert told["headers"]["x-mine"] == "1,$default"
    assert "x-bad" not in told["headers"]
    assert told["headers"]["x-var"] == "2-7"
    assert told["query"] == {"r": "2", "from": "1"}  # values are the client's, not what other entries made of them


def test_a_plain_request_to_an_https_listener_is_awss_famous_400(ask, sandbox, built):
    integrate(sandbox, built, TlsConfig={})
    status, _, body = ask("/items/7")
    assert status == 400
    assert "The plain HTTP request was sent to HTTPS port" in body


def test_a_name_the_certificate_does_not_cover_fails_at_the_listener(ask, sandbox, built):
    integrate(sandbox, built, TlsConfig={"ServerNameToVerify": "other.example.com"})
    assert why(ask("/items/7")) == (503, "no certificate of the listener covers ServerNameToVerify 'other.example.com'")


def test_tls_to_a_plain_listener_is_a_503(ask, sandbox, built):
    no = {"Type": "forward", "TargetGroupArn": built["group"]}
    plain = sandbox.call(
        "elbv2", "create_listener", LoadBalancerArn=built["balancer"], Protocol="HTTP", Port=80, DefaultActions=[no]
    )
    arn = plain["Listeners"][0]["ListenerArn"]
    integrate(sandbox, built, IntegrationUri=arn)
    assert why(ask("/items/7")) == (503, "TLS was spoken to a plain HTTP listener")
    integrate(sandbox, built, IntegrationUri=arn, TlsConfig={})
    assert ask("/items/7")[0] == 200


# ---- network


def fence(aws, network, **rule):
    """The firewall lets in only what `rule` says."""
    ec2, id = aws("ec2"), network["firewall"]
    ec2.revoke_security_group_ingress(
        GroupId=id, IpPermissions=ec2.describe_security_groups(GroupIds=[id])["SecurityGroups"][0]["IpPermissions"]
    )
    ec2.authorize_security_group_ingress(GroupId=id, IpPermissions=[{"IpProtocol": "tcp"} | rule])


@pytest.mark.parametrize(
    ("rule", "status"),
    [
        ({"FromPort": 443, "ToPort": 8080, "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}, 200),
        ({"FromPort": 443, "ToPort": 8080, "IpRanges": [{"CidrIp": "10.0.0.0/24"}]}, 503),
        ({"FromPort": 8080, "ToPort": 8080, "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}, 503),
        ({"FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}, 504),
    ],
)
def test_security_groups_decide_who_reaches_whom(ask, aws, network, rule, status):
    fence(aws, network, **rule)
    assert ask("/items/7")[0] == status


def test_egress_counts_too(ask, aws, network):
    everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    aws("ec2").revoke_security_group_egress(GroupId=network["firewall"], IpPermissions=[everything])
    status, said = why(ask("/items/7"))
    assert (status, "no egress rule" in said) == (503, True)


# ---- load balancer


def forward(sandbox, built, **weights):
    groups = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in weights.items()]
    sandbox.call(
        "elbv2",
        "modify_rule",
        RuleArn=built["rule"],
        Actions=[{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}],
    )


def test_weights_are_shares_and_zero_gets_nothing(ask, sandbox, network, built):
    other = group(sandbox, network, built, "other")
    assert {ask("/items/7")[0] for _ in range(20)} == {200}
    forward(sandbox, built, **{built["group"]: 3, other: 1})
    answers = [ask("/items/7")[0] for _ in range(40)]
    assert (answers.count(200), answers.count(503)) == (30, 10)
    forward(sandbox, built, **{built["group"]: 0, other: 0})
    assert ask("/items/7")[0] == 503


def test_healthy_targets_take_turns(ask):
    assert len({ask("/items/7")[2]["task"] for _ in range(3)}) == 3


def field(name, config="", **told):
    return {"Field": name} | ({config: told} if config else told)


def header(name, value):
    return field("http-header", "HttpHeaderConfig", HttpHeaderName=name, Values=[value])


def method(name):
    return field("http-request-method", "HttpRequestMethodConfig", Values=[name])


QUERY = field("query-string", "QueryStringConfig", Values=[{"Key": "q", "Value": "1*"}])
PATHS = field("path-pattern", Values=["/items/*"])
CONDITIONS = {  # what a rule demands: (its conditions, a request that it takes, one that it does not)
    "a header": ([header("X-A", "shop.web")], {"x_a": "shop.web"}, {"x_a": "shop"}),
    "a header's pattern": ([header("x-a", "s?op*")], {"x_a": "SHOP.web"}, {"x_a": "sop"}),
    "a method": ([method("GET")], {}, {"method": "HEAD"}),
    "a host": ([field("host-header", Values=["*.amazonaws.com"])], {}, None),
    "another host": ([field("host-header", Values=["x.example.com"])], None, {}),
    "a source": ([field("source-ip", "SourceIpConfig", Values=["10.0.0.0/8"])], {}, None),
    "another source": ([field("source-ip", "SourceIpConfig", Values=["192.168.0.0/16"])], None, {}),
    "a query": ([QUERY], {"path": "/items/7?q=12"}, {"path": "/items/7?q=21"}),
    "a dot is a dot": ([field("path-pattern", Values=["/items/7.x"])], {"path": "/items/7.x"}, {"path": "/items/7yx"}),
    "all of them": ([PATHS, method("POST")], None, {}),
}


@pytest.mark.parametrize("kind", CONDITIONS)
def test_a_rule_holds_when_all_its_conditions_do(ask, sandbox, built, kind):
    conditions, yes, no = CONDITIONS[kind]
    route(sandbox, built, "$default")
    sandbox.call("elbv2", "modify_rule", RuleArn=built["rule"], Conditions=conditions)
    for asked, status in ((yes, 200), (no, 404)):
        if asked is not None:
            assert ask(**{"path": "/items/7"} | asked)[0] == status


def test_a_redirect_fills_in_what_it_does_not_say(ask, sandbox, built):
    config = {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301", "Host": "x.example.com"}
    sandbox.call(
        "elbv2", "modify_rule", RuleArn=built["rule"], Actions=[{"Type": "redirect", "RedirectConfig": config}]
    )
    status, headers, _ = ask("/items/7?q=1")
    assert (status, headers["location"]) == (301, "https://x.example.com:443/items/7?q=1")


def test_when_all_are_unhealthy_the_balancer_tries_them_all_the_same(ask, sandbox, clock, built):
    sandbox.call(
        "ecs",
        "update_service",
        cluster="main",
        service="web",
        healthCheckGracePeriodSeconds=300,
        forceNewDeployment=True,
    )
    until(clock, lambda: health(sandbox, built["group"]) == ["healthy"] * 3)
    sandbox.call("elbv2", "modify_target_group", TargetGroupArn=built["group"], Matcher={"HttpCode": "404"})
    until(
        clock,
        lambda: "unhealthy" in health(sandbox, built["group"]) and "healthy" not in health(sandbox, built["group"]),
    )
    assert ask("/items/7")[0] == 200


def test_without_targets_there_is_a_503(ask, sandbox, clock):
    sandbox.call("ecs", "update_service", cluster="main", service="web", desiredCount=0)
    clock.advance(120)
    assert why(ask("/items/7")) == (503, "the target group has no healthy target: none registered")


def test_no_request_fails_while_a_service_rolls(ask, sandbox, clock, built):
    sandbox.call("ecs", "update_service", cluster="main", service="web", taskDefinition=define(sandbox, "2"))
    revisions = set()
    for _ in range(300):
        status, _, told = ask("/items/7")
        assert status == 200
        revisions.add(told["revision"])
        clock.advance(1)
    assert revisions == {1, 2}
    assert ask("/items/7")[2]["revision"] == 2


# ---- logs


def test_an_access_log_gets_a_line_for_each_request(ask, sandbox, aws, built):
    aws("logs").create_log_group(logGroupName="/access")
    arn = "arn:aws:logs:us-east-1:123456789012:log-group:/access"
    form = json.dumps({"status": "$context.status", "route": "$context.routeKey", "none": "$context.authorizer.x"})
    sandbox.call(
        GW,
        "update_stage",
        ApiId=built["api"],
        StageName="$default",
        AccessLogSettings={"DestinationArn": arn, "Format": form},
    )
    ask("/items/7")
    ask("/nothing")
    lines = [json.loads(each["message"]) for each in aws("logs").filter_log_events(logGroupName="/access")["events"]]
    assert [(line["status"], line["route"], line["none"]) for line in lines] == [
        ("200", "GET /items/{proxy+}", "-"),
        ("404", "-", "-"),
    ]
