"""Everything one process does in AWS: a connection per account and region, and the passes commands are made of."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

from controller import removal
from controller.engine import Options, act, ask_again, converged, look, remember
from controller.events import Converged, Done, Looked, Planned, Tell, Waiting, silent
from controller.executor import Outcome, Result
from controller.fights import Fights
from controller.removal import Removal
from controller.report import Report, View
from controller.roots import Marks
from controller.status import summarise
from drift.policy import Refusal
from reconcilers import Aws, Place
from reconcilers.aws import default_region
from reconcilers.clock import Clock, RealClock
from reconcilers.errors import Meaning, Stopped, code, meaning, message
from reconcilers.facts import platform
from specs import Catalog, Instance

FIRST_WAIT, WAIT_FACTOR, LONGEST_WAIT = 2.0, 1.4, 15.0


@dataclass(frozen=True)
class Settings:
    """What holds for a whole process."""

    install: str = "default"
    profile: str | None = None
    region: str | None = None
    role_arn: str | None = None
    share: float = 0.5
    absence_wait: float = 60.0
    allow_replace: bool = False
    workers: int = 8
    timeout: float = 1800.0


@dataclass
class Session:
    """The hands of one process."""

    settings: Settings = field(default_factory=Settings)
    clock: Clock = field(default_factory=RealClock)
    stopping: threading.Event = field(default_factory=threading.Event)
    connect: Callable[..., Aws] = Aws.connect
    marks: dict[Place, Marks] = field(default_factory=dict)
    connections: dict[Place, Aws] = field(default_factory=dict)
    fights: Fights = field(default_factory=Fights)

    # ---- where

    def place(self, instance: Instance) -> Place:
        """The account and region of an instance; the command line goes over the file."""
        told = platform(instance).spec.aws
        assert told is not None
        return Place(
            self.settings.region or told.region,
            self.settings.role_arn or told.role_arn or "",
            told.external_id or "",
            told.account_id or "",
        )

    def aws(self, place: Place) -> Aws:
        if place not in self.connections:
            self.connections[place] = self.connect(
                place,
                profile=self.settings.profile,
                install=self.settings.install,
                clock=self.clock,
                share=self.settings.share,
                workers=self.settings.workers,
                stopping=self.stopping,
            )
            self.marks[place] = Marks()
        return self.connections[place]

    def options(self, **changes: Any) -> Options:
        told = Options(absence_wait=self.settings.absence_wait, allow_replace=self.settings.allow_replace)
        return replace(told, **changes)

    # ---- passes

    def look(self, catalog: Catalog, names: Iterable[str] = (), tell: Tell = silent) -> Report:
        """What is and what would be done. Nothing is written."""
        views = tuple(self._look(place, catalog, scope, tell) for place, scope in self._places(catalog, names))
        return self._report(views)

    def step(
        self, catalog: Catalog, names: Iterable[str] = (), tell: Tell = silent, *, whole: bool = False, **options: Any
    ) -> Report:
        """One pass: look, do what the guards allow, remember what has converged. The loop is made of these; a `whole`
        one also brings home which instances there are that no file names."""
        views = []
        for place, scope in self._places(catalog, names):
            view = self._look(place, catalog, scope, tell, whole=whole)
            if view.seen is not None and not self.stopping.is_set():
                view = self._act(view, tell, self.options(**options))
            views.append(view)
        return self._report(tuple(views))

    def apply(
        self, catalog: Catalog, names: Iterable[str] = (), tell: Tell = silent, *, wait: bool = True, **options: Any
    ) -> Report:
        """Pass after pass until every instance is Ready, stalled, or the time is over."""
        began = self.clock.monotonic()
        report = self.step(catalog, names, tell, **options)
        pause, views = FIRST_WAIT, list(report.views)
        told: set[str] = set()
        while wait and not self.stopping.is_set():
            told |= self._tell_converged(views, told, began, tell)
            open_ = [place for place, view in enumerate(views) if _open(view, self._report((view,)))]
            if not open_:
                break
            if self.clock.monotonic() - began + pause > self.settings.timeout:
                return replace(self._report(tuple(views)), timed_out=True)
            self._tell_waiting(views, began, tell)
            self.clock.sleep(pause)
            pause = min(LONGEST_WAIT, pause * WAIT_FACTOR)
            for place in open_:
                views[place] = self._again(views[place], tell, self.options(**options))
        return self._report(tuple(views))

    def _look(self, place: Place, catalog: Catalog, scope: frozenset[str], tell: Tell, *, whole: bool = False) -> View:
        """A place that cannot be looked at stops only itself."""
        aws, began = self.aws(place), self.clock.monotonic()
        try:
            seen = look(aws, catalog.instances, scope, self.fights.of(self.clock.monotonic()), whole=whole)
        except Stopped:
            return View(place, aws, None)
        except Exception as error:
            return View(place, aws, None, error=f"{code(error)}: {message(error)}", meaning=meaning(error))
        view = View(place, aws, seen, calls=seen.calls, seconds=self.clock.monotonic() - began)
        tell(Looked(place, view.calls, view.seconds))
        return view

    def _act(self, view: View, tell: Tell, options: Options) -> View:
        assert view.seen is not None
        aws, marks, seen = view.aws, self.marks[view.place], view.seen
        outcomes: tuple[Outcome, ...] = ()
        refusals: tuple[Refusal, ...] = ()
        if seen.plan.changes:
            tell(Planned(view.place, seen.plan, seen))
            edited = seen.edited
            outcomes, refusals, seen = act(aws, seen, marks, options, lambda outcome: tell(Done(outcome)))
            limits = {address: each.spec.drift.max_corrections_per_hour for address, each in seen.instances.items()}
            outcomes = tuple(_twice_taken(outcome, view.outcomes) for outcome in outcomes)
            self.fights.note(outcomes, edited, limits, self.clock.monotonic())
        try:
            if outcomes:
                seen = ask_again(aws, seen)
            seen = remember(aws, seen, marks)
        except Stopped:
            return replace(view, seen=seen)
        except Exception as error:
            return replace(view, seen=seen, error=f"{code(error)}: {message(error)}", meaning=meaning(error))
        latest = {outcome.change.name: outcome for outcome in (*view.outcomes, *outcomes)}
        lasting = (each for each in view.refusals if each.guard != "depends-on")
        refused = tuple(dict.fromkeys((*lasting, *refusals)))
        return replace(view, seen=seen, outcomes=tuple(latest.values()), refusals=refused, error="", meaning=None)

    def _again(self, view: View, tell: Tell, options: Options) -> View:
        """Ask about what is pending, and go on."""
        assert view.seen is not None
        try:
            seen = ask_again(view.aws, view.seen)
        except Stopped:
            return view
        except Exception as error:
            if meaning(error) in (Meaning.DENIED, Meaning.REJECTED):
                return replace(view, error=f"{code(error)}: {message(error)}", meaning=meaning(error))
            return view
        kept = tuple(each for each in view.outcomes if each.result is Result.DONE or each.meaning is Meaning.TAKEN)
        return self._act(replace(view, seen=seen, outcomes=kept), tell, options)

    # ---- the end of an instance

    def delete(self, names: Iterable[str], catalog: Catalog, tell: Tell = silent, *, retain: bool = False) -> Removal:
        """Remove instances whole, or only take our tags off them; a file is needed only to say where they are."""
        results = []
        for place, addresses in self._removals(tuple(names), catalog).items():
            aws = self.aws(place)
            if retain:
                results.append(removal.retain(aws, addresses))
                continue
            settings = self.settings
            results.append(
                removal.remove(
                    aws,
                    addresses,
                    self.clock,
                    timeout=settings.timeout,
                    allow_replace=settings.allow_replace,
                    tell=tell,
                )
            )
        return removal.joined(results)

    def orphans(self, catalog: Catalog) -> tuple[str, ...]:
        """Instances of this installation in AWS that no file names, where the files say to look."""
        named = {each.address for each in catalog.instances}
        places = {self.place(each) for each in catalog.instances}
        found = {address for place in places for address in removal.anchors(self.aws(place))}
        return tuple(sorted(each for each in found - named if not catalog.is_frozen(each)))

    def _removals(self, names: tuple[str, ...], catalog: Catalog) -> dict[Place, set[str]]:
        """Where to look for each name: its file, its Environment's, else the command line's region and role."""
        homes = {each.name: each for each in catalog.instances if each.kind == "Environment"}
        found: dict[Place, set[str]] = {}
        for name in names:
            instances = chosen(catalog, (name,))
            for instance in instances:
                found.setdefault(self.place(instance), set()).add(instance.address)
            if not instances:
                home = homes.get(name.partition("/")[2])
                found.setdefault(self.place(home) if home else self.default_place(catalog), set()).add(name)
        return found

    def default_place(self, catalog: Catalog) -> Place:
        """The region and role of the command line, of the environment, or the one place all files agree on."""
        places = {self.place(each) for each in catalog.instances}
        if self.settings.region is None and len(places) == 1:
            return places.pop()
        region = self.settings.region or default_region(self.settings.profile)
        if not region:
            raise LookupError("no file names it: say where it is with --region")
        return Place(region, self.settings.role_arn or "")

    # ---- books

    def _places(self, catalog: Catalog, names: Iterable[str]) -> list[tuple[Place, frozenset[str]]]:
        found: dict[Place, set[str]] = {}
        for instance in chosen(catalog, names):
            found.setdefault(self.place(instance), set()).add(instance.address)
        return [(place, frozenset(scope)) for place, scope in found.items()]

    def _report(self, views: tuple[View, ...]) -> Report:
        statuses = [
            status
            for view in views
            if view.seen is not None
            for status in summarise(view.aws, view.seen, view.outcomes, view.refusals)
        ]
        return Report(views, tuple(statuses))

    def _tell_converged(self, views: list[View], told: set[str], began: float, tell: Tell) -> set[str]:
        fresh = {each for view in views if view.seen is not None for each in converged(view.seen)} - told
        for instance in sorted(fresh):
            tell(Converged(instance, self.clock.monotonic() - began))
        return fresh

    def _tell_waiting(self, views: list[View], began: float, tell: Tell) -> None:
        for view in views:
            for status in self._report((view,)).statuses:
                if not status.ready:
                    text = status.condition("Ready").message
                    tell(Waiting(status.address, text, self.clock.monotonic() - began))


def _twice_taken(outcome: Outcome, before: Iterable[Outcome]) -> Outcome:
    """A name that is taken though a new look found nothing of ours under it is somebody else's."""
    taken = {each.change.name for each in before if each.meaning is Meaning.TAKEN}
    if outcome.meaning is not Meaning.TAKEN or outcome.change.name not in taken:
        return outcome
    told = f"conflict: something that is not ours holds its name or place ({outcome.error})"
    return replace(outcome, result=Result.REJECTED, error=told)


def chosen(catalog: Catalog, names: Iterable[str]) -> tuple[Instance, ...]:
    """The instances that names ask for: `orders`, `orders/prod`, globs; all when there is no name."""
    patterns = tuple(names)
    if not patterns:
        return catalog.instances
    return tuple(
        each
        for each in catalog.instances
        if any(fnmatchcase(each.address, name) or fnmatchcase(each.name, name) for name in patterns)
    )


def unmatched(catalog: Catalog, names: Iterable[str]) -> tuple[str, ...]:
    """Names that no file knows."""
    return tuple(name for name in names if not chosen(catalog, (name,)))


def _open(view: View, report: Report) -> bool:
    """Whether waiting may still help: something is on its way, and nobody has to act first."""
    if view.seen is None or view.error:
        return False
    stuck: Mapping[str, bool] = {each.address: each.condition("Stalled").status == "True" for each in report.statuses}
    held = {refusal.instance for refusal in view.refusals if refusal.guard != "depends-on"}
    waiting = view.seen.scope - converged(view.seen)
    return any(not stuck[each] and each not in held for each in waiting)
