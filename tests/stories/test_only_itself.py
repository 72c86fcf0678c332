"""What goes wrong with the memory of one instance, its anchor's tags, is nobody else's trouble."""

from __future__ import annotations

from sandbox.calls import Call
from sandbox.faults import Fault, refuse, throttle
from sandbox.refusal import Refusal
from tests.stories.writing import alone
from tests.world import World

DENIED = Refusal("AccessDeniedException", "User is not authorized to perform: logs:TagResource", 400)


def anchors_of_two(world: World) -> None:
    world.write(alone("bad"), "bad.yaml")
    world.write(alone("good"), "good.yaml")
    world.settle()


def of_the_bad(call: Call) -> bool:
    assert call.http is not None
    return b"/default/bad" in call.http.body


def test_roots_of_which_the_making_cannot_be_marked_wait_and_others_are_made(world: World):
    anchors_of_two(world)
    gateway = world.boto("apigatewayv2")
    lost = {name: world.api(name) for name in ("bad", "good")}
    for id in lost.values():
        gateway.delete_api(ApiId=id)
    world.sandbox.faults.append(Fault(refuse(DENIED), on="logs:TagResource", when=of_the_bad))
    report = world.process().apply(world.catalog())
    bad, good = report.statuses
    assert good.ready
    assert bad.condition("Stalled").status == "True"
    assert "logs:TagResource" in bad.condition("Stalled").message
    assert [each["Tags"]["penstock:service"] for each in gateway.get_apis()["Items"]] == ["good"]


def test_a_mark_that_is_throttled_is_tried_again(world: World):
    anchors_of_two(world)
    world.boto("apigatewayv2").delete_api(ApiId=world.api("bad"))
    world.sandbox.faults.append(Fault(throttle, on="logs:TagResource", times=5))
    assert [status.ready for status in world.process().apply(world.catalog()).statuses] == [True, True]


def test_an_anchor_that_cannot_be_written_keeps_no_other_instance_from_being_remembered(world: World):
    anchors_of_two(world)
    for name in ("bad", "good"):
        world.write(alone(name, gateway={"description": "second"}), f"{name}.yaml")
    world.sandbox.faults.append(Fault(refuse(DENIED), on="logs:TagResource", when=of_the_bad))
    world.process().apply(world.catalog())
    world.sandbox.faults.clear()
    seen = world.look()
    assert {each: seen.generation(each) for each in seen.scope} == {"bad": 1, "good": 2}
