"""What can happen to one call, by name: the vocabulary of every experiment.

Each goes round the call below the SDK, so its retries and our own are what is tried. Codes are those of the services
(ledger 0.1); where a service has several, the one that its operations answer most.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import EndpointConnectionError, ReadTimeoutError, ResponseStreamingError

from controller import bulkhead
from sandbox import shapes
from sandbox.calls import Call
from sandbox.faults import (
    Effect,
    Fault,
    Proceed,
    crash_after,
    crash_before,
    fail,
    fail_after,
    lose_reply,
    stale,
    throttle,
)
from sandbox.refusal import Refusal
from tests.faults.racing import Race
from tests.world import ACCOUNT

SDK_ATTEMPTS = 4
"""How often a read is sent at most; a write less often (reconcilers.aws)."""
CONFLICTS = {
    "ec2": "DependencyViolation",
    "elbv2": "ResourceInUse",
    "iam": "ConcurrentModification",
    "ecs": "UpdateInProgressException",
    "logs": "OperationAbortedException",
    "application-autoscaling": "ConcurrentUpdateException",
}
MISSING = {
    "ec2": "InvalidGroup.NotFound",
    "elbv2": "TargetGroupNotFound",
    "iam": "NoSuchEntity",
    "ecs": "ServiceNotFoundException",
    "logs": "ResourceNotFoundException",
    "application-autoscaling": "ObjectNotFoundException",
}
LIMITS = {"ec2": "SecurityGroupLimitExceeded", "elbv2": "TooManyTargetGroups", "iam": "LimitExceeded"}


@dataclass(frozen=True)
class Strike:
    """One fault. It strikes a call and, `lasting`, so many sendings of the same operation in all, or every one as long
    as that process lives."""

    effect: Effect
    lasting: float = 1
    kills: bool = False
    """Whether the process that called dies of it."""
    applies: bool = False
    """Of a death: whether the call was carried out before."""
    lag: float = 0.0
    """Seconds for which all reads answer from before the call."""
    skew: float = 0.0
    """Seconds by which the wall clock of our machine is wrong from now on."""
    frozen: float = 0.0
    """Seconds that pass everywhere while our process does not run."""
    stops: bool = False
    """Whether the process is told to stop."""
    rivals: bool = False
    """Whether another process does all there is to do before the call goes on."""
    schedule: int | None = None
    """Of a rival that does not do it all at once: the seed of whose turn it is at each call."""
    mends: bool = True
    """Whether the process that called has to bring everything home by itself all the same."""
    final: str = ""
    """What AWS says when it will refuse this as long as nobody mends something: then nobody may go on trying, and who
    asked has to be told."""
    every: bool = False
    """Whether it strikes whatever that process asks from then on, and not only the same once more."""
    unheard: bool = False
    """Whether nothing can be told from then on: a full disk, a pipe that nobody reads."""
    foreign: bool = False
    """Whether the credentials turn out to be another account's: then nothing may be written."""
    reverses: bool = False
    """Whether AWS lists everything the other way round from then on: it promises no order."""
    on: str = "all"
    """`reads`, `writes`, `lists`, `all`; `identity` is the one question by which a process learns who it is."""

    def suits(self, call: Call) -> bool:
        match self.on:
            case "reads":
                return call.reads
            case "writes":
                return not call.reads
            case "identity":
                return call.operation == "GetCallerIdentity"
            case "lists":
                return call.reads and shapes.paging(call.service, call.operation) is not None
        return True


def answered(codes: Mapping[str, str], otherwise: str, status: int, text: str) -> Effect:
    def effect(_sandbox: Any, call: Call, _proceed: Proceed) -> Any:
        raise Refusal(codes.get(call.service, otherwise), text, status)

    return effect


def unsent(_sandbox: Any, call: Call, _proceed: Proceed) -> Any:
    raise EndpointConnectionError(endpoint_url=f"https://{call.service}")


def timed_out(_sandbox: Any, call: Call, proceed: Proceed) -> Any:
    proceed()
    raise ReadTimeoutError(endpoint_url=f"https://{call.service}")


def cut_short(_sandbox: Any, call: Call, proceed: Proceed) -> Any:
    """Applied, and the answer ends in the middle of its body."""
    proceed()
    raise ResponseStreamingError(error="17 of 1700 bytes")


def nothing(_sandbox: Any, _call: Call, proceed: Proceed) -> Any:
    """The call itself is as ever: what strikes is around it."""
    return proceed()


