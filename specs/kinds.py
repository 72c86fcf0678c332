"""The outer form of a document: apiVersion, kind, metadata, spec."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from specs.apiservice import ApiServiceSpec
from specs.block import Block
from specs.environment import EnvironmentSpec
from specs.names import Name, ScalarText

API_VERSION = "penstock.dev/v1alpha1"


class Metadata(Block):
    """What it is called."""

    name: Name
    """The name; it begins every name in AWS."""
    labels: Mapping[str, ScalarText] = Field(default_factory=dict)
    """AWS tags."""
    annotations: Mapping[str, ScalarText] = Field(default_factory=dict)
    """Words for people and other programs; they do not reach AWS."""


class ApiService(Block):
    """One API: gateway, link, load balancer, services."""

    api_version: Literal["penstock.dev/v1alpha1"]
    """The version of the language."""
    kind: Literal["ApiService"]
    """The kind of document."""
    metadata: Metadata
    """What it is called."""
    spec: ApiServiceSpec
    """What it asks for."""


class Environment(Block):
    """What many ApiServices share."""

    api_version: Literal["penstock.dev/v1alpha1"]
    """The version of the language."""
    kind: Literal["Environment"]
    """The kind of document."""
    metadata: Metadata
    """What it is called."""
    spec: EnvironmentSpec
    """What it gives."""


KINDS: Mapping[str, type[ApiService] | type[Environment]] = {"ApiService": ApiService, "Environment": Environment}
