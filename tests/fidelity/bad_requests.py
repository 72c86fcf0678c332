# ruff: noqa: E501  # a table: one request a line reads better than ten
"""The bad requests with which emulators were measured (`aws/moto-gaps.md`): each has the operation and the words it has
there. Of its 183 those 149 are named that one of the emulators accepted or answered with another code; here are all of
these, and AWS's code for each (API reference of the operation; ledger section of its service).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import starmap
from typing import Any

from sandbox import snapshot
from tests.fidelity.bad_unnamed import UNNAMED
from tests.fidelity.bad_world import NO, built, deleted_secret, protected_pool, targeted_rule
from tests.fidelity.place import Place, Refused
from tests.fidelity.rules import RULES
from tests.fidelity.verdicts import Verdict

Item = dict[str, Any]
Make = Callable[[Item], Item]


@dataclass(frozen=True)
class Bad:
    service: str
    operation: str
    words: str
    request: Make
    codes: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.service} {self.operation}: {self.words}"


def bad(service: str, operation: str, words: str, codes: str, request: Make) -> Bad:
    return Bad(service, operation, words, request, tuple(codes.split()))


def verdicts(place: Place, wanted: Callable[[str], bool]) -> Iterator[Verdict]:
    """Each request, sent to an account of its own."""
    chosen = [each for each in (*BAD, *starmap(bad, UNNAMED)) if wanted(f"bad {each.service}")]
    if not chosen:
        return
    place.reset()
    world = built(place)
    kept = snapshot.taken(place.sandbox)
    for each in chosen:
        place.reset()
        snapshot.restore(place.sandbox, kept)
        told = tuple(_sent(place, each, world))
        claimed = () if each.codes else tuple(rule for rule in RULES if rule.name == "documented otherwise")
        yield Verdict("refusals", f"bad {each.service}", each.name, told or (("accepted",) if claimed else ()), claimed)


def _sent(place: Place, each: Bad, world: Item) -> Iterator[str]:
    try:
        place.call(each.service, each.operation, **each.request(world))
    except Refused as no:
        if no.code.removesuffix("Exception") not in {code.removesuffix("Exception") for code in each.codes}:
            yield f"refused with another code than {' or '.join(each.codes)}: {no}"
    else:
        if each.codes:
            yield "accepted"


PATH = [{"Field": "path-pattern", "Values": ["/b"]}]
LONG = "x" * 300
FIXED = [NO]
UNKNOWN_GROUP = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/none/0123456789abcdef"
UNKNOWN_BALANCER = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/none/0123456789abcdef"
UNKNOWN_CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-4000-8000-000000000000"
SCALED = {"ServiceNamespace": "ecs", "ResourceId": "service/main/web", "ScalableDimension": "ecs:service:DesiredCount"}
ALARM = {
    "AlarmName": "a",
    "MetricName": "m",
    "Namespace": "n",
    "Statistic": "Average",
    "Threshold": 1.0,
    "ComparisonOperator": "GreaterThanThreshold",
}


def allow(group: str, **rule: Any) -> Item:
    return {"GroupId": group, "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80} | rule]}


def balancer(w: Item, **said: Any) -> Item:
    return {"Name": "fresh", "Subnets": w["subnets"][:2], "Scheme": "internal"} | said


def group(w: Item, **said: Any) -> Item:
    return {"Name": "fresh", "Protocol": "HTTP", "Port": 80, "VpcId": w["vpc"], "TargetType": "ip"} | said


def listener(w: Item, on: str = "alb", **said: Any) -> Item:
    return {"LoadBalancerArn": w[on], "Protocol": "HTTP", "Port": 81, "DefaultActions": FIXED} | said


def task(w: Item, **said: Any) -> Item:
    return {"family": "bad", "containerDefinitions": [w["container"]], **w["fargate"]} | said


def served(w: Item, **said: Any) -> Item:
    return {**w["service"], "serviceName": "fresh"} | said


def tied(arn: str, name: str = "web") -> list[Item]:
    return [{"targetGroupArn": arn, "containerName": name, "containerPort": 80}]


def without(item: Item, *names: str) -> Item:
    return {name: each for name, each in item.items() if name not in names}


def records(w: Item, action: str, **said: Any) -> Item:
    return {
        "HostedZoneId": w["zone"],
        "ChangeBatch": {"Changes": [{"Action": action, "ResourceRecordSet": {**w["record"], **said}}]},
    }


def patch(path: str, value: str = "x") -> Item:
    return {"patchOperations": [{"op": "replace", "path": path, "value": value}]}


def trusting(document: Any) -> Item:
    return {
        "RoleName": "fresh",
        "AssumeRolePolicyDocument": document if isinstance(document, str) else json.dumps(document),
    }


TRUSTED = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
IP, V2, V1, ELB = "ec2", "apigatewayv2", "apigateway", "elbv2"

BAD: tuple[Bad, ...] = (
    bad(IP, "create_vpc", "bad CIDR", "InvalidParameterValue InvalidVpc.Range", lambda w: {"CidrBlock": "10.0.0.0/33"}),
    bad(IP, "create_subnet", "overlap", "InvalidSubnet.Conflict", lambda w: {"VpcId": w["vpc"], "CidrBlock": "10.0.0.0/24"}),
    bad(IP, "create_subnet", "outside vpc", "InvalidSubnet.Range", lambda w: {"VpcId": w["vpc"], "CidrBlock": "192.168.0.0/24"}),
    bad(IP, "create_subnet", "bad az", "InvalidParameterValue", lambda w: {"VpcId": w["vpc"], "CidrBlock": "10.0.200.0/24", "AvailabilityZone": "us-east-1z"}),
    bad(IP, "create_route", "dup", "RouteAlreadyExists", lambda w: {"RouteTableId": w["table"], "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": w["igw"]}),
    bad(IP, "create_route", "missing gw", "InvalidInternetGatewayID.NotFound InvalidGatewayID.NotFound", lambda w: {"RouteTableId": w["other table"], "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-00000000"}),
    bad(IP, "associate_route_table", "subnet already associated", "Resource.AlreadyAssociated", lambda w: {"RouteTableId": w["other table"], "SubnetId": w["subnets"][0]}),
    bad(IP, "release_address", "in use by NAT", "InvalidIPAddress.InUse", lambda w: {"AllocationId": w["address"]}),
    bad(IP, "delete_internet_gateway", "still attached", "DependencyViolation", lambda w: {"InternetGatewayId": w["igw"]}),
    bad(IP, "delete_route_table", "still associated", "DependencyViolation", lambda w: {"RouteTableId": w["table"]}),
    bad(IP, "create_security_group", "sg- prefix", "InvalidParameterValue", lambda w: {"GroupName": "sg-mine", "Description": "d", "VpcId": w["vpc"]}),
    bad(IP, "create_security_group", "name 300 chars", "InvalidParameterValue", lambda w: {"GroupName": LONG, "Description": "d", "VpcId": w["vpc"]}),
    bad(IP, "authorize_security_group_ingress", "host bits set", "", lambda w: allow(w["holder"], IpRanges=[{"CidrIp": "10.1.2.3/16"}])),
    bad(IP, "authorize_security_group_ingress", "from>to", "InvalidParameterValue", lambda w: allow(w["holder"], FromPort=90, IpRanges=[{"CidrIp": "10.1.0.0/16"}])),
    bad(IP, "authorize_security_group_ingress", "dup rule", "InvalidPermission.Duplicate", lambda w: {"GroupId": w["holder"], "IpPermissions": [w["rule"]]}),
    bad(IP, "authorize_security_group_ingress", "bad cidr", "InvalidParameterValue", lambda w: allow(w["holder"], IpRanges=[{"CidrIp": "10.1.0.0/99"}])),
    bad(IP, "authorize_security_group_ingress", "unknown src sg", "InvalidGroup.NotFound", lambda w: allow(w["holder"], UserIdGroupPairs=[{"GroupId": "sg-00000000"}])),
    bad(IP, "revoke_security_group_ingress", "missing rule", "InvalidPermission.NotFound", lambda w: allow(w["holder"], FromPort=7, ToPort=7, IpRanges=[{"CidrIp": "10.9.0.0/16"}])),
    bad(IP, "delete_security_group", "referenced by another SG", "DependencyViolation", lambda w: {"GroupId": w["source"]}),
    bad(IP, "delete_security_group", "SG in use by an ALB", "DependencyViolation", lambda w: {"GroupId": w["firewall"]}),
    bad(IP, "create_vpc_endpoint", "unknown service", "InvalidServiceName", lambda w: {"VpcId": w["vpc"], "ServiceName": "com.amazonaws.us-east-1.nothing"}),
    bad(IP, "delete_subnet", "contains ALB ENIs", "DependencyViolation", lambda w: {"SubnetId": w["subnets"][0]}),
    bad("acm", "delete_certificate", "cert in use by listener", "ResourceInUseException", lambda w: {"CertificateArn": w["certificate"]}),
    bad(ELB, "create_load_balancer", "same name, different settings", "DuplicateLoadBalancerName", lambda w: balancer(w, Name="web", Scheme="internet-facing")),
    bad(ELB, "create_load_balancer", "name 33 chars", "ValidationError", lambda w: balancer(w, Name="x" * 33)),
    bad(ELB, "create_load_balancer", "name bad chars", "ValidationError", lambda w: balancer(w, Name="a_b")),
    bad(ELB, "create_load_balancer", "name internal-", "ValidationError", lambda w: balancer(w, Name="internal-a")),
    bad(ELB, "create_load_balancer", "one AZ only (ALB needs 2)", "ValidationError InvalidSubnet", lambda w: balancer(w, Subnets=w["subnets"][:1])),
    bad(ELB, "create_load_balancer", "2 subnets same AZ", "InvalidConfigurationRequest", lambda w: balancer(w, Subnets=[w["subnets"][0], w["same zone"]])),
    bad(ELB, "create_load_balancer", "unknown SG", "InvalidSecurityGroup", lambda w: balancer(w, SecurityGroups=["sg-00000000"])),
    bad(ELB, "create_load_balancer", "unknown subnet", "SubnetNotFound InvalidSubnet", lambda w: balancer(w, Subnets=[w["subnets"][0], "subnet-00000000"])),
    bad(ELB, "modify_load_balancer_attributes", "bad value", "ValidationError InvalidConfigurationRequest", lambda w: {"LoadBalancerArn": w["alb"], "Attributes": [{"Key": "idle_timeout.timeout_seconds", "Value": "soon"}]}),
    bad(ELB, "modify_load_balancer_attributes", "unknown key", "ValidationError InvalidConfigurationRequest", lambda w: {"LoadBalancerArn": w["alb"], "Attributes": [{"Key": "colour", "Value": "red"}]}),
    bad(ELB, "delete_load_balancer", "deletion protection", "OperationNotPermitted", lambda w: {"LoadBalancerArn": w["kept"]}),
    bad(ELB, "delete_load_balancer", "NLB in use by a v1 VPC link", "ResourceInUse", lambda w: {"LoadBalancerArn": w["nlb"]}),
    bad(ELB, "create_target_group", "bad matcher", "ValidationError", lambda w: group(w, Matcher={"HttpCode": "99"})),
    bad(ELB, "create_target_group", "name 33 chars", "ValidationError", lambda w: group(w, Name="x" * 33)),
    bad(ELB, "create_target_group", "unknown vpc", "ValidationError", lambda w: group(w, VpcId="vpc-00000000")),
    bad(ELB, "create_target_group", "no VPC for ip", "ValidationError", lambda w: without(group(w), "VpcId")),
    bad(ELB, "create_target_group", "timeout > interval", "ValidationError InvalidConfigurationRequest", lambda w: group(w, HealthCheckIntervalSeconds=10, HealthCheckTimeoutSeconds=20)),
    bad(ELB, "modify_target_group_attributes", "unknown key", "ValidationError InvalidConfigurationRequest", lambda w: {"TargetGroupArn": w["group"], "Attributes": [{"Key": "colour", "Value": "red"}]}),
    bad(ELB, "create_listener", "dup port", "DuplicateListener", lambda w: listener(w, Port=443)),
    bad(ELB, "create_listener", "HTTPS without cert", "ValidationError CertificateNotFound", lambda w: listener(w, Protocol="HTTPS")),
    bad(ELB, "create_listener", "TCP TG on ALB HTTP listener", "IncompatibleProtocols InvalidConfigurationRequest", lambda w: listener(w, DefaultActions=[{"Type": "forward", "TargetGroupArn": w["tcp"]}])),
    bad(ELB, "create_listener", "HTTPS unknown cert", "CertificateNotFound", lambda w: listener(w, Protocol="HTTPS", Certificates=[{"CertificateArn": UNKNOWN_CERTIFICATE}])),
    bad(ELB, "create_listener", "unknown TG", "TargetGroupNotFound", lambda w: listener(w, DefaultActions=[{"Type": "forward", "TargetGroupArn": UNKNOWN_GROUP}])),
    bad(ELB, "create_listener", "TCP listener on ALB", "ValidationError", lambda w: listener(w, Protocol="TCP")),
    bad(ELB, "create_listener", "HTTP listener on NLB", "ValidationError", lambda w: listener(w, "nlb", DefaultActions=[{"Type": "forward", "TargetGroupArn": w["tcp"]}])),
    bad(ELB, "create_rule", "dup priority", "PriorityInUse", lambda w: {"ListenerArn": w["listener"], "Priority": 10, "Conditions": PATH, "Actions": FIXED}),
    bad(ELB, "create_rule", "two path-patterns > 5 values", "ValidationError TooManyUniqueTargetGroupsPerLoadBalancer", lambda w: {"ListenerArn": w["listener"], "Priority": 11, "Conditions": [{"Field": "path-pattern", "Values": list("abcdef")}] * 2, "Actions": FIXED}),
    bad(ELB, "delete_target_group", "in use by listener", "ResourceInUse", lambda w: {"TargetGroupArn": w["group"]}),
    bad(ELB, "register_targets", "ip outside vpc w/o AZ all", "InvalidTarget ValidationError", lambda w: {"TargetGroupArn": w["group"], "Targets": [{"Id": "192.168.1.1", "Port": 80}]}),
    bad(ELB, "register_targets", "alb target without listener on the port", "InvalidTarget", lambda w: {"TargetGroupArn": w["albs"], "Targets": [{"Id": w["alb"], "Port": 8888}]}),
    bad("ecs", "create_cluster", "name bad chars", "InvalidParameterException", lambda w: {"clusterName": "a b!"}),
    bad("ecs", "register_task_definition", "fargate bad cpu/mem", "ClientException", lambda w: task(w, memory="4096")),
    bad("ecs", "register_task_definition", "fargate networkMode bridge", "ClientException", lambda w: task(w, networkMode="bridge")),
    bad("ecs", "register_task_definition", "secrets without executionRole", "ClientException", lambda w: task(w, containerDefinitions=[{**w["container"], "secrets": [{"name": "A", "valueFrom": "arn:aws:ssm:us-east-1:123456789012:parameter/a"}]}])),
    bad("ecs", "register_task_definition", "dup container name", "ClientException", lambda w: task(w, containerDefinitions=[w["container"]] * 2)),
    bad("ecs", "register_task_definition", "no essential container", "ClientException", lambda w: task(w, containerDefinitions=[{**w["container"], "essential": False}])),
    bad("ecs", "register_task_definition", "dependsOn unknown container", "ClientException", lambda w: task(w, containerDefinitions=[{**w["container"], "dependsOn": [{"containerName": "b", "condition": "START"}]}])),
    bad("ecs", "register_task_definition", "fargate without cpu", "ClientException", lambda w: without(task(w), "cpu")),
    bad("ecs", "create_service", "TG not attached to a LB", "InvalidParameterException", lambda w: served(w, loadBalancers=tied(w["free"]))),
    bad("ecs", "create_service", "container name not in task def", "InvalidParameterException", lambda w: served(w, loadBalancers=tied(w["group"], "other"))),
    bad("ecs", "create_service", "awsvpc w/o networkConfiguration", "InvalidParameterException", lambda w: without(served(w), "networkConfiguration")),
    bad("ecs", "create_service", "unknown target group", "InvalidParameterException", lambda w: served(w, loadBalancers=tied(UNKNOWN_GROUP))),
    bad("ecs", "create_service", "launchType + capacityProviderStrategy", "InvalidParameterException", lambda w: served(w, capacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 1}])),
    bad("ecs", "create_service", "dup name, other token", "InvalidParameterException", lambda w: served(w, serviceName="web", clientToken="other", desiredCount=2)),
    bad("ecs", "create_service", "unknown cluster", "ClusterNotFoundException", lambda w: served(w, cluster="none")),
    bad("ecs", "create_service", "unknown taskdef", "ClientException InvalidParameterException", lambda w: served(w, taskDefinition="none:1")),
    bad("ecs", "create_service", "unknown subnet", "InvalidParameterException", lambda w: served(w, networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-00000000"]}})),
    bad("ecs", "delete_cluster", "has services", "ClusterContainsServicesException", lambda w: {"cluster": "main"}),
    bad("application-autoscaling", "register_scalable_target", "min>max", "ValidationException", lambda w: {**SCALED, "MinCapacity": 5, "MaxCapacity": 1}),
    bad("application-autoscaling", "put_scaling_policy", "ALBRequestCountPerTarget without ResourceLabel", "ValidationException ObjectNotFoundException", lambda w: {**SCALED, "PolicyName": "p", "PolicyType": "TargetTrackingScaling", "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 1.0, "PredefinedMetricSpecification": {"PredefinedMetricType": "ALBRequestCountPerTarget"}}}),
    bad("application-autoscaling", "put_scaling_policy", "no scalable target", "ObjectNotFoundException", lambda w: {**SCALED, "PolicyName": "p", "PolicyType": "TargetTrackingScaling", "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 1.0, "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}}}),
    bad("application-autoscaling", "deregister_scalable_target", "gone", "ObjectNotFoundException", lambda w: SCALED),
    bad("cloudwatch", "put_metric_alarm", "DatapointsToAlarm > EvaluationPeriods", "ValidationError", lambda w: {**ALARM, "Period": 60, "EvaluationPeriods": 1, "DatapointsToAlarm": 2}),
    bad("cloudwatch", "put_metric_alarm", "period 7", "ValidationError", lambda w: {**ALARM, "Period": 7, "EvaluationPeriods": 1}),
    bad("cloudwatch", "put_dashboard", "bad json", "InvalidParameterInput DashboardInvalidInputError", lambda w: {"DashboardName": "d", "DashboardBody": "{"}),
    bad(V2, "create_vpc_link", "unknown subnet", "BadRequestException", lambda w: {"Name": "l", "SubnetIds": ["subnet-00000000"]}),
    bad(V2, "create_api", "name 200 chars", "BadRequestException", lambda w: {"Name": "x" * 200, "ProtocolType": "HTTP"}),
    bad(V2, "create_api", "bad protocol", "BadRequestException", lambda w: {"Name": "x", "ProtocolType": "FTP"}),
    bad(V2, "create_integration", "no PayloadFormatVersion for HTTP", "BadRequestException", lambda w: {**w["api"], **without(w["private"], "PayloadFormatVersion"), "ConnectionId": w["link"], "IntegrationUri": w["listener"]}),
    bad(V2, "create_integration", "unknown vpc link", "BadRequestException", lambda w: {**w["api"], **w["private"], "ConnectionId": "none", "IntegrationUri": w["listener"]}),
    bad(V2, "create_integration", "uri is not a listener arn", "BadRequestException", lambda w: {**w["api"], **w["private"], "ConnectionId": w["link"], "IntegrationUri": w["alb"]}),
    bad(V2, "create_integration", "timeout 40000", "BadRequestException", lambda w: {**w["api"], **w["private"], "ConnectionId": w["link"], "IntegrationUri": w["listener"], "TimeoutInMillis": 40000}),
    bad(V2, "create_integration", "HTTP for HTTP api", "BadRequestException", lambda w: {**w["api"], "IntegrationType": "HTTP", "IntegrationMethod": "GET", "IntegrationUri": "https://example.com"}),
    bad(V2, "create_authorizer", "JWT without issuer", "BadRequestException", lambda w: {**w["api"], **w["jwt"], "Name": "fresh"}),
    bad(V2, "create_authorizer", "dup name", "BadRequestException ConflictException", lambda w: {**w["api"], **w["jwt"], "Name": "jwt", "JwtConfiguration": {"Issuer": "https://issuer.example.com", "Audience": ["a"]}}),
    bad(V2, "create_route", "dup route key", "ConflictException", lambda w: {**w["api"], "RouteKey": "GET /a"}),
    bad(V2, "create_route", "bad route key", "BadRequestException", lambda w: {**w["api"], "RouteKey": "FETCH a"}),
    bad(V2, "create_route", "unknown integration", "BadRequestException NotFoundException", lambda w: {**w["api"], "RouteKey": "GET /b", "Target": "integrations/none"}),
    bad(V2, "create_route", "unknown authorizer", "BadRequestException NotFoundException", lambda w: {**w["api"], "RouteKey": "GET /b", "AuthorizationType": "JWT", "AuthorizerId": "none"}),
    bad(V2, "delete_integration", "used by a route", "ConflictException BadRequestException", lambda w: {**w["api"], "IntegrationId": w["integration"]}),
    bad(V2, "create_stage", "dup", "ConflictException", lambda w: {**w["api"], "StageName": "prod"}),
    bad(V2, "create_stage", "bad name", "BadRequestException", lambda w: {**w["api"], "StageName": "a b"}),
    bad(V2, "create_stage", "unknown deployment", "BadRequestException NotFoundException", lambda w: {**w["api"], "StageName": "s", "DeploymentId": "none"}),
    bad(V2, "create_stage", "route settings for unknown route", "NotFoundException BadRequestException", lambda w: {**w["api"], "StageName": "s", "RouteSettings": {"GET /none": {}}}),
    bad(V2, "create_domain_name", "unknown cert", "BadRequestException", lambda w: {"DomainName": "b.example.com", "DomainNameConfigurations": [{"CertificateArn": UNKNOWN_CERTIFICATE}]}),
    bad(V2, "create_api_mapping", "unknown stage", "BadRequestException NotFoundException", lambda w: {**w["api"], "DomainName": w["domain"], "Stage": "none"}),
    bad(V2, "create_api_mapping", "dup key", "ConflictException", lambda w: {**w["api"], "DomainName": w["domain"], "Stage": "prod", "ApiMappingKey": "taken"}),
    bad(V2, "delete_vpc_link", "in use by an integration", "BadRequestException ConflictException", lambda w: {"VpcLinkId": w["link"]}),
    bad(V2, "delete_route", "unknown", "NotFoundException", lambda w: {**w["api"], "RouteId": "none"}),
    bad("logs", "create_log_group", "bad chars", "InvalidParameterException", lambda w: {"logGroupName": "a b!"}),
    bad("logs", "put_retention_policy", "31 days", "InvalidParameterException", lambda w: {"logGroupName": "/there", "retentionInDays": 31}),
    bad(V1, "create_vpc_link", "ALB target", "BadRequestException", lambda w: {"name": "l", "targetArns": [w["alb"]]}),
    bad(V1, "create_vpc_link", "garbage arn", "BadRequestException", lambda w: {"name": "l", "targetArns": ["garbage"]}),
    bad(V1, "create_vpc_link", "two NLBs", "BadRequestException", lambda w: {"name": "l", "targetArns": [w["nlb"], w["nlb2"]]}),
    bad(V1, "update_rest_api", "bad patch path", "BadRequestException", lambda w: {**w["rest"], **patch("/nothing")}),
    bad(V1, "create_resource", "dup sibling", "ConflictException", lambda w: {**w["rest"], "parentId": w["root"], "pathPart": "pets"}),
    bad(V1, "create_resource", "bad chars", "BadRequestException", lambda w: {**w["rest"], "parentId": w["root"], "pathPart": "a b{"}),
    bad(V1, "put_method", "dup", "ConflictException", lambda w: {**w["get"], "authorizationType": "NONE"}),
    bad(V1, "put_method", "CUSTOM with unknown authorizer", "BadRequestException", lambda w: {**w["get"], "httpMethod": "POST", "authorizationType": "CUSTOM", "authorizerId": "none"}),
    bad(V1, "put_integration", "unknown vpc link", "BadRequestException NotFoundException", lambda w: {**w["get"], **w["http"], "connectionType": "VPC_LINK", "connectionId": "none"}),
    bad(V1, "put_integration", "VPC_LINK without connectionId", "BadRequestException", lambda w: {**w["get"], **w["http"], "connectionType": "VPC_LINK"}),
    bad(V1, "put_integration", "timeout 99999 ms", "BadRequestException", lambda w: {**w["get"], **w["http"], "timeoutInMillis": 99999}),
    bad(V1, "get_integration", "unknown", "NotFoundException", lambda w: {**w["rest"], "resourceId": w["root"], "httpMethod": "GET"}),
    bad(V1, "create_authorizer", "dup name", "ConflictException BadRequestException", lambda w: {**w["rest"], "name": "a", "type": "TOKEN", "authorizerUri": w["uri"], "identitySource": "method.request.header.Authorization"}),
    bad(V1, "create_deployment", "API without methods", "BadRequestException", lambda w: {"restApiId": w["empty"]}),
    bad(V1, "create_stage", "unknown deployment", "BadRequestException NotFoundException", lambda w: {**w["rest"], "stageName": "s", "deploymentId": "none"}),
    bad(V1, "create_stage", "bad chars", "BadRequestException", lambda w: {**w["rest"], "stageName": "a b", "deploymentId": w["deployment"]}),
    bad(V1, "create_stage", "dup", "ConflictException", lambda w: {**w["rest"], "stageName": "prod", "deploymentId": w["deployment"]}),
    bad(V1, "update_stage", "bad path", "BadRequestException", lambda w: {**w["rest"], "stageName": "prod", **patch("/nothing")}),
    bad(V1, "delete_deployment", "active stage points to it", "BadRequestException", lambda w: {**w["rest"], "deploymentId": w["deployment"]}),
    bad(V1, "create_usage_plan", "unknown stage", "BadRequestException NotFoundException", lambda w: {"name": "q", "apiStages": [{"apiId": w["rest"]["restApiId"], "stage": "none"}]}),
    bad(V1, "create_api_key", "dup value", "ConflictException", lambda w: {"name": "l", "value": "x" * 20}),
    bad(V1, "delete_usage_plan", "still has api stages", "BadRequestException", lambda w: {"usagePlanId": w["plan"]}),
    bad(V1, "create_base_path_mapping", "unknown stage", "BadRequestException NotFoundException", lambda w: {"domainName": w["rest domain"], "restApiId": w["rest"]["restApiId"], "stage": "none"}),
    bad(V1, "delete_vpc_link", "referenced by an integration", "BadRequestException ConflictException", lambda w: {"vpcLinkId": w["v1 link"]}),
    bad("iam", "create_role", "name 65+", "ValidationError", lambda w: {**trusting({"Version": "2012-10-17", "Statement": [TRUSTED]}), "RoleName": "x" * 65}),
    bad("iam", "create_role", "bad json", "MalformedPolicyDocument", lambda w: trusting("{")),
    bad("iam", "create_role", "trust w/o principal", "MalformedPolicyDocument", lambda w: trusting({"Version": "2012-10-17", "Statement": [without(TRUSTED, "Principal")]})),
    bad("iam", "attach_role_policy", "unknown", "NoSuchEntity", lambda w: {"RoleName": "r", "PolicyArn": "arn:aws:iam::123456789012:policy/none"}),
    bad("iam", "delete_policy", "attached", "DeleteConflict", lambda w: {"PolicyArn": w["policy"]}),
    bad("iam", "create_service_linked_role", "again", "InvalidInput", lambda w: {"AWSServiceName": "ecs.amazonaws.com"}),
    bad("wafv2", "create_web_acl", "dup", "WAFDuplicateItemException", lambda w: {"Name": "acl", **w["web acl"]}),
    bad("wafv2", "associate_web_acl", "HTTP API stage (unsupported)", "WAFInvalidParameterException", lambda w: {"WebACLArn": w["acl"]["ARN"], "ResourceArn": f"arn:aws:apigateway:us-east-1::/apis/{w['api']['ApiId']}/stages/prod"}),
    bad("wafv2", "associate_web_acl", "unknown LB", "WAFNonexistentItemException WAFUnavailableEntityException WAFInvalidParameterException", lambda w: {"WebACLArn": w["acl"]["ARN"], "ResourceArn": UNKNOWN_BALANCER}),
    bad("wafv2", "delete_web_acl", "still associated", "WAFAssociatedItemException", lambda w: {"Name": "acl", "Scope": "REGIONAL", "Id": w["acl"]["Id"], "LockToken": w["acl"]["LockToken"]}),
    bad("route53", "create_hosted_zone", "same CallerReference", "HostedZoneAlreadyExists", lambda w: {"Name": "example.com", "CallerReference": "once"}),
    bad("route53", "change_resource_record_sets", "CREATE existing", "InvalidChangeBatch", lambda w: records(w, "CREATE")),
    bad("route53", "change_resource_record_sets", "out of zone", "InvalidChangeBatch", lambda w: records(w, "CREATE", Name="a.other.com")),
    bad("route53", "change_resource_record_sets", "DELETE non-matching", "InvalidChangeBatch", lambda w: records(w, "DELETE", TTL=61)),
    bad("servicediscovery", "delete_service", "has instances", "ResourceInUse", lambda w: {"Id": w["discovered"]}),
    bad("servicediscovery", "delete_namespace", "has services", "ResourceInUse", lambda w: {"Id": w["space"]}),
    bad("cognito-idp", "delete_user_pool", "deletion protection", "InvalidParameterException", lambda w: {"UserPoolId": protected_pool(w["place"])}),
    bad("lambda", "add_permission", "dup sid", "ResourceConflictException", lambda w: {"FunctionName": w["function"], "StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com"}),
    bad("sts", "assume_role", "role does not exist (own account)", "AccessDenied", lambda w: {"RoleArn": "arn:aws:iam::123456789012:role/none", "RoleSessionName": "session"}),
    bad("secretsmanager", "create_secret", "while scheduled for deletion", "InvalidRequestException", lambda w: {"Name": deleted_secret(w["place"]), "SecretString": "s"}),
    bad("events", "delete_rule", "has targets", "ValidationException", lambda w: {"Name": targeted_rule(w["place"])}),
)  # fmt: skip
