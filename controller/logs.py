"""Logs: one constant sentence and keys per event, on stderr; text on a terminal, JSON lines elsewhere; never a secret.

    log = structlog.get_logger()
    log.info("pass ended", instance="orders/prod", changes=3)

structlog is slow to import, so only commands that log configure it. Sources: design/security.md S24, S26, S27.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TextIO, cast

import structlog

HIDDEN = "(hidden)"
LONGEST = 2048
SECRET_NAME = re.compile(
    r"(?i)(^|[_.:/-])(key|token|secret|password|passwd|pwd|authorization|credentials?|secretstring|secretbinary|cookie)$"
    r"|secretaccesskey|secret_access_key|session_?token|accesskeyid|privatekey"
)
SECRET_TEXT = re.compile(
    r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"  # access key ids (docs.aws.amazon.com, IAM identifiers)
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)"
    r"|\beyJ[\w-]+\.[\w-]+\.[\w-]*"  # JSON web tokens
    r"|\bgh[pousr]_[A-Za-z0-9]{20,}\b"
    r"|(?i:(?:authorization|secretstring|x-amz-security-token|password|secret|token)\"?\s*[:=]\s*)\"?[^\s\",}]+",
    re.DOTALL,
)
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
ADDRESSES = frozenset({"key", "resource"})
"""Keys of ours that hold an address, `TargetGroup/web`, and no secret."""


def configure(verbosity: int = 0, form: str = "auto", stream: TextIO | None = None) -> None:
    """Set logging up for this process. `verbosity`: 0 warnings, 1 what is done, 2 all. `form`: auto, text, json."""
    out = stream or sys.stderr
    text = form == "text" or (form == "auto" and out.isatty())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%H:%M:%S" if text else "iso", utc=not text),
            _traceback,
            redact,
            structlog.dev.ConsoleRenderer(colors=out.isatty()) if text else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            (logging.WARNING, logging.INFO, logging.DEBUG)[min(verbosity, 2)]
        ),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, Lossy(out))),
        cache_logger_on_first_use=False,
    )


@dataclass(frozen=True)
class Lossy:
    """Where a log is written. The disk may be full or the reader gone: then a line is lost, and the work goes on."""

    stream: TextIO

    def write(self, text: str) -> None:
        with suppress(OSError):
            self.stream.write(text)

    def flush(self) -> None:
        with suppress(OSError):
            self.stream.flush()


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """What looks like a secret is covered, by name and by form; control characters go and long texts are cut."""
    return {name: value if name == "timestamp" else _covered(name, value) for name, value in event.items()}


def _covered(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(inner): _covered(str(inner), each) for inner, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_covered(name, each) for each in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if SECRET_NAME.search(name) and name not in ADDRESSES:
        return HIDDEN
    return CONTROL.sub(" ", SECRET_TEXT.sub(HIDDEN, str(value)))[:LONGEST]


def _traceback(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The lines of a traceback without the values of its variables."""
    error = event.pop("exc_info", None)
    if error:
        import traceback

        kind = error if isinstance(error, BaseException) else sys.exc_info()[1]
        if kind is not None:
            event["exception"] = f"{type(kind).__name__}: {kind}"
            event["at"] = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in _frames(kind, traceback)]
    return event


def _frames(error: BaseException, traceback: Any) -> Any:
    return traceback.extract_tb(error.__traceback__)
