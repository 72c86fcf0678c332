"""Which instances a command is about, and what becomes of those that no file names."""

from pathlib import Path

import pytest

from controller.cli.exits import Stop
from controller.cli.selecting import chosen
from specs import load
from tests.cli.conftest import HELLO

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FILES = [EXAMPLES / f"{name}.yaml" for name in ("environment", "hello", "orders", "shop")]


@pytest.mark.parametrize(
    ("names", "environment", "found"),
    [
        (("orders",), None, {"orders/prod", "orders/staging"}),
        (("orders/prod",), None, {"orders/prod"}),
        (("*/staging", "hello"), None, {"orders/staging", "hello"}),
        (("orders",), "prod", {"orders/prod"}),
        ((), "prod", {"prod", "orders/prod"}),
        ((), None, {"prod", "staging", "orders/prod", "orders/staging", "hello", "shop"}),
    ],
)
def test_names_globs_and_environments(names, environment, found):
    assert set(chosen(load(FILES), names, environment)) == found


def test_a_name_of_another_environment_is_a_mistake():
    with pytest.raises(Stop, match="no hello in these files"):
        chosen(load(FILES), ("hello",), "prod")


def test_standard_input_is_a_file(penstock, account, monkeypatch):
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO(HELLO.replace("name: hello", "name: piped")))
    told = penstock("plan", "-f", "-", "-o", "json")
    assert [each["name"] for each in told.json["services"]] == ["piped"]


def test_a_vanished_file_is_told_and_pruned_only_with_evidence(penstock, account, tmp_path):
    """One story: kept by default, refused for the shared installation id and a broken folder, then pruned."""
    stays, goes, broken = tmp_path / "stays.yaml", tmp_path / "goes.yaml", tmp_path / "broken.yaml"
    stays.write_text(HELLO.replace("name: hello", "name: stays"))
    goes.write_text(HELLO.replace("name: hello", "name: goes") + "  deletionPolicy: Delete\n")
    folder, ours = ("-f", str(tmp_path), "--budget", "1.0"), ("--install", "pruning")
    assert penstock("apply", "--yes", *folder, *ours).code == 0
    goes.unlink()
    told = penstock("get", *folder, *ours)
    assert "goes  Orphaned" in told.out
    assert penstock("apply", "--yes", "--prune", *folder).code == 5, "the default installation id is anybody's"
    broken.write_text("kind: [")
    assert penstock("apply", "--yes", "--prune", *folder, *ours).code == 4
    assert penstock("get", *folder, *ours, "-o", "json").json["orphans"] == [], "unreadable is not absent"
    broken.unlink()
    assert penstock("get", *folder, *ours, "-o", "json").json["orphans"] == ["goes"], "nothing was pruned so far"
    assert penstock("apply", "stays", "--yes", "--prune", *folder, *ours).code == 4, "pruning is the folder's business"
    rehearsed = penstock("apply", "--dry-run", "--prune", *folder, *ours, "-o", "json").json["pruned"]
    assert (rehearsed["gone"], rehearsed["kept"], rehearsed["refused"]) == ([], [], "")
    told = penstock("apply", "--yes", "--prune", *folder, *ours, "-o", "json")
    assert told.code == 0, told.err
    assert "- goes   no file names it" in told.err
    assert told.json["pruned"]["gone"] == ["goes"]
    assert told.json["pruned"]["resources"] == rehearsed["resources"] != []
    assert penstock("get", *folder, *ours, "-o", "json").json["orphans"] == []
    assert penstock("delete", "stays", "--yes", *folder, *ours).code == 0
