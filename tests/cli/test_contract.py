"""The JSON that other programs rely on (design/cli.md §0), through one life of a service."""

import json
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
    metadata = "{name: life, labels: {team: shop, stage: test}}"
    (folder / "life.yaml").write_text(HELLO.replace("{name: hello}", metadata))
    return folder


@pytest.fixture(scope="module")
def plan_file(tmp_path_factory):
    return tmp_path_factory.mktemp("plans") / "plan.json"


def elbv2(endpoint):
    return boto3.client("elbv2", endpoint_url=endpoint, region_name="eu-west-1")


def _group(endpoint):
    groups = elbv2(endpoint).describe_target_groups()["TargetGroups"]
    return next(each for each in groups if "life" in each["TargetGroupName"])


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


def test_a_kept_plan_is_its_owners_and_holds_the_whole_plan(penstock, account, life, plan_file):
    told = penstock("plan", "-f", str(life), "-o", "json", "--out", str(plan_file))
    kept = json.loads(plan_file.read_text())
    assert plan_file.stat().st_mode & 0o777 == 0o600
    assert [each for each in plan_file.parent.iterdir() if each != plan_file] == []
    assert kept["summary"] == told.json["summary"]
    assert kept["services"][0]["changes"] == told.json["services"][0]["changes"]
    assert kept["services"][0]["hashes"]["live"] == {}


def test_an_apply_of_a_kept_plan_asks_nobody_and_tells_what_became_of_every_change(penstock, account, life, plan_file):
    told = penstock("apply", "--plan", str(plan_file), "-f", str(life), "-o", "json")
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
    elbv2(account).modify_target_group(TargetGroupArn=_group(account)["TargetGroupArn"], HealthCheckPath="/by-hand")
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


def test_a_kept_plan_is_refused_when_a_spec_or_aws_has_moved_and_says_what(penstock, account, life, plan_file):
    """It was made before anything was there, the group was changed by hand since, and now the spec is edited too."""
    spec = life / "life.yaml"
    before = spec.read_text()
    refused = penstock("apply", "--plan", str(plan_file), "-f", str(life))
    assert refused.code == 5
    assert "life: TargetGroup/hello is new in AWS" in refused.err
    assert "spec" not in refused.err
    assert penstock("plan", "-f", str(life), "--out", str(plan_file)).code == 0
    group = elbv2(account).describe_target_groups(Names=[_group(account)["TargetGroupName"]])["TargetGroups"][0]
    elbv2(account).modify_target_group(TargetGroupArn=group["TargetGroupArn"], HealthCheckPath="/again")
    spec.write_text(before.replace("healthCheck: /", "healthCheck: /well"))
    refused = penstock("apply", "--plan", str(plan_file), "-f", str(life))
    assert refused.code == 5
    assert re.findall(r"^  (life: .*)$", refused.err, re.MULTILINE) == [
        "life: its spec was edited", "life: TargetGroup/hello was changed in AWS",
    ]  # fmt: skip
    spec.write_text(before)
    elbv2(account).modify_target_group(TargetGroupArn=group["TargetGroupArn"], HealthCheckPath="/by-hand")
    assert penstock("apply", "--plan", str(plan_file), "-f", str(life), "--dry-run").code == 0, "all is as it was"
    assert penstock("apply", "--plan", str(plan_file), "-f", str(life), "--install", "b").code == 5
    assert penstock("apply", "life", "--plan", str(plan_file), "-f", str(life)).code == 4
    assert penstock("apply", "--plan", str(spec), "-f", str(life)).code == 4, "that is no plan"


def test_a_plan_counts_drift_and_knows_where_the_field_was_written(penstock, account, life):
    told = penstock("plan", "-f", str(life), "-o", "json").json
    assert told["summary"]["drift"] == 1
    (service,) = told["services"]
    assert (service["edited"], service["drift"]) == (False, 1)
    (difference,) = service["changes"][0]["differences"]
    assert difference["source"] == {"file": str(life / "life.yaml"), "line": 11, "column": 20}


