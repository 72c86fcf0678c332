"""Who of an HTTP or WebSocket API refers to whom: what AWS says to a reference that leads nowhere, and to who would
delete what somebody refers to.
"""

from __future__ import annotations

from sandbox.kinds import Reference
from sandbox.refusal import Refusal
from sandbox.services.apigatewayv2.access import API_MAPPING, AUTHORIZER
from sandbox.services.apigatewayv2.facts import API, DEPLOYMENT, INTEGRATION, ROUTE, STAGE, VPC_LINK
from sandbox.services.apigatewayv2.names import DOMAIN
from sandbox.services.apigatewayv2.words import bad, conflict, unknown
from sandbox.services.foreign import CERTIFICATE, HELD, SECURITY_GROUP, SUBNET

_REFERENCED = "Cannot delete vpc link. Vpc link '{id}', is referenced in [ANY:{holder}] in format of [Method:Resource]"
_ROUTED = "Cannot delete Integration '{id}' because it is referenced by the following Routes with Ids: [{holder}]"
REFERENCES = (
    Reference(VPC_LINK, "SubnetIds", SUBNET, unknown=bad("Invalid subnet {id}"), in_use=HELD, source="7.1"),
    Reference(
        VPC_LINK,
        "SecurityGroupIds",
        SECURITY_GROUP,
        unknown=bad("Invalid security group {id}"),
        in_use=HELD,
        source="7.1",
    ),
    Reference(
        INTEGRATION,
        "matches(IntegrationUri, 'arn:.+') && ConnectionId",
        VPC_LINK,
        unknown=bad("VpcLink not found {id}"),
        in_use=bad(_REFERENCED),
        source="7.1",
    ),
    Reference(
        ROUTE,
        "after(Target, 'integrations/')",
        INTEGRATION,
        unknown=bad("Invalid Integration identifier {id}"),
        in_use=conflict(_ROUTED),
        source="7.3",
    ),
    Reference(
        ROUTE,
        "AuthorizerId",
        AUTHORIZER,
        unknown=bad("Invalid Authorizer identifier {id}"),
        in_use=conflict("Cannot delete Authorizer '{id}' because it is referenced by route '{holder}'"),
        source="7.5",
    ),
    Reference(
        DOMAIN,
        "[certificateArn, regionalCertificateArn]",
        CERTIFICATE,
        in_use=Refusal("ResourceInUseException", "Certificate {id} in account {account} is in use."),
        source="8.4",
    ),
    Reference(
        API_MAPPING,
        "ApiId",
        API,
        in_use=bad(
            "Deleting API {id} failed. Please remove all API mappings for the API from your custom domain names."
        ),
        source="7.2",
    ),
    Reference(
        STAGE,
        "DeploymentId",
        DEPLOYMENT,
        unknown=unknown("Deployment"),
        in_use=bad("Active stages pointing to this deployment must be moved or deleted"),
        source="7.6",
    ),
)
