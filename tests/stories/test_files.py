"""Files vanish by accident: what a folder does not say is no reason to delete anything."""

from __future__ import annotations

import shutil
import threading
from typing import Any

import pytest

from controller.loop import Loop
from tests.stories.writing import alone, environment, service, shared
from tests.world import World

MUTATIONS: list[str]


@pytest.fixture
def mutations(world: World) -> list[str]:
    """Every mutating call that anybody makes from now on."""
    calls: list[str] = []
    world.sandbox.watchers.append(lambda event: calls.append(event["detail"]["eventName"]))
    return calls


def loop(world: World, *, prune: bool = False, **settings: Any) -> Loop:
    return Loop([world.folder], world.process(**settings), prune=prune)


def turns(loop: Loop, world: World, times: int = 6) -> None:
    """So many full passes, a while apart."""
    for _ in range(times):
        loop.turn(edited=True)
        world.clock.sleep(400)


def two_of_them(world: World) -> None:
    world.write(alone("hello"), "hello.yaml")
    world.write(alone("world", deletionPolicy="Delete"), "world.yaml")


def test_a_file_that_goes_deletes_nothing_and_put_back_writes_nothing(world: World, mutations: list[str]):
    two_of_them(world)
    world.settle()
    kept = (world.folder / "hello.yaml").read_text()
    mutations.clear()
    (world.folder / "hello.yaml").unlink()
    running = loop(world)
    turns(running, world)
    world.write(kept, "hello.yaml")
    turns(running, world)
    turns(loop(world), world, times=1)
    assert mutations == []


@pytest.mark.parametrize("accident", ["emptied", "unmounted", "half-written", "blank", "binary"])
def test_an_accident_to_the_folder_deletes_nothing(world: World, mutations: list[str], accident: str):
    world.install = "team"
    two_of_them(world)
    running = loop(world, prune=True)
    turns(running, world, times=8)
    assert world.request(world.api("world")).answer.status == 200
    mutations.clear()
    text = (world.folder / "world.yaml").read_text()
    if accident == "emptied":
        for file in world.folder.iterdir():
            file.unlink()
    elif accident == "unmounted":
        shutil.rmtree(world.folder)
    elif accident == "half-written":
        world.write(text[: len(text) // 2], "world.yaml")
    elif accident == "blank":
        world.write("", "world.yaml")
    else:
        (world.folder / "world.yaml").write_bytes(b"\x00\xff" * 500)
    turns(running, world)
    assert mutations == []


def test_only_a_spec_that_says_so_goes_with_its_file(world: World, mutations: list[str]):
    world.install = "team"
    two_of_them(world)
    world.write(alone("other"), "other.yaml")
    running = loop(world, prune=True)
    turns(running, world, times=8)
    mutations.clear()
    (world.folder / "hello.yaml").unlink()
    turns(running, world)
    assert mutations == [], "its deletionPolicy is Retain"
    (world.folder / "world.yaml").unlink()
    turns(running, world)
    assert "DeleteApi" in mutations, "what is kept is not going, and takes no room under the cap"
    assert world.request(world.api("hello")).answer.status == 200


def test_a_restarted_controller_prunes_nothing_it_never_loaded(world: World, mutations: list[str]):
    world.install = "team"
    two_of_them(world)
    turns(loop(world, prune=True), world, times=8)
    (world.folder / "world.yaml").unlink()
    mutations.clear()
    turns(loop(world, prune=True), world)
    assert mutations == []


def test_a_second_folder_of_the_same_installation_deletes_nothing_of_the_first(
    world: World, mutations: list[str], tmp_path_factory: pytest.TempPathFactory
):
    world.install = "team"
    two_of_them(world)
    turns(loop(world, prune=True), world, times=8)
    world.folder = tmp_path_factory.mktemp("second")
    world.write(alone("third"), "third.yaml")
    second = loop(world, prune=True)
    turns(second, world, times=8)
    assert not [name for name in mutations if name.startswith("Delete")]
    assert world.request(world.api("world")).answer.status == 200


def test_a_vanished_spec_is_an_orphan_with_its_tags(world: World):
    two_of_them(world)
    world.settle()
    (world.folder / "hello.yaml").unlink()
    assert world.process().orphans(world.catalog()) == ("hello",)
    world.write(alone("hello"), "hello.yaml")
    assert world.process().orphans(world.catalog()) == ()


def test_two_specs_with_one_name_are_both_refused_and_nothing_live_is_touched(world: World, mutations: list[str]):
    two_of_them(world)
    world.settle()
    mutations.clear()
    world.write(alone("hello", gateway={"description": "the other one"}), "again.yaml")
    assert {problem.code for problem in world.catalog().errors}
    assert world.catalog().is_frozen("hello")
    report = world.process().apply(world.catalog())
    assert [status.name for status in report.statuses] == ["world"]
    turns(loop(world), world, times=2)
    assert mutations == []


def test_a_broken_file_stops_only_what_is_in_it(world: World):
    two_of_them(world)
    world.settle()
    world.write("kind: ApiService\nmetadata: {name: hello}\nspec: {", "hello.yaml")
    world.write(alone("world", services={"web": service("web:2")}), "world.yaml")
    loop(world).turn(edited=True)
    ecs = world.boto("ecs")
    families = [arn for arn in ecs.list_task_definitions()["taskDefinitionArns"] if arn.endswith(":2")]
    assert len(families) == 1
    assert world.request(world.api("hello")).answer.status == 200


def test_a_broken_environment_freezes_its_services(world: World, mutations: list[str]):
    world.write(environment(), "prod.yaml")
    world.write(shared("orders"), "orders.yaml")
    world.settle()
    mutations.clear()
    world.write(environment(cluster={"nmae": "oops"}), "prod.yaml")
    turns(loop(world), world, times=2)
    assert mutations == []


def test_a_controller_told_to_stop_makes_no_call(world: World, mutations: list[str]):
    two_of_them(world)
    stop = threading.Event()
    stop.set()
    loop(world).run(stop)
    assert mutations == []
