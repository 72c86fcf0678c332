"""A plan on disk: what somebody has read and agreed to, with the proof that nothing has moved since.

`plan --out` writes the plan as `-o json` shows it, and for each instance the hash of its spec, one for each of its
resources as AWS had them, and one for what was to be done. `apply --plan` looks again and goes on only where all are
the same. What autoscaling moves inside its bounds is no part of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from controller.output.sights import report_json
from controller.seen import Seen
from drift.plan import WRITES
from drift.report import change_json, shown
from reconcilers import Live, Resource
from reconcilers.keys import Within
from reconcilers.resource import Shape, fields_of, others

FORMAT = "penstock.plan/1"


@dataclass(frozen=True, slots=True)
class Prints:
    """What an instance was like when its plan was made: hashes, 12 hex digits each."""

    spec: str
    live: Mapping[str, str]
    """By address."""
    plan: str

    def to_json(self) -> dict[str, Any]:
        return {"spec": self.spec, "live": dict(self.live), "plan": self.plan}


def saved(looks: Iterable[Seen], install: str) -> dict[str, Any]:
    """`penstock.plan/1` with the installation id, and `hashes` on every service."""
    listed = tuple(looks)
    found = prints(listed)
    told = report_json(listed)
    services = [service | {"hashes": found[_address(service)].to_json()} for service in told["services"]]
    return told | {"install": install, "services": services}


def prints(looks: Iterable[Seen]) -> dict[str, Prints]:
    """By instance."""
    return {address: _prints(seen, address) for seen in looks for address in seen.scope}


@dataclass(frozen=True)
class Saved:
    """A plan that was read again."""

    install: str
    prints: Mapping[str, Prints]

    @classmethod
    def read(cls, text: str) -> Saved:
        """Raises ValueError, with words for a person, for what `plan --out` did not write."""
        try:
            told = json.loads(text)
            if told["format"] != FORMAT:
                raise ValueError(f"its format is {told['format']!r}, not {FORMAT}")
            return cls(told["install"], {_address(each): Prints(**each["hashes"]) for each in told["services"]})
        except (KeyError, TypeError, json.JSONDecodeError):
            raise ValueError("it is no plan that `penstock plan --out` has written") from None

    def moved(self, looks: Iterable[Seen]) -> tuple[str, ...]:
        """Everything that is not as it was, a sentence each."""
        now = prints(looks)
        return tuple(each for address, then in self.prints.items() for each in _moved(address, then, now.get(address)))


def _address(service: Mapping[str, Any]) -> str:
    return f"{service['name']}/{service['environment']}" if service["environment"] else str(service["name"])


def _moved(address: str, then: Prints, now: Prints | None) -> Iterator[str]:
    if now is None:
        yield f"{address}: no file asks for it any more, or it could not be looked at"
        return
    if then.spec != now.spec:
        yield f"{address}: its spec was edited"
    for resource in sorted(then.live.keys() | now.live.keys()):
        if resource not in now.live:
            yield f"{address}: {resource} is gone from AWS"
        elif resource not in then.live:
            yield f"{address}: {resource} is new in AWS"
        elif then.live[resource] != now.live[resource]:
            yield f"{address}: {resource} was changed in AWS"
    if then.plan != now.plan and then.spec == now.spec and then.live == now.live:
        yield f"{address}: the same spec leads to another plan: the network, an Environment or Penstock itself changed"


# ---- hashes


def _prints(seen: Seen, address: str) -> Prints:
    mine = [live for live in seen.fleet.lives if live.key.instance == address]
    live = {
        resource: _hash(sorted(_shown(each, seen.graph.get(each.key)) for each in mine if each.key.address == resource))
        for resource in {each.key.address for each in mine}
    }
    writes = [change_json(each, {}) for each in shown(seen.plan.of(address)) if each.action in WRITES]
    plan = sorted(_text([each["address"], each["action"], each["differences"]]) for each in writes)
    return Prints(seen.instances[address].hash, live, _hash(plan))


def _shown(live: Live[Any], want: Resource | None) -> str:
    """One resource as AWS has it, but for what AWS itself moves inside the bounds of the spec."""
    resource: Resource = live.resource
    told = in_one_order(resource)
    for each in fields_of(type(resource)):
        if isinstance(getattr(want, each.name, None), Within):
            del told[each.alias]
    return _text([live.id, told])


def in_one_order(value: Any, *, unordered: bool = False) -> Any:
    """A value for JSON with every set of it in one order, for AWS lists sets as it likes."""
    if isinstance(value, Shape):
        own = {
            each.alias: in_one_order(getattr(value, each.name), unordered=each.unordered)
            for each in fields_of(type(value))
        }
        return own | in_one_order(others(value))
    if isinstance(value, Mapping):
        return {str(name): in_one_order(each) for name, each in value.items()}
    if isinstance(value, (tuple, list)):
        items = [in_one_order(each) for each in value]
        return sorted(items, key=_text) if unordered else items
    return value


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def _hash(value: Any) -> str:
    return hashlib.sha256(_text(value).encode()).hexdigest()[:12]
