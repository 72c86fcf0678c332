"""What a person sees who made a mistake: every one, at its character, with what was meant."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from specs import Problem, load, load_text

ENVIRONMENT = """\
apiVersion: penstock.dev/v1alpha1
kind: Environment
metadata: {name: prod}
spec:
  aws: {region: eu-west-1}
  network: vpc-0a1b2c3d4e5f60718
"""
ORDERS = """\
apiVersion: penstock.dev/v1alpha1
kind: ApiService
metadata:
  name: orders
spec:
  environment: prod
  services:
    orders:
      image: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/orders:1.4.2
      port: 80800
      helthCheck: /healthz
      deployment: bluegreen
      scaling: {min: 2, maximum: 10}
"""
RENDERED = """\
error: spec.services.orders.port: Input should be less than or equal to 65535
  --> orders.yaml:10:13
   |
10|       port: 80800
   |             ^^^^^

error: unknown field `helthCheck` in spec.services.orders
  --> orders.yaml:11:7
   |
11|       helthCheck: /healthz
   |       ^^^^^^^^^^
   = did you mean `healthCheck`?

error: spec.services.orders.deployment: Input should be 'rolling', 'blueGreen', 'canary' or 'linear'
  --> orders.yaml:12:19
   |
12|       deployment: bluegreen
   |                   ^^^^^^^^^
   = did you mean `blueGreen`?

error: unknown field `maximum` in spec.services.orders.scaling
  --> orders.yaml:13:25
   |
13|       scaling: {min: 2, maximum: 10}
   |                         ^^^^^^^
   = did you mean `max`?"""

ALONE = """\
apiVersion: penstock.dev/v1alpha1
kind: ApiService
metadata: {name: web}
spec:
  aws: {region: eu-west-1}
  network: vpc-0a1b2c3d4e5f60718
  services:
    web: {image: "x:1", port: 80%s}
