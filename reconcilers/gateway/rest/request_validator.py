"""Request validators: whether API Gateway looks at a request's body, its parameters or both before anybody is asked.
There are three kinds of them, so an API has one of each that its routes ask for, known by its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconcilers.aws import Aws
from reconcilers.facts import Facts
from reconcilers.gateway.rest.described import beside, methods, mine
from reconcilers.gateway.rest.patch import WHOLE, Way, patch
from reconcilers.gateway.rest.rest_api import RestApi, rest_key
from reconcilers.keys import Key, Link, Ref
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import CamelResource, Immutable, Live
from reconcilers.topology import api, speaks
from specs import Instance
from specs.gateway import Route


class RequestValidator(CamelResource):
    rest_api_id: Immutable[Link]
    name: Immutable[str]
    validate_request_body: bool = False
    validate_request_parameters: bool = False


WAYS: Mapping[str, Way] = {"validateRequestBody": WHOLE, "validateRequestParameters": WHOLE}
"""Source: ledger 6.10."""


class RequestValidators(Reconciler[RequestValidator]):
    kind = RequestValidator
    needs = (RestApi,)
    closed = True
    cascades = True

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, RequestValidator]]:
        if speaks(instance, "rest"):
            asked = {what for route in api(instance).gateway.routes.values() if (what := looks_at(route))}
            for what in sorted(asked):
                validator = RequestValidator(
                    rest_api_id=Ref(rest_key(instance)),
                    name=what,
                    validate_request_body="body" in what,
                    validate_request_parameters="params" in what,
                )
                yield validator_key(instance, what), validator
            for name, flags in instance.contract.validators.items() if instance.contract is not None else ():
                if name not in asked:
                    told = RequestValidator.from_aws(flags, rest_api_id=Ref(rest_key(instance)), name=name)
                    yield validator_key(instance, name), told

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[RequestValidator]]:
        used = {place.method.get("requestValidatorId") for place in methods(aws, look)}
        for live, found in beside(aws, look, RequestValidator, "get_request_validators"):
            for each in found:
                key = RequestValidator.key(live.key.instance, each["name"])
                validator = RequestValidator.from_aws(each, rest_api_id=live.id)
                yield from mine(look, live, Live(key, each["id"], validator, busy=each["id"] in used))

    def create(self, aws: Aws, key: Key, want: RequestValidator, name: str) -> Made:
        with aws.alone(str(want.rest_api_id)):
            return {"id": aws.apigateway.create_request_validator(**want.to_aws())["id"]}

    def update(self, aws: Aws, live: Live[RequestValidator], want: RequestValidator, changed: frozenset[str]) -> None:
        with aws.alone(str(want.rest_api_id)):
            aws.apigateway.update_request_validator(
                restApiId=want.rest_api_id,
                requestValidatorId=live.id,
                patchOperations=patch(live.resource, want, changed, WAYS),
            )

    def delete(self, aws: Aws, live: Live[RequestValidator]) -> None:
        with aws.alone(str(live.resource.rest_api_id)):
            aws.apigateway.delete_request_validator(restApiId=live.resource.rest_api_id, requestValidatorId=live.id)

    def parent_of(self, live: Live[RequestValidator]) -> str:
        return str(live.resource.rest_api_id)


def looks_at(route: Route) -> str:
    """`body`, `params`, `body-and-params`, or nothing."""
    asked = route.validation
    if asked is None:
        return ""
    words = [word for word, said in (("body", asked.body), ("params", asked.params or asked.required)) if said]
    return "-and-".join(words)


def validator(instance: Instance, route: Route) -> Ref | None:
    what = looks_at(route)
    return Ref(validator_key(instance, what)) if what else None


def validator_key(instance: Instance, name: str) -> Key:
    return RequestValidator.key(instance.address, name)
