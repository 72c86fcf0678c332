"""Sense between an OpenAPI document and its spec: every operation leads somewhere, both make one tree, and who may call
is said. What speaks of the document stands at its line there."""

from collections.abc import Iterator
from dataclasses import replace

from specs.apiservice import ApiServiceSpec
from specs.authorizers import GUARDS, NONE
from specs.checks_authorizers import MOST as MOST_AUTHORIZERS
from specs.checks_rest import MOST_RESOURCES
from specs.gateway import Gateway
from specs.openapi import Contract, Guard, words
from specs.openapi.finding import step
from specs.problem import Origin, Problem

OURS = ("body", "params", "body-and-params")
"""What the request validators of routes are called."""


def check_contract(spec: ApiServiceSpec, contract: Contract) -> Iterator[Problem]:
    """Everything in a document that does not fit the spec."""
    gateway = spec.gateway
    yield from _ends(gateway, contract)
    yield from _tree(gateway, contract)
    yield from _api(gateway, contract)
    yield from _open(gateway, contract)
    authorizers = gateway.authorizers.keys() | contract.authorizers.keys()
    if len(authorizers) > MOST_AUTHORIZERS:
        message = f"an API has {MOST_AUTHORIZERS} authorizers at most; here are {len(authorizers)}"
        yield Problem(contract.file, 1, 1, "", message, "", "E1105")
    for name in contract.validators.keys() & set(OURS):
        if any(route.validation is not None for route in gateway.routes.values()):
            message = f"the request validators of `routes` are called {', '.join(OURS)}"
            yield Problem(contract.file, 1, 1, "", message, f"call the document's `{name}` otherwise", "E1365")


def guarded(contract: Contract, spec: ApiServiceSpec) -> Contract:
    """The contract with `gateway.defaults` for operations that do not say who may call them."""
    defaults = spec.gateway.defaults
    named = spec.gateway.authorizers.get(defaults.authorizer or NONE)
    key = defaults.api_key is not None
    if named is None and not key:
        return contract
    guard = Guard(api_key=key)
    if named is not None:
        kind = GUARDS.get(named.type, "CUSTOM")
        guard = Guard(kind, "" if kind == "AWS_IAM" else defaults.authorizer or "", defaults.scopes, key)
    operations = {
        name: each if each.guard.said else replace(each, guard=guard) for name, each in contract.operations.items()
    }
    return replace(contract, operations=operations)


def _at(contract: Contract, place: str, code: str, message: str, hint: str = "") -> Problem:
    origin = contract.origins.get(place, Origin(contract.file, 1, 1))
    return Problem(origin.file, origin.line, origin.column, "", message, hint, code)


def _ends(gateway: Gateway, contract: Contract) -> Iterator[Problem]:
    """An operation leads somewhere: by its integration, by a route, or to the only service."""
    for key in contract.open_ended:
        if key not in gateway.routes:
            message = f"`{key}` says nothing of what is behind it, and there are several services"
            hint = f'add a route, `"{key}": service`, or `{words.INTEGRATION}` to the operation'
            rule = f"AWS: No integration defined for method ({words.CREATE_DEPLOYMENT})"
            yield _at(contract, step("gateway", "routes", key), "E1363", message, f"{hint}; {rule}")


def _tree(gateway: Gateway, contract: Contract) -> Iterator[Problem]:
    """Document and routes make one tree of resources (ledger 6.3)."""
    variables: dict[str, tuple[str, str]] = {}
    resources: set[str] = set()
    routes = {key.partition(" ")[2] for key in gateway.routes if " " in key and key not in contract.operations}
    for path in dict.fromkeys((*routes, *contract.paths)):
        above = ""
        for part in path.strip("/").split("/") if path != "/" else ():
            first, name = variables.setdefault(above, (path, part)) if part.startswith("{") else ("", part)
            if name != part and path in contract.paths:
                message = f"`{first}` calls the parameter in this place {name}"
                rule = f"AWS: A sibling ({name}) of this resource already has a variable path part"
                hint = f"call it {name} here too; {rule} ({words.CREATE_RESOURCE})"
                yield _at(contract, step("gateway", "openapi", "paths", path), "E1361", message, hint)
                break
            above = f"{above}/{part}"
            resources.add(above)
    if len(resources) >= MOST_RESOURCES:
        message = f"an API has {MOST_RESOURCES} resources at most, its root among them; here are {len(resources) + 1}"
        yield Problem(contract.file, 1, 1, "", message, "split the document", "E1105")


def _api(gateway: Gateway, contract: Contract) -> Iterator[Problem]:
    """Settings of the API that hang on others which the spec says."""
    if contract.api.get("vpcEndpointIds") and gateway.endpoint != "private":
        place, rule = step("gateway", "openapi", "api", "vpcEndpointIds"), "VPC endpoints are of private APIs only"
        hint = f"say `gateway: {{endpoint: private}}`; AWS: {rule} ({words.CREATE_REST_API})"
        yield _at(contract, place, "E1365", "only a private API has VPC endpoints", hint)


def _open(gateway: Gateway, contract: Contract) -> Iterator[Problem]:
    """An open API is spelled out: `security: []` in the document, `authorizer: none` in the spec; told once for all."""
    if gateway.defaults.authorizer is not None:
        return
    silent = [key for key, each in contract.operations.items() if not each.guard.said and key not in gateway.routes]
    if silent:
        more = f" and {len(silent) - 1} others" if len(silent) > 1 else ""
        message = f"`{silent[0]}`{more}: open to everybody, and nobody says so"
        hint = "if it should be, say so: `security: []` in the document, or `defaults: {authorizer: none}`"
        place = step("gateway", "routes", silent[0])
        yield replace(_at(contract, place, "E1365", message, hint), severity="warning")
    keyed = [key for key, each in contract.operations.items() if each.guard.api_key]
    if keyed and not gateway.usage_plans:
        message = f"`{keyed[0]}` asks for an API key, and no usage plan of the spec gives one"
        place = step("gateway", "routes", keyed[0])
        yield replace(_at(contract, place, "E1365", message, "add `usagePlans`"), severity="warning")
