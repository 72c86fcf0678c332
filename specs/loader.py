"""From files to the Catalog: read, expand, merge, validate, and keep every good instance whatever the others are like.

One bad thing stops only itself: a file that cannot be parsed freezes the names in it, an invalid Environment freezes
its services, two specs with one name freeze both, and everything else goes on.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from specs.beside import Beside, files_named
from specs.catalog import Catalog
from specs.document import Document, read
from specs.instances import expand_all
from specs.problem import Problem
from specs.uncollected import uncollected
from specs.yaml_io import Unreadable, parse, read_file

MOST_FILES = 20_000


@dataclass(slots=True)
class _Reading:
    """What has been read so far."""

    documents: list[Document] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    unreadable: set[str] = field(default_factory=set)
    texts: dict[str, str] = field(default_factory=dict)
    named: list[Path] = field(default_factory=list)
    """Files that specs name: OpenAPI documents and schemas, which are no specs."""
    beside: Beside = field(default_factory=Beside)

    def take(self, other: "_Reading") -> None:
        """What was read of one more file."""
        self.documents += other.documents
        self.problems += other.problems
        self.files += other.files
        self.unreadable |= other.unreadable
        self.texts |= other.texts

    def fail(self, problem: Problem) -> None:
        self.problems.append(problem)
        self.unreadable.add(problem.file)


def load(paths: Sequence[Path], variables: Mapping[str, str] | None = None, *, now: datetime | None = None) -> Catalog:
    """Everything in these files and folders; of folders every `.yaml` and `.yml`, but hidden and temporary ones.

    `variables` are those of the command line; they go before an Environment's. What depends on the time of day (how
    far ahead a suspension ends) is judged as of `now`, and not at all without it. Raises nothing for what it reads:
    all that is wrong is in the Catalog.
    """
    reading = _Reading()
    with uncollected():
        each: dict[Path, _Reading] = {}
        for file in _files(paths, reading):
            each[file] = _Reading(files=[str(file)])
            try:
                _take(read_file(file), str(file), each[file])
            except Unreadable as unreadable:
                each[file].fail(unreadable.problem)
        named = {name.absolute(): name for one in each.values() for name in one.named}
        for file, one in each.items():
            name = named.get(file.absolute())
            if name is None or reading.beside.is_spec(name):
                reading.take(one)
            elif not reading.beside.is_whole(name):  # whoever names it is told why; who knows what else is in it
                reading.unreadable |= {str(file)}
        return _catalog(reading, variables or {}, now)


def load_text(
    text: str,
    file: str = "<text>",
    variables: Mapping[str, str] | None = None,
    *,
    now: datetime | None = None,
) -> Catalog:
    """The same for one text, such as standard input."""
    reading = _Reading(files=[file])
    _take(text, file, reading)
    return _catalog(reading, variables or {}, now)


def _files(paths: Sequence[Path], reading: _Reading) -> Iterator[Path]:
    seen: set[Path] = set()
    for path in paths:
        found = _folder(path, reading) if path.is_dir() else [path]
        for file in found:
            if (absolute := file.absolute()) not in seen:
                seen.add(absolute)
                yield file


def _folder(folder: Path, reading: _Reading) -> list[Path]:
    def refuse(error: OSError) -> None:
        message = f"cannot read {error.filename}: {error.strerror}"
        reading.fail(Problem(str(error.filename), 1, 1, "", message, code="E1002"))

    found: list[Path] = []
    for place, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(place, name) for name in names if name.endswith((".yaml", ".yml")) and name[0] not in ".#"]
        if len(found) > MOST_FILES:
            reading.fail(Problem(str(folder), 1, 1, "", f"more than {MOST_FILES} files", code="E1009"))
            return []
    return sorted(found)


def _take(text: str, file: str, reading: _Reading) -> None:
    """The documents of a text. Where it cannot be read to its end, names may be missing, and nothing in it is used."""
    found = parse(text, file)
    reading.texts[file] = text
    reading.problems += found.problems
    if not found.complete:
        reading.unreadable.add(file)
    elif not any(found.documents):
        reading.fail(Problem(file, 1, 1, "", f"{file} has no document in it", code="E1011"))
    for node in filter(None, found.documents):
        reading.named += files_named(node) if "openapi" in text or "file" in text else ()
        document = read(node, file, sound=not found.problems)
        reading.documents.append(document)
        if not document.name:
            reading.unreadable.add(file)


def _catalog(reading: _Reading, variables: Mapping[str, str], now: datetime | None) -> Catalog:
    expanded = expand_all(reading.documents, variables, now, reading.beside)
    problems = sorted({*reading.problems, *expanded.problems})
    return Catalog(
        instances=tuple(sorted(expanded.instances.values(), key=lambda one: (one.kind != "Environment", one.address))),
        problems=tuple(problems),
        files=tuple(dict.fromkeys((*reading.files, *reading.beside.texts))),
        frozen=frozenset(expanded.frozen),
        unreadable=frozenset(reading.unreadable),
        lines=_lines(problems, {**reading.texts, **reading.beside.texts}),
    )


def _lines(problems: Iterable[Problem], texts: Mapping[str, str]) -> dict[tuple[str, int], str]:
    """The source line of every problem, for Catalog.render."""
    split = {file: texts[file].split("\n") for file in {problem.file for problem in problems} if file in texts}
    return {
        (problem.file, problem.line): split[problem.file][problem.line - 1]
        for problem in problems
        if problem.line <= len(split.get(problem.file, ()))
    }
