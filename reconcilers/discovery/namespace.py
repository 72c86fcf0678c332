"""Private DNS namespaces of AWS Cloud Map, in which the services of an API are known by name.

Making one takes about a minute, in which it is not listed; a second request meanwhile is refused, so a repetition makes
no second one. API Gateway asks for SRV records (its guide, http-api-develop-integrations-private), which only a
namespace with DNS has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from reconcilers.aws import Aws
from reconcilers.facts import Facts
from reconcilers.index import index
from reconcilers.keys import Key, Link, Ref
from reconcilers.observability.log_group import anchor
from reconcilers.ownership import tag_list, untag
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Hidden, Live, Resource
from reconcilers.topology import finds_tasks
from specs import Instance

TLD = ".internal"


class Namespace(Resource):
    description: str = ""
    vpc: Hidden[str] = ""
    """Where its names are known. Cloud Map does not tell it again; it lives as long as the VPC's tasks."""
    anchor: Hidden[Link | None] = None


class Namespaces(Reconciler[Namespace]):
    kind = Namespace
    longest_name = 63 - len(TLD)
    settles = True
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "Name": "a name is chosen once and never compared",
        "CreatorRequestId": "botocore makes one up; the name is as good",
        "Properties": "how long its SOA record lasts is of no use to API Gateway",
        "Id": "it is the id",
        "Vpc": "Cloud Map does not tell it again",
    }

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, Namespace]]:
        if finds_tasks(instance):
            want = Namespace(
                description=f"the services of {instance.address}",
                vpc=facts.network(instance).vpc,
                anchor=Ref(anchor(instance.address)),
            )
            yield namespace_key(instance), want

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[Namespace]]:
        """Of those with a name of ours, and those the tag index knows."""
        wanted, known = look.names(Namespace, self.longest_name), index(aws, look)
        private = [{"Name": "TYPE", "Values": ["DNS_PRIVATE"], "Condition": "EQ"}]
        found = [
            each
            for each in aws.discovery.pages("list_namespaces", "Namespaces", Filters=private)
            if each["Arn"] in known or each["Name"].removesuffix(TLD) in wanted
        ]
        for each, tags in zip(found, aws.parallel(lambda each: tags_of(aws, each["Arn"]), found), strict=True):
            named = partial(wanted.get, each["Name"].removesuffix(TLD))
            if key := look.whose(Namespace, tags, natural=named):
                namespace = Namespace.from_aws(each, description=each.get("Description", ""), tags=tags)
                yield Live(key, each["Id"], namespace, {"arn": each["Arn"], "name": each["Name"]})
            else:
                look.taken(named(), f"the Cloud Map namespace {each['Name']}")

    def create(self, aws: Aws, key: Key, want: Namespace, name: str) -> Made:
        made = aws.discovery.create_private_dns_namespace(
            Name=f"{name}{TLD}", Vpc=want.vpc, **want.to_aws(), Tags=tag_list(want.tags or {})
        )
        return {"id": made["OperationId"], "pending": "the Cloud Map namespace is being made"}

    def update(self, aws: Aws, live: Live[Namespace], want: Namespace, changed: frozenset[str]) -> None:
        aws.discovery.update_private_dns_namespace(Id=live.id, Namespace=want.to_aws(changed))

    def delete(self, aws: Aws, live: Live[Namespace]) -> None:
        aws.discovery.delete_namespace(Id=live.id)

    def tag(self, aws: Aws, live: Live[Namespace], put: Mapping[str, str], drop: tuple[str, ...]) -> None:
        discovery_tag(aws, live.attributes["arn"], put, drop)


def namespace_key(instance: Instance) -> Key:
    return Namespace.key(instance.address)


def tags_of(aws: Aws, arn: str) -> Mapping[str, str]:
    return untag(aws.discovery.list_tags_for_resource(ResourceARN=arn)["Tags"])


def discovery_tag(aws: Aws, arn: str, put: Mapping[str, str], drop: tuple[str, ...]) -> None:
    if drop:
        aws.discovery.untag_resource(ResourceARN=arn, TagKeys=list(drop))
    if put:
        aws.discovery.tag_resource(ResourceARN=arn, Tags=tag_list(put))
