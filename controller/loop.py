"""The long-lived controller: notice edits, look again in time, act, tell. Nothing it remembers is trusted by a pass.

An edited file, a due retry and the full pass every interval run the same functions on more or fewer instances. SIGTERM
sets `stop`: calls in flight are finished, none is begun, and the loop returns.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from watchfiles import watch

from controller.events import Done, Event, Looked
from controller.executor import Result
from controller.removal import Removal, fleet_of, remove
from controller.report import Report
from controller.schedule import Schedule
from controller.session import Session
from controller.telemetry import Telemetry
from controller.vanished import Held, Vanished
from drift import Action
from reconcilers.errors import Stopped, code, message
from reconcilers.observability.log_group import anchor
from reconcilers.ownership import ON_REMOVE
from specs import Catalog, EnvironmentSpec, Instance, load

log = structlog.get_logger()
TICK_MILLISECONDS = 1_000


@dataclass
class Loop:
    """Keeps AWS as the specs in some folders say."""

    files: Sequence[Path]
    session: Session
    variables: Mapping[str, str] = field(default_factory=dict)
    prune: bool = False
    interval: float = 300.0
    telemetry: Telemetry = field(default_factory=Telemetry)
    vanished: Vanished = field(default_factory=Vanished)
    schedule: Schedule = field(init=False)
    hashes: dict[str, str] = field(default_factory=dict)
    problems: frozenset[str] = frozenset()
    ready: set[str] = field(default_factory=set)
    intervals: dict[str, tuple[float, float]] = field(default_factory=dict)
    """By instance: how often its spec wants it looked at, in seconds, and how much that varies."""

    def __post_init__(self) -> None:
        self.schedule = Schedule(self.session.clock, self.interval)

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set. A pass that fails is told and tried again; nothing ends the loop but `stop`."""
        for edits in ticks(self.files, stop):
            if stop.is_set():
                return
            try:
                self.turn(edited=edits)
            except Stopped:
                return
            except Exception as error:
                log.exception("a pass failed", error=message(error))
                self.telemetry.failed()
                self.schedule.full_at = self.session.clock.monotonic() + min(60.0, self.interval)
            self.telemetry.alive(self.session.clock.monotonic())

    def turn(self, *, edited: bool) -> Report | None:
        """One look at the clock and the folder, and a pass over whatever is due."""
        full, due = self.schedule.full_is_due(), self.schedule.due()
        if not (full or edited or due):
            return None
        catalog = load(list(self.files), self.variables)
        self._tell_problems(catalog)
        self._notice(catalog)
        changed = {each.address for each in catalog.instances if self.hashes.get(each.address) != each.hash}
        names = None if full else changed | (due & {each.address for each in catalog.instances})
        if names is not None and not names:
            return None
        report = self.session.step(catalog, sorted(names or ()), self._tell, whole=full)
        self.hashes |= {each.address: each.hash for each in catalog.instances if names is None or each.address in names}
        self._reschedule(report)
        if full:
            self._orphans(catalog, report)
            self._prune()
            self.schedule.full_done()
            self.schedule.keep_only(each.address for each in catalog.instances)
        self.telemetry.passed(report, full=full)
        return report

    # ---- the folder

    def _notice(self, catalog: Catalog) -> None:
        held = {each.address: self._held(each) for each in catalog.instances}
        self.vanished.notice(catalog, held, self.session.clock.monotonic())
        drifts = {each.address: each.spec.drift for each in catalog.instances}
        self.intervals = {address: (each.interval, each.jitter / 100) for address, each in drifts.items()}

    def _held(self, instance: Instance) -> Held:
        home = instance.home or instance
        prune = home.spec.prune if isinstance(home.spec, EnvironmentSpec) else None
        place = self.session.place(instance)
        return Held(place, prune.enabled if prune else False, prune.max_percent if prune else 10)

    def _tell_problems(self, catalog: Catalog) -> None:
        """Once each, for as long as it stays."""
        for problem in catalog.problems:
            if str(problem) not in self.problems:
                tell = log.error if problem.severity == "error" else log.warning
                tell("a spec is wrong", problem=str(problem), code=problem.code)
        self.problems = frozenset(map(str, catalog.problems))
        if not catalog.instances and not catalog.problems:
            log.warning("there are no specs", files=[str(each) for each in self.files])

    def _orphans(self, catalog: Catalog, report: Report) -> None:
        """What AWS has of this installation that no file names: told, and kept."""
        named = {each.address for each in catalog.instances}
        there = {address for view in report.views if view.seen is not None for address in view.seen.fleet.anchors}
        found = sorted(each for each in there - named if not catalog.unreadable and not catalog.is_frozen(each))
        for address in found:
            log.warning("an instance is orphaned", instance=address)
        self.telemetry.orphans(len(found))

    def _prune(self) -> None:
        now = self.session.clock.monotonic()
        verdict = self.vanished.verdict(now, prune=self.prune, install=self.session.settings.install)
        if verdict.refused:
            log.warning("pruning is refused", reason=verdict.refused)
        for address, held in verdict.gone.items():
            aws = self.session.aws(held.place)
            anchors_ = fleet_of(aws, [address]).by_key.get(anchor(address), ())
            if not any((live.resource.tags or {}).get(ON_REMOVE) == "delete" for live in anchors_):
                log.info("a vanished instance is kept", instance=address, reason="deletionPolicy is not Delete")
                continue
            log.warning("a vanished instance is deleted", instance=address)
            settings = self.session.settings
            self._tell_removal(address, remove(aws, [address], self.session.clock, timeout=settings.timeout))

    def _tell_removal(self, address: str, removal: Removal) -> None:
        if removal.gone or removal.missing:
            self.vanished.forget(address)
            log.info("an instance was deleted", instance=address)
            return
        told = [*(refusal.text for refusal in removal.refusals), *removal.errors]
        log.error("an instance was not deleted", instance=address, reason="; ".join(told) or "timed out")

    # ---- afterwards

    def _reschedule(self, report: Report) -> None:
        for status in report.statuses:
            ready, stalled = status.condition("Ready"), status.condition("Stalled")
            if status.ready and status.address not in self.ready:
                log.info(
                    "ready", instance=status.address, generation=status.observed_generation, url=status.url or None
                )
            (self.ready.add if status.ready else self.ready.discard)(status.address)
            if status.ready or stalled.status == "True" or status.health == "Suspended":
                self.schedule.settled(status.address, *self.intervals.get(status.address, ()))
            elif ready.reason in ("Failed", "Unknown"):
                self.schedule.retry(status.address)
            else:
                self.schedule.wait(status.address)
            if stalled.status == "True":
                log.error("an instance is stalled", instance=status.address, reason=stalled.reason, why=stalled.message)
        for view in report.views:
            if view.error:
                log.error("a place could not be worked on", region=view.place.region, error=view.error)
            for drift in view.seen.drift if view.seen is not None else ():
                paths = [each.path for each in drift.differences]
                log.warning(
                    "drifted", instance=drift.key.instance, resource=drift.key.address, how=drift.how, paths=paths
                )

    def _tell(self, event: Event) -> None:
        match event:
            case Looked():
                log.debug("looked", region=event.place.region, calls=event.calls, seconds=round(event.seconds, 2))
            case Done(outcome) if outcome.change.action not in (Action.WAIT, Action.UNKNOWN):
                change = outcome.change
                if outcome.result is not Result.BLOCKED:
                    tell = log.info if outcome.result in (Result.DONE, Result.PENDING) else log.error
                    tell(
                        "changed",
                        instance=change.key.instance,
                        resource=change.key.address,
                        action=change.action.value,
                        result=outcome.result.value,
                        error=outcome.error or None,
                    )


def ticks(files: Sequence[Path], stop: threading.Event) -> Iterator[bool]:
    """Once a second, and at once when a file changed: whether one did. A folder may vanish and come back."""
    yield True
    while not stop.is_set():
        there = [path for path in files if path.exists()]
        if len(there) < len(files):
            stop.wait(TICK_MILLISECONDS / 1000)
            yield True
            continue
        try:
            for edits in watch(
                *there,
                debounce=300,
                rust_timeout=TICK_MILLISECONDS,
                yield_on_timeout=True,
                stop_event=stop,
                raise_interrupt=False,
            ):
                yield bool(edits)
                if not all(path.exists() for path in files):
                    break
        except OSError as error:  # the folder went while it was being watched
            log.warning("the folder cannot be watched", error=code(error), why=str(error))
            stop.wait(TICK_MILLISECONDS / 1000)


def run_forever(loop: Loop, listen: str, stop: threading.Event) -> None:
    """The controller with its HTTP side, until `stop` is set."""
    from controller.telemetry import application, serving

    app = application(loop.telemetry, loop.session.clock.monotonic, loop.interval)
    with serving(app, listen) as address:
        log.info("serving", address=address)
        loop.run(stop)
    log.info("stopped")
