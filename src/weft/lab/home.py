"""What a lab keeps on disk, under var/lab: one state file, and a directory per node and per machine.

The state file is written before anything is made, so that `down` knows what there may be after a crash at any
point. Nothing in it says what *is* there: that is read from the kernel.
"""

import fcntl
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from weft.lab.layout import Layout, layout
from weft.lab.wan.shapes import Wan
from weft.model import Conflict

LOCK_WAIT_S = 120.0
TELL_AFTER_S = 1.0
STATE_VERSION = 1


class LabState(msgspec.Struct, frozen=True):
    """What was asked for."""

    sites: int
    nodes: int
    wan: Wan = Wan()
    version: int = STATE_VERSION

    @property
    def layout(self) -> Layout:
        return layout(self.sites, self.nodes)


class NoLab(Conflict):
    """There is no lab to do this with."""

    code = "no_lab"
    hint = "weft lab up"

    def __init__(self, root: Path) -> None:
        super().__init__(f"no lab is up (nothing in {root})")


class Busy(Conflict):
    """Another lab command is at work on the same thing."""

    code = "lab_busy"


class Home:
    """The lab's directory and the files in it."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or Path(os.environ.get("WEFT_VAR", "var")).absolute() / "lab"

    @property
    def mark(self) -> str:
        """What the lab's own devices and namespaces carry as alias: whose they are."""
        return f"weft lab {self.root}"[:255]  # IFALIASZ is 256

    @property
    def clouds_file(self) -> Path:
        return self.root / "clouds.yaml"

    @property
    def secret_file(self) -> Path:
        return self.root / "fabric.secret"

    @property
    def password_file(self) -> Path:
        return self.root / "admin.password"

    @property
    def tenants_file(self) -> Path:
        return self.root / "tenants.json"

    @property
    def wan_dir(self) -> Path:
        return self.root / "wan"

    @property
    def machines_dir(self) -> Path:
        return self.root / "machines"

    def node_dir(self, node: str) -> Path:
        return self.root / "nodes" / node

    # ---- state
    @property
    def _state_file(self) -> Path:
        return self.root / "lab.json"

    def find(self) -> LabState | None:
        """Return the lab's state, None if there is no lab. Raises Conflict if the file is damaged."""
        try:
            return msgspec.json.decode(self._state_file.read_bytes(), type=LabState)
        except FileNotFoundError:
            return None
        except msgspec.MsgspecError as err:
            error = Conflict(f"{self._state_file} cannot be read: {err}")
            error.hint = "weft lab down removes everything that bears this lab's mark"
            raise error from err

    def load(self) -> LabState:
        """Return the lab's state. Raises NoLab."""
        state = self.find()
        if state is None:
            raise NoLab(self.root)
        return state

    def save(self, state: LabState) -> None:
        """Keep `state`, whole or not at all."""
        self.root.mkdir(parents=True, exist_ok=True)
        write_atomic(self._state_file, msgspec.json.format(msgspec.json.encode(state)))

    def remove(self) -> None:
        """Delete what the lab wrote; the directory too, unless something else is in it."""
        for directory in ("nodes", "machines", "wan"):
            shutil.rmtree(self.root / directory, ignore_errors=True)
        files = (
            self.clouds_file,
            self.tenants_file,
            self.secret_file,
            self.password_file,
            self._state_file,
        )  # the state last
        for file in files:
            file.unlink(missing_ok=True)
        if self.root.is_dir() and not any(self.root.iterdir()):
            self.root.rmdir()

    # ---- locks
    @contextmanager
    def locked(self, *, alone: bool) -> Iterator[None]:
        """Hold the lab: `alone` to make or remove it, together with others to change a part of it."""
        self.root.parent.mkdir(parents=True, exist_ok=True)
        with directory_lock(self.root.parent, alone=alone, what="another `weft lab` command"):
            yield


@contextmanager
def directory_lock(path: Path, *, alone: bool, what: str) -> Iterator[None]:
    """Hold a lock on a directory: no file to leave behind, and the kernel lets go if we die. Raises Busy."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        began, told = time.monotonic(), False
        while True:
            try:
                fcntl.flock(handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
                break
            except BlockingIOError as err:
                waited_s = time.monotonic() - began
                if waited_s > TELL_AFTER_S and not told:
                    told = True
                    print(f"waiting for {what} to end", file=sys.stderr)
                if waited_s > LOCK_WAIT_S:
                    raise Busy(f"{what} has held {path} for {LOCK_WAIT_S:.0f} s") from err
                time.sleep(0.05)
        yield
    finally:
        os.close(handle)


def write_atomic(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Replace `path`: a reader sees the old content or the new, also after a crash."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    draft.touch(mode, exist_ok=False)  # never readable by others, not even before it has content
    draft.write_bytes(content)
    draft.replace(path)
