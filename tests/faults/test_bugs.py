"""The bugs that `make bugs` puts back still fit the code: one that no longer applies proves nothing."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.faults.bite import BUGS, MORE, ROOT, Bug

PATCHES = sorted((*BUGS.glob("*.patch"), *MORE.glob("*.patch")))


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git here")
def test_every_bug_can_be_put_back():
    checks = {
        patch.stem: subprocess.run(["git", "apply", "--check", str(patch)], cwd=ROOT, capture_output=True, check=False)
        for patch in PATCHES
    }
    assert [name for name, check in checks.items() if check.returncode] == []


def test_every_bug_says_what_was_wrong_and_what_kills_it():
    assert all(Bug.read(patch).command for patch in PATCHES)
    assert (len(list(BUGS.glob("*.patch"))), len(list(MORE.glob("*.patch")))) == (24, 20)
