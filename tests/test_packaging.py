"""What we ship is what we tested: the locks, the wheel and the image agree with each other."""

import json
import re
import tomllib
from importlib import import_module
from importlib.metadata import requires
from pathlib import Path

import pytest

from sandbox.neighbours import MODULES

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-build.lock", "requirements-ministack.lock")
PIN = re.compile(r"^([a-z0-9.-]+)==([^ ]+)( ; .+)? \\$", re.MULTILINE)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def pins(lock: str) -> set[tuple[str, str, str]]:
    return set(PIN.findall((ROOT / lock).read_text()))


def normal(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=~ ]", requirement)[0]).lower()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_version_has_hashes_and_says_nothing_of_where_it_came_from(lock):
    text = (ROOT / lock).read_text()
    blocks = re.findall(r"^[a-z0-9].*(?:\n    .*)*", text, re.MULTILINE)
    assert len(blocks) == len(pins(lock)) > 0
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert not re.search(r"://|index-url|find-links|(^|\s)/\w", text)


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-build.lock"])
def test_the_image_holds_the_versions_the_tests_ran_with(lock):
    assert pins(lock) <= pins("requirements-dev.lock")


def test_the_locks_hold_what_the_project_asks_for():
    names = {name for name, _, _ in pins("requirements.lock")}
    assert {normal(each) for each in PROJECT["project"]["dependencies"]} <= names
    everything = {name for name, _, _ in pins("requirements-dev.lock")}
    asked = [*PROJECT["project"]["optional-dependencies"]["sandbox"], *PROJECT["dependency-groups"]["build"]]
    asked += [each for each in PROJECT["dependency-groups"]["dev"] if isinstance(each, str)]
    assert {normal(each) for each in asked} <= everything


def test_the_lock_holds_what_moto_wants_for_every_service_that_the_sandbox_takes_from_it():
    """A developer's own environment may have more, so nothing but a clean machine would notice."""
    wanted = {(each, normal(one)) for each in MODULES for one in requires("moto") or () if _is_for(each, one)}
    assert ("cognito-idp", "joserfc") in wanted, "or the names of extras are others by now"
    assert {one for _, one in wanted} <= {name for name, _, _ in pins("requirements-dev.lock")}


def _is_for(service: str, requirement: str) -> bool:
    extra = service.replace("-", "")
    return requirement.endswith(f'extra == "{extra}"')


def test_the_controller_is_installed_without_the_sandboxs_moto():
    assert "moto" not in {name for name, _, _ in pins("requirements.lock")}


@pytest.mark.parametrize("package", PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
def test_our_generic_package_names_are_ours_where_we_run(package):
    found = import_module(package).__file__
    assert found is not None
    assert Path(found).parent == ROOT / package


def test_ecs_is_told_the_health_check_that_the_image_has():
    image = re.search(r"HEALTHCHECK .*\\\n +CMD (\[.+\])", (ROOT / "Dockerfile").read_text())
    page = re.search(r"```json\n(.+?)```", (ROOT / "docs/container.md").read_text(), re.DOTALL)
    assert image
    assert page
    task = json.loads(page[1])
    assert task["containerDefinitions"][0]["healthCheck"]["command"][1:] == json.loads(image[1])


def test_the_image_is_given_every_package_of_the_wheel():
    dockerfile, let_in = (ROOT / "Dockerfile").read_text(), (ROOT / ".dockerignore").read_text().splitlines()
    for package in PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]:
        assert f"COPY {package} {package}\n" in dockerfile
        assert f"!{package}" in let_in
