"""What somebody deletes is found missing and made again; what somebody adds is removed where the parent is closed and
ours, and left alone everywhere else."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from reconcilers import BY_KIND, RECONCILERS
from reconcilers.compute.scalable_target import DIMENSION
from reconcilers.ownership import INSTALL, KEY, SERVICE
from reconcilers.resource import Live
from tests.laws.conftest import Settled
from tests.laws.lab import ANYTHING, Lab
from tests.laws.topologies import MAXIMAL, POOL, topology

IN_USE: Mapping[str, str] = {
    "SecurityGroup": "network interfaces wear it, other groups' rules name it",
    "Cluster": "services run in it",
    "TargetGroup": "a rule forwards to it",
    "Role": "it has inline policies",
    "VpcLink": "integrations and a deployed stage go through it",
    "Integration": "a route leads to it",
    "RestDeployment": "stages serve it",
    "RestAuthorizer": "a method is guarded by it",
    "Model": "a method holds its requests to it",
    "RequestValidator": "a method asks it",
    "Authorizer": "a route is guarded by it",
    "HttpApi": "a custom domain leads to it",
    "Stage": "a custom domain leads to it",
    "Certificate": "a custom domain has it",
    "DomainName": "mappings are in it",
    "Namespace": "services are in it",
    "DiscoveryService": "tasks are registered in it",
    "RestVpcLink": "integrations and a deployed stage go through it",
    "WebSocketIntegration": "a route leads to it",
    "WebSocketAuthorizer": "a route is guarded by it",
}
"""What AWS does not let anybody delete first, and why."""
NO_LIFE = "they live and die with their parent: there is no call that deletes them"
PARTS: Mapping[str, str] = {
    "LoadBalancerAttributes": NO_LIFE,
    "TargetGroupAttributes": NO_LIFE,
    "Account": "nobody takes the account's role away",
}


@pytest.mark.parametrize("kind", [each.kind.__name__ for each in RECONCILERS if each.kind.__name__ not in PARTS])
def test_what_was_deleted_by_hand_is_found_missing_and_made_again(settled: Settled, kind: str) -> None:
    lab = settled.of(topology(kind))
    live = lab.live(kind)[0 if kind == "Role" else -1]
    if kind in IN_USE:
        with pytest.raises(ClientError):
            BY_KIND[kind].delete(lab.by_hand, live)
        _free(lab, live)
    BY_KIND[kind].delete(lab.by_hand, live)
    lab.clock.sleep(600)
    drift = lab.told()
    assert live.key in drift, "nobody noticed"
    assert drift[live.key].how == "missing"
    lab.settle()
    assert not lab.told()
    assert lab.seen is not None
    assert not lab.seen.plan.changes
    assert [each.key for each in lab.live(kind)].count(live.key) == 1


def _free(lab: Lab, live: Live[Any]) -> None:
    """Take away what holds it, by hand too."""
    held = {
        "SecurityGroup": ("Service", "SecurityGroupRule"),
        "Cluster": ("ScalableTarget", "Service"),
        "TargetGroup": ("Service", "ListenerRule"),
        "Role": ("RolePolicy",),
        "VpcLink": ("ApiMapping", "Stage", "Route", "Integration"),
        "Integration": ("Route",),
        "RestDeployment": ("RestStage",),
        "RestAuthorizer": ("Method",),
        "Model": ("Method",),
        "RequestValidator": ("Method",),
        "Authorizer": ("Route",),
        "HttpApi": ("ApiMapping",),
        "Stage": ("ApiMapping",),
        "Certificate": ("ApiMapping", "DomainName"),
        "DomainName": ("ApiMapping",),
        "Namespace": ("Service", "DiscoveryService"),
        "DiscoveryService": ("Service",),
        "RestVpcLink": ("WebSocketStage", "WebSocketRoute", "WebSocketIntegration"),
        "WebSocketIntegration": ("WebSocketRoute",),
        "WebSocketAuthorizer": ("WebSocketRoute",),
    }[live.key.kind]
    for kind in held:
        for each in lab.live(kind):
            BY_KIND[kind].delete(lab.by_hand, each)
        lab.clock.sleep(600)
    if live.key.kind == "RestDeployment":  # as long as an older one is there, it is that which is seen
        gateway, api = lab.boto("apigateway"), live.resource.rest_api_id
        for each in gateway.get_deployments(restApiId=api)["items"]:
            if each["id"] != live.id:
                gateway.delete_deployment(restApiId=api, deploymentId=each["id"])


# ---- extra things

Hand = Callable[[Lab], str]
"""Adds something by hand; gives back the address it is told by, or in an open parent its name."""


def one(lab: Lab, kind: str, part: str = "") -> Live[Any]:
    return next(live for live in lab.live(kind) if live.key.part == part)


def _rule(lab: Lab) -> str:
    permission = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    group = one(lab, "SecurityGroup", "catalog").id
    lab.boto("ec2").authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
    return "SecurityGroupRule/catalog/ingress/tcp/22/0.0.0.0/0"


def _ping(lab: Lab) -> str:
    permission = {"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1, "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}
    group = one(lab, "SecurityGroup", "loadBalancer").id
    lab.boto("ec2").authorize_security_group_egress(GroupId=group, IpPermissions=[permission])
    return "SecurityGroupRule/loadBalancer/egress/icmp/all/::/0"


def _integration(lab: Lab) -> str:
    told = {"IntegrationType": "HTTP_PROXY", "IntegrationUri": "https://example.com", "IntegrationMethod": "GET"}
    made = lab.boto("apigatewayv2").create_integration(ApiId=one(lab, "HttpApi").id, PayloadFormatVersion="1.0", **told)
    return f"Integration/{made['IntegrationId']}"


def _route(lab: Lab) -> str:
    lab.boto("apigatewayv2").create_route(ApiId=one(lab, "HttpApi").id, RouteKey="GET /by-hand")
    return "Route/GET /by-hand"


def _authorizer(lab: Lab) -> str:
    lab.boto("apigatewayv2").create_authorizer(
        ApiId=one(lab, "HttpApi").id, Name="by-hand", AuthorizerType="JWT",
        IdentitySource=["$request.header.Authorization"],
        JwtConfiguration={"Audience": ["us"], "Issuer": "https://issuer.example"},
    )  # fmt: skip
    return "Authorizer/by-hand?"


def _role_policy(lab: Lab) -> str:
    lab.boto("iam").put_role_policy(
        RoleName=one(lab, "Role", "cart:task").id, PolicyName="by-hand", PolicyDocument=json.dumps(ANYTHING)
    )
    return "RolePolicy/cart:task/by-hand"


def _scaling_policy(lab: Lab) -> str:
    metric = {"MetricName": "Depth", "Namespace": "Ours", "Statistic": "Average"}
    tracking = {"TargetValue": 5.0, "CustomizedMetricSpecification": metric}
    lab.boto("application-autoscaling").put_scaling_policy(
        PolicyName="by-hand", PolicyType="TargetTrackingScaling", ResourceId=one(lab, "ScalableTarget", "catalog").id,
        TargetTrackingScalingPolicyConfiguration=tracking, **DIMENSION,
    )  # fmt: skip
    return "ScalingPolicy/catalog:by-hand"


def _resource(lab: Lab) -> str:
    api = one(lab, "RestApi")
    made = lab.boto("apigateway").create_resource(
        restApiId=api.id, parentId=one(lab, "RestResource", "/products").id, pathPart="by-hand"
    )
    return str(made["path"]).replace("/", "RestResource//", 1)


def _rest_method(lab: Lab) -> str:
    place = {"restApiId": one(lab, "RestApi").id, "resourceId": one(lab, "RestResource", "/products").id}
    lab.boto("apigateway").put_method(**place, httpMethod="PUT", authorizationType="NONE")
    return "Method/PUT /products"


def _rest_authorizer(lab: Lab) -> str:
    lab.boto("apigateway").create_authorizer(
        restApiId=one(lab, "RestApi").id, name="theirs", type="COGNITO_USER_POOLS", providerARNs=[POOL]
    )
    return "RestAuthorizer/theirs?"


def _gateway_response(lab: Lab) -> str:
    lab.boto("apigateway").put_gateway_response(
        restApiId=one(lab, "RestApi").id, responseType="THROTTLED", statusCode="503"
    )
    return "GatewayResponse/THROTTLED"


def _model(lab: Lab) -> str:
    lab.boto("apigateway").create_model(
        restApiId=one(lab, "RestApi").id, name="theirs", contentType="application/json", schema="{}"
    )
    return "Model/theirs"


def _validator(lab: Lab) -> str:
    lab.boto("apigateway").create_request_validator(restApiId=one(lab, "RestApi").id, name="theirs")
    return "RequestValidator/theirs"


def _socket_integration(lab: Lab) -> str:
    made = lab.boto("apigatewayv2").create_integration(ApiId=one(lab, "WebSocketApi").id, IntegrationType="MOCK")
    return f"WebSocketIntegration/{made['IntegrationId']}"


def _socket_route(lab: Lab) -> str:
    lab.boto("apigatewayv2").create_route(ApiId=one(lab, "WebSocketApi").id, RouteKey="by-hand")
    return "WebSocketRoute/by-hand"


def _socket_authorizer(lab: Lab) -> str:
    uri = one(lab, "WebSocketAuthorizer", "hook").resource.authorizer_uri
    lab.boto("apigatewayv2").create_authorizer(
        ApiId=one(lab, "WebSocketApi").id, Name="by-hand", AuthorizerType="REQUEST", AuthorizerUri=uri,
        IdentitySource=["route.request.header.one"],
    )  # fmt: skip
    return "WebSocketAuthorizer/by-hand?"


EXTRAS: tuple[tuple[str, Hand], ...] = (
    ("SecurityGroupRule", _rule),
    ("SecurityGroupRule", _ping),
    ("Integration", _integration),
    ("Route", _route),
    ("WebSocketIntegration", _socket_integration),
    ("WebSocketRoute", _socket_route),
    ("WebSocketAuthorizer", _socket_authorizer),
    ("RestResource", _resource),
    ("RestAuthorizer", _rest_authorizer),
    ("GatewayResponse", _gateway_response),
    ("Model", _model),
    ("RequestValidator", _validator),
    ("Method", _rest_method),
    ("Authorizer", _authorizer),
    ("RolePolicy", _role_policy),
    ("ScalingPolicy", _scaling_policy),
)


@pytest.mark.parametrize(("kind", "add"), EXTRAS)
def test_an_extra_child_of_a_closed_parent_is_drift_and_goes(settled: Settled, kind: str, add: Hand) -> None:
    lab = settled.of(topology(kind))
    address = add(lab)
    (drift,) = lab.told().values()
    assert (drift.key.kind, drift.key.address, drift.how) == (kind, address, "extra")
    assert len(lab.repair()) == 1
    assert not lab.told()


def test_every_closed_kind_is_tried() -> None:
    assert {each.kind.__name__ for each in RECONCILERS if each.closed} == {kind for kind, _ in EXTRAS} | {
        "RestIntegration"  # it goes with its method
    }


def test_an_extra_setting_of_a_route_in_a_stage_goes(settled: Settled) -> None:
    lab = settled.of(MAXIMAL)
    api = one(lab, "HttpApi").id
    more = {"ApiId": api, "StageName": "$default"}
    lab.boto("apigatewayv2").update_stage(
        **more, RouteSettings={"$default": {"ThrottlingBurstLimit": 1, "ThrottlingRateLimit": 1.0}}
    )
    assert [key.kind for key in lab.told()] == ["Stage"]
    lab.repair()
    assert not lab.told()


def test_extra_things_in_open_parents_stay_and_are_not_drift(settled: Settled) -> None:
    lab = settled.of(MAXIMAL)
    elbv2, api = lab.boto("elbv2"), one(lab, "HttpApi").id
    answer = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}]
    rule = elbv2.create_rule(
        ListenerArn=one(lab, "Listener", "https").id, Priority=1, Actions=answer,
        Conditions=[{"Field": "path-pattern", "Values": ["/by-hand"]}],
    )["Rules"][0]["RuleArn"]  # fmt: skip
    listener = elbv2.create_listener(
        LoadBalancerArn=one(lab, "LoadBalancer").id, Protocol="HTTP", Port=9999, DefaultActions=answer
    )["Listeners"][0]["ListenerArn"]
    lab.boto("apigatewayv2").create_stage(ApiId=api, StageName="theirs")
    assert not lab.told()
    assert lab.seen is not None
    assert not lab.seen.plan.changes
    assert ("shop", "Stage/theirs was made by somebody else; it is left alone") in lab.seen.fleet.strangers
    for arn, gone in ((rule, elbv2.delete_rule), (listener, elbv2.delete_listener)):
        gone(**{"RuleArn" if gone == elbv2.delete_rule else "ListenerArn": arn})
    lab.boto("apigatewayv2").delete_stage(ApiId=api, StageName="theirs")


def test_decoys_are_never_touched(settled: Settled) -> None:
    """Look-alikes: our names without our tags, our tags with another installation, half our tags without our name."""
    lab = settled.of(MAXIMAL)
    foreign = {INSTALL: "other", SERVICE: "shop", KEY: "TargetGroup/catalog"}
    listed = [{"Key": key, "Value": value} for key, value in foreign.items()]
    elbv2, ec2 = lab.boto("elbv2"), lab.boto("ec2")
    group = elbv2.create_target_group(
        Name="shop-catalog-abcdef", Protocol="HTTP", Port=80, VpcId=lab.vpc, TargetType="ip", Tags=listed
    )["TargetGroups"][0]["TargetGroupArn"]
    bare = elbv2.create_target_group(Name="shop-catalog-fedcba", Protocol="HTTP", Port=80, VpcId=lab.vpc)
    half = ec2.create_security_group(
        GroupName="half", Description="half", VpcId=lab.vpc,
        TagSpecifications=[{"ResourceType": "security-group", "Tags": [{"Key": SERVICE, "Value": "shop"}]}],
    )["GroupId"]  # fmt: skip
    api = lab.boto("apigatewayv2").create_api(Name="shop-123456", ProtocolType="HTTP", Tags=foreign)["ApiId"]
    lab.boto("logs").create_log_group(logGroupName="/penstock/default/shop.ghost")
    lab.clock.sleep(60)
    lab.asked = []
    lab.write(lab.spec.replace("The shop", "The shop, edited"))
    lab.settle()
    lab.write(lab.spec)
    lab.settle()
    assert not lab.told()
    names = (group, bare["TargetGroups"][0]["TargetGroupArn"], half, api, "shop.ghost")
    writes = [each for each in lab.asked if not each[0].partition(":")[2].startswith(("Describe", "Get", "List"))]
    assert writes
    assert not [call for call, params in writes if any(name in repr(params) for name in names)]
