"""`penstock demo`: the whole promise in about a minute, on an AWS of its own that ends with it.

Specs become a running topology, a request travels the chain to a task and back, somebody breaks two things by hand,
drift says what, and one apply puts it back. All in this process: a sandbox on a free port of loopback, no account.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from controller.cli.exits import Stop
from controller.cli.options import SETTINGS, Asked, Codes, takes
from controller.cli.sandbox import require

if TYPE_CHECKING:
    from controller.report import Report
    from controller.session import Session
    from reconcilers import Aws
    from specs import Catalog

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SPECS = ("hello.yaml", "shop.yaml")
REQUESTS = {"hello": "/", "shop": "/products"}
KEYS = {"AWS_ACCESS_KEY_ID": "123456789012", "AWS_SECRET_ACCESS_KEY": "demo", "AWS_REGION": "eu-west-1"}
TRIES = 20
"""Four to the second; a health check of the sandbox's takes a sixth of one."""
ELSEWHERE = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION")
"""What could lead away from the sandbox."""


@click.command("demo", context_settings=SETTINGS)
@takes()
def command(asked: Asked) -> Codes:
    """Show everything on an AWS that lives only as long as this command: about a minute, no account."""
    require()
    if not all((EXAMPLES / name).exists() for name in SPECS):
        raise Stop("the demo needs the examples folder of a clone of the repository")
    asked.out.show("Starting an AWS of its own; it takes a few seconds.")
    with tempfile.TemporaryDirectory(prefix="penstock-demo-") as folder, chdir(folder), _own_aws() as endpoint:
        specs = Path("specs")
        specs.mkdir()
        for name in SPECS:
            shutil.copy(EXAMPLES / name, specs)
        asked = replace(asked, file=(specs,))
        return Demo(asked, asked.session(), asked.catalog(), endpoint).play()


@contextmanager
def _own_aws() -> Iterator[str]:
    """The sandbox's endpoint. While it lasts this process knows no other AWS."""
    before = dict(os.environ)
    for name in ELSEWHERE:
        os.environ.pop(name, None)
    os.environ.update(KEYS, NO_PROXY="127.0.0.1", no_proxy="127.0.0.1")
    try:
        from sandbox import RunningClock, Sandbox
        from sandbox.seed import seed
        from sandbox.server import serving

        world = Sandbox(clock=RunningClock())
        seed(world)
        with serving(world) as endpoint:
            os.environ["AWS_ENDPOINT_URL"] = endpoint
            yield endpoint
    finally:
        os.environ.clear()
        os.environ.update(before)


@dataclass
class Demo:
    """One showing."""

    asked: Asked
    session: Session
    catalog: Catalog
    endpoint: str

    def play(self) -> Codes:
        began = time.monotonic()
        codes = self.build()
        self.request()
        broken = self.break_by_hand()
        self.request()
        found = self.tell_drift()
        codes |= self.repair()
        answered = self.request(patiently=True)
        after = self.look()
        quiet = all(not view.seen.plan for view in after.views if view.seen is not None)
        mended = "both put back" if quiet else "not all of it put back"
        self.heading("That was it")
        self.say(f"2 specs, {sum(len(each.resources) for each in after.statuses)} resources, {answered} requests "
                 f"answered by their tasks, {broken} things broken by hand, {found} found, {mended}.")  # fmt: skip
        self.say(f"{time.monotonic() - began:.0f} s, and nothing is left of it: its AWS ends with this command.")
        self.say("Next: `make run` keeps the sandbox and the controller up; README.md says the rest.")
        good = quiet and answered == len(REQUESTS) and found == broken
        return codes if good else codes | {1}

    # ---- the acts

    def build(self) -> frozenset[int]:
        self.heading(f"An AWS of its own, on {self.endpoint}")
        self.say("hello.yaml, one service that stands alone:\n")
        self.say((EXAMPLES / "hello.yaml").read_text().rstrip())
        self.heading("penstock apply: hello.yaml and shop.yaml become a running topology")
        return self._apply()

    def request(self, *, patiently: bool = False) -> int:
        """A request through each chain, with its hops. Returns how many were answered by their task."""
        get = _patiently if patiently else _get
        self.heading("A request through the whole chain")
        answered = 0
        for status in self.look().statuses:
            path = REQUESTS[status.name]
            code, hops, why = get(f"{status.url}{path}")
            answered += code == 200
            self.say(f"{'✔' if code == 200 else '✘'} GET {status.url}{path}\n    {code}: {why}")
            for hop in hops:
                self.say(f"      → {hop}")
        return answered

    def break_by_hand(self) -> int:
        """What people do at three in the morning: a health check's path edited, a listener rule deleted."""
        self.heading("Somebody changes two things by hand")
        report = self.look()
        aws, group = _live(report, "shop", "TargetGroup/catalog")
        aws.elbv2.modify_target_group(TargetGroupArn=group, HealthCheckPath="/wrong")
        self.say("! aws elbv2 modify-target-group --health-check-path /wrong    (TargetGroup/catalog of shop)")
        aws, rule = _live(report, "hello", "ListenerRule/hello")
        aws.elbv2.delete_rule(RuleArn=rule)
        self.say("! aws elbv2 delete-rule                                       (ListenerRule/hello of hello)")
        return 2

    def tell_drift(self) -> int:
        from controller.cli.plan import seen_in
        from controller.output.drift_text import drift_text

        self.heading("penstock drift: what is not as the specs say")
        report = self.look()
        self.say(drift_text(seen_in(report), width=self.asked.out.width))
        return sum(len(view.seen.drift) for view in report.views if view.seen is not None)

    def repair(self) -> frozenset[int]:
        self.heading("penstock apply: put back, and nothing else touched")
        return self._apply()

    # ---- how

    def look(self) -> Report:
        return self.session.look(self.catalog)

    def _apply(self) -> frozenset[int]:
        from controller.cli.apply import carry_out

        everything = tuple(each.address for each in self.catalog.instances)
        codes, _ = carry_out(self.asked, everything, self.session, self.catalog, yes=True)
        return codes

    def heading(self, text: str) -> None:
        self.say(f"\n── {text} {'─' * max(self.asked.out.width - len(text) - 4, 3)}\n")

    def say(self, text: str) -> None:
        self.asked.out.show(text)


def _live(report: Report, instance: str, address: str) -> tuple[Aws, str]:
    """A connection to where a resource is, and its id there."""
    return next(
        (view.aws, live.id)
        for view in report.views
        if view.seen is not None
        for live in view.seen.fleet.lives
        if (live.key.instance, live.key.address) == (instance, address)
    )


def _patiently(url: str) -> tuple[int, list[str], str]:
    """As soon as a task answers, or what the last try met: a target that a new rule leads to is sent nothing before
    its first health checks (elbv2 DescribeTargetHealth, `initial`)."""
    answer = _get(url)
    for _ in range(TRIES):
        if answer[0] != 503:
            break
        time.sleep(0.25)
        answer = _get(url)
    return answer


def _get(url: str) -> tuple[int, list[str], str]:
    """The status of a request, the hops it took, and why it ended where it did."""
    import urllib.error
    import urllib.request

    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(url, timeout=10) as answer:
            status, headers = answer.status, answer.headers
    except urllib.error.HTTPError as refused:
        status, headers = refused.code, refused.headers
        refused.close()
    told = (hop.partition("=") for hop in headers.get("x-sandbox-hops", "").split(" > ") if hop)
    hops = [f"{name:<13} {id.rpartition(':')[2] if id.startswith('arn:') else id}" for name, _, id in told]
    return status, hops, headers.get("x-sandbox-why", "")
