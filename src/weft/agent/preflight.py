"""Looks, before anything is started, whether weftd can run here at all."""

import os
import stat
from pathlib import Path

from weft.agent.config import Config
from weft.agent.failure import CannotStart

SECRET_BYTES_MIN = 32
FREE_BYTES_MIN = 64 * 1024 * 1024  # below, the log's first file does not fit


def prepare_state_dir(config: Config) -> Path:
    """Return node.state_dir, made if need be and proved to be writable with room to spare. Raises CannotStart."""
    directory = Path(config.node.state_dir)
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = directory / ".weftd-probe"
        probe.write_bytes(bytes(4096))  # a full disk takes the name but not the content
        probe.unlink()
        free = os.statvfs(directory)
    except OSError as err:
        raise CannotStart(
            f"node.state_dir {directory} cannot be used: {err.strerror or err}",
            "free some space" if isinstance(err, OSError) and err.errno == 28 else "check its path and its owner",
        ) from err
    if free.f_bavail * free.f_frsize < FREE_BYTES_MIN:
        raise CannotStart(
            f"the disk of node.state_dir {directory} is full: {free.f_bavail * free.f_frsize // 1024} KiB free",
            f"free at least {FREE_BYTES_MIN // 1024 // 1024} MiB",
        )
    return directory


def read_secret(config: Config) -> bytes:
    """Return the fabric's secret. Raises CannotStart."""
    path = Path(config.fabric.secret_file)
    try:
        secret = path.read_bytes().strip()
        mode = path.stat().st_mode
    except OSError as err:
        raise CannotStart(
            f"fabric.secret_file {path} cannot be read: {err.strerror or err}",
            f"copy it from another site, or make one for a new fabric: (umask 077; openssl rand -hex 32 > {path})",
        ) from err
    if len(secret) < SECRET_BYTES_MIN:
        raise CannotStart(
            f"fabric.secret_file {path} holds {len(secret)} bytes, fewer than {SECRET_BYTES_MIN}",
            f"make one for a new fabric: (umask 077; openssl rand -hex 32 > {path})",
        )
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise CannotStart(f"fabric.secret_file {path} can be read by others", f"chmod 600 {path}")
    return secret


def read_admin_password(config: Config) -> str:
    """Return the password of the first start, or "" if none is configured. Raises CannotStart."""
    if not config.fabric.admin_password_file:
        return ""
    path = Path(config.fabric.admin_password_file)
    try:
        password = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as err:
        raise CannotStart(f"fabric.admin_password_file {path} cannot be read: {err}") from err
    if not password:
        raise CannotStart(
            f"fabric.admin_password_file {path} is empty", "write the admin user's first password into it"
        )
    return password


def require_root(config: Config) -> None:
    """Make sure that we may load programs into the kernel, if we are to. Raises CannotStart."""
    if config.dataplane.enabled and os.geteuid() != 0:
        raise CannotStart(
            "the data plane needs root", "start weftd as root, or set dataplane.enabled = false for an API-only node"
        )
