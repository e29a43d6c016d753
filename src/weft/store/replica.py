"""The replication core of one process: events in, effects out. No network, disk or clock in here.

The transport (`site_store.py` over NATS, `simulated/` in one process) carries records between logs, and
does what `Effects` say. How the two meet:

    at start    `load(records from disk)`; then read our own log, then pull from the neighbours
    a commit    `written = write(writes, now)`; publish `written.records` into our site's log, by compare-and-set,
                all or none; once that is durable: `accept(written.records, now)`
    a message   from any log, our site's own included: `absorb(data, site, now)`
    relaying    publish `state.raw(key)` for each key in `effects.relay` until our log took it or a newer one
    first start `recovery.read_fully(site)` whenever a neighbour's log or digest has been worked through
    now and then `tick(now)`; compare with a neighbour: `repair()`, see `repair.py`; answer one: `answer(...)`
    before that ask it where it stands, and note when the two hold the same: `agreement`, see `agreement.py`

Every node of a site has a replica. Whichever merges two concurrent versions reports it (a transfer's answer may
come to any node); one of them (`reports=True`), which pulls from other sites, reports what takes time to see.
"""

from collections.abc import Collection, Iterable

import msgspec

from weft.model import Invalid, SiteId, Unavailable
from weft.store.agreement import Agreement
from weft.store.clock import HybridClock
from weft.store.collect import USUAL, Collecting, due_tombstones, is_due
from weft.store.conflicts import CONFLICTS_MAX, conflicts_of_merge
from weft.store.digest import DigestTree
from weft.store.effects import NOTHING, Effects, joined
from weft.store.findings import Findings
from weft.store.kinds import CONFLICT
from weft.store.liveness import is_tombstone
from weft.store.newest import Newest
from weft.store.protocol import Alert
from weft.store.quarantine import Quarantine
from weft.store.records import Key, Loss, Record, merge, write
from weft.store.recovery import Recovery
from weft.store.repair import Repair, answer
from weft.store.state import MergedState
from weft.store.wire import RECORD_BYTES_MAX, BadRecord, check_record, encode_record, is_held, parse, record_of
from weft.store.writes import Receipt, StaleView, Writes


class Written(msgspec.Struct, frozen=True):
    """A decided write: the records to publish, all or none, and the receipt to give once they are durable."""

    records: tuple[Record, ...]
    payloads: tuple[bytes, ...]  # the same, encoded
    receipt: Receipt


