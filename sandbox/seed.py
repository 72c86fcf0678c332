"""A demo account: the network, zone, certificate, secret, parameter and function that the example specs speak of."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import boto3
from moto.acm.models import CertBundle, TagHolder
from moto.s3.models import FakeBucket

from sandbox import elsewhere, invoking
from sandbox.dispatch import Sandbox
from sandbox.inprocess import connect
from sandbox.world import World

CERTIFICATE = "11111111-2222-4333-8444-555555555555"
DOMAIN = "*.demo.internal"
ZONE = "shop.example.com"
ZONES = ("a", "b")
GUARD = "demo-guard"


def seed(sandbox: Sandbox, account: str = "123456789012", region: str = "eu-west-1") -> None:
    """Idempotent: an account that has the demo VPC is left as it is.

    Makes a VPC 10.0.0.0/16 named `demo`, two private subnets (`Tier=private`) with the local route only, two public
    ones (`Tier=public`) with an internet gateway, all with IPv6 as well, an ISSUED certificate for `*.demo.internal`,
    the hosted zone `shop.example.com`, the secret `demo/db`, the parameter `/demo/token`, and the function
    `demo-guard`, which lets in who says `sesame`.
    """
    session = boto3.Session(aws_access_key_id=account, aws_secret_access_key="demo", region_name=region)  # noqa: S106  # no secret
    connect(sandbox, session)
    ec2: Any = session.client("ec2")
    if ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["demo"]}])["Vpcs"]:
        return
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=_named("vpc", "demo"))["Vpc"]["VpcId"]
    for attribute in ("EnableDnsSupport", "EnableDnsHostnames"):
        ec2.modify_vpc_attribute(VpcId=vpc, **{attribute: {"Value": True}})
    six = ec2.associate_vpc_cidr_block(VpcId=vpc, AmazonProvidedIpv6CidrBlock=True)["Ipv6CidrBlockAssociation"]
    _subnets(ec2, vpc, region, "private", 0, six["Ipv6CidrBlock"])
    gateway = ec2.create_internet_gateway(TagSpecifications=_named("internet-gateway", "demo"))
    gateway_id = gateway["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc)
    table = _subnets(ec2, vpc, region, "public", 100, six["Ipv6CidrBlock"])
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway_id)
    ec2.create_route(RouteTableId=table, DestinationIpv6CidrBlock="::/0", GatewayId=gateway_id)
    session.client("secretsmanager").create_secret(Name="demo/db", SecretString="not a real password")
    session.client("ssm").put_parameter(Name="/demo/token", Value="not a real token", Type="SecureString")
    route53 = session.client("route53")
    if not route53.list_hosted_zones_by_name(DNSName=ZONE)["HostedZones"]:  # zones are the account's, not the region's
        route53.create_hosted_zone(Name=ZONE, CallerReference="demo")
    certify(sandbox.world(account, region), DOMAIN, CERTIFICATE)
    made = session.client("lambda").create_function(
        FunctionName=GUARD,
        Runtime="python3.13",
        Handler="main.handle",
        Code={"ZipFile": b"PK"},
        Role=f"arn:aws:iam::{account}:role/{GUARD}",
    )
    answers: list[dict[str, Any]] = [{"identity": ["sesame"], "answer": _policy("Allow")}, {"answer": _policy("Deny")}]
    invoking.set_answers(sandbox.world(account, region), made["FunctionArn"], answers)


def _policy(effect: str) -> dict[str, Any]:
    """What a Lambda authorizer answers. Source: API Gateway guide, *Output from an API Gateway Lambda authorizer*."""
    statement = {"Effect": effect, "Action": "execute-api:Invoke", "Resource": "*"}
    return {"principalId": "demo", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}


def _named(type: str, name: str, **more: str) -> list[dict[str, Any]]:
    return [
        {"ResourceType": type, "Tags": [{"Key": key, "Value": value} for key, value in ({"Name": name} | more).items()]}
    ]


def _subnets(ec2: Any, vpc: str, region: str, tier: str, first: int, six: str) -> str:  # noqa: PLR0917  all of it
    """A subnet in each zone and the route table they share, whose id comes back. `six`: the IPv6 block they share."""
    table = ec2.create_route_table(VpcId=vpc, TagSpecifications=_named("route-table", f"demo-{tier}"))
    table_id: str = table["RouteTable"]["RouteTableId"]
    for number, zone in enumerate(ZONES, start=first):
        tags = _named("subnet", f"demo-{tier}-{zone}", Tier=tier)
        subnet = ec2.create_subnet(
            VpcId=vpc,
            CidrBlock=f"10.0.{number}.0/24",
            Ipv6CidrBlock=six.replace("00::/56", f"{number:02x}::/64"),
            AvailabilityZone=f"{region}{zone}",
            TagSpecifications=tags,
        )
        ec2.associate_route_table(RouteTableId=table_id, SubnetId=subnet["Subnet"]["SubnetId"])
    return table_id


def certify(world: World, domain: str, id: str) -> str:
    """An ISSUED certificate with this id, as if validation had long been done. Returns its ARN."""
    arn = f"arn:aws:acm:{world.region}:{world.account}:certificate/{id}"
    certificate = copy.copy(_signed(domain))
    certificate.arn, certificate.status, certificate.type = arn, "ISSUED", "AMAZON_ISSUED"
    certificate.tags, certificate.in_use_by = TagHolder(), []
    certificate.created_at = datetime.fromtimestamp(world.now, UTC).replace(tzinfo=None) - timedelta(days=1)
    elsewhere.backend(world, "acm")._certificates[arn] = certificate  # noqa: SLF001  # moto makes up ids; the specs know this one
    return arn


def keep(world: World, bucket: str, *keys: str) -> None:
    """Objects in S3, as if somebody had put them there: what a custom domain may name as its trust store."""
    store = elsewhere.backend(world, "s3")
    if bucket not in store.buckets:  # moto remembers the names of buckets beyond its own end, so none is created
        store.buckets[bucket] = FakeBucket(bucket, world.account, world.region)
    for key in keys:
        store.put_object(bucket, key, b"-")


@cache
def _signed(domain: str) -> Any:
    """Making a key takes longer than all else here."""
    return CertBundle.generate_cert(domain, account_id="", region="", sans=[])
