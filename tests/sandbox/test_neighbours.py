"""What AWS refuses and moto alone would not, and what moto keeps and the index shows."""

import json

import pytest
from botocore.exceptions import ClientError

from sandbox import identity
from tests.sandbox import story

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}}
        ],
    }
)
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})
ANY = [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}]

REFUSED = {  # what is wrong: (service, operation, request, code)
    "a group named like an id": (
        "ec2",
        "create_security_group",
        lambda n: {"VpcId": n["vpc"], "GroupName": "sg-1", "Description": "d"},
        "InvalidParameterValue",
    ),
    "a description with an umlaut": (
        "ec2",
        "create_security_group",
        lambda n: {"VpcId": n["vpc"], "GroupName": "a", "Description": "für"},
        "InvalidParameterValue",
    ),
    "tags for another type": (
        "ec2",
        "create_security_group",
        lambda n: {
            "VpcId": n["vpc"],
            "GroupName": "a",
            "Description": "d",
            "TagSpecifications": [{"ResourceType": "vpc", "Tags": [{"Key": "a", "Value": "b"}]}],
        },
        "InvalidParameterValue",
    ),
    "ports the wrong way round": (
        "ec2",
        "authorize_security_group_ingress",
        lambda n: {
            "GroupId": n["firewall"],
            "IpPermissions": [
                {"IpProtocol": "tcp", "FromPort": 90, "ToPort": 80, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
            ],
        },
        "InvalidParameterValue",
    ),
    "31 days": (
        "logs",
        "put_retention_policy",
        lambda n: {"logGroupName": "g", "retentionInDays": 31},
        "InvalidParameterException",
    ),
    "a log group with a space": (
        "logs",
        "create_log_group",
        lambda n: {"logGroupName": "a b"},
        "InvalidParameterException",
    ),
    "a trust policy that trusts nobody": (
        "iam",
        "create_role",
        lambda n: {"RoleName": "r", "AssumeRolePolicyDocument": POLICY},
        "MalformedPolicyDocument",
    ),
    "a trust policy that is no JSON": (
        "iam",
        "create_role",
        lambda n: {"RoleName": "r", "AssumeRolePolicyDocument": "x"},
        "MalformedPolicyDocument",
    ),
    "a role name of 65": (
        "iam",
        "create_role",
        lambda n: {"RoleName": "r" * 65, "AssumeRolePolicyDocument": TRUST},
        "ValidationError",
    ),
    "a boundary nobody wrote": (
        "iam",
        "create_role",
        lambda n: {
            "RoleName": "r",
            "AssumeRolePolicyDocument": TRUST,
            "PermissionsBoundary": "arn:aws:iam::123456789012:policy/none",
        },
        "NoSuchEntity",
    ),
    "a role's own service twice": (
        "iam",
        "create_service_linked_role",
        lambda n: {"AWSServiceName": "ecs.amazonaws.com"},
        "InvalidInput",
    ),
    "a role that is not there": (
        "sts",
        "assume_role",
        lambda n: {"RoleArn": "arn:aws:iam::123456789012:role/none", "RoleSessionName": "x" * 5},
        "AccessDenied",
    ),
}


@pytest.mark.parametrize("wrong", REFUSED)
def test_aws_refuses_what_moto_would_not(aws, network, wrong):
    service, operation, request, code = REFUSED[wrong]
    with pytest.raises(ClientError) as refused:
        getattr(aws(service), operation)(**request(network))
    assert refused.value.response["Error"]["Code"] == code


def test_a_group_that_another_refers_to_stays(aws, network):
    ec2 = aws("ec2")
    other = ec2.create_security_group(VpcId=network["vpc"], GroupName="other", Description="d")["GroupId"]
    pair = [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [{"GroupId": other}]}]
    ec2.authorize_security_group_ingress(GroupId=network["firewall"], IpPermissions=pair)
    with pytest.raises(ClientError, match="DependencyViolation"):
        ec2.delete_security_group(GroupId=other)
    ec2.revoke_security_group_ingress(GroupId=network["firewall"], IpPermissions=pair)
    ec2.delete_security_group(GroupId=other)


def test_interfaces_outlive_their_balancer(aws, clock, network):
    ec2, elb = aws("ec2"), aws("elbv2")
    arn = elb.create_load_balancer(
        Name="web", Subnets=network["subnets"], SecurityGroups=[network["firewall"]], Scheme="internal"
    )["LoadBalancers"][0]["LoadBalancerArn"]
    described = ec2.describe_network_interfaces(Filters=[{"Name": "description", "Values": ["ELB app/web/*"]}])[
        "NetworkInterfaces"
    ]
    assert len(described) == len(network["subnets"])
    elb.delete_load_balancer(LoadBalancerArn=arn)
    with pytest.raises(ClientError, match="DependencyViolation"):
        ec2.delete_security_group(GroupId=network["firewall"])
    clock.advance(61)
    ec2.delete_security_group(GroupId=network["firewall"])


