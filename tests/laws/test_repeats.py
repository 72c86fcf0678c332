"""A create that is repeated, as after an answer that never came, leaves one in the end: the one traffic uses."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from reconcilers import BY_KIND, RECONCILERS
from reconcilers.errors import Meaning, meaning
from reconcilers.resource import Live, resolve
from tests.laws.conftest import Settled
from tests.laws.lab import Lab
from tests.laws.topologies import topology

TOKEN_LASTS = 3700
"""Seconds after which ACM has forgotten a token (ledger 8.4)."""
MAKES_ANOTHER = {
    "Certificate",
    "HttpApi",
    "RestApi",
    "ApiKey",
    "UsagePlan",
    "RequestValidator",
    "VpcLink",
    "Integration",
    "ListenerRule",
    "RestVpcLink",
    "WebSocketApi",
    "WebSocketIntegration",
}
"""Ledger 0.2: nothing in them lets AWS see that it has been asked before; a rule steps to another priority."""


def copies(lab: Lab, live: Live[Any]) -> list[str]:
    return [each.id for each in lab.looked().fleet.by_key.get(live.key, ()) if not each.leaving]


@pytest.mark.parametrize("kind", [each.kind.__name__ for each in RECONCILERS])
def test_a_repeated_create_leaves_one_in_the_end_and_it_is_the_first(settled: Settled, kind: str) -> None:
    lab = settled.of(topology(kind))
    live = lab.live(kind)[0]
    verbs = BY_KIND[kind]
    assert lab.seen is not None
    want = verbs.finish(resolve(lab.seen.graph[live.key], lab.seen.plan.known))
    lab.clock.sleep(TOKEN_LASTS if kind == "Certificate" else 60)
    refused = _refused(lambda: verbs.create(lab.by_hand, live.key, want, verbs.name(lab.install, live.key, want, ())))
    assert refused in (None, Meaning.TAKEN, Meaning.LATER)
    lab.clock.sleep(60)
    assert (len(copies(lab, live)) == 2) == (kind in MAKES_ANOTHER)
    lab.settle()
    lab.clock.sleep(600)
    assert copies(lab, live) == [live.id]
    assert lab.seen is not None
    assert not lab.seen.plan.changes
    assert not lab.seen.drift


def _refused(create: Callable[[], object]) -> Meaning | None:
    """What AWS's refusal means to us; None when it takes the call."""
    try:
        create()
    except ClientError as error:
        return meaning(error)
    return None


def test_kinds_whose_create_makes_another_root_are_marked_on_the_anchor() -> None:
    roots = {each.kind.__name__ for each in RECONCILERS if each.once}
    below = {
        "Integration",
        "ListenerRule",
        "Certificate",
        "RequestValidator",
        "WebSocketIntegration",
    }  # seen by listing, so an extra one is found and goes
    assert roots == MAKES_ANOTHER - below
