"""A store as bytes: to keep it between runs, and to tell whether it is as it was."""

from __future__ import annotations

import io
import pickle
from collections import defaultdict
from functools import cache
from types import FunctionType
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from moto.ssm.models import ParameterDict


def pickled(value: Any) -> bytes:
    """`pickle.loads` makes it again."""
    written = io.BytesIO()
    _Pickler(written).dump(value)
    return written.getvalue()


class _Pickler(pickle.Pickler):
    """moto keeps keys and certificates as objects of a library, and shelves with nameless makers."""

    def reducer_override(self, value: Any) -> Any:
        match value:
            case RSAPrivateKey():
                pem = value.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
                return _key, (pem,)
            case x509.Certificate():
                return _certificate, (value.public_bytes(Encoding.PEM),)
            case FunctionType(__name__="<lambda>") if value.__module__.startswith("moto."):
                return _maker, ()
            case ParameterDict():
                return ParameterDict, (value.account_id, value.region_name), None, None, iter(value.items())
        return NotImplemented


@cache
def _key(pem: bytes) -> Any:
    return load_pem_private_key(pem, None)


@cache
def _certificate(pem: bytes) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pem)


def _maker() -> Any:
    return _shelf


def _shelf() -> defaultdict[str, dict[str, Any]]:
    return defaultdict(dict)
