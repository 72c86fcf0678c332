"""What a document says of the API as a whole: its settings, its request validators, its gateway responses."""

import re
from collections.abc import Mapping
from typing import Any

from specs.node import Node
from specs.openapi import words
from specs.openapi.contract import Members
from specs.openapi.finding import Findings, members, step, text
from specs.openapi.reading import Document
from specs.problem import Origin

MOST_COMPRESSION = 10_485_760  # bytes; CreateRestApi, minimumCompressionSize
KEY_SOURCES = ("HEADER", "AUTHORIZER")
FLAGS = ("validateRequestBody", "validateRequestParameters")
REASONS: Mapping[str, str | None] = {
    "DEFAULT_4XX": None,
    "DEFAULT_5XX": None,
    "ACCESS_DENIED": "403",
    "API_CONFIGURATION_ERROR": "500",
    "AUTHORIZER_CONFIGURATION_ERROR": "500",
    "AUTHORIZER_FAILURE": "500",
    "BAD_REQUEST_BODY": "400",
    "BAD_REQUEST_PARAMETERS": "400",
    "EXPIRED_TOKEN": "403",
    "INTEGRATION_FAILURE": "504",
    "INTEGRATION_TIMEOUT": "504",
    "INVALID_API_KEY": "403",
    "INVALID_SIGNATURE": "403",
    "MISSING_AUTHENTICATION_TOKEN": "403",
    "QUOTA_EXCEEDED": "429",
    "REQUEST_TOO_LARGE": "413",
    "RESOURCE_NOT_FOUND": "404",
    "THROTTLED": "429",
    "UNAUTHORIZED": "401",
    "UNSUPPORTED_MEDIA_TYPE": "415",
    "WAF_FILTERED": "403",
}
"""Every gateway response with the status it has unless it is told another (guide, "Gateway response types")."""
HEADER = re.compile(r"gatewayresponse\.header\.\S+")
VALUE = re.compile(
    r"'[^']*'|method\.request\.(path|querystring|multivaluequerystring|header|multivalueheader)\.\S+"
    r"|(context|stageVariables)\.\S+"
)


def api_members(document: Document, findings: Findings, origins: dict[str, Origin]) -> Members:
    """Members of CreateRestApi; a member that the document does not mention is not there."""
    found: dict[str, Node] = {}
    root = members(document.root)
    wanted = {
        "description": members(root.get("info")).get("description"),
        "binaryMediaTypes": root.get(words.BINARY),
        "minimumCompressionSize": root.get(words.COMPRESSION),
        "apiKeySource": root.get(words.KEY_SOURCE),
        "policy": root.get(words.POLICY),
        "securityPolicy": root.get(words.TLS),
        "endpointAccessMode": root.get(words.ACCESS_MODE),
    }
    endpoint = members(document.server).get(words.ENDPOINT) or root.get(words.ENDPOINT)
    wanted |= {name: members(endpoint).get(name) for name in ("disableExecuteApiEndpoint", "vpcEndpointIds")}
    for name, node in wanted.items():
        if node is not None and node.value is not None:
            found[name] = node
            origins[step("gateway", "openapi", "api", name)] = node.key
    told = {name: node.plain() for name, node in found.items()}
    _check(told, found, findings)
    return told


def _check(told: dict[str, Any], found: Mapping[str, Node], findings: Findings) -> None:
    def refuse(name: str, rule: str) -> None:
        findings.refuse(found[name], f"the API cannot have this {name}", rule, words.CREATE_REST_API)

    if "description" in told:
        told["description"] = str(told["description"])
    size = told.get("minimumCompressionSize", 0)
    if not isinstance(size, int) or not 0 <= size <= MOST_COMPRESSION:
        refuse("minimumCompressionSize", f"the size is between 0 and {MOST_COMPRESSION} bytes")
    if str(told.get("apiKeySource", "HEADER")).upper() not in KEY_SOURCES:
        refuse("apiKeySource", "valid values are HEADER and AUTHORIZER")
    elif "apiKeySource" in told:
        told["apiKeySource"] = told["apiKeySource"].upper()
    types = told.get("binaryMediaTypes", ())
    if not isinstance(types, tuple) or not all(isinstance(each, str) for each in types):
        refuse("binaryMediaTypes", "the media types are a list")
    if not isinstance(told.get("policy", {}), Mapping):
        refuse("policy", "a resource policy is a JSON document")
    if not isinstance(told.get("disableExecuteApiEndpoint", False), bool):
        refuse("disableExecuteApiEndpoint", "it is true or false")


def validators(document: Document, findings: Findings) -> dict[str, Members]:
    """By name: what each looks at."""
    found: dict[str, Members] = {}
    for name, said in members(document.root.get(words.VALIDATORS)).items():
        flags = {flag: members(said).get(flag) for flag in FLAGS}
        for flag, value in flags.items():
            if value is not None and text(value).lower() not in ("true", "false"):
                findings.refuse(value, f"{flag} is true or false", "it is a Boolean", words.PUT_METHOD)
        found[name] = {flag: text(value).lower() == "true" for flag, value in flags.items()}
    return found


def responses(document: Document, findings: Findings) -> dict[str, Members]:
    """By reason: what API Gateway answers when it refuses a request itself."""
    found: dict[str, Members] = {}
    for reason, said in members(document.root.get(words.RESPONSES)).items():
        if reason not in REASONS:
            rule = "Invalid gateway response type specified"
            findings.refuse(said, f"there is no gateway response `{reason}`", rule, words.RESPONSE_TYPES, key=True)
            continue
        written = members(said)
        told: dict[str, Any] = {}
        if status := text(written.get("statusCode")) or REASONS[reason]:
            told["statusCode"] = status
        if "responseParameters" in written:
            told["responseParameters"] = _headers(written["responseParameters"], findings)
        if "responseTemplates" in written:
            templates = members(written["responseTemplates"])
            told["responseTemplates"] = {name: text(each) for name, each in templates.items()}
        if status and not re.fullmatch("[1-5][0-9][0-9]", status):
            rule = f"Invalid status code: {status}"
            findings.refuse(written["statusCode"], f"`{status}` is no status", rule, words.RESPONSE_TYPES)
        found[reason] = told
    return found


def _headers(parameters: Node, findings: Findings) -> dict[str, str]:
    for name, value in members(parameters).items():
        if not HEADER.fullmatch(name) or not VALUE.fullmatch(text(value)):
            rule = f"Invalid response parameter specified: {name}"
            findings.refuse(value, f"`{name}` cannot be set to `{text(value)}`", rule, words.RESPONSE_TYPES)
    return {name: text(value) for name, value in members(parameters).items()}
