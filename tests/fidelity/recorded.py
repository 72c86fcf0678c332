"""The folder of recordings, and what its members were seen to hold.

`data/SERVICE/OPERATION/*.json` are answers, `errors/…` refusals, `inputs/task-definitions/*` what people register, and
`index.jsonl` says of each where it is from.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import UnknownServiceError

from sandbox import shapes
from tests.fidelity.wording import bare, here

HERE = Path(__file__).resolve().parent
DEFAULT = HERE.parents[1] / "../shared/aws/recordings"
LEARNT = HERE / "evidence.json"
Item = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One recorded answer or refusal. `origin` is how it was come by (`recorded`, `documented-example` …), `trust`
    whether its collectors found it plausible, `problem` why its file is no recording, if it is none."""

    service: str
    operation: str
    file: str
    answer: Item
    origin: str = ""
    trust: str = ""
    label: str = ""
    date: str = ""
    problem: str = ""

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
        shape = output(service, operation)
        answer, problem = _read(file)
        if not problem:
            problem = _unlike(shape, answer) if part == "data" else _unlike_refusal(answer)
        yield Case(
            service, operation, at, moments(shape, answer),
            row.get("kind", ""), row.get("authenticity", ""), row.get("label", ""),
            (row.get("recorded") or row.get("latest_datetime") or "")[:10], problem,
        )  # fmt: skip


def _read(file: Path) -> tuple[Item, str]:
    """What a file says, and why it says nothing, if so."""
    try:
        answer = json.loads(file.read_text())
    except ValueError as wrong:  # no JSON, or no UTF-8
        return {}, f"no recording: {wrong}"
    return (answer, "") if isinstance(answer, dict) else ({}, "no recording: it is no JSON object")


def _unlike(shape: Any, value: Any, path: str = "") -> str:
    """Where an answer has something else than the object or list that its operation answers there."""
    match shape and shape.type_name, value:
        case "structure", dict():
            inner = ((shape.members.get(name), each, f"{path}.{name}") for name, each in value.items())
        case "list", list():
            inner = ((shape.member, each, f"{path}[]") for each in value)
        case "structure" | "list" as wanted, _:
            return f"no recorded answer: {path.lstrip('.')} is no {wanted}"
        case _:
            return ""
    return next((found for each in inner if (found := _unlike(*each))), "")


def _unlike_refusal(answer: Item) -> str:
    error = answer.get("Error")
    told = isinstance(error, dict) and isinstance(error.get("Code"), str)
    return "" if told else "no recorded refusal: it has no Error with a Code"


def moments(shape: Any, value: Any) -> Any:
    """Moments as text where an example has seconds since 1970, which is how AWS's JSON protocols write them."""
    match shape and shape.type_name, value:
        case "structure", dict():
            return {name: moments(shape.members.get(name), each) for name, each in value.items()}
        case "list", list():
            return [moments(shape.member, each) for each in value]
        case "timestamp", int() | float():
            return datetime.fromtimestamp(value, UTC).isoformat()
    return value


def index(folder: Path) -> dict[str, Item]:
    """What `index.jsonl` says of each file; nothing of any where there is none, or of lines that say no file."""
    file = folder / "index.jsonl"
    rows: dict[str, Item] = {}
    for line in file.read_text().splitlines() if file.is_file() else ():
        try:
            row = json.loads(line)
            rows[row["file"]] = row
        except (ValueError, KeyError, TypeError):
            continue  # then nothing is known of the file that it spoke of
    return rows


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
    wordings: set[str] = field(default_factory=set)
    """What refusals were recorded to say, without names and numbers."""

    def of(self, shape: str, member: str) -> Seen:
        return self.members.get(shape, {}).get(member, Seen())

    def learn(self, folder: Path) -> Evidence:
        for case in cases(folder, "data"):
            shape = output(case.service, case.operation)
            if shape is not None and not case.problem:
                self._note(case.service, shape, case.answer)
        for case in cases(folder, "errors"):
            if not case.problem and case.answer["Error"].get("Message"):
                self.wordings.add(bare(here(case.answer["Error"]["Message"])))
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
        listed: tuple[str, ...] = getattr(shape, "enum", ())
        if isinstance(value, bool) or (isinstance(value, str) and listed):
            seen.values.add(value)

    def save(self) -> None:
        plain = {
            shape: {
                name: [each.present, each.absent, sorted(each.values, key=str)] for name, each in sorted(kept.items())
            }
            for shape, kept in sorted(self.members.items())
        }
        lines = [f"{json.dumps(shape)}: {json.dumps(kept)}" for shape, kept in plain.items()]
        lines.append(f'"": {json.dumps(sorted(self.wordings), indent=0)}')
        LEARNT.write_text("{\n" + ",\n".join(lines) + "\n}\n")

    def load(self) -> Evidence:
        learnt = json.loads(LEARNT.read_text()) if LEARNT.is_file() else {}
        self.wordings |= set(learnt.pop("", ()))
        for shape, kept in learnt.items():
            for name, (present, absent, values) in kept.items():
                seen = self.members[shape][name]
                seen.present, seen.absent = seen.present + present, seen.absent + absent
                seen.values |= set(values)
        return self


def output(service: str, operation: str) -> Any:
    """botocore's shape of an answer; None where there is no such operation (any more) or it answers nothing."""
    name = operations(service).get(operation)
    return name and shapes.operation(service, name).output_shape


def operations(service: str) -> Mapping[str, str]:
    """boto3's names of its operations, and AWS's; none of a service that botocore does not know."""
    try:
        return shapes.operations(service)
    except UnknownServiceError:
        return {}


def keyed(value: list[Any]) -> bool:
    """Lists of attributes are maps in disguise: `[{Key, Value}]`. Tags look the same and are people's own."""
    return bool(value) and all(isinstance(each, dict) and each.keys() == {"Key", "Value"} for each in value)