def _first_page(call: Call, proceed: Proceed, change: Callable[[dict[str, Any], str], Any]) -> Any:
    """A list of ours, of which the first page is made to end somewhere."""
    answer, paging = proceed(), shapes.paging(call.service, call.operation)
    if paging is None or not isinstance(answer, dict) or call.request.get(paging.token):
        return answer
    return change(answer | {paging.next: base64.b64encode(b"0").decode()}, paging.items)


def page_empty(_sandbox: Any, call: Call, proceed: Proceed) -> Any:
    """A page with nothing on it, and another one behind it: AWS may answer so."""
    return _first_page(call, proceed, lambda answer, items: answer | {items: []})


def page_failed(sandbox: Any, call: Call, proceed: Proceed) -> Any:
    """Half of a list, and the next page fails however often it is asked for."""
    paging = shapes.paging(call.service, call.operation)
    if paging is not None and call.request.get(paging.token):
        return fail(sandbox, call, proceed)
    return _first_page(call, proceed, lambda answer, items: answer | {items: answer[items][: len(answer[items]) // 2]})


def page_again(_sandbox: Any, call: Call, proceed: Proceed) -> Any:
    """A page whose next one has the same token, for ever."""
    answer, paging = proceed(), shapes.paging(call.service, call.operation)
    if paging is None or not isinstance(answer, dict):
        return answer
    return answer | {paging.next: base64.b64encode(b"0").decode(), paging.items: []}


NOT_ALLOWED = "User is not authorized to perform this action"
EXPIRED = "The security token included in the request is expired"
TOO_MANY = "The maximum number of these has been reached"
NOT_VALID = "1 validation error detected"


def another_account(_sandbox: Any, _call: Call, proceed: Proceed) -> Any:
    """Who asks is told of an account that is none of anybody's here."""
    told = proceed()
    return replace(told, body=told.body.replace(ACCOUNT.encode(), b"999999999999"))


def turned_round(_sandbox: Any, call: Call, proceed: Proceed) -> Any:
    """A list from its end, and so every set in it."""
    answer, paging = proceed(), shapes.paging(call.service, call.operation)
    if not isinstance(answer, dict):
        return answer
    turned = {name: _turned(each) for name, each in answer.items()}
    items = turned.get(paging.items) if paging is not None else None
    return turned | ({paging.items: items[::-1]} if paging is not None and items else {})


SETS = frozenset(
    {"securityGroups", "subnets", "availabilityZones", "attributes", "tags", "allowMethods", "allowOrigins"}
)
SETS |= frozenset({"securityGroupIds", "subnetIds", "capacityProviders", "authorizationScopes", "audience"})
"""Members of answers that have no order."""


def _turned(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: _turned(each)[::-1]
            if isinstance(each, list) and name[:1].lower() + name[1:] in SETS
            else _turned(each)
            for name, each in value.items()
        }
    return [_turned(each) for each in value] if isinstance(value, list) else value


denied = answered({}, "AccessDeniedException", 403, NOT_ALLOWED)
expired = answered({}, "ExpiredTokenException", 403, EXPIRED)
limited = answered(LIMITS, "LimitExceededException", 400, TOO_MANY)
conflicting = answered(
    CONFLICTS, "ConflictException", 409, "Unable to complete operation due to concurrent modification"
)
missing = answered(MISSING, "NotFoundException", 404, "Unable to find what is asked about")
invalid = answered({}, "ValidationException", 400, NOT_VALID)
unavailable = answered({}, "ServiceUnavailable", 503, "Service is unable to handle request")
ALWAYS = float("inf")
SOON = 5.0
"""Seconds between two looks of who lives on while lists lag."""
SCHEDULES = 20
"""How many ways there are in which two controllers take turns from one call on."""

STRIKES: Mapping[str, Strike] = {
    "crash-before": Strike(crash_before, kills=True),
    "crash-after": Strike(crash_after, kills=True, applies=True),
    "reply-lost": Strike(lose_reply),
    "reply-timed-out": Strike(timed_out, on="writes"),
    "reply-cut-short": Strike(cut_short, on="writes"),
    "failed-after": Strike(fail_after, on="writes"),
    "replies-lost": Strike(lose_reply, SDK_ATTEMPTS, on="writes"),
    "unsent": Strike(unsent),
    "all-unsent": Strike(unsent, SDK_ATTEMPTS),
    "throttled": Strike(throttle),
    "all-throttled": Strike(throttle, SDK_ATTEMPTS),
    "failed": Strike(fail),
    "all-failed": Strike(fail, SDK_ATTEMPTS),
    "unavailable": Strike(unavailable),
    "conflict": Strike(conflicting, on="writes"),
    "missing-once": Strike(missing, mends=False, on="writes"),
    "denied-once": Strike(denied, mends=False),
    "denied": Strike(denied, ALWAYS, mends=False, final=NOT_ALLOWED),
    "expired": Strike(expired, ALWAYS, mends=False, final=EXPIRED),
    "cut-off": Strike(expired, ALWAYS, mends=False, final=EXPIRED, every=True),
    "foreign": Strike(another_account, ALWAYS, mends=False, foreign=True, on="identity"),
    "limited": Strike(limited, ALWAYS, mends=False, final=TOO_MANY, on="writes"),
    "invalid": Strike(invalid, ALWAYS, mends=False, final=NOT_VALID, on="writes"),
    "lagging-5": Strike(crash_after, kills=True, applies=True, lag=5, mends=False, on="writes"),
    "lagging-30": Strike(crash_after, kills=True, applies=True, lag=30, mends=False, on="writes"),
    "unseen-30": Strike(lose_reply, lag=30, on="writes"),
    "rival": Strike(nothing, mends=False, rivals=True),
    **{f"raced-{seed}": Strike(nothing, mends=False, rivals=True, schedule=seed) for seed in range(SCHEDULES)},
    "clock+1h": Strike(nothing, skew=3_600),
    "clock-1d": Strike(nothing, skew=-86_400),
    "unheard": Strike(nothing, unheard=True),
    "frozen": Strike(nothing, frozen=600),
    "sigterm": Strike(nothing, mends=False, stops=True),
    "turned-round": Strike(nothing, reverses=True, on="identity"),
    "page-empty": Strike(page_empty, on="lists"),
    "page-failed": Strike(page_failed, ALWAYS, mends=False, on="lists"),
    "page-again": Strike(page_again, ALWAYS, mends=False, on="lists"),
}


@dataclass
class Struck:
    """A strike that has begun, and how much of it is left."""

    strike: Strike
    first: Call
    stage: Any
    process: Any
    sendings: int = 1
    ends: float = 0.0
    race: Race | None = None

    def again(self, call: Call) -> bool:
        """Whether it strikes this call as well: the same operation, sent again."""
        same = self.strike.every or str(call) == str(self.first)
        if self.strike.kills or not same or self.sendings >= self.strike.lasting:
            return False
        self.sendings += 1
        return True

    def effect(self, sandbox: Any, call: Call, proceed: Proceed) -> Any:
        strike, clock = self.strike, self.stage.clock
        if strike.lag:
            self._lag(sandbox)
        if strike.stops:
            self.process.stopping.set()
        clock.skew = strike.skew
        if strike.frozen:
            clock.sleep(strike.frozen)
        self.stage.unheard |= strike.unheard
        if strike.reverses:
            sandbox.faults.insert(1, Fault(turned_round, when=lambda asked: asked.reads))
        if strike.schedule is not None:
            self._race(sandbox, strike.schedule)
        elif strike.rivals:
            self._rival(sandbox)
        return strike.effect(sandbox, call, proceed)

    def _lag(self, sandbox: Any) -> None:
        """Reads answer from before the call, from now on and for a while. Whoever lives on looks again meanwhile."""
        clock = self.stage.world.clock
        if not self.strike.kills:
            bulkhead.FIRST_WAIT = bulkhead.LONGEST_WAIT = SOON
        self.ends = clock.monotonic() + self.strike.lag
        late = Fault(stale(sandbox), when=lambda asked: asked.reads and clock.monotonic() < self.ends)
        sandbox.faults.insert(1, late)  # below what strikes, above who watches

    def _rival(self, sandbox: Any) -> None:
        """It is not struck itself."""
        nemesis, sandbox.faults[:] = sandbox.faults[-1], sandbox.faults[:-1]
        self.stage.perform(self.stage.process())
        sandbox.faults.append(nemesis)

    def _race(self, sandbox: Any, seed: int) -> None:
        """From now on it is at work as well, above all who watch."""
        self.race = Race(seed, lambda: self.stage.perform(self.stage.process()))
        sandbox.faults.append(Fault(self.race))
        self.race.begin(sandbox)

    def over(self, sandbox: Any) -> None:
        """Wait until nothing of it is left."""
        clock = self.stage.world.clock
        clock.sleep(max(0.0, self.ends - clock.monotonic()))
        if self.strike.lag:
            del sandbox.faults[1]
        if self.race is not None:
            self.race.end()
            sandbox.faults.pop()
