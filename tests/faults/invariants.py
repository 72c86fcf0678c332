"""What holds in every history, whatever went wrong in it (I1 to I11 of the design's reliability page).

`Watch` looks at every call that reaches AWS: a create carries its owner, no call names a stranger, nothing is deleted
that an undisturbed run would not delete, whoever calls is answered, and after SIGTERM nothing is begun. `judged` looks
at the end: as an undisturbed run ends, nothing twice, nothing left over, nothing replaced that should have stayed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reconcilers.ownership import IDENTITY, INSTALL
from sandbox import shapes
from sandbox.calls import Call
from sandbox.faults import Proceed
from sandbox.services.applicationautoscaling import SCALABLE_TARGET
from tests.faults.callers import ANSWERED, Caller
from tests.faults.ending import Ending
from tests.faults.stage import Stage
from tests.world import ACCOUNT, REGION

DESTRUCTIVE = ("Delete", "Deregister", "Revoke", "Remove", "Disassociate", "Detach")
HARMLESS = ("DeleteTags", "RemoveTags", "DeregisterTaskDefinition")
"""What takes tags off, or hides a revision that nobody runs."""
CREATIVE = ("Create", "Register", "Run", "Authorize", "Import")
BY_AWS = frozenset({"CreateServiceLinkedRole"})
"""Creates of what is AWS's own though it can be tagged."""
ROOTS = frozenset(
    f"apigateway{name}"
    for name in ("v2:CreateApi", "v2:CreateVpcLink", ":CreateRestApi", ":CreateUsagePlan", ":CreateApiKey")
)
"""Creates that would make a second one when repeated, and that nothing above them tells apart (ledger 0.2)."""
EVERYBODYS = "penstock-default-apigateway"
"""The account's role for API Gateway's logs belongs to the installation, and to no instance (reconcilers Account)."""


@dataclass
class Watch:
    """Everything that reaches AWS in one history."""

    stage: Stage
    may_delete: frozenset[str] | None = None
    """The destructive operations of an undisturbed run; None: this is that run."""
    usual: Mapping[str, int] = field(default_factory=dict)
    """How often an undisturbed run calls each operation that creates."""
    broken: dict[str, None] = field(default_factory=dict)
    """What was broken, once each, in order."""
    called: Counter[str] = field(default_factory=Counter)
    raced: bool = False
    """Whether another controller was at work: only then may there be two of a root for a while."""
    asked: tuple[Caller, ...] = ()
    moment: tuple[int, ...] = ()
    """How far the account was when they were asked last: until something changes they are answered as they were."""

    def __post_init__(self) -> None:
        self.asked = self.stage.callers
        if self.asked:
            self.stage.clock.passing = self.ask

    def __call__(self, sandbox: Any, call: Call, proceed: Proceed) -> Any:
        if call.reads:
            return proceed()
        self._before(call)
        answer = proceed()
        self.called[str(call)] += 1
        if call.operation.startswith(DESTRUCTIVE) and not call.operation.startswith(HARMLESS):
            self._deleted(call)
        if str(call) in ROOTS and self.called[str(call)] > self.usual.get(str(call), 99) and not self.raced:
            self.says("I4", f"{call} made one more than an undisturbed run makes")
        self.ask()
        return answer

    def says(self, invariant: str, what: str) -> None:
        self.broken[f"{invariant}: {what}"] = None

    def _before(self, call: Call) -> None:
        told = _told(call)
        if stranger := self.stage.strangers.named_in(told):
            self.says("I5", f"{call} names {stranger}, which is not ours")
        if not owned(call, told) and not self._repeated(call):
            self.says("I3", f"{call} makes something without saying whose it is")

    def _repeated(self, call: Call) -> bool:
        """Whether it changes what is there: AWS refuses tags in a second RegisterScalableTarget (ledger)."""
        there = self.stage.world.sandbox.world(ACCOUNT, REGION).all(SCALABLE_TARGET)
        return call.operation == "RegisterScalableTarget" and any(
            each["ResourceId"] == call.request["ResourceId"] for each in there
        )

    def _deleted(self, call: Call) -> None:
        """Nothing goes but what goes in any case, and what there is one of too many. What is refused goes nowhere."""
        if self.may_delete is None or str(call) in self.may_delete:
            return
        noun = next(call.operation.removeprefix(verb) for verb in DESTRUCTIVE if call.operation.startswith(verb))
        makes = [each for each in self.called if each.rpartition(":Create")[2] == noun]
        makes += ROOTS if self.raced else ()  # with a copy of an API goes what only lets that one in
        if not any(self.called[each] > self.usual.get(each, 0) for each in makes):
            self.says("I6", f"{call} though an undisturbed run deletes no {noun} and none was made twice")

    def ask(self) -> None:
        aws = self.stage.world.sandbox.world(ACCOUNT, REGION)
        if (aws.edits, aws.turns, len(aws.agenda)) == self.moment:
            return
        for caller in self.asked:
            status = caller.status(self.stage.world)
            if status not in ANSWERED:
                last = next(reversed(self.called), "the beginning")
                self.says("service", f"{caller} was answered {status} (after {last})")
        self.moment = aws.edits, aws.turns, len(aws.agenda)


