"""`penstock explain`: what a field is for, what an error code means, what a reason on a status says."""

from __future__ import annotations

import click

from controller.cli.exits import Stop
from controller.cli.options import SETTINGS, Asked, takes


@click.command("explain", context_settings=SETTINGS)
@click.argument("path", default="")
@takes()
def command(asked: Asked, path: str) -> None:
    """Explain a field (apiservice.services.scaling), a code (E1101), all codes (codes) or all reasons (reasons)."""
    from specs import explain

    if not path:
        asked.out.show("\n\n".join(explain(kind) for kind in ("apiservice", "environment")))
        return
    if path.lower() in ("reasons", "codes"):
        asked.out.show(_table(_reasons() if path.lower() == "reasons" else _codes()))
        return
    reasons = {name.lower(): f"{name}: {about}" for name, about in _reasons().items()}
    if path.lower() in reasons:
        asked.out.show(reasons[path.lower()])
        return
    try:
        asked.out.show(explain(path))
    except KeyError as nowhere:
        raise Stop(str(nowhere.args[0])) from None


def _table(rows: dict[str, str]) -> str:
    wide = max(map(len, rows))
    return "\n".join(f"{name:<{wide}}  {about}" for name, about in rows.items())


def _codes() -> dict[str, str]:
    from specs.codes import CODES

    return dict(CODES)


def _reasons() -> dict[str, str]:
    from controller.conditions import REASONS

    return dict(REASONS)
