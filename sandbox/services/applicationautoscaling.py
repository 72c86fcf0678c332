"""Application Auto Scaling for ECS: registering is an upsert that moves the service's count into its bounds at once,
and each target tracking policy keeps two alarms that nobody else should touch (ledger 10).
"""

from __future__ import annotations

import re

from sandbox import alarms, identity
from sandbox.kinds import Fields, Kind, Quota
from sandbox.listing import Listing
from sandbox.refusal import Refusal
from sandbox.services import elbv2
from sandbox.services.ecs.kinds import CLUSTER, SERVICE
from sandbox.services.ecs.services import scale
from sandbox.world import Resource, World, merged

INVALID = Refusal("ValidationException", "{why}")
TOKEN_REUSED = INVALID
PAGE = {"DescribeScalableTargets": 50, "DescribeScalingPolicies": 50}
DIMENSION = "ecs:service:DesiredCount"
METRICS = (*alarms.MEASURED, "ALBRequestCountPerTarget")
COOLDOWN = 300  # seconds, of ECS target tracking when none is said; ledger 10.2
LABEL = re.compile(r"(app/[^/]+/[^/]+)/(targetgroup/[^/]+/[^/]+)")


def _bad(message: str) -> Refusal:
    return Refusal("ValidationException", message)


def _limit(what: str) -> Refusal:
    return Refusal("LimitExceededException", f"The maximum number of {what} has been reached.")


def _missing(message: str) -> Refusal:
    return Refusal("ObjectNotFoundException", message)


NO_TARGET = _missing(
    "No scalable target found for service namespace: ecs, resource ID: {resource}, scalable dimension: " + DIMENSION
)
NO_POLICY = _missing(
    "No scaling policy found for service namespace: ecs, resource ID: {resource}, scalable dimension: " + DIMENSION
)

SUSPENDED = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")
SCALABLE_TARGET = Kind(
    "application-autoscaling",
    "ScalableTarget",
    "",
    "{ResourceId}",
    NO_TARGET,
    defaults={"SuspendedState": dict.fromkeys(SUSPENDED, False)},
    quota=Quota("scalable-targets", 3_000, _limit("scalable targets")),
)
SCALING_POLICY = Kind(
    "application-autoscaling",
    "ScalingPolicy",
    "",
    "{parent}/{PolicyName}",
    NO_POLICY,
    arn="{PolicyARN}",
    unique=("PolicyName",),
    twice=_bad("A policy of this name exists"),
    fixed={"PolicyType": _bad("The policy type of an existing policy cannot be changed.")},
    quota=Quota("policies-per-target", 50, _limit("scaling policies")),
)
REFERENCES = ()


# ---- scalable targets


def register_scalable_target(world: World, request: Fields) -> Fields:
    """Creates or changes; members left out keep their value. Tags are for the first time only (ledger 10.1)."""
    _refuse_foreign(request)
    service, known = _service(world, request["ResourceId"]), world.find(SCALABLE_TARGET, request["ResourceId"])
    if service is None:
        raise _bad(f"ECS service doesn't exist: {request['ResourceId']}")
    if known and request.get("Tags"):
        raise _bad("Tags cannot be set on an existing scalable target; use TagResource.")
    bounds = {name: request[name] for name in ("MinCapacity", "MaxCapacity") if name in request}
    asked = bounds | ({"SuspendedState": request["SuspendedState"]} if "SuspendedState" in request else {})
    _refuse_bounds((known.fields if known else {}) | bounds)
    target = world.change(known, _over(known, asked)) if known else _registered(world, request, asked)
    low, high = target["MinCapacity"], target["MaxCapacity"]
    if not low <= service["desiredCount"] <= high:
        scale(world, service, min(max(service["desiredCount"], low), high))
    return {"ScalableTargetARN": target.arn}


def describe_scalable_targets(world: World, request: Fields) -> Fields:
    found = list(_chosen(world, SCALABLE_TARGET, request))
    return {"ScalableTargets": Listing(found, lambda each: each.shown() | {"ScalableTargetARN": each.arn})}


