"""The wire: one connection per account and region. Clients, pages, ownership tags and the rate budget; nothing else.

A call is its own shortest description: `aws.elbv2.modify_target_group(TargetGroupArn=…)`. How often the SDK may repeat
it depends on the call: reads 4 attempts, writes that may be repeated 3, creates that make another one each time 1
(ledger 0.2; the SDK's default of 3 makes duplicates).
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property, partial
from itertools import islice
from typing import Any, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import PaginationError

from reconcilers.budget import Budget
from reconcilers.clock import Clock, RealClock
from reconcilers.errors import THROTTLED, Stopped
from reconcilers.threads import threads

T = TypeVar("T")
U = TypeVar("U")

ONCE = frozenset(
    {
        "create_api",
        "create_vpc_link",
        "create_integration",
        "create_authorizer",
        "create_deployment",
        "create_rest_api",
        "create_usage_plan",
        "create_api_key",
        "create_request_validator",
        "create_rule",  # a repetition finds its own priority in use, and takes the next
        "register_task_definition",
        "update_domain_name",  # a repetition finds the old endpoint gone, and is refused
    }
)
EDGE_HOME = "us-east-1"
"""Where the certificates lie that CloudFront shows (ledger 8.1)."""
READS = ("describe_", "get_", "list_")
SURE_AFTER = 10.0
"""Dates are whole seconds: so many must have passed before two clocks are compared."""
ATTEMPTS = {"read": 4, "write": 3, "once": 1}


@dataclass(frozen=True)
class Place:
    """Where an instance lives: the bulkhead between one account and region and the next."""

    region: str
    role_arn: str = ""
    external_id: str = ""
    account_id: str = ""
    """The account it must be; empty when the spec does not say."""


class Client:
    """One AWS service; a call goes to the connection whose retries suit it."""

    def __init__(self, aws: Aws, service: str, region: str = "") -> None:
        self._aws, self._service, self._region = aws, service, region or aws.region
        self._connections: dict[str, Any] = {}
        self._paginators: dict[str, Any] = {}  # to make one takes longer than to read a short list

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        return getattr(self._connection(operation), operation)

    def pages(self, operation: str, items: str, **arguments: Any) -> Iterator[Any]:
        """Every item of a list, page by page. An error on any page is an error of the whole."""
        connection = self._connection(operation)
        if connection.can_paginate(operation):
            if (paginator := self._paginators.get(operation)) is None:
                paginator = self._paginators[operation] = connection.get_paginator(operation)
            for page in paginator.paginate(**arguments):
                yield from page.get(items, ())
            return
        token: dict[str, str] = {}
        while True:
            page = getattr(connection, operation)(**arguments, **token)
            yield from page.get(items, ())
            following = next((name for name in ("NextToken", "nextToken", "position") if page.get(name)), None)
            if following is None:
                return
            if token == (token := {following: page[following]}):  # botocore's own paginators end so as well
                raise PaginationError(message=f"{operation} was answered with the same {following} twice")

    def _connection(self, operation: str) -> Any:
        kind = "once" if operation in ONCE else "read" if operation.startswith(READS) else "write"
        with self._aws.lock:
            if kind not in self._connections:
                self._connections[kind] = self._aws.connection(self._service, ATTEMPTS[kind], self._region)
            return self._connections[kind]


@dataclass(eq=False)
class Aws:
    """One account and region, for as long as the process lives. Safe to share between threads."""

    session: Any
    region: str
    install: str = "default"
    clock: Clock = field(default_factory=RealClock)
    share: float = 0.5
    expected_account: str = ""
    workers: int = 8
    stopping: threading.Event = field(default_factory=threading.Event)
    calls: Counter[str] = field(default_factory=Counter)
    lock: Any = field(default_factory=threading.RLock)
    singles: dict[str, threading.RLock] = field(default_factory=dict)
    account: str = ""
    """Whose credentials these are, once AWS has said it."""
    told: datetime | None = None
    """The Date of AWS's last answer: its clock, not ours."""
    told_at: float = 0.0
    """Our own clock then."""
    first: tuple[datetime, float] | None = None
    """The Date of its first answer, and our own clock then."""

    @classmethod
    def connect(cls, place: Place, *, profile: str | None = None, **settings: Any) -> Aws:
        session = boto3.Session(profile_name=profile, region_name=place.region)
        if place.role_arn:
            session = assumed(session, place)
        return cls(session, place.region, expected_account=place.account_id, **settings)

    ec2 = cached_property(lambda self: Client(self, "ec2"))
    ecs = cached_property(lambda self: Client(self, "ecs"))
    elbv2 = cached_property(lambda self: Client(self, "elbv2"))
    iam = cached_property(lambda self: Client(self, "iam"))
    logs = cached_property(lambda self: Client(self, "logs"))
    sts = cached_property(lambda self: Client(self, "sts"))
    secrets = cached_property(lambda self: Client(self, "secretsmanager"))
    apigateway = cached_property(lambda self: Client(self, "apigateway"))
    apigatewayv2 = cached_property(lambda self: Client(self, "apigatewayv2"))
    discovery = cached_property(lambda self: Client(self, "servicediscovery"))
    acm = cached_property(lambda self: Client(self, "acm"))
    edge_acm = cached_property(lambda self: Client(self, "acm", EDGE_HOME))
    edge_tagging = cached_property(lambda self: Client(self, "resourcegroupstaggingapi", EDGE_HOME))
    route53 = cached_property(lambda self: Client(self, "route53"))
    functions = cached_property(lambda self: Client(self, "lambda"))
    waf = cached_property(lambda self: Client(self, "wafv2"))
    autoscaling = cached_property(lambda self: Client(self, "application-autoscaling"))
    tagging = cached_property(lambda self: Client(self, "resourcegroupstaggingapi"))

    @cached_property
    def budget(self) -> Budget:
        return Budget(self.clock, self.share, speed=lambda: self.speed, stopping=self.stopping)

    @property
    def account_id(self) -> str:
        """Asked once. Before Python 3.12 a `cached_property` has one lock for all objects, and one place would wait for
        the answer that another waits for."""
        if not self.account:
            self.account = str(self.sts.get_caller_identity()["Account"])
        return self.account

    @cached_property
    def partition(self) -> str:
        return str(self.session.get_partition_for_region(self.region))

    @cached_property
    def endpoint(self) -> str:
        """The endpoint override in force, empty when AWS itself is asked."""
        url = str(self.apigatewayv2._connection("get_apis").meta.endpoint_url)  # noqa: SLF001  ours
        return "" if "amazonaws.com" in url or "api.aws" in url else url.rstrip("/")

    @property
    def now(self) -> datetime:
        """The time by AWS's clock: what its last answer told, and how long that is ago."""
        if self.told is None:
            return self.clock.now()
        return self.told + timedelta(seconds=self.clock.monotonic() - self.told_at)

    @property
    def speed(self) -> float:
        """How much faster than ours AWS's clock runs: 1, but for a sandbox in a hurry. AWS throttles by its own; that
        this machine slept is no reason to call it faster."""
        if not self.endpoint or self.told is None or self.first is None:
            return 1.0
        theirs = (self.told - self.first[0]).total_seconds()
        ours = self.clock.monotonic() - self.first[1]
        return theirs / ours if theirs > SURE_AFTER and theirs > 3 * ours > 0 else 1.0

    def connection(self, service: str, attempts: int, region: str) -> Any:
        retries = {"mode": "standard", "total_max_attempts": attempts}
        client = self.session.client(
            service,
            region_name=region,
            config=Config(
                retries=retries, connect_timeout=3, read_timeout=15, max_pool_connections=max(10, self.workers)
            ),
        )
        client.meta.events.register("before-send", partial(self._before_send, service=service))
        client.meta.events.register("after-call", partial(self._after_call, service=service))
        return client

    def alone(self, name: str) -> threading.RLock:
        """Held while something is written that AWS refuses to have written by two at once: a REST API (ledger 0.9)."""
        with self.lock:
            return self.singles.setdefault(name, threading.RLock())

    def parallel(self, call: Callable[[T], U], items: Iterable[T]) -> list[U]:
        """The answers in the order of the items; the first error is raised when all have ended."""
        listed = list(items)
        if len(listed) < 2 or self.workers < 2:
            return [call(item) for item in listed]
        with threads(min(self.workers, len(listed)), "look") as pool:
            contexts = [copy_context() for _ in listed]  # a thread of its own is as urgent as whoever started it
            return list(pool.map(lambda context, item: context.run(call, item), contexts, listed))

    def _before_send(self, event_name: str, service: str, **_: Any) -> None:
        operation = event_name.rpartition(".")[2]
        if self.stopping.is_set():
            raise Stopped("no call is started after SIGTERM")
        self.budget.spend(service, operation)
        with self.lock:
            self.calls[f"{service}:{operation}"] += 1

    def _after_call(self, parsed: Mapping[str, Any], event_name: str, service: str, **_: Any) -> None:
        date = parsed.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
        if date:
            self.told = parsedate_to_datetime(date).astimezone(UTC)
            self.told_at = self.clock.monotonic()
            self.first = self.first or (self.told, self.told_at)
        if THROTTLED.fullmatch(str(parsed.get("Error", {}).get("Code", ""))):
            self.budget.complained(service, event_name.rpartition(".")[2])


def assumed(session: Any, place: Place) -> Any:
    """A session of the role, which renews itself before it expires."""
    from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
    from botocore.session import get_session

    base = session._session  # noqa: SLF001  boto3 offers no other way to a refreshing role
    extra = {"RoleSessionName": "penstock"} | ({"ExternalId": place.external_id} if place.external_id else {})
    fetcher = AssumeRoleCredentialFetcher(
        client_creator=base.create_client, source_credentials=base.get_credentials(), role_arn=place.role_arn,
        extra_args=extra,
    )  # fmt: skip
    inner = get_session()
    inner._credentials = DeferredRefreshableCredentials(  # noqa: SLF001  likewise
        method="assume-role", refresh_using=fetcher.fetch_credentials
    )
    return boto3.Session(botocore_session=inner, region_name=place.region)


def default_region(profile: str | None) -> str | None:
    """The region that the environment or the profile names. botocore itself heeds AWS_DEFAULT_REGION only."""
    region = os.environ.get("AWS_REGION") or boto3.Session(profile_name=profile).region_name
    return None if region is None else str(region)


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
