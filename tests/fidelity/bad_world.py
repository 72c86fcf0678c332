"""The account that the bad requests are sent to: something of everything, tied together so that it may not be taken
apart."""

from __future__ import annotations

import json
from typing import Any

from tests.fidelity.place import TRUST, Place

Item = dict[str, Any]
NO = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
ALLOW = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})
SIGHT = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "m"}
JWT = {"Issuer": "https://issuer.example.com", "Audience": ["a"]}
MOCK = {"type": "MOCK", "requestTemplates": {"application/json": '{"statusCode": 200}'}}


def built(place: Place) -> Item:
    """What stands, by short names."""
    world: Item = {"place": place, "vpc": place.vpc, "subnets": place.subnets, "firewall": place.firewall}
    for build in (_network, _balancing, _compute, _gateway, _rest, _beside):
        world |= build(place, world)
    return world


def _network(place: Place, world: Item) -> Item:
    def ec2(operation: str, **request: Any) -> Item:
        return place.call("ec2", operation, **request)

    source = ec2("create_security_group", VpcId=place.vpc, GroupName="source", Description="s")["GroupId"]
    holder = ec2("create_security_group", VpcId=place.vpc, GroupName="holder", Description="h")["GroupId"]
    pair = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [{"GroupId": source}]}
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    ec2("authorize_security_group_ingress", GroupId=holder, IpPermissions=[pair, rule])
    table = ec2("create_route_table", VpcId=place.vpc)["RouteTable"]["RouteTableId"]
    other = ec2("create_route_table", VpcId=place.vpc)["RouteTable"]["RouteTableId"]
    ec2("associate_route_table", RouteTableId=table, SubnetId=place.subnets[0])
    gateways = ec2("describe_internet_gateways")["InternetGateways"]
    gateway = next(each["InternetGatewayId"] for each in gateways if each["Attachments"])
    ec2("create_route", RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    address = ec2("allocate_address", Domain="vpc")["AllocationId"]
    ec2("create_nat_gateway", SubnetId=place.subnets[1], AllocationId=address)
    place.wait()
    told = {"VpcId": place.vpc, "CidrBlock": "10.0.240.0/24", "AvailabilityZone": "us-east-1a"}
    same = ec2("create_subnet", **told)["Subnet"]["SubnetId"]
    return {
        "same zone": same,
        "source": source,
        "holder": holder,
        "rule": rule,
        "table": table,
        "other table": other,
        "igw": gateway,
        "address": address,
    }


def _balancing(place: Place, world: Item) -> Item:
    def elb(operation: str, **request: Any) -> Any:
        return next(iter(place.call("elbv2", operation, **request).values()))[0]

    pair = {"Subnets": place.subnets[:2], "Scheme": "internal"}
    alb = elb("create_load_balancer", Name="web", SecurityGroups=[place.firewall], **pair)["LoadBalancerArn"]
    nlb = elb("create_load_balancer", Name="net", Type="network", **pair)["LoadBalancerArn"]
    second = elb("create_load_balancer", Name="net2", Type="network", **pair)["LoadBalancerArn"]
    kept = elb("create_load_balancer", Name="kept", **pair)["LoadBalancerArn"]
    place.wait()
    on = [{"Key": "deletion_protection.enabled", "Value": "true"}]
    place.call("elbv2", "modify_load_balancer_attributes", LoadBalancerArn=kept, Attributes=on)
    ip = {"VpcId": place.vpc, "TargetType": "ip", "Port": 80}
    group = elb("create_target_group", Name="used", Protocol="HTTP", **ip)["TargetGroupArn"]
    free = elb("create_target_group", Name="free", Protocol="HTTP", **ip)["TargetGroupArn"]
    tcp = elb("create_target_group", Name="tcp", Protocol="TCP", **ip)["TargetGroupArn"]
    over = {"VpcId": place.vpc, "TargetType": "alb", "Port": 8888}
    balancers = elb("create_target_group", Name="albs", Protocol="TCP", **over)["TargetGroupArn"]
    forward = [{"Type": "forward", "TargetGroupArn": group}]
    certificate = place.reference("certificate", "served")
    told = {"Protocol": "HTTPS", "Port": 443, "Certificates": [{"CertificateArn": certificate}]}
    https = elb("create_listener", LoadBalancerArn=alb, DefaultActions=forward, **told)["ListenerArn"]
    condition = [{"Field": "path-pattern", "Values": ["/a"]}]
    elb("create_rule", ListenerArn=https, Priority=10, Conditions=condition, Actions=[NO])
    return {
        "alb": alb,
        "nlb": nlb,
        "nlb2": second,
        "kept": kept,
        "group": group,
        "free": free,
        "tcp": tcp,
        "albs": balancers,
        "listener": https,
        "certificate": certificate,
    }


def _compute(place: Place, world: Item) -> Item:
    def ecs(operation: str, **request: Any) -> Item:
        return place.call("ecs", operation, **request)

    ecs("create_cluster", clusterName="main")
    fargate = {"networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512"}
    container = {"name": "web", "image": "web:1", "portMappings": [{"containerPort": 80}]}
    definition = ecs("register_task_definition", family="web", containerDefinitions=[container], **fargate)
    arn = definition["taskDefinition"]["taskDefinitionArn"]
    net = {"awsvpcConfiguration": {"subnets": place.subnets[:2], "securityGroups": [place.firewall]}}
    said = {
        "cluster": "main",
        "taskDefinition": arn,
        "networkConfiguration": net,
        "launchType": "FARGATE",
        "desiredCount": 1,
    }
    ecs("create_service", serviceName="web", clientToken="one", **said)
    place.wait(60)
    return {"service": said, "definition": arn, "fargate": fargate, "container": container}


def _gateway(place: Place, world: Item) -> Item:
    def http(operation: str, **request: Any) -> Item:
        return place.call("apigatewayv2", operation, **request)

    link = http("create_vpc_link", Name="v2", SubnetIds=place.subnets[:2])["VpcLinkId"]
    place.wait()
    api = {"ApiId": http("create_api", Name="http", ProtocolType="HTTP")["ApiId"]}
    private = {
        "IntegrationType": "HTTP_PROXY",
        "IntegrationMethod": "ANY",
        "ConnectionType": "VPC_LINK",
        "PayloadFormatVersion": "1.0",
    }
    target = http("create_integration", **api, ConnectionId=link, IntegrationUri=world["listener"], **private)[
        "IntegrationId"
    ]
    http("create_route", **api, RouteKey="GET /a", Target=f"integrations/{target}")
    source = {"AuthorizerType": "JWT", "IdentitySource": ["$request.header.Authorization"]}
    http("create_authorizer", **api, Name="jwt", JwtConfiguration=JWT, **source)
    http("create_stage", **api, StageName="prod")
    name = "api.example.com"
    held = [{"CertificateArn": place.reference("certificate", "of the domain")}]
    http("create_domain_name", DomainName=name, DomainNameConfigurations=held)
    http("create_api_mapping", DomainName=name, Stage="prod", ApiMappingKey="taken", **api)
    return {"link": link, "api": api, "private": private, "integration": target, "jwt": source, "domain": name}


def _rest(place: Place, world: Item) -> Item:
    def rest(operation: str, **request: Any) -> Item:
        return place.call("apigateway", operation, **request)

    made = rest("create_rest_api", name="rest")
    named = {"restApiId": made["id"]}
    pets = rest("create_resource", **named, parentId=made["rootResourceId"], pathPart="pets")["id"]
    at = {**named, "resourceId": pets, "httpMethod": "GET"}
    rest("put_method", **at, authorizationType="NONE")
    link = rest("create_vpc_link", name="v1", targetArns=[world["nlb"]])["id"]
    place.wait()
    http = {"type": "HTTP_PROXY", "integrationHttpMethod": "GET", "uri": "https://web.example.com"}
    over = {"connectionType": "VPC_LINK", "connectionId": link}
    rest("put_integration", **at, **http, **over)
    deployment = rest("create_deployment", **named, stageName="prod")["id"]
    plan = rest("create_usage_plan", name="p", apiStages=[{"apiId": made["id"], "stage": "prod"}])["id"]
    rest("create_api_key", name="k", value="x" * 20)
    trust = "method.request.header.Authorization"
    function = "arn:aws:lambda:us-east-1:123456789012:function:f"
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function}/invocations"
    rest("create_authorizer", **named, name="a", type="TOKEN", authorizerUri=uri, identitySource=trust)
    empty = rest("create_rest_api", name="empty")["id"]
    host = "rest.example.com"
    asked = {
        "regionalCertificateArn": place.reference("certificate", "of rest"),
        "endpointConfiguration": {"types": ["REGIONAL"]},
    }
    rest("create_domain_name", domainName=host, **asked)
    return {
        "rest": named,
        "root": made["rootResourceId"],
        "pets": pets,
        "get": at,
        "v1 link": link,
        "http": http,
        "over": over,
        "deployment": deployment,
        "plan": plan,
        "uri": uri,
        "empty": empty,
        "rest domain": host,
    }


