"""Roles, policies and certificates."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from tests.fidelity.place import TRUST, Place
from tests.fidelity.wish import Wish

Known = dict[str, Any]
IAM = "iam"
OWN = {
    IAM: {
        "Role": ("Arn", "RoleId"),
        "Policy": ("Arn", "PolicyId"),
        "InstanceProfile": ("Arn", "InstanceProfileId"),
        "PolicyVersion": ("VersionId",),
        "AttachedPolicy": ("PolicyArn", "PolicyName"),
    },
    "acm": {
        "CertificateDetail": ("CertificateArn", "InUseBy", "DomainValidationOptions"),
        "CertificateSummary": ("CertificateArn",),
    },
}
ALLOW = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
)


def document(told: Any, otherwise: Any) -> str:
    if isinstance(told, str):
        try:
            told = json.loads(unquote(told))
        except ValueError:  # masked, or an example's "{ }"
            told = None
    return json.dumps(told or otherwise)


def role(place: Place, wish: Wish) -> Known:
    name = str(wish.get("RoleName") or "recorded")
    linked = str(wish.get("Path") or "").startswith("/aws-service-role/")
    trust = document(wish.get("AssumeRolePolicyDocument"), TRUST)
    boundary = (wish.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
    said: Known = {"RoleName": name, "AssumeRolePolicyDocument": trust}
    if boundary:
        said["PermissionsBoundary"] = policy(place, Wish(place, IAM, {}))["PolicyArn"]
    told = [each for each in wish.get("Tags") or () if not each["Key"].startswith("aws:")]
    if told:
        said["Tags"] = told
    skip = ("PermissionsBoundary", "Path") if linked else ("PermissionsBoundary",)
    wish.made(IAM, "create_role", **said, skip=skip)
    wish.sent.pop("PermissionsBoundary", None)
    if (wish.get("RoleLastUsed") or {}).get("LastUsedDate"):
        place.clock.advance(60)
        arn = place.answers[IAM, "create_role"]["Role"]["Arn"]
        place.call("sts", "assume_role", RoleArn=arn, RoleSessionName="recorded")
    return {"RoleName": name, "PathPrefix": "/" if linked else wish.get("Path") or "/"}


def policy(place: Place, wish: Wish) -> Known:
    made = wish.made(IAM, "create_policy", PolicyName=wish.get("PolicyName") or "recorded", PolicyDocument=ALLOW)[
        "Policy"
    ]
    return {"PolicyArn": made["Arn"], "VersionId": "v1", "PolicyName": made["PolicyName"], "PolicyDocument": ALLOW}


def version(place: Place, wish: Wish) -> Known:
    made = place.call(
        IAM, "create_policy", PolicyName="recorded", PolicyDocument=document(wish.get("Document"), json.loads(ALLOW))
    )["Policy"]
    if not wish.document:
        place.call(IAM, "create_policy_version", PolicyArn=made["Arn"], PolicyDocument=ALLOW, SetAsDefault=True)
    return {"PolicyArn": made["Arn"], "VersionId": "v1"}


def new_version(place: Place, _wish: Wish) -> Known:
    known = policy(place, Wish(place, IAM, {}))
    return {"PolicyArn": known["PolicyArn"], "PolicyDocument": ALLOW, "SetAsDefault": True}


def inline(owner: str) -> Any:
    def made(place: Place, wish: Wish) -> Known:
        member = f"{owner.title()}Name"
        name, policy_name = str(wish.get(member) or "recorded"), str(wish.get("PolicyName") or "recorded")
        _owner(place, owner, name)
        text = document(wish.get("PolicyDocument"), json.loads(ALLOW))
        place.call(IAM, f"put_{owner}_policy", **{member: name}, PolicyName=policy_name, PolicyDocument=text)
        if isinstance(wish.document.get("PolicyDocument"), str):
            wish.document["PolicyDocument"] = json.loads(text)
        return {member: name, "PolicyName": policy_name}

    return made


def _owner(place: Place, owner: str, name: str) -> None:
    more = {"AssumeRolePolicyDocument": json.dumps(TRUST)} if owner == "role" else {}
    place.call(IAM, f"create_{owner}", **{f"{owner.title()}Name": name}, **more)


def named(owner: str) -> Any:
    def made(place: Place, wish: Wish) -> Known:
        member = f"{owner.title()}Name"
        _owner(place, owner, "recorded")
        for name in wish.get("PolicyNames") or ():
            place.call(IAM, f"put_{owner}_policy", **{member: "recorded"}, PolicyName=name, PolicyDocument=ALLOW)
        if wish.get("PolicyName") or wish.get("AttachedPolicies"):
            attached(place, owner, member)
        return {member: "recorded"}

    return made


def attached(place: Place, owner: str, member: str) -> None:
    arn = policy(place, Wish(place, IAM, {}))["PolicyArn"]
    place.call(IAM, f"attach_{owner}_policy", **{member: "recorded"}, PolicyArn=arn)


def attachment(place: Place, _wish: Wish) -> Known:
    """Whoever is asked about: a role, a user and a group of one name have it."""
    arn = policy(place, Wish(place, IAM, {}))["PolicyArn"]
    known: Known = {"PolicyArn": arn}
    for owner in ("role", "user", "group"):
        _owner(place, owner, "recorded")
        place.call(IAM, f"attach_{owner}_policy", **{f"{owner.title()}Name": "recorded"}, PolicyArn=arn)
        known[f"{owner.title()}Name"] = "recorded"
    return known


def profile(place: Place, wish: Wish) -> Known:
    name = str(wish.get("InstanceProfileName") or "recorded")
    wish.made(IAM, "create_instance_profile", InstanceProfileName=name)
    for each in wish.get("Roles") or ():
        trust = document(each.get("AssumeRolePolicyDocument"), TRUST)
        place.call(
            IAM, "create_role", RoleName=each["RoleName"], AssumeRolePolicyDocument=trust, Path=each.get("Path") or "/"
        )
        place.call(IAM, "add_role_to_instance_profile", InstanceProfileName=name, RoleName=each["RoleName"])
        return {"InstanceProfileName": name, "RoleName": each["RoleName"]}
    _owner(place, "role", "recorded")
    return {"InstanceProfileName": name, "RoleName": "recorded"}


def profile_with_role(place: Place, wish: Wish) -> Known:
    return profile(place, Wish(place, IAM, {"Roles": [{"RoleName": "recorded"}]}))


def boundary(place: Place, _wish: Wish) -> Known:
    arn = policy(place, Wish(place, IAM, {}))["PolicyArn"]
    place.call(
        IAM, "create_role", RoleName="recorded", AssumeRolePolicyDocument=json.dumps(TRUST), PermissionsBoundary=arn
    )
    return {"RoleName": "recorded", "PermissionsBoundary": arn}


def provider(place: Place, wish: Wish) -> Known:
    url = str(wish.get("Url") or "example.com")
    said: Known = {
        "Url": f"https://{url.removeprefix('https://')}",
        "ThumbprintList": wish.get("ThumbprintList") or ["a" * 40],
    }
    made = wish.made(IAM, "create_open_id_connect_provider", **said)
    wish.sent.pop("Url", None)
    return {"OpenIDConnectProviderArn": made["OpenIDConnectProviderArn"]}


def linked_role(place: Place, wish: Wish) -> Known:
    return {"AWSServiceName": "elasticloadbalancing.amazonaws.com"}


def gone_linked_role(place: Place, _wish: Wish) -> Known:
    return {"RoleName": "AWSServiceRoleForECS"}


def password_policy(place: Place, wish: Wish) -> Known:
    place.call(IAM, "update_account_password_policy", **wish.request("update_account_password_policy"))
    return {}


def requested(place: Place, wish: Wish) -> Known:
    said = {"DomainName": str(wish.get("DomainName") or "example.com").replace("<", "").replace(">", "")}
    if wish.get("Type") == "IMPORTED" or not wish.get("DomainValidationOptions"):
        return {"CertificateArn": place.reference("certificate", "its own")}
    made = place.call("acm", "request_certificate", **said, ValidationMethod="DNS")["CertificateArn"]
    place.call("acm", "describe_certificate", CertificateArn=made)
    place.clock.advance(30)
    place.answers.pop(("acm", "describe_certificate"))
    return {"CertificateArn": made}


def certificate_tags(place: Place, wish: Wish) -> Known:
    arn = place.reference("certificate", "its own")
    if wish.get("Tags"):
        place.call("acm", "add_tags_to_certificate", CertificateArn=arn, Tags=wish["Tags"])
    return {"CertificateArn": arn}


def simulated(place: Place, wish: Wish) -> Known:
    _owner(place, "role", "recorded")
    arn = place.answers[IAM, "create_role"]["Role"]["Arn"]
    about = wish.get("EvalResourceName")
    known: Known = {"PolicySourceArn": arn, "ActionNames": ["s3:GetObject"], "PolicyInputList": [ALLOW]}
    return known | ({"ResourceArns": [about]} if about and about != "*" else {})


RECIPES = {
    IAM: {
        "Role": role,
        "Policy": policy,
        "PolicyVersion": version,
        "CreatePolicyVersion": new_version,
        "RolePolicy": inline("role"),
        "UserPolicy": inline("user"),
        "GroupPolicy": inline("group"),
        "RolePolicies": named("role"),
        "UserPolicies": named("user"),
        "GroupPolicies": named("group"),
        "AttachedRolePolicies": attachment,
        "AttachedUserPolicies": attachment,
        "AttachedGroupPolicies": attachment,
        "AttachedPolicy": attachment,
        "InstanceProfile": profile,
        "RemoveRoleFromInstanceProfile": profile_with_role,
        "PutRolePermissionsBoundary": boundary,
        "RolePermissionsBoundary": boundary,
        "OpenIDConnectProvider": provider,
        "ServiceLinkedRole": linked_role,
        "PasswordPolicy": password_policy,
        "EvaluationResult": simulated,
    },
    "acm": {
        "CertificateDetail": requested,
        "CertificateSummary": certificate_tags,
        "TagsForCertificate": certificate_tags,
    },
}
