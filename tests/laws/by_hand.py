"""What cannot be changed by hand with the kind's own update alone, and how it is changed instead."""

from collections.abc import Callable, Mapping
from typing import Any

from reconcilers.compute.scalable_target import DIMENSION
from reconcilers.resource import Live
from tests.laws.lab import Lab
from tests.laws.samples import BREAKER, CONTAINER, POLICY, Here, here

Hand = Callable[[Lab, Live[Any], Here], None]


def _redirect(lab: Lab, live: Live[Any], _: Here) -> None:
    to = {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301", "Protocol": "HTTPS"}}
    lab.boto("elbv2").modify_listener(ListenerArn=live.id, DefaultActions=[to])


def _path_condition(lab: Lab, live: Live[Any], _: Here) -> None:
    condition = {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/by-hand"]}}
    lab.boto("elbv2").modify_rule(RuleArn=live.id, Conditions=[condition])


def _fixed_response(lab: Lab, live: Live[Any], _: Here) -> None:
    answer = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}
    lab.boto("elbv2").modify_rule(RuleArn=live.id, Actions=[answer])


def _own_metric(lab: Lab, live: Live[Any], _: Here) -> None:
    metric = {"MetricName": "Depth", "Namespace": "Ours", "Statistic": "Average"}
    told = live.resource.to_aws()["TargetTrackingScalingPolicyConfiguration"]
    del told["PredefinedMetricSpecification"]
    lab.boto("application-autoscaling").put_scaling_policy(
        PolicyName=live.resource.policy_name, ResourceId=live.resource.resource_id, PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={**told, "CustomizedMetricSpecification": metric}, **DIMENSION,
    )  # fmt: skip


BY_HAND: Mapping[str, Hand] = {
    "Listener.default_actions.*.type": _redirect,
    "Listener.default_actions.*.fixed_response_config": _redirect,
    "ListenerRule.conditions.*.field": _path_condition,
    "ListenerRule.conditions.*.http_header_config": _path_condition,
    "ListenerRule.actions.*.type": _fixed_response,
    "ListenerRule.actions.*.forward_config": _fixed_response,
    f"{POLICY}.predefined_metric_specification": _own_metric,
}

ALONG: Mapping[str, Mapping[str, Any]] = {}
IMPOSSIBLE: Mapping[str, str] = {}
