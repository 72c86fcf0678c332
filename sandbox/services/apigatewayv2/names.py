"""Custom domain names as facts, in the words of API Gateway V1, which knows all of them: regional ones, those at the
edge and private ones. V2 shows the regional ones alone (ledger 8.1; terraform-provider-aws and serverless issues with
AWS's own words beside the rules).

Names of private ones need not be unique, and have an id besides (API Gateway guide,
apigateway-private-custom-domains).
"""

from __future__ import annotations

from sandbox.kinds import Kind, Quota, Rule
from sandbox.refusal import Refusal
from sandbox.services.apigatewayv2.words import bad, conflict, unknown

ENHANCED = "SecurityPolicy_"  # how the policies of 2025 begin, which need an endpoint access mode
_EDGE = "contains(endpointConfiguration.types, 'EDGE')"
_REGIONAL = "contains(endpointConfiguration.types, 'REGIONAL')"
_PRIVATE = "endpointConfiguration.types[0] == 'PRIVATE'"
_ENHANCED = f"starts_with(securityPolicy, '{ENHANCED}')"
GUIDE, PRIVATE, POLICIES, TLS = (
    "apigateway-regional-api-custom-domain-migrate",
    "apigateway-private-custom-domains",
    "apigateway-security-policies",
    "apigateway-custom-domain-tls-version",
)
"""Pages of the API Gateway developer guide."""
DOMAIN = Kind(
    "apigateway",
    "DomainName",
    "",
    "{domainName}",
    unknown("domain name"),
    arn="arn:aws:apigateway:{region}::/domainnames/{domainName}",
    unique=("domainName", "domainNameId"),
    twice=conflict("The domain name you provided already exists."),
    defaults={"routingMode": "BASE_PATH_MAPPING_ONLY", "securityPolicy": "TLS_1_2"},
    rules=(
        Rule(
            r"matches(domainName, '(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}')",
            bad("Invalid domain name: {domainName}"),
            source="8.1",
        ),
        Rule(
            "length(endpointConfiguration.types) == `1` || length(endpointConfiguration.types) == `2` "
            f"&& {_EDGE} && {_REGIONAL}",
            bad("A domain name has one endpoint type, or EDGE and REGIONAL while it is migrated"),
            source=GUIDE,
        ),
        Rule(
            f"!(certificateArn || certificateName) || {_EDGE} || {_PRIVATE}",
            bad("Cannot import certificates for EDGE while REGIONAL is active."),
            source="sst#4131",
        ),
        Rule(
            f"!(regionalCertificateArn || regionalCertificateName) || {_REGIONAL}",
            bad("Cannot import certificates for REGIONAL while it is not active."),
            source="sst#4131",
        ),
        Rule(
            "certificateArn",
            bad("An edge-optimized or private domain name needs a certificateArn"),
            f"{_EDGE} || {_PRIVATE}",
            "8.1",
        ),
        Rule("regionalCertificateArn", bad("A regional domain name needs a regionalCertificateArn"), _REGIONAL, "8.1"),
        Rule(
            "!(endpointConfiguration.vpcEndpointIds)",
            bad("VPC endpoints are associated with a private domain name by access associations"),
            source=PRIVATE,
        ),
        Rule(
            "endpointConfiguration.ipAddressType == 'dualstack'",
            bad("Only dualstack ipAddressType is supported for private domain names."),
            _PRIVATE,
            PRIVATE,
        ),
        Rule(
            "securityPolicy == 'TLS_1_2'",
            bad("The security policy of a private domain name is TLS_1_2"),
            _PRIVATE,
            PRIVATE,
        ),
        Rule(
            "!(starts_with(domainName, '*'))", bad("Wildcard private domain names are not supported"), _PRIVATE, PRIVATE
        ),
        Rule(_PRIVATE, bad("Policy is supported for private domain names only"), "policy || managementPolicy", PRIVATE),
        Rule(
            f"{_REGIONAL} && !{_EDGE} && !({_ENHANCED})",
            bad("Mutual TLS is supported for regional domain names with the security policy TLS_1_2 only"),
            "mutualTlsAuthentication",
            TLS,
        ),
        Rule(
            "endpointAccessMode",
            bad("An endpoint access mode is required for the security policy {securityPolicy}"),
            _ENHANCED,
            POLICIES,
        ),
        Rule(
            _ENHANCED,
            bad("An endpoint access mode requires a security policy that starts with SecurityPolicy_"),
            "endpointAccessMode",
            POLICIES,
        ),
        Rule(
            _EDGE,
            bad("{securityPolicy} is a security policy of edge-optimized domain names"),
            "ends_with(securityPolicy, '_EDGE')",
            "apigateway-security-policies-list",
        ),
        Rule(
            _REGIONAL,
            bad("{securityPolicy} is a security policy of regional domain names"),
            f"{_ENHANCED} && !ends_with(securityPolicy, '_EDGE')",
            "apigateway-security-policies-list",
        ),
    ),
    quota=Quota(
        "domain-names", 120, Refusal("TooManyRequestsException", "The maximum number of domain names is reached")
    ),
)

ACCESS = Kind(
    "apigateway",
    "DomainNameAccessAssociation",
    "domainNameAccessAssociationArn",
    "arn:aws:apigateway:{region}:{account}:/domainnameaccessassociations/domainname/{called}/vpcesource/{vpce}",
    Refusal("NotFoundException", "Invalid domain name access association identifier specified"),
    unique=("domainNameArn", "accessAssociationSource"),
    twice=conflict("The domain name access association already exists"),
)
"""Which VPC endpoint leads to which private domain name."""
