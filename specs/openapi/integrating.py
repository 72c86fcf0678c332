"""`x-amazon-apigateway-integration`: what is behind one operation, and what AWS would say of it (ledger 6.5)."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from specs.node import Node
from specs.openapi import words
from specs.openapi.contract import Members
from specs.openapi.finding import Findings, items, members, text

MEMBERS = (
    "uri", "credentials", "connectionId", "integrationTarget", "requestTemplates", "cacheNamespace",
    "cacheKeyParameters", "tlsConfig", "timeoutInMillis",
)  # fmt: skip
WORDS: Mapping[str, tuple[str, ...]] = {
    "passthroughBehavior": ("WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"),
    "connectionType": ("INTERNET", "VPC_LINK"),
    "contentHandling": ("CONVERT_TO_BINARY", "CONVERT_TO_TEXT"),
    "responseTransferMode": ("BUFFERED", "STREAM"),
}
"""Source: botocore apigateway PutIntegration and developer guide, "Passthrough behavior"."""
READ = {*MEMBERS, *WORDS, "type", "httpMethod", "requestParameters", "responses", "$ref"}


def _is_text(node: Node) -> bool:
    return not isinstance(node.value, (Mapping, tuple))


def _is_map(node: Node) -> bool:
    return isinstance(node.value, Mapping)


def _is_map_of_text(node: Node) -> bool:
    return _is_map(node) and not any(isinstance(each.value, (Mapping, tuple)) for each in members(node).values())


def _is_list_of_text(node: Node) -> bool:
    return isinstance(node.value, tuple) and all(isinstance(each.value, str) for each in items(node))


TEXTS = ("uri", "credentials", "connectionId", "integrationTarget", "cacheNamespace")
SHAPES: Mapping[str, tuple[Callable[[Node], bool], str]] = {
    **dict.fromkeys(("type", "httpMethod", *TEXTS), (_is_text, "text")),
    "cacheKeyParameters": (_is_list_of_text, "a list of parameters"),
    "requestTemplates": (_is_map_of_text, "a map of text"),
    **dict.fromkeys(("requestParameters", "responses", "tlsConfig"), (_is_map, "a map")),
}
"""What each member has to be."""
TYPES = ("AWS", "AWS_PROXY", "HTTP", "HTTP_PROXY", "MOCK")
METHODS = ("GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "ANY")
HTTP = re.compile(r"https?://[^/\s:]+(:([0-9]{1,5}|\$\{stageVariables\.[A-Za-z0-9_]+\}))?([/?]\S*)?")
ARN = re.compile(r"arn:aws[^:]*:apigateway:[^:]+:[^:]+:(path|action)/\S+")
ASKED = re.compile(r"integration\.request\.(path|querystring|header)\.\S+")
SOURCE = re.compile(
    r"'[^']*'|(stageVariables|context)\.\S+|method\.request\.body(\.\S+|\[\S+)?"
    r"|method\.request\.(path|querystring|multivaluequerystring|header|multivalueheader)\.\S+"
)
TOLD = re.compile(
    r"'[^']*'|(stageVariables|context)\.\S+|integration\.response\.(body(\.\S+|\[\S+)?|(multivalue)?header\.\S+)"
)
ANSWERED = re.compile(r"method\.response\.header\.\S+")
SHORTEST, LONGEST, LONGEST_STREAM = 50, 29_000, 900_000  # ms; "Quotas for configuring and running a REST API"
STATUS = re.compile("[1-5][0-9][0-9]")


def integration_of(said: Node, method: Members, findings: Findings) -> Members:
    """Members of PutIntegration, `httpMethod` being the one it calls with, and `responses` by status; of `method` only
    the declared parameters and headers count."""
    written = {name: each for name, each in members(said).items() if each.value is not None}
    told: dict[str, Any] = {name: written[name].plain() for name in MEMBERS if name in written}
    told |= {name: text(written[name]).upper() for name in WORDS if name in written}
    if (wrong := _malformed(written)) is not None:
        rule = "Unable to parse API definition because of a malformed integration"
        findings.refuse(written[wrong], f"`{wrong}` is not {SHAPES[wrong][1]}", rule, words.INTEGRATIONS)
        return {"type": "MOCK", "requestParameters": {}, "responses": {}}
    told |= {name: text(written[name]) for name in TEXTS if name in written}
    if "requestTemplates" in written:
        templates = members(written["requestTemplates"]).items()
        told["requestTemplates"] = {name: None if each.value is None else text(each) for name, each in templates}
    told["type"] = text(written.get("type")).upper()
    if told["type"] not in TYPES:
        rule = f"Enumeration value for Type must be one of {', '.join(TYPES)}"
        findings.refuse(written.get("type", said), "this is no type of integration", rule, words.PUT_INTEGRATION)
        return {**told, "requestParameters": {}, "responses": {}}
    if (waits := text(written.get("timeoutInMillis"))).isdecimal():  # a number in quotes is one
        told["timeoutInMillis"] = int(waits)
    if "httpMethod" in written:
        told["httpMethod"] = text(written["httpMethod"]).upper()
    for name in written.keys() - READ:
        hint = f"an integration of a REST API has no such member: {words.INTEGRATIONS}"
        findings.warn(written[name], f"`{name}` means nothing here", hint)
    told["requestParameters"] = _strings(written.get("requestParameters"), findings)
    told["responses"] = _answers(written.get("responses"), method["responses"], findings)
    _Check(told, written, said, findings).all(method["requestParameters"])
    return told


def _malformed(written: Mapping[str, Node]) -> str | None:
    """The first member that is not of its shape."""
    return next((name for name, (fits, _) in SHAPES.items() if name in written and not fits(written[name])), None)


def _strings(parameters: Node | None, findings: Findings) -> dict[str, str]:
    """Those that are text; others are left out with a warning (recorded put_rest_api/5)."""
    found: dict[str, str] = {}
    for name, value in members(parameters).items():
        if isinstance(value.value, str):
            found[name] = value.value
        else:
            rule = "Expected type string for property"
            findings.warn(value, f"`{name}` is not text and is left out", f"AWS: {rule} `{name}`", key=False)
    return found


def _answers(responses: Node | None, declared: Mapping[str, Members], findings: Findings) -> dict[str, Members]:
    """By status; `default` has no pattern. Of two patterns with one status the first counts."""
    found: dict[str, Members] = {}
    for pattern, answer in members(responses).items():
        said = members(answer)
        status = text(said.get("statusCode")) or "200"
        if not STATUS.fullmatch(status):
            rule = "a status code matches [1-5]\\d\\d (botocore, StatusCode)"
            findings.refuse(said.get("statusCode", answer), f"`{status}` is no status", rule, words.INTEGRATIONS)
        elif status in found:
            hint = "API Gateway keeps one integration response for each status"
            findings.warn(answer, f"another pattern has status {status} already", hint)
        else:
            found[status] = _answer(pattern, said, findings)
            _declared(said, status, declared.get(status), findings)
    return found


def _declared(said: Mapping[str, Node], status: str, response: Members | None, findings: Findings) -> None:
    """A header that is set has to be declared by the method's response of that status, or an import refuses it, as
    quoted in amazon-archives/aws-apigateway-importer, issues 121 and 209."""
    for name, value in members(said.get("responseParameters")).items():
        header = name.removeprefix("method.response.header.")
        if response is None:
            message = f"the operation has no response {status} that declares `{header}`"
            findings.refuse(value, message, "No method response exists for method.", words.MAPPING, key=True)
        elif name not in response["responseParameters"] and ANSWERED.fullmatch(name):
            rule = f"Invalid mapping expression parameter specified: {name}"
            message = f"response {status} of the operation declares no header `{header}`: say it under `headers`"
            findings.refuse(value, message, rule, words.MAPPING, key=True)


def _answer(pattern: str, said: Mapping[str, Node], findings: Findings) -> Members:
    told: dict[str, Any] = {} if pattern == "default" else {"selectionPattern": pattern}
    for name, value in members(said.get("responseParameters")).items():
        if not ANSWERED.fullmatch(name) or not TOLD.fullmatch(text(value)):
            rule = "Invalid mapping expression specified"
            findings.refuse(value, f"`{name}` cannot be set to `{text(value)}`", rule, words.MAPPING)
        told.setdefault("responseParameters", {})[name] = text(value)
    if "responseTemplates" in said:
        told["responseTemplates"] = {name: text(each) for name, each in members(said["responseTemplates"]).items()}
    if text(said.get("contentHandling")):
        told["contentHandling"] = text(said["contentHandling"]).upper()
    return told


class _Check:
    """What PutIntegration would refuse; each rule in AWS's words as far as they are known (ledger 6.5)."""

    def __init__(self, told: Members, written: Mapping[str, Node], said: Node, findings: Findings) -> None:
        self.told, self.written, self.said, self.findings = told, written, said, findings
        self.http = told["type"].startswith("HTTP")
        self.private = told.get("connectionType") == "VPC_LINK"

    def refuse(self, name: str, message: str, rule: str) -> None:
        self.findings.refuse(self.written.get(name, self.said), message, rule, words.PUT_INTEGRATION)

    def all(self, declared: Mapping[str, bool]) -> None:
        self._words()
        self._method()
        self._uri()
        self._connection()
        self._timing()
        self._mapping(declared)

    def _words(self) -> None:
        for name, known in WORDS.items():
            if self.told.get(name, known[0]) not in known:
                self.refuse(name, f"there is no {name} `{self.told[name]}`", f"{name} is one of {', '.join(known)}")

    def _method(self) -> None:
        method = self.told.get("httpMethod")
        if method is None and self.told["type"] != "MOCK":
            message = f"an integration of type {self.told['type']} says `httpMethod`"
            self.refuse("httpMethod", message, "Enumeration value for HttpMethod must be non-empty")
        elif method is not None and method not in METHODS:
            self.refuse("httpMethod", f"there is no method {method}", f"Valid options are {','.join(METHODS)}")

    def _uri(self) -> None:
        kind, uri = self.told["type"], str(self.told.get("uri", ""))
        if self.http and not HTTP.fullmatch(uri):
            self.refuse("uri", f"`{uri}` is no URL", "Invalid HTTP endpoint specified for URI")
        elif kind.startswith("AWS") and not uri.startswith("arn:aws"):
            self.refuse("uri", f"`{uri}` is no ARN", "Invalid ARN specified in the request")
        elif kind.startswith("AWS") and not ARN.fullmatch(uri):
            self.refuse("uri", f"`{uri}` names no action", "AWS ARN for integration must contain path or action")
        elif kind == "AWS_PROXY" and ":lambda:path/" not in uri and ":firehose:action/" not in uri:
            rule = "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream"
            self.refuse("uri", f"`{uri}` is no function", f"{rule} invocations.")

    def _connection(self) -> None:
        link, target = self.told.get("connectionId"), self.told.get("integrationTarget")
        if self.private and not self.http:
            rule = "A VPC link can be used with integrations of type HTTP and HTTP_PROXY only"
            self.refuse("connectionType", "only HTTP goes through a VPC link", rule)
        if self.private and not link:
            rule = "A connectionId must be specified for connectionType VPC_LINK"
            self.refuse("connectionType", "no `connectionId` says which VPC link", rule)
        if link and not self.private:
            self.refuse("connectionId", "there is no VPC link to name", "A connectionId needs connectionType VPC_LINK")
        if target and not link:
            self.refuse("integrationTarget", "no VPC link leads there", "An integrationTarget needs a VPC link")

    def _timing(self) -> None:
        streams = self.told.get("responseTransferMode") == "STREAM"
        if streams and not self.told["type"].endswith("_PROXY"):
            rule = "Response streaming is supported for HTTP_PROXY and AWS_PROXY integrations only"
            self.refuse("responseTransferMode", "this integration cannot stream", rule)
        longest, waits = LONGEST_STREAM if streams else LONGEST, self.told.get("timeoutInMillis", LONGEST)
        if not isinstance(waits, int) or not SHORTEST <= waits <= longest:
            rule = f"Timeout should be between {SHORTEST} ms and {longest} ms"
            self.refuse("timeoutInMillis", f"{waits} is no such time", rule)

    def _mapping(self, declared: Mapping[str, bool]) -> None:
        places = members(self.written.get("requestParameters"))
        for name, value in self.told["requestParameters"].items():
            if not ASKED.fullmatch(name) or not SOURCE.fullmatch(value):
                rule = "Invalid mapping expression specified"
                self.findings.refuse(places[name], f"`{name}` cannot be set to `{value}`", rule, words.MAPPING)
            elif re.match(r"method\.request\.(?!body)", value) and value.replace(".multivalue", ".") not in declared:
                rule = f"Invalid mapping expression parameter specified: {value}"
                message = f"`{value}` is no parameter of the operation: declare it under `parameters`"
                self.findings.refuse(places[name], message, rule, words.MAPPING)
        for each in self.told.get("cacheKeyParameters", ()):
            if each not in declared and each not in self.told["requestParameters"]:
                rule = f"Invalid cache key parameter specified: {each}"
                self.refuse("cacheKeyParameters", f"`{each}` is no parameter of the operation", rule)
