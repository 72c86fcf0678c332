"""Who may call: the security schemes of a document and what its operations ask for.

Four of them mean something: an authorizer (`x-amazon-apigateway-authorizer`), IAM signatures, an API key in `x-api-key`
and, here, an authorizer of the spec that has the scheme's name. Any other means nothing to API Gateway, so an import
leaves the operation open; that is told.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from specs.node import Node
from specs.openapi import words
from specs.openapi.contract import Guard, Members
from specs.openapi.finding import Findings, items, members, text
from specs.openapi.reading import Document

TYPES: Mapping[str, str] = {
    "TOKEN": "CUSTOM",
    "REQUEST": "CUSTOM",
    "COGNITO_USER_POOLS": "COGNITO_USER_POOLS",
    "JWT": "JWT",
}
"""By the type of an authorizer: what a method that it guards says."""
MEMBERS = (
    "authorizerUri", "authorizerCredentials", "identityValidationExpression", "authorizerResultTtlInSeconds",
    "identitySource", "providerARNs", "jwtConfiguration",
)  # fmt: skip
TEXTS = ("authorizerUri", "authorizerCredentials", "identityValidationExpression", "identitySource")
INVOCATION = re.compile(r"arn:aws[^:]*:apigateway:[^:]+:lambda:path/2015-03-31/functions/\S+/invocations")
POOL = re.compile(r"arn:aws[^:]*:cognito-idp:[^:]+:[0-9]{12}:userpool/\S+")
HEADER = re.compile(r"method\.request\.header\.\S+")
SOURCES = re.compile(
    r"(method\.request\.(header|querystring)|context|stageVariables)\.\S+?"
    r"(, ?(method\.request\.(header|querystring)|context|stageVariables)\.\S+?)*"
)
FUNCTIONS = ("TOKEN", "REQUEST")
DEFAULT_TTL, LONGEST_TTL = 300, 3600  # seconds; CreateAuthorizer, authorizerResultTtlInSeconds
KEY = ("apiKey", "x-api-key", "header")


@dataclass(slots=True)
class Schemes:
    """The schemes of one document; `known` are the authorizers of the spec, each with what a method of it says."""

    document: Document
    known: Mapping[str, str]
    findings: Findings
    authorizers: dict[str, Members] = field(default_factory=dict)

    def all(self) -> None:
        """Every authorizer that the document itself describes."""
        for name, scheme in self.document.schemes.items():
            said = members(scheme).get(words.AUTHORIZER)
            if said is not None and name not in self.known and not isinstance(said.value, Mapping):
                rule = "an authorizer is an object"
                self.findings.refuse(said, f"the authorizer of `{name}` is not a map", rule, words.AUTHORIZERS)
            elif said is not None and name not in self.known:
                self.authorizers[name] = self._authorizer(scheme, said)

    def guard(self, operation: Node) -> Guard:
        """What one operation asks for. Several requirements are alternatives in OpenAPI; an import takes them all as
        one, an authorizer and a key beside it."""
        kind = text(members(operation.get(words.AUTH)).get("type")).upper()
        guard = Guard(type="AWS_IAM" if kind == "AWS_IAM" else "NONE", said=bool(kind))
        wanted = operation.get("security") or self.document.root.get("security")
        if wanted is None:
            return guard
        told: dict[str, Any] = {"type": guard.type, "authorizer": "", "scopes": (), "api_key": False}
        for requirement in items(wanted):
            for name, scopes in members(requirement).items():
                told |= self._required(name, scopes)
        return Guard(**told, said=True)

    def _required(self, name: str, scopes: Node) -> dict[str, Any]:
        scheme = self.document.schemes.get(name)
        said = members(scheme)
        if (kind := self.known.get(name)) is not None:
            return {"type": kind, "authorizer": "" if kind == "AWS_IAM" else name, **self._scopes(kind, scopes)}
        if scheme is None:
            message = f"there is no security scheme `{name}`, and API Gateway would leave the operation open"
            self.findings.warn(scopes, message, "describe it, or name an authorizer of the spec so")
            return {}
        if text(said.get(words.AUTH_TYPE)).lower() == "awssigv4":
            return {"type": "AWS_IAM", "authorizer": ""}
        if name in self.authorizers:
            kind = TYPES.get(self.authorizers[name]["type"], "CUSTOM")
            return {"type": kind, "authorizer": name, **self._scopes(kind, scopes)}
        if (text(said.get("type")), text(said.get("name")).lower(), text(said.get("in"))) == KEY:
            return {"api_key": True}
        message = f"the security scheme `{name}` means nothing to API Gateway, which would leave the operation open"
        self.findings.warn(scopes, message, f"name an authorizer of the spec `{name}`: `gateway.authorizers.{name}`")
        return {}

    def _scopes(self, kind: str, scopes: Node) -> dict[str, Any]:
        said = tuple(text(each) for each in items(scopes))
        return {"scopes": said} if kind in ("COGNITO_USER_POOLS", "JWT") else {"scopes": ()}

    def _authorizer(self, scheme: Node, said: Node) -> Members:
        written = members(said)
        told: dict[str, Any] = {name: written[name].plain() for name in MEMBERS if name in written}
        told |= {name: text(written[name]) for name in TEXTS if name in written}
        kind = text(written.get("type")).upper() or "TOKEN"
        if kind not in TYPES:
            rule = "valid values are TOKEN, REQUEST, COGNITO_USER_POOLS and JWT"
            place = written.get("type", said)
            self.findings.refuse(place, f"there is no authorizer type `{kind}`", rule, words.AUTHORIZERS)
        if kind != "REQUEST" and not told.get("identitySource"):
            told["identitySource"] = f"method.request.header.{text(members(scheme).get('name')) or 'Authorization'}"
        if kind in FUNCTIONS:
            told.setdefault("authorizerResultTtlInSeconds", DEFAULT_TTL)
        self._check(kind, told, written, said)
        return {"type": kind, **told}

    def _check(self, kind: str, told: Members, written: Mapping[str, Node], said: Node) -> None:
        def refuse(name: str, rule: str) -> None:
            message = f"an authorizer of type {kind} cannot have this {name}"
            self.findings.refuse(written.get(name, said), message, rule, words.AUTHORIZERS)

        if kind in FUNCTIONS and not INVOCATION.fullmatch(str(told.get("authorizerUri", ""))):
            refuse("authorizerUri", f"Invalid Authorizer URI: {told.get('authorizerUri', '')}")
        pools = told.get("providerARNs", ())
        if kind == "COGNITO_USER_POOLS" and not (pools and all(POOL.fullmatch(str(each)) for each in pools)):
            refuse("providerARNs", "Invalid Cognito user pool ARN specified")
        source = str(told.get("identitySource", ""))
        if kind != "REQUEST" and not HEADER.fullmatch(source):
            refuse("identitySource", "the identity source of a token is a header of the method request")
        if kind == "REQUEST" and source and not SOURCES.fullmatch(source):
            refuse("identitySource", f"Invalid identity source: {source}")
        if kind == "REQUEST" and not source and told["authorizerResultTtlInSeconds"] != 0:
            refuse("identitySource", "identity source is required when the authorizer caches its answers")
        ttl = told.get("authorizerResultTtlInSeconds", 0)
        if not isinstance(ttl, int) or not 0 <= ttl <= LONGEST_TTL:
            refuse("authorizerResultTtlInSeconds", "the TTL is between 0 and 3600 seconds")
        if (kind == "JWT") != ("jwtConfiguration" in told):
            refuse("jwtConfiguration", "jwtConfiguration is for authorizers of type JWT, which need one")
