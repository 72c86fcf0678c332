"""The policy is what the reconcilers really call: nothing is missing, and nothing is there that is never called."""

import json
import re
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from botocore.session import get_session

from controller.engine import Options
from controller.iam_actions import EVERY_LOOK, OWN, iam_action
from controller.iam_besides import BESIDES, TAGGED_IN_CREATE
from controller.iam_gateway import GATEWAYS
from controller.iam_policy import policy
from controller.removal import remove
from reconcilers import RECONCILERS
from reconcilers.balancing.target_group import TargetGroups
from specs import load, load_text
from tests.laws.lab import Lab
from tests.laws.topologies import CLOUD, FRONT, INTERNET, MAXIMAL, PRIVATE, RESTFUL, RULED, SOCKETS, filled
from tests.world import World, before_deploying

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


class Kept(Counter[str]):
    """Counts that a story's end does not clear."""

    def clear(self) -> None:
        pass


class Life(Lab):
    """An account in which every call that Penstock makes is remembered."""

    def connect(self):
        aws = super().connect()
        aws.calls = Kept()
        return aws


@pytest.fixture(scope="module")
def called(tmp_path_factory) -> frozenset[str]:
    """Every call of a full life: made, edited to and fro, changed by hand and mended, rolled back, deleted."""
    lab = Life(tmp_path_factory.mktemp("specs"), MAXIMAL)
    for spec in (poorer(lab.spec), lab.spec):
        lab.write(spec)
        lab.settle(options=Options(allow_replace=True))
    by_hand(lab)
    lab.settle()
    with pytest.MonkeyPatch.context() as patch:
        another_protocol(patch)
        lab.settle()
    lab.write(lab.spec.replace("cart:1", "cart:crash"))
    for _ in range(10):
        lab.once()
        lab.clock.sleep(60)
    names = [each.address for each in lab.catalog().instances]
    removed = remove(lab.aws, names, lab.clock, timeout=7200.0, allow_replace=True)
    assert list(removed.gone) == names, removed
    return frozenset(lab.aws.calls)


@pytest.fixture(scope="module")
def rest_called(tmp_path_factory) -> frozenset[str]:
    """The same of a REST API."""
    lab = Life(tmp_path_factory.mktemp("rest"), RESTFUL)
    gateway, api = lab.boto("apigateway"), lab.live("RestApi")[0].id
    for number in range(12):
        gateway.create_deployment(restApiId=api, description=f"penstock 1 {number:032}")
    meddle = partial(_meddle, gateway, api, [])
    before_deploying(lab, meddle)
    poor = lab.spec
    for old, new in (
        ('  labels: {team: commerce, cost-center: "4711"}\n', ""),
        ("description: The shop", "description: A shop"),
        ("timeout: 20s", "timeout: 19s"),
        ("x-channel: web, x-client: $request.header.user-agent", "x-channel: $request.header.accept"),
        ("headers: {x-answer: mock}", "status: 204"),
        ('"GET /products": {service', '"GET /things": {service'),
        ("ttl: 5m, identity", "ttl: 4m, identity"),
        ("validate: {body: order, required: [querystring.dry]}", "validate: {params: true, required: [header.x-dry]}"),
        ("description: an order", "description: one order"),
        ("maxAge: 10m", "maxAge: 20m"),
        ("rate: 50, burst: 25", "rate: 51, burst: 25"),
        ("keys: [acme, globex]", "keys: [acme]"),
        ('{"GET /products": {throttle: {rate: 9, burst: 9}}}', "{}"),
        ("      prod:\n", "      live:\n"),
        ("stages: [prod]", "stages: [live]"),
    ):
        assert old in poor, old
        poor = poor.replace(old, new)
    bare = "".join(line for line in lab.spec.splitlines(keepends=True) if not line.strip().startswith(REST_EXTRAS))
    for spec in (poor, bare, lab.spec):
        lab.write(spec)
        lab.settle(options=Options(allow_replace=True))
    rest_by_hand(lab, gateway, api)
    lab.settle()
    names = [each.address for each in lab.catalog().instances]
    removed = remove(lab.aws, names, lab.clock, timeout=7200.0, allow_replace=True)
    assert list(removed.gone) == names, removed
    return frozenset(lab.aws.calls)


