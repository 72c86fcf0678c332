"""Drift: the part of a plan that nobody asked for by editing a spec.

The anchor's `penstock:applied` tag says which spec was applied last. As long as it is the one in the file, every
difference is drift; when the spec was edited, differences are changes, and drift is not claimed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from drift.difference import Difference, jsonable, sensitive
from drift.plan import Action, Change, Plan
from reconcilers import Key
from reconcilers.balancing.target_group import BY_REQUEST, TargetGroup

HIDDEN = "(sensitive, changed)"


@dataclass(frozen=True, slots=True)
class Drift:
    """One resource that changed behind our back. `how` is changed, missing or extra."""

    key: Key
    how: str
    differences: tuple[Difference, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "service": self.key.instance,
            "address": self.key.address,
            "kind": self.key.kind,
            "how": self.how,
            "differences": [difference_json(each) for each in self.differences],
            "actor": None,
            "at": None,
        }


def find_drift(plan: Plan, edited: Iterable[str], applied: Iterable[str]) -> tuple[Drift, ...]:
    """What of this plan undoes a change made outside the specs. `applied`: instances that were ever applied."""
    ours = frozenset(applied) - frozenset(edited)
    found = (_drift(change) for change in plan if change.key.instance in ours)
    return tuple(drift for drift in found if drift is not None)


def _drift(change: Change) -> Drift | None:
    own = tuple(each for each in change.differences if not each.unknown)
    match change.action:
        case Action.CREATE:
            return Drift(change.key, "missing") if not change.reason.startswith("its parent") else None
        case Action.UPDATE | Action.REPLACE:
            return Drift(change.key, "changed", own) if own else None
        case Action.DELETE:
            return Drift(change.key, "extra") if change.extra else None
        case Action.WAIT if change.live is not None and change.live.leaving and change.want is not None:
            return Drift(change.key, "missing")
        case Action.WAIT if change.extra:  # it goes when what stands beside it has settled, but it is there now
            return Drift(change.key, "extra")
    return None


# ---- as JSON (cli.md §0)


@dataclass(frozen=True)
class About:
    """What a report says of an instance besides its changes."""

    name: str
    environment: str
    file: str
    generation: int
    edited: bool
    ever_applied: bool
    problems: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)


def difference_json(difference: Difference) -> dict[str, Any]:
    hide = sensitive(difference.path)
    return {
        "path": difference.path,
        "want": HIDDEN if hide and difference.want is not None else masked(difference.path, difference.want),
        "live": HIDDEN if hide and difference.live is not None else masked(difference.path, difference.live),
        "replaces": difference.replaces,
    }


def masked(path: str, value: Any) -> Any:
    """A value for people and programs, with every secret-looking variable inside it covered."""
    return _cover(path, jsonable(value))


def _cover(path: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _cover(f"{path}/{name}", each) for name, each in value.items()}
    if isinstance(value, list):
        return [_cover(path, each) for each in value]
    return HIDDEN if value is not None and sensitive(path) else value


def change_json(change: Change, by_name: Mapping[str, Change]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "address": change.key.address,
        "kind": change.key.kind,
        "action": change.action.value,
        "reason": change.reason,
        "differences": [difference_json(each) for each in change.differences],
        "after": sorted({by_name[name].key.address for name in change.after if name in by_name}),
    }
    if change.action is Action.REPLACE:
        told["steps"] = list(steps(change))
    return told


def steps(change: Change) -> tuple[str, ...]:
    """How a replacement goes: make before break."""
    if isinstance(change.want, TargetGroup):
        return (
            "create the new one, at weight 0",
            "register the tasks in both",
            f"shift the {'rule' if change.want.protocol in BY_REQUEST else 'listener'}",
            "leave the old one, drain",
            "delete the old one",
        )
    return "create the new one", "move over what uses it", "delete the old one"


def shown(changes: Iterable[Change]) -> list[Change]:
    """The changes people count: the tail of a replacement that this plan also begins belongs to it."""
    listed = list(changes)
    replaced = {change.key for change in listed if change.action is Action.REPLACE}
    return [change for change in listed if not (change.tail and change.key in replaced)]


def summary(changes: Iterable[Change], unchanged: int, drift: int) -> dict[str, int]:
    listed = shown(changes)
    counts = {action.value: sum(change.action is action for change in listed) for action in Action}
    return {
        **{name: counts[name] for name in ("create", "update", "replace", "delete", "wait", "unknown")},
        "unchanged": unchanged,
        "drift": drift,
    }


def plan_json(plan: Plan, drift: tuple[Drift, ...], services: Iterable[About]) -> dict[str, Any]:
    by_name = {change.name: change for change in plan}
    return {
        "format": "penstock.plan/1",
        "summary": summary(plan, plan.unchanged, len(drift)),
        "services": [_service_json(plan, drift, about, by_name) for about in services],
    }


def _service_json(plan: Plan, drift: tuple[Drift, ...], about: About, by_name: Mapping[str, Change]) -> dict[str, Any]:
    address = f"{about.name}/{about.environment}" if about.environment else about.name
    mine = [each for each in drift if each.key.instance == address]
    return {
        "name": about.name,
        "environment": about.environment,
        "file": about.file,
        "generation": about.generation,
        "edited": about.edited,
        "drift": None if about.edited or not about.ever_applied else len(mine),
        "changes": [change_json(change, by_name) for change in shown(plan.of(address))],
        "problems": [*about.problems, *(text for instance, text in plan.problems if instance == address)],
        **about.extra,
    }
