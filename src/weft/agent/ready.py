"""Tells whoever started us that weftd is ready: systemd by its socket, the lab by a file."""

import os
import socket
from pathlib import Path


def announce_ready(state_dir: Path) -> None:
    """Write `<state_dir>/ready` (our pid) and notify systemd, if it waits for us."""
    ready = state_dir / "ready"
    scratch = ready.with_suffix(".new")
    scratch.write_text(f"{os.getpid()}\n")
    scratch.rename(ready)
    sd_notify("READY=1")


def retract_ready(state_dir: Path) -> None:
    """Remove the file: we are starting, or stopping."""
    (state_dir / "ready").unlink(missing_ok=True)


def sd_notify(message: str) -> None:
    """Send a line to systemd (sd_notify(3)); nothing happens without it."""
    path = os.environ.get("NOTIFY_SOCKET")
    if not path:
        return
    address = "\0" + path[1:] if path.startswith("@") else path
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notifier:
        notifier.sendto(message.encode(), address)
