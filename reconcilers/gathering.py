"""What `desired` must know of an account is asked for here, once for each pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from botocore.exceptions import ClientError

from reconcilers.aws import Aws
from reconcilers.errors import code, is_gone
from reconcilers.facts import Definition, Entrance, Facts, Lent, LinkV1, Missing, Tier, platform, tiers
from reconcilers.networks import networks
from reconcilers.ownership import Owner
from reconcilers.topology import balancer_of, by_link_v1, domain_of, entrances
from specs import Instance
from specs.environment import EnvironmentSpec


def gather(aws: Aws, instances: Iterable[Instance]) -> Facts:
    """Look up what these instances need to know, in at most four calls and their pages, and one for each task
    definition of others, each client secret and each VPC endpoint that a record leads to, two for each load balancer
    of others, and a list and a call for each VPC link V1 that leads to one."""
    instances = tuple(instances)
    platforms = {platform(each).address: platform(each) for each in instances}
    needed: dict[str, set[Tier]] = {address: set(tiers(each)) for address, each in platforms.items()}
    for each in instances:
        needed[platform(each).address] |= tiers(each)
    lent = _lent(aws, instances)
    return Facts(
        aws.install,
        aws.region,
        aws.account_id,
        aws.partition,
        networks(aws, platforms, needed),
        _zones(aws, instances),
        _definitions(aws, instances),
        _secrets(aws, instances),
        lent,
        _links(aws, instances, lent),
        entrances=_entrances(aws, instances),
    )


def _entrances(aws: Aws, instances: Iterable[Instance]) -> dict[str, Entrance | Missing]:
    """The VPC endpoints that the records of these instances' private domains lead to, a call for each."""
    named = (each for each in instances if (domain := domain_of(each)) is not None and domain.hosted_zone is not None)
    ids = sorted({first for each in named for first in entrances(each)[:1]})
    return dict(zip(ids, aws.parallel(lambda id: _entrance(aws, id), ids), strict=True))


def _entrance(aws: Aws, id: str) -> Entrance | Missing:
    """Its first name is the one without a zone in it (ec2 DescribeVpcEndpoints, DnsEntries)."""
    try:
        [found] = aws.ec2.describe_vpc_endpoints(VpcEndpointIds=[id])["VpcEndpoints"]
    except ClientError as error:
        if not is_gone(error):
            raise
        return Missing(f"there is no VPC endpoint {id} in {aws.region}")
    names = found.get("DnsEntries", ())
    if not names:
        return Missing(f"the VPC endpoint {id} has no name: it is of type {found.get('VpcEndpointType', 'Gateway')}")
    records = {"ipv4": ("A",), "ipv6": ("AAAA",)}.get(found.get("IpAddressType", "ipv4"), ("A", "AAAA"))
    return Entrance(names[0]["DnsName"], names[0]["HostedZoneId"], records)


def _lent(aws: Aws, instances: Iterable[Instance]) -> dict[str, Lent | Missing]:
    """The load balancers of others that these instances or their Environments adopt, two calls for each."""
    homes = [spec for each in instances for spec in (each.spec, platform(each).spec)]
    balancers = (
        one
        for spec in homes
        for one in (spec.load_balancers.values() if isinstance(spec, EnvironmentSpec) else (spec.load_balancer,))
    )
    names = sorted({one.adopt for one in balancers if one.adopt is not None})
    return dict(zip(names, aws.parallel(lambda name: _balancer(aws, name), names), strict=True))


def _balancer(aws: Aws, name: str) -> Lent | Missing:
    asked = {"LoadBalancerArns": [name]} if name.startswith("arn:") else {"Names": [name]}
    try:
        [found] = aws.elbv2.describe_load_balancers(**asked)["LoadBalancers"]
    except ClientError as error:
        if not is_gone(error):
            raise
        return Missing(f"there is no load balancer {name} in {aws.region}")
    arn = found["LoadBalancerArn"]
    listeners = aws.elbv2.pages("describe_listeners", "Listeners", LoadBalancerArn=arn)
    return Lent(
        arn,
        found["DNSName"],
        found["Type"],
        found["Scheme"],
        tuple(found.get("SecurityGroups", ())),
        {each["Port"]: each["ListenerArn"] for each in listeners if "Port" in each},
    )


