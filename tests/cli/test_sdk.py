"""`penstock sdk`: a library for a REST API, and for anything else the way there is."""

import zipfile

import pytest

from tests.cli.conftest import HELLO

REST = HELLO.replace("hello}", "library}").replace(
    "  services:", "  gateway: {type: rest, defaults: {authorizer: none}, stages: {dev: {}, prod: {}}}\n  services:"
)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("specs")
    (folder / "hello.yaml").write_text(HELLO)
    (folder / "library.yaml").write_text(REST)
    return folder


def test_a_library_is_written_of_a_stage_that_serves(penstock, account, files, tmp_path):
    before = penstock("sdk", "library", "-f", str(files), "--language", "javascript", "--out", str(tmp_path / "a.zip"))
    assert (before.code, "apply it first" in before.err) == (5, True)
    applied = penstock("apply", "-f", str(files / "library.yaml"), "--yes", "--quiet")
    assert applied.code == 0, applied.err
    out = tmp_path / "java.zip"
    asked = ("sdk", "library", "-f", str(files), "--language", "java", "--out", str(out), "--stage", "prod")
    lacking = penstock(*asked, "--parameter", "serviceName=library")
    assert (lacking.code, lacking.err) == (4, "error: java needs --parameter javaPackageName=…\n")
    told = penstock(*asked, "--parameter", "serviceName=library", "--parameter", "javaPackageName=com.example")
    assert (told.code, told.out) == (0, f"✔ {out}  java, stage prod of library\n")
    with zipfile.ZipFile(out) as archive:
        assert b"/prod" in archive.read("openapi.json")


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("hello", "--language", "ruby", "--parameter", "service.name=x"), 5, "aws apigatewayv2 export-api"),
        (("library", "--language", "swift"), 4, "swift needs --parameter classPrefix=…"),
        (("library", "--language", "javascript", "--stage", "qa"), 4, "has no stage qa; it has dev, prod"),
        (("library", "--language", "javascript", "--parameter", "x"), 4, "takes NAME=VALUE"),
        (("library", "--language", "cobol"), 4, "is not one of"),
        (("*", "--language", "javascript"), 4, "an SDK is of one instance"),
    ],
)
def test_what_has_no_library_is_told_what_has(penstock, files, tmp_path, arguments, code, words):  # noqa: PLR0917  a table
    told = penstock("sdk", *arguments, "-f", str(files), "--out", str(tmp_path / "out.zip"))
    assert (told.code, words in told.err) == (code, True), told.err
    assert not (tmp_path / "out.zip").exists()
