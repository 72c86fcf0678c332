"""Values that are wrong wherever they stand."""

from collections.abc import Iterator
from ipaddress import ip_network

from specs.finding import Finding
from specs.foundation import Aws
from specs.node import Steps


def wrong_cidr(cidr: str, steps: Steps) -> Iterator[Finding]:
    """A CIDR that is none."""
    try:
        ip_network(cidr)
    except ValueError as error:
        yield Finding("E1324", steps, str(error))


def elsewhere(arn: str, aws: Aws, steps: Steps) -> Iterator[Finding]:
    """A certificate or secret that lies in another region or account than the service."""
    _, _, _, region, account, *_ = arn.split(":")
    if region and region != aws.region:
        yield Finding("E1310", steps, f"it lies in {region}, and the service is in {aws.region}")
    if account and aws.account_id and account != aws.account_id and ":certificate/" in arn:
        yield Finding("E1310", steps, f"it lies in account {account}, and the service is in {aws.account_id}")
