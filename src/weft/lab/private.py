"""A private corner of this machine: its own network, mounts and processes.

It is gone, with all that is in it, when its first process ends, however that ends. The demo and the tests live in
one, so that they neither see nor touch a lab that somebody has up.
"""

from collections.abc import Sequence

# /run/netns: where `ip netns` keeps names. The bpffs: where weftd pins. $@ becomes the first process.
SET_UP = """
mkdir -p /run/netns
mount -t tmpfs tmpfs /run/netns
mount -t sysfs weft /sys
mount -t bpf bpf /sys/fs/bpf
ip link set lo up
exec "$@"
"""


def privately(argv: Sequence[str]) -> list[str]:
    """Return the command line that runs `argv` in a private corner of its own. Needs root."""
    spaces = ["--net", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc"]
    return ["unshare", *spaces, "sh", "-ec", SET_UP, "sh", *argv]