@pytest.fixture(scope="module")
def front_called(tmp_path_factory) -> frozenset[str]:
    """Rules that stand in an order of their own, and one that somebody moved to the end of it."""
    lab = Life(tmp_path_factory.mktemp("front"), FRONT)
    first = min(lab.live("ListenerRule"), key=lambda live: live.resource.priority)
    lab.boto("elbv2").set_rule_priorities(RulePriorities=[{"RuleArn": first.id, "Priority": 49999}])
    lab.settle()
    return frozenset(lab.aws.calls)


@pytest.fixture(scope="module")
def internet_called(tmp_path_factory) -> frozenset[str]:
    """API Gateway over the internet, and a secret of somebody else's choice."""
    lab = Life(tmp_path_factory.mktemp("internet"), INTERNET)
    [secret] = lab.live("GatewaySecret")
    lab.boto("secretsmanager").put_secret_value(SecretId=secret.id, SecretString="another-value-somebody-put-there")
    lab.settle()
    return frozenset(lab.aws.calls)


@pytest.fixture(scope="module")
def cloud_called(tmp_path_factory) -> frozenset[str]:
    """Tasks that Cloud Map knows, and what it says of them changed by hand; routing rules that change and go."""
    lab = Life(tmp_path_factory.mktemp("cloud"), CLOUD)
    cloud, [space] = lab.boto("servicediscovery"), lab.live("Namespace")
    cloud.update_private_dns_namespace(Id=space.id, Namespace={"Description": "by hand"})
    service = lab.live("DiscoveryService")[0]
    records = {"DnsConfig": {"DnsRecords": [{"Type": "SRV", "TTL": 99}]}}
    cloud.update_service(Id=service.id, Service=records)
    lab.settle()
    lab.write(lab.spec.replace("{name: shop}", "{name: shop, labels: {team: commerce}}"))
    lab.settle()
    lab.write(lab.spec)
    lab.settle()
    assert list(remove(lab.aws, ["shop"], lab.clock, timeout=7200.0, allow_replace=True).gone) == ["shop"]
    ruled = Life(tmp_path_factory.mktemp("ruled"), RULED)
    for old, new in (("path: shop", "path: store"), ('"20"', '"30"')):
        ruled.write(ruled.spec.replace(old, new))
        ruled.settle()
    return frozenset([*lab.aws.calls, *ruled.aws.calls])


@pytest.fixture(scope="module")
def private_called(tmp_path_factory) -> frozenset[str]:
    """A private domain that gets another label and leads to another stage; its tags are gone for a while."""
    lab = Life(tmp_path_factory.mktemp("private"), PRIVATE)
    lab.write(lab.spec.replace("{name: shop}", "{name: shop, labels: {team: commerce}}"))
    lab.settle()
    lab.write(lab.spec.replace("{name: live}", "{name: qa}").replace("stage: live", "stage: qa"))
    lab.settle()
    gateway, [domain] = lab.boto("apigateway"), lab.live("DomainName")
    gateway.untag_resource(resourceArn=domain.attributes["arn"], tagKeys=list(domain.resource.tags))
    lab.look()
    gateway.tag_resource(resourceArn=domain.attributes["arn"], tags=domain.resource.tags)
    assert list(remove(lab.aws, ["shop"], lab.clock, timeout=7200.0, allow_replace=True).gone) == ["shop"]
    return frozenset(lab.aws.calls)


