"""What nodes say of themselves: the latest value per key, gone when its node falls silent or starts anew.

Sans-I/O: callers pass `now` (seconds, any monotonic clock of this process) and carry `Heard` about.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from weft.model import NodeId, SiteId
from weft.store.protocol import RuntimeValue

BEAT = "beat"
BEAT_EVERY_S = 2.0
NODE_EXPIRY_S = 10.0  # five beats missed


class Heard(msgspec.Struct, frozen=True):
    """A runtime value on its way between nodes and sites."""

    site: SiteId
    node: NodeId
    epoch: int  # when the node's weftd started, ms: what an earlier one reported is void
    key: str
    value: Any  # None: the key is forgotten
    at_ms: int  # the node's own clock; newer values replace older ones


class RuntimeView:
    """Everything heard and still valid."""

    def __init__(self) -> None:
        self._values: dict[NodeId, dict[str, Heard]] = {}
        self._beat_s: dict[NodeId, float] = {}  # when we last heard a new beat, our clock

    def hear(self, heard: Heard, now_s: float) -> bool:
        """Take note of a value; tell whether it was news (and so is worth passing on)."""
        values = self._values.setdefault(heard.node, {})
        epoch = max((held.epoch for held in values.values()), default=0)
        if heard.epoch < epoch:
            return False
        if heard.epoch > epoch:
            values.clear()
        held = values.get(heard.key)
        if held is not None and held.at_ms >= heard.at_ms:
            return False
        values[heard.key] = heard
        if heard.key == BEAT:
            self._beat_s[heard.node] = now_s
        return True

    def get(self, node: NodeId, key: str, now_s: float) -> RuntimeValue | None:
        """Return a live node's value."""
        heard = self._values.get(node, {}).get(key)
        if heard is None or heard.value is None or not self.is_alive(node, now_s):
            return None
        return RuntimeValue(node, key, heard.value, heard.at_ms)

    def is_alive(self, node: NodeId, now_s: float) -> bool:
        """Tell whether the node's beat was heard within NODE_EXPIRY_S."""
        beat_s = self._beat_s.get(node)
        return beat_s is not None and now_s - beat_s <= NODE_EXPIRY_S

    def heard_alive(self, now_s: float) -> Iterator[Heard]:
        """Yield what nodes that are alive say: for a log that has lost its memory."""
        for node, values in self._values.items():
            if self.is_alive(node, now_s):
                yield from values.values()

    def sweep(self, now_s: float) -> None:
        """Forget nodes that have been silent for ten times the expiry, so that memory stays bounded."""
        for node in [node for node, beat_s in self._beat_s.items() if now_s - beat_s > 10 * NODE_EXPIRY_S]:
            del self._beat_s[node]
            self._values.pop(node, None)
