"""Compiled eBPF as it ships in the wheel: instructions, and the maps they refer to by name.

Our light skeletons. Those of `bpftool gen skeleton -L` create their maps themselves and cannot be given
the pinned ones of the program they replace, so an upgrade would lose every connection and counter; this
form leaves the maps to the loader and needs nothing but bpf(2) either. Written by `tools/build_bpf.py`.
"""

from importlib.resources import files

import msgspec

from weft.model import Unavailable

SUFFIX = ".bpfo"


class MapSpec(msgspec.Struct, frozen=True):
    """What BPF_MAP_CREATE is told."""

    type: int
    key_bytes: int
    value_bytes: int
    max_entries: int
    flags: int


class ObjectFile(msgspec.Struct, frozen=True):
    """One program."""

    name: str
    license: str
    instructions: bytes  # 8 bytes each, as in the kernel
    maps: dict[str, MapSpec]
    uses: tuple[tuple[int, str], ...]  # (index of a two-slot load instruction, map whose fd it loads)


class ObjectMissing(Unavailable):
    """The package was built without its compiled eBPF."""

    code = "object_missing"
    hint = "run `make bpf` in the source tree, or install a built wheel"


def read_object(name: str) -> ObjectFile:
    """Return the compiled program `name`. Raises ObjectMissing."""
    path = files("weft.dataplane") / "objects" / (name + SUFFIX)
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=ObjectFile)
    except (OSError, msgspec.DecodeError) as err:
        raise ObjectMissing(f"no usable eBPF object {path}") from err
