"""Load balancing: names are identities, creates with the same settings repeat themselves, deletions wait for what
refers.
"""

from __future__ import annotations

from sandbox.kinds import Kind, Quota, Reference, Rule
from sandbox.refusal import Refusal
from sandbox.services.foreign import CERTIFICATE, HELD, SECURITY_GROUP, SUBNET, VPC

INVALID = Refusal("ValidationError", "{why}")
TOKEN_REUSED = INVALID
PAGE = {"*": 400}  # ledger 0.4
STARTS = {"application": 150, "network": 180, "gateway": 180}  # seconds; ledger 5.2
INTERFACES_LINGER = 60  # seconds an interface outlives its balancer; ledger 5.2: "linger"
PATH = {"application": "app", "network": "net", "gateway": "gwy"}
PROTOCOLS = {
    "application": ("HTTP", "HTTPS"),
    "network": ("TCP", "TLS", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC"),
    "gateway": ("GENEVE",),
}
ZONES = {  # CanonicalHostedZoneId by region, of ALB and NLB; AWS General Reference, "ELB endpoints"
    "us-east-1": ("Z35SXDOTRQ7X7K", "Z26RNL4JYFTOTI"),
    "us-east-2": ("Z3AADJGX6KTTL2", "ZLMOA37VPKANP"),
    "us-west-2": ("Z1H1FL5HABSF5", "Z18D5FSROUN65G"),
    "eu-west-1": ("Z32O12XQLNTSW2", "Z2IFOLAFXWLO4F"),
    "eu-central-1": ("Z215JYRZR1TBD5", "Z3F0SRJ5LGBH90"),
}
ELSEWHERE = ("Z0000000APPLICATION", "Z00000000NETWORK")  # a region whose ids are not in the table


def bad(message: str) -> Refusal:
    return Refusal("ValidationError", message)


def misconfigured(message: str) -> Refusal:
    return Refusal("InvalidConfigurationRequest", message)


def _name(field: str, what: str) -> Rule:
    must = f"matches({field}, '[A-Za-z0-9]([A-Za-z0-9-]{{0,30}}[A-Za-z0-9])?')"
    only = (
        "can only contain alphanumeric characters and hyphens(-), must be at most 32 and not begin or end with a hyphen"
    )
    return Rule(must, bad(f"The {what} name '{{{field}}}' {only}"), source="5.1, 5.2")


_TWO_ZONES = bad("At least two subnets in two different Availability Zones must be specified")
_SAME_ZONE = misconfigured("A load balancer cannot be attached to multiple subnets in the same Availability Zone")
LOAD_BALANCER = Kind(
    "elbv2",
    "LoadBalancer",
    "LoadBalancerArn",
    "arn:aws:elasticloadbalancing:{region}:{account}:loadbalancer/{path}/{LoadBalancerName}/{hex}",
    Refusal("LoadBalancerNotFound", "Load balancer '{id}' not found"),
    unique=("LoadBalancerName",),
    idempotent=True,
    twice=Refusal(
        "DuplicateLoadBalancerName",
        "A load balancer with the name '{LoadBalancerName}' exists, but with different settings",
    ),
    defaults={"Type": "application", "Scheme": "internet-facing", "IpAddressType": "ipv4"},
    rules=(
        _name("LoadBalancerName", "load balancer"),
        Rule(
            "!starts_with(LoadBalancerName, 'internal-')",
            bad("The load balancer name '{LoadBalancerName}' cannot begin with 'internal-'"),
            source="5.2",
        ),
        Rule("length(distinct(AvailabilityZones[].ZoneName)) == length(AvailabilityZones)", _SAME_ZONE, source="5.2"),
        Rule("length(distinct(AvailabilityZones[].ZoneName)) >= `2`", _TWO_ZONES, "Type == 'application'", "5.2"),
        Rule(
            "length(SecurityGroups) <= `5`",
            bad("A load balancer can have at most 5 security groups"),
            "SecurityGroups",
            "5.2",
        ),
    ),
)
_TOO_MANY = Refusal("TooManyLoadBalancers", "The maximum number of load balancers has been reached")
BALANCERS = {  # per region and type; ledger 5.2
    "application": Quota("application-load-balancers", 50, _TOO_MANY),
    "network": Quota("network-load-balancers", 50, _TOO_MANY),
    "gateway": Quota("gateway-load-balancers", 100, _TOO_MANY),
}

_TIMEOUT = (
    "Health check timeout '{HealthCheckTimeoutSeconds}' must be smaller than "
    "the interval '{HealthCheckIntervalSeconds}'"
)
_CODES = r"matches(Matcher.HttpCode, '[2-4][0-9][0-9]([-,][2-4][0-9][0-9])*')"
_CODES_BY_CONNECTION = r"matches(Matcher.HttpCode, '[2-5][0-9][0-9]([-,][2-5][0-9][0-9])*')"
TARGET_GROUP = Kind(
    "elbv2",
    "TargetGroup",
    "TargetGroupArn",
    "arn:aws:elasticloadbalancing:{region}:{account}:targetgroup/{TargetGroupName}/{hex}",
    Refusal("TargetGroupNotFound", "One or more target groups not found"),
    unique=("TargetGroupName",),
    idempotent=True,
    twice=Refusal(
        "DuplicateTargetGroupName",
        "A target group with the same name '{TargetGroupName}' exists, but with different settings",
    ),
    defaults={
        "TargetType": "instance",
        "IpAddressType": "ipv4",
        "HealthCheckEnabled": True,
        "HealthCheckPort": "traffic-port",
        "HealthCheckIntervalSeconds": 30,
        "HealthyThresholdCount": 5,
        "UnhealthyThresholdCount": 2,
    },
    rules=(
        _name("TargetGroupName", "target group"),
        Rule(
            "Protocol && Port && VpcId",
            bad("A protocol, a port and a VPC ID must be specified"),
            "TargetType != 'lambda'",
            "5.1",
        ),
        Rule("HealthCheckTimeoutSeconds < HealthCheckIntervalSeconds", bad(_TIMEOUT), source="5.1"),
        Rule(
            "!Matcher && !HealthCheckPath",
            bad("Health check matchers and paths are not supported for health checks with TCP protocol"),
            "HealthCheckProtocol == 'TCP'",
            "5.1",
        ),
        Rule(
            "contains(['HTTP', 'HTTPS', 'TCP'], HealthCheckProtocol)",
            bad("Health check protocol '{HealthCheckProtocol}' is not supported"),
            "HealthCheckProtocol",
            "5.1",
        ),
        Rule(
            "contains(['HTTP', 'HTTPS'], HealthCheckProtocol)",
            bad("Health check protocol '{HealthCheckProtocol}' is not supported for protocol '{Protocol}'"),
            "contains(['HTTP', 'HTTPS'], Protocol)",
            "5.1",
        ),
        Rule(
            "starts_with(HealthCheckPath, '/')",
            bad("Health check path '{HealthCheckPath}' is not valid"),
            "HealthCheckPath",
        ),
        Rule(
            _CODES,
            bad("Health check matcher HTTP code must be within '200-499'"),
            "Matcher.HttpCode && ProtocolVersion",
            "5.1",
        ),
        Rule(
            _CODES_BY_CONNECTION,
            bad("Health check matcher HTTP code must be within '200-599'"),
            "Matcher.HttpCode && !ProtocolVersion",
            "5.1",
        ),
        Rule(
            "!ProtocolVersion",
            bad("A protocol version cannot be specified for protocol '{Protocol}'"),
            "Protocol && !contains(['HTTP', 'HTTPS'], Protocol)",
            "5.1",
        ),
        Rule(
            "matches(HealthCheckPort, 'traffic-port|[1-9][0-9]{0,4}')",
            bad("Health check port '{HealthCheckPort}' is not valid"),
            source="5.1",
        ),
    ),
    quota=Quota(
        "target-groups", 3000, Refusal("TooManyTargetGroups", "The maximum number of target groups has been reached")
    ),
)

TRUST_STORE = Kind(
    "elbv2",
    "TrustStore",
    "TrustStoreArn",
    "arn:aws:elasticloadbalancing:{region}:{account}:truststore/{Name}/{hex}",
    Refusal("TrustStoreNotFound", "Trust store '{id}' not found"),
    unique=("Name",),
    twice=Refusal("DuplicateTrustStoreName", "A trust store with the name '{Name}' exists already"),
    quota=Quota("trust-stores", 20, Refusal("TooManyTrustStores", "The maximum number of trust stores is reached")),
)

_NEEDS_CERTIFICATE = bad("A certificate must be specified for HTTPS listeners")
LISTENER = Kind(
    "elbv2",
    "Listener",
    "ListenerArn",
    "{parent}/{hex}",
    Refusal("ListenerNotFound", "One or more listeners not found"),
    unique=("Port",),
    idempotent=True,
    twice=Refusal("DuplicateListener", "A listener already exists on port {Port} for this load balancer"),
    rules=(
        Rule("Certificates", _NEEDS_CERTIFICATE, "contains(['HTTPS', 'TLS'], Protocol)", "5.3"),
        Rule("length(Certificates) <= `1`", bad("Only one certificate can be specified"), "Certificates", "5.3"),
        Rule(
            "!Certificates && !SslPolicy",
            misconfigured("A certificate cannot be specified for {Protocol} listeners"),
            "contains(['HTTP', 'TCP', 'UDP', 'TCP_UDP'], Protocol)",
            "5.3",
        ),
    ),
    quota=Quota(
        "listeners-per-load-balancer",
        50,
        Refusal("TooManyListeners", "The maximum number of listeners has been reached"),
    ),
)

RULE = Kind(
    "elbv2",
    "Rule",
    "RuleArn",
    "{rule}/{hex}",
    Refusal("RuleNotFound", "One or more rules not found"),
    unique=("Priority",),
    twice=Refusal("PriorityInUse", "Priority '{Priority}' is currently in use"),
    defaults={"IsDefault": False, "Transforms": []},
    rules=(Rule("length(Conditions) >= `1`", bad("A condition must be specified"), "!IsDefault", "5.4"),),
)
RULES = Quota("rules-per-load-balancer", 100, Refusal("TooManyRules", "The maximum number of rules has been reached"))

_ACTIONS = "[].ForwardConfig.TargetGroups[].TargetGroupArn"
_TAKEN = Refusal("ResourceInUse", "Target group '{id}' is currently in use by a listener or a rule")
_NO_SUBNET = Refusal("SubnetNotFound", "The subnet ID '{id}' does not exist")
_NO_GROUP = Refusal("InvalidSecurityGroup", "One or more security groups are invalid")
_NO_CERTIFICATE = Refusal("CertificateNotFound", "Certificate '{id}' not found")
_TRUSTED = Refusal("TrustStoreInUse", "Trust store '{id}' is in use by {holder}")
_SERVING = Refusal("ResourceInUseException", "Certificate {id} in account {account} is in use.")

REFERENCES = (
    Reference(LOAD_BALANCER, "AvailabilityZones[].SubnetId", SUBNET, _NO_SUBNET, HELD, "0.7"),
    Reference(LOAD_BALANCER, "SecurityGroups", SECURITY_GROUP, _NO_GROUP, HELD, "0.7"),
    Reference(TARGET_GROUP, "VpcId", VPC, bad("The VPC ID '{id}' is not found"), None, "5.1"),
    Reference(LISTENER, "Certificates[].CertificateArn", CERTIFICATE, _NO_CERTIFICATE, _SERVING, "5.3"),
    Reference(
        LISTENER,
        "MutualAuthentication.TrustStoreArn",
        TRUST_STORE,
        TRUST_STORE.unknown,
        _TRUSTED,
        "botocore, TrustStore",
    ),
    Reference(LISTENER, f"DefaultActions{_ACTIONS}", TARGET_GROUP, TARGET_GROUP.unknown, _TAKEN, "5.1"),
    Reference(RULE, f"Actions{_ACTIONS}", TARGET_GROUP, TARGET_GROUP.unknown, _TAKEN, "5.1"),
)
