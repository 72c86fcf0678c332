"""Specs for stories, as short as a story needs them: JSON is YAML."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

NETWORK = {"discover": {"vpc": {"tag:Name": "demo"}, "subnets": {"private": {"tag:Tier": "private"}}}}
AWS = {"region": "eu-west-1"}
CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-4333-8444-555555555555"
HTTPS = {
    "listeners": {"https": {"port": 443, "certificate": CERTIFICATE}},
    "gatewayTls": {"serverName": "hello.demo.internal"},
}


def service(image: str = "web:1", port: int = 8080, **more: Any) -> dict[str, Any]:
    """Two tasks, unless told otherwise."""
    return {"image": image, "port": port, "healthCheck": "/", "count": 2, **more}


def alone(name: str = "hello", *, services: Mapping[str, Any] | None = None, **more: Any) -> str:
    """An ApiService that owns all it needs."""
    return document("ApiService", name, {"aws": AWS, "network": NETWORK, **_services(services), **more})


def shared(name: str, environment: str = "prod", *, services: Mapping[str, Any] | None = None, **more: Any) -> str:
    """An ApiService that lives in an Environment."""
    return document("ApiService", name, {"environment": environment, **_services(services), **more})


def environment(name: str = "prod", **more: Any) -> str:
    return document("Environment", name, {"aws": AWS, "network": NETWORK, **more})


def document(kind: str, name: str, spec: Mapping[str, Any]) -> str:
    told = {"apiVersion": "penstock.dev/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec}
    return json.dumps(told, indent=1)


def _services(services: Mapping[str, Any] | None) -> dict[str, Any]:
    return {"services": {"web": service()} if services is None else services}
