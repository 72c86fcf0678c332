"""AWS's control planes throttle per account and region, and people share them: token buckets stand in front of boto3.

We take a share (half, unless told otherwise) of what AWS documents, and of the odd single-operation limits the whole
but for a twentieth: two calls may arrive closer to each other than they were sent.
Rates and bursts: ledger 0.6 (API Gateway's are documented; the others are practitioners' and marked there). Where
several wait for one bucket the more urgent goes first.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import count

from reconcilers.clock import Clock
from reconcilers.errors import Stopped


class Urgency(IntEnum):
    """Whose call goes first where the budget is short."""

    CHANGE = 0
    """What a user asked for."""
    WATCH = 1
    """How far a rollout has come; another try of what failed."""
    SWEEP = 2
    """Looking for drift."""


URGENCY: ContextVar[Urgency] = ContextVar("urgency", default=Urgency.CHANGE)
"""Of the calls made from here; what is started in other threads takes it along (`copy_context`)."""


@contextmanager
def urgency(of: Urgency) -> Iterator[None]:
    """All calls within are as urgent as `of`."""
    before = URGENCY.set(of)
    try:
        yield
    finally:
        URGENCY.reset(before)


Rate = tuple[float, float]  # calls per second, burst

SERVICES: dict[str, Rate] = {
    "apigatewayv2": (10, 40),
    "elbv2": (10, 40),
    "ecs": (20, 50),
    "ec2": (20, 100),
    "iam": (10, 30),
    "logs": (10, 20),
    "acm": (5, 10),
    "route53": (5, 5),
    "lambda": (15, 15),  # "Control plane API requests", Lambda quotas; GetPolicy has 15 of its own
    "application-autoscaling": (10, 20),
    "resourcegroupstaggingapi": (10, 20),
    "sts": (50, 50),
}
SHARED = {"apigateway": "apigatewayv2"}
"""Two clients of one control plane: both generations of API Gateway draw from the same ten a second (ledger 0.6)."""
APART = frozenset({"logs"})
"""Services that allow so much of each operation (ledger 0.6)."""
OPERATIONS: dict[str, Rate] = {
    "CreateVpcLink": (1 / 15, 1),
    "DeleteVpcLink": (1 / 30, 1),
    "CreateDeployment": (1 / 5, 1),
    "CreateDomainName": (1 / 30, 1),
    "UpdateDomainName": (1 / 30, 1),
    "DeleteDomainName": (1 / 30, 1),
    "CreateRestApi": (1 / 3, 1),
    "DeleteRestApi": (1 / 30, 1),
    "PutRestApi": (1, 1),
    "CreateResource": (5, 5),
    "DeleteResource": (5, 5),
    "GetResources": (5 / 2, 5),
    "CreateApiKey": (5, 5),
    "DeleteApiKey": (5, 5),
    "UpdateUsagePlan": (1 / 20, 1),
    "UpdateAccount": (1 / 20, 1),
    "RegisterTaskDefinition": (1, 20),
    "DeregisterTaskDefinition": (1, 20),
}
NEARLY = 0.95
"""Our part of what one operation may do."""


def buckets_of(service: str, operation: str) -> tuple[str, ...]:
    """The names of the buckets that a call draws on."""
    shared = f"{service}:{operation}" if service in APART else SHARED.get(service, service)
    return (shared, operation) if operation in OPERATIONS else (shared,)


Ticket = tuple[Urgency, int]
"""How urgent a waiting call is, and when it came."""


@dataclass
class Bucket:
    """So many calls a second, so many at once; halved when AWS complains, and slowly forgiven."""

    rate: float
    burst: float
    tokens: float
    at: float
    mercy: float = 1.0
    waiting: set[Ticket] = field(default_factory=set)

    def fill(self, now: float, speed: float) -> None:
        passed = (now - self.at) * speed
        self.mercy = min(1.0, self.mercy + passed / 60)
        self.tokens = min(self.burst, self.tokens + passed * self.rate * self.mercy)
        self.at = now

    def wait(self, ticket: Ticket, speed: float) -> float:
        """How many of our seconds until its turn has come, AWS having `speed` of its own in each; 0 when it is now."""
        ahead = sum(other < ticket for other in self.waiting)
        return self.until(ahead + 1, speed)

    def until(self, number: int, speed: float) -> float:
        """How many of our seconds until it has so many tokens."""
        missing = number - self.tokens
        return 0.0 if missing < HAIR else max(missing / (self.rate * self.mercy) / speed, HAIR)


HAIR = 1e-6
"""Less than this of a token, or of a second, is rounding."""


@dataclass
class Budget:
    """The buckets of one account and region. `share` is the part of AWS's limits that is ours, 0.1 to 1.0."""

    clock: Clock
    share: float = 0.5
    speed: Callable[[], float] = lambda: 1.0
    """AWS's seconds in one of ours."""
    buckets: dict[str, Bucket] = field(default_factory=dict)
    stopping: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    numbers: Iterator[int] = field(default_factory=count)

    def spend(self, service: str, operation: str) -> None:
        """Return when this call may be made: in its turn among those that wait, the most urgent first.

        Raises `Stopped` when the process is told to end meanwhile.
        """
        with self.lock:
            buckets = [self._bucket(name) for name in buckets_of(service, operation)]
            ticket = (URGENCY.get(), next(self.numbers))
            for bucket in buckets:
                bucket.waiting.add(ticket)
        try:
            while (seconds := self._take(buckets, ticket)) > 0:
                self.clock.sleep(seconds)
                if self.stopping.is_set():
                    raise Stopped("no call is started after SIGTERM")
        finally:
            with self.lock:
                for bucket in buckets:
                    bucket.waiting.discard(ticket)

    def delay(self, service: str, operation: str, begun: Mapping[str, int]) -> float:
        """How many of our seconds this call would wait behind all that wait now, and behind so many that are about to
        draw on a bucket: 0 when it would be made at once."""
        with self.lock:
            now, speed = self.clock.monotonic(), self.speed()
            seconds = 0.0
            for name in buckets_of(service, operation):
                bucket = self._bucket(name)
                bucket.fill(now, speed)
                seconds = max(seconds, bucket.until(max(begun.get(name, 0), len(bucket.waiting)) + 1, speed))
            return seconds

    def complained(self, service: str, operation: str) -> None:
        """AWS throttled it: half the rate from here on."""
        with self.lock:
            bucket = self._bucket(buckets_of(service, operation)[-1])
            bucket.mercy = max(0.1, bucket.mercy / 2)

    def _take(self, buckets: list[Bucket], ticket: Ticket) -> float:
        """Take a token of each bucket, or say how long to wait before asking again."""
        with self.lock:
            now, speed = self.clock.monotonic(), self.speed()
            for bucket in buckets:
                bucket.fill(now, speed)
            seconds = max(bucket.wait(ticket, speed) for bucket in buckets)
            for bucket in buckets if seconds == 0 else ():
                bucket.tokens -= 1
                bucket.waiting.discard(ticket)
            return seconds

    def _bucket(self, name: str) -> Bucket:
        if name not in self.buckets:
            rate, burst = OPERATIONS.get(name) or SERVICES.get(name.partition(":")[0], (10, 20))
            share = NEARLY if name in OPERATIONS else self.share
            now = self.clock.monotonic()
            self.buckets[name] = Bucket(rate * share, max(1.0, burst * share), max(1.0, burst * share), now)
        return self.buckets[name]
