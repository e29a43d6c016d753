"""Two sites that know the same, write apart, and hear each other out: what do their merge reports say?"""

from collections.abc import Sequence
from typing import Any

from weft.model import SiteId
from weft.store.findings import GRACE_MS
from weft.store.records import DELETED, Key, Record
from weft.store.replica import Replica
from weft.store.wire import encode_record
from weft.store.writes import Write, Writes

START_MS = 1_800_000_000_000
Made = tuple[str, str, dict[str, Any]]  # kind, ID, fields

GONE = {DELETED: True}


class Site:
    """One site's replica; time goes by with each write."""

    def __init__(self, name: str, now_ms: int = START_MS) -> None:
        self.name = SiteId(name)
        self.replica = Replica(self.name)
        self.now_ms = now_ms

    def write(self, made: Sequence[Made]) -> None:
        """Write each of these by itself."""
        for kind, id, values in made:
            self.now_ms += 10
            writes = Writes((Write(Key("fabric", kind, id), values),))
            self.replica.accept(self.replica.write(writes, self.now_ms).records, self.now_ms)

    def hear(self, other: "Site") -> None:
        """Take in all that another site holds."""
        self.now_ms = max(self.now_ms, other.now_ms)
        for record in list(other.replica.state.raw_records()):
            self.replica.absorb(encode_record(record), other.name, self.now_ms)

    def wait(self) -> None:
        """Let the time pass after which findings are reported."""
        self.now_ms += GRACE_MS
        self.replica.tick(self.now_ms)

    @property
    def conflicts(self) -> list[Record]:
        """The merge report, in no particular order."""
        return list(self.replica.state.of_kind("conflict"))

    def told(self) -> set[tuple[str, str, str, str]]:
        """Return (what, kind, ID, field) of the merge report."""
        return {(c.get("what"), c.get("kind"), c.get("id_of"), c.get("field")) for c in self.conflicts}


def meeting(before: Sequence[Made], at_a: Sequence[Made], at_b: Sequence[Made]) -> tuple[Site, Site]:
    """Return two sites after they met. Each notices by itself; what both say is then one report."""
    first, second = Site("a"), Site("b", START_MS + 5)  # they never write in the same millisecond
    first.write(before)
    second.hear(first)
    second.now_ms += 5
    first.write(at_a)
    second.write(at_b)
    for site in (first, second):
        site.wait()
        assert site.told() == set(), f"site {site.name} was alone, and did nothing wrong"
    heard = Site("x")
    heard.hear(first)  # what `first` holds, before it hears of the other
    first.hear(second)
    second.hear(heard)
    for site in (first, second):
        site.wait()
    assert said(first) == said(second), "both notice, and say the same"
    return first, second


def said(site: Site) -> dict[Key, bytes]:
    """Return the reports, to the byte."""
    return {record.key: encode_record(record) for record in site.conflicts}
