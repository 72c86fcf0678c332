"""Listeners and their certificates. The last resort of a listener is a rule too: the default one."""

from __future__ import annotations

from collections.abc import Iterable

from sandbox.kinds import Fields, look
from sandbox.listing import Listing
from sandbox.refusal import Refusal
from sandbox.services.elbv2 import attributes, look_up
from sandbox.services.elbv2.actions import actions_told, as_they_are
from sandbox.services.elbv2.facts import LISTENER, LOAD_BALANCER, PROTOCOLS, RULE, TARGET_GROUP, bad, misconfigured
from sandbox.services.elbv2.target_groups import balancer_of
from sandbox.services.foreign import CERTIFICATE
from sandbox.world import Resource, World

SECURE = {"HTTPS", "TLS"}
PASSED_ON = {"TCP": ("TCP", "TCP_UDP"), "TLS": ("TCP", "TLS")}  # NLB guide, "Target groups", Routing configuration
DEFAULT_POLICY = "ELBSecurityPolicy-2016-08"  # ledger 5.3
POLICY = r"ELBSecurityPolicy-[A-Za-z0-9-]+"
ONLY_SECURE = ("Certificates", "SslPolicy", "MutualAuthentication", "AlpnPolicy")


def create_listener(world: World, request: Fields) -> Fields:
    balancer = world.get(LOAD_BALANCER, request["LoadBalancerArn"])
    made = _made(world, balancer, request)
    id = balancer.id.replace(":loadbalancer/", ":listener/") + f"/{world.words()['hex']}"
    listener = world.add(LISTENER, request, made, parent=balancer.id, id=id)
    if listener.id == id:
        listener.hidden = {"attributes": attributes.defaults(attributes.of_listener(listener)), "certificates": []}
        default = {"Priority": "default", "IsDefault": True, "Conditions": [], "Actions": made["DefaultActions"]}
        world.add(RULE, {}, default, parent=listener.id, id=rule_arn(world, listener))
    return {"Listeners": [listener.shown()]}


def _made(world: World, balancer: Resource, fields: Fields, before: list[Fields] | None = None) -> Fields:
    """What a listener of these fields shows besides them. Raises what AWS says of the combination."""
    protocol, allowed = fields.get("Protocol", ""), PROTOCOLS[balancer["Type"]]
    if protocol not in allowed:
        raise bad(f"Listener protocol '{protocol}' must be one of '{', '.join(allowed)}'")
    actions = actions_told(fields["DefaultActions"], protocol, before)
    refuse_groups(world, balancer, actions, protocol)
    made: Fields = {"DefaultActions": actions}
    if protocol in SECURE:
        for each in fields.get("Certificates", ()):
            refuse_certificate(world, each.get("CertificateArn", ""))
        made["SslPolicy"] = fields.get("SslPolicy") or DEFAULT_POLICY
        if not look(f"matches(@, '{POLICY}')", made["SslPolicy"]):
            raise Refusal("SSLPolicyNotFound", f"SSL policy '{made['SslPolicy']}' not found")
    if protocol == "HTTPS":
        made["MutualAuthentication"] = _mutual(fields.get("MutualAuthentication", {}))
    elif "MutualAuthentication" in fields:
        raise misconfigured(f"Mutual authentication cannot be specified for {protocol} listeners")
    return made


def _mutual(asked: Fields) -> Fields:
    """With the blanks filled in where certificates are verified (botocore, MutualAuthenticationAttributes)."""
    mode = asked.get("Mode", "off")
    if mode not in ("off", "passthrough", "verify"):
        raise bad(f"Mutual authentication mode '{mode}' must be one of 'off, passthrough, verify'")
    if (mode == "verify") != ("TrustStoreArn" in asked):
        raise bad("A trust store has to be specified in verify mode, and in no other")
    if mode != "verify":
        return {"Mode": mode}
    return {"IgnoreClientCertificateExpiry": False, "AdvertiseTrustStoreCaNames": "off"} | asked


def refuse_certificate(world: World, arn: str) -> None:
    certificate = world.find(CERTIFICATE, arn)
    if certificate is None:
        raise Refusal("CertificateNotFound", f"Certificate '{arn}' not found")
    if certificate["Status"] != "ISSUED":
        why = "must have a fully-qualified domain name, a supported signature, and a supported key size"
        raise Refusal("UnsupportedCertificate", f"The certificate '{arn}' {why}: its status is {certificate['Status']}")


