"""A request as bytes, read by botocore's model of its operation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from moto.core.parse import PROTOCOL_PARSERS
from werkzeug.datastructures import Headers, MultiDict

from sandbox import cbor, shapes
from sandbox.calls import Call

NO_LABELS: Mapping[str, str] = {}


def parsed(call: Call, labels: Mapping[str, str] = NO_LABELS) -> dict[str, Any]:
    """The members of the request in botocore's words. Raises ValueError for what is no such request."""
    if call.http is None:
        return call.request
    model, http = shapes.operation(call.service, call.operation), call.http
    if cbor.spoken(http.headers):
        return dict(cbor.loads(http.body))
    protocol = shapes.protocol(call.service)
    form = parse_qs(http.body.decode() if protocol in ("query", "ec2") else http.query, keep_blank_values=True)
    values = MultiDict((name, value) for name, found in form.items() for value in found)
    wire = {
        "body": http.body,
        "headers": Headers(http.headers),
        "method": http.method,
        "url_params": labels,
        "url_path": http.path,
        "values": values,
    }
    try:
        return dict(PROTOCOL_PARSERS[protocol](model).parse(wire))
    except (TypeError, AttributeError, KeyError) as malformed:
        raise ValueError(str(malformed)) from malformed
