"""Sense in the stages of a REST API: which follow every deployment, and which wait to be promoted."""

from collections.abc import Iterator

from specs.finding import Finding
from specs.gateway import Gateway
from specs.node import Steps
from specs.stages import Deployments, Stage


def check_stages(gateway: Gateway) -> Iterator[Finding]:
    """What follows and what waits. An API made by hand is deployed to by others too, so there nothing waits for us."""
    if gateway.type != "rest":
        yield from _only_rest(gateway)
        return
    for name, stage in gateway.stages.items():
        for field in _waiting(stage) if gateway.adopt else ():
            message = "in an API made by hand others deploy too, so no stage waits to be promoted"
            where: Steps = ("gateway", "stages", name, field)
            yield Finding("E1368", where, message, "promote it as it was promoted so far", at_key=True)
        if len(_waiting(stage)) > 1:
            where = ("gateway", "stages", name, "deploy")
            message = "a stage with a canary is deployed to: its canary follows, and the rest waits"
            yield Finding("E1368", where, message, "leave out one of the two", at_key=True)


def _only_rest(gateway: Gateway) -> Iterator[Finding]:
    hint = "make it one: `type: rest`"
    for name, stage in gateway.stages.items():
        for field in _waiting(stage):
            message = "only stages of a REST API wait to be promoted"
            yield Finding("E1350", ("gateway", "stages", name, field), message, hint, at_key=True)
    if gateway.deployments != Deployments():
        message = "only a REST API keeps deployments to go back to"
        yield Finding("E1350", ("gateway", "deployments"), message, hint, at_key=True)


def _waiting(stage: Stage) -> list[str]:
    """The fields that say that it waits."""
    told = {"deploy": stage.deploy == "manual", "canary": stage.canary is not None}
    return [field for field, waits in told.items() if waits]
