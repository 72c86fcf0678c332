"""One account and region: the connection, the passes made over it, and what this process remembers of it.

One that is slow, throttled or locked stops only itself. Looks write nothing and may go on side by side; whoever acts,
and whoever keeps the books (`ask`, `note`), is one thread at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from controller.engine import Options, act, ask_again, look, remember
from controller.events import Converged, Done, Looked, Planned, Tell, Waiting, silent
from controller.executor import Outcome, Result
from controller.fights import Fights
from controller.insisting import LASTING, insisted
from controller.report import View, statuses
from controller.roots import Marks
from controller.seen import Fought, Seen, converged
from drift import Action
from drift.policy import Refusal
from reconcilers import Aws, Place
from reconcilers.errors import Meaning, Stopped, code, meaning, message
from specs import Catalog, Instance

FIRST_WAIT, WAIT_FACTOR, LONGEST_WAIT = 2.0, 1.4, 15.0


@dataclass(frozen=True)
class Ask:
    """What to look at, and what of the memory matters to it."""

    catalog: Catalog
    scope: frozenset[str]
    whole: bool = False
    """Whether to bring home which instances there are that no file names."""
    fought: Fought = frozenset()
    applied: Mapping[str, Instance] = field(default_factory=dict)


@dataclass
class Bulkhead:
    """Everything of one place."""

    place: Place
    aws: Aws
    marks: Marks = field(default_factory=Marks)
    fights: Fights = field(default_factory=Fights)
    applied: dict[str, Instance] = field(default_factory=dict)
    """By address: what this process saw converge and has not changed since, so that an edit of it can be told from
    drift."""

    # ---- the books

    def ask(self, catalog: Catalog, scope: Iterable[str], *, whole: bool = False) -> Ask:
        fought = self.fights.of(self.aws.clock.monotonic())
        return Ask(catalog, frozenset(scope), whole, fought, dict(self.applied))

    def note(self, view: View) -> View:
        """Take in what acting on a look brought about."""
        if view.seen is None:
            return view
        limits = {address: each.spec.drift.max_corrections_per_hour for address, each in view.seen.instances.items()}
        self.fights.note(view.fresh, view.edited, limits, self.aws.clock.monotonic())
        for address in view.touched & view.edited:
            self.applied.pop(address, None)
        for address in converged(view.seen):
            if view.seen.applied_is_current(address):
                self.applied[address] = view.seen.instances[address]
        return view

    def keep_only(self, catalog: Catalog) -> None:
        """Forget the specs of instances that are gone; what cannot be read is not gone."""
        known = {each.address for each in catalog.instances}
        if not catalog.unreadable:
            kept = {address for address in self.applied if address in known or catalog.is_frozen(address)}
            self.applied = {address: self.applied[address] for address in kept}

    # ---- passes

    def look(self, ask: Ask, tell: Tell = silent, *, insist: bool = False) -> View:
        """What is and what would be done. A place that cannot be looked at stops only itself."""
        began = self.aws.clock.monotonic()
        try:
            seen = insisted(lambda: self._seen(ask), self.aws.clock) if insist else self._seen(ask)
        except Stopped:
            return View(self.place, self.aws, None)
        except Exception as error:
            return View(self.place, self.aws, None, **_told(error))
        seconds = self.aws.clock.monotonic() - began
        view = View(self.place, self.aws, seen, calls=seen.calls, seconds=seconds, drift=seen.drift)
        tell(Looked(self.place, view.calls, view.seconds))
        return view

    def _seen(self, ask: Ask) -> Seen:
        instances = ask.catalog.instances
        return look(self.aws, instances, ask.scope, ask.fought, whole=ask.whole, applied=ask.applied)

    def act(self, view: View, tell: Tell, options: Options) -> View:
        """Do what the guards allow, remember what has converged; in a dry run, tell what would be done."""
        if view.seen is None or self.aws.stopping.is_set():
            return view
        if options.dry_run:
            tell(Planned(self.place, view.seen.plan, view.seen))
            return view
        seen, fresh, refusals = view.seen, tuple[Outcome, ...](), view.refusals
        view = replace(view, fresh=(), edited=seen.edited)
        if seen.plan.changes:
            tell(Planned(self.place, seen.plan, seen))
            fresh, refused, seen = self._in_turns(seen, tell, options)
            fresh = tuple(_twice_taken(outcome, view.outcomes) for outcome in fresh)
            lasting = (each for each in refusals if each.guard != "depends-on")
            refusals = tuple(dict.fromkeys((*lasting, *refused)))
        try:
            if fresh:
                seen = ask_again(self.aws, seen)
            seen = remember(self.aws, seen, self.marks)
        except Stopped:
            return replace(view, seen=seen, fresh=fresh)
        except Exception as error:
            if meaning(error) in LASTING:
                return replace(view, seen=seen, fresh=fresh, **_told(error))
            seen, unasked = replace(seen, doubtful=True), True
        else:
            unasked = False
        latest = {outcome.change.name: outcome for outcome in (*view.outcomes, *fresh)}
        return replace(
            view, seen=seen, fresh=fresh, outcomes=tuple(latest.values()), refusals=refusals, error="", meaning=None,
            unasked=unasked,
        )  # fmt: skip

    def _in_turns(
        self, seen: Seen, tell: Tell, options: Options
    ) -> tuple[tuple[Outcome, ...], tuple[Refusal, ...], Seen]:
        """Act until every change has had its turn, and ask in between about what is pending."""
        fresh: dict[str, Outcome] = {}
        while True:
            outcomes, refused, seen = act(self.aws, seen, self.marks, options, lambda outcome: tell(Done(outcome)))
            fresh |= {outcome.change.name: outcome for outcome in outcomes}
            if seen.postponed:
                try:
                    seen = ask_again(self.aws, seen)
                except Exception:  # whoever called asks once more, and tells
                    return tuple(fresh.values()), refused, seen
                if not seen.doubtful:
                    continue
            return tuple(fresh.values()), refused, seen

    def step(self, ask: Ask, tell: Tell, options: Options) -> View:
        """One pass: look, act, and keep the books."""
        return self.note(self.act(self.look(ask, tell), tell, options))

    def apply(self, ask: Ask, tell: Tell, options: Options, timeout: float) -> View:
        """Pass after pass until every instance is Ready, stalled, or the time is over."""
        began = self.aws.clock.monotonic()
        view, pause, told = self.look(ask, tell, insist=True), FIRST_WAIT, set[str]()
        view = self.note(self.act(view, tell, options))
        while not self.aws.stopping.is_set():
            told |= self._tell_converged(view, told, began, tell)
            if not is_open(view):
                break
            if self.aws.clock.monotonic() - began + pause > timeout:
                return replace(view, timed_out=True)
            self._tell_waiting(view, began, tell)
            self.aws.clock.sleep(pause)
            pause = min(LONGEST_WAIT, pause * WAIT_FACTOR)
            view = self._again(view, tell, options)
        return view

    def _again(self, view: View, tell: Tell, options: Options) -> View:
        """Ask about what is pending, and go on."""
        assert view.seen is not None
        try:
            seen = ask_again(self.aws, view.seen)
        except Stopped:
            return view
        except Exception as error:
            return replace(view, **_told(error)) if meaning(error) in LASTING else view
        if seen.doubtful:  # what we have made is not in the lists: another look, before it is made twice
            return replace(view, seen=seen)
        kept = tuple(each for each in view.outcomes if each.result is Result.DONE or each.meaning is Meaning.TAKEN)
        return self.note(self.act(replace(view, seen=seen, outcomes=kept), tell, options))

    def _tell_converged(self, view: View, told: set[str], began: float, tell: Tell) -> set[str]:
        fresh = (set() if view.seen is None else set(converged(view.seen))) - told
        for instance in sorted(fresh):
            tell(Converged(instance, self.aws.clock.monotonic() - began))
        return fresh

    def _tell_waiting(self, view: View, began: float, tell: Tell) -> None:
        for status in statuses(view):
            if not status.ready:
                tell(Waiting(status.address, status.condition("Ready").message, self.aws.clock.monotonic() - began))


def _told(error: Exception) -> dict[str, Any]:
    return {"error": f"{code(error)}: {message(error)}", "meaning": meaning(error)}


def _twice_taken(outcome: Outcome, before: Iterable[Outcome]) -> Outcome:
    """A name that is taken though a new look found nothing of ours under it is somebody else's."""
    taken = {each.change.name for each in before if each.meaning is Meaning.TAKEN}
    if outcome.meaning is not Meaning.TAKEN or outcome.change.name not in taken:
        return outcome
    told = f"conflict: something that is not ours holds its name or place ({outcome.error})"
    return replace(outcome, result=Result.REJECTED, error=told)


def is_open(view: View) -> bool:
    """Whether waiting may still help: something is on its way, be it only what stands beside a part that is stuck."""
    if view.seen is None or view.error:
        return False
    if view.unasked:
        return True
    stuck = {each.address: each.condition("Stalled").status == "True" for each in statuses(view)}
    held = {refusal.instance for refusal in view.refusals if refusal.guard != "depends-on"}
    moving = {change.key.instance for change in view.seen.plan if change.action is Action.WAIT and not change.stalled}
    waiting = view.seen.scope - converged(view.seen) - held
    homes = {each: home.address for each in waiting if (home := view.seen.instances[each].home) is not None}
    return any(each in moving or not (stuck[each] or stuck.get(homes.get(each, each))) for each in waiting)
