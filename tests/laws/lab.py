"""A world whose every request is held against botocore's traits, and somebody in it who changes things by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from controller import carry
from controller.engine import Options, act, planned
from controller.seen import Seen
from drift import Drift
from reconcilers import Aws, Key, Live
from reconcilers.identity.role import TASKS_MAY_ASSUME
from reconcilers.survey import observe_kinds
from sandbox import elsewhere, shapes, snapshot
from sandbox.seed import certify, keep
from sandbox.store import STORE
from specs import Catalog
from tests.laws.topologies import filled
from tests.world import ACCOUNT, REGION, World

WILDCARDS = ("33333333-2222-4333-8444-555555555555", "44444444-2222-4333-8444-555555555555")
BOUNDARY = "arn:aws:iam::123456789012:policy/"
SECOND_CERTIFICATE = "22222222-2222-4333-8444-555555555555"
ANYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


@dataclass(frozen=True)
class Start:
    """A lab as it was when it had settled: another one may begin there."""

    account: bytes
    known: Mapping[str, Any]
    """What the lab itself knows of the account, by the names of its attributes."""


class Lab(World):
    """An account with a little more in it than the demo's, one spec, and every request kept."""

    KNOWN = ("group", "other", "acls", "trust_stores", "endpoint", "spec", "making")

    def __init__(self, folder: Path, spec: str, start: Start | None = None) -> None:
        self.seen: Seen | None = None
        self.after: Seen | None = None
        self.touched: tuple[Key, ...] = ()
        self.first: Seen | None = None
        self.read: Catalog | None = None
        self.wrong: list[str] = []
        self.asked: list[tuple[str, dict[str, Any]]] = []
        elsewhere.reset()
        super().__init__(folder)
        self.by_hand = super().connect()
        if start is None:
            self._make(spec)
        else:
            elsewhere.reset()
            snapshot.restore(self.sandbox, start.account)
            vars(self).update(start.known)
            self.write(self.spec)
        self.asked, self.beginning = [], STORE.beginnings

    def started(self) -> Start:
        """To be asked before anything else is done in it."""
        return Start(snapshot.taken(self.sandbox), {name: getattr(self, name) for name in self.KNOWN})

    def _make(self, spec: str) -> None:
        self.group, self.other = self._groups("extra", "other")
        for name in ("boundary", "other"):
            self.boto("iam").create_policy(PolicyName=name, PolicyDocument=json.dumps(ANYTHING))
        self.boto("iam").create_role(RoleName="by-hand", AssumeRolePolicyDocument=json.dumps(TASKS_MAY_ASSUME))
        self.boto("iam").put_role_policy(RoleName="by-hand", PolicyName="all", PolicyDocument=json.dumps(ANYTHING))
        self.boto("secretsmanager").create_secret(Name="demo/other", SecretString="another")
        for name in ("judge", "other"):
            self.boto("lambda").create_function(
                FunctionName=name, Runtime="python3.13", Handler="main.handle", Code={"ZipFile": b"PK"},
                Role=f"arn:aws:iam::{ACCOUNT}:role/by-hand",
            )  # fmt: skip
        world = self.sandbox.world(ACCOUNT, REGION)
        certify(world, "other.demo.internal", SECOND_CERTIFICATE)
        for id in WILDCARDS:
            certify(world, "*.shop.example.com", id)
        keep(world, "trust", "clients.pem", "others.pem")
        self.acls = [self._web_acl(name) for name in ("one", "two")]
        self.trust_stores = [self._trust_store(name) for name in ("one", "two")]
        made = self.boto("ec2").create_vpc_endpoint(
            VpcId=self.vpc,
            ServiceName=f"com.amazonaws.{REGION}.execute-api",
            VpcEndpointType="Interface",
            SubnetIds=list(self.subnets("private")),
        )
        self.endpoint = str(made["VpcEndpoint"]["VpcEndpointId"])
        self.spec = self.filled(spec)
        self.write(self.spec)
        self.settle()
        self.making = tuple(self.asked)

    @property
    def alive(self) -> bool:
        """Whether moto's half of it is still there: another test of this process may have begun another world."""
        return STORE.beginnings == self.beginning

    def filled(self, text: str) -> str:
        """A spec with what of this account it names."""
        return filled(text, self.group, self.trust_stores[0], self.acls[0], self.endpoint)

    def _web_acl(self, name: str) -> str:
        shown = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": name}
        made = self.boto("wafv2").create_web_acl(
            Name=name, Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=shown
        )
        return str(made["Summary"]["ARN"])

    def _trust_store(self, name: str) -> str:
        bundle = {"CaCertificatesBundleS3Bucket": "trust", "CaCertificatesBundleS3Key": "clients.pem"}
        made = self.boto("elbv2").create_trust_store(Name=name, **bundle)
        return str(made["TrustStores"][0]["TrustStoreArn"])

    def connect(self) -> Aws:
        aws = super().connect()
        aws.session.events.register_last("before-parameter-build", self._hear)
        return aws

    def _hear(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        service, operation = model.service_model.service_name, model.name
        self.asked.append((f"{service}:{operation}", params))
        self.wrong += [f"{service}:{operation} {each}" for each in misfits(service, operation, params)]

    def _groups(self, *names: str) -> list[str]:
        make = partial(self.boto("ec2").create_security_group, Description="by hand", VpcId=self.vpc)
        return [make(GroupName=name)["GroupId"] for name in names]

    @property
    def vpc(self) -> str:
        found = self.boto("ec2").describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["demo"]}])["Vpcs"]
        return str(found[0]["VpcId"])

    def subnets(self, tier: str) -> tuple[str, ...]:
        where = [{"Name": "tag:Tier", "Values": [tier]}]
        return tuple(each["SubnetId"] for each in self.boto("ec2").describe_subnets(Filters=where)["Subnets"])

    # ---- what somebody does by hand, and what Penstock makes of it

    def live(self, kind: str) -> list[Live[Any]]:
        """Everything wanted of this kind, as the last look saw it."""
        seen = self.seen or self.looked()
        return [live for key in seen.graph if key.kind == kind for live in seen.fleet.by_key.get(key, ())]

    def catalog(self) -> Catalog:
        """Read once: laws look far more often than they write."""
        if self.read is None:
            self.read = super().catalog()
        return self.read

    def write(self, text: str, name: str = "spec.yaml") -> None:
        super().write(text, name)
        self.read = None

    def look(self, *names: str) -> Seen:
        seen = super().look(*names)
        self.first = self.first or seen
        return seen

    def looked(self) -> Seen:
        self.seen = self.look()
        return self.seen

    def told(self) -> dict[Key, Drift]:
        return {each.key: each for each in self.looked().drift}

    def repair(self) -> list[str]:
        """Act once on what the last look saw; the names of the writes."""
        assert self.seen is not None
        self.aws.calls.clear()
        outcomes, _, after = act(self.aws, self.seen, self.marks, Options())
        wrong = [f"{each.change.name}: {each.error}" for each in outcomes if each.result not in ("done", "pending")]
        assert not wrong, wrong
        self.seen, self.after, self.touched = None, after, tuple({each.change.key for each in outcomes})
        return self.writes

    def left(self) -> dict[Key, Drift]:
        """What drifts after a repair, asked only of the kinds it touched, as `apply` asks while it waits. That all else
        is as it was is seen when the next law looks at everything, and when the world is given up."""
        assert self.after is not None
        found = observe_kinds(self.aws, self.after.fleet, self.after.graph, self.touched, self.after.facts)
        fleet = carry.replaced(self.after.fleet, self.touched, found)
        self.seen = planned(replace(self.after, fleet=fleet))
        return {each.key: each for each in self.seen.drift}


def misfits(service: str, operation: str, params: Any) -> Iterator[str]:
    """What of a request is outside botocore's pattern, min, max, enum or required members."""
    return shapes.problems(shapes.operation(service, operation).input_shape, _listed(params), asked=True)


def _listed(value: Any) -> Any:
    """boto3 takes a tuple for a list."""
    if isinstance(value, dict):
        return {name: _listed(each) for name, each in value.items()}
    return [_listed(each) for each in value] if isinstance(value, (list, tuple)) else value
