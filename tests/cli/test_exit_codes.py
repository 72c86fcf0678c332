"""What a script learns of a command without reading a word of it."""

import pytest

from controller.cli.exits import first, listed
from tests.cli.conftest import HELLO


@pytest.mark.parametrize(
    "arguments",
    [
        ("nothing-of-the-kind",),
        ("plan", "--no-such-option"),
        ("run", "--interval", "soon"),
        ("plan", "--fail-on", "tuesdays"),
        ("validate", "--var", "no-equals-sign"),
        ("sandbox", "up", "--quota", "vpc-links"),
        ("delete",),
        ("plan", "-f", "nowhere-at-all", "hello"),
    ],
)
def test_a_mistake_in_usage_is_4_and_never_2(penstock, arguments):
    told = penstock(*arguments)
    assert told.code == 4
    assert told.err
    assert not told.out


def test_of_several_codes_the_one_a_person_must_act_on_comes_first():
    assert [first(codes) for codes in ({2, 6}, {2, 6, 3}, {3, 1}, {1, 5}, {5, 7}, {7, 4})] == [6, 3, 1, 5, 7, 4]
    assert listed({2, 3, 7}) == [7, 3, 2]
    assert listed(()) == [0]


def test_a_missing_folder_and_an_invalid_spec_are_4(penstock, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert penstock("plan").code == 4
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "bad.yaml").write_text(HELLO.replace("port: 80", "port: 80800"))
    told = penstock("validate")
    assert told.code == 4
    assert "bad.yaml:10:13" in told.out


def test_a_name_that_no_file_has_is_4_and_a_close_one_is_offered(penstock, account, specs):
    told = penstock("plan", "helo", "-f", str(specs))
    assert told.code == 4
    assert "did you mean hello?" in told.err


@pytest.mark.parametrize(
    ("typed", "told"),
    [(("paln",), "did you mean 'plan'?"), (("explain", "E9999"), "no code `E9999`")],
)
def test_what_nobody_has_heard_of_is_4_and_says_what_there_is(penstock, typed, told):
    said = penstock(*typed)
    assert said.code == 4
    assert told in said.err


def test_without_credentials_it_is_7(penstock, specs):
    told = penstock("plan", "-f", str(specs))
    assert told.code == 7
    assert "NoCredentials" in told.err


def test_where_nobody_can_be_asked_apply_and_delete_want_yes(penstock, account, specs):
    for command in ("apply", "delete"):
        told = penstock(command, "hello", "-f", str(specs))
        assert told.code == 4
        assert "add --yes" in told.err


def test_changes_are_no_failure_unless_somebody_says_so(penstock, account, specs):
    folder = ("-f", str(specs))
    assert penstock("plan", *folder).code == 0
    assert penstock("plan", *folder, "--detailed-exitcode").code == 2
    assert penstock("plan", *folder, "--fail-on", "changes").code == 2
    assert penstock("plan", *folder, "--fail-on", "replace,delete,drift").code == 0


def test_another_account_than_the_spec_says_is_refused_before_any_write(penstock, account, specs):
    spec = HELLO.replace("{region: eu-west-1}", '{region: eu-west-1, accountId: "999999999999"}')
    (specs / "hello.yaml").write_text(spec.replace("name: hello", "name: elsewhere"))
    told = penstock("apply", "--yes", "-o", "json", "-f", str(specs))
    assert told.code == 5
    assert 5 in told.json["exitCodes"]
    assert {change["outcome"] for change in told.json["services"][0]["changes"]} == {"blocked"}


def test_the_sandbox_without_its_extra_is_4_and_names_it(penstock, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    told = penstock("sandbox", "up")
    assert told.code == 4
    assert "penstock[sandbox]" in told.err


def test_every_option_has_a_variable(penstock, account, specs, monkeypatch):
    monkeypatch.setenv("PENSTOCK_FILE", str(specs))
    monkeypatch.setenv("PENSTOCK_OUTPUT", "json")
    monkeypatch.setenv("PENSTOCK_DETAILED_EXITCODE", "1")
    told = penstock("plan")
    assert told.code == 2
    assert [service["name"] for service in told.json["services"]] == ["hello"]
