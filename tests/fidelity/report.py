"""docs/fidelity.md: what was compared, how, and what came of it."""

from __future__ import annotations

from pathlib import Path

from tests.fidelity.verdicts import Tally, table

PAGE = Path(__file__).resolve().parents[2] / "docs/fidelity.md"
HEAD = """# How faithful the sandbox is

Nobody may need an AWS account to try Penstock, and no test may pass because the sandbox is kinder than AWS. So what AWS
was recorded to answer, to refuse and to be asked is put beside what the sandbox and the reconcilers make of it.
`make fidelity` does that over the recordings beside this repository, `make fidelity RECORDINGS=DIR` over any folder
with the same layout; it writes this page, ends with the line at the bottom, and fails when a difference is unexplained.

* **Answers.** A recorded answer comes without its request. The object it describes is made here again, in two steps:
  first with nothing said but what sort of thing it is, to see what the sandbox answers by itself, then with all that
  AWS answered otherwise; then the recorded operation is asked. What was said must come back as it was said. What AWS
  made up is compared by its form (type, kind of ARN). Flags and AWS's own words that nobody said must be ones that AWS
  was recorded to answer for that member. A member that only one of both has is a difference, unless it is empty and
  recordings of the same shape show it both there and not there, or, for members that only the sandbox answers, the
  answer is an example or a trimmed recording, in which absence proves nothing. Of items that differ only in names and
  numbers one is compared.
* **Refusals.** A recorded error comes without its request too: a request that has what its message speaks of is made
  up, and the sandbox must refuse it with the recorded code, status and message, with the names exchanged. The bad
  requests that emulators were measured with must be refused with AWS's code: the 149 that the page about them names are
  sent as they were, and for the 34 that it only counts stand as many of the same services.
* **Reconcilers.** Every described object is read by its kind's `observe`; a resource that says what was read plans
  nothing. Every task definition that somebody wrote is registered: what AWS would accept is accepted, reads back, and
  plans nothing the second time; the rest is refused for AWS's reason.

What has no recipe is asked of an account that has something of everything, by the names that the request wants; where
that account has nothing like the recorded object, nothing was compared, and the table says `not staged`. A refusal that
nothing known here earns is asked of the recorded operation, about things that are not there. A file that is no
recording is told in one line and counts as unexplained.

A default that the caller may also set cannot be told from a choice in an answer without its request: there the
recordings prove that the sandbox keeps it, and the ledger, not this page, what it is when nobody says it.
"""


def page(tally: Tally) -> str:
    return HEAD + "\n".join(table(tally)) + "\n"
