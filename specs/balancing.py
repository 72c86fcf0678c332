"""Between the link and the tasks: an internal application load balancer, one's own or the Environment's."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from specs.block import Block, ShortForm, text_as
from specs.names import Bool, CertificateArn, Name, Port, ScalarText, Text
from specs.values import Duration, Form


class Listener(Block):
    """A port; HTTPS when it has a certificate, else HTTP."""

    port: Port
    """The port."""
    certificate: CertificateArn | None = None
    """An ACM or IAM certificate, or `same-as:<listener>`."""
    tls_policy: Annotated[
        str, Form("ELBSecurityPolicy-[A-Za-z0-9-]+", "a policy such as ELBSecurityPolicy-TLS13-1-2-2021-06")
    ] = "ELBSecurityPolicy-TLS13-1-2-2021-06"
    """The security policy of an HTTPS listener (elbv2 CreateListener, SslPolicy)."""

    @property
    def protocol(self) -> Literal["HTTP", "HTTPS"]:
        return "HTTPS" if self.certificate else "HTTP"


class GatewayTls(Block):
    """How API Gateway speaks TLS to the listener."""

    server_name: Annotated[str, Form("[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?", "a host name")]
    """The name it verifies on the certificate; without it the listener gets plain HTTP and answers 400."""


class LoadBalancerLogs(Block):
    """Access logs into a bucket of yours."""

    bucket: Annotated[str, Form("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "a bucket name")]
    """The bucket, in the same region."""
    prefix: Text = ""
    """Where in it."""


class LoadBalancer(Block):
    """The balancer. A name (`loadBalancer: internal`) shares the Environment's; a block owns one."""

    short: ClassVar[ShortForm | None] = text_as("shared")

    shared: Name | None = None
    """The name of the Environment's load balancer; then nothing else may be said here."""
    type: Literal["application"] = "application"
    """The kind of balancer."""
    scheme: Literal["internal"] = "internal"
    """Reached from inside the VPC only."""
    ip_address_type: Literal["ipv4", "dualstack"] = "ipv4"
    """Its addresses."""
    listeners: Annotated[Mapping[Name, Listener], Field(min_length=1)] = Field(
        default_factory=lambda: {"http": Listener(port=80)}
    )
    """Listeners by name; without them one HTTP listener `http` on port 80."""
    gateway_tls: GatewayTls | None = None
    """Required with an HTTPS listener."""
    access_logs: LoadBalancerLogs | None = None
    """Access logs; none without it."""
    idle_timeout: Annotated[int, Duration("s", 1, 4000)] = 60
    """How long an idle connection stays open."""
    client_keep_alive: Annotated[int, Duration("s", 60, 604_800)] = 3600
    """How long a client's connection may be kept at all."""
    deletion_protection: Bool = False
    """Whether AWS refuses to delete it."""
    drop_invalid_headers: Bool = False
    """Whether headers with invalid names are dropped rather than passed on."""
    attributes: Mapping[str, ScalarText] = Field(default_factory=dict)
    """Raw ELBv2 attributes for which there is no field."""

    @property
    def front(self) -> str:
        """The listener that API Gateway calls: the first HTTPS one, else the first written."""
        https = (name for name, listener in self.listeners.items() if listener.protocol == "HTTPS")
        return next(https, next(iter(self.listeners)))
