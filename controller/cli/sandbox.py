"""`penstock sandbox up`: AWS as it behaves, on loopback, for trying Penstock and for tests that cost nothing."""

from __future__ import annotations

from pathlib import Path

import click

from controller.cli.exits import Exit, Stop
from controller.cli.options import SETTINGS, option

EXTRA = "the sandbox is an extra: pip install 'penstock[sandbox]'"


@click.group("sandbox", context_settings=SETTINGS)
def command() -> None:
    """An AWS of your own on loopback."""


def _quotas(_ctx: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> dict[str, int]:
    quotas = {}
    for value in values:
        name, _, number = value.partition("=")
        if not number.isdigit():
            raise click.BadParameter(f"{value!r} is not NAME=NUMBER, such as vpc-links=200")
        quotas[name] = int(number)
    return quotas


@command.command(context_settings=SETTINGS)
@option("--port", type=click.IntRange(0, 65_535), default=0, show_default="any free one", help="0 takes a free one.")
@option("--speed", type=click.FloatRange(1.0), default=60.0, show_default=True, help="Its seconds per real second.")
@option("--quota", multiple=True, callback=_quotas, metavar="NAME=N", help="Another quota than AWS's; repeatable.")
@option("--state", type=click.Path(path_type=Path, dir_okay=False), help="Where its world is kept between runs.")
def up(port: int, speed: float, quota: dict[str, int], state: Path | None) -> None:
    """Serve until SIGTERM or Ctrl-C; prints AWS_ENDPOINT_URL=... once it answers."""
    require()
    from sandbox.up import up as serve

    try:
        serve(port, speed=speed, quotas=quota, saved=state)
    except OSError as error:
        raise Stop(f"cannot listen on port {port}: {error.strerror}", Exit.ERROR) from None


def require() -> None:
    """Raises Stop, naming the extra, where the sandbox's own dependency is not installed."""
    from importlib.util import find_spec

    if find_spec("moto") is None:
        raise Stop(EXTRA)
