"""The folder of recordings, and what its members were seen to hold.

`data/SERVICE/OPERATION/*.json` are answers, `errors/…` refusals, `inputs/task-definitions/*` what people register, and
`index.jsonl` says of each where it is from.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox import shapes

HERE = Path(__file__).resolve().parent
DEFAULT = HERE.parents[1] / "../shared/aws/recordings"
LEARNT = HERE / "evidence.json"
Item = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One recorded answer or refusal. `origin` is how it was come by (`recorded`, `documented-example` …), `trust`
    whether its collectors found it plausible."""

    service: str
    operation: str
    file: str
    answer: Item
    origin: str = ""
    trust: str = ""
    label: str = ""
    date: str = ""

    @property
    def name(self) -> str:
        return f"{self.service}.{self.operation}"

    @property
    def whole(self) -> bool:
        """Whether AWS answered nothing else: examples, doubtful and edited recordings are cut (findings.md)."""
        return self.origin in ("recorded", "validated-snapshot") and self.trust != "suspect"


def cases(folder: Path, part: str) -> Iterator[Case]:
    """The answers (`data`) or the refusals (`errors`) of a folder, in order."""
    told = index(folder)
    for file in sorted(folder.glob(f"{part}/*/*/*.json")):
        service, operation = file.parts[-3:-1]
        at = str(file.relative_to(folder))
        row = told.get(at, {})
        yield Case(
            service, operation, at, json.loads(file.read_text()),
            row.get("kind", ""), row.get("authenticity", ""), row.get("label", ""),
            (row.get("recorded") or row.get("latest_datetime") or "")[:10],
        )  # fmt: skip


def index(folder: Path) -> dict[str, Item]:
    file = folder / "index.jsonl"
    lines = file.read_text().splitlines() if file.is_file() else []
    return {row["file"]: row for row in map(json.loads, lines)}


@dataclass
class Seen:
    """Of one member of one shape: how often recordings have it, how often not, and the flags and words it held."""

    present: int = 0
    absent: int = 0
    values: set[Any] = field(default_factory=set)


@dataclass
class Evidence:
    """What recordings show of every member of every shape, by `service:Shape`, then by member."""

    members: dict[str, dict[str, Seen]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(Seen)))

    def of(self, shape: str, member: str) -> Seen:
        return self.members.get(shape, {}).get(member, Seen())

    def learn(self, folder: Path) -> Evidence:
        for case in cases(folder, "data"):
            shape = output(case.service, case.operation)
            if shape is not None:
                self._note(case.service, shape, case.answer)
        return self

    def _note(self, service: str, shape: Any, value: Any) -> None:
        match shape.type_name, value:
            case "structure", dict():
                for name, inner in shape.members.items():
                    seen = self.members[f"{service}:{shape.name}"][name]
                    seen.present += name in value
                    seen.absent += name not in value
                    if name in value:
                        self._word(seen, inner, value[name])
                        self._note(service, inner, value[name])
            case "list", list():
                for each in value:
                    self._note(service, shape.member, each)
                if keyed(value):
                    for each in value:
                        self.members[f"{service}:{shape.name}"][each["Key"]].present += 1
            case "map", dict():
                for each in value.values():
                    self._note(service, shape.value, each)

    @staticmethod
    def _word(seen: Seen, shape: Any, value: Any) -> None:
        if isinstance(value, bool) or (isinstance(value, str) and getattr(shape, "enum", ())):
            seen.values.add(value)

    def save(self) -> None:
        plain = {
            shape: {
                name: [each.present, each.absent, sorted(each.values, key=str)] for name, each in sorted(kept.items())
            }
            for shape, kept in sorted(self.members.items())
        }
        lines = [f"{json.dumps(shape)}: {json.dumps(kept)}" for shape, kept in plain.items()]
        LEARNT.write_text("{\n" + ",\n".join(lines) + "\n}\n")

    def load(self) -> Evidence:
        for shape, kept in json.loads(LEARNT.read_text()).items() if LEARNT.is_file() else ():
            for name, (present, absent, values) in kept.items():
                seen = self.members[shape][name]
                seen.present, seen.absent = seen.present + present, seen.absent + absent
                seen.values |= set(values)
        return self


def output(service: str, operation: str) -> Any:
    """botocore's shape of an answer; None where there is no such operation (any more) or it answers nothing."""
    name = shapes.operations(service).get(operation)
    return name and shapes.operation(service, name).output_shape


def keyed(value: list[Any]) -> bool:
    """Lists of attributes are maps in disguise: `[{Key, Value}]`. Tags look the same and are people's own."""
    return bool(value) and all(isinstance(each, dict) and each.keys() == {"Key", "Value"} for each in value)
