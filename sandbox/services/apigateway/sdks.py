"""GetSdk: for which languages, what each has to be told, and an archive of the right kind. The code in it is AWS's to
write: here the archive holds the stage's OpenAPI document, from which anybody's generator can make a client (guide,
"Generate SDKs for REST APIs in API Gateway"; AWS CLI reference, get-sdk)."""

from __future__ import annotations

import io
import zipfile

from sandbox.kinds import Fields
from sandbox.services.apigateway.exports import get_export
from sandbox.services.apigateway.words import bad, missing
from sandbox.world import World

LANGUAGES: dict[str, tuple[str, dict[str, str]]] = {  # how it is called, and what has to be told: name -> description
    "android": (
        "Android",
        {
            "groupId": "Group ID for the library",
            "artifactId": "Artifact ID for the library",
            "artifactVersion": "Version of the library",
            "invokerPackage": "Package of the client",
        },
    ),
    "java": ("Java SDK", {"serviceName": "Name of the service", "javaPackageName": "Package of the client"}),
    "javascript": ("JavaScript", {}),
    "objectivec": ("iOS (Objective-C)", {"classPrefix": "Prefix of the classes"}),
    "ruby": ("Ruby SDK", {"service.name": "Name of the service"}),
    "swift": ("iOS (Swift)", {"classPrefix": "Prefix of the classes"}),
}


def get_sdk(world: World, request: Fields) -> Fields:
    language, told = request["sdkType"], request.get("parameters", {})
    _, wanted = LANGUAGES.get(language, ("", None))
    if wanted is None:
        raise bad(f"Invalid SDK type specified: {language}. Must be one of: [{', '.join(LANGUAGES)}]")
    if lacking := [name for name in wanted if not told.get(name)]:
        raise bad(f"Missing required SDK configuration properties: {', '.join(lacking)}")
    asked = {"exportType": "oas30", "parameters": {"extensions": "apigateway"}}
    document = get_export(world, {**asked, "restApiId": request["restApiId"], "stageName": request["stageName"]})
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr(zipfile.ZipInfo("openapi.json", world.time.timetuple()[:6]), document["body"])
    name = f"{language}_{world.time:%Y-%m-%d_%H-%MZ}.zip"
    disposition = f'attachment; filename="{name}"'
    return {"body": kept.getvalue(), "contentType": "application/octet-stream", "contentDisposition": disposition}


def get_sdk_type(_world: World, request: Fields) -> Fields:
    if request["id"] not in LANGUAGES:
        raise missing(f"Invalid SDK type identifier specified: {request['id']}")
    return _told(request["id"])


def get_sdk_types(_world: World, _request: Fields) -> Fields:
    return {"items": [_told(each) for each in LANGUAGES]}


def _told(language: str) -> Fields:
    friendly, wanted = LANGUAGES[language]
    properties = [{"name": name, "description": about, "required": True} for name, about in wanted.items()]
    return {"id": language, "friendlyName": friendly, "configurationProperties": properties}
