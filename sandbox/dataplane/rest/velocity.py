"""Mapping templates that decide: `#set`, `#if`, `#elseif`, `#else` and `#end`, and conditions on what the request says.

A template may set `$context.responseOverride.header.NAME` and `.status` (API Gateway guide, "Override your API's
request and response parameters"). Of Velocity's language that is all; `#foreach`, macros and `$util` raise
`NotEvaluated`.
Sources: API Gateway guide, "Mapping template and access logging variable reference"; Velocity user guide.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

OVERRIDE = "$context.responseOverride."
_DIRECTIVE = re.compile(r"#(?:(set|if|elseif)\s*\(|\{?(else|end)\}?(?![a-z]))")
_OTHER = re.compile(r"#(foreach|define|macro|parse|include|evaluate)\b")
_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"[^"]*"|'[^']*')|(?P<number>-?\d+)|(?P<sign>==|!=|\|\||&&|[!(),.])"""
    r"""|(?P<name>\$!?\{?[A-Za-z][\w-]*\}?|[A-Za-z][\w-]*))"""
)
_REFERENCE = re.compile(r"\$!?\{?([A-Za-z]\w*)\}?")


class NotEvaluated(Exception):
    """A template that needs more of Velocity than is modelled."""


@dataclass
class Template:
    """One template while it is filled in. `known`: what `$input`, `$context` and `$stageVariables` stand for, as maps
    and functions. `fill`: a piece of plain text with the references that API Gateway knows filled in."""

    known: Mapping[str, Any]
    fill: Callable[[str], str]
    overrides: dict[str, str] = field(default_factory=dict)
    """What it set of the response: `header.NAME` or `status`."""
    variables: dict[str, Any] = field(default_factory=dict)

    def render(self, text: str) -> str:
        """The text that is left when every directive was obeyed. Raises NotEvaluated."""
        if _OTHER.search(text):
            raise NotEvaluated(text)
        parts = list(_parts(text))
        told = self._block(parts, shown=True)
        if parts:
            raise NotEvaluated(text)
        return told

    def _block(self, parts: list[tuple[str, str]], *, shown: bool) -> str:
        """Up to the directive that ends this block, which is left for whoever began it."""
        told = ""
        while parts and parts[0][0] not in ("elseif", "else", "end"):
            kind, body = parts.pop(0)
            if kind == "text" and shown:
                told += self._plain(body)
            elif kind == "set" and shown:
                self._set(body)
            elif kind == "if":
                told += self._choose(body, parts, shown=shown)
        return told

    def _choose(self, condition: str, parts: list[tuple[str, str]], *, shown: bool) -> str:
        """The first branch whose condition holds."""
        open_ = shown and bool(self.value(condition))
        done, told = open_, self._block(parts, shown=open_)
        while parts:
            kind, body = parts.pop(0)
            if kind == "end":
                return told
            chosen = shown and not done and (kind == "else" or bool(self.value(body)))
            done, told = done or chosen, told + self._block(parts, shown=chosen)
        raise NotEvaluated("#if without #end")

    def _set(self, body: str) -> None:
        place, equals, expression = body.partition("=")
        place = place.strip()
        if not equals or not place.startswith("$"):
            raise NotEvaluated(body)
        value = self.value(expression)
        if place.startswith(OVERRIDE):
            self.overrides[place.removeprefix(OVERRIDE)] = _text(value)
        elif place.startswith("$context"):
            raise NotEvaluated(body)
        else:
            self.variables[place.strip("${}!")] = value

    def _plain(self, text: str) -> str:
        def own(word: re.Match[str]) -> str:
            return _text(self.variables[word[1]]) if word[1] in self.variables else word[0]

        return self.fill(_REFERENCE.sub(own, text))

    # ---- expressions

    def value(self, expression: str) -> Any:
        """What an expression comes to. Raises NotEvaluated."""
        tokens = _tokens(expression)
        found = self._either(tokens)
        if tokens:
            raise NotEvaluated(expression)
        return found

    def _either(self, tokens: list[str]) -> Any:
        found = self._both(tokens)
        while tokens[:1] == ["||"]:
            tokens.pop(0)
            other = self._both(tokens)
            found = bool(found) or bool(other)
        return found

    def _both(self, tokens: list[str]) -> Any:
        found = self._compared(tokens)
        while tokens[:1] == ["&&"]:
            tokens.pop(0)
            other = self._compared(tokens)
            found = bool(found) and bool(other)
        return found

    def _compared(self, tokens: list[str]) -> Any:
        if tokens[:1] == ["!"]:
            tokens.pop(0)
            return not self._compared(tokens)
        found = self._term(tokens)
        if tokens[:1] in (["=="], ["!="]):
            same = tokens.pop(0) == "=="
            return (found == self._term(tokens)) is same
        return found

    def _term(self, tokens: list[str]) -> Any:
        word = tokens.pop(0) if tokens else ""
        if word == "(":
            found = self._either(tokens)
            _expect(tokens, ")")
        elif word[:1] in ('"', "'"):
            found = self._plain(word[1:-1]) if word[0] == '"' else word[1:-1]
        elif word in ("true", "false"):
            found = word == "true"
        elif word.lstrip("-").isdecimal():
            found = int(word)
        elif word.startswith("$"):
            name = word.strip("${}!")
            found = self.variables.get(name, self.known.get(name))
        else:
            raise NotEvaluated(word)
        while tokens[:1] == ["."]:
            tokens.pop(0)
            found = self._member(found, tokens)
        return found

    def _member(self, value: Any, tokens: list[str]) -> Any:
        name = tokens.pop(0) if tokens else ""
        if tokens[:1] != ["("]:
            return value.get(name, "") if isinstance(value, Mapping) else ""
        tokens.pop(0)
        arguments: list[Any] = []
        while tokens and tokens[0] != ")":
            arguments.append(self._either(tokens))
            if tokens[:1] == [","]:
                tokens.pop(0)
        _expect(tokens, ")")
        return _called(value, name, arguments)


