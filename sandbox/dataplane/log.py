"""Access logs of HTTP and WebSocket APIs (ledger 7.6)."""

from __future__ import annotations

from sandbox import elsewhere
from sandbox.dataplane import mapping
from sandbox.dataplane.journey import Answer, Journey


def log(journey: Journey, answer: Answer) -> None:
    """One event in the stage's access log, if it has one and the group is still there (ledger 7.6)."""
    settings = journey.stage.fields.get("AccessLogSettings") if journey.stage else None
    if not settings or not settings.get("DestinationArn"):
        return
    logs, group = (
        elsewhere.backend(journey.world, "logs"),
        settings["DestinationArn"].partition(":log-group:")[2].removesuffix(":*"),
    )
    if group not in logs.groups:
        return
    reached = (
        {"integrationStatus": str(answer.status), "integration.status": str(answer.status)} if journey.listener else {}
    )
    values = (
        mapping.context(journey)
        | reached
        | {
            "status": str(answer.status),
            "responseLength": str(len(answer.body)),
            "responseLatency": "1",
            "integrationLatency": "1",
        }
    )
    line = mapping.log_line(settings.get("Format", ""), values)
    logs.ensure_log_stream(group, journey.api.id)
    logs.put_log_events(group, journey.api.id, [{"timestamp": int(journey.world.now * 1000), "message": line}])
