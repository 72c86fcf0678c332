"""Things of somebody else's that look like ours by their names, and may carry half of our tags: they stay as they are.

In every history: nobody's call names one of them, and at the end each is what it was, byte for byte.
"""

from __future__ import annotations

import json
from typing import Any
from zlib import crc32

from reconcilers.identity.role import TASKS_MAY_ASSUME
from sandbox import elsewhere
from tests.world import ACCOUNT, REGION, World

FLAVOURS: dict[str, dict[str, str]] = {
    "untagged": {},
    "another installation": {"install": "other", "service": "{name}", "key": "{key}"},
    "another instance": {"install": "default", "service": "someone", "key": "{key}"},
    "case": {"INSTALL": "default", "Service": "{name}", "KEY": "{key}"},
}


class Strangers:
    """As many families of them as asked for, each of eight resources and a cluster, one flavour after the other."""

    def __init__(self, world: World, name: str, families: int) -> None:
        self.world, self.ids, self.names = world, list[str](), list[str]()
        ec2 = world.boto("ec2")
        self.vpc = ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["demo"]}])["Vpcs"][0]["VpcId"]
        private = [{"Name": "tag:Tier", "Values": ["private"]}]
        self.subnets = [each["SubnetId"] for each in ec2.describe_subnets(Filters=private)["Subnets"]]
        self.clusters = families > len(FLAVOURS)
        if self.clusters:  # the first cluster of an account is another story, which a few families leave to us
            world.boto("iam").create_service_linked_role(AWSServiceName="ecs.amazonaws.com")
            quotas = ("vpc-links", "application-load-balancers")
            world.sandbox.quotas |= dict.fromkeys(quotas, 10 * families)  # people ask AWS for more
        flavours, first = list(FLAVOURS.values()), crc32(name.encode())
        for number in range(families):
            self._family(f"{name}-{number:06x}", name, flavours[(first + number) % len(flavours)])
        if families:
            world.clock.sleep(300)
        self.before = self._seen()

    def _family(self, named: str, owner: str, flavour: dict[str, str]) -> None:
        def tags(key: str) -> dict[str, str]:
            return {f"penstock:{tag}": text.format(name=owner, key=key) for tag, text in flavour.items()}

        def pairs(key: str, member: str = "Tags") -> dict[str, Any]:
            told = [{"Key": tag, "Value": text} for tag, text in tags(key).items()]
            return {member: told} if told else {}

        world, ec2, elbv2 = self.world, self.world.boto("ec2"), self.world.boto("elbv2")
        gateway = world.boto("apigatewayv2")
        tagged = pairs("SecurityGroup/web")
        specification = [{"ResourceType": "security-group", **tagged}] if tagged else []
        group = ec2.create_security_group(
            GroupName=named, Description="a stranger", VpcId=self.vpc, TagSpecifications=specification
        )["GroupId"]
        balancer = elbv2.create_load_balancer(
            Name=named, Scheme="internal", Subnets=self.subnets, SecurityGroups=[group], **pairs("LoadBalancer")
        )["LoadBalancers"][0]["LoadBalancerArn"]
        target = elbv2.create_target_group(
            Name=named, Protocol="HTTP", Port=80, VpcId=self.vpc, TargetType="ip", **pairs("TargetGroup/web")
        )["TargetGroups"][0]["TargetGroupArn"]
        forward = [{"Type": "forward", "TargetGroupArn": target}]
        listener = elbv2.create_listener(
            LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=forward, **pairs("Listener/http")
        )["Listeners"][0]["ListenerArn"]
        api = gateway.create_api(Name=named, ProtocolType="HTTP", Tags=tags("HttpApi"))["ApiId"]
        link = gateway.create_vpc_link(
            Name=named, SubnetIds=self.subnets, SecurityGroupIds=[group], Tags=tags("VpcLink")
        )["VpcLinkId"]
        if self.clusters:
            small = [{"key": tag, "value": text} for tag, text in tags("Cluster").items()]
            world.boto("ecs").create_cluster(clusterName=named, tags=small)
        logs = f"/penstock/default-{named}"
        world.boto("logs").create_log_group(logGroupName=logs, tags=tags("LogGroup") or {"a": "b"})
        trust = json.dumps(TASKS_MAY_ASSUME)
        world.boto("iam").create_role(
            RoleName=named, Path="/penstock/default/", AssumeRolePolicyDocument=trust, **pairs("Role/web:task")
        )
        self.ids += [group, balancer, target, listener, api, link]
        self.names.append(named)

    # ---- what became of them

    def named_in(self, text: str) -> str:
        """The stranger that a request names, empty when it names none."""
        return next((each for each in (*self.ids, *self.names) if each in text), "")

    def changed(self) -> list[str]:
        """Those that are not what they were."""
        after = self._seen()
        return [name for name, told in self.before.items() if after.get(name) != told]

    def _seen(self) -> dict[str, str]:
        """By name, everything that AWS knows of each."""
        aws = self.world.sandbox.world(ACCOUNT, REGION)
        mine = {*self.ids, *self.names}
        found = {
            f"{shelf} {id}": repr((each.fields, each.tags))
            for shelf, kept in aws.resources.items()
            for id, each in kept.items()
            if id in mine or id.rpartition("/")[2] in mine
        }
        ec2, iam, logs = (elsewhere.backend(aws, service) for service in ("ec2", "iam", "logs"))
        groups = ec2.groups.get(self.vpc, {})
        for id in (each for each in self.ids if each in groups):
            told = (groups[id].ingress_rules, groups[id].egress_rules, ec2.describe_tags({"resource-id": [id]}))
            found[id] = repr([str(told[2]), len(told[0]), len(told[1])])
        for role in iam.roles.values():
            if role.name in mine:
                found[f"role {role.name}"] = repr((role.assume_role_policy_document, sorted(role.policies), role.tags))
        for group in logs.groups.values():
            if group.name.removeprefix("/penstock/default-") in mine:
                found[f"log group {group.name}"] = repr((group.retention_in_days, group.kms_key_id))
        return found
