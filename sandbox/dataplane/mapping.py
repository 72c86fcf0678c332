"""Parameter mapping of HTTP APIs: what an integration adds to, takes from and puts over a request or a response.

Source: API Gateway guide, "Transforming API requests and responses for HTTP APIs"; `$context` variables, "Customizing
HTTP API access logs".
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.dataplane.journey import Answer, Journey, Request
from sandbox.kinds import look

Resolve = Callable[[str, str], str]  # (source, name) -> value
_WORD = re.compile(r"\$\{?(request|response|context|stageVariables)(?:\.([\w.$\-\[\]]+))?\}?")
_CONTEXT = re.compile(r"\$context\.([A-Za-z0-9.]+)")


def request_mapped(journey: Journey) -> Request:
    """The request as the integration's RequestParameters make it."""
    request = journey.request
    for key, value in journey.integration.get("RequestParameters", {}).items():
        action, _, place = key.partition(":")
        request = _applied(request, action, place, text(value, lambda source, name: sourced(journey, source, name)))
    return request


def response_mapped(journey: Journey, answer: Answer) -> Answer:
    """The task's answer as the integration's ResponseParameters for its status make it."""
    headers, status = dict(answer.headers), answer.status
    for key, value in journey.integration.get("ResponseParameters", {}).get(str(answer.status), {}).items():
        action, _, place = key.partition(":")
        told = text(
            value,
            lambda source, name: (
                headers.get(name.partition(".")[2].lower(), "")
                if source == "response"
                else sourced(journey, source, name)
            ),
        )
        if place == "statuscode":
            status = int(told)
        else:
            _put(headers, action, place.removeprefix("header.").lower(), told)
    return Answer(status, answer.why, answer.body, headers)


def text(value: str, resolve: Resolve) -> str:
    """A value with its `$request.…`, `$context.…`, `$stageVariables.…` filled in; anything else is meant literally."""
    return _WORD.sub(lambda word: resolve(word[1], word[2] or ""), value)


def log_line(form: str, values: Mapping[str, str]) -> str:
    """An access log line: `$context` variables filled in, `-` for what has no value."""
    return _CONTEXT.sub(lambda word: values.get(word[1], "-"), form)


def context(journey: Journey) -> dict[str, str]:
    """`$context` variables of a request."""
    world, came, api = journey.world, journey.came, journey.api.id
    host = came.headers.get("host", "")
    return {
        "accountId": world.account,
        "apiId": api,
        "domainName": host,
        "domainPrefix": host.partition(".")[0],
        "httpMethod": came.method,
        "path": came.path,
        "protocol": "HTTP/1.1",
        "requestId": f"{api}-{world.edits}-{world.turns}",
        "routeKey": journey.route.get("RouteKey", "-"),
        "stage": journey.stage["StageName"] if journey.stage else "-",
        "identity.sourceIp": came.headers.get("x-forwarded-for", "127.0.0.1"),
        "identity.userAgent": came.headers.get("user-agent", "-"),
        "requestTime": world.time.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "requestTimeEpoch": str(int(world.now * 1000)),
        **journey.socket,
        **{f"authorizer.{name}": value for name, value in journey.authorizer.items()},
    }


# ---- in their words


def sourced(journey: Journey, source: str, name: str) -> str:  # noqa: PLR0911  # one line for each source
    """The value of `$source.name` for this request; empty when there is none."""
    if source == "context":
        return context(journey).get(name, "")
    if source == "stageVariables":
        variables = journey.stage.fields.get("StageVariables", {}) if journey.stage else {}
        return str(variables.get(name, ""))
    kind, _, rest = name.partition(".")
    request = journey.request
    match kind:
        case "path":
            return journey.variables.get(rest, "") if rest else request.path
        case "header":
            return request.headers.get(rest.lower(), "")
        case "querystring":
            return next((value for key, value in request.query if key == rest), "")
        case "body":
            return _in_body(request.body, rest)
    return ""


def _in_body(body: bytes, path: str) -> str:
    try:
        parsed: Any = json.loads(body)
    except ValueError:
        return ""
    found = look(path, parsed) if path else parsed
    return found if isinstance(found, str) else json.dumps(found) if found is not None else ""


def _applied(request: Request, action: str, place: str, value: str) -> Request:
    if place == "path":
        return request.over(path=value)
    kind, _, name = place.partition(".")
    if kind == "header":
        headers = dict(request.headers)
        _put(headers, action, name.lower(), value)
        return request.over(headers=headers)
    others = tuple(pair for pair in request.query if pair[0] != name)
    if action == "remove":
        return request.over(query=others)
    return request.over(query=(*(request.query if action == "append" else others), (name, value)))


def _put(headers: dict[str, str], action: str, name: str, value: str) -> None:
    if action == "remove":
        headers.pop(name, None)
    elif action == "append" and name in headers:
        headers[name] += f",{value}"
    else:
        headers[name] = value
