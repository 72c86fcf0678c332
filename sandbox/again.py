"""Whoever waits for AWS asks the same again and again, and moto takes milliseconds to write what it wrote before.

Of services whose every change is counted, an answer is kept with the count: while nothing was changed, the answer is
the same but for its date.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING

from sandbox.calls import Call, Reply
from sandbox.store import STORE

if TYPE_CHECKING:
    from sandbox.world import World

STORES = frozenset({"ec2", "iam", "lambda", "logs", "route53", "secretsmanager"})
"""Those of which no answer changes by time alone, or by what is kept of another service."""
MADE_UP = "GetRandomPassword"
"""The one read whose answers are never alike."""
MOST = 500
_answers: OrderedDict[tuple[object, ...], Reply] = OrderedDict()


def again(world: World, call: Call, ask: Callable[[], Reply]) -> Reply:
    """What `ask` answers, or answered when the same was asked of the same store. Called under the sandbox's lock."""
    if not call.reads or call.service not in STORES or call.http is None or call.operation == MADE_UP:
        return ask()
    http = call.http
    asked = (call.service, call.operation, call.caller, world.region, http.method, http.path, http.query, http.body)
    key = (*asked, STORE.beginnings, STORE.edits[call.service])
    if key not in _answers:
        _answers[key] = ask()
        if len(_answers) > MOST:
            _answers.popitem(last=False)
    _answers.move_to_end(key)
    kept = _answers[key]
    date = format_datetime(datetime.fromtimestamp(world.now, UTC), usegmt=True)
    return replace(kept, headers=kept.headers | {"date": date})
