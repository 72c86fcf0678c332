"""What people read: plans, drift and endings, to the letter where it is short."""

import re
from contextlib import chdir
from pathlib import Path

import pytest

from controller.output.drift_text import drift_text
from controller.output.markdown import plan_markdown
from controller.output.plan_text import plan_text
from controller.output.sights import reasons_found, sights
from drift.report import HIDDEN
from tests.cli.conftest import HELLO
from tests.world import World

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
LAST = re.compile(
    r"^Plan: \d+ to add, \d+ to change, \d+ to replace, \d+ to delete, \d+ drift to correct\.   \d+ unchanged\.$"
)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """One settled service in ./specs; each test puts back what it changes."""
    root = tmp_path_factory.mktemp("root")
    (root / "specs").mkdir()
    with chdir(root):
        world = World(Path("specs"))
        world.write(HELLO, "hello.yaml")
        world.settle()
        yield world


@pytest.fixture
def edited(world):
    """Writes another spec for one test."""

    def edit(*replacements: tuple[str, str]) -> None:
        text = HELLO
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new)
        world.write(text, "hello.yaml")

    yield edit
    world.write(HELLO, "hello.yaml")


def told(world, **settings) -> str:
    seen = world.look()
    return plan_text(sights(seen, world.aws.now), **settings)


def test_what_is_in_sync_takes_one_line(world):
    assert told(world) == (
        "hello  in sync (29 resources, generation 1)\n\n"
        "Plan: 0 to add, 0 to change, 0 to replace, 0 to delete, 0 drift to correct.   29 unchanged."
    )


def test_an_edit_shows_its_fields_with_their_place_in_the_file(world, edited):
    edited(("healthCheck: /", "healthCheck: {path: /well, interval: 15s}"))
    assert told(world) == (
        "hello   specs/hello.yaml   generation 1 -> 2\n"
        "\n"
        "  ~ TargetGroup/hello                                                                        changed\n"
        "      /HealthCheckPath              / -> /well                                specs/hello.yaml:11:27\n"
        "      /HealthCheckIntervalSeconds   10 -> 15                                  specs/hello.yaml:11:44\n"
        "\n"
        "Plan: 0 to add, 1 to change, 0 to replace, 0 to delete, 0 drift to correct.   28 unchanged."
    )


def test_a_value_that_looks_secret_is_not_shown(world, edited):
    edited(("healthCheck: /", "healthCheck: /\n      env: {API_TOKEN: hunter2, KEYCLOAK_URL: https://k.example}"))
    text = told(world, full=True) + plan_markdown(sights(world.look(), world.aws.now))
    assert "hunter2" not in text
    assert HIDDEN in text
    assert "k.example" in text


def test_drift_is_told_apart_from_changes_and_counted_once(world):
    group = next(live.id for live in world.look().fleet.lives if live.key.kind == "TargetGroup")
    world.boto("elbv2").modify_target_group(TargetGroupArn=group, HealthCheckPath="/x")
    text = told(world)
    drift = drift_text(sights(world.look(), world.aws.now))
    found = reasons_found([world.look()])
    world.settle()
    assert (
        "  ! drift: TargetGroup/hello                                        changed in AWS, will be set back\n" in text
    )
    assert "      /HealthCheckPath   /x in AWS, should be /" in text
    assert text.endswith("0 to add, 0 to change, 0 to replace, 0 to delete, 1 drift to correct.   28 unchanged.")
    assert drift == (
        "hello   specs/hello.yaml\n"
        "  ! TargetGroup/hello                                                                 changed in AWS\n"
        "      /HealthCheckPath   /x in AWS, should be /\n"
        "\n"
        "Drift: 1 in 1 of 1."
    )
    assert found == {"drift"}


def test_a_replacement_reads_as_one(world, edited):
    edited(("  aws: {region: eu-west-1}\n", "  aws: {region: eu-west-1}\n  cluster: {name: other}\n"))
    text = told(world)
    assert text.count("±") == text.count("replace, make before break") > 0
    assert "order 1 create the new one  2 move over what uses it  3 delete the old one" in text
    assert "Attention" in text
    assert LAST.match(text.splitlines()[-1])
    assert "replace" in reasons_found([world.look()])


def test_what_opens_something_to_the_internet_is_told_before_it_is_done(tmp_path):
    world = World(tmp_path)
    world.write((EXAMPLES / "public.yaml").read_text())
    notes = told(world).partition("Attention\n")[2].partition("\n\n")[0]
    assert notes.splitlines() == [
        "  ! SecurityGroupRule/loadBalancer/ingress/tcp/443/0.0.0.0/0 lets in everybody",
        "  ! SecurityGroupRule/loadBalancer/ingress/tcp/80/0.0.0.0/0 lets in everybody",
        "  ! Service/articles gives its tasks public addresses",
        "  ! Service/web gives its tasks public addresses",
    ]


def test_what_is_not_known_yet_says_what_it_waits_for(tmp_path):
    world = World(tmp_path)
    world.write(HELLO, "hello.yaml")
    text = told(world, full=True)
    assert "(after HttpApi)" in text
    assert LAST.match(text.splitlines()[-1])


def test_a_comment_has_its_marker_first_and_stays_in_its_budget(world, edited):
    edited(("name: hello", "name: another"))
    seen = list(sights(world.look(), world.aws.now))
    whole = plan_markdown(seen, name="prod")
    assert whole.startswith("<!-- penstock:plan:prod -->\n**Plan: 29 to add")
    assert "+ TargetGroup/hello   create: new" in whole
    assert whole.count("```") == 2
    for longest in (3000, 1500, 500):
        assert len(plan_markdown(seen, longest=longest).encode()) <= longest
