"""What is told while it happens: a tree on terminals, lines with a heartbeat elsewhere, JSON for programs."""

import json

import pytest

from controller.events import Converged, Done, Event, Planned, Waiting
from controller.executor import Outcome, Result
from controller.output.live_tree import LiveTree
from controller.output.progress import telling
from controller.output.terminal import Terminal
from controller.session import Session, Settings
from tests.cli.conftest import HELLO
from tests.world import World

PIPE = Terminal()


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    world.write(HELLO)
    return world


def events(world) -> list[Event]:
    """What an apply from nothing to Ready tells."""
    heard: list[Event] = []
    session = Session(Settings(share=1.0), clock=world.clock, connect=lambda place, **_: world.aws)
    report = session.apply(world.catalog(), ("hello",), heard.append)
    assert report.codes == frozenset()
    return heard


def said(capsys, kind: str, heard, clock) -> list[str]:
    with telling(kind, PIPE, clock) as tell:
        for event in heard:
            tell(event)
    out, err = capsys.readouterr()
    assert out == "", "progress never goes to stdout"
    return err.splitlines()


def test_lines_tell_every_change_once_and_end_with_ready(world, capsys):
    lines = said(capsys, "plain", events(world), world.clock)
    assert sum(" created " in line for line in lines) == 29
    assert sum("being created" in line for line in lines) == 3
    assert lines[-1].split()[1:3] == ["hello", "ready"]
    assert all(line[10] == "T" and line[19] == "Z" for line in lines), "RFC 3339 in a pipe"
    told = [line.split(" ", 1)[1] for line in lines]
    assert len(told) == len(set(told))


def test_who_waits_hears_a_heartbeat_a_minute_and_no_repetition(world, capsys):
    waiting = [Waiting("hello", "VpcLink: PENDING", float(second)) for second in range(0, 185, 5)]
    lines = said(capsys, "plain", [*waiting, Waiting("hello", "Service/hello: 0 of 2", 190.0)], world.clock)
    assert [line.split(" ", 1)[1] for line in lines] == [
        "hello waits: VpcLink: PENDING 0.0s",
        "hello still waits: VpcLink: PENDING 1m 00s",
        "hello still waits: VpcLink: PENDING 2m 00s",
        "hello still waits: VpcLink: PENDING 3m 00s",
        "hello waits: Service/hello: 0 of 2 3m 10s",
    ]


def test_json_lines_are_objects_with_an_event(world, capsys):
    told = [json.loads(line) for line in said(capsys, "json", events(world), world.clock)]
    assert {each["event"] for each in told} == {"looked", "planned", "done", "waiting", "ready"}
    done = next(each for each in told if each["event"] == "done")
    assert set(done) == {"event", "service", "address", "action", "outcome", "id", "error", "seconds"}


def test_none_is_silent(world, capsys):
    assert said(capsys, "none", events(world), world.clock) == []


def test_the_tree_ends_with_every_change_done(world):
    tree = LiveTree(PIPE, world.clock.monotonic)
    for event in events(world):
        tree.tell(event)
    text = tree.text(height=60)
    rows = text.splitlines()[1:]
    assert len(rows) == 29 + 1
    assert all("✔" in row for row in rows)
    assert rows[-1].startswith("└─ ✔ ready after")
    assert all(len(row) <= PIPE.width for row in rows)


def test_a_tall_tree_fits_the_screen(world):
    tree = LiveTree(PIPE, world.clock.monotonic)
    for event in events(world):
        tree.tell(event)
    assert len(tree.text(height=20).splitlines()) <= 20
    assert "more" in tree.text(height=20)


def test_a_failure_carries_awss_words_and_cannot_break_the_line(world, capsys):
    (planned,) = [each for each in events(world) if isinstance(each, Planned)][:1]
    change = planned.plan.changes[0]
    lost = Done(Outcome(change, Result.FAILED, error="Throttling: slow\ndown\x1b[2J"))
    (line,) = said(capsys, "plain", [lost], world.clock)
    assert line.endswith("failed, will be tried again: Throttling: slow down[2J 0.0s")
    (ready,) = said(capsys, "plain", [Converged("hello", 61.0)], world.clock)
    assert ready.endswith("hello ready 1m 01s")
