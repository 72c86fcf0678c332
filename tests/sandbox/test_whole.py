"""What holds for everything that reconcilers ask of AWS, whoever answers it here."""

import base64
import copy
from typing import Any

import pytest

from controller.iam_actions import EVERY_LOOK, OWN
from sandbox import neighbours, shapes
from sandbox.calls import Call
from sandbox.refusal import Refusal
from sandbox.services import KINDS, OPERATIONS
from tests.sandbox.test_laws import EVERY


def named(call: str) -> tuple[str, str]:
    service, _, operation = call.replace("elasticloadbalancing:", "elbv2:").partition(":")
    return service, operation


CALLED = sorted({named(call) for calls in OWN.values() for call in (*EVERY_LOOK, *calls.reads, *calls.writes)})
NEEDY = [
    each
    for each in CALLED
    if each not in OPERATIONS and (shape := shapes.operation(*each).input_shape) and shape.required_members
]
"""Of those that the store beneath answers, the ones that ask for something that has to be said."""
MANY = 10_000


def test_whatever_reconcilers_call_is_judged_here():
    """None is answered by the store beneath without being held against botocore's shapes."""
    assert [each for each in CALLED if each not in OPERATIONS and each[0] not in neighbours.MODULES] == []


@pytest.mark.parametrize(("service", "operation"), NEEDY)
def test_an_incomplete_request_to_a_neighbour_is_refused(sandbox, service, operation):
    with pytest.raises(Refusal) as refused:
        neighbours.guard(sandbox.world(), Call(service, operation, {}))
    required = shapes.operation(service, operation).input_shape.required_members
    assert required
    assert all(name in refused.value.message for name in required)


def test_every_mutation_is_told_to_whoever_watches(sandbox):
    told: list[dict[str, Any]] = []
    sandbox.watchers.append(told.append)
    changing = [each for each in sorted({*EVERY, *CALLED}) if not Call(*each).reads]
    for service, operation in changing:
        with pytest.raises(Refusal):
            sandbox.perform(Call(service, operation, {"Nonsense": 1}))
        assert told[-1]["detail"]["eventName"] == operation
        assert told[-1]["detail"]["errorCode"]
        assert told[-1]["detail"]["readOnly"] is False
    assert len(told) == len(changing) > 200


def test_a_page_of_ten_thousand_puts_its_own_items_into_words_only(sandbox, monkeypatch):
    """However long the list, and so in milliseconds: what is shown is what was asked for."""
    api = sandbox.call("apigatewayv2", "create_api", Name="many", ProtocolType="HTTP")["ApiId"]
    stage = sandbox.call("apigatewayv2", "create_stage", ApiId=api, StageName="s")
    kind, world = KINDS["apigatewayv2", "Stage"], sandbox.world()
    shelf = world.resources[kind.shelf]
    first = next(each for each in shelf.values() if each.fields["StageName"] == stage["StageName"])
    for number in range(MANY):
        again = copy.copy(first)
        again.id = f"{first.id}-{number}"
        shelf[again.id] = again
    shown = []
    usual = type(first).shown

    def counted(self, **how):
        shown.append(self)
        return usual(self, **how)

    monkeypatch.setattr(type(first), "shown", counted)
    token = base64.b64encode(b"5000").decode()
    answer = sandbox.call("apigatewayv2", "get_stages", ApiId=api, MaxResults="50", NextToken=token)
    assert (len(answer["Items"]), "NextToken" in answer) == (50, True)
    assert len(shown) == 50