def _called(value: Any, name: str, arguments: list[Any]) -> Any:
    """A method of a map, of a text, or of one of API Gateway's own variables."""
    if isinstance(value, Mapping):
        if callable(value.get(name)):
            return value[name](*arguments)
        if name in ("get", "getOrDefault"):
            return value.get(*arguments) if len(arguments) > 1 else value.get(arguments[0], "")
    if isinstance(value, str) and len(arguments) == 1 and name in _OF_TEXT:
        return _OF_TEXT[name](value, str(arguments[0]))
    raise NotEvaluated(f".{name}()")


_OF_TEXT: Mapping[str, Callable[[str, str], bool]] = {
    "matches": lambda value, pattern: re.fullmatch(pattern, value) is not None,
    "startsWith": str.startswith,
    "endsWith": str.endswith,
    "contains": lambda value, other: other in value,
    "equals": lambda value, other: value == other,
}


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """Pieces of text, and directives with what stands in their parentheses."""
    place = 0
    while found := _DIRECTIVE.search(text, place):
        if found.start() > place:
            yield "text", text[place : found.start()]
        place = found.end()
        if found[1]:
            end = _closing(text, place)
            yield found[1], text[place:end]
            place = end + 1
        else:
            yield found[2], ""
    if place < len(text):
        yield "text", text[place:]


def _closing(text: str, place: int) -> int:
    """Where the parenthesis that was opened before this place is closed; quotes hide theirs."""
    depth, quote = 1, ""
    for at in range(place, len(text)):
        sign = text[at]
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        else:
            depth += {"(": 1, ")": -1}.get(sign, 0)
            if not depth:
                return at
    raise NotEvaluated(text)


def _tokens(expression: str) -> list[str]:
    found, place = [], 0
    while place < len(expression.rstrip()):
        token = _TOKEN.match(expression, place)
        if token is None:
            raise NotEvaluated(expression)
        found.append(token[0].strip())
        place = token.end()
    return found


def _expect(tokens: list[str], sign: str) -> None:
    if not tokens or tokens.pop(0) != sign:
        raise NotEvaluated(sign)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
