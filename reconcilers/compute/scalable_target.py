"""Scalable targets: the bounds between which Application Auto Scaling moves a service's count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from reconcilers.aws import Aws
from reconcilers.compute.cluster import cluster_key
from reconcilers.compute.described import service_name
from reconcilers.compute.service import Service
from reconcilers.facts import Facts
from reconcilers.index import index
from reconcilers.keys import Key, Link, Ref, Text
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Hidden, Immutable, Live, Resource, Shape
from reconcilers.topology import services
from specs import Instance

DIMENSION = {"ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount"}


class Suspended(Shape):
    dynamic_scaling_in_suspended: bool = False
    dynamic_scaling_out_suspended: bool = False
    scheduled_scaling_suspended: bool = False


class ScalableTarget(Resource):
    resource_id: Immutable[Link]
    min_capacity: int
    max_capacity: int
    suspended_state: Suspended = Suspended()
    service: Hidden[Link | None] = None


class ScalableTargets(Reconciler[ScalableTarget]):
    kind = ScalableTarget
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "RoleARN": "AWS's service-linked role",
        "ScalableDimension": "of ECS services there is one",
        "ServiceNamespace": "of ECS services there is one",
    }

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, ScalableTarget]]:
        for name, spec in services(instance).items():
            if spec.scaling is not None:
                service = Service.key(instance.address, name)
                yield (
                    ScalableTarget.key(instance.address, name),
                    ScalableTarget(
                        resource_id=resource_id(instance, name, facts),
                        min_capacity=spec.scaling.min,
                        max_capacity=spec.scaling.max,
                        service=Ref(service),
                    ),
                )

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[ScalableTarget]]:
        places = {want.resource_id: key for key, want in look.wanted(ScalableTarget).items()}
        known = index(aws, look)
        for found in aws.autoscaling.pages("describe_scalable_targets", "ScalableTargets", ServiceNamespace="ecs"):
            arn, place = found["ScalableTargetARN"], places.get(found["ResourceId"])
            if place is None and arn not in known:
                continue
            tags = known.get(arn, {})
            if place is None or tags != dict(look.graph[place].tags or {}):
                tags = aws.autoscaling.list_tags_for_resource(ResourceARN=arn)["Tags"]
            if key := look.whose(ScalableTarget, tags, natural=partial(places.get, found["ResourceId"])):
                yield Live(key, found["ResourceId"], ScalableTarget.from_aws(found, tags=tags), {"arn": arn})
            elif place:
                look.conflicts[place] = f"{found['ResourceId']} is registered for scaling without our tags"

    def create(self, aws: Aws, key: Key, want: ScalableTarget, name: str) -> Made:
        told = want.to_aws() | DIMENSION
        answer = aws.autoscaling.register_scalable_target(**told, Tags=dict(want.tags or {}))
        return {"id": str(want.resource_id), "arn": answer["ScalableTargetARN"]}

    def update(self, aws: Aws, live: Live[ScalableTarget], want: ScalableTarget, changed: frozenset[str]) -> None:
        aws.autoscaling.register_scalable_target(ResourceId=live.id, **DIMENSION, **want.to_aws(changed))

    def delete(self, aws: Aws, live: Live[ScalableTarget]) -> None:
        aws.autoscaling.deregister_scalable_target(ResourceId=live.id, **DIMENSION)

    def tag(self, aws: Aws, live: Live[ScalableTarget], put: Mapping[str, str], drop: tuple[str, ...]) -> None:
        if drop:
            aws.autoscaling.untag_resource(ResourceARN=live.attributes["arn"], TagKeys=list(drop))
        if put:
            aws.autoscaling.tag_resource(ResourceARN=live.attributes["arn"], Tags=dict(put))


def resource_id(instance: Instance, name: str, facts: Facts) -> Text:
    """`service/{cluster}/{service}`, in names: the identity of everything of autoscaling. A service made again under
    its name finds its target where it was (ledger 10.1), so the name is said even before the service is there."""
    service = service_name(facts.install, Service.key(instance.address, name))
    return Text(f"service/{{}}/{service}", (Ref(cluster_key(instance), "name"),))
