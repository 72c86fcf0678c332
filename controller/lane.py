"""The work of one bulkhead while the controller runs: looks side by side, each as urgent as what it is for, and one
writer.

What a user edited, what AWS is still at and the search for drift are looked at by themselves, so that an edit does not
stand behind a sweep of a hundred services. One view at a time is acted on, the most urgent first; what was changed
after a look began is not believed of that look, and is looked at again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from controller.bulkhead import Bulkhead
from controller.engine import Options, planned
from controller.events import Tell
from controller.removal import Removal
from controller.report import View
from controller.schedule import Schedule
from reconcilers.budget import Urgency, urgency
from specs import Catalog

T = TypeVar("T")


@dataclass(frozen=True)
class Job:
    """One look, and acting on it."""

    urgency: Urgency
    catalog: Catalog
    scope: frozenset[str]
    full: bool
    begun: int
    """How often the writer had ended when the look began."""


@dataclass(frozen=True)
class Finished:
    """How a job ended: with a view, or with the error it raised."""

    job: Job
    view: View | None = None
    error: BaseException | None = None


@dataclass(frozen=True)
class Removed:
    """How the removal of an instance ended."""

    address: str
    removal: Removal | None = None
    """None when its spec never said that it may go."""
    error: BaseException | None = None


class Inline(Executor):
    """Runs what it is given at once and in the caller's thread: the same trace every time."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        future = Future[T]()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