@pytest.fixture(scope="module")
def socket_called(tmp_path_factory) -> frozenset[str]:
    """The same of a WebSocket API."""
    lab = Life(tmp_path_factory.mktemp("sockets"), SOCKETS)
    poor = lab.spec
    for old, new in (
        ('labels: {team: commerce, cost-center: "4711"}', "labels: {}"),
        ("description: The shop", "description: A shop"),
        ("timeout: 10s", "timeout: 9s"),
        ("$request.querystring.token", "$context.identity.sourceIp"),
        ("identity: [header.x-key, querystring.token]", "identity: [header.x-key]"),
        ("reply: true", "reply: false"),
        ("routes: {order: {throttle: {rate: 9, burst: 9}}}", "description: ours"),
    ):
        assert old in poor, old
        poor = poor.replace(old, new)
    link = lab.live("RestVpcLink")[0].id
    operation = {"op": "replace", "path": "/description", "value": "by hand"}
    lab.boto("apigateway").update_vpc_link(vpcLinkId=link, patchOperations=[operation])
    for spec in (poor, lab.spec):
        lab.write(spec)
        lab.settle()
    assert list(remove(lab.aws, ["shop"], lab.clock, timeout=7200.0, allow_replace=True).gone) == ["shop"]
    return frozenset(lab.aws.calls)


@pytest.fixture(scope="module")
def elsewhere_called(front_called, internet_called, cloud_called, private_called, socket_called) -> frozenset[str]:
    return front_called | internet_called | cloud_called | private_called | socket_called


REST_EXTRAS = ("cors:", "models:", "order:", '"POST /orders"', "hook:", '"POST /hooks"')


def rest_by_hand(lab: Lab, gateway: Any, api: str) -> None:
    """The same of REST APIs."""
    said = [{"op": "replace", "path": "/httpMethod", "value": "GET"}]
    health = next(live.resource for live in lab.live("RestIntegration") if live.key.part == "GET /health")
    place = {"restApiId": api, "resourceId": health.resource_id, "httpMethod": "GET"}
    gateway.update_integration(**place, patchOperations=said)
    validator, (key, lost) = gateway.get_request_validators(restApiId=api)["items"][0], gateway.get_api_keys()["items"]
    said = [{"op": "replace", "path": "/validateRequestParameters", "value": "false"}]
    gateway.update_request_validator(restApiId=api, requestValidatorId=validator["id"], patchOperations=said)
    gateway.update_api_key(apiKey=key["id"], patchOperations=[{"op": "replace", "path": "/enabled", "value": "false"}])
    gateway.delete_api_key(apiKey=lost["id"])


def _meddle(gateway: Any, api: str, done: list[str], **_: Any) -> None:
    """Changes the tree once, in the moment of its deployment."""
    if not done:
        resources = gateway.get_resources(restApiId=api, embed=["methods"])["items"]
        health = next(each["id"] for each in resources if each["path"] == "/health")
        done.append(health)
        gateway.delete_method(restApiId=api, resourceId=health, httpMethod="GET")


def poorer(spec: str) -> str:
    """The same, with much of it left out, and the subnets to be guessed."""
    for line in (
        '  labels: {team: commerce, cost-center: "4711"}\n',
        "  tags: {owner: platform}\n",
        ', permissionsBoundary: "arn:aws:iam::123456789012:policy/boundary"',
        ", subnets: {private: {tag:Tier: private}}",
        ", FARGATE_SPOT",
        ", timeout: 29s, throttle: {rate: 300, burst: 200}",
        "        throttle: {rate: 100, burst: 50}\n",
        "      exec: true\n",
        " memory: 70,",
        "        interval: 15s\n",
        "    ipAddressType: dualstack\n",
        '      mutualTls: {truststore: "s3://trust/clients.pem"}\n',
    ):
        assert line in spec, line
        spec = spec.replace(line, "")
    lines = (r"      beta: .*\n", r"      hook: .*\n", r'      "POST /hooks": .*\n', r"    waf: .*\n")
    gone = [each for line in lines if (each := re.search(line, spec))]
    cors = re.search(r"    cors:\n(      .*\n)+", spec)
    assert cors
    assert len(gone) == len(lines)
    changed = {
        **{each[0]: "" for each in (cors, *gone)},
        "audience: [shop]": "audience: [all]",
        "beta/v1: beta": "beta/v1: $default",
        '"GET /products": catalog': '"GET /products": cart',
        "enhanced": "standard",
    }
    for old, new in changed.items():
        spec = spec.replace(old, new)
    return spec


