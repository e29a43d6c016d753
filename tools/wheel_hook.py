"""Lets no wheel out without its compiled eBPF: it would install, and fail only on the node."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class NoWheelWithoutObjects(BuildHookInterface):
    """Compares bpf/*.bpf.c with the objects that `make bpf` compiles from them."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Raise if an object is missing or older than its source. An editable install may do without."""
        if version == "editable":
            return
        root = Path(self.root)
        for source in sorted(root.glob("bpf/*.bpf.c")):
            name = source.name.removesuffix(".bpf.c")
            compiled = list(root.glob(f"src/weft/dataplane/objects/{name}.*"))
            if not compiled or compiled[0].stat().st_mtime < source.stat().st_mtime:
                raise SystemExit(f"no wheel: bpf/{source.name} is not compiled, or has changed since. Run: make wheel")
