"""Scalable targets, their policies, and the tagging API."""

from __future__ import annotations

from typing import Any

from tests.fidelity.place import Place
from tests.fidelity.recipes import ecs
from tests.fidelity.wish import Wish

Known = dict[str, Any]
SCALING = "application-autoscaling"
OWN = {
    SCALING: {
        "ScalableTarget": ("ResourceId", "RoleARN", "ScalableTargetARN"),
        "ScalingPolicy": ("ResourceId", "PolicyARN"),
    },
    "resourcegroupstaggingapi": {"ResourceTagMapping": ("ResourceARN",)},
}


def where(place: Place) -> Known:
    known = ecs.plain_service(place)
    cluster = known["cluster"].rpartition("/")[2]
    return {
        "ServiceNamespace": "ecs",
        "ResourceId": f"service/{cluster}/web",
        "ScalableDimension": "ecs:service:DesiredCount",
    }


def target(place: Place, wish: Wish) -> Known:
    at = where(place)
    said = {"MinCapacity": wish.get("MinCapacity", 1), "MaxCapacity": wish.get("MaxCapacity") or 3}
    skip = ("ServiceNamespace", "ScalableDimension")
    made = wish.made(SCALING, "register_scalable_target", **at, **said, skip=skip)
    for name in ("ServiceNamespace", "ResourceId", "ScalableDimension"):
        wish.sent.pop(name, None)
    return {**at, "ResourceARN": made.get("ScalableTargetARN"), "ResourceIds": [at["ResourceId"]]}


def policy(place: Place, wish: Wish) -> Known:
    known = target(place, Wish(place, SCALING, {}))
    at = {name: known[name] for name in ("ServiceNamespace", "ResourceId", "ScalableDimension")}
    tracking = wish.get("TargetTrackingScalingPolicyConfiguration")
    said: Known = {"PolicyName": wish.get("PolicyName") or "recorded"}
    if not tracking and not wish.get("StepScalingPolicyConfiguration"):
        metric = {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}
        said |= {
            "PolicyType": "TargetTrackingScaling",
            "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 60.0, "PredefinedMetricSpecification": metric},
        }
    skip = ("ServiceNamespace", "ScalableDimension")
    wish.made(SCALING, "put_scaling_policy", **at, **said, skip=skip)
    for name in ("ServiceNamespace", "ResourceId", "ScalableDimension", "TargetTrackingScalingPolicyConfiguration"):
        wish.sent.pop(name, None)
    return known | {"PolicyNames": [said["PolicyName"]]}


def target_tags(place: Place, wish: Wish) -> Known:
    known = target(place, Wish(place, SCALING, {}))
    place.call(SCALING, "tag_resource", ResourceARN=known["ResourceARN"], Tags=wish.get("Tags") or {"a": "b"})
    return known


def tagged(place: Place, wish: Wish) -> Known:
    tags = {each["Key"]: each["Value"] for each in wish.get("Tags") or () if not each["Key"].startswith("aws:")}
    made = place.call("apigatewayv2", "create_api", Name="recorded", ProtocolType="HTTP", Tags=tags or {"Env": "Dev"})
    place.clock.advance(60)
    wish.document["ResourceARN"] = f"arn:aws:apigateway:us-east-1::/apis/{made['ApiId']}"
    return {
        "ResourceARNList": [f"arn:aws:apigateway:us-east-1::/apis/{made['ApiId']}"],
        "Key": next(iter(tags or {"Env": ""})),
        "Tags": {"a": "b"},
    }


def tag_keys(place: Place, _wish: Wish) -> Known:
    return tagged(place, Wish(place, "resourcegroupstaggingapi", {}))


def refused_tags(place: Place, wish: Wish) -> Known:
    """Something that the index does not know."""
    return tag_keys(place, wish) | {
        "ResourceARNList": list(wish.get("FailedResourcesMap") or {}) or tag_keys(place, wish)["ResourceARNList"]
    }


RECIPES = {
    SCALING: {
        "ScalableTarget": target,
        "ScalingPolicy": policy,
        "PutScalingPolicyResponse": policy,
        "RegisterScalableTargetResponse": target,
        "TagsForResource": target_tags,
    },
    "resourcegroupstaggingapi": {
        "ResourceTagMapping": tagged,
        "TagKeys": tag_keys,
        "TagValues": tag_keys,
        "TagResources": refused_tags,
    },
}
