"""What was made reads back as made: a look finds nothing to do, and nor does a process that remembers nothing."""

import pytest

from reconcilers.ownership import INSTALL
from sandbox import shapes
from tests.laws.conftest import Settled
from tests.laws.lab import misfits
from tests.laws.topologies import FRONT, INTERNET, MAXIMAL, MINIMAL, NLB, PRIVATE, RESTFUL, SHARED, SOCKETS

TOPOLOGIES = {
    "maximal": MAXIMAL,
    "network": NLB,
    "front": FRONT,
    "rest": RESTFUL,
    "internet": INTERNET,
    "private": PRIVATE,
    "sockets": SOCKETS,
    "minimal": MINIMAL,
    "shared": SHARED,
}
REPEATABLE = {"CreateTags", "CreateOrUpdateTags", "RegisterScalableTarget"}
"""Calls that look like creates and are repeated to change something, tags apart."""


@pytest.fixture(scope="module", params=TOPOLOGIES)
def name(request: pytest.FixtureRequest) -> str:
    """One topology after the other, so that each is settled once."""
    return str(request.param)


def test_what_was_made_reads_back_as_made(settled: Settled, name: str) -> None:
    seen = settled.of(TOPOLOGIES[name]).looked()
    assert not seen.plan.changes
    assert not seen.drift
    assert not seen.fleet.unknown
    assert not seen.plan.problems


def test_three_passes_of_another_process_write_nothing(settled: Settled, name: str) -> None:
    lab = settled.of(TOPOLOGIES[name])
    lab.settle()  # whatever an earlier law left to be remembered
    lab.restart()
    for _ in range(3):
        outcomes, _ = lab.once()
        assert not outcomes
    assert not lab.writes
    lab.seen = None


def test_what_can_be_tagged_is_made_with_its_tags(settled: Settled, name: str) -> None:
    lab = settled.of(TOPOLOGIES[name])
    creates = [(call, params) for call, params in lab.making if takes_tags(call)]
    bare = [call for call, params in creates if INSTALL not in repr(params)]
    assert creates
    assert not bare


def takes_tags(call: str) -> bool:
    service, _, operation = call.partition(":")
    makes = operation.startswith(("Create", "Register", "Authorize")) and operation not in REPEATABLE
    return makes and not {"Tags", "tags", "TagSpecifications"}.isdisjoint(
        shapes.operation(service, operation).input_shape.members
    )


def test_the_same_story_twice_makes_the_same_calls(settled: Settled) -> None:
    first = settled.of(SHARED).making
    settled.lab = None
    settled.made.clear()
    again = settled.of(SHARED).making
    assert [call for call, _ in first] == [call for call, _ in again]


@pytest.mark.parametrize(
    ("call", "params"),
    [
        ("elbv2:CreateTargetGroup", {"Name": "web", "HealthCheckIntervalSeconds": 4}),
        ("iam:CreateRole", {"RoleName": "web!", "AssumeRolePolicyDocument": "{}"}),
        ("apigatewayv2:CreateIntegration", {"ApiId": "a", "IntegrationType": "HTTP_PROXY", "TimeoutInMillis": 49}),
        ("logs:PutRetentionPolicy", {"logGroupName": "a b", "retentionInDays": 7}),
    ],
)
def test_a_request_outside_botocores_traits_is_noticed(call: str, params: dict[str, object]) -> None:
    service, _, operation = call.partition(":")
    assert list(misfits(service, operation, params))