def _beside(place: Place, world: Item) -> Item:
    call = place.call
    call("iam", "create_role", RoleName="r", AssumeRolePolicyDocument=json.dumps(TRUST))
    policy = call("iam", "create_policy", PolicyName="p", PolicyDocument=ALLOW)["Policy"]["Arn"]
    call("iam", "attach_role_policy", RoleName="r", PolicyArn=policy)
    call("logs", "create_log_group", logGroupName="/there")
    acl = {"Scope": "REGIONAL", "DefaultAction": {"Allow": {}}, "VisibilityConfig": SIGHT}
    made = call("wafv2", "create_web_acl", Name="acl", **acl)["Summary"]
    call("wafv2", "associate_web_acl", WebACLArn=made["ARN"], ResourceArn=world["alb"])
    zone = call("route53", "create_hosted_zone", Name="example.com", CallerReference="once")["HostedZone"]["Id"]
    record = {"Name": "a.example.com", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "10.0.0.1"}]}
    change = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    call("route53", "change_resource_record_sets", HostedZoneId=zone, ChangeBatch=change)
    space, service = _discovered(place, world)
    arn = "arn:aws:lambda:us-east-1:123456789012:function:f"
    told = {"Runtime": "python3.13", "Handler": "f.f", "Code": {"ZipFile": b"-"}}
    call("lambda", "create_function", FunctionName="f", Role=place.reference("role", "of the function"), **told)
    call(
        "lambda",
        "add_permission",
        FunctionName=arn,
        StatementId="s",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
    )
    return {
        "policy": policy,
        "acl": made,
        "web acl": acl,
        "zone": zone,
        "record": record,
        "space": space,
        "discovered": service,
        "function": arn,
    }


