"""Of IAM only what moto lacks or gets wrong: service-linked roles, whose names AWS chooses (ledger 2.3), and the policy
simulator. The rest is moto's.
"""

from __future__ import annotations

from sandbox import identity, simulating
from sandbox.kinds import Fields
from sandbox.refusal import Refusal
from sandbox.world import World

INVALID = Refusal("ValidationError", "{why}")
TOKEN_REUSED = INVALID
PAGE: dict[str, int] = {}
SUFFIXED = frozenset({"autoscaling.amazonaws.com", "connect.amazonaws.com", "lexv2.amazonaws.com"})


def create_service_linked_role(world: World, request: Fields) -> Fields:
    service = request["AWSServiceName"]
    if request.get("CustomSuffix") and service not in SUFFIXED:
        raise Refusal("InvalidInput", f"Custom suffix is not allowed for {service}")
    if service not in identity.LINKED:
        raise Refusal("InvalidInput", f"Service name {service} is not known here")
    name = identity.LINKED[service]
    if identity.role(world, f"arn:aws:iam::{world.account}:role/aws-service-role/{service}/{name}"):
        why = "has been taken in this account, please try a different suffix."
        raise Refusal("InvalidInput", f"Service role name {name} {why}")
    role = identity.make_service_linked_role(world, service, request.get("Description", ""))
    return {
        "Role": {
            "Path": role.path,
            "RoleName": role.name,
            "RoleId": role.id,
            "Arn": role.arn,
            "CreateDate": world.time,
            "AssumeRolePolicyDocument": role.assume_role_policy_document,
        }
    }


def simulate_principal_policy(world: World, request: Fields) -> Fields:
    """Source: botocore, SimulatePrincipalPolicy; IAM user guide, *Policy evaluation logic*."""
    return {"EvaluationResults": list(simulating.results(world, request))}
