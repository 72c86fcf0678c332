"""Blue/green, canary and linear: the new revision comes up whole beside the old one, in the target group that serves
nobody; then the weights of the production rule move, and the old revision goes last (ledger 4.4).

The stages are botocore's `ServiceDeploymentLifecycleStage`, in its order. A hook holds its stage until a function said
SUCCEEDED, or a person continued; a hook that fails, and an alarm that rings, bring the weights back. The circuit
breaker is not asked. A stage without anything to wait for takes no time here; AWS takes some seconds for each.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from math import ceil

from sandbox import invoking
from sandbox.kinds import Fields
from sandbox.refusal import Refusal
from sandbox.services.ecs import breaker, records, rollout, strategies, tasks
from sandbox.services.ecs.kinds import SERVICE, SERVICE_DEPLOYMENT, bad
from sandbox.world import Resource, World, become

STAGES = (
    "RECONCILE_SERVICE", "PRE_SCALE_UP", "SCALE_UP", "POST_SCALE_UP", "TEST_TRAFFIC_SHIFT", "POST_TEST_TRAFFIC_SHIFT",
    "PRE_PRODUCTION_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT", "POST_PRODUCTION_TRAFFIC_SHIFT", "BAKE_TIME",
    "CLEAN_UP",
)  # fmt: skip
UNSHOWN = "PRE_PRODUCTION_TRAFFIC_SHIFT"  # hooks know it, ServiceDeploymentLifecycleStage does not (botocore)
ASKED_AGAIN = 30.0  # seconds until a function that said IN_PROGRESS is called again; ECS guide "Lifecycle hooks"
TIMEOUT = {"timeoutInMinutes": 1440, "action": "ROLLBACK"}
WHOLE = 100.0
FINEST = 999  # the largest weight of a target group


def shifts(service: Resource) -> bool:
    return bool(service["deploymentConfiguration"]["strategy"] != "ROLLING")


def ready(service: Resource) -> None:
    """Before its first deployment of this kind: whatever rolled out before serves from the group that it names."""
    if "serving" not in service.hidden and any(each["rolloutState"] == "COMPLETED" for each in service["deployments"]):
        service.hidden["serving"] = 0


def began(world: World, service: Resource) -> None:
    """A deployment was opened: it starts at the first stage that it has."""
    several = [each for each in service["deployments"] if each["rolloutState"] == "IN_PROGRESS"]
    service.hidden["shift"] = {"percent": 0.0, "wires": service["loadBalancers"]}
    _enter(world, service, STAGES[0] if len(several) > 1 else STAGES[1])


def resolved(service: Resource) -> list[Fields]:
    """For each load balancer the group that a new revision registers in: the one that does not serve."""
    idle = 1 - service.hidden["serving"] if "serving" in service.hidden else 0
    pairs = [(wire, _pair(wire)) for wire in service["loadBalancers"]]
    told = [(each.get("advancedConfiguration", {}).get("productionListenerRule"), pair[idle]) for each, pair in pairs]
    return [{"targetGroupArn": arn} | ({"productionListenerRule": rule} if rule else {}) for rule, arn in told]


def turn(world: World, service: Resource) -> None:
    """Keep both revisions staffed, and go as far through the stages as one can at this moment."""
    record = records.current(world, service)
    calm = {"percent": WHOLE, "stage": STAGES[-1], "since": world.now, "hooks": [], "wires": service["loadBalancers"]}
    service.hidden.setdefault("shift", calm)
    if record["status"] == "IN_PROGRESS" and record["deploymentConfiguration"]["strategy"] != "ROLLING":
        _advance(world, service)
    if record["status"] != "IN_PROGRESS":
        serving = service.hidden.get("serving", 0)
        _weigh(world, service, serving, WHOLE, test=True)
    _staff(world, service)


def continue_service_deployment(world: World, request: Fields) -> Fields:
    """A person says how a paused deployment goes on (botocore ContinueServiceDeployment)."""
    record = world.get(SERVICE_DEPLOYMENT, request["serviceDeploymentArn"])
    service = world.get(SERVICE, record["serviceArn"])
    hooks = service.hidden.get("shift", {}).get("hooks", [])
    hook = next((each for each in hooks if each["hookId"] == request["hookId"]), None)
    if record["status"] != "IN_PROGRESS" or hook is None or hook["status"] != "AWAITING_ACTION":
        raise bad("The service deployment is not paused at this lifecycle hook.")
    hook["status"] = "SUCCEEDED" if request.get("action", "CONTINUE") == "CONTINUE" else "FAILED"
    rollout.rouse(world, service)
    return {"serviceDeploymentArn": record.id}


def back(world: World, service: Resource, reason: str) -> None:
    """To the last completed revision, whose tasks still run; where there is none the deployment is over."""
    primary = service["deployments"][0]
    primary |= {"rolloutState": "FAILED", "rolloutStateReason": reason, "updatedAt": world.time}
    if not breaker.roll_back(world, service, reason):
        records.settle(world, service, "ROLLBACK_FAILED", breaker.NOWHERE)


# ---- the stages


def _advance(world: World, service: Resource) -> None:
    shift = service.hidden["shift"]
    while records.current(world, service)["status"] == "IN_PROGRESS":
        verdict = _hooks(world, service)
        if verdict == "FAILED":
            back(world, service, f"Service deployment rolled back because a hook of {shift['stage']} failed.")
            return
        if verdict or not _done(world, service, shift["stage"]):
            return
        following = _following(service, shift)
        if following:
            _enter(world, service, following)
        else:
            _complete(world, service)


def _enter(world: World, service: Resource, stage: str) -> None:
    shift = service.hidden["shift"]
    shift |= {"stage": stage, "since": world.now}
    told = {} if stage == UNSHOWN else {"lifecycleStage": stage}
    become(world, records.current(world, service), {"updatedAt": world.time} | told)
    green = 1 - service.hidden["serving"] if "serving" in service.hidden else 0
    if stage == "RECONCILE_SERVICE":
        _weigh(world, service, service.hidden.get("serving", 0), WHOLE, test=True)
    elif stage == "TEST_TRAFFIC_SHIFT":
        _weigh(world, service, green, WHOLE, only_test=True)
    elif stage == "PRODUCTION_TRAFFIC_SHIFT":
        shift["percent"] = _next(service, shift["percent"])
        _weigh(world, service, green, shift["percent"])
    shift["hooks"] = list(_called(world, service, stage))


def _done(world: World, service: Resource, stage: str) -> bool:
    shift, primary = service.hidden["shift"], service["deployments"][0]
    config = service["deploymentConfiguration"]
    if stage == "SCALE_UP":
        mine = [each for each in rollout.working(world, service) if each["startedBy"] == primary["id"]]
        healthy = sum(tasks.is_healthy(world, each) for each in mine)
        if healthy < service["desiredCount"] and not all(each.hidden["wires"] for each in mine):
            rollout.rouse(world, service, tasks.ALONE)
        return healthy >= service["desiredCount"]
    if stage == "PRODUCTION_TRAFFIC_SHIFT" and shift["percent"] < WHOLE:
        paces = {**config.get("linearConfiguration", {}), **config.get("canaryConfiguration", {})}
        return _waited(world, service, next(each for name, each in paces.items() if name.endswith("InMinutes")))
    if stage == "BAKE_TIME":
        return _waited(world, service, config["bakeTimeInMinutes"])
    if stage == "CLEAN_UP":
        return all(each["startedBy"] == primary["id"] for each in rollout.unfinished(world, service))
    return True


def _waited(world: World, service: Resource, minutes: float) -> bool:
    left = service.hidden["shift"]["since"] + minutes * 60 - world.now
    if left > 0:
        rollout.rouse(world, service, left)
    return left <= 0


def _following(service: Resource, shift: Fields) -> str:
    """Each step of the shift is a turn of its own through the stages before and of it (botocore, lifecycleStage)."""
    if shift["stage"] == "PRODUCTION_TRAFFIC_SHIFT" and shift["percent"] < WHOLE:
        return UNSHOWN
    after = STAGES[STAGES.index(shift["stage"]) + 1 :]
    return after[0] if after else ""


def _next(service: Resource, percent: float) -> float:
    config = service["deploymentConfiguration"]
    if config["strategy"] == "LINEAR":
        return float(min(WHOLE, percent + config["linearConfiguration"]["stepPercent"]))
    if config["strategy"] == "CANARY" and percent == 0:
        return float(config["canaryConfiguration"]["canaryPercent"])
    return WHOLE


def _complete(world: World, service: Resource) -> None:
    service.hidden["serving"] = 1 - service.hidden["serving"] if "serving" in service.hidden else 0
    rollout.complete(world, service, service["deployments"][0], "SUCCESSFUL")


# ---- hooks


def _called(world: World, service: Resource, stage: str) -> Iterator[Fields]:
    for hook in service["deploymentConfiguration"].get("lifecycleHooks", ()):
        if stage in hook["lifecycleStages"]:
            rule = TIMEOUT | hook.get("timeoutConfiguration", {})
            paused = hook.get("targetType", "AWS_LAMBDA") == "PAUSE"
            yield {
                "hookId": world.words()["hex"],
                "targetType": "PAUSE" if paused else "AWS_LAMBDA",
                **({} if paused else {"targetArn": hook["hookTargetArn"]}),
                "status": "AWAITING_ACTION" if paused else "IN_PROGRESS",
                "expiresAt": world.time + timedelta(minutes=rule["timeoutInMinutes"]),
                "timeoutAction": rule["action"],
            }


def _hooks(world: World, service: Resource) -> str:
    """Empty when every hook of the stage is content, FAILED when one is not, else what they wait for."""
    shift = service.hidden["shift"]
    for hook in shift["hooks"]:
        if hook["status"] == "IN_PROGRESS":
            hook["status"] = _said(world, hook["targetArn"], shift["stage"])
        if hook["status"] in ("IN_PROGRESS", "AWAITING_ACTION") and world.time >= hook["expiresAt"]:
            hook["status"] = "TIMED_OUT"
    become(world, records.current(world, service), {"lifecycleHookDetails": [dict(each) for each in shift["hooks"]]})
    open_ = [each for each in shift["hooks"] if each["status"] in ("IN_PROGRESS", "AWAITING_ACTION")]
    if any(_against(each) for each in shift["hooks"]):
        return "FAILED"
    for each in open_:
        left = (each["expiresAt"] - world.time).total_seconds()
        rollout.rouse(world, service, min(ASKED_AGAIN, left) if each["status"] == "IN_PROGRESS" else left)
    return open_[0]["status"] if open_ else ""


def _against(hook: Fields) -> bool:
    late = hook["status"] == "TIMED_OUT" and hook["timeoutAction"] == "ROLLBACK"
    return hook["status"] == "FAILED" or late


def _said(world: World, arn: str, stage: str) -> str:
    """What the function answers at this stage; one that is not there, or says nothing, has failed."""
    try:
        answer = invoking.answer(world, arn, [stage])
    except Refusal:
        return "FAILED"
    return str((answer or {}).get("hookStatus", "FAILED"))


# ---- weights and tasks


def _pair(wire: Fields) -> tuple[str, str]:
    """The two groups that a load balancer goes between; one that has no alternate stays where it is."""
    own = wire["targetGroupArn"]
    return own, wire.get("advancedConfiguration", {}).get("alternateTargetGroupArn", own)


def _weigh(
    world: World, service: Resource, place: int, percent: float, *, test: bool = False, only_test: bool = False
) -> None:
    """So much of the traffic to one of the two groups, the rest to the other."""
    for wire in service.hidden["shift"]["wires"]:
        told, pair = wire.get("advancedConfiguration"), _pair(wire)
        if told is None:
            continue
        weights = dict(zip((pair[place], pair[1 - place]), _split(percent), strict=True))
        ordered = {arn: weights[arn] for arn in pair}
        arns = [told["productionListenerRule"]] if not only_test else []
        arns += [told["testListenerRule"]] if (test or only_test) and told.get("testListenerRule") else []
        for arn in arns:
            if rule := strategies.rule_of(world, arn):
                strategies.weigh(world, rule, ordered)
            else:
                records.tell(world, service, f"was unable to shift traffic: the listener rule {arn} does not exist.")


def _split(percent: float) -> tuple[int, int]:
    """Weights are whole numbers up to 999 (botocore TargetGroupTuple)."""
    whole = 100 if percent == int(percent) else FINEST
    share = ceil(percent * whole / 100)
    return share, whole - share


def _staff(world: World, service: Resource) -> None:
    """As many tasks of the new revision as wanted from SCALE_UP on, and of the old one until CLEAN_UP."""
    primary, *others = service["deployments"]
    stage, status = service.hidden["shift"]["stage"], records.current(world, service)["status"]
    blue = next((each for each in others if each["rolloutState"] == "COMPLETED"), None)
    keeps = status == "IN_PROGRESS" and stage != "CLEAN_UP"
    up = status != "IN_PROGRESS" or STAGES.index(stage) >= STAGES.index("SCALE_UP")
    wanted = {primary["id"]: service["desiredCount"] if up and primary["rolloutState"] != "FAILED" else 0}
    if blue is not None and keeps:
        wanted[blue["id"]] = service["desiredCount"]
    every = rollout.working(world, service)
    for deployment in service["deployments"]:
        mine = [each for each in every if each["startedBy"] == deployment["id"]]
        count = wanted.get(deployment["id"], 0)
        if len(mine) < count:
            rollout.start(world, service, deployment, count - len(mine))
        else:
            rollout.stop(
                world, service, sorted(mine, key=lambda each: tasks.is_healthy(world, each))[: len(mine) - count]
            )
