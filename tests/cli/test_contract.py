"""The JSON that other programs rely on (design/cli.md §0), through one life of a service."""

import re
import urllib.request

import boto3
import pytest

from tests.cli.conftest import HELLO

SUMMARY = {"create", "update", "replace", "delete", "wait", "unknown", "unchanged", "drift"}
CHANGE = {"address", "kind", "action", "reason", "differences", "after"}


@pytest.fixture(scope="module")
def life(endpoint, tmp_path_factory):
    """One folder for the whole story: each test is a chapter, in the order of the file."""
    folder = tmp_path_factory.mktemp("life")
    (folder / "life.yaml").write_text(HELLO.replace("name: hello", "name: life"))
    return folder


def elbv2(endpoint):
    return boto3.client("elbv2", endpoint_url=endpoint, region_name="eu-west-1")


def test_a_plan_of_something_new(penstock, account, life):
    told = penstock("plan", "-f", str(life), "-o", "json").json
    assert told["format"] == "penstock.plan/1"
    assert set(told["summary"]) == SUMMARY
    assert told["summary"]["create"] == 29
    (service,) = told["services"]
    assert (service["name"], service["environment"], service["edited"], service["drift"]) == ("life", "", True, None)
    assert service["generation"] == 1
    assert service["problems"] == []
    for change in service["changes"]:
        assert set(change) >= CHANGE
        assert change["action"] == "create"
    listener = next(each for each in service["changes"] if each["kind"] == "ListenerRule")
    assert listener["address"] == "ListenerRule/hello"
    assert {"Listener/http", "TargetGroup/hello"} <= set(listener["after"])


def test_an_apply_tells_what_became_of_every_change(penstock, account, life):
    told = penstock("apply", "--yes", "-f", str(life), "-o", "json")
    assert told.code == 0, told.err
    (service,) = told.json["services"]
    assert {change["outcome"] for change in service["changes"]} == {"done"}
    assert all(change["id"] for change in service["changes"])
    assert {change["error"] for change in service["changes"]} == {""}
    assert service["status"]["health"] == "Healthy"
    assert told.json["exitCodes"] == [0]
    assert re.search(r"life ready", told.err), "progress goes to stderr"


def test_the_url_answers(penstock, account, life):
    status = penstock("get", "-f", str(life), "-o", "json").json
    assert status["format"] == "penstock.status/1"
    (service,) = status["services"]
    assert (service["sync"], service["health"]) == ("InSync", "Healthy")
    assert (service["generation"], service["observedGeneration"]) == (1, 1)
    assert {"type", "status", "reason", "message"} == set(service["conditions"][0])
    assert {"address", "kind", "id", "sync", "health"} == set(service["resources"][0])
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(service["url"], timeout=10) as answer:
        assert answer.status == 200


def test_a_second_apply_finds_nothing_to_do(penstock, account, life):
    told = penstock("apply", "--yes", "-f", str(life), "-o", "json")
    assert told.code == 0
    assert told.json["summary"] | {"unchanged": 0} == dict.fromkeys(SUMMARY, 0)
    assert told.json["services"][0]["changes"] == []


def test_drift_names_the_address_and_the_path(penstock, account, life):
    (group,) = [
        each for each in elbv2(account).describe_target_groups()["TargetGroups"] if "life" in each["TargetGroupName"]
    ]
    elbv2(account).modify_target_group(TargetGroupArn=group["TargetGroupArn"], HealthCheckPath="/by-hand")
    told = penstock("drift", "-f", str(life), "-o", "json")
    assert told.code == 0
    assert told.json["format"] == "penstock.drift/1"
    (drift,) = told.json["drift"]
    assert drift == {
        "service": "life", "address": "TargetGroup/hello", "kind": "TargetGroup", "how": "changed",
        "differences": [{"path": "/HealthCheckPath", "want": "/", "live": "/by-hand", "replaces": False}],
        "actor": None, "at": None,
    }  # fmt: skip
    assert penstock("drift", "-f", str(life), "--detailed-exitcode").code == 2
    assert penstock("drift", "-f", str(life), "--fail-on", "drift").code == 2


