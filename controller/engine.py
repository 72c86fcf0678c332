"""One pass over one account and region: look, plan, act, remember. All commands and the loop run these functions.

Level-triggered: a pass looks at everything and trusts nothing it remembers, so a missed event, a crash or a second
machine costs a pass, not a fact. What must be remembered stands in the tags of each instance's anchor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any

from controller import carry
from controller.executor import Outcome, Result, execute
from controller.roots import Marks, held_roots, mark_roots
from controller.seen import Fought, Seen, converged, depends_on, drift_policy, protected, suspensions, unmet, utc
from controller.stepping import stepped
from drift import Action, Drift, Plan, Scope, find_drift, make_plan
from drift.policy import Guard, Refusal, everything, guarded, not_correcting, protecting, suspended
from reconcilers import BY_KIND, Aws, Key, Live, gather
from reconcilers.errors import Meaning, Stopped
from reconcilers.observability.log_group import anchor
from reconcilers.ownership import APPLIED, CREATING, ON_REMOVE, PROTECT
from reconcilers.survey import desire, observe, observe_kinds
from specs import Instance

DOUBTFUL = frozenset({Meaning.UNKNOWN, Meaning.TAKEN})
PATIENCE = 6.0
"""Seconds after which somebody asks about what is pending, whatever else there is to do."""
LISTS_LAG = 60.0
"""Seconds for which a list may not show what was made (ledger 0.3)."""
NOTHING: Mapping[str, Instance] = MappingProxyType({})


@dataclass(frozen=True)
class Options:
    """What holds for every pass of a process."""

    absence_wait: float = 60.0
    """Seconds to look again for a root that another process may have created."""
    allow_replace: bool = False
    ignore_drift_policy: bool = False
    dry_run: bool = False
    """Whether only to look and tell."""


def look(
    aws: Aws,
    instances: Iterable[Instance],
    scope: Iterable[str],
    fought: Fought = frozenset(),
    *,
    whole: bool = False,
    applied: Mapping[str, Instance] = NOTHING,
) -> Seen:
    """What is, what should be, and what would turn the one into the other. Nothing is written.

    `applied`: by address, specs that this process knows to be the ones applied in AWS.
    """
    made = aws.calls.total()
    known = {each.address: each for each in instances}
    chosen = {address: known[address] for address in scope if address in known}
    homes = {each.home.address: each.home for each in chosen.values() if each.home is not None}
    awaited = {other: known[other] for each in chosen.values() for other in depends_on(each) if other in known}
    everyone = homes | awaited | chosen
    facts = gather(aws, everyone.values())
    desired = desire(everyone.values(), facts)
    earlier = {each: applied[each] for each in chosen if each in applied and applied[each].hash != chosen[each].hash}
    before = desire((everyone | earlier).values(), facts).graph if earlier else {}
    hashes = {address: each.hash for address, each in everyone.items()}
    fleet = observe(aws, desired.graph, everyone, facts, hashes, whole=whole)
    seen = Seen(
        everyone, frozenset(chosen), facts, desired.graph, fleet, Plan(), (), desired.problems, aws.now, fought=fought,
        earlier=earlier, before=before,
    )  # fmt: skip
    return replace(planned(seen), calls=aws.calls.total() - made)


def planned(seen: Seen) -> Seen:
    """The same look with the plan its fleet leads to."""
    able = seen.scope - seen.problems.keys()
    edited = frozenset(each for each in able if not seen.applied_is_current(each))
    lost = {each for each in edited if seen.anchor(each) is None and seen.remembered(each)}
    ignores = {
        address: (*_ignores(each, seen.now), *_fought(seen, address)) for address, each in seen.instances.items()
    }
    graph, waiting = stepped(seen)
    plan = make_plan(graph, seen.fleet, Scope(able, edited - lost, ignores))
    plan = replace(plan, problems=(*waiting, *plan.problems))
    drift = find_drift(plan, edited - lost, (each for each in able if seen.remembered(each)))
    drift += _drift_in_edits(seen, ignores)
    visible = tuple(each for each in drift if seen.instances[each.key.instance].spec.drift.policy != "ignore")
    return replace(seen, plan=plan, drift=visible)


Rules = tuple[tuple[str, tuple[str, ...]], ...]


def _drift_in_edits(seen: Seen, ignores: Mapping[str, Rules]) -> tuple[Drift, ...]:
    """What of an edited spec's changes is drift as well: it differs from the spec that is applied, too."""
    told = frozenset(
        address
        for address, instance in seen.earlier.items()
        if seen.tags(address).get(APPLIED, "").partition(".")[2] == instance.hash and address not in seen.problems
    )
    if not told:
        return ()
    return find_drift(make_plan(seen.before, seen.fleet, Scope(told, frozenset(), ignores)), (), told)