def protected_pool(place: Place) -> str:
    """A user pool that may not be deleted. Like the next two it is made when asked for: these stores are not kept."""
    pool = place.call("cognito-idp", "create_user_pool", PoolName="p", DeletionProtection="ACTIVE")
    return str(pool["UserPool"]["Id"])


def deleted_secret(place: Place) -> str:
    place.call("secretsmanager", "create_secret", Name="gone", SecretString="s")
    place.call("secretsmanager", "delete_secret", SecretId="gone", RecoveryWindowInDays=7)
    return "gone"


def targeted_rule(place: Place) -> str:
    place.call("events", "put_rule", Name="rule", ScheduleExpression="rate(5 minutes)")
    place.call("sqs", "create_queue", QueueName="q")
    queue = "arn:aws:sqs:us-east-1:123456789012:q"
    place.call("events", "put_targets", Rule="rule", Targets=[{"Id": "1", "Arn": queue}])
    return "rule"


def _discovered(place: Place, world: Item) -> tuple[str, str]:
    call = place.call
    call("servicediscovery", "create_private_dns_namespace", Name="svc.local", Vpc=place.vpc)
    place.wait(60)
    space = call("servicediscovery", "list_namespaces")["Namespaces"][-1]["Id"]
    dns = {"DnsRecords": [{"Type": "A", "TTL": 60}]}
    made = call("servicediscovery", "create_service", Name="web", NamespaceId=space, DnsConfig=dns)["Service"]
    said = {**world["service"], "serviceName": "found", "serviceRegistries": [{"registryArn": made["Arn"]}]}
    call("ecs", "create_service", **said)
    place.wait(60)
    return space, made["Id"]
