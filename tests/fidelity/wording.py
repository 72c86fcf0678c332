"""Texts of other accounts in the words of this one, and messages without the names in them."""

from __future__ import annotations

import re
from typing import Any

from tests.fidelity.place import ACCOUNT, REGION

ARN = re.compile(r"arn:([\w<>-]*):([\w-]+):([\w<>-]*):([\w<>-]*):")
MASK = re.compile(r"<[^<>]*>|\*{3,}")


def here(text: str) -> str:
    """ARNs of other accounts and regions in this one, and names instead of the recorders' masks."""
    text = text.replace("111111111111", ACCOUNT).replace("<region>", REGION).replace("<partition>", "aws")
    text = ARN.sub(lambda each: f"arn:aws:{each[2]}:{each[3] and REGION}:{_account(each[4])}:", text)
    return MASK.sub(lambda mask: "masked" + re.sub(r"[^a-z0-9]+", "", mask[0].lower()), text)


def as_here(value: Any) -> Any:
    """`here`, of every text in a document."""
    match value:
        case dict():
            return {here(name): as_here(each) for name, each in value.items()}
        case list():
            return [as_here(each) for each in value]
        case str():
            return here(value)
    return value


def _account(said: str) -> str:
    return said if said in ("", "aws", "apigateway") or not said[0].isdigit() else ACCOUNT


def bare(message: str) -> str:
    """A message without names and numbers, its lists in order."""
    text = "; ".join(sorted(message.split(": ", 1)[-1].split("; "))) if "validation error" in message else message
    text = re.sub(r"\[([^\[\]]*)\]", lambda each: "[" + ", ".join(sorted(each[1].split(", "))) + "]", text)
    text = re.sub(r"Value '.*?' at", "Value at", text)
    text = re.sub(r" \(Service: .*\)$", "", text)
    text = re.sub(r"model '\w+', is referenced in method request: \S+", "model x, is referenced in x", text)
    text = re.sub(r"(arn:|request id: )\S+", "x", text, flags=re.IGNORECASE)
    text = re.sub(r"at '[\w.]*?(\w+)'", r"at '\1'", text)
    text = re.sub(r"\b(?=\w*\d)[\w-]{4,}", "x", text)
    text = re.sub(r"masked\w+|[A-Z0-9]{9,}", "x", text)
    return re.sub(r"[\s.]+", " ", text).strip().lower()
