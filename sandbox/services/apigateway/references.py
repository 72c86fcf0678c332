"""Who of a REST API refers to whom: what AWS says to a reference that leads nowhere, and to who would delete what
somebody refers to.
"""

from __future__ import annotations

from sandbox.kinds import Reference
from sandbox.refusal import Refusal
from sandbox.services.apigateway.facts import DEPLOYMENT, INTEGRATION, METHOD, REST_API, STAGE, VPC_LINK
from sandbox.services.apigateway.parts import AUTHORIZER, REQUEST_VALIDATOR
from sandbox.services.apigateway.words import bad, conflict
from sandbox.services.apigatewayv2.access import API_MAPPING, ROUTING_RULE
from sandbox.services.apigatewayv2.facts import INTEGRATION as INTEGRATION_V2
from sandbox.services.apigatewayv2.facts import VPC_LINK as VPC_LINK_V2
from sandbox.services.elbv2.facts import LOAD_BALANCER

POINTED = bad("Active stages pointing to this deployment must be moved or deleted")
CANARY = bad("Active stages with canary settings pointing to this deployment must be moved or deleted")
LINKED = bad(
    "Cannot delete vpc link. Vpc link '{id}', is referenced in [{holder}] in format of [Method:Resource:Stage]"
)
_MAPPED = bad(
    "Deleting RestApi {id} failed. Please remove all base path mappings related to the RestApi in your domains"
)
_MAPPED_STAGE = bad("Deleting stage {id} failed. Please remove all base path mappings related to the stage")
_RULED = bad("Deleting {id} failed. Please remove all routing rules that invoke it from your domains")
_NO_DEPLOYMENT = bad("Deployment id does not exist")
_SERVED = Refusal(
    "ResourceInUse", "Load balancer '{id}' cannot be deleted because it is currently associated with another service"
)
_NO_AUTHORIZER = bad(
    "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid "
    "authorizer."
)
_NO_VALIDATOR = bad("Invalid Request Validator identifier specified")  # recorded put_method, update_method
_AUTHORIZES = conflict("Cannot delete authorizer '{id}', is referenced in method: {holder}")
_VALIDATES = conflict("Cannot delete validator '{id}', is referenced in method: {holder}")
REFERENCES = (
    Reference(METHOD, "authorizerId", AUTHORIZER, _NO_AUTHORIZER, _AUTHORIZES, "6.9"),
    Reference(METHOD, "requestValidatorId", REQUEST_VALIDATOR, _NO_VALIDATOR, _VALIDATES, "6.10"),
    Reference(INTEGRATION, "connectionId", VPC_LINK, in_use=LINKED, source="6.1"),
    Reference(INTEGRATION, "connectionId", VPC_LINK_V2, in_use=LINKED, source="6.5"),
    Reference(  # of a WebSocket API; a stage variable in its place names nobody yet
        INTEGRATION_V2,
        "matches(IntegrationUri, 'https?://.+') && matches(ConnectionId, '[a-z0-9]+') && ConnectionId",
        VPC_LINK,
        unknown=bad("VpcLink not found {id}"),
        in_use=LINKED,
        source="terraform-aws-apigateway-v2#151",
    ),
    Reference(STAGE, "deploymentId", DEPLOYMENT, _NO_DEPLOYMENT, POINTED, "6.6"),
    Reference(STAGE, "canarySettings.deploymentId", DEPLOYMENT, _NO_DEPLOYMENT, CANARY, "6.6"),
    Reference(API_MAPPING, "ApiId", REST_API, in_use=_MAPPED, source="6.2"),
    Reference(API_MAPPING, "join('/', [ApiId, Stage])", STAGE, in_use=_MAPPED_STAGE, source="6.7"),
    Reference(ROUTING_RULE, "Actions[].InvokeApi.ApiId", REST_API, in_use=_RULED, source="unverified"),
    Reference(
        ROUTING_RULE,
        "Actions[].InvokeApi.join('/', [ApiId, Stage])",
        STAGE,
        in_use=_RULED,
        source="unverified",
    ),
    Reference(VPC_LINK, "targetArns", LOAD_BALANCER, in_use=_SERVED, source="6.1"),
)
