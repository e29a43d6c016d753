"""Reads BTF, the type information clang leaves in an eBPF object (kernel: Documentation/bpf/btf.rst).

Serves two: the build (maps are declared as types) and the test that compares the structs of `bpf/types.h`
with their Python halves.
"""

import struct
from typing import Any, NamedTuple

INT, PTR, ARRAY, STRUCT, UNION, ENUM, FWD, TYPEDEF, VOLATILE, CONST, RESTRICT = range(1, 12)
FUNC, FUNC_PROTO, VAR, DATASEC, FLOAT, DECL_TAG, TYPE_TAG, ENUM64 = range(12, 20)
TRAILER_BYTES = {INT: 4, ARRAY: 12, VAR: 4, DECL_TAG: 4}  # behind the 12-byte head, once
MEMBER_BYTES = {STRUCT: 12, UNION: 12, ENUM: 8, FUNC_PROTO: 8, DATASEC: 12, ENUM64: 12}  # behind it, per member


class Type(NamedTuple):
    """One type; what its members are depends on the kind."""

    kind: int
    name: str
    size: int  # bytes, or the ID of the type referred to
    members: tuple[tuple[Any, ...], ...]


class Btf:
    """All types of one object, by ID."""

    def __init__(self, data: bytes) -> None:
        _magic, _version, _flags, head, type_off, type_len, str_off, _str_len = struct.unpack_from("<HBBIIIII", data)
        self._strings = data[head + str_off :]
        body = data[head + type_off : head + type_off + type_len]
        self.types = [Type(0, "void", 0, ())]
        at = 0
        while at < len(body):
            name, info, size = struct.unpack_from("<III", body, at)
            kind, count = info >> 24 & 0x1F, info & 0xFFFF
            at += 12
            end = at + TRAILER_BYTES.get(kind, 0) + count * MEMBER_BYTES.get(kind, 0)
            self.types.append(Type(kind, self._string(name), size, tuple(self._members(kind, body[at:end]))))
            at = end

    def find(self, kind: int, name: str) -> Type:
        """Return the type of that kind and name; KeyError if there is none."""
        for candidate in self.types:
            if candidate.kind == kind and candidate.name == name:
                return candidate
        raise KeyError(name)

    def offsets(self, name: str) -> dict[str, tuple[int, int]]:
        """Return {member: (offset, size)} of struct `name`, in bytes."""
        return {member: (bits // 8, self.size_of(type_id)) for member, type_id, bits in self.find(STRUCT, name).members}

    def enum(self, name: str) -> dict[str, int]:
        return dict(self.find(ENUM, name).members)

    def size_of(self, type_id: int) -> int:
        found = self.types[type_id]
        if found.kind == ARRAY:
            element, count = found.members[0]
            return self.size_of(element) * count
        if found.kind == PTR:
            return 8
        if found.kind in (TYPEDEF, VOLATILE, CONST, RESTRICT, VAR, TYPE_TAG):
            return self.size_of(found.size)
        return found.size

    def map_attributes(self, name: str) -> dict[str, int]:
        """Return what the map variable `name` declares: numbers as such, key and value as their sizes.

        libbpf's convention: `__uint(x, n)` is a pointer to an array of n, `__type(x, t)` a pointer to t.
        """
        struct_type = self.types[self.find(VAR, name).size]
        attributes = {}
        for member, pointer_id, _bits in struct_type.members:
            pointed = self.types[pointer_id].size
            target = self.types[pointed]
            is_number = member not in ("key", "value")
            attributes[member] = target.members[0][1] if is_number else self.size_of(pointed)
        return attributes

    def _members(self, kind: int, data: bytes) -> list[tuple[Any, ...]]:
        if kind in (STRUCT, UNION):
            return [(self._string(n), t, bits & 0xFFFFFF) for n, t, bits in struct.iter_unpack("<III", data)]
        if kind == ENUM:
            return [(self._string(n), value) for n, value in struct.iter_unpack("<Ii", data)]
        if kind == ARRAY:
            element, _index, count = struct.unpack("<III", data)
            return [(element, count)]
        return []

    def _string(self, at: int) -> str:
        return self._strings[at : self._strings.index(b"\0", at)].decode()