def by_hand(lab: Lab) -> None:
    """What no spec asks for in place: fields that only somebody else's hand changes."""
    kinds = ("LoadBalancer", "Role", "Listener", "ListenerRule", "HttpApi")
    only = {kind: lab.live(kind)[0] for kind in kinds}
    elbv2, balancer = lab.boto("elbv2"), only["LoadBalancer"]
    elbv2.set_security_groups(LoadBalancerArn=balancer.id, SecurityGroups=[lab.group])
    elbv2.set_ip_address_type(LoadBalancerArn=balancer.id, IpAddressType="dualstack")
    elbv2.set_subnets(LoadBalancerArn=balancer.id, Subnets=list(lab.subnets("public")))
    elbv2.modify_load_balancer_attributes(
        LoadBalancerArn=balancer.id, Attributes=[{"Key": "idle_timeout.timeout_seconds", "Value": "77"}]
    )
    answer = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}
    elbv2.modify_listener(ListenerArn=only["Listener"].id, DefaultActions=[answer])
    elbv2.modify_rule(RuleArn=only["ListenerRule"].id, Actions=[answer])
    gateway, api = lab.boto("apigatewayv2"), only["HttpApi"].id
    extra = gateway.create_integration(
        ApiId=api, IntegrationType="HTTP_PROXY", IntegrationMethod="GET", IntegrationUri="https://example.com",
        PayloadFormatVersion="1.0",
    )["IntegrationId"]  # fmt: skip
    gateway.create_route(ApiId=api, RouteKey="GET /by-hand", Target=f"integrations/{extra}")
    iam, role = lab.boto("iam"), only["Role"].id
    iam.update_role(RoleName=role, Description="by hand")
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(NOBODY))
    rule = next(live for live in lab.live("SecurityGroupRule") if live.resource.is_egress)
    whole = rule.resource
    changed = {"IpProtocol": whole.ip_protocol, "FromPort": whole.from_port, "ToPort": whole.to_port,
               "Description": "by hand"}  # fmt: skip
    peer = {"CidrIpv4": whole.cidr_ipv4, "CidrIpv6": whole.cidr_ipv6, "ReferencedGroupId": whole.referenced_group}
    changed |= {name: value for name, value in peer.items() if value}
    lab.boto("ec2").modify_security_group_rules(
        GroupId=whole.group_id, SecurityGroupRules=[{"SecurityGroupRuleId": rule.id, "SecurityGroupRule": changed}]
    )


NOBODY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def another_protocol(patch: pytest.MonkeyPatch) -> None:
    """No field of a spec is immutable in a target group yet, so the story wants another protocol by itself."""
    asked = TargetGroups.desired

    def desired(self, instance, facts):
        for key, want in asked(self, instance, facts):
            changed = {"protocol": "HTTPS", "health_check_protocol": "HTTPS"} if key.part == "cart" else {}
            yield key, want.model_copy(update=changed)

    patch.setattr(TargetGroups, "desired", desired)


def test_every_kind_has_its_row():
    assert set(OWN) == {each.kind.__name__ for each in RECONCILERS}


def test_the_table_is_what_full_lives_call(called, rest_called, elsewhere_called):
    called |= rest_called | elsewhere_called
    table = {call for each in OWN.values() for call in (*each.reads, *each.writes)} | set(EVERY_LOOK)
    assert sorted(called - table) == []
    assert sorted(table - called) == []


@pytest.mark.parametrize("service", GATEWAYS)
def test_api_gateways_verbs_and_paths_are_botocores(service):
    model = get_session().get_service_model(service)
    for operation, told in GATEWAYS[service].items():
        http = model.operation_model(operation).http
        path = re.sub(r"\{[^}]+\}", "*", http["requestUri"].removeprefix("/v2"))
        assert told == (http["method"], path), operation


