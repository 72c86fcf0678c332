"""Smithy's RPC protocol in CBOR, which boto3 prefers for the tagging API and CloudWatch, and moto does not speak. The
encoding is botocore's own, used the other way round.
"""

from __future__ import annotations

from typing import Any

from botocore.parsers import RpcV2CBORParser
from botocore.serialize import CBORSerializer

HEADERS = {"smithy-protocol": "rpc-v2-cbor", "content-type": "application/cbor"}
_reader: Any = RpcV2CBORParser()
_writer: Any = CBORSerializer()  # its stubs leave out what it is made of


def spoken(headers: dict[str, str]) -> bool:
    """Whether the request with these headers (names in lower case) is in this protocol, and wants its answer so."""
    return headers.get("smithy-protocol") == HEADERS["smithy-protocol"]


def loads(body: bytes) -> Any:
    return _reader.parse_data_item(_reader.get_peekable_stream_from_bytes(body)) if body else {}


def dumps(value: dict[str, Any], shape: Any) -> bytes:
    """`value` is what botocore's `shape` describes; without one it is strings all the way down."""
    written = bytearray()
    if shape is None:
        _map(written, value)
    else:
        _writer._serialize_data_item(written, value, shape)  # noqa: SLF001  # it has no public door for one item
    return bytes(written)


def _map(written: bytearray, value: dict[str, str]) -> None:
    written.append(0xA0 + len(value))  # a map of fewer than 24 pairs
    for each in (text for pair in value.items() for text in pair):
        _writer._serialize_type_string(written, each, None, None)  # noqa: SLF001  # nor for one string
