"""`validate` answers while one types, without AWS's library. The figure itself (a hundred files in half a second) is
`make bench`'s to tell: a loaded machine is no mistake of ours, twice as slow is."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import json, resource, sys
from pathlib import Path
from specs import load
catalog = load([Path(sys.argv[1])])
used = resource.getrusage(resource.RUSAGE_SELF)
heavy = sorted({"boto3", "botocore", "rich", "click", "structlog"} & set(sys.modules))
print(json.dumps([len(catalog.instances), len(catalog.problems), used.ru_utime + used.ru_stime, heavy]))
"""


def test_a_hundred_files_take_little_work_and_no_boto3(tmp_path):
    hello = (ROOT / "examples/hello.yaml").read_text()
    for number in range(100):
        (tmp_path / f"{number}.yaml").write_text(hello.replace("name: hello", f"name: hello-{number}"))

    def run():
        command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
        return json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)

    run()  # compiles the modules, once
    instances, problems, seconds, heavy = min((run() for _ in range(3)), key=lambda answer: answer[2])
    assert (instances, problems, heavy) == (100, 0, [])
    assert seconds < 1
