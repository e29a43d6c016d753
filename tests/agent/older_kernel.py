"""Run weftd on a kernel that lacks something: `older_kernel.py FEATURE… -- weftd --config FILE`.

Features are withheld where the kernel itself would miss them. A system call or one of bpf(2)'s commands
(`bpf/LINK_CREATE=EINVAL`, `mount=ENODEV`) fails by a seccomp filter; a kind of device, queueing discipline, filter
or map (`kind/vxlan`, `map/10`) is asked for under a name that no kernel knows, and the kernel's own refusal comes back.
"""

import ctypes
import errno
import os
import struct
import sys
from typing import Any

from msgspec.structs import replace
from pyroute2 import IPRoute

from weft.agent.main import main
from weft.dataplane import bpf, filters, loader, vxlan_device
from weft.dataplane.object_file import MapSpec

_libc = ctypes.CDLL(None, use_errno=True)
PR_SET_NO_NEW_PRIVS, SECCOMP_SET_MODE_FILTER = 38, 1
SYS_SECCOMP = {"x86_64": 317, "aarch64": 277}[os.uname().machine]
SYS = {"bpf": bpf._SYS_BPF, "mount": {"x86_64": 165, "aarch64": 40}[os.uname().machine]}
LOAD, EQUALS, RETURN = 0x20, 0x15, 0x06  # struct sock_filter: BPF_LD|W|ABS, BPF_JMP|JEQ|K, BPF_RET|K
ALLOW, FAIL = 0x7FFF0000, 0x00050000
NUMBER_AT, FIRST_ARGUMENT_AT = 0, 16  # in struct seccomp_data
UNKNOWN_KIND, UNKNOWN_MAP_TYPE = "weft-none", 200
forgotten: set[str] = set()  # kinds of queueing disciplines and filters


def fail_system_call(name: str, command: int | None, code: int) -> None:
    """Let the system call (if `command`: with this first argument) fail with `code` from now on."""
    only_if = [(LOAD, 0, 0, FIRST_ARGUMENT_AT), (EQUALS, 0, 1, command)] if command is not None else []
    steps = [
        (LOAD, 0, 0, NUMBER_AT),
        (EQUALS, 0, len(only_if) + 1, SYS[name]),
        *only_if,
        (RETURN, 0, 0, FAIL | code),
        (RETURN, 0, 0, ALLOW),
    ]
    program = b"".join(struct.pack("=HBBI", *step) for step in steps)
    buffer = ctypes.create_string_buffer(program, len(program))
    head = struct.pack("@HP", len(steps), ctypes.addressof(buffer))
    assert not _libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    assert not _libc.syscall(SYS_SECCOMP, SECCOMP_SET_MODE_FILTER, 0, head), os.strerror(ctypes.get_errno())


def forget_kind(kind: str) -> None:
    """Let the kernel not know this kind of link, queueing discipline or filter."""
    if kind == vxlan_device.KIND:
        vars(vxlan_device)["KIND"] = UNKNOWN_KIND
        return
    forgotten.add(kind)

    class Poorer:
        def __init__(self) -> None:
            self._whole = IPRoute()

        def __enter__(self) -> "Poorer":
            return self

        def __exit__(self, *_reason: object) -> None:
            self._whole.close()

        def __getattr__(self, name: str) -> Any:
            return getattr(self._whole, name)

        def tc(self, command: str, what: str, index: int, *rest: Any, **settings: Any) -> Any:
            if what in forgotten:
                what, settings = UNKNOWN_KIND, {"parent": settings.get("parent", 0)}
            return self._whole.tc(command, what, index, *rest, **settings)

    vars(filters)["IPRoute"] = Poorer


def forget_map(number: int) -> None:
    """Let the kernel not know this type of map (enum bpf_map_type)."""
    create = bpf.create_map

    def poorer(spec: MapSpec, name: str) -> int:
        return create(replace(spec, type=UNKNOWN_MAP_TYPE) if spec.type == number else spec, name)

    vars(loader.bpf)["create_map"] = poorer


def withhold(feature: str) -> None:
    """Take one feature away from this process and those it starts."""
    name, _, code = feature.partition("=")
    what, _, which = name.partition("/")
    if what == "kind":
        forget_kind(which)
    elif what == "map":
        forget_map(int(which))
    else:
        fail_system_call(what, bpf.Command[which] if which else None, getattr(errno, code))


if __name__ == "__main__":
    split = sys.argv.index("--")
    for withheld in sys.argv[1:split]:
        withhold(withheld)
    sys.argv = sys.argv[split + 1 :]
    main()