@dataclass
class Lane:
    """Belongs to the loop's thread, which keeps its books; only the work itself goes to the pool."""

    bulkhead: Bulkhead
    schedule: Schedule
    tell: Tell
    options: Options
    pool: Executor = field(default_factory=Inline)
    hashes: dict[str, str] = field(default_factory=dict)
    """By instance: of the spec that was looked at last."""
    looks: dict[Urgency, tuple[Job, Future[View]]] = field(default_factory=dict)
    ready: list[tuple[Job, View]] = field(default_factory=list)
    """Looked at, to be acted on."""
    removals: dict[str, Callable[[], Removal | None]] = field(default_factory=dict)
    """Instances to remove, when there is nothing more urgent to write."""
    writing: tuple[Job | str, Future[Any]] | None = None
    ended: int = 0
    """How often the writer has ended."""
    changed_at: dict[str, int] = field(default_factory=dict)
    """By instance: which end of the writer's it was last changed by, as long as a look from before is under way."""
    swept: bool = False
    """Whether everything was looked at once, and done what followed."""

    def turn(self, catalog: Catalog, scope: frozenset[str]) -> Iterator[Finished | Removed]:
        """Begin what is due and can be begun; yield what has ended. `scope`: the instances that live here."""
        for of in Urgency:
            self._begin(of, catalog, scope)
            yield from self._harvest()

    def keep_only(self, addresses: Iterable[str]) -> None:
        """These instances there are; one that comes back is looked at as if it were new."""
        known = frozenset(addresses)
        self.schedule.keep_only(known)
        self.hashes = {address: each for address, each in self.hashes.items() if address in known}

    def remove(self, address: str, work: Callable[[], Removal | None]) -> None:
        """Remove an instance whole, in its turn."""
        if self.writing is None or self.writing[0] != address:
            self.removals.setdefault(address, work)

    # ---- looking

    def _begin(self, of: Urgency, catalog: Catalog, scope: frozenset[str]) -> None:
        names = frozenset() if of in self.looks else self._due(of, catalog, scope)
        if not names:
            return
        full = names == scope and self.schedule.full_is_due() if of is not Urgency.SWEEP else True
        if full:
            self.schedule.full_done()
        self.schedule.begun(names)
        self.hashes |= {each.address: each.hash for each in catalog.instances if each.address in names}
        job = Job(of, catalog, names, full, self.ended)
        ask = self.bulkhead.ask(catalog, names, whole=full)
        self.looks[of] = job, self._submit(of, lambda: self.bulkhead.look(ask, self.tell))

    def _due(self, of: Urgency, catalog: Catalog, scope: frozenset[str]) -> frozenset[str]:
        """Whom to look at. Between a narrow look and its end nobody else looks at an instance but a sweep."""
        if of is Urgency.SWEEP:
            underway = any(job.full for job, _ in (*self.looks.values(), *self.ready))
            return self.schedule.sweep(scope) if self.schedule.full_is_due() and not underway else frozenset()
        edited = frozenset(
            each.address
            for each in catalog.instances
            if each.address in scope and self.hashes.get(each.address) != each.hash
        )
        names = edited if of is Urgency.CHANGE else self.schedule.due() & scope - edited
        return names - self._narrow()

    def _narrow(self) -> frozenset[str]:
        jobs = [job for job, _ in (*self.looks.values(), *self.ready)]
        jobs += [self.writing[0]] if self.writing is not None and isinstance(self.writing[0], Job) else []
        return frozenset(address for job in jobs if job.urgency is not Urgency.SWEEP for address in job.scope)

    def _submit(self, of: Urgency, work: Callable[[], T]) -> Future[T]:
        with urgency(of):
            return self.pool.submit(copy_context().run, work)

    # ---- acting

    def _harvest(self) -> Iterator[Finished | Removed]:
        """What has ended; the writer goes on with what is next."""
        for of, (job, future) in list(self.looks.items()):
            if future.done():
                del self.looks[of]
                yield from self._looked(job, future)
        while self.writing is None or self.writing[1].done():
            if self.writing is not None:
                yield self._written(*self.writing)
            if not self._write():
                return

    def _looked(self, job: Job, future: Future[View]) -> Iterator[Finished]:
        if error := future.exception():
            yield Finished(job, error=error)
        elif (view := future.result()).seen is None:
            yield Finished(job, view)
        else:
            self.ready.append((job, view))

    def _write(self) -> bool:
        """Begin to act on the most urgent view, or on a removal; whether there was any."""
        self.writing = None
        if self.ready:
            job, view = self.ready.pop(min(range(len(self.ready)), key=lambda place: self.ready[place][0].urgency))
            believed = self._believed(job, view)
            work = self._submit(job.urgency, lambda: self.bulkhead.act(believed, self.tell, self.options))
            self.writing = job, work
        elif self.removals:
            address = next(iter(self.removals))
            self.writing = address, self._submit(Urgency.CHANGE, self.removals.pop(address))
        return self.writing is not None

    def _written(self, job: Job | str, future: Future[Any]) -> Finished | Removed:
        self.ended += 1
        error = future.exception()
        if isinstance(job, str):
            self.changed_at[job] = self.ended
            return Removed(job, error=error) if error else Removed(job, future.result())
        touched = job.scope if error else (view := self.bulkhead.note(future.result())).touched | view.edited
        self.changed_at |= dict.fromkeys(touched, self.ended)
        self._forget()
        return Finished(job, error=error) if error else Finished(job, view)

    def _forget(self) -> None:
        """Changes that every look under way has seen, and every look to come will see."""
        oldest = min((job.begun for job, _ in (*self.looks.values(), *self.ready)), default=self.ended)
        self.changed_at = {address: at for address, at in self.changed_at.items() if at > oldest}

    def _believed(self, job: Job, view: View) -> View:
        """The view without the instances that were changed since its look began, and without what stands close."""
        stale = frozenset(address for address, at in self.changed_at.items() if at > job.begun)
        if not stale or view.seen is None:
            return view
        lost = view.seen.scope & (stale | _close_to(stale, job.catalog))
        self.schedule.soon(lost - stale if job.urgency is Urgency.SWEEP else lost)  # who changed it looks again itself
        return replace(view, seen=planned(replace(view.seen, scope=view.seen.scope - lost)))


def _close_to(stale: Iterable[str], catalog: Catalog) -> frozenset[str]:
    """The Environments of these instances, and the services of these Environments."""
    changed = frozenset(stale)
    homes = {each.address: each.home.address for each in catalog.instances if each.home is not None}
    return frozenset(homes[each] for each in changed & homes.keys()) | {
        each for each, home in homes.items() if home in changed
    }
