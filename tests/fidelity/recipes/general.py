"""What has no recipe of its own is asked of an account that has something of everything, by the names that the request
wants. What such an account has nothing of cannot be compared this way."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sandbox import shapes
from tests.fidelity.bad_world import ALLOW, built
from tests.fidelity.place import TRUST, Place

Item = dict[str, Any]
Names = Mapping[str, Mapping[str, Any]]
KEY = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ=="


def standing(place: Place) -> Names:
    """Something of everything; by service what names it, in the words of the requests."""
    world = built(place)
    return {
        "ec2": _network(place, world),
        "ecs": _compute(place, world),
        "iam": _identity(place),
        "logs": {"logGroupName": "/there", "resourceArn": "arn:aws:logs:us-east-1:123456789012:log-group:/there"},
        "wafv2": _firewall(place, world),
        "servicediscovery": _found(place, world),
        "secretsmanager": _secret(place),
        "apigatewayv2": _gateway(place, world),
        "apigateway": {**world["rest"], "resourceId": world["pets"], "stageName": "prod", "usagePlanId": world["plan"]},
        "elbv2": {"LoadBalancerArn": world["alb"], "ListenerArn": world["listener"], "TargetGroupArn": world["group"]},
        "lambda": {"FunctionName": world["function"]},
        "route53": {"HostedZoneId": world["zone"], "Id": world["zone"]},
        "resourcegroupstaggingapi": {"ResourceARNList": [world["alb"]], "TagKeys": ["a"], "Tags": {"a": "b"}},
        "application-autoscaling": {"ServiceNamespace": "ecs"},
    }


def _network(place: Place, world: Item) -> Item:
    def ec2(operation: str, **request: Any) -> Item:
        return place.call("ec2", operation, **request)

    interface = ec2("create_network_interface", SubnetId=world["subnets"][0])["NetworkInterface"]["NetworkInterfaceId"]
    rules = ec2("describe_security_group_rules", Filters=[{"Name": "group-id", "Values": [world["holder"]]}])
    tables = ec2("describe_route_tables", RouteTableIds=[world["table"]])["RouteTables"]
    acls = ec2("describe_network_acls")["NetworkAcls"]
    where = {"VpcId": place.vpc, "ServiceName": "com.amazonaws.us-east-1.s3"}
    endpoint = ec2("create_vpc_endpoint", **where)["VpcEndpoint"]["VpcEndpointId"]
    rule = rules["SecurityGroupRules"][0]
    return {
        "VpcId": place.vpc,
        "SubnetId": world["subnets"][3],
        "GroupId": world["holder"],
        "RouteTableId": world["other table"],
        "NetworkInterfaceId": interface,
        "NetworkAclId": acls[0]["NetworkAclId"],
        "AssociationId": tables[0]["Associations"][0]["RouteTableAssociationId"],
        "VpcEndpointIds": [endpoint],
        "CidrBlock": "10.77.0.0/16",
        "Attribute": "description",
        "SecurityGroupRules": [
            {
                "SecurityGroupRuleId": rule["SecurityGroupRuleId"],
                "SecurityGroupRule": {"IpProtocol": "tcp", "FromPort": 81, "ToPort": 81, "CidrIpv4": "10.0.0.0/8"},
            }
        ],
        "IpPermissions": [world["rule"]],
        "Domain": "vpc",
    }


def _compute(place: Place, world: Item) -> Item:
    arn = place.call("ecs", "describe_services", cluster="main", services=["web"])["services"][0]["serviceArn"]
    rolled = place.call("ecs", "list_service_deployments", cluster="main", service=arn)["serviceDeployments"]
    return {
        "cluster": "main",
        "service": arn,
        "resourceArn": arn,
        "taskDefinition": world["definition"],
        "serviceDeploymentArns": [each["serviceDeploymentArn"] for each in rolled],
    }


def _identity(place: Place) -> Item:
    def iam(operation: str, **request: Any) -> Item:
        return place.call("iam", operation, **request)

    tags = [{"Key": "a", "Value": "b"}]
    iam("create_user", UserName="recorded", Tags=tags)
    iam("create_group", GroupName="recorded")
    iam("add_user_to_group", GroupName="recorded", UserName="recorded")
    iam("create_access_key", UserName="recorded")
    iam("create_login_profile", UserName="recorded", Password="-a1B-" * 4)
    iam("create_role", RoleName="recorded", AssumeRolePolicyDocument=json.dumps(TRUST), Tags=tags)
    iam("create_instance_profile", InstanceProfileName="recorded", Tags=tags)
    policy = iam("create_policy", PolicyName="recorded", PolicyDocument=ALLOW, Tags=tags)["Policy"]["Arn"]
    iam("attach_role_policy", RoleName="recorded", PolicyArn=policy)
    iam("attach_user_policy", UserName="recorded", PolicyArn=policy)
    iam("attach_group_policy", GroupName="recorded", PolicyArn=policy)
    trusted = {"Url": "https://recorded.example.com", "ThumbprintList": ["a" * 40], "Tags": tags}
    provider = iam("create_open_id_connect_provider", **trusted)["OpenIDConnectProviderArn"]
    linked = iam("create_service_linked_role", AWSServiceName="ecs.application-autoscaling.amazonaws.com")["Role"][
        "RoleName"
    ]
    gone = iam("delete_service_linked_role", RoleName=linked)["DeletionTaskId"]
    return {
        **{f"{each}Name": "recorded" for each in ("User", "Group", "Role", "InstanceProfile")},
        "PolicyArn": policy,
        "OpenIDConnectProviderArn": provider,
        "DeletionTaskId": gone,
        "PolicyDocument": ALLOW,
        "Arn": "arn:aws:iam::123456789012:user/recorded",
        "PolicySourceArn": "arn:aws:iam::123456789012:user/recorded",
        "SSHPublicKeyBody": KEY,
    }


def _firewall(place: Place, world: Item) -> Item:
    said: Item = {"Name": "recorded", "Scope": "REGIONAL"}
    place.call("wafv2", "create_ip_set", **said, IPAddressVersion="IPV4", Addresses=["10.0.0.0/16"])
    sets = place.call("wafv2", "create_regex_pattern_set", **said, RegularExpressionList=[{"RegexString": "a"}])
    sight = world["web acl"]["VisibilityConfig"]
    place.call("wafv2", "create_rule_group", **said, Capacity=10, VisibilityConfig=sight)
    made = sets["Summary"]
    return {
        **said,
        "Id": made["Id"],
        "LockToken": made["LockToken"],
        "ResourceArn": world["alb"],
        "RegularExpressionList": [{"RegexString": "b"}],
    }


def _found(place: Place, world: Item) -> Item:
    arn = place.call("servicediscovery", "get_service", Id=world["discovered"])["Service"]["Arn"]
    place.call("servicediscovery", "tag_resource", ResourceARN=arn, Tags=[{"Key": "a", "Value": "b"}])
    return {"Id": world["discovered"], "ServiceId": world["discovered"], "ResourceARN": arn}


def _secret(place: Place) -> Item:
    made = place.call("secretsmanager", "create_secret", Name="recorded", SecretString="s")
    return {"SecretId": made["ARN"], "Name": "fresh"}


def _gateway(place: Place, world: Item) -> Item:
    def v2(operation: str, **request: Any) -> Item:
        return place.call("apigatewayv2", operation, **request)

    invoked = {"InvokeApi": {"ApiId": world["rest"]["restApiId"], "Stage": "prod"}}
    matched = [{"MatchBasePaths": {"AnyOf": ["a"]}}]
    name, held = "rules.example.com", place.reference("certificate", "of rules")
    endpoint = {"types": ["REGIONAL"]}
    more = {"regionalCertificateArn": held, "endpointConfiguration": endpoint, "routingMode": "ROUTING_RULE_ONLY"}
    place.call("apigateway", "create_domain_name", domainName=name, **more)
    place.wait(60)
    rule = {"DomainName": name, "Actions": [invoked], "Conditions": matched}
    made = v2("create_routing_rule", **rule, Priority=1)["RoutingRuleId"]
    expression = {"ProtocolType": "WEBSOCKET", "RouteSelectionExpression": "$request.body.action"}
    socket = v2("create_api", Name="socket", **expression)["ApiId"]
    route = v2("create_route", ApiId=socket, RouteKey="$default")["RouteId"]
    answer = v2("create_route_response", ApiId=socket, RouteId=route, RouteResponseKey="$default")["RouteResponseId"]
    other = v2("create_route", ApiId=socket, RouteKey="other")["RouteId"]
    return {
        **rule,
        "Priority": 2,
        "RoutingRuleId": made,
        "ApiId": socket,
        "RouteId": route,
        "RouteResponseId": answer,
        "RouteResponseKey": "$default",
        "fresh": {"RouteId": other},
    }


def request(names: Mapping[str, Any], service: str, name: str, answer: Item) -> Item:
    """The operation's request: of what stands, and of what the answer says that only a request can have said."""
    shape = shapes.operation(service, name).input_shape
    if shape is None:
        return {}
    fresh = names.get("fresh", {}) if name.startswith("Create") else {}
    told = {key: each for inner in (answer, *_inside(answer)) for key, each in inner.items() if _plain(each)}
    asked: Item = {}
    for member in shape.required_members:
        for source in (fresh, names, told):
            if member in source:
                asked[member] = _fit(shape.members[member], source[member])
                break
    return asked


def _inside(answer: Item) -> list[Item]:
    return [each for each in answer.values() if isinstance(each, dict)]


def _plain(value: Any) -> bool:
    return isinstance(value, (str, int, bool)) and value != ""


def _fit(shape: Any, value: Any) -> Any:
    return [value] if shape.type_name == "list" and not isinstance(value, list) else value


def vacuous(shape: Any, theirs: Any, ours: Any) -> bool:
    """Whether the recorded answer has things of which ours has none: then nothing was compared."""
    match shape.type_name, theirs:
        case "structure", dict():
            inner = ours if isinstance(ours, dict) else {}
            return any(
                vacuous(shape.members[name], each, inner.get(name))
                for name, each in theirs.items()
                if name in shape.members
            )
        case "list", [_, *_]:
            return not ours
    return False
