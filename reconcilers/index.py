"""The tag index: which ARNs carry our tags, a hundred to a call.

It lags and misses kinds (ledger 0.3), so it is never the only proof that something exists or is gone. Where it says
exactly what is wanted it saves a call per resource; where it does not, the owning service is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from reconcilers.aws import Aws, Client
from reconcilers.ownership import INSTALL, SERVICE, encode, untag

if TYPE_CHECKING:
    from reconcilers.reconciler import Look

MANY = 20
"""Up to so many instances are named in the filter; beyond, everything of the installation is asked for."""


def index(aws: Aws, look: Look) -> Mapping[str, Mapping[str, str]]:
    """Tags by ARN of everything the index knows of these instances."""
    return look.once("index", lambda: _ask(aws.tagging, aws, look))


def edge_index(aws: Aws, look: Look) -> Mapping[str, Mapping[str, str]]:
    """The same of what they have where CloudFront looks for it."""
    return look.once("edge index", lambda: _ask(aws.edge_tagging, aws, look))


def _ask(tagging: Client, aws: Aws, look: Look) -> dict[str, Mapping[str, str]]:
    filters = [{"Key": INSTALL, "Values": [aws.install]}]
    if len(look.instances) <= MANY:
        filters.append({"Key": SERVICE, "Values": sorted(map(encode, look.instances))})
    pages = tagging.pages("get_resources", "ResourceTagMappingList", TagFilters=filters, ResourcesPerPage=100)
    return {each["ResourceARN"]: untag(each["Tags"]) for each in pages}
