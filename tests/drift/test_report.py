"""How a plan tells what it will do."""

import pytest

from drift.plan import Action, Change
from drift.report import steps
from reconcilers.balancing.target_group import TargetGroup
from reconcilers.keys import Key


@pytest.mark.parametrize(("protocol", "shifted"), [("HTTP", "rule"), ("HTTPS", "rule"), ("TCP", "listener")])
def test_the_steps_of_a_replaced_target_group_name_what_its_balancer_shifts(protocol: str, shifted: str) -> None:
    want = TargetGroup(protocol=protocol, protocol_version=None, vpc_id="vpc-1")
    change = Change(Action.REPLACE, Key("shop", "TargetGroup", "web"), want)
    assert f"shift the {shifted}" in steps(change)
