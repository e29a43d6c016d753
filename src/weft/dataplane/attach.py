"""Which program sits on which device, and keeping it so across restarts and upgrades."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from weft.dataplane import bpf
from weft.dataplane.devices import VXLAN_DEVICE
from weft.dataplane.links import Links


class Hook(NamedTuple):
    """A program and where in a device's path it runs."""

    program: str
    point: int


FROM_PORT = Hook("from_port", bpf.TCX_INGRESS)
FROM_UNDERLAY = Hook("from_underlay", bpf.TCX_INGRESS)
TO_UNDERLAY = Hook("to_underlay", bpf.TCX_EGRESS)


class Attachments:
    """Knows every link of ours. Starts from what an earlier process left pinned."""

    def __init__(self, links: Links, programs: Mapping[str, int], underlay_device: str) -> None:
        self._links = links
        self._programs = programs
        self._underlay_device = underlay_device
        self._ifindexes = {name: info.ifindex for name, info in links.read().items()}
        self._outdated = set(self._ifindexes)

    def ensure(self, name: str, ifindex: int) -> None:
        """Attach the right program to the device unless it is there already. Raises OSError."""
        if self._ifindexes.get(name) == ifindex:
            return
        hook = self._hook(name)
        self._links.attach(name, ifindex, hook.point, self._programs[hook.program])
        self._ifindexes[name] = ifindex
        self._outdated.discard(name)

    def upgrade(self) -> None:
        """Give links of an earlier process this one's programs, each in one step. Raises OSError.

        Call when the maps are filled: from then on the new programs decide.
        """
        for name in sorted(self._outdated):
            if self._ifindexes[name]:
                self._links.replace(name, self._programs[self._hook(name).program])
            self._outdated.discard(name)

    def forget_all_but(self, present: Mapping[str, int]) -> None:
        """Drop the links of devices that are gone, or were replaced by another of their name."""
        for name in [name for name, ifindex in self._ifindexes.items() if present.get(name) != ifindex]:
            self._links.forget(name)
            del self._ifindexes[name]
            self._outdated.discard(name)

    def missing(self, names: Iterable[str]) -> list[str]:
        """Return those of `names` without a link."""
        return [name for name in names if name not in self._ifindexes]

    def _hook(self, name: str) -> Hook:
        return {self._underlay_device: FROM_UNDERLAY, VXLAN_DEVICE: TO_UNDERLAY}.get(name, FROM_PORT)