"""


def one(text):
    """The only problem of a text."""
    (problem,) = load_text(text, "f.yaml").problems
    return problem


def place(text):
    """Line and column of the mark."""
    before = text.split("¦")[0]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def test_four_mistakes_are_shown_as_the_manual_shows_them(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("environment.yaml").write_text(ENVIRONMENT)
    Path("orders.yaml").write_text(ORDERS)
    catalog = load([Path("environment.yaml"), Path("orders.yaml")])
    assert catalog.render() == RENDERED
    assert catalog.frozen == {"orders/prod"}


def test_a_problem_prints_itself_as_compilers_do():
    problem = one(ALONE % ", prot: 1")
    assert str(problem) == "f.yaml:8:35: unknown field `prot` in spec.services.web"
    assert (problem.path, problem.code, problem.severity) == ("spec.services.web.prot", "E1101", "error")


def test_a_missing_field_is_shown_at_the_block_that_misses_it():
    problem = one(ALONE.replace('image: "x:1", ', "") % "")
    assert str(problem) == "f.yaml:8:5: spec.services.web: exactly one of image and taskDefinition has to be given"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (ALONE.partition("spec:")[0], "f.yaml:1:1: missing field `spec`"),
        (ALONE.partition("    web:")[0], "f.yaml:4:1: missing field `services` in spec"),
        (
            ALONE % "" + "  gateway: {cors: {origins: [1]}}",
            "f.yaml:9:30: spec.gateway.cors.origins[0]: Input should be text",
        ),
    ],
)
def test_what_only_follows_from_a_mistake_is_not_another(text, told):
    assert str(one(text)) == told


@pytest.mark.parametrize(
    ("until", "late"), [("2026-03-15T12:00:00Z", False), ("2026-03-15T12:00:01Z", True), ("2026-03-15", True)]
)
def test_a_suspension_ends_within_a_fortnight_of_the_time_it_is_read(until, late):
    text = ALONE % "" + f"  suspend: {{reason: INC-1, until: {until}}}\n"
    assert load_text(text, "f.yaml").problems == (), "without a clock nobody can tell"
    problems = load_text(text, "f.yaml", now=datetime(2026, 3, 1, 12, tzinfo=UTC)).problems
    assert [(each.code, each.line, each.column) for each in problems] == ([("E1210", 9, 35)] if late else [])


def test_a_misspelt_field_is_one_mistake_not_two():
    assert one(ALONE.replace("image", "imge") % "").hint == "did you mean `image`?"


@pytest.mark.parametrize(
    ("extra", "message", "hint"),
    [
        (", cpu: ¦lots", "cpu: Input should be CPU units such as 512, or '0.5 vCPU'", ""),
        (", exec: ¦yes", "exec: Input should be true or false", "write true: `yes` is text in YAML 1.2"),
        (", exec: ¦off", "exec: Input should be true or false", "write false: `off` is text in YAML 1.2"),
        (', count: ¦"2"', "count: Input should be a whole number", "write 2 without quotes"),
        (", count: ¦1.5", "count: Input should be a whole number", ""),
        (", count: ¦-1", "count: Input should be greater than or equal to 0", ""),
        (", env: {A: ¦1.10}", "env.A: Input should be text", "put it in quotes"),
        (", env: {¦1A: x}", "env.1A: key input should be a variable name such as LOG_LEVEL", ""),
        (
            ", stopTimeout: ¦30",
            "stopTimeout: Input should be a duration such as 30s, 5m, 1h or 30d",
            "did you mean `30s`?",
        ),
        (", stopTimeout: ¦3m", "stopTimeout: Input should be from 2s to 2m", ""),
        (", command: ¦ls", "command: Input should be a list", ""),
        (", network: ¦x", "network: Input should be a map", ""),
        (
            ", platform: ¦linux/arm",
            "platform: Input should be 'linux/amd64' or 'linux/arm64'",
            "did you mean `linux/arm64`?",
        ),
        (
            ", secrets: {A: ¦vault}",
            "secrets.A: Input should be a map or its short form",
            "One secret: `ssm:/path`, `secretsmanager:name#key`, or an ARN (with `#key`).",
        ),
        (", ephemeralStorage: ¦20GiB", "ephemeralStorage: Input should be from 21GiB to 200GiB", ""),
    ],
)
def test_a_wrong_value_is_explained_where_it_stands(extra, message, hint):
    text = ALONE % extra
    problem = one(text.replace("¦", ""))
    assert (problem.line, problem.column) == place(text)
    assert problem.message == f"spec.services.web.{message}"
    assert problem.hint == hint


def test_all_mistakes_of_all_files_come_at_once_in_order(tmp_path):
    (tmp_path / "b.yaml").write_text(ALONE.replace("name: web", "name: b") % ", x: 1, y: 2")
    (tmp_path / "a.yaml").write_text(ALONE % ", z: 1")
    (tmp_path / "c.yaml").write_text(ALONE.replace("name: web", "name: c") % "")
    catalog = load([tmp_path])
    assert [(Path(one.file).name, one.column) for one in catalog.problems] == [
        ("a.yaml", 35),
        ("b.yaml", 35),
        ("b.yaml", 41),
    ]
    assert [instance.address for instance in catalog.instances] == ["c"]


def test_a_mistake_in_the_defaults_is_shown_in_the_environments_file():
    text = ENVIRONMENT + "  defaults: {services: {stopTimeout: 1h, prot: 80}}\n"
    catalog = load_text(text, "environment.yaml")
    assert [str(problem) for problem in catalog.problems] == [
        "environment.yaml:7:38: spec.defaults.services.stopTimeout: Input should be from 2s to 2m",
        "environment.yaml:7:42: unknown field `prot` in spec.defaults.services",
    ]


def test_a_mistake_in_a_patch_is_shown_in_the_patch_and_stops_only_its_own_environment():
    orders = ORDERS.replace("port: 80800", "port: 80").split("      helthCheck")[0]
    orders = orders.replace(
        "  environment: prod\n", "  environments:\n    prod: {}\n    test: {services: {orders: {port: ¦0}}}\n"
    )
    test = ENVIRONMENT.replace("name: prod", "name: test")
    text = f"{ENVIRONMENT}---\n{test}---\n{orders}"
    catalog = load_text(text.replace("¦", ""), "all.yaml")
    (problem,) = catalog.problems
    assert problem.message == "spec.environments.test.services.orders.port: Input should be greater than or equal to 1"
    assert (problem.line, problem.column) == place(text)
    assert "orders/prod" in [instance.address for instance in catalog.instances]
    assert catalog.frozen == {"orders/test"}


def test_carets_stay_inside_the_line():
    problem = Problem("f.yaml", 3, 5, "", "too long", width=99)
    assert problem.render("abcdefgh").splitlines()[-2:] == [" 3| abcdefgh", "   |     ^^^^"]


def test_nothing_in_a_file_can_steer_a_terminal():
    problem = one(ALONE % ', "\\e[31mred\\u202e": 1')
    assert problem.message == "unknown field `\x1b[31mred\u202e` in spec.services.web"
    shown = str(problem) + problem.render('a: "\x1b[31m"\t')
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "unknown field `\ufffd[31mred\ufffd`" in shown


def test_every_code_is_explained():
    from specs.codes import CODES

    used = set()
    for file in Path(__file__).resolve().parents[2].glob("specs/**/*.py"):
        if file.name != "codes.py":
            used |= {
                word for word in file.read_text().split('"') if len(word) == 5 and word[0] == "E" and word[1:].isdigit()
            }
    assert used - {"E1000"} == set(CODES)