class Replica:
    """Merges, remembers and reports. One per process; not for several threads."""

    def __init__(
        self,
        site: SiteId,
        *,
        writer: str = "",
        lost: bool = False,
        has_peers: bool = False,
        reports: bool = True,
        conflicts_max: int = CONFLICTS_MAX,
        collecting: Collecting = USUAL,
    ) -> None:
        """`writer`: the name of this life of the site's log, see recovery.py; `lost` and `has_peers`: see `Recovery`;
        `reports`: look for duplicates and for deleted things in use.
        """
        self.site = site
        self.writer = writer or site
        self.state = MergedState()
        self.digest = DigestTree()
        self.clock = HybridClock()
        self.quarantine = Quarantine()
        self.recovery = Recovery(site, self.state, lost=lost, has_peers=has_peers)
        self._reports = reports
        self._findings = Findings(self.state)
        self._conflicts = Newest(conflicts_max)
        self.agreement = Agreement(site, self.clock, collecting)
        self.agreement.others = self._other_sites
        self._collected_hlc = 0

    # ---- at start
    def load(self, records: Iterable[Record], now_ms: int) -> None:
        """Take in what our own disk holds. No effects; nothing is refused."""
        for record in records:
            self.clock.advance(record.newest.hlc)
            self._put(record, now_ms)

    # ---- writing
    def write(self, writes: Writes, now_ms: int) -> Written:
        """Return the records that `writes` comes to. Nothing is remembered before `accept`.

        Raises StaleView if a record to create exists, Invalid if one becomes too large to be taken in by
        others, Unavailable while the site recovers from the loss of its disk.
        """
        self.check_allowed(writes)
        hlc = self.clock.tick(now_ms)
        records: dict[Key, Record] = {}
        for one in writes.writes:
            held = records.get(one.key) or self.state.raw(one.key)
            if one.create and held is not None:
                raise StaleView(f"{one.key} exists")
            records[one.key] = write(held, one.key, one.values, hlc, self.writer)
        payloads = tuple([_encoded_own(record) for record in records.values()])
        keys = tuple([one.key for one in writes.writes])
        return Written(tuple(records.values()), payloads, Receipt(f"{self.site}-{hlc:x}", self.site, hlc, keys))

    def accept(self, records: Collection[Record], now_ms: int) -> Effects:
        """Merge what our site's log has just made durable for us. `relay` is not empty if a peer was quicker."""
        return joined([self.absorb_record(record, self.site, now_ms) for record in records])

    def seed(self, records: Collection[Record], now_ms: int) -> Effects:
        """Take in deterministic first records (`Store.seed`) that are not known; `relay` names those to publish."""
        unknown = [record for record in records if self.state.raw(record.key) is None]
        return joined(self.absorb_record(record, SiteId(""), now_ms) for record in unknown)

    # ---- replication
    def absorb(self, data: bytes, source: SiteId, now_ms: int) -> Effects:
        """Merge a record as it came from the log of `source`, our own site's log included.

        Whatever is wrong with it ends in `quarantine`; never raises.
        """
        try:
            wire = parse(data)
            if is_held(wire, self.state.raw):
                return NOTHING
            # What our own log holds was checked when it went in; our own clock may have been wrong since.
            record = record_of(wire, None if source == self.site else now_ms)
        except BadRecord as err:
            self.quarantine.refuse(source, data, err, now_ms)
            return NOTHING
        return self.absorb_record(record, source, now_ms)

    def absorb_record(self, record: Record, source: SiteId, now_ms: int) -> Effects:
        """Merge a record that `decode_record` has passed; `source` is "" if it was made here."""
        held = self.state.raw(record.key)
        if held is record:
            return NOTHING
        if held is None:
            if not self._admits(record, now_ms):
                return NOTHING
            self.clock.advance(record.newest.hlc)  # stamps too far ahead were refused at the door
            return self._put(record, now_ms, relay=() if source == self.site else (record.key,), is_as_came=True)
        merged = merge(held, record)
        now_held = merged.record
        self.clock.advance(record.newest.hlc)
        relay = (record.key,) if (now_held != record if source == self.site else now_held is not held) else ()
        if now_held is held and not merged.losses:
            return Effects(relay=relay)
        own = self._put(now_held, now_ms, relay) if now_held is not held else Effects(relay=relay)
        # Reports first: whoever gets the merged record from us, and so cannot notice any more, gets them before.
        return joined([*self._report(held, record, merged.losses, now_ms), own])

    def tick(self, now_ms: int) -> Effects:
        """Do what time asks for: report findings that lasted, forget old tombstones. Call it every second or so."""
        effects = []
        if self._reports:
            effects += [self.absorb_record(conflict, SiteId(""), now_ms) for conflict in self._findings.due(now_ms)]
        before_hlc = self.agreement.collect_before(now_ms)
        if before_hlc > self._collected_hlc:
            self._collected_hlc = before_hlc
            effects.append(self._collect(before_hlc))
        return joined(effects)

    @property
    def next_finding_ms(self) -> int | None:
        """When something noticed may become a report; None: nothing is suspicious."""
        return self._findings.next_due_ms if self._reports else None

    # ---- comparing
    def repair(self) -> Repair:
        """Return a comparison with another site, for the transport to carry out."""
        return Repair(self.digest)

    def answer(self, verb: str, payload: bytes) -> bytes:
        """Answer another site's comparison. Raises BadAnswer if its question makes no sense."""
        return answer(verb, payload, self.digest, self.state.raw)

    def alerts(self) -> list[Alert]:
        """Return what an operator should look at."""
        return self.quarantine.alerts()

    # ---- inside
    def _admits(self, record: Record, now_ms: int) -> bool:
        if record.key.kind == CONFLICT.name and not self._conflicts.admits(record):
            return False
        return not is_tombstone(record) or not is_due(record, self.agreement.collect_before(now_ms))

    def _other_sites(self) -> list[SiteId]:
        """Return the other sites that we know of and that are not declared dead."""
        others = (site for site in self.state.of_kind("site") if site.get("dead") is not True)
        return [SiteId(site.key.id) for site in others if site.key.id != self.site]

    def _put(self, record: Record, now_ms: int, relay: tuple[Key, ...] = (), *, is_as_came: bool = False) -> Effects:
        changes = self.state.apply(record)
        self.digest.put(record)
        if self._reports:
            self._findings.watch(changes, now_ms)
        effects = Effects(store=(record,), relay=relay, changes=tuple(changes), is_as_came=is_as_came)
        if record.key.kind != CONFLICT.name:
            return effects
        dropped = self._conflicts.note(record)
        return joined([effects, self._forget([dropped])]) if dropped else effects

    def _report(self, held: Record, record: Record, losses: tuple[Loss, ...], now_ms: int) -> list[Effects]:
        if record.key.kind == CONFLICT.name:
            return []  # a report on reports would never end
        conflicts = conflicts_of_merge(held, record, losses)
        return [self.absorb_record(conflict, SiteId(""), now_ms) for conflict in conflicts]

    def _collect(self, before_hlc: int) -> Effects:
        dead = (record for record in self.state.raw_records() if self.state.get(*record.key[1:]) is None)
        due = due_tombstones(dead, before_hlc)
        self.agreement.forgot(due)
        return self._forget([record.key for record in due])

    def _forget(self, keys: Collection[Key]) -> Effects:
        changes = []
        for key in keys:
            changes += self.state.forget(key)
            self.digest.drop(key)
            self._conflicts.discard(key)
        return Effects(forget=tuple(keys), changes=tuple(changes))

    def check_allowed(self, writes: Writes) -> None:
        """Raise Unavailable if the site, back from the loss of its disk, may not make such a write yet."""
        if not self.recovery.may_write:
            raise Unavailable(f"site {self.site} lost its disk and has yet to read a neighbour; try again")
        if writes.claims and not self.recovery.may_hand_out:
            missing = ", ".join(self.recovery.missing)
            raise Unavailable(
                f"site {self.site} lost its disk and hands out no addresses before it has read site {missing} "
                f"(or an operator declares it dead)"
            )


def _encoded_own(record: Record) -> bytes:
    """Return what goes into the log; refuse to write what others would refuse to read."""
    try:
        check_record(record, None)
    except BadRecord as err:
        raise Invalid(str(err)) from err
    payload = encode_record(record)
    if len(payload) > RECORD_BYTES_MAX:
        raise Invalid(f"{record.key} would take {len(payload)} bytes, limit {RECORD_BYTES_MAX}")
    return payload
