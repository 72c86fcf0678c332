"""Client SDKs that API Gateway generates of a stage of a REST API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reconcilers.aws import Aws


@dataclass(frozen=True, slots=True)
class Language:
    """`type` is what GetSdk calls it; `needs` are the parameters without which it refuses."""

    type: str
    needs: tuple[str, ...] = ()


LANGUAGES: Mapping[str, Language] = {
    "android": Language("android", ("groupId", "artifactId", "artifactVersion", "invokerPackage")),
    "java": Language("java", ("serviceName", "javaPackageName")),
    "javascript": Language("javascript"),
    "objective-c": Language("objectivec", ("classPrefix",)),
    "ruby": Language("ruby", ("service.name",)),
    "swift": Language("swift", ("classPrefix",)),
}
"""Source: botocore apigateway GetSdk, `sdkType` and `parameters`; for Ruby developer guide, how-to-generate-sdk-cli."""


def sdk(aws: Aws, api_id: str, stage: str, language: Language, parameters: Mapping[str, str]) -> bytes:
    """The archive of an SDK for what a stage serves: a zip file."""
    answer = aws.apigateway.get_sdk(
        restApiId=api_id, stageName=stage, sdkType=language.type, parameters=dict(parameters)
    )
    archive: bytes = answer["body"].read()
    return archive