def _links(aws: Aws, instances: Iterable[Instance], lent: Mapping[str, Lent | Missing]) -> dict[str, LinkV1]:
    """The VPC links V1 that lead to load balancers of others, where somebody wants to go that way. Their tags are told
    one by one only (ledger 0.3)."""
    called = {balancer_of(each).spec.adopt for each in instances if by_link_v1(each)}
    arns = {found.arn for name in called if isinstance(found := lent.get(name or ""), Lent)}
    if not arns:
        return {}
    listed = aws.apigateway.pages("get_vpc_links", "items", limit=500)
    alive = {arn: each for each in listed if each["status"] != "FAILED" for arn in arns & set(each["targetArns"])}
    tags = {arn: aws.apigateway.get_vpc_link(vpcLinkId=each["id"]).get("tags", {}) for arn, each in alive.items()}
    return {arn: LinkV1(each["id"], each["status"], Owner.of(tags[arn])) for arn, each in alive.items()}


def _secrets(aws: Aws, instances: Iterable[Instance]) -> dict[str, str | Missing]:
    """The versions of the client secrets that these instances' authorizers need, a call for each."""
    specs = (each.spec for each in instances if not isinstance(each.spec, EnvironmentSpec))
    logins = (one.login for spec in specs for one in spec.gateway.authorizers.values() if one.login is not None)
    asked = sorted({one.client_secret.arn or one.client_secret.name or "" for one in logins if one.client_secret})
    return dict(zip(asked, aws.parallel(lambda name: _version(aws, name), asked), strict=True))


def _version(aws: Aws, name: str) -> str | Missing:
    try:
        versions = aws.secrets.describe_secret(SecretId=name)["VersionIdsToStages"]
    except ClientError as error:
        if code(error) != "ResourceNotFoundException":
            raise
        return Missing(f"there is no secret {name} in {aws.region}")
    return next((id for id, stages in versions.items() if "AWSCURRENT" in stages), "")


def _definitions(aws: Aws, instances: Iterable[Instance]) -> dict[str, Definition | Missing]:
    """The task definitions of others that these instances run, a call for each."""
    specs = (each.spec for each in instances if not isinstance(each.spec, EnvironmentSpec))
    names = sorted({one.task_definition for spec in specs for one in spec.services.values() if one.task_definition})
    return dict(zip(names, aws.parallel(lambda name: _definition(aws, name), names), strict=True))


def _definition(aws: Aws, name: str) -> Definition | Missing:
    """Of a family the latest ACTIVE revision (ecs DescribeTaskDefinition, taskDefinition)."""
    try:
        found = aws.ecs.describe_task_definition(taskDefinition=name)["taskDefinition"]
    except ClientError as error:
        if code(error) != "ClientException":
            raise
        return Missing(f"there is no task definition {name} in {aws.region}")
    if found["status"] != "ACTIVE":
        return Missing(f"task definition {name} is {found['status']}: no service can be moved to it")
    if "FARGATE" not in found.get("compatibilities", ()) or found.get("networkMode") != "awsvpc":
        return Missing(f"task definition {name} does not run on Fargate, which wants awsvpc, cpu and memory")
    ports = {
        port["containerPort"]: each["name"]
        for each in reversed(found["containerDefinitions"])
        for port in each.get("portMappings", ())
        if "containerPort" in port
    }
    return Definition(found["taskDefinitionArn"], ports)


def _zones(aws: Aws, instances: Iterable[Instance]) -> dict[str, str | Missing]:
    """The public hosted zones that specs call by name, one call each."""
    domains = (each.spec.gateway.domain for each in instances if not isinstance(each.spec, EnvironmentSpec))
    called = {each.hosted_zone for each in domains if each is not None and each.hosted_zone and "." in each.hosted_zone}
    return {name: _one_zone(aws, name) for name in sorted(called)}


def _one_zone(aws: Aws, name: str) -> str | Missing:
    found = aws.route53.list_hosted_zones_by_name(DNSName=name, MaxItems="10")["HostedZones"]
    public = [each["Id"] for each in found if each["Name"] == f"{name}." and not each["Config"]["PrivateZone"]]
    if len(public) == 1:
        return str(public[0]).rpartition("/")[2]
    return Missing(f"{len(public)} public hosted zones are called {name}; exactly one is needed, or its id")
