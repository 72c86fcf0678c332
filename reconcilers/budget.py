"""AWS's control planes throttle per account and region, and people share them: token buckets stand in front of boto3.

We take a share (half, unless told otherwise) of what AWS documents, and of the odd single-operation limits the whole.
Rates and bursts: ledger 0.6 (API Gateway's are documented; the others are practitioners' and marked there).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from reconcilers.clock import Clock

Rate = tuple[float, float]  # calls per second, burst

SERVICES: dict[str, Rate] = {
    "apigatewayv2": (10, 40),
    "elbv2": (10, 40),
    "ecs": (20, 50),
    "ec2": (20, 100),
    "iam": (10, 30),
    "logs": (10, 20),
    "application-autoscaling": (10, 20),
    "resourcegroupstaggingapi": (10, 20),
    "sts": (50, 50),
}
OPERATIONS: dict[str, Rate] = {
    "CreateVpcLink": (1 / 15, 1),
    "DeleteVpcLink": (1 / 30, 1),
    "CreateDeployment": (1 / 5, 1),
    "RegisterTaskDefinition": (1, 20),
    "DeregisterTaskDefinition": (1, 20),
}


@dataclass
class Bucket:
    """So many calls a second, so many at once; halved when AWS complains, and slowly forgiven."""

    rate: float
    burst: float
    tokens: float
    at: float
    mercy: float = 1.0

    def wait(self, now: float, speed: float = 1.0) -> float:
        """Take a token; how many of our seconds until it may be spent, AWS having `speed` of its own in each."""
        passed = (now - self.at) * speed
        self.mercy = min(1.0, self.mercy + passed / 60)
        self.tokens = min(self.burst, self.tokens + passed * self.rate * self.mercy)
        self.at = now
        self.tokens -= 1
        return max(0.0, -self.tokens / (self.rate * self.mercy)) / speed


@dataclass
class Budget:
    """The buckets of one account and region. `share` is the part of AWS's limits that is ours, 0.1 to 1.0."""

    clock: Clock
    share: float = 0.5
    speed: Callable[[], float] = lambda: 1.0
    """AWS's seconds in one of ours."""
    buckets: dict[str, Bucket] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def spend(self, service: str, operation: str) -> None:
        """Return when this call may be made."""
        with self.lock:
            names = (service, operation) if operation in OPERATIONS else (service,)
            speed = self.speed()
            seconds = max(self._bucket(name).wait(self.clock.monotonic(), speed) for name in names)
        if seconds > 0:
            self.clock.sleep(seconds)

    def complained(self, service: str, operation: str) -> None:
        """AWS throttled it: half the rate from here on."""
        with self.lock:
            bucket = self._bucket(operation if operation in OPERATIONS else service)
            bucket.mercy = max(0.1, bucket.mercy / 2)

    def _bucket(self, name: str) -> Bucket:
        if name not in self.buckets:
            rate, burst = OPERATIONS.get(name) or SERVICES.get(name, (10, 20))
            share = 1.0 if name in OPERATIONS else self.share
            now = self.clock.monotonic()
            self.buckets[name] = Bucket(rate * share, max(1.0, burst * share), max(1.0, burst * share), now)
        return self.buckets[name]
