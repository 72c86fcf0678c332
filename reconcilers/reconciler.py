"""The verbs: what it takes to look after one kind of resource, and what a look at AWS brings home."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar

from reconcilers.aws import Aws
from reconcilers.facts import Facts
from reconcilers.keys import Key
from reconcilers.ownership import APPLIED, CREATING, Owner, decode, encode, key_of, name_for
from reconcilers.resource import Graph, Live, R, Resource, refs, resolve
from specs import Instance

T = TypeVar("T")
SERVING = "serving"
"""An attribute of what answers requests, as soon as it does."""
HELD = "held"
"""An attribute of what nobody wants any more: who of others uses it, so that AWS does not let it go."""
Made = Mapping[str, str]
"""What a create gives back: the attributes of the new resource, `id` among them."""


@dataclass(frozen=True)
class Fleet:
    """Everything of ours in one account and region, as one look found it. Never changes; take another look instead."""

    lives: tuple[Live[Any], ...] = ()
    unknown: Mapping[str, str] = field(default_factory=dict)
    """Kinds that could not be listed whole, and why: of these nothing is known to be absent."""
    conflicts: Mapping[Key, str] = field(default_factory=dict)
    """Names or places of ours that somebody else holds."""
    strangers: tuple[tuple[str, str], ...] = ()
    """What is worth a word though it is not ours: the instance, and the sentence."""
    install: str = "default"
    anchors: frozenset[str] = frozenset()
    """Every instance of the installation, where the look was for the whole of it."""

    @cached_property
    def by_key(self) -> Mapping[Key, tuple[Live[Any], ...]]:
        found: dict[Key, list[Live[Any]]] = {}
        for live in self.lives:
            found.setdefault(live.key, []).append(live)
        return {key: tuple(copies) for key, copies in found.items()}

    @cached_property
    def by_kind(self) -> Mapping[type[Resource], tuple[Live[Any], ...]]:
        found: dict[type[Resource], list[Live[Any]]] = {}
        for live in self.lives:
            found.setdefault(type(live.resource), []).append(live)
        return {kind: tuple(lives) for kind, lives in found.items()}

    def of(self, kind: type[R]) -> tuple[Live[R], ...]:
        return self.by_kind.get(kind, ())


@dataclass
class Look:
    """One look at one account and region: what it is for, and what it has found so far."""

    aws: Aws
    graph: Graph
    instances: frozenset[str]
    """The instances to look at; others are not told apart from strangers."""
    facts: Facts
    hashes: Mapping[str, str] = field(default_factory=dict)
    """Of the expanded specs, by instance."""
    lives: list[Live[Any]] = field(default_factory=list)
    conflicts: dict[Key, str] = field(default_factory=dict)
    whole: bool = False
    """Whether it is for every instance there is, so that lists of the whole installation are worth their pages."""
    anchors: set[str] = field(default_factory=set)
    """Every instance of the installation that a list of the whole brought home."""
    strangers: list[tuple[str, str]] = field(default_factory=list)
    """What is worth a word though it is not ours: the instance, and the sentence."""
    memory: dict[Any, Any] = field(default_factory=dict)

    def of(self, kind: type[R]) -> list[Live[R]]:
        return [live for live in self.lives if isinstance(live.resource, kind)]

    def once(self, name: Any, call: Callable[[], T]) -> T:
        """A list that several kinds need is asked for once in a look."""
        if name not in self.memory:
            self.memory[name] = call()
        found: T = self.memory[name]
        return found

    def began(self, instance: str) -> bool:
        """Whether the instance's first resource, the anchor, is there."""
        return any(live.key == Key(instance, "LogGroup") for live in self.lives)

    def settled(self, instance: str, tags: Mapping[str, str]) -> bool:
        """Whether these tags of an anchor say that the spec in hand was applied, and nothing is left to finish."""
        applied = tags.get(APPLIED, "").rpartition(".")[2]
        return applied == self.hashes.get(instance) and CREATING not in tags

    @property
    def known(self) -> dict[tuple[Key, str], str]:
        """What references resolve to, as far as the look has come."""
        return {
            (live.key, name): value for live in self.lives for name, value in {"id": live.id, **live.attributes}.items()
        }

    def wanted(self, kind: type[R]) -> dict[Key, R]:
        """What is wanted of a kind, with the references filled in that are known by now."""

        def resolved() -> dict[Key, R]:
            known = self.known
            return {key: resolve(want, known) for key, want in self.graph.items() if isinstance(want, kind)}

        return self.once(("wanted", kind), resolved)

    def names(self, kind: type[Resource], longest: int) -> dict[str, Key]:
        """The names that wanted resources would be given if nothing of them were there yet."""

        def named() -> dict[str, Key]:
            return {
                name_for(self.aws.install, key, want.immutables(), (), longest): key
                for key, want in self.wanted(kind).items()
                if not any(refs(want.immutables()))
            }

        return self.once(("names", kind), named)

    def whose(
        self, kind: type[Resource] | str, tags: Mapping[str, str], *, natural: Callable[[], Key | None] = lambda: None
    ) -> Key | None:
        """Which of our keys these tags name. Where some identity tags are gone, the name or place decides (`natural`),
        as long as one of them is left and none says otherwise. None: not ours, or not of this look."""
        owner = Owner.of(tags)
        if owner.silent or owner.install not in (None, self.aws.install):
            return None
        if owner.whole:
            return self._key(kind, owner)
        key = natural()
        return key if key and key.instance in self.instances and owner.may_be(self.aws.install, key) else None

    def taken(self, key: Key | None, what: str) -> None:
        """Note that something that is not ours holds a name of ours; `key` is whose the name is, if it is anybody's."""
        if key is not None:
            self.conflicts[key] = f"{what} is there without our tags"

    def _key(self, kind: type[Resource] | str, owner: Owner) -> Key | None:
        known = self.once("encoded", lambda: {(encode(key.instance), encode(key.address)): key for key in self.graph})
        instances = self.once("instances", lambda: {encode(each): each for each in self.instances})
        instance = instances.get(owner.service or "")
        if instance is None:
            return None
        key = known.get((owner.service or "", owner.address or "")) or key_of(instance, decode(owner.address or ""))
        return key if key.kind == (kind if isinstance(kind, str) else kind.__name__) else None


