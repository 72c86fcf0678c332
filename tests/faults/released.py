"""Accounts as a released Penstock left them, one for each topology, kept so that later ones can be tried on them (E22).

    python -m tests.faults.released        keeps those of today that are not there yet

One is never made again: it shows what was recorded then, in tags and descriptions, and an upgrade has to honour it.
"""

from __future__ import annotations

import lzma
import pickle
import subprocess
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from sandbox import elsewhere, snapshot
from tests.faults.forking import apart
from tests.faults.scenes import TOPOLOGIES, Scene, documents, text
from tests.faults.stage import Stage, alone_in_the_process
from tests.world import World

KEPT = Path(__file__).with_name("released")


@dataclass(frozen=True)
class Released:
    """An account and the specs that it is as."""

    commit: str
    moto: str
    """Whose objects are in it."""
    spec: str
    account: bytes

    @classmethod
    def read(cls, name: str) -> Released:
        told = pickle.loads(lzma.decompress((KEPT / f"{name}.xz").read_bytes()))
        return cls(**told)

    def keep(self, name: str) -> None:
        KEPT.mkdir(exist_ok=True)
        (KEPT / f"{name}.xz").write_bytes(lzma.compress(pickle.dumps(vars(self))))

    def world(self, folder: Path) -> World:
        """It once more, with the specs in this folder."""
        world = World(folder)
        elsewhere.reset()
        snapshot.restore(world.sandbox, self.account)
        world.write(self.spec)
        return world


def names() -> list[str]:
    return sorted(each.stem for each in KEPT.glob("*.xz"))


def made(topology: str) -> Released:
    """The topology as the code of this moment makes it."""
    told = documents(topology)
    with TemporaryDirectory() as folder:
        stage = Stage(Scene(topology, "kept", told, told), Path(folder), families=0)
        commit = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=True)
        account = snapshot.taken(stage.world.sandbox)
        return Released(commit.stdout.strip(), version("moto"), text(told, stage.words), account)


def main() -> None:
    with alone_in_the_process():
        for topology in TOPOLOGIES:
            if topology not in names():
                apart(partial(made, topology)).answer().keep(topology)
                print(topology, (KEPT / f"{topology}.xz").stat().st_size)


if __name__ == "__main__":
    main()
