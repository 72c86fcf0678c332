"""JSON web tokens: whose signature counts, and what a route asks of their claims.

An issuer is somebody else's web page; here it is an entry in a table. `POST /_sandbox/issuers` puts a page's keys
there (RFC 7517), and the tokens signed with them are judged as AWS judges them. Every other issuer is played by the
sandbox itself, with a key of its own: `POST /_sandbox/tokens` signs whatever claims it is given.
Source of what is checked: API Gateway guide, http-api-jwt-authorizer, "Authorizing API requests".
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

Claims = Mapping[str, Any]
OURS = "sandbox"
"""The id of the sandbox's own key."""
LASTS = 86_400.0  # seconds, of a clock that may run sixty times as fast as ours


class Unacceptable(Exception):
    """The token proves nothing; the message says why."""


@dataclass
class Issuers:
    """The pages with the public keys of those who sign tokens, by issuer, and the sandbox's own key."""

    pages: dict[str, tuple[Mapping[str, str], ...]] = field(default_factory=dict)

    @cached_property
    def own(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def minted(self, claims: Claims, now: float) -> str:
        """A token with these claims, signed by the sandbox; it lasts a day unless they say otherwise."""
        told = {"iat": int(now), "exp": int(now + LASTS), **claims}
        signed = ".".join(_packed(part) for part in ({"alg": "RS256", "typ": "JWT", "kid": OURS}, told))
        return f"{signed}.{_coded(self.own.sign(signed.encode(), padding.PKCS1v15(), SHA256()))}"

    def claims(self, token: str, issuer: str, audience: Iterable[str] | None, now: float) -> Claims:
        """What a token says that is good for this issuer and audience now. None: any audience will do. Raises
        `Unacceptable`."""
        signed, _, signature = token.rpartition(".")
        try:
            header, claims = (json.loads(_plain(part)) for part in signed.split("."))
            if header.get("alg") != "RS256":
                raise Unacceptable(f"it is signed with {header.get('alg')}; API Gateway takes RSA only")
            self._key(issuer, header.get("kid")).verify(
                _plain(signature), signed.encode(), padding.PKCS1v15(), SHA256()
            )
        except (ValueError, AttributeError):
            raise Unacceptable("it is no JSON web token") from None
        except InvalidSignature:
            raise Unacceptable("the signature is not the issuer's") from None
        _judge(claims, issuer, None if audience is None else frozenset(audience), now)
        found: Claims = claims
        return found

    def _key(self, issuer: str, kid: object) -> rsa.RSAPublicKey:
        page = self.pages.get(issuer)
        if page is None and kid == OURS:
            return self.own.public_key()
        found = next((key for key in page or () if key.get("kid") == kid), None)
        if found is None:
            raise Unacceptable(f"the issuer has no key {kid!r}")
        exponent, modulus = (int.from_bytes(_plain(found[name])) for name in ("e", "n"))
        return rsa.RSAPublicNumbers(exponent, modulus).public_key()


def _judge(claims: Claims, issuer: str, audience: frozenset[str] | None, now: float) -> None:
    """`aud`, and `client_id` only where there is no `aud`, is one of the audience."""
    if claims.get("iss") != issuer:
        raise Unacceptable(f"its issuer is {claims.get('iss')!r}")
    told = claims.get("aud", claims.get("client_id"))
    if audience is not None and not audience & set(told if isinstance(told, list) else [told]):
        raise Unacceptable(f"its audience is {told!r}")
    if now >= float(claims.get("exp", 0)):
        raise Unacceptable("it has expired")
    if now < float(claims.get("nbf", 0)) or now < float(claims.get("iat", 0)):
        raise Unacceptable("it is not valid yet")


def scopes(claims: Claims) -> frozenset[str]:
    """The scopes of a token: `scope`, separated by spaces, or `scp`."""
    told = claims.get("scope", claims.get("scp", ""))
    return frozenset(told if isinstance(told, list) else str(told).split())


def _packed(part: Claims) -> str:
    return _coded(json.dumps(part, separators=(",", ":")).encode())


def _coded(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def _plain(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
