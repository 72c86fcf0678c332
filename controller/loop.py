"""The long-lived controller: notice edits, look again in time, act, tell. Nothing it remembers is trusted by a pass.

An edited file, a due retry and the full pass every interval run the same functions on more or fewer instances, each
account and region in a lane of its own. SIGTERM sets `stop`: calls in flight are finished, none is begun, and the loop
returns.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import structlog
from watchfiles import watch

from controller.lane import Finished, Inline, Lane, Removed
from controller.removal import rehearsed, remove_vanished
from controller.report import Report
from controller.schedule import Schedule
from controller.session import Session
from controller.telemetry import Telemetry
from controller.telling import Told
from controller.vanished import Held, Vanished
from reconcilers import Place
from reconcilers.budget import Urgency
from reconcilers.errors import Stopped, code, message
from specs import Catalog, EnvironmentSpec, Instance, load

log = structlog.get_logger()
TICK_MILLISECONDS = 250


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
    pool: Callable[[], Executor] = Inline
    """What a new lane works in."""
    told: Told = field(init=False)
    catalog: Catalog = field(default_factory=Catalog)
    load_at: float = 0.0
    lanes: dict[Place, Lane] = field(default_factory=dict)
    intervals: dict[str, tuple[float, float]] = field(default_factory=dict)
    """By instance: how often its spec wants it looked at, in seconds, and how much that varies."""

    def __post_init__(self) -> None:
        self.told = Told(dry_run=self.session.settings.dry_run)

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set. A turn that fails is told and tried again; nothing ends the loop but `stop`. Calls in
        flight are waited for."""
        self.pool = partial(ThreadPoolExecutor, len(Urgency) + 1, thread_name_prefix="lane")
        try:
            for edits in ticks(self.watched, stop):
                if stop.is_set():
                    return
                self._turn_safely(edited=edits)
        finally:
            for lane in self.lanes.values():
                lane.pool.shutdown()

    def _turn_safely(self, *, edited: bool) -> None:
        try:
            self.turn(edited=edited)
        except Stopped:
            return
        except Exception as error:
            log.exception("a turn failed", error=message(error))
            self.telemetry.failed()
            self.load_at = self.session.clock.monotonic() + min(60.0, self.interval)
        self.telemetry.alive(self.session.clock.monotonic())

    def turn(self, *, edited: bool) -> tuple[Report, ...]:
        """One look at the clock and the folder: begin whatever is due, take in whatever has ended."""
        fresh = edited or self.session.clock.monotonic() >= self.load_at
        if fresh:
            self._load()
        reports = []
        for lane, scope in self._scopes():
            for ended in lane.turn(self.catalog, scope):
                if isinstance(ended, Removed):
                    self._removed(ended)
                else:
                    reports.append(self._take_in(lane, ended))
                    fresh |= ended.job.full
        if fresh:
            self._prune()
        self.telemetry.first_pass_done |= all(lane.swept for lane in self.lanes.values())
        return tuple(reports)

    # ---- the folder

    def watched(self) -> tuple[Path, ...]:
        """The files and folders to watch: those asked for, and the documents that their specs name elsewhere."""
        folders = [path.absolute() for path in self.files if path.is_dir()]
        asked = {path.absolute() for path in self.files}
        named = {path: path.absolute() for path in map(Path, self.catalog.files)}
        others = [
            path
            for path, place in named.items()
            if place not in asked and not any(place.is_relative_to(folder) for folder in folders)
        ]
        return (*self.files, *sorted(others))

    def _load(self) -> None:
        self.catalog = load(list(self.files), self.variables, now=self.session.clock.now())
        self.load_at = self.session.clock.monotonic() + self.interval
        self.told.problems(self.catalog)
        instances = self.catalog.instances
        self.vanished.notice(
            self.catalog, {each.address: self._held(each) for each in instances}, self.session.clock.monotonic()
        )
        drifts = {each.address: each.spec.drift for each in instances}
        self.intervals = {
            address: (each.interval, each.jitter / 100)
            for address, each in drifts.items()
            if "interval" in each.model_fields_set
        }
        self.telemetry.known(frozenset(drifts))
        self.told.keep_only(drifts)
        for lane in self.lanes.values():
            lane.keep_only(drifts)
            lane.bulkhead.keep_only(self.catalog)

    def _held(self, instance: Instance) -> Held:
        home = instance.home or instance
        prune = home.spec.prune if isinstance(home.spec, EnvironmentSpec) else None
        place = self.session.place(instance)
        return Held(place, prune.enabled if prune else False, prune.max_percent if prune else 10)

    def _scopes(self) -> list[tuple[Lane, frozenset[str]]]:
        """Every lane there ever was, and the instances that live in it now."""
        now = {there.place: scope for there, scope in self.session.scopes(self.catalog)}
        for place in now:
            self._lane(place)
        return [(lane, now.get(place, frozenset())) for place, lane in self.lanes.items()]

    def _lane(self, place: Place) -> Lane:
        if place not in self.lanes:
            schedule = Schedule(self.session.clock, self.interval)
            there, options = self.session.bulkhead(place), self.session.options()
            self.lanes[place] = Lane(there, schedule, self.told.event, options, self.pool())
        return self.lanes[place]

    # ---- what has ended

    def _take_in(self, lane: Lane, ended: Finished) -> Report:
        """Say what became of it, and when to look again."""
        job, report = ended.job, Report.of(() if ended.view is None else (ended.view,))
        lane.swept |= job.full
        if ended.error is not None:
            log.error("a pass failed", error=message(ended.error), exc_info=ended.error)
            self.telemetry.failed()
        if ended.view is None or ended.view.seen is None:
            if job.full:
                lane.schedule.full_again()
            for address in () if job.full else job.scope:
                lane.schedule.retry(address)
        self._reschedule(lane, report)
        self.told.report(report)
        self.telemetry.passed(report, full=job.full)
        if job.full and ended.view is not None and ended.view.seen is not None:
            orphans = self.told.orphans(lane.bulkhead.place, job.catalog, ended.view.seen.fleet.anchors)
            self.telemetry.orphans(orphans)
        return report

    def _reschedule(self, lane: Lane, report: Report) -> None:
        for status in report.statuses:
            ready, stalled = status.condition("Ready"), status.condition("Stalled")
            still = status.ready or stalled.status == "True" or status.health == "Suspended"
            if still or self.session.settings.dry_run:
                lane.schedule.settled(status.address, *self.intervals.get(status.address, ()))
            elif ready.reason in ("Failed", "Unknown"):
                lane.schedule.retry(status.address)
            else:
                lane.schedule.wait(status.address)

    def _prune(self) -> None:
        now = self.session.clock.monotonic()
        verdict = self.vanished.verdict(now, prune=self.prune, install=self.session.settings.install)
        if verdict.refused:
            log.warning("pruning is refused", reason=verdict.refused)
        for address, held in verdict.gone.items():
            aws, settings = self.session.aws(held.place), self.session.settings
            work = partial(remove_vanished, aws, address, self.session.clock, timeout=settings.timeout)
            if settings.dry_run:
                work = partial(rehearsed, aws, address)
            self._lane(held.place).remove(address, work)

    def _removed(self, ended: Removed) -> None:
        """What is kept because its spec said so is as settled as what is gone: neither counts under the cap again."""
        removal = ended.removal
        settled = removal is None or self.session.settings.dry_run or bool(removal.gone or removal.missing)
        if settled and ended.error is None:
            self.vanished.forget(ended.address)
        self.told.removal(ended)


def ticks(watched: Callable[[], Sequence[Path]], stop: threading.Event) -> Iterator[bool]:
    """Several times a second, and at once when a file changed: whether one did. A folder may vanish and come back, and
    which files there are to watch may change with what is in them."""
    polling = False
    yield True
    while not stop.is_set():
        files = watched()
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
                force_polling=polling or None,
            ):
                yield bool(edits)
                if watched() != files or not all(path.exists() for path in files):
                    break
        except (OSError, RuntimeError) as error:  # so watchfiles tells of what the kernel refuses, and of a folder gone
            log.warning("the folder cannot be watched", error=code(error), why=str(error))
            polling = all(path.exists() for path in files)
            stop.wait(TICK_MILLISECONDS / 1000)
            yield True


def run_forever(loop: Loop, listen: str, stop: threading.Event) -> None:
    """The controller with its HTTP side, until `stop` is set."""
    from controller.telemetry import application, serving

    app = application(loop.telemetry, loop.session.clock.monotonic, loop.interval)
    with serving(app, listen) as address:
        log.info("serving", address=address)
        loop.run(stop)
    log.info("stopped")
