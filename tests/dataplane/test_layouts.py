"""The boundary between C and Python, checked against the compiler's own type information."""

import struct
from pathlib import Path

import pytest

from btf import STRUCT, Btf
from elf import Elf
from weft.dataplane import records
from weft.dataplane.drops import DropReason
from weft.dataplane.loader import PROGRAMS
from weft.dataplane.object_file import read_object

OBJECTS = Path(__file__).resolve().parents[2] / "build" / "bpf"


@pytest.fixture(scope="module")
def btf() -> Btf:
    return Btf(Elf(OBJECTS / "from_port.o").section(".BTF"))


@pytest.mark.parametrize("name", records.LAYOUTS)
def test_a_struct_is_laid_out_alike_on_both_sides(btf, name):
    layout, members = records.LAYOUTS[name]
    in_c = {member: place for member, place in btf.offsets(name).items() if member != "pad"}
    assert places(layout, members) == in_c
    assert layout.size == btf.find(STRUCT, name).size


def places(layout: struct.Struct, members: tuple[str, ...]) -> dict[str, tuple[int, int]]:
    """Return {member: (offset, size)}, found by packing one member at a time."""
    signed = struct.Struct(layout.format.translate(str.maketrans("IH", "ih")))  # so that -1 means all ones
    empty = signed.unpack(bytes(signed.size))
    found = {}
    for i, member in enumerate(members):
        ones = b"\xff" * len(empty[i]) if isinstance(empty[i], bytes) else -1
        packed = signed.pack(*empty[:i], ones, *empty[i + 1 :])
        found[member] = (packed.index(0xFF), packed.count(0xFF))
    return found


def test_drop_reasons_have_the_same_numbers(btf):
    in_c = btf.enum("drop_reason")
    count = in_c.pop("DROP_REASON_COUNT")
    assert {f"DROP_{reason.name}": reason.value for reason in DropReason} == in_c
    assert len(DropReason) == count <= btf.enum("weft_limit")["DROP_SLOTS"]


LIMITS = ["FLOOD_LOCAL_MAX", "FLOOD_REMOTE_MAX", "REPLY_MAX", "LEASE_LEN", "NEAR_PORTS", "NEAR_SENDERS_BITS"]


@pytest.mark.parametrize(
    ("enum", "prefix", "names"),
    [
        ("weft_schema", "WEFT_", ["SCHEMA"]),
        ("weft_limit", "", LIMITS),
        ("port_flag", "", ["PORT_ENABLED", "PORT_MORE_SOURCES", "PORT_UNGUARDED"]),
        ("fdb_flag", "", ["FDB_PEER", "FDB_CLOSED"]),
        ("node_flag", "", ["NODE_DECAP_TYPED"]),
    ],
)
def test_constants_are_the_same(btf, enum, prefix, names):
    in_c = btf.enum(enum)
    assert {name: getattr(records, name) for name in names} == {name: in_c[prefix + name] for name in names}


def test_programs_that_share_a_map_agree_about_it():
    objects = [read_object(name) for name in PROGRAMS]
    for one in objects:
        for other in objects:
            for name in one.maps.keys() & other.maps.keys():
                assert one.maps[name] == other.maps[name]