def deregister_scalable_target(world: World, request: Fields) -> None:
    """Its policies and their alarms go with it."""
    target = _target(world, request)
    for policy in world.all(SCALING_POLICY, target.id):
        alarms.silenced(world, policy)
    world.remove(target)


# ---- scaling policies


def put_scaling_policy(world: World, request: Fields) -> Fields:
    target, name = _target(world, request), f"{request['ResourceId']}/{request['PolicyName']}"
    known = world.find(SCALING_POLICY, name)
    kind = request.get("PolicyType") or (known["PolicyType"] if known else "StepScaling")
    if kind != "TargetTrackingScaling":
        raise _bad("This sandbox has policies of type TargetTrackingScaling only.")
    tracking = _tracking(world, request, known)
    if known:
        world.change(known, {"PolicyType": kind, "TargetTrackingScalingPolicyConfiguration": tracking})
        alarms.silenced(world, known)
    else:
        made = {
            "PolicyType": kind,
            "TargetTrackingScalingPolicyConfiguration": tracking,
            "CreationTime": world.time,
            "PolicyARN": _policy_arn(world, request),
        }
        known = world.add(SCALING_POLICY, request, made, parent=target.id, id=name)
    known.fields["Alarms"] = alarms.raised(world, known)
    return {"PolicyARN": known["PolicyARN"], "Alarms": known["Alarms"]}


def describe_scaling_policies(world: World, request: Fields) -> Fields:
    names = request.get("PolicyNames")
    chosen = [each for each in _chosen(world, SCALING_POLICY, request) if not names or each["PolicyName"] in names]
    return {"ScalingPolicies": Listing(chosen, Resource.shown)}


def delete_scaling_policy(world: World, request: Fields) -> None:
    _refuse_foreign(request)
    policy = world.find(SCALING_POLICY, f"{request['ResourceId']}/{request['PolicyName']}")
    if policy is None:
        raise NO_POLICY.about(resource=request["ResourceId"])
    alarms.silenced(world, policy)
    world.remove(policy)


# ---- tags


def tag_resource(world: World, request: Fields) -> None:
    world.tag(_tagged(world, request), request["Tags"])


def untag_resource(world: World, request: Fields) -> None:
    world.untag(_tagged(world, request), request["TagKeys"])


def list_tags_for_resource(world: World, request: Fields) -> Fields:
    return {"Tags": dict(_tagged(world, request).tags)}


# ---- in their words


def _registered(world: World, request: Fields, asked: Fields) -> Resource:
    words = world.words()
    role = identity.service_linked_role(world, "ecs.application-autoscaling.amazonaws.com")
    made = {"RoleARN": role, "CreationTime": world.time} | merged(
        {"SuspendedState": SCALABLE_TARGET.defaults["SuspendedState"]}, asked
    )
    target = world.add(SCALABLE_TARGET, request, made, id=request["ResourceId"])
    mark = f"0{words['hex32'][:3]}{words['short']}{words['hex']}"
    target.arn = f"arn:aws:application-autoscaling:{world.region}:{world.account}:scalable-target/{mark}"
    return target


def _over(known: Resource, asked: Fields) -> Fields:
    return {name: merged(known[name], value) if isinstance(value, dict) else value for name, value in asked.items()}


def _refuse_foreign(request: Fields) -> None:
    if request["ServiceNamespace"] != "ecs":
        raise _bad("This sandbox scales ECS services only.")
    if request.get("ScalableDimension", DIMENSION) != DIMENSION or not re.fullmatch(
        r"service/[^/]+/[^/]+", request.get("ResourceId", "service/x/x")
    ):
        raise _bad("Unsupported service namespace, resource type or scalable dimension")