def refuse_groups(world: World, balancer: Resource, actions: list[Fields], protocol: str) -> None:
    """A group fits the balancer's protocols and VPC, and serves one balancer only (ledger 5.1)."""
    for arn in look("[].ForwardConfig.TargetGroups[].TargetGroupArn", actions):
        group = world.get(TARGET_GROUP, arn)
        family = "application" if group.fields.get("Protocol", "HTTP") in PROTOCOLS["application"] else "network"
        if family != balancer["Type"]:
            raise Refusal(
                "IncompatibleProtocols", f"Target group '{arn}' cannot be used with a {balancer['Type']} load balancer"
            )
        if protocol in PASSED_ON and group["Protocol"] not in PASSED_ON[protocol]:
            why = f"a {protocol} listener forwards to {' or '.join(PASSED_ON[protocol])} target groups"
            raise Refusal("IncompatibleProtocols", f"Target group '{arn}' is for {group['Protocol']}: {why}")
        if group.fields.get("VpcId", balancer["VpcId"]) != balancer["VpcId"]:
            raise bad(f"The target group '{arn}' is not in the same VPC as load balancer '{balancer.id}'")
        others = {balancer_of(world, holder) for _, holder in world.holders(TARGET_GROUP, arn)} - {"", balancer.id}
        if others:
            why = "cannot be associated with more than one load balancer"
            raise Refusal("TargetGroupAssociationLimit", f"The following target groups {why}: {arn}")


def describe_listeners(world: World, request: Fields) -> Fields:
    if balancer := request.get("LoadBalancerArn"):
        return {"Listeners": Listing(world.all(LISTENER, world.get(LOAD_BALANCER, balancer).id), Resource.shown)}
    if "ListenerArns" not in request:
        raise bad("You must specify either listener ARNs or a load balancer ARN")
    return {"Listeners": look_up.described(world, LISTENER, request, "ListenerArns")}


def modify_listener(world: World, request: Fields) -> Fields:
    """The same checks as at creation, on what it would become; a plain listener keeps nothing of TLS."""
    listener = world.get(LISTENER, request["ListenerArn"])
    becoming = listener.fields | {"DefaultActions": as_they_are(listener["DefaultActions"])} | request
    if becoming["Protocol"] not in SECURE:
        becoming = {name: value for name, value in becoming.items() if name not in ONLY_SECURE or name in request}
    made = _made(world, world.get(LOAD_BALANCER, listener.parent), becoming, listener["DefaultActions"])
    gone = set(listener.fields) - set(becoming) - set(made)
    before, listener.fields = (
        listener.fields,
        {name: value for name, value in listener.fields.items() if name not in gone},
    )
    try:
        world.change(listener, request | made)
    except Refusal:
        listener.fields = before
        raise
    default = next(rule for rule in world.all(RULE, listener.id) if rule["IsDefault"])
    world.change(default, {"Actions": listener["DefaultActions"]})
    return {"Listeners": [listener.shown()]}


def delete_listener(world: World, request: Fields) -> None:
    world.remove(world.get(LISTENER, request["ListenerArn"]))


def describe_listener_attributes(world: World, request: Fields) -> Fields:
    listener = world.get(LISTENER, request["ListenerArn"])
    return attributes.told(listener, attributes.of_listener(listener))


def modify_listener_attributes(world: World, request: Fields) -> Fields:
    listener = world.get(LISTENER, request["ListenerArn"])
    return attributes.merge(listener, attributes.of_listener(listener), request["Attributes"])


# ---- more certificates than the default one


def add_listener_certificates(world: World, request: Fields) -> Fields:
    listener = world.get(LISTENER, request["ListenerArn"])
    arns = [each.get("CertificateArn", "") for each in request["Certificates"]]
    for arn in arns:
        refuse_certificate(world, arn)
    kept = [*listener.hidden["certificates"], *arns]
    listener.hidden["certificates"] = list(dict.fromkeys(kept))
    return {"Certificates": _certificates(arns)}


def remove_listener_certificates(world: World, request: Fields) -> None:
    listener = world.get(LISTENER, request["ListenerArn"])
    gone = {each.get("CertificateArn", "") for each in request["Certificates"]}
    if gone & {each["CertificateArn"] for each in listener.fields.get("Certificates", ())}:
        raise Refusal("OperationNotPermitted", "The default certificate cannot be removed")
    listener.hidden["certificates"] = [arn for arn in listener.hidden["certificates"] if arn not in gone]


def describe_listener_certificates(world: World, request: Fields) -> Fields:
    """The default one too, marked as such (ledger 5.3)."""
    listener = world.get(LISTENER, request["ListenerArn"])
    default = [each["CertificateArn"] for each in listener.fields.get("Certificates", ())]
    return {"Certificates": [*_certificates(default, default=True), *_certificates(listener.hidden["certificates"])]}


def _certificates(arns: Iterable[str], *, default: bool = False) -> list[Fields]:
    return [{"CertificateArn": arn, "IsDefault": default} for arn in arns]


def rule_arn(world: World, listener: Resource) -> str:
    return listener.id.replace(":listener/", ":listener-rule/") + f"/{world.words()['hex']}"
