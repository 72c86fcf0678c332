"""Rotation of API keys: a new value beside the old one, which AWS cannot change.

All of it is one tag on the key that there is: until when it is let in. From then on it is no longer the caller's key,
so the next pass makes another one, lets it into the plans and tells Secrets Manager its value; and after that time the
first pass that comes by removes the old one. A crash anywhere loses nothing, and saying it again goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from controller.seen import Seen, suspensions
from reconcilers import BY_KIND, Aws, Live
from reconcilers.gateway.rest.api_key import ApiKey
from reconcilers.observability.log_group import stamp
from reconcilers.ownership import UNTIL


class Refused(Exception):
    """Why this key is not rotated now, and what to do first."""


@dataclass(frozen=True)
class Rotation:
    """One key of one instance. `live` is the key that callers have, None when the last rotation stopped half-way."""

    address: str
    caller: str
    live: Live[ApiKey] | None

    @classmethod
    def of(cls, seen: Seen, address: str, caller: str) -> Rotation:
        """Raises Refused for a caller who is not there, and where something else is to be done first: a rotation makes
        no other change."""
        mine = {live.key.part: live for live in seen.fleet.of(ApiKey) if live.key.instance == address}
        wanted = sorted(key.part for key in seen.graph if (key.instance, key.kind) == (address, ApiKey.__name__))
        if caller not in wanted:
            raise Refused(f"{address} has no key for {caller}; it has {', '.join(wanted) or 'none'}")
        live = mine.get(caller)
        begun = any(part.startswith(f"{caller}:") for part in mine)
        if live is None and not begun:
            raise Refused(f"{address} has no key for {caller} yet: apply first")
        if live is not None and (address in seen.edited or seen.plan.of(address) or address in seen.problems):
            raise Refused(f"{address} is not as its spec says: apply first")
        if told := suspensions(seen, seen.now).get(address):
            raise Refused(f"{address} is suspended {told}")
        return cls(address, caller, live)

    def begin(self, aws: Aws, grace: float) -> str:
        """Let the key that there is go after `grace` seconds, and return when that is, by AWS's clock; empty where it
        was begun already."""
        if self.live is None:
            return ""
        if aws.expected_account and aws.expected_account != aws.account_id:
            raise Refused(f"these credentials belong to account {aws.account_id}, not {aws.expected_account}")
        until = stamp(aws.now + timedelta(seconds=grace))
        BY_KIND[self.live.key.kind].tag(aws, self.live, {UNTIL: until}, ())
        return until