def owned(call: Call, told: str) -> bool:
    """Whether a create of something that takes tags carries ours, in the same request."""
    if not call.operation.startswith(CREATIVE) or call.operation in BY_AWS:
        return True
    shape = shapes.operation(call.service, call.operation).input_shape
    members = {name.lower() for name in shape.members} if shape else set()
    if call.operation == "CreateTags" or not members & {"tags", "tagspecifications", "taglist"}:
        return True
    return all(name in told for name in IDENTITY) or (INSTALL in told and EVERYBODYS in told)


def _told(call: Call) -> str:
    """A request as text: what it names is in there somewhere."""
    from urllib.parse import unquote_plus

    assert call.http is not None, "everybody here comes over the wire"
    body = call.http.body.decode(errors="replace")
    return unquote_plus(f"{call.http.path}?{call.http.query} {body}")


# ---- the end


def unprovoked(stage: Stage, watch: Watch, found: Ending) -> None:
    """Hold the end of an undisturbed run against what is known of it without any run: what others changed is as it was
    before, what they may change is left alone, and strangers are what they were."""
    if "wrong" in found.picture:
        watch.says("I4", f"it ends with {found.picture['wrong']}")
    if stage.scene.quiet and watch.called:
        watch.says("I6", f"nobody gave cause to write {dict(watch.called)}")
    elif stage.rest is not None and not stage.scene.quiet:
        judged(stage, watch, found, stage.rest, stage.rest.ids & stage.there)
    for name in stage.strangers.changed():
        watch.says("I5", f"{name}, which is not ours, has changed")


def judged(stage: Stage, watch: Watch, found: Ending, expected: Ending, before: frozenset[str]) -> None:
    """Hold one end against that of an undisturbed run, which began with `before`."""
    for address in sorted(expected.picture.keys() | found.picture.keys()):
        was, should = found.picture.get(address), expected.picture.get(address)
        if was != should:
            watch.says("I3/I4", f"{address} ends as {_short(was)} instead of {_short(should)}")
    copied = sum(watch.called[each] > times for each, times in watch.usual.items())
    for gone in sorted((before & expected.ids) - found.ids):
        if not copied:
            watch.says("I6", f"{gone} was there before, should have stayed, and is gone")
    for caller in expected.callers:
        if (status := caller.status(stage.world)) not in ANSWERED:
            watch.says("service", f"{caller} is answered {status} at the end")
    for name in stage.strangers.changed():
        watch.says("I5", f"{name}, which is not ours, has changed")


def _short(value: Any) -> str:
    told = json.dumps(value, sort_keys=True, default=str)
    return told if len(told) < 400 else f"{told[:400]}…"