def test_a_plan_counts_drift_and_knows_where_the_field_was_written(penstock, account, life):
    told = penstock("plan", "-f", str(life), "-o", "json").json
    assert told["summary"]["drift"] == 1
    (service,) = told["services"]
    assert (service["edited"], service["drift"]) == (False, 1)
    (difference,) = service["changes"][0]["differences"]
    assert difference["source"] == {"file": str(life / "life.yaml"), "line": 11, "column": 20}


def test_correct_puts_it_back_and_says_so(penstock, account, life):
    told = penstock("drift", "--correct", "--yes", "-f", str(life), "-o", "json")
    assert told.code == 0, told.err
    assert [each["outcome"] for each in told.json["corrected"][0]["changes"]] == ["done"]
    assert penstock("drift", "-f", str(life), "-o", "json").json["drift"] == []


def test_describe_and_graph_agree_with_get(penstock, account, life):
    described = penstock("describe", "life", "-f", str(life), "-o", "json").json["services"][0]
    assert described["tags"]["penstock:service"] == "life"
    graph = penstock("graph", "life", "-f", str(life), "-o", "json").json
    assert graph["format"] == "penstock.graph/1"
    kinds = [node["kind"] for node in graph["graphs"][0]["nodes"]]
    assert kinds == [
        "HttpApi", "Route", "Integration", "VpcLink", "Listener", "ListenerRule", "TargetGroup", "Service",
    ]  # fmt: skip
    assert {node["health"] for node in graph["graphs"][0]["nodes"]} == {"Healthy"}


def test_a_dry_run_writes_nothing(penstock, account, life):
    spec = life / "life.yaml"
    spec.write_text(spec.read_text().replace("healthCheck: /", "healthCheck: /well"))
    told = penstock("apply", "--dry-run", "-f", str(life), "-o", "json")
    assert told.code == 0
    assert told.json["summary"]["update"] == 1
    assert penstock("plan", "-f", str(life), "-o", "json").json["summary"]["update"] == 1


def test_a_timeout_is_6_and_work_goes_on(penstock, account, life):
    spec = life / "life.yaml"
    spec.write_text(spec.read_text().replace("httpd:2.4", "httpd:2.5"))
    told = penstock("apply", "--yes", "--timeout", "0", "-f", str(life), "-o", "json")
    assert told.code == 6
    assert told.json["exitCodes"] == [6]
    assert penstock("apply", "--yes", "-f", str(life)).code == 0


def test_delete_works_without_the_file_and_twice(penstock, account, life, tmp_path, monkeypatch):
    (life / "life.yaml").unlink()
    monkeypatch.chdir(tmp_path)
    told = penstock("delete", "life", "--yes", "--region", "eu-west-1", "-o", "json")
    assert told.code == 0, told.err
    assert told.json["gone"] == ["life"]
    again = penstock("delete", "life", "--yes", "--region", "eu-west-1", "-o", "json")
    assert again.code == 0
    assert again.json["missing"] == ["life"]


def test_problems_are_told_with_place_hint_and_code(penstock, tmp_path):
    (tmp_path / "bad.yaml").write_text(HELLO.replace("healthCheck", "helthCheck"))
    told = penstock("validate", str(tmp_path), "-o", "json")
    assert told.code == 4
    assert told.json["format"] == "penstock.problems/1"
    (problem,) = told.json["problems"]
    assert set(problem) == {"file", "line", "column", "path", "message", "hint", "code", "severity"}
    assert (problem["line"], problem["column"], problem["code"]) == (11, 7, "E1101")
    assert "healthCheck" in problem["hint"]
    github = penstock("validate", str(tmp_path), "-o", "github").out
    assert github.startswith(f"::error file={tmp_path / 'bad.yaml'},line=11,col=7,title=E1101::unknown field")
