"""Running the system's tools: one place where their absence or anger becomes a clear line."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence

from weft.model import Denied, Unavailable

TOOLS = {  # what the lab calls → the Debian package that has it
    "ip": "iproute2",
    "tc": "iproute2",
    "nft": "nftables",
    "nsenter": "util-linux",
    "unshare": "util-linux",
    "busybox": "busybox",
}
# Where root's tools are, though a user's PATH may leave them out.
os.environ["PATH"] = f"{os.environ.get('PATH', '/usr/bin:/bin')}:/usr/local/sbin:/usr/sbin:/sbin"


class ToolFailed(Unavailable):
    """A tool of the system refused; the message has its words."""

    code = "tool_failed"


def require_root_and_tools() -> None:
    """Raises Denied or Unavailable, with the next step as hint."""
    if os.geteuid() != 0:
        error = Denied("the lab makes network namespaces and loads eBPF: it must run as root")
        error.hint = "run it with sudo, or in a container with --privileged"
        raise error
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        trouble = Unavailable(f"not found on this machine: {', '.join(missing)}")
        trouble.hint = "apt-get install " + " ".join(sorted({TOOLS[tool] for tool in missing}))
        raise trouble


def run(argv: Sequence[str], stdin: str | None = None, env: Mapping[str, str] | None = None) -> str:
    """Return what the tool printed. Raises ToolFailed if it exits with anything but 0."""
    try:
        done = subprocess.run(list(argv), input=stdin, capture_output=True, text=True, env=env, check=False)
    except FileNotFoundError as err:
        trouble = ToolFailed(f"not found on this machine: {argv[0]}")
        trouble.hint = f"apt-get install {TOOLS.get(argv[0], argv[0])}"
        raise trouble from err
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip() or "it said nothing").splitlines()
        raise ToolFailed(f"`{' '.join(argv)}` failed ({done.returncode}): {'; '.join(said[:4])}")
    return done.stdout


def ip_batch(lines: Sequence[str], netns: str | None = None) -> None:
    """Run many `ip` commands in one process, in `netns`; stops at the first that fails. Raises ToolFailed."""
    if lines:
        run(["ip", *(["-n", netns] if netns else []), "-batch", "-"], stdin="\n".join(lines) + "\n")


def inside(netns: str, argv: Sequence[str]) -> list[str]:
    """Return the command that runs `argv` in `netns`.

    Not `ip netns exec`: that mounts a new /sys, which hides the bpffs where weftd pins its maps.
    """
    return ["nsenter", f"--net=/run/netns/{netns}", "--", *argv]


def set_sysctls(netns: str, settings: Mapping[str, str | int]) -> None:
    """Write `net.…` settings of one namespace. Raises ToolFailed."""
    script = "".join(f"echo {value} > /proc/sys/{name.replace('.', '/')}\n" for name, value in settings.items())
    run(inside(netns, ["sh", "-ec", script]))
