"""The way back. A proxy's answer passes through; HTTP and MOCK choose one of the integration's responses by a pattern
on the status, and without one that fits there is nothing to say but 500 (guide, "Set up integration responses").
"""

from __future__ import annotations

import json
import re

from sandbox.dataplane.journey import Answer
from sandbox.dataplane.rest.answers import refusal
from sandbox.dataplane.rest.journey import RestJourney
from sandbox.dataplane.rest.values import mapped, resolved
from sandbox.dataplane.rest.velocity import NotEvaluated
from sandbox.kinds import Fields

MISCONFIGURED = "API_CONFIGURATION_ERROR"


def mock(journey: RestJourney, body: bytes) -> Answer:
    """Answers with the status its own template says."""
    try:
        status = int(json.loads(body)["statusCode"])
    except (ValueError, KeyError, TypeError):
        return refusal(journey, MISCONFIGURED, "the mock's request template makes no {statusCode: ...}")
    return responded(journey, Answer(status, "the mock answers"))


def responded(journey: RestJourney, answer: Answer) -> Answer:
    """The integration response for the status of this answer."""
    chosen = _chosen(journey.integration.get("integrationResponses", {}), str(answer.status))
    if chosen is None:
        return refusal(journey, MISCONFIGURED, f"no integration response for status {answer.status}")
    headers = {"content-type": "application/json"}
    for name, source in chosen.get("responseParameters", {}).items():
        if value := resolved(journey, source, answer.headers):
            headers[name.removeprefix("method.response.header.").lower()] = value
    try:
        body = _body(journey, chosen.get("responseTemplates") or {}, answer.body)
    except NotEvaluated as template:
        return Answer(501, f"Velocity is not evaluated in this sandbox: {template}")
    set_ = journey.overrides
    headers |= {name.removeprefix("header.").lower(): set_[name] for name in set_ if name.startswith("header.")}
    return Answer(int(set_.get("status") or chosen["statusCode"]), answer.why, body, headers)


def _body(journey: RestJourney, templates: Fields, body: bytes) -> bytes:
    template = templates.get("application/json", next(iter(templates.values()), None))
    return body if template is None else mapped(journey, template, body).encode()


def _chosen(responses: Fields, status: str) -> Fields | None:
    patterned = [each for each in responses.values() if each.get("selectionPattern")]
    fitting = next((each for each in patterned if re.fullmatch(each["selectionPattern"], status)), None)
    return fitting or next((each for each in responses.values() if not each.get("selectionPattern")), None)
