"""`penstock sdk`: a client library for what a stage of a REST API serves, as API Gateway generates it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from controller.cli.completion import names as complete
from controller.cli.exits import Exit, Stop
from controller.cli.options import AWS, FILES, PLACES, SETTINGS, Asked, Codes, option, takes
from controller.cli.plan import look

if TYPE_CHECKING:
    from reconcilers import Aws
    from specs import Instance

SPOKEN = ("android", "java", "javascript", "objective-c", "ruby", "swift")
OTHERS = "only REST APIs have SDKs of API Gateway's: make it one, `type: rest`, or give the document of \
`aws apigatewayv2 export-api` to a generator of OpenAPI clients"


@click.command("sdk", context_settings=SETTINGS)
@click.argument("name", shell_complete=complete)
@option("--language", type=click.Choice(SPOKEN), required=True, help="The language of the library.")
@option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The zip file to write.")
@option("--stage", metavar="STAGE", help="The stage it calls; by default the one that the URL of NAME means.")
@option("--parameter", "parameters", metavar="K=V", multiple=True, help="What the language has to be told; repeatable.")
@takes("text", of=(FILES, PLACES, AWS))
def command(
    asked: Asked, name: str, *, language: str, out: Path, stage: str | None, parameters: tuple[str, ...]
) -> Codes:
    """Write a client library for NAME, a zip file, as API Gateway generates it of what a stage serves.

    java needs --parameter serviceName and javaPackageName; android groupId, artifactId, artifactVersion and
    invokerPackage; objective-c and swift classPrefix; ruby service.name.
    """
    from reconcilers.gateway.rest.sdk import LANGUAGES, sdk

    told = _told(parameters)
    if lacking := [each for each in LANGUAGES[language].needs if not told.get(each)]:
        wanted = " ".join(f"--parameter {each}=…" for each in lacking)
        raise Stop(f"{language} needs {wanted}")
    aws, api_id, called = _served(asked, name, stage)
    _write(out, sdk(aws, api_id, called, LANGUAGES[language], told))
    asked.out.show(f"✔ {out}  {language}, stage {called} of {name}")
    return None


def _told(parameters: tuple[str, ...]) -> dict[str, str]:
    pairs = [each.partition("=") for each in parameters]
    if wrong := [name for name, equals, _ in pairs if not (name and equals)]:
        raise Stop(f"--parameter takes NAME=VALUE, not {wrong[0]}")
    return {name: value for name, _, value in pairs}


def _served(asked: Asked, name: str, stage: str | None) -> tuple[Aws, str, str]:
    """The REST API that the name means, and the stage to call. Raises Stop where there is none."""
    from reconcilers.gateway.rest.rest_api import RestApi

    catalog = asked.catalog()
    addresses = asked.scope(catalog, (name,))
    if len(addresses) != 1:
        raise Stop(f"an SDK is of one instance; {name} means {', '.join(addresses) or 'none'}")
    [address] = addresses
    called = _stage(next(each for each in catalog.instances if each.address == address), stage)
    report, _ = look(asked, (name,), catalog)
    for view in report.views:
        for live in view.seen.fleet.of(RestApi) if view.seen is not None else ():
            if live.key.instance == address:
                return view.aws, live.id, called
    raise Stop(f"{address} has no REST API yet: apply it first", Exit.REFUSED)


def _stage(instance: Instance, asked: str | None) -> str:
    from reconcilers.topology import api, main_stage, speaks

    if not speaks(instance, "rest"):
        raise Stop(f"{instance.address} has no REST API: {OTHERS}", Exit.REFUSED)
    stages = api(instance).gateway.stages
    if asked is not None and asked not in stages:
        raise Stop(f"{instance.address} has no stage {asked}; it has {', '.join(sorted(stages))}")
    return asked or main_stage(instance)


def _write(path: Path, archive: bytes) -> None:
    try:
        path.write_bytes(archive)
    except OSError as error:
        raise Stop(f"cannot write {path}: {error.strerror}") from None
