"""Secrets of ours in Secrets Manager: where they are, and how they are tagged. What is in one, its own kind knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconcilers.aws import Aws
from reconcilers.ownership import tag_list
from reconcilers.reconciler import Look

PREFIX = "penstock"


def secrets(aws: Aws, look: Look) -> list[Mapping[str, Any]]:
    """Every secret below `penstock/{install}/`, without its value; asked for once in a look."""
    mine = [{"Key": "name", "Values": [f"{PREFIX}/{aws.install}/"]}]
    return look.once(
        "secrets", lambda: list(aws.secrets.pages("list_secrets", "SecretList", Filters=mine, MaxResults=100))
    )


def secret_tag(aws: Aws, id: str, put: Mapping[str, str], drop: tuple[str, ...]) -> None:
    if drop:
        aws.secrets.untag_resource(SecretId=id, TagKeys=list(drop))
    if put:
        aws.secrets.tag_resource(SecretId=id, Tags=tag_list(put))