def test_interfaces_outlive_their_vpc_link(aws, clock, network):
    gateway, ec2 = aws("apigatewayv2"), aws("ec2")
    link = gateway.create_vpc_link(Name="l", SubnetIds=network["subnets"], SecurityGroupIds=[network["firewall"]])[
        "VpcLinkId"
    ]
    clock.advance(200)
    gateway.delete_vpc_link(VpcLinkId=link)
    assert gateway.get_vpc_link(VpcLinkId=link)["VpcLinkStatus"] == "DELETING"
    clock.advance(61)
    with pytest.raises(ClientError, match="NotFound"):
        gateway.get_vpc_link(VpcLinkId=link)
    with pytest.raises(ClientError, match="DependencyViolation"):
        ec2.delete_security_group(GroupId=network["firewall"])
    clock.advance(100)
    ec2.delete_security_group(GroupId=network["firewall"])


def test_a_new_role_is_not_believed_at_once(aws, sandbox, clock):
    role = aws("iam").create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)["Role"]
    assert role["CreateDate"].timestamp() == clock.now()
    assert not identity.assumable(sandbox.world(), role["Arn"])
    clock.advance(11)
    assert identity.assumable(sandbox.world(), role["Arn"])


def test_a_role_with_policies_is_not_deleted(aws):
    iam = aws("iam")
    iam.create_role(RoleName="r", Path="/penstock/", AssumeRolePolicyDocument=TRUST)
    iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=POLICY)
    iam.attach_role_policy(
        RoleName="r", PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
    )
    with pytest.raises(ClientError, match="DeleteConflict"):
        iam.delete_role(RoleName="r")
    iam.delete_role_policy(RoleName="r", PolicyName="p")
    with pytest.raises(ClientError, match="DeleteConflict"):
        iam.delete_role(RoleName="r")
    iam.detach_role_policy(
        RoleName="r", PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
    )
    iam.delete_role(RoleName="r")


def test_roles_are_told_whole_and_in_pages(aws):
    iam = aws("iam")
    boundary = iam.create_policy(PolicyName="b", PolicyDocument=POLICY)["Policy"]["Arn"]
    for name in "xyz":
        iam.create_role(
            RoleName=name,
            Path="/penstock/",
            AssumeRolePolicyDocument=TRUST,
            PermissionsBoundary=boundary,
            Tags=[{"Key": "a", "Value": name}],
        )
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=POLICY)
    roles = [
        role
        for page in iam.get_paginator("get_account_authorization_details").paginate(
            Filter=["Role"], PaginationConfig={"PageSize": 2}
        )
        for role in page["RoleDetailList"]
    ]
    mine = [role for role in roles if role["Path"] == "/penstock/"]
    assert [role["Tags"] for role in sorted(mine, key=lambda role: role["RoleName"])] == [
        [{"Key": "a", "Value": name}] for name in "xyz"
    ]
    assert {role["PermissionsBoundary"]["PermissionsBoundaryArn"] for role in mine} == {boundary}
    assert [policy["PolicyName"] for role in mine for policy in role["RolePolicyList"]] == ["p"] * 3
    listed = [
        role["RoleName"]
        for page in iam.get_paginator("list_roles").paginate(PathPrefix="/penstock/", PaginationConfig={"PageSize": 2})
        for role in page["Roles"]
    ]
    assert sorted(listed) == ["x", "y", "z"]


def test_rules_have_ids_and_tags(aws, network):
    ec2 = aws("ec2")
    tags = [{"ResourceType": "security-group-rule", "Tags": [{"Key": "penstock:key", "Value": "SecurityGroupRule/x"}]}]
    made = ec2.authorize_security_group_ingress(GroupId=network["firewall"], IpPermissions=ANY, TagSpecifications=tags)[
        "SecurityGroupRules"
    ]
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [network["firewall"]]}])[
        "SecurityGroupRules"
    ]
    assert {rule["SecurityGroupRuleId"]: rule.get("Tags") for rule in rules if rule.get("Tags")} == {
        made[0]["SecurityGroupRuleId"]: tags[0]["Tags"]
    }
    with pytest.raises(ClientError, match=r"InvalidPermission\.Duplicate"):
        ec2.authorize_security_group_ingress(GroupId=network["firewall"], IpPermissions=ANY)


def test_sixty_rules_are_enough(aws, network):
    ec2 = aws("ec2")
    with pytest.raises(ClientError, match="RulesPerSecurityGroupLimitExceeded"):
        ec2.authorize_security_group_ingress(
            GroupId=network["firewall"],
            IpPermissions=[
                {
                    "IpProtocol": "tcp",
                    "FromPort": 80,
                    "ToPort": 80,
                    "IpRanges": [{"CidrIp": f"10.0.{n}.0/24"} for n in range(61)],
                }
            ],
        )


def test_a_served_certificate_is_not_deleted(aws, sandbox, clock, network):
    story.tell(sandbox.call, network, clock.advance)
    with pytest.raises(ClientError, match="ResourceInUse"):
        aws("acm").delete_certificate(CertificateArn=story.CERTIFICATE)


