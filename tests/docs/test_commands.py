"""The pages name the commands, options and exit codes that there are, all of them, and no others."""

from __future__ import annotations

import re

import click
import pytest

from controller.cli.app import ALIASES, COMMANDS, app
from controller.cli.exits import PRECEDENCE, Exit
from controller.iam_besides import BESIDES
from tests.docs.reading import NOT_OURS, PAGES, ROOT, name

CLI = (ROOT / "docs/cli.md").read_text()
OTHERS = frozenset(
    {
        "--body",
        "--cli-input-json",
        "--filters",
        "--group-id",
        "--help",
        "--ip-permissions",
        "--log-group-name",
        "--output",
        "--query",
        "--rest-api-id",
        "--retention-in-days",
        "--retry",
        "--retry-connrefused",
        "--secret-id",
        "--secret-string",
        "--stage-name",
    }
)
"""Options of the programs that the pages use besides."""


def leaves(command: click.Command) -> list[click.Command]:
    if isinstance(command, click.Group):
        inside = [
            command.get_command(click.Context(command), each) for each in command.list_commands(click.Context(command))
        ]
        return [leaf for each in inside if each for leaf in leaves(each)]
    return [command]


def test_every_command_and_alias_is_on_the_page_and_no_other():
    rows = re.findall(r"^\| `([a-z-]+)[` ]", CLI.partition("## Options")[0], re.MULTILINE)
    assert sorted(rows) == sorted(COMMANDS)
    for alias, stands_for in ALIASES.items():
        assert f"`{alias}` is `{' '.join(stands_for)}`" in CLI


def test_every_option_is_on_the_page():
    there = {tuple(option.opts) for each in leaves(app) for option in each.params if isinstance(option, click.Option)}
    assert [
        words for words in sorted(there) if not any(f"`{word}`" in CLI or f"`{word} " in CLI for word in words)
    ] == []


@pytest.mark.parametrize("page", [each for each in PAGES if name(each) not in NOT_OURS], ids=name)
def test_a_page_names_no_option_that_is_not_there(page):
    there = {word for each in leaves(app) for option in each.params for word in (*option.opts, *option.secondary_opts)}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", page.read_text())) - OTHERS <= there


def test_the_page_has_the_exit_codes_and_their_order():
    told = {int(code) for row in re.findall(r"^\| ([\d, ]+) \|", CLI, re.MULTILINE) for code in row.split(",")}
    assert told == {int(each) for each in Exit}
    assert ", ".join(str(int(each)) for each in PRECEDENCE) in CLI


def test_the_iam_page_names_every_permission_that_calls_need_besides():
    text = (ROOT / "docs/iam.md").read_text()
    assert [action for each in BESIDES.values() for action in each.actions if f"`{action}`" not in text] == []
