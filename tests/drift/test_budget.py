"""Calls wait in line for the control planes they share: the most urgent first, and none for ever."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from reconcilers.budget import Budget, Urgency, urgency
from reconcilers.errors import Stopped


@dataclass
class Turns:
    """A clock of threads: whoever sleeps stands still until the test lets time pass."""

    time: float = 0.0
    moved: threading.Condition = field(default_factory=threading.Condition)
    sleeping: int = 0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.time, UTC)

    def monotonic(self) -> float:
        return self.time

    def jitter(self) -> float:
        return 0.5

    def sleep(self, seconds: float) -> None:
        until = self.time + seconds
        with self.moved:
            self.sleeping += 1
            self.moved.notify_all()
            self.moved.wait_for(lambda: self.time >= until)
            self.sleeping -= 1

    def asleep(self, number: int) -> None:
        with self.moved:
            assert self.moved.wait_for(lambda: self.sleeping == number, 5)

    def pass_(self, seconds: float) -> None:
        with self.moved:
            self.time += seconds
            self.moved.notify_all()


def test_what_a_user_asked_for_goes_before_what_was_waiting_already():
    clock = Turns()
    budget, order = Budget(clock, share=0.1), list[str]()
    for _ in range(4):  # the burst of a tenth of API Gateway's
        budget.spend("apigatewayv2", "GetApis")

    def call(of: Urgency) -> None:
        with urgency(of):
            budget.spend("apigatewayv2", "GetApis")
        order.append(of.name)

    threads = []
    for waiting, of in enumerate((Urgency.SWEEP, Urgency.SWEEP, Urgency.WATCH, Urgency.CHANGE), start=1):
        threads.append(threading.Thread(target=call, args=(of,)))
        threads[-1].start()
        clock.asleep(waiting)
    for left in (3, 2, 1, 0):
        clock.pass_(1.0)  # one call a second
        while len(order) < 4 - left:
            threading.Event().wait(0.001)
        clock.asleep(left)
    assert order == ["CHANGE", "WATCH", "SWEEP", "SWEEP"]


def test_nobody_waits_for_a_call_that_will_not_be_made_any_more():
    clock, stopping = Turns(), threading.Event()
    budget = Budget(clock, stopping=stopping)
    budget.spend("apigatewayv2", "CreateVpcLink")
    ended = threading.Event()

    def call() -> None:
        with pytest.raises(Stopped):
            budget.spend("apigatewayv2", "CreateVpcLink")
        ended.set()

    thread = threading.Thread(target=call)
    thread.start()
    clock.asleep(1)
    stopping.set()
    clock.pass_(20)
    thread.join(5)
    assert ended.is_set()
    assert not any(bucket.waiting for bucket in budget.buckets.values())


def test_a_complaint_halves_the_rate_and_a_minute_forgives_it():
    clock = Turns()
    budget = Budget(clock, share=1.0)
    budget.spend("ecs", "DescribeServices")
    budget.complained("ecs", "DescribeServices")
    bucket = budget.buckets["ecs"]
    assert bucket.mercy == 0.5
    clock.pass_(60)
    budget.spend("ecs", "DescribeServices")
    assert bucket.mercy == 1.0
