"""One site's merged state, and commands decided and applied there without a log in between."""

import itertools
import uuid
from collections.abc import Callable, Collection
from typing import Any

from weft.commands.context import Context
from weft.commands.security.default_group import default_group_records
from weft.model import SiteId
from weft.store.clock import ms_from_hlc
from weft.store.protocol import State
from weft.store.records import Key, Record, merge, write
from weft.store.state import MergedState
from weft.store.writes import Writes

SITES = {"a": 1, "b": 2, "c": 3}


class Replica:
    """What one site holds. Time goes by a second with each decision; IDs and seeds follow from `seed`."""

    def __init__(self, site: str = "a", *, sites: Collection[str] = ("a", "b", "c"), seed: int = 0) -> None:
        self.site = SiteId(site)
        self.state = MergedState()
        self._ticks = itertools.count(1)
        self._seed = seed
        for name in sites:
            self._put(write(None, Key("fabric", "site", name), {"number": SITES[name]}, 1, name))
        for record in default_group_records(self.state, "p"):  # as the API sees to it
            self._put(record)

    def context(self, **values: Any) -> Context:
        """Return the circumstances of a decision made now."""
        tick = next(self._ticks)
        ids = (str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{self.site}-{self._seed}-{tick}-{n}")) for n in itertools.count())
        standard = {"now_ms": tick * 1000, "new_id": lambda: next(ids), "seed": self._seed + tick, "site": self.site}
        return Context(**{**standard, **values})

    def do(self, command: Callable[..., Writes], *arguments: Any, **context: Any) -> list[Record]:
        """Decide and apply; return the records written."""
        writes = command(self.state, *arguments, self.context(**context))
        self.apply(writes)
        found = [self.state.raw(one.key) for one in writes.writes]
        return [record for record in found if record is not None]

    def apply(self, writes: Writes) -> None:
        """Write as this site."""
        hlc = next(self._ticks) * 1000 << 16
        for one in writes.writes:
            self._put(write(self.state.raw(one.key), one.key, one.values, hlc, self.site))

    def hear(self, other: "Replica") -> None:
        """Take in all that another site holds; what is written afterwards is later than that, as clocks see to."""
        newest = 0
        for record in list(other.state.raw_records()):
            held = self.state.raw(record.key)
            self._put(record if held is None else merge(held, record).record)
            newest = max(newest, ms_from_hlc(record.newest.hlc) // 1000)
        self._ticks = itertools.count(max(next(self._ticks), newest + 1))

    def _put(self, record: Record) -> None:
        self.state.apply(record)


def addresses_of(state: State) -> list[tuple[str, str]]:
    """Return every (subnet, address) that a port has, repeats included."""
    return [(ip["subnet_id"], ip["ip_address"]) for port in state.of_kind("port") for ip in port.get("fixed_ips", ())]
