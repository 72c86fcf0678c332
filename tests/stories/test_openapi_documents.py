"""Documents people really wrote: each converges as a REST API and reads back unchanged, or is refused with the line and
AWS's rule; and what an import in the strict sandbox would make of it is what we make of it."""

from pathlib import Path

import pytest

from reconcilers.ownership import SERVICE
from specs import load
from tests.world import World

WRITTEN = Path(__file__).resolve().parents[2] / "../shared/aws/recordings/inputs/openapi"
SPEC = """
apiVersion: penstock.dev/v1alpha1
kind: ApiService
metadata: {name: hello}
spec:
  aws: {region: eu-west-1}
  network: {discover: {vpc: {tag:Name: demo}, subnets: {private: {tag:Tier: private}}}}
  gateway: {type: rest, openapi: contract.json}
  services:
    hello: {image: "public.ecr.aws/docker/library/httpd:2.4", port: 80}
"""
IDS = ("id", "parentId", "resourceId", "cacheNamespace", "authorizerId", "requestValidatorId")
IMPORTED, REFUSED = 19, 49


def tree(gateway, api):
    """An API without the ids that are made up, and without the names of models that a document gave none."""
    items = gateway.get_resources(restApiId=api, embed=["methods"], limit=500)["items"]
    return {each["path"]: plain(each.get("resourceMethods", {})) for each in items}


def plain(value):
    match value:
        case dict():
            told = {name: plain(each) for name, each in sorted(value.items()) if name not in IDS}
            return {name: each for name, each in told.items() if each not in ({}, [])}
        case list():
            return sorted(map(plain, value), key=str)
        case str() if value.startswith("MODEL"):
            return "MODEL"
    return value


@pytest.mark.skipif(not WRITTEN.exists(), reason="the documents are not beside this checkout")
def test_every_document_converges_and_reads_back_or_is_refused_with_its_line_and_the_rule(tmp_path, capsys):
    world = World(tmp_path)
    world.write(SPEC)
    gateway, document = world.boto("apigateway"), tmp_path / "contract.json"
    scratch = gateway.create_rest_api(name="scratch")["id"]
    converged = refused = 0
    for written in sorted(WRITTEN.iterdir()):
        document.write_bytes(written.read_bytes())
        catalog = load([tmp_path])
        if catalog.errors:
            refused += 1
            for problem in catalog.errors:
                assert (problem.file, problem.line > 0) == (str(document), True), written.name
                assert "AWS: " in problem.hint, (written.name, problem)
                assert "docs.aws.amazon.com" in problem.hint, (written.name, problem)
            with pytest.raises(gateway.exceptions.BadRequestException):
                gateway.put_rest_api(restApiId=scratch, mode="overwrite", body=document.read_bytes())
            continue
        converged += 1
        world.settle()
        assert not world.look().plan, written.name
        api = next(each["id"] for each in gateway.get_rest_apis()["items"] if SERVICE in each.get("tags", {}))
        made = tree(gateway, api)
        gateway.put_rest_api(restApiId=scratch, mode="overwrite", body=document.read_bytes())
        assert tree(gateway, scratch) == made, written.name
        told = gateway.get_export(
            restApiId=api, stageName="live", exportType="oas30", parameters={"extensions": "apigateway"}
        )["body"].read()
        gateway.put_rest_api(restApiId=scratch, mode="overwrite", body=told)
        assert tree(gateway, scratch) == made, written.name
    with capsys.disabled():
        print(f"\n{converged} documents converge and read back unchanged, {refused} are refused")
    assert (converged, refused) == (IMPORTED, REFUSED)
