"""Another API key beside the old one: nobody is locked out, nothing is told, and a crash anywhere loses nothing."""

from __future__ import annotations

import pytest

from controller.rotation import Refused, Rotation
from tests.stories.test_rest import api, secret, shop
from tests.world import World

DAY = 86_400.0


def rotate(world: World, caller: str = "acme") -> str:
    return Rotation.of(world.look(), "hello", caller).begin(world.aws, DAY)


def post(world: World, value: str) -> int:
    return int(world.request(api(world), "/dev/orders", "POST", **{"x-api-key": value}).answer.status)


def test_a_caller_has_two_keys_for_a_while_and_then_the_new_one_alone(world: World) -> None:
    plans = {"partner": {"keys": ["acme", "globex"]}}
    world.write(shop(usagePlans=plans))
    world.settle()
    old, other = secret(world, "acme"), secret(world, "globex")
    assert rotate(world)
    world.restart()  # the process died when it had written its one tag
    assert secret(world, "acme") == old
    assert (post(world, old), rotate(world)) == (200, ""), "said again it goes on from there"
    with pytest.raises(Refused, match="apply first"):
        rotate(world, "globex")
    world.settle()
    new = secret(world, "acme")
    assert new != old
    assert [post(world, each) for each in (old, new, other)] == [200, 200, 200]
    seen = world.look()
    assert (seen.plan.changes, seen.drift) == ((), ())
    assert not [value for value in (old, new) if value in repr(seen)], "no value is anywhere in what Penstock knows"
    world.clock.sleep(DAY)
    [gone] = world.look().plan
    assert (str(gone.action), gone.key.part.partition(":")[0]) == ("delete", "acme")
    assert not world.look().drift
    world.settle()
    assert [post(world, each) for each in (old, new, other)] == [403, 200, 200]
    assert len(world.boto("apigateway").get_api_keys()["items"]) == 2
    with pytest.raises(Refused, match="it has acme, globex"):
        rotate(world, "nobody")


def test_a_caller_who_leaves_the_spec_is_locked_out_with_both_of_his_keys(world: World) -> None:
    world.write(shop(usagePlans={"partner": {"keys": ["acme", "globex"]}}))
    world.settle()
    old = secret(world, "acme")
    rotate(world)
    world.settle()
    values = (old, secret(world, "acme"), secret(world, "globex"))
    world.write(shop(usagePlans={"partner": {"keys": ["globex"]}}))
    world.settle()
    assert [post(world, each) for each in values] == [403, 403, 200]
