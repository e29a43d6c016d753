"""Which program sits on which device, and keeping it so across restarts and upgrades."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from weft.dataplane.links import Hooks, Place
from weft.dataplane.vxlan_device import VXLAN_DEVICE


class Hook(NamedTuple):
    """A program and where in a device's path it runs."""

    program: str
    is_egress: bool


FROM_PORT = Hook("from_port", is_egress=False)
FROM_UNDERLAY = Hook("from_underlay", is_egress=False)
TO_UNDERLAY = Hook("to_underlay", is_egress=True)


class Attachments:
    """Knows every program of ours on a device. Starts from what an earlier process left pinned."""

    def __init__(self, hooks: Hooks, programs: Mapping[str, int], underlay_device: str) -> None:
        self._hooks = hooks
        self._programs = programs
        self._underlay_device = underlay_device
        self._ifindexes = hooks.read()
        self._outdated = set(self._ifindexes)

    def ensure(self, name: str, ifindex: int) -> None:
        """Attach the right program to the device unless it is there already. Raises OSError."""
        if self._ifindexes.get(name) == ifindex:
            return
        hook = self._hook(name)
        self._hooks.attach(Place(name, ifindex, hook.is_egress), self._programs[hook.program])
        self._ifindexes[name] = ifindex
        self._outdated.discard(name)

    def upgrade(self) -> None:
        """Give the hooks of an earlier process this one's programs, each in one step. Raises OSError.

        Call when the maps are filled: from then on the new programs decide.
        """
        for name in sorted(self._outdated):
            hook, ifindex = self._hook(name), self._ifindexes[name]
            if ifindex:
                self._hooks.replace(Place(name, ifindex, hook.is_egress), self._programs[hook.program])
            self._outdated.discard(name)

    def forget_all_but(self, present: Mapping[str, int]) -> None:
        """Detach from devices that are gone, or were replaced by another of their name."""
        for name in [name for name, ifindex in self._ifindexes.items() if present.get(name) != ifindex]:
            self._hooks.forget(name)
            del self._ifindexes[name]
            self._outdated.discard(name)

    def missing(self, names: Iterable[str]) -> list[str]:
        """Return those of `names` without a program."""
        return [name for name in names if name not in self._ifindexes]

    def _hook(self, name: str) -> Hook:
        return {self._underlay_device: FROM_UNDERLAY, VXLAN_DEVICE: TO_UNDERLAY}.get(name, FROM_PORT)