def _refuse_bounds(wanted: Fields) -> None:
    for name in ("MinCapacity", "MaxCapacity"):
        if name not in wanted:
            raise _bad(f"{name} is required when registering a new scalable target")
    if wanted["MinCapacity"] < 0 or wanted["MinCapacity"] > wanted["MaxCapacity"]:
        raise _bad("Maximum capacity cannot be less than minimum capacity")


def _service(world: World, resource: str) -> Resource | None:
    """`service/CLUSTER/NAME`, by name and not by ARN; only an active one can be scaled (ledger 10.1)."""
    _, cluster, name = resource.split("/")
    arn = f"arn:aws:ecs:{world.region}:{world.account}:service/{cluster}/{name}"
    found = world.find(SERVICE, arn)
    known = world.find(CLUSTER, f"arn:aws:ecs:{world.region}:{world.account}:cluster/{cluster}")
    return found if found and known and found["status"] == "ACTIVE" else None


def _target(world: World, request: Fields) -> Resource:
    _refuse_foreign(request)
    target = world.find(SCALABLE_TARGET, request["ResourceId"])
    if target is None:
        raise NO_TARGET.about(resource=request["ResourceId"])
    return target


def _chosen(world: World, kind: Kind, request: Fields) -> list[Resource]:
    wanted = request.get("ResourceIds") or ([request["ResourceId"]] if "ResourceId" in request else None)
    if request["ServiceNamespace"] != "ecs":
        return []
    return [each for each in world.all(kind) if wanted is None or each["ResourceId"] in wanted]


def _tracking(world: World, request: Fields, known: Resource | None) -> Fields:
    """With the cooldowns ECS has when none are said (ledger 10.2)."""
    asked = request.get("TargetTrackingScalingPolicyConfiguration")
    if asked is None:
        if known is None:
            raise _bad("TargetTrackingScalingPolicyConfiguration is required for policy type TargetTrackingScaling")
        return dict(known["TargetTrackingScalingPolicyConfiguration"])
    metric, custom = asked.get("PredefinedMetricSpecification"), asked.get("CustomizedMetricSpecification")
    if bool(metric) == bool(custom):
        raise _bad("Exactly one of PredefinedMetricSpecification and CustomizedMetricSpecification is required")
    if asked["TargetValue"] <= 0:
        raise _bad("TargetValue must be greater than 0")
    if metric:
        _refuse_metric(world, metric)
    return {"ScaleInCooldown": COOLDOWN, "ScaleOutCooldown": COOLDOWN, "DisableScaleIn": False} | asked


def _refuse_metric(world: World, metric: Fields) -> None:
    kind, label = metric["PredefinedMetricType"], metric.get("ResourceLabel", "")
    if kind not in METRICS:
        raise _bad(f"Metric type {kind} is not supported for service namespace ecs")
    if kind != "ALBRequestCountPerTarget":
        if label:
            raise _bad(f"ResourceLabel is not supported for metric type {kind}")
        return
    parts = LABEL.fullmatch(label)
    prefix = f"arn:aws:elasticloadbalancing:{world.region}:{world.account}:"
    shown = elbv2.describe_target_groups(world, {})["TargetGroups"] if parts else []
    attached = {group["TargetGroupArn"]: group["LoadBalancerArns"] for group in shown}
    if not parts or f"{prefix}loadbalancer/{parts[1]}" not in attached.get(f"{prefix}{parts[2]}", ()):
        raise _bad(f"The target group in ResourceLabel '{label}' is not attached to the load balancer.")


def _policy_arn(world: World, request: Fields) -> str:
    prefix = f"arn:aws:autoscaling:{world.region}:{world.account}:scalingPolicy:{alarms.uuid(world)}"
    return f"{prefix}:resource/ecs/{request['ResourceId']}:policyName/{request['PolicyName']}"


def _tagged(world: World, request: Fields) -> Resource:
    found = world.by_arn(request["ResourceARN"])
    if found is None or found.kind is not SCALABLE_TARGET:
        raise Refusal("ResourceNotFoundException", f"The specified resource doesn't exist: {request['ResourceARN']}")
    return found