def test_correct_puts_it_back_and_says_so(penstock, account, life):
    rehearsed = penstock("drift", "--correct", "--dry-run", "-f", str(life), "-o", "json")
    assert "nothing was put back" in rehearsed.err
    assert "corrected" not in rehearsed.json
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


def test_a_graph_marks_what_a_plan_would_change(penstock, account, life):
    spec = life / "life.yaml"
    before = spec.read_text()
    spec.write_text(before.replace("healthCheck: /", "healthCheck: /well\n      scaling: {cpu: 70}"))
    folder = ("-f", str(life), "--plan")
    (graph,) = penstock("graph", *folder, "-o", "json").json["graphs"]
    assert {node["address"]: node["change"] for node in graph["nodes"] if node["change"]} == {
        "TargetGroup/hello": "update"
    }
    assert graph["besides"] == [{"address": "ScalingPolicy/hello:cpu", "change": "update"}]
    tree = penstock("graph", *folder).out
    assert "TargetGroup/hello  Healthy  OutOfSync  ~ to be changed" in tree
    assert "ScalingPolicy/hello:cpu  ~ to be changed" in tree
    assert "~ to be changed" in penstock("graph", *folder, "-o", "mermaid").out
    dot = penstock("graph", *folder, "-o", "dot").out
    assert re.search(r'^ *"life:TargetGroup/hello" \[.*~ to be changed.*style=dashed\];$', dot, re.MULTILINE)
    assert '"life:HttpApi" -> "life:Route/$default";' in dot
    assert "~ hello" in penstock("graph", *folder, "-o", "svg").out
    spec.write_text(before)


def test_labels_say_what_a_command_is_about(penstock, account, life):
    def names(*selector):
        return [each["name"] for each in penstock("get", "-f", str(life), "-o", "json", *selector).json["services"]]

    assert names("-l", "team=shop,stage!=prod,!legacy") == ["life"]
    assert names("-l", "team, stage = test") == ["life"]
    assert names("--selector", "team=blog") == names("-l", "!team") == names("-l", "stage!=test") == []
    assert penstock("get", "-f", str(life), "-l", "=shop").code == 4


def test_watching_shows_what_is_new_until_somebody_ends_it(penstock, account, life, monkeypatch):
    """Twice nothing has changed, then a label is taken off by hand; the third pause is interrupted."""
    pauses = []

    def sleep(_clock, seconds):
        pauses.append(seconds)
        if len(pauses) == 2:
            elbv2(account).remove_tags(ResourceArns=[_group(account)["TargetGroupArn"]], TagKeys=["team"])
        if len(pauses) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr("reconcilers.clock.RealClock.sleep", sleep)
    told = penstock("get", "-f", str(life), "--watch")
    assert told.code == 130
    assert re.findall(r"^life +- +(\w+)", told.out, re.MULTILINE) == ["InSync", "OutOfSync"]


def test_a_dry_run_writes_nothing(penstock, account, life):
    spec = life / "life.yaml"
    spec.write_text(spec.read_text().replace("healthCheck: /", "healthCheck: /well"))
    assert "(edited since it was applied: what differs is a change" in penstock("drift", "-f", str(life)).out
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
    everything = penstock("get", "-A", "--region", "eu-west-1", "-o", "json").json
    (orphan,) = [each for each in everything["services"] if each["name"] == "life"]
    assert (orphan["sync"], orphan["health"], orphan["observedGeneration"]) == ("Unknown", "Healthy", 2)
    assert orphan["conditions"][0]["reason"] == "Orphaned"
    assert {"HttpApi", "LogGroup"} <= {each["kind"] for each in orphan["resources"]}
    assert "life" in everything["orphans"]
    kept = penstock("delete", "life", "--retain", "--dry-run", "--region", "eu-west-1", "-o", "json").json
    assert {each["address"] for each in kept["wouldForget"]} == {each["address"] for each in orphan["resources"]}
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
