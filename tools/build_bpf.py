"""Compile bpf/*.bpf.c into the files the data plane loads (`make bpf`).

Needs clang 14 or newer, the kernel's uapi headers and libbpf's headers, at build time only. Skips programs
whose sources are older than their object.
"""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from btf import Btf
from elf import Elf
from weft.dataplane.object_file import SUFFIX, MapSpec, ObjectFile

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "bpf"
BUILD = ROOT / "build" / "bpf"
OBJECTS = ROOT / "src" / "weft" / "dataplane" / "objects"
CLANG_OLDEST = 14
PACKAGES = "apt-get install clang libbpf-dev linux-libc-dev"
LOAD_64 = 0x18  # the only instruction that may name a map
WARNINGS = ("-Wall", "-Wextra", "-Werror")


def main() -> None:
    """Build what is out of date; exit with one clear line if that is impossible."""
    headers = [*SOURCES.rglob("*.h"), *Path(__file__).parent.glob("*.py")]
    newest_header = max(path.stat().st_mtime for path in headers)
    for source in sorted(SOURCES.glob("*.bpf.c")):
        name = source.name.removesuffix(".bpf.c")
        compiled, target = BUILD / (name + ".o"), OBJECTS / (name + SUFFIX)
        oldest = min(path.stat().st_mtime if path.exists() else 0 for path in (compiled, target))
        if oldest > max(newest_header, source.stat().st_mtime):
            continue
        compile_object(source, compiled)
        OBJECTS.mkdir(parents=True, exist_ok=True)
        target.write_bytes(msgspec.msgpack.encode(extract(compiled, name)))
        print(f"built {target.relative_to(ROOT)}")


def compile_object(source: Path, target: Path) -> None:
    """Run clang. The multiarch directory holds <asm/types.h>, which clang's bpf target does not look for."""
    target.parent.mkdir(parents=True, exist_ok=True)
    multiarch = f"/usr/include/{platform.machine()}-linux-gnu"
    command = [find_clang(), "-O2", "-g", "-target", "bpf", "-mcpu=v3", *WARNINGS, "-I", multiarch]
    done = subprocess.run([*command, "-c", str(source), "-o", str(target)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{done.stderr}\n{source.name} does not compile; are the headers there? ({PACKAGES})")


def find_clang() -> str:
    """Return $CLANG or the newest there is, or exit saying how to get one."""
    if "CLANG" in os.environ:
        return os.environ["CLANG"]
    for version in ("", *(f"-{n}" for n in range(30, CLANG_OLDEST - 1, -1))):
        path = shutil.which("clang" + version)
        if path:
            return path
    sys.exit(f"no clang found, it compiles the eBPF programs: {PACKAGES}")


def extract(path: Path, name: str) -> ObjectFile:
    """Return the program in the object at `path`: one section `tc`, one function, no data but maps."""
    elf = Elf(path)
    btf = Btf(elf.section(".BTF"))
    section = elf.index("tc")
    code = elf.sections[section].data
    uses = tuple(map_uses(elf, section))
    used = sorted({map_name for _index, map_name in uses})
    return ObjectFile(
        name=name,
        license=elf.section("license").rstrip(b"\0").decode(),
        instructions=code,
        maps={map_name: map_spec(btf, map_name) for map_name in used},
        uses=uses,
    )


def map_uses(elf: Elf, section: int) -> Iterator[tuple[int, str]]:
    """Yield (instruction index, map name). Anything else that needs linking stops the build."""
    maps = elf.index(".maps")
    code = elf.sections[section].data
    for offset, symbol in elf.relocations(section):
        if code[offset] != LOAD_64 or symbol.section != maps:
            sys.exit(f"instruction {offset // 8} refers to {symbol.name or 'data'}: only maps can be linked")
        yield offset // 8, symbol.name


def map_spec(btf: Btf, name: str) -> MapSpec:
    """Return how the map variable `name` is declared."""
    attributes = btf.map_attributes(name)
    return MapSpec(
        type=attributes["type"],
        key_bytes=attributes["key"],
        value_bytes=attributes["value"],
        max_entries=attributes["max_entries"],
        flags=attributes.get("map_flags", 0),
    )


if __name__ == "__main__":
    main()
