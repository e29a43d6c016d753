"""Just enough ELF to take an eBPF object apart: sections, symbols, relocations (System V gABI, chapter 4)."""

import struct
from pathlib import Path
from typing import NamedTuple

SHT_SYMTAB, SHT_REL = 2, 9
EM_BPF = 247


class Section(NamedTuple):
    """A section header with its bytes."""

    name: str
    type: int
    data: bytes
    link: int
    info: int


class Symbol(NamedTuple):
    """A name for a place in a section."""

    name: str
    section: int
    value: int
    size: int


class Elf:
    """A little-endian 64-bit ELF file, read whole."""

    def __init__(self, path: Path) -> None:
        data = path.read_bytes()
        if data[:6] != b"\x7fELF\x02\x01" or struct.unpack_from("<H", data, 18)[0] != EM_BPF:
            raise ValueError(f"{path}: no little-endian eBPF object")
        (table,) = struct.unpack_from("<Q", data, 40)
        entry_bytes, count, names = struct.unpack_from("<HHH", data, 58)
        rows = [struct.unpack_from("<IIQQQQIIQQ", data, table + i * entry_bytes) for i in range(count)]
        strings = data[rows[names][4] :]
        self.sections = [
            Section(_string(strings, row[0]), row[1], data[row[4] : row[4] + row[5]], row[6], row[7]) for row in rows
        ]
        self.symbols = self._read_symbols()

    def section(self, name: str) -> bytes:
        """Return the bytes of section `name`; KeyError if there is none."""
        return self.sections[self.index(name)].data

    def index(self, name: str) -> int:
        for i, section in enumerate(self.sections):
            if section.name == name:
                return i
        raise KeyError(name)

    def relocations(self, section: int) -> list[tuple[int, Symbol]]:
        """Return (offset, symbol) for every place in `section` that names a symbol."""
        return [
            (offset, self.symbols[info >> 32])
            for rel in self.sections
            if rel.type == SHT_REL and rel.info == section
            for offset, info in struct.iter_unpack("<QQ", rel.data)
        ]

    def _read_symbols(self) -> list[Symbol]:
        (table,) = (section for section in self.sections if section.type == SHT_SYMTAB)
        strings = self.sections[table.link].data
        return [
            Symbol(_string(strings, name), shndx, value, size)
            for name, _info, _other, shndx, value, size in struct.iter_unpack("<IBBHQQ", table.data)
        ]


def _string(table: bytes, at: int) -> str:
    return table[at : table.index(b"\0", at)].decode()
