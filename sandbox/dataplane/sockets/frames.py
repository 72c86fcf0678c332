"""The WebSocket protocol (RFC 6455), as far as a server needs it: the handshake, frames in, frames out.

A client's frames are masked and may be fragments; a server's are neither.
"""

from __future__ import annotations

import base64
import hashlib
import struct
from collections.abc import Callable, Iterator

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 1.3
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
FIN, MASKED, SHORT, LONG = 0x80, 0x80, 126, 127
Read = Callable[[int], bytes]
Write = Callable[[bytes], None]


def accepted(key: str) -> str:
    """`Sec-WebSocket-Accept` for a client's key."""
    return base64.b64encode(hashlib.sha1(f"{key}{GUID}".encode()).digest()).decode()  # noqa: S324  # as the RFC says


def frame(code: int, payload: bytes, mask: bytes = b"") -> bytes:
    """One whole frame; `mask` are the four octets with which a client hides it."""
    size, masked = len(payload), MASKED if mask else 0
    if size < SHORT:
        head = struct.pack("!BB", FIN | code, masked | size)
    elif size < 1 << 16:
        head = struct.pack("!BBH", FIN | code, masked | SHORT, size)
    else:
        head = struct.pack("!BBQ", FIN | code, masked | LONG, size)
    return head + mask + (_hidden(payload, mask) if mask else payload)


def closing(code: int) -> bytes:
    return frame(CLOSE, struct.pack("!H", code))


def received(read: Read) -> tuple[int, bool, bytes]:
    """The next frame: its code, whether it is the last of its message, its payload. Raises EOFError at the end."""
    first, second = _exactly(read, 2)
    size = second & ~MASKED
    if size == SHORT:
        [size] = struct.unpack("!H", _exactly(read, 2))
    elif size == LONG:
        [size] = struct.unpack("!Q", _exactly(read, 8))
    mask = _exactly(read, 4) if second & MASKED else b""
    payload = _exactly(read, size)
    return first & 0x0F, bool(first & FIN), _hidden(payload, mask) if mask else payload


def messages(read: Read, write: Write) -> Iterator[bytes]:
    """The messages of the other side, until it closes or is gone. Pings are answered on the way."""
    whole = b""
    try:
        while True:
            code, last, payload = received(read)
            if code == CLOSE:
                write(frame(CLOSE, payload[:2]))
                return
            if code == PING:
                write(frame(PONG, payload))
            elif code != PONG:
                whole += payload
                if last:
                    yield whole
                    whole = b""
    except (EOFError, OSError):
        return


def _hidden(payload: bytes, mask: bytes) -> bytes:
    return bytes(octet ^ mask[place % 4] for place, octet in enumerate(payload))


def _exactly(read: Read, size: int) -> bytes:
    found = read(size) if size else b""
    if len(found) < size:
        raise EOFError
    return found
