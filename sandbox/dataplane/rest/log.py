"""One event for each request in the access log of a REST API's stage, through the account's role (ledger 6.7, 6.14)."""

from __future__ import annotations

from sandbox import elsewhere
from sandbox.dataplane.journey import Answer
from sandbox.dataplane.mapping import log_line
from sandbox.dataplane.rest.journey import RestJourney
from sandbox.dataplane.rest.values import context
from sandbox.services.apigateway.facts import ACCOUNT


def log(journey: RestJourney, answer: Answer) -> None:
    """Nothing, when the stage has no access log, the group is gone, or the account has no role any more."""
    settings = journey.stage.fields.get("accessLogSettings") if journey.stage else None
    account = journey.world.find(ACCOUNT, "account")
    if not settings or not account or not account.fields.get("cloudwatchRoleArn"):
        return
    logs, group = elsewhere.backend(journey.world, "logs"), settings["destinationArn"].partition(":log-group:")[2]
    if group not in logs.groups:
        return
    reached = {"integrationStatus": str(answer.status)} if journey.listener else {}
    values = {name: value for name, value in context(journey).items() if value} | reached
    values |= {"status": str(answer.status), "responseLength": str(len(answer.body)), "responseLatency": "1"}
    line = log_line(settings.get("format", ""), values)
    logs.ensure_log_stream(group, journey.api.id)
    event = {"timestamp": int(journey.world.now * 1000), "message": line}
    logs.put_log_events(group, journey.api.id, [event])
