"""The scalars a spec is written in: durations, sizes, names, ARNs; what a person writes becomes the number AWS wants.

Each is metadata on an `int` or a `str`, so that models stay readable (`timeout: Annotated[int, Duration(...)]`), the
error is in the user's units ("at most 30s", not "less than or equal to 30000") and the JSON Schema says the same.
"""

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

MILLISECONDS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
# CloudWatch Logs PutRetentionPolicy, retentionInDays (ledger 3.1)
RETENTION_DAYS = (
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)


class FromVariable(str):
    """Text that came from `${vars.X}`: a number field may read it as a number, which plain quoted text may not."""

    __slots__ = ()


def refuse(kind: str, sentence: str, **context: object) -> PydanticCustomError:
    """A refusal in our own words; `kind` is looked up in `specs.codes`, `hint` in the context becomes the advice."""
    return PydanticCustomError(kind, sentence, context)


class Scalar(ABC):
    """A value written in one way and kept in another: `parse` reads it, `show` writes it again.

    A model dumped in JSON mode has the written form, so that an expanded spec can be loaded as it is printed.
    """

    @abstractmethod
    def parse(self, value: object) -> object:
        """The value that is kept. Raises `PydanticCustomError` for what is no such value."""

    def show(self, value: Any) -> object:
        return value

    @abstractmethod
    def schema(self) -> dict[str, object]:
        """Its JSON Schema, for editors."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.parse, serialization=core_schema.plain_serializer_function_ser_schema(self.show, when_used="json")
        )

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return self.schema()


@dataclass(frozen=True, slots=True)
class Duration(Scalar):
    """`500ms 30s 5m 1h 30d`, kept as an int of `unit`; `low` and `high` are in that unit."""

    unit: str
    low: int
    high: int
    zero: bool = False

    def parse(self, value: object) -> int:
        found = re.fullmatch(r"(0|[1-9][0-9]{0,11})(ms|s|m|h|d)", value) if isinstance(value, str) else None
        if found is None:
            hint = f"{value}{self.unit}" if isinstance(value, int) and not isinstance(value, bool) else ""
            raise refuse("duration", "Input should be a duration such as 30s, 5m, 1h or 30d", hint=hint)
        length = int(found[1]) * MILLISECONDS[found[2]]
        amount, rest = divmod(length, MILLISECONDS[self.unit])
        if not rest and (self.low <= amount <= self.high or (self.zero and not amount)):
            return amount
        zero = "0s or " if self.zero else ""
        least, most = self.show(self.low), self.show(self.high)
        raise refuse("range", "Input should be {zero}from {least} to {most}", zero=zero, least=least, most=most)

    def show(self, value: Any) -> str:
        """The amount as a person writes it: 90 (seconds) is `90s`, 3600 `1h`."""
        length = value * MILLISECONDS[self.unit]
        return next(
            (
                f"{length // size}{unit}"
                for unit, size in reversed(MILLISECONDS.items())
                if size <= length and not length % size
            ),
            "0s",
        )

    def schema(self) -> dict[str, object]:
        return {"type": "string", "pattern": "^(0|[1-9][0-9]*)(ms|s|m|h|d)$", "examples": [self.show(self.high)]}


@dataclass(frozen=True, slots=True)
class Retention(Scalar):
    """How long CloudWatch keeps logs: `30d`, kept as days, of those that PutRetentionPolicy takes."""

    def parse(self, value: object) -> int:
        days = Duration("d", 1, 3653).parse(value)
        if days in RETENTION_DAYS:
            return days
        nearest = min(RETENTION_DAYS, key=lambda known: abs(known - days))
        raise refuse(
            "retention", "CloudWatch Logs keeps {known} days only", hint=f"{nearest}d", known=_listed(RETENTION_DAYS)
        )

    def show(self, value: Any) -> str:
        return f"{value}d"

    def schema(self) -> dict[str, object]:
        return {"type": "string", "enum": [f"{days}d" for days in RETENTION_DAYS]}


@dataclass(frozen=True, slots=True)
class Size(Scalar):
    """`512MiB 1GiB 1 GB`, or a bare number where `bare` names its unit; kept as an int of `unit`."""

    unit: str
    low: int
    high: int
    bare: bool = False

    def parse(self, value: object) -> int:
        amount = self._mebibytes(value)
        if amount is None:
            form = "MiB such as 1024, or 1GiB" if self.bare else f"a size such as {self.low}{self.unit}"
            raise refuse("size", "Input should be {form}", form=form)
        amount, rest = divmod(amount, 1 if self.unit == "MiB" else 1024)
        if rest or not self.low <= amount <= self.high:
            raise refuse(
                "range",
                "Input should be from {least} to {most}",
                least=f"{self.low}{self.unit}",
                most=f"{self.high}{self.unit}",
            )
        return amount

    def _mebibytes(self, value: object) -> int | None:
        if isinstance(value, bool):
            return None
        if isinstance(value, int):
            return value if self.bare else None
        found = (
            re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,3})?) ?(MiB|MB|GiB|GB)?", value) if isinstance(value, str) else None
        )
        if found is None or (found[2] is None and not (self.bare and isinstance(value, FromVariable))):
            return None
        return round(float(found[1]) * (1024 if (found[2] or "M")[0] == "G" else 1))

    def show(self, value: Any) -> object:
        return value if self.bare else f"{value}{self.unit}"

    def schema(self) -> dict[str, object]:
        text: dict[str, object] = {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)? ?(MiB|MB|GiB|GB)$"}
        return {"anyOf": [{"type": "integer"}, text]} if self.bare else text


@dataclass(frozen=True, slots=True)
class CpuUnits(Scalar):
    """ECS's own grammar: `512` units or `"0.5 vCPU"`; kept as units (ecs RegisterTaskDefinition, cpu)."""

    def parse(self, value: object) -> int:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        found = (
            re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]{1,3})?|\.[0-9]{1,3}) ?vcpu", value.lower())
            if isinstance(value, str)
            else None
        )
        if found:
            return round(float(found[1]) * 1024)
        if isinstance(value, FromVariable) and re.fullmatch("[0-9]{1,6}", value):
            return int(value)
        raise refuse("cpu", "Input should be CPU units such as 512, or '0.5 vCPU'")

    def schema(self) -> dict[str, object]:
        return {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": r"^[0-9]*(\.[0-9]+)? ?v[Cc][Pp][Uu]$"}]}


@dataclass(frozen=True, slots=True)
class Percent(Scalar):
    """`20%`, kept as the int before the sign."""

    low: int
    high: int

    def parse(self, value: object) -> int:
        found = re.fullmatch(r"(0|[1-9][0-9]{0,2})%", value) if isinstance(value, str) else None
        if found is None:
            raise refuse("percent", "Input should be a percentage such as 20%")
        if not self.low <= int(found[1]) <= self.high:
            raise refuse("range", "Input should be from {least} to {most}", least=f"{self.low}%", most=f"{self.high}%")
        return int(found[1])

    def show(self, value: Any) -> str:
        return f"{value}%"

    def schema(self) -> dict[str, object]:
        return {"type": "string", "pattern": "^(0|[1-9][0-9]?|100)%$"}


@dataclass(frozen=True, slots=True)
class Words(Scalar):
    """Words of ours for words of AWS's: `standard` is `enabled`."""

    pairs: tuple[tuple[str, str], ...]

    def parse(self, value: object) -> str:
        pairs = dict(self.pairs)
        if isinstance(value, str) and value in pairs:
            return pairs[value]
        raise refuse("literal_error", "Input should be {expected}", expected=_listed([f"'{word}'" for word in pairs]))

    def show(self, value: Any) -> str:
        return next(word for word, theirs in self.pairs if theirs == value)

    def schema(self) -> dict[str, object]:
        return {"enum": [word for word, _ in self.pairs]}


@dataclass(frozen=True, slots=True)
class Instant(Scalar):
    """An RFC 3339 time with its zone, or a date, which lasts to its end in UTC; kept as an aware datetime."""

    def parse(self, value: object) -> datetime:
        try:
            moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            moment = None
        if isinstance(value, str) and moment and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            return moment.replace(tzinfo=UTC) + timedelta(days=1)
        if moment is None or moment.tzinfo is None:
            raise refuse("instant", "Input should be a time such as 2026-12-31T09:00:00Z, or a date such as 2026-12-31")
        return moment.astimezone(UTC)

    def show(self, value: Any) -> str:
        return str(value.isoformat().replace("+00:00", "Z"))

    def schema(self) -> dict[str, object]:
        return {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2}))?$"}


@dataclass(frozen=True, slots=True)
class Form(Scalar):
    """Text of one form, all of it; `words` says which, because nobody reads a regular expression in an error."""

    regex: str
    words: str
    longest: int = 2048

    def parse(self, value: object) -> str:
        if isinstance(value, str) and len(value) <= self.longest and re.fullmatch(self.regex, value):
            return str(value)
        raise refuse("form", "Input should be {words}", words=self.words)

    def schema(self) -> dict[str, object]:
        return {"type": "string", "pattern": f"^({self.regex})$", "maxLength": self.longest}


def _listed(words: object) -> str:
    first = [str(word) for word in words]  # type: ignore[attr-defined]  # any iterable of printable things
    return first[0] if len(first) == 1 else f"{', '.join(first[:-1])} or {first[-1]}"