def _ignores(instance: Instance, now: datetime) -> Rules:
    """What the spec says to leave alone; an expired rule no longer counts."""
    rules = instance.spec.drift.ignore_differences
    return tuple((rule.resource, rule.paths) for rule in rules if rule.until is None or utc(rule.until) > now)


def _fought(seen: Seen, address: str) -> Rules:
    mine = ((key, path) for key, path in sorted(seen.fought) if key.instance == address)
    return tuple((key.address, (path,)) for key, path in mine)


def act(
    aws: Aws, seen: Seen, marks: Marks, options: Options, tell: Callable[[Outcome], None] = lambda _: None
) -> tuple[tuple[Outcome, ...], tuple[Refusal, ...], Seen]:
    """Do as much of the plan as the guards allow. The look that comes back has our own changes in it, not yet seen."""
    held = held_roots(seen.plan, seen.fleet, aws.now, marks, options.absence_wait)
    allowed = guarded(held, *_guards(aws, seen, options))
    barred = mark_roots(aws, allowed.plan, seen.fleet, marks)
    outcomes, postponed = [], False
    for outcome in execute(allowed.plan, aws, PATIENCE, barred):
        if outcome.result is Result.POSTPONED:
            postponed = True
            continue
        marks.note(outcome, aws.now)
        outcomes.append(outcome)
        tell(outcome)
    doubtful = seen.doubtful or held is not seen.plan or any(outcome.meaning in DOUBTFUL for outcome in outcomes)
    unseen = {outcome.change.key for outcome in outcomes if _may_be_there(outcome)} | (
        _waiting(held) - _waiting(seen.plan)
    )
    doubts = {**seen.doubts, **dict.fromkeys(unseen, aws.clock.monotonic())}
    after = replace(
        seen, fleet=carry.after(seen.fleet, outcomes), doubtful=doubtful, doubts=doubts, postponed=postponed,
        earlier={}, before={},
    )  # fmt: skip
    return tuple(outcomes), allowed.refusals, after


def _waiting(plan: Plan) -> set[Key]:
    return {change.key for change in plan if change.action is Action.WAIT}


def _may_be_there(outcome: Outcome) -> bool:
    """Whether a create whose answer was lost, or that was refused when it was sent again, may have been carried out."""
    refused = outcome.meaning is Meaning.TAKEN and outcome.resent
    return outcome.change.action is Action.CREATE and (refused or outcome.meaning is Meaning.UNKNOWN)


def _guards(aws: Aws, seen: Seen, options: Options) -> list[Guard]:
    waiting = {
        each: ("depends-on", f"it waits for {', '.join(told)}") for each in seen.scope if (told := unmet(seen, each))
    }
    guards = [everything(_wrong_account(aws, seen)), suspended(suspensions(seen, aws.now)), everything(waiting)]
    if not options.ignore_drift_policy:
        guards.append(not_correcting(partial(drift_policy, seen), seen.edited))
    if not options.allow_replace:
        guards.append(protecting({address: protected(seen, address) for address in seen.scope}))
    return guards


