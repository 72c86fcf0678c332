"""In front of the tasks: an application or network load balancer, one's own or the Environment's."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from specs.block import Block, ShortForm, text_as
from specs.names import (
    AllocationId,
    Bool,
    CertificateArn,
    Cidr,
    Int,
    Name,
    Port,
    ScalarText,
    SecurityGroupId,
    Text,
    TrustStoreArn,
    WebAclArn,
)
from specs.values import Duration, Form

LentBalancer = Annotated[
    str,
    Form(
        r"(arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:loadbalancer/(app|net)/)?"
        r"[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?(/[0-9a-f]{16})?",
        "a load balancer's name such as shared-alb, or its ARN",
    ),
]


class MutualTls(Block):
    """Clients show certificates (elbv2 CreateListener, MutualAuthentication); `passthrough` alone hands them on."""

    short: ClassVar[ShortForm | None] = ShortForm(
        lambda value: value == "passthrough", lambda _: {}, {"type": "string", "const": "passthrough"}
    )

    trust_store: TrustStoreArn | None = None
    """The ELB trust store with the certificate authorities that are believed; without it whatever the client shows is
    handed on to the container in headers."""
    ignore_expiry: Bool = False
    """Whether a certificate that has expired will do."""
    advertise: Bool = False
    """Whether clients are told the names of the authorities."""


class Listener(Block):
    """A port; with a certificate it speaks TLS (HTTPS, or TLS on a network load balancer), else HTTP or TCP."""

    port: Port
    """The port."""
    certificate: CertificateArn | None = None
    """An ACM or IAM certificate, or `same-as:<listener>`."""
    tls_policy: Annotated[
        str, Form("ELBSecurityPolicy-[A-Za-z0-9-]+", "a policy such as ELBSecurityPolicy-TLS13-1-2-2021-06")
    ] = "ELBSecurityPolicy-TLS13-1-2-2021-06"
    """The security policy of a listener with a certificate (elbv2 CreateListener, SslPolicy)."""

    mutual_tls: MutualTls | None = None
    """Whether clients have to show certificates; of a listener with a certificate of an application load balancer."""
    redirect: Name | None = None
    """The secure listener that a plain one sends every request to; an application load balancer does."""

    @property
    def secure(self) -> bool:
        return self.certificate is not None


class GatewayTls(Block):
    """How API Gateway speaks TLS to the listener."""

    server_name: Annotated[str, Form("[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?", "a host name")]
    """The name it verifies on the certificate; without it the listener gets plain HTTP and answers 400."""


class Waf(Block):
    """A web ACL of yours, in the same region."""

    web_acl: WebAclArn
    """Its ARN."""


class LoadBalancerLogs(Block):
    """Logs into a bucket of yours."""

    bucket: Annotated[str, Form("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "a bucket name")]
    """The bucket, in the same region."""
    prefix: Text = ""
    """Where in it."""


def _listeners(given: Mapping[str, Any]) -> Mapping[str, Listener]:
    """An application balancer needs a port; a network one has one for each service, described or not."""
    return {} if given.get("type") == "network" else {"http": Listener(port=80)}


class LoadBalancer(Block):
    """The balancer. A name (`loadBalancer: internal`) shares the Environment's; a block owns one."""

    short: ClassVar[ShortForm | None] = text_as("shared")

    shared: Name | None = None
    """The name of the Environment's load balancer; then nothing else may be said here."""
    adopt: LentBalancer | None = None
    """The name or ARN of a load balancer that somebody else looks after: on it only rules, target groups and, on a
    network one, listeners are made. Of an application one the listener is named by its port; `type` and `scheme` have
    to be as they are, and `gatewayTls` says that the listener speaks TLS."""
    type: Literal["application", "network"] = "application"
    """The kind of balancer: by requests, or by connections with a listener port for each service."""
    scheme: Literal["internal", "internet-facing"] = "internal"
    """Reached from inside the VPC only, or from everywhere; then it stands in public subnets."""
    placement: Literal["private", "public"] | None = None
    """The subnets it stands in; without it public ones if it is internet-facing, else private ones."""
    ingress: tuple[Cidr, ...] = ()
    """Who may connect when it is the front door itself (`gateway: none`): without it the VPC, or everybody if it is
    internet-facing."""
    ip_address_type: Literal["ipv4", "dualstack"] = "ipv4"
    """Its addresses."""
    security_groups: tuple[SecurityGroupId, ...] = ()
    """Groups added to the one we make."""
    listeners: Annotated[Mapping[Name, Listener], Field(min_length=1)] = Field(default_factory=_listeners)
    """Listeners by name; without them one HTTP listener `http` on port 80. Those of a network load balancer say which
    ports speak TLS: a service's `listenerPort` that is not here is plain TCP."""
    gateway_tls: GatewayTls | None = None
    """Required with a listener that has a certificate."""
    access_logs: LoadBalancerLogs | None = None
    """Access logs; none without it."""
    connection_logs: LoadBalancerLogs | None = None
    """Logs of connections and their TLS, of an application load balancer; none without it."""
    waf: Waf | None = None
    """What filters the requests to an application load balancer."""
    elastic_ips: tuple[AllocationId, ...] = ()
    """Static addresses of an internet-facing network load balancer: Elastic IPs of yours, one for each of its subnets,
    in the order of their Availability Zones. Others make another balancer, so they have to be free."""
    reserved_capacity: Annotated[Int, Field(ge=1)] | None = None
    """Capacity units that AWS keeps ready, and bills, before the crowd comes; none without it (elbv2
    ModifyCapacityReservation)."""
    idle_timeout: Annotated[int, Duration("s", 1, 4000)] = 60
    """How long an idle connection stays open."""
    client_keep_alive: Annotated[int, Duration("s", 60, 604_800)] = 3600
    """How long a client's connection may be kept at all."""
    deletion_protection: Bool = False
    """Whether AWS refuses to delete it."""
    drop_invalid_headers: Bool = False
    """Whether headers with invalid names are dropped rather than passed on."""
    cross_zone: Bool = False
    """Whether each node of a network load balancer reaches the tasks of every zone; an application one always does."""
    enforce_private_link_rules: Bool = True
    """Whether the inbound rules of a network load balancer's groups hold for PrivateLink, the way of VPC links V1, too
    (elbv2 SetSecurityGroups, EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic)."""
    attributes: Mapping[str, ScalarText] = Field(default_factory=dict)
    """Raw ELBv2 attributes for which there is no field."""

    @property
    def tier(self) -> Literal["private", "public"]:
        """The subnets it stands in."""
        return self.placement or ("public" if self.scheme == "internet-facing" else "private")

    @property
    def front(self) -> str:
        """The listener of an application balancer that API Gateway calls: the first secure one, else the first."""
        secure = (name for name, listener in self.listeners.items() if listener.secure)
        return next(secure, next(iter(self.listeners)))

    def protocol(self, listener: Listener) -> str:
        """What a listener of this balancer speaks (elbv2 CreateListener, Protocol)."""
        if self.type == "network":
            return "TLS" if listener.secure else "TCP"
        return "HTTPS" if listener.secure else "HTTP"

    def at(self, port: int) -> Listener:
        """What is said of a network balancer's port; plain TCP when nothing is."""
        return next((each for each in self.listeners.values() if each.port == port), Listener(port=port))
