"""The door between Penstock and ministack: it keeps count of what is asked, and bridges the known gaps (`gaps`).

Everything else passes as it is. So every call of Penstock is seen, whichever process it comes from, and so are those
of the hand that changes things behind its back.
"""

from __future__ import annotations

import http.client
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from botocore.parsers import create_parser

from sandbox import Sandbox, shapes, wire
from sandbox.calls import Call, Http, Reply
from sandbox.server import endpoint
from tests.ministack.gaps import GAPS, Gap, Memory

CODE = re.compile(r'(?:<Code>|"__type": ?")([A-Za-z.]+)')
HOP_BY_HOP = ("connection", "content-length", "keep-alive", "transfer-encoding", "host")


@dataclass(frozen=True)
class Asked:
    """One call and what became of it. `gap`: the name of the gap that was met."""

    call: str
    reads: bool
    status: int
    code: str = ""
    gap: str = ""


@dataclass
class Door:
    """What came through, and what is remembered for ministack's sake."""

    behind: str
    """ministack's endpoint."""
    sandbox: Sandbox = field(default_factory=Sandbox)
    asked: list[Asked] = field(default_factory=list)
    memory: Memory = field(default_factory=Memory)
    met: Counter[str] = field(default_factory=Counter)
    lock: Any = field(default_factory=threading.Lock)

    def answer(self, request: Http) -> Reply:
        call, labels = wire.addressed(request)
        gap = next((each for each in GAPS if each.meets(str(call))), None)
        reply, met = self._bridged(call, labels, request, gap, self._passed(request))
        code = _code(reply) if reply.status >= 400 else ""
        with self.lock:
            self.asked.append(Asked(str(call), call.reads, reply.status, code, met))
            self.met.update([met] if met else [])
        return reply

    def _passed(self, request: Http) -> Reply:
        connection = http.client.HTTPConnection(urlsplit(self.behind).netloc, timeout=30)
        headers = {name: value for name, value in request.headers.items() if name not in HOP_BY_HOP}
        path = f"{request.path}?{request.query}" if request.query else request.path
        try:
            connection.request(request.method, path, request.body, headers)
            answer = connection.getresponse()
            return Reply(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()

    def _bridged(
        self, call: Call, labels: dict[str, str], request: Http, gap: Gap | None, reply: Reply
    ) -> tuple[Reply, str]:
        """What goes back, and the name of the gap if there was one."""
        if gap is None or (gap.mend is None) is (reply.status < 400):
            return reply, ""
        if gap.instead is not None:
            return wire.written(call, gap.instead, len(self.asked)), gap.name
        if gap.mend is None:
            return wire.handle(self.sandbox, request), gap.name
        told = _parsed(call, reply)
        with self.lock:
            mended = gap.mend(self.memory, wire.parsed(call, labels), told)
        if mended == told:
            return reply, ""
        written = wire.written(call, mended, len(self.asked))
        return Reply(reply.status, reply.headers | written.headers, written.body), gap.name


def _parsed(call: Call, reply: Reply) -> dict[str, Any]:
    shape = shapes.operation(call.service, call.operation).output_shape
    parser = create_parser(shapes.protocol(call.service))
    headers = {name.lower(): value for name, value in reply.headers.items()}
    told = parser.parse({"status_code": reply.status, "headers": headers, "body": reply.body}, shape)
    return {name: value for name, value in told.items() if name != "ResponseMetadata"}


def _code(reply: Reply) -> str:
    headers = {name.lower(): value for name, value in reply.headers.items()}
    told = headers.get("x-amzn-errortype") or CODE.search(reply.body.decode(errors="replace"))
    return str(told if isinstance(told, str) else told and told[1])


@contextmanager
def standing(door: Door) -> Iterator[str]:
    """The endpoint to give to clients, for as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def answer(self) -> None:
            url = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = door.answer(Http(self.command, url.path, url.query, headers, body))
            self.send_response_only(reply.status)
            for name, value in reply.headers.items():
                if name.lower() not in HOP_BY_HOP:
                    self.send_header(name, value)
            self.send_header("content-length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)
            self.wfile.flush()

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = answer  # noqa: N815  # the names http.server calls

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield endpoint(server)
    finally:
        server.shutdown()
        server.server_close()
