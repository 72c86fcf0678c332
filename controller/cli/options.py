"""The options that commands share, and what they amount to.

Each has a `PENSTOCK_*` variable. A command says which groups it takes and gets them as one `Asked`, its first argument:

    @click.command
    @takes("text", "json", of=READS)
    def command(asked: Asked) -> Codes: ...
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from controller.cli.durations import DURATION
from controller.cli.exits import Exit, Stop
from controller.cli.selecting import Selector, Term, chosen
from controller.output.terminal import Terminal

if TYPE_CHECKING:
    from controller.session import Session, Settings
    from specs import Catalog

Codes = frozenset[int] | None
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]
SETTINGS = {"auto_envvar_prefix": "PENSTOCK", "max_content_width": 100, "help_option_names": ["-h", "--help"]}
"""Of every command: its variables are `PENSTOCK_OPTION`, the same for all commands."""
STDIN = Path("-")


@dataclass(frozen=True)
class Asked:
    """What the shared options of one command say. Options that a command does not take have their defaults."""

    output: str = "text"
    color: bool | None = None
    quiet: bool = False
    verbose: int = 0
    log_format: str = "auto"
    file: tuple[Path, ...] = ()
    environment: str | None = None
    selector: tuple[Term, ...] = ()
    var: tuple[tuple[str, str], ...] = ()
    profile: str | None = None
    region: str | None = None
    role_arn: str | None = None
    install: str = "default"
    budget: float = 0.5
    parallel: int = 8
    absence_wait: float = 60.0
    timeout: float = 1800.0
    allow_replace: bool = False
    progress: str = "auto"

    @property
    def out(self) -> Terminal:
        return Terminal.of(sys.stdout, colour=self.color)

    @property
    def err(self) -> Terminal:
        return Terminal.of(sys.stderr, colour=self.color)

    @property
    def folders(self) -> tuple[Path, ...]:
        """The files and folders to read; `./specs` when none is named. Raises Stop when that is not there."""
        if self.file:
            return self.file
        if not Path("specs").exists():
            raise Stop("there is no ./specs here; name a file or folder with -f")
        return (Path("specs"),)

    def read(self) -> Catalog:
        """Everything the files ask for, checked as of today; nothing is said of what is wrong in them."""
        from specs import load, load_text

        paths, given, now = self.folders, dict(self.var), datetime.now(UTC)
        if STDIN not in paths:
            return load(paths, given, now=now)
        if len(paths) > 1:
            raise Stop("-f - reads standard input and stands alone")
        return load_text(sys.stdin.read(), "<stdin>", given, now=now)

    def catalog(self) -> Catalog:
        """The same, and what is wrong is told on stderr; the rest goes on."""
        catalog = self.read()
        shown = [problem for problem in catalog.problems if problem.severity == "error" or not self.quiet]
        if shown:
            self.err.show(catalog.render() + "\n", err=True)
        return catalog

    def catalog_if_any(self) -> Catalog:
        """The same for commands that need no file: one that none is named to and that finds no ./specs has none."""
        from specs import Catalog

        return self.catalog() if self.file or Path("specs").exists() else Catalog()

    def scope(self, catalog: Catalog, names: Iterable[str] = ()) -> tuple[str, ...]:
        """The addresses of what the command is about. Raises Stop for a name that is in no file."""
        return chosen(catalog, names, self.environment, self.selector)

    @property
    def settings(self) -> Settings:
        from controller.session import Settings

        return Settings(
            install=self.install, profile=self.profile, region=self.region, role_arn=self.role_arn, share=self.budget,
            absence_wait=self.absence_wait, allow_replace=self.allow_replace, workers=self.parallel,
            timeout=self.timeout,
        )  # fmt: skip

    def session(self) -> Session:
        """What talks to AWS. Logging begins here when it was asked for, because structlog is slow to import."""
        from controller.session import Session
        from reconcilers.clock import RealClock

        if self.verbose:
            from controller.logs import configure

            configure(self.verbose, self.log_format)
        stopping = threading.Event()
        return Session(self.settings, RealClock(stopping), stopping)


def _variable(_ctx: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    for value in values:
        if "=" not in value:
            raise click.BadParameter(f"{value!r} is not NAME=VALUE")
    return tuple((name, text) for name, _, text in (value.partition("=") for value in values))


def option(*names: str, **settings: Any) -> Decorator:
    """An option whose variable is shown in the help."""
    return click.option(*names, show_envvar=True, **settings)


PATHS = click.Path(path_type=Path, allow_dash=True)
Group = tuple[Decorator, ...]
MANNERS: Group = (
    option("--color/--no-color", default=None, help="Colour, wherever output goes; default: on a terminal."),
    option("-q", "--quiet", is_flag=True, help="Only results and errors."),
    option("-v", "--verbose", count=True, help="Log what is done; -vv every call's name."),
    option("--log-format", type=click.Choice(["auto", "text", "json"]), default="auto", show_default=True),
)
FILES: Group = (
    option("-f", "--file", multiple=True, type=PATHS,
                   help="A spec file or folder, or -; repeatable. Default: ./specs"),
    option("--var", multiple=True, callback=_variable, metavar="K=V", help="For ${vars.K}; repeatable."),
)  # fmt: skip
PLACES: Group = (option("-e", "--environment", help="Only this Environment and what lives in it."),)
CHOICE: Group = (
    *PLACES,
    option("-l", "--selector", type=Selector(), default=(), metavar="LABELS",
                       help="Only what has these labels: team=shop,stage!=prod,!legacy"),
)  # fmt: skip
AWS: Group = (
    option("--profile", help="The AWS profile."),
    option("--region", help="The AWS region; goes over what specs say."),
    option("--role-arn", help="The role to assume; goes over what specs say."),
    option("--install", default="default", show_default=True, help="The installation id: whose the resources are."),
    option("--budget", type=click.FloatRange(0.1, 1.0), default=0.5, show_default=True,
                     help="The share of AWS's rate limits to use."),
    option("--parallel", type=click.IntRange(1, 64), default=8, show_default=True, help="Calls at a time."),
)  # fmt: skip
WRITES: Group = (
    option("--timeout", type=DURATION, default=1800.0, show_default="30m",
                      help="How long to wait; then code 6."),
    option("--allow-replace", is_flag=True, help="Replace or delete even what a spec protects."),
)  # fmt: skip
CREATES: Group = (
    option("--absence-wait", type=DURATION, default=60.0, show_default="60s",
                           help="How long to look again for an API or link that another process may have made."),
)  # fmt: skip
TELLS: Group = (
    option("--progress", type=click.Choice(["auto", "tree", "plain", "json", "none"]), default="auto",
                       show_default=True, help="How progress is told on stderr."),
)  # fmt: skip
READS = (FILES, CHOICE, AWS)
"""Of a command that looks at AWS."""
FAILING: Group = (
    option("--detailed-exitcode", is_flag=True, help="End with code 2 when there are changes or drift."),
    option("--fail-on", metavar="WORDS", callback=lambda _ctx, _option, words: _words(words),
           help="End with code 2 on any of: changes,drift,replace,delete."),
)  # fmt: skip
REASONS = ("changes", "drift", "replace", "delete")


def _words(told: str | None) -> tuple[str, ...]:
    words = tuple(word.strip() for word in (told or "").split(",") if word.strip())
    if wrong := [word for word in words if word not in REASONS]:
        raise click.BadParameter(f"{wrong[0]!r} is none of {', '.join(REASONS)}")
    return words


def takes(*outputs: str, of: Iterable[Group] = ()) -> Decorator:
    """Adds shared options to a command, which gets them as an `Asked`: manners, the groups it can make use of, and
    `outputs`, its formats, default first. An option that a command would ignore is not among its options."""
    groups = [each for group in (MANNERS, *of) for each in group]
    if outputs:
        groups.append(option("-o", "--output", type=click.Choice(outputs), default=outputs[0], show_default=True))

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def called(**given: Any) -> Any:
            shared = {each.name: given.pop(each.name) for each in fields(Asked) if each.name in given}
            return function(Asked(**shared), **given)

        dressed: Callable[..., Any] = called
        for each in reversed(groups):
            dressed = each(dressed)
        return dressed

    return decorate


def fails_on(function: Callable[..., Any]) -> Callable[..., Any]:
    for each in reversed(FAILING):
        function = each(function)
    return function


def spec_codes(catalog: Catalog) -> frozenset[int]:
    return frozenset({Exit.INPUT} if catalog.errors else ())
