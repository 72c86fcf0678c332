"""Tags are the memory: they alone say whose a resource is, so a restart or a second machine loses nothing.

    penstock:install   the installation id                  penstock:key     the address, `TargetGroup/web`
    penstock:service   the instance, `orders/prod`          penstock:labels  the label keys that we set

Of some kinds alone: `penstock:content` of task definitions and of rules with a client secret, `penstock:until` of API
keys that another one replaces, and on the anchor what is remembered of its instance.

API Gateway's character set is the narrowest of all (ledger 0.3), so every other character is written `=XX`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from reconcilers.keys import Key
from reconcilers.resource import plain

PREFIX = "penstock:"
INSTALL, SERVICE, KEY, LABELS = (PREFIX + word for word in ("install", "service", "key", "labels"))
APPLIED, CREATING, ON_REMOVE, PROTECT, SUSPENDED = (
    PREFIX + word for word in ("applied", "creating", "on-remove", "protect", "suspended")
)
CONTENT, UNTIL = PREFIX + "content", PREFIX + "until"
IDENTITY = (INSTALL, SERVICE, KEY)
ANCHOR_ONLY = frozenset({APPLIED, CREATING, ON_REMOVE, PROTECT, SUSPENDED})

UNSAFE = re.compile(r"[^A-Za-z0-9_.:/+@-]")
LONGEST = 256


def encode(text: str) -> str:
    """An address as a tag value that every service accepts (architecture.md, *Tags*)."""
    told = UNSAFE.sub(lambda found: "".join(f"={byte:02X}" for byte in found[0].encode()), text)
    return told if len(told) <= LONGEST else f"{told[:200]}={sha256(text.encode()).hexdigest()[:16]}"


def decode(told: str) -> str:
    """The address a tag value spells; a shortened one stays as it is and is recognised by its encoded form only."""
    octets = re.sub(r"=([0-9A-F]{2})", lambda found: f"%{found[1]}", told.replace("%", "%25"))
    from urllib.parse import unquote

    return unquote(octets, errors="replace")


def key_of(instance: str, address: str) -> Key:
    kind, _, part = address.partition("/")
    return Key(instance, kind, part)


def identity(install: str, key: Key, labels: Mapping[str, str]) -> dict[str, str]:
    """The tags a resource is created with: whose it is, then the user's labels."""
    own = {INSTALL: install, SERVICE: encode(key.instance), KEY: encode(key.address)}
    if labels:
        own[LABELS] = " ".join(sorted(labels))
    return own | dict(labels)


def tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def camel_tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in tags.items()]


def untag(tags: Iterable[Mapping[str, str]] | None) -> dict[str, str]:
    """`[{Key, Value}]` or `[{key, value}]` as a dict; AWS's own `aws:` tags are nobody's business."""
    pairs = ((tag.get("Key") or tag.get("key", ""), tag.get("Value") or tag.get("value", "")) for tag in tags or ())
    return {key: value for key, value in pairs if not key.startswith("aws:")}


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a resource is, as far as its tags tell."""

    install: str | None
    service: str | None
    address: str | None

    @classmethod
    def of(cls, tags: Mapping[str, str]) -> Owner:
        return cls(*(tags.get(name) for name in IDENTITY))

    @property
    def silent(self) -> bool:
        """No tag of ours at all: a stranger's, whatever its name."""
        return self.install is None and self.service is None and self.address is None

    @property
    def whole(self) -> bool:
        return None not in (self.install, self.service, self.address)

    def may_be(self, install: str, key: Key) -> bool:
        """No tag that is there says otherwise."""
        return (
            self.install in (None, install)
            and self.service in (None, encode(key.instance))
            and self.address in (None, encode(key.address))
        )


# ---- names in AWS: chosen once, at creation, and never compared

HASH = re.compile(r"-[0-9a-f]{6}$")


def name_for(install: str, key: Key, immutables: Mapping[str, Any], copies: Iterable[str], longest: int) -> str:
    """`{service}-{environment}-{part}-{hash}`; the readable part is cut in the middle when the kind's limit is short.

    The hash covers the installation, the address, the immutable fields with their links resolved, and the ids of live
    copies: a replacement gets another name than what it replaces, a repeated call the same one.
    """
    told = repr((install, key.instance, key.address, sorted(plain(immutables).items()), sorted(copies)))
    digest = sha256(told.encode()).hexdigest()[:6]
    readable = readable_name(key)
    room = longest - len(digest) - 1
    if len(readable) > room:
        readable = f"{readable[: (room + 1) // 2]}{readable[len(readable) - room // 2 :]}"
    return f"{readable.strip('-')}-{digest}"


def readable_name(key: Key) -> str:
    words = [*key.instance.split("/"), key.part]
    return re.sub(r"[^A-Za-z0-9]+", "-", "-".join(word for word in words if word)).strip("-")


def looks_like_ours(name: str, instances: Iterable[str]) -> bool:
    """Of our name grammar, and of one of these instances: worth a look at its tags."""
    return bool(HASH.search(name)) and any(name.startswith(each.split("/")[0][:10]) for each in instances)


def content_hash(value: Any) -> str:
    """16 hex digits over a value as it is sent."""
    import json

    return sha256(json.dumps(plain(value), sort_keys=True, default=str).encode()).hexdigest()[:16]