def _wrong_account(aws: Aws, seen: Seen) -> dict[str, tuple[str, str]]:
    """The account is checked before the first write of each."""
    if not aws.expected_account or aws.expected_account == aws.account_id:
        return {}
    text = f"these credentials belong to account {aws.account_id}, the spec says {aws.expected_account}"
    return dict.fromkeys(seen.scope, ("account", text))


# ---- waiting, and the end of it


def ask_again(aws: Aws, seen: Seen) -> Seen:
    """Ask about what is pending alone and plan anew; look anew at everything where that may deceive."""
    if seen.doubtful or seen.fleet.unknown or seen.problems:
        found = look(aws, seen.instances.values(), seen.scope, seen.fought)
        known = (live.key for live in seen.fleet.lives if live.key.kind not in found.fleet.unknown)
        since = aws.clock.monotonic() - LISTS_LAG
        doubts = {key: at for key, at in seen.doubts.items() if at > since and key not in found.fleet.by_key}
        return replace(
            found, doubtful=bool(doubts) or carry.missed(seen.fleet, known, found.fleet.lives), doubts=doubts
        )
    keys = carry.unsettled(seen.fleet, seen.instances, seen.plan.stays)
    if seen.postponed:
        keys = carry.pending(seen.fleet, keys)
    if keys:
        lives = observe_kinds(aws, seen.fleet, seen.graph, keys, seen.facts)
        late = carry.missed(seen.fleet, keys, lives)
        seen = replace(seen, fleet=carry.replaced(seen.fleet, keys, lives), doubtful=late)
    return planned(seen)


def remember(aws: Aws, seen: Seen, marks: Marks) -> Seen:
    """Write `penstock:applied` where an instance has converged on a changed spec: one call per edit, none per repair.
    What is needed when the file is gone goes with it, and the mark of unfinished roots goes.

    Raises the first error when all have had their turn.
    """
    lives, errors = dict(seen.fleet.by_key), list[Exception]()
    for address in sorted(converged(seen)):
        live = seen.anchor(address)
        if live is None or anchor(address) not in seen.graph:
            continue
        try:
            lives[live.key] = (_remembered(aws, seen, address, live, marked=address in marks.ours),)
        except Stopped:
            raise
        except Exception as error:
            errors.append(error)
        else:
            marks.clear(address)
    if errors:
        raise errors[0]
    return replace(seen, fleet=replace(seen.fleet, lives=tuple(each for copies in lives.values() for each in copies)))


def _remembered(aws: Aws, seen: Seen, address: str, live: Live[Any], *, marked: bool) -> Live[Any]:
    """The anchor with all in its tags that is to be remembered; written when it was not there."""
    tags = seen.tags(address)
    put, drop = _memory(seen, address, tags, marked=marked)
    if not put and not drop:
        return live
    BY_KIND[live.key.kind].tag(aws, live, put, drop)
    kept = {name: value for name, value in {**tags, **put}.items() if name not in drop}
    return replace(live, resource=live.resource.model_copy(update={"tags": kept}))


def _memory(
    seen: Seen, address: str, tags: Mapping[str, str], *, marked: bool
) -> tuple[dict[str, str], tuple[str, ...]]:
    """The anchor's tags to write and to take off. The roots have been seen, so the mark of their making goes."""
    drop = [CREATING] if marked or CREATING in tags else []
    if seen.applied_is_current(address):
        return {}, tuple(drop)
    instance = seen.instances[address]
    put = {APPLIED: f"{seen.generation(address) + 1}.{instance.hash}"}
    wanted = {
        ON_REMOVE: "delete" if getattr(instance.spec, "deletion_policy", "Retain") == "Delete" else "",
        PROTECT: " ".join(getattr(instance.spec, "protect", ())),
    }
    for name, value in wanted.items():
        if value and tags.get(name) != value:
            put[name] = value
        elif not value and name in tags:
            drop.append(name)
    return put, tuple(drop)
