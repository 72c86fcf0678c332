"""What can happen to one call, by name: the vocabulary of every experiment.

Each goes round the call below the SDK, so its retries and our own are what is tried. Codes are those of the services
(ledger 0.1); where a service has several, the one that its operations answer most.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import EndpointConnectionError, ReadTimeoutError, ResponseStreamingError

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
    mends: bool = True
    """Whether the process that called has to bring everything home by itself all the same."""
    final: bool = False
    """Whether AWS says that it will refuse this as long as nobody mends something: then nobody may go on trying."""
    on: str = "all"
    """`reads`, `writes`, `lists` or `all`."""

    def suits(self, call: Call) -> bool:
        match self.on:
            case "reads":
                return call.reads
            case "writes":
                return not call.reads
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


denied = answered({}, "AccessDeniedException", 403, "User is not authorized to perform this action")
expired = answered({}, "ExpiredTokenException", 403, "The security token included in the request is expired")
limited = answered(LIMITS, "LimitExceededException", 400, "The maximum number of these has been reached")
conflicting = answered(
    CONFLICTS, "ConflictException", 409, "Unable to complete operation due to concurrent modification"
)
missing = answered(MISSING, "NotFoundException", 404, "Unable to find what is asked about")
invalid = answered({}, "ValidationException", 400, "1 validation error detected")
unavailable = answered({}, "ServiceUnavailable", 503, "Service is unable to handle request")
ALWAYS = float("inf")

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
    "denied": Strike(denied, ALWAYS, mends=False, final=True),
    "expired": Strike(expired, ALWAYS, mends=False, final=True),
    "limited": Strike(limited, ALWAYS, mends=False, final=True, on="writes"),
    "invalid": Strike(invalid, ALWAYS, mends=False, final=True, on="writes"),
    "lagging-5": Strike(crash_after, kills=True, applies=True, lag=5, mends=False, on="writes"),
    "lagging-30": Strike(crash_after, kills=True, applies=True, lag=30, mends=False, on="writes"),
    "rival": Strike(nothing, mends=False, rivals=True),
    "clock+1h": Strike(nothing, skew=3_600),
    "clock-1d": Strike(nothing, skew=-86_400),
    "frozen": Strike(nothing, frozen=600),
    "sigterm": Strike(nothing, mends=False, stops=True),
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

    def again(self, call: Call) -> bool:
        """Whether it strikes this call as well: the same operation, sent again."""
        if self.strike.kills or str(call) != str(self.first) or self.sendings >= self.strike.lasting:
            return False
        self.sendings += 1
        return True

    def effect(self, sandbox: Any, call: Call, proceed: Proceed) -> Any:
        strike, clock = self.strike, self.stage.world.clock
        if strike.lag:
            self._lag(sandbox)
        if strike.stops:
            self.process.stopping.set()
        clock.skew = strike.skew
        if strike.frozen:
            clock.sleep(strike.frozen)
        if strike.rivals:
            self._rival(sandbox)
        return strike.effect(sandbox, call, proceed)

    def _lag(self, sandbox: Any) -> None:
        """Reads answer from before the call, from now on and for a while."""
        clock = self.stage.world.clock
        self.ends = clock.monotonic() + self.strike.lag
        late = Fault(stale(sandbox), when=lambda asked: asked.reads and clock.monotonic() < self.ends)
        sandbox.faults.insert(1, late)  # below what strikes, above who watches

    def _rival(self, sandbox: Any) -> None:
        """It is not struck itself."""
        nemesis, sandbox.faults[:] = sandbox.faults[-1], sandbox.faults[:-1]
        self.stage.perform(self.stage.process())
        sandbox.faults.append(nemesis)

    def over(self, sandbox: Any) -> None:
        """Wait until nothing of it is left."""
        clock = self.stage.world.clock
        clock.sleep(max(0.0, self.ends - clock.monotonic()))
        if self.strike.lag:
            del sandbox.faults[1]
