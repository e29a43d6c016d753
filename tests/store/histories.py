"""Versions of one record as honest sites make them: writes here and there, and merges in between."""

from hypothesis import strategies as st

from weft.store.clock import HybridClock
from weft.store.records import Key, Record, merge, write

KEY = Key("fabric", "port", "p")
SITES = ("a", "b", "c")
NAMES = ("name", "host", "profile", "deleted", "mac_address")
VALUES = st.one_of(st.booleans(), st.integers(0, 3), st.text("xyz", max_size=2))

_steps = st.lists(
    st.one_of(
        st.tuples(
            st.just("write"), st.sampled_from(SITES), st.dictionaries(st.sampled_from(NAMES), VALUES, min_size=1)
        ),
        st.tuples(st.just("pull"), st.sampled_from(SITES), st.sampled_from(SITES)),
    ),
    min_size=1,
    max_size=14,
)


class Told:
    """One write, and what its writer knew: enough to say what is concurrent without the version vector."""

    def __init__(self, record: Record, knew: frozenset[tuple[str, int]], names: frozenset[str]) -> None:
        self.dot = (record.newest.site, record.newest.n)
        self.knew, self.names, self.stamp = knew, names, record.newest


class History:
    """All versions that ever were, and all writes."""

    def __init__(self) -> None:
        self.versions: list[Record] = []
        self.writes: dict[tuple[str, int], Told] = {}
        self.knows: dict[str, frozenset[tuple[str, int]]] = {site: frozenset() for site in SITES}
        self.held: dict[str, Record] = {}
        self._clocks = {site: HybridClock() for site in SITES}

    def write(self, site: str, values: dict[str, object], now_ms: int) -> None:
        record = write(self.held.get(site), KEY, values, self._clocks[site].tick(now_ms), site)
        told = Told(record, self.knows[site], frozenset(values))
        self.writes[told.dot] = told
        self.knows[site] |= {told.dot}
        self._keep(site, record)

    def pull(self, site: str, other: str) -> None:
        if other not in self.held:
            return
        theirs = self.held[other]
        self._clocks[site].advance(theirs.newest.hlc)
        self.knows[site] |= self.knows[other]
        self._keep(site, merge(self.held[site], theirs).record if site in self.held else theirs)

    def _keep(self, site: str, record: Record) -> None:
        self.held[site] = record
        self.versions.append(record)


@st.composite
def histories(draw: st.DrawFn) -> History:
    """A short life of one record at three sites whose clocks differ by up to a second."""
    history = History()
    history.write("a", {"name": "x"}, 1_000_000)
    for step, (what, site, rest) in enumerate(draw(_steps)):
        if what == "write":
            history.write(site, rest, 1_000_000 + 10 * step + draw(st.sampled_from((0, 7, 1000))))
        else:
            history.pull(site, rest)
    return history
