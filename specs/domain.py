"""Custom domains: the name people call an API by, its certificate, its records, and which path leads to which stage."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from specs.block import Block, ShortForm, text_as
from specs.names import Bool, Text
from specs.rest import PolicyStatement, TlsPolicy, VpcEndpointId
from specs.stages import StageName
from specs.values import Form

DOMAIN = r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
HostName = Annotated[str, Form(rf"(\*\.)?{DOMAIN}", "a domain name such as api.example.com, in lower case", 253)]
HostedZone = Annotated[str, Form(rf"Z[A-Z0-9]{{7,31}}|{DOMAIN}", "a hosted zone's name such as example.com, or its id")]
# "Restrictions" on docs.aws.amazon.com/apigateway/latest/developerguide/http-api-mappings.html (ledger 8.2)
BELOW = r"[A-Za-z0-9$_.+!*'()-]+(/[A-Za-z0-9$_.+!*'()-]+)*"
MappingPath = Annotated[str, Form(BELOW, "a path such as v1 or shop/v1, without slashes around it", 300)]
MappingKey = Annotated[str, Form(rf"/|{BELOW}", "/ or a path such as v1", 300)]
ROOT = "/"
# "Restrictions" on docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-routing-rules.html
GLOB = r"[A-Za-z0-9?!#$%&'.^_`|~-]+"
Priority = Annotated[str, Form("[1-9][0-9]{0,5}|1000000", 'a priority from 1 to 1000000, in quotes: "10"')]
RuleHeader = Annotated[str, Form(r"[A-Za-z0-9!#$%&'.^_`|~-]{1,39}", "a header's name of less than 40 characters")]
HeaderGlob = Annotated[
    str, Form(rf"\*?{GLOB}|{GLOB}\*|\*{GLOB}\*", "a value such as beta, beta*, *beta or *beta*", 127)
]
AcmCertificate = Annotated[
    str, Form(r"arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[0-9a-f-]{36}", "the ARN of a certificate in ACM")
]


class ClientTls(Block):
    """Clients show certificates too."""

    truststore: Annotated[str, Form(r"s3://[a-z0-9.-]{3,63}/\S{1,1024}", "an object such as s3://bucket/clients.pem")]
    """The certificates that are good, as one PEM file in S3."""
    version: Annotated[Text, Field(min_length=1, max_length=1024)] | None = None
    """The version of that object; without it the newest when the domain is made or changed."""
    ownership_certificate: AcmCertificate | None = None
    """A public certificate of ACM that proves whose the name is, where `certificate` was imported or comes from a
    private authority."""


class RoutingRule(Block):
    """Requests that go to another stage than the mappings say. All that is said has to hold."""

    headers: Annotated[Mapping[RuleHeader, HeaderGlob], Field(max_length=2)] = Field(default_factory=dict)
    """Up to two headers with their whole values; `*` at an end is any characters."""
    path: Annotated[str, Form(BELOW, "a path such as v1 or shop/v1, without slashes around it", 127)] | None = None
    """What the path begins with."""
    stage: StageName
    """The stage they go to."""
    keep_path: Bool = False
    """Whether the API sees `path` too; without it the stage is found below, as with `paths`."""


class Domain(Block):
    """A name of one's own for the API. A bare string is the name."""

    short: ClassVar[ShortForm | None] = text_as("name")

    name: HostName
    """The name, such as api.example.com or *.example.com."""
    endpoint: Literal["regional", "edge", "private"] | None = None
    """Where it answers: in the API's region, at the edge by CloudFront, or only inside VPCs; without it `private` for a
    private API and `regional` for every other (edge and private: REST)."""
    certificate: AcmCertificate | None = None
    """A certificate for it in the API's region, at the edge in us-east-1; without it one is requested there and proved
    by a record in `hostedZone`."""
    hosted_zone: HostedZone | None = None
    """The Route 53 zone that gets the records; left out when DNS is managed elsewhere."""
    path: MappingPath | None = None
    """The path below which the stage is found, such as v1; without it the whole domain."""
    paths: Mapping[MappingKey, StageName] = Field(default_factory=dict)
    """Several paths with the stage that each leads to, such as `{v1: $default, beta: beta}`; instead of `path`."""
    rules: Mapping[Priority, RoutingRule] = Field(default_factory=dict)
    """Rules by priority, the lowest first, that are asked before any path (REST)."""
    mutual_tls: ClientTls | None = None
    """Clients have to show a certificate."""
    tls_policy: TlsPolicy | None = None
    """What TLS it speaks; without it TLS_1_2 (REST)."""
    endpoint_access: Literal["basic", "strict"] = "basic"
    """`strict`: requests have to come by its own kind of endpoint and its own name; with a policy of 2025 (REST)."""
    vpc_endpoints: tuple[VpcEndpointId, ...] = ()
    """The VPC endpoints that lead to a private one; without it the API's (REST)."""
    policy: tuple[PolicyStatement, ...] = ()
    """Who may call a private one; without it whoever comes by one of its VPC endpoints (REST)."""


class Dns(Block):
    """Where the names of custom domains lie, for those that do not say it themselves."""

    zone: Annotated[str, Form(DOMAIN, "a hosted zone's name such as prod.example.com")]
    """The Route 53 zone: domains below it get records, and certificates that it proves."""
    certificate: AcmCertificate | None = None
    """A certificate for every name directly below the zone, instead of one for each domain."""
