"""The tags moto keeps, for the index that looks over everything (ledger 0.3), and quickly: moto itself finds the tags
of one security group by reading those of all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE

from sandbox import elsewhere, mototime, tags
from sandbox.refusal import Refusal

if TYPE_CHECKING:
    from sandbox.world import World

AWS_NAMES = {"vpc-elastic-ip": "elastic-ip", "nat-gateway": "natgateway"}  # where moto's type is not AWS's
Tagged = Iterator[tuple[str, dict[str, str]]]


def tagged(world: World) -> Tagged:
    """ARN and tags of everything tagged in the services that somebody has used so far. IAM is not in regional
    answers."""
    for service, told in TOLD.items():
        if service in mototime.LOADED:
            yield from told(world, elsewhere.backend(world, service))


def _ec2(world: World, ec2: Any) -> Tagged:
    there = {
        "sg": {id for kept in ec2.groups.values() for id in kept},
        "subnet": {id for kept in ec2.subnets.values() for id in kept},
        "sgr": {rule.id for kept in ec2.groups.values() for group in kept.values() for rule in _rules(group)},
        "vpc": ec2.vpcs.keys(),
        "igw": ec2.internet_gateways.keys(),
        "rtb": ec2.route_tables.keys(),
        "eni": ec2.enis.keys(),
    }
    for id, kept in list(ec2.tags.items()):
        prefix = id.rpartition("-")[0]
        type = EC2_PREFIX_TO_RESOURCE.get(prefix, prefix)
        if kept and id in there.get(prefix, (id,)):
            yield f"arn:aws:ec2:{world.region}:{world.account}:{AWS_NAMES.get(type, type)}/{id}", dict(kept)


def _rules(group: Any) -> Iterable[Any]:
    return (*group.ingress_rules, *group.egress_rules)


def _logs(_world: World, logs: Any) -> Tagged:
    for group in logs.groups.values():
        if found := logs.tagger.get_tag_dict_for_resource(group.arn):
            yield group.arn, dict(found)


def _acm(_world: World, acm: Any) -> Tagged:
    for arn, certificate in acm._certificates.items():  # noqa: SLF001  # there is no other list
        if found := {key: value or "" for key, value in certificate.tags.items()}:
            yield arn, found


def _secrets(_world: World, secretsmanager: Any) -> Tagged:
    for secret in secretsmanager.secrets.values():
        if secret.tags:
            yield secret.arn, {each["Key"]: each["Value"] for each in secret.tags}


TOLD: dict[str, Callable[[World, Any], Tagged]] = {"ec2": _ec2, "logs": _logs, "acm": _acm, "secretsmanager": _secrets}


def tag(world: World, arn: str, labels: Mapping[str, str]) -> None:
    """Raises `Refusal` for a service whose tags we do not reach."""
    service = arn.removeprefix("arn:aws:").partition(":")[0]
    match service:
        case "ec2":
            tags.check(service, labels)
            elsewhere.backend(world, service).create_tags([arn.rpartition("/")[2]], dict(labels))
        case "logs":
            tags.check(service, labels)
            elsewhere.backend(world, service).tag_resource(arn, dict(labels))
        case _:
            raise Refusal("InvalidParameterException", f"{arn} is not one that can be tagged here")


def untag(world: World, arn: str, keys: Iterable[str]) -> None:
    service = arn.removeprefix("arn:aws:").partition(":")[0]
    match service:
        case "ec2":
            elsewhere.backend(world, service).delete_tag_keys([arn.rpartition("/")[2]], list(keys))
        case "logs":
            elsewhere.backend(world, service).untag_resource(arn, list(keys))
        case _:
            raise Refusal("InvalidParameterException", f"{arn} is not one that can be untagged here")


def _own_tags(self: Any) -> list[dict[str, str]]:
    kept = self.ec2_backend.tags.get(self.id, {})
    type = EC2_PREFIX_TO_RESOURCE.get(self.id.rpartition("-")[0], "")
    return [{"resource_id": self.id, "key": key, "value": value, "resource_type": type} for key, value in kept.items()]


TaggedEC2Resource.get_tags = _own_tags
