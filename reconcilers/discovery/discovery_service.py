"""Services of AWS Cloud Map: where ECS registers the tasks of a service, and API Gateway asks for them.

The kind is not called Service as Cloud Map calls it: that is ECS's. Within a namespace the name is the identity. SRV
records have the port as well as the address, so they are what API Gateway can use; how long they last is for others,
because API Gateway asks Cloud Map and no name server.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from pydantic import Field

from reconcilers.aws import Aws
from reconcilers.discovery.namespace import Namespace, discovery_tag, namespace_key, tags_of
from reconcilers.facts import Facts
from reconcilers.keys import Key, Link, Ref
from reconcilers.ownership import tag_list
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Immutable, Live, Resource, Shape
from reconcilers.topology import finds_tasks, services
from specs import Instance

LASTS = 10
"""Seconds for which resolvers keep a task's record."""


class DnsRecord(Shape):
    type: str = "SRV"
    ttl: int = Field(LASTS, alias="TTL")


class DnsConfig(Shape):
    dns_records: tuple[DnsRecord, ...] = (DnsRecord(),)


class DiscoveryService(Resource):
    namespace_id: Immutable[Link]
    name: Immutable[str]
    dns_config: DnsConfig = DnsConfig()


class DiscoveryServices(Reconciler[DiscoveryService]):
    kind = DiscoveryService
    needs = (Namespace,)
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "CreatorRequestId": "botocore makes one up; the name is as good",
        "Description": "its tags say whose it is",
        "HealthCheckConfig": "Route 53 checks only what stands in public",
        "HealthCheckCustomConfig": "what it says of a task is ECS's; we always ask for it",
        "Type": "what has records has them and is found by API calls too",
        "Id": "it is the id",
        "Service": "its members are ours by themselves",
    }

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, DiscoveryService]]:
        for name in services(instance) if finds_tasks(instance) else ():
            want = DiscoveryService(namespace_id=Ref(namespace_key(instance)), name=name)
            yield discovery_key(instance, name), want

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[DiscoveryService]]:
        for space in look.of(Namespace):
            inside = [{"Name": "NAMESPACE_ID", "Values": [space.id], "Condition": "EQ"}]
            found = list(aws.discovery.pages("list_services", "Services", Filters=inside))
            for each, tags in zip(found, aws.parallel(lambda each: tags_of(aws, each["Arn"]), found), strict=True):
                named = partial(DiscoveryService.key, space.key.instance, each["Name"])
                if key := look.whose(DiscoveryService, tags, natural=named):
                    service = DiscoveryService.from_aws(
                        each, namespace_id=space.id, dns_config=_config(each), tags=tags
                    )
                    yield Live(key, each["Id"], service, {"arn": each["Arn"]}, busy=bool(each.get("InstanceCount")))
                elif named() in look.graph:
                    look.taken(named(), f"the Cloud Map service {each['Name']}")

    def create(self, aws: Aws, key: Key, want: DiscoveryService, name: str) -> Made:
        told = want.to_aws() | {"HealthCheckCustomConfig": {"FailureThreshold": 1}}
        made = aws.discovery.create_service(**told, Tags=tag_list(want.tags or {}))["Service"]
        return {"id": made["Id"], "arn": made["Arn"]}

    def update(self, aws: Aws, live: Live[DiscoveryService], want: DiscoveryService, changed: frozenset[str]) -> None:
        aws.discovery.update_service(Id=live.id, Service=want.to_aws(changed))

    def delete(self, aws: Aws, live: Live[DiscoveryService]) -> None:
        aws.discovery.delete_service(Id=live.id)

    def tag(self, aws: Aws, live: Live[DiscoveryService], put: Mapping[str, str], drop: tuple[str, ...]) -> None:
        discovery_tag(aws, live.attributes["arn"], put, drop)


def discovery_key(instance: Instance, name: str) -> Key:
    return DiscoveryService.key(instance.address, name)


def _config(found: Mapping[str, object]) -> object:
    return found.get("DnsConfig", {"DnsRecords": ()})
