"""What editors and `explain` say comes from the models, and agrees with the loader."""

import json
from functools import cache
from pathlib import Path

import jsonschema
import pytest

from specs import explain
from specs import json_schema as generate
from specs.schema import help_of
from specs.yaml_io import parse
from tests.specs.test_layers import alone, lodger

EXAMPLES = sorted(Path(__file__).resolve().parents[2].glob("examples/*.yaml"))
json_schema = cache(generate)
DRAFTS = {"7": jsonschema.Draft7Validator, "2020-12": jsonschema.Draft202012Validator}


def documents(text):
    return [json.loads(json.dumps(node.plain())) for node in parse(text, "f.yaml").documents if node]


@pytest.mark.parametrize("draft", DRAFTS)
@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.name)
def test_every_example_fits_the_schema(file, draft):
    schema = json_schema(draft=draft)
    DRAFTS[draft].check_schema(schema)
    for document in documents(file.read_text()):
        assert [error.message for error in DRAFTS[draft](schema).iter_errors(document)] == []


@pytest.mark.parametrize("draft", DRAFTS)
@pytest.mark.parametrize(
    "text",
    [
        alone(web=", helthCheck: /"),
        alone(web=", stopTimeout: 30"),
        alone(web=", scaling: {min: 99999}"),
        alone(web=", platform: windows"),
        alone("  gateway: {type: graphql}"),
        alone("  gateway: {domain: {}}"),
        alone("  gateway: {routes: {FETCH /: web}}"),
        alone().replace("name: web", "name: Web"),
        lodger().replace("kind: ApiService", "kind: Service"),
    ],
)
def test_what_the_loader_refuses_the_schema_refuses_too(text, draft):
    (document,) = documents(text)
    assert not DRAFTS[draft](json_schema(draft=draft)).is_valid(document)


@pytest.mark.parametrize(
    "text",
    [
        alone("  gateway: {stages: {$default: {metrics: detailed}}}"),
        alone("  gateway: http\n  suspend: false"),
        alone(web=", healthCheck: /up, deployment: {circuitBreaker: {threshold: 50%}}, cpu: 0.5 vCPU"),
        lodger("  loadBalancer: internal"),
    ],
)
def test_short_forms_fit_the_schema(text):
    (document,) = documents(text)
    assert jsonschema.Draft202012Validator(json_schema("ApiService")).is_valid(document)


def test_the_older_dialect_has_no_word_of_the_newer():
    text = json.dumps(json_schema(draft="7"))
    assert "$defs" not in text
    assert '"definitions"' in text


def test_every_field_has_a_sentence_and_a_default_as_it_is_written():
    definitions = json_schema()["$defs"]
    service = definitions["Service"]["properties"]
    assert service["stopTimeout"]["default"] == "30s"
    assert service["scaling"]["description"].startswith("A number that follows the load")
    objects = [one for schema in definitions.values() for one in schema.get("anyOf", [schema])]
    fields = [field for one in objects for field in one.get("properties", {}).values()]
    assert len(fields) > 150
    assert [field for field in fields if not field.get("description")] == []


def test_help_is_inherited():
    from specs.gateway import AccessLogs

    assert help_of(AccessLogs) == {"retention": "How long they are kept.", "format": "The format of a line."}


def test_explain_finds_a_field_with_and_without_the_names_in_between():
    text = explain("apiservice.services.scaling")
    assert text == explain("ApiService.spec.services.orders.scaling").replace(
        "ApiService.spec.services.orders.scaling", "apiservice.services.scaling"
    )
    assert "  min  <number>  default 2\n      The fewest tasks." in text


def test_explain_knows_codes_and_says_what_was_meant():
    assert explain("e1101") == "E1101: The field does not exist here."
    with pytest.raises(KeyError, match="did you mean `services`"):
        explain("apiservice.servces")
    with pytest.raises(KeyError, match="there are apiservice, environment"):
        explain("pod")


def test_an_unknown_kind_or_draft_has_no_schema():
    with pytest.raises(KeyError):
        json_schema("Pod")
    with pytest.raises(KeyError):
        json_schema(draft="4")
