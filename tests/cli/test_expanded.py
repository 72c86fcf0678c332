"""`get --expand` and `get --show-origin`: what is obeyed, and who said so."""

from pathlib import Path

import pytest

from drift.report import HIDDEN
from specs import load, load_text
from tests.cli.conftest import HELLO

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.mark.parametrize("file", ["hello.yaml", "shop.yaml", "environment.yaml orders.yaml"])
def test_an_expanded_spec_asks_for_the_same_instances(penstock, file):
    files = [EXAMPLES / name for name in file.split()]
    told = penstock("get", "-o", "yaml", "--expand", *(f"-f{each}" for each in files))
    assert told.code == 0, "and nobody was asked for credentials"
    wanted = {each.address: each.hash for each in load(files).instances}
    catalog = load_text(told.out, "expanded.yaml")
    assert not catalog.errors, catalog.render()
    assert {each.address: each.hash for each in catalog.instances} == wanted


def test_every_value_has_the_line_that_says_so(penstock):
    (orders,) = penstock(
        "get", "orders/prod", "-f", str(EXAMPLES), "-o", "json", "--expand", "--show-origin"
    ).json["specs"]  # fmt: skip
    lines = {name: (EXAMPLES / name).read_text().splitlines() for name in ("orders.yaml", "environment.yaml")}
    retention = orders["origins"]["/services/orders/logs/retention"]
    assert Path(retention["file"]).name == "environment.yaml", "the Environment's defaults say so"
    assert "retention: 90d" in lines["environment.yaml"][retention["line"] - 1][retention["column"] - 15 :]
    port = orders["origins"]["/services/orders/port"]
    assert lines["orders.yaml"][port["line"] - 1][port["column"] - 1 :].startswith("8080")
    assert "/services/orders/protocol" not in orders["origins"]
    assert orders["document"]["spec"]["services"]["orders"]["protocol"] == "http", "a built-in default"


def test_origins_read_as_a_table_and_behind_the_values(penstock, specs):
    (specs / "hello.yaml").write_text(f"{HELLO}      env: {{API_TOKEN: hunter2, LEVEL: info}}\n")
    folder = ("-f", str(specs), "--show-origin")
    rows = {row.split()[1]: row.split()[2:] for row in penstock("get", *folder).out.splitlines()[1:]}
    assert rows["/services/hello/port"] == ["80", f"{specs / 'hello.yaml'}:10:13"]
    assert rows["/services/hello/exec"] == ["false", "default"]
    text = penstock("get", *folder, "-o", "yaml").out
    assert f"port: 80 # {specs / 'hello.yaml'}:10:13\n" in text
    assert "exec: false # default\n" in text
    assert "hunter2" not in text
    assert f"API_TOKEN: {HIDDEN}" in text


@pytest.mark.parametrize(
    "arguments", [("--expand",), ("--expand", "-o", "wide"), ("--show-origin", "-A"), ("TargetGroup", "--show-origin"),
                  ("--expand", "-o", "yaml", "--watch"), ("hello", "-A"), ("-A", "-e", "prod")],
)  # fmt: skip
def test_what_would_be_ignored_is_refused(penstock, specs, arguments):
    assert penstock("get", "-f", str(specs), *arguments).code == 4
