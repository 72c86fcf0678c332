"""What is known of AWS after a plan was carried out, without asking again.

`apply` waits by asking about what is pending alone. All else is what the look before said, with our own changes on top;
the next full look trusts none of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from controller.executor import Outcome, Result
from drift import Action
from reconcilers import BY_KIND, Fleet, Key, Live
from reconcilers.ownership import LABELS

JUST_CHANGED = "it was changed just now"


def after(fleet: Fleet, outcomes: Iterable[Outcome]) -> Fleet:
    """The fleet as these outcomes leave it."""
    lives = {(live.key, live.id): live for live in fleet.lives}
    for outcome in outcomes:
        if outcome.result in (Result.DONE, Result.PENDING):
            _take(lives, outcome)
    return replace(fleet, lives=tuple(lives.values()))


def _take(lives: dict[tuple[Key, str], Live[Any]], outcome: Outcome) -> None:
    change = outcome.change
    settles = JUST_CHANGED if BY_KIND[change.key.kind].settles else ""
    match change.action:
        case Action.CREATE | Action.REPLACE if change.want is not None:
            made = dict(outcome.attributes)
            pending = made.pop("pending", "")
            lives[change.key, outcome.id] = Live(change.key, outcome.id, change.want, made, pending, settles)
        case Action.UPDATE if change.live is not None and change.want is not None:
            old = lives.pop((change.key, change.live.id))
            tags = None if change.want.tags is None else _tags(old.resource.tags or {}, change.want.tags)
            resource = change.want.model_copy(update={"tags": tags})
            attributes = {**old.attributes, **outcome.attributes}
            settling = old.settling or settles
            now = replace(old, id=outcome.id, resource=resource, attributes=attributes, settling=settling, failed="")
            lives[change.key, now.id] = now
        case Action.DELETE if change.live is not None:
            old = lives.pop((change.key, change.live.id))
            if outcome.result is Result.PENDING:
                lives[change.key, old.id] = replace(old, leaving=True, pending="it is being deleted", settling="")


def _tags(there: Mapping[str, str], want: Mapping[str, str]) -> dict[str, str]:
    """Other people's stay, ours are as wanted, and a label that is wanted no more is gone."""
    once_ours = {*there.get(LABELS, "").split(), LABELS}
    return {name: value for name, value in there.items() if name not in once_ours} | dict(want)


def unsettled(fleet: Fleet, instances: Iterable[str], stays: frozenset[str] = frozenset()) -> tuple[Key, ...]:
    """What to ask about again: it is pending, settling, on its way out or said that it failed, or one of two copies
    is to go. `stays`: the ids of copies for which nobody waits."""
    mine = frozenset(instances)
    copies = Counter(live.key for live in fleet.lives if live.id not in stays)
    return tuple(
        live.key
        for live in fleet.lives
        if live.key.instance in mine
        and (live.pending or live.settling or live.leaving or live.failed or copies[live.key] > 1)
    )


def pending(fleet: Fleet, keys: Iterable[Key]) -> tuple[Key, ...]:
    """Those of these which others cannot go on without: the only ones to ask about while there is more to do."""
    return tuple(key for key in keys if any(live.pending and not live.leaving for live in fleet.by_key[key]))


def replaced(fleet: Fleet, keys: Iterable[Key], found: Iterable[Live[Any]]) -> Fleet:
    """The fleet with a newer look at the kinds of these keys."""
    kinds = {key.kind for key in keys}
    return replace(fleet, lives=(*(live for live in fleet.lives if live.key.kind not in kinds), *found))


def missed(fleet: Fleet, keys: Iterable[Key], found: Iterable[Live[Any]]) -> bool:
    """Whether a newer look at these kinds misses what was there and nobody took away: lists may lag behind."""
    kinds = {key.kind for key in keys}
    there = {(live.key, live.id) for live in found}
    return any(live.key.kind in kinds and not live.leaving and (live.key, live.id) not in there for live in fleet.lives)
