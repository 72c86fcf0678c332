"""How much of a plan we dare to do. A guard takes a plan and holds some of it back; it never adds anything.

What is held back stays in the plan as `unknown`, so that what depends on it is held back too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from drift.plan import WRITES, Action, Change, Plan

PROTECTED: Mapping[str, frozenset[str]] = {
    "gateway": frozenset({"HttpApi", "Stage", "WebSocketApi", "WebSocketStage", "RestApi", "RestStage"}),
    "domain": frozenset({"DomainName"}),
    "loadBalancer": frozenset({"LoadBalancer", "Listener"}),
    "services": frozenset({"Service"}),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that was not done, and the guard that said so."""

    instance: str
    guard: str
    text: str


@dataclass(frozen=True)
class Guarded:
    plan: Plan
    refusals: tuple[Refusal, ...] = ()


Guard = Callable[[Change], Refusal | None]


def guarded(plan: Plan, *guards: Guard) -> Guarded:
    """The plan with every write held back that a guard refuses; the first refusal counts."""
    refusals: list[Refusal] = []

    def passed(change: Change) -> Change:
        if change.action not in WRITES:
            return change
        refusal = next((told for guard in guards if (told := guard(change)) is not None), None)
        if refusal is None:
            return change
        refusals.append(refusal)
        return replace(change, action=Action.UNKNOWN, reason=refusal.text)

    return Guarded(plan.altered(passed), tuple(dict.fromkeys(refusals)))


def suspended(until: Mapping[str, str]) -> Guard:
    """Nothing of a suspended instance is written. `until`: by instance, why and how long."""

    def guard(change: Change) -> Refusal | None:
        told = until.get(change.key.instance)
        return Refusal(change.key.instance, "suspended", f"suspended {told}") if told else None

    return guard


def not_correcting(policy_for: Callable[[Change], str], edited: frozenset[str]) -> Guard:
    """An edited spec is applied whole; while it is unchanged, `drift.policy` may hold corrections back."""

    def guard(change: Change) -> Refusal | None:
        instance, policy = change.key.instance, policy_for(change)
        if policy == "correct" or instance in edited:
            return None
        return Refusal(instance, "drift", f"drift.policy is {policy}: it is left as it is")

    return guard


def protecting(parts: Mapping[str, tuple[str, ...]]) -> Guard:
    """What a spec or its anchor protects is neither replaced nor deleted."""

    def guard(change: Change) -> Refusal | None:
        if change.action not in (Action.REPLACE, Action.DELETE) or change.tail:
            return None
        for part in parts.get(change.key.instance, ()):
            if change.key.kind in PROTECTED.get(part, ()):
                text = f"{change.key} is protected (`protect: [{part}]`): {change.action} needs --allow-replace"
                return Refusal(change.key.instance, "protect", text)
        return None

    return guard


def everything(instances: Mapping[str, tuple[str, str]]) -> Guard:
    """Nothing of these instances is written. By instance: the guard's name and the sentence."""

    def guard(change: Change) -> Refusal | None:
        told = instances.get(change.key.instance)
        return Refusal(change.key.instance, *told) if told else None

    return guard
