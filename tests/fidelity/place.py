"""A sandbox to bring into the situation that a recording speaks of: an empty account, and whatever the recorded object
refers to, made when first spoken of."""

from __future__ import annotations

import json
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError
from botocore.parsers import ResponseParserError
from botocore.session import get_session

from sandbox import ManualClock, Sandbox, elsewhere, snapshot
from sandbox.inprocess import connect
from sandbox.seed import certify
from tests.world import LOADER

ACCOUNT, REGION = "123456789012", "us-east-1"
TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"},
         "Action": "sts:AssumeRole"}]}  # fmt: skip
Item = dict[str, Any]


class Refused(Exception):
    """The sandbox said no: its code, message and status."""

    def __init__(self, code: str, message: str, status: int) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status = code, message, status


class Place:
    """One account in one region. `call` speaks boto3; `reference` gives what stands for a recorded object here."""

    def __init__(self) -> None:
        elsewhere.reset()
        self.clock = ManualClock()
        self.sandbox = Sandbox(clock=self.clock)
        core = get_session()
        core.register_component("data_loader", LOADER)
        self._session = boto3.Session(
            botocore_session=core, aws_access_key_id=ACCOUNT, aws_secret_access_key="x", region_name=REGION  # no secret
        )  # fmt: skip
        connect(self.sandbox, self._session)
        self._clients: dict[str, Any] = {}
        self.answers: dict[tuple[str, str], Item] = {}
        self._references: dict[tuple[str, str], Any] = {}
        self._made: dict[str, int] = {}
        self._build()
        self._empty = snapshot.taken(self.sandbox)

    def _build(self) -> None:
        self.vpc = self.call("ec2", "create_vpc", CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        gateway = self.call("ec2", "create_internet_gateway")["InternetGateway"]["InternetGatewayId"]
        self.call("ec2", "attach_internet_gateway", InternetGatewayId=gateway, VpcId=self.vpc)
        self.subnets = [self._subnet(number) for number in range(6)]
        self.firewall = self._firewall("first")
        for service in ("ecs.amazonaws.com", "ops.apigateway.amazonaws.com"):
            self.call("iam", "create_service_linked_role", AWSServiceName=service)
        self.clock.advance(60)

    def reset(self) -> None:
        """Empty again; time goes on."""
        elsewhere.reset()
        self.sandbox.worlds.clear()
        snapshot.restore(self.sandbox, self._empty)
        self.answers.clear()
        self._references.clear()
        self._made.clear()

    def call(self, service: str, operation: str, /, **request: Any) -> Item:
        """Raises `Refused`."""
        if service not in self._clients:
            once = Config(retries={"total_max_attempts": 1}, parameter_validation=False)
            self._clients[service] = self._session.client(service, config=once)
        try:
            answer = getattr(self._clients[service], operation)(**request)
        except ClientError as no:
            error = no.response["Error"]
            status = no.response["ResponseMetadata"]["HTTPStatusCode"]
            raise Refused(error.get("Code", ""), error.get("Message", ""), status) from None
        except NotImplementedError as missing:
            raise Refused("NotImplemented", str(missing), 501) from None
        except ResponseParserError as garbled:
            raise Refused("", f"the sandbox answered no XML: {garbled}", 501) from None
        except (ParamValidationError, TypeError, ValueError, AttributeError, LookupError, StopIteration) as malformed:
            raise Refused("", f"{type(malformed).__name__}: {malformed}", 0) from None
        answer.pop("ResponseMetadata", None)
        self.answers[service, operation] = answer
        return dict(answer)

    def wait(self, seconds: float = 600) -> None:
        for _ in range(10):
            self.clock.advance(seconds / 10)
            self.sandbox.world(ACCOUNT, REGION)

    def reference(self, kind: str, recorded: str) -> Any:
        """What stands here for the `kind` of thing that was called `recorded` there. The same for the same."""
        if (kind, recorded) not in self._references:
            number = self._made.get(kind, 0)
            self._made[kind] = number + 1
            self._references[kind, recorded] = getattr(self, f"_{kind}")(number) if kind != "vpc" else self.vpc
        return self._references[kind, recorded]

    def stands_for(self, kind: str, recorded: str, ours: Any) -> None:
        self._references[kind, recorded] = ours

    # ---- what recorded objects refer to

    def _subnet(self, number: int) -> str:
        if number < len(getattr(self, "subnets", ())):
            return str(self.subnets[number])
        zone = f"{REGION}{'abcdef'[number % 6]}"
        asked = {"VpcId": self.vpc, "CidrBlock": f"10.0.{number}.0/24", "AvailabilityZone": zone}
        return str(self.call("ec2", "create_subnet", **asked)["Subnet"]["SubnetId"])

    def _firewall(self, number: Any) -> str:
        if number == 0:
            return self.firewall
        asked = {"VpcId": self.vpc, "GroupName": f"g{number}", "Description": "of a recording"}
        return str(self.call("ec2", "create_security_group", **asked)["GroupId"])

    def _certificate(self, number: int) -> str:
        world = self.sandbox.world(ACCOUNT, REGION)
        return certify(world, "*.example.com", f"{number:08}-1111-1111-1111-111111111111")

    def _role(self, number: int) -> str:
        document = json.dumps(TRUST)
        arn = self.call("iam", "create_role", RoleName=f"role-{number}", AssumeRolePolicyDocument=document)["Role"][
            "Arn"
        ]
        self.clock.advance(20)
        return str(arn)

    def _address(self, _: int) -> str:
        return str(self.call("ec2", "allocate_address", Domain="vpc")["AllocationId"])

    def _target_group(self, number: int) -> str:
        asked = {"Name": f"group-{number}", "Protocol": "HTTP", "Port": 80, "VpcId": self.vpc, "TargetType": "ip"}
        return str(self.call("elbv2", "create_target_group", **asked)["TargetGroups"][0]["TargetGroupArn"])

    def _tcp_group(self, number: int) -> str:
        asked = {"Name": f"tcp-{number}", "Protocol": "TCP", "Port": 80, "VpcId": self.vpc, "TargetType": "ip"}
        return str(self.call("elbv2", "create_target_group", **asked)["TargetGroups"][0]["TargetGroupArn"])

    def _lambda_group(self, number: int) -> str:
        asked = {"Name": f"function-{number}", "TargetType": "lambda"}
        return str(self.call("elbv2", "create_target_group", **asked)["TargetGroups"][0]["TargetGroupArn"])

    def _balancer(self, number: int, type: str = "application") -> str:
        asked: Item = {"Name": f"{type[:3]}-{number}", "Subnets": self.subnets[:2], "Type": type, "Scheme": "internal"}
        arn = self.call("elbv2", "create_load_balancer", **asked)["LoadBalancers"][0]["LoadBalancerArn"]
        self.wait()
        return str(arn)

    def _network_balancer(self, number: int) -> str:
        return self._balancer(number, "network")

    def _registry(self, number: int) -> str:
        self.call("servicediscovery", "create_private_dns_namespace", Name=f"space{number}.local", Vpc=self.vpc)
        self.wait(60)
        space = self.call("servicediscovery", "list_namespaces")["Namespaces"][-1]["Id"]
        dns = {"DnsRecords": [{"Type": "A", "TTL": 60}]}
        asked = {"Name": f"service{number}", "NamespaceId": space, "DnsConfig": dns}
        return str(self.call("servicediscovery", "create_service", **asked)["Service"]["Arn"])

    def _cluster(self, number: int) -> str:
        return str(self.call("ecs", "create_cluster", clusterName=f"cluster-{number}")["cluster"]["clusterArn"])
