"""The language is larger than what is there: the rest is refused by name, all of it at once."""

from pathlib import Path

import pytest

from specs import json_schema, later, load, load_text
from tests.specs.test_layers import alone

SHARED = Path(__file__).resolve().parents[2] / "../shared/examples"
full = pytest.mark.skipif(not (SHARED / "full.yaml").exists(), reason="the shared examples are not here")
# Lines of full.yaml whose fields or values come later, told by name
SOME = {
    "`spec.timeouts` is not there yet: conditions about what takes too long come later",
    "`spec.services.cart.volumes` is not there yet: EFS volumes come later",
    "`spec.services.cart.capacity: ec2:gpu-asg` is not there yet: EC2 capacity providers come later",
}


@full
def test_every_field_of_the_full_example_is_there_or_refused_by_name_all_at_once():
    catalog = load([SHARED / "full.yaml"])
    messages = {problem.message for problem in catalog.problems if problem.code == "E1102"}
    assert messages >= SOME
    homeless = [problem.line for problem in catalog.problems if problem.code == "E1203"]
    assert {problem.code for problem in catalog.problems} == {"E1002", "E1102", "E1203"}
    missing = {problem.message.partition(":")[0] for problem in catalog.problems if problem.code == "E1002"}
    assert missing == {f"cannot read {SHARED}/openapi/{name}" for name in ("order.schema.json", "storefront.yaml")}
    assert len(homeless) == 2
    assert catalog.frozen == {"storefront/staging", "storefront/prod", "ledger"}


@full
def test_every_field_of_the_environment_example_is_there_or_refused_by_name():
    catalog = load([SHARED / "environment.yaml"])
    assert {problem.code for problem in catalog.problems} == {"E1102"}
    assert catalog.frozen == {"prod", "dev"}


@full
def test_the_minimal_example_is_valid_in_an_environment_of_ours(tmp_path):
    home = Path(__file__).resolve().parents[2] / "examples/environment.yaml"
    catalog = load([SHARED / "minimal.yaml", home])
    assert catalog.problems == ()
    assert "orders/prod" in [instance.address for instance in catalog.instances]


def test_a_later_field_is_refused_in_a_patch_and_in_defaults_as_well():
    assert later.field(("spec", "environments", "prod", "observability", "dashboard")) == "dashboards come later"
    assert later.field(("spec", "defaults", "services", "volumes")) == "EFS volumes come later"
    assert later.value(("spec", "defaults", "network", "egress"), "nat") == "NAT gateways come later"


def test_a_classic_load_balancer_is_refused_with_the_rule_of_aws_and_what_to_write_instead():
    [problem] = load_text(alone("  loadBalancer: {type: classic}")).problems
    assert "ECS puts tasks on Fargate behind application and network load balancers only" in problem.message
    assert (problem.code, problem.line, problem.severity) == ("E1345", 8, "error")
    assert "`network`" in problem.hint
    assert later.impossible(("spec", "environments", "dev", "loadBalancer", "type"), "classic")
    assert later.impossible(("spec", "loadBalancers", "old", "type"), "classic")


def test_a_field_that_nobody_knows_is_not_promised():
    assert later.field(("spec", "gateway", "domian")) == ""
    assert later.value(("spec", "gateway", "type"), "rset") == ""


def test_no_field_is_promised_that_is_there_already():
    definitions = json_schema()["$defs"]

    def long(schema):
        if "$ref" in schema:
            return long(definitions[schema["$ref"].rsplit("/", 1)[1]])
        return [form for one in schema["anyOf"] for form in long(one)] if "anyOf" in schema else [schema]

    def fields(schema):
        for form in long(schema):
            yield from form.get("properties", {}).items()
            members = form.get("additionalProperties"), form.get("items"), *form.get("patternProperties", {}).values()
            yield from (("*", member) for member in members if isinstance(member, dict) and member)

    def has(schema, way):
        if not way:
            return True
        return any(name == way[0] and has(member, way[1:]) for name, member in fields(schema))

    for kind in ("ApiServiceSpec", "EnvironmentSpec"):
        schema = {"$ref": f"#/$defs/{kind}"}
        assert has(schema, ["network", "egress"])
        allowed = {"spec/services/*/capacity/*"}
        assert [one for one in later.FIELDS if one not in allowed and has(schema, one.split("/")[1:])] == []
