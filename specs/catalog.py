"""Everything the files ask for, and everything wrong with them; the one thing the floors above take from this one."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from specs.apiservice import ApiServiceSpec
from specs.block import Block
from specs.environment import EnvironmentSpec
from specs.openapi.contract import Contract
from specs.problem import Origin, Problem


@dataclass(frozen=True, slots=True)
class Instance:
    """One thing to keep: `orders`, `orders/prod`, or an Environment.

    `spec` is fully expanded: short forms, the Environment's defaults, the `environments` patch and `${vars.X}` are in
    it, and every default is filled. `labels` are metadata.labels over spec.tags over those of the Environment.
    `hash` is 12 hex digits of SHA-256 over all of that and over what the Environment lends. `origins` says by JSON
    pointer into the expanded spec where a value was written; a pointer that is missing came from a built-in default.
    """

    kind: Literal["ApiService", "Environment"]
    name: str
    environment: str
    spec: ApiServiceSpec | EnvironmentSpec
    home: "Instance | None"
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    file: str
    line: int
    hash: str
    origins: Mapping[str, Origin] = field(repr=False)
    contract: Contract | None = field(default=None, repr=False)
    """What its OpenAPI document asks for, where it has one."""

    @property
    def address(self) -> str:
        """`orders`, or `orders/prod` where it lives in an Environment."""
        return f"{self.name}/{self.environment}" if self.environment else self.name

    def __str__(self) -> str:
        return self.address


def fingerprint(
    spec: ApiServiceSpec | EnvironmentSpec,
    labels: Mapping[str, str],
    home: Instance | None,
    contract: Contract | None = None,
) -> str:
    """12 hex digits of SHA-256 over what an instance asks for: its spec, its labels, what its Environment lends, and
    what its OpenAPI document says.

    Fields at their defaults are left out, so a release that adds a field does not make every spec an edited one.
    """
    lent: dict[str, object] = {}
    if home is not None and isinstance(spec, ApiServiceSpec) and isinstance(home.spec, EnvironmentSpec):
        parts = {"aws", "network", "iam", "cluster", "vpc_link"}
        lent = _plain(home.spec, include=parts)
        shared = home.spec.load_balancers.get(spec.load_balancer.shared or "")
        lent["loadBalancer"] = _plain(shared) if shared else None
    whole = {"spec": _plain(spec), "labels": dict(labels), "environment": lent}
    whole |= {"contract": contract.asked()} if contract is not None else {}
    canonical = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]


def _plain(block: Block, include: set[str] | None = None) -> dict[str, object]:
    return block.model_dump(mode="json", by_alias=True, exclude_defaults=True, include=include)


@dataclass(frozen=True, slots=True)
class Catalog:
    """Every valid instance, and every mistake in the rest.

    `frozen` names what is known to exist in invalid files or was refused as a duplicate: addresses, or bare names
    where not even the environment is known. Such an instance is left alone, never taken for vanished. `unreadable`
    are files of which not even the names could be read: while there is one, nothing may be taken for vanished.
    """

    instances: tuple[Instance, ...] = ()
    problems: tuple[Problem, ...] = ()
    files: tuple[str, ...] = ()
    frozen: frozenset[str] = frozenset()
    unreadable: frozenset[str] = frozenset()
    lines: Mapping[tuple[str, int], str] = field(default_factory=dict, repr=False)

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "warning")

    def is_frozen(self, address: str) -> bool:
        """Whether the instance has to be left alone: it is named in `frozen`, by its address or by its bare name."""
        return address in self.frozen or address.partition("/")[0] in self.frozen

    def render(self) -> str:
        """All problems with their lines, a blank line between them."""
        return "\n\n".join(
            problem.render(self.lines.get((problem.file, problem.line), "")) for problem in self.problems
        )

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)