@pytest.fixture(scope="module")
def statements():
    boundary = ', permissionsBoundary: "arn:aws:iam::123456789012:policy/boundary"'
    catalog = load_text(filled(MAXIMAL).replace(boundary, ""))
    others = (
        *load_text(RESTFUL).instances,
        *load_text(INTERNET).instances,
        *load_text(CLOUD).instances,
        *load_text(SOCKETS).instances,
        *load_text(filled(RULED)).instances,
        *load_text(filled(PRIVATE)).instances,
    )
    return policy([*catalog.instances, *others], "shop-install")["Statement"]


def test_what_the_specs_need_is_allowed_and_nothing_of_other_kinds(statements):
    allowed = {action for each in statements for action in each["Action"]}
    own = {iam_action(call) for each in OWN.values() for call in (*each.reads, *each.writes)}
    assert own <= allowed
    besides = {action for each in BESIDES.values() for action in each.actions} | set(TAGGED_IN_CREATE.values())
    assert allowed - own - besides - {"sts:GetCallerIdentity", "tag:GetResources", "apigateway:GET"} == {
        "ec2:DescribeRouteTables", "ec2:DescribeSubnets", "ec2:DescribeVpcs", "iam:PassRole",
        "iam:CreateServiceLinkedRole",
    } - besides  # fmt: skip
    environment = load([EXAMPLES / "environment.yaml"])
    shared = {action for each in policy(environment.instances, "x")["Statement"] for action in each["Action"]}
    assert "ecs:CreateCluster" in shared
    assert not shared & {"ecs:CreateService", "iam:PassRole", "application-autoscaling:PutScalingPolicy"}


def test_private_domains_are_named_with_their_account_and_certificates_of_the_edge_in_its_region(statements):
    named = "arn:aws:apigateway:eu-west-1:*:/domainnames/*"
    [changes] = [each for each in statements if each["Sid"] == "ChangeApis"]
    assert named in changes["Resource"]
    edge = load_text(filled(RULED).replace("hostedZone:", "endpoint: edge\n      hostedZone:"))
    told = {each["Sid"]: each["Resource"] for each in policy(edge.instances, "x")["Statement"]}
    assert told["ChangeAcm"] == ["arn:aws:acm:eu-west-1:*:*", "arn:aws:acm:us-east-1:*:*"]
    assert not any(named in resources for resources in told.values())


def test_writes_are_fenced_by_our_tag_our_names_or_say_that_they_cannot_be(statements):
    ours = {"aws:RequestTag/penstock:install": "shop-install"}, {"aws:ResourceTag/penstock:install": "shop-install"}
    for each in statements:
        told = each.get("Condition", {}).get("StringEquals", {})
        named = all("shop-install/*" in arn for arn in each["Resource"])
        spoken = each["Sid"] in ("Look", "LookAtApis", "NoConditionPossible", "AskedBesides", "CreateInVpc")
        parts = each["Sid"].startswith("ApiParts")
        keyed = any(key.endswith(":CreateAction") or key.startswith(("iam:", "lambda:")) for key in told)
        assert told in ours or named or spoken or parts or keyed, each["Sid"]
        if "*" in each["Resource"]:
            assert spoken, each["Sid"]


def test_a_job_that_only_plans_may_write_nothing(statements):
    catalog = load([EXAMPLES / "shop.yaml"])
    found = policy(catalog.instances, "x", "ci-plan")["Statement"]
    verbs = {action.partition(":")[2] for each in found for action in each["Action"]}
    assert all(verb.startswith(("Describe", "Get", "List")) or verb == "GET" for verb in verbs)


def test_sids_are_what_iam_takes_and_none_is_twice(statements):
    sids = [each["Sid"] for each in statements]
    assert len(sids) == len(set(sids))
    assert all(sid.isalnum() for sid in sids)


def test_the_command_prints_the_document(penstock):
    told = penstock("iam-policy", str(EXAMPLES / "hello.yaml"), "--for", "ci-plan", "--install", "prod")
    assert told.code == 0
    assert told.json["Version"] == "2012-10-17"


