"""Everything one process does in AWS: its bulkheads side by side, and the passes commands are made of."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

from controller import removal
from controller.bulkhead import Ask, Bulkhead
from controller.engine import Options
from controller.events import Event, Tell, silent
from controller.removal import Removal
from controller.report import Report, View
from reconcilers import Aws, Place
from reconcilers.aws import default_region
from reconcilers.clock import Clock, RealClock
from reconcilers.errors import Stopped
from reconcilers.facts import platform
from reconcilers.threads import threads
from specs import Catalog, Instance


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
    dry_run: bool = False
    workers: int = 8
    timeout: float = 1800.0


@dataclass
class Session:
    """The hands of one process."""

    settings: Settings = field(default_factory=Settings)
    clock: Clock = field(default_factory=RealClock)
    stopping: threading.Event = field(default_factory=threading.Event)
    connect: Callable[..., Aws] = Aws.connect
    bulkheads: dict[Place, Bulkhead] = field(default_factory=dict)

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

    def bulkhead(self, place: Place) -> Bulkhead:
        if place not in self.bulkheads:
            aws = self.connect(
                place,
                profile=self.settings.profile,
                install=self.settings.install,
                clock=self.clock,
                share=self.settings.share,
                workers=self.settings.workers,
                stopping=self.stopping,
            )
            self.bulkheads[place] = Bulkhead(place, aws)
        return self.bulkheads[place]

    def aws(self, place: Place) -> Aws:
        return self.bulkhead(place).aws

    def options(self, **changes: Any) -> Options:
        mine = self.settings
        told = Options(absence_wait=mine.absence_wait, allow_replace=mine.allow_replace, dry_run=mine.dry_run)
        return replace(told, **changes)

    # ---- passes

    def look(self, catalog: Catalog, names: Iterable[str] = (), tell: Tell = silent) -> Report:
        """What is and what would be done. Nothing is written."""
        return self._everywhere(catalog, names, tell, lambda there, ask, tell: there.look(ask, tell))

    def step(self, catalog: Catalog, names: Iterable[str] = (), tell: Tell = silent, **options: Any) -> Report:
        """One pass: look, do what the guards allow, remember what has converged."""
        told = self.options(**options)
        return self._everywhere(catalog, names, tell, lambda there, ask, tell: there.step(ask, tell, told))

    def apply(
        self, catalog: Catalog, names: Iterable[str] = (), tell: Tell = silent, *, wait: bool = True, **options: Any
    ) -> Report:
        """Pass after pass until every instance is Ready, stalled, or the time is over."""
        if not wait:
            return self.step(catalog, names, tell, **options)
        told, timeout = self.options(**options), self.settings.timeout
        return self._everywhere(catalog, names, tell, lambda there, ask, tell: there.apply(ask, tell, told, timeout))

    def _everywhere(
        self, catalog: Catalog, names: Iterable[str], tell: Tell, work: Callable[[Bulkhead, Ask, Tell], View]
    ) -> Report:
        """Each account and region in a thread of its own; with one worker, one after another."""
        asks = [(there, there.ask(catalog, scope)) for there, scope in self.scopes(catalog, names)]
        if len(asks) < 2 or self.settings.workers < 2:
            return Report.of(work(there, ask, tell) for there, ask in asks)
        heard = one_at_a_time(tell)
        with threads(len(asks), "place") as pool:
            return Report.of(pool.map(lambda one: work(one[0], one[1], heard), asks))

    def scopes(self, catalog: Catalog, names: Iterable[str] = ()) -> list[tuple[Bulkhead, frozenset[str]]]:
        """The instances that names ask for, by where they live."""
        found: dict[Place, set[str]] = {}
        for instance in chosen(catalog, names):
            found.setdefault(self.place(instance), set()).add(instance.address)
        return [(self.bulkhead(place), frozenset(scope)) for place, scope in found.items()]

    # ---- the end of an instance

    def delete(self, names: Iterable[str], catalog: Catalog, tell: Tell = silent, *, retain: bool = False) -> Removal:
        """Remove instances whole, or only take our tags off them; a file is needed only to say where they are."""
        results = []
        for place, addresses in self._removals(tuple(names), catalog).items():
            try:
                results.append(self._delete(self.aws(place), addresses, tell, retain=retain))
            except Stopped:
                results.append(Removal(stopped=True))
        return removal.joined(results)

    def _delete(self, aws: Aws, addresses: set[str], tell: Tell, *, retain: bool) -> Removal:
        if retain:
            return removal.retain(aws, addresses)
        mine = self.settings
        return removal.remove(
            aws, addresses, self.clock, timeout=mine.timeout, allow_replace=mine.allow_replace, tell=tell
        )

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


def one_at_a_time(tell: Tell) -> Tell:
    """For those who hear of several places at once."""
    lock = threading.Lock()

    def told(event: Event) -> None:
        with lock:
            tell(event)

    return told