def test_an_unissued_certificate_is_not_served(aws, network):
    elb = aws("elbv2")
    arn = elb.create_load_balancer(Name="web", Subnets=network["subnets"], Scheme="internal")["LoadBalancers"][0][
        "LoadBalancerArn"
    ]
    pending = aws("acm").request_certificate(DomainName="x.example.com")["CertificateArn"]
    no = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
    with pytest.raises(ClientError, match="UnsupportedCertificate"):
        elb.create_listener(
            LoadBalancerArn=arn,
            Protocol="HTTPS",
            Port=443,
            Certificates=[{"CertificateArn": pending}],
            DefaultActions=[no],
        )


def test_the_index_lags_and_forgets_late(aws, clock, network):
    tagging, ec2 = aws("resourcegroupstaggingapi"), aws("ec2")
    wanted = [{"Key": "penstock:service", "Values": ["orders"]}]

    def found():
        answer = tagging.get_resources(TagFilters=wanted)
        assert answer["PaginationToken"] == ""
        return {each["ResourceARN"].rpartition(":")[2] for each in answer["ResourceTagMappingList"]}

    tag = {"penstock:service": "orders"}
    group = ec2.create_security_group(
        VpcId=network["vpc"],
        GroupName="a",
        Description="d",
        TagSpecifications=[
            {"ResourceType": "security-group", "Tags": [{"Key": k, "Value": v} for k, v in tag.items()]}
        ],
    )["GroupId"]
    api = aws("apigatewayv2").create_api(Name="x", ProtocolType="HTTP", Tags=tag)["ApiId"]
    aws("logs").create_log_group(logGroupName="/penstock/orders", tags=tag)
    assert found() == set()
    clock.advance(6)
    assert found() == {f"security-group/{group}", f"/apis/{api}", "/penstock/orders"}
    ec2.delete_security_group(GroupId=group)
    assert f"security-group/{group}" in found()
    clock.advance(6)
    assert found() == {f"/apis/{api}", "/penstock/orders"}


def test_the_index_comes_in_pages_by_type(aws, clock, sandbox, network):
    for n in range(5):
        sandbox.call(
            "elbv2",
            "create_target_group",
            Name=f"g{n}",
            Protocol="HTTP",
            Port=80,
            VpcId=network["vpc"],
            TargetType="ip",
            Tags=[{"Key": "a", "Value": str(n)}],
        )
    sandbox.call("apigatewayv2", "create_api", Name="x", ProtocolType="HTTP", Tags={"a": "0"})
    clock.advance(10)
    pages = list(
        aws("resourcegroupstaggingapi")
        .get_paginator("get_resources")
        .paginate(ResourceTypeFilters=["elasticloadbalancing:targetgroup"], PaginationConfig={"PageSize": 2})
    )
    assert [len(page["ResourceTagMappingList"]) for page in pages] == [2, 2, 1]


def test_access_logs_need_their_group_and_room_in_the_policy(aws, sandbox):
    gateway, logs = aws("apigatewayv2"), aws("logs")
    api = gateway.create_api(Name="x", ProtocolType="HTTP")["ApiId"]
    arn = "arn:aws:logs:us-east-1:123456789012:log-group:/penstock/orders"
    settings = {"DestinationArn": f"{arn}:*", "Format": "$context.requestId"}
    with pytest.raises(ClientError, match="does not exist"):
        gateway.create_stage(ApiId=api, StageName="a", AccessLogSettings=settings)
    logs.create_log_group(logGroupName="/penstock/orders")
    assert (
        gateway.create_stage(ApiId=api, StageName="a", AccessLogSettings=settings)["AccessLogSettings"][
            "DestinationArn"
        ]
        == arn
    )
    policies = logs.describe_resource_policies()["resourcePolicies"]
    assert [policy["policyName"] for policy in policies] == ["AWSLogDeliveryWrite20150319"]
    assert f"{arn}:log-stream:*" in policies[0]["policyDocument"]
    sandbox.quotas["log-delivery-policy-characters"] = 400
    logs.create_log_group(logGroupName="/penstock/payments")
    with pytest.raises(ClientError, match="Policy document length"):
        gateway.create_stage(
            ApiId=api, StageName="b", AccessLogSettings=settings | {"DestinationArn": arn.replace("orders", "payments")}
        )


def test_moto_reads_our_clock(aws, clock):
    clock.advance(86400)
    aws("logs").create_log_group(logGroupName="g")
    assert aws("logs").describe_log_groups(logGroupNamePrefix="g")["logGroups"][0]["creationTime"] == int(
        clock.now() * 1000
    )


def test_what_we_do_not_model_is_refused_rather_than_answered_by_another_store(aws):
    with pytest.raises(ClientError, match="not modelled"):
        aws("elbv2").get_resource_policy(
            ResourceArn="arn:aws:elasticloadbalancing:eu-west-1:123456789012:truststore/x/1"
        )
