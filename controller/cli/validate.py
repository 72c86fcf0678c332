"""`penstock validate`: is what the files say sense? Offline, and AWS's library is never loaded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from controller.cli.exits import Exit, listed
from controller.cli.options import FILES, PATHS, SETTINGS, Asked, Codes, option, spec_codes, takes

if TYPE_CHECKING:
    from specs import Catalog, Problem


@click.command("validate", context_settings=SETTINGS)
@click.argument("paths", nargs=-1, type=PATHS, metavar="[PATH]...")
@option("--strict", is_flag=True, help="Warnings count as errors.")
@takes("text", "json", "github", of=(FILES,))
def command(asked: Asked, paths: tuple[Path, ...], *, strict: bool) -> Codes:
    """Check spec files: syntax, schema and sense. Asks nothing of AWS."""
    from dataclasses import replace

    asked = replace(asked, file=paths or asked.file)
    catalog = asked.read()
    codes = spec_codes(catalog) | ({Exit.INPUT} if strict and catalog.problems else frozenset())
    match asked.output:
        case "json":
            click.echo(json.dumps(problems_json(catalog) | {"exitCodes": listed(codes)}, indent=2))
        case "github":
            for problem in catalog.problems:
                asked.out.show(annotation(problem))
        case _:
            _tell(asked, catalog)
    return frozenset(codes)


def _tell(asked: Asked, catalog: Catalog) -> None:
    if catalog.problems:
        asked.out.show(catalog.render() + "\n")
    specs, files = len(catalog.instances), len(catalog.files)
    counted = f"{_many(specs, 'spec')} in {_many(files, 'file')}"
    wrong = ", ".join(
        _many(len(found), word) for found, word in ((catalog.errors, "error"), (catalog.warnings, "warning")) if found
    )
    if wrong or not asked.quiet:
        asked.out.show(f"{counted}: {wrong}" if wrong else f"✔ {counted}, nothing wrong")


def _many(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def problems_json(catalog: Catalog) -> dict[str, Any]:
    """`penstock.problems/1` (cli.md §0)."""
    return {
        "format": "penstock.problems/1",
        "problems": [
            {
                "file": each.file, "line": each.line, "column": each.column, "path": each.path, "message": each.message,
                "hint": each.hint, "code": each.code, "severity": each.severity,
            }
            for each in catalog.problems
        ],
    }  # fmt: skip


def annotation(problem: Problem) -> str:
    """A GitHub workflow command (docs.github.com, *Workflow commands*), which escapes `%`, line ends, and `:` `,`."""
    text = f"{problem.message} ({problem.hint})" if problem.hint else problem.message
    place = f"file={_property(problem.file)},line={problem.line},col={problem.column},title={problem.code}"
    return f"::{problem.severity} {place}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
