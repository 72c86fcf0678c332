"""The alarms of a target tracking policy: AWS makes them with the policy, nobody else should touch them, and they go
with it (ledger 10.2). They are kept where other alarms are, so that DescribeAlarms shows them.
"""

from __future__ import annotations

from collections.abc import Sequence

from sandbox import elsewhere
from sandbox.kinds import Fields
from sandbox.world import Resource, World

MEASURED = {  # predefined metric type -> namespace and metric that the alarms watch
    "ECSServiceAverageCPUUtilization": ("AWS/ECS", "CPUUtilization"),
    "ECSServiceAverageMemoryUtilization": ("AWS/ECS", "MemoryUtilization"),
}


def raised(world: World, policy: Resource) -> list[Fields]:
    """One that scales out and, unless that is switched off, one that scales in."""
    tracking, told = policy["TargetTrackingScalingPolicyConfiguration"], []
    for side, comparison in (("High", "GreaterThanThreshold"), ("Low", "LessThanThreshold")):
        if side == "Low" and tracking["DisableScaleIn"]:
            continue
        name = f"TargetTracking-{policy['ResourceId']}-Alarm{side}-{uuid(world)}"
        _put_alarm(world, policy, name, comparison)
        told.append({"AlarmName": name, "AlarmARN": f"arn:aws:cloudwatch:{world.region}:{world.account}:alarm:{name}"})
    return told


def _put_alarm(world: World, policy: Resource, name: str, comparison: str) -> None:
    _, cluster, service = policy["ResourceId"].split("/")
    tracking = policy["TargetTrackingScalingPolicyConfiguration"]
    namespace, metric = _watched(tracking)
    elsewhere.backend(world, "cloudwatch").put_metric_alarm(
        name=name,
        namespace=namespace,
        metric_name=metric,
        comparison_operator=comparison,
        evaluation_periods=3 if comparison.startswith("G") else 15,
        period=60,
        threshold=float(tracking["TargetValue"]),
        statistic="Average",
        description=f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {policy['PolicyARN']}.",
        dimensions=[{"Name": "ClusterName", "Value": cluster}, {"Name": "ServiceName", "Value": service}],
        alarm_actions=[policy["PolicyARN"]],
    )


def _watched(tracking: Fields) -> tuple[str, str]:
    custom = tracking.get("CustomizedMetricSpecification")
    if custom:
        return custom.get("Namespace", "Custom"), custom.get("MetricName", "expression")
    kind = tracking["PredefinedMetricSpecification"]["PredefinedMetricType"]
    return MEASURED.get(kind, ("AWS/ApplicationELB", "RequestCountPerTarget"))


def ringing(world: World, names: Sequence[str]) -> list[str]:
    """Those of these alarms that are in ALARM; one that is not there does not ring."""
    found = elsewhere.backend(world, "cloudwatch").get_alarms_by_alarm_names(list(names))
    return [each.name for each in found if each.state_value == "ALARM"]


def silenced(world: World, policy: Resource) -> None:
    """The policy's alarms are gone."""
    names = [each["AlarmName"] for each in policy.fields.get("Alarms", ())]
    elsewhere.backend(world, "cloudwatch").delete_alarms(names)


def uuid(world: World) -> str:
    """A made-up one, the same each time the same world is played."""
    mark = world.words()["hex32"]
    return f"{mark[:8]}-{mark[8:12]}-4{mark[13:16]}-8{mark[17:20]}-{mark[20:]}"
