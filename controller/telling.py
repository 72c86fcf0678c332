"""What the controller says in its log: one constant sentence and keys for each thing that happens."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, field

import structlog

from controller.events import Done, Event, Looked, Planned
from controller.executor import Result
from controller.lane import Removed
from controller.report import Report
from drift import Action, Plan
from reconcilers import Place
from reconcilers.errors import message
from specs import Catalog

log = structlog.get_logger()


@dataclass
class Told:
    """What was said already, so that a lasting trouble is told once."""

    dry_run: bool = False
    """Whether plans are told, because nothing is done."""
    known: frozenset[str] = frozenset()
    """Problems of the folder."""
    ready: set[str] = field(default_factory=set)
    orphaned: dict[Place, frozenset[str]] = field(default_factory=dict)
    planned: dict[str, frozenset[str]] = field(default_factory=dict)
    """By instance: what it was said would be changed."""

    def keep_only(self, addresses: Container[str]) -> None:
        """These instances there are; of one that comes back all is told again."""
        self.ready = {each for each in self.ready if each in addresses}
        self.planned = {address: told for address, told in self.planned.items() if address in addresses}

    def problems(self, catalog: Catalog) -> None:
        """Of the folder: once each, for as long as it stays."""
        for problem in catalog.problems:
            if str(problem) not in self.known:
                wrong = problem.severity == "error"
                tell, event = (log.error, "a spec is wrong") if wrong else (log.warning, "a spec may be wrong")
                tell(event, problem=str(problem), code=problem.code)
        self.known = frozenset(map(str, catalog.problems))
        if not catalog.instances and not catalog.problems:
            log.warning("there are no specs")

    def report(self, report: Report) -> None:
        """Of a pass: who became ready, who is stalled, and what was found changed before it was put back."""
        for status in report.statuses:
            if status.ready and status.address not in self.ready:
                log.info(
                    "ready", instance=status.address, generation=status.observed_generation, url=status.url or None
                )
            (self.ready.add if status.ready else self.ready.discard)(status.address)
            stalled = status.condition("Stalled")
            if stalled.status == "True":
                log.error("an instance is stalled", instance=status.address, reason=stalled.reason, why=stalled.message)
        for view in report.views:
            if view.error:
                log.error("a place could not be worked on", region=view.place.region, error=view.error)
            for drift in view.drift:
                paths = [each.path for each in drift.differences]
                log.warning(
                    "drifted", instance=drift.key.instance, resource=drift.key.address, how=drift.how, paths=paths
                )

    def orphans(self, place: Place, catalog: Catalog, there: Iterable[str]) -> int:
        """What AWS has of this installation that no file names: told, and kept. Returns how many in all places."""
        named = {each.address for each in catalog.instances}
        lost = () if catalog.unreadable else (each for each in frozenset(there) - named if not catalog.is_frozen(each))
        self.orphaned[place] = frozenset(lost)
        for address in sorted(self.orphaned[place]):
            log.warning("an instance is orphaned", instance=address)
        return sum(map(len, self.orphaned.values()))

    def removal(self, ended: Removed) -> None:
        """Of an instance whose spec vanished."""
        address, removal = ended.address, ended.removal
        if ended.error is not None:
            log.error("an instance was not deleted", instance=address, reason=message(ended.error))
        elif removal is not None and self.dry_run:
            log.info("an instance would be deleted", instance=address)
        elif removal is None:
            log.info("a vanished instance is kept", instance=address, reason="deletionPolicy is not Delete")
        elif removal.gone or removal.missing:
            log.info("an instance was deleted", instance=address)
        else:
            why = [*(refusal.text for refusal in removal.refusals), *removal.errors]
            log.error("an instance was not deleted", instance=address, reason="; ".join(why) or "timed out")

    def event(self, event: Event) -> None:
        """Of what happens meanwhile; heard in any thread."""
        match event:
            case Looked():
                log.debug("looked", region=event.place.region, calls=event.calls, seconds=round(event.seconds, 2))
            case Planned(_, plan, seen) if self.dry_run and seen is not None:
                self._plan(plan, seen.scope)
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

    def _plan(self, plan: Plan, scope: Iterable[str]) -> None:
        """What would be changed, when it was not said of the last look."""
        fresh: dict[str, set[str]] = {address: set() for address in scope}
        for change in plan:
            if change.action in (Action.WAIT, Action.UNKNOWN):
                continue
            address, paths = change.key.instance, [each.path for each in change.differences]
            told = f"{change.name} {' '.join(paths)}"
            fresh.setdefault(address, set()).add(told)
            if told not in self.planned.get(address, ()):
                log.info(
                    "would change",
                    instance=address,
                    resource=change.key.address,
                    action=change.action.value,
                    paths=paths or None,
                    reason=change.reason or None,
                )
        self.planned |= {address: frozenset(each) for address, each in fresh.items()}