def holder(iam, name: str, *documents: dict[str, Any]) -> str:
    """A role with these policies; its ARN."""
    role = iam.create_role(RoleName=name, Path="/people/", AssumeRolePolicyDocument=json.dumps(NOBODY))["Role"]
    for number, document in enumerate(documents):
        text = json.dumps(document)
        made = iam.create_policy(PolicyName=f"{name}-{number}", PolicyDocument=text)["Policy"]
        iam.attach_role_policy(RoleName=name, PolicyArn=made["Arn"])
    return role["Arn"]


def test_the_boundary_lets_through_all_that_made_roles_may_do_and_no_more(tmp_path):
    world = World(tmp_path)
    world.write((EXAMPLES / "shop.yaml").read_text())
    world.settle()
    iam = world.boto("iam")
    arn = holder(iam, "most", policy(world.catalog().instances, "default", "boundary"))
    details = iam.get_account_authorization_details(Filter=["Role"])["RoleDetailList"]
    made = [one["PolicyDocument"] for each in details for one in each["RolePolicyList"]]
    asked = {
        (action, resource)
        for document in made
        for each in document["Statement"]
        for action in ([each["Action"]] if isinstance(each["Action"], str) else each["Action"])
        for resource in ([each["Resource"]] if isinstance(each["Resource"], str) else each["Resource"])
    }
    assert len(asked) > 10

    def told(action: str, resource: str) -> str:
        found = iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=[action], ResourceArns=[resource])
        return found["EvaluationResults"][0]["EvalDecision"]

    assert {told(*each) for each in asked} == {"allowed"}
    assert told("s3:PutObject", "arn:aws:s3:::example-images/a") == "implicitDeny"
    assert told("logs:PutLogEvents", "arn:aws:logs:eu-west-1:123456789012:log-group:/other:*") == "implicitDeny"


def test_a_boundary_that_iam_would_not_take_is_refused(penstock, tmp_path):
    text = (EXAMPLES / "hello.yaml").read_text()
    many = [f"arn:aws:s3:::bucket-with-a-long-name-number-{number:04}/*" for number in range(150)]
    more = f"      permissions: [{{actions: ['s3:GetObject'], resources: {json.dumps(many)}}}]\n"
    (tmp_path / "long.yaml").write_text(text.rstrip("\n") + "\n" + more)
    told = penstock("iam-policy", str(tmp_path), "--for", "boundary")
    assert told.code == 4
    assert "IAM takes 6144" in told.err


def test_check_says_what_is_not_allowed_before_anything_is_tried(penstock, account):
    import boto3

    iam, hello = boto3.client("iam", region_name="eu-west-1"), str(EXAMPLES / "hello.yaml")
    instances = load([EXAMPLES / "hello.yaml"]).instances
    whole, looking = policy(instances, "default"), policy(instances, "default", "ci-plan")
    forbidding = {"Effect": "Deny", "Action": "ecs:Update*", "Resource": "*"}
    forbidden = {"Version": "2012-10-17", "Statement": [forbidding]}
    enough, little = holder(iam, "enough", whole), holder(iam, "little", looking, forbidden)
    told = penstock("iam-policy", hello, "--check", "--principal", enough)
    assert (told.code, told.json["places"][0]["denied"]) == (0, [])
    assert penstock("iam-policy", hello, "--check", "--for", "ci-plan", "--principal", little).code == 0
    told = penstock("iam-policy", hello, "--check", "--principal", little)
    decisions = {each["action"]: each["decision"] for each in told.json["places"][0]["denied"]}
    assert told.code == 7
    assert decisions["ecs:CreateService"] == "implicitDeny"
    assert decisions["ecs:UpdateService"] == "explicitDeny"
    assert "ecs:DescribeServices" not in decisions
    assert "ecs:UpdateService on arn:aws:ecs:eu-west-1:*:*: a policy forbids it (ChangeEcs)" in told.err
    assert penstock("iam-policy", hello, "--check").code == 4, "the sandbox's caller is nobody whom IAM knows"
    assert penstock("iam-policy", hello, "--principal", little).code == 4
