"""Scaling policies: targets that Application Auto Scaling keeps, one per metric. The CloudWatch alarms they work by are
AWS's own. A scalable target is a closed parent: a policy nobody asked for is drift."""

from __future__ import annotations

from collections.abc import Iterator

from reconcilers.aws import Aws
from reconcilers.balancing.listener_rule import leading_to
from reconcilers.balancing.target_group import TargetGroup
from reconcilers.compute.scalable_target import DIMENSION, ScalableTarget, resource_id
from reconcilers.facts import Facts
from reconcilers.keys import Key, Link, Ref, Text
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Hidden, Immutable, Live, Resource, Shape
from reconcilers.topology import balancer_link, balancer_of, services
from specs import Instance

METRICS = {
    "cpu": "ECSServiceAverageCPUUtilization",
    "memory": "ECSServiceAverageMemoryUtilization",
    "requests": "ALBRequestCountPerTarget",
}


class Metric(Shape):
    predefined_metric_type: str
    resource_label: Link | None = None
    """Balancer and target group, for requests only."""


class Tracking(Shape):
    target_value: float
    predefined_metric_specification: Metric | None = None
    """None for a policy by another metric: somebody's, and not what is wanted."""
    scale_out_cooldown: int = 300
    scale_in_cooldown: int = 300
    disable_scale_in: bool = False


class ScalingPolicy(Resource):
    policy_name: Immutable[str]
    resource_id: Immutable[Link]
    policy_type: Immutable[str] = "TargetTrackingScaling"
    target_tracking_scaling_policy_configuration: Tracking | None = None
    parent: Hidden[tuple[Link, ...]] = ()


class ScalingPolicies(Reconciler[ScalingPolicy]):
    kind = ScalingPolicy
    needs = (ScalableTarget,)
    closed = True
    cascades = True
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "ScalableDimension": "of ECS services there is one",
        "ServiceNamespace": "of ECS services there is one",
        "StepScalingPolicyConfiguration": "ours track targets; a policy turned into steps differs by its type",
    }

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, ScalingPolicy]]:
        for name, spec in services(instance).items():
            for metric in METRICS if spec.scaling is not None else ():
                assert spec.scaling is not None
                value = getattr(spec.scaling, metric)
                if value is not None:
                    needs = [Ref(ScalableTarget.key(instance.address, name))]
                    if metric == "requests":  # the group must hang on the balancer before the label is accepted
                        needs += [Ref(key) for key in leading_to(instance, name)]
                    yield (
                        ScalingPolicy.key(instance.address, f"{name}:{metric}"),
                        ScalingPolicy(
                            policy_name=metric,
                            resource_id=resource_id(instance, name, facts),
                            target_tracking_scaling_policy_configuration=Tracking(
                                target_value=float(value),
                                predefined_metric_specification=_metric(instance, name, metric, facts),
                                scale_out_cooldown=spec.scaling.cooldown.scale_out,
                                scale_in_cooldown=spec.scaling.cooldown.scale_in,
                            ),
                            parent=tuple(needs),
                        ),
                    )

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[ScalingPolicy]]:
        parents = {live.id: live.key for live in look.of(ScalableTarget)}
        if not parents:
            return
        for found in aws.autoscaling.pages("describe_scaling_policies", "ScalingPolicies", ServiceNamespace="ecs"):
            if parent := parents.get(found["ResourceId"]):
                key = ScalingPolicy.key(parent.instance, f"{parent.part}:{found['PolicyName']}")
                yield Live(key, found["PolicyARN"], ScalingPolicy.from_aws(found), {"arn": found["PolicyARN"]})

    def create(self, aws: Aws, key: Key, want: ScalingPolicy, name: str) -> Made:
        arn = aws.autoscaling.put_scaling_policy(**want.to_aws(), **DIMENSION)["PolicyARN"]
        return {"id": arn, "arn": arn}

    def update(self, aws: Aws, live: Live[ScalingPolicy], want: ScalingPolicy, changed: frozenset[str]) -> None:
        self.create(aws, live.key, want, "")

    def delete(self, aws: Aws, live: Live[ScalingPolicy]) -> None:
        policy = live.resource
        aws.autoscaling.delete_scaling_policy(PolicyName=policy.policy_name, ResourceId=policy.resource_id, **DIMENSION)

    def parent_of(self, live: Live[ScalingPolicy]) -> str:
        return str(live.resource.resource_id)


def _metric(instance: Instance, name: str, metric: str, facts: Facts) -> Metric:
    label: Text | None = None
    if metric == "requests":
        balancer = balancer_of(instance)
        label = Text(
            "{}/{}",
            (
                balancer_link(balancer, facts, "label"),
                Ref(TargetGroup.key(instance.address, name), "label"),
            ),
        )
    return Metric(predefined_metric_type=METRICS[metric], resource_label=label)
