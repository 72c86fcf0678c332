"""Names, ids and ARNs, numbers and texts: the scalar types that the models share."""

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, Field

from specs.values import Form, FromVariable


def _number(value: object) -> object:
    """`port: ${vars.PORT}` is a number though every variable given on the command line is text."""
    return int(value) if isinstance(value, FromVariable) and re.fullmatch("-?(0|[1-9][0-9]{0,17})", value) else value


def _boolean(value: object) -> object:
    return value == "true" if isinstance(value, FromVariable) and value in ("true", "false") else value


def scalar_text(value: object) -> object:
    """`PORT: 8080` and `DEBUG: true` mean their text; a fraction does not (`1.10` has already become 1.1)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else value


def _plain(value: object) -> object:
    return str(value) if isinstance(value, FromVariable) else value


def one_or_more(value: object) -> object:
    return value if isinstance(value, tuple) else (value,)


Int = Annotated[int, BeforeValidator(_number)]
Bool = Annotated[bool, BeforeValidator(_boolean)]
Text = Annotated[str, BeforeValidator(_plain)]
ScalarText = Annotated[
    str, BeforeValidator(scalar_text, json_schema_input_type=str | int | bool), BeforeValidator(_plain)
]
OneOrMore = Annotated[
    tuple[ScalarText, ...],
    BeforeValidator(one_or_more, json_schema_input_type=str | int | bool | tuple[ScalarText, ...]),
]
Port = Annotated[int, Field(ge=1, le=65535), BeforeValidator(_number)]
Variables = Mapping[str, ScalarText]

Name = Annotated[
    str, Form("[a-z][a-z0-9-]{0,31}", "a name such as orders-api: a-z, 0-9 and -, at most 32, a letter first")
]
AccountId = Annotated[str, Form("[0-9]{12}", "twelve digits in quotes")]
Region = Annotated[str, Form("[a-z]{2}(-[a-z]+)+-[0-9]", "a region such as eu-west-1")]
RoleArn = Annotated[
    str,
    Form(
        r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]+", "a role's ARN such as arn:aws:iam::123456789012:role/name"
    ),
]
PolicyArn = Annotated[
    str,
    Form(
        r"arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/[\w+=,.@/-]+",
        "a policy's ARN such as arn:aws:iam::123456789012:policy/name",
    ),
]
VpcId = Annotated[str, Form("vpc-[0-9a-f]{8,17}", "a VPC id such as vpc-0a1b2c3d4e5f60718")]
SubnetId = Annotated[str, Form("subnet-[0-9a-f]{8,17}", "a subnet id such as subnet-0a1b2c3d4e5f60718")]
Cidr = Annotated[
    str, Form(r"([0-9]{1,3}\.){3}[0-9]{1,3}/[0-9]{1,2}|[0-9a-fA-F:]+/[0-9]{1,3}", "a CIDR such as 10.0.0.0/8")
]
SecurityGroupId = Annotated[str, Form("sg-[0-9a-f]{8,17}", "a security group id such as sg-0a1b2c3d4e5f60718")]
AllocationId = Annotated[str, Form("eipalloc-[0-9a-f]{8,17}", "an Elastic IP's id such as eipalloc-0a1b2c3d4e5f60718")]
TrustStoreArn = Annotated[
    str,
    Form(
        r"arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:truststore/[\w./-]+", "the ARN of an ELB trust store"
    ),
]
WebAclArn = Annotated[
    str, Form(r"arn:aws[a-z-]*:wafv2:[a-z0-9-]+:[0-9]{12}:regional/webacl/[\w-]+/[\w-]+", "a regional web ACL's ARN")
]
CertificateArn = Annotated[
    str,
    Form(
        r"arn:aws[a-z-]*:(acm:[a-z0-9-]+:[0-9]{12}:certificate/[0-9a-f-]{36}|iam::[0-9]{12}:server-certificate/\S+)",
        "a certificate's ARN in ACM or IAM, or same-as:<listener>",
    ),
]
