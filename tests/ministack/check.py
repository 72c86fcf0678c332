"""Create, look again, change by hand, put right, edit, delete: each step through the command line, and what of it was
not as it has to be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from tests.ministack.door import Asked, Door
from tests.ministack.gaps import ANSWERS_OF_AWS, GAPS
from tests.ministack.scenes import REGION, Scene

ACCOUNT = "123456789012"
INSTALL = "ministack"
KEYS = {"aws_access_key_id": ACCOUNT, "aws_secret_access_key": "check", "region_name": REGION}
LOGS_ROLE = f"penstock-{INSTALL}-apigateway"
"""By which all REST APIs of an account log: it stays, because others log through it (docs/deleting.md)."""
Act = Callable[[], list[str]]
"""Does a step, and tells what was wrong."""
PENSTOCK = Path(sys.executable).with_name("penstock")


@dataclass(frozen=True)
class Step:
    """One thing that was done, and what of it was not as it has to be."""

    scene: str
    what: str
    calls: int
    writes: int
    wrong: tuple[str, ...]


@dataclass
class Check:
    """The steps taken so far, against one ministack."""

    door: Door
    endpoint: str
    steps: list[Step] = field(default_factory=list)

    @property
    def wrong(self) -> bool:
        return any(step.wrong for step in self.steps)

    @property
    def stale(self) -> list[str]:
        """Known gaps that nobody met."""
        return [gap.name for gap in GAPS if not self.door.met[gap.name]]

    def client(self, service: str) -> Any:
        config = Config(retries={"total_max_attempts": 1})
        return boto3.client(service, endpoint_url=self.endpoint, config=config, **KEYS)

    def seed(self) -> None:
        """The network that the specs discover."""
        ec2 = self.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=_named("vpc", Name="demo"))["Vpc"]["VpcId"]
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
        for number, zone in enumerate("ab"):
            subnet = ec2.create_subnet(
                VpcId=vpc,
                CidrBlock=f"10.0.{number}.0/24",
                AvailabilityZone=f"{REGION}{zone}",
                TagSpecifications=_named("subnet", Tier="public"),
            )
            ec2.associate_route_table(RouteTableId=table, SubnetId=subnet["Subnet"]["SubnetId"])

    def play(self, scene: Scene) -> None:
        before = self.everything()
        with tempfile.TemporaryDirectory(prefix="penstock-ministack-") as folder:
            spec = Path(folder) / "spec.yaml"
            spec.write_text(scene.before)
            steps: tuple[tuple[str, Act], ...] = (
                ("create", lambda: self._applied(spec)),
                ("no-op", lambda: self._nothing_to_do(spec)),
                ("drift", lambda: self._drifted(scene, spec)),
                ("repair", lambda: self._applied(spec)),
                ("no-op", lambda: self._nothing_to_do(spec)),
                ("edit", lambda: self._edited(scene, spec)),
                ("no-op", lambda: self._nothing_to_do(spec)),
            )
            all(self._step(scene, what, act) for what, act in steps)  # what begins wrong is not gone on with
        self._step(scene, "delete", lambda: self._deleted(scene, before))

    def everything(self) -> dict[str, Any]:
        """What is in the account of what Penstock makes, by name or id."""
        lists = {
            ("apigateway", "get_rest_apis"): ("items", "id"),
            ("apigatewayv2", "get_apis"): ("Items", "ApiId"),
            ("elbv2", "describe_load_balancers"): ("LoadBalancers", "LoadBalancerName"),
            ("elbv2", "describe_target_groups"): ("TargetGroups", "TargetGroupName"),
            ("ec2", "describe_security_groups"): ("SecurityGroups", "GroupId"),
            ("iam", "list_roles"): ("Roles", "RoleName"),
            ("logs", "describe_log_groups"): ("logGroups", "logGroupName"),
            ("secretsmanager", "list_secrets"): ("SecretList", "Name"),
        }
        found: dict[str, Any] = {
            operation: sorted(each[name] for each in getattr(self.client(service), operation)()[items])
            for (service, operation), (items, name) in lists.items()
        }
        ecs = self.client("ecs")
        return found | {
            "clusters": ecs.list_clusters()["clusterArns"],
            "list_roles": [each for each in found["list_roles"] if each != LOGS_ROLE],
            "definitions": ecs.list_task_definitions(status="ACTIVE")["taskDefinitionArns"],
        }

    def _step(self, scene: Scene, what: str, act: Act) -> bool:
        first = len(self.door.asked)
        wrong = list(act())
        asked = self.door.asked[first:]
        mutating = [each for each in asked if not each.reads]
        wrong += [f"{each.call} was refused: {each.status} {each.code}" for each in asked if _unexpected(each)]
        if what == "no-op":
            wrong += [f"{each.call} was written" for each in mutating]
        self.steps.append(Step(scene.name, what, len(asked), len(mutating), tuple(dict.fromkeys(wrong))))
        print(f"{scene.name:8} {what:7} {len(asked):4} calls   {'; '.join(wrong) or 'as it has to be'}", flush=True)
        return not wrong

    def _applied(self, spec: Path) -> list[str]:
        done = self._penstock("apply", "-f", str(spec), "--yes", "--quiet", "--timeout", "2m")
        return [] if done.returncode == 0 else [f"apply ended with {done.returncode}: {_end(done)}"]

    def _edited(self, scene: Scene, spec: Path) -> list[str]:
        spec.write_text(scene.after)
        return self._applied(spec)

    def _nothing_to_do(self, spec: Path) -> list[str]:
        done = self._penstock("plan", "-f", str(spec), "-o", "json")
        if done.returncode:
            return [f"plan ended with {done.returncode}: {_end(done)}"]
        [service] = json.loads(done.stdout)["services"]
        return [
            f"{change['address']} {change['action']} {[each['path'] for each in change['differences']]}"
            for change in service["changes"]
        ]

    def _drifted(self, scene: Scene, spec: Path) -> list[str]:
        for _, _, hand in scene.hands:
            hand(self.client)
        done = self._penstock("drift", "-f", str(spec), "-o", "json")
        if done.returncode:
            return [f"drift ended with {done.returncode}: {_end(done)}"]
        found = {(each["address"], each["how"]) for each in json.loads(done.stdout)["drift"]}
        made = {(address, how) for address, how, _ in scene.hands}
        return [f"not found: {each}" for each in sorted(made - found)] + [
            f"found, though nobody did it: {each}" for each in sorted(found - made)
        ]

    def _deleted(self, scene: Scene, before: dict[str, Any]) -> list[str]:
        done = self._penstock("delete", scene.name, "--yes", "--quiet", "--timeout", "2m")
        if done.returncode:
            return [f"delete ended with {done.returncode}: {_end(done)}"]
        after = self.everything()
        return [f"left: {after[what]}, before {before[what]}" for what in before if after[what] != before[what]]

    def _penstock(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PENSTOCK_"))}
        environment = kept | {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "check",
            "AWS_REGION": REGION,
            "NO_PROXY": "127.0.0.1",
        }
        told = [str(PENSTOCK), command, *arguments, "--install", INSTALL]
        return subprocess.run(told, env=environment, capture_output=True, text=True, timeout=300, check=False)


def _unexpected(asked: Asked) -> bool:
    return asked.status >= 400 and (asked.call, asked.code) not in ANSWERS_OF_AWS


def _end(done: subprocess.CompletedProcess[str]) -> str:
    return " ".join((done.stderr + done.stdout).split())[-600:]


def _named(type: str, **tags: str) -> list[dict[str, Any]]:
    return [{"ResourceType": type, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}]
