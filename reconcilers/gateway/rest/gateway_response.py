"""Gateway responses: what API Gateway says when it refuses a request itself. There is one for every reason from the
start; one of ours stands in its place, and when it goes AWS's is back (ledger 6.10)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconcilers.aws import Aws
from reconcilers.facts import Facts
from reconcilers.gateway.rest.described import beside, mine
from reconcilers.gateway.rest.mapping import expression
from reconcilers.gateway.rest.rest_api import RestApi, rest_key
from reconcilers.gateway.rest.routing import origin_headers
from reconcilers.keys import Key, Link, Ref
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import CamelResource, Immutable, Live
from reconcilers.topology import api, speaks
from specs import Instance
from specs.openapi.beside import REASONS
from specs.rest import GatewayResponse as GatewayResponseSpec

REFUSALS = ("DEFAULT_4XX", "DEFAULT_5XX")
"""What all others fall back on."""
MESSAGE = {"application/json": '{"message":$context.error.messageString}'}
"""AWS's own words."""


class GatewayResponse(CamelResource):
    rest_api_id: Immutable[Link]
    response_type: Immutable[str]
    status_code: str | None = None
    """None leaves every reason its own status."""
    response_parameters: Mapping[str, str] = {}
    response_templates: Mapping[str, str] = MESSAGE


class GatewayResponses(Reconciler[GatewayResponse]):
    kind = GatewayResponse
    needs = (RestApi,)
    closed = True
    cascades = True

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, GatewayResponse]]:
        if not speaks(instance, "rest"):
            return
        own = api(instance).gateway.responses
        told: dict[str, Mapping[str, Any]] = dict(instance.contract.responses) if instance.contract is not None else {}
        told |= {reason: _said(reason, response) for reason, response in own.items()}
        if (cors := api(instance).gateway.cors) is not None:
            headers = {f"gatewayresponse.header.{name}": f"'{value}'" for name, value in origin_headers(cors).items()}
            for reason in dict.fromkeys((*REFUSALS, *own)):
                said = told.get(reason, {})
                told[reason] = {**said, "responseParameters": {**headers, **said.get("responseParameters", {})}}
        for reason, each in told.items():
            found = GatewayResponse.from_aws(each, rest_api_id=Ref(rest_key(instance)), response_type=reason)
            templates = each.get("responseTemplates") or MESSAGE
            want = found.model_copy(update={"response_templates": templates})
            yield GatewayResponse.key(instance.address, reason), want

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[GatewayResponse]]:
        for live, found in beside(aws, look, GatewayResponse, "get_gateway_responses"):
            for each in found:
                if each.get("defaultResponse"):
                    continue
                key = GatewayResponse.key(live.key.instance, each["responseType"])
                response = GatewayResponse.from_aws(each, rest_api_id=live.id)
                yield from mine(look, live, Live(key, f"{live.id}/{each['responseType']}", response))

    def create(self, aws: Aws, key: Key, want: GatewayResponse, name: str) -> Made:
        with aws.alone(str(want.rest_api_id)):
            aws.apigateway.put_gateway_response(**want.to_aws())
        return {"id": f"{want.rest_api_id}/{want.response_type}"}

    def update(self, aws: Aws, live: Live[GatewayResponse], want: GatewayResponse, changed: frozenset[str]) -> None:
        """What is put stands in the place of what was (ledger 6.10)."""
        self.create(aws, live.key, want, "")

    def delete(self, aws: Aws, live: Live[GatewayResponse]) -> None:
        with aws.alone(str(live.resource.rest_api_id)):
            aws.apigateway.delete_gateway_response(
                restApiId=live.resource.rest_api_id, responseType=live.resource.response_type
            )

    def parent_of(self, live: Live[GatewayResponse]) -> str:
        return str(live.resource.rest_api_id)


def _said(reason: str, spec: GatewayResponseSpec) -> dict[str, Any]:
    """A response as the spec says it, in AWS's members; each reason but the two defaults has a status of its own."""
    headers = {f"gatewayresponse.header.{name}": expression(value) for name, value in spec.headers.items()}
    status = str(spec.status) if spec.status is not None else REASONS[reason]
    return {"statusCode": status, "responseParameters": headers, "responseTemplates": {"application/json": spec.body}}
