"""`python -m sandbox.document > docs/sandbox.md`: the page that says what is modelled, from which source, and what is
not. Its tables are read off the code, so they cannot say more than it does.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from sandbox import neighbours
from sandbox.kinds import Kind, Quota
from sandbox.log_delivery import ROOM
from sandbox.neighbours.ec2 import GROUPS
from sandbox.services import KINDS, MODULES, OPERATIONS, REFERENCES
from sandbox.services.apigateway.facts import TIMEOUT
from sandbox.services.apigateway.metering import PLANS_PER_KEY
from sandbox.services.elbv2.facts import BALANCERS, RULES

HEAD = """# The sandbox: what it models, and what it does not

AWS as it behaves, on loopback: `penstock sandbox up` or `python -m sandbox`, then `AWS_ENDPOINT_URL` for any client.
This page is written by `python -m sandbox.document` from the tables in the code. "Ledger" is the list of sourced facts
about AWS that the project was designed from; a number is its section.

* One account and region is a `World`; rules, references, quotas and unique names are facts in tables, checked after
  every write. Requests and answers are held against botocore's own models.
* Time is the sandbox's own, by default sixty times as fast; every timestamp and the HTTP `Date` follow it.
* Message texts without a source are ours; codes are AWS's. The order in which AWS complains is not modelled.
* Requests walk what is configured: `/_aws/execute-api/{api}/{stage}/…` for an API, `/_aws/elb/{dns-name}[:port]/…` for
  a load balancer itself, from the internet or from where `x-sandbox-client` says.
* `POST /_sandbox/faults` makes calls fail; see `sandbox/control.py` for what else can be asked.
* A saved world (`--state FILE`) holds moto's part too. Faults, watchers and the log of calls are not saved.
"""
MOTO = """
## Kept by moto, judged more strictly here

Every other service is moto's ({services} have guards of ours). Writing requests to those are held against botocore's
patterns, minima and maxima first. Guarded besides:
"""
NOT = """
## Not modelled

* Of REST APIs: documentation parts, client certificates, `cloneFrom` and test invocations are refused;
  `docs/unverified.md` lists what is taken to be so. An SDK archive holds an OpenAPI document, no code.
* Requests to REST APIs: functions and other AWS services behind an integration answer 500; private APIs and private
  custom domains answer who says in `x-sandbox-vpc-endpoint` by which VPC endpoint it comes, everybody else 403; mapping
  templates know `#set`, `#if` and what conditions need, other Velocity is 501; nothing is compressed, streamed or
  traced. Of a resource policy only principals `*`, source addresses and VPC endpoints are judged, of a web ACL its
  default action.
* Portals of HTTP APIs, models and integration responses of WebSocket APIs are refused with
  `UnknownOperationException`, as are IP pools and revocation lists of ELB.
* Connections to WebSocket APIs (`ws://…/_aws/execute-api/{api}/{stage}`) do not outlive the process. Of integrations
  HTTP_PROXY and MOCK are walked; messages are passed on as they come, whatever `ContentHandlingStrategy` says.
* Concurrent modification of one API (`ConflictException`), the documented request rates, and read-after-create misses
  happen only when a fault asks for them (`documented` holds callers to the rates).
* The tagging API lists what has tags now; it does not list resources that once had some. IAM is not in it.
* Functions run no code: what one answers is told by `POST /_sandbox/functions`. Every issuer of tokens is played by the
  sandbox (`POST /_sandbox/tokens`) unless `POST /_sandbox/issuers` gives its keys. SigV4 signatures are not verified.
* A custom domain answers by its Host or below `/_aws/domain/`; of mutual TLS only that a certificate is shown is
  judged, by the header `x-sandbox-client-certificate`. The CreatedAt of a certificate moves until its record is there.
* Permissions: nobody is denied anything. Roles become assumable ten seconds after they were made.
* Automatic deployments that no stage points to are forgotten at once; how long AWS lists them is not documented.
* A certificate from IAM (`server-certificate`) is not found: listeners take ACM's.
* Blue/green, linear and canary deployments, EC2 launch type, task sets, ECS Exec, and images that run real commands.
* `UpdateRoute`, `UpdateApi`, `UpdateIntegration` and `UpdateStage` take an empty string as "none"; whether AWS keeps
  the empty string is not known for every member (ledger 7.3, 7.4).
"""


def page() -> Iterator[str]:
    yield HEAD
    for service in MODULES:
        yield f"\n## {service}\n"
        yield f"Operations: {', '.join(sorted(name for owner, name in OPERATIONS if owner == service))}.\n"
        for kind in KINDS.values():
            if kind.service == service and not kind.foreign:
                yield from _kind(kind)
    yield MOTO.format(services=", ".join(f"`{name}`" for name in sorted(neighbours.MODULES)))
    yield from (f"* `{service}` {operation}" for service, operation in sorted(neighbours.GUARDS))
    yield "\n## Quotas, by the name that `--quota NAME=N` takes\n\n| name | default |\n| --- | --- |"
    yield from (f"| `{quota.name}` | {quota.limit} |" for quota in sorted(quotas(), key=lambda each: each.name))
    yield NOT


def quotas() -> set[Quota]:
    return {kind.quota for kind in KINDS.values() if kind.quota} | {
        *BALANCERS.values(),
        RULES,
        ROOM,
        GROUPS,
        TIMEOUT,
        PLANS_PER_KEY,
    }


def _kind(kind: Kind) -> Iterator[str]:
    references = [each for each in REFERENCES if each.holder is kind]
    if not kind.rules and not references and not kind.fixed:
        return
    yield f"\n### {kind.name}\n\n| what holds | else | source |\n| --- | --- | --- |"
    for rule in kind.rules:
        when = f" when {_cell(rule.when)}" if rule.when != "`true`" else ""
        yield f"| {_cell(rule.must)}{when} | {rule.refusal.code} | {rule.source} |"
    for each in references:
        holds = "; it may not be deleted meanwhile" if each.in_use else ""
        code = (each.unknown or each.in_use).code if each.unknown or each.in_use else "nothing is said"
        yield f"| {_cell(each.path)} names a {each.target.name}{holds} | {code} | {each.source} |"
    for member, refusal in kind.fixed.items():
        yield f"| {member} never changes | {refusal.code} | |"


def _cell(text: str) -> str:
    """JMESPath has back quotes of its own."""
    return "`` " + text.replace("|", "\\|") + " ``"


if __name__ == "__main__":
    sys.stdout.write("\n".join(page()).rstrip() + "\n")
