"""What methods and integrations are made of, and how AWS is told of each part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconcilers.resource import Camel

Given = Mapping[str, Any]


class MethodResponse(Camel):
    """What a method may answer with a status: headers by their full name, models by content type."""

    response_parameters: Mapping[str, bool] = {}
    response_models: Mapping[str, str] = {}


class IntegrationResponse(Camel):
    """What becomes of an answer from behind, or of a mock's."""

    selection_pattern: str = ""
    response_parameters: Mapping[str, str] = {}
    response_templates: Mapping[str, str] = {}
    content_handling: str | None = None


class Tls(Camel):
    insecure_skip_verification: bool = False


def method_responses(told: Given) -> dict[str, MethodResponse]:
    """By status, from an answer: what was never set is absent there (findings.md, A)."""
    return {
        status: MethodResponse(
            response_parameters=each.get("responseParameters") or {}, response_models=each.get("responseModels") or {}
        )
        for status, each in (told or {}).items()
    }


def integration_responses(told: Given) -> dict[str, IntegrationResponse]:
    return {
        status: IntegrationResponse(
            selection_pattern=each.get("selectionPattern") or "",
            response_parameters=each.get("responseParameters") or {},
            response_templates=texts(each.get("responseTemplates")),
            content_handling=each.get("contentHandling"),
        )
        for status, each in (told or {}).items()
    }


def texts(told: Mapping[str, str | None] | None) -> dict[str, str]:
    """Templates by content type; AWS answers an empty one with null (ledger 6.5)."""
    return {name: each or "" for name, each in (told or {}).items()}
