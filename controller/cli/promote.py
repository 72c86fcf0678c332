"""`penstock promote`: lets a stage that waits serve a deployment: another stage's, its canary's, or an earlier one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from controller.cli.completion import names as complete
from controller.cli.exits import Exit, Stop, listed
from controller.cli.options import AWS, FILES, PLACES, SETTINGS, Asked, Codes, option, takes
from controller.cli.plan import look

if TYPE_CHECKING:
    from controller.promotion import Stages
    from reconcilers import Aws
    from reconcilers.gateway.rest.promoting import Snapshot


@click.command("promote", context_settings=SETTINGS)
@click.argument("name", shell_complete=complete)
@option("--to", metavar="STAGE", help="The stage that is to serve it; without it the deployments are listed.")
@option("--from", "source", metavar="STAGE", help="What this stage serves.")
@option("--deployment", metavar="ID", help="This deployment, to go back to an earlier one.")
@option("--yes", is_flag=True, help="Do not ask.")
@takes("text", "json", of=(FILES, PLACES, AWS))
def command(asked: Asked, name: str, *, to: str | None, source: str | None, deployment: str | None, yes: bool) -> Codes:
    """Let a stage of NAME serve another deployment: that of --from, of its canary, or an earlier one.

    It is for REST APIs and stages that say `deploy: manual` or `canary`; other stages follow by themselves.
    """
    from controller.promotion import Impossible

    if source is not None and deployment is not None:
        raise Stop("--from and --deployment each say which deployment: give one")
    aws, stages = _stages(asked, name)
    try:
        if to is None:
            return _listed(asked, stages)
        stages.waiting(to)
        snapshot = stages.chosen(to, source, deployment)
        if not yes:
            from controller.cli.apply import confirm

            confirm(asked, f"Let stage {to} of {stages.address} serve deployment {_told(snapshot)}?")
        moved = stages.promote(aws, to, snapshot)
    except Impossible as why:
        raise Stop(str(why), Exit.REFUSED) from None
    return _ended(asked, stages, to, snapshot, moved=moved)


def _stages(asked: Asked, name: str) -> tuple[Aws, Stages]:
    """The one REST API that the name means. Raises Stop where it means none, or several."""
    from controller.promotion import Impossible, Stages

    report, _ = look(asked, (name,))
    found = [(view, address) for view in report.views if view.seen is not None for address in sorted(view.seen.scope)]
    if len(found) != 1:
        told = ", ".join(address for _, address in found) or "none"
        raise Stop(f"one instance is promoted at a time; {name} means {told}")
    [(view, address)] = found
    assert view.seen is not None
    try:
        return view.aws, Stages.of(view.aws, view.seen, address)
    except Impossible as why:
        raise Stop(str(why), Exit.REFUSED) from None


def _ended(asked: Asked, stages: Stages, to: str, snapshot: Snapshot, *, moved: bool) -> Codes:
    if asked.output == "json":
        told = {"format": "penstock.promotion/1", "service": stages.address, "stage": to, "deployment": snapshot.id}
        click.echo(json.dumps(told | {"moved": moved, "exitCodes": listed(())}, indent=2))
    elif moved:
        asked.out.show(f"✔ {stages.address}  stage {to} serves deployment {snapshot.id}")
    else:
        asked.out.show(f"○ {stages.address}  stage {to} serves deployment {snapshot.id} already")
    return None


def _listed(asked: Asked, stages: Stages) -> Codes:
    if asked.output == "json":
        told: dict[str, Any] = {"format": "penstock.deployments/1", "service": stages.address}
        told["deployments"] = [
            {
                "id": each.id,
                "created": f"{each.created:%Y-%m-%dT%H:%M:%SZ}",
                "stages": list(each.stages),
                "canaries": list(each.canaries),
            }
            for each in stages.kept
        ]
        click.echo(json.dumps(told | {"exitCodes": listed(())}, indent=2))
    else:
        asked.out.show("\n".join(map(_told, stages.kept)))
    return None


def _told(snapshot: Snapshot) -> str:
    served = [*snapshot.stages, *(f"{each} (canary)" for each in snapshot.canaries)]
    return f"{snapshot.id}  {snapshot.created:%Y-%m-%d %H:%M}  {', '.join(served)}".rstrip()