class Reconciler(ABC, Generic[R]):
    """Looks after every resource of one kind.

    Holds nothing, so one object serves all services and all threads. Every method may be repeated after a crash:
    `create` is only called when `observe` did not find the resource, `delete` of something gone is a success.
    """

    kind: ClassVar[type[Resource]]
    needs: ClassVar[tuple[type[Resource], ...]] = ()
    """Kinds whose list this one's list starts from: when they are unknown, so is this one."""
    longest_name: ClassVar[int] = 0
    """How long a name may be; 0 for what has none that we choose."""
    closed: ClassVar[bool] = False
    """Whether an extra one in a parent that we made is drift, and removed."""
    cascades: ClassVar[bool] = False
    """Whether AWS removes it together with its parent."""
    kept: ClassVar[bool] = False
    """Whether only `penstock delete` removes it (what it holds cannot be made again)."""
    reissues: ClassVar[bool] = False
    """Whether an update makes a new object with a new id, tags included, as a task definition's new revision."""
    seals: ClassVar[tuple[type[Resource], ...]] = ()
    """Kinds that it takes a picture of: what is to go of them goes before it is made."""
    heirs: ClassVar[frozenset[str]] = frozenset()
    """Kinds that take its place when a spec asks for another type of API: it goes when what is new of them stands."""
    leads: ClassVar[frozenset[str]] = frozenset()
    """Fields that say where requests go: what is there is led elsewhere only when that is `SERVING`."""
    leaves: ClassVar[bool] = False
    """Whether AWS goes on showing it for a while after it was deleted."""
    retries: ClassVar[bool] = False
    """Whether what failed can be tried again as it is."""
    settles: ClassVar[bool] = False
    """Whether a new or changed one takes a while, or may still fail, though others may use it already."""
    once: ClassVar[bool] = False
    """Whether a repeated create makes another one, so that the anchor remembers that we are creating."""

    unmanaged: ClassVar[Mapping[str, str]] = {}
    """Members that AWS answers and its create or update takes, but that are no field of ours, and why."""

    @abstractmethod
    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, R]]:
        """What this instance needs of this kind. Pure."""

    @abstractmethod
    def observe(self, aws: Aws, look: Look) -> Iterator[Live[R]]:
        """Everything of this kind that the look is for, in as few calls as AWS allows."""

    @abstractmethod
    def create(self, aws: Aws, key: Key, want: R, name: str) -> Made:
        """Make it, tagged in the same call, and return its attributes."""

    @abstractmethod
    def update(self, aws: Aws, live: Live[R], want: R, changed: frozenset[str]) -> Made | None:
        """Change these fields and no others; tags are not among them. Attributes that became others are returned."""

    @abstractmethod
    def delete(self, aws: Aws, live: Live[R]) -> None:
        """Remove it."""

    def retry(self, aws: Aws, live: Live[R]) -> None:
        """Try once more what failed, as it is."""
        raise TypeError(f"{self.kind.__name__} does not fail once it is made")

    def named(self, look: Look, name: str) -> Key | None:
        """Whose name this is, had nothing of it been there when it was chosen."""
        return look.names(self.kind, self.longest_name).get(name)

    def tag(self, aws: Aws, live: Live[R], put: Mapping[str, str], drop: tuple[str, ...]) -> None:
        """Take those tags off, then write these: `penstock:labels` names a label until it is gone, so that a death in
        between leaves none that nobody knows to be ours."""
        raise TypeError(f"{self.kind.__name__} has no tags")

    def forget(self, aws: Aws, live: Live[R]) -> None:
        """Take off what says whose it is, where that is no tag. The resource stays."""
        return

    def name(self, install: str, key: Key, want: R, copies: Iterable[str]) -> str:
        """The name a new one is given; empty for what has none that we choose."""
        return name_for(install, key, want.immutables(), copies, self.longest_name) if self.longest_name else ""

    def ready(self, want: R) -> bool:
        """Whether `finish` can say it although ids are unknown that only order."""
        return False

    def finish(self, want: R) -> R:
        """What can only be said once every reference is filled in."""
        return want

    def parent_of(self, live: Live[R]) -> str:
        """The id of the closed parent it lives in, empty when it has none."""
        return ""
