"""Worlds of N services, built in process on the still clock; only the pass that is counted goes over the wire."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3

from controller.session import Session, Settings
from reconcilers import Aws
from sandbox.server import serving
from tests.world import ACCOUNT, REGION, World

NETWORK = "{vpc: {tag:Name: bench}, subnets: {private: {tag:Tier: bench}}}"
OWN = """\
apiVersion: penstock.dev/v1alpha1
kind: ApiService
metadata: {{name: {name}, labels: {{team: bench}}}}
spec:
  aws: {{region: eu-west-1}}
  network: {{discover: {network}}}
  services:
    web: {{image: "registry.example.com/web:1", port: 8080, healthCheck: /healthz}}
"""
SHARED = """\
apiVersion: penstock.dev/v1alpha1
kind: ApiService
metadata: {{name: {name}, labels: {{team: bench}}}}
spec:
  environment: bench
  services:
    web: {{image: "registry.example.com/web:1", port: 8080, healthCheck: /healthz}}
"""
ENVIRONMENT = f"""\
apiVersion: penstock.dev/v1alpha1
kind: Environment
metadata: {{name: bench}}
spec:
  aws: {{region: eu-west-1}}
  network: {{discover: {NETWORK}}}
"""
QUOTAS = dict.fromkeys(
    (
        "vpc-links",
        "application-load-balancers",
        "target-groups",
        "target-groups-per-application-load-balancer",
        "rules-per-load-balancer",
        "apis",
        "security-groups-per-vpc",
        "clusters",
        "log-delivery-policy-characters",
    ),
    50_000,
)


def settled(number: int, *, shared: bool) -> World:
    """N services that are as their specs say."""
    world = World(Path(tempfile.mkdtemp(prefix="penstock-bench-")), workers=1)
    world.sandbox.quotas.update(QUOTAS)
    roomy(world)
    if shared:
        world.write(ENVIRONMENT, "environment.yaml")
    for place in range(number):
        world.write((SHARED if shared else OWN).format(name=f"svc-{place:03}", network=NETWORK), f"{place:03}.yaml")
    world.settle(passes=200)
    world.time.advance(3600)
    return world


def roomy(world: World) -> None:
    """A VPC with addresses for hundreds of tasks and balancers."""
    ec2 = world.boto("ec2")

    def tagged(kind: str, **tags: str) -> list[dict[str, object]]:
        return [{"ResourceType": kind, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}]

    vpc = ec2.create_vpc(CidrBlock="10.32.0.0/16", TagSpecifications=tagged("vpc", Name="bench"))["Vpc"]["VpcId"]
    for cidr, zone in (("10.32.0.0/17", "a"), ("10.32.128.0/17", "b")):
        ec2.create_subnet(
            VpcId=vpc,
            CidrBlock=cidr,
            AvailabilityZone=f"{REGION}{zone}",
            TagSpecifications=tagged("subnet", Tier="bench"),
        )


def crowd(world: World) -> None:
    """500 foreign load balancers, 3,000 target groups, 2,000 roles and 300 APIs beside them."""
    ec2, elbv2, iam, api = (world.boto(each) for each in ("ec2", "elbv2", "iam", "apigatewayv2"))
    vpc = ec2.create_vpc(CidrBlock="10.64.0.0/16")["Vpc"]["VpcId"]
    zones = (("10.64.0.0/17", f"{REGION}a"), ("10.64.128.0/17", f"{REGION}b"))
    subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=zone) for cidr, zone in zones]
    ids = [each["Subnet"]["SubnetId"] for each in subnets]
    trust = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
            ],
        }
    )
    for place in range(500):
        elbv2.create_load_balancer(Name=f"foreign-{place}", Subnets=ids, Scheme="internal")
    for place in range(3_000):
        elbv2.create_target_group(Name=f"foreign-{place}", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip")
    for place in range(2_000):
        iam.create_role(RoleName=f"foreign-{place}", AssumeRolePolicyDocument=trust)
    for place in range(300):
        api.create_api(Name=f"foreign-{place}", ProtocolType="HTTP")


@contextmanager
def over_the_wire(world: World) -> Iterator[Session]:
    """A fresh session over HTTP: nothing is remembered from building the world."""
    with serving(world.sandbox) as endpoint:
        keys = {"aws_access_key_id": ACCOUNT, "aws_secret_access_key": "bench", "region_name": REGION}
        before = os.environ.get("AWS_ENDPOINT_URL")
        os.environ["AWS_ENDPOINT_URL"] = endpoint
        try:
            aws = Aws(boto3.Session(**keys), REGION, install=world.install, clock=world.clock, share=1.0, workers=1)
            yield Session(Settings(), clock=world.clock, connect=lambda *_, **__: aws)
        finally:
            os.environ.pop("AWS_ENDPOINT_URL")
            if before is not None:
                os.environ["AWS_ENDPOINT_URL"] = before


def counted(world: World) -> dict[str, Any]:
    """One full no-op pass over the wire, with everything the pass of a controller does."""
    from controller.loop import Loop

    with over_the_wire(world) as session:
        world.sandbox.log.clear()
        began = time.perf_counter()
        [report] = Loop([world.folder], session).turn(edited=False)
        seconds = time.perf_counter() - began
    calls = list(world.sandbox.log)
    assert report is not None
    return {
        "calls": len(calls),
        "mutating": sum(call["mutating"] for call in calls),
        "seconds": round(seconds, 2),
        "ready": sum(status.ready for status in report.statuses),
        "drift": sum(len(view.seen.drift) for view in report.views if view.seen is not None),
    }
