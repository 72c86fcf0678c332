"""ECS clusters: the place services run in, one for a service that stands alone or one for a whole Environment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Annotated, Any

from reconcilers.aws import Aws, batched
from reconcilers.facts import Facts
from reconcilers.keys import Key
from reconcilers.ownership import camel_tags, untag
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Camel, CamelResource, Hidden, Immutable, Live, Mark
from reconcilers.topology import owns_platform
from specs import Instance
from specs.foundation import Cluster as ClusterSpec

PROVISIONING = {"PROVISIONING": "the cluster is being provisioned"}


class Setting(Camel):
    name: str
    value: str


class Cluster(CamelResource):
    cluster_name: Immutable[str | None] = None
    """Where the spec names it; None for a name of our making."""
    settings: tuple[Setting, ...] | None = (Setting(name="containerInsights", value="disabled"),)
    capacity_providers: Annotated[tuple[str, ...] | None, Mark(unordered=True)] = ()
    """These two are None in an adopted cluster when the spec says nothing of them."""
    adopt: Hidden[bool] = False


class Clusters(Reconciler[Cluster]):
    kind = Cluster
    longest_name = 255
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "defaultCapacityProviderStrategy": "every service of ours names its own, or FARGATE",
        "serviceConnectDefaults": "Service Connect comes later; the namespace is somebody's",
    }

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, Cluster]]:
        if owns_platform(instance):
            spec = instance.spec.cluster or ClusterSpec()
            settings = (Setting(name="containerInsights", value=spec.container_insights),)
            stated = {
                name for name in ("containerInsights", "capacityProviders") if f"/cluster/{name}" in instance.origins
            }
            yield (
                cluster_key(instance),
                Cluster(
                    cluster_name=spec.name,
                    settings=settings if "containerInsights" in stated or not spec.adopt else None,
                    capacity_providers=(
                        spec.capacity_providers if "capacityProviders" in stated or not spec.adopt else None
                    ),
                    adopt=spec.adopt,
                ),
            )

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[Cluster]]:
        arns = aws.ecs.pages("list_clusters", "clusterArns")
        names = look.names(Cluster, self.longest_name)
        named = {want.cluster_name: (key, want) for key, want in look.wanted(Cluster).items() if want.cluster_name}
        include = ["TAGS", "SETTINGS", "CONFIGURATIONS"]
        for batch in batched(arns, 100):
            for found in aws.ecs.describe_clusters(clusters=batch, include=include)["clusters"]:
                tags = untag(found.get("tags"))
                if found["status"] == "INACTIVE":  # lingers for a while after its deletion (ledger 4.1)
                    continue
                by_name, want = named.get(found["clusterName"], (None, None))
                key = look.whose(Cluster, tags, natural=partial(names.get, found["clusterName"], by_name))
                if key:
                    yield _live(key, found, tags, named=look.wanted(Cluster).get(key))
                elif by_name and want and want.adopt:
                    yield replace(_live(by_name, found, tags, named=want), adopted=True)
                elif by_name:
                    look.conflicts[by_name] = (
                        f"cluster {found['clusterName']} is there without our tags; `cluster: {{adopt: true}}` uses it"
                    )
                else:
                    look.taken(names.get(found["clusterName"]), f"cluster {found['clusterName']}")

    def create(self, aws: Aws, key: Key, want: Cluster, name: str) -> Made:
        told = {"clusterName": name, **want.to_aws(), "tags": camel_tags(want.tags or {})}
        cluster = aws.ecs.create_cluster(**told)["cluster"]
        return {"id": cluster["clusterArn"], "arn": cluster["clusterArn"], "name": cluster["clusterName"]}

    def update(self, aws: Aws, live: Live[Cluster], want: Cluster, changed: frozenset[str]) -> None:
        if "settings" in changed:
            aws.ecs.update_cluster(cluster=live.id, settings=want.to_aws(frozenset({"settings"}))["settings"])
        if "capacity_providers" in changed:
            aws.ecs.put_cluster_capacity_providers(
                cluster=live.id,
                capacityProviders=list(want.capacity_providers or ()),
                defaultCapacityProviderStrategy=[],
            )

    def delete(self, aws: Aws, live: Live[Cluster]) -> None:
        aws.ecs.delete_cluster(cluster=live.id)

    def tag(self, aws: Aws, live: Live[Cluster], put: Mapping[str, str], drop: tuple[str, ...]) -> None:
        ecs_tag(aws, live.id, put, drop)


def cluster_key(instance: Instance) -> Key:
    """The cluster an instance's services run in."""
    return Cluster.key(instance.address if owns_platform(instance) else instance.environment)


def ecs_tag(aws: Aws, arn: str, put: Mapping[str, str], drop: tuple[str, ...]) -> None:
    if drop:
        aws.ecs.untag_resource(resourceArn=arn, tagKeys=list(drop))
    if put:
        aws.ecs.tag_resource(resourceArn=arn, tags=camel_tags(put))


def _live(key: Key, found: Mapping[str, Any], tags: Mapping[str, str], *, named: Cluster | None) -> Live[Cluster]:
    settings = tuple(each for each in found.get("settings", ()) if each["name"] == "containerInsights")
    insights = settings or ({"name": "containerInsights", "value": "disabled"},)
    name = found["clusterName"] if named is not None and named.cluster_name else None
    cluster = Cluster.from_aws(found, cluster_name=name, settings=insights, tags=tags)
    attributes = {"arn": found["clusterArn"], "name": found["clusterName"]}
    pending = PROVISIONING.get(found["status"], "")
    return Live(key, found["clusterArn"], cluster, attributes, pending)
