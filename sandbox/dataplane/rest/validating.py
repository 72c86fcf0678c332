"""What a request validator turns away: a required parameter that is missing or blank, and a body its model does not
allow (guide, "Request validation")."""

from __future__ import annotations

import json

from sandbox.dataplane.journey import Answer
from sandbox.dataplane.rest.answers import refusal
from sandbox.dataplane.rest.journey import RestJourney
from sandbox.dataplane.rest.schema import keeps
from sandbox.dataplane.rest.values import resolved


def validate(journey: RestJourney) -> Answer | None:
    """As the deployed validator of the method says. A body whose content type has no model is not looked at."""
    validator = journey.shown["validators"].get(journey.method.get("requestValidatorId", ""), {})
    if validator.get("validateRequestParameters") and (missing := _missing(journey)):
        told = f"Missing required request parameters: [{', '.join(missing)}]"
        return refusal(journey, "BAD_REQUEST_PARAMETERS", told, told)
    if validator.get("validateRequestBody") and not _fits(journey):
        return refusal(journey, "BAD_REQUEST_BODY", "the body does not keep to its model")
    return None


def _missing(journey: RestJourney) -> list[str]:
    declared = journey.method.get("requestParameters", {}).items()
    needed = [name for name, required in declared if required]
    return [name.split(".", 3)[3] for name in needed if not resolved(journey, name)]


def _fits(journey: RestJourney) -> bool:
    models = {name: json.loads(each.get("schema", "{}")) for name, each in journey.shown["models"].items()}
    named = journey.method.get("requestModels", {})
    sort = journey.came.headers.get("content-type", "application/json").partition(";")[0].strip()
    if sort not in named:
        return True
    try:
        body = json.loads(journey.came.body)
    except ValueError:
        return False
    return keeps(body, models.get(named[sort], {}), models)
