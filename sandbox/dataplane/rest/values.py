"""Where a parameter's value may come from: the request, the stage's variables, the context, or quotes around it.

Source: API Gateway guide, "Mapping data"; `$context` variables, "Variables for data transformations".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from sandbox.dataplane.rest.journey import RestJourney
from sandbox.dataplane.rest.velocity import NotEvaluated, Template
from sandbox.kinds import look

_STAGE_VARIABLE = re.compile(r"\$\{stageVariables\.(\w+)\}")
_INPUT = re.compile(
    r"\$input\.(?:body|json\('\$(?P<json>[^']*)'\)|params\('(?P<param>[^']+)'\))"
    r"|\$(?P<source>context|stageVariables)\.(?P<name>[\w.]+)"
)
_UNKNOWN = re.compile(r"\$(util|input)\.")


def context(journey: RestJourney) -> dict[str, str]:
    world, came, api = journey.world, journey.came, journey.api.id
    host = f"{api}.execute-api.{world.region}.amazonaws.com"
    return {
        "accountId": world.account,
        "apiId": api,
        "domainName": host,
        "domainPrefix": api,
        "httpMethod": came.method,
        "path": came.path,
        "protocol": "HTTP/1.1",
        "requestId": f"{api}-{world.edits}-{world.turns}",
        "resourceId": str(journey.resource.get("id", "")),
        "resourcePath": str(journey.resource.get("path", "")),
        "stage": journey.stage["stageName"] if journey.stage else "",
        "identity.apiKey": str(journey.caller.get("apiKey", "")),
        "identity.sourceIp": came.headers.get("x-forwarded-for", "127.0.0.1"),
        "identity.userAgent": came.headers.get("user-agent", ""),
        "requestTime": world.time.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "requestTimeEpoch": str(int(world.now * 1000)),
        **{f"authorizer.{name}": str(value) for name, value in journey.caller.get("authorizer", {}).items()},
    }


def resolved(journey: RestJourney, source: str, answered: Mapping[str, str] | None = None) -> str:
    """The value of `'quoted'`, `method.request.….x`, `context.x`, `stageVariables.x`, and of
    `integration.response.header.x` where there is an answer. Empty when the request has no such thing."""
    if source.startswith("'"):
        return source.strip("'")
    first, _, rest = source.partition(".")
    if first == "stageVariables":
        return journey.variable(rest)
    if first == "context":
        return context(journey).get(rest, "")
    place, _, name = rest.partition(".")[2].partition(".")
    if first == "integration":
        return (answered or {}).get(name.lower(), "")
    return _of_request(journey, place, name)


def _of_request(journey: RestJourney, place: str, name: str) -> str:
    """What the method was asked with."""
    came = journey.came
    match place:
        case "path":
            return journey.variables.get(name, "")
        case "header" | "multivalueheader":
            return came.headers.get(name.lower(), "")
        case "querystring":
            return next((value for key, value in reversed(came.query) if key == name), "")
        case "multivaluequerystring":
            return ",".join(value for key, value in came.query if key == name)
    return in_body(came.body, name)


def in_body(body: bytes, path: str) -> str:
    """A member of a JSON body by its path; the whole body without one."""
    if not path:
        return body.decode(errors="replace")
    try:
        parsed: Any = json.loads(body)
    except ValueError:
        return ""
    found = look(path, parsed)
    return found if isinstance(found, str) else json.dumps(found) if found is not None else ""


def with_variables(journey: RestJourney, text: str) -> str:
    """`${stageVariables.x}` filled in, as in a URI or a connection id."""
    return _STAGE_VARIABLE.sub(lambda word: journey.variable(word[1]), text)


def mapped(journey: RestJourney, template: str, body: bytes) -> str:
    """A mapping template filled in; what it says of the response is kept for the way back. Raises `NotEvaluated`."""

    def value(word: re.Match[str]) -> str:
        if word["source"]:
            source = f"{word['source']}.{word['name']}"
            return resolved(journey, source)
        if word["param"]:
            return _parameter(journey, word["param"])
        return in_body(body, (word["json"] or "").lstrip("."))

    def filled(text: str) -> str:
        told = _INPUT.sub(value, text)
        if _UNKNOWN.search(told):
            raise NotEvaluated(template)
        return told

    velocity = Template(_known(journey, body), filled)
    told = velocity.render(template)
    journey.overrides |= velocity.overrides
    return told


def _parameter(journey: RestJourney, name: str) -> str:
    """`$input.params(name)`: of the path, else of the query, else a header."""
    places = ("path", "querystring", "header")
    return next((found for place in places if (found := _of_request(journey, place, name))), "")


def _known(journey: RestJourney, body: bytes) -> dict[str, Any]:
    """What a template may ask in its conditions."""

    def params(name: str | None = None) -> Any:
        if name is not None:
            return _parameter(journey, name)
        headers = {each.title(): value for each, value in journey.came.headers.items()} | journey.came.headers
        return {"path": journey.variables, "querystring": dict(journey.came.query), "header": headers}

    named = journey.stage.fields.get("variables", {}) if journey.stage else {}
    variables = {name: journey.variable(name) for name in named}
    asked = {"params": params, "body": body.decode(errors="replace")}
    return {"input": asked, "context": context(journey), "stageVariables": variables}
