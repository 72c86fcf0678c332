"""(a) A recorded answer, and what the sandbox answers in the same situation.

The answer's documents are found by botocore's shapes (`Service`, `LoadBalancer` …); for each the recipe of its kind
makes the same thing here, first with nothing said but what sort of thing it is, to see what the sandbox answers by
itself, then with all that AWS answered otherwise. Then the recorded operation itself is asked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sandbox import shapes, snapshot
from tests.fidelity.comparing import Comparison, Difference
from tests.fidelity.place import Place, Refused
from tests.fidelity.recipes import OWN, RECIPES, general
from tests.fidelity.recorded import Case, Evidence, operations, output
from tests.fidelity.wish import Item, Wish
from tests.fidelity.wording import as_here

VERB = re.compile(r"^(Create|Get|Describe|List|Update|Put|Delete|Modify|Register|Deregister|Set|Import|Stop)(?=[A-Z])")
UNNOUN = re.compile(r"(Response|Result|Output)$")


@dataclass(frozen=True)
class Nothing:
    """The shape of an answer without members."""

    name: str = "nothing"
    type_name: str = "structure"
    members: Mapping[str, Any] = field(default_factory=dict)


NOTHING = Nothing()


@dataclass(frozen=True)
class Document:
    """One described thing in an answer, where it stands, and its kind."""

    noun: str
    member: str  # of the answer; empty when the answer is the document
    shape: Any
    item: Any


@dataclass
class Answers:
    place: Place
    evidence: Evidence
    _standing: tuple[bytes, general.Names] | None = None

    def differences(self, case: Case) -> list[Difference]:
        """Of one case; a situation the sandbox refuses is one difference."""
        shape = output(case.service, case.operation)
        found = list(documents(case, shape))
        told: list[Difference] = []
        for number, document in enumerate(found):
            told += self._one(case, document, number)
        return told

    def _one(self, case: Case, document: Document, number: int) -> list[Difference]:
        at = f"{case.service}:{document.noun}"
        if (case.service, document.noun) not in RECIPES:
            return self._generally(case, document, at)
        try:
            wish, ours = self._answered(case, document, number, self._plain(case, document, number))
        except Refused as no:
            return [Difference("refused", at, case.operation, no.code, None, str(no))]
        except Exception as wrong:  # whatever it is, it is this case's, and the others go on
            where = wrong.__traceback__
            while where and where.tb_next:
                where = where.tb_next
            line = where.tb_lineno if where else 0
            return [Difference("broken", at, case.operation, f"{type(wrong).__name__}, line {line}", None, str(wrong))]
        if ours is None:
            return [Difference("missing", at, case.operation, document.member, document.item)]
        compare = Comparison(case.service, self.evidence, case.whole, case.date)
        if document.shape.type_name != "structure":
            theirs, said = wish.document.get("", wish.document), None
            return list(compare.differences(document.shape, theirs, ours, said, document.member))
        return list(compare.differences(document.shape, wish.document, ours, wish.sent))

    def _generally(self, case: Case, document: Document, at: str) -> list[Difference]:
        """Without a recipe: asked of an account that has something of everything."""
        unmade = Difference("unmade", at, case.operation, case.operation)
        if case.operation not in operations(case.service):
            return [unmade]
        self.place.reset()
        kept, names = self._everything()
        snapshot.restore(self.place.sandbox, kept)
        theirs, name = as_here(document.item), operations(case.service)[case.operation]
        asked = general.request(names.get(case.service, {}), case.service, name, theirs)
        try:
            ours = self.place.call(case.service, case.operation, **asked)
        except Refused as no:
            return [replace(unmade, ours=str(no))]
        if general.vacuous(document.shape, theirs, ours):
            return [replace(unmade, ours="there is none here")]
        compare = Comparison(case.service, self.evidence, case.whole, case.date)
        told = list(compare.differences(document.shape, theirs, ours))
        other = next((each for each in told if each.what in ("missing", "value")), None)
        return [replace(unmade, ours=f"something else stands here: {other}")] if other else told

    def _everything(self) -> tuple[bytes, general.Names]:
        if self._standing is None:
            names = general.standing(self.place)
            self._standing = snapshot.taken(self.place.sandbox), names
        return self._standing

    def _plain(self, case: Case, document: Document, number: int) -> Item | None:
        """What the sandbox answers when only the sort of thing is said; None when so little is refused."""
        try:
            found = self._answered(case, document, number, None, full=False)[1]
        except Refused:
            return None
        return found if isinstance(found, dict) else {}

    def _answered(
        self, case: Case, document: Document, number: int, plain: Item | None, *, full: bool = True
    ) -> tuple[Wish, Any]:
        self.place.reset()
        own = OWN.get((case.service, document.noun), frozenset())
        wish = Wish.of(self.place, case.service, document.item, own, number)
        wish.plain, wish.full = plain, full and plain is None
        name = operations(case.service).get(case.operation, "")
        recipe = RECIPES.get((case.service, name)) or RECIPES[case.service, document.noun]
        known = recipe(self.place, wish)
        answer = self.place.answers.get((case.service, case.operation))
        if answer is None:
            answer = self.place.call(case.service, case.operation, **addressed(case, wish, known))
        return wish, picked(answer, document, known)


def documents(case: Case, shape: Any) -> Iterator[Document]:
    """Each different one; of the hundred that differ in names alone the first is enough."""
    found = list(_documents(case, shape))
    alike: dict[str, Document] = {}
    for each in found:
        alike.setdefault(_form(each.item), each)
    yield from alike.values()


def _documents(case: Case, shape: Any) -> Iterator[Document]:
    if shape is None:
        name = operations(case.service).get(case.operation, case.operation)
        noun = VERB.sub("", name)
        yield Document(noun if (case.service, noun) in RECIPES else name, "", NOTHING, case.answer)
        return
    if (case.service, shape.name) in RECIPES:
        yield Document(shape.name, "", shape, case.answer)
        return
    inside = False
    for member, inner in shape.members.items():
        element = inner.member if inner.type_name == "list" else inner
        if element.type_name != "structure":
            continue
        noun = element.name
        if (case.service, noun) in RECIPES and member in case.answer:
            inside = True
            items = case.answer[member] if inner.type_name == "list" else [case.answer[member]]
            yield from (Document(noun, member, element, item) for item in items)
    if not inside:
        name = shapes.operations(case.service)[case.operation]
        noun = VERB.sub("", UNNOUN.sub("", shape.name))
        yield Document(noun if (case.service, noun) in RECIPES else name, "", shape, case.answer)


def addressed(case: Case, wish: Wish, known: Item) -> Item:
    """The recorded operation's request: whom it is about, and of a writing one what it says."""
    name = shapes.operations(case.service)[case.operation]
    asked = shapes.operation(case.service, name).input_shape
    if asked is None:
        return {}
    writes = not name.startswith(("Get", "Describe", "List", "Delete", "Discover", "Simulate"))
    said = wish.request(case.operation) if writes else {}
    request = said | {member: each for member, each in known.items() if member in asked.members}
    if "patchOperations" in asked.members:
        request["patchOperations"] = []
    return request


def picked(answer: Item, document: Document, known: Item) -> Any:
    """Ours among what was answered: the one that bears a known name, else the last."""
    if not document.member:
        return answer
    found = answer.get(document.member)
    if not isinstance(found, list):
        return found
    names = {
        each
        for value in known.values()
        for each in (value if isinstance(value, list) else [value])
        if isinstance(each, str)
    }
    alike = [
        each for each in found if isinstance(each, dict) and names & {v for v in each.values() if isinstance(v, str)}
    ]
    return alike[-1] if alike else (found[-1] if found else None)


def _form(value: Any) -> str:
    """An item without what is its own: members, flags and words, not names and numbers."""
    return json.dumps(_bare(value), sort_keys=True, default=str)


def _bare(value: Any) -> Any:
    match value:
        case dict():
            return {name: _bare(each) for name, each in value.items() if name not in ("Tags", "tags")}
        case list():
            return sorted({json.dumps(_bare(each), sort_keys=True, default=str) for each in value})
        case str():
            return value if re.fullmatch(r"[A-Z_]{2,30}|[a-z]{2,12}", value) else "text"
        case bool():
            return value
    return type(value).__name__
